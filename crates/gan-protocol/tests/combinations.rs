//! Which parts of a run go together, and the errors for those that do not.

use gan_protocol::{RunSpec, Shape, merged, preset};
use serde_json::{Value, json};

fn ring() -> Value {
    preset("ring").expect("a preset").spec.to_value()
}

fn refusal(patch: &Value) -> (String, String) {
    let error = RunSpec::from_value(merged(&ring(), patch)).expect_err("makes no sense");
    (error.path, error.message)
}

/// The ring's critic with `layer` before its last layer.
fn critic(layer: Value) -> Value {
    json!({"discriminator": {"layers": [
        {"kind": "linear", "units": 8}, layer, {"kind": "linear", "units": 1}
    ]}})
}

#[test]
fn combinations_without_meaning_are_refused_with_the_reason() {
    let batch_norm = critic(json!({"kind": "batch_norm"}));
    let in_a_block = critic(json!({"kind": "residual", "layers": [{"kind": "batch_norm"}]}));
    let discrimination =
        critic(json!({"kind": "minibatch_discrimination", "features": 2, "dimensions": 2}));
    let labelled = critic(json!({"kind": "label", "classes": 8}));
    let cases = [
        (batch_norm, "discriminator.layers[1]", "mixes the samples"),
        (in_a_block, "discriminator.layers[1].layers[0]", "mixes the samples"),
        (discrimination, "discriminator.layers[1]", "mixes the samples"),
        (json!({"label_smoothing": 0.1}), "label_smoothing", "no targets"),
        (
            json!({"objective": "hinge", "fake_label_smoothing": 0.1}),
            "fake_label_smoothing",
            "no targets",
        ),
        (json!({"diff_augment": {"translation": 0.1}}), "diff_augment", "for images"),
        (critic(json!({"kind": "latent", "size": 8})), "discriminator.layers[1]", "of pairs"),
        (labelled, "discriminator.layers[1]", "no `labels`"),
        (
            json!({"labels": {"kind": "conditional", "classes": 8}}),
            "generator.layers",
            "hold no `label` layer",
        ),
        (
            json!({"mixture": {"generators": 4}, "discriminator": {"layers": [
                {"kind": "linear", "units": 5}
            ]}}),
            "generator.layers",
            "hold no `mixture_linear` layer",
        ),
        (json!({"codes": {"categorical": [10]}}), "discriminator.layers", "must end in 11"),
        (json!({"codes": {"categorical": []}}), "codes.categorical", "is empty"),
        (json!({"data": {"channels": 1}}), "data.channels", "points are no images"),
        (json!({"data": {"points": null}}), "data.points", "is missing"),
        (json!({"data": {"source": "mnist"}}), "data.points", "the source is not `points`"),
        (
            json!({"data": {"points": {"kind": "grid", "side": 0, "spacing": 1, "sd": 0.1}}}),
            "data.points.side",
            "is 0",
        ),
        (
            json!({"data": {"points": {"kind": "mixture", "components": [
                {"mean": [0, 0], "covariance": [[1, 2], [2, 1]], "weight": 1}
            ]}}}),
            "data.points.components[0].covariance",
            "positive semi-definite",
        ),
        (drawn_in(json!([[0, -1], [0, 1]])), "data.points.frame[1][0]", "is 0"),
        (drawn_in(json!([[-1, -20_000], [1, 1]])), "data.points.frame[0][1]", "is -20000"),
        (json!({"penalties": [{"kind": "r1", "weight": -1}]}), "penalties[0].weight", "is -1"),
        (
            json!({"generator_optimizer": {"method": {"kind": "sgd", "nesterov": true}}}),
            "generator_optimizer.method.nesterov",
            "no momentum",
        ),
        (json!({"packing": 9}), "packing", "is 9"),
    ];
    for (patch, path, message) in cases {
        let (at, what) = refusal(&patch);
        assert_eq!(at, path, "{patch}: {what}");
        assert!(what.contains(message), "{patch}: {what}");
    }
}

/// Two points that were drawn in `frame`.
fn drawn_in(frame: Value) -> Value {
    json!({"data": {"points": {
        "kind": "drawn", "points": [[0, 0], [1, 1]], "sd": 0.1, "frame": frame
    }}})
}

#[test]
fn drawn_points_keep_the_frame_that_they_were_drawn_in() {
    let frame = json!([[-1.5, -4.5], [3.5, 0.5]]);
    let spec = RunSpec::from_value(merged(&ring(), &drawn_in(frame.clone()))).expect("valid");
    assert_eq!(spec.to_value()["data"]["points"]["frame"], frame);
    // Links from versions without frames have none.
    let spec = RunSpec::from_value(merged(&ring(), &drawn_in(Value::Null))).expect("valid");
    assert_eq!(spec.to_value()["data"]["points"].get("frame"), None);
}

#[test]
fn cures_combine_where_they_make_sense() {
    let patches = [
        json!({"packing": 4}),
        json!({"packing": 2, "unrolled_steps": 5, "instance_noise": {"sd": 0.1, "decay_steps": 100}}),
        json!({"objective": "linear", "weight_clip": 0.01, "penalties": [],
               "discriminator_steps": 5,
               "discriminator_optimizer": {"method": {"kind": "rms_prop"}}}),
        critic(json!({"kind": "minibatch_stddev"})),
        merged(&critic(json!({"kind": "batch_norm"})), &json!({"penalties": []})),
        json!({"discriminator": {"spectral_norm": true}, "objective": "hinge"}),
    ];
    for patch in patches {
        // Packing widens the critic's input; its first layer takes any width.
        let spec = RunSpec::from_value(merged(&ring(), &patch));
        assert!(spec.is_ok(), "{patch}: {spec:?}");
    }
}

#[test]
fn a_pack_is_judged_as_one() {
    let spec = RunSpec::from_value(merged(&ring(), &json!({"packing": 3}))).expect("valid");
    assert_eq!(spec.discriminator_input(), Shape::flat(6));
    assert_eq!(spec.discriminator_outputs(), 1);
}

#[test]
fn tasks_widen_the_discriminators_answer() {
    let mut layers = preset("mnist-mlp").expect("a preset").spec.to_value()["generator"]["layers"]
        .as_array()
        .expect("layers")
        .clone();
    layers.insert(0, json!({"kind": "label", "classes": 10}));
    let patch = json!({
        "generator": {"layers": layers},
        "labels": {"kind": "auxiliary_classifier", "classes": 10},
        "codes": {"continuous": 2},
        "discriminator": {"layers": [{"kind": "flatten"}, {"kind": "linear", "units": 13}]}
    });
    let base = preset("mnist-mlp").expect("a preset").spec.to_value();
    let spec = RunSpec::from_value(merged(&base, &patch)).expect("valid");
    assert_eq!(spec.discriminator_outputs(), 13);
    assert_eq!(spec.generator_input(), Shape::flat(34));
}

#[test]
fn numbers_are_written_as_they_were_read() {
    let text = ring().to_string();
    assert!(text.contains("0.05") && !text.contains("0.0500000"), "{text}");
    let spec = RunSpec::from_value(ring()).expect("a preset");
    assert_eq!(RunSpec::from_value(spec.to_value()), Ok(spec));
}

/// The ring with an encoder by `method` that ends in `outputs` numbers, for latents of 8.
fn encoding(method: Value, outputs: usize, patch: &Value) -> Value {
    let is_vae_gan = method["kind"] == "vae_gan";
    let latent = json!({"kind": "latent", "size": 8});
    let critic = if is_vae_gan { json!({}) } else { critic(latent) };
    let encoder = json!({
        "latent": {"size": 8, "distribution": "normal"}, "objective": "non_saturating", "penalties": [],
        "encoder": {"method": method, "net": {"layers": [{"kind": "linear", "units": outputs}]}}
    });
    merged(&merged(&merged(&ring(), &critic), &encoder), patch)
}

#[test]
fn an_encoder_fits_its_method_the_latent_and_the_discriminator() {
    let vae_gan = || json!({"kind": "vae_gan", "layer": 1});
    for (method, outputs) in
        [(json!({"kind": "bigan"}), 8), (json!({"kind": "ali"}), 16), (vae_gan(), 16)]
    {
        let spec = encoding(method.clone(), outputs, &json!({}));
        let spec = RunSpec::from_value(spec).expect("a valid run");
        assert_eq!(RunSpec::from_value(spec.to_value()).expect("the same again"), spec);
        let wrong = RunSpec::from_value(encoding(method, 9, &json!({}))).expect_err("9 numbers");
        assert_eq!(wrong.path, "encoder.net.layers");
        assert!(wrong.message.contains(&format!("must end in {outputs}")), "{wrong}");
    }
}

#[test]
fn what_an_encoder_does_not_go_with_is_refused_with_the_reason() {
    let bigan = || json!({"kind": "bigan"});
    let ali = || json!({"kind": "ali"});
    let vae_gan = |layer: usize| json!({"kind": "vae_gan", "layer": layer, "reconstruction": 0});
    let cases = [
        (bigan(), 8, json!({"packing": 2}), "packing", "does not go with `encoder`"),
        (bigan(), 8, json!({"unrolled_steps": 1}), "unrolled_steps", "does not go with `encoder`"),
        (
            bigan(),
            8,
            json!({"objective": "relativistic_paired"}),
            "objective",
            "is relativistic_paired, which compares",
        ),
        (
            bigan(),
            8,
            json!({"penalties": [{"kind": "gradient_penalty"}]}),
            "penalties[0].kind",
            "between reals and fakes",
        ),
        (
            ali(),
            16,
            json!({"latent": {"distribution": "uniform"}}),
            "latent.distribution",
            "normal",
        ),
        (bigan(), 8, json!({"adversarial_weight": 0}), "adversarial_weight", "would learn nothing"),
        (
            json!({"kind": "bigan", "cycle": -1}),
            8,
            json!({}),
            "encoder.method.cycle",
            "is -1; allowed is 0 to 1000000",
        ),
        (
            vae_gan(1),
            16,
            json!({"adversarial_weight": 0}),
            "encoder.method.reconstruction",
            "would learn nothing",
        ),
        (vae_gan(20), 16, json!({}), "encoder.method.layer", "is 20; allowed is 0 to"),
        (
            bigan(),
            8,
            critic(json!({"kind": "latent", "size": 7})),
            "discriminator.layers[1].size",
            "must be 8",
        ),
        (
            bigan(),
            8,
            critic(json!({"kind": "dropout", "rate": 0.1})),
            "discriminator.layers",
            "is not shown the latent",
        ),
        (
            bigan(),
            8,
            json!({"encoder": {"net": {"layers": [{"kind": "latent", "size": 6}]}}}),
            "encoder.net.layers[0]",
            "of pairs",
        ),
        (
            bigan(),
            8,
            json!({"encoder": {"net": {"layers": [{"kind": "label", "classes": 3},
                {"kind": "linear", "units": 8}]}}}),
            "encoder.net.layers[0]",
            "told nothing",
        ),
        (
            bigan(),
            8,
            json!({"encoder": {"net": {"layers": [{"kind": "minibatch_stddev"},
                {"kind": "linear", "units": 8}]}}}),
            "encoder.net.layers",
            "compare samples",
        ),
        (
            bigan(),
            8,
            json!({"generator": {"layers": [
                {"kind": "styled_constant", "channels": 2, "height": 1, "width": 1, "mixing": 0.5},
                {"kind": "flatten"}]}}),
            "generator.layers[0].mixing",
            "must be 0: `encoder`",
        ),
    ];
    for (method, outputs, patch, path, reason) in cases {
        let spec = encoding(method, outputs, &patch);
        let error = RunSpec::from_value(spec).expect_err("makes no sense");
        assert_eq!(error.path, path, "{patch}: {error}");
        assert!(error.message.contains(reason), "{patch}: {error}");
    }
}

#[test]
fn a_style_is_made_once_and_before_it_is_used() {
    let style = |size: usize| json!({"kind": "modulated_conv", "channels": 2, "style": size});
    let constant = json!({"kind": "styled_constant", "channels": 2, "height": 4, "width": 4});
    let linear = |units: usize| json!({"kind": "linear", "units": units});
    let flatten = json!({"kind": "flatten"});
    let generator = |layers: Value| json!({"generator": {"layers": layers}});
    let fits = generator(json!([linear(6), constant, style(6), flatten, linear(2)]));
    let spec = RunSpec::from_value(merged(&ring(), &fits)).expect("a valid run");
    assert_eq!(spec.generator.styled_layers(), 1);
    let cases = [
        (
            json!([linear(6), constant, style(5), flatten, linear(2)]),
            "layers[2].style",
            "must be 6",
        ),
        (
            json!([linear(8), {"kind": "reshape", "channels": 2, "height": 2, "width": 2}, style(8),
                flatten, linear(2)]),
            "layers[2]",
            "has no style",
        ),
        (
            json!([linear(6), constant, flatten, constant, flatten, linear(2)]),
            "layers[3]",
            "is the second",
        ),
        (
            json!([linear(6), constant, {"kind": "residual", "layers": [style(6)]}, flatten,
                linear(2)]),
            "layers[2].layers[0]",
            "outside of blocks",
        ),
    ];
    for (layers, path, reason) in cases {
        let (found, message) = refusal(&generator(layers));
        assert_eq!(found, format!("generator.{path}"), "{message}");
        assert!(message.contains(reason), "{message}");
    }
    let judged = json!({"discriminator": {"layers": [
        {"kind": "styled_constant", "channels": 1, "height": 2, "width": 2}, flatten, linear(1)]}});
    let (path, message) = refusal(&judged);
    assert_eq!(path, "discriminator.layers[0]");
    assert!(message.contains("belongs into a generator"), "{message}");
    let even = generator(json!([linear(6), constant,
        {"kind": "modulated_conv", "channels": 2, "kernel": 2, "style": 6}, flatten, linear(2)]));
    assert!(refusal(&even).1.contains("is odd"));
}

#[test]
fn a_few_labels_go_with_a_list_of_images_and_no_other_task() {
    let few = json!({
        "semi_supervised": {"classes": 10, "labelled": 10},
        "discriminator": {"layers": [{"kind": "flatten"}, {"kind": "linear", "units": 10},
            {"kind": "log_sum_exp"}]},
    });
    let digits = preset("mnist-dcgan-small").expect("a preset").spec.to_value();
    let digits = merged(&digits, &few);
    let spec = RunSpec::from_value(digits.clone()).expect("a valid run");
    assert_eq!(spec.discriminator_outputs(), 11);
    let weight = spec.semi_supervised.map(|it| it.weight);
    assert_eq!(weight, Some(1.0));
    let cases = [
        (json!({"packing": 2}), "packing", "does not go with `semi_supervised`"),
        (
            json!({"pretraining_steps": 5,
                "terms": [{"kind": "feature_matching", "weight": 1.0, "layer": 0}]}),
            "pretraining_steps",
            "does not go with `semi_supervised`",
        ),
        (json!({"semi_supervised": {"classes": 9}}), "discriminator.layers", "must end in 10"),
        (json!({"semi_supervised": {"labelled": 0}}), "semi_supervised.labelled", "is 0"),
        (json!({"data": {"per_class": 0}}), "data.per_class", "is 0"),
    ];
    for (patch, path, reason) in cases {
        let error = RunSpec::from_value(merged(&digits, &patch)).expect_err("makes no sense");
        assert_eq!(error.path, path, "{patch}: {error}");
        assert!(error.message.contains(reason), "{patch}: {error}");
    }
    let (path, message) = refusal(&json!({"semi_supervised": {"classes": 2, "labelled": 1},
        "discriminator": {"layers": [{"kind": "linear", "units": 3}]}}));
    assert_eq!(path, "semi_supervised", "{message}");
    assert!(message.contains("is for a list of images with classes"), "{message}");
    assert_eq!(refusal(&json!({"data": {"per_class": 3}})).0, "data.per_class");
}

#[test]
fn both_nets_grow_in_the_same_stages() {
    let conv = |channels: usize| json!({"kind": "conv", "channels": channels, "kernel": 1});
    let (up, pool) =
        (json!({"kind": "upsample", "scale": 2}), json!({"kind": "average_pool", "size": 2}));
    let grow = |layers: Value| json!({"kind": "grow", "layers": layers, "early": [conv(1)]});
    let shrink = |layers: Value| json!({"kind": "shrink", "layers": layers, "early": [conv(2)]});
    let reshape = json!({"kind": "reshape", "channels": 1, "height": 14, "width": 14});
    let end = [json!({"kind": "flatten"}), json!({"kind": "linear", "units": 1})];
    let nets = |made: Vec<Value>, judged: Vec<Value>| {
        let judged: Vec<Value> = judged.into_iter().chain(end.clone()).collect();
        let mut layers = vec![json!({"kind": "linear", "units": 196}), reshape.clone()];
        layers.extend(made);
        json!({"generator": {"layers": layers}, "discriminator": {"layers": judged},
            "growth": {"hold": 10, "fade": 10}})
    };
    let late = json!([up, conv(1)]);
    let seen = json!([conv(2), pool]);
    let fits = nets(vec![grow(late.clone())], vec![shrink(seen.clone())]);
    let digits = preset("mnist-dcgan-small").expect("a preset").spec.to_value();
    let spec = RunSpec::from_value(merged(&digits, &fits)).expect("a valid run");
    assert_eq!(spec.discriminator.shrink_scales(), [2]);
    let levels = [0, 10, 11, 15, 30].map(|step| spec.level_after(step));
    assert_eq!(levels, [Some(0.0), Some(0.0), Some(0.1), Some(0.5), Some(1.0)]);
    let parameters = spec.discriminator.parameter_count(spec.discriminator_input());
    assert_eq!(parameters, Ok((2 + 2) + (2 + 2) + (2 * 14 * 14 + 1)), "both branches count");
    let cases = [
        (json!({"growth": null}), "generator.layers[2]", "has no `growth`"),
        (json!({"growth": {"hold": 0}}), "growth.hold", "is 0"),
        (
            nets(vec![grow(late.clone())], vec![conv(2)]),
            "growth",
            "has 1 stages in the generator and 0",
        ),
        (nets(vec![up.clone()], vec![conv(2)]), "growth", "has 0 stages"),
        (
            nets(vec![grow(late.clone())], vec![conv(1), shrink(seen.clone())]),
            "discriminator.layers[1]",
            "must be the first layer",
        ),
        (
            nets(
                vec![json!({"kind": "residual", "layers": [grow(late.clone())],
                "shortcut": [up]})],
                vec![shrink(seen.clone())],
            ),
            "generator.layers[2]",
            "holds a stage",
        ),
        (
            nets(vec![grow(json!([conv(1)]))], vec![shrink(seen.clone())]),
            "generator.layers[2].early",
            "2 times as large",
        ),
        (
            nets(vec![grow(late)], vec![shrink(json!([conv(2)]))]),
            "discriminator.layers[0].early",
            "the two are blended",
        ),
        (json!({"packing": 2}), "packing", "does not go with `growth`"),
        (
            json!({"discriminator_optimizer": {"weight_decay": 0.01}}),
            "discriminator_optimizer.weight_decay",
            "would decay",
        ),
        (
            nets(
                vec![json!({"kind": "grow", "scale": 4, "layers": [up, up, conv(1), pool],
                "early": [pool, conv(1)]})],
                vec![shrink(json!([conv(2), pool]))],
            ),
            "growth",
            "enlarge by [4]",
        ),
    ];
    for (patch, path, reason) in cases {
        let value = merged(&merged(&digits, &fits), &patch);
        let error = RunSpec::from_value(value).expect_err("makes no sense");
        assert_eq!(error.path, path, "{patch}: {error}");
        assert!(error.message.contains(reason), "{patch}: {error}");
    }
}
