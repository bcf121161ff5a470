//! What a worker sends to the page as it happens.

use serde::{Deserialize, Serialize};

use super::attachment::{PlaneSet, SampleSet};
use super::metrics::Metrics;
use super::reply::Reply;
use crate::data::DataSource;
use crate::fault::Fault;
use crate::names::named;

/// What a worker tells the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// The worker's code is running and takes requests.
    Booted,
    /// The device is there.
    Ready {
        /// What computes.
        backend: Backend,
        /// The device's name as the browser or system gives it.
        adapter: String,
    },
    /// A request is done. Exactly one of `reply` and `fault` is there.
    Settled {
        /// The request's number.
        id: u32,
        /// What came of it.
        reply: Option<Reply>,
        /// Why it was refused.
        fault: Option<Fault>,
    },
    /// Something that takes a while has got on.
    Progress(Task),
    /// The run's phase changed.
    State {
        /// The new phase.
        phase: Phase,
        /// Generator steps done.
        step: u64,
    },
    /// The data of the run are there.
    Data {
        /// Where they come from; differs from the spec's where that could not be had.
        source: DataSource,
        /// Count of samples; `None` is unlimited.
        samples: Option<u64>,
    },
    /// Measurements of the newest steps, oldest first.
    Metrics {
        /// One per step.
        points: Vec<Metrics>,
        /// Generator steps per second over the last seconds.
        steps_per_second: f64,
    },
    /// A sheet of samples; the pixels are attached.
    Frame {
        /// Which sheet.
        sheet: FrameKind,
        /// After how many generator steps.
        step: u64,
        /// How to read the pixels.
        set: SampleSet,
    },
    /// What the nets do in the plane of the data; the numbers are attached.
    Plane {
        /// After how many generator steps.
        step: u64,
        /// How to read the numbers.
        set: PlaneSet,
    },
    /// How the run does, by its newest samples.
    Report {
        /// After how many generator steps.
        step: u64,
        /// [`crate::Report`] as JSON, since the page only hands it on.
        report: String,
    },
    /// A checkpoint made on the worker's own account, to go on from if it dies; attached.
    Autosave {
        /// After how many generator steps.
        step: u64,
    },
    /// Something went wrong outside of any request.
    Fault(Fault),
}

named! {
    /// Which sheet a frame belongs to.
    pub enum FrameKind {
        /// The same latents all through the run.
        Fixed = "fixed",
        /// New latents each time.
        Fresh = "fresh",
    }
}

named! {
    /// Where a session stands.
    pub enum Phase {
        /// The nets or the data are not there yet.
        Loading = "loading",
        /// Nothing is trained yet.
        Ready = "ready",
        /// Training.
        Running = "running",
        /// Training has stopped and can go on.
        Paused = "paused",
        /// The session cannot go on.
        Failed = "failed",
    }
}

named! {
    /// What computes.
    pub enum Backend {
        /// Burn's Flex backend, on the processor.
        Cpu = "cpu",
        /// Burn's wgpu backend, on WebGPU (natively: Vulkan, Metal or DirectX 12).
        Webgpu = "webgpu",
    }
}

/// Something that takes a while.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// Which: `data`, `device`, `nets`, `first_step`, `proof`, `checkpoint` or `sample`.
    pub name: String,
    /// How much is done, in bytes or pieces.
    pub done: f64,
    /// How much there is; `None` is unknown. `done == total` ends the task.
    pub total: Option<f64>,
}
