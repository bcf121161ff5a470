//! Imports held against their frameworks' own samples.

mod described;
mod graphs;
mod layers;
mod pytorch;

use gan_core::{Inputs, Sampler, cpu};
use gan_import::{Choices, Opened, read};
use pollster::block_on;

/// What the generator of `files` makes of one latent; the numbers are left as they are.
fn made_of(files: &[(String, Vec<u8>)], latent: &[f32]) -> Result<Vec<f32>, String> {
    made_of_inputs(files, Inputs::of_latents(latent.to_vec()))
}

/// What the generator of `files` makes of these inputs, or why it cannot be imported.
fn made_of_inputs(files: &[(String, Vec<u8>)], inputs: Inputs) -> Result<Vec<f32>, String> {
    let choices = Choices { range: Some([-1.0, 1.0]), ..Choices::default() };
    match read(files, &choices).map_err(|error| error.to_string())? {
        Opened::Described(found) => {
            let sampler =
                Sampler::from_safetensors(&found.file, &cpu()).expect("a generator's file");
            Ok(block_on(sampler.samples(&inputs, 0)).expect("computed"))
        }
        Opened::StateDict(_) => panic!("the file describes its net"),
    }
}
