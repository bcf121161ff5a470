//! `gan import`: a generator that PyTorch trained, as a file of this program.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;
use gan_core::{Inputs, Sampler, cpu, with_precision};
use gan_files::Source;
use gan_import::{StateDict, imported, proposed};
use gan_protocol::{Feed, GeneratorHeader};
use pollster::block_on;
use serde_json::Value;

use crate::export::Bits;
use crate::files::{name_of, read};
use crate::output::say;
use crate::{Ending, files};

/// The largest difference that other orders of the same sums make.
const CLOSE: f64 = 2e-4;

/// Arguments of `gan import`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// A file of `torch.save` (.pth, .pt), or PyTorch's numbers as .safetensors.
    file: PathBuf,
    /// The net, as JSON. Without it one is proposed and printed, to be corrected: a state dict does not tell strides, paddings,
    /// activations, slopes and epsilons.
    #[arg(long, value_name = "FILE")]
    net: Option<PathBuf>,
    /// The part of the file that is the generator, where it holds more: `netG`; "" is the whole file.
    #[arg(long, value_name = "NAME")]
    key: Option<String>,
    /// The modules in the order in which the net has them, where their names do not say so.
    #[arg(long, value_name = "MODULE", value_delimiter = ',')]
    order: Vec<String>,
    /// Latents, and the samples that the framework makes of them: arrays as .npy, .npz or .safetensors. The import is
    /// refused where its own samples are other ones.
    #[arg(long, num_args = 2, value_names = ["LATENTS", "SAMPLES"], requires = "net")]
    check: Vec<PathBuf>,
    /// The file that is written.
    #[arg(long, value_name = "FILE", default_value = "generator.safetensors")]
    out: PathBuf,
    /// Bits a number.
    #[arg(long, value_enum, default_value = "16")]
    bits: Bits,
}

/// Proposes a net, or imports by one.
pub(crate) fn run(arguments: &Arguments) -> Result<Ending> {
    let path = &arguments.file;
    let bytes = read(path)?;
    let told = || path.display().to_string();
    let dict = StateDict::read(&bytes, arguments.key.as_deref()).with_context(told)?;
    if let Some((part, others)) = dict.part() {
        let others = if others.is_empty() { "nothing".to_owned() } else { others.join(", ") };
        eprintln!("{part} is taken, and left out: {others} (--key takes another part)");
    }
    let Some(net) = &arguments.net else {
        say!("{:#}", proposed(&dict, &arguments.order).with_context(told)?)?;
        eprintln!(
            "A proposal by names and shapes. Correct what they do not tell (stride, padding, activations and their slopes, \
             the kind of normalisation and its epsilon, the latent's distribution), and import with --net FILE."
        );
        return Ok(Ending::Done);
    };
    files::check(&arguments.out)?;
    let header = header(net)?;
    let file = imported(&dict, &header, &arguments.order).with_context(told)?;
    let rounded = with_precision(&file, arguments.bits.precision(), &cpu())?;
    let checked = match arguments.check.as_slice() {
        [latents, samples] => {
            let (given, wanted) = (numbers(latents)?, numbers(samples)?);
            let (exact, count) = difference(&file, &given, &wanted)?;
            if exact > CLOSE {
                bail!(
                    "the generator makes other samples than {} holds: numbers differ by up to {exact:.1e}; something in --net \
                     is not as in the framework, or the file's numbers were rounded after the samples were made",
                    samples.display()
                );
            }
            Some((exact, difference(&rounded, &given, &wanted)?.0, count))
        }
        _ => None,
    };
    files::write(&arguments.out, &rounded)?;
    eprintln!("{} holds the generator", arguments.out.display());
    match checked {
        Some((exact, rounded, count)) => say!(
            "checked on {count} samples: the largest difference of a number is {exact:.1e}, and {rounded:.1e} as written"
        )?,
        None => say!("not checked: whether it makes what its framework makes is told by --check")?,
    }
    Ok(Ending::Done)
}

fn header(path: &Path) -> Result<GeneratorHeader> {
    let told = || path.display().to_string();
    let value: Value = serde_json::from_slice(&read(path)?).with_context(told)?;
    GeneratorHeader::from_value(&value).with_context(told)
}

/// The largest difference between `wanted` and the samples that the generator in `file` makes of the latents `given`, and how
/// many there are.
///
/// # Errors
/// If the numbers do not fit the generator or each other, or some are none.
fn difference(file: &[u8], given: &[f64], wanted: &[f64]) -> Result<(f64, usize)> {
    let sampler = Sampler::from_safetensors(file, &cpu())?;
    let feed = Feed::from(sampler.header());
    ensure!(
        feed.labels.is_none() && feed.picture.is_none() && feed.mixture.is_none(),
        "--check is for generators that are given latents alone"
    );
    let size = feed.numbers();
    let count = given.len() / size.max(1);
    if size == 0 || count * size != given.len() || count == 0 {
        bail!("there are {} numbers for latents of {size}", given.len());
    }
    let inputs = Inputs::of_latents(given.iter().map(|number| *number as f32).collect());
    let made = block_on(sampler.samples(&inputs, 0))?;
    if made.len() != wanted.len() {
        bail!(
            "there are {} numbers of samples; of {count} latents the generator makes {}",
            wanted.len(),
            made.len()
        );
    }
    let finite = made.iter().all(|number| number.is_finite())
        && wanted.iter().all(|number| number.is_finite());
    ensure!(finite, "there is NaN or infinity among the samples");
    let apart = made.iter().zip(wanted).map(|(made, wanted)| (f64::from(*made) - wanted).abs());
    let largest = apart.fold(0.0, f64::max);
    Ok((largest, count))
}

/// The numbers of the only array in a file.
fn numbers(path: &Path) -> Result<Vec<f64>> {
    let files = [(name_of(path), read(path)?)];
    let source = Source::open(&files)?;
    let [info] = source.arrays.as_slice() else {
        bail!(
            "{} holds {} arrays; a check takes files of one",
            path.display(),
            source.arrays.len()
        );
    };
    Ok(source.array(info, &mut |_| true)?.numbers.iter().collect())
}
