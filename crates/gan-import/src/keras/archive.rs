//! `.keras` files: an archive of a net's description and its weights.

use std::io::{Cursor, Read as _};

use serde_json::Value;
use zip::ZipArchive;

use super::hdf5::{Counted, opened};
use super::model::described_by;
use crate::described::{Choices, Described};
use crate::error::ImportError;

const CONFIG: &str = "config.json";
const WEIGHTS: &str = "model.weights.h5";
/// The most bytes that are unpacked of one entry.
const MOST_BYTES: u64 = 1 << 30;

/// Whether these are the bytes of such a file, and not of another archive.
pub(crate) fn is_archive(bytes: &[u8]) -> bool {
    ZipArchive::new(Cursor::new(bytes))
        .is_ok_and(|archive| archive.index_for_name(CONFIG).is_some())
}

/// The generator in a `.keras` file.
pub(crate) fn of_archive(bytes: &[u8], choices: &Choices) -> Result<Described, ImportError> {
    let config = entry(bytes, CONFIG)?;
    let config: Value = serde_json::from_slice(&config)
        .map_err(|error| ImportError::file(format!("{CONFIG} is damaged: {error}")))?;
    let file = opened(entry(bytes, WEIGHTS)?)?;
    described_by(&config, &Counted { file }, choices)
}

fn entry(bytes: &[u8], name: &str) -> Result<Vec<u8>, ImportError> {
    let damaged = |error: &dyn std::fmt::Display| {
        ImportError::file(format!("{name} in the file is missing or damaged: {error}"))
    };
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
    let entry = archive.by_name(name).map_err(|error| damaged(&error))?;
    let mut unpacked = Vec::new();
    let read = entry.take(MOST_BYTES + 1).read_to_end(&mut unpacked);
    read.map_err(|error| damaged(&error))?;
    if unpacked.len() as u64 > MOST_BYTES {
        return Err(damaged(&"it is too large"));
    }
    Ok(unpacked)
}
