//! Puts MNIST's four files into data/mnist/, from a folder of the user or from a mirror.
//!
//! Every file is checked. A download must be the published file to the bit. A file from
//! `GAN_DATA_DIR` may have been compressed again, so a different checksum there only causes a
//! message.

use std::env;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use flate2::read::GzDecoder;
use indicatif::{ProgressBar, ProgressStyle};

use crate::context::Context;
use crate::{files, process};

/// The published files, in the order of their names. Sizes and checksums are those of
/// Y. LeCun, C. Cortes and C. J. C. Burges, "The MNIST database of handwritten digits".
const MNIST: [DataFile; 4] = [
    DataFile {
        name: "t10k-images-idx3-ubyte.gz",
        bytes: 1_648_877,
        sha256: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        dimensions: &[10_000, 28, 28],
    },
    DataFile {
        name: "t10k-labels-idx1-ubyte.gz",
        bytes: 4_542,
        sha256: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        dimensions: &[10_000],
    },
    DataFile {
        name: "train-images-idx3-ubyte.gz",
        bytes: 9_912_422,
        sha256: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        dimensions: &[60_000, 28, 28],
    },
    DataFile {
        name: "train-labels-idx1-ubyte.gz",
        bytes: 28_881,
        sha256: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        dimensions: &[60_000],
    },
];

const MIRRORS: [&str; 2] = [
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
];

/// The variable with the user's folder of data sets, which holds `mnist/`.
const DATA_DIR_VARIABLE: &str = "GAN_DATA_DIR";

struct DataFile {
    name: &'static str,
    bytes: u64,
    sha256: &'static str,
    /// Dimensions of the array of bytes in the file, outermost first.
    dimensions: &'static [u32],
}

/// Makes data/mnist/ complete. Does nothing if it is.
///
/// # Errors
/// If a file is missing and neither `GAN_DATA_DIR` nor a mirror has it.
pub fn install(ctx: &Context) -> Result<()> {
    let folder = ctx.data().join("mnist");
    let mut missing: Vec<&DataFile> = MNIST.iter().collect();
    missing.retain(|file| !is_here(&folder, file));
    if missing.is_empty() {
        println!("MNIST is in {}", folder.display());
        return Ok(());
    }
    let own = env::var_os(DATA_DIR_VARIABLE).filter(|value| !value.is_empty());
    if let Some(own) = own.map(|own| PathBuf::from(own).join("mnist")) {
        let copied = missing.iter().try_for_each(|file| copy(&own, &folder, file));
        match copied {
            Ok(()) => {
                println!("MNIST copied from {}", own.display());
                return Ok(());
            }
            Err(error) => println!("{DATA_DIR_VARIABLE} does not offer MNIST: {error:#}"),
        }
    }
    missing.retain(|file| !is_here(&folder, file));
    for file in missing {
        download(ctx, &folder, file)?;
    }
    println!("MNIST downloaded to {}", folder.display());
    Ok(())
}

fn is_here(folder: &Path, file: &DataFile) -> bool {
    fs::read(folder.join(file.name)).is_ok_and(|bytes| check_idx(&bytes, file.dimensions).is_ok())
}

fn copy(from: &Path, to: &Path, file: &DataFile) -> Result<()> {
    let path = from.join(file.name);
    let bytes = files::read(&path)?;
    check_idx(&bytes, file.dimensions).with_context(|| format!("{}", path.display()))?;
    if files::sha256_hex(&bytes) != file.sha256 {
        println!("{} is valid, but not the published file to the bit", path.display());
    }
    files::write_whole(&to.join(file.name), &bytes)
}

fn download(ctx: &Context, folder: &Path, file: &DataFile) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let part = folder.join(format!("{}.download", file.name));
    let mut last = None;
    for mirror in MIRRORS {
        match download_from(ctx, mirror, &part, file) {
            Ok(bytes) => {
                fs::remove_file(&part)?;
                return files::write_whole(&folder.join(file.name), &bytes);
            }
            Err(error) => last = Some(error),
        }
        // A failure is ignored: there may be no file to remove.
        let _ = fs::remove_file(&part);
    }
    let error = last.context("there are no mirrors")?;
    Err(error.context(format!(
        "{} cannot be downloaded; put MNIST's four files into a folder DIR/mnist and run \
         `{DATA_DIR_VARIABLE}=DIR cargo xtask data`",
        file.name
    )))
}

fn download_from(ctx: &Context, mirror: &str, part: &Path, file: &DataFile) -> Result<Vec<u8>> {
    let mut command = download_command(ctx, &format!("{mirror}{}", file.name), part)?;
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| show_progress(part, file, &done));
        let outcome = process::output(&mut command);
        done.store(true, Ordering::Relaxed);
        outcome
    })?;
    let bytes = files::read(part)?;
    ensure!(
        files::sha256_hex(&bytes) == file.sha256,
        "{mirror} sent another file than the published one"
    );
    check_idx(&bytes, file.dimensions)?;
    Ok(bytes)
}

/// The download command: curl, because it knows the user's proxies; otherwise Node, which the
/// project needs anyway.
fn download_command(ctx: &Context, url: &str, part: &Path) -> Result<Command> {
    if let Some(curl) = process::on_path("curl") {
        let mut command = Command::new(curl);
        command.args(["--fail", "--silent", "--show-error", "--location"]);
        command.args(["--connect-timeout", "4"]);
        command.args(["--speed-limit", "1000", "--speed-time", "6"]);
        command.arg("--output").arg(part).arg(url);
        return Ok(command);
    }
    if let Some(node) = process::on_path("node") {
        let mut command = Command::new(node);
        command.arg(ctx.root.join("crates/xtask/js/download.mjs"));
        command.arg(url).arg(part);
        return Ok(command);
    }
    bail!("neither curl nor node is installed to download it with")
}

/// Shows a progress bar of the growing file; hidden without a terminal.
fn show_progress(part: &Path, file: &DataFile, done: &AtomicBool) {
    let bar = ProgressBar::new(file.bytes);
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes}") {
        bar.set_style(style);
    }
    bar.set_message(file.name);
    while !done.load(Ordering::Relaxed) {
        bar.set_position(fs::metadata(part).map_or(0, |metadata| metadata.len()));
        thread::sleep(Duration::from_millis(50));
    }
    bar.finish_and_clear();
}

/// Checks that `gz` is a gzip file of an IDX array of unsigned bytes with these dimensions.
///
/// IDX: two zero bytes, the element type (8: unsigned byte), the number of dimensions, each
/// dimension as a big-endian 32-bit number, the elements.
fn check_idx(gz: &[u8], dimensions: &[u32]) -> Result<()> {
    let mut idx = Vec::new();
    GzDecoder::new(gz).read_to_end(&mut idx).context("not a whole gzip file")?;
    let mut header = vec![0, 0, 8, u8::try_from(dimensions.len())?];
    for dimension in dimensions {
        header.extend(dimension.to_be_bytes());
    }
    ensure!(
        idx.starts_with(&header),
        "the IDX header is not that of unsigned bytes of shape {dimensions:?}"
    );
    let elements: u64 = dimensions.iter().map(|&dimension| u64::from(dimension)).product();
    let found = (idx.len() - header.len()) as u64;
    ensure!(found == elements, "it has {found} elements, not {elements}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).expect("memory does not fail");
        encoder.finish().expect("memory does not fail")
    }

    /// A 2 x 3 array of bytes.
    const IDX: [u8; 18] = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6];

    #[test]
    fn a_right_file_passes() {
        check_idx(&gzip(&IDX), &[2, 3]).expect("valid");
    }

    #[test]
    fn other_shapes_types_and_lengths_are_refused() {
        check_idx(&gzip(&IDX), &[3, 2]).expect_err("another shape");
        check_idx(&gzip(&IDX), &[6]).expect_err("another rank");
        check_idx(&gzip(&IDX[..17]), &[2, 3]).expect_err("an element is missing");
        check_idx(&gzip(&[&IDX[..], &[7]].concat()), &[2, 3]).expect_err("one too many");
        let mut floats = IDX;
        floats[2] = 0x0d;
        check_idx(&gzip(&floats), &[2, 3]).expect_err("another type");
    }

    #[test]
    fn damaged_and_plain_files_are_refused() {
        let mut damaged = gzip(&IDX);
        damaged.truncate(damaged.len() - 4);
        check_idx(&damaged, &[2, 3]).expect_err("cut off");
        check_idx(&IDX, &[2, 3]).expect_err("not gzip");
    }
}
