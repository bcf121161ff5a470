//! `gan train`: trains a run, and writes checkpoints.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, ensure};
use clap::Args;
use clap::builder::PossibleValuesParser;
use gan_core::Snapshot;
use gan_protocol::{InitialNets, InitialSpec, Named as _, RunSpec, digest};

use crate::data::DataArguments;
use crate::device::DeviceName;
use crate::files;
use crate::output::say;
use crate::progress::Bar;
use crate::runs::{TrainedRun, snapshot};
use crate::specs::SpecArguments;
use crate::{Ending, interrupt};

/// Time between two checkpoints while training.
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
    /// Go on from `--out`, if it is there, with the settings that it holds; `--patch` and `--seed`
    /// change them.
    #[arg(long)]
    resume: bool,
    /// Begin anew although `--out` is there.
    #[arg(long, conflicts_with = "resume")]
    overwrite: bool,
    /// A checkpoint whose nets the run begins with, at step 0 and with new optimisers.
    #[arg(long, value_name = "CHECKPOINT", conflicts_with = "resume")]
    initial: Option<PathBuf>,
    /// Which of these nets; the others are drawn.
    #[arg(long, value_name = "NETS", requires = "initial", value_parser = PossibleValuesParser::new(InitialNets::NAMES))]
    initial_nets: Option<String>,
    /// What computes.
    #[arg(long, value_enum, default_value = "cpu")]
    device: DeviceName,
    /// Print scores as lines of JSON.
    #[arg(long)]
    json: bool,
    /// Steps between two such lines.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..))]
    every: u64,
}

/// Trains. A checkpoint is written every minute and at the end, after Ctrl-C too.
pub(crate) fn run(arguments: &Arguments) -> Result<Ending> {
    interrupt::watch();
    let out = &arguments.out;
    let there = std::fs::metadata(out).is_ok_and(|found| found.is_file());
    ensure!(
        !there || arguments.resume || arguments.overwrite,
        "{} is there already: --resume goes on from it, --overwrite begins anew",
        out.display()
    );
    let resume = Some(out.as_path()).filter(|_| there && arguments.resume);
    let spec = match resume {
        Some(path) => resumed(arguments, path)?,
        None => arguments.spec.spec()?,
    };
    files::check(out)?;
    let device = arguments.device.open()?;
    let (spec, initial) = begun_from(arguments, spec)?;
    let mut run = match &initial {
        Some(snapshot) => TrainedRun::begun_from(&spec, &arguments.data, snapshot, &device)?,
        None => TrainedRun::new(&spec, &arguments.data, resume, &device)?,
    };
    let bar = Bar::counted("training", arguments.steps, "steps");
    bar.set_position(run.trainer.generator_steps());
    let (begin, mut saved) = (Instant::now(), Instant::now());
    let first = run.trainer.generator_steps();
    let mut kept = resume.map(|_| first);
    let mut told = Ok(());
    while run.trainer.generator_steps() < arguments.steps && told.is_ok() && !interrupt::is_wanted()
    {
        let points = run.steps(arguments.steps - run.trainer.generator_steps());
        let points = points.map_err(|error| match kept {
            Some(step) => anyhow!("{error:#}; {} holds step {step}", out.display()),
            None => anyhow!("{error:#}; no checkpoint of this run was written yet"),
        })?;
        if arguments.json {
            let mut due = points.iter().filter(|point| point.step % arguments.every == 0);
            // The training is kept even if nobody reads the output any more.
            told = due.try_for_each(|point| say!("{}", serde_json::json!(point)));
        }
        if let Some(last) = points.last() {
            bar.set_position(last.step);
            let (g, d) = (last.generator_loss, last.discriminator_loss);
            bar.set_message(format!("G {g:.3}  D {d:.3} "));
        }
        if saved.elapsed() > SAVE_EVERY {
            run.save(out)?;
            (saved, kept) = (Instant::now(), Some(run.trainer.generator_steps()));
        }
    }
    run.save(out)?;
    drop(bar);
    told?;
    let step = run.trainer.generator_steps();
    let speed = (step - first) as f64 / begin.elapsed().as_secs_f64();
    eprintln!("{} holds step {step} ({speed:.1} steps a second)", out.display());
    Ok(if interrupt::is_wanted() { Ending::Interrupted } else { Ending::Done })
}

/// The run with the checkpoint that it begins with, if one is named, and that checkpoint.
fn begun_from(arguments: &Arguments, mut spec: RunSpec) -> Result<(RunSpec, Option<Snapshot>)> {
    let Some(path) = &arguments.initial else { return Ok((spec, None)) };
    let bytes = files::read(path)?;
    let snapshot = Snapshot::from_bytes(&bytes).with_context(|| path.display().to_string())?;
    let found = digest(&bytes);
    let asked = spec.initial.take();
    let nets = arguments.initial_nets.as_deref().and_then(InitialNets::named);
    let nets = nets.or(asked.as_ref().map(|asked| asked.nets)).unwrap_or(InitialNets::Both);
    if let Some(asked) = asked {
        ensure!(
            asked.checkpoint == found,
            "the run begins with the checkpoint {}; {} is {found}",
            asked.checkpoint,
            path.display()
        );
    }
    spec.initial = Some(InitialSpec { checkpoint: found, nets });
    Ok((spec, Some(snapshot)))
}

/// The settings of the run in `path`, with the named changes.
fn resumed(arguments: &Arguments, path: &Path) -> Result<RunSpec> {
    let header = snapshot(path)?.header;
    let named = arguments.spec.base()?;
    // A patch may have changed any one of the three; if all three differ, the file is another
    // run's.
    let held = &header.spec;
    ensure!(
        named.data.source == held.data.source
            || named.generator == held.generator
            || named.discriminator == held.discriminator,
        "{} holds a run on {:?}; `{}` is one on {:?}",
        path.display(),
        held.data.source,
        arguments.spec.run,
        named.data.source
    );
    ensure!(
        header.step <= arguments.steps,
        "{} is at step {} already; --steps {} counts from the run's start",
        path.display(),
        header.step,
        arguments.steps
    );
    eprintln!("going on from {} at step {}, with its settings", path.display(), header.step);
    arguments.spec.changed(header.spec.to_value())
}
