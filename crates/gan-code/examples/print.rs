//! Prints the program of a preset, by its name, or of a spec in a JSON file.

use std::error::Error;

use gan_protocol::{RunSpec, preset};

fn main() -> Result<(), Box<dyn Error>> {
    let name = std::env::args().nth(1).ok_or("give a preset's name or a JSON file")?;
    let spec = match preset(&name) {
        Some(preset) => preset.spec,
        None => RunSpec::from_json(&std::fs::read_to_string(&name)?)?,
    };
    print!("{}", gan_code::pytorch(&spec).text);
    Ok(())
}
