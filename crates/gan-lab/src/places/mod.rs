//! The named places of the page: a tab for each, of which one is shown beside the samples.

pub(crate) mod place;
pub(crate) mod shortcuts;
pub(crate) mod tabs;

pub(crate) use place::Place;
pub(crate) use tabs::Places;
