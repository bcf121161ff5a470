//! The state of a comparison: its runs, what they differ in, their samples and figures.

use gan_protocol::{RunSpec, Score};
use leptos::prelude::*;
use serde_json::Value;

use super::change::changed;
use super::chart::Curve;
use super::others::{self, MOST_OTHERS, State};
use super::{LETTERS, MOST_RUNS};
use crate::driving;
use crate::observation;
use crate::playground;
use crate::settings::{self, lines};
use crate::timeline::record::Samples;
use crate::words::key;

/// Samples of each run.
const IMAGES: u32 = 16;
const POINTS: u32 = 500;
/// Seed of the latents of all runs' samples.
const SEED: u32 = 3 << 20;
/// The compared figures: the keys of their names, and the colours of their nets.
pub(super) const CHARTS: [(&str, &str); 4] = [
    (key("beside-generator-loss"), "generator"),
    (key("beside-discriminator-loss"), "discriminator"),
    (key("beside-diversity"), "neutral"),
    (key("beside-modes"), "neutral"),
];

/// The state of the comparison. Arrays of [`MOST_RUNS`] begin with the page's own run.
#[derive(Clone, Copy)]
pub(super) struct Comparison {
    /// For each run beside the page's, the settings in which it differs from it; empty without a
    /// comparison.
    pub(super) differs: RwSignal<Vec<Vec<String>>>,
    pub(super) states: [RwSignal<State>; MOST_RUNS],
    pub(super) samples: [RwSignal<Option<Samples>>; MOST_RUNS],
    pub(super) curves: [[RwSignal<Curve>; MOST_RUNS]; CHARTS.len()],
    pub(super) failed: RwSignal<Option<String>>,
    /// Whether the runs have different objectives, whose losses are no measure of each other.
    pub(super) objectives_differ: RwSignal<bool>,
    /// The specs of the runs beside the page's.
    specs: StoredValue<Vec<Value>>,
    /// The number of the comparison: answers to an earlier one come too late.
    number: StoredValue<u32>,
    /// Whether all runs have begun; before that the page still shows the old run.
    begun: StoredValue<bool>,
    /// Whether the runs beside the page's train, according to the last command.
    others_run: StoredValue<bool>,
    /// Whether samples of each run are under way.
    asked: StoredValue<[bool; MOST_RUNS]>,
}

impl Comparison {
    pub(super) fn new() -> Self {
        let curves = || [(); MOST_RUNS].map(|()| RwSignal::new(Curve::default()));
        Self {
            differs: RwSignal::new(Vec::new()),
            states: [(); MOST_RUNS].map(|()| RwSignal::new(State::default())),
            samples: [(); MOST_RUNS].map(|()| RwSignal::new(None)),
            curves: CHARTS.map(|_| curves()),
            failed: RwSignal::new(None),
            objectives_differ: RwSignal::new(false),
            specs: StoredValue::new(Vec::new()),
            number: StoredValue::new(0),
            begun: StoredValue::new(false),
            others_run: StoredValue::new(false),
            asked: StoredValue::new([false; MOST_RUNS]),
        }
    }

    /// Number of runs, the page's among them; 0 without a comparison. Tracked.
    pub(super) fn count(self) -> usize {
        match self.differs.with(Vec::len) {
            0 => 0,
            others => others + 1,
        }
    }

    /// Restarts the page's run, and trains beside it the run that each of `patches` makes of it; at
    /// most [`MOST_OTHERS`].
    pub(super) fn begin(self, patches: &[String]) {
        let first = playground::spec();
        let read = |patch: &String| {
            let spec = changed(&first, patch)?;
            RunSpec::from_value(spec.clone()).map_err(|error| error.to_string())?;
            Ok(spec)
        };
        let mut specs: Vec<Value> = Vec::new();
        for (patch, letter) in patches.iter().take(MOST_OTHERS).zip(&LETTERS[1..]) {
            match read(patch) {
                Ok(spec) => specs.push(spec),
                Err(message) => {
                    let message: String = message;
                    return self.failed.set(Some(format!("{letter}: {message}")));
                }
            }
        }
        self.end();
        self.forget();
        self.failed.set(None);
        self.differs.set(specs.iter().map(|spec| differences(&first, spec)).collect());
        let is_other = |spec: &Value| spec["objective"] != first["objective"];
        self.objectives_differ.set(specs.iter().any(is_other));
        self.number.update_value(|number| *number += 1);
        let number = self.number.get_value();
        let waiting = StoredValue::new(specs.len());
        for (at, spec) in specs.iter().enumerate() {
            others::load(at, spec, move |loaded| {
                if self.number.get_value() != number {
                    return;
                }
                if let Err(message) = loaded {
                    return self.fail(format!("{}: {message}", LETTERS[at + 1]));
                }
                waiting.update_value(|waiting| *waiting -= 1);
                // All begin together.
                if waiting.get_value() == 0 {
                    self.start(number);
                }
            });
        }
        self.specs.set_value(specs);
    }

    fn start(self, number: u32) {
        driving::train_anew(move |begun| {
            if self.number.get_value() != number {
                return;
            }
            match begun {
                Ok(()) => {
                    self.begun.set_value(true);
                    self.follow_phase();
                }
                Err(message) => self.fail(message),
            }
        });
    }

    fn fail(self, message: String) {
        self.end();
        self.failed.set(Some(message));
    }

    pub(super) fn end(self) {
        self.number.update_value(|number| *number += 1);
        (0..MOST_OTHERS).for_each(others::end);
        self.specs.set_value(Vec::new());
        self.differs.set(Vec::new());
    }

    fn forget(self) {
        self.begun.set_value(false);
        self.others_run.set_value(false);
        self.asked.set_value([false; MOST_RUNS]);
        self.states.iter().for_each(|state| state.set(State::default()));
        self.samples.iter().for_each(|samples| samples.set(None));
        self.curves.iter().flatten().for_each(|curve| curve.set(Curve::default()));
    }

    /// Updates the state of all runs.
    pub(super) fn look(self) {
        let others = self.specs.with_value(Vec::len);
        if others == 0 || !self.begun.get_value() {
            return;
        }
        self.follow_phase();
        let mut now = vec![others::state_of_first()];
        now.extend((0..others).map(others::state));
        let failed = now.iter().zip(LETTERS).skip(1).find_map(|(state, letter)| {
            state.error.as_ref().map(|error| format!("{letter}: {error}"))
        });
        if let Some(message) = failed {
            return self.fail(message);
        }
        // The page has loaded another run, or restarted this one.
        if now[0].seen.step < self.states[0].with_untracked(|before| before.seen.step) {
            return self.end();
        }
        // Settings that change during a run are changed in the page's run alone.
        let first = playground::spec();
        let differs: Vec<_> = self
            .specs
            .with_value(|specs| specs.iter().map(|spec| differences(&first, spec)).collect());
        if self.differs.with_untracked(|before| *before != differs) {
            self.differs.set(differs);
        }
        for (place, state) in now.iter().enumerate() {
            let step = state.seen.step;
            let score = |score: Score| state.seen.scores.get(&score).copied();
            let figures = [
                state.generator_loss,
                state.discriminator_loss,
                score(Score::Diversity),
                score(Score::ModesCovered),
            ];
            for (curves, figure) in self.curves.iter().zip(figures) {
                curves[place].update(|curve| curve.note(step, figure));
            }
        }
        for (signal, state) in self.states.iter().zip(now) {
            signal.set(state);
        }
        self.take_samples(others);
    }

    /// Pauses and resumes the other runs with the page's.
    fn follow_phase(self) {
        let runs = playground::is_running();
        if runs != self.others_run.get_value() {
            self.others_run.set_value(runs);
            (0..self.specs.with_value(Vec::len)).for_each(|at| others::let_run(at, runs));
        }
    }

    fn take_samples(self, others: usize) {
        let count = if observation::run().on_points { POINTS } else { IMAGES };
        let number = self.number.get_value();
        let done = move |place: usize| {
            move |samples: Option<Samples>| {
                if self.number.get_value() != number {
                    return;
                }
                self.asked.update_value(|asked| asked[place] = false);
                if samples.is_some() {
                    self.samples[place].set(samples);
                }
            }
        };
        let asked = self.asked.get_value();
        self.asked.update_value(|asked| asked[..=others].fill(true));
        if !asked[0] {
            playground::sample_any(count, SEED, done(0));
        }
        for at in (0..others).filter(|at| !asked[at + 1]) {
            others::sample(at, count, SEED, done(at + 1));
        }
    }
}

/// The differences of two runs in words, by the names of the settings.
fn differences(first: &Value, second: &Value) -> Vec<String> {
    let read = |value: &Value| RunSpec::from_value(value.clone()).ok();
    let both = read(first).zip(read(second));
    both.map_or_else(Vec::new, |(first, second)| lines(&settings::changed(&first, &second)))
}
