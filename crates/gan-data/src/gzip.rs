//! Files as they come, plain or gzip, read as one stream of bytes.
//!
//! Which it is, the first bytes tell, not the name. Nothing is decompressed before it is asked
//! for, so that a reader which stops at the first wrong byte is safe from gzip bombs. The module
//! knows no format beyond gzip.

use std::io::Read;

use crate::error::DataError;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Whether the bytes start as a gzip file does.
pub(crate) fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&GZIP_MAGIC)
}

/// The bytes of a gzip file, of all its members one after another.
#[cfg(feature = "gzip")]
pub(crate) fn gunzipped(compressed: &[u8]) -> impl Read {
    flate2::bufread::MultiGzDecoder::new(compressed)
}

/// Without a decoder: whoever calls has decoded what could be, and this is what could not.
#[cfg(not(feature = "gzip"))]
pub(crate) fn gunzipped(_: &[u8]) -> impl Read {
    struct Damaged;
    impl Read for Damaged {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("it cannot be decoded, or holds too much"))
        }
    }
    Damaged
}

/// Fills `into` as far as the stream goes; gives the number of bytes read.
///
/// # Errors
///
/// If the gzip stream is damaged or cut off. Reading to its end verifies its checksum.
pub(crate) fn read_up_to(
    name: &str,
    stream: &mut impl Read,
    into: &mut [u8],
) -> Result<usize, DataError> {
    let mut filled = 0;
    while filled < into.len() {
        match stream.read(&mut into[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) => return Err(gzip_error(name, &error)),
        }
    }
    Ok(filled)
}

/// What reading from memory can fail by: the gzip stream alone.
pub(crate) fn gzip_error(name: &str, error: &std::io::Error) -> DataError {
    DataError::Gzip { file: name.into(), detail: error.to_string() }
}
