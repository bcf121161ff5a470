//! Reads and writes the IDX file format, in which MNIST and similar sets are stored.
//!
//! A file is two zero bytes, a byte for the element type, a byte for the number of dimensions, each
//! dimension as a big-endian 32-bit number, then the elements, last dimension fastest (described by
//! LeCun, Cortes and Burges on the MNIST page). This module reads arrays of unsigned bytes, and the
//! headers of all types.
//!
//! Files come from strangers. The header is checked against the file's possible content before any
//! memory is reserved by it, and decompression stops at the first excess byte.

use std::borrow::Cow;
use std::io::Read;

use crate::error::DataError;
use crate::gzip::{gunzipped, gzip_error, is_gzip, read_up_to};

/// Largest array: 512 MiB.
pub const MAX_ARRAY_BYTES: u64 = 512 << 20;

/// DEFLATE expands no input by more than this factor (RFC 1951: a match of 258 bytes takes at
/// least two bits, hence 1032 bytes from one).
const DEFLATE_MAX_RATIO: u64 = 1032;

const MAX_DIMENSIONS: usize = 4;

/// The type of an array's elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Element {
    /// Unsigned byte.
    U8 = 0x08,
    /// Signed byte.
    I8 = 0x09,
    /// 16-bit integer.
    I16 = 0x0b,
    /// 32-bit integer.
    I32 = 0x0c,
    /// 32-bit float.
    F32 = 0x0d,
    /// 64-bit float.
    F64 = 0x0e,
}

impl Element {
    /// The type of a file's type code.
    fn of(code: u8) -> Option<Self> {
        let all = [Self::U8, Self::I8, Self::I16, Self::I32, Self::F32, Self::F64];
        all.into_iter().find(|element| *element as u8 == code)
    }

    /// Bytes of one element. Elements are big-endian.
    pub fn bytes(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::I16 => 2,
            Self::I32 | Self::F32 => 4,
            Self::F64 => 8,
        }
    }

    fn meaning(self) -> &'static str {
        match self {
            Self::U8 => "unsigned byte",
            Self::I8 => "signed byte",
            Self::I16 => "16-bit integer",
            Self::I32 => "32-bit integer",
            Self::F32 => "32-bit float",
            Self::F64 => "64-bit float",
        }
    }
}

/// The header of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The type of the elements.
    pub element: Element,
    /// 1 to 4 lengths, each at least 1, slowest first.
    pub dimensions: Vec<usize>,
}

/// An array of unsigned bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdxArray {
    /// 1 to 4 lengths, each at least 1, slowest first.
    pub dimensions: Vec<usize>,
    /// The elements; as many as the product of `dimensions`.
    pub bytes: Vec<u8>,
}

/// Reads an IDX file of unsigned bytes, plain or gzip (recognised by its first bytes, not its
/// name).
///
/// `name` is used in errors only. Owned bytes are kept without a copy.
///
/// # Errors
///
/// Every way in which the bytes can differ from a complete IDX file of unsigned bytes, or exceed
/// [`MAX_ARRAY_BYTES`], has its [`DataError`].
pub fn parse<'a>(name: &str, bytes: impl Into<Cow<'a, [u8]>>) -> Result<IdxArray, DataError> {
    let bytes = bytes.into();
    if bytes.is_empty() {
        return Err(DataError::Empty { file: name.into() });
    }
    if is_gzip(&bytes) {
        return parse_gzip(name, &bytes);
    }
    let mut rest = &*bytes;
    let (dimensions, expected_bytes) = byte_header(name, &mut rest)?;
    if rest.len() < expected_bytes {
        return Err(DataError::BodyTruncated {
            file: name.into(),
            found_bytes: rest.len(),
            expected_bytes,
        });
    }
    if rest.len() > expected_bytes {
        return Err(DataError::TrailingBytes {
            file: name.into(),
            found_bytes: rest.len(),
            expected_bytes,
            at_least: false,
        });
    }
    let header_bytes = bytes.len() - expected_bytes;
    let body = match bytes {
        Cow::Owned(mut bytes) => {
            bytes.drain(..header_bytes);
            bytes
        }
        Cow::Borrowed(_) => {
            let mut body = reserved(name, expected_bytes)?;
            body.extend_from_slice(rest);
            body
        }
    };
    Ok(IdxArray { dimensions, bytes: body })
}

/// Writes an array of unsigned bytes as an IDX file, which [`parse`] reads back. `dimensions` are 1
/// to 4 lengths, slowest first; `bytes` are the elements.
///
/// # Panics
/// If there are not 1 to 4 dimensions, or if a length exceeds 32 bits.
pub fn written(dimensions: &[usize], bytes: &[u8]) -> Vec<u8> {
    assert!((1..=MAX_DIMENSIONS).contains(&dimensions.len()), "1 to {MAX_DIMENSIONS} dimensions");
    let mut file = vec![0, 0, Element::U8 as u8, dimensions.len() as u8];
    for length in dimensions {
        let length = u32::try_from(*length).expect("an IDX file's lengths have 32 bits");
        file.extend(length.to_be_bytes());
    }
    file.extend_from_slice(bytes);
    file
}

fn parse_gzip(name: &str, compressed: &[u8]) -> Result<IdxArray, DataError> {
    let mut stream = gunzipped(compressed);
    let (dimensions, expected_bytes) = byte_header(name, &mut stream)?;
    let most_bytes = compressed.len() as u64 * DEFLATE_MAX_RATIO;
    if expected_bytes as u64 > most_bytes {
        return Err(DataError::Implausible { file: name.into(), expected_bytes, most_bytes });
    }
    let mut body = reserved(name, expected_bytes)?;
    (&mut stream)
        .take(expected_bytes as u64)
        .read_to_end(&mut body)
        .map_err(|error| gzip_error(name, &error))?;
    if body.len() < expected_bytes {
        return Err(DataError::BodyTruncated {
            file: name.into(),
            found_bytes: body.len(),
            expected_bytes,
        });
    }
    // Reading to the stream's end also verifies its checksum.
    let mut beyond = [0];
    let found = read_up_to(name, &mut stream, &mut beyond)?;
    if found > 0 {
        return Err(DataError::TrailingBytes {
            file: name.into(),
            found_bytes: expected_bytes + found,
            expected_bytes,
            at_least: true,
        });
    }
    Ok(IdxArray { dimensions, bytes: body })
}

/// Reads the header of an array of unsigned bytes. Returns the dimensions and their product, which
/// is within the limit.
fn byte_header(name: &str, stream: &mut impl Read) -> Result<(Vec<usize>, usize), DataError> {
    let Header { element, dimensions } = header(name, stream)?;
    if element != Element::U8 {
        let (code, meaning) = (element as u8, element.meaning());
        return Err(DataError::ElementType { file: name.into(), code, meaning });
    }
    // Four 32-bit factors always fit 128 bits.
    let product: u128 = dimensions.iter().map(|&length| length as u128).product();
    if product > u128::from(MAX_ARRAY_BYTES) {
        return Err(DataError::TooLarge {
            file: name.into(),
            found_bytes: product,
            limit_bytes: MAX_ARRAY_BYTES,
        });
    }
    Ok((dimensions, product as usize))
}

/// Reads the header of a plain IDX file, up to its first element.
///
/// # Errors
///
/// If the stream's beginning is not that of an IDX file, or incomplete.
pub fn header(name: &str, stream: &mut impl Read) -> Result<Header, DataError> {
    let mut magic = [0; 4];
    let found_bytes = read_up_to(name, stream, &mut magic)?;
    if magic[..found_bytes].iter().take(2).any(|&byte| byte != 0) {
        let found: Vec<String> =
            magic[..found_bytes].iter().map(|byte| format!("{byte:02x}")).collect();
        return Err(DataError::NotIdx { file: name.into(), found: found.join(" ") });
    }
    if found_bytes < magic.len() {
        return Err(DataError::HeaderTruncated {
            file: name.into(),
            found_bytes,
            expected_bytes: magic.len(),
        });
    }
    let [_, _, code, dimension_count] = magic;
    let Some(element) = Element::of(code) else {
        let meaning = "no type of the IDX format";
        return Err(DataError::ElementType { file: name.into(), code, meaning });
    };
    let count = usize::from(dimension_count);
    if !(1..=MAX_DIMENSIONS).contains(&count) {
        return Err(DataError::DimensionCount { file: name.into(), found: dimension_count });
    }
    let mut lengths = [0; 4 * MAX_DIMENSIONS];
    let found_bytes = read_up_to(name, stream, &mut lengths[..4 * count])?;
    if found_bytes < 4 * count {
        return Err(DataError::HeaderTruncated {
            file: name.into(),
            found_bytes: magic.len() + found_bytes,
            expected_bytes: magic.len() + 4 * count,
        });
    }
    let lengths: Vec<u32> = lengths[..4 * count]
        .chunks_exact(4)
        .map(|word| u32::from_be_bytes([word[0], word[1], word[2], word[3]]))
        .collect();
    if let Some(axis) = lengths.iter().position(|&length| length == 0) {
        return Err(DataError::ZeroDimension { file: name.into(), axis, count });
    }
    Ok(Header { element, dimensions: lengths.iter().map(|&length| length as usize).collect() })
}

/// An empty vector with room for `bytes`; an error where a plain allocation would abort.
pub(crate) fn reserved(name: &str, bytes: usize) -> Result<Vec<u8>, DataError> {
    let mut vector = Vec::new();
    vector
        .try_reserve_exact(bytes)
        .map_err(|_| DataError::OutOfMemory { file: name.into(), bytes })?;
    Ok(vector)
}
