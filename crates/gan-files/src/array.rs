//! Arrays of numbers whose rows are samples, and the decoding of their elements.

use gan_data::idx::Element as IdxElement;
use half::{bf16, f16};

use crate::error::FileError;

/// Largest size of one array's kept rows: 1 GiB.
pub(crate) const MOST_BYTES: usize = 1 << 30;

/// An array of at least one dimension; the first one counts samples.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// The file's name, and the path within the file.
    pub path: String,
    /// Lengths, slowest first; the first is the number of kept rows.
    pub shape: Vec<usize>,
    /// The elements, as many as the product of the lengths.
    pub numbers: Numbers,
    /// The headings of a table's columns; empty if it has none.
    pub headings: Vec<String>,
    /// The lowest and the highest possible value, if the file declares them.
    pub declared: Option<[f64; 2]>,
}

/// Elements, in the smallest of these types that holds them; whole numbers beyond 2^53 are rounded.
#[derive(Clone, Debug, PartialEq)]
pub enum Numbers {
    /// Unsigned bytes.
    Bytes(Vec<u8>),
    /// Single or half precision, signed bytes, and whole numbers of 16 bits.
    Single(Vec<f32>),
    /// Double precision, and whole numbers of 32 or 64 bits.
    Double(Vec<f64>),
}

impl Numbers {
    /// Number of elements.
    pub fn len(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Single(numbers) => numbers.len(),
            Self::Double(numbers) => numbers.len(),
        }
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number at `index`.
    ///
    /// # Panics
    /// If `index` is out of range.
    pub fn get(&self, index: usize) -> f64 {
        match self {
            Self::Bytes(bytes) => bytes[index].into(),
            Self::Single(numbers) => numbers[index].into(),
            Self::Double(numbers) => numbers[index],
        }
    }

    /// All numbers in double precision, in order.
    pub fn iter(&self) -> impl Iterator<Item = f64> + '_ {
        (0..self.len()).map(|index| self.get(index))
    }
}

/// The type and the byte order of an array's elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) number: Number,
    pub(crate) big_end_first: bool,
}

/// Types of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Number {
    Bool,
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    U64,
    I64,
    F16,
    Bf16,
    F32,
    F64,
}

impl Number {
    pub(crate) fn bytes(self) -> usize {
        match self {
            Self::Bool | Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 | Self::F16 | Self::Bf16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::U64 | Self::I64 | Self::F64 => 8,
        }
    }

    /// Whether labels may have this type.
    pub(crate) fn is_whole(self) -> bool {
        !matches!(self, Self::F16 | Self::Bf16 | Self::F32 | Self::F64)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::U8 => "uint8",
            Self::I8 => "int8",
            Self::U16 => "uint16",
            Self::I16 => "int16",
            Self::U32 => "uint32",
            Self::I32 => "int32",
            Self::U64 => "uint64",
            Self::I64 => "int64",
            Self::F16 => "float16",
            Self::Bf16 => "bfloat16",
            Self::F32 => "float32",
            Self::F64 => "float64",
        }
    }
}

impl From<IdxElement> for Element {
    fn from(element: IdxElement) -> Self {
        let number = match element {
            IdxElement::U8 => Number::U8,
            IdxElement::I8 => Number::I8,
            IdxElement::I16 => Number::I16,
            IdxElement::I32 => Number::I32,
            IdxElement::F32 => Number::F32,
            IdxElement::F64 => Number::F64,
        };
        Self { number, big_end_first: true }
    }
}

impl Element {
    /// Decodes the numbers in `bytes`.
    pub(crate) fn decoded(self, bytes: Vec<u8>) -> Numbers {
        let big = self.big_end_first;
        /// Decodes chunks of `N` bytes, given to `of` in little-endian order.
        fn chunks<const N: usize, T>(bytes: &[u8], big: bool, of: impl Fn([u8; N]) -> T) -> Vec<T> {
            let (chunks, _) = bytes.as_chunks::<N>();
            let turned = |chunk: &[u8; N]| {
                let mut chunk = *chunk;
                if big {
                    chunk.reverse();
                }
                of(chunk)
            };
            chunks.iter().map(turned).collect()
        }
        match self.number {
            Number::U8 | Number::Bool => Numbers::Bytes(bytes),
            Number::I8 => Numbers::Single(chunks(&bytes, big, |b| f32::from(i8::from_le_bytes(b)))),
            Number::U16 => {
                Numbers::Single(chunks(&bytes, big, |b| f32::from(u16::from_le_bytes(b))))
            }
            Number::I16 => {
                Numbers::Single(chunks(&bytes, big, |b| f32::from(i16::from_le_bytes(b))))
            }
            Number::F16 => Numbers::Single(chunks(&bytes, big, |b| f16::from_le_bytes(b).to_f32())),
            Number::Bf16 => {
                Numbers::Single(chunks(&bytes, big, |b| bf16::from_le_bytes(b).to_f32()))
            }
            Number::F32 => Numbers::Single(chunks(&bytes, big, f32::from_le_bytes)),
            Number::U32 => {
                Numbers::Double(chunks(&bytes, big, |b| f64::from(u32::from_le_bytes(b))))
            }
            Number::I32 => {
                Numbers::Double(chunks(&bytes, big, |b| f64::from(i32::from_le_bytes(b))))
            }
            Number::U64 => Numbers::Double(chunks(&bytes, big, |b| u64::from_le_bytes(b) as f64)),
            Number::I64 => Numbers::Double(chunks(&bytes, big, |b| i64::from_le_bytes(b) as f64)),
            Number::F64 => Numbers::Double(chunks(&bytes, big, f64::from_le_bytes)),
        }
    }
}

/// Appends `more` to `kept`; an error if that exceeds [`MOST_BYTES`] or the memory.
pub(crate) fn keep(kept: &mut Vec<u8>, more: &[u8], path: &str) -> Result<(), FileError> {
    if kept.len() + more.len() > MOST_BYTES || kept.try_reserve(more.len()).is_err() {
        let held = kept.len() >> 20;
        let message =
            format!("holds more than fits: {held} MiB are kept so far; keep fewer by a limit");
        return Err(FileError::new(path, message));
    }
    kept.extend_from_slice(more);
    Ok(())
}
