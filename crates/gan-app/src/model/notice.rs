//! Notices to the user outside of the run's own display: their content, place and end. The texts
//! are in the locales.

use gan_protocol::{DataOrigin, Phase};

use crate::model::backends::{Gpu, Variant};
use crate::model::refusal::Refusal;

/// The place of a notice: the id of the control that was used.
pub type Place = &'static str;

/// Beside the toolbar: for the run as a whole, and for files that were dropped anywhere.
pub const AT_RUN: Place = "run";
/// At the buttons that save, open and share.
pub const AT_FILES: Place = "files";

/// A message to the user.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// A request was refused; the run goes on as before.
    Refused(Refusal),
    /// The text in a field for a number was not accepted; it stays until something else is typed.
    NotTaken {
        /// The typed text.
        typed: String,
        /// The accepted numbers: a whole number between two bounds, or any number.
        whole: Option<(u64, u64)>,
        /// The current value, as the field shows it.
        in_force: String,
    },
    /// A part of the page's address was refused; the default is used in its place.
    AddressRefused(Refusal),
    /// MNIST could not be loaded; the run uses drawn digits.
    DataMissing {
        /// The reason.
        message: String,
    },
    /// A loss became NaN or infinite.
    Diverged {
        /// The step at which it was found.
        step: u64,
        /// The step to which the run returned.
        restored_step: u64,
    },
    /// A worker died; another one continues the run from `step`.
    Restarted {
        /// The kind of the worker.
        variant: Variant,
        /// The step from which the run continues; `None` for the start.
        step: Option<u64>,
        /// The worker's last message.
        message: String,
    },
    /// The page's checkpoint could not be read; the run starts from the beginning.
    StartedOver {
        /// The reason.
        message: String,
    },
    /// The run moved to WebGPU automatically.
    MovedToGpu {
        /// The adapter's name.
        adapter: String,
    },
    /// A step on WebGPU did not agree with the CPU's; the run stays on the CPU.
    GpuRejected {
        /// The difference or error.
        message: String,
    },
    /// WebGPU was chosen but is not available; the run uses the CPU.
    GpuMissing {
        /// The browser's reason.
        message: String,
    },
    /// The run continues with other data than its checkpoint learned from.
    OtherData {
        /// The data of the checkpoint.
        before: DataOrigin,
        /// The present data.
        now: DataOrigin,
    },
    /// A run waits for the user's files.
    FilesWanted {
        /// The checkpoint from which it continues: its name, its step, and the names of the files.
        /// `None` for a link, which contains none of these.
        checkpoint: Option<(String, u64, Vec<String>)>,
    },
    /// The page's link was copied to the clipboard.
    LinkCopied(Link),
    /// The clipboard is not available.
    LinkNotCopied {
        /// The text to copy.
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
        /// The step in the file.
        step: u64,
    },
}

/// The part of the run that a link contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// All settings; the data are available to everyone.
    Whole,
    /// All settings, without the user's files, which the page will request.
    WithoutFiles,
    /// The whole run, in an address so long that programs may cut it.
    Long,
}

/// The importance of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Nothing is wrong; the notice disappears after a while.
    Info,
    /// Something differs from the request.
    Warning,
    /// A request was not carried out.
    Alert,
}

impl Notice {
    /// Its importance.
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

    /// Whether it requests files.
    pub fn is_wish(&self) -> bool {
        matches!(self, Self::FilesWanted { .. })
    }

    /// Whether it is no longer true.
    pub fn is_over(&self, now: &Standing) -> bool {
        match self {
            Self::Refused(_)
            | Self::NotTaken { .. }
            | Self::AddressRefused(_)
            // Contains the link of this run, to copy by hand.
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
            // These disappear after a while.
            Self::MovedToGpu { .. }
            | Self::LinkCopied(_)
            | Self::Saved { .. }
            | Self::Opened { .. } => false,
        }
    }
}

/// The facts that end a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The session's phase.
    pub phase: Phase,
    /// Whether another run has been loaded since the notice appeared.
    pub is_another_run: bool,
    /// Whether other data are in use than the run's spec requests.
    pub has_other_data: bool,
    /// The state of WebGPU.
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
        // The notice appears while the run that lacks them is still loading.
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
