//! Where data sets lie on this machine.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Error, Result, anyhow, ensure};
use clap::Args;
use gan_data::ImageSet;
use gan_protocol::RunSpec;
use gan_session::{DataLoader, LoadedData, Progress};

/// Arguments that say where data lie.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct DataArguments {
    /// The folder with `mnist/`.
    #[arg(long, env = "GAN_DATA_DIR", value_name = "FOLDER", default_value = "data")]
    pub(crate) data: PathBuf,
    /// IDX or CIFAR-10 files, for runs whose data are the user's own files.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) files: Vec<PathBuf>,
}

impl DataArguments {
    /// The real samples of `spec`.
    pub(crate) fn load(&self, spec: &RunSpec) -> Result<LoadedData> {
        let takes_files = spec.data.source.is_users_files();
        ensure!(
            takes_files || self.files.is_empty(),
            "--files is for runs whose data.source is idx_files or cifar_files; this run's data are other ones"
        );
        let files = named_bytes(&self.files)?;
        let folder = Folder { root: &self.data };
        let loaded = pollster::block_on(LoadedData::load(spec, &files, &folder, &|_, _| ()));
        let (data, missing) = loaded.map_err(|fault| anyhow!("{fault}"))?;
        match missing {
            // Other data than were asked for would make every figure a wrong one.
            Some(message) => Err(no_mnist(&message)),
            None => Ok(data),
        }
    }
}

/// A part of MNIST, `train` or `t10k`, from the folder `root` that holds `mnist/`.
pub(crate) fn mnist_part(root: &Path, part: &str) -> Result<ImageSet> {
    mnist(root, part).map_err(|message| no_mnist(&message))
}

/// Images with or without labels from IDX files of the user's own.
pub(crate) fn images(paths: &[PathBuf]) -> Result<ImageSet> {
    Ok(ImageSet::from_idx_files(&named_bytes(paths)?)?)
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
}

fn mnist(root: &Path, part: &str) -> Result<ImageSet, String> {
    let folder = root.join("mnist");
    let names = [format!("{part}-images-idx3-ubyte.gz"), format!("{part}-labels-idx1-ubyte.gz")];
    let read = |name: &String| read(&folder.join(name)).map_err(|error| format!("{error:#}"));
    let (images, labels) = (read(&names[0])?, read(&names[1])?);
    ImageSet::from_idx((&names[0], &images), Some((&names[1], &labels)))
        .map_err(|error| error.to_string())
}

/// The bytes of a file; the error names it.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// A file's name without its folders.
pub(crate) fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}
