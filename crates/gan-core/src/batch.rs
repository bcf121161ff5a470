//! A batch of vectors or images on a device: the input, the intermediate results and the output of
//! a net.

use burn::tensor::Device;
use gan_protocol::Shape;

use crate::layer::repeated;
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

    /// As samples of `shape`, which take up all numbers.
    pub(crate) fn shaped(self, shape: Shape) -> Self {
        let x = self.flat();
        let [rows, columns] = x.dims();
        let size = shape.size().expect("a batch's shape is small");
        let batch = rows * columns / size;
        match shape {
            Shape::Flat { .. } => Self::Flat(x.reshape([batch, size])),
            Shape::Image { channels, height, width } => {
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

    /// The samples from `begin` on, `count` of them.
    pub(crate) fn rows(self, begin: usize, count: usize) -> Self {
        each!(self, x => x.narrow(0, begin, count))
    }

    /// Each sample with further features: numbers behind a vector, constant channels behind an image.
    /// `features` is `[batch, count]`.
    pub(crate) fn with_features(self, features: Tensor<2>) -> Self {
        match self {
            Self::Flat(x) => Self::Flat(Tensor::cat(vec![x, features], 1)),
            Self::Image(x) => {
                let [batch, _, height, width] = x.dims();
                let size = features.dims()[1];
                let planes = features.reshape([batch, size, 1, 1]);
                let planes = planes.expand([batch, size, height, width]);
                Self::Image(Tensor::cat(vec![x, planes], 1))
            }
        }
    }

    /// Each sample with the features of another behind its own: numbers, or channels.
    pub(crate) fn appended(self, other: Self) -> Self {
        both!(self, other, x, y => Tensor::cat(vec![x, y], 1))
    }

    /// The first `features` numbers or channels of each sample, and the others.
    pub(crate) fn split(self, features: usize) -> (Self, Self) {
        let further = self.shape().features() - features;
        let first = each!(self.clone(), x => x.narrow(1, 0, features));
        (first, each!(self, x => x.narrow(1, features, further)))
    }

    /// Each image with the channels of a picture behind its own. A smaller picture is enlarged by
    /// repeating its pixels.
    pub(crate) fn beside(self, picture: Self) -> Self {
        let (x, picture) = (self.image(), picture.image());
        let scale = x.dims()[2] / picture.dims()[2];
        let picture = if scale == 1 { picture } else { repeated(picture, scale) };
        Self::Image(x).appended(Self::Image(picture))
    }

    /// Sum of two batches of the same shape.
    pub(crate) fn plus(self, other: Self) -> Self {
        both!(self, other, x, y => x + y)
    }

    /// Each number times `factor`.
    pub(crate) fn scaled(self, factor: f32) -> Self {
        each!(self, x => x.mul_scalar(factor))
    }

    /// The device that holds it.
    pub(crate) fn device(&self) -> Device {
        match self {
            Self::Flat(x) => x.device(),
            Self::Image(x) => x.device(),
        }
    }

    /// Element-wise product of two batches of the same shape.
    pub(crate) fn times(self, other: Self) -> Self {
        both!(self, other, x, y => x * y)
    }
}
