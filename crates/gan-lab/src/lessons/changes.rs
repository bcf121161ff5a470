//! Says what a step changes in the settings, from the runs before and after it.

use gan_protocol::{RunSpec, difference};
use serde_json::{Map, Value, json};

use crate::words::{key, page_key, page_kind, page_says, say, say_with};

/// Most changes that are told.
const MOST: usize = 6;
/// Longest value that is told; of a longer one only its length is, or that it differs.
const LONGEST_VALUE: usize = 32;

/// A field that differs between two runs.
#[derive(Clone, Debug, PartialEq)]
struct Change {
    /// Its path, as in errors: `generator_optimizer.learning_rate`.
    path: String,
    before: Value,
    after: Value,
}

/// A setting that the page's panel has a label for.
struct Labelled {
    path: &'static str,
    /// The key of its label.
    label: &'static str,
    /// What the keys of its values begin with, if these are names.
    kind: Option<&'static str>,
}

/// In the order of the page's panel.
const LABELLED: [Labelled; 8] = [
    Labelled { path: "data.source", label: page_key("data"), kind: Some(page_kind("data")) },
    Labelled { path: "seed", label: page_key("seed"), kind: None },
    Labelled { path: "batch_size", label: page_key("batch-size"), kind: None },
    Labelled {
        path: "objective",
        label: page_key("objective"),
        kind: Some(page_kind("objective")),
    },
    Labelled {
        path: "generator_optimizer.learning_rate",
        label: page_key("generator-rate"),
        kind: None,
    },
    Labelled {
        path: "discriminator_optimizer.learning_rate",
        label: page_key("discriminator-rate"),
        kind: None,
    },
    Labelled { path: "label_smoothing", label: page_key("label-smoothing"), kind: None },
    Labelled { path: "discriminator_steps", label: page_key("discriminator-steps"), kind: None },
];

/// What has changed from the run `before` to the run `after`, in lines: settings of the page's panel
/// by their labels, other fields by their paths. At most six, and how many more there are.
pub(super) fn told(before: &RunSpec, after: &RunSpec) -> Vec<String> {
    let mut all = changes(before, after);
    let place = |change: &Change| {
        LABELLED.iter().position(|one| one.path == change.path).unwrap_or(LABELLED.len())
    };
    all.sort_by_key(place);
    let mut lines: Vec<_> = all.iter().take(MOST).map(line).collect();
    if let Some(more) = all.len().checked_sub(MOST).filter(|more| *more > 0) {
        lines.push(say_with(key("change-more"), &[("count", more.to_string())]));
    }
    lines
}

/// A run with the numbers that its JSON leaves out where they are the default.
fn whole(spec: &RunSpec) -> Value {
    let mut value = spec.to_value();
    let left_out = json!({
        "discriminator_steps": spec.discriminator_steps,
        "packing": spec.packing,
        "unrolled_steps": spec.unrolled_steps,
    });
    if let (Value::Object(fields), Value::Object(left_out)) = (&mut value, left_out) {
        fields.extend(left_out);
    }
    value
}

fn changes(before: &RunSpec, after: &RunSpec) -> Vec<Change> {
    let (before, after) = (whole(before), whole(after));
    let mut found = Vec::new();
    if let Some(patch) = difference(&before, &after) {
        collect("", &patch, &before, &after, &mut found);
    }
    found
}

/// Adds the fields of a merge patch, which turns `before` into `after`. A part of another kind is
/// one change.
fn collect(path: &str, patch: &Value, before: &Value, after: &Value, found: &mut Vec<Change>) {
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
        _ => found.push(Change {
            path: path.to_string(),
            before: before.clone(),
            after: after.clone(),
        }),
    }
}

fn line(change: &Change) -> String {
    let labelled = LABELLED.iter().find(|one| one.path == change.path);
    let name = labelled.map_or_else(|| change.path.clone(), |one| page_says(one.label));
    let told = |value: &Value| match labelled.and_then(|one| one.kind).zip(value.as_str()) {
        Some((kind, value)) => page_says(&format!("{kind}-{value}")),
        None => value_told(value),
    };
    match [told(&change.before), told(&change.after)] {
        [before, after] if before != after => format!("{name} {before} → {after}"),
        _ => say_with(key("change-otherwise"), &[("name", name)]),
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
    use gan_lessons::all;
    use gan_protocol::{merged, preset};

    use super::*;

    fn spec(name: &str) -> RunSpec {
        preset(name).expect("a preset").spec
    }

    /// What the merge patch `patch` of a preset changes.
    fn told_of(name: &str, patch: Value) -> Vec<String> {
        let before = spec(name);
        let after = RunSpec::from_value(merged(&before.to_value(), &patch)).expect("a run");
        told(&before, &after)
    }

    #[test]
    fn settings_have_the_labels_of_the_panel_and_other_fields_their_paths() {
        let lines = told_of(
            "ring-collapse",
            json!({"generator_optimizer": {"learning_rate": 0.00002}, "objective": "hinge", "packing": 4}),
        );
        assert_eq!(
            lines,
            [
                "Objective Non-saturating → Hinge",
                "Generator learning rate 0.001 → 0.00002",
                "packing 1 → 4"
            ]
        );
    }

    #[test]
    fn what_a_run_leaves_out_is_told_by_its_default() {
        let mut unrolled = spec("ring-collapse");
        unrolled.unrolled_steps = 5;
        unrolled.discriminator_steps = 3;
        let expected = ["Discriminator steps per generator step 3 → 1", "unrolled_steps 5 → 0"]
            .map(str::to_string);
        assert_eq!(told(&unrolled, &spec("ring-collapse")), expected);
        assert_eq!(told(&unrolled, &unrolled), [""; 0]);
    }

    #[test]
    fn parts_are_told_by_kind_and_lists_by_entries_or_number() {
        let penalties =
            json!({"penalties": [{"kind": "r1", "weight": 0.02}, {"kind": "r2", "weight": 0.02}]});
        assert_eq!(told_of("ring-collapse", penalties), ["penalties none → r1 0.02, r2 0.02"]);
        let average = json!({"ema": {"decay": 0.99}});
        assert_eq!(told_of("ring-collapse", average), ["ema none → decay 0.99"]);
        let points = json!({"data": {"points": {"kind": "moons", "sd": 0.1}}});
        assert_eq!(told_of("ring-collapse", points), ["data.points ring → moons 0.1"]);
        let few = json!({"discriminator": {"layers": [{"kind": "linear", "units": 1}]}});
        let lines = told_of("ring", few);
        assert_eq!(lines, ["discriminator.layers 5 entries → linear 1"]);
        // As many layers as before, of other sizes.
        let mut wider = spec("ring").to_value();
        wider["discriminator"]["layers"][0]["units"] = 32.into();
        let wider = RunSpec::from_value(wider).expect("a run");
        assert_eq!(told(&spec("ring"), &wider), ["discriminator.layers: changed"]);
    }

    #[test]
    fn at_most_six_changes_are_told_with_the_number_of_the_others() {
        let lessons = all().expect("readable");
        let lesson = lessons.iter().find(|lesson| lesson.id == "collapse-on-a-ring");
        let [before, after] = lesson.and_then(|lesson| lesson.runs_around(2)).expect("two runs");
        let lines = told(&before, &after);
        assert_eq!(lines.len(), MOST + 1);
        assert_eq!(lines[0], "Objective Non-saturating → Relativistic, paired");
        assert_eq!(lines[1], "Generator learning rate 0.001 → 0.002");
        let left = changes(&before, &after).len() - MOST;
        assert_eq!(lines[MOST], format!("… and {left} more"));
    }

    #[test]
    fn every_labelled_setting_is_a_field_of_every_run() {
        for name in ["ring", "mnist-dcgan-small"] {
            let value = whole(&spec(name));
            for Labelled { path, .. } in &LABELLED {
                let field = path.split('.').try_fold(&value, |value, name| value.get(name));
                assert!(field.is_some(), "{name}: {path}");
            }
        }
    }

    #[test]
    fn every_step_that_loads_another_run_says_what_it_changes() {
        for lesson in all().expect("readable") {
            for step in 0..lesson.steps.len() {
                if let Some([before, after]) = lesson.runs_around(step) {
                    let lines = told(&before, &after);
                    assert!((1..=MOST + 1).contains(&lines.len()), "{} {step}", lesson.id);
                }
            }
        }
    }
}
