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

/// The preset of nets for points, where the run at hand is one on images.
pub const POINTS_PRESET: &str = "ring";

/// Files of `presets/` by their names.
macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../presets/", $name, ".json")))),*]
    };
}

/// The presets, in the order in which they are offered.
const FILES: &[(&str, &str)] = files![
    "mnist-dcgan-small",
    "mnist-dcgan",
    "mnist-mlp",
    "mnist-conditional",
    "mnist-vae-gan",
    "mnist-bigan",
    "mnist-style",
    "mnist-semi-supervised",
    "mnist-growing",
    "mnist-super-resolution",
    "mnist-inpainting",
    "mnist-denoising",
    "edges-to-digits",
    "cifar-colour",
    "digits-restyled",
    "ring",
    "ring-collapse",
];

/// Every preset, in the order in which they are offered.
pub fn presets() -> Vec<Preset> {
    preset_names().filter_map(preset).collect()
}

/// The name of every preset, in the order in which they are offered.
pub fn preset_names() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(name, _)| *name)
}

/// The preset called `name`.
pub fn preset(name: &str) -> Option<Preset> {
    let (name, json) = FILES.iter().find(|(known, _)| *known == name)?;
    let spec = RunSpec::from_json(json).expect("presets are valid: a test reads each of them");
    Some(Preset { name, spec })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::layer::LayerSpec;

    /// Batch normalisation takes a bias away again: its gradient is nothing but rounding, which Adam's first
    /// steps make whole steps of.
    #[test]
    fn no_bias_stands_before_batch_normalisation() {
        fn check(name: &str, layers: &[LayerSpec]) {
            for pair in layers.windows(2) {
                let has_bias = matches!(
                    pair[0],
                    LayerSpec::Linear { bias: true, .. }
                        | LayerSpec::Conv { bias: true, .. }
                        | LayerSpec::ConvTranspose { bias: true, .. }
                );
                let is_taken_away = matches!(pair[1], LayerSpec::BatchNorm { .. });
                assert!(!(has_bias && is_taken_away), "{name}: {pair:?}");
            }
            for layer in layers {
                layer.inside().into_iter().for_each(|(_, layers)| check(name, layers));
            }
        }
        for Preset { name, spec } in presets() {
            check(name, &spec.generator.layers);
            check(name, &spec.discriminator.layers);
            if let Some(encoder) = &spec.encoder {
                check(name, &encoder.net.layers);
            }
        }
    }

    #[test]
    fn every_file_is_a_preset() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("presets");
        let files = std::fs::read_dir(folder).expect("the folder is there");
        let files: BTreeSet<_> = files.map(|file| file.expect("readable").file_name()).collect();
        let listed = preset_names().map(|name| format!("{name}.json").into()).collect();
        assert_eq!(files, listed);
    }
}
