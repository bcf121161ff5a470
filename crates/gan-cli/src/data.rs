//! Loads the real samples of a run from this machine's files.

use std::path::{Path, PathBuf};

use anyhow::{Error, Result, anyhow, bail, ensure};
use clap::Args;
use gan_data::ImageSet;
use gan_files::{Choice, Images, Limit, Source};
use gan_protocol::{DataSource, RunSpec};
use gan_session::{DataLoader, LoadedData, Progress};

use crate::digits::CLASSIFIER;
use crate::files::{name_of, read};
use crate::inputs::{Reading, reason_told};
use crate::progress::note;

/// Arguments that say where data lie.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct DataArguments {
    /// The folder with `mnist/`.
    #[arg(long, env = "GAN_DATA_DIR", value_name = "FOLDER", default_value = "data")]
    pub(crate) data: PathBuf,
    /// Files of images and labels, for runs whose data are the user's own: IDX, CIFAR, .npy, .npz,
    /// safetensors, tables, packed or in an archive, told by content.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: Reading,
}

impl DataArguments {
    /// The user's own files, converted to the form that `spec` requires; images beyond `spec`'s
    /// limit are left out.
    fn read_for(&self, spec: &RunSpec) -> Result<Vec<(String, Vec<u8>)>> {
        ensure!(!self.files.is_empty(), "the run learns from files of yours: --files names them");
        // Which of the file's classes a number means is known only when all labels are.
        let is_whole = spec.data.classes.is_empty() && spec.translation.is_none();
        let limit = spec.data.limit.filter(|_| is_whole);
        let limit = limit.map(|limit| Limit::First(limit as usize));
        let found = found_images(&self.files, &Choice { limit, ..self.reading.choice() })?;
        match spec.data.source {
            DataSource::CifarFiles => as_cifar(&found),
            _ => Ok(as_idx(&found)),
        }
    }

    /// The real samples of `spec`.
    pub(crate) fn load(&self, spec: &RunSpec) -> Result<LoadedData> {
        let takes_files = spec.data.source.is_users_files();
        ensure!(
            takes_files || self.files.is_empty(),
            "--files is for runs whose data.source is idx_files or cifar_files; this run's data are other ones"
        );
        let files = if takes_files { self.read_for(spec)? } else { Vec::new() };
        let folder = Folder { root: &self.data };
        let loaded = pollster::block_on(LoadedData::load(spec, &files, &folder, &|_, _| ()));
        let (data, missing) = loaded.map_err(|fault| anyhow!("{fault}"))?;
        match missing {
            // Other data than requested would make every figure wrong.
            Some(message) => Err(no_mnist(&message)),
            None => Ok(data),
        }
    }
}

/// A part of MNIST, `train` or `t10k`, from the folder `root` that holds `mnist/`.
pub(crate) fn mnist_part(root: &Path, part: &str) -> Result<ImageSet> {
    mnist(root, part).map_err(|message| no_mnist(&message))
}

/// Images, with labels if there are any, from files of the user.
pub(crate) fn images(paths: &[PathBuf], reading: &Reading) -> Result<ImageSet> {
    let found = found_images(paths, &reading.choice())?;
    Ok(ImageSet::from_idx_files(&as_idx(&found))?)
}

/// Images in `paths` according to `choice`; prints how the files were interpreted.
fn found_images(paths: &[PathBuf], choice: &Choice) -> Result<Images> {
    let files = named_bytes(paths)?;
    let source = Source::open(&files)?;
    for one in &source.left_out {
        note!("left out: {}: {}", one.path, reason_told(&one.reason));
    }
    let found = gan_files::images(&source, choice)?;
    let sides = format!("{}x{}x{}", found.channels, found.height, found.width);
    let (count, of, range) = (found.count(), found.of, found.range);
    note!("{}: {count} of {of} images {sides}, black to white {range}", found.path);
    found.notes.iter().for_each(|words| note!("{}: {words}", found.path));
    Ok(found)
}

/// The images as IDX files of images and labels.
fn as_idx(found: &Images) -> Vec<(String, Vec<u8>)> {
    let mut files = vec![(found.path.clone(), found.idx())];
    files.extend(found.labels_idx().map(|labels| (format!("{}: labels", found.path), labels)));
    files
}

/// The images as records of CIFAR-10.
///
/// # Errors
/// If the images are not 32 × 32 in colour, or have no labels.
fn as_cifar(found: &Images) -> Result<Vec<(String, Vec<u8>)>> {
    let labels = found.classes.as_ref().map(|classes| classes.label_bytes());
    let (Some(labels), [3, 32, 32]) = (labels, [found.channels, found.height, found.width]) else {
        bail!(
            "{}: data.source is cifar_files, of 32x32 images in colour with labels; let it be idx_files for any \
             others",
            found.path
        );
    };
    let images = found.pixels.chunks_exact(3 * 32 * 32);
    let records = labels
        .iter()
        .zip(images)
        .flat_map(|(label, image)| [std::slice::from_ref(label), image].concat());
    Ok(vec![(found.path.clone(), records.collect())])
}

fn no_mnist(message: &str) -> Error {
    anyhow!("{message}: run `cargo xtask data`, or name the folder that holds mnist/ by --data")
}

fn named_bytes(paths: &[PathBuf]) -> Result<Vec<(String, Vec<u8>)>> {
    paths.iter().map(|path| Ok((name_of(path), read(path)?))).collect()
}

struct Folder<'a> {
    root: &'a Path,
}

impl DataLoader for Folder<'_> {
    async fn mnist(&self, _: Progress<'_>) -> Result<ImageSet, String> {
        mnist(self.root, "train")
    }

    async fn classifier(&self) -> Result<Vec<u8>, String> {
        Ok(CLASSIFIER.to_vec())
    }
}

fn mnist(root: &Path, part: &str) -> Result<ImageSet, String> {
    let folder = root.join("mnist");
    let names = [format!("{part}-images-idx3-ubyte.gz"), format!("{part}-labels-idx1-ubyte.gz")];
    let read = |name: &String| read(&folder.join(name)).map_err(|error| format!("{error:#}"));
    let (images, labels) = (read(&names[0])?, read(&names[1])?);
    ImageSet::from_idx((&names[0], images), Some((&names[1], labels)))
        .map_err(|error| error.to_string())
}
