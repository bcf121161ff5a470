//! `gan train`

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Result;
use clap::Args;
use gan_core::StepScores;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::data::DataArguments;
use crate::device::DeviceName;
use crate::runs::{TrainedRun, snapshot};
use crate::specs::SpecArguments;
use crate::{Ending, interrupt};

/// Between two checkpoints while training.
const SAVE_EVERY: Duration = Duration::from_secs(60);

/// Arguments of `gan train`.
#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    spec: SpecArguments,
    #[command(flatten)]
    data: DataArguments,
    /// Generator steps to end at, counted from the run's start.
    #[arg(long, default_value_t = 10_000)]
    steps: u64,
    /// The checkpoint that is written.
    #[arg(long, value_name = "FILE", default_value = "run.safetensors")]
    out: PathBuf,
    /// Go on from `--out`, if it is there; its settings give way to those that are named.
    #[arg(long)]
    resume: bool,
    /// What computes.
    #[arg(long, value_enum, default_value = "cpu")]
    device: DeviceName,
    /// Print scores as lines of JSON instead of a progress bar.
    #[arg(long)]
    json: bool,
    /// Steps between two such lines.
    #[arg(long, default_value_t = 100)]
    every: u64,
}

/// Trains; a checkpoint is left however it ends.
pub(crate) fn run(arguments: &Arguments) -> Result<Ending> {
    interrupt::watch();
    let spec = arguments.spec.spec()?;
    let resume = Some(arguments.out.as_path()).filter(|path| arguments.resume && path.exists());
    if let Some(path) = resume {
        let step = snapshot(path)?.header.step;
        eprintln!("going on from {} at step {step}", path.display());
    }
    let device = arguments.device.open()?;
    let mut run = TrainedRun::new(&spec, &arguments.data, resume, &device)?;
    let bar = bar(arguments);
    bar.set_position(run.trainer.generator_steps());
    let (begin, mut saved) = (Instant::now(), Instant::now());
    let first = run.trainer.generator_steps();
    while run.trainer.generator_steps() < arguments.steps && !interrupt::is_wanted() {
        let scores = run.steps(arguments.steps - run.trainer.generator_steps())?;
        for (step, scores) in &scores {
            if arguments.json && step % arguments.every.max(1) == 0 {
                println!("{}", line(*step, scores));
            }
        }
        if let Some((step, scores)) = scores.last() {
            bar.set_position(*step);
            let (g, d) = (scores.generator_loss, scores.discriminator_loss);
            bar.set_message(format!("G {g:.3}  D {d:.3}"));
        }
        if saved.elapsed() > SAVE_EVERY {
            run.save(&arguments.out)?;
            saved = Instant::now();
        }
    }
    run.save(&arguments.out)?;
    bar.finish_and_clear();
    let step = run.trainer.generator_steps();
    let speed = (step - first) as f64 / begin.elapsed().as_secs_f64();
    eprintln!("{} holds step {step} ({speed:.1} steps a second)", arguments.out.display());
    Ok(if interrupt::is_wanted() { Ending::Interrupted } else { Ending::Done })
}

fn line(step: u64, scores: &StepScores) -> serde_json::Value {
    json!({
        "step": step,
        "generator_loss": scores.generator_loss,
        "discriminator_loss": scores.discriminator_loss,
        "real_score": scores.real_score,
        "fake_score": scores.fake_score,
        "penalty": scores.penalty,
        "auxiliary": scores.auxiliary,
        "generator_gradient_norm": scores.generator_gradient_norm,
        "discriminator_gradient_norm": scores.discriminator_gradient_norm,
    })
}

fn bar(arguments: &Arguments) -> ProgressBar {
    if arguments.json {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(arguments.steps);
    let template = "{bar:32} {pos}/{len} steps, {per_sec}, {eta} left  {msg}";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}
