//! The inputs and outputs of the supervisor.

use gan_protocol::{Event, FrameKind, PlaneSet, Request, RunSpec, SampleSet, Tuning};

use crate::model::backends::{AdapterAnswer, Variant};
use crate::model::notice::Notice;
use crate::model::refusal::Refusal;

/// Identifies a worker for the lifetime of the page.
pub type WorkerId = u32;

/// Identifies a request, so that its outcome reaches the caller.
pub type Ticket = u32;

/// A file of the user.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedFile<B> {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: B,
}

/// All data to restore a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Run<B> {
    /// The preset from which it was made.
    pub preset: String,
    /// The current settings.
    pub spec: RunSpec,
    /// The user's IDX or CIFAR files.
    pub files: Vec<NamedFile<B>>,
    /// The newest checkpoint and its step.
    pub checkpoint: Option<(u64, B)>,
    /// The checkpoint of another run whose nets it begins with, as `spec.initial` says.
    pub initial: Option<B>,
}

impl<B> Run<B> {
    /// A run that begins anew, on data that the page has or makes.
    pub fn new(preset: String, spec: RunSpec) -> Self {
        Self { preset, spec, files: Vec::new(), checkpoint: None, initial: None }
    }

    /// Takes over the checkpoint that `before` began with, if this run begins with the same one.
    pub(super) fn begin_as(&mut self, before: &Self)
    where
        B: Clone,
    {
        let [wanted, had] = [&*self, before]
            .map(|run| run.spec.initial.as_ref().map(|initial| initial.checkpoint.as_str()));
        if self.initial.is_none() && wanted.is_some() && wanted == had {
            self.initial.clone_from(&before.initial);
        }
    }
}

/// A request of the page.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask<B> {
    /// Replaces the run, and trains it at once if `then_run`.
    Load {
        /// The new run.
        run: Box<Run<B>>,
        /// Whether to train it at once.
        then_run: bool,
    },
    /// Restarts the same run.
    Reset,
    /// Trains until paused.
    Start,
    /// Stops training.
    Pause,
    /// Trains this number of steps.
    Step(u32),
    /// Changes settings during the run.
    Tune(Tuning),
    /// Draws samples.
    Sample {
        /// Number of samples.
        count: u32,
        /// Seed of the latents.
        seed: u64,
        /// Class of all samples; `None` for all classes in turn.
        label: Option<u16>,
    },
    /// Picks real samples.
    Reals {
        /// Number of samples.
        count: u32,
        /// Seed of the choice.
        seed: u64,
    },
    /// Draws new samples for the second sheet.
    FreshSheet,
    /// Makes a checkpoint.
    Checkpoint,
    /// Makes a step on a copy and forgets it, to find out how long it takes.
    Probe,
}

/// The outcome of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome<B> {
    /// The request was carried out.
    Done,
    /// Samples.
    Samples {
        /// The layout of the pixels.
        set: SampleSet,
        /// The pixels.
        pixels: B,
    },
    /// A checkpoint.
    Checkpoint {
        /// Generator steps.
        step: u64,
        /// The file.
        bytes: B,
    },
    /// A step was made on a copy.
    Probed {
        /// Its time in milliseconds.
        step_ms: f64,
    },
}

/// An input of the supervisor.
#[derive(Clone, Debug)]
pub enum Signal<B> {
    /// A worker sent an event.
    Event {
        /// The worker.
        worker: WorkerId,
        /// The event.
        event: Event,
        /// The event's attachments.
        attachments: Vec<B>,
    },
    /// A worker has ended: its lock is free, or it raised an error.
    Died {
        /// The worker.
        worker: WorkerId,
        /// Its last message.
        message: String,
    },
    /// The result of [`Effect::FindAdapter`].
    Adapter(AdapterAnswer),
    /// The immediate result of [`Effect::AwaitGpuBuild`]: the build does not exist yet.
    GpuBuildMissing,
    /// The final result of [`Effect::AwaitGpuBuild`].
    GpuBuildReady,
    /// About a second has passed.
    Tick,
}

/// An action that the supervisor requests.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect<B> {
    /// Start a worker.
    Spawn {
        /// Its id from now on.
        worker: WorkerId,
        /// The build.
        variant: Variant,
    },
    /// End a worker.
    Terminate {
        /// The worker.
        worker: WorkerId,
    },
    /// Send a request, with copies of the attachments.
    Send {
        /// The worker.
        worker: WorkerId,
        /// The request.
        request: Request,
        /// The request's attachments.
        attachments: Vec<B>,
    },
    /// Report the outcome of a request to the caller.
    Settle {
        /// The request.
        ticket: Ticket,
        /// The outcome.
        result: Result<Outcome<B>, Refusal>,
    },
    /// Request a WebGPU adapter from the browser.
    FindAdapter,
    /// Report when the WebGPU build can be loaded.
    AwaitGpuBuild,
    /// Show a notice.
    Notify(Notice),
    /// Show a sheet.
    Show {
        /// The sheet.
        sheet: FrameKind,
        /// Generator steps.
        step: u64,
        /// The layout of the pixels.
        set: SampleSet,
        /// The pixels.
        pixels: B,
    },
    /// Show the plane of a run on points.
    Plane {
        /// Generator steps.
        step: u64,
        /// The layout of the numbers.
        set: PlaneSet,
        /// The numbers' bytes.
        numbers: B,
    },
    /// Keep a run that another is about to replace.
    Leave {
        /// The run's number: how many others it and its predecessors have replaced.
        number: u32,
        /// The run with its checkpoint.
        run: Box<Run<B>>,
        /// Samples of it with their layout, if there was a worker to draw them.
        samples: Option<(SampleSet, B)>,
    },
    /// The current settings have changed.
    RunChanged,
}
