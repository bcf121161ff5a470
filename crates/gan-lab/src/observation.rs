//! Observes the page's run: its description, step, scores and diagnoses.

use std::cell::RefCell;
use std::collections::BTreeMap;

use gan_protocol::{Ailment, DataSource, Figure, Named, Objective, Score};
use js_sys::{Array, Object};
use wasm_bindgen::prelude::*;

use crate::leaving::run_number;
use crate::playground::{count, image_in, member, run_files, size_of, snapshot, spec_value};
use crate::sheet::FRESH;

/// The facts about the run that the lab needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// Its number among the page's runs.
    pub number: u32,
    /// Whether its data are points in the plane.
    pub on_points: bool,
    /// Its objective.
    pub objective: Option<Objective>,
    /// Whether its data are digits that the classifier can read: 28 × 28 pixels of one channel.
    pub on_digits: bool,
    /// Columns, rows and channels of its images.
    pub image: [usize; 3],
    /// Number of classes of its generator; 0 if unconditional.
    pub classes: usize,
    /// Whether it began with nets of another run.
    pub begun_with_others: bool,
    /// Whether its data are digits that every page has: MNIST or drawn ones.
    pub on_own_digits: bool,
    /// Real images of each class that it learns from, if only so many.
    pub per_class: Option<u32>,
    /// Size of the user's files that it learns from; 0 if there are none.
    pub file_bytes: u64,
    /// Whether its generator is given pictures, or images that it translates.
    pub is_given: bool,
    /// Whether it translates images of a second set, and back.
    pub translates: bool,
    /// Whether it has an encoder of images: fresh sheets are of reals and what is made of their latents.
    pub encodes: bool,
    /// Layers of its generator that have a style, where that makes images of latents alone; 0 for others.
    pub styled_layers: usize,
    /// Whether its discriminator sees the picture beside the sample.
    pub judges_pairs: bool,
}

impl Run {
    /// Images on the sheet called `sheet` that belong together: a picture, what the generator makes of it,
    /// and the true image; or a real image and what is made of its latent.
    pub(crate) fn parts(&self, sheet: &str) -> usize {
        match (self.is_given, self.encodes && sheet == FRESH) {
            (true, _) => 3,
            (false, true) => 2,
            (false, false) => 1,
        }
    }
}

/// The current run.
pub fn run() -> Run {
    let spec = spec_value();
    let text = |object: &JsValue, name: &str| member(object, name).as_string();
    let objective = text(&spec, "objective").map(serde_json::Value::from);
    let data = member(&spec, "data");
    let source = text(&data, "source").unwrap_or_default();
    let image = image_in(&data);
    let condition = member(&spec, "condition");
    let translates = member(&spec, "translation").is_object();
    Run {
        number: run_number(),
        on_points: source == "points",
        objective: objective.and_then(|name| serde_json::from_value(name).ok()),
        on_digits: shows_digits(&source) && image == [28, 28, 1],
        image,
        classes: count(&member(&spec, "labels"), "classes"),
        begun_with_others: member(&spec, "initial").is_object(),
        on_own_digits: ["mnist", "drawn_digits"].contains(&source.as_str()),
        per_class: member(&data, "per_class").as_f64().map(|count| count as u32),
        file_bytes: size_of(&run_files()),
        is_given: condition.is_object() || translates,
        translates,
        styled_layers: match source == "points" || condition.is_object() {
            true => 0,
            false => styled_layers(&member(&spec, "generator")),
        },
        encodes: member(&spec, "encoder").is_object() && source != "points",
        judges_pairs: condition.is_object() && member(&condition, "shown").as_bool() != Some(false),
    }
}

/// Count of a generator's modulated convolutions.
fn styled_layers(generator: &JsValue) -> usize {
    let layers = member(generator, "layers");
    let layers = if layers.is_object() { Array::from(&layers) } else { Array::new() };
    let kinds = layers.iter().filter_map(|layer| member(&layer, "kind").as_string());
    kinds.filter(|kind| kind == "modulated_conv").count()
}

fn shows_digits(source: &str) -> bool {
    DataSource::named(source).is_some_and(|source| source.facts().is_of_digits)
}

/// The observed state of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observed {
    /// Generator steps done.
    pub step: u64,
    /// Scores, as in the page's snapshot.
    pub scores: BTreeMap<Score, f64>,
    /// Diagnoses, the worst first.
    pub findings: Vec<Finding>,
}

/// A diagnosis.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The failure.
    pub kind: Ailment,
    /// The figures behind it.
    pub figures: BTreeMap<Figure, f64>,
}

impl Observed {
    /// The same in the form for lessons' conditions.
    pub fn seen(&self) -> gan_lessons::Seen {
        let diagnoses = self.findings.iter().map(|one| one.kind).collect();
        gan_lessons::Seen { step: self.step, scores: self.scores.clone(), diagnoses }
    }
}

thread_local! {
    /// Scores computed by the lab itself, for the step at which it computed them.
    static OWN_SCORES: RefCell<BTreeMap<Score, f64>> = const { RefCell::new(BTreeMap::new()) };
}

thread_local! {
    /// Parts of the lab that want the digits among the samples to be read.
    static DIGITS_FOR: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

/// Says whether `part` wants [`Score::Digits`], which costs the run some time.
pub(crate) fn want_digits(part: &'static str, wants: bool) {
    DIGITS_FOR.with_borrow_mut(|parts| {
        parts.retain(|one| *one != part);
        if wants {
            parts.push(part);
        }
    });
}

/// Whether some part of the lab wants [`Score::Digits`].
pub(crate) fn digits_are_wanted() -> bool {
    DIGITS_FOR.with_borrow(|parts| !parts.is_empty())
}

/// Adds a score of the lab's own to the [`observed`] ones; `None` removes it.
pub(crate) fn note_score(score: Score, value: Option<f64>) {
    OWN_SCORES.with_borrow_mut(|scores| match value {
        Some(value) => drop(scores.insert(score, value)),
        None => drop(scores.remove(&score)),
    });
}

/// The observed state of the run, with the lab's own scores.
pub fn observed() -> Observed {
    let mut observed = observed_in(&snapshot());
    OWN_SCORES.with_borrow(|own| observed.scores.extend(own.clone()));
    observed
}

/// The observed state in a snapshot.
pub(crate) fn observed_in(snapshot: &JsValue) -> Observed {
    let found = member(snapshot, "diagnoses");
    let found = if found.is_object() { Array::from(&found) } else { Array::new() };
    let finding = |one: JsValue| {
        Some(Finding {
            kind: Ailment::named(&member(&one, "kind").as_string()?)?,
            figures: named_numbers(&member(&one, "figures")),
        })
    };
    Observed {
        step: member(snapshot, "step").as_f64().unwrap_or(0.0) as u64,
        scores: named_numbers(&member(snapshot, "scores")),
        findings: found.iter().filter_map(finding).collect(),
    }
}

/// The newest losses of generator and discriminator.
pub(crate) fn losses() -> [Option<f64>; 2] {
    let losses = numbers_of(&member(&snapshot(), "losses"));
    ["generator", "discriminator"].map(|net| losses.get(net).copied())
}

/// The charts' averages by their names in a snapshot.
pub(crate) fn averages() -> BTreeMap<String, f64> {
    numbers_of(&member(&snapshot(), "averages"))
}

/// The members of `object` that are numbers.
pub(crate) fn numbers_of(object: &JsValue) -> BTreeMap<String, f64> {
    let entries = object.dyn_ref::<Object>().map(Object::entries).unwrap_or_default();
    let entries = entries.into_iter().map(|entry| Array::from(&entry));
    entries.filter_map(|entry| Some((entry.get(0).as_string()?, entry.get(1).as_f64()?))).collect()
}

/// The members of `object` that are numbers, by the values of their names.
fn named_numbers<T: Named + Ord>(object: &JsValue) -> BTreeMap<T, f64> {
    numbers_of(object)
        .iter()
        .filter_map(|(name, number)| Some((T::named(name)?, *number)))
        .collect()
}
