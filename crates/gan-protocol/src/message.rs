//! The messages between the page and a worker: requests, events and the layout of their buffers.
//!
//! The page sends [`Request`]s. The worker reports the outcome of each by one [`Event::Settled`]
//! (except [`Command::FrameDrawn`]) and sends other events as they happen. Bytes (pixels,
//! checkpoints, files) are not part of a message: they are sent with it as a list of transferred
//! buffers, the *attachments*. The documentation of a message names its attachments.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::checkpoint::DataOrigin;
use crate::data::DataSource;
use crate::error::SpecError;
use crate::fault::Fault;
use crate::names::named;
use crate::objective::Objective;
use crate::read::reads_struct;
use crate::run::RunSpec;

/// A command with the number under which its outcome is reported.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// Chosen by the page, unique for a worker.
    pub id: u32,
    /// What to do.
    pub command: Command,
}

/// What the page asks of a worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Command {
    /// Replaces the run. Attachments: the checkpoint if `checkpoint`, then one per name in
    /// `files`; without any, the user's files of the run before serve again. If anything is refused, the run that was
    /// there goes on. Settles when the data are there; the first sheet comes earlier. Reply: [`Reply::OtherData`] if
    /// the checkpoint's run learned from others.
    Load {
        /// The new run; with a checkpoint, what to continue it under.
        spec: Box<RunSpec>,
        /// Whether the first attachment is a checkpoint to continue from.
        checkpoint: bool,
        /// Names of the user's IDX files.
        files: Vec<String>,
    },
    /// Trains until paused.
    Start,
    /// Stops training after the step in hand; settles when it has stopped.
    Pause,
    /// Trains `count` steps, then pauses; settles when they are done.
    Step {
        /// Generator steps.
        count: u32,
    },
    /// One step of one net, the other being left as it is; settles when it is done. Not while the
    /// run trains.
    StepAlone {
        /// Whose.
        net: NetName,
    },
    /// Takes the next step apart, on a copy. Reply: [`Reply::Shown`]; attached: its first reals, the
    /// generator's first samples, and what the generator makes of the same latents after its update,
    /// up to eight of each. `numbers`: `step`, counted from 1; `latents`, of the samples that are
    /// attached, each with the first eight of its numbers; of the same samples the discriminator's
    /// outputs `onReals`, `onFakes` before its update, `onRealsAfter`, `onFakesAfter` after it, and
    /// `onNewFakes` for what the updated generator makes (with packing for the packs that begin with
    /// them); under `means` the same names over the whole batch; `discriminatorLoss`,
    /// `discriminatorLossAfter`, `discriminatorGradientNorm`, `generatorLoss`, `generatorLossAfter`,
    /// `generatorGradientNorm`, `penalty`, `auxiliary`.
    Dissect,
    /// Looks for the real image that is most like each of `count` samples from the latents of `seed`.
    /// Reply: [`Reply::Shown`]; attached: the samples, and beside each its nearest real one. `numbers`:
    /// their Euclidean `distances`, relative to the mean distance between two reals, and how many
    /// reals were `searched`.
    NearestReals {
        /// How many, at most 64.
        count: u32,
        /// Which latents.
        seed: u64,
    },
    /// Changes settings of the run as it goes.
    Tune(Tuning),
    /// Draws `count` samples from the latents of `seed`. Reply: [`Reply::Samples`].
    Sample {
        /// How many, at most 4,096.
        count: u32,
        /// Which latents.
        seed: u64,
        /// The class of all of them, for runs with labels; without it classes go round.
        label: Option<u16>,
    },
    /// Draws a sheet of fresh samples as soon as possible.
    FreshSheet,
    /// Says whether someone watches the stage: a run on points then sends [`Event::Stage`] in place
    /// of pictures of the fixed latents.
    Watch {
        /// Whether.
        stage: bool,
    },
    /// Reply: [`Reply::Checkpoint`], the bytes attached.
    Checkpoint,
    /// Makes one step on a copy. Reply: [`Reply::Probe`]; attached: checkpoints before and after.
    Probe,
    /// Repeats a probe made on another backend and compares. Attachments: checkpoints before and
    /// after. Reply: [`Reply::Proof`].
    Prove,
    /// Says that the last frame is on the screen, so that the next may come. Not settled.
    FrameDrawn,
    /// Settles at once: the worker is alive.
    Ping,
}

named! {
    /// One of the two nets.
    pub enum NetName {
        /// Makes samples.
        Generator = "generator",
        /// Judges them.
        Discriminator = "discriminator",
    }
}

/// Settings that can change while a run goes on; `None` leaves one as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Tuning {
    /// Step size for the generator.
    pub generator_learning_rate: Option<f64>,
    /// Step size for the discriminator.
    pub discriminator_learning_rate: Option<f64>,
    /// What the nets minimise.
    pub objective: Option<Objective>,
    /// Steps of the discriminator per step of the generator.
    pub discriminator_steps: Option<usize>,
    /// One-sided label smoothing.
    pub label_smoothing: Option<f32>,
}

reads_struct!(Tuning {
    generator_learning_rate = None,
    discriminator_learning_rate = None,
    objective = None,
    discriminator_steps = None,
    label_smoothing = None,
});

impl Tuning {
    /// Reads changes.
    ///
    /// # Errors
    /// The path of the first field that cannot be read, and why.
    pub fn from_value(value: &Value) -> Result<Self, SpecError> {
        crate::read::whole(value)
    }

    /// `spec` with the changes made.
    ///
    /// # Errors
    /// As [`RunSpec::validate`].
    pub fn applied_to(&self, spec: &RunSpec) -> Result<RunSpec, SpecError> {
        let mut tuned = spec.clone();
        if let Some(rate) = self.generator_learning_rate {
            tuned.generator_optimizer.learning_rate = rate;
        }
        if let Some(rate) = self.discriminator_learning_rate {
            tuned.discriminator_optimizer.learning_rate = rate;
        }
        if let Some(objective) = self.objective {
            tuned.objective = objective;
        }
        if let Some(steps) = self.discriminator_steps {
            tuned.discriminator_steps = steps;
        }
        if let Some(smoothing) = self.label_smoothing {
            tuned.label_smoothing = smoothing;
        }
        tuned.validate()?;
        Ok(tuned)
    }
}

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
    Stage {
        /// After how many generator steps.
        step: u64,
        /// How to read the numbers.
        set: StageSet,
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

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reply {
    /// It is done.
    Done,
    /// It is done: the run goes on, with other data than its checkpoint learned from.
    OtherData {
        /// What the checkpoint learned from.
        before: DataOrigin,
        /// What the run learns from now.
        now: DataOrigin,
    },
    /// The samples; pixels attached.
    Samples {
        /// How to read the pixels.
        set: SampleSet,
    },
    /// A checkpoint; attached.
    Checkpoint {
        /// After how many generator steps.
        step: u64,
    },
    /// What was looked for; the samples attached, in as many parts as the command says.
    Shown {
        /// How to read a part.
        set: SampleSet,
        /// As JSON, since the page does not read it; the command says what is in it.
        numbers: String,
    },
    /// Checkpoints before and after one step; attached.
    Probe,
    /// How far this backend's step is from the other's.
    Proof {
        /// The largest of the parameters' differences: Euclidean norm of a tensor's difference,
        /// relative to that of the tensor.
        largest_relative_difference: f64,
        /// The parameter that differs most.
        parameter: String,
    },
}

/// How to read the bytes of samples: `count` images one after another, each row by row, the
/// channels of a pixel side by side, 0 black to 255 white. Points have neither width nor height: two
/// little-endian f32 each, x and y.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleSet {
    /// Count of images.
    pub count: usize,
    /// Columns of one image, in pixels.
    pub width: usize,
    /// Rows of one image, in pixels.
    pub height: usize,
    /// Bytes a pixel.
    pub channels: usize,
}

/// How to read the bytes of a stage: little-endian f32, part after part in this order. First the
/// view, three numbers: the middle of a square (x, y) and half its side. A count of 0 says that the
/// part is not in this stage, and the one before still holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageSet {
    /// Real points: x, y, x, y …
    pub reals: usize,
    /// Points made of the fixed latents, likewise.
    pub fakes: usize,
    /// Where the first of those are pulled: the negative gradient of the generator's loss with
    /// respect to each point, times their count; x, y, x, y …
    pub pulls: usize,
    /// The coordinates of a lattice of latents, and behind them where its nodes go: `lattice` nodes
    /// along a side, row after row, x, y, x, y …; of a latent of one number one row.
    pub lattice: usize,
    /// Rows of the lattice.
    pub lattice_rows: usize,
    /// The discriminator's output at the middles of `surface × surface` equal squares that fill the
    /// view, row after row from the top left.
    pub surface: usize,
}

impl StageSet {
    /// How many numbers there are in all.
    pub fn numbers(&self) -> usize {
        let lattice = self.lattice + 2 * self.lattice * self.lattice_rows;
        3 + 2 * (self.reals + self.fakes + self.pulls) + lattice + self.surface * self.surface
    }
}

/// Measurements of one generator step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metrics {
    /// Generator steps done, this one included.
    pub step: u64,
    /// The generator's loss.
    pub generator_loss: f64,
    /// The discriminator's loss (of its last step, where there are several).
    pub discriminator_loss: f64,
    /// Mean of D(x) over the batch of reals: a probability where the objective is a logarithmic
    /// one, the raw output otherwise.
    pub real_score: f64,
    /// Mean of D(G(z)) over the batch of the generator's step, likewise.
    pub fake_score: f64,
    /// The penalties' part of the discriminator's loss, which stands beside it.
    #[serde(default)]
    pub penalty: f64,
    /// What further tasks (classes, codes, several generators) add to it, likewise.
    #[serde(default)]
    pub auxiliary: f64,
    /// Euclidean norm of the generator's gradient, over all its numbers, before any clipping.
    #[serde(default)]
    pub generator_gradient_norm: f64,
    /// The discriminator's, likewise.
    #[serde(default)]
    pub discriminator_gradient_norm: f64,
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
