//! A generator's file of a net that its framework's file describes.

use std::rc::Rc;

use gan_protocol::{
    ActivationKind, GENERATOR_FORMAT, GeneratorHeader, LatentDistribution, LayerSpec, Named as _,
    SampleShape, Shape,
};
use serde_json::json;

use crate::assigned::{Put, written};
use crate::error::ImportError;
use crate::lower::{Flow, Net};
use crate::proposal::sample;
use crate::steps::{Step, affine, specs, tensors, tidied};

/// What a file does not tell, where it is known.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    /// The input that is the class, by its name.
    pub labels: Option<String>,
    /// How many of the latent's last numbers are a class as one-hot numbers.
    pub one_hot: usize,
    /// How latents are drawn; standard normal if nothing is said.
    pub latent: Option<LatentDistribution>,
    /// The numbers of the samples that are black and white.
    pub range: Option<[f32; 2]>,
    /// The shape of the samples, for a net that ends in a vector.
    pub sample: Option<SampleShape>,
    /// The part of the file that is the generator, by its name.
    pub part: Option<String>,
}

/// A generator's file, and what was taken for granted.
#[derive(Clone, Debug)]
pub struct Described {
    /// The file: samples lie between -1 and 1, as everywhere here.
    pub file: Vec<u8>,
    /// Its header.
    pub header: GeneratorHeader,
    /// The framework's numbers of black and white.
    pub range: [f32; 2],
    /// What the file does not tell and nobody said.
    pub assumed: Vec<Assumed>,
    /// Whether the framework's samples have their channels last.
    pub is_channels_last: bool,
}

/// Something that the file of a net does not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assumed {
    /// That latents are drawn from N(0, 1).
    Latent,
    /// That samples lie between -1 and 1.
    Range,
}

/// The file of the generator whose layers are those of `net`.
///
/// # Errors
/// If the samples are no images.
pub(crate) fn described(net: Net, choices: &Choices) -> Result<Described, ImportError> {
    let mut flow = net.flow;
    flow.steps = tidied(&flow.steps);
    let data = match choices.sample {
        Some(shape) => json!(shape),
        None => sample(flow.shape)?,
    };
    let (range, told) = range(&flow, choices.range)?;
    flow.steps.extend(to_full(range, flow.shape.features())?.map(Rc::new));
    let Shape::Flat { size } = net.input else {
        return Err(ImportError::file("the net is not given a latent"));
    };
    let latent = choices.latent.unwrap_or(LatentDistribution::Normal);
    let mut header = json!({
        "format": GENERATOR_FORMAT, "step": 0, "seed": 0,
        "latent": {"size": size, "distribution": latent.name()},
        "data": data,
        "generator": {
            "initial_weights": {"kind": "normal", "sd": 0.02},
            "layers": specs(&flow.steps),
        },
    });
    if let Some(classes) = net.classes {
        header["labels"] = json!({"kind": "conditional", "classes": classes});
    }
    let header = GeneratorHeader::from_value(&header)?;
    let mut puts: Vec<Put> = Vec::new();
    tensors("generator.", &flow.steps, &mut puts);
    let mut assumed = Vec::new();
    if choices.latent.is_none() {
        assumed.push(Assumed::Latent);
    }
    if !told {
        assumed.push(Assumed::Range);
    }
    let is_channels_last = net.is_channels_last;
    Ok(Described { file: written(&header, &puts)?, header, range, assumed, is_channels_last })
}

/// The refusal of an input that is not there.
pub(crate) fn no_input(name: &str, inputs: &[String]) -> ImportError {
    ImportError::file(format!("there is no input {name}; the inputs are {}", inputs.join(", ")))
}

/// Black and white here.
pub(crate) const FULL: [f32; 2] = [-1.0, 1.0];

/// The layer behind a net of whose samples `black` and `white` are the ends, each of so many features; none where they are -1
/// and 1.
pub(crate) fn to_full(
    [black, white]: [f32; 2],
    features: usize,
) -> Result<Option<Step>, ImportError> {
    let wide = white - black;
    if !wide.is_finite() || wide == 0.0 {
        return Err(ImportError::file(format!("samples from {black} to {white} are none")));
    }
    let step = || affine(vec![2.0 / wide; features], vec![-(white + black) / wide; features]);
    Ok(([black, white] != FULL).then(step))
}

/// The framework's numbers of black and white, and whether anything told them: the last activation, behind which the numbers
/// may be scaled and shifted, or someone.
fn range(flow: &Flow, said: Option<[f32; 2]>) -> Result<([f32; 2], bool), ImportError> {
    if let Some(range) = said {
        return Ok((range, true));
    }
    let mut moved = [1.0, 0.0];
    for step in flow.steps.iter().rev() {
        let ends = match step.spec {
            LayerSpec::Activation { function: ActivationKind::Tanh {} } => FULL,
            LayerSpec::Activation { function: ActivationKind::Sigmoid {} } => [0.0, 1.0],
            LayerSpec::BatchNorm { .. } if step.affine.is_some() => {
                let ([outer, shift], [inner, begin]) = (moved, step.affine.unwrap_or([1.0, 0.0]));
                moved = [outer * inner, outer * begin + shift];
                continue;
            }
            // These move numbers, and change none.
            LayerSpec::Reshape { .. } | LayerSpec::Flatten {} | LayerSpec::PixelShuffle { .. } => {
                continue;
            }
            LayerSpec::Pad { top, bottom, left, right }
                if [top, bottom, left, right].iter().all(|side| *side <= 0) =>
            {
                continue;
            }
            _ => break,
        };
        return Ok((ends.map(|end| end * moved[0] + moved[1]), true));
    }
    Ok((FULL, false))
}
