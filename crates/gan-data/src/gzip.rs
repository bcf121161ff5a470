//! Reads files, plain or gzip, as one stream of bytes.
//!
//! The first bytes decide between both, not the name. Bytes are decompressed only when they are
//! read, so that a reader which stops at the first wrong byte is safe from gzip bombs.

use std::io::Read;

use crate::error::DataError;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Whether the bytes start like a gzip file.
pub(crate) fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&GZIP_MAGIC)
}

/// The decompressed bytes of a gzip file, all its members one after another.
#[cfg(feature = "gzip")]
pub(crate) fn gunzipped(compressed: &[u8]) -> impl Read {
    flate2::bufread::MultiGzDecoder::new(compressed)
}

/// In builds without a decoder: fails on every read. The caller has decompressed valid files
/// before, so this file is damaged or too large.
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

/// Fills `into` as far as the stream goes. Returns the number of bytes read.
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

/// Only the gzip stream can make reading from memory fail.
pub(crate) fn gzip_error(name: &str, error: &std::io::Error) -> DataError {
    DataError::Gzip { file: name.into(), detail: error.to_string() }
}
