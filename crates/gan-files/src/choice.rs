//! Settings for the extraction of images from a file: which ones, their range and their layout.

use crate::classes::{Classes, shares};
use crate::error::FileError;
use crate::range::Range;

/// How images are extracted from files.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choice {
    /// The path of the array, or the path's end; `None` for the likeliest array.
    pub entry: Option<String>,
    /// The values of black and white; `None` to find them.
    pub range: Option<Range>,
    /// The place of the channels; `None` to infer it from the shape.
    pub order: Option<Order>,
    /// Whether rows and columns are exchanged: EMNIST's images lie on their side.
    pub upright: bool,
    /// Whether CIFAR-100's classes are the 20 coarse ones, not the 100 fine ones.
    pub coarse: bool,
    /// The only classes to keep, by their names; empty for all.
    pub classes: Vec<String>,
    /// The largest number of images to keep.
    pub limit: Option<Limit>,
}

/// Which images beyond a limit are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Keeps the first images.
    First(usize),
    /// Keeps the same number of images of each class, as far as a class has so many.
    Shared(usize),
}

/// The place of an image's channels among the dimensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// (count, channels, rows, columns)
    ChannelsFirst,
    /// (count, rows, columns, channels)
    ChannelsLast,
}

/// Which images are kept.
pub(crate) fn kept(
    path: &str,
    count: usize,
    classes: Option<&Classes>,
    choice: &Choice,
) -> Result<Vec<bool>, FileError> {
    let told = |message: String| FileError::new(path, message);
    if let Some(found) = classes.map(|classes| classes.of.len()).filter(|found| *found != count) {
        return Err(told(format!("there are {found} labels for {count} images")));
    }
    let mut wanted = classes.map(|classes| vec![choice.classes.is_empty(); classes.names.len()]);
    for name in &choice.classes {
        let (Some(classes), Some(wanted)) = (classes, &mut wanted) else {
            return Err(told("has no labels, so that no class can be chosen".to_owned()));
        };
        let Some(class) = classes.called(name) else {
            let all = classes.names.join(", ");
            return Err(told(format!("has no class {name}; there are {all}")));
        };
        wanted[class] = true;
    }
    let class_of = |index: usize| classes.map(|classes| usize::from(classes.of[index]));
    let is_wanted = |index: &usize| match (&wanted, class_of(*index)) {
        (Some(wanted), Some(class)) => wanted[class],
        _ => true,
    };
    let mut kept = vec![false; count];
    let chosen = (0..count).filter(is_wanted);
    match (choice.limit, classes, &wanted) {
        (None, ..) => chosen.for_each(|index| kept[index] = true),
        (Some(Limit::Shared(limit)), Some(classes), Some(wanted)) => {
            let counts = classes.counts().into_iter().zip(wanted);
            let counts: Vec<usize> =
                counts.map(|(count, wanted)| if *wanted { count } else { 0 }).collect();
            let mut left = shares(&counts, limit);
            for index in chosen {
                let left = &mut left[usize::from(classes.of[index])];
                kept[index] = *left > 0;
                *left = left.saturating_sub(1);
            }
        }
        (Some(Limit::First(limit) | Limit::Shared(limit)), ..) => {
            chosen.take(limit).for_each(|index| kept[index] = true);
        }
    }
    if kept.contains(&true) {
        Ok(kept)
    } else {
        Err(told("no image is left to learn from".to_owned()))
    }
}

/// The classes of the kept images; the names of all classes stay.
pub(crate) fn chosen(classes: Classes, kept: &[bool]) -> Classes {
    let of =
        classes.of.iter().zip(kept).filter(|(_, kept)| **kept).map(|(class, _)| *class).collect();
    Classes { of, ..classes }
}
