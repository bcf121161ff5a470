//! Shows the settings that may be the cause of a failure: what was changed last, and what differs
//! from the preset.
//!
//! `changes` keeps what the lab has seen of a run's settings, and `view` shows it, with the ways back.

mod changes;
mod view;

pub(crate) use view::{Causes, CausesView};
