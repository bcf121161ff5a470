//! How good a generator is: scores as pure functions over plain numbers.
//!
//! A score takes samples ([`Samples`]), class probabilities or logits and gives numbers; nothing
//! here knows a net, a device, a page or a file, so the same code judges a run in a worker and in
//! a native test. What is random (which samples a subset takes) is a function of a seed.
//!
//! | question | module |
//! |---|---|
//! | Which modes of a known mixture does it hit, how cleanly, how evenly? | [`modes`] |
//! | How far apart are two densities in the plane? | [`grid`] |
//! | How far apart are two sets' means and covariances? | [`frechet`] |
//! | How far apart are two sets in every moment that a kernel sees? | [`kernel`] |
//! | Are samples realistic, and is every kind of real sample there? | [`manifold`] |
//! | How different are samples from each other? | [`diversity`] |
//! | Does it copy its training set? | [`memorisation`], [`nearest`] |
//! | What does a classifier see in the samples? | [`classifier`] |
//! | Can the discriminator tell them from held-out reals? | [`discrimination`] |
//! | What does a run seem to suffer from? | [`diagnosis`] |
//! | How small can a two-sample score get at all? | [`floor`] |
//!
//! Logarithms are natural: entropies and divergences are in nats. Every score that compares two
//! sets depends on how many samples they hold, mostly strongly: compare equal counts only, and
//! read a score next to its real-against-real [`floor`].

pub mod classifier;
pub mod diagnosis;
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
mod samples;
mod subset;

pub use error::EvalError;
pub use samples::{Number, Samples};
