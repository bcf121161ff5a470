//! What happens to samples before the discriminator sees them: differentiable augmentation, noise,
//! packing. Reals and fakes are treated alike; gradients pass through.

use burn::tensor::Device;
use gan_protocol::{DiffAugmentSpec, RunSpec, Shape};
use gan_random::{Generator, Purpose, RngExt, standard_normal, stream, uniform_symmetric};

use crate::activations::{Activations, each};
use crate::tensor::Tensor;

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
            let noise = Tensor::from_values(noise, dimensions, &x.device());
            x + noise.mul_scalar(sd)
        });
    }
    packed(samples, spec.packing)
}

/// `count` neighbours of the batch side by side: numbers after numbers, channels after channels.
pub(crate) fn packed(samples: Activations, count: usize) -> Activations {
    if count == 1 {
        return samples;
    }
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
    let device = images.device();
    let mut images = images;
    if spec.brightness > 0.0 {
        let shift = uniform_symmetric(generator, batch);
        let shift = Tensor::from_values(shift, [batch, 1, 1, 1], &device);
        images = images + shift.mul_scalar(spec.brightness);
    }
    if spec.translation > 0.0 {
        let rows = shifts(generator, batch, height, spec.translation);
        let columns = shifts(generator, batch, width, spec.translation);
        let down = shift_matrices(&rows, height, channels, &device);
        let right = shift_matrices(&columns, width, channels, &device);
        images = down.products(images).products(right.swap_dims(2, 3));
    }
    if spec.cutout > 0.0 {
        let mask = cutout_mask(generator, [batch, height, width], spec.cutout);
        let mask = Tensor::from_values(mask, [batch, 1, height, width], &device);
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
    let matrices = Tensor::from_values(values, [shifts.len(), 1, side, side], device);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn images(values: Vec<f32>, dimensions: [usize; 4]) -> Tensor<4> {
        Tensor::from_values(values, dimensions, &crate::reference_tests::device())
    }

    fn read(images: Tensor<4>) -> Vec<f32> {
        images.burn().into_data().try_into_vec().expect("f32")
    }

    fn counted(dimensions: [usize; 4]) -> Vec<f32> {
        (1..=dimensions.iter().product::<usize>()).map(|x| x as f32).collect()
    }

    #[test]
    fn a_shift_moves_rows_and_columns_and_fills_up_with_zeros() {
        let dimensions = [3, 2, 4, 5];
        let [batch, channels, height, width] = dimensions;
        let values = counted(dimensions);
        let (rows, columns) = ([1, -2, 0], [0, 3, -1]);
        let down = shift_matrices(&rows, height, channels, &crate::reference_tests::device());
        let right = shift_matrices(&columns, width, channels, &crate::reference_tests::device());
        let moved =
            down.products(images(values.clone(), dimensions)).products(right.swap_dims(2, 3));
        let moved = read(moved);
        let at = |image: usize, channel: usize, row: usize, column: usize| {
            ((image * channels + channel) * height + row) * width + column
        };
        for image in 0..batch {
            for (channel, row, column) in (0..channels)
                .flat_map(|c| (0..height).flat_map(move |r| (0..width).map(move |x| (c, r, x))))
            {
                let from_row = row.checked_add_signed(-rows[image] as isize);
                let from_column = column.checked_add_signed(-columns[image] as isize);
                let expected = match (from_row, from_column) {
                    (Some(r), Some(c)) if r < height && c < width => {
                        values[at(image, channel, r, c)]
                    }
                    _ => 0.0,
                };
                assert_eq!(moved[at(image, channel, row, column)], expected);
            }
        }
    }

    #[test]
    fn shifts_reach_their_limit_both_ways_and_no_further() {
        let found = shifts(&mut stream(1, Purpose::DiffAugment, 0), 500, 32, 0.125);
        assert_eq!((found.iter().min(), found.iter().max()), (Some(&-4), Some(&4)));
    }

    #[test]
    fn a_cut_out_is_one_rectangle_and_at_most_of_its_size() {
        let mut generator = stream(1, Purpose::DiffAugment, 0);
        let (height, width) = (8, 6);
        let mask = cutout_mask(&mut generator, [200, height, width], 0.5);
        let (mut whole, mut cut_off) = (0, 0);
        for image in mask.chunks_exact(height * width) {
            let blank = |row: usize, column: usize| image[row * width + column] == 0.0;
            let rows = (0..height).filter(|r| (0..width).any(|c| blank(*r, c))).count();
            let columns = (0..width).filter(|c| (0..height).any(|r| blank(r, *c))).count();
            let blanks = image.iter().filter(|x| **x == 0.0).count();
            assert_eq!(blanks, rows * columns, "a rectangle");
            assert!((2..=4).contains(&rows) && (1..=3).contains(&columns), "{rows} x {columns}");
            if (rows, columns) == (4, 3) { whole += 1 } else { cut_off += 1 }
        }
        assert!(whole > 50 && cut_off > 20, "{whole} and {cut_off}");
    }

    #[test]
    fn brightness_shifts_a_sample_as_a_whole() {
        let spec = DiffAugmentSpec { brightness: 0.5, ..DiffAugmentSpec::default() };
        let grey = images(vec![0.0; 40 * 12], [40, 3, 2, 2]);
        let found = read(augmented(spec, grey, &mut stream(1, Purpose::DiffAugment, 0)));
        let shifts: Vec<f32> = found.chunks_exact(12).map(|image| image[0]).collect();
        for (image, shift) in found.chunks_exact(12).zip(&shifts) {
            assert!(image.iter().all(|x| x == shift));
        }
        assert!(shifts.iter().all(|shift| (-0.5..0.5).contains(shift)));
        assert!(shifts.iter().any(|s| *s < -0.25) && shifts.iter().any(|s| *s > 0.25));
    }

    #[test]
    fn instance_noise_has_the_spread_of_its_step() {
        let mut spec = gan_protocol::presets().remove(0).spec;
        spec.instance_noise = Some(gan_protocol::InstanceNoiseSpec { sd: 0.4, decay_steps: 100 });
        let dimensions = [10, 1, 28, 28];
        for (step, expected) in [(0, 0.4), (75, 0.1), (100, 0.0)] {
            let grey = Activations::Image(images(vec![0.5; 7_840], dimensions));
            let found = read(presented(&spec, grey, step, step).image());
            let squares: f32 = found.iter().map(|x| (x - 0.5).powi(2)).sum();
            let sd = (squares / 7_840.0).sqrt();
            assert!((sd - expected).abs() < 0.05 * expected + 1e-6, "{sd} for {expected}");
        }
    }

    #[test]
    fn a_pack_holds_neighbours_as_channels() {
        let dimensions = [4, 1, 2, 2];
        let samples = Activations::Image(images(counted(dimensions), dimensions));
        let packs = packed(samples, 2).image();
        assert_eq!(packs.dims(), [2, 2, 2, 2]);
        assert_eq!(read(packs), counted(dimensions));
    }
}
