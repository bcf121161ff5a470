//! The GAN as it is, in one picture: latents, the two nets, samples and real data in their places, the
//! way of a step between them, and a way into the panel for each.

mod facts;
pub(crate) mod pictures;
pub(crate) mod view;
