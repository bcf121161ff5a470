//! Tests that need a browser: messages through JavaScript values, and that the wasm build computes
//! the same numbers as the native build.

#![cfg(target_arch = "wasm32")]

use gan_core::{PendingMetrics, Trainer, cpu};
use gan_data::{EndlessDigits, RealSamples};
use gan_protocol::{Request, RunSpec, examples, presets};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// `value` after a conversion to a JavaScript object and back, as by `postMessage`.
fn through_javascript<T: Serialize + DeserializeOwned>(value: &T) -> T {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    let object = value.serialize(&serializer).expect("plain data");
    serde_wasm_bindgen::from_value(object).expect("what was written can be read")
}

#[wasm_bindgen_test]
fn every_command_survives_the_wire() {
    for command in examples::commands(&presets().remove(0).spec) {
        let request = Request { id: u32::MAX, command };
        assert_eq!(through_javascript(&request), request);
    }
}

#[wasm_bindgen_test]
fn every_event_survives_the_wire() {
    for event in examples::events() {
        assert_eq!(through_javascript(&event), event);
    }
}

#[wasm_bindgen_test]
async fn the_wasm_build_computes_what_the_native_build_computes() {
    let spec = include_str!("../../../tests/fixtures/parity-spec.json");
    let spec = RunSpec::from_json(spec).expect("valid");
    let expected: Vec<[f64; 4]> =
        serde_json::from_str(include_str!("../../../tests/fixtures/parity-scores.json"))
            .expect("written by the native test");
    let mut trainer = Trainer::new(&spec, &cpu()).expect("valid");
    let pending = (0..expected.len())
        .map(|_| {
            trainer.step(|step| EndlessDigits::default().batch(spec.seed, step, spec.batch_size))
        })
        .collect();
    let metrics = PendingMetrics::read(pending).await.expect("the processor does not fail");
    for (metrics, expected) in metrics.iter().zip(expected) {
        let found = [
            metrics.generator_loss,
            metrics.discriminator_loss,
            metrics.real_score,
            metrics.fake_score,
        ];
        for (found, expected) in found.iter().zip(expected) {
            // Another order of summation and another libm: rounding, grown over ten steps.
            assert!(
                (found / expected - 1.0).abs() < 1e-3,
                "step {}: {found} for {expected}",
                metrics.step
            );
        }
    }
}
