//! The header of a checkpoint: the metadata of a `.safetensors` file whose tensors are a run's
//! weights and optimiser states.

use serde::{Deserialize, Serialize};

use crate::data::DataSource;
use crate::run::RunSpec;

/// Names the format and its version; a file with another value is refused.
pub const CHECKPOINT_FORMAT: &str = "gan-playground-checkpoint-1";

/// The header, stored as JSON under the key `gan_playground` of the file's `__metadata__`.
///
/// Random numbers are pure functions of the seed and these counters, so the file needs no state of
/// a random number generator.
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
    /// Updates of generator and discriminator before their optimisers' moments began anew, of a run whose nets
    /// have entered a stage of growth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moments_since: Option<[u64; 2]>,
    /// The data that the run learned from last; `None` in checkpoints of earlier versions, and
    /// before anything was learned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<DataOrigin>,
}

/// Identifies the real samples of a run: distinguishes them from others, and names them for the
/// user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataOrigin {
    /// The source really in use: another than the spec's if drawn digits stand in.
    pub source: DataSource,
    /// Count of samples; `None` is unlimited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub samples: Option<u64>,
    /// A hash of samples and labels as the nets see them, 16 hexadecimal digits; `None` for data
    /// made at run time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// Names of the user's files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
}

impl DataOrigin {
    /// Whether both are the same samples, whatever the files' names: by digest, or by source if one
    /// of them has no digest.
    pub fn is_same(&self, other: &Self) -> bool {
        match (&self.digest, &other.digest) {
            (Some(one), Some(two)) => one == two,
            _ => self.source == other.source,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(digest: &str, name: &str) -> DataOrigin {
        DataOrigin {
            source: DataSource::IdxFiles,
            samples: Some(64),
            digest: Some(digest.to_owned()),
            files: vec![name.to_owned()],
        }
    }

    #[test]
    fn the_same_samples_are_known_by_their_digest_and_not_by_a_files_name() {
        assert!(files("a", "one.idx").is_same(&files("a", "two.idx")));
        assert!(!files("a", "one.idx").is_same(&files("b", "one.idx")));
        let drawn = DataOrigin {
            source: DataSource::DrawnDigits,
            samples: None,
            digest: None,
            files: vec![],
        };
        assert!(drawn.is_same(&drawn) && !drawn.is_same(&files("a", "one.idx")));
    }

    #[test]
    fn a_header_without_its_data_is_read_and_written_as_before() {
        let spec = crate::preset("ring").expect("a preset").spec;
        let old = serde_json::json!({
            "format": CHECKPOINT_FORMAT, "spec": spec, "step": 5, "discriminator_step": 5,
        });
        let header: CheckpointHeader = serde_json::from_value(old.clone()).expect("valid");
        assert_eq!(header.data, None);
        assert_eq!(serde_json::to_value(&header).expect("plain data"), old);
        let header = CheckpointHeader { data: Some(files("0f", "own.idx")), ..header };
        let written = serde_json::to_value(&header).expect("plain data");
        assert_eq!(written["data"]["files"], serde_json::json!(["own.idx"]));
        assert_eq!(serde_json::from_value::<CheckpointHeader>(written).expect("valid"), header);
    }
}
