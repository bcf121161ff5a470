//! Defines the changes that are offered for a second run.

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

#[cfg(test)]
mod tests {
    use gan_protocol::{RunSpec, presets};
    use serde_json::json;

    use super::*;

    #[test]
    fn every_offer_is_a_run_for_every_preset_or_says_why_not() {
        for preset in presets() {
            let spec = preset.spec.to_value();
            // Packs and copies of nets that are told or given something are refused, and penalties where
            // the discriminator mixes a batch.
            let has_more = preset.spec.labels.is_some()
                || preset.spec.condition.is_some()
                || preset.spec.translation.is_some()
                || preset.spec.encoder.is_some()
                || preset.spec.semi_supervised.is_some()
                || preset.spec.growth.is_some();
            for offer in &OFFERS {
                let other = changed(&spec, offer.patch).expect("a patch");
                if let Err(error) = RunSpec::from_value(other) {
                    let is_of_more = ["packing", "unrolled_steps"].contains(&error.path.as_str());
                    let mixes = error.path.starts_with("discriminator.layers")
                        && offer.patch.contains("penalties");
                    let compares = preset.spec.encoder.is_some()
                        && ["objective", "penalties[0].kind"].contains(&error.path.as_str());
                    assert!(
                        has_more && is_of_more || mixes || compares,
                        "{} {}: {error}",
                        preset.name,
                        offer.name
                    );
                }
            }
        }
    }

    #[test]
    fn what_is_no_patch_is_refused() {
        assert!(changed(&json!({}), "{").is_err());
        assert!(changed(&json!({}), "3").is_err());
    }
}
