//! Differentiable augmentation of the images that the discriminator is about to see. Gradients pass
//! through.

use gan_protocol::DiffAugmentSpec;
use gan_random::{RandomNumbers, RngExt, uniform_symmetric};

use crate::ops::affine_sampling::affine_sampled;
use crate::ops::tensor::Tensor;

/// The value of pixels that a change of geometry leaves uncovered: black.
const BACKGROUND: f32 = -1.0;

/// Brightness, geometry, translation and cut-out. All but geometry follow DiffAugment's code (Zhao
/// et al. 2020) in their order and in the value zero for pixels that come in or are cut out.
pub(crate) fn augmented(
    spec: DiffAugmentSpec,
    images: Tensor<4>,
    randomness: &mut RandomNumbers,
) -> Tensor<4> {
    let [batch, _, height, width] = images.dims();
    let device = images.device();
    let mut images = images;
    if spec.brightness > 0.0 {
        let shift = uniform_symmetric(randomness, batch);
        let shift = Tensor::from_values(shift, [batch, 1, 1, 1], &device);
        images = images + shift.mul_scalar(spec.brightness);
    }
    if spec.changes_geometry() {
        let maps = geometries(spec, randomness, batch);
        images = affine_sampled(images.sub_scalar(BACKGROUND), maps).add_scalar(BACKGROUND);
    }
    if spec.translation > 0.0 {
        let rows = shifts(randomness, batch, height, spec.translation);
        let columns = shifts(randomness, batch, width, spec.translation);
        images = affine_sampled(images, shift_maps(&rows, &columns));
    }
    if spec.cutout > 0.0 {
        let mask = cutout_mask(randomness, [batch, height, width], spec.cutout);
        let mask = Tensor::from_values(mask, [batch, 1, height, width], &device);
        images = images * mask;
    }
    images
}

/// One affine map for each image, from a place in the result to the place where the image is read.
/// The maps shear, rotate and scale around the middle.
fn geometries(spec: DiffAugmentSpec, randomness: &mut RandomNumbers, batch: usize) -> Vec<f32> {
    let most = [spec.rotation_degrees.to_radians(), spec.scale.ln(), spec.shear];
    let map = |drawn: &[f32]| {
        let (sine, cosine) = (most[0] * drawn[0]).sin_cos();
        let shrink = (-most[1] * drawn[1]).exp();
        let [cosine, sine, shear] = [shrink * cosine, shrink * sine, most[2] * drawn[2]];
        [cosine, cosine * shear - sine, 0.0, sine, sine * shear + cosine, 0.0]
    };
    uniform_symmetric(randomness, 3 * batch).chunks_exact(3).flat_map(map).collect()
}

/// Whole numbers of pixels, one for each sample, uniform up to `share` of `side` both ways.
fn shifts(randomness: &mut RandomNumbers, batch: usize, side: usize, share: f32) -> Vec<i32> {
    let most = (side as f32 * share + 0.5) as i32;
    (0..batch).map(|_| randomness.random_range(-most..=most)).collect()
}

/// One affine map for each image, from a place in the result to the place where the image is read.
/// The maps move images down and to the right.
fn shift_maps(down: &[i32], right: &[i32]) -> Vec<f32> {
    let maps = down.iter().zip(right);
    maps.flat_map(|(down, right)| [1.0, 0.0, -*right as f32, 0.0, 1.0, -*down as f32]).collect()
}

/// Ones, with zeros in a rectangle of `share` of the sides around a random centre, cut off at the
/// edges.
fn cutout_mask(
    randomness: &mut RandomNumbers,
    [batch, height, width]: [usize; 3],
    share: f32,
) -> Vec<f32> {
    let mut mask = vec![1.0_f32; batch * height * width];
    let cut = |side: usize| (side as f32 * share + 0.5) as i64;
    for image in mask.chunks_exact_mut(height * width) {
        let mut span = |side: usize| {
            let length = cut(side);
            let centre = randomness.random_range(0..(side as i64 + 1 - length % 2));
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
    use gan_random::{Purpose, stream};

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
        let moved = affine_sampled(images(values.clone(), dimensions), shift_maps(&rows, &columns));
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
        let mut randomness = stream(1, Purpose::DiffAugment, 0);
        let (height, width) = (8, 6);
        let mask = cutout_mask(&mut randomness, [200, height, width], 0.5);
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

    /// The lengths of the two sides of the mapped unit square, and its area.
    fn sizes(map: &[f32]) -> [f32; 3] {
        let [a, b, _, d, e, _] = *map else { panic!("six numbers") };
        [a.hypot(d), b.hypot(e), a * e - b * d]
    }

    #[test]
    fn geometries_reach_their_limits_both_ways_and_no_further() {
        let spec = |rotation_degrees, scale, shear| DiffAugmentSpec {
            rotation_degrees,
            scale,
            shear,
            ..DiffAugmentSpec::default()
        };
        let drawn = |spec| geometries(spec, &mut stream(1, Purpose::DiffAugment, 0), 400);
        let bounds = |numbers: Vec<f32>| {
            let least = numbers.iter().copied().fold(f32::INFINITY, f32::min);
            [least, numbers.iter().copied().fold(f32::NEG_INFINITY, f32::max)]
        };
        let close = |found: [f32; 2], limits: [f32; 2]| {
            let width = limits[1] - limits[0];
            assert!(
                limits[0] - 1e-5 <= found[0] && found[0] < limits[0] + 0.03 * width,
                "{found:?}"
            );
            assert!(
                limits[1] + 1e-5 >= found[1] && found[1] > limits[1] - 0.03 * width,
                "{found:?}"
            );
        };
        let turned = drawn(spec(30.0, 1.0, 0.0));
        let angles = turned.chunks_exact(6).map(|map| map[3].atan2(map[0]).to_degrees());
        close(bounds(angles.collect()), [-30.0, 30.0]);
        let scaled = drawn(spec(0.0, 1.5, 0.0));
        close(
            bounds(scaled.chunks_exact(6).map(|map| map[0].ln()).collect()),
            [-0.405_465, 0.405_465],
        );
        for map in turned.chunks_exact(6) {
            assert!(
                sizes(map).iter().all(|size| (size - 1.0).abs() < 1e-5),
                "only turned: {map:?}"
            );
        }
        for map in scaled.chunks_exact(6) {
            assert_eq!(map, [map[0], 0.0, 0.0, 0.0, map[0], 0.0], "only of another size");
        }
        let sheared = drawn(spec(0.0, 1.0, 0.4));
        close(bounds(sheared.chunks_exact(6).map(|map| map[1]).collect()), [-0.4, 0.4]);
        for map in sheared.chunks_exact(6) {
            assert_eq!(map, [1.0, map[1], 0.0, 0.0, 1.0, 0.0], "only sheared");
        }
        for map in drawn(spec(180.0, 2.0, 1.0)).chunks_exact(6) {
            let area = sizes(map)[2];
            assert!((0.249..4.01).contains(&area), "an inverse: {map:?}");
        }
    }

    #[test]
    fn what_is_turned_away_is_black() {
        let spec =
            DiffAugmentSpec { scale: 2.0, rotation_degrees: 45.0, ..DiffAugmentSpec::default() };
        let white = images(vec![1.0; 50 * 64], [50, 1, 8, 8]);
        let found = read(augmented(spec, white, &mut stream(1, Purpose::DiffAugment, 0)));
        assert!(found.iter().all(|x| (-1.0..=1.0001).contains(x)));
        // The middle stays white. The first corner is black in more than a quarter of the images.
        assert!(found.chunks_exact(64).all(|image| (image[8 * 4 + 4] - 1.0).abs() < 1e-4));
        let corners = found.chunks_exact(64).filter(|image| image[0] < -0.999).count();
        assert!(corners > 12, "{corners}");
    }
}
