//! What a worker answers a request with.

use serde::{Deserialize, Serialize};

use super::attachment::SampleSet;
use super::dissection::Dissection;
use super::neighbours::Neighbours;
use crate::checkpoint::DataOrigin;

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reply {
    /// The request was carried out.
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
        /// The layout of the pixels.
        set: SampleSet,
    },
    /// A checkpoint; attached.
    Checkpoint {
        /// Generator steps.
        step: u64,
    },
    /// The next step, taken apart. Attached, up to eight of each: its first reals, the generator's first samples,
    /// and what the generator makes of the same latents after its update.
    Dissection {
        /// How to read each attachment.
        set: SampleSet,
        /// The step's numbers.
        dissection: Box<Dissection>,
    },
    /// The nearest real images of some samples. Attached: the samples, and the nearest real image of each.
    Neighbours {
        /// How to read each attachment.
        set: SampleSet,
        /// How near they are.
        neighbours: Neighbours,
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
