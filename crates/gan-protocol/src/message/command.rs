//! What the page sends to a worker.

use serde::{Deserialize, Serialize};

use super::tuning::Tuning;
use crate::names::named;
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
    /// there goes on. Settles when the data are there; the first sheet comes earlier. Reply: [`Reply::OtherData`](crate::Reply::OtherData) if
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
    /// Takes the next step apart, on a copy. Reply: [`Reply::Dissection`](crate::Reply::Dissection).
    Dissect,
    /// Looks for the real image that is most like each of `count` samples from the latents of `seed`.
    /// Reply: [`Reply::Neighbours`](crate::Reply::Neighbours).
    NearestReals {
        /// How many, at most 64.
        count: u32,
        /// Which latents.
        seed: u64,
    },
    /// Changes settings of the run as it goes.
    Tune(Tuning),
    /// Draws `count` samples from the latents of `seed`. Reply: [`Reply::Samples`](crate::Reply::Samples).
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
    /// Says whether someone watches the plane: a run on points then sends [`Event::Plane`](crate::Event::Plane) in place
    /// of pictures of the fixed latents.
    Watch {
        /// Whether.
        plane: bool,
    },
    /// Reply: [`Reply::Checkpoint`](crate::Reply::Checkpoint), the bytes attached.
    Checkpoint,
    /// Makes one step on a copy. Reply: [`Reply::Probe`](crate::Reply::Probe); attached: checkpoints before and after.
    Probe,
    /// Repeats a probe made on another backend and compares. Attachments: checkpoints before and
    /// after. Reply: [`Reply::Proof`](crate::Reply::Proof).
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
