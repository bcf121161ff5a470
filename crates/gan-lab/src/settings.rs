//! Puts differences between the settings of two runs into words, by the names of the settings panel
//! where it has the setting.

use gan_protocol::{RunSpec, difference};
use serde_json::{Map, Value, json};

use crate::words::{key, page_key, page_kind, page_says, say, say_with};

/// Most changes that are told.
const MOST: usize = 6;
/// Longest value that is told; of a longer one only its length is, or that it differs.
const LONGEST_VALUE: usize = 32;

/// A setting that differs between two runs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Changed {
    /// Its path in the run, as in errors: `generator_optimizer.learning_rate`.
    pub(crate) path: String,
    before: Value,
    after: Value,
}

/// The name of a setting.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Name {
    /// Its label in the page's panel, by its key.
    Label(&'static str),
    /// The same, and the beginning of the page's keys for its values.
    LabelWithValues(&'static str, &'static str),
    /// The lab's own, by its key.
    Own(&'static str),
}

use Name::{Label, LabelWithValues, Own};

/// Settings by path, those of the page's panel first and in its order. A field within a setting goes
/// by the setting's name and its own.
const NAMES: [(&str, Name); 38] = [
    ("data.source", LabelWithValues(page_key("data"), page_kind("data"))),
    ("data", Label(page_key("data"))),
    ("data.points", Label(page_key("data"))),
    ("seed", Label(page_key("seed"))),
    ("batch_size", Label(page_key("batch-size"))),
    ("objective", LabelWithValues(page_key("objective"), page_kind("objective"))),
    ("generator_optimizer.learning_rate", Label(page_key("generator-rate"))),
    ("discriminator_optimizer.learning_rate", Label(page_key("discriminator-rate"))),
    ("label_smoothing", Label(page_key("label-smoothing"))),
    ("discriminator_steps", Label(page_key("discriminator-steps"))),
    ("fake_label_smoothing", Own(key("setting-fake-smoothing"))),
    ("condition", Own(key("setting-condition"))),
    ("translation", Own(key("setting-translation"))),
    ("encoder", Own(key("setting-encoder"))),
    ("initial", Own(key("setting-initial"))),
    ("terms", Own(key("setting-terms"))),
    ("adversarial_weight", Own(key("setting-adversarial-weight"))),
    ("pretraining_steps", Own(key("setting-pretraining"))),
    ("penalties", Own(key("setting-penalties"))),
    ("weight_clip", Own(key("setting-weight-clip"))),
    ("packing", Own(key("setting-packing"))),
    ("unrolled_steps", Own(key("setting-unrolled"))),
    ("instance_noise", Own(key("setting-noise"))),
    ("diff_augment", Own(key("setting-diff-augment"))),
    ("data.limit", Own(key("setting-limit"))),
    ("data.per_class", Own(key("setting-per-class"))),
    ("data.augmentation", Own(key("setting-augmentation"))),
    ("generator_optimizer", Own(key("setting-generator-optimizer"))),
    ("discriminator_optimizer", Own(key("setting-discriminator-optimizer"))),
    ("ema", Own(key("setting-average"))),
    ("labels", Own(key("setting-labels"))),
    ("codes", Own(key("setting-codes"))),
    ("mixture", Own(key("setting-mixture"))),
    ("semi_supervised", Own(key("setting-semi-supervised"))),
    ("growth", Own(key("setting-growth"))),
    ("latent", Own(key("setting-latent"))),
    ("generator", Own(key("setting-generator"))),
    ("discriminator", Own(key("setting-discriminator"))),
];

/// The place of the setting at `path` among the names, and the rest of the path within it; the most
/// exact name leaves the least. `None` if it has no name.
fn place_of(path: &str) -> Option<(usize, &str)> {
    let within = |start: &str| match path.strip_prefix(start)? {
        "" => Some(""),
        rest => rest.strip_prefix('.'),
    };
    let places = NAMES.iter().enumerate();
    let found = places.filter_map(|(place, (start, _))| Some((place, within(start)?)));
    found.min_by_key(|(_, rest)| rest.len())
}

/// The settings in which two runs differ, in the order of the panel.
pub(crate) fn changed(before: &RunSpec, after: &RunSpec) -> Vec<Changed> {
    let (before, after) = (whole(before), whole(after));
    let mut found = Vec::new();
    if let Some(patch) = difference(&before, &after) {
        collect("", &patch, &before, &after, &mut found);
    }
    // Another source of data has other fields.
    if found.iter().any(|one| one.path == "data.source") {
        found.retain(|one| one.path == "data.source" || !one.path.starts_with("data."));
    }
    found.sort_by_key(|one| place_of(&one.path).map_or(NAMES.len(), |(place, _)| place));
    found
}

/// The changes in lines: at most six, and how many more there are.
pub(crate) fn lines(changed: &[Changed]) -> Vec<String> {
    let mut lines: Vec<_> = changed.iter().take(MOST).map(line).collect();
    if let Some(more) = changed.len().checked_sub(MOST).filter(|more| *more > 0) {
        lines.push(say_with(key("change-more"), &[("count", more.to_string())]));
    }
    lines
}

/// The name of the setting at `path`, and of its part that the path leads to; the path itself for one
/// without a name.
pub(crate) fn setting_name(path: &str) -> String {
    let Some((place, part)) = place_of(path) else { return path.to_string() };
    let own = match NAMES[place].1 {
        Label(key) | LabelWithValues(key, _) => page_says(key),
        Own(key) => say(key),
    };
    match part.rsplit('.').next() {
        Some(field) if !field.is_empty() => {
            say_with(key("setting-part"), &[("name", own), ("part", field.replace('_', " "))])
        }
        _ => own,
    }
}

/// The page's name of the data source `name`.
pub(crate) fn data_name(name: &str) -> String {
    page_says(&format!("{}-{name}", page_kind("data")))
}

/// The name of a preset.
pub(crate) fn preset_name(name: &str) -> String {
    page_says(&format!("{}-{name}", page_kind("preset")))
}

/// A run with the numbers that its JSON leaves out where they are the default.
fn whole(spec: &RunSpec) -> Value {
    let mut value = spec.to_value();
    let left_out = json!({
        "discriminator_steps": spec.discriminator_steps,
        "packing": spec.packing,
        "unrolled_steps": spec.unrolled_steps,
        "fake_label_smoothing": spec.fake_label_smoothing,
    });
    if let (Value::Object(fields), Value::Object(left_out)) = (&mut value, left_out) {
        fields.extend(left_out);
    }
    value
}

/// Adds the fields of a merge patch, which turns `before` into `after`. A part of another kind is
/// one change.
fn collect(path: &str, patch: &Value, before: &Value, after: &Value, found: &mut Vec<Changed>) {
    let is_inside = |kind: Option<&Value>| kind.is_none_or(|kind| Some(kind) == after.get("kind"));
    match (patch, before, after) {
        (Value::Object(fields), Value::Object(_), Value::Object(_))
            if is_inside(before.get("kind")) =>
        {
            for (name, inner) in fields {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                let of = |value: &Value| value.get(name).cloned().unwrap_or(Value::Null);
                collect(&path, inner, &of(before), &of(after), found);
            }
        }
        _ => found.push(Changed {
            path: path.to_string(),
            before: before.clone(),
            after: after.clone(),
        }),
    }
}

fn line(changed: &Changed) -> String {
    let name = place_of(&changed.path).map(|(place, _)| NAMES[place].1);
    let name_told = setting_name(&changed.path);
    let told = |value: &Value| match (name, value.as_str()) {
        (Some(LabelWithValues(_, kind)), Some(value)) => page_says(&format!("{kind}-{value}")),
        _ => value_told(value),
    };
    match [told(&changed.before), told(&changed.after)] {
        [before, after] if before != after => format!("{name_told} {before} → {after}"),
        _ => say_with(key("change-otherwise"), &[("name", name_told)]),
    }
}

/// A value in a few letters: a part by its kind, a list by its entries or their number.
fn value_told(value: &Value) -> String {
    match value {
        Value::Null => say(key("change-none")),
        Value::String(text) => text.clone(),
        // Not as JSON has it, where small numbers have exponents.
        Value::Number(number) => {
            number.as_f64().map_or_else(|| number.to_string(), |number| number.to_string())
        }
        Value::Object(fields) => part_told(fields),
        Value::Array(entries) if entries.is_empty() => say(key("change-none")),
        Value::Array(entries) => {
            let all: Vec<_> = entries.iter().map(value_told).collect();
            let all = all.join(", ");
            if all.chars().count() <= LONGEST_VALUE {
                return all;
            }
            say_with(key("change-entries"), &[("count", entries.len().to_string())])
        }
        Value::Bool(_) => value.to_string(),
    }
}

/// A part by its kind, with its number if it has a single one: `r1 0.02`. Without a kind by its
/// numbers: `decay 0.99`.
fn part_told(fields: &Map<String, Value>) -> String {
    let numbers: Vec<_> = fields.iter().filter(|(_, value)| value.is_number()).collect();
    let told = match (fields.get("kind").and_then(Value::as_str), &numbers[..]) {
        (Some(kind), [(_, number)]) => format!("{kind} {}", value_told(number)),
        (Some(kind), _) => kind.to_string(),
        (None, numbers) => {
            let named = numbers.iter().map(|(name, value)| format!("{name} {}", value_told(value)));
            named.collect::<Vec<_>>().join(" ")
        }
    };
    if told.is_empty() { "…".to_string() } else { told }
}

#[cfg(test)]
mod tests {
    use gan_lessons::{Step, all};
    use gan_protocol::{merged, preset, presets};

    use super::*;

    fn spec(name: &str) -> RunSpec {
        preset(name).expect("a preset").spec
    }

    /// What the merge patch `patch` of a preset changes.
    fn told_of(name: &str, patch: Value) -> Vec<String> {
        let before = spec(name);
        let after = RunSpec::from_value(merged(&before.to_value(), &patch)).expect("a run");
        lines(&changed(&before, &after))
    }

    #[test]
    fn settings_have_the_labels_of_the_panel_and_come_in_its_order() {
        let lines = told_of(
            "ring-collapse",
            json!({"generator_optimizer": {"learning_rate": 0.00002}, "objective": "hinge", "packing": 4}),
        );
        assert_eq!(
            lines,
            [
                "Objective Non-saturating → Hinge",
                "Generator learning rate 0.001 → 0.00002",
                "Samples judged as one 1 → 4"
            ]
        );
        let rate = json!({"discriminator_optimizer": {"learning_rate": 0.1}});
        assert_eq!(told_of("ring", rate), ["Discriminator learning rate 0.001 → 0.1"]);
    }

    #[test]
    fn another_source_of_data_is_one_change() {
        let lines = told_of(
            "mnist-dcgan-small",
            json!({"data": {"source": "drawn_digits", "limit": 100}, "seed": 7}),
        );
        assert_eq!(lines, ["Data MNIST → Drawn digits", "Seed 1 → 7"]);
        let few = json!({"data": {"limit": 100}});
        assert_eq!(told_of("mnist-dcgan-small", few), ["Most images learned from none → 100"]);
    }

    #[test]
    fn what_a_run_leaves_out_is_told_by_its_default() {
        let mut unrolled = spec("ring-collapse");
        unrolled.unrolled_steps = 5;
        unrolled.discriminator_steps = 3;
        let expected = ["Discriminator steps per generator step 3 → 1", "Unrolled steps 5 → 0"]
            .map(str::to_string);
        assert_eq!(lines(&changed(&unrolled, &spec("ring-collapse"))), expected);
        assert!(changed(&unrolled, &unrolled).is_empty());
    }

    #[test]
    fn parts_are_told_by_kind_and_lists_by_entries_or_number() {
        let penalties =
            json!({"penalties": [{"kind": "r1", "weight": 0.02}, {"kind": "r2", "weight": 0.02}]});
        assert_eq!(told_of("ring-collapse", penalties), ["Penalties none → r1 0.02, r2 0.02"]);
        assert_eq!(told_of("ring", json!({"penalties": []})), ["Penalties r1 0.1, r2 0.1 → none"]);
        let average = json!({"ema": {"decay": 0.99}});
        assert_eq!(told_of("ring-collapse", average), ["Averaged generator none → decay 0.99"]);
        let points = json!({"data": {"points": {"kind": "moons", "sd": 0.1}}});
        assert_eq!(told_of("ring-collapse", points), ["Data ring → moons 0.1"]);
        let few = json!({"discriminator": {"layers": [{"kind": "linear", "units": 1}]}});
        assert_eq!(told_of("ring", few), ["Discriminator's net (layers) 5 entries → linear 1"]);
        let momentum = json!({"generator_optimizer": {"method": {"beta_1": 0.9}}});
        assert_eq!(told_of("ring", momentum), ["Generator's optimiser (beta 1) 0 → 0.9"]);
        // As many layers as before, of other sizes.
        let mut wider = spec("ring").to_value();
        wider["discriminator"]["layers"][0]["units"] = 32.into();
        let wider = RunSpec::from_value(wider).expect("a run");
        let told = lines(&changed(&spec("ring"), &wider));
        assert_eq!(told, ["Discriminator's net (layers): changed"]);
    }

    #[test]
    fn at_most_six_changes_are_told_with_the_number_of_the_others() {
        let lessons = all().expect("readable");
        let lesson = lessons.iter().find(|lesson| lesson.id == "collapse-on-a-ring");
        let [before, after] = lesson.and_then(|lesson| lesson.runs_around(2)).expect("two runs");
        let all = changed(&before, &after);
        let lines = lines(&all);
        assert_eq!(lines.len(), MOST + 1);
        assert_eq!(lines[0], "Objective Non-saturating → Relativistic, paired");
        assert_eq!(lines[1], "Generator learning rate 0.001 → 0.002");
        assert_eq!(lines[MOST], format!("… and {} more", all.len() - MOST));
    }

    #[test]
    fn every_setting_of_every_run_has_a_name() {
        let lessons = all().expect("readable");
        let runs = lessons.iter().flat_map(|lesson| &lesson.steps).filter_map(Step::run);
        let runs =
            runs.map(|run| run.expect("a run")).chain(presets().into_iter().map(|one| one.spec));
        for run in runs {
            let value = whole(&run);
            for name in value.as_object().expect("an object").keys() {
                assert_eq!(place_of(name).map(|(_, rest)| rest), Some(""), "{name}");
            }
        }
    }

    #[test]
    fn presets_have_the_names_of_the_panel() {
        assert_eq!(preset_name("ring"), "Ring of eight: learned");
    }

    #[test]
    fn every_step_that_loads_another_run_says_what_it_changes() {
        for lesson in all().expect("readable") {
            for step in 0..lesson.steps.len() {
                if let Some([before, after]) = lesson.runs_around(step) {
                    let lines = lines(&changed(&before, &after));
                    assert!((1..=MOST + 1).contains(&lines.len()), "{} {step}", lesson.id);
                }
            }
        }
    }
}
