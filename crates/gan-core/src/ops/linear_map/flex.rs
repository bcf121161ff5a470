//! The maps on Burn's Flex backend.

use burn::backend::ops::FloatTensorOps as _;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Flex, TensorMetadata as _};
use burn::tensor::TensorData;
use gan_kernels::contraction::{Axis, Bias, Contraction, Operand};
use gan_kernels::convolution;

use super::{LinearMap, LinearMaps, shape};

type Floats = FloatTensor<Flex>;

impl LinearMaps for Flex {
    fn mapped(x: Floats, weight: Floats, map: LinearMap) -> Floats {
        computed(&x, &weight, None, map)
    }

    fn mapped_plus(x: Floats, weight: Floats, bias: Floats, map: LinearMap) -> Floats {
        let bias = bias.to_contiguous();
        computed(&x, &weight, Some(numbers(&bias)), map)
    }

    #[cfg(feature = "training")]
    fn input_gradient(x: Floats, weight: Floats, gradient: Floats, map: LinearMap) -> Floats {
        if let LinearMap::Product = map {
            return product(&Matrix::of(&gradient), &Matrix::of(&weight).turned(), None);
        }
        let (weight, gradient) = (weight.to_contiguous(), gradient.to_contiguous());
        let dimensions = x.shape().dims();
        let (gradients, weights) = (numbers(&gradient), numbers(&weight));
        let shape = shape::of(map, dimensions, weight.shape().dims());
        let found = match map {
            LinearMap::Transposed { .. } => {
                convolution::convolved(&shape, gradients, weights, None)
            }
            _ => convolution::image_gradient(&shape, gradients, weights, None),
        };
        tensor(found, dimensions)
    }

    #[cfg(feature = "training")]
    fn weight_gradient(x: Floats, weight: Floats, gradient: Floats, map: LinearMap) -> Floats {
        if let LinearMap::Product = map {
            return product(&Matrix::of(&x).turned(), &Matrix::of(&gradient), None);
        }
        let (x, gradient) = (x.to_contiguous(), gradient.to_contiguous());
        let dimensions = weight.shape().dims();
        let shape = shape::of(map, x.shape().dims(), dimensions);
        let (images, maps) = match map {
            LinearMap::Transposed { .. } => (&gradient, &x),
            _ => (&x, &gradient),
        };
        let found = convolution::weight_gradient(&shape, numbers(images), numbers(maps));
        tensor(found, dimensions)
    }

    #[cfg(feature = "training")]
    fn bias_gradient(_: Floats, _: Floats, gradient: Floats, map: LinearMap) -> Floats {
        let gradient = gradient.to_contiguous();
        let (outputs, pixels) = match map {
            LinearMap::Product => (gradient.shape()[1], 1),
            _ => (gradient.shape()[1], gradient.shape()[2] * gradient.shape()[3]),
        };
        tensor(gan_kernels::sums_by_channel(numbers(&gradient), outputs, pixels), [outputs])
    }
}

fn computed(x: &Floats, weight: &Floats, bias: Option<&[f32]>, map: LinearMap) -> Floats {
    if let LinearMap::Product = map {
        return product(&Matrix::of(x), &Matrix::of(weight), bias);
    }
    let (x, weight) = (x.to_contiguous(), weight.to_contiguous());
    let shape = shape::of(map, x.shape().dims(), weight.shape().dims());
    let (inputs, weights) = (numbers(&x), numbers(&weight));
    let found = match map {
        LinearMap::Transposed { .. } => convolution::image_gradient(&shape, inputs, weights, bias),
        _ => convolution::convolved(&shape, inputs, weights, bias),
    };
    tensor(found, shape::output(&shape, map))
}

/// A matrix in its present layout, possibly transposed or a part of another.
struct Matrix<'numbers> {
    numbers: &'numbers [f32],
    start: usize,
    rows: Axis,
    columns: Axis,
}

impl<'numbers> Matrix<'numbers> {
    fn of(tensor: &'numbers Floats) -> Self {
        let layout = tensor.layout();
        let [rows, columns] = layout.shape().dims();
        let strides = layout.strides();
        Self {
            numbers: tensor.storage(),
            start: layout.start_offset(),
            rows: Axis::line(rows, strides[0]),
            columns: Axis::line(columns, strides[1]),
        }
    }

    fn turned(self) -> Self {
        Self { rows: self.columns, columns: self.rows, ..self }
    }
}

fn product(left: &Matrix<'_>, right: &Matrix<'_>, bias: Option<&[f32]>) -> Floats {
    let [rows, columns] = [left.rows.len(), right.columns.len()];
    let mut found = vec![0.0; rows * columns];
    let contraction = Contraction {
        a: Operand::new(left.numbers, left.start, left.rows, left.columns),
        b: Operand::new(right.numbers, right.start, right.columns, right.rows),
        bias: bias.map_or(Bias::None, Bias::Columns),
        start: 0,
        rows: Axis::line(rows, columns as isize),
        columns: Axis::line(columns, 1),
    };
    contraction.run(&mut found);
    tensor(found, [rows, columns])
}

/// All numbers of a contiguous tensor.
fn numbers(tensor: &Floats) -> &[f32] {
    tensor.as_slice().expect("contiguous single precision")
}

fn tensor<const D: usize>(numbers: Vec<f32>, dimensions: [usize; D]) -> Floats {
    Flex::float_from_data(TensorData::new(numbers, dimensions), &Default::default())
}
