//! The header of a checkpoint: what stands in a `.safetensors` file beside its tensors.

use serde::{Deserialize, Serialize};

use crate::run::RunSpec;

/// Names the format and its version; a file with another value is refused.
pub const CHECKPOINT_FORMAT: &str = "gan-playground-checkpoint-1";

/// Stored as JSON under the key `gan_playground` of the file's `__metadata__`.
///
/// Random numbers are pure functions of the seed and these counters, so that no generator's
/// state needs to be kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckpointHeader {
    /// [`CHECKPOINT_FORMAT`].
    pub format: String,
    /// The run, with the settings in force when the checkpoint was made.
    pub spec: RunSpec,
    /// Generator steps done.
    pub step: u64,
    /// Discriminator steps done; differs from `step` times n_critic once that was changed live.
    pub discriminator_step: u64,
}
