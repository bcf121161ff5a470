//! What kind of file a generator is in.

use serde_json::Value;

use crate::described::{Choices, Described};
use crate::error::ImportError;
use crate::keras::{described_config, is_archive, is_hdf5, of_archive, of_hdf5, of_tfjs};
use crate::onnx::{of_onnx, parsed};
use crate::state_dict::StateDict;

/// What a file holds.
#[derive(Debug)]
pub enum Opened {
    /// Numbers with names: the net is to be described.
    StateDict(StateDict),
    /// A net with its numbers.
    Described(Box<Described>),
}

/// Reads a generator's files: one, or those that belong together (a net and its weights, in any order), with their names.
///
/// # Errors
/// If they are of no known kind, damaged, or describe a net that has no counterpart here; the message names what.
pub fn read(files: &[(String, Vec<u8>)], choices: &Choices) -> Result<Opened, ImportError> {
    let described = |described: Described| Opened::Described(Box::new(described));
    let json = files.iter().find_map(|(_, bytes)| json(bytes));
    if let Some(model) = &json
        && !model["modelTopology"].is_null()
    {
        return of_tfjs(model, files, choices).map(described);
    }
    let others: Vec<&(String, Vec<u8>)> =
        files.iter().filter(|(_, bytes)| self::json(bytes).is_none()).collect();
    if let Some(model) = others.iter().find_map(|(_, bytes)| parsed(bytes)) {
        return of_onnx(&model, files, choices).map(described);
    }
    let [(_, bytes)] = others[..] else {
        return Err(ImportError::file(match (json, others.len()) {
            (Some(_), 0) => "the file describes a net without its weights: give both",
            _ => "the files do not belong together",
        }));
    };
    if is_archive(bytes) {
        return of_archive(bytes, choices).map(described);
    }
    if is_hdf5(bytes) {
        let config = json.as_ref().map(described_config);
        return of_hdf5(bytes.clone(), config, choices).map(described);
    }
    if json.is_some() {
        return Err(ImportError::file(
            "a net's description goes with Keras's weights (.weights.h5); the net of a state dict is given by --net",
        ));
    }
    StateDict::read(bytes, choices.part.as_deref()).map(Opened::StateDict)
}

/// The value of a file of JSON.
fn json(bytes: &[u8]) -> Option<Value> {
    let begins = bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    begins.then(|| serde_json::from_slice(bytes).ok()).flatten()
}
