//! Computes the memory and the multiplications that a net needs for one sample, before a net from a
//! file is run.

use super::LayerSpec;
use crate::shape::Shape;

/// The cost of one sample. Numbers that overflow are `usize::MAX`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Numbers in the output of the widest layer, those in residual blocks included.
    pub widest: usize,
    /// Multiplications by weights.
    pub multiplications: usize,
}

impl Cost {
    /// The cost of `layers` for an input of shape `input`, which they accept.
    pub(crate) fn of(layers: &[LayerSpec], input: Shape) -> Self {
        let mut cost = Self::default();
        let mut shape = input;
        for layer in layers {
            let Ok(output) = layer.output(shape) else { return Self::endless() };
            cost = cost.and(Self::of_layer(layer, shape, output));
            if cost.widest == usize::MAX {
                return Self::endless();
            }
            shape = output;
        }
        cost
    }

    fn of_layer(layer: &LayerSpec, input: Shape, output: Shape) -> Self {
        let size = |shape: Shape| shape.size().unwrap_or(usize::MAX);
        let product = |factors: [usize; 3]| factors.into_iter().fold(1, usize::saturating_mul);
        let multiplications = match *layer {
            LayerSpec::Linear { units, .. } => product([size(input), units, 1]),
            LayerSpec::Conv { kernel, .. } | LayerSpec::ModulatedConv { kernel, .. } => {
                product([size(output), input.features(), kernel.saturating_mul(kernel)])
            }
            LayerSpec::ConvTranspose { kernel, .. } => {
                product([size(input), output.features(), kernel.saturating_mul(kernel)])
            }
            LayerSpec::Residual { .. }
            | LayerSpec::Skip { .. }
            | LayerSpec::Grow { .. }
            | LayerSpec::Shrink { .. } => {
                let inside = layer.inside().into_iter();
                let inside =
                    inside.map(|(name, layers)| Self::of(layers, layer.inner_input(name, input)));
                let whole = Self { widest: size(output), multiplications: 0 };
                return inside.fold(whole, Self::and);
            }
            // In these layers on vectors each weight is used once; a norm's scale, used at each
            // pixel, is counted once too.
            _ => layer.parameters(input).unwrap_or(usize::MAX),
        };
        Self { widest: size(output), multiplications }
    }

    fn and(self, other: Self) -> Self {
        Self {
            widest: self.widest.max(other.widest),
            multiplications: self.multiplications.saturating_add(other.multiplications),
        }
    }

    fn endless() -> Self {
        Self { widest: usize::MAX, multiplications: usize::MAX }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value, json};

    use super::*;

    fn cost(layers: Value, input: Shape) -> Cost {
        Cost::of(&from_value::<Vec<LayerSpec>>(layers).expect("layers"), input)
    }

    #[test]
    fn products_and_widths_are_counted() {
        let layers = json!([
            {"kind": "linear", "units": 98, "bias": false},
            {"kind": "reshape", "channels": 2, "height": 7, "width": 7},
            {"kind": "conv_transpose", "channels": 3, "kernel": 4, "stride": 2, "padding": 1},
            {"kind": "conv", "channels": 1, "kernel": 3, "padding": 1}
        ]);
        let expected = 10 * 98 + 2 * 49 * 3 * 16 + 196 * 3 * 9;
        let found = cost(layers, Shape::flat(10));
        assert_eq!(found, Cost { widest: 3 * 196, multiplications: expected });
    }

    #[test]
    fn what_is_inside_a_block_counts() {
        let layers = json!([{"kind": "residual", "layers": [
            {"kind": "conv", "channels": 64, "kernel": 1},
            {"kind": "upsample", "scale": 8},
            {"kind": "average_pool", "size": 8},
            {"kind": "conv", "channels": 1, "kernel": 1}
        ]}]);
        let found = cost(layers, Shape::image(1, 8, 8));
        assert_eq!(found.widest, 64 * 64 * 64);
        assert_eq!(found.multiplications, 64 * 64 + 64 * 64);
    }
}
