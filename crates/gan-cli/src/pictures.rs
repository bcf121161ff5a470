//! Reads a folder of pictures as one set of samples.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use gan_files::{LeftOut, Reason, natural_order};

/// Pictures of one size.
pub(crate) struct Pictures {
    /// Picture after picture, channels first.
    pub(crate) bytes: Vec<u8>,
    /// Channels, rows, columns; one channel if every picture is grey.
    pub(crate) shape: [usize; 3],
    /// Files that are left out, and the reasons.
    pub(crate) left_out: Vec<LeftOut>,
}

/// A decoded picture, three bytes a pixel.
struct Picture {
    path: PathBuf,
    sides: [u32; 2],
    pixels: Vec<u8>,
}

/// The pictures in `folder` and its subfolders: PNG and JPEG, of the size that most of them have,
/// in natural order.
///
/// # Errors
/// If the folder cannot be read, or contains no picture.
pub(crate) fn read(folder: &Path) -> Result<Pictures> {
    let mut left_out = Vec::new();
    let mut paths = Vec::new();
    collect(folder, &mut paths, &mut left_out)?;
    paths.sort_by(|one, other| natural_order(&one.to_string_lossy(), &other.to_string_lossy()));
    let mut pictures = Vec::new();
    for path in paths {
        match decoded(&path) {
            Ok((sides, pixels)) => pictures.push(Picture { path, sides, pixels }),
            Err(why) => {
                let reason = Reason::Foreign(why.to_string());
                left_out.push(LeftOut { path: path.display().to_string(), reason });
            }
        }
    }
    let mut sizes: BTreeMap<[u32; 2], usize> = BTreeMap::new();
    pictures.iter().for_each(|picture| *sizes.entry(picture.sides).or_default() += 1);
    let Some((&sides, _)) = sizes.iter().max_by_key(|(_, count)| **count) else {
        bail!("{}: holds no picture that is read (PNG, JPEG)", folder.display());
    };
    let (chosen, others): (Vec<Picture>, Vec<Picture>) =
        pictures.into_iter().partition(|picture| picture.sides == sides);
    let [width, height] = sides;
    left_out.extend(others.into_iter().map(|picture| LeftOut {
        path: picture.path.display().to_string(),
        reason: Reason::Foreign(format!("of another size than {width}x{height}")),
    }));
    let is_grey = |picture: &Picture| {
        picture.pixels.chunks_exact(3).all(|pixel| pixel[0] == pixel[1] && pixel[1] == pixel[2])
    };
    let channels = if chosen.iter().all(is_grey) { 1 } else { 3 };
    let planes = |picture: &Picture| {
        let plane = |channel: usize| picture.pixels.iter().skip(channel).step_by(3).copied();
        (0..channels).flat_map(plane).collect::<Vec<u8>>()
    };
    let bytes = chosen.iter().flat_map(planes).collect();
    Ok(Pictures { bytes, shape: [channels, height as usize, width as usize], left_out })
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>, left_out: &mut Vec<LeftOut>) -> Result<()> {
    let problem = || format!("cannot read {}", folder.display());
    for entry in std::fs::read_dir(folder).with_context(problem)? {
        let entry = entry.with_context(problem)?;
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        let is_systems = ["__MACOSX", "Thumbs.db", "desktop.ini"].contains(&name.as_str());
        if name.starts_with('.') || is_systems {
            left_out.push(LeftOut { path: path.display().to_string(), reason: Reason::Hidden });
        } else if path.is_dir() {
            collect(&path, paths, left_out)?;
        } else {
            paths.push(path);
        }
    }
    Ok(())
}

/// Width and height, and the pixels in colour.
fn decoded(path: &Path) -> Result<([u32; 2], Vec<u8>)> {
    let bytes = std::fs::read(path).context("cannot be read")?;
    let format = image::guess_format(&bytes).context("no PNG or JPEG")?;
    let picture = image::load_from_memory_with_format(&bytes, format);
    let picture = picture.map_err(|_| anyhow::anyhow!("no whole PNG or JPEG"))?.into_rgb8();
    Ok(([picture.width(), picture.height()], picture.into_raw()))
}
