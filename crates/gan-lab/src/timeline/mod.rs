//! A run's past: the same latents' samples, and its scores, at growing intervals.

pub(crate) mod animation;
pub(crate) mod record;
pub(crate) mod view;
