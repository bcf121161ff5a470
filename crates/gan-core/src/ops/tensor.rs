//! Tensors of 32-bit floats on any of Burn's devices.
//!
//! Burn's own tensors hold numbers of any type, quantised ones too, and the code that chooses
//! between the types is linked with every operation: a third of the size of a browser module. The
//! operations here call Burn's dispatch for floats directly. Names and meanings are Burn's.

use std::ops::{Add, Div, Mul, Sub};

use burn::backend::ops::{BoolTensorOps as _, FloatTensorOps as _};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Dispatch, TensorMetadata as _, get_or_init_device_settings};
use burn::tensor::{Device, FloatDType, Shape, Slice, TensorData};

use crate::ops::linear_map::{LinearMap, mapped};

#[cfg(feature = "training")]
pub(crate) use self::training::Gradients;

/// A tensor of `D` dimensions.
#[derive(Clone, Debug)]
pub struct Tensor<const D: usize>(FloatTensor<Dispatch>);

impl<const D: usize> Tensor<D> {
    /// Burn's tensor of the same numbers.
    pub fn burn(self) -> burn::tensor::Tensor<D> {
        burn::tensor::Tensor::from_dispatch(self.0)
    }

    /// A constant from its numbers; the last dimension runs fastest.
    ///
    /// # Panics
    /// If the count of numbers does not match `dimensions`.
    pub fn from_values(values: Vec<f32>, dimensions: [usize; D], device: &Device) -> Self {
        let data = TensorData::new(values, dimensions);
        Self(Dispatch::float_from_data(data, device.as_dispatch()))
    }

    pub(crate) fn zeros(dimensions: [usize; D], device: &Device) -> Self {
        Self::from_values(vec![0.0; dimensions.iter().product()], dimensions, device)
    }

    pub(crate) fn ones(dimensions: [usize; D], device: &Device) -> Self {
        Self::from_values(vec![1.0; dimensions.iter().product()], dimensions, device)
    }

    pub(crate) fn zeros_like(&self) -> Self {
        Self::zeros(self.dims(), &self.device())
    }

    pub(crate) fn ones_like(&self) -> Self {
        Self::ones(self.dims(), &self.device())
    }

    pub(crate) fn of(primitive: FloatTensor<Dispatch>) -> Self {
        Self(primitive)
    }

    pub(crate) fn primitive(self) -> FloatTensor<Dispatch> {
        self.0
    }

    /// The length of each dimension.
    pub fn dims(&self) -> [usize; D] {
        self.0.shape().dims()
    }

    /// The tensor's device without autodiff, for constants beside it.
    pub(crate) fn device(&self) -> Device {
        let device = Device::new(self.0.device());
        #[cfg(feature = "training")]
        let device = device.inner();
        device
    }

    pub(crate) fn reshape<const E: usize>(self, dimensions: [usize; E]) -> Tensor<E> {
        Tensor(Dispatch::float_reshape(self.0, Shape::from(dimensions)))
    }

    pub(crate) fn expand(self, dimensions: [usize; D]) -> Self {
        Self(Dispatch::float_expand(self.0, Shape::from(dimensions)))
    }

    pub(crate) fn swap_dims(self, first: usize, second: usize) -> Self {
        Self(Dispatch::float_swap_dims(self.0, first, second))
    }

    pub(crate) fn narrow(self, dimension: usize, start: usize, length: usize) -> Self {
        let whole = |size: usize| Slice::from(0..size);
        let mut parts: Vec<Slice> = self.dims().map(whole).to_vec();
        parts[dimension] = Slice::from(start..start + length);
        Self(Dispatch::float_slice(self.0, &parts))
    }

    pub(crate) fn cat(tensors: Vec<Self>, dimension: usize) -> Self {
        let primitives = tensors.into_iter().map(|tensor| tensor.0).collect();
        Self(Dispatch::float_cat(primitives, dimension))
    }

    pub(crate) fn add_scalar(self, number: impl Into<f64>) -> Self {
        Self(Dispatch::float_add_scalar(self.0, number.into().into()))
    }

    pub(crate) fn sub_scalar(self, number: impl Into<f64>) -> Self {
        self.add_scalar(-number.into())
    }

    pub(crate) fn mul_scalar(self, number: impl Into<f64>) -> Self {
        Self(Dispatch::float_mul_scalar(self.0, number.into().into()))
    }

    pub(crate) fn div_scalar(self, number: impl Into<f64>) -> Self {
        Self(Dispatch::float_div_scalar(self.0, number.into().into()))
    }

    pub(crate) fn neg(self) -> Self {
        self.mul_scalar(-1.0)
    }

    pub(crate) fn square(self) -> Self {
        Self(Dispatch::float_mul(self.0.clone(), self.0))
    }

    pub(crate) fn sqrt(self) -> Self {
        Self(Dispatch::float_sqrt(self.0))
    }

    pub(crate) fn exp(self) -> Self {
        Self(Dispatch::float_exp(self.0))
    }

    pub(crate) fn log(self) -> Self {
        Self(Dispatch::float_log(self.0))
    }

    /// The error function.
    pub(crate) fn erf(self) -> Self {
        Self(Dispatch::float_erf(self.0))
    }

    pub(crate) fn clamp(self, least: f32, most: f32) -> Self {
        Self(Dispatch::float_clamp(self.0, least.into(), most.into()))
    }

    /// Ones where a number is larger than `limit`, zeros elsewhere. The result is a constant.
    pub(crate) fn ones_above(self, limit: f32) -> Self {
        let x = self.inner();
        let kind = get_or_init_device_settings::<Dispatch>(&x.0.device()).bool_dtype;
        let larger = Dispatch::float_greater_elem(x.0, limit.into(), kind);
        Self(Dispatch::bool_into_float(larger, FloatDType::F32))
    }

    /// The sum of all numbers: `[1]`.
    pub fn sum(self) -> Tensor<1> {
        Tensor(Dispatch::float_sum(self.0))
    }

    /// The mean of all numbers: `[1]`. The reshape to one dimension makes it one reduction, instead
    /// of one for each dimension.
    pub(crate) fn mean(self) -> Tensor<1> {
        let count = self.dims().iter().product();
        Tensor(Dispatch::float_mean(self.reshape([count]).0))
    }

    /// Sums along a dimension, whose length becomes 1.
    pub(crate) fn sum_dim(self, dimension: usize) -> Self {
        Self(Dispatch::float_sum_dim(self.0, dimension))
    }

    /// Means along a dimension, whose length becomes 1.
    pub(crate) fn mean_dim(self, dimension: usize) -> Self {
        Self(Dispatch::float_mean_dim(self.0, dimension))
    }
}

impl Tensor<2> {
    pub(crate) fn transpose(self) -> Self {
        self.swap_dims(0, 1)
    }

    pub(crate) fn matmul(self, other: Self) -> Self {
        mapped(self, other, None, LinearMap::Product)
    }
}

impl<const D: usize> Add for Tensor<D> {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(Dispatch::float_add(self.0, other.0))
    }
}

impl<const D: usize> Sub for Tensor<D> {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(Dispatch::float_sub(self.0, other.0))
    }
}

impl<const D: usize> Mul for Tensor<D> {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        Self(Dispatch::float_mul(self.0, other.0))
    }
}

impl<const D: usize> Div for Tensor<D> {
    type Output = Self;

    fn div(self, other: Self) -> Self {
        Self(Dispatch::float_div(self.0, other.0))
    }
}

/// Without training there are no graphs, so every tensor is a constant.
#[cfg(not(feature = "training"))]
impl<const D: usize> Tensor<D> {
    pub(crate) fn inner(self) -> Self {
        self
    }
}

#[cfg(feature = "training")]
mod training {
    pub(crate) use burn::tensor::Gradients;

    use super::Tensor;

    impl<const D: usize> Tensor<D> {
        /// The same tensor, detached from any graph.
        pub fn inner(self) -> Self {
            Self(self.burn().inner().into_dispatch())
        }

        /// A leaf of a new graph.
        pub fn leaf(self) -> Self {
            Self(self.burn().autodiff().require_grad().into_dispatch())
        }

        /// The gradients of the sum of the tensor's numbers.
        pub fn backward(&self) -> Gradients {
            self.clone().burn().backward()
        }

        /// The gradient of a leaf, as a constant; `None` if there is none.
        pub fn grad(&self, gradients: &Gradients) -> Option<Self> {
            let found = self.clone().burn().grad(gradients);
            found.map(|gradient| Self(gradient.into_dispatch()))
        }

        /// As [`Tensor::grad`], and removes the gradient from `gradients`.
        pub(crate) fn grad_remove(&self, gradients: &mut Gradients) -> Option<Self> {
            let found = self.clone().burn().grad_remove(gradients);
            found.map(|gradient| Self(gradient.into_dispatch()))
        }
    }
}
