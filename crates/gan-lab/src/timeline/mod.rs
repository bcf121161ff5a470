//! Shows a run's past: samples of the same latents, and scores, at growing intervals.

pub(crate) mod animation;
mod chart;
pub(crate) mod record;
pub(crate) mod recording;
pub(crate) mod view;
