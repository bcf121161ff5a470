//! Lessons: data files that drive the page step by step.
//!
//! A step says something, may load a run and start it, may choose what the plane shows, and may wait
//! for something to be seen or ask a question. Whoever follows it decides when to go on.

mod files;
pub(crate) mod view;

pub use files::{Answer, Condition, Lesson, Question, Step, Words, all};
