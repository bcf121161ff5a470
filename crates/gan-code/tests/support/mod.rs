//! Runs of every kind, for the tests of their programs.

use gan_protocol::{RunSpec, merged, preset, presets};
use serde_json::{Map, Value};

/// Runs that together have every kind of layer, loss, optimiser and source: each a preset and its
/// changes.
const SPECS: &str = include_str!("../specs.json");

/// Those runs and the presets, each with its name.
pub fn specs() -> Vec<(String, RunSpec)> {
    let listed: Vec<Map<String, Value>> = serde_json::from_str(SPECS).expect("a list");
    let varied = listed.into_iter().map(|entry| {
        let text = |key: &str| entry[key].as_str().expect("a text").to_owned();
        let name = text("name");
        let spec = changed(&text("preset"), &entry["patch"]);
        (name, spec)
    });
    let as_they_are = presets().into_iter().map(|preset| (preset.name.to_owned(), preset.spec));
    varied.chain(as_they_are).collect()
}

/// A preset with the changes of `patch`.
pub fn changed(name: &str, patch: &Value) -> RunSpec {
    let base = preset(name).expect("a preset").spec.to_value();
    RunSpec::from_value(merged(&base, patch)).unwrap_or_else(|error| panic!("{patch}: {error}"))
}
