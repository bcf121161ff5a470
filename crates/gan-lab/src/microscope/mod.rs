//! Shows one step in eight moments, from the draw of the latents to the generator's update, with
//! the numbers of this step; also makes half steps.

mod flow;
mod moments;
mod plane;
mod step;
pub(crate) mod view;
