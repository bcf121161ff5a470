//! The shapes of convolutions and transposed convolutions.

use gan_kernels::convolution::Convolution;

use super::LinearMap;

/// The convolution equal to `map`, or of which `map` is the transpose, for an input `x` and a
/// `weight` of these dimensions.
///
/// # Panics
///
/// If the map is a product, which has no images.
pub(super) fn of(map: LinearMap, x: [usize; 4], weight: [usize; 4]) -> Convolution {
    let sides = [x[2], x[3]];
    let kernel = [weight[2], weight[3]];
    match map {
        LinearMap::Convolution { stride, padding } => Convolution {
            batch: x[0],
            inputs: x[1],
            image: sides,
            outputs: weight[0],
            map: [0, 1].map(|side| (sides[side] + 2 * padding - kernel[side]) / stride + 1),
            kernel,
            stride: [stride; 2],
            padding: [padding; 2],
        },
        LinearMap::Transposed { stride, padding, output_padding } => Convolution {
            batch: x[0],
            inputs: weight[1],
            image: [0, 1].map(|side| {
                (sides[side] - 1) * stride + kernel[side] + output_padding[side] - 2 * padding
            }),
            outputs: x[1],
            map: sides,
            kernel,
            stride: [stride; 2],
            padding: [padding; 2],
        },
        LinearMap::Product => unreachable!("a product has no images"),
    }
}

/// The output dimensions of `map` with this `shape`.
#[cfg(feature = "cpu")]
pub(super) fn output(shape: &Convolution, map: LinearMap) -> [usize; 4] {
    let (channels, [rows, columns]) = match map {
        LinearMap::Transposed { .. } => (shape.inputs, shape.image),
        _ => (shape.outputs, shape.map),
    };
    [shape.batch, channels, rows, columns]
}
