//! Convolutions of images and their gradients without written patches: each unit computes four
//! pixels of several channels and keeps them in registers.
//!
//! Images are `[batch, channels, rows, columns]`. They are padded first, so that the innermost
//! loops need no bounds checks.

use burn::backend::Cube;
#[cfg(feature = "training")]
use burn::backend::ops::FloatTensorOps as _;
use burn::backend::tensor::FloatTensor;
use burn_cubecl::kernel::into_contiguous;
use burn_cubecl::tensor::CubeTensor;
use cubecl::calculate_cube_count_elemwise;
use cubecl::prelude::*;
use gan_kernels::convolution::Convolution;

#[cfg(feature = "training")]
use super::SPREAD;
use super::taps::{ShapeLaunch, padded, sums_of_taps};
#[cfg(feature = "training")]
use super::taps::{WeightShapeLaunch, weight_kernel};
use super::{SIDE, cubes, empty};

type Floats = FloatTensor<Cube>;

/// Maps of `images` by `weight`, `[outputs, inputs, rows, columns]`, plus a `bias` for each output
/// channel.
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

/// The gradient with respect to the images, from `maps`, the gradient with respect to the output.
/// This is also the transposed convolution of `maps`, plus a `bias` for each channel of the images.
///
/// Rows (and columns) of the images that lie a multiple of the stride apart use the same rows of
/// the kernel. Each such phase is a convolution with every `stride`-th row of the kernel, from the
/// last to the first.
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

/// The gradient with respect to the weight, from `images` and `maps`, the gradient with respect to
/// the output.
///
/// Parts of the batch are summed separately and then added: a small weight has too few numbers to
/// keep a graphics processor busy.
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
    // SAFETY: taps and outputs beyond the last are read as the last and not written. Images are
    // within the batch.
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

/// Images with a border of zeros.
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

/// A sum over `depth` planes of a source and over a kernel's taps, for every pixel and channel of
/// an output.
struct Plan {
    batch: usize,
    channels: usize,
    depth: usize,
    output: [usize; 2],
    kernel: [usize; 2],
    /// Source pixels from one output pixel of a phase to the next.
    stride: [usize; 2],
    /// Pixels whose rows (or columns) differ by a multiple of these use the same taps.
    phases: [usize; 2],
    /// Rows and columns cut off before the output's first ones.
    begin: [usize; 2],
    /// Whether the kernel is applied from its end.
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
        // SAFETY: pixels and channels beyond the last are read as the last and not written. The
        // source is padded as far as any tap reaches.
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
