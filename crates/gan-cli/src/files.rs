//! Reads and writes files, with errors that contain the path.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

/// The bytes of a file; errors contain its path.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// A file's name without its folders.
pub(crate) fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
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
