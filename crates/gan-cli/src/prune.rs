//! `gan prune`: takes channels out of a run's generator, and trains both nets on, as a run of its own.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use gan_core::{cpu, pruned};
use gan_protocol::RunSpec;
use pollster::block_on;
use serde_json::json;

use crate::data::DataArguments;
use crate::output::say;
use crate::progress::{Bar, waited};
use crate::runs::{TrainedRun, snapshot};
use crate::{Ending, interrupt};

/// Arguments of `gan prune`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The run's checkpoint.
    checkpoint: PathBuf,
    /// The share of the channels that stay, between each two layers with weights.
    #[arg(long, default_value_t = 0.5, value_parser = share)]
    keep: f64,
    /// Generator steps after that, counted from 0.
    #[arg(long, default_value_t = 300)]
    steps: u64,
    /// The checkpoint that is written: `gan export` makes a generator's file of it, and `gan train --resume` goes on.
    #[arg(long, value_name = "FILE", default_value = "pruned.safetensors")]
    out: PathBuf,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: DataArguments,
}

fn share(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|number| *number > 0.0 && *number <= 1.0);
    number.ok_or_else(|| "allowed is above 0, up to 1".to_owned())
}

/// Prunes, trains on, and writes the checkpoint; after Ctrl-C with the training so far.
pub(crate) fn run(arguments: &Arguments) -> Result<Ending> {
    interrupt::watch();
    let whole = snapshot(&arguments.checkpoint)?;
    let cut = waited("comparing channels", || block_on(pruned(&whole, arguments.keep, &cpu())))?;
    let spec = &cut.header.spec;
    let numbers = [&whole, &cut].map(|snapshot| {
        let spec = &snapshot.header.spec;
        spec.generator.parameter_count(spec.generator_input())
    });
    let [before, after] = numbers;
    let (before, after) = (before?, after?);
    // A run of its own: its rates, its moments and its average begin anew.
    let spec = RunSpec { initial: None, ..spec.clone() };
    let mut run = TrainedRun::begun_from(&spec, &arguments.data, &cut, &cpu())?;
    let end = arguments.steps;
    let bar = Bar::counted("training on", arguments.steps, "steps");
    while run.trainer.generator_steps() < end && !interrupt::is_wanted() {
        run.steps(end - run.trainer.generator_steps())?;
        bar.set_position(run.trainer.generator_steps());
    }
    drop(bar);
    run.save(&arguments.out)?;
    let step = run.trainer.generator_steps();
    if arguments.json {
        say!("{}", json!({"parameters_before": before, "parameters": after, "step": step}))?;
    } else {
        eprintln!("the generator has {after} numbers in place of {before}, {step} steps later");
    }
    Ok(if interrupt::is_wanted() { Ending::Interrupted } else { Ending::Done })
}
