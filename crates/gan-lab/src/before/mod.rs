//! The run before this one: whatever took its place, there is a way back to it.

mod succession;
mod view;

pub(crate) use view::{Before, BeforeView, FIRST_STEP, refused};
