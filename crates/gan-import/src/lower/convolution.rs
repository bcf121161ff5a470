//! Convolutions, whose padding differs from side to side elsewhere.

use gan_protocol::{LayerSpec, Shape};

use super::Flow;
use crate::error::ImportError;
use crate::graph::{Op, Sides};
use crate::state_dict::Values;
use crate::steps::Step;

/// Adds a convolution or a transposed one.
pub(super) fn add(flow: &mut Flow, op: &Op, is_channels_last: bool) -> Result<(), ImportError> {
    let made = match op {
        Op::Conv { weight, bias, stride, padding } => {
            let kernel = kernel(weight, *stride)?;
            let inputs = flow.features(is_channels_last)?;
            let weight = of_inputs(weight, 1, &inputs)?;
            let sides = match padding {
                Sides::Given(sides) => *sides,
                Sides::Same => same_padding(flow.shape, kernel, *stride),
            };
            let padding = common(sides);
            pad(flow, sides.map(|side| side - padding as i32))?;
            let (channels, stride, bias) = (weight.shape[0], *stride, bias.clone());
            let has_bias = bias.is_some();
            let spec = LayerSpec::Conv { channels, kernel, stride, padding, bias: has_bias };
            flow.add(Step::with(spec, tensors(weight, bias)))?;
            channels
        }
        Op::ConvTranspose { weight, bias, stride, crop } => {
            let kernel = kernel(weight, *stride)?;
            let inputs = flow.features(is_channels_last)?;
            let weight = of_inputs(weight, 0, &inputs)?;
            let sides = match crop {
                Sides::Given(sides) => *sides,
                Sides::Same => same_crop(kernel, *stride),
            };
            let padding = common(sides);
            let (channels, stride, bias) = (weight.shape[1], *stride, bias.clone());
            let is_biased =
                bias.as_ref().is_some_and(|bias| bias.numbers.iter().any(|number| *number != 0.0));
            if sides.iter().any(|side| *side < 0) && is_biased {
                return Err(ImportError::file(
                    "a transposed convolution with a bias whose output reaches beyond its kernel's",
                ));
            }
            let has_bias = bias.is_some();
            let spec =
                LayerSpec::ConvTranspose { channels, kernel, stride, padding, bias: has_bias };
            flow.add(Step::with(spec, tensors(weight, bias)))?;
            pad(flow, sides.map(|side| padding as i32 - side))?;
            channels
        }
        _ => unreachable!("only convolutions come here"),
    };
    flow.see(is_channels_last, &(0..made).collect::<Vec<_>>())
}

fn tensors(weight: Values, bias: Option<Values>) -> Vec<(&'static str, Values)> {
    let bias = bias.map(|bias| ("bias", bias));
    [("weight", weight)].into_iter().chain(bias).collect()
}

/// The side of a square kernel.
fn kernel(weight: &Values, stride: usize) -> Result<usize, ImportError> {
    match weight.shape[..] {
        [_, _, height, width] if height == width && height > 0 && stride > 0 => Ok(height),
        _ => Err(ImportError::file(format!(
            "a kernel of {:?} is not square",
            weight.shape.get(2..).unwrap_or_default()
        ))),
    }
}

/// The weights for inputs in the order here.
fn of_inputs(weight: &Values, axis: usize, inputs: &[usize]) -> Result<Values, ImportError> {
    if weight.shape[axis] != inputs.len() {
        return Err(ImportError::file(format!(
            "weights for {} channels are given {}",
            weight.shape[axis],
            inputs.len()
        )));
    }
    let inner: usize = weight.shape[axis + 1..].iter().product();
    let mut numbers = vec![0.0; weight.numbers.len()];
    for (index, slice) in weight.numbers.chunks(inner).enumerate() {
        let (outer, input) = (index / inputs.len(), index % inputs.len());
        let to = (outer * inputs.len() + inputs[input]) * inner;
        numbers[to..to + inner].copy_from_slice(slice);
    }
    Ok(Values { shape: weight.shape.clone(), numbers })
}

/// What all sides have.
fn common(sides: [i32; 4]) -> usize {
    sides.into_iter().min().unwrap_or(0).max(0) as usize
}

/// Adds zeros at the sides, or cuts off.
fn pad(flow: &mut Flow, [top, bottom, left, right]: [i32; 4]) -> Result<(), ImportError> {
    if [top, bottom, left, right] == [0; 4] {
        return Ok(());
    }
    flow.add(Step::plain(LayerSpec::Pad { top, bottom, left, right }))
}

/// `same` of a convolution: as many pixels as strides fit, the smaller half of the zeros before.
fn same_padding(input: Shape, kernel: usize, stride: usize) -> [i32; 4] {
    let Shape::Image { height, width, .. } = input else { return [0; 4] };
    let halves = |size: usize| {
        let all = ((size.div_ceil(stride) - 1) * stride + kernel).saturating_sub(size) as i32;
        [all / 2, all - all / 2]
    };
    let ([top, bottom], [left, right]) = (halves(height), halves(width));
    [top, bottom, left, right]
}

/// `same` of a transposed convolution: `stride` times as many pixels.
fn same_crop(kernel: usize, stride: usize) -> [i32; 4] {
    let all = kernel as i32 - stride as i32;
    // Beyond a kernel that is smaller than the stride there are only zeros, all of them behind.
    let before = all.max(0) / 2;
    [before, all - before, before, all - before]
}
