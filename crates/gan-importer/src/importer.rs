//! The files of a generator, and what is made of them.

use gan_import::{
    Assumed, Choices, Described, Opened, Told, imported, is_own_file, proposed, read,
};
use gan_protocol::{GeneratorHeader, LatentDistribution};
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;

/// The user's files, and the generator that was made of them last.
#[wasm_bindgen]
#[derive(Default)]
pub struct Importer {
    files: Vec<(String, Vec<u8>)>,
    made: Option<Vec<u8>>,
}

#[wasm_bindgen]
impl Importer {
    /// An importer without files.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file.
    pub fn add(&mut self, name: String, bytes: Vec<u8>) {
        self.files.push((name, bytes));
    }

    /// Makes the generator by `choice`, JSON, each part of which may be missing: `{uniform, oneHot, labels, range: [black, white],
    /// net, order: [module], labelFirst}`. Returns JSON: `{proposal}`, a net to be corrected, for numbers whose net nobody
    /// described; otherwise `{assumed: ["latent", "range"], conditional}`, and [`Importer::file`] has the generator.
    ///
    /// # Errors
    /// The fault of the files or of the net, as an `Error`.
    pub fn make(&mut self, choice: &str) -> Result<String, JsError> {
        self.made = None;
        if let [(_, bytes)] = &self.files[..]
            && is_own_file(bytes)
        {
            // Nothing is left to be told: the file is a generator's of this program, or whatever shows it refuses it.
            self.made = Some(bytes.clone());
            return Ok(json!({"assumed": [], "own": true}).to_string());
        }
        let asked: Value = serde_json::from_str(choice)?;
        let number = |at: usize| asked["range"][at].as_f64().map(|number| number as f32);
        let range = number(0).zip(number(1)).map(<[f32; 2]>::from);
        let is_uniform = asked["uniform"].as_bool().unwrap_or(false);
        let choices = Choices {
            labels: asked["labels"].as_str().map(str::to_owned),
            one_hot: asked["oneHot"].as_u64().unwrap_or(0) as usize,
            latent: is_uniform.then_some(LatentDistribution::Uniform),
            range,
            ..Choices::default()
        };
        let described: Described = match told(read(&self.files, &choices))? {
            Opened::Described(described) => *described,
            Opened::StateDict(dict) => {
                let order: Vec<String> = asked["order"]
                    .as_array()
                    .map(|names| {
                        names.iter().filter_map(Value::as_str).map(str::to_owned).collect()
                    })
                    .unwrap_or_default();
                if asked["net"].is_null() {
                    let proposal = told(proposed(&dict, &order))?;
                    return Ok(json!({"proposal": proposal}).to_string());
                }
                let header = told(GeneratorHeader::from_value(&asked["net"]))?;
                let beside =
                    Told { range, label_first: asked["labelFirst"].as_bool().unwrap_or(false) };
                told(imported(&dict, &header, &order, beside))?
            }
        };
        let assumed: Vec<&str> = described
            .assumed
            .iter()
            .map(|assumed| match assumed {
                Assumed::Latent => "latent",
                Assumed::Range => "range",
            })
            .collect();
        let conditional = described.header.labels.is_some();
        self.made = Some(described.file);
        Ok(json!({"assumed": assumed, "conditional": conditional}).to_string())
    }

    /// The file of the generator that was made last, with 32 bits a number; nothing if none was.
    pub fn file(&self) -> Option<Vec<u8>> {
        self.made.clone()
    }
}

fn told<T, E: std::fmt::Display>(result: Result<T, E>) -> Result<T, JsError> {
    result.map_err(|error| JsError::new(&error.to_string()))
}
