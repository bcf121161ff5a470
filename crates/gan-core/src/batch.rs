//! A batch of vectors or images on a device: the input, the intermediate results and the output of
//! a net.

use burn::tensor::Device;
use gan_protocol::Shape;

use crate::ops::tensor::Tensor;

/// Samples, or a layer's output for them, on a device.
#[derive(Clone, Debug)]
pub enum Batch {
    /// `[batch, size]`
    Flat(Tensor<2>),
    /// `[batch, channels, height, width]`
    Image(Tensor<4>),
}

/// Applies the same expression to either form, giving the same form.
macro_rules! each {
    ($batch:expr, $x:ident => $body:expr) => {
        match $batch {
            $crate::Batch::Flat($x) => $crate::Batch::Flat($body),
            $crate::Batch::Image($x) => $crate::Batch::Image($body),
        }
    };
}
/// Applies the same expression to two batches of the same form.
macro_rules! both {
    ($first:expr, $second:expr, $x:ident, $y:ident => $body:expr) => {
        match ($first, $second) {
            ($crate::Batch::Flat($x), $crate::Batch::Flat($y)) => $crate::Batch::Flat($body),
            ($crate::Batch::Image($x), $crate::Batch::Image($y)) => $crate::Batch::Image($body),
            _ => unreachable!(
                "the plan of a net fixes which layers give vectors and which give images"
            ),
        }
    };
}
pub(crate) use {both, each};

impl Batch {
    /// `values`, sample after sample, as samples of `shape` on `device`.
    ///
    /// # Panics
    /// If the count of values is no multiple of a sample's size.
    pub fn from_values(values: Vec<f32>, shape: Shape, device: &Device) -> Self {
        match shape {
            Shape::Flat { size } => {
                let count = values.len() / size;
                Self::Flat(Tensor::from_values(values, [count, size], device))
            }
            Shape::Image { channels, height, width } => {
                let count = values.len() / (channels * height * width);
                let dimensions = [count, channels, height, width];
                Self::Image(Tensor::from_values(values, dimensions, device))
            }
        }
    }

    /// As `[batch, size]`; an image is read channels first.
    pub fn flat(self) -> Tensor<2> {
        match self {
            Self::Flat(x) => x,
            Self::Image(x) => {
                let [batch, channels, height, width] = x.dims();
                x.reshape([batch, channels * height * width])
            }
        }
    }

    /// As samples of `shape`, which must have as many numbers a sample.
    pub(crate) fn shaped(self, shape: Shape) -> Self {
        let x = self.flat();
        match shape {
            Shape::Flat { .. } => Self::Flat(x),
            Shape::Image { channels, height, width } => {
                let batch = x.dims()[0];
                Self::Image(x.reshape([batch, channels, height, width]))
            }
        }
    }

    /// As an image. The plan of a net has a reshape wherever a vector becomes an image.
    pub(crate) fn image(self) -> Tensor<4> {
        match self {
            Self::Image(x) => x,
            Self::Flat(_) => unreachable!("validation refuses a vector where an image is needed"),
        }
    }

    /// Count of samples.
    pub fn count(&self) -> usize {
        match self {
            Self::Flat(x) => x.dims()[0],
            Self::Image(x) => x.dims()[0],
        }
    }

    /// The shape of one sample.
    pub(crate) fn shape(&self) -> Shape {
        match self {
            Self::Flat(x) => Shape::flat(x.dims()[1]),
            Self::Image(x) => {
                let [_, channels, height, width] = x.dims();
                Shape::image(channels, height, width)
            }
        }
    }

    /// The same batch, detached from any graph.
    pub(crate) fn inner(self) -> Self {
        each!(self, x => x.inner())
    }

    /// One batch after the other.
    pub(crate) fn joined(self, other: Self) -> Self {
        both!(self, other, x, y => Tensor::cat(vec![x, y], 0))
    }

    /// Sum of two batches of the same shape.
    pub(crate) fn plus(self, other: Self) -> Self {
        both!(self, other, x, y => x + y)
    }

    /// Element-wise product of two batches of the same shape.
    pub(crate) fn times(self, other: Self) -> Self {
        both!(self, other, x, y => x * y)
    }
}
