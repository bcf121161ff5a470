//! Which images are taken from a file, and how.

use crate::classes::{Classes, shares};
use crate::error::FileError;
use crate::range::Range;

/// How images are taken from a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choice {
    /// Which array, by its path or the end of it; the likeliest where this is `None`.
    pub entry: Option<String>,
    /// What black and white are; found where this is `None`.
    pub range: Option<Range>,
    /// Where the channels stand; by the shape where this is `None`.
    pub order: Option<Order>,
    /// Whether rows and columns are exchanged: EMNIST's images lie on their side.
    pub upright: bool,
    /// Whether CIFAR-100's classes are the 20 coarse ones, not the 100 fine ones.
    pub coarse: bool,
    /// The only classes, by the names that the labels give them; empty is all.
    pub classes: Vec<String>,
    /// How many images are kept at most.
    pub limit: Option<Limit>,
}

/// How images beyond a limit are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// The first so many are kept.
    First(usize),
    /// So many are kept, as many of each class as of every other one as far as there are some.
    Shared(usize),
}

/// Where the channels of an image stand.
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

/// The classes of the images that are kept; the names stay those of all.
pub(crate) fn chosen(classes: Classes, kept: &[bool]) -> Classes {
    let of =
        classes.of.iter().zip(kept).filter(|(_, kept)| **kept).map(|(class, _)| *class).collect();
    Classes { of, ..classes }
}
