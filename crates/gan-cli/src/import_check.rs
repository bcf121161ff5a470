//! `gan import --check`: an import held against its framework's own samples.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail, ensure};
use gan_core::{Inputs, Sampler, cpu};
use gan_files::Source;
use gan_import::Described;
use gan_protocol::Feed;
use pollster::block_on;

use crate::files::{name_of, read};

/// The largest difference that other orders of the same sums make.
const CLOSE: f64 = 2e-4;

/// Latents, and what the framework makes of them.
pub(crate) struct Check<'a> {
    latents: Array,
    samples: Array,
    classes: Option<Array>,
    path: &'a Path,
}

struct Array {
    shape: Vec<usize>,
    numbers: Vec<f64>,
}

impl<'a> Check<'a> {
    /// The check of the files `paths`; none if there are no paths.
    ///
    /// # Errors
    /// If a file holds no array, or several.
    pub(crate) fn read(paths: &'a [PathBuf]) -> Result<Option<Self>> {
        let [latents, samples, classes @ ..] = paths else { return Ok(None) };
        let classes = classes.first().map(|path| array(path)).transpose()?;
        let (latents, path) = (array(latents)?, samples.as_path());
        Ok(Some(Self { latents, samples: array(samples)?, classes, path }))
    }

    /// The count of samples.
    pub(crate) fn count(&self) -> usize {
        self.samples.shape.first().copied().unwrap_or(1)
    }

    /// The largest difference of a number of the samples, as imported and as `rounded`.
    ///
    /// # Errors
    /// If the numbers do not fit the generator or each other, some are none, or those as imported differ.
    pub(crate) fn difference(&self, described: &Described, rounded: &[u8]) -> Result<[f64; 2]> {
        let exact = self.of(&described.file, described)?;
        if exact > CLOSE {
            bail!(
                "the generator makes other samples than {} holds: numbers differ by up to {exact:.1e}; something in the net is \
                 not as in the framework, or the file's numbers were rounded after the samples were made",
                self.path.display()
            );
        }
        Ok([exact, self.of(rounded, described)?])
    }

    fn of(&self, file: &[u8], described: &Described) -> Result<f64> {
        let sampler = Sampler::from_safetensors(file, &cpu())?;
        let feed = Feed::from(sampler.header());
        ensure!(
            feed.picture.is_none() && feed.mixture.is_none(),
            "--check is for generators that are given latents, and perhaps classes"
        );
        let count = self.count();
        let mut given = self.latents.numbers.clone();
        let mut classes = self.classes.as_ref().map(|classes| classes.numbers.clone());
        let told = described.header.labels.map_or(0, |labels| labels.classes());
        let size = feed.numbers();
        if told > 0 && classes.is_none() && given.len() == count * (size + told) {
            // The class stands behind each latent, as one-hot numbers.
            let rows = given.chunks(size + told);
            classes = Some(rows.clone().map(|row| class_of(&row[size..])).collect::<Result<_>>()?);
            given = rows.flat_map(|row| row[..size].to_vec()).collect();
        }
        ensure!(
            size > 0 && given.len() == count * size,
            "there are {} numbers for {count} latents of {size}",
            given.len()
        );
        let labels = match (told, classes) {
            (0, None) => Vec::new(),
            (0, Some(_)) => bail!("the generator is told no classes"),
            (_, None) => bail!("the generator is told classes: --check LATENTS SAMPLES CLASSES"),
            (_, Some(classes)) if classes.len() == count => {
                classes.iter().map(|class| whole(*class, told)).collect::<Result<Vec<u16>>>()?
            }
            (_, Some(classes)) => classes
                .chunks(classes.len() / count.max(1))
                .map(|row| whole(class_of(row)?, told))
                .collect::<Result<Vec<u16>>>()?,
        };
        ensure!(
            labels.is_empty() || labels.len() == count,
            "there are {} classes for {count} samples",
            labels.len()
        );
        let values = given.iter().map(|number| *number as f32).collect();
        let inputs = Inputs { values, labels, ..Inputs::default() };
        let made = block_on(sampler.samples(&inputs, 0))?;
        let wanted = self.wanted(described)?;
        ensure!(
            made.len() == wanted.len(),
            "there are {} numbers of samples; of {count} latents the generator makes {}",
            wanted.len(),
            made.len()
        );
        let (least, most) = wanted.iter().fold((f64::MAX, f64::MIN), |(least, most), number| {
            (least.min(*number), most.max(*number))
        });
        ensure!(
            most - least > 0.01,
            "the numbers of {} lie within {least} and {most}: what is all alike fits many nets, so train the net first",
            self.path.display()
        );
        let finite = made.iter().all(|number| number.is_finite())
            && wanted.iter().all(|number| number.is_finite());
        ensure!(finite, "there is NaN or infinity among the samples");
        let apart = made.iter().zip(wanted).map(|(made, wanted)| (f64::from(*made) - wanted).abs());
        Ok(apart.fold(0.0, f64::max))
    }

    /// The framework's samples with their channels first, between -1 and 1.
    fn wanted(&self, described: &Described) -> Result<Vec<f64>> {
        let shape = described.header.data;
        let [low, high] = described.range.map(f64::from);
        let scaled = |number: &f64| 2.0 * (number - low) / (high - low) - 1.0;
        let (area, channels) = (shape.height * shape.width, shape.channels);
        let lasts = [shape.height, shape.width, channels];
        let numbers = &self.samples.numbers;
        // Where both orders fit, the file's own counts.
        let is_ambiguous = lasts == [channels, shape.height, shape.width];
        if channels < 2
            || !self.samples.shape.ends_with(&lasts)
            || is_ambiguous && !described.is_channels_last
        {
            return Ok(numbers.iter().map(scaled).collect());
        }
        let mut turned = Vec::with_capacity(numbers.len());
        for sample in numbers.chunks(area * channels) {
            for channel in 0..channels {
                turned.extend(sample.iter().skip(channel).step_by(channels).map(scaled));
            }
        }
        Ok(turned)
    }
}

/// The class that one-hot numbers are.
fn class_of(row: &[f64]) -> Result<f64> {
    let class = row.iter().position(|number| *number == 1.0);
    let is_one_hot = row.iter().filter(|number| **number != 0.0).count() == 1;
    match class.filter(|_| is_one_hot) {
        Some(class) => Ok(class as f64),
        None => bail!("{row:?} are no one-hot numbers of a class"),
    }
}

fn whole(class: f64, classes: usize) -> Result<u16> {
    ensure!(
        class.fract() == 0.0 && (0.0..classes as f64).contains(&class),
        "{class} is none of {classes} classes, which are counted from 0"
    );
    Ok(class as u16)
}

/// The only array in a file.
fn array(path: &Path) -> Result<Array> {
    let files = [(name_of(path), read(path)?)];
    let source = Source::open(&files)?;
    let [info] = source.arrays.as_slice() else {
        bail!(
            "{} holds {} arrays; a check takes files of one",
            path.display(),
            source.arrays.len()
        );
    };
    let numbers = source.array(info, &mut |_| true)?.numbers.iter().collect();
    Ok(Array { shape: info.shape.clone(), numbers })
}
