//! The binary versions of CIFAR-10 and CIFAR-100 (Krizhevsky 2009, "Learning multiple layers of features
//! from tiny images"): records without any header, each one label (0 to 9) or two (coarse, 0 to 19, and
//! fine, 0 to 99), then the red, the green and the blue plane of 32 x 32 pixels.
//!
//! Nothing marks such a file but the labels where records begin and its length.

use crate::array::keep;
use crate::error::FileError;
use crate::members::Member;

/// Bytes of an image.
const IMAGE_BYTES: usize = 3 * 32 * 32;
/// Records that must look like some before a file is taken for CIFAR's.
const LOOKED_AT: usize = 64;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Records {
    Cifar10,
    Cifar100,
}

impl Records {
    /// The largest label at each of a record's first bytes.
    fn largest_labels(self) -> &'static [u8] {
        match self {
            Self::Cifar10 => &[9],
            Self::Cifar100 => &[19, 99],
        }
    }

    fn record_bytes(self) -> usize {
        self.largest_labels().len() + IMAGE_BYTES
    }

    /// Which of the two the beginning of a file is; `whole` where there is no more of it.
    fn of(head: &[u8], whole: bool) -> Option<Self> {
        let fits = |records: &Self| {
            let bytes = records.record_bytes();
            let labels = records.largest_labels();
            // Black would do as labels; black alone is no sign of them.
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

/// The records of a member, if it holds some: the labels of all, and the images that are wanted.
pub(crate) struct Read {
    pub(crate) records: Records,
    /// One label, or coarse and fine, an image.
    pub(crate) labels: Vec<Vec<u8>>,
    /// The wanted images, [image, channel, row, column].
    pub(crate) pixels: Vec<u8>,
}

/// Reads records; `None` where a member holds none.
///
/// # Errors
/// If it begins as records do and goes on otherwise.
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
