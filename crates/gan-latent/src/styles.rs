//! Styles of a style-based generator: mixed between samples, and truncated.

use gan_core::{Classifier, Inputs, Sampler};
use gan_eval::Samples;
use gan_eval::diversity::mean_pairwise_distance;
use gan_eval::frechet::Gaussian;
use gan_protocol::{Feed, Shape};
use gan_random::Purpose;

use crate::observed::LatentError;

/// Rows and columns of a table at most: its samples are made in one pass.
const MOST: usize = 5;
/// Samples behind each point of a curve.
pub const CURVE_SAMPLES: usize = 500;
/// Pairs by which a spread is estimated.
const PAIRED: usize = 2_000;

/// A style-based generator.
#[derive(Clone, Debug)]
pub struct Styled {
    sampler: Sampler,
}

/// What a table of mixtures shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mixing {
    /// Which samples are mixed.
    pub seed: u64,
    /// Rows and columns: at most 5 each.
    pub sides: [usize; 2],
    /// The number of the modulated convolution, from 0, from which on a mixture has its column's style.
    pub from: usize,
    /// ψ of all styles.
    pub truncation: f32,
}

impl Styled {
    /// `sampler`, if it has a style.
    ///
    /// # Errors
    /// If it has none, is given pictures, or makes no images.
    pub fn new(sampler: Sampler) -> Result<Self, LatentError> {
        let header = sampler.header();
        let unfit = |message: &str| Err(LatentError::Unfit(message.to_owned()));
        match header.data.shape() {
            _ if header.generator.styled_layers() == 0 => unfit("the generator has no style"),
            Shape::Image { .. } if Feed::from(header).picture.is_none() => Ok(Self { sampler }),
            _ => unfit("the generator makes no images of latents alone"),
        }
    }

    /// The generator.
    pub fn sampler(&self) -> &Sampler {
        &self.sampler
    }

    /// Count of layers that have a style.
    pub fn layers(&self) -> usize {
        self.sampler.header().generator.styled_layers()
    }

    /// A table of mixtures (Karras et al. 2018, figure 3): its first column has the samples whose styles
    /// the rows begin with, its first row those whose styles the columns end with, and each other place
    /// the mixture of both. Row after row, each sample's numbers as [`Sampler::samples`] has them, without
    /// the noise of layers; -1 at the corner. Waits for the device.
    ///
    /// # Errors
    /// If a side is not 1 to 5; when the device fails.
    pub async fn table(&self, mixing: Mixing) -> Result<Vec<f32>, LatentError> {
        let [rows, columns] = mixing.sides;
        if !(1..=MOST).contains(&rows) || !(1..=MOST).contains(&columns) {
            let message =
                format!("a table has 1 to {MOST} rows and columns, not {rows} and {columns}");
            return Err(LatentError::Unfit(message));
        }
        let header = self.sampler.header();
        let feed = Feed::from(header);
        let mut sources = Inputs::drawn(feed, Purpose::FreshLatents, mixing.seed, rows + columns);
        sources.styling.truncation = mixing.truncation;
        // Sources of a class each would differ by more than their styles' layers.
        sources
            .labels
            .fill((mixing.seed % header.labels.map_or(1, |it| it.classes() as u64)) as u16);
        let last = header.generator.layers.len() - 1;
        let own = self.sampler.activations(&sources, last).await?;
        // In each pair the first has the style of the second, its next one, from a layer on.
        let mut pairs = Inputs { values: Vec::new(), ..sources.clone() };
        pairs.styling.mixed_from = Some(mixing.from);
        (pairs.labels, pairs.generators) = (Vec::new(), Vec::new());
        for row in 0..rows {
            for column in 0..columns {
                for source in [row, rows + column] {
                    let one = sources.part(feed, source, 1);
                    pairs.values.extend(one.values);
                    pairs.labels.extend(one.labels);
                    pairs.generators.extend(one.generators);
                }
            }
        }
        let mixed = self.sampler.activations(&pairs, last).await?;
        let size = own.len() / (rows + columns);
        let (of_rows, of_columns) = own.split_at(rows * size);
        let mut table = vec![-1.0; size];
        table.extend_from_slice(of_columns);
        let mut mixtures = mixed.chunks_exact(2 * size).map(|pair| &pair[..size]);
        for source in of_rows.chunks_exact(size) {
            table.extend_from_slice(source);
            table.extend(mixtures.by_ref().take(columns).flatten());
        }
        Ok(table)
    }
}

impl Styled {
    /// What truncation gives and takes (Karras et al. 2018, appendix B, figure 8): for each ψ the Fréchet
    /// distance of the features of a few samples (`CURVE_SAMPLES`) to those of `reals`, and the mean distance
    /// between two of the samples, in those between two reals. The distance is too large by what so few samples
    /// leave to chance, the more the more they differ. Waits for the device.
    ///
    /// # Errors
    /// If the classifier is for images of another shape, there are too few reals, or the device fails.
    pub async fn curve(
        &self,
        classifier: &mut Classifier,
        reals: &[f32],
        truncations: &[f32],
        seed: u64,
    ) -> Result<Vec<[f64; 2]>, LatentError> {
        let shape = self.sampler.header().data.shape();
        if classifier.input() != shape {
            let message = format!("the classifier reads {}, not {shape}", classifier.input());
            return Err(LatentError::Unfit(message));
        }
        let size = shape.size().unwrap_or(1);
        let judged = classifier.judge(reals).await?;
        let features = judged.features.len() / judged.count.max(1);
        let real = Gaussian::of_samples(&Samples::new(&judged.features, features)?)?;
        let spread = |values: &[f32]| -> Result<f64, LatentError> {
            let samples = Samples::new(values, size)?;
            Ok(mean_pairwise_distance(&samples, PAIRED, seed)?)
        };
        let unit = spread(reals)?.max(f64::MIN_POSITIVE);
        let mut inputs = Inputs::drawn(
            Feed::from(self.sampler.header()),
            Purpose::FreshLatents,
            seed,
            CURVE_SAMPLES,
        );
        let mut curve = Vec::with_capacity(truncations.len());
        for truncation in truncations {
            inputs.styling.truncation = *truncation;
            let made = self.sampler.samples(&inputs, seed).await?;
            let judged = classifier.judge(&made).await?;
            let found = Gaussian::of_samples(&Samples::new(&judged.features, features)?)?;
            curve.push([real.distance(&found)?, spread(&made)? / unit]);
        }
        Ok(curve)
    }
}

#[cfg(test)]
mod tests {
    use gan_core::{Snapshot, Trainer, cpu};
    use gan_protocol::{RunSpec, preset};
    use pollster::block_on;

    use super::*;

    const SIZE: usize = 784;

    fn sampler(name: &str) -> Sampler {
        let spec: RunSpec = preset(name).expect("a preset").spec;
        let trainer = Trainer::new(&spec, &cpu()).expect("a valid run");
        let snapshot: Snapshot = block_on(trainer.snapshot()).expect("the processor works");
        Sampler::of_snapshot(&snapshot, &cpu()).expect("it has one")
    }

    #[test]
    fn truncation_takes_variety_away() {
        let styled = Styled::new(sampler("mnist-style")).expect("it has a style");
        let file = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../web/pretrained/digit-classifier.safetensors"
        );
        let file = std::fs::read(file).expect("the project's own file");
        let mut classifier = Classifier::from_safetensors(&file, &cpu()).expect("the classifier");
        let reals: Vec<f32> = (0..200 * SIZE).map(|i| ((i * i % 977) as f32).sin()).collect();
        let curve = styled.curve(&mut classifier, &reals, &[0.0, 0.5, 1.0], 1);
        let curve = block_on(curve).expect("it reads such images");
        let diversity: Vec<f64> = curve.iter().map(|[_, diversity]| *diversity).collect();
        assert!(diversity[0] < 0.5 * diversity[1] && diversity[1] < diversity[2], "{curve:?}");
        assert!(curve.iter().all(|[distance, _]| *distance > 0.0));
    }

    #[test]
    fn mixtures_go_from_the_columns_sample_to_the_rows() {
        let styled = Styled::new(sampler("mnist-style")).expect("it has a style");
        let at = |from: usize| {
            let mixing = Mixing { seed: 4, sides: [2, 3], from, truncation: 1.0 };
            block_on(styled.table(mixing)).expect("works")
        };
        let place = |table: &[f32], row: usize, column: usize| -> Vec<f32> {
            table[(row * 4 + column) * SIZE..][..SIZE].to_vec()
        };
        let near = |a: &[f32], b: &[f32]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-5);
        let (all, none, some) = (at(0), at(styled.layers()), at(1));
        assert_eq!(all.len(), 3 * 4 * SIZE);
        assert_eq!(place(&all, 0, 0), vec![-1.0; SIZE]);
        for (row, column) in [(1, 1), (1, 3), (2, 2)] {
            assert!(
                near(&place(&all, row, column), &place(&all, 0, column)),
                "all is the column's"
            );
            assert!(near(&place(&none, row, column), &place(&none, row, 0)), "all is the row's");
            let mixed = place(&some, row, column);
            assert!(!near(&mixed, &place(&some, row, 0)), "row {row}");
            assert!(!near(&mixed, &place(&some, 0, column)), "column {column}");
        }
    }

    #[test]
    fn without_truncation_left_all_are_alike() {
        let styled = Styled::new(sampler("mnist-style")).expect("it has a style");
        let mixing = Mixing { seed: 1, sides: [1, 2], from: 1, truncation: 0.0 };
        let table = block_on(styled.table(mixing)).expect("works");
        let first = &table[SIZE..2 * SIZE];
        for other in table.chunks_exact(SIZE).skip(2) {
            assert_eq!(first, other);
        }
    }

    #[test]
    fn another_generator_and_too_large_a_table_are_refused_in_words() {
        let refused = Styled::new(sampler("mnist-dcgan-small")).expect_err("no style");
        assert!(refused.to_string().contains("no style"), "{refused}");
        let styled = Styled::new(sampler("mnist-style")).expect("it has a style");
        let mixing = Mixing { seed: 1, sides: [6, 2], from: 1, truncation: 1.0 };
        let refused = block_on(styled.table(mixing)).expect_err("too many rows");
        assert!(refused.to_string().contains("1 to 5"), "{refused}");
    }
}
