//! Reads the run that arguments describe: a preset's name or a JSON file, with changes.

use std::path::Path;

use anyhow::{Context as _, Result, anyhow};
use clap::Args;
use gan_protocol::{RunSpec, merged, preset, preset_names};
use serde_json::Value;

/// Arguments that name a run.
#[derive(Args, Clone, Debug)]
pub(crate) struct SpecArguments {
    /// A preset's name (see `gan presets`), or a JSON file with a whole run.
    pub(crate) run: String,
    /// Changes, as a JSON merge patch: '{"batch_size": 16}'. May be given several times.
    #[arg(long, value_name = "JSON")]
    pub(crate) patch: Vec<String>,
    /// The seed of data order, noise and initial weights.
    #[arg(long)]
    pub(crate) seed: Option<u64>,
}

impl SpecArguments {
    /// The run, with all changes made.
    pub(crate) fn spec(&self) -> Result<RunSpec> {
        self.changed(base(&self.run)?)
    }

    /// The named run, without the changes.
    pub(crate) fn base(&self) -> Result<RunSpec> {
        self.read(base(&self.run)?)
    }

    /// Another run's settings with the changes made to them.
    pub(crate) fn changed(&self, settings: Value) -> Result<RunSpec> {
        let mut value = settings;
        for patch in &self.patch {
            let patch: Value = serde_json::from_str(patch)
                .with_context(|| format!("--patch {patch} is not JSON"))?;
            value = merged(&value, &patch);
        }
        if let Some(seed) = self.seed {
            value["seed"] = seed.into();
        }
        self.read(value)
    }

    fn read(&self, settings: Value) -> Result<RunSpec> {
        RunSpec::from_value(settings).map_err(|error| anyhow!("{}: {error}", self.run))
    }
}

fn base(run: &str) -> Result<Value> {
    if let Some(preset) = preset(run) {
        return Ok(preset.spec.to_value());
    }
    if !Path::new(run).exists() {
        let names: Vec<_> = preset_names().collect();
        return Err(anyhow!("`{run}` is neither a preset ({}) nor a file", names.join(", ")));
    }
    let text = std::fs::read_to_string(run).with_context(|| format!("cannot read {run}"))?;
    serde_json::from_str(&text).with_context(|| format!("{run} is not JSON"))
}
