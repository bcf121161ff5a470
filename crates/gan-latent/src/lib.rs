//! The latent space of a trained generator of digits: directions in which its samples change in one
//! way, and edits of single samples to a measure that is asked for.
//!
//! Samples are measured by [`gan_eval::attributes`], and read by the project's classifier. Nothing is
//! trained.
//!
//! | question | answer |
//! |---|---|
//! | Which direction moves one measure of any sample, and how far before classes change? | [`Observed::fitted_directions`], [`Observed::tried`] |
//! | To which directions do weights or activations react most? | [`by_weights`], [`by_activations`] |
//! | What is of one sample's style, and what of another's? | [`Styled`] |
//! | Where do samples lie in the plane that shows most of them? | [`Map`] |
//! | Which latent near this one has a sample of that slant, thickness and size? | [`Observed::edited`] |

mod editing;
mod fitting;
mod map;
mod observed;
mod styles;
mod unsupervised;

pub use editing::{Edited, Wanted};
pub use fitting::Tried;
pub use map::{Ground, Map};
pub use observed::{LatentError, Observed};
pub use styles::{Mixing, Styled};
pub use unsupervised::{by_activations, by_weights, first_activation};
