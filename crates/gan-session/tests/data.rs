//! Runs on every kind of data: their sheets, planes, reports and samples, and the combinations
//! refused.

mod harness;

use gan_protocol::{
    Command, DataSource, Event, Fault, FrameKind, Phase, PlaneSet, Reply, RunSpec, merged, preset,
};
use harness::{Harness, digits, load, spec};
use serde_json::{Value, json};

fn ring() -> RunSpec {
    preset("ring").expect("a preset").spec
}

/// Both nets conditional on ten classes.
fn conditional() -> Value {
    let label = json!({"kind": "label", "classes": 10});
    json!({
        "labels": {"kind": "conditional", "classes": 10},
        "generator": {"layers": [
            label, {"kind": "linear", "units": 784},
            {"kind": "activation", "function": {"name": "tanh"}}
        ]},
        "discriminator": {"layers": [
            {"kind": "flatten"}, label, {"kind": "linear", "units": 1}
        ]}
    })
}

#[test]
fn points_are_drawn_as_a_picture_and_sampled_as_numbers() {
    let mut harness = Harness::loaded(ring());
    harness.steps(3);
    assert_eq!(harness.phases().last(), Some(&(Phase::Paused, 3)));
    let frames = harness.all(|event| match event {
        Event::Frame { sheet: FrameKind::Fixed, set, .. } => Some(*set),
        _ => None,
    });
    let set = frames.last().expect("a sheet");
    assert_eq!((set.count, set.channels), (1, 4));
    let (outcome, attachments) = harness.ask(Command::Sample { count: 5, seed: 1, label: None });
    let Ok(Reply::Samples { set }) = outcome else { panic!("{outcome:?}") };
    assert_eq!((set.count, set.width, set.height, set.channels), (5, 0, 0, 2));
    assert_eq!(attachments[0].len(), 5 * 2 * 4);
}

/// A plane's step, the layout of its numbers, and the numbers.
type Plane = (u64, PlaneSet, Vec<f32>);

/// The planes among all events from the one numbered `first` on.
fn planes(harness: &Harness, first: usize) -> Vec<Plane> {
    let events = harness.events.borrow();
    let plane = |outgoing: &gan_session::Outgoing| match outgoing.event {
        Event::Plane { step, set } => {
            let bytes = outgoing.attachments[0].chunks_exact(4);
            let numbers = bytes.map(|b| f32::from_le_bytes(b.try_into().expect("four bytes")));
            Some((step, set, numbers.collect()))
        }
        _ => None,
    };
    events[first..].iter().filter_map(plane).collect()
}

/// The newest plane.
fn plane(harness: &Harness) -> Option<Plane> {
    planes(harness, 0).pop()
}

#[test]
fn a_watched_run_on_points_sends_what_the_nets_do_in_the_plane() {
    let mut harness = Harness::loaded(ring());
    harness.steps(1);
    assert_eq!(plane(&harness), None, "nobody watches");
    harness.ask_done(Command::Watch { plane: true });
    let (step, set, numbers) = plane(&harness).expect("sent at once");
    assert_eq!((step, set.reals, set.fakes, set.pulls), (1, 1_000, 1_000, 96));
    assert_eq!((set.lattice, set.lattice_rows, set.surface), (20, 20, 40));
    assert_eq!(numbers.len(), set.numbers());
    // A ring of radius 2 fills the view up to its margin.
    assert!((numbers[2] - 2.0 / 0.76).abs() < 0.2, "half a side is {}", numbers[2]);
    harness.steps(1);
    let (step, later, moved) = plane(&harness).expect("a plane");
    assert_eq!((step, later), (2, set));
    let fakes = 3 + 2 * set.reals..3 + 2 * (set.reals + set.fakes);
    assert_eq!(numbers[..fakes.start], moved[..fakes.start], "reals and view stay");
    assert_ne!(numbers[fakes.clone()], moved[fakes], "fakes move");
    harness.ask_done(Command::Watch { plane: false });
    let before = harness.events.borrow().len();
    harness.steps(1);
    let quiet = harness.events.borrow()[before..]
        .iter()
        .all(|outgoing| !matches!(outgoing.event, Event::Plane { .. }));
    assert!(quiet, "nobody watches any more");
}

#[test]
fn every_plane_of_a_run_that_takes_anothers_place_is_a_whole_one() {
    let drawn =
        json!({"data": {"points": {"kind": "drawn", "points": [[0, 1], [2, 3]], "sd": 0.1}}});
    let drawn = RunSpec::from_value(merged(&ring().to_value(), &drawn)).expect("a valid spec");
    for spec in [ring(), preset("ring-collapse").expect("a preset").spec, drawn] {
        let mut anew = Harness::loaded(spec.clone());
        anew.ask_done(Command::Watch { plane: true });
        let (_, set, numbers) = plane(&anew).expect("sent at once");
        // As on the page: the lab already watches the plane while images are trained on.
        let mut after_images = Harness::loaded(crate::spec(json!({})));
        after_images.ask_done(Command::Watch { plane: true });
        let first = after_images.events.borrow().len();
        after_images.ask_done(load(spec));
        let seen = planes(&after_images, first);
        assert!(!seen.is_empty(), "shown before the first step");
        for one in seen {
            assert_eq!(one, (0, set, numbers.clone()), "reals, scale and surface at once");
        }
    }
}

#[test]
fn points_are_shown_where_they_were_drawn() {
    let drawn = json!({"data": {"points": {
        "kind": "drawn", "points": [[1, -1], [1.5, -1.5]], "sd": 0.01,
        "frame": [[-1.5, -4.5], [3.5, 0.5]]
    }}});
    let spec = RunSpec::from_value(merged(&ring().to_value(), &drawn)).expect("a valid spec");
    let mut harness = Harness::loaded(spec);
    harness.ask_done(Command::Watch { plane: true });
    harness.steps(2);
    for (step, _, numbers) in planes(&harness, 0) {
        assert_eq!(numbers[..3], [1.0, -2.0, 2.5], "step {step}: middle and half a side");
    }
}

#[test]
fn a_plane_leaves_the_run_as_it_is() {
    let mut plain = Harness::loaded(ring());
    plain.steps(4);
    let mut watched = Harness::loaded(ring());
    watched.ask_done(Command::Watch { plane: true });
    for _ in 0..4 {
        watched.steps(1);
    }
    assert_eq!(plain.metrics(), watched.metrics());
    assert_eq!(plain.checkpoint(), watched.checkpoint());
}

/// All reports, each with its step.
fn reports(harness: &Harness) -> Vec<Value> {
    harness.all(|event| match event {
        Event::Report { step, report } => {
            let mut report: Value = serde_json::from_str(report).expect("JSON");
            report["step"] = json!(step);
            Some(report)
        }
        _ => None,
    })
}

#[test]
fn a_run_on_modes_is_told_how_it_does() {
    let mut harness = Harness::loaded(ring());
    harness.steps(2);
    let report = reports(&harness).pop().expect("told when training stops");
    let score = |name: &str| report["scores"][name].as_f64().expect("a number");
    assert_eq!((report["step"].as_u64(), score("modes")), (Some(2), 8.0));
    assert!(score("diversity") > 0.0 && score("reverseKl") >= 0.0, "{report}");
    assert!((0.0..=1.0).contains(&score("highQuality")), "{report}");
    assert!((0.0..=8.0).contains(&score("modesCovered")), "{report}");
    // Scores of 1,000 reals. 1 - exp(-9/2) of them lie within three deviations of a mode, give or
    // take four standard errors; the divergence is about 7 / 2,000 nats.
    assert!((score("highQualityOfReals") - 0.9889).abs() < 4.0 * 0.0033, "{report}");
    assert_eq!(score("modesCoveredOfReals"), 8.0);
    assert!((0.0..0.02).contains(&score("reverseKlOfReals")), "{report}");
    let floors = |report: &Value| {
        let scores = report["scores"].as_object().cloned().expect("scores by name");
        let of_reals = scores.into_iter().filter(|(name, _)| name.ends_with("OfReals"));
        of_reals.collect::<Vec<_>>()
    };
    harness.steps(2);
    let later = reports(&harness).pop().expect("told when training stops");
    assert_eq!(floors(&later), floors(&report), "the floors of a run stay");
    // No diagnosis before eight observations.
    assert_eq!(report["diagnoses"], json!([]));
}

#[test]
fn a_generator_that_cannot_learn_is_found_collapsed() {
    // Nothing moves, and all latents give nearly the same point: the weights are nearly zero.
    let still = json!({
        "generator": {"initial_weights": {"kind": "normal", "sd": 1e-4}},
        "generator_optimizer": {"learning_rate": 1e-9}
    });
    let base = preset("ring-collapse").expect("a preset").spec.to_value();
    let spec = RunSpec::from_value(merged(&base, &still)).expect("a valid spec");
    let mut harness = Harness::loaded(spec);
    for _ in 0..12 {
        harness.steps(25);
    }
    let last = reports(&harness).pop().expect("told");
    let diagnoses = last["diagnoses"].as_array().expect("a list");
    assert!(diagnoses.iter().any(|one| one["kind"] == "collapse"), "{last}");
    let severities: Vec<f64> =
        diagnoses.iter().map(|one| one["severity"].as_f64().expect("a number")).collect();
    assert!(severities.is_sorted_by(|a, b| a >= b), "{last}");
    let diversity = |one: &Value| one["figures"]["diversity"].as_f64();
    assert!(diagnoses.iter().filter_map(diversity).any(|of| of < 0.01), "{last}");
}

#[test]
fn packs_and_relatives_are_shown_in_the_plane_too() {
    for patch in [json!({"packing": 2}), json!({"objective": "relativistic_average"})] {
        let base = preset("ring-collapse").expect("a preset").spec.to_value();
        let spec = RunSpec::from_value(merged(&base, &patch)).expect("a valid spec");
        let mut harness = Harness::loaded(spec);
        harness.ask_done(Command::Watch { plane: true });
        let (_, set, numbers) = plane(&harness).expect("sent at once");
        assert_eq!((set.surface, set.pulls, numbers.len()), (40, 96, set.numbers()), "{patch}");
        assert!(numbers.iter().all(|number| number.is_finite()), "{patch}");
    }
}

#[test]
fn a_discriminator_that_compares_samples_has_no_surface() {
    let layers = json!({"discriminator": {"layers": [
        {"kind": "linear", "units": 8},
        {"kind": "minibatch_stddev"},
        {"kind": "linear", "units": 1}
    ]}});
    let base = preset("ring-collapse").expect("a preset").spec.to_value();
    let spec = RunSpec::from_value(merged(&base, &layers)).expect("a valid spec");
    let mut harness = Harness::loaded(spec);
    harness.ask_done(Command::Watch { plane: true });
    let (_, set, numbers) = plane(&harness).expect("sent at once");
    assert_eq!((set.surface, numbers.len()), (0, set.numbers()));
}

#[test]
fn watching_changes_nothing_for_images() {
    let mut harness = Harness::loaded(spec(json!({})));
    harness.ask_done(Command::Watch { plane: true });
    harness.steps(1);
    assert_eq!(plane(&harness), None);
}

#[test]
fn nets_that_are_told_the_class_train_on_data_with_classes() {
    let mut harness = Harness::loaded(spec(conditional()));
    harness.steps(2);
    assert!(harness.metrics().iter().all(|point| point.discriminator_loss.is_finite()));
}

#[test]
fn labels_that_the_data_do_not_have_are_refused_and_the_old_run_goes_on() {
    let mut harness = Harness::loaded(ring());
    harness.steps(1);
    let mut eight = conditional();
    for place in
        ["/labels/classes", "/generator/layers/0/classes", "/discriminator/layers/1/classes"]
    {
        *eight.pointer_mut(place).expect("there") = json!(8);
    }
    let (outcome, _) = harness.ask(load(spec(eight)));
    let Err(Fault::Spec { path, message }) = outcome else { panic!("{outcome:?}") };
    assert_eq!(path, "labels.classes");
    assert!(message.contains("10 classes"), "{message}");
    harness.steps(1);
    assert_eq!(harness.phases().last(), Some(&(Phase::Paused, 2)));
}

#[test]
fn a_few_images_of_some_classes_can_be_learned_from() {
    let patch = json!({"data": {"source": "mnist", "classes": [3, 5], "limit": 7}});
    let mut harness = Harness::with_mnist(Ok(digits(60)));
    harness.ask_done(load(spec(patch)));
    let counts = harness.all(|event| match event {
        Event::Data { source, samples } => Some((*source, *samples)),
        _ => None,
    });
    assert_eq!(counts, [(DataSource::Mnist, Some(7))]);
    harness.steps(2);
}

#[test]
fn drawn_digits_are_chosen_from_where_mnist_is_not_there() {
    let patch = json!({"data": {"source": "mnist", "classes": [3, 5], "limit": 20}});
    let mut harness = Harness::loaded(ring());
    harness.ask_done(load(spec(patch)));
    let data = harness.all(|event| match event {
        Event::Data { source, samples } => Some((*source, *samples)),
        _ => None,
    });
    assert_eq!(data.last(), Some(&(DataSource::DrawnDigits, Some(20))));
    let told = |event: &Event| matches!(event, Event::Fault(Fault::DataMissing { .. }));
    assert_eq!(harness.all(|event| told(event).then_some(())).len(), 1);
    harness.steps(2);
}

#[test]
fn a_class_that_no_digit_has_is_refused() {
    let patch = json!({"data": {"source": "mnist", "classes": [3, 12]}});
    let mut harness = Harness::loaded(ring());
    harness.steps(2);
    let (outcome, _) = harness.ask(load(spec(patch)));
    assert!(
        matches!(&outcome, Err(Fault::Spec { path, .. }) if path == "data.classes"),
        "{outcome:?}"
    );
    // The previous run goes on.
    harness.steps(1);
    assert_eq!(harness.phases().last(), Some(&(Phase::Paused, 3)));
}

#[test]
fn images_can_be_changed_at_random() {
    let augmentation = json!({"shift_px": 2, "rotation_degrees": 10, "scale": 1.1});
    let patch = json!({"data": {"augmentation": augmentation.clone()}});
    let plain = {
        let mut harness = Harness::loaded(spec(json!({})));
        harness.steps(2);
        harness.metrics()
    };
    let mut harness = Harness::loaded(spec(patch));
    harness.steps(2);
    assert_ne!(harness.metrics(), plain);
    let mut wild = spec(json!({"data": {"augmentation": augmentation}}));
    if let Some(augmentation) = &mut wild.data.augmentation {
        augmentation.shift_px = 40;
    }
    let (outcome, _) = harness.ask(load(wild));
    let Err(Fault::Spec { path, .. }) = outcome else { panic!("{outcome:?}") };
    assert_eq!(path, "data.augmentation.shift_px");
}

#[test]
fn copies_are_looked_for_among_a_few_images_that_stay_as_they_are() {
    for (data, images, copies) in [
        // An untrained generator's noise is near none of them.
        (json!({"source": "mnist", "limit": 10}), 20, Some(json!(0.0))),
        (json!({"source": "mnist"}), 500, Some(json!(0.0))),
        (json!({"source": "mnist"}), 501, None),
        (json!({"source": "mnist", "limit": 10, "augmentation": {"shift_px": 2}}), 20, None),
    ] {
        let mut harness = Harness::with_mnist(Ok(digits(images)));
        harness.ask_done(load(spec(json!({"data": data}))));
        harness.steps(1);
        let report = reports(&harness).pop().expect("told");
        assert!(report["scores"]["diversity"].is_number(), "{report}");
        assert_eq!(report["scores"].get("copies"), copies.as_ref(), "{data}");
        let floor = report["scores"].get("copiesOfReals").and_then(Value::as_f64);
        assert_eq!(floor.is_some(), copies.is_some(), "{data}");
        assert!(floor.is_none_or(|floor| (0.0..=1.0).contains(&floor)), "{report}");
    }
}
