//! Small nets of Keras's layers, as files describe them.

use crate::made_of;

/// A model of TensorFlow.js with these layers, each `(class, config)` one after the other, and numbers for its weights.
fn chain(
    layers: &[(&str, serde_json::Value)],
    weights: &[(&str, &[f32])],
) -> Vec<(String, Vec<u8>)> {
    let layers: Vec<_> = layers
        .iter()
        .enumerate()
        .map(|(index, (class, config))| {
            let mut config = config.clone();
            config["name"] = serde_json::json!(format!("l{index}"));
            serde_json::json!({"class_name": class, "config": config})
        })
        .collect();
    model(
        &serde_json::json!({"class_name": "Sequential", "config": {"name": "g", "layers": layers}}),
        weights,
    )
}

fn model(topology: &serde_json::Value, weights: &[(&str, &[f32])]) -> Vec<(String, Vec<u8>)> {
    let specs: Vec<_> = weights
        .iter()
        .map(|(name, numbers)| serde_json::json!({"name": name, "shape": [numbers.len()], "dtype": "float32"}))
        .collect();
    let file = serde_json::json!({
        "format": "layers-model", "modelTopology": topology,
        "weightsManifest": [{"paths": ["w.bin"], "weights": specs}],
    });
    let bytes = weights
        .iter()
        .flat_map(|(_, numbers)| numbers.iter().flat_map(|number| number.to_le_bytes()));
    vec![
        ("model.json".to_owned(), file.to_string().into_bytes()),
        ("w.bin".to_owned(), bytes.collect()),
    ]
}

#[test]
fn flatten_moves_the_channels_where_they_stand_first() {
    use serde_json::json;
    let files = |format: &str| {
        chain(
            &[
                ("Reshape", json!({"batch_input_shape": [null, 8], "target_shape": [2, 2, 2]})),
                ("Flatten", json!({"data_format": format})),
                ("Reshape", json!({"target_shape": [2, 4, 1]})),
            ],
            &[],
        )
    };
    let latent: Vec<f32> = (0..8).map(|index| index as f32 / 10.0).collect();
    assert_eq!(made_of(&files("channels_last"), &latent), Ok(latent.clone()));
    // Keras 3.15.1: the first axis behind the two others, then flat.
    let wanted = [0.0, 0.4, 0.1, 0.5, 0.2, 0.6, 0.3, 0.7];
    assert_eq!(made_of(&files("channels_first"), &latent), Ok(wanted.to_vec()));
}

#[test]
fn a_normalisation_along_another_axis_than_the_channels_is_refused() {
    use serde_json::json;
    let four = [0.5_f32, 1.0, 1.5, 2.0];
    let names =
        ["gamma", "beta", "moving_mean", "moving_variance"].map(|name| format!("l1/{name}"));
    let weights: Vec<(&str, &[f32])> =
        names.iter().map(|name| (name.as_str(), &four[..])).collect();
    let of = |axis: i64| {
        let layers = [
            ("Reshape", json!({"batch_input_shape": [null, 64], "target_shape": [4, 4, 4]})),
            ("BatchNormalization", json!({"axis": axis})),
        ];
        made_of(&chain(&layers, &weights), &[0.1; 64])
    };
    assert!(of(-1).is_ok() && of(3) == of(-1));
    for axis in [1, 2] {
        let told = of(axis).expect_err("another axis");
        assert!(told.contains(&format!("along axis {axis}")), "{told}");
    }
}

#[test]
fn a_layer_may_be_used_again_on_what_was_made_of_its_own_value() {
    use serde_json::json;
    let layer =
        |class: &str, name: &str, mut config: serde_json::Value, given: serde_json::Value| {
            config["name"] = json!(name);
            json!({"class_name": class, "name": name, "config": config, "inbound_nodes": given})
        };
    let topology = json!({"class_name": "Functional", "config": {
        "name": "g",
        "layers": [
            layer("InputLayer", "z", json!({"batch_input_shape": [null, 4]}), json!([])),
            layer("LeakyReLU", "act", json!({"alpha": 0.5}), json!([[["z", 0, 0, {}]], [["r", 0, 0, {}]]])),
            layer("Reshape", "r", json!({"target_shape": [2, 2, 1]}), json!([[["act", 0, 0, {}]]])),
        ],
        "input_layers": [["z", 0, 0]],
        "output_layers": [["act", 1, 0]],
    }});
    let made = made_of(&model(&topology, &[]), &[0.4, -0.4, 0.8, -0.8]);
    assert_eq!(made, Ok(vec![0.4, -0.1, 0.8, -0.2]));
}

/// What this activation makes of -1 and 10, or why it cannot be imported.
fn activated(activation: &serde_json::Value) -> Result<Vec<f32>, String> {
    use serde_json::json;
    let given = json!({"batch_input_shape": [null, 2], "target_shape": [2, 1, 1]});
    let layers = [("Reshape", given), ("Activation", json!({"activation": activation}))];
    made_of(&chain(&layers, &[]), &[-1.0, 10.0])
}

#[test]
fn a_layer_as_an_activation_keeps_its_settings() {
    use serde_json::json;
    let layer = |class: &str, config: serde_json::Value| {
        activated(&json!({"module": "keras.layers", "class_name": class, "config": config}))
    };
    // The forms are those that Keras 3.15.1 writes of Dense(2, activation=layers.ReLU(negative_slope=0.1)) and alike.
    let settings = |slope: f64, most: Option<f64>, threshold: f64| json!({"negative_slope": slope, "max_value": most, "threshold": threshold});
    assert_eq!(layer("ReLU", settings(0.0, None, 0.0)), Ok(vec![0.0, 10.0]));
    assert_eq!(layer("ReLU", settings(0.1, None, 0.0)), Ok(vec![-0.1, 10.0]));
    assert_eq!(layer("LeakyReLU", json!({"negative_slope": 0.25})), Ok(vec![-0.25, 10.0]));
    let elu = layer("ELU", json!({"alpha": 0.5})).expect("there is one");
    assert!((elu[0] - 0.5 * (-1.0_f32).exp_m1()).abs() < 1e-6, "{elu:?}");
    for (other, key) in
        [(settings(0.0, Some(6.0), 0.0), "max_value"), (settings(0.0, None, 1.0), "threshold")]
    {
        let told = layer("ReLU", other).expect_err("no such layer");
        assert!(told.contains(&format!("`{key}`")), "{told}");
    }
    // No number: the default would be a guess.
    let told = layer("LeakyReLU", json!({"negative_slope": "steep"})).expect_err("no number");
    assert!(told.contains("`negative_slope` of \"steep\""), "{told}");
    assert_eq!(activated(&json!("linear")), Ok(vec![-1.0, 10.0]));
    assert!(
        activated(&json!("hard_tanh")).expect_err("unknown").contains("no activation hard_tanh")
    );
}

#[test]
fn a_layer_that_is_called_as_in_training_is_refused() {
    use serde_json::json;
    let net = |class: &str, call: serde_json::Value| {
        let topology = json!({"class_name": "Functional", "config": {
            "name": "g",
            "layers": [
                {"class_name": "InputLayer", "name": "z", "config": {"name": "z", "batch_input_shape": [null, 4]}, "inbound_nodes": []},
                {"class_name": class, "name": "d", "config": {"name": "d", "rate": 0.5}, "inbound_nodes": [call]},
                {"class_name": "Reshape", "name": "r", "config": {"name": "r", "target_shape": [2, 2, 1]},
                    "inbound_nodes": [[["d", 0, 0, {}]]]},
            ],
            "input_layers": [["z", 0, 0]],
            "output_layers": [["r", 0, 0]],
        }});
        made_of(&model(&topology, &[]), &[0.1, 0.2, 0.3, 0.4])
    };
    let older = |training: serde_json::Value| json!([["z", 0, 0, {"training": training}]]);
    let newer = |training: serde_json::Value| {
        let tensor =
            json!({"class_name": "__keras_tensor__", "config": {"keras_history": ["z", 0, 0]}});
        json!({"args": [tensor], "kwargs": {"training": training}})
    };
    let same = Ok(vec![0.1, 0.2, 0.3, 0.4]);
    for call in [older(json!(true)), newer(json!(true))] {
        for class in ["Dropout", "GaussianNoise", "BatchNormalization"] {
            let told = net(class, call.clone()).expect_err("as in training");
            assert!(told.contains("the layer d works as in training"), "{told}");
        }
        // What has nothing of training in it computes the same.
        assert_eq!(net("Activation", call), same);
    }
    for call in [older(json!(false)), newer(json!(null))] {
        assert_eq!(net("Dropout", call), same);
    }
}
