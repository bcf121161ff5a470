//! `gan lessons`: checks that runs of the page's lessons meet the conditions that the lessons wait
//! for.

use anyhow::{Context as _, Result, bail, ensure};
use clap::{Args, value_parser};
use gan_core::{Classifier, Device, Inputs};
use gan_eval::histogram::shares;
use gan_lessons::{Condition, Lesson, Seen, Step, digits_drawn};
use gan_protocol::{RunSpec, Score, Shape};
use gan_random::Purpose;
use gan_session::Health;
use pollster::block_on;
use serde_json::json;

use crate::data::DataArguments;
use crate::device::DeviceName;
use crate::digits::{class_counts, digit_classifier};
use crate::output::say;
use crate::progress::Bar;
use crate::runs::TrainedRun;
use crate::{Ending, interrupt};

/// Samples that are read as digits, as many as on the page.
const DIGIT_SAMPLES: usize = 100;
/// Least share, in percent, of a step's runs that must meet its condition.
const LEAST_PERCENT: usize = 90;

/// Arguments of `gan lessons`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Lessons by name; all if none is named.
    lessons: Vec<String>,
    #[command(flatten)]
    data: DataArguments,
    /// Seeds that each lesson is given with, from 1 on.
    #[arg(long, default_value_t = 20, value_parser = value_parser!(u64).range(1..))]
    seeds: u64,
    /// Steps between two looks. The page looks every half second.
    #[arg(long, default_value_t = 25, value_parser = value_parser!(u64).range(1..))]
    every: u64,
    /// Steps after which a lesson's step is given up.
    #[arg(long, default_value_t = 12_000, value_parser = value_parser!(u64).range(1..))]
    most: u64,
    /// Print lines of JSON.
    #[arg(long)]
    json: bool,
    /// What computes.
    #[arg(long, value_enum, default_value = "cpu")]
    device: DeviceName,
}

/// Trains lessons' runs with several seeds, and prints after how many steps each has met its
/// condition.
///
/// # Errors
/// If a step's condition is met with fewer than nine of ten seeds; if there is no such lesson; if a
/// run diverges or the device fails.
pub(crate) fn run(arguments: &Arguments) -> Result<Ending> {
    interrupt::watch();
    let device = arguments.device.open()?;
    let mut classifier = digit_classifier(&device)?;
    let all = gan_lessons::all()?;
    for name in &arguments.lessons {
        ensure!(all.iter().any(|lesson| lesson.id == *name), "there is no lesson `{name}`");
    }
    let wanted =
        |lesson: &&Lesson| arguments.lessons.is_empty() || arguments.lessons.contains(&lesson.id);
    if !arguments.json {
        say!("{:<24} {:>4} {:>9} {:>8} {:>8}", "lesson", "step", "seen", "median", "latest")?;
    }
    let mut failed = Vec::new();
    for lesson in all.iter().filter(wanted) {
        let mut reached: Vec<Vec<Option<u64>>> = vec![Vec::new(); lesson.steps.len()];
        let bar = Bar::counted(lesson.id.as_str(), arguments.seeds, "seeds");
        for seed in 1..=arguments.seeds {
            let lesson_name = lesson.id.as_str();
            let mut pupil =
                Pupil { arguments, lesson: lesson_name, seed, device: &device, run: None };
            for (step, reached) in lesson.steps.iter().zip(&mut reached) {
                if interrupt::is_wanted() {
                    return Ok(Ending::Interrupted);
                }
                let seen = pupil.follow(step, &mut classifier, &bar);
                reached.push(seen.with_context(|| format!("{lesson_name}, seed {seed}"))?);
            }
            bar.advance(1);
        }
        drop(bar);
        for (number, (step, reached)) in lesson.steps.iter().zip(&reached).enumerate() {
            if step.until.is_none() {
                continue;
            }
            let mut steps: Vec<u64> = reached.iter().copied().flatten().collect();
            steps.sort_unstable();
            if 100 * steps.len() < LEAST_PERCENT * reached.len() {
                failed.push(format!("{} {}", lesson.id, number + 1));
            }
            tell(arguments, &lesson.id, number + 1, &steps)?;
        }
    }
    if !failed.is_empty() {
        bail!("seen with less than {LEAST_PERCENT} % of the seeds: {}", failed.join(", "));
    }
    Ok(Ending::Done)
}

/// Prints the numbers of training steps, in order, after which a lesson's step has met its
/// condition.
fn tell(arguments: &Arguments, lesson: &str, number: usize, steps: &[u64]) -> Result<()> {
    let (median, latest) = (steps.get(steps.len() / 2), steps.last());
    if arguments.json {
        let seeds = arguments.seeds;
        return say!(
            "{}",
            json!({"lesson": lesson, "step": number, "seeds": seeds, "seen": steps.len(),
                   "median": median, "latest": latest})
        );
    }
    let seen = format!("{} of {}", steps.len(), arguments.seeds);
    let told = |of: Option<&u64>| of.map_or_else(|| "-".to_string(), u64::to_string);
    say!("{lesson:<24} {number:>4} {seen:>9} {:>8} {:>8}", told(median), told(latest))
}

/// A lesson with one seed.
struct Pupil<'a> {
    arguments: &'a Arguments,
    lesson: &'a str,
    seed: u64,
    device: &'a Device,
    run: Option<(TrainedRun, Health)>,
}

impl Pupil<'_> {
    /// Carries out a step. Returns the number of its run's steps until its condition was met.
    fn follow(
        &mut self,
        step: &Step,
        classifier: &mut Classifier,
        bar: &Bar,
    ) -> Result<Option<u64>> {
        if let Some(spec) = step.run() {
            let spec = RunSpec { seed: self.seed, ..spec? };
            let run = TrainedRun::new(&spec, &self.arguments.data, None, self.device)?;
            self.run = Some((run, Health::default()));
        }
        let (Some(until), Some((run, health))) = (&step.until, &mut self.run) else {
            return Ok(None);
        };
        let begin = run.trainer.generator_steps();
        while run.trainer.generator_steps() < begin + self.arguments.most && !interrupt::is_wanted()
        {
            let step = run.trainer.generator_steps();
            bar.set_message(format!("{}, seed {}, step {step}", self.lesson, self.seed));
            let seen = look(run, health, self.arguments.every, until, classifier)?;
            if until.holds(&seen) {
                return Ok(Some(seen.step));
            }
        }
        Ok(None)
    }
}

/// Trains for `every` steps and observes the run.
fn look(
    run: &mut TrainedRun,
    health: &mut Health,
    every: u64,
    until: &Condition,
    classifier: &mut Classifier,
) -> Result<Seen> {
    let report = run.watched(health, run.trainer.generator_steps() + every)?;
    let mut seen = Seen { step: run.trainer.generator_steps(), ..Seen::default() };
    if let Some(report) = report {
        seen.diagnoses = report.ailments().collect();
        seen.scores = report.scores;
    }
    let on_digits = run.trainer.spec().data.shape() == Shape::image(1, 28, 28);
    if until.counts_digits() && on_digits {
        let inputs = Inputs::drawn(run.trainer.spec(), Purpose::FixedLatents, 0, DIGIT_SAMPLES);
        let fakes = block_on(run.trainer.samples(&inputs, 0))?;
        let counts = class_counts(&block_on(classifier.judge(&fakes))?)?;
        let drawn = digits_drawn(&shares(&counts).unwrap_or_default());
        seen.scores.insert(Score::Digits, drawn as f64);
    }
    Ok(seen)
}
