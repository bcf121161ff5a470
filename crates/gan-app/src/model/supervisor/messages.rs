//! What goes into the supervisor, and what comes out.

use gan_protocol::{Event, FrameKind, Request, RunSpec, SampleSet, StageSet, Tuning};

use crate::model::backends::{AdapterAnswer, Variant};
use crate::model::notice::Notice;
use crate::model::refusal::Refusal;

/// Names a worker for as long as the page lives.
pub type WorkerId = u32;

/// Names an ask, so that its outcome finds the one who asked.
pub type Ticket = u32;

/// A file of the user.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedFile<B> {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: B,
}

/// All that is needed to bring a run back.
#[derive(Clone, Debug, PartialEq)]
pub struct Run<B> {
    /// The preset that it was made from.
    pub preset: String,
    /// The settings in force.
    pub spec: RunSpec,
    /// The user's IDX files.
    pub files: Vec<NamedFile<B>>,
    /// The newest checkpoint and its step.
    pub checkpoint: Option<(u64, B)>,
}

/// What the page asks of the run.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask<B> {
    /// Replaces the run, and trains it at once if `then_run`.
    Load {
        /// The new run.
        run: Box<Run<B>>,
        /// Whether it is to be trained at once.
        then_run: bool,
    },
    /// The same run from the start.
    Reset,
    /// Trains until paused.
    Start,
    /// Stops training.
    Pause,
    /// Trains so many steps.
    Step(u32),
    /// Changes settings as it runs.
    Tune(Tuning),
    /// Draws samples.
    Sample {
        /// How many.
        count: u32,
        /// From which latents.
        seed: u64,
        /// Of which class, if not of each in turn.
        label: Option<u16>,
    },
    /// Draws new samples for the second sheet.
    FreshSheet,
    /// Makes a checkpoint.
    Checkpoint,
}

/// What came of an ask.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome<B> {
    /// It is done.
    Done,
    /// Samples.
    Samples {
        /// How to read the pixels.
        set: SampleSet,
        /// The pixels.
        pixels: B,
    },
    /// A checkpoint.
    Checkpoint {
        /// After how many generator steps.
        step: u64,
        /// The file.
        bytes: B,
    },
}

/// What the world tells the supervisor.
#[derive(Clone, Debug)]
pub enum Signal<B> {
    /// A worker sent an event.
    Event {
        /// Which worker.
        worker: WorkerId,
        /// What it says.
        event: Event,
        /// The bytes that came with it.
        attachments: Vec<B>,
    },
    /// A worker is gone: its lock is free, or it raised an error.
    Died {
        /// Which worker.
        worker: WorkerId,
        /// What it said last.
        message: String,
    },
    /// What came of [`Effect::FindAdapter`].
    Adapter(AdapterAnswer),
    /// What came of [`Effect::AwaitGpuBuild`] at once: the build is not there yet.
    GpuBuildMissing,
    /// What came of [`Effect::AwaitGpuBuild`] in the end.
    GpuBuildReady,
    /// About a second has passed.
    Tick,
}

/// What the supervisor wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect<B> {
    /// Start a worker.
    Spawn {
        /// Its name from now on.
        worker: WorkerId,
        /// Which build.
        variant: Variant,
    },
    /// End a worker.
    Terminate {
        /// Which worker.
        worker: WorkerId,
    },
    /// Send a request, with copies of the attachments.
    Send {
        /// To which worker.
        worker: WorkerId,
        /// What.
        request: Request,
        /// The bytes that go with it.
        attachments: Vec<B>,
    },
    /// Tell whoever asked what came of it.
    Settle {
        /// Which ask.
        ticket: Ticket,
        /// What came of it.
        result: Result<Outcome<B>, Refusal>,
    },
    /// Ask the browser for a WebGPU adapter.
    FindAdapter,
    /// Say when the WebGPU build can be loaded.
    AwaitGpuBuild,
    /// Tell the user.
    Notify(Notice),
    /// Show a sheet.
    Show {
        /// Which one.
        sheet: FrameKind,
        /// After how many generator steps.
        step: u64,
        /// How to read the pixels.
        set: SampleSet,
        /// The pixels.
        pixels: B,
    },
    /// Show what the nets do in the plane.
    Stage {
        /// After how many generator steps.
        step: u64,
        /// How to read the numbers.
        set: StageSet,
        /// The numbers' bytes.
        numbers: B,
    },
    /// Keep a run that another is about to replace.
    Leave {
        /// Which of the page's runs it is: how many others it has replaced.
        number: u32,
        /// The run with its checkpoint.
        run: Box<Run<B>>,
        /// Samples of it and how to read them, if there was a worker to draw them.
        samples: Option<(SampleSet, B)>,
    },
    /// The settings in force changed.
    RunChanged,
}
