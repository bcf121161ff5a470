//! What happens to samples before the discriminator sees them: differentiable augmentation, noise,
//! packing. Reals and fakes are treated alike; gradients pass through.

use burn::tensor::{Device, Tensor, TensorData};
use gan_protocol::{DiffAugmentSpec, RunSpec, Shape};
use gan_random::{Generator, Purpose, RngExt, standard_normal, stream, uniform_symmetric};

use crate::activations::{Activations, each};

/// `samples` as the discriminator sees them in generator step `step`. Random numbers come from
/// streams number `occasion`, one for each batch that is judged.
pub(crate) fn presented(
    spec: &RunSpec,
    samples: Activations,
    step: u64,
    occasion: u64,
) -> Activations {
    let mut samples = samples;
    if let Some(augment) = spec.diff_augment {
        let mut generator = stream(spec.seed, Purpose::DiffAugment, occasion);
        samples = Activations::Image(augmented(augment, samples.image(), &mut generator));
    }
    let sd = spec.instance_noise.map_or(0.0, |noise| noise.sd_at(step));
    if sd > 0.0 {
        let mut generator = stream(spec.seed, Purpose::InstanceNoise, occasion);
        samples = each!(samples, x => {
            let dimensions = x.dims();
            let noise = standard_normal(&mut generator, dimensions.iter().product());
            let noise = TensorData::new(noise, dimensions);
            let noise: Tensor<_> = Tensor::from_data(noise, &x.device().inner());
            x + noise.mul_scalar(sd)
        });
    }
    if spec.packing == 1 { samples } else { packed(samples, spec.packing) }
}

/// `count` neighbours of the batch side by side: numbers after numbers, channels after channels.
fn packed(samples: Activations, count: usize) -> Activations {
    let shape = match samples.shape() {
        Shape::Flat { size } => Shape::flat(size * count),
        Shape::Image { channels, height, width } => Shape::image(channels * count, height, width),
    };
    let packs = samples.batch() / count;
    let rows = samples.flat();
    let size = rows.dims()[1];
    Activations::Flat(rows.reshape([packs, size * count])).shaped(shape)
}

/// Brightness, translation and cut-out, in the order of the paper's code.
fn augmented(spec: DiffAugmentSpec, images: Tensor<4>, generator: &mut Generator) -> Tensor<4> {
    let [batch, channels, height, width] = images.dims();
    let device = images.device().inner();
    let mut images = images;
    if spec.brightness > 0.0 {
        let shift = uniform_symmetric(generator, batch);
        let shift: Tensor<4> = Tensor::from_data(TensorData::new(shift, [batch, 1, 1, 1]), &device);
        images = images + shift.mul_scalar(spec.brightness);
    }
    if spec.translation > 0.0 {
        let rows = shifts(generator, batch, height, spec.translation);
        let columns = shifts(generator, batch, width, spec.translation);
        let down = shift_matrices(&rows, height, channels, &device);
        let right = shift_matrices(&columns, width, channels, &device);
        images = down.matmul(images).matmul(right.swap_dims(2, 3));
    }
    if spec.cutout > 0.0 {
        let mask = cutout_mask(generator, [batch, height, width], spec.cutout);
        let mask: Tensor<4> =
            Tensor::from_data(TensorData::new(mask, [batch, 1, height, width]), &device);
        images = images * mask;
    }
    images
}

/// A whole number of pixels for each sample, uniform up to `share` of `side` both ways.
fn shifts(generator: &mut Generator, batch: usize, side: usize, share: f32) -> Vec<i32> {
    let most = (side as f32 * share + 0.5) as i32;
    (0..batch).map(|_| generator.random_range(-most..=most)).collect()
}

/// For each sample a matrix that moves rows down by its shift; what comes in is zero. A product
/// with a matrix is differentiable and one launch, however many samples there are.
fn shift_matrices(shifts: &[i32], side: usize, channels: usize, device: &Device) -> Tensor<4> {
    let mut values = vec![0.0_f32; shifts.len() * side * side];
    for (matrix, shift) in values.chunks_exact_mut(side * side).zip(shifts) {
        for to in 0..side {
            let from = to as i32 - shift;
            if let Some(from) = usize::try_from(from).ok().filter(|from| *from < side) {
                matrix[to * side + from] = 1.0;
            }
        }
    }
    let matrices: Tensor<4> =
        Tensor::from_data(TensorData::new(values, [shifts.len(), 1, side, side]), device);
    matrices.expand([shifts.len(), channels, side, side])
}

/// Ones, and zeros in a rectangle of `share` of the sides around a random centre, cut off at the
/// edges.
fn cutout_mask(
    generator: &mut Generator,
    [batch, height, width]: [usize; 3],
    share: f32,
) -> Vec<f32> {
    let mut mask = vec![1.0_f32; batch * height * width];
    let cut = |side: usize| (side as f32 * share + 0.5) as i64;
    for image in mask.chunks_exact_mut(height * width) {
        let mut span = |side: usize| {
            let length = cut(side);
            let centre = generator.random_range(0..(side as i64 + 1 - length % 2));
            let begin = (centre - length / 2).max(0);
            let end = (centre - length / 2 + length).min(side as i64);
            begin as usize..end.max(0) as usize
        };
        let (rows, columns) = (span(height), span(width));
        for row in rows {
            image[row * width..][columns.clone()].fill(0.0);
        }
    }
    mask
}
