//! What is written is read again by the importer, and makes the same samples.

use gan_core::{Inputs, Sampler, cpu};
use gan_export::{ExportError, keras, onnx, tfjs};
use gan_import::{Choices, Opened, read};
use pollster::block_on;

use crate::cases::{Case, cases};

/// The largest difference of the samples of an imported generator from the case's own.
fn difference(case: &Case, files: &[(String, Vec<u8>)], choices: &Choices) -> Result<f32, String> {
    let found = match read(files, choices) {
        Ok(Opened::Described(found)) => found,
        Ok(Opened::StateDict(_)) => panic!("{}: no state dict was written", case.name),
        Err(error) => return Err(error.to_string()),
    };
    let sampler = Sampler::from_safetensors(&found.file, &cpu()).expect("a generator's file");
    let (Inputs { values, labels, .. }, wanted) = case.samples(5);
    let inputs = Inputs { values, labels, ..Inputs::default() };
    let made = block_on(sampler.samples(&inputs, 0)).expect("computed");
    assert_eq!(made.len(), wanted.len(), "{}", case.name);
    Ok(made.iter().zip(&wanted).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max))
}

fn choices() -> Choices {
    // Whatever the last layer is, the numbers stay as they are.
    Choices { range: Some([-1.0, 1.0]), ..Choices::default() }
}

/// Whether a generator is given latents and classes alone: others are imported by nobody yet.
fn is_plain(case: &Case) -> bool {
    let feed = gan_protocol::Feed::from(&case.header);
    feed.picture.is_none() && feed.mixture.is_none() && !case.has_noise()
}

#[test]
fn keras_and_tensorflow_js_hold_what_they_have_layers_for() {
    let (mut held, mut lacking) = ([0, 0], Vec::new());
    for case in cases() {
        let archive = keras(&case.generator()).map(|file| vec![("g.keras".to_owned(), file)]);
        let shards = tfjs(&case.generator()).map(|files| {
            vec![
                ("model.json".to_owned(), files.model.into_bytes()),
                (files.shard.to_owned(), files.weights),
            ]
        });
        for (at, made) in [archive, shards].into_iter().enumerate() {
            match made {
                Ok(_) if !is_plain(&case) => {}
                Ok(files) => {
                    let apart = match difference(&case, &files, &choices()) {
                        Ok(apart) => apart,
                        // The importer has not all that is written.
                        Err(error) if error.contains("RMSNormalization") => continue,
                        Err(error) => panic!("{}: {error}", case.name),
                    };
                    assert!(apart < 1e-4, "{} {at}: {apart}", case.name);
                    held[at] += 1;
                }
                Err(error @ ExportError::Lacks { .. }) => {
                    lacking.push(format!("{}: {error}", case.name))
                }
                Err(error) => panic!("{}: {error}", case.name),
            }
        }
    }
    println!("{held:?} {lacking:#?}");
    assert!(held.iter().all(|count| *count > 10), "{held:?}");
    for (name, what) in [
        ("styled", "Keras has no styled_constant"),
        ("several", "Keras has no choice among several generators"),
        ("norms", "TensorFlow.js has no normalisation of groups"),
        ("grown-0.25", "Keras has no stage of growth that is faded in"),
    ] {
        assert!(lacking.iter().any(|told| told.starts_with(&format!("{name}: {what}"))), "{name}");
    }
}

#[test]
fn onnx_holds_every_generator() {
    let (mut held, mut lost) = (0, Vec::new());
    for case in cases() {
        let file = onnx(&case.generator()).unwrap_or_else(|error| panic!("{}: {error}", case.name));
        if !is_plain(&case) {
            continue;
        }
        match difference(&case, &[("g.onnx".to_owned(), file)], &choices()) {
            Ok(apart) => {
                assert!(apart < 1e-4, "{}: {apart}", case.name);
                held += 1;
            }
            // What one layer is here, the importer does not put together again.
            Err(error) => {
                assert!(error.contains("no layer"), "{}: {error}", case.name);
                lost.push(case.name);
            }
        }
    }
    assert!(held > 10, "{held}");
    // GELU, pixel normalisation and styles, each of which takes several operations.
    assert_eq!(lost, ["pixels", "norms", "styled"]);
}
