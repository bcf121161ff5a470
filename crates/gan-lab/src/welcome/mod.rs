//! A first visit: a trained generator's digits move in the page's sheet before anything is pressed; and
//! then, one line at a time, what a run on digits comes to.

mod milestones;
pub(crate) mod narration;
pub(crate) mod view;
mod walk;
