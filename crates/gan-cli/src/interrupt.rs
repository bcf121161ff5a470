//! Handles Ctrl-C as a request to stop after the current step.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::progress::note;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
static WATCHING: OnceLock<()> = OnceLock::new();

/// Handles Ctrl-C from now on; a second one ends the program at once.
pub(crate) fn watch() {
    WATCHING.get_or_init(|| {
        let handler = || {
            if INTERRUPTED.swap(true, Ordering::SeqCst) {
                std::process::exit(130);
            }
            note!("stopping after this step; press Ctrl-C again to end at once");
        };
        // Without a handler Ctrl-C ends the program, which does not prevent training.
        let _ = ctrlc::set_handler(handler);
    });
}

/// Whether Ctrl-C was pressed.
pub(crate) fn is_wanted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}
