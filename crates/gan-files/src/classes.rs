//! Derives classes from labels, and shares limits among classes.

use std::cmp::Ordering;

use crate::array::Array;
use crate::error::FileError;

/// Most classes: a byte stores the number of one.
const MOST_CLASSES: usize = 256;

/// The class of each sample.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Classes {
    /// The names of the classes, which are the values of the labels, in natural order.
    pub names: Vec<String>,
    /// The class of each sample, from 0 on.
    pub of: Vec<u8>,
}

impl Classes {
    /// The classes of `labels`: their different values, in ascending order.
    ///
    /// # Errors
    /// If a label is not a whole number, or there are more than 256 classes.
    pub(crate) fn of_labels(path: &str, labels: &[f64]) -> Result<Self, FileError> {
        let told = |message: String| FileError::new(path, message);
        if let Some(label) = labels.iter().find(|label| label.fract() != 0.0 || !label.is_finite())
        {
            return Err(told(format!("holds the label {label}; labels are whole numbers")));
        }
        let mut values = labels.to_vec();
        values.sort_by(f64::total_cmp);
        values.dedup();
        if values.len() > MOST_CLASSES {
            let found = values.len();
            return Err(told(format!(
                "names {found} classes; at most {MOST_CLASSES} are told apart"
            )));
        }
        // Each label is among the values.
        let class = |label: &f64| values.partition_point(|value| value < label) as u8;
        let of = labels.iter().map(class).collect();
        Ok(Self { names: values.iter().map(f64::to_string).collect(), of })
    }

    /// The class named `name`.
    pub(crate) fn called(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|one| one == name)
    }

    /// Number of samples of each class.
    pub fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.names.len()];
        self.of.iter().for_each(|class| counts[usize::from(*class)] += 1);
        counts
    }

    /// The labels as bytes: the classes' names if all are bytes, else the classes' numbers from 0
    /// on.
    pub fn label_bytes(&self) -> Vec<u8> {
        let values: Option<Vec<u8>> = self.names.iter().map(|name| name.parse().ok()).collect();
        let value =
            |class: &u8| values.as_ref().map_or(*class, |values| values[usize::from(*class)]);
        self.of.iter().map(value).collect()
    }
}

/// Shares a limit among classes with these counts of samples: all get the same number, as far as
/// they have so many.
pub(crate) fn shares(counts: &[usize], limit: usize) -> Vec<usize> {
    let mut shares = vec![0; counts.len()];
    let mut left = limit.min(counts.iter().sum());
    while left > 0 {
        let open: Vec<usize> =
            (0..counts.len()).filter(|&class| shares[class] < counts[class]).collect();
        let each = (left / open.len()).max(1);
        for class in open {
            let more = each.min(counts[class] - shares[class]).min(left);
            shares[class] += more;
            left -= more;
        }
    }
    shares
}

/// The label of each row: the number itself, the first of several columns, or, if every row is
/// one-hot, the place of the one.
///
/// # Errors
/// If the array has more than two dimensions.
pub(crate) fn labels(array: &Array) -> Result<Vec<f64>, FileError> {
    let width = match array.shape[..] {
        [_] => 1,
        [_, width] => width.max(1),
        _ => {
            let message =
                format!("has the shape {:?}; labels are one number a sample", array.shape);
            return Err(FileError::new(&array.path, message));
        }
    };
    let numbers: Vec<f64> = array.numbers.iter().collect();
    let rows = numbers.chunks_exact(width);
    let is_one_hot = |row: &[f64]| {
        row.iter().all(|value| *value == 0.0 || *value == 1.0) && row.iter().sum::<f64>() == 1.0
    };
    if width > 1 && rows.clone().all(is_one_hot) {
        let place = |row: &[f64]| row.iter().position(|value| *value == 1.0).unwrap_or(0) as f64;
        return Ok(rows.map(place).collect());
    }
    Ok(rows.map(|row| row[0]).collect())
}

/// Compares names in natural order: 1, 2, 10.
pub fn natural_order(one: &str, other: &str) -> Ordering {
    natord::compare(one, other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::array::Numbers;

    #[test]
    fn classes_are_counted_from_the_labels() {
        let labels: Vec<f64> = (0..400).map(|i| f64::from(i % 26 + 1)).collect();
        let classes = Classes::of_labels("letters", &labels).expect("26 classes");
        assert_eq!((classes.names.len(), &*classes.names[25]), (26, "26"));
        assert_eq!(classes.of[..3], [0, 1, 2]);
        assert_eq!(classes.label_bytes()[..3], [1, 2, 3]);
        let wide = Classes::of_labels("wide", &[1000.0, -5.0]).expect("two classes");
        assert_eq!((wide.names, wide.of), (vec!["-5".to_owned(), "1000".to_owned()], vec![1, 0]));
        assert!(Classes::of_labels("halves", &[0.5]).is_err());
        let many: Vec<f64> = (0..257).map(f64::from).collect();
        assert!(Classes::of_labels("many", &many).is_err());
    }

    #[test]
    fn a_limit_is_shared_among_classes() {
        assert_eq!(shares(&[12_000, 8_500, 300], 20_000), [11_200, 8_500, 300]);
        assert_eq!(shares(&[5, 5, 5], 7), [3, 2, 2]);
        assert_eq!(shares(&[5, 0, 1], 100), [5, 0, 1]);
        assert_eq!(shares(&[], 3), [0; 0]);
    }

    #[test]
    fn labels_stand_in_the_first_column_or_as_ones_among_zeros() {
        let array = |shape: Vec<usize>, numbers: Vec<f64>| {
            let numbers = Numbers::Double(numbers);
            Array { path: "l".to_owned(), shape, numbers, headings: Vec::new(), declared: None }
        };
        let read = |shape, numbers| labels(&array(shape, numbers)).expect("labels");
        assert_eq!(read(vec![2], vec![3.0, 4.0]), [3.0, 4.0]);
        assert_eq!(read(vec![2, 1], vec![3.0, 4.0]), [3.0, 4.0]);
        assert_eq!(read(vec![2, 2], vec![3.0, 9.0, 4.0, 9.0]), [3.0, 4.0]);
        assert_eq!(read(vec![2, 3], vec![0.0, 0.0, 1.0, 1.0, 0.0, 0.0]), [2.0, 0.0]);
        assert!(labels(&array(vec![1, 1, 1], vec![0.0])).is_err());
    }
}
