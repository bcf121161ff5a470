//! Layers that draw random numbers.

use gan_random::{RandomNumbers, RngExt, standard_normal};

use crate::batch::{Batch, each};
use crate::net::Mode;
use crate::ops::tensor::Tensor;

/// Zeros and `1 / (1 - rate)`, one for each number of `input`; `None` where nothing is dropped.
pub(super) fn dropout_mask(input: &Batch, rate: f32, mode: &mut Mode<'_>) -> Option<Batch> {
    match mode {
        Mode::Training { randomness, .. } if rate > 0.0 => {
            let kept = 1.0 / (1.0 - rate);
            let draw = |randomness: &mut RandomNumbers, count: usize| -> Vec<f32> {
                let mask = |_| if randomness.random::<f32>() < rate { 0.0 } else { kept };
                (0..count).map(mask).collect()
            };
            Some(each!(input, x => drawn_like(x, randomness, draw)))
        }
        _ => None,
    }
}

/// `input` with noise of N(0, sd²) added to each number, if the pass draws noise.
pub(super) fn with_noise(input: Batch, sd: f32, mode: &mut Mode<'_>) -> Batch {
    let randomness = match mode {
        Mode::Training { randomness, .. } => randomness,
        Mode::Sampling { noise: Some(randomness) } => randomness,
        Mode::Sampling { noise: None } => return input,
    };
    if sd == 0.0 {
        return input;
    }
    let noise = each!(&input, x => drawn_like(x, randomness, standard_normal).mul_scalar(sd));
    input.plus(noise)
}

fn drawn_like<const D: usize>(
    x: &Tensor<D>,
    randomness: &mut RandomNumbers,
    draw: impl Fn(&mut RandomNumbers, usize) -> Vec<f32>,
) -> Tensor<D> {
    let dimensions = x.dims();
    let values = draw(randomness, dimensions.iter().product());
    Tensor::from_values(values, dimensions, &x.device())
}
