//! A map of the run's data: real samples where most of their differences can be seen, with the generator's
//! on it. On a map of an encoder's latents a real sample can be moved, and changes.

mod draw;
mod places;
mod view;

pub(super) use view::MapView;
