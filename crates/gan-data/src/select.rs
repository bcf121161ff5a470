//! Selects images of a set: some classes, the first few images, or a few of each class.
//!
//! Used for demonstrations: a generator of a single digit, or a discriminator with so few images
//! that it memorises them.

use gan_random::{Purpose, stream};

use crate::batches::shuffle;
use crate::dataset::ImageSet;
use crate::error::DataError;

impl ImageSet {
    /// The images of `classes`, given as the labels' values in the file ([`Self::class_value`]), in
    /// their order and with their labels, which are not renumbered. A repeated class counts once.
    ///
    /// # Errors
    ///
    /// If the set has no labels, if `classes` is empty, or if one of them has no images.
    pub fn subset(self, classes: &[u8]) -> Result<Self, DataError> {
        let file = || self.name().to_owned();
        let Some(labels) = self.labels() else {
            return Err(DataError::NoLabels { file: file() });
        };
        if classes.is_empty() {
            return Err(DataError::NoClasses { file: file() });
        }
        let mut wanted = [false; 256];
        for &value in classes {
            let found = (0..=u8::MAX).find(|&class| self.class_value(class.into()) == Some(value));
            let Some(class) = found.filter(|class| labels.contains(class)) else {
                return Err(DataError::NoSuchClass { file: file(), class: value.into() });
            };
            wanted[usize::from(class)] = true;
        }
        Ok(self.keep(|_, label| label.is_some_and(|label| wanted[usize::from(label)])))
    }

    /// `most` images of each class, chosen by `seed`, in the order of the set; of a class with fewer, all.
    ///
    /// # Errors
    ///
    /// If the set has no labels, or `most` is 0.
    pub fn few_of_each_class(self, most: usize, seed: u64) -> Result<Self, DataError> {
        let wanted = self.few(most, seed)?;
        Ok(self.keep(|index, _| wanted[index]))
    }

    /// [`Self::few_of_each_class`], and of the other images `others` chosen by the same seed.
    ///
    /// # Errors
    ///
    /// As there, or if no other images are left.
    pub fn parted(self, most: usize, others: usize, seed: u64) -> Result<[Self; 2], DataError> {
        let few = self.few(most, seed)?;
        let mut rest: Vec<u32> =
            (0..few.len() as u32).filter(|index| !few[*index as usize]).collect();
        shuffle(&mut rest, &mut stream(seed, Purpose::ChosenSamples, 1));
        rest.truncate(others);
        if rest.is_empty() {
            return Err(DataError::NoImages { file: self.name().into() });
        }
        rest.sort_unstable();
        let is_other = |index: usize| rest.binary_search(&(index as u32)).is_ok();
        Ok([self.clone().keep(|index, _| few[index]), self.keep(|index, _| is_other(index))])
    }

    /// Which images are among `most` of each class.
    fn few(&self, most: usize, seed: u64) -> Result<Vec<bool>, DataError> {
        let file = || self.name().to_owned();
        let Some(labels) = self.labels() else {
            return Err(DataError::NoLabels { file: file() });
        };
        if most == 0 {
            return Err(DataError::NoImages { file: file() });
        }
        // An image takes at least one byte and a set at most 512 MiB: 32 bits are enough.
        let mut order: Vec<u32> = (0..labels.len() as u32).collect();
        shuffle(&mut order, &mut stream(seed, Purpose::ChosenSamples, 0));
        let mut left = [most; 256];
        let mut wanted = vec![false; labels.len()];
        for index in order {
            let left = &mut left[usize::from(labels[index as usize])];
            wanted[index as usize] = *left > 0;
            *left = left.saturating_sub(1);
        }
        Ok(wanted)
    }

    /// The first `most` images, or all if there are fewer.
    ///
    /// # Errors
    ///
    /// If `most` is 0.
    pub fn limited(self, most: usize) -> Result<Self, DataError> {
        if most == 0 {
            return Err(DataError::NoImages { file: self.name().into() });
        }
        Ok(self.keep(|index, _| index < most))
    }
}
