//! Directions of a generator's latent space, as its file names them.

use serde::Serialize;

use crate::error::{SpecError, in_range};
use crate::read::reads_struct;

/// The most directions in a file.
const MOST: usize = 32;
/// The longest name, in characters.
const LONGEST_NAME: usize = 40;
/// The farthest that a direction leads, in units of a latent.
const FARTHEST: f32 = 20.0;

/// A direction in which samples change in one way: a multiple of `vector` is added to a latent.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DirectionSpec {
    /// The change, in a word or two: `slant`, `thickness`, `size`, or any other.
    pub name: String,
    /// As many numbers as a latent has.
    pub vector: Vec<f32>,
    /// The largest multiple, in either direction.
    pub range: f32,
}

impl DirectionSpec {
    /// Checks the `directions` of a generator whose latents have `size` numbers.
    ///
    /// # Errors
    /// The path of the first wrong field, its value and the allowed ones.
    pub fn validate_all(directions: &[Self], size: usize) -> Result<(), SpecError> {
        in_range("directions", directions.len(), 0, MOST)?;
        for (index, direction) in directions.iter().enumerate() {
            direction.validate(size).map_err(|e| e.within(&format!("directions[{index}]")))?;
        }
        Ok(())
    }

    fn validate(&self, size: usize) -> Result<(), SpecError> {
        let letters = self.name.chars().count();
        if !(1..=LONGEST_NAME).contains(&letters) {
            let message = format!("has {letters} characters; allowed are 1 to {LONGEST_NAME}");
            return Err(SpecError::new("name", message));
        }
        let found = self.vector.len();
        if found != size {
            let message = format!("has {found} numbers; a latent of this generator has {size}");
            return Err(SpecError::new("vector", message));
        }
        if !self.vector.iter().all(|x| x.is_finite()) || self.vector.iter().all(|x| *x == 0.0) {
            return Err(SpecError::new("vector", "leads nowhere"));
        }
        in_range("range", self.range, f32::MIN_POSITIVE, FARTHEST)
    }
}

reads_struct!(DirectionSpec { name, vector, range });
