//! The replies of a worker to requests.

use serde::{Deserialize, Serialize};

use super::attachment::SampleSet;
use super::dissection::Dissection;
use super::neighbours::Neighbours;
use crate::checkpoint::DataOrigin;

/// The outcome of a request that succeeded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reply {
    /// The request was carried out.
    Done,
    /// The run was loaded, with other data than its checkpoint was trained on.
    OtherData {
        /// The checkpoint's data.
        before: DataOrigin,
        /// The run's data now.
        now: DataOrigin,
    },
    /// The samples; pixels attached.
    Samples {
        /// The layout of the pixels.
        set: SampleSet,
    },
    /// A checkpoint; attached.
    Checkpoint {
        /// Generator steps.
        step: u64,
    },
    /// One training step in detail. Attached, up to eight of each: its first reals, the generator's
    /// first samples, and the updated generator's samples from the same latents.
    Dissection {
        /// The layout of each attachment.
        set: SampleSet,
        /// The step's numbers.
        dissection: Box<Dissection>,
    },
    /// The nearest real images of some samples. Attached: the samples, and the nearest real image of each.
    Neighbours {
        /// The layout of each attachment.
        set: SampleSet,
        /// Their distances.
        neighbours: Neighbours,
    },
    /// How far a course of classifiers is.
    Course {
        /// Steps of each classifier.
        step: u32,
        /// Share of held-out images that each names rightly, one for each [`Diet`](crate::Diet): those with
        /// generated samples only of a run whose generator is told the class.
        accuracy: Vec<f64>,
        /// Labelled images.
        labelled: u32,
        /// Held-out images.
        held_out: u32,
    },
    /// Checkpoints before and after one step; attached.
    Probe {
        /// Mean time of a step, in milliseconds.
        step_ms: f64,
    },
    /// The difference between this backend's step and the other's.
    Proof {
        /// The largest relative difference of all parameters: Euclidean norm of a tensor's
        /// difference, relative to the norm of the tensor.
        largest_relative_difference: f64,
        /// The parameter that differs most.
        parameter: String,
    },
}
