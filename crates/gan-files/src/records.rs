//! Reads the binary versions of CIFAR-10 and CIFAR-100 (Krizhevsky 2009, "Learning multiple layers
//! of features from tiny images"): records without any header, each one label (0 to 9) or two
//! (coarse, 0 to 19, and fine, 0 to 99), then the red, the green and the blue plane of 32 × 32
//! pixels.
//!
//! Such a file has no mark; it is recognised by the labels where records begin, and by its length.

use crate::array::keep;
use crate::error::FileError;
use crate::members::Member;

/// Bytes of an image.
const IMAGE_BYTES: usize = 3 * 32 * 32;
/// Records that must have valid labels before a file is taken for CIFAR's.
const LOOKED_AT: usize = 64;

/// The format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Records {
    Cifar10,
    Cifar100,
}

impl Records {
    /// The largest value of each label at a record's beginning.
    fn largest_labels(self) -> &'static [u8] {
        match self {
            Self::Cifar10 => &[9],
            Self::Cifar100 => &[19, 99],
        }
    }

    fn record_bytes(self) -> usize {
        self.largest_labels().len() + IMAGE_BYTES
    }

    /// The format of a file with this beginning; `whole` if that is the entire file.
    fn of(head: &[u8], whole: bool) -> Option<Self> {
        let fits = |records: &Self| {
            let bytes = records.record_bytes();
            let labels = records.largest_labels();
            // Zeros are valid labels, but zeros alone prove nothing.
            let mut is_blank = true;
            let all =
                head.chunks(bytes).filter(|record| record.len() >= labels.len()).all(|record| {
                    is_blank &= record.iter().all(|byte| *byte == 0);
                    record.iter().zip(labels).all(|(label, largest)| label <= largest)
                });
            all && !is_blank && head.len() >= bytes && (!whole || head.len().is_multiple_of(bytes))
        };
        [Self::Cifar10, Self::Cifar100].into_iter().find(fits)
    }
}

/// The records of a member: the labels of all, and the wanted images.
pub(crate) struct Read {
    pub(crate) records: Records,
    /// One list of labels, or the coarse and the fine list, with a label for each image.
    pub(crate) labels: Vec<Vec<u8>>,
    /// The wanted images, [image, channel, row, column].
    pub(crate) pixels: Vec<u8>,
}

/// Reads records; `None` if a member holds none.
///
/// # Errors
/// If the beginning is records and the rest is not.
pub(crate) fn read(
    member: &mut Member<'_>,
    wanted: &mut dyn FnMut(usize) -> bool,
) -> Result<Option<Read>, FileError> {
    let mut head = vec![0; LOOKED_AT * Records::Cifar100.record_bytes()];
    let length = member.fill(&mut head)?;
    let whole = length < head.len();
    head.truncate(length);
    let Some(records) = Records::of(&head, whole) else { return Ok(None) };
    let largest = records.largest_labels();
    let mut found = Read { records, labels: vec![Vec::new(); largest.len()], pixels: Vec::new() };
    let mut record = vec![0; records.record_bytes()];
    let mut head = &head[..];
    for index in 0.. {
        let at_hand = head.len().min(record.len());
        record[..at_hand].copy_from_slice(&head[..at_hand]);
        head = &head[at_hand..];
        let length = at_hand + member.fill(&mut record[at_hand..])?;
        let file = || member.path.clone();
        if length == 0 {
            break;
        }
        let told = record.iter().zip(largest).find(|(label, largest)| label > largest);
        if let Some((label, largest)) = told {
            let message =
                format!("image {} has the label {label}, expected 0 to {largest}", index + 1);
            return Err(FileError::new(file(), message));
        }
        if length < record.len() {
            let message =
                format!("record {} is cut off: {length} of {} bytes", index + 1, record.len());
            return Err(FileError::new(file(), message));
        }
        for (labels, label) in found.labels.iter_mut().zip(&record) {
            labels.push(*label);
        }
        if wanted(index) {
            keep(&mut found.pixels, &record[largest.len()..], &member.path)?;
        }
    }
    Ok(Some(found))
}
