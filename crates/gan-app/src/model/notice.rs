//! What the user is told outside of the run's own display: where it stands, and when it ends. The words come
//! from the locales.

use gan_protocol::{DataOrigin, Phase};

use crate::model::backends::{Gpu, Variant};
use crate::model::refusal::Refusal;

/// Where a notice stands: at the control that was used, by that control's id.
pub type Place = &'static str;

/// Beside the toolbar: what is of the run as a whole, and of files that were dropped anywhere.
pub const AT_RUN: Place = "run";
/// At the buttons that keep, open and share.
pub const AT_FILES: Place = "files";

/// Something worth telling.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// Something that was asked for was refused; what was there goes on.
    Refused(Refusal),
    /// What was typed into a field of a number was not taken; it stands there until something else is typed.
    NotTaken {
        /// As it was typed.
        typed: String,
        /// What is taken: a whole number between two, or any number.
        whole: Option<(u64, u64)>,
        /// What is in force, as the field shows it.
        in_force: String,
    },
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
    /// A worker died; another one has taken the run up from `step`.
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
    /// The run goes on with other data than its checkpoint learned from.
    OtherData {
        /// What it learned from.
        before: DataOrigin,
        /// What it learns from now.
        now: DataOrigin,
    },
    /// A run waits for files of the user's.
    FilesWanted {
        /// The checkpoint that it goes on from: its name, the step that it holds, and the names of the files. A link
        /// knows none of these.
        checkpoint: Option<(String, u64, Vec<String>)>,
    },
    /// The page's link is on the clipboard.
    LinkCopied(Link),
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

/// What a link holds of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// All of its settings, and the data come to whoever opens the page.
    Whole,
    /// Its settings; whoever opens the link is asked for files.
    WithoutFiles,
    /// All of it, and is so long by that that programs may cut it.
    Long,
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
            Self::Refused(_)
            | Self::NotTaken { .. }
            | Self::AddressRefused(_)
            | Self::Diverged { .. } => Weight::Alert,
            Self::DataMissing { .. }
            | Self::Restarted { .. }
            | Self::StartedOver { .. }
            | Self::OtherData { .. }
            | Self::FilesWanted { .. }
            | Self::GpuRejected { .. }
            | Self::GpuMissing { .. }
            | Self::LinkNotCopied { .. } => Weight::Warning,
            Self::MovedToGpu { .. }
            | Self::LinkCopied(_)
            | Self::Saved { .. }
            | Self::Opened { .. } => Weight::Info,
        }
    }

    /// Whether it asks for files.
    pub fn is_wish(&self) -> bool {
        matches!(self, Self::FilesWanted { .. })
    }

    /// Whether it is no longer true.
    pub fn is_over(&self, now: &Standing) -> bool {
        match self {
            Self::Refused(_)
            | Self::NotTaken { .. }
            | Self::AddressRefused(_)
            // It holds the link, to be copied by hand: the run's own.
            | Self::LinkNotCopied { .. }
            | Self::OtherData { .. }
            | Self::FilesWanted { .. }
            | Self::StartedOver { .. } => now.is_another_run,
            Self::Restarted { .. } => now.is_another_run || now.phase == Phase::Failed,
            Self::Diverged { .. } => now.is_another_run || now.phase == Phase::Running,
            Self::DataMissing { .. } => now.is_another_run && !now.has_other_data,
            Self::GpuRejected { .. } | Self::GpuMissing { .. } => {
                !matches!(now.gpu, Gpu::Unusable | Gpu::WithoutBuild)
            }
            // These go by themselves after a while.
            Self::MovedToGpu { .. }
            | Self::LinkCopied(_)
            | Self::Saved { .. }
            | Self::Opened { .. } => false,
        }
    }
}

/// How things stand, as far as it ends a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Where the session stands.
    pub phase: Phase,
    /// Whether another run has been loaded since the notice came up.
    pub is_another_run: bool,
    /// Whether the data in use are others than the run asks for.
    pub has_other_data: bool,
    /// What is known of WebGPU.
    pub gpu: Gpu,
}

#[cfg(test)]
mod tests {
    use super::*;

    const AS_IT_WAS: Standing = Standing {
        phase: Phase::Paused,
        is_another_run: false,
        has_other_data: false,
        gpu: Gpu::Unasked,
    };

    fn refused() -> Notice {
        Notice::Refused(Refusal::file("digits.idx: is cut off"))
    }

    #[test]
    fn a_refusal_ends_with_the_next_good_load() {
        assert!(!refused().is_over(&AS_IT_WAS));
        let address = Notice::AddressRefused(Refusal::usage("no such preset"));
        let typed = Notice::NotTaken { typed: "1,000".into(), whole: None, in_force: "1".into() };
        for notice in [refused(), address, typed] {
            assert!(notice.is_over(&Standing { is_another_run: true, ..AS_IT_WAS }), "{notice:?}");
        }
    }

    #[test]
    fn back_and_paused_is_over_once_the_run_goes_on() {
        let notice = Notice::Diverged { step: 30, restored_step: 20 };
        assert!(!notice.is_over(&AS_IT_WAS));
        assert!(notice.is_over(&Standing { phase: Phase::Running, ..AS_IT_WAS }));
    }

    #[test]
    fn started_again_is_not_said_of_a_run_that_has_failed() {
        let notice =
            Notice::Restarted { variant: Variant::Cpu, step: None, message: "gone".to_string() };
        assert!(!notice.is_over(&Standing { phase: Phase::Running, ..AS_IT_WAS }));
        assert!(notice.is_over(&Standing { phase: Phase::Failed, ..AS_IT_WAS }));
    }

    #[test]
    fn missing_data_are_told_for_as_long_as_others_are_in_use() {
        let notice = Notice::DataMissing { message: "404".to_string() };
        // It is told while the run that lacks them still loads.
        assert!(!notice.is_over(&AS_IT_WAS));
        let another = Standing { is_another_run: true, ..AS_IT_WAS };
        assert!(!notice.is_over(&Standing { has_other_data: true, ..another }));
        assert!(notice.is_over(&another));
    }

    #[test]
    fn a_missing_adapter_is_told_until_another_choice_is_made() {
        let notice = Notice::GpuMissing { message: "none".to_string() };
        assert!(!notice.is_over(&Standing { gpu: Gpu::Unusable, ..AS_IT_WAS }));
        assert!(!notice.is_over(&Standing { gpu: Gpu::WithoutBuild, ..AS_IT_WAS }));
        assert!(notice.is_over(&Standing { gpu: Gpu::Usable, ..AS_IT_WAS }));
        assert!(notice.is_over(&AS_IT_WAS));
    }
}
