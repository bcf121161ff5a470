//! Numbers that depend on the latent, as the layers that compute them.

use std::rc::Rc;

use gan_protocol::{LayerSpec, Shape};

use super::reshaped;
use crate::error::ImportError;
use crate::state_dict::Values;
use crate::steps::{self, Step, Steps, reorder};
use crate::view::{Sizes, View, limited};

/// Layers from the net's input up to a value, and how the framework sees it.
#[derive(Clone, Debug)]
pub(crate) struct Flow {
    /// The operation that is its input.
    pub(crate) root: usize,
    /// What its layers are given.
    pub(crate) input: Shape,
    pub(crate) steps: Steps,
    /// The shape behind them.
    pub(crate) shape: Shape,
    pub(crate) view: View,
}

impl Flow {
    /// An input of `dims`: a latent, if it is one number after the other, of which the last `one_hot` are a class; otherwise an
    /// image that is given.
    pub(super) fn of_input(
        dims: &[usize],
        root: usize,
        one_hot: usize,
    ) -> Result<Self, ImportError> {
        let size: usize = dims.iter().product();
        if dims.iter().filter(|length| **length != 1).count() > 1 {
            return Err(ImportError::file(
                "the net is given images: an import takes generators of latents",
            ));
        }
        if size <= one_hot {
            return Err(ImportError::file(format!(
                "of {size} numbers no {one_hot} can be the class"
            )));
        }
        let input = Shape::flat(size - one_hot);
        let view = View::plain(dims.to_vec());
        let mut flow = Self { root, input, steps: Vec::new(), shape: input, view };
        if one_hot > 0 {
            let spec = LayerSpec::Label { classes: one_hot, embedding: None, per_pixel: false };
            flow.add(Step::plain(spec))?;
        }
        Ok(flow)
    }

    /// Adds a layer, which leaves the view as it is.
    pub(super) fn add(&mut self, step: Step) -> Result<(), ImportError> {
        self.shape = step.spec.output(self.shape)?;
        if let Shape::Image { channels, height, width } = self.shape {
            limited(&[channels, height, width])?;
        }
        self.steps.push(Rc::new(step));
        Ok(())
    }

    pub(super) fn reshape(&mut self, dims: &[usize]) -> Result<(), ImportError> {
        self.view = reshaped(&self.view, dims)?;
        Ok(())
    }

    /// Whether each of the numbers here is seen once.
    fn is_whole(&self) -> bool {
        self.shape.size() == Some(self.view.order.len())
    }

    /// As a vector here, whose order stays as it is.
    pub(super) fn as_vector(&mut self) -> Result<(), ImportError> {
        if !self.is_whole() {
            return Err(repeated());
        }
        match self.shape {
            Shape::Flat { .. } => Ok(()),
            Shape::Image { .. } => self.add(Step::plain(LayerSpec::Flatten {})),
        }
    }

    /// As a vector in the framework's order.
    pub(super) fn in_order(&mut self) -> Result<(), ImportError> {
        if !self.view.is_plain() {
            self.as_vector()?;
            self.reordered(&self.view.order.clone())?;
            self.view = View::plain(self.view.dims.clone());
        }
        Ok(())
    }

    fn reordered(&mut self, order: &[usize]) -> Result<(), ImportError> {
        reorder(&mut self.steps, order)?;
        self.shape = steps::behind(self.input, &self.steps)?;
        Ok(())
    }

    /// As an image here, whose channels may stand in another order than the framework's.
    pub(super) fn as_image(&mut self, is_channels_last: bool) -> Result<Sizes, ImportError> {
        let sizes = self.view.sizes(is_channels_last).ok_or_else(|| {
            let dims = &self.view.dims;
            ImportError::file(format!(
                "an image has channels, height and width, and not the axes {dims:?}"
            ))
        })?;
        let [channels, height, width] = sizes;
        let shape = Shape::image(channels, height, width);
        if !self.is_whole() {
            let size = self.shape.size().unwrap_or(0);
            let Some((view, scale)) = self.view.unrepeated(size, is_channels_last) else {
                return Err(repeated());
            };
            self.view = view;
            self.of_pixels(LayerSpec::Upsample { scale }, is_channels_last)?;
            return Ok(sizes);
        }
        if self.shape == shape && self.view.channels(sizes, is_channels_last).is_some() {
            return Ok(sizes);
        }
        self.as_vector()?;
        let plain: Vec<usize> = (0..channels).collect();
        let image = View::image(sizes, is_channels_last, &plain);
        let mut order = vec![0; image.order.len()];
        for (from, to) in self.view.order.iter().zip(&image.order) {
            order[*to] = *from;
        }
        self.reordered(&order)?;
        self.view = image;
        let reshape = Step::plain(LayerSpec::Reshape { channels, height, width });
        if is_channels_last {
            self.add(reshape)?;
            return Ok(sizes);
        }
        // Before activations, to which it makes no difference: what is computed of the same vector then has the same beginning, with
        // or without one.
        let is_function = |step: &Rc<Step>| matches!(step.spec, LayerSpec::Activation { .. });
        let at = self.steps.iter().rposition(|step| !is_function(step)).map_or(0, |at| at + 1);
        self.steps.insert(at, Rc::new(reshape));
        self.shape = steps::behind(self.input, &self.steps)?;
        Ok(sizes)
    }

    /// For each of the framework's features, which one it is here: numbers of a vector, channels of an image, as one of
    /// which this value is read.
    pub(super) fn features(&mut self, is_channels_last: bool) -> Result<Vec<usize>, ImportError> {
        match self.view.dims.as_slice() {
            [] | [_] => {
                self.as_vector()?;
                Ok(self.view.order.clone())
            }
            [_, _, _] => {
                let sizes = self.as_image(is_channels_last)?;
                Ok(self.view.channels(sizes, is_channels_last).expect("it was made an image"))
            }
            // Further axes of length 1.
            dims if dims.iter().filter(|length| **length != 1).count() <= 1 => {
                self.as_vector()?;
                Ok(self.view.order.clone())
            }
            dims => Err(ImportError::file(format!(
                "the axes {dims:?} are neither a vector's nor an image's"
            ))),
        }
    }

    /// As an image or vector whose features stand in the framework's order: groups are of neighbours.
    pub(super) fn in_channel_order(&mut self, is_channels_last: bool) -> Result<(), ImportError> {
        let features = self.features(is_channels_last)?;
        if features.iter().enumerate().all(|(index, feature)| index == *feature) {
            return Ok(());
        }
        match self.shape {
            Shape::Flat { .. } => self.in_order(),
            Shape::Image { .. } => {
                Err(ImportError::file("the channels stand in another order here"))
            }
        }
    }

    /// What lies between `begin` and `end`, counted from both sides of an axis of an image.
    pub(super) fn crop(
        &mut self,
        axis: usize,
        begin: usize,
        end: usize,
        is_channels_last: bool,
    ) -> Result<(), ImportError> {
        let axes = self.image_axes(is_channels_last)?;
        let [begin, end] = [begin, end].map(|pixels| -(pixels as i32));
        let spec = match axes.get(axis) {
            Some(1) => LayerSpec::Pad { top: begin, bottom: end, left: 0, right: 0 },
            Some(2) => LayerSpec::Pad { top: 0, bottom: 0, left: begin, right: end },
            _ => {
                return Err(ImportError::file(
                    "a slice of channels or of a vector has no layer here",
                ));
            }
        };
        self.add(Step::plain(spec))?;
        let Shape::Image { channels, height, width } = self.shape else {
            return Err(ImportError::file("an image is expected"));
        };
        self.view = View::plain(vec![channels, height, width]).permuted(&axes);
        Ok(())
    }

    /// Zeros at the sides of an image, or pixels cut off where negative.
    pub(super) fn pad(
        &mut self,
        [top, bottom, left, right]: [i32; 4],
        is_channels_last: bool,
    ) -> Result<(), ImportError> {
        self.of_pixels(LayerSpec::Pad { top, bottom, left, right }, is_channels_last)
    }

    /// The order in which the axes of the image here are seen.
    fn image_axes(&mut self, is_channels_last: bool) -> Result<[usize; 3], ImportError> {
        let seen = |flow: &Self| match flow.shape {
            Shape::Image { channels, height, width } => flow.view.axes([channels, height, width]),
            Shape::Flat { .. } => None,
        };
        if let Some(axes) = seen(self) {
            return Ok(axes);
        }
        self.as_image(is_channels_last)?;
        seen(self).ok_or_else(|| ImportError::file("the channels stand in another order here"))
    }

    /// A layer that does the same to each channel of an image.
    pub(super) fn of_pixels(
        &mut self,
        spec: LayerSpec,
        is_channels_last: bool,
    ) -> Result<(), ImportError> {
        let channels = self.features(is_channels_last)?;
        self.add(Step::plain(spec))?;
        self.see(is_channels_last, &channels)
    }

    /// Channels become pixels: blocks of `scale`² neighbours here; where `blocks_first`, channels of one place in the block are
    /// neighbours in the framework.
    pub(super) fn pixel_shuffle(
        &mut self,
        scale: usize,
        blocks_first: bool,
        is_channels_last: bool,
    ) -> Result<(), ImportError> {
        let channels = self.features(is_channels_last)?;
        let area = scale * scale;
        let made = channels.len() / area.max(1);
        let wanted = |index: usize| {
            let (channel, place) = (index / area, index % area);
            if blocks_first { place * made + channel } else { index }
        };
        if channels.len() != made * area
            || !(0..channels.len()).all(|index| channels[wanted(index)] == index)
        {
            return Err(ImportError::file(
                "a pixel shuffle whose channels stand in another order than here",
            ));
        }
        self.add(Step::plain(LayerSpec::PixelShuffle { scale }))?;
        self.see(is_channels_last, &(0..made).collect::<Vec<_>>())
    }

    /// As the framework sees the image here, of which its channel `c` is number `channels[c]`.
    pub(super) fn see(
        &mut self,
        is_channels_last: bool,
        channels: &[usize],
    ) -> Result<(), ImportError> {
        let Shape::Image { channels: count, height, width } = self.shape else {
            return Err(ImportError::file("an image is expected"));
        };
        self.view = View::image([count, height, width], is_channels_last, channels);
        Ok(())
    }

    /// A product with `[inputs, outputs]` along the last axis.
    pub(super) fn dense(
        &mut self,
        weight: &Values,
        bias: Option<&Values>,
        is_channels_last: bool,
    ) -> Result<(), ImportError> {
        let [inputs, units] = weight.shape[..] else {
            return Err(ImportError::file("weights of a product are a matrix"));
        };
        let length = self.view.dims.last().copied().unwrap_or(1);
        if length != inputs {
            return Err(ImportError::file(format!(
                "a product with {inputs} rows of weights is given {length} numbers"
            )));
        }
        let mut tensors = Vec::new();
        if self.view.order.len() == inputs {
            self.as_vector()?;
            let mut numbers = vec![0.0; weight.numbers.len()];
            for (row, place) in weight.numbers.chunks(units).zip(&self.view.order) {
                numbers[place * units..(place + 1) * units].copy_from_slice(row);
            }
            tensors.push(("weight", Values { shape: vec![inputs, units], numbers }));
            tensors.extend(bias.map(|bias| ("bias", bias.clone())));
            self.add(Step::with(LayerSpec::Linear { units, bias: bias.is_some() }, tensors))?;
            let mut dims = self.view.dims.clone();
            dims.last_mut().into_iter().for_each(|last| *last = units);
            self.view = View::plain(if dims.is_empty() { vec![units] } else { dims });
            return Ok(());
        }
        if !is_channels_last {
            return Err(ImportError::file("a product along the last axis of an image"));
        }
        // Along the channels of each pixel: a convolution of one pixel.
        let channels = self.features(is_channels_last)?;
        let mut numbers = vec![0.0; weight.numbers.len()];
        for (index, number) in weight.numbers.iter().enumerate() {
            numbers[index % units * inputs + channels[index / units]] = *number;
        }
        tensors.push(("weight", Values { shape: vec![units, inputs, 1, 1], numbers }));
        tensors.extend(bias.map(|bias| ("bias", bias.clone())));
        let bias = bias.is_some();
        let spec = LayerSpec::Conv { channels: units, kernel: 1, stride: 1, padding: 0, bias };
        self.add(Step::with(spec, tensors))?;
        self.see(is_channels_last, &(0..units).collect::<Vec<_>>())
    }
}

fn repeated() -> ImportError {
    ImportError::file(
        "a value whose numbers are repeated otherwise than as squares of pixels has no layer here",
    )
}
