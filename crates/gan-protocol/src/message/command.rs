//! The requests of the page to a worker.

use serde::{Deserialize, Serialize};

use super::tuning::Tuning;
use crate::course::CourseSpec;
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

/// A request of the page to a worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Command {
    /// Replaces the run. Attachments: the checkpoint if `checkpoint`, then one for each name in
    /// `files`; without any, the user's files of the previous run are used again. If anything is
    /// refused, the previous run continues. Settles when the data are loaded; the first sheet comes
    /// earlier. Reply: [`Reply::OtherData`](crate::Reply::OtherData) if the checkpoint's run was
    /// trained on other data.
    Load {
        /// The new run; with a checkpoint, the settings for its continuation.
        spec: Box<RunSpec>,
        /// Whether the first attachment is a checkpoint to continue from.
        checkpoint: bool,
        /// Names of the user's files: IDX or CIFAR-10.
        files: Vec<String>,
    },
    /// Trains until paused.
    Start,
    /// Stops training after the current step; settles when it has stopped.
    Pause,
    /// Trains `count` steps, then pauses; settles when they are done.
    Step {
        /// Generator steps.
        count: u32,
    },
    /// Makes one step of one net and leaves the other as it is; settles when it is done. Refused
    /// while the run trains.
    StepAlone {
        /// The net that is updated.
        net: NetName,
    },
    /// Makes the next step on a copy, and reports it in detail. Reply:
    /// [`Reply::Dissection`](crate::Reply::Dissection).
    Dissect,
    /// Finds the real image nearest to each of `count` samples from the latents of `seed`. Reply:
    /// [`Reply::Neighbours`](crate::Reply::Neighbours).
    NearestReals {
        /// Number of samples, at most 64.
        count: u32,
        /// The seed of the latents.
        seed: u64,
    },
    /// Changes settings during the run.
    Tune(Tuning),
    /// Draws `count` samples from the latents of `seed`. Reply: [`Reply::Samples`](crate::Reply::Samples).
    Sample {
        /// Number of samples, at most 4,096.
        count: u32,
        /// The seed of the latents.
        seed: u64,
        /// The class of all samples, for runs with labels; without it classes take turns.
        label: Option<u16>,
    },
    /// Picks `count` real samples, as the run is trained on them. Reply:
    /// [`Reply::Samples`](crate::Reply::Samples).
    Reals {
        /// Number of samples, at most 4,096.
        count: u32,
        /// The seed of the choice.
        seed: u64,
    },
    /// Teaches classifiers with few labelled images of the run's data, with and without samples of its
    /// generator, `count` steps each. Another `course` than the one that is under way begins anew. Reply:
    /// [`Reply::Course`](crate::Reply::Course).
    Course {
        /// The course.
        course: CourseSpec,
        /// Steps of each classifier; a course ends at its own number of steps.
        count: u32,
    },
    /// Draws a sheet of fresh samples as soon as possible.
    FreshSheet,
    /// Says whether someone watches the plane: a run on points then sends [`Event::Plane`](crate::Event::Plane) in place
    /// of pictures of the fixed latents.
    Watch {
        /// Whether.
        plane: bool,
    },
    /// Requests a checkpoint. Reply: [`Reply::Checkpoint`](crate::Reply::Checkpoint), the bytes
    /// attached.
    Checkpoint,
    /// Makes one step on a copy. Reply: [`Reply::Probe`](crate::Reply::Probe); attached: checkpoints before and after.
    Probe,
    /// Repeats a probe made on another backend and compares. Attachments: checkpoints before and
    /// after. Reply: [`Reply::Proof`](crate::Reply::Proof).
    Prove,
    /// Reports that the last frame is on the screen, so that the next may be sent. Not settled.
    FrameDrawn,
    /// Settles as soon as the worker's thread is free, which shows that the worker is alive.
    Ping,
}

named! {
    /// One of the two nets.
    pub enum NetName {
        /// Makes samples.
        Generator = "generator",
        /// Judges samples.
        Discriminator = "discriminator",
    }
}
