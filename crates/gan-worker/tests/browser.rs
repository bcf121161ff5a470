//! What only a browser can show: the wire through JavaScript values, and that the arithmetic of
//! the wasm build is that of the native one.

#![cfg(target_arch = "wasm32")]

use gan_core::{PendingScores, RealBatch, Trainer, cpu};
use gan_data::{EndlessDigits, RealSamples};
use gan_protocol::{
    Backend, Command, Event, Fault, FrameKind, Metrics, Phase, Reply, Request, RunSpec, SampleSet,
    Task, Tuning, presets,
};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// `value` after a journey through a JavaScript object, as `postMessage` carries it.
fn through_javascript<T: Serialize + DeserializeOwned>(value: &T) -> T {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    let object = value.serialize(&serializer).expect("plain data");
    serde_wasm_bindgen::from_value(object).expect("what was written can be read")
}

#[wasm_bindgen_test]
fn every_command_survives_the_wire() {
    let spec = Box::new(presets().remove(0).spec);
    let tuning = Tuning { generator_learning_rate: Some(3e-4), ..Tuning::default() };
    let commands = [
        Command::Load { spec, checkpoint: true, files: vec!["a.gz".to_owned()] },
        Command::Start,
        Command::Pause,
        Command::Step { count: 3 },
        Command::Tune(tuning),
        Command::Sample { count: 4, seed: (1 << 53) - 1, label: None },
        Command::FreshSheet,
        Command::Checkpoint,
        Command::Probe,
        Command::Prove,
        Command::FrameDrawn,
        Command::Ping,
    ];
    for command in commands {
        let request = Request { id: u32::MAX, command };
        assert_eq!(through_javascript(&request), request);
    }
}

#[wasm_bindgen_test]
fn every_event_survives_the_wire() {
    let set = SampleSet { count: 64, width: 28, height: 28, channels: 1 };
    let metrics = Metrics {
        step: 1 << 40,
        generator_loss: 0.1,
        discriminator_loss: 1.5,
        real_score: 0.5,
        fake_score: 0.25,
        penalty: 0.5,
        auxiliary: 2.0,
        generator_gradient_norm: 2.5,
        discriminator_gradient_norm: 0.125,
    };
    let fault = Fault::Spec { path: "seed".to_owned(), message: "is wrong".to_owned() };
    let task = Task { name: "data".to_owned(), done: 1.0, total: None };
    let proof = Reply::Proof { largest_relative_difference: 1e-6, parameter: "w".to_owned() };
    let events = [
        Event::Booted,
        Event::Ready { backend: Backend::Webgpu, adapter: "a".to_owned() },
        Event::Settled { id: 1, reply: Some(proof), fault: None },
        Event::Settled { id: 2, reply: None, fault: Some(fault.clone()) },
        Event::Progress(task),
        Event::State { phase: Phase::Paused, step: 7 },
        Event::Data { source: gan_protocol::DataSource::Mnist, samples: None },
        Event::Metrics { points: vec![metrics], steps_per_second: 2.5 },
        Event::Frame { sheet: FrameKind::Fresh, step: 7, set },
        Event::Autosave { step: 7 },
        Event::Fault(fault),
        Event::Fault(Fault::Diverged { step: 9, restored_step: 7 }),
    ];
    for event in events {
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
    let mut labels = Vec::new();
    let pending = (0..expected.len())
        .map(|_| {
            trainer.step(|step| {
                let mut values = Vec::new();
                EndlessDigits.fill_batch(
                    spec.seed,
                    step,
                    spec.batch_size,
                    &mut values,
                    &mut labels,
                );
                RealBatch { values, labels: labels.clone() }
            })
        })
        .collect();
    let scores = PendingScores::read(pending).await.expect("the processor does not fail");
    for ((step, found), expected) in scores.iter().zip(expected) {
        let found =
            [found.generator_loss, found.discriminator_loss, found.real_score, found.fake_score];
        for (found, expected) in found.iter().zip(expected) {
            // Other orders of summation and another libm: rounding, grown over ten steps.
            assert!((found / expected - 1.0).abs() < 1e-3, "step {step}: {found} for {expected}");
        }
    }
}
