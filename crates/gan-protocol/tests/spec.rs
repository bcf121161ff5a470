//! Specs as users write them: presets, addresses, and refusals.

use gan_protocol::{DEFAULT_PRESET, RunSpec, Shape, difference, merged, preset, presets};
use proptest::prelude::*;
use serde_json::{Value, json};

fn base() -> Value {
    preset(DEFAULT_PRESET).expect("the default preset is one of the presets").spec.to_value()
}

fn refusal(patch: Value) -> (String, String) {
    let error = RunSpec::from_value(merged(&base(), &patch)).expect_err("the patch is wrong");
    (error.path, error.message)
}

#[test]
fn every_preset_is_valid_and_survives_json() {
    for preset in presets() {
        let again = RunSpec::from_value(preset.spec.to_value()).expect("a preset is valid");
        assert_eq!(again, preset.spec, "{}", preset.name);
    }
}

#[test]
fn shapes_follow_the_layers() {
    let spec = preset("mnist-dcgan").expect("there is such a preset").spec;
    let made = spec.generator.shapes(Shape::flat(spec.latent.size)).expect("valid");
    assert_eq!(made[1], Shape::image(128, 7, 7));
    assert_eq!(made[4], Shape::image(64, 14, 14));
    assert_eq!(*made.last().expect("layers"), Shape::image(1, 28, 28));
    // 32*6272 + 2*128 + 128*64*16 + 2*64 + 64*16 + 1
    assert_eq!(
        spec.generator.parameter_count(Shape::flat(spec.latent.size)),
        Ok(200_704 + 256 + 131_072 + 128 + 1_025)
    );
}

#[test]
fn a_wrong_value_is_refused_with_its_path() {
    let cases = [
        (json!({"batch_size": 0}), "batch_size", "is 0; allowed is 2 to 4096"),
        (
            json!({"generator_optimizer": {"learning_rate": -1}}),
            "generator_optimizer.learning_rate",
            "is -1;",
        ),
        (
            json!({"discriminator_optimizer": {"method": {"beta_1": 1.0}}}),
            "discriminator_optimizer.method.beta_1",
            "is 1;",
        ),
        (json!({"label_smoothing": 0.9}), "label_smoothing", "is 0.9"),
        (json!({"ema": {"decay": 2}}), "ema.decay", "is 2"),
        (json!({"latent": {"size": 0}}), "latent.size", "is 0"),
        (json!({"seed": -1}), "seed", "invalid value"),
        (json!({"objective": "wasserstien"}), "objective", "unknown variant `wasserstien`"),
        (json!({"colour": "blue"}), "colour", "unknown field `colour`"),
        (
            json!({"data": {"width": 30}}),
            "generator.layers",
            "end in 1x28x28; the data are 1x28x30",
        ),
        (json!({"batch_size": "many"}), "batch_size", "invalid type"),
        (
            json!({"data": {"channels": 2}}),
            "data.channels",
            "is 2; allowed is 1 (grey) and 3 (colour)",
        ),
        (
            json!({"data": {"augmentation": {"shift_px": 15}}}),
            "data.augmentation.shift_px",
            "is 15; allowed is 0 to 14",
        ),
    ];
    for (patch, path, message) in cases {
        let (at, what) = refusal(patch.clone());
        assert_eq!(at, path, "{patch}");
        assert!(what.contains(message), "{patch}: {what}");
    }
}

#[test]
fn a_gaussian_that_is_never_drawn_is_refused() {
    let ring = preset("ring").expect("there is such a preset").spec.to_value();
    let component =
        |weight: f64| json!({"mean": [0, 0], "covariance": [[1, 0], [0, 1]], "weight": weight});
    let points = |weight| {
        json!({"data": {"points": {"kind": "mixture", "components": [component(1.0), component(weight)],
            "modes": null, "radius": null, "sd": null}}})
    };
    RunSpec::from_value(merged(&ring, &points(0.5))).expect("allowed");
    let error = RunSpec::from_value(merged(&ring, &points(0.0))).expect_err("never drawn");
    assert_eq!(error.path, "data.points.components[1].weight");
    assert_eq!(error.message, "is 0; allowed is 1e-6 to 1000000");
}

#[test]
fn a_layer_that_does_not_fit_is_named() {
    let layers = |layers: Value| json!({"discriminator": {"layers": layers}});
    let cases = [
        (json!([]), "discriminator.layers"),
        (json!([{"kind": "linear", "units": 1}]), "discriminator.layers[0].kind"),
        (json!([{"kind": "flatten"}, {"kind": "flatten"}]), "discriminator.layers[1].kind"),
        (json!([{"kind": "conv", "channels": 8, "kernel": 0}]), "discriminator.layers[0].kernel"),
        (
            json!([{"kind": "conv", "channels": 8, "kernel": 3, "stride": 0}]),
            "discriminator.layers[0].stride",
        ),
        (json!([{"kind": "pad", "top": -28}]), "discriminator.layers[0].kind"),
        (json!([{"kind": "pad", "left": 1.5}]), "discriminator.layers[0].left"),
        // A grey image is no picture with its mask and another picture; neither are two or four channels.
        (json!([{"kind": "composite"}]), "discriminator.layers[0].kind"),
        (
            json!([{"kind": "conv", "channels": 2, "kernel": 1}, {"kind": "composite"}]),
            "discriminator.layers[1].kind",
        ),
        (
            json!([{"kind": "conv", "channels": 4, "kernel": 1}, {"kind": "composite"}]),
            "discriminator.layers[1].kind",
        ),
        (json!([{"kind": "pad", "right": 1_000_000}]), "discriminator.layers[0].right"),
        (json!([{"kind": "flatten"}, {"kind": "linear", "units": 2}]), "discriminator.layers"),
        (
            json!([{"kind": "flatten"}, {"kind": "dropout", "rate": 1.0}]),
            "discriminator.layers[1].rate",
        ),
    ];
    for (list, path) in cases {
        assert_eq!(refusal(layers(list.clone())).0, path, "{list}");
    }
}

#[test]
fn a_net_that_would_not_fit_memory_is_refused() {
    let (path, message) = refusal(json!({"discriminator": {"layers": [
        {"kind": "flatten"},
        {"kind": "linear", "units": 65536},
        {"kind": "linear", "units": 65536},
        {"kind": "linear", "units": 1}
    ]}}));
    assert_eq!(path, "discriminator.layers[1].kind");
    assert!(message.contains("50000000 parameters"), "{message}");
}

#[test]
fn only_what_differs_is_shared() {
    let mut spec = preset(DEFAULT_PRESET).expect("default").spec;
    spec.generator_optimizer.learning_rate = 0.003;
    spec.ema = None;
    let patch = difference(&base(), &spec.to_value()).expect("they differ");
    assert_eq!(patch, json!({"generator_optimizer": {"learning_rate": 0.003}, "ema": null}));
    assert_eq!(RunSpec::from_value(merged(&base(), &patch)), Ok(spec));
    assert_eq!(difference(&base(), &base()), None);
}

#[test]
fn another_kind_replaces_the_old_one_whole() {
    let patch = json!({"generator": {"initial_weights": {"kind": "he_normal"}}});
    let spec = RunSpec::from_value(merged(&base(), &patch)).expect("the old kind's `sd` is gone");
    assert_eq!(difference(&base(), &spec.to_value()), Some(patch));
}

#[test]
fn the_wire_of_a_spec_stays_as_it_is() {
    insta::assert_json_snapshot!("default_preset", base());
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-z]{0,4}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-d]|kind", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn a_difference_brings_back_what_it_was_made_from(from in any_json(), to in any_json()) {
        let restored = match difference(&from, &to) {
            Some(patch) => merged(&from, &patch),
            None => from,
        };
        prop_assert_eq!(restored, to);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in ".{0,200}") {
        let _ = RunSpec::from_json(&text);
    }

    #[test]
    fn no_patch_makes_validation_panic(patch in any_json()) {
        let _ = RunSpec::from_value(merged(&base(), &patch));
    }
}
