//! `gan reproduce`

mod mixture;
mod rows;
mod table;

use std::time::Instant;

use anyhow::{Result, anyhow, bail};
use clap::Args;
use gan_protocol::{RunSpec, merged, preset};
use indicatif::{ProgressBar, ProgressStyle};

use self::mixture::MixtureScores;
use self::rows::{Arm, Row};
use crate::data::DataArguments;
use crate::device::DeviceName;
use crate::runs::TrainedRun;
use crate::{Ending, interrupt};

/// Arguments of `gan reproduce`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Which row; `--list` names them.
    #[arg(required_unless_present = "list")]
    row: Option<String>,
    /// Name the rows.
    #[arg(long)]
    list: bool,
    /// Only these arms.
    #[arg(long, value_name = "ARM", num_args = 1.., value_delimiter = ',')]
    arms: Vec<String>,
    /// Seeds 1 to this; the row says how many otherwise.
    #[arg(long)]
    seeds: Option<u64>,
    /// Generator steps; the row says how many otherwise.
    #[arg(long)]
    steps: Option<u64>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// What computes.
    #[arg(long, value_enum, default_value = "cpu")]
    device: DeviceName,
    #[command(flatten)]
    data: DataArguments,
}

/// What came of one arm.
struct Outcome {
    arm: Arm,
    scores: Vec<MixtureScores>,
}

/// Runs a row.
pub(crate) fn run(arguments: &Arguments) -> Result<Ending> {
    if arguments.list {
        for row in rows::rows()? {
            println!("{:<18} {} ({})", row.name, row.title, row.source);
            let arms: Vec<_> = row.arms.iter().map(|arm| arm.name.as_str()).collect();
            println!("{:<18} {}", "", arms.join(", "));
        }
        return Ok(Ending::Done);
    }
    interrupt::watch();
    let row = rows::row(arguments.row.as_deref().unwrap_or_default())?;
    let known = |name: &String| row.arms.iter().any(|arm| arm.name == *name);
    if let Some(name) = arguments.arms.iter().find(|name| !known(name)) {
        bail!("the row `{}` has no arm `{name}`", row.name);
    }
    let steps = arguments.steps.unwrap_or(row.steps);
    let seeds = arguments.seeds.unwrap_or(row.seeds);
    let begin = Instant::now();
    let mut outcomes = Vec::new();
    let chosen = |arm: &&Arm| arguments.arms.is_empty() || arguments.arms.contains(&arm.name);
    'arms: for arm in row.arms.iter().filter(chosen) {
        let mut scores = Vec::new();
        for seed in 1..=seeds {
            let Some(found) = train(&row, arm, seed, steps, arguments)? else { break 'arms };
            eprintln!("{} seed {seed}: {found:?}", arm.name);
            scores.push(found);
        }
        outcomes.push(Outcome { arm: arm.clone(), scores });
    }
    if arguments.json {
        println!("{:#}", table::json(&row, steps, &outcomes));
    } else {
        print!("{}", table::markdown(&row, steps, &outcomes));
        eprintln!("{:.0} s", begin.elapsed().as_secs_f64());
    }
    Ok(if interrupt::is_wanted() { Ending::Interrupted } else { Ending::Done })
}

/// Trains one arm with one seed; `None` when interrupted.
fn train(
    row: &Row,
    arm: &Arm,
    seed: u64,
    steps: u64,
    arguments: &Arguments,
) -> Result<Option<MixtureScores>> {
    let base = preset(&row.preset).ok_or_else(|| anyhow!("no preset `{}`", row.preset))?;
    let mut value = merged(&merged(&base.spec.to_value(), &row.patch), &arm.patch);
    value["seed"] = seed.into();
    let spec = RunSpec::from_value(value)?;
    let device = arguments.device.open()?;
    let mut run = TrainedRun::new(&spec, &arguments.data, None, &device)?;
    let bar = if arguments.json { ProgressBar::hidden() } else { ProgressBar::new(steps) };
    if let Ok(style) = ProgressStyle::with_template("{msg} {bar:24} {pos}/{len} {per_sec} {eta}") {
        bar.set_style(style);
    }
    bar.set_message(format!("{} seed {seed}", arm.name));
    while run.trainer.generator_steps() < steps {
        if interrupt::is_wanted() {
            return Ok(None);
        }
        run.steps(steps - run.trainer.generator_steps())?;
        bar.set_position(run.trainer.generator_steps());
    }
    bar.finish_and_clear();
    mixture::score(&run, row.samples).map(Some)
}
