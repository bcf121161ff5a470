//! Directions that nobody named: those to which the generator's first weights, or a layer's activations,
//! react most.

use gan_core::{Inputs, Sampler};
use gan_eval::Samples;
use gan_eval::directions::{Directions, factorised, principal};
use gan_protocol::{DirectionSpec, LayerSpec};
use gan_random::Purpose;

use crate::editing::Edited;
use crate::observed::{LatentError, Observed, latents, short};

/// How far such a direction leads, in units of a latent: three standard deviations of N(0, 1).
const RANGE: f32 = 3.0;

/// The `count` directions to which the first weights react most (SeFa), and the share of each.
/// Waits for the device.
///
/// # Errors
/// If the latent does not reach a linear map or a transposed convolution first, or the device fails.
pub async fn by_weights(
    sampler: &Sampler,
    count: usize,
) -> Result<Vec<(DirectionSpec, f64)>, LatentError> {
    let Some((weights, columns)) = sampler.first_weights().await? else {
        let message = "the latent does not reach a linear map or a transposed convolution first";
        return Err(LatentError::Unfit(message.to_owned()));
    };
    Ok(named(factorised(&Samples::new(&weights, columns)?, count)?))
}

/// The `count` directions along which the outputs of layer number `layer` vary most (GANSpace), of
/// `samples` latents drawn by `seed`, and the share of each. Waits for the device.
///
/// # Errors
/// If there is no such layer, the generator is given pictures or no latents, or the device fails.
pub async fn by_activations(
    sampler: &Sampler,
    layer: usize,
    count: usize,
    samples: usize,
    seed: u64,
) -> Result<Vec<(DirectionSpec, f64)>, LatentError> {
    let header = sampler.header();
    let size = header.latent.size;
    if size == 0 {
        return Err(LatentError::Unfit("the generator is given no latents".to_owned()));
    }
    let inputs = Inputs::drawn(header, Purpose::FreshLatents, seed, samples);
    let activations = sampler.activations(&inputs, layer).await?;
    let latents = latents(header, &inputs);
    let columns = activations.len() / samples.max(1);
    let found =
        principal(&Samples::new(&latents, size)?, &Samples::new(&activations, columns)?, count)?;
    Ok(named(found))
}

/// The number of a generator's first layer whose outputs are activations.
pub fn first_activation(sampler: &Sampler) -> Option<usize> {
    let layers = &sampler.header().generator.layers;
    layers.iter().position(|layer| matches!(layer, LayerSpec::Activation { .. }))
}

impl Observed {
    /// The sample of one input moved by `amounts` along `directions`, in units of a latent. Waits for the device.
    ///
    /// # Errors
    /// As [`Observed::looked_at`]; if a direction is not as long as a latent.
    pub async fn moved(
        &mut self,
        inputs: &Inputs,
        directions: &[DirectionSpec],
        amounts: &[f64],
    ) -> Result<Edited, LatentError> {
        let size = self.sampler().header().latent.size;
        if directions.iter().any(|direction| direction.vector.len() != size) {
            let message = format!("a direction has {size} numbers, as a latent has");
            return Err(LatentError::Unfit(message));
        }
        let moved = self.changed(inputs, |at| {
            let along = directions.iter().zip(amounts);
            along.map(|(direction, amount)| *amount as f32 * direction.vector[at]).sum()
        });
        self.looked_at(&moved).await
    }
}

/// Directions by their numbers, from 1 on.
fn named(found: Directions) -> Vec<(DirectionSpec, f64)> {
    let rows = found.vectors.into_iter().zip(found.shares).enumerate();
    rows.map(|(at, (vector, share))| {
        let vector = short(&vector);
        (DirectionSpec { name: (at + 1).to_string(), vector, range: RANGE }, share)
    })
    .collect()
}
