//! Keeps the run that another one replaced, and offers the way back to it.

mod succession;
mod view;

pub(crate) use view::{Before, BeforeView, FIRST_STEP, refused};
