//! Splits long work into tasks, between which the browser draws and answers its user.

use std::collections::VecDeque;
use std::time::Duration;

use leptos::prelude::set_timeout;

/// Work to be done piece by piece, in the order in which the pieces are added.
#[derive(Default)]
pub(crate) struct Tasks(VecDeque<Box<dyn FnOnce()>>);

impl Tasks {
    pub(crate) fn add(&mut self, piece: impl FnOnce() + 'static) {
        self.0.push_back(Box::new(piece));
    }

    /// Does each piece in a task of its own. (`requestIdleCallback` was tried in place of a timer:
    /// the tasks were no shorter.)
    pub(crate) fn run(mut self) {
        if let Some(piece) = self.0.pop_front() {
            set_timeout(
                move || {
                    piece();
                    self.run();
                },
                Duration::ZERO,
            );
        }
    }
}
