//! `gan reproduce`: trains a published experiment with several seeds, and prints the paper's
//! figures beside ours.

mod course;
mod digits;
mod encoded;
mod mixture;
mod restored;
mod rows;
mod seeds;
mod table;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;
use gan_protocol::RunSpec;

use self::course::{ClassJudge, CourseJudge};
use self::digits::DigitJudge;
use self::encoded::EncodingJudge;
use self::restored::RestorationJudge;
use self::rows::{Arm, Row, ScoreKind};
use self::seeds::Seeds;
use crate::data::DataArguments;
use crate::device::DeviceName;
use crate::output::{say, tell};
use crate::progress::{Bar, note};
use crate::runs::{TrainedRun, snapshot};
use crate::scores::Scores;
use crate::{Ending, interrupt};

/// Time between two checkpoints of a run that is kept.
const SAVE_EVERY: Duration = Duration::from_secs(60);

/// Arguments of `gan reproduce`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Which row, or a JSON file in the form of those in `crates/gan-cli/rows`; `--list` names them.
    #[arg(required_unless_present = "list")]
    row: Option<String>,
    /// Name the rows.
    #[arg(long)]
    list: bool,
    /// Only these arms.
    #[arg(long, value_name = "ARM", num_args = 1.., value_delimiter = ',')]
    arms: Vec<String>,
    /// Seeds 1 to this, or those of a range (2-5); the row says how many otherwise.
    #[arg(long, value_name = "COUNT|FIRST-LAST")]
    seeds: Option<Seeds>,
    /// Generator steps; the row says how many otherwise.
    #[arg(long)]
    steps: Option<u64>,
    /// Tell the scores after every so many steps too.
    #[arg(long, value_name = "STEPS", value_parser = clap::value_parser!(u64).range(1..))]
    every: Option<u64>,
    /// Keep every run's checkpoint in this folder and go on from those that are there: a row that
    /// was interrupted goes on, and one that is done is scored only.
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// What computes.
    #[arg(long, value_enum, default_value = "cpu")]
    device: DeviceName,
    #[command(flatten)]
    data: DataArguments,
}

/// The result of one arm.
struct Outcome {
    arm: Arm,
    /// The scores of each seed.
    scores: Vec<Scores>,
}

/// The scores of a row, with the state that they need.
enum Judge {
    Mixture,
    Digits(Box<DigitJudge>),
    StackedDigits(Box<DigitJudge>),
    Restored(Box<RestorationJudge>),
    Encoded(Box<EncodingJudge>),
    Classes(Box<ClassJudge>),
    Course(Box<CourseJudge>),
}

impl Judge {
    /// For fakes in sets of `samples`.
    fn new(kind: ScoreKind, samples: usize, arguments: &Arguments) -> Result<Self> {
        let digits = || -> Result<_> {
            let device = arguments.device.open()?;
            Ok(Box::new(DigitJudge::new(&arguments.data, &device, samples)?))
        };
        Ok(match kind {
            ScoreKind::Mixture => Self::Mixture,
            ScoreKind::Digits => Self::Digits(digits()?),
            ScoreKind::StackedDigits => Self::StackedDigits(digits()?),
            ScoreKind::Restored => {
                let device = arguments.device.open()?;
                Self::Restored(Box::new(RestorationJudge::new(&arguments.data, &device, samples)?))
            }
            ScoreKind::Classes => {
                let digits = digits()?;
                Self::Classes(Box::new(ClassJudge::new(&arguments.data, digits)?))
            }
            ScoreKind::Course => {
                let digits = digits()?;
                Self::Course(Box::new(CourseJudge::new(&arguments.data, digits)?))
            }
            ScoreKind::Encoded => {
                let device = arguments.device.open()?;
                Self::Encoded(Box::new(EncodingJudge::new(&arguments.data, &device, samples)?))
            }
        })
    }

    fn scores(&mut self, run: &TrainedRun, samples: usize) -> Result<Scores> {
        match self {
            Self::Mixture => mixture::scores(run, samples),
            Self::Digits(digits) => digits.scores(run, samples),
            Self::StackedDigits(digits) => digits.stacked_scores(run, samples),
            Self::Restored(judge) => judge.scores(run),
            Self::Encoded(judge) => judge.scores(run, samples),
            Self::Classes(judge) => judge.scores(run, samples),
            Self::Course(judge) => judge.scores(run, samples),
        }
    }

    /// The scores of real data, which a perfect generator would have: the floor of each score.
    /// `reals` returns as many real samples, for scores that have no floor yet.
    fn floor(
        &mut self,
        spec: &RunSpec,
        reals: impl FnOnce() -> Result<Vec<f32>>,
    ) -> Result<Scores> {
        match self {
            Self::Mixture => mixture::scored(spec, &reals()?),
            Self::Digits(digits) => Ok(digits.floor()),
            Self::StackedDigits(digits) => digits.of_stacks(&reals()?),
            Self::Restored(judge) => judge.floor(),
            Self::Encoded(judge) => judge.floor(),
            Self::Classes(judge) => Ok(judge.floor()),
            Self::Course(judge) => Ok(judge.floor()),
        }
    }
}

/// Runs a row.
pub(crate) fn run(arguments: &Arguments) -> Result<Ending> {
    if arguments.list {
        for row in rows::rows()? {
            say!("{:<18} {} ({})", row.name, row.title, row.source)?;
            let arms: Vec<_> = row.arms.iter().map(|arm| arm.name.as_str()).collect();
            say!("{:<18} {}", "", arms.join(", "))?;
        }
        return Ok(Ending::Done);
    }
    interrupt::watch();
    let row = rows::row(arguments.row.as_deref().unwrap_or_default())?;
    ensure!(!row.arms.is_empty(), "the row `{}` has no arms", row.name);
    let known = |name: &String| row.arms.iter().any(|arm| arm.name == *name);
    if let Some(name) = arguments.arms.iter().find(|name| !known(name)) {
        bail!("the row `{}` has no arm `{name}`", row.name);
    }
    let steps = arguments.steps.unwrap_or(row.steps);
    let seeds = arguments.seeds.unwrap_or(Seeds::first(row.seeds));
    if let Some(folder) = &arguments.out {
        let problem = || format!("cannot make the folder {}", folder.display());
        std::fs::create_dir_all(folder).with_context(problem)?;
    }
    let begin = Instant::now();
    let mut judge = Judge::new(row.scores, row.samples, arguments)?;
    let mut outcomes = Vec::new();
    let chosen = |arm: &&Arm| arguments.arms.is_empty() || arguments.arms.contains(&arm.name);
    'arms: for arm in row.arms.iter().filter(chosen) {
        let mut outcome = Outcome { arm: arm.clone(), scores: Vec::new() };
        for seed in seeds.numbers() {
            let steps = row.steps_of(arm, steps);
            let found = train(&row, arm, seed, steps, arguments, &mut judge);
            let found = found.with_context(|| format!("{} seed {seed}", arm.name))?;
            let Some(found) = found else {
                // The results of the seeds before the interruption are printed.
                outcomes.extend(Some(outcome).filter(|outcome| !outcome.scores.is_empty()));
                break 'arms;
            };
            eprintln!("{} seed {seed}: {}", arm.name, told(&found));
            outcome.scores.push(found);
        }
        outcomes.push(outcome);
    }
    if let Some(first) = outcomes.first() {
        let spec = settings(&row, &first.arm, 1)?;
        let reals = || -> Result<Vec<f32>> {
            let mut data = arguments.data.load(&spec)?;
            Ok(data.samples.batch(spec.seed, 0, row.samples).values)
        };
        let scores = judge.floor(&spec, reals)?;
        let told = |name: &str| {
            outcomes.iter().flat_map(|one| &one.scores).flatten().any(|(n, _)| *n == name)
        };
        let shown = scores.into_iter().filter(|(name, _)| told(name)).collect();
        let arm = Arm::unchanged(table::REAL);
        outcomes.push(Outcome { arm, scores: vec![shown] });
    }
    if arguments.json {
        say!("{:#}", table::json(&row, steps, &outcomes))?;
    } else {
        tell(format_args!("{}", table::markdown(&row, steps, &outcomes)))?;
        eprintln!("{:.0} s", begin.elapsed().as_secs_f64());
    }
    Ok(if interrupt::is_wanted() { Ending::Interrupted } else { Ending::Done })
}

fn file_name(row: &Row, arm: &Arm, seed: u64) -> String {
    format!("{}-{}-{seed}.safetensors", row.name, arm.name)
}

fn told(scores: &Scores) -> String {
    let parts: Vec<_> = scores.iter().map(|(name, value)| format!("{name} {value:.4}")).collect();
    parts.join(", ")
}

/// The run of one arm with one seed.
fn settings(row: &Row, arm: &Arm, seed: u64) -> Result<RunSpec> {
    let mut value = row.settings(arm)?;
    value["seed"] = seed.into();
    Ok(RunSpec::from_value(value)?)
}

/// Trains one arm with one seed; `None` if interrupted.
fn train(
    row: &Row,
    arm: &Arm,
    seed: u64,
    steps: u64,
    arguments: &Arguments,
    judge: &mut Judge,
) -> Result<Option<Scores>> {
    let spec = settings(row, arm, seed)?;
    let device = arguments.device.open()?;
    let kept = arguments.out.as_ref().map(|folder| folder.join(file_name(row, arm, seed)));
    let resume = kept.as_deref().filter(|path| path.exists());
    if let Some(path) = resume {
        let same = snapshot(path)?.header.spec == spec;
        ensure!(same, "{} holds a run with other settings", path.display());
    }
    let mut run = TrainedRun::new(&spec, &arguments.data, resume, &device)?;
    let done = run.trainer.generator_steps();
    ensure!(done <= steps, "{arm} seed {seed} is at step {done} already", arm = arm.name);
    let save = |run: &TrainedRun| kept.as_deref().map_or(Ok(()), |path| run.save(path));
    let mut saved = Instant::now();
    let bar = Bar::counted(format!("{} seed {seed}", arm.name), steps, "steps");
    while run.trainer.generator_steps() < steps {
        if interrupt::is_wanted() {
            save(&run)?;
            return Ok(None);
        }
        if saved.elapsed() > SAVE_EVERY {
            save(&run)?;
            saved = Instant::now();
        }
        let done = run.trainer.generator_steps();
        let next = arguments.every.map_or(steps, |every| (done / every + 1) * every);
        run.steps(next.min(steps) - done)?;
        let done = run.trainer.generator_steps();
        bar.set_position(done);
        if arguments.every.is_some_and(|every| done % every == 0 && done < steps) {
            let found = told(&judge.scores(&run, row.samples)?);
            note!("{} seed {seed} step {done}: {found}", arm.name);
        }
    }
    drop(bar);
    save(&run)?;
    judge.scores(&run, row.samples).map(Some)
}
