//! Classifiers that are taught by a session, and discriminators that learn the classes of a few samples.

use gan_data::RealSamples as _;
use gan_protocol::{Command, CourseSpec, Event, Fault, Named as _, Reply, RunSpec, Score};
use gan_session::Made;
use serde_json::{Value, json};

use harness::Harness;

mod harness;

fn linear(units: usize) -> Value {
    json!({"kind": "linear", "units": units})
}

/// A small run on drawn digits.
fn run(changes: &Value) -> RunSpec {
    let function = json!({"kind": "activation", "function": {"name": "tanh"}});
    let base = json!({
        "data": {"source": "drawn_digits", "channels": 1, "height": 28, "width": 28},
        "latent": {"size": 4, "distribution": "normal"},
        "objective": "non_saturating",
        "generator": {"layers": [linear(12), function, linear(784), function]},
        "discriminator": {"layers": [{"kind": "flatten"}, linear(12), function, linear(1)]},
    });
    harness::spec(gan_protocol::merged(&base, changes))
}

fn by_class() -> Value {
    let function = json!({"kind": "activation", "function": {"name": "tanh"}});
    json!({
        "labels": {"kind": "auxiliary_classifier", "classes": 10},
        "generator": {"layers": [{"kind": "label", "classes": 10}, linear(12), function, linear(784), function]},
        "discriminator": {"layers": [{"kind": "flatten"}, linear(12), function, linear(11)]},
    })
}

const COURSE: CourseSpec = CourseSpec { per_class: 3, steps: 8, seed: 1 };

/// The reply to a request for `count` steps of `course`: its step, shares and counts.
fn taught(harness: &mut Harness, course: CourseSpec, count: u32) -> (u32, Vec<f64>, [u32; 2]) {
    let asked = harness.send(Command::Course { course, count }, Vec::new());
    match harness.outcome(asked).expect("settled").0 {
        Ok(Reply::Course { step, accuracy, labelled, held_out }) => {
            (step, accuracy, [labelled, held_out])
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_course_goes_on_where_it_stood_and_another_begins_anew() {
    let mut whole = Harness::loaded(run(&by_class()));
    let at_once = taught(&mut whole, COURSE, 8);
    assert_eq!((at_once.0, at_once.2), (8, [30, 1_000]));
    assert_eq!(at_once.1.len(), 4, "a generator by class has samples to teach with");
    assert!(at_once.1.iter().all(|share| (0.0..=1.0).contains(share)));
    let mut parts = Harness::loaded(run(&by_class()));
    assert_eq!(taught(&mut parts, COURSE, 3).0, 3);
    assert_eq!(taught(&mut parts, COURSE, 5), at_once);
    assert_eq!(taught(&mut parts, COURSE, 5), at_once, "a course ends at its own steps");
    let other = taught(&mut parts, CourseSpec { per_class: 5, ..COURSE }, 2);
    assert_eq!((other.0, other.2), (2, [50, 1_000]));
}

#[test]
fn classifiers_learn_from_few_images_more_with_changes() {
    let mut harness = Harness::loaded(run(&json!({})));
    let course = CourseSpec { per_class: 10, steps: 60, seed: 2 };
    let (step, shares, _) = taught(&mut harness, course, 60);
    assert_eq!((step, shares.len()), (60, 2), "without classes no samples teach: {shares:?}");
    assert!(shares.iter().all(|share| *share > 0.5), "by chance a tenth: {shares:?}");
}

#[test]
fn a_course_is_of_the_images_that_stand_in_for_others() {
    let mnist = run(&json!({"data": {"source": "mnist"}}));
    let mut harness = Harness::loaded(mnist);
    assert_eq!(taught(&mut harness, COURSE, 1).2, [30, 1_000]);
}

#[test]
fn samples_are_of_the_classes_that_the_labelled_images_have() {
    let spec = run(&gan_protocol::merged(&by_class(), &json!({"data": {"classes": [3, 8]}})));
    let trainer = gan_core::Trainer::new(&spec, &gan_core::cpu()).expect("a valid run");
    let labelled = gan_data::ImageSet::new("two", [1, 28, 28], vec![0; 2 * 784], Some(vec![3, 8]));
    let mut made = pollster::block_on(Made::by(&trainer, &labelled.expect("images"), 1))
        .expect("the processor works")
        .expect("it is told classes");
    let batch = made.batch(1, 0, 64);
    assert_eq!((batch.labels.len(), batch.values.len()), (64, 64 * 784));
    assert!(batch.labels.iter().all(|label| [3, 8].contains(label)));
}

#[test]
fn a_course_that_cannot_be_is_refused_in_words() {
    let mut harness = Harness::loaded(run(&json!({})));
    let mut refused = |course, told: &str| {
        let asked = harness.send(Command::Course { course, count: 1 }, Vec::new());
        let fault = harness.outcome(asked).expect("settled").0.expect_err("no such course");
        assert!(fault.to_string().contains(told), "{fault}");
    };
    refused(CourseSpec { per_class: 0, ..COURSE }, "per_class: is 0");
    refused(CourseSpec { steps: 0, ..COURSE }, "steps: is 0");
    // All images are labelled then.
    refused(CourseSpec { per_class: 9_000, ..COURSE }, "no images");
    let points = json!({
        "data": {"source": "points", "channels": null, "height": null, "width": null,
            "points": {"kind": "ring", "modes": 8, "radius": 1.0, "sd": 0.1}},
        "latent": {"size": 2, "distribution": "normal"}, "objective": "non_saturating",
        "generator": {"layers": [linear(2)]}, "discriminator": {"layers": [linear(1)]},
    });
    let mut harness = Harness::loaded(harness::spec(points));
    let asked = harness.send(Command::Course { course: COURSE, count: 1 }, Vec::new());
    let fault = harness.outcome(asked).expect("settled").0.expect_err("no images");
    assert!(matches!(fault, Fault::State { .. }), "{fault:?}");
}

#[test]
fn a_discriminator_learns_classes_from_a_few_samples() {
    let function = json!({"kind": "activation", "function": {"name": "tanh"}});
    let spec = run(&json!({
        "semi_supervised": {"classes": 10, "labelled": 10},
        "discriminator": {"layers": [{"kind": "flatten"}, linear(32), function, linear(10),
            {"kind": "log_sum_exp"}]},
        "discriminator_optimizer": {"learning_rate": 0.01},
        "batch_size": 32,
    }));
    let mut harness = Harness::loaded(spec.clone());
    harness.steps(60);
    let reports = harness.all(|event| match event {
        Event::Report { report, .. } => Some(report.clone()),
        _ => None,
    });
    let last: Value = serde_json::from_str(reports.last().expect("a report")).expect("JSON");
    let share = last["scores"][Score::ClassAccuracy.name()].as_f64().expect("a share");
    assert!(share > 0.4, "by chance a tenth: {share}");
    assert!(harness.metrics().iter().all(|one| one.auxiliary > 0.0));
    // The labelled samples are the seed's: a run that goes on sees the same ones.
    let file = harness.checkpoint();
    let mut again = Harness::new();
    let resumed = again.send(harness::resume(spec), vec![file]);
    assert!(again.outcome(resumed).expect("settled").0.is_ok());
    harness.steps(3);
    again.steps(3);
    assert_eq!(harness.checkpoint(), again.checkpoint());
}

#[test]
fn a_run_on_few_images_of_each_class_sees_no_others() {
    let spec = run(&json!({"data": {"per_class": 2}}));
    let harness = Harness::loaded(spec);
    let samples = harness.all(|event| match event {
        Event::Data { samples, .. } => Some(*samples),
        _ => None,
    });
    assert_eq!(samples, [Some(20)]);
}
