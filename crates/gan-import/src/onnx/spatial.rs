//! ONNX's operations on pixels: convolutions, padding, enlargement.

use super::operations::{Call, unknown};
use super::tensor::Tensor;
use crate::error::ImportError;
use crate::graph::{Op, Sides};

/// Two lengths that are the same.
fn square(lengths: Option<&[i64]>, default: i64) -> Option<usize> {
    match lengths {
        None => Some(default as usize),
        Some([one, other]) if one == other => usize::try_from(*one).ok(),
        Some(_) => None,
    }
}

pub(super) fn convolution(
    call: &Call<'_, '_>,
    dims: &[usize],
    is_transposed: bool,
) -> Result<Vec<Op>, ImportError> {
    let attributes = call.attributes;
    let unusual =
        |what: &str| ImportError::file(format!("this program's layer has not this: {what}"));
    let weight = call.weights(1)?;
    let ([_, _, height, width], [_, _, rows, columns]) = (&weight.shape[..], dims) else {
        return Err(unusual("it is of other than two dimensions"));
    };
    if square(attributes.wholes("dilations"), 1) != Some(1) {
        return Err(unusual("its kernel has gaps"));
    }
    if attributes.whole("group", 1) != 1 {
        return Err(unusual("its channels are in groups"));
    }
    let stride = square(attributes.wholes("strides"), 1).filter(|stride| *stride > 0);
    let stride = stride.ok_or_else(|| unusual("its strides differ"))?;
    let bias = match call.inputs.get(2) {
        Some(Some(_)) => Some(call.weights(2)?),
        _ => None,
    };
    let pads = match attributes.wholes("pads") {
        None => [0; 4],
        Some([top, left, bottom, right]) => [*top, *bottom, *left, *right].map(|side| side as i32),
        Some(_) => return Err(unusual("its pads are not four")),
    };
    let auto = attributes.text("auto_pad", "NOTSET");
    if ["SAME_UPPER", "SAME_LOWER"].contains(&auto) && height.min(width) < &stride {
        return Err(unusual(
            "its kernel is smaller than its stride, of which ONNX's own tools make two sizes",
        ));
    }
    if !is_transposed {
        let padding = match auto {
            "NOTSET" => Sides::Given(pads),
            "VALID" => Sides::Given([0; 4]),
            "SAME_UPPER" => Sides::Same,
            "SAME_LOWER" => {
                let all = |size: usize, kernel: usize| {
                    ((size.div_ceil(stride) - 1) * stride + kernel).saturating_sub(size) as i32
                };
                let (high, wide) = (all(*rows, *height), all(*columns, *width));
                Sides::Given([high - high / 2, high / 2, wide - wide / 2, wide / 2])
            }
            _ => return Err(unusual("auto_pad")),
        };
        return Ok(vec![Op::Conv { weight, bias, stride, padding }]);
    }
    let beyond = match attributes.wholes("output_padding") {
        None => [0, 0],
        Some([down, right]) => [*down as i32, *right as i32],
        Some(_) => return Err(unusual("output_padding")),
    };
    // What is cut off in all, where the size of the output is given.
    let cut = |size: usize, kernel: usize, beyond: i32, output: usize| {
        (stride * (size - 1) + kernel) as i32 + beyond - output as i32
    };
    let asked = match (attributes.wholes("output_shape"), auto) {
        (Some([.., down, right]), _) => Some([*down as usize, *right as usize]),
        (None, "SAME_UPPER" | "SAME_LOWER") => Some([rows * stride, columns * stride]),
        _ => None,
    };
    let [top, bottom, left, right] = match asked {
        None => pads,
        Some([down, across]) => {
            let (high, wide) =
                (cut(*rows, *height, beyond[0], down), cut(*columns, *width, beyond[1], across));
            if high < 0 || wide < 0 {
                return Err(unusual("its output reaches beyond its kernel's"));
            }
            let halves = |all: i32| {
                if auto == "SAME_UPPER" {
                    [all / 2, all - all / 2]
                } else {
                    [all - all / 2, all / 2]
                }
            };
            let ([top, bottom], [left, right]) = (halves(high), halves(wide));
            [top, bottom, left, right]
        }
    };
    let crop = Sides::Given([top, bottom - beyond[0], left, right - beyond[1]]);
    Ok(vec![Op::ConvTranspose { weight, bias, stride, crop }])
}

pub(super) fn pad(call: &Call<'_, '_>) -> Result<Vec<Op>, ImportError> {
    let attributes = call.attributes;
    let value = call.known(2).map_or_else(
        || attributes.real("value", 0.0),
        |value| value.to_real().first().copied().unwrap_or(0.0),
    );
    let pads = match call.known(1) {
        Some(pads) => pads.as_whole().map(<[i64]>::to_vec),
        None => attributes.wholes("pads").map(<[i64]>::to_vec),
    };
    if call.inputs.len() > 3 {
        return Err(ImportError::file("a padding whose axes are named has no layer here"));
    }
    if attributes.text("mode", "constant") != "constant" || value != 0.0 {
        return Err(ImportError::file("a padding with other numbers than zeros has no layer here"));
    }
    match pads.as_deref() {
        Some([0, 0, top, left, 0, 0, bottom, right]) => {
            let sides = [*top, *bottom, *left, *right].map(|side| side as i32);
            Ok(vec![Op::Pad { sides }])
        }
        _ => Err(ImportError::file(
            "a padding of other axes than height and width has no layer here",
        )),
    }
}

pub(super) fn resized(call: &Call<'_, '_>, dims: &[usize]) -> Result<Vec<Op>, ImportError> {
    let attributes = call.attributes;
    let [_, channels, height, width] = dims else { return Err(unknown()) };
    // Upsample has its scales second, or as an attribute; Resize third since opset 11, and sizes fourth.
    let real = |at: usize| call.known(at).map(Tensor::to_real).filter(|all| !all.is_empty());
    let scales = if call.inputs.len() > 2 { real(2) } else { real(1) };
    let scales = scales.or_else(|| attributes.reals("scales").map(<[f32]>::to_vec));
    let scales = match (scales, real(3)) {
        (Some(scales), _) => scales,
        (None, Some(sizes)) => {
            let from = [dims[0], *channels, *height, *width];
            sizes.iter().zip(from).map(|(size, from)| size / from as f32).collect()
        }
        (None, None) => {
            return Err(ImportError::file("a size that is not known before the net runs"));
        }
    };
    let [1.0, 1.0, down, across] = scales[..] else { return Err(unknown()) };
    if down != across || down.fract() != 0.0 || down < 1.0 {
        return Err(ImportError::file(
            "only whole factors, the same in both directions, have a layer here",
        ));
    }
    let scale = down as usize;
    let is_new = call.name == "Resize" && call.inputs.len() > 2;
    let coordinates = attributes
        .text("coordinate_transformation_mode", if is_new { "half_pixel" } else { "asymmetric" });
    let nearest =
        attributes.text("nearest_mode", if is_new { "round_prefer_floor" } else { "floor" });
    match (attributes.text("mode", "nearest"), coordinates, nearest) {
        ("nearest", "asymmetric" | "tf_half_pixel_for_nn", "floor")
        | (
            "nearest",
            "half_pixel" | "pytorch_half_pixel" | "half_pixel_symmetric",
            "round_prefer_floor" | "round_prefer_ceil",
        ) => Ok(vec![Op::Upsample { scale, is_bilinear: false }]),
        ("linear", "half_pixel" | "pytorch_half_pixel" | "half_pixel_symmetric", _) => {
            Ok(vec![Op::Upsample { scale, is_bilinear: true }])
        }
        (mode, coordinates, _) => Err(ImportError::file(format!(
            "an enlargement by {mode} with {coordinates} has no layer here"
        ))),
    }
}
