//! Directions and edits of the project's own trained generators.

use gan_core::{Classifier, Inputs, Sampler, Search, Trainer, cpu, with_directions};
use gan_eval::attributes::NAMES;
use gan_latent::{Observed, by_activations, by_weights, first_activation};
use gan_protocol::{DirectionSpec, RunSpec, merged, preset};
use gan_random::Purpose;
use pollster::block_on;
use serde_json::json;

fn file(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/pretrained");
    std::fs::read(format!("{folder}/{name}.safetensors")).expect("the project's own file")
}

fn observed(name: &str) -> Observed {
    let sampler = Sampler::from_safetensors(&file(name), &cpu()).expect("its own file");
    let reader = Classifier::from_safetensors(&file("digit-classifier"), &cpu()).expect("its own");
    Observed::new(sampler, reader).expect("digits")
}

#[test]
fn edits_bring_what_is_asked_for_and_leave_the_rest() {
    for (name, seed) in [("mnist-conditional", 3), ("mnist-dcgan", 4)] {
        let mut observed = observed(name);
        let header = observed.sampler().header().clone();
        let all = Inputs::drawn(&header, Purpose::FreshLatents, seed, 6);
        let (mut kept, mut number) = (0, 0);
        for at in 0..6 {
            let one = all.part(&header, at, 1);
            let before = block_on(observed.looked_at(&one)).expect("no step");
            assert_eq!(before.inputs, one);
            let from = before.measures.expect("a digit");
            for (which, by) in [(0, 12.0), (0, -12.0), (1, 0.4), (2, -0.6)] {
                let mut wanted = from;
                wanted[which] += by;
                let after = block_on(observed.edited(&one, wanted)).expect("edited");
                let to = after.measures.expect("a digit");
                let part = (to[which] - from[which]) / by;
                assert!((0.6..1.2).contains(&part), "{name} {at}, {}: {part}", NAMES[which]);
                for (other, most) in [3.0, 0.15, 0.3].into_iter().enumerate() {
                    let change = (to[other] - from[other]).abs();
                    assert!(other == which || change < most, "{name} {at}: {other} by {change}");
                }
                kept += usize::from(after.class == before.class);
                number += 1;
                assert_eq!(after.inputs.labels, one.labels);
            }
        }
        assert!(10 * kept >= 9 * number, "{name}: {kept} of {number} keep their class");
    }
}

#[test]
fn a_sample_is_moved_along_directions_that_nobody_named() {
    let mut observed = observed("mnist-dcgan");
    let sampler = observed.sampler().clone();
    let one = Inputs::drawn(sampler.header(), Purpose::FreshLatents, 4, 1);
    let layer = first_activation(&sampler).expect("it has activations");
    let kinds = [
        block_on(by_weights(&sampler, 4)).expect("a linear map comes first"),
        block_on(by_activations(&sampler, layer, 4, 200, 1)).expect("latents and a layer"),
    ];
    for kind in kinds {
        let directions: Vec<DirectionSpec> = kind.into_iter().map(|(one, _)| one).collect();
        let mut moved = |amounts: [f64; 4]| block_on(observed.moved(&one, &directions, &amounts));
        let rest = moved([0.0; 4]).expect("no step");
        assert_eq!(rest.inputs, one);
        let [up, down] = [2.0, -2.0].map(|amount| moved([amount, 0.0, 0.0, 0.0]).expect("moved"));
        assert!(up.sample != rest.sample && down.sample != up.sample);
        // As far in the latent as was asked for: directions are of length one.
        let way: f32 = up.inputs.values.iter().zip(&one.values).map(|(a, b)| (a - b).powi(2)).sum();
        assert!((way.sqrt() - 2.0).abs() < 1e-2, "{way}");
    }
    let short = DirectionSpec { name: "1".into(), vector: vec![1.0], range: 3.0 };
    let refused = block_on(observed.moved(&one, &[short], &[1.0]));
    assert!(refused.is_err_and(|error| error.to_string().contains("numbers")));
}

#[test]
fn directions_move_their_measure_and_are_kept_in_the_file() {
    let mut observed = observed("mnist-conditional");
    let vectors = block_on(observed.fitted_directions(1_000, 1)).expect("fitted");
    let mut directions = Vec::new();
    for (which, vector) in vectors.iter().enumerate() {
        let tried = block_on(observed.tried(which, vector, 100, [2, 3])).expect("tried");
        let tried = tried.expect("a direction");
        let [low, middle, high] = tried.measure;
        assert!(low < middle && middle < high, "{:?}: {:?}", NAMES[which], tried.measure);
        // The range was chosen for a share of 0.9 of other samples; of 100, some differ by chance.
        assert!(tried.kept >= 0.8 && tried.direction.range >= 1.0, "{tried:?}");
        directions.push(tried.direction);
    }
    let before = file("mnist-conditional");
    let after = with_directions(&before, directions.clone(), &cpu()).expect("they fit");
    let sampler = Sampler::from_safetensors(&after, &cpu()).expect("a generator's file");
    assert_eq!(sampler.header().directions, directions);
    let inputs = Inputs::drawn(sampler.header(), Purpose::FreshLatents, 5, 3);
    let samples = |sampler: &Sampler| block_on(sampler.samples(&inputs, 0)).expect("computed");
    assert_eq!(samples(&sampler), samples(observed.sampler()));
    // Those of another generator have another length.
    let other = file("mnist-dcgan");
    let wrong = vec![DirectionSpec { name: "slant".to_owned(), vector: vec![1.0; 3], range: 1.0 }];
    let error = with_directions(&other, wrong, &cpu()).expect_err("three numbers");
    assert!(error.to_string().contains("directions[0].vector"), "{error}");
}

#[test]
fn a_sample_is_found_again_and_told_how_near() {
    let mut observed = observed("mnist-conditional");
    let header = observed.sampler().header().clone();
    let one = Inputs::drawn(&header, Purpose::FreshLatents, 6, 1);
    let before = block_on(observed.looked_at(&one)).expect("a digit");
    let found = block_on(observed.inverted(&before.sample, &Search::default()));
    let (found, psnr) = found.expect("found");
    assert_eq!(found.class, before.class);
    let square = |(a, b): (&f32, &f32)| f64::from(a - b).powi(2);
    let square: f64 = found.sample.iter().zip(&before.sample).map(square).sum::<f64>() / 784.0;
    assert!((psnr - 10.0 * (4.0 / square).log10()).abs() < 1e-3 && psnr > 20.0, "{psnr}");
}

#[test]
fn the_noise_of_layers_is_left_out() {
    let patch = json!({"generator": {"layers": [
        {"kind": "linear", "units": 784}, {"kind": "noise", "sd": 0.5},
        {"kind": "activation", "function": {"name": "tanh"}}
    ]}});
    let spec = merged(&preset("mnist-mlp").expect("a preset").spec.to_value(), &patch);
    let spec = RunSpec::from_value(spec).expect("a valid spec");
    let trainer = Trainer::new(&spec, &cpu()).expect("a valid spec");
    let snapshot = block_on(trainer.snapshot()).expect("the processor works");
    let sampler = Sampler::of_snapshot(&snapshot, &cpu()).expect("its own snapshot");
    let reader = Classifier::from_safetensors(&file("digit-classifier"), &cpu()).expect("its own");
    let one = Inputs::drawn(sampler.header(), Purpose::FreshLatents, 1, 1);
    let noisy = block_on(sampler.samples(&one, 0)).expect("computed");
    let quiet = block_on(sampler.activations(&one, 2)).expect("computed");
    let mut observed = Observed::new(sampler, reader).expect("images that are read");
    let found = block_on(observed.looked_at(&one)).expect("looked at");
    assert!(found.sample == quiet && found.sample != noisy);
}

#[test]
fn generators_without_latents_of_digits_are_refused() {
    let reader =
        || Classifier::from_safetensors(&file("digit-classifier"), &cpu()).expect("its own");
    let given = Sampler::from_safetensors(&file("mnist-edges"), &cpu()).expect("its own file");
    let error = Observed::new(given, reader()).expect_err("pictures").to_string();
    assert!(error.contains("latents alone"), "{error}");
    let mut observed = observed("mnist-dcgan");
    let two = Inputs::drawn(observed.sampler().header(), Purpose::FreshLatents, 1, 2);
    assert!(block_on(observed.edited(&two, [0.0; 3])).is_err());
}
