//! What the user is told outside of the run's own display. The words come from the locales.

use crate::model::refusal::Refusal;
use crate::model::supervisor::Variant;

/// Something worth telling.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// Something that was asked for was refused; what was there goes on.
    Refused(Refusal),
    /// A part of the page's address was refused; the default is used in its place.
    AddressRefused(Refusal),
    /// MNIST could not be had; the run uses drawn digits.
    DataMissing {
        /// Why.
        message: String,
    },
    /// A loss became NaN or infinite.
    Diverged {
        /// Where it was seen.
        step: u64,
        /// Where the run is back.
        restored_step: u64,
    },
    /// A worker died; another one went on from `step`.
    Restarted {
        /// Which kind died.
        variant: Variant,
        /// Where the run goes on; `None` is from the start.
        step: Option<u64>,
        /// What the worker said last.
        message: String,
    },
    /// The checkpoint held by the page could not be read back; the run starts from the beginning.
    StartedOver {
        /// Why.
        message: String,
    },
    /// The run moved to WebGPU by itself.
    MovedToGpu {
        /// The adapter's name.
        adapter: String,
    },
    /// WebGPU did not prove itself; the run stays on the CPU.
    GpuRejected {
        /// What was seen.
        message: String,
    },
    /// WebGPU was asked for and cannot be had; the run uses the CPU.
    GpuMissing {
        /// What the browser says.
        message: String,
    },
    /// The page's link is on the clipboard.
    LinkCopied,
    /// The clipboard is out of reach.
    LinkNotCopied {
        /// What was to be copied.
        link: String,
    },
    /// A file was written.
    Saved {
        /// Its name.
        name: String,
    },
    /// A checkpoint was opened.
    Opened {
        /// The file's name.
        name: String,
        /// The step that it holds.
        step: u64,
    },
}

/// How much a notice matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Nothing is wrong; it goes by itself after a while.
    Info,
    /// Something differs from what was asked for.
    Warning,
    /// Something was not done.
    Alert,
}

impl Notice {
    /// How much it matters.
    pub fn weight(&self) -> Weight {
        match self {
            Self::Refused(_) | Self::AddressRefused(_) | Self::Diverged { .. } => Weight::Alert,
            Self::DataMissing { .. }
            | Self::Restarted { .. }
            | Self::StartedOver { .. }
            | Self::GpuRejected { .. }
            | Self::GpuMissing { .. }
            | Self::LinkNotCopied { .. } => Weight::Warning,
            Self::MovedToGpu { .. }
            | Self::LinkCopied
            | Self::Saved { .. }
            | Self::Opened { .. } => Weight::Info,
        }
    }
}
