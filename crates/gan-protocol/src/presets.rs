//! The presets: tested runs, stored as JSON files of specs.

use crate::run::RunSpec;

/// A run with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Preset {
    /// As in the page's address: `#preset=mnist-dcgan-small`.
    pub name: &'static str,
    /// The run.
    pub spec: RunSpec,
}

/// The preset that a page opens with.
pub const DEFAULT_PRESET: &str = "mnist-dcgan-small";

const FILES: [(&str, &str); 6] = [
    ("mnist-dcgan-small", include_str!("../presets/mnist-dcgan-small.json")),
    ("mnist-dcgan", include_str!("../presets/mnist-dcgan.json")),
    ("mnist-mlp", include_str!("../presets/mnist-mlp.json")),
    ("mnist-conditional", include_str!("../presets/mnist-conditional.json")),
    ("ring", include_str!("../presets/ring.json")),
    ("ring-collapse", include_str!("../presets/ring-collapse.json")),
];

/// Every preset, in the order in which they are offered.
pub fn presets() -> Vec<Preset> {
    FILES.iter().filter_map(|(name, _)| preset(name)).collect()
}

/// The preset called `name`.
pub fn preset(name: &str) -> Option<Preset> {
    let (name, json) = FILES.iter().find(|(known, _)| *known == name)?;
    let spec = RunSpec::from_json(json).expect("presets are valid: a test reads each of them");
    Some(Preset { name, spec })
}
