//! `gan import`: a generator that another program trained, as a file of this one.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use clap::{Args, ValueEnum};
use gan_core::{cpu, with_precision};
use gan_import::{Assumed, Choices, Described, Opened, StateDict, Told, imported, proposed, read};
use gan_protocol::{GeneratorHeader, LatentDistribution, SampleShape};
use serde_json::Value;

use crate::export::Bits;
use crate::files::name_of;
use crate::import_check::Check;
use crate::output::say;
use crate::{Ending, files};

/// Arguments of `gan import`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// A file of PyTorch (.pth, .pt, .safetensors), Keras (.keras, .h5), TensorFlow.js (model.json and its shards) or ONNX (.onnx
    /// and what stands beside it). Files that belong together are given together.
    #[arg(required = true, value_name = "FILE")]
    input: Vec<PathBuf>,
    /// The net of a state dict, as JSON. Without it one is proposed and printed, to be corrected: a state dict does not tell
    /// strides, paddings, activations, slopes and epsilons. Other files tell them.
    #[arg(long, value_name = "FILE")]
    net: Option<PathBuf>,
    /// The part of the file that is the generator, where it holds more: `netG`; "" is the whole file.
    #[arg(long, value_name = "NAME")]
    key: Option<String>,
    /// The modules of a state dict in the order in which the net has them, where their names do not say so.
    #[arg(long, value_name = "MODULE", value_delimiter = ',')]
    order: Vec<String>,
    /// That the class stands before the features that it is put beside, in a state dict's net: `torch.cat((label, latent), 1)`.
    #[arg(long)]
    label_first: bool,
    /// The input that is the class, by its name, where its kind does not say so.
    #[arg(long, value_name = "INPUT")]
    labels: Option<String>,
    /// How many of a latent's last numbers are the class as one-hot numbers.
    #[arg(long, value_name = "CLASSES", default_value_t = 0)]
    one_hot: usize,
    /// How latents are drawn; no file tells it.
    #[arg(long, value_enum)]
    latent: Option<Distribution>,
    /// The framework's numbers of black and white, where the last activation is neither tanh nor a sigmoid.
    #[arg(long, num_args = 2, value_names = ["BLACK", "WHITE"], allow_negative_numbers = true)]
    range: Vec<f32>,
    /// The samples' channels, height and width, where the net ends in a vector: `3x32x32`.
    #[arg(long, value_name = "CxHxW", value_parser = sample_shape)]
    sample: Option<SampleShape>,
    /// Latents, the samples that the framework makes of them, and the classes of a net that is told them: arrays as .npy, .npz or
    /// .safetensors. The import is refused where its own samples are other ones.
    #[arg(long, num_args = 2..=3, value_names = ["LATENTS", "SAMPLES", "CLASSES"])]
    check: Vec<PathBuf>,
    /// The file that is written.
    #[arg(long, value_name = "FILE", default_value = "generator.safetensors")]
    out: PathBuf,
    /// Bits a number.
    #[arg(long, value_enum, default_value = "16")]
    bits: Bits,
}

/// `--latent`
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Distribution {
    /// N(0, 1)
    Normal,
    /// U(-1, 1)
    Uniform,
}

impl From<Distribution> for LatentDistribution {
    fn from(distribution: Distribution) -> Self {
        match distribution {
            Distribution::Normal => Self::Normal,
            Distribution::Uniform => Self::Uniform,
        }
    }
}

fn sample_shape(text: &str) -> Result<SampleShape, String> {
    let lengths: Option<Vec<usize>> = text.split('x').map(|length| length.parse().ok()).collect();
    match lengths.as_deref() {
        Some(&[channels, height, width]) => Ok(SampleShape { channels, height, width }),
        _ => Err("channels, height and width are written as 3x32x32".to_owned()),
    }
}

/// Proposes a net, or imports.
pub(crate) fn run(arguments: &Arguments) -> Result<Ending> {
    let mut read_files = Vec::new();
    for path in &arguments.input {
        read_files.push((name_of(path), files::read(path)?));
    }
    let names: Vec<String> =
        arguments.input.iter().map(|path| path.display().to_string()).collect();
    let told = || names.join(", ");
    let range = match arguments.range[..] {
        [black, white] => Some([black, white]),
        _ => None,
    };
    let choices = Choices {
        labels: arguments.labels.clone(),
        one_hot: arguments.one_hot,
        latent: arguments.latent.map(LatentDistribution::from),
        range,
        sample: arguments.sample,
        part: arguments.key.clone(),
    };
    match read(&read_files, &choices).with_context(told)? {
        Opened::StateDict(dict) => {
            let beside = Told { range, label_first: arguments.label_first };
            of_state_dict(arguments, &dict, beside).with_context(told)
        }
        Opened::Described(described) => {
            ensure!(
                arguments.net.is_none() && arguments.order.is_empty() && !arguments.label_first,
                "{}: the file describes its net itself: --net, --order and --label-first are for state dicts",
                told()
            );
            for assumed in &described.assumed {
                eprintln!(
                    "{}",
                    match assumed {
                        Assumed::Latent => {
                            "Latents are taken to be drawn from N(0, 1): no file tells it (--latent uniform)."
                        }
                        Assumed::Range => {
                            "Samples are taken to lie between -1 and 1: the net ends in neither tanh nor a sigmoid (--range)."
                        }
                    }
                );
            }
            kept(arguments, &described)
        }
    }
}

fn of_state_dict(arguments: &Arguments, dict: &StateDict, told: Told) -> Result<Ending> {
    let described = [
        ("--labels", arguments.labels.is_some()),
        ("--one-hot", arguments.one_hot > 0),
        ("--latent", arguments.latent.is_some()),
        ("--sample", arguments.sample.is_some()),
    ];
    if let Some((name, _)) = described.iter().find(|(_, is_given)| *is_given) {
        bail!(
            "the file is a state dict, whose net --net describes: {name} is for files with their nets"
        );
    }
    if let Some((part, others)) = dict.part() {
        let others = if others.is_empty() { "nothing".to_owned() } else { others.join(", ") };
        eprintln!("{part} is taken, and left out: {others} (--key takes another part)");
    }
    let Some(net) = &arguments.net else {
        ensure!(arguments.check.is_empty(), "--check goes with --net");
        say!("{:#}", proposed(dict, &arguments.order)?)?;
        eprintln!(
            "A proposal by names and shapes. Correct what they do not tell (stride, padding, activations and their slopes, \
             the kind of normalisation and its epsilon, the latent's distribution), and import with --net FILE."
        );
        return Ok(Ending::Done);
    };
    let described = imported(dict, &header(net)?, &arguments.order, told)?;
    kept(arguments, &described)
}

/// Checks the generator, and writes it.
fn kept(arguments: &Arguments, described: &Described) -> Result<Ending> {
    files::check(&arguments.out)?;
    let rounded = with_precision(&described.file, arguments.bits.precision(), &cpu())?;
    let checked = match Check::read(&arguments.check)? {
        Some(check) => Some((check.difference(described, &rounded)?, check.count())),
        None => None,
    };
    files::write(&arguments.out, &rounded)?;
    eprintln!("{} holds the generator", arguments.out.display());
    match checked {
        Some(([exact, rounded], count)) => say!(
            "checked on {count} samples: the largest difference of a number is {exact:.1e}, and {rounded:.1e} as written"
        )?,
        None => say!("not checked: whether it makes what its framework makes is told by --check")?,
    }
    Ok(Ending::Done)
}

fn header(path: &Path) -> Result<GeneratorHeader> {
    let told = || path.display().to_string();
    let value: Value = serde_json::from_slice(&files::read(path)?).with_context(told)?;
    GeneratorHeader::from_value(&value).with_context(told)
}
