//! Writes samples for `gan sample`, in the form that the file's name implies.
//!
//! | name ends in | contents |
//! |---|---|
//! | `.png` | a sheet of images, to look at |
//! | `.idx`, `-ubyte` | images as bytes, (count, rows, columns) or with channels |
//! | `.csv` | one sample a row, numbers unchanged |
//! | `.safetensors` | one f32 tensor, (count, …) |
//!
//! With `.gz` appended, all but a sheet are packed by gzip; a name whose only ending is `.gz` is
//! packed IDX, like MNIST's own files.

use std::collections::HashMap;
use std::io::{Cursor, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;
use gan_data::idx;
use gan_plot::{Samples as Pixels, SheetLayout};
use gan_protocol::SampleSet;
use gan_session::pixels;
use safetensors::tensor::{Dtype, TensorView, serialize};

use crate::files::name_of;
use crate::sample_file::{SampleFile, Set as _};

const KNOWN: &str =
    ".png, .idx, .csv, .safetensors, .idx.gz, .csv.gz, .safetensors.gz, .gz (packed IDX)";

/// The form of a file of samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    kind: Kind,
    packed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Sheet,
    Idx,
    Table,
    Tensor,
}

impl Form {
    /// The form for the name of `path`.
    ///
    /// # Errors
    /// If the name implies none; the error lists the possible forms.
    pub(crate) fn of(path: &Path) -> Result<Self> {
        let name = name_of(path).to_lowercase();
        let (name, packed) = match name.strip_suffix(".gz") {
            Some(name) => (name, true),
            None => (name.as_str(), false),
        };
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        let kind = match ending {
            "png" if !packed => Kind::Sheet,
            "idx" => Kind::Idx,
            "csv" => Kind::Table,
            "safetensors" => Kind::Tensor,
            _ if name.ends_with("-ubyte") => Kind::Idx,
            "" if packed => Kind::Idx,
            _ => bail!("--out: {} ends in none of {KNOWN}", path.display()),
        };
        Ok(Self { kind, packed })
    }

    /// Checks that samples with this number of rows can be written in the form, before they are
    /// drawn.
    ///
    /// # Errors
    /// If they are points and the form is for images.
    pub(crate) fn check(self, height: usize) -> Result<()> {
        let of_images = matches!(self.kind, Kind::Sheet | Kind::Idx);
        ensure!(
            height > 1 || !of_images,
            "points are no images: write them as .csv or .safetensors"
        );
        Ok(())
    }

    /// The bytes of a file with `samples`.
    ///
    /// # Errors
    /// As [`Form::check`].
    pub(crate) fn bytes(self, samples: &SampleFile) -> Result<Vec<u8>> {
        self.check(samples.height)?;
        let bytes = match self.kind {
            Kind::Sheet => sheet(samples)?,
            Kind::Idx => idx_bytes(samples),
            Kind::Table => table(samples).into_bytes(),
            Kind::Tensor => tensor(samples)?,
        };
        if !self.packed {
            return Ok(bytes);
        }
        let mut packer = GzEncoder::new(Vec::new(), Compression::default());
        packer.write_all(&bytes)?;
        Ok(packer.finish()?)
    }
}

fn sheet(samples: &SampleFile) -> Result<Vec<u8>> {
    let set = SampleSet {
        count: samples.count(),
        width: samples.width,
        height: samples.height,
        channels: samples.channels,
        parts: 1,
    };
    let bytes = pixels(&samples.single(), set);
    let images = Pixels {
        pixels: &bytes,
        count: set.count,
        width_px: set.width,
        height_px: set.height,
        channels: set.channels,
    };
    let layout = SheetLayout::square(set.count, 2);
    let rgba = layout.rgba(&images).map_err(|error| anyhow!("{error}"))?;
    let (width, height) = layout.size_px(&images);
    let sheet = image::RgbaImage::from_raw(width as u32, height as u32, rgba);
    let sheet = sheet.context("a sheet has as many pixels as its sides say")?;
    let mut bytes = Cursor::new(Vec::new());
    sheet.write_to(&mut bytes, image::ImageFormat::Png)?;
    Ok(bytes.into_inner())
}

fn idx_bytes(samples: &SampleFile) -> Vec<u8> {
    let mut sides = vec![samples.count()];
    if samples.channels > 1 {
        sides.push(samples.channels);
    }
    sides.extend([samples.height, samples.width]);
    // Channels first, like the numbers.
    let byte = |value: &f64| ((value + 1.0) * 127.5).round() as u8;
    let bytes: Vec<u8> = samples.values.iter().map(byte).collect();
    idx::written(&sides, &bytes)
}

fn table(samples: &SampleFile) -> String {
    let mut text = String::new();
    for row in samples.values.chunks_exact(samples.size()) {
        let numbers: Vec<String> = row.iter().map(|value| (*value as f32).to_string()).collect();
        text += &numbers.join(",");
        text.push('\n');
    }
    text
}

fn tensor(samples: &SampleFile) -> Result<Vec<u8>> {
    let bytes: Vec<u8> = samples.single().iter().flat_map(|value| value.to_le_bytes()).collect();
    let mut shape = vec![samples.count()];
    if samples.height > 1 {
        shape.extend([samples.channels, samples.height]);
    }
    shape.push(samples.width);
    let view = TensorView::new(Dtype::F32, shape, &bytes)?;
    // So that images that reach neither black nor white are read unchanged.
    let is_images = samples.height > 1;
    let range = is_images.then(|| HashMap::from([("range".to_owned(), "-1 1".to_owned())]));
    Ok(serialize([("samples", view)], range)?)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;

    use super::*;
    use crate::files::write;
    use crate::inputs::{Reading, read_samples};

    fn images() -> SampleFile {
        let values = (0..24).map(|i| f64::from(i) * 10.0 / 127.5 - 1.0).collect();
        SampleFile { values, channels: 1, height: 3, width: 4 }
    }

    fn bytes(name: &str) -> Vec<u8> {
        Form::of(Path::new(name)).and_then(|form| form.bytes(&images())).expect(name)
    }

    #[test]
    fn what_is_written_is_read_back() {
        let folder = std::env::temp_dir().join(format!("gan-forms-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        for name in ["a.idx", "a.csv", "a.safetensors", "a.gz", "a.idx.gz", "a.csv.gz"] {
            let path = folder.join(name);
            write(&path, &bytes(name)).expect("written");
            let found = read_samples(&path, &Reading::default(), None).expect("read").samples;
            assert_eq!(found.count(), 2, "{name}");
            for (a, b) in found.values.iter().zip(images().values) {
                assert!((a - b).abs() < 1e-6, "{name}: {a} for {b}");
            }
        }
        std::fs::remove_dir_all(&folder).expect("removed");
    }

    #[test]
    fn a_packed_name_holds_packed_bytes() {
        for (packed, plain) in [
            ("x.gz", "x.idx"),
            ("X.IDX.GZ", "x.idx"),
            ("t10k-images-idx3-ubyte.gz", "t10k-images-idx3-ubyte"),
            ("x.csv.gz", "x.csv"),
            ("x.safetensors.gz", "x.safetensors"),
        ] {
            let packed = bytes(packed);
            assert_eq!(packed[..2], [0x1f, 0x8b]);
            let mut unpacked = Vec::new();
            GzDecoder::new(packed.as_slice()).read_to_end(&mut unpacked).expect("gzip");
            assert_eq!(unpacked, bytes(plain), "{plain}");
        }
        assert_eq!(bytes("x.idx")[..4], [0, 0, 8, 3]);
    }

    #[test]
    fn other_names_are_refused_with_those_that_are_known() {
        for name in ["a.gif", "a", "a.png.gz", "a.tar.gz", "a.csv.zip", "a.csv.gz.gz", ".csv.bak"] {
            let told = Form::of(Path::new(name)).expect_err(name).to_string();
            assert!(told.contains(name) && told.contains(".csv.gz"), "{told}");
        }
        let points = SampleFile { values: vec![1.0, 2.0], channels: 1, height: 1, width: 2 };
        for (name, fits) in [("a.png", false), ("a.idx.gz", false), ("a.csv.gz", true)] {
            let form = Form::of(Path::new(name)).expect(name);
            assert_eq!((form.check(1).is_ok(), form.bytes(&points).is_ok()), (fits, fits));
        }
    }
}
