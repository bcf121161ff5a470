//! A map of samples: the plane of a space in which they vary most.

use gan_core::{Classifier, Encoder, Inputs, Sampler};
use gan_eval::Samples;
use gan_eval::directions::{Directions, components};
use gan_protocol::LatentDistribution;

use crate::observed::{LatentError, largest};

/// The space that a map is a plane of.
#[derive(Clone, Debug)]
pub enum Ground {
    /// An encoder's latents, of which the generator makes samples again.
    Latents {
        /// From samples to latents.
        encoder: Box<Encoder>,
        /// From latents to samples.
        sampler: Box<Sampler>,
    },
    /// The features by which the classifier reads digits.
    Features,
    /// The samples' own numbers.
    Pixels,
}

/// A map of real samples, with those of a generator on it.
#[derive(Clone, Debug)]
pub struct Map {
    ground: Ground,
    /// The place of each real in the space, one after another.
    reals: Vec<f32>,
    mean: Vec<f64>,
    plane: Directions,
    /// The coordinates of each real, x and y.
    pub places: Vec<f32>,
    /// The coordinates of each sample of the generator, x and y.
    pub made: Vec<f32>,
    /// The digit as which each real is read; empty without a classifier.
    pub classes: Vec<usize>,
    /// The same of each sample of the generator.
    pub made_classes: Vec<usize>,
}

impl Map {
    /// The map of `reals`, which lie sample after sample, channels first, of `size` numbers each; `made`
    /// are samples of a generator. Waits for the device.
    ///
    /// # Errors
    /// If there are fewer than two reals, or the ground is of features and there is no classifier; when
    /// the device fails.
    pub async fn of(
        ground: Ground,
        classifier: Option<&mut Classifier>,
        reals: &[f32],
        made: &[f32],
        size: usize,
    ) -> Result<Self, LatentError> {
        let mut read = Vec::new();
        if let Some(classifier) = classifier {
            let classes = classifier.classes();
            for values in [reals, made] {
                let judged = classifier.judge(values).await?;
                read.push((largest(&judged.logits, classes), judged.features));
            }
        }
        let mut spots = [reals.to_vec(), made.to_vec()];
        match &ground {
            Ground::Latents { encoder, .. } => {
                for values in &mut spots {
                    *values = encoder.latents(values).await?;
                }
            }
            Ground::Features => {
                if read.is_empty() {
                    let message = "a map of features needs the classifier".to_owned();
                    return Err(LatentError::Unfit(message));
                }
                for (values, (_, features)) in spots.iter_mut().zip(&mut read) {
                    *values = std::mem::take(features);
                }
            }
            Ground::Pixels => {}
        }
        let [reals, made] = match spots {
            [reals, made] if !reals.is_empty() => [reals, made],
            _ => return Err(LatentError::Unfit("a map needs reals".to_owned())),
        };
        let numbers = match &ground {
            Ground::Latents { encoder, .. } => encoder.spec().latent.size,
            Ground::Features => reals.len() / read[0].0.len(),
            Ground::Pixels => size,
        };
        let (plane, mean) = components(&Samples::new(&reals, numbers)?, 2)?;
        let coordinates = |values: &[f32]| -> Vec<f32> {
            let rows = values.chunks_exact(numbers);
            rows.flat_map(|row| [0, 1].map(|axis| along(row, &mean, &plane, axis))).collect()
        };
        let (places, on_it) = (coordinates(&reals), coordinates(&made));
        let mut classes = read.into_iter().map(|(classes, _)| classes);
        let (classes, made_classes) =
            (classes.next().unwrap_or_default(), classes.next().unwrap_or_default());
        Ok(Self { ground, reals, mean, plane, places, made: on_it, classes, made_classes })
    }

    /// The space that it is a plane of: `latents`, `features` or `pixels`.
    pub fn ground_name(&self) -> &'static str {
        match self.ground {
            Ground::Latents { .. } => "latents",
            Ground::Features => "features",
            Ground::Pixels => "pixels",
        }
    }

    /// The share of the reals' variance in that space along each of the two axes, 0 to 1.
    pub fn shares(&self) -> [f64; 2] {
        [0, 1].map(|axis| self.plane.shares.get(axis).copied().unwrap_or(0.0))
    }

    /// What the generator makes of the latent of real number `real`, moved on the map to `place`; where it
    /// is, without a place. `None` on a map that is not of latents, or without such a real. Waits for the
    /// device.
    ///
    /// # Errors
    /// When the device fails.
    pub async fn moved(
        &self,
        real: usize,
        place: Option<[f32; 2]>,
    ) -> Result<Option<Vec<f32>>, LatentError> {
        let Ground::Latents { sampler, .. } = &self.ground else { return Ok(None) };
        let (size, latent) = (self.mean.len(), sampler.header().latent);
        let Some(row) = self.reals.chunks_exact(size).nth(real) else { return Ok(None) };
        let mut values = row.to_vec();
        if let Some(place) = place {
            for (axis, vector) in self.plane.vectors.iter().enumerate() {
                let by = place[axis] - along(row, &self.mean, &self.plane, axis);
                for (value, part) in values.iter_mut().zip(vector) {
                    *value += by * *part as f32;
                }
            }
        }
        if place.is_some() && latent.distribution == LatentDistribution::Uniform {
            values.iter_mut().for_each(|value| *value = value.clamp(-1.0, 1.0));
        }
        // Without the noise of layers: the picture changes by the place alone.
        let last = sampler.header().generator.layers.len() - 1;
        Ok(Some(sampler.activations(&Inputs::of_latents(values), last).await?))
    }
}

/// The coordinate of `row` along an axis of the plane; 0 where the space has fewer axes.
fn along(row: &[f32], mean: &[f64], plane: &Directions, axis: usize) -> f32 {
    let Some(vector) = plane.vectors.get(axis) else { return 0.0 };
    let parts = row.iter().zip(mean).zip(vector);
    parts.map(|((value, mean), part)| (f64::from(*value) - mean) * part).sum::<f64>() as f32
}

#[cfg(test)]
mod tests {
    use gan_core::{Snapshot, Trainer, cpu};
    use gan_protocol::RunSpec;
    use gan_random::{Purpose, standard_normal, stream};
    use pollster::block_on;
    use serde_json::json;

    use super::*;

    const SIZE: usize = 16;

    fn values(count: usize, index: u64) -> Vec<f32> {
        standard_normal(&mut stream(9, Purpose::DataSample, index), count * SIZE)
    }

    /// A run with an encoder on images of 4 x 4, at its start.
    fn snapshot() -> Snapshot {
        let spec = json!({
            "seed": 2, "latent": {"size": 3, "distribution": "normal"},
            "data": {"source": "idx_files", "channels": 1, "height": 4, "width": 4},
            "generator": {"initial_weights": {"kind": "he_normal"}, "layers": [
                {"kind": "linear", "units": SIZE}, {"kind": "noise", "sd": 0.5}]},
            "discriminator": {"layers": [{"kind": "flatten"}, {"kind": "linear", "units": 1}]},
            "encoder": {"method": {"kind": "vae_gan", "layer": 0},
                "net": {"initial_weights": {"kind": "he_normal"},
                    "layers": [{"kind": "flatten"}, {"kind": "linear", "units": 6}]}},
            "objective": "non_saturating",
            "generator_optimizer": {"learning_rate": 0.001},
            "discriminator_optimizer": {"learning_rate": 0.001},
            "batch_size": 4
        });
        let spec = RunSpec::from_value(spec).expect("a valid run");
        let trainer = Trainer::new(&spec, &cpu()).expect("a valid run");
        block_on(trainer.snapshot()).expect("the processor works")
    }

    fn ground() -> Ground {
        let snapshot = snapshot();
        let encoder = Encoder::of_snapshot(&snapshot, &cpu()).expect("it has one");
        let sampler = Sampler::of_snapshot(&snapshot, &cpu()).expect("it has one");
        Ground::Latents { encoder: Box::new(encoder), sampler: Box::new(sampler) }
    }

    #[test]
    fn a_point_that_stays_is_a_reconstruction_and_one_that_moves_changes() {
        let (reals, made) = (values(40, 0), values(10, 1));
        let map = block_on(Map::of(ground(), None, &reals, &made, SIZE)).expect("a map");
        assert_eq!((map.places.len(), map.made.len(), map.classes.len()), (80, 20, 0));
        let moved = |place| block_on(map.moved(7, place)).expect("works").expect("of latents");
        let here = [map.places[14], map.places[15]];
        let (stays, same) = (moved(None), moved(Some(here)));
        assert_eq!(stays.len(), SIZE);
        for (a, b) in stays.iter().zip(&same) {
            assert!((a - b).abs() < 1e-4, "{a} for {b}");
        }
        // The generator is linear, but for its noise: twice as far is twice the change.
        let change = |by: f32| -> Vec<f32> {
            moved(Some([here[0] + by, here[1]])).iter().zip(&stays).map(|(a, b)| a - b).collect()
        };
        let (once, twice) = (change(1.0), change(2.0));
        assert!(once.iter().any(|x| x.abs() > 0.05), "{once:?}");
        for (once, twice) in once.iter().zip(&twice) {
            assert!((2.0 * once - twice).abs() < 1e-3, "{once} and {twice}");
        }
        assert!(block_on(map.moved(40, None)).expect("works").is_none(), "there are 40");
    }

    #[test]
    fn pixels_have_a_map_that_cannot_be_walked_on() {
        // The reals lie along one line of pixels.
        let line = |i: usize| (0..SIZE).map(move |at| if at == 3 { i as f32 } else { 0.0 });
        let reals: Vec<f32> = (0..20).flat_map(line).collect();
        let map = block_on(Map::of(Ground::Pixels, None, &reals, &[], SIZE)).expect("a map");
        assert!(map.shares()[0] > 0.999, "{:?}", map.shares());
        let xs: Vec<f32> = map.places.chunks_exact(2).map(|place| place[0]).collect();
        assert!(xs.windows(2).all(|pair| (pair[1] - pair[0] - 1.0).abs() < 1e-4), "{xs:?}");
        assert!(block_on(map.moved(0, None)).expect("works").is_none());
        let none = block_on(Map::of(Ground::Features, None, &reals, &[], SIZE));
        assert!(none.is_err(), "no classifier");
        assert!(block_on(Map::of(Ground::Pixels, None, &[], &[], SIZE)).is_err(), "no reals");
    }
}
