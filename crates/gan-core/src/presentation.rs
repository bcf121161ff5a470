//! The treatment of samples before the discriminator sees them: differentiable augmentation, noise,
//! packing. It is the same for reals and fakes. Gradients pass through.

use gan_protocol::RunSpec;
use gan_random::{Purpose, standard_normal, stream};

use crate::augmentation::augmented;
use crate::batch::{Batch, each};
use crate::ops::tensor::Tensor;
use crate::packing::packed;

/// `samples` as the discriminator sees them in generator step `step`. Random numbers come from the
/// streams number `occasion`, a different one for each batch.
pub(crate) fn presented(spec: &RunSpec, samples: Batch, step: u64, occasion: u64) -> Batch {
    let mut samples = samples;
    if let Some(augment) = spec.diff_augment {
        let mut generator = stream(spec.seed, Purpose::DiffAugment, occasion);
        samples = Batch::Image(augmented(augment, samples.image(), &mut generator));
    }
    let sd = spec.instance_noise.map_or(0.0, |noise| noise.sd_at(step));
    if sd > 0.0 {
        let mut generator = stream(spec.seed, Purpose::InstanceNoise, occasion);
        samples = each!(samples, x => {
            let dimensions = x.dims();
            let noise = standard_normal(&mut generator, dimensions.iter().product());
            let noise = Tensor::from_values(noise, dimensions, &x.device());
            x + noise.mul_scalar(sd)
        });
    }
    packed(samples, spec.packing)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn images(values: Vec<f32>, dimensions: [usize; 4]) -> Tensor<4> {
        Tensor::from_values(values, dimensions, &crate::reference_tests::device())
    }

    fn read(images: Tensor<4>) -> Vec<f32> {
        images.burn().into_data().try_into_vec().expect("f32")
    }

    #[test]
    fn instance_noise_has_the_spread_of_its_step() {
        let mut spec = gan_protocol::presets().remove(0).spec;
        spec.instance_noise = Some(gan_protocol::InstanceNoiseSpec { sd: 0.4, decay_steps: 100 });
        let dimensions = [10, 1, 28, 28];
        for (step, expected) in [(0, 0.4), (75, 0.1), (100, 0.0)] {
            let grey = Batch::Image(images(vec![0.5; 7_840], dimensions));
            let found = read(presented(&spec, grey, step, step).image());
            let squares: f32 = found.iter().map(|x| (x - 0.5).powi(2)).sum();
            let sd = (squares / 7_840.0).sqrt();
            assert!((sd - expected).abs() < 0.05 * expected + 1e-6, "{sd} for {expected}");
        }
    }
}
