//! Scores of generators, as pure functions over plain numbers.
//!
//! A score takes samples ([`Samples`]), class probabilities or logits, and returns numbers. The
//! crate knows no net, device, page or file, so the same code scores a run in a worker and in a
//! native test. Random choices (the samples of a subset) are a function of a seed.
//!
//! | question | module |
//! |---|---|
//! | Which modes of a known mixture does the generator hit, how cleanly, how evenly? | [`modes`] |
//! | How far apart are two densities in the plane? | [`grid`] |
//! | How far apart are two sets' means and covariances? | [`frechet`] |
//! | How far apart are two sets in every moment that a kernel sees? | [`kernel`] |
//! | Are samples realistic, and is every kind of real sample among them? | [`manifold`] |
//! | How different are samples from each other? | [`diversity`] |
//! | Does the generator copy its training set? | [`memorisation`], [`nearest`] |
//! | How near are restored images to the true ones? | [`restoration`] |
//! | Which classes does a classifier see in the samples? | [`classifier`] |
//! | How slanted, thick and large are digits? | [`attributes`] |
//! | In which directions of the latent space do samples change in one way? | [`directions`] |
//! | Does the discriminator distinguish them from held-out reals? | [`discrimination`] |
//! | From which failures does a run suffer? | [`diagnosis`] |
//! | What is the best value of a two-sample score for finite sets? | [`floor`] |
//!
//! Logarithms are natural: entropies and divergences are in nats. Every score that compares two
//! sets depends on how many samples they hold, mostly strongly: compare equal counts only, and
//! read a score next to its real-against-real [`floor`].

pub mod attributes;
pub mod classifier;
pub mod diagnosis;
#[cfg(feature = "matrices")]
pub mod directions;
pub mod discrimination;
pub mod diversity;
mod error;
pub mod floor;
#[cfg(feature = "matrices")]
pub mod frechet;
pub mod grid;
pub mod histogram;
pub mod kernel;
pub mod manifold;
pub mod memorisation;
pub mod modes;
pub mod nearest;
mod pairs;
pub mod restoration;
mod samples;
mod subset;

pub use error::EvalError;
pub use samples::{Number, Samples};
