//! The maps on Burn's CubeCL backend, by kernels of our own.
//!
//! Small networks spend their time on launches and the processor's work before each. Here a product
//! with its bias is one launch, or two if its sums are split into parts. A convolution is one or
//! two, and the gradient of its weight up to three. No kernel needs shared memory and its barriers:
//! a unit keeps 4 x 4 numbers of the output in registers. For large products this would read the
//! same numbers too often, so those stay Burn's.

mod convolution;
mod product;
mod taps;

use burn::backend::Cube;
use burn::backend::tensor::FloatTensor;
use burn_cubecl::ops::numeric::empty_device_contiguous_dtype;
use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::*;
use gan_kernels::convolution::Convolution;

use self::convolution::{convolved, image_gradient};
use self::product::product;
use super::{LinearMap, LinearMaps, burns, shape};

type Floats = FloatTensor<Cube>;

/// Rows and columns of the output per unit.
const SIDE: usize = 4;
/// Units per cube.
const UNITS: u32 = 64;
/// From this count of multiplications on, a product uses Burn's kernels, which read each number
/// less often.
const LARGE: usize = 1 << 28;
/// The largest count of pixels of a channel over the batch, or of rows or columns of a product, for
/// one launch. A dimension has at most 65,535 cubes.
const MOST: usize = 1 << 20;
/// Small results are spread over up to this many units, since a few units do not keep a graphics
/// processor busy.
const SPREAD: usize = 1 << 14;

impl LinearMaps for Cube {
    fn mapped(x: Floats, weight: Floats, map: LinearMap) -> Floats {
        computed(x, weight, None, map)
    }

    fn mapped_plus(x: Floats, weight: Floats, bias: Floats, map: LinearMap) -> Floats {
        computed(x, weight, Some(bias), map)
    }

    #[cfg(feature = "training")]
    fn input_gradient(x: Floats, weight: Floats, gradient: Floats, map: LinearMap) -> Floats {
        match Ours::of(&x, &weight, map) {
            Some(Ours::Product) => product(gradient, turned(weight), None),
            Some(Ours::Convolution(shape)) => image_gradient(&shape, gradient, weight, None),
            Some(Ours::Transposed(shape)) => convolved(&shape, gradient, weight, None),
            None => burns::input_gradient::<Self>(x, weight, gradient, map),
        }
    }

    #[cfg(feature = "training")]
    fn weight_gradient(x: Floats, weight: Floats, gradient: Floats, map: LinearMap) -> Floats {
        match Ours::of(&x, &weight, map) {
            Some(Ours::Product) => product(turned(x), gradient, None),
            Some(Ours::Convolution(shape)) => convolution::weight_gradient(&shape, x, gradient),
            Some(Ours::Transposed(shape)) => convolution::weight_gradient(&shape, gradient, x),
            None => burns::weight_gradient::<Self>(x, weight, gradient, map),
        }
    }
}

fn computed(x: Floats, weight: Floats, bias: Option<Floats>, map: LinearMap) -> Floats {
    match Ours::of(&x, &weight, map) {
        Some(Ours::Product) => product(x, weight, bias),
        Some(Ours::Convolution(shape)) => convolved(&shape, x, weight, bias),
        Some(Ours::Transposed(shape)) => image_gradient(&shape, x, weight, bias),
        None => burns::mapped::<Cube>(x, weight, bias, map),
    }
}

/// A map that the kernels of this module compute.
enum Ours {
    Product,
    Convolution(Convolution),
    /// The transpose of this convolution.
    Transposed(Convolution),
}

impl Ours {
    fn of(x: &Floats, weight: &Floats, map: LinearMap) -> Option<Self> {
        if let LinearMap::Product = map {
            // Each of the three lengths is a side of this product or of one of its gradients.
            let [batch, inputs] = x.meta.shape().dims();
            let sides = [batch, inputs, weight.meta.shape()[1]];
            let size = sides.into_iter().try_fold(1_usize, |size, side| size.checked_mul(side));
            let fits = sides.into_iter().all(|side| side <= MOST);
            return (fits && size.is_some_and(|size| size < LARGE)).then_some(Self::Product);
        }
        let shape = shape::of(map, x.meta.shape().dims(), weight.meta.shape().dims());
        let pixels = [shape.image, shape.map].map(|[rows, columns]| shape.batch * rows * columns);
        let fits = pixels.into_iter().all(|pixels| pixels <= MOST);
        fits.then_some(match map {
            LinearMap::Transposed { .. } => Self::Transposed(shape),
            _ => Self::Convolution(shape),
        })
    }
}

#[cfg(feature = "training")]
fn turned(mut matrix: Floats) -> Floats {
    matrix.meta.swap(0, 1);
    matrix
}

/// A tensor with undefined numbers, to be written.
fn empty(like: &CubeTensor, dimensions: Vec<usize>) -> CubeTensor {
    let (client, device) = (like.client.clone(), like.device.clone());
    empty_device_contiguous_dtype(client, device, dimensions.into(), like.dtype)
}

/// Cubes for this many units in x, y and z.
fn cubes(across: usize, down: usize, deep: usize) -> (CubeCount, CubeDim) {
    let (across, down) = (across as u32, down as u32);
    let width = across.next_power_of_two().min(8);
    let height = UNITS / width;
    let count = CubeCount::Static(across.div_ceil(width), down.div_ceil(height), deep as u32);
    (count, CubeDim::new_2d(width, height))
}
