//! Defines the changes that are offered for a second run, and finds the differences between two
//! runs.

use gan_protocol::merged;
use serde_json::Value;

use crate::words::key;

/// A change on offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Offer {
    /// The key of its name.
    pub(super) name: &'static str,
    /// The change, as a JSON merge patch.
    pub(super) patch: &'static str,
}

const fn offer(name: &'static str, patch: &'static str) -> Offer {
    Offer { name, patch }
}

/// The changes on offer for any run.
pub(super) const OFFERS: [Offer; 15] = [
    offer(key("change-non-saturating"), r#"{"objective": "non_saturating"}"#),
    offer(key("change-minimax"), r#"{"objective": "minimax"}"#),
    offer(key("change-least-squares"), r#"{"objective": "least_squares"}"#),
    offer(key("change-hinge"), r#"{"objective": "hinge", "label_smoothing": 0}"#),
    offer(
        key("change-relativistic"),
        r#"{"objective": "relativistic_paired", "label_smoothing": 0}"#,
    ),
    offer(
        key("change-wgan-gp"),
        r#"{"objective": "linear", "label_smoothing": 0,
            "penalties": [{"kind": "gradient_penalty", "weight": 1}]}"#,
    ),
    offer(key("change-r1"), r#"{"penalties": [{"kind": "r1", "weight": 1}]}"#),
    offer(key("change-no-penalties"), r#"{"penalties": []}"#),
    offer(key("change-packing"), r#"{"packing": 2}"#),
    offer(key("change-unrolled"), r#"{"unrolled_steps": 5}"#),
    offer(key("change-discriminator-steps"), r#"{"discriminator_steps": 3}"#),
    offer(key("change-noise"), r#"{"instance_noise": {"sd": 0.2, "decay_steps": 2000}}"#),
    offer(key("change-no-average"), r#"{"ema": null}"#),
    offer(key("change-batch"), r#"{"batch_size": 16}"#),
    offer(key("change-seed"), r#"{"seed": 2}"#),
];

/// The run that `patch`, a JSON merge patch, makes of `spec`.
///
/// # Errors
/// The fault of the patch or of its result, for the user.
pub(super) fn changed(spec: &Value, patch: &str) -> Result<Value, String> {
    let patch: Value = serde_json::from_str(patch).map_err(|error| error.to_string())?;
    if !patch.is_object() {
        return Err("{…}".to_string());
    }
    Ok(merged(spec, &patch))
}

/// A field in which two runs differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    /// The field's path, as in errors: `generator_optimizer.learning_rate`.
    pub(super) path: String,
    /// The value in the first run; `–` if absent.
    pub(super) first: String,
    /// The value in the second run.
    pub(super) second: String,
}

/// All fields in which the runs differ.
pub(super) fn differences(first: &Value, second: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    compare("", Some(first), Some(second), &mut found);
    found
}

fn compare(path: &str, first: Option<&Value>, second: Option<&Value>, found: &mut Vec<Difference>) {
    if first == second {
        return;
    }
    if let (Some(Value::Object(a)), Some(Value::Object(b))) = (first, second) {
        let mut names: Vec<&String> = a.keys().chain(b.keys()).collect();
        names.sort();
        names.dedup();
        for name in names {
            let inner = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            compare(&inner, a.get(name), b.get(name), found);
        }
        return;
    }
    let told = |value: Option<&Value>| match value {
        None | Some(Value::Null) => "–".to_string(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    };
    found.push(Difference { path: path.to_string(), first: told(first), second: told(second) });
}

#[cfg(test)]
mod tests {
    use gan_protocol::{RunSpec, presets};
    use serde_json::json;

    use super::*;

    #[test]
    fn every_offer_is_a_run_for_every_preset_or_says_why_not() {
        let mut refused = Vec::new();
        for preset in presets() {
            let spec = preset.spec.to_value();
            for offer in &OFFERS {
                let other = changed(&spec, offer.patch).expect("a patch");
                if let Err(error) = RunSpec::from_value(other) {
                    refused.push(format!("{} {}: {error}", preset.name, offer.name));
                }
            }
        }
        // Packs of conditional nets and similar combinations are refused.
        assert!(refused.len() <= 6, "{refused:#?}");
    }

    #[test]
    fn differences_are_named_by_their_paths() {
        let first = json!({"objective": "hinge", "a": {"b": 1, "c": [1]}, "same": {"x": 1}});
        let second = json!({"objective": "linear", "a": {"b": 1, "c": [2]}, "same": {"x": 1}, "ema": {"decay": 0.5}});
        let told: Vec<_> = differences(&first, &second)
            .into_iter()
            .map(|one| format!("{} {} {}", one.path, one.first, one.second))
            .collect();
        assert_eq!(told, ["a.c [1] [2]", "ema – {\"decay\":0.5}", "objective hinge linear"]);
        assert!(differences(&first, &first).is_empty());
    }

    #[test]
    fn what_is_no_patch_is_refused() {
        assert!(changed(&json!({}), "{").is_err());
        assert!(changed(&json!({}), "3").is_err());
    }
}
