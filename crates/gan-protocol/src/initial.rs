//! The nets of another run that a run begins with (pre-training).

use serde::Serialize;
use xxhash_rust::xxh64::xxh64;

use crate::error::SpecError;
use crate::names::named;
use crate::read::reads_struct;

/// A run begins at step 0, with new optimisers, and with weights and running statistics of a
/// checkpoint's nets, as they were trained: averages are not taken, and begin anew. In a translation
/// the nets of both ways are taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InitialSpec {
    /// The [`digest`] of the checkpoint's file: 16 hexadecimal digits. The file comes with the run
    /// when it begins; the run's own checkpoints hold all it needs.
    pub checkpoint: String,
    /// Which nets; those not taken begin with [`InitialWeights`](crate::InitialWeights).
    pub nets: InitialNets,
}

/// The digest by which a run names the checkpoint that it begins with: XXH64 of the file's bytes.
pub fn digest(checkpoint: &[u8]) -> String {
    format!("{:016x}", xxh64(checkpoint, 0))
}

named! {
    /// Nets of a checkpoint.
    pub enum InitialNets {
        /// Generator and discriminator.
        Both = "both",
        /// The generator: its discriminator begins anew.
        Generator = "generator",
        /// The discriminator.
        Discriminator = "discriminator",
    }
}

impl InitialNets {
    /// Whether the generator is taken.
    pub fn has_generator(self) -> bool {
        self != Self::Discriminator
    }

    /// Whether the discriminator is taken.
    pub fn has_discriminator(self) -> bool {
        self != Self::Generator
    }
}

impl InitialSpec {
    /// Begins with `nets` of the checkpoint of these bytes.
    pub fn of(checkpoint: &[u8], nets: InitialNets) -> Self {
        Self { checkpoint: digest(checkpoint), nets }
    }

    pub(crate) fn validate(&self) -> Result<(), SpecError> {
        let digest = &self.checkpoint;
        let is_digest = digest.len() == 16
            && digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if is_digest {
            return Ok(());
        }
        let message = format!("is `{digest}`; a digest has 16 digits, 0 to 9 and a to f");
        Err(SpecError::new("checkpoint", message))
    }
}

reads_struct!(InitialSpec { checkpoint, nets = InitialNets::Both });
