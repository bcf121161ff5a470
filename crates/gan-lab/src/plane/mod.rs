//! Shows the plane of a run on points: real and generated points, the discriminator's output at
//! each place, and the pulls on the generated points.

pub(crate) mod draw;
pub mod frame;
mod sketch;
pub(crate) mod state;
pub(crate) mod view;
