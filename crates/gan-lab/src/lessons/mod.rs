//! Gives lessons: the data of `gan-lessons` control the page step by step.
//!
//! A step shows a text, may load and start a run, may choose what the plane shows, and may wait for
//! a condition or ask a question. The user decides when to go on, and may go back. The page's
//! address names the step that is shown.

pub(crate) mod address;
pub(crate) mod course;
mod end;
mod reading;
mod scripts;
pub(crate) mod view;
mod waiting;
