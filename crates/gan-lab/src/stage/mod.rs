//! The plane of a run on points: what is real, what is generated, what the discriminator thinks of
//! each place, and where it pulls.

pub(crate) mod draw;
pub mod frame;
mod sketch;
mod state;
pub(crate) mod view;
