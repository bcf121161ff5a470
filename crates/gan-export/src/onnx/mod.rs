//! ONNX: one file, whose batch is open.
//!
//! Opset 17 is the newest that every release of onnxruntime and onnxruntime-web of the last years reads. Group normalisation and GELU,
//! which it lacks, are spelt by other operations.

mod layers;
mod model;

use gan_protocol::Shape;

use self::layers::Writer;
use self::model::{Input, Kind, Net};
use crate::error::ExportError;
use crate::generator::Generator;

/// The names of the inputs.
const LATENT: &str = "latent";
const CLASS: &str = "class";
const GENERATOR: &str = "generator";
const PICTURE: &str = "picture";
/// The name of the output.
const SAMPLE: &str = "sample";

/// The generator as an ONNX model. Its inputs, as far as it has them: `latent`, `[batch, numbers]`, the codes behind the latent's numbers;
/// `class`, `[batch]`, whole numbers; `generator`, `[batch]`, which of several; `picture`, `[batch, channels, height, width]`. Its output is
/// `sample`, `[batch, channels, height, width]` between -1 and 1, or `[batch, 2]` for points of the plane.
///
/// # Errors
/// If a tensor is missing.
pub fn onnx(generator: &Generator) -> Result<Vec<u8>, ExportError> {
    let feed = generator.feed();
    let mut net = Net::default();
    if feed.numbers() > 0 {
        net.inputs.push(Input { name: LATENT, kind: Kind::Real, dims: vec![feed.numbers()] });
    }
    if generator.classes() > 0 {
        net.inputs.push(Input { name: CLASS, kind: Kind::Whole, dims: Vec::new() });
    }
    if feed.mixture.is_some() {
        net.inputs.push(Input { name: GENERATOR, kind: Kind::Whole, dims: Vec::new() });
    }
    let mut first = LATENT.to_owned();
    if let Some(Shape::Image { channels, height, width }) = feed.picture {
        let dims = vec![channels, height, width];
        net.inputs.push(Input { name: PICTURE, kind: Kind::Real, dims });
        first = PICTURE.to_owned();
        if feed.numbers() > 0 {
            let planes = net.planes(LATENT, height, width);
            first = net.node("Concat", &[PICTURE, &planes], |node| node.whole("axis", 1));
        }
    }
    let header = generator.header();
    let mut writer = Writer::new(generator, &mut net);
    let (last, shape) = writer.all("generator", &header.generator.layers, first, header.input())?;
    let sample = header.data.shape();
    let last = if shape == sample { last } else { writer.reshaped(&last, sample) };
    net.rename(&last, SAMPLE);
    let dims = match sample {
        Shape::Flat { size } => vec![size],
        Shape::Image { channels, height, width } => vec![channels, height, width],
    };
    Ok(net.encoded(SAMPLE, &dims))
}
