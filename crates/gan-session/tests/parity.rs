//! Compares the scores of training steps with recorded ones; the browser's tests compare with the
//! same file.

use gan_core::{PendingMetrics, Trainer, cpu};
use gan_data::{EndlessDigits, RealSamples};
use gan_protocol::RunSpec;
use pollster::block_on;

const STEPS: usize = 10;

#[test]
fn ten_steps_give_the_recorded_scores() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures");
    let spec = std::fs::read_to_string(format!("{folder}/parity-spec.json")).expect("a spec");
    let spec = RunSpec::from_json(&spec).expect("valid");
    let mut trainer = Trainer::new(&spec, &cpu()).expect("valid");
    let pending = (0..STEPS)
        .map(|_| {
            trainer.step(|step| EndlessDigits::default().batch(spec.seed, step, spec.batch_size))
        })
        .collect();
    let scores = block_on(PendingMetrics::read(pending)).expect("the processor does not fail");
    let found: Vec<[f64; 4]> = scores
        .iter()
        .map(|s| [s.generator_loss, s.discriminator_loss, s.real_score, s.fake_score])
        .collect();
    let path = format!("{folder}/parity-scores.json");
    // To record the scores after an intended change: RECORD=1 cargo test -p gan-session
    if std::env::var_os("RECORD").is_some() {
        let json = serde_json::to_string_pretty(&found).expect("numbers");
        std::fs::write(&path, json + "\n").expect("the fixture can be written");
    }
    let recorded = std::fs::read_to_string(&path).expect("the recorded scores");
    let recorded: Vec<[f64; 4]> = serde_json::from_str(&recorded).expect("rows of four");
    assert_eq!(recorded.len(), STEPS);
    for (step, (found, recorded)) in found.iter().zip(&recorded).enumerate() {
        for (found, recorded) in found.iter().zip(recorded) {
            // Processors differ in the order of summation.
            assert!((found / recorded - 1.0).abs() < 1e-3, "step {step}: {found}, {recorded}");
        }
    }
}
