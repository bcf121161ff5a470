//! `gan presets`: lists the presets, or prints one.

use anyhow::{Result, anyhow};
use clap::Args;
use gan_protocol::{preset, presets};
use serde_json::json;

use crate::Ending;
use crate::output::say;

/// Arguments of `gan presets`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Print this preset's run as JSON.
    name: Option<String>,
    /// Print the list as JSON.
    #[arg(long)]
    json: bool,
}

/// Prints the presets.
pub(crate) fn run(arguments: &Arguments) -> Result<Ending> {
    if let Some(name) = &arguments.name {
        let found = preset(name).ok_or_else(|| anyhow!("there is no preset `{name}`"))?;
        say!("{}", serde_json::to_string_pretty(&found.spec.to_value())?)?;
        return Ok(Ending::Done);
    }
    let mut rows = Vec::new();
    for preset in presets() {
        let spec = &preset.spec;
        let generator = spec.generator.parameter_count(spec.generator_input())?;
        let discriminator = spec.discriminator.parameter_count(spec.discriminator_input())?;
        rows.push((preset.name, spec.data.shape().to_string(), generator, discriminator));
    }
    if arguments.json {
        let rows: Vec<_> = rows
            .iter()
            .map(|(name, data, generator, discriminator)| {
                json!({"name": name, "data": data, "generator_parameters": generator,
                       "discriminator_parameters": discriminator})
            })
            .collect();
        say!("{}", serde_json::to_string_pretty(&rows)?)?;
        return Ok(Ending::Done);
    }
    say!("{:<20} {:>9} {:>12} {:>12}", "preset", "data", "G numbers", "D numbers")?;
    for (name, data, generator, discriminator) in rows {
        say!("{name:<20} {data:>9} {generator:>12} {discriminator:>12}")?;
    }
    Ok(Ending::Done)
}
