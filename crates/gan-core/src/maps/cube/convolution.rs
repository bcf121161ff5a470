//! Convolutions of images and their gradients, without patches that are written out: a unit makes four pixels of
//! several channels and keeps them in registers.
//!
//! Images are `[batch, channels, rows, columns]` and padded first, so that what runs most has nothing to check.

use burn::backend::Cube;
#[cfg(feature = "training")]
use burn::backend::ops::FloatTensorOps as _;
use burn::backend::tensor::FloatTensor;
use burn_cubecl::kernel::into_contiguous;
use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::*;
use cubecl::{calculate_cube_count_elemwise, terminate};
use gan_kernels::convolution::Convolution;

#[cfg(feature = "training")]
use super::SPREAD;
use super::{SIDE, cubes, empty};

type Floats = FloatTensor<Cube>;

/// Maps of `images` by `weight`, `[outputs, inputs, rows, columns]`, plus a `bias` for each output.
pub(super) fn convolved(
    shape: &Convolution,
    images: Floats,
    weight: Floats,
    bias: Option<Floats>,
) -> Floats {
    let source = Padded::of(images, shape.padding, shape.padding_after());
    let taps = shape.kernel[0] * shape.kernel[1];
    let plan = Plan {
        batch: shape.batch,
        channels: shape.outputs,
        depth: shape.inputs,
        output: shape.map,
        kernel: shape.kernel,
        stride: shape.stride,
        phases: [1, 1],
        begin: [0, 0],
        turned: false,
        weight_channel: shape.inputs * taps,
        weight_depth: taps,
    };
    plan.run(source, weight, bias)
}

/// The images whose maps' gradient is `maps`: what a transposed convolution computes, plus a `bias` for each channel
/// of the images.
///
/// Rows (and columns) that are a stride apart are reached by the same rows of the kernel: each such phase is a
/// convolution by every `stride`-th row, from the last to the first.
pub(super) fn image_gradient(
    shape: &Convolution,
    maps: Floats,
    weight: Floats,
    bias: Option<Floats>,
) -> Floats {
    let before = [0, 1].map(|side| shape.kernel[side].div_ceil(shape.stride[side]) - 1);
    let after = [0, 1].map(|side| {
        let grid = shape.image[side].div_ceil(shape.stride[side]) * shape.stride[side];
        let last = (grid - 1 + shape.padding[side]) / shape.stride[side];
        (last + 1).saturating_sub(shape.map[side])
    });
    let source = Padded::of(maps, before, after);
    let taps = shape.kernel[0] * shape.kernel[1];
    let plan = Plan {
        batch: shape.batch,
        channels: shape.inputs,
        depth: shape.outputs,
        output: shape.image,
        kernel: shape.kernel,
        stride: [1, 1],
        phases: shape.stride,
        begin: shape.padding,
        turned: true,
        weight_channel: taps,
        weight_depth: shape.inputs * taps,
    };
    plan.run(source, weight, bias)
}

/// The gradient with respect to the weight, from `images` and the `maps`' gradient.
///
/// Parts of the batch are added up apart and then together: a small weight has too few numbers to keep a graphics
/// processor busy.
#[cfg(feature = "training")]
pub(super) fn weight_gradient(shape: &Convolution, images: Floats, maps: Floats) -> Floats {
    let source = Padded::of(images, shape.padding, shape.padding_after());
    let maps = into_contiguous(maps);
    let [rows, columns] = shape.kernel;
    let line = shape.inputs * rows * columns;
    let units = [shape.outputs, line].map(|size| size.div_ceil(SIDE));
    let share = shape.batch.div_ceil((SPREAD / (units[0] * units[1])).clamp(1, shape.batch));
    let parts = shape.batch.div_ceil(share);
    let found = empty(&maps, vec![parts, shape.outputs * line]);
    let (count, dim) = cubes(units[1], units[0], parts);
    let client = found.client.clone();
    // SAFETY: lines beyond the last are read as the last and not written; images are within the batch.
    unsafe {
        weight_kernel::launch_unchecked(
            &client,
            count,
            dim,
            source.tensor.into_buffer_arg(),
            maps.into_buffer_arg(),
            found.clone().into_buffer_arg(),
            WeightShapeLaunch::new(
                shape.batch,
                share,
                shape.outputs,
                shape.inputs,
                shape.map[0],
                shape.map[1],
                source.sides[0],
                source.sides[1],
            ),
            [rows, columns],
            shape.stride,
        );
    }
    let found = if parts == 1 { found } else { Cube::float_sum_dim(found, 0) };
    Cube::float_reshape(found, [shape.outputs, shape.inputs, rows, columns].into())
}

/// Images with zeros around them.
struct Padded {
    tensor: CubeTensor,
    sides: [usize; 2],
}

impl Padded {
    fn of(images: Floats, before: [usize; 2], after: [usize; 2]) -> Self {
        let images = into_contiguous(images);
        let [batch, channels, rows, columns] = images.meta.shape().dims();
        let sides = [rows + before[0] + after[0], columns + before[1] + after[1]];
        if sides == [rows, columns] {
            return Self { tensor: images, sides };
        }
        let tensor = empty(&images, vec![batch, channels, sides[0], sides[1]]);
        let client = tensor.client.clone();
        let numbers = tensor.meta.num_elements();
        let dim = CubeDim::new(&client, numbers);
        // SAFETY: units beyond the output stop, and only numbers of the images are read.
        unsafe {
            padded::launch_unchecked(
                &client,
                calculate_cube_count_elemwise(&client, numbers, dim),
                dim,
                images.into_buffer_arg(),
                tensor.clone().into_buffer_arg(),
                numbers,
                rows,
                columns,
                before[0],
                before[1],
                sides[0],
                sides[1],
            );
        }
        Self { tensor, sides }
    }
}

/// A sum over `depth` planes of a source and over a kernel's taps, for every pixel and channel of an output.
struct Plan {
    batch: usize,
    channels: usize,
    depth: usize,
    output: [usize; 2],
    kernel: [usize; 2],
    /// From a pixel to the next of its phase, in the source.
    stride: [usize; 2],
    /// Pixels whose rows (or columns) differ by a multiple of these are made in the same way.
    phases: [usize; 2],
    /// What is cut off before the output's first row and column.
    begin: [usize; 2],
    /// Whether the kernel is gone through from its end.
    turned: bool,
    weight_channel: usize,
    weight_depth: usize,
}

impl Plan {
    fn run(&self, source: Padded, weight: Floats, bias: Option<Floats>) -> Floats {
        let weight = into_contiguous(weight);
        let [rows, columns] = self.output;
        let output = empty(&source.tensor, vec![self.batch, self.channels, rows, columns]);
        let grid = [0, 1].map(|side| self.output[side].div_ceil(self.phases[side]));
        let pixels = self.batch * grid[0] * grid[1];
        let together = if self.channels == 1 { 1 } else { SIDE };
        let (count, dim) = cubes(
            pixels.div_ceil(SIDE),
            self.channels.div_ceil(together),
            self.phases[0] * self.phases[1],
        );
        let client = output.client.clone();
        // SAFETY: pixels and channels beyond the last are read as the last and not written; the source is
        // padded as far as any tap reaches.
        unsafe {
            sums_of_taps::launch_unchecked(
                &client,
                count,
                dim,
                source.tensor.into_buffer_arg(),
                weight.into_buffer_arg(),
                bias.map(|bias| into_contiguous(bias).into_buffer_arg()).into(),
                output.clone().into_buffer_arg(),
                ShapeLaunch::new(
                    pixels,
                    self.channels,
                    self.depth,
                    rows,
                    columns,
                    grid[0],
                    grid[1],
                    source.sides[0],
                    source.sides[1],
                    self.begin[0],
                    self.begin[1],
                    self.weight_channel,
                    self.weight_depth,
                ),
                self.kernel,
                self.stride,
                self.phases,
                self.turned,
                together,
            );
        }
        output
    }
}

#[derive(CubeLaunch, CubeType)]
struct Shape {
    /// Of all images, in a phase.
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

#[cube(launch_unchecked)]
fn padded(
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

#[cube(launch_unchecked)]
fn sums_of_taps(
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
    // Units beside each other have pixels beside each other: what they read at once lies together.
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
    // The kernel's rows that reach this phase: this one and those that are whole strides below it.
    let kernel_row = (row_phase + shape.begin_row) % row_phases;
    let kernel_column = (column_phase + shape.begin_column) % column_phases;
    let plane = shape.source_rows * shape.source_columns;
    // Of the first pixel of the phase and the first of these rows, in a source that is padded for all of them.
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

    // As many rows and columns of the kernel as reach a phase at most.
    let tap_rows = comptime!(kernel_rows.div_ceil(row_phases));
    let tap_columns = comptime!(kernel_columns.div_ceil(column_phases));
    // Each plane's sum by itself: few numbers are added to a large one, so that less is lost in rounding.
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
struct WeightShape {
    batch: usize,
    /// Images that are added up together.
    share: usize,
    outputs: usize,
    inputs: usize,
    rows: usize,
    columns: usize,
    source_rows: usize,
    source_columns: usize,
}

/// A unit makes the gradients of four taps for four outputs, over a share of the batch.
#[cfg(feature = "training")]
#[cube(launch_unchecked)]
fn weight_kernel(
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

    // Each image's sum by itself, for less loss in rounding.
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
