//! Resampling on Burn's CubeCL backend: one launch for each direction.
//!
//! The gradient gathers instead of scattering, so that units need not wait for each other. Each
//! unit looks for the output pixels that were read from its pixel, in the region given by the
//! inverse of the map.

use burn::backend::Cube;
use burn::backend::tensor::FloatTensor;
use burn_cubecl::kernel::into_contiguous;
use burn_cubecl::ops::numeric::empty_device_contiguous_dtype;
use burn_cubecl::tensor::CubeTensor;
use cubecl::calculate_cube_count_elemwise;
use cubecl::prelude::*;
use cubecl::terminate;

use super::AffineSampling;

type Floats = FloatTensor<Cube>;

/// Launches `kernel` with one unit for every number of the images.
macro_rules! launched {
    ($kernel:ident, $images:expr, $maps:expr) => {{
        let (images, maps) = (into_contiguous($images), into_contiguous($maps));
        let [_, channels, rows, columns] = images.meta.shape().dims();
        let output = empty_like(&images);
        let client = images.client.clone();
        let numbers = images.meta.num_elements();
        let dim = CubeDim::new(&client, numbers);
        // SAFETY: units beyond the output stop, and only pixels of the images are read.
        unsafe {
            $kernel::launch_unchecked(
                &client,
                calculate_cube_count_elemwise(&client, numbers, dim),
                dim,
                images.into_buffer_arg(),
                maps.into_buffer_arg(),
                output.clone().into_buffer_arg(),
                numbers,
                channels,
                rows,
                columns,
            );
        }
        output
    }};
}

impl AffineSampling for Cube {
    fn affine_sampled(images: Floats, maps: Floats) -> Floats {
        launched!(read_along, images, maps)
    }

    fn affine_sampled_gradient(gradient: Floats, maps: Floats) -> Floats {
        launched!(read_back, gradient, maps)
    }
}

fn empty_like(tensor: &CubeTensor) -> CubeTensor {
    let (client, device) = (tensor.client.clone(), tensor.device.clone());
    empty_device_contiguous_dtype(client, device, tensor.meta.shape().clone(), tensor.dtype)
}

/// The bilinear weight of the pixel at `pixel` for a read at `place`, along one side.
#[cube]
fn share(place: f32, pixel: f32) -> f32 {
    f32::max(1.0 - f32::abs(place - pixel), 0.0)
}

/// Each unit computes one output pixel of a channel, from the four input pixels around its place.
#[cube(launch_unchecked)]
fn read_along(
    images: &[f32],
    maps: &[f32],
    output: &mut [f32],
    numbers: usize,
    channels: usize,
    rows: usize,
    columns: usize,
) {
    if ABSOLUTE_POS >= numbers {
        terminate!();
    }
    let plane = ABSOLUTE_POS / (rows * columns);
    let map = plane / channels * 6;
    let middle_column = 0.5f32 * (f32::cast_from(columns) - 1.0);
    let middle_row = 0.5f32 * (f32::cast_from(rows) - 1.0);
    let x = f32::cast_from(ABSOLUTE_POS % columns) - middle_column;
    let y = f32::cast_from(ABSOLUTE_POS / columns % rows) - middle_row;
    let column = maps[map] * x + maps[map + 1] * y + maps[map + 2] + middle_column;
    let row = maps[map + 3] * x + maps[map + 4] * y + maps[map + 5] + middle_row;
    // The clamp changes no result: a place a whole pixel outside reads zero, like all places
    // farther out.
    let column = clamp(column, -1.0f32, f32::cast_from(columns));
    let row = clamp(row, -1.0f32, f32::cast_from(rows));
    // Rows and columns count from one pixel before the first, so that no number is negative.
    let first_column = usize::cast_from(f32::floor(column) + 1.0);
    let first_row = usize::cast_from(f32::floor(row) + 1.0);
    let mut sum = 0.0f32;
    #[unroll]
    for below in 0..2 {
        let at_row = first_row + below;
        let row_share = share(row, f32::cast_from(at_row) - 1.0);
        #[unroll]
        for beside in 0..2 {
            let at_column = first_column + beside;
            if at_row >= 1 && at_row <= rows && at_column >= 1 && at_column <= columns {
                let weight = row_share * share(column, f32::cast_from(at_column) - 1.0);
                sum += weight * images[(plane * rows + at_row - 1) * columns + at_column - 1];
            }
        }
    }
    output[ABSOLUTE_POS] = sum;
}

/// Each unit computes the gradient of one pixel of a channel, from those of all output pixels that
/// were read from it.
#[cube(launch_unchecked)]
fn read_back(
    gradient: &[f32],
    maps: &[f32],
    output: &mut [f32],
    numbers: usize,
    channels: usize,
    rows: usize,
    columns: usize,
) {
    if ABSOLUTE_POS >= numbers {
        terminate!();
    }
    let plane = ABSOLUTE_POS / (rows * columns);
    let map = plane / channels * 6;
    let (a, b, c) = (maps[map], maps[map + 1], maps[map + 2]);
    let (d, e, f) = (maps[map + 3], maps[map + 4], maps[map + 5]);
    let last_column = f32::cast_from(columns) - 1.0;
    let last_row = f32::cast_from(rows) - 1.0;
    let x = f32::cast_from(ABSOLUTE_POS % columns) - 0.5 * last_column;
    let y = f32::cast_from(ABSOLUTE_POS / columns % rows) - 0.5 * last_row;
    // Output pixels read from within one pixel of this one lie in a parallelogram: here are its
    // middle and its reach along each side, with a small margin for rounding.
    let area = a * e - b * d;
    let column = (e * (x - c) - b * (y - f)) / area + 0.5 * last_column;
    let row = (a * (y - f) - d * (x - c)) / area + 0.5 * last_row;
    let reach_columns = (f32::abs(e) + f32::abs(b)) / f32::abs(area) + 0.01;
    let reach_rows = (f32::abs(d) + f32::abs(a)) / f32::abs(area) + 0.01;
    let first_column =
        usize::cast_from(clamp(f32::ceil(column - reach_columns), 0.0f32, last_column + 1.0));
    let end_column = usize::cast_from(clamp(
        f32::floor(column + reach_columns) + 1.0,
        0.0f32,
        last_column + 1.0,
    ));
    let first_row = usize::cast_from(clamp(f32::ceil(row - reach_rows), 0.0f32, last_row + 1.0));
    let end_row =
        usize::cast_from(clamp(f32::floor(row + reach_rows) + 1.0, 0.0f32, last_row + 1.0));
    let mut sum = 0.0f32;
    for at_row in first_row..end_row {
        let v = f32::cast_from(at_row) - 0.5 * last_row;
        for at_column in first_column..end_column {
            let u = f32::cast_from(at_column) - 0.5 * last_column;
            let weight = share(a * u + b * v + c, x) * share(d * u + e * v + f, y);
            sum += weight * gradient[(plane * rows + at_row) * columns + at_column];
        }
    }
    output[ABSOLUTE_POS] = sum;
}
