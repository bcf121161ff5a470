//! The device's kernels for convolutions: sums over the taps of a kernel, and over the pixels of
//! maps.

use cubecl::prelude::*;
use cubecl::terminate;

use super::SIDE;

/// The shapes of a sum of taps.
#[derive(CubeLaunch, CubeType)]
pub(super) struct Shape {
    /// Pixels of all images in one phase.
    pixels: usize,
    channels: usize,
    depth: usize,
    rows: usize,
    columns: usize,
    /// Rows and columns of a phase.
    grid_rows: usize,
    grid_columns: usize,
    source_rows: usize,
    source_columns: usize,
    begin_row: usize,
    begin_column: usize,
    weight_channel: usize,
    weight_depth: usize,
}

/// Each unit computes one number of the padded images.
#[cube(launch_unchecked)]
pub(super) fn padded(
    images: &[f32],
    output: &mut [f32],
    numbers: usize,
    rows: usize,
    columns: usize,
    before_rows: usize,
    before_columns: usize,
    all_rows: usize,
    all_columns: usize,
) {
    if ABSOLUTE_POS >= numbers {
        terminate!();
    }
    let column = ABSOLUTE_POS % all_columns;
    let row = ABSOLUTE_POS / all_columns % all_rows;
    let plane = ABSOLUTE_POS / all_columns / all_rows;
    let mut value = 0.0f32;
    if row >= before_rows
        && row < before_rows + rows
        && column >= before_columns
        && column < before_columns + columns
    {
        value = images[(plane * rows + row - before_rows) * columns + column - before_columns];
    }
    output[ABSOLUTE_POS] = value;
}

/// Each unit computes four pixels of one phase, for `together` channels.
#[cube(launch_unchecked)]
pub(super) fn sums_of_taps(
    source: &[f32],
    weight: &[f32],
    bias: ComptimeOption<&[f32]>,
    output: &mut [f32],
    shape: Shape,
    #[comptime] kernel: [usize; 2],
    #[comptime] stride: [usize; 2],
    #[comptime] phases: [usize; 2],
    #[comptime] turned: bool,
    #[comptime] together: usize,
) {
    // Neighbouring units take neighbouring pixels, so that their simultaneous reads are contiguous.
    let apart = CUBE_DIM_X as usize;
    let first_pixel = CUBE_POS_X as usize * apart * SIDE + UNIT_POS_X as usize;
    let first_channel = ABSOLUTE_POS_Y as usize * together;
    if first_pixel >= shape.pixels || first_channel >= shape.channels {
        terminate!();
    }
    let kernel_rows = comptime!(kernel[0]);
    let kernel_columns = comptime!(kernel[1]);
    let row_stride = comptime!(stride[0]);
    let column_stride = comptime!(stride[1]);
    let row_phases = comptime!(phases[0]);
    let column_phases = comptime!(phases[1]);

    let phase = CUBE_POS_Z as usize;
    let row_phase = phase / column_phases;
    let column_phase = phase % column_phases;
    // The first kernel row for this phase. The others follow at distances of the stride.
    let kernel_row = (row_phase + shape.begin_row) % row_phases;
    let kernel_column = (column_phase + shape.begin_column) % column_phases;
    let plane = shape.source_rows * shape.source_columns;
    // The padded source's row and column for the phase's first pixel and the first of these kernel
    // rows and columns.
    let start_row = (row_phase + shape.begin_row - kernel_row) / row_phases
        + comptime!(if turned { kernel_rows.div_ceil(row_phases) - 1 } else { 0 });
    let start_column = (column_phase + shape.begin_column - kernel_column) / column_phases
        + comptime!(if turned { kernel_columns.div_ceil(column_phases) - 1 } else { 0 });

    let mut places = Array::<usize>::new(SIDE);
    #[unroll]
    for index in 0..SIDE {
        let pixel = clamp_max(first_pixel + index * apart, shape.pixels - 1);
        let column = pixel % shape.grid_columns;
        let row = pixel / shape.grid_columns % shape.grid_rows;
        let image = pixel / shape.grid_columns / shape.grid_rows;
        places[index] = image * shape.depth * plane
            + (row * row_stride + start_row) * shape.source_columns
            + column * column_stride
            + start_column;
    }
    let mut sums = Array::<Vector<f32, Const<SIDE>>>::new(together);
    let mut weights = Array::<usize>::new(together);
    #[unroll]
    for index in 0..together {
        let channel = clamp_max(first_channel + index, shape.channels - 1);
        weights[index] = channel * shape.weight_channel;
        let mut start = 0.0f32;
        #[comptime]
        if let ComptimeOption::Some(bias) = bias {
            start = bias[channel];
        }
        sums[index] = Vector::new(start);
    }

    // The most rows and columns of the kernel that one phase uses.
    let tap_rows = comptime!(kernel_rows.div_ceil(row_phases));
    let tap_columns = comptime!(kernel_columns.div_ceil(column_phases));
    // Each plane has a sum of its own: adding fewer small numbers to a large one loses less in
    // rounding.
    let mut parts = Array::<Vector<f32, Const<SIDE>>>::new(together);
    for depth in 0..shape.depth {
        #[unroll]
        for index in 0..together {
            parts[index] = Vector::new(0.0);
        }
        for tap_row in 0..tap_rows {
            let row = kernel_row + tap_row * row_phases;
            if comptime!(kernel_rows % row_phases == 0) || row < kernel_rows {
                #[unroll]
                for tap_column in 0..tap_columns {
                    let column = kernel_column + tap_column * column_phases;
                    if comptime!(kernel_columns % column_phases == 0) || column < kernel_columns {
                        let step = tap_row * shape.source_columns + tap_column;
                        let start = depth * plane;
                        let mut pixels = Vector::<f32, Const<SIDE>>::new(0.0);
                        #[unroll]
                        for index in 0..SIDE {
                            let place = if comptime!(turned) {
                                places[index] + start - step
                            } else {
                                places[index] + start + step
                            };
                            pixels.insert(index, source[place]);
                        }
                        let tap = depth * shape.weight_depth + row * kernel_columns + column;
                        #[unroll]
                        for index in 0..together {
                            parts[index] += Vector::new(weight[weights[index] + tap]) * pixels;
                        }
                    }
                }
            }
        }
        #[unroll]
        for index in 0..together {
            sums[index] += parts[index];
        }
    }

    #[unroll]
    for index in 0..SIDE {
        let pixel = first_pixel + index * apart;
        let column = pixel % shape.grid_columns * column_phases + column_phase;
        let row = pixel / shape.grid_columns % shape.grid_rows * row_phases + row_phase;
        let image = pixel / shape.grid_columns / shape.grid_rows;
        if pixel < shape.pixels && row < shape.rows && column < shape.columns {
            #[unroll]
            for place in 0..together {
                let channel = first_channel + place;
                if channel < shape.channels {
                    let plane = image * shape.channels + channel;
                    output[(plane * shape.rows + row) * shape.columns + column] =
                        sums[place].extract(index);
                }
            }
        }
    }
}

#[cfg(feature = "training")]
#[derive(CubeLaunch, CubeType)]
pub(super) struct WeightShape {
    batch: usize,
    /// Images per part of the batch.
    share: usize,
    outputs: usize,
    inputs: usize,
    rows: usize,
    columns: usize,
    source_rows: usize,
    source_columns: usize,
}

/// Each unit computes the gradients of four taps for four outputs, over a part of the batch.
#[cfg(feature = "training")]
#[cube(launch_unchecked)]
pub(super) fn weight_kernel(
    source: &[f32],
    maps: &[f32],
    found: &mut [f32],
    shape: WeightShape,
    #[comptime] kernel: [usize; 2],
    #[comptime] stride: [usize; 2],
) {
    let kernel_rows = comptime!(kernel[0]);
    let kernel_columns = comptime!(kernel[1]);
    let row_stride = comptime!(stride[0]);
    let column_stride = comptime!(stride[1]);
    let line = shape.inputs * kernel_rows * kernel_columns;
    let apart = CUBE_DIM_X as usize;
    let first_tap = CUBE_POS_X as usize * apart * SIDE + UNIT_POS_X as usize;
    let first_output = ABSOLUTE_POS_Y as usize * SIDE;
    if first_tap >= line || first_output >= shape.outputs {
        terminate!();
    }
    let plane = shape.source_rows * shape.source_columns;
    let map = shape.rows * shape.columns;

    let mut places = Array::<usize>::new(SIDE);
    let mut outputs = Array::<usize>::new(SIDE);
    let mut sums = Array::<Vector<f32, Const<SIDE>>>::new(SIDE);
    #[unroll]
    for index in 0..SIDE {
        let tap = clamp_max(first_tap + index * apart, line - 1);
        let column = tap % kernel_columns;
        let row = tap / kernel_columns % kernel_rows;
        let channel = tap / kernel_columns / kernel_rows;
        places[index] = channel * plane + row * shape.source_columns + column;
        outputs[index] = clamp_max(first_output + index, shape.outputs - 1) * map;
        sums[index] = Vector::new(0.0);
    }

    // Each image has a sum of its own, which loses less in rounding.
    let mut parts = Array::<Vector<f32, Const<SIDE>>>::new(SIDE);
    let part = CUBE_POS_Z as usize;
    let end = clamp_max((part + 1) * shape.share, shape.batch);
    for image in part * shape.share..end {
        #[unroll]
        for index in 0..SIDE {
            parts[index] = Vector::new(0.0);
        }
        for row in 0..shape.rows {
            let source_row = image * shape.inputs * plane + row * row_stride * shape.source_columns;
            let map_row = image * shape.outputs * map + row * shape.columns;
            for column in 0..shape.columns {
                let mut taps = Vector::<f32, Const<SIDE>>::new(0.0);
                #[unroll]
                for index in 0..SIDE {
                    let place = places[index] + source_row + column * column_stride;
                    taps.insert(index, source[place]);
                }
                #[unroll]
                for index in 0..SIDE {
                    parts[index] += Vector::new(maps[outputs[index] + map_row + column]) * taps;
                }
            }
        }
        #[unroll]
        for index in 0..SIDE {
            sums[index] += parts[index];
        }
    }

    #[unroll]
    for index in 0..SIDE {
        let output = first_output + index;
        if output < shape.outputs {
            #[unroll]
            for place in 0..SIDE {
                let tap = first_tap + place * apart;
                if tap < line {
                    found[(part * shape.outputs + output) * line + tap] =
                        sums[index].extract(place);
                }
            }
        }
    }
}
