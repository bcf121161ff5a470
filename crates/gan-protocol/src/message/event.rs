//! The events of a worker.

use serde::{Deserialize, Serialize};

use super::attachment::{PlaneSet, SampleSet};
use super::metrics::Metrics;
use super::reply::Reply;
use crate::data::DataSource;
use crate::fault::Fault;
use crate::names::named;

/// An event of a worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// The worker's code is running and takes requests.
    Booted,
    /// The device has been opened.
    Ready {
        /// The backend.
        backend: Backend,
        /// The device's name as the browser or system gives it.
        adapter: String,
    },
    /// A request is settled. Exactly one of `reply` and `fault` is present.
    Settled {
        /// The request's number.
        id: u32,
        /// The outcome.
        reply: Option<Reply>,
        /// The reason of a refusal.
        fault: Option<Fault>,
    },
    /// Progress of a task that takes a while.
    Progress(Task),
    /// The run's phase changed.
    State {
        /// The new phase.
        phase: Phase,
        /// Generator steps done.
        step: u64,
    },
    /// The run's data are loaded.
    Data {
        /// The source really in use; differs from the spec's if that could not be loaded.
        source: DataSource,
        /// Number of samples; `None` if endless.
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
        /// Generator steps.
        step: u64,
        /// The layout of the pixels.
        set: SampleSet,
    },
    /// What the nets do in the plane of the data; the numbers are attached.
    Plane {
        /// After how many generator steps.
        step: u64,
        /// How to read the numbers.
        set: PlaneSet,
    },
    /// Scores and diagnoses of the run, from its newest samples.
    Report {
        /// Generator steps.
        step: u64,
        /// [`crate::Report`] as JSON, since the page only passes it on.
        report: String,
    },
    /// A checkpoint that the worker makes on its own, to continue from if the worker dies;
    /// attached.
    Autosave {
        /// Generator steps.
        step: u64,
    },
    /// An error outside of any request.
    Fault(Fault),
}

named! {
    /// The sheet to which a frame belongs.
    pub enum FrameKind {
        /// The same latents during the whole run.
        Fixed = "fixed",
        /// New latents each time.
        Fresh = "fresh",
    }
}

named! {
    /// The phase of a session.
    pub enum Phase {
        /// The nets or the data are not loaded yet.
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
    /// The library that computes.
    pub enum Backend {
        /// Burn's Flex backend, on the processor.
        Cpu = "cpu",
        /// Burn's wgpu backend, on WebGPU (natively: Vulkan, Metal or DirectX 12).
        Webgpu = "webgpu",
    }
}

/// A task that takes a while.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// The task: `data`, `device`, `nets`, `first_step`, `proof`, `checkpoint` or `sample`.
    pub name: String,
    /// Amount done, in bytes or pieces.
    pub done: f64,
    /// Total amount; `None` if unknown. `done == total` ends the task.
    pub total: Option<f64>,
}
