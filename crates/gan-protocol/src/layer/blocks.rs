//! The shapes of layers that hold layers.

use super::LayerSpec;
use super::shapes::appended;
use crate::error::{SpecError, in_range};
use crate::shape::Shape;

/// Depth of blocks within blocks.
const MAXIMUM_DEPTH: usize = 4;

/// The output of the layers in the list `name` of a block.
fn inside(
    name: &str,
    layers: &[LayerSpec],
    input: Shape,
    depth: usize,
) -> Result<Shape, SpecError> {
    if depth == MAXIMUM_DEPTH {
        let message = format!("stands in {MAXIMUM_DEPTH} other blocks; that is the most");
        return Err(SpecError::new("kind", message));
    }
    in_range(name, layers.len(), 0, crate::net::MAXIMUM_LAYERS)?;
    let mut shape = input;
    for (index, layer) in layers.iter().enumerate() {
        let at = |error: SpecError| error.within(&format!("{name}[{index}]"));
        shape = layer.output_at(shape, depth + 1).map_err(at)?;
    }
    Ok(shape)
}

pub(super) fn skip(input: Shape, layers: &[LayerSpec], depth: usize) -> Result<Shape, SpecError> {
    let body = inside("layers", layers, input, depth)?;
    if layers.is_empty() {
        return Err(SpecError::new("layers", "are missing"));
    }
    let fits = match (input, body) {
        (Shape::Flat { .. }, Shape::Flat { .. }) => true,
        (Shape::Image { height, width, .. }, Shape::Image { height: rows, width: columns, .. }) => {
            (height, width) == (rows, columns)
        }
        _ => false,
    };
    if !fits {
        let message = format!("give {body}, which cannot stand beside the {input} that arrives");
        return Err(SpecError::new("layers", message));
    }
    Ok(appended(input, body.features()))
}

/// Layers of a stage and those before it, whose outputs must be the same but for `scale`.
pub(super) fn grow(
    input: Shape,
    scale: usize,
    layers: &[LayerSpec],
    early: &[LayerSpec],
    depth: usize,
) -> Result<Shape, SpecError> {
    in_range("scale", scale, 2, 8)?;
    let whole = inside("layers", layers, input, depth)?;
    let small = inside("early", early, input, depth)?;
    let same = match small {
        Shape::Image { channels, height, width } => {
            whole == Shape::image(channels, height * scale, width * scale)
        }
        Shape::Flat { .. } => false,
    };
    if !same {
        let message =
            format!("give {small}, which {scale} times as large is not the {whole} of the layers");
        return Err(SpecError::new("early", message));
    }
    Ok(whole)
}

pub(super) fn shrink(
    input: Shape,
    scale: usize,
    layers: &[LayerSpec],
    early: &[LayerSpec],
    depth: usize,
) -> Result<Shape, SpecError> {
    in_range("scale", scale, 2, 8)?;
    let Shape::Image { channels, height, width } = input else {
        return Err(SpecError::new("kind", "takes an image"));
    };
    if !height.is_multiple_of(scale) || !width.is_multiple_of(scale) {
        let message = format!("is {scale}; {input} is no multiple of it");
        return Err(SpecError::new("scale", message));
    }
    let small = Shape::image(channels, height / scale, width / scale);
    let (whole, before) =
        (inside("layers", layers, input, depth)?, inside("early", early, small, depth)?);
    if whole != before {
        let message = format!("give {before}; the layers give {whole}: the two are blended");
        return Err(SpecError::new("early", message));
    }
    Ok(whole)
}

pub(super) fn residual(
    input: Shape,
    layers: &[LayerSpec],
    shortcut: &[LayerSpec],
    depth: usize,
) -> Result<Shape, SpecError> {
    let (body, beside) =
        (inside("layers", layers, input, depth)?, inside("shortcut", shortcut, input, depth)?);
    if layers.is_empty() {
        return Err(SpecError::new("layers", "are missing"));
    }
    if body != beside {
        let message = format!("gives {beside}; the layers give {body}: the two are added");
        return Err(SpecError::new("shortcut", message));
    }
    Ok(body)
}
