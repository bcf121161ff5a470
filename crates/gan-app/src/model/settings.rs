//! Converts the settings of users and scripts to a run: preset names, whole specs, and changes to
//! presets.

use gan_protocol::{
    DEFAULT_PRESET, DataSource, Preset, RunSpec, SpecError, merged, preset, preset_names, presets,
};
use serde_json::Value;

use crate::model::refusal::Refusal;
use crate::model::supervisor::{NamedFile, Run};

/// The run with which a page opens.
pub fn default_run<B>() -> Run<B> {
    let spec = preset(DEFAULT_PRESET).expect("the default preset is one of the presets").spec;
    Run::new(DEFAULT_PRESET.to_string(), spec)
}

/// The preset named `name`.
///
/// # Errors
/// If there is no such preset; the message lists the existing ones.
pub fn preset_named(name: &str) -> Result<Preset, Refusal> {
    preset(name).ok_or_else(|| {
        let names: Vec<_> = preset_names().collect();
        let message = format!("is `{name}`; allowed is {}", names.join(", "));
        SpecError::new("preset", message).into()
    })
}

/// `preset` with a merge patch applied.
///
/// # Errors
/// The path of the first wrong field, its value and the allowed ones.
pub fn patched<B>(preset: Preset, patch: &Value) -> Result<Run<B>, Refusal> {
    let spec = RunSpec::from_value(merged(&preset.spec.to_value(), patch))?;
    Ok(Run::new(preset.name.to_string(), spec))
}

/// The run for the argument of `load(…)`: a preset's name, a whole spec, or changes to the preset
/// that its `preset` names (else to `current_preset`).
///
/// # Errors
/// As [`preset_named`] and [`patched`].
pub fn resolved<B>(value: &Value, current_preset: &str) -> Result<Run<B>, Refusal> {
    match value {
        Value::String(name) => patched(preset_named(name)?, &Value::Object(Default::default())),
        Value::Object(fields) => {
            let mut patch = fields.clone();
            let named = match patch.remove("preset") {
                Some(Value::String(name)) => Some(name),
                None => None,
                Some(other) => {
                    let message = format!("is {other}; allowed is a preset's name");
                    return Err(SpecError::new("preset", message).into());
                }
            };
            // A whole spec is complete: absent fields are not taken from the preset.
            if named.is_none()
                && let Ok(spec) = RunSpec::from_value(Value::Object(patch.clone()))
            {
                return Ok(Run::new(current_preset.to_string(), spec));
            }
            let name = named.as_deref().unwrap_or(current_preset);
            patched(preset_named(name)?, &Value::Object(patch))
        }
        _ => Err(Refusal::usage("load takes a preset's name or a spec")),
    }
}

/// Whether the data of `run` are the user's files, and these are missing.
pub fn lacks_files<B>(run: &Run<B>) -> bool {
    run.spec.data.source.is_users_files() && run.files.is_empty()
}

/// `run` with the user's files, if its data need them and it has none of its own.
///
/// # Errors
/// If the data are the user's files and there are none.
pub fn with_files<B: Clone>(mut run: Run<B>, files: &[NamedFile<B>]) -> Result<Run<B>, Refusal> {
    if lacks_files(&run) {
        if files.is_empty() {
            let message = "is the user's files; choose files of that kind on the page first";
            return Err(SpecError::new("data.source", message).into());
        }
        run.files = files.to_vec();
    }
    Ok(run)
}

/// The data that files hold which begin with these bytes. IDX and gzip begin with their marks. CIFAR's records
/// have none, and begin with a class, which may be 0, and the first pixel's red.
pub fn source_of(mut starts: impl Iterator<Item = [u8; 3]>) -> DataSource {
    let is_cifar = |start: [u8; 3]| !matches!(start, [0, 0, 0x08..=0x0e] | [0x1f, 0x8b, _]);
    if starts.all(is_cifar) { DataSource::CifarFiles } else { DataSource::IdxFiles }
}

/// The preset with the nets of `spec`, or else `current`: the name under which a spec of unknown
/// origin is shown.
pub fn closest_preset(spec: &RunSpec, current: &str) -> String {
    let found = presets().into_iter().find(|preset| has_nets_of(spec, preset));
    found.map_or_else(|| current.to_string(), |preset| preset.name.to_string())
}

fn has_nets_of(spec: &RunSpec, preset: &Preset) -> bool {
    preset.spec.generator == spec.generator && preset.spec.discriminator == spec.discriminator
}

/// Nets that are none of a preset's, among the names of presets.
pub const OWN_NETS: &str = "own";

/// Whose nets the page says that a run has: those of the preset `name`, or its own.
pub fn shown_nets(name: &str, spec: &RunSpec) -> String {
    let is_preset = preset(name).is_some_and(|preset| has_nets_of(spec, &preset));
    if is_preset { name } else { OWN_NETS }.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn load(value: Value) -> Result<Run<Vec<u8>>, Refusal> {
        resolved(&value, "mnist-mlp")
    }

    #[test]
    fn a_name_is_a_preset() {
        assert_eq!(load(json!("mnist-dcgan")).expect("known").preset, "mnist-dcgan");
        let refusal = load(json!("mnist")).expect_err("unknown");
        let start = "preset: is `mnist`; allowed is mnist-dcgan-small, mnist-dcgan, ";
        assert!(refusal.message.starts_with(start), "{}", refusal.message);
        assert!(preset_names().all(|name| refusal.message.contains(name)), "{}", refusal.message);
    }

    #[test]
    fn changes_apply_to_the_current_or_the_named_preset() {
        let run = load(json!({"batch_size": 16})).expect("valid");
        assert_eq!((run.preset.as_str(), run.spec.batch_size), ("mnist-mlp", 16));
        let run = load(json!({"preset": "mnist-dcgan", "seed": 9})).expect("valid");
        assert_eq!((run.preset.as_str(), run.spec.seed), ("mnist-dcgan", 9));
    }

    #[test]
    fn a_whole_spec_takes_nothing_from_the_preset() {
        let mut whole = default_run::<()>().spec.to_value();
        whole.as_object_mut().expect("an object").remove("ema");
        assert_eq!(load(whole).expect("valid").spec.ema, None);
    }

    #[test]
    fn nonsense_is_refused() {
        assert_eq!(load(json!(7)).expect_err("a number").code, "usage");
        assert!(load(json!({"preset": 7})).expect_err("a number").message.starts_with("preset:"));
        assert!(load(json!({"batch_size": -1})).expect_err("negative").message.contains("batch"));
    }

    #[test]
    fn own_files_are_needed_for_own_files() {
        let run = load(json!({"data": {"source": "idx_files"}})).expect("valid as a spec");
        assert_eq!(with_files(run.clone(), &[]).expect_err("none").code, "spec");
        let files = [NamedFile { name: "a".to_string(), bytes: vec![1] }];
        assert_eq!(with_files(run, &files).expect("there are").files.len(), 1);
    }

    #[test]
    fn files_are_known_by_their_first_bytes() {
        let (idx, gzip) = ([0, 0, 8], [0x1f, 0x8b, 8]);
        // A frog, an aeroplane, and one whose first pixels have little red.
        let (frog, aeroplane, dark) = ([6, 59, 43], [0, 159, 150], [0, 0, 2]);
        for (files, source) in [
            (vec![idx, gzip], DataSource::IdxFiles),
            (vec![frog], DataSource::CifarFiles),
            (vec![frog, aeroplane, dark], DataSource::CifarFiles),
            (vec![frog, idx], DataSource::IdxFiles),
        ] {
            assert_eq!(source_of(files.iter().copied()), source, "{files:?}");
        }
    }

    #[test]
    fn nets_that_no_preset_has_are_shown_as_the_users_own() {
        let mut spec = preset("ring").expect("known").spec;
        assert_eq!(shown_nets("ring", &spec), "ring");
        assert_eq!(shown_nets("ring-collapse", &spec), OWN_NETS);
        spec.batch_size = 7;
        assert_eq!(shown_nets("ring", &spec), "ring");
        spec.discriminator.layers.pop();
        assert_eq!(shown_nets("ring", &spec), OWN_NETS);
    }

    #[test]
    fn a_spec_is_shown_as_the_preset_with_its_nets() {
        let mut spec = preset("mnist-dcgan").expect("known").spec;
        spec.batch_size = 8;
        assert_eq!(closest_preset(&spec, "mnist-mlp"), "mnist-dcgan");
        spec.generator.layers.pop();
        assert_eq!(closest_preset(&spec, "mnist-mlp"), "mnist-mlp");
    }
}
