//! Lessons, given: what `gan-lessons` holds drives the page step by step.
//!
//! A step says something, may load a run and start it, may choose what the plane shows, and may wait
//! for something to be seen or ask a question. Whoever follows it decides when to go on.

mod scripts;
pub(crate) mod view;
