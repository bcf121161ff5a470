//! Sample files as `gan evaluate` reads them, and how any file is written.
//!
//! | form | holds |
//! |---|---|
//! | `.idx`, `.gz`, `…-ubyte` | images as bytes, (count, rows, columns) or with channels |
//! | `.csv` | one sample a row, numbers as they are; a first row without numbers is skipped |
//! | `.safetensors` | one f32 tensor, (count, …) |

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use gan_data::{ImageSet, idx};
use gan_eval::{EvalError, Samples};
use safetensors::tensor::{Dtype, SafeTensors};

use crate::comparison::Set;
use crate::data::{name_of, read};

/// Samples with their shape; points are images of one row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SampleFile {
    /// Sample after sample, channels first.
    pub(crate) values: Vec<f32>,
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
    pub(crate) fn samples(&self) -> Result<Samples<'_>, EvalError> {
        Samples::new(&self.values, self.size())
    }

    /// Flat samples of as many numbers as an image of this shape, as such images: a table does not say
    /// what its rows are.
    pub(crate) fn shape_like(&mut self, [channels, height, width]: [usize; 3]) {
        if (self.channels, self.height) == (1, 1) && self.width == channels * height * width {
            (self.channels, self.height, self.width) = (channels, height, width);
        }
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

/// Writes `bytes`, whole or not at all; to what is no file of bytes, a pipe or a device, as they come.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let problem = || format!("cannot write {}", path.display());
    if is_no_file(path)? {
        return std::fs::write(path, bytes).with_context(problem);
    }
    // A link stays one: what it leads to is replaced.
    let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let part = part(&path);
    let written = std::fs::write(&part, bytes).and_then(|()| std::fs::rename(&part, &path));
    written.with_context(problem)
}

/// Says whether a file can be written, before something long is begun whose end it is.
pub(crate) fn check(path: &Path) -> Result<()> {
    if is_no_file(path)? {
        return Ok(());
    }
    let part = part(&std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()));
    let tried = std::fs::write(&part, []).and_then(|()| std::fs::remove_file(&part));
    tried.with_context(|| format!("cannot write {}", path.display()))
}

/// What is written first, beside `path`.
fn part(path: &Path) -> PathBuf {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    part.into()
}

/// Whether something is there that is no file of bytes: it must not be replaced by one.
fn is_no_file(path: &Path) -> Result<bool> {
    let Ok(found) = std::fs::metadata(path) else { return Ok(false) };
    ensure!(!found.is_dir(), "cannot write {}: it is a folder", path.display());
    Ok(!found.is_file())
}

fn extension(path: &Path) -> String {
    let name = name_of(path).to_lowercase();
    if name.ends_with(".gz") || name.ends_with("-ubyte") {
        return "idx".to_owned();
    }
    name.rsplit_once('.').map_or_else(String::new, |(_, extension)| extension.to_owned())
}

/// Reads a file of samples; images as bytes come out in [-1, 1].
pub(crate) fn read_samples(path: &Path) -> Result<SampleFile> {
    let bytes = read(path)?;
    let named = |samples: Result<SampleFile>| samples.with_context(|| path.display().to_string());
    let samples = match extension(path).as_str() {
        "csv" => named(read_csv(&bytes))?,
        "safetensors" => named(read_tensor(&bytes))?,
        // Its errors name the file.
        "idx" => read_idx(&name_of(path), &bytes)?,
        other => named(Err(anyhow!("`.{other}` is not known; allowed is idx, csv, safetensors")))?,
    };
    ensure!(!samples.values.is_empty(), "{}: holds no samples", path.display());
    ensure!(
        samples.values.iter().all(|value| value.is_finite()),
        "{}: holds NaN or infinity",
        path.display()
    );
    Ok(samples)
}

/// Pixels' bytes as numbers in [-1, 1].
pub(crate) fn unit_values(bytes: &[u8]) -> Vec<f32> {
    bytes.iter().map(|byte| f32::from(*byte) / 127.5 - 1.0).collect()
}

fn read_idx(name: &str, bytes: &[u8]) -> Result<SampleFile> {
    // Parsed twice, but errors then speak of images.
    idx::parse(name, bytes)?;
    let images = ImageSet::from_idx((name, bytes), None)?;
    let values = unit_values(images.pixels());
    let (channels, height, width) = (images.channels(), images.height(), images.width());
    Ok(SampleFile { values, channels, height, width })
}

fn read_csv(bytes: &[u8]) -> Result<SampleFile> {
    let text = std::str::from_utf8(bytes).context("is not text")?;
    let text = text.trim_start_matches('\u{feff}');
    let (mut values, mut width) = (Vec::new(), 0);
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let row: Result<Vec<f32>, _> =
            line.split(',').map(|number| number.trim().parse::<f32>()).collect();
        let row = match row {
            Ok(row) => row,
            Err(_) if index == 0 && is_heading(line) => continue,
            Err(error) => bail!("line {}: {error}", index + 1),
        };
        ensure!(
            width == 0 || row.len() == width,
            "line {}: has {} numbers; the lines before have {width}",
            index + 1,
            row.len()
        );
        ensure!(
            row.iter().all(|value| value.is_finite()),
            "line {}: holds NaN or infinity",
            index + 1
        );
        width = row.len();
        values.extend(row);
    }
    Ok(SampleFile { values, channels: 1, height: 1, width })
}

/// Whether a line holds names alone.
fn is_heading(line: &str) -> bool {
    line.split(',').all(|part| part.trim().parse::<f32>().is_err())
}

fn read_tensor(bytes: &[u8]) -> Result<SampleFile> {
    let file = SafeTensors::deserialize(bytes)?;
    let tensors = file.tensors();
    let [(name, view)] = tensors.as_slice() else {
        bail!("holds {} tensors; a sample file holds one", tensors.len());
    };
    let values: Vec<f32> = match view.dtype() {
        Dtype::F32 => view
            .data()
            .chunks_exact(4)
            .map(|bytes| f32::from_le_bytes(bytes.try_into().expect("four bytes")))
            .collect(),
        Dtype::F64 => view
            .data()
            .chunks_exact(8)
            .map(|bytes| f64::from_le_bytes(bytes.try_into().expect("eight bytes")) as f32)
            .collect(),
        other => bail!("tensor {name} is {other:?}; allowed is F32 and F64"),
    };
    let (channels, height, width) = match *view.shape() {
        [_, width] => (1, 1, width),
        [_, height, width] => (1, height, width),
        [_, channels, height, width] => (channels, height, width),
        ref shape => bail!("tensor {name} has shape {shape:?}; a sample file's is (count, …)"),
    };
    ensure!(channels * height * width > 0, "tensor {name} is empty");
    Ok(SampleFile { values, channels, height, width })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_tables_are_named_by_line() {
        let told = |text: &str| format!("{:#}", read_csv(text.as_bytes()).expect_err("broken"));
        assert!(told("1,2\n3\n").contains("line 2: has 1 numbers"));
        assert!(told("1,2\n3,x\n").contains("line 2"));
        assert!(told("1,x\n3,4\n").contains("line 1"), "half a heading is none");
        assert!(told("1,2\n3,inf\n").contains("line 2: holds NaN or infinity"));
        let marked =
            read_csv(b"\xef\xbb\xbf1,2\n3,4\n").expect("a mark of the bytes' order is no heading");
        assert_eq!(marked.values, [1.0, 2.0, 3.0, 4.0]);
        let with_head = read_csv(b"x,y\n1,2\n").expect("a heading is skipped");
        assert_eq!((with_head.values, with_head.width), (vec![1.0, 2.0], 2));
    }
}
