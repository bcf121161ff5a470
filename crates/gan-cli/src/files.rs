//! Holds samples in memory, and writes files safely.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use gan_eval::{EvalError, Samples};

use crate::comparison::Set;

/// Samples with their shape; points have one channel and one row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SampleFile {
    /// Sample after sample, channels first.
    pub(crate) values: Vec<f64>,
    pub(crate) channels: usize,
    pub(crate) height: usize,
    pub(crate) width: usize,
}

impl SampleFile {
    /// Numbers of one sample.
    pub(crate) fn size(&self) -> usize {
        self.channels * self.height * self.width
    }

    /// The samples, for scores.
    ///
    /// # Errors
    /// If a number is not finite.
    pub(crate) fn samples(&self) -> Result<Samples<'_, f64>, EvalError> {
        Samples::new(&self.values, self.size())
    }

    /// In single precision, for nets.
    pub(crate) fn single(&self) -> Vec<f32> {
        self.values.iter().map(|value| *value as f32).collect()
    }

    /// Channels, height and width.
    pub(crate) fn shape(&self) -> [usize; 3] {
        [self.channels, self.height, self.width]
    }
}

impl Set for SampleFile {
    fn count(&self) -> usize {
        self.values.len() / self.size()
    }

    fn chosen(&self, places: &[usize]) -> Self {
        let size = self.size();
        let rows = places.iter().flat_map(|place| &self.values[place * size..][..size]);
        Self { values: rows.copied().collect(), ..*self }
    }
}

/// Writes `bytes` completely or not at all. To a pipe or a device, writes directly.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let problem = || format!("cannot write {}", path.display());
    if is_no_file(path)? {
        return std::fs::write(path, bytes).with_context(problem);
    }
    // A link is kept, and its target is replaced.
    let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let part = part(&path);
    let written = std::fs::write(&part, bytes).and_then(|()| std::fs::rename(&part, &path));
    written.with_context(problem)
}

/// Checks that a file can be written, before a long computation whose result it will hold.
pub(crate) fn check(path: &Path) -> Result<()> {
    if is_no_file(path)? {
        return Ok(());
    }
    let part = part(&std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()));
    let tried = std::fs::write(&part, []).and_then(|()| std::fs::remove_file(&part));
    tried.with_context(|| format!("cannot write {}", path.display()))
}

/// The temporary file that is written first, beside `path`.
fn part(path: &Path) -> PathBuf {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    part.into()
}

/// Whether `path` is a pipe or a device, which must not be replaced by a file.
fn is_no_file(path: &Path) -> Result<bool> {
    let Ok(found) = std::fs::metadata(path) else { return Ok(false) };
    ensure!(!found.is_dir(), "cannot write {}: it is a folder", path.display());
    Ok(!found.is_file())
}

/// Pixels' bytes as numbers in [-1, 1].
pub(crate) fn unit_values(bytes: &[u8]) -> Vec<f32> {
    bytes.iter().map(|byte| f32::from(*byte) / 127.5 - 1.0).collect()
}
