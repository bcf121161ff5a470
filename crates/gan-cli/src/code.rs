//! `gan code`: prints a run as a PyTorch program.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::{ArgGroup, Args};
use gan_code::{Checkpoint, Program, pytorch, pytorch_from};
use gan_core::Trainer;

use crate::Ending;
use crate::device::DeviceName;
use crate::output::tell;
use crate::runs::snapshot;
use crate::specs::SpecArguments;

/// Arguments of `gan code`.
#[derive(Args)]
#[command(group = ArgGroup::new("what").required(true))]
pub(crate) struct Arguments {
    /// A preset's name (see `gan presets`), or a JSON file with a whole run.
    #[arg(group = "what")]
    run: Option<String>,
    /// Changes, as a JSON merge patch: '{"batch_size": 16}'. May be given several times.
    #[arg(long, value_name = "JSON")]
    patch: Vec<String>,
    /// The seed.
    #[arg(long)]
    seed: Option<u64>,
    /// A checkpoint in place of a run: the program goes on with its weights and its optimisers.
    #[arg(long, value_name = "CHECKPOINT", group = "what", conflicts_with_all = ["patch", "seed"])]
    weights: Option<PathBuf>,
}

/// Prints the run as a PyTorch program. Parts that the program lacks are also listed on standard
/// error.
pub(crate) fn run(arguments: &Arguments) -> Result<Ending> {
    let program = match &arguments.weights {
        Some(path) => going_on(path)?,
        None => {
            let Arguments { run, patch, seed, .. } = arguments;
            let run = run.clone().context("a run or --weights is to be named")?;
            pytorch(&SpecArguments { run, patch: patch.clone(), seed: *seed }.spec()?)
        }
    };
    tell(format_args!("{}", program.text))?;
    for what in &program.left_out {
        eprintln!("not in the program: {what}");
    }
    Ok(Ending::Done)
}

/// The program that continues from the checkpoint at `path`.
fn going_on(path: &Path) -> Result<Program> {
    let snapshot = snapshot(path)?;
    let header = &snapshot.header;
    // Checked here, because Python's message about missing tensors would be less clear.
    Trainer::restore(&snapshot, &header.spec, &DeviceName::Cpu.open()?)
        .with_context(|| path.display().to_string())?;
    let file = path.to_str().context("the program cannot name a file whose name is no text")?;
    let checkpoint = Checkpoint {
        file,
        step: header.step,
        discriminator_step: header.discriminator_step,
        moments_since: header.moments_since,
    };
    Ok(pytorch_from(&header.spec, checkpoint))
}
