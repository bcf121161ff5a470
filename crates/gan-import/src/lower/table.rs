//! Numbers of each class, computed here.

use gan_protocol::ActivationKind;

use super::reshaped;
use crate::error::ImportError;
use crate::graph::Op;
use crate::state_dict::Values;
use crate::view::{View, limited};

/// Numbers of each class: rows in the framework's order.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) classes: usize,
    pub(crate) dims: Vec<usize>,
    /// `classes` rows.
    pub(crate) numbers: Vec<f32>,
}

impl Table {
    pub(super) fn embedding(table: &Values, dims: &[usize]) -> Result<Self, ImportError> {
        let [classes, size] = table.shape[..] else {
            return Err(ImportError::file("an embedding is a matrix"));
        };
        if dims.iter().product::<usize>() != 1 {
            return Err(ImportError::file("several classes for one sample"));
        }
        let dims = dims.iter().copied().chain([size]).collect();
        Ok(Self { classes, dims, numbers: table.numbers.clone() })
    }

    pub(super) fn one_hot(classes: usize, dims: &[usize]) -> Result<Self, ImportError> {
        limited(&[classes, classes])?;
        let mut numbers = vec![0.0; classes * classes];
        (0..classes).for_each(|class| numbers[class * classes + class] = 1.0);
        Ok(Self { classes, dims: dims.iter().copied().chain([classes]).collect(), numbers })
    }

    /// How many numbers a class has.
    pub(super) fn size(&self) -> usize {
        self.dims.iter().product()
    }

    /// Whether it is the class itself as one-hot numbers.
    pub(super) fn is_one_hot(&self) -> bool {
        let is_one = |(at, number): (usize, &f32)| {
            *number == f32::from(u8::from(at / self.classes == at % self.classes))
        };
        self.size() == self.classes && self.numbers.iter().enumerate().all(is_one)
    }

    /// The numbers of each class in the places `view` gives them.
    pub(super) fn in_places(&self, view: &View) -> Vec<f32> {
        let mut numbers = vec![0.0; self.numbers.len()];
        for (row, own) in self.numbers.chunks(self.size()).zip(numbers.chunks_mut(self.size())) {
            for (number, place) in row.iter().zip(&view.order) {
                own[*place] = *number;
            }
        }
        numbers
    }

    /// One number for each of the features of a value of the axes `dims`; `None` if there are others.
    pub(super) fn of_features(
        &self,
        features: &[usize],
        dims: &[usize],
        is_channels_last: bool,
    ) -> Option<Vec<f32>> {
        let place = |index: usize| match self.dims[..] {
            // The same for all pixels: one, or as many as there are.
            [first, second, third] if dims.len() == 3 => {
                let (channels, area) = if is_channels_last {
                    (third, first * second)
                } else {
                    (first, second * third)
                };
                (channels == features.len()).then_some(())?;
                let pixel = |pixel: usize| {
                    if is_channels_last { pixel * channels + index } else { index * area + pixel }
                };
                let same = self
                    .numbers
                    .chunks(self.size())
                    .all(|row| (0..area).all(|at| row[pixel(at)] == row[pixel(0)]));
                same.then_some(pixel(0))
            }
            _ => (dims.len() != 3 && self.size() == features.len()).then_some(index),
        };
        let mut numbers = vec![0.0; self.classes * features.len()];
        for (index, feature) in features.iter().enumerate() {
            let place = place(index)?;
            for class in 0..self.classes {
                numbers[class * features.len() + feature] =
                    self.numbers[class * self.size() + place];
            }
        }
        Some(numbers)
    }

    /// What an operation makes of it.
    pub(super) fn after(&self, op: &Op, is_channels_last: bool) -> Result<Self, ImportError> {
        let view = || View::plain(self.dims.clone());
        match op {
            Op::Identity => Ok(self.clone()),
            Op::ChannelsLast if self.dims.len() == 3 => {
                self.after(&Op::Permute { axes: vec![1, 2, 0] }, is_channels_last)
            }
            Op::ChannelsLast | Op::AlongChannels { .. } => Ok(self.clone()),
            Op::Reshape { dims } => {
                Ok(Self { dims: reshaped(&view(), dims)?.dims, ..self.clone() })
            }
            Op::Permute { axes } if axes.len() == self.dims.len() => {
                let view = view().permuted(axes);
                let rows = self.numbers.chunks(self.size());
                let numbers = rows.flat_map(|row| view.order.iter().map(|place| row[*place]));
                Ok(Self { numbers: numbers.collect(), dims: view.dims, classes: self.classes })
            }
            Op::Upsample { scale, is_bilinear: false } if self.dims.len() == 3 => {
                let rows = if is_channels_last { [0, 1] } else { [1, 2] };
                self.enlarged([*scale; 2], rows)
            }
            // Axes of length 1 that are repeated, as a class's numbers are for each pixel.
            Op::Enlarge { down, across } if self.dims.len() == 3 => {
                let rows = if is_channels_last { [0, 1] } else { [1, 2] };
                self.enlarged([*down, *across], rows)
            }
            Op::Dense { weight, bias } => self.dense(weight, bias.as_ref()),
            Op::Activation(function) => self.mapped(|number| apply(*function, number)),
            Op::Affine { scale, shift } => match (&scale.numbers[..], &shift.numbers[..]) {
                ([scale], [shift]) => self.mapped(|number| Some(number * scale + shift)),
                _ => Err(refused(op)),
            },
            _ => Err(refused(op)),
        }
        .map_err(|error| match error {
            ImportError::File(message) if message.is_empty() => refused(op),
            other => other,
        })
    }

    /// With each row of the two axes as many times as `scales` say, one beside the other.
    fn enlarged(&self, scales: [usize; 2], axes: [usize; 2]) -> Result<Self, ImportError> {
        let mut view = View::plain(self.dims.clone());
        for (axis, scale) in axes.into_iter().zip(scales) {
            // Between the axis and the next one, a new one along which numbers are repeated.
            let mut dims = view.dims.clone();
            dims.insert(axis + 1, 1);
            let repeated = reshaped(&view, &dims)?.repeated(axis + 1, scale)?;
            let mut dims = view.dims;
            dims[axis] *= scale;
            view = reshaped(&repeated, &dims)?;
        }
        limited(&[self.classes, view.order.len()])?;
        let rows = self.numbers.chunks(self.size());
        let numbers = rows.flat_map(|row| view.order.iter().map(|place| row[*place])).collect();
        Ok(Self { classes: self.classes, numbers, dims: view.dims })
    }

    fn mapped(&self, of: impl Fn(f32) -> Option<f32>) -> Result<Self, ImportError> {
        let numbers: Option<Vec<f32>> = self.numbers.iter().map(|number| of(*number)).collect();
        let numbers = numbers.ok_or_else(|| ImportError::file(String::new()))?;
        Ok(Self { numbers, ..self.clone() })
    }

    fn dense(&self, weight: &Values, bias: Option<&Values>) -> Result<Self, ImportError> {
        let [inputs, units] = weight.shape[..] else {
            return Err(ImportError::file("weights of a product are a matrix"));
        };
        if self.dims.last() != Some(&inputs) {
            return Err(ImportError::file(format!(
                "a product with {inputs} rows of weights is given {:?}",
                self.dims
            )));
        }
        limited(&[self.numbers.len(), units])?;
        let mut numbers = Vec::with_capacity(self.numbers.len() / inputs.max(1) * units);
        for row in self.numbers.chunks(inputs) {
            for unit in 0..units {
                let products = row.iter().enumerate().map(|(input, number)| {
                    f64::from(*number) * f64::from(weight.numbers[input * units + unit])
                });
                let bias = bias.map_or(0.0, |bias| f64::from(bias.numbers[unit]));
                numbers.push((products.sum::<f64>() + bias) as f32);
            }
        }
        let mut dims = self.dims.clone();
        dims.last_mut().into_iter().for_each(|last| *last = units);
        Ok(Self { classes: self.classes, dims, numbers })
    }
}

fn refused(op: &Op) -> ImportError {
    ImportError::file(format!("this program cannot compute {} of numbers of a class", op.told()))
}

fn apply(function: ActivationKind, x: f32) -> Option<f32> {
    Some(match function {
        ActivationKind::Relu {} => x.max(0.0),
        ActivationKind::LeakyRelu { slope } => x.max(0.0) + slope * x.min(0.0),
        ActivationKind::Tanh {} => x.tanh(),
        ActivationKind::Sigmoid {} => 1.0 / (1.0 + (-x).exp()),
        ActivationKind::Silu {} => x / (1.0 + (-x).exp()),
        ActivationKind::Softplus {} => x.max(0.0) + (-x.abs()).exp().ln_1p(),
        ActivationKind::Elu { alpha } => x.max(0.0) + alpha * x.min(0.0).exp_m1(),
        ActivationKind::Selu {} | ActivationKind::Gelu {} => return None,
    })
}
