//! Requests in, events out: pause, resume, checkpoint and failure, without a browser.

mod harness;

use gan_protocol::{
    Command, DataSource, Event, Fault, FrameKind, Metrics, NetName, Phase, Reply, Tuning,
};
use harness::{Harness, digits, load, resume, spec};
use serde_json::json;
#[test]
fn a_sheet_waits_for_no_download_and_training_waits_for_start() {
    // Data at hand come before the first sheet, which may show them; fetched data do not delay the
    // sheet.
    let at_hand = ["ready", "loading", "data", "fixed sheet", "fresh sheet", "loaded"];
    let fetched = ["ready", "loading", "fixed sheet", "data", "fresh sheet", "loaded"];
    for (source, expected) in [("drawn_digits", at_hand), ("mnist", fetched)] {
        let mut harness = Harness::with_mnist(Ok(digits(20)));
        harness.ask_done(load(spec(json!({"data": {"source": source}}))));
        let order: Vec<&str> = harness.all(|event| match event {
            Event::Ready { .. } => Some("ready"),
            Event::State { phase: Phase::Loading, .. } => Some("loading"),
            Event::State { phase: Phase::Ready, .. } => Some("loaded"),
            Event::Frame { sheet: FrameKind::Fixed, .. } => Some("fixed sheet"),
            Event::Frame { sheet: FrameKind::Fresh, .. } => Some("fresh sheet"),
            Event::Data { .. } => Some("data"),
            _ => None,
        });
        assert_eq!(order, expected, "{source}");
        harness.advance(3);
        assert!(harness.metrics().is_empty());
    }
}

#[test]
fn training_reports_every_step_once_and_in_order() {
    let mut harness = Harness::loaded(spec(json!({})));
    harness.ask_done(Command::Start);
    harness.advance(10);
    harness.ask_done(Command::Pause);
    let steps: Vec<u64> = harness.metrics().iter().map(|point| point.step).collect();
    assert!(steps.len() > 10, "{steps:?}");
    assert!(steps.iter().copied().eq(1..=steps.len() as u64), "{steps:?}");
    assert_eq!(harness.phases().last(), Some(&(Phase::Paused, steps.len() as u64)));
    assert!(!harness.session.is_running());
}

#[test]
fn step_makes_just_as_many_steps_as_asked_for() {
    let mut harness = Harness::loaded(spec(json!({})));
    harness.steps(7);
    harness.steps(1);
    assert_eq!(harness.metrics().len(), 8);
    assert_eq!(harness.phases().last(), Some(&(Phase::Paused, 8)));
}

#[test]
fn a_run_does_not_depend_on_how_it_was_sliced() {
    let mut straight = Harness::loaded(spec(json!({})));
    straight.steps(9);
    let mut halting = Harness::loaded(spec(json!({})));
    for count in [1, 3, 5] {
        halting.steps(count);
        halting.ask(Command::Sample { count: 5, seed: 1, label: None }).0.expect("samples");
    }
    assert_eq!(straight.metrics(), halting.metrics());
    assert_eq!(straight.checkpoint(), halting.checkpoint());
}

#[test]
fn a_run_goes_on_from_its_autosave_in_another_session() {
    let mut first = Harness::loaded(spec(json!({})));
    first.steps(4);
    let saved = first.events.borrow().iter().rev().find_map(|outgoing| match outgoing.event {
        Event::Autosave { step: 4 } => Some(outgoing.attachments[0].clone()),
        _ => None,
    });
    let mut second = Harness::new();
    let id = second.send(resume(spec(json!({}))), vec![saved.expect("kept when training stops")]);
    assert_eq!(second.outcome(id).expect("settled").0, Ok(Reply::Done));
    assert_eq!(second.phases().last(), Some(&(Phase::Paused, 4)));
    first.steps(3);
    second.steps(3);
    assert_eq!(first.metrics()[4..], second.metrics()[..]);
    assert_eq!(first.checkpoint(), second.checkpoint());
}

#[test]
fn settings_change_from_the_next_step_on() {
    let mut tuned = Harness::loaded(spec(json!({})));
    let mut plain = Harness::loaded(spec(json!({})));
    tuned.steps(2);
    plain.steps(4);
    let tuning = Tuning { discriminator_learning_rate: Some(0.05), ..Tuning::default() };
    tuned.ask_done(Command::Tune(tuning));
    tuned.steps(2);
    let (tuned, plain) = (tuned.metrics(), plain.metrics());
    assert_eq!(tuned[..2], plain[..2]);
    assert_ne!(tuned[3], plain[3]);
}

#[test]
fn a_wrong_setting_is_refused_with_its_path_and_changes_nothing() {
    let mut harness = Harness::loaded(spec(json!({})));
    harness.steps(1);
    let tuning = Tuning {
        generator_learning_rate: Some(0.5),
        discriminator_steps: Some(0),
        ..Tuning::default()
    };
    let (outcome, _) = harness.ask(Command::Tune(tuning));
    let Err(Fault::Spec { path, .. }) = outcome else { panic!("{outcome:?}") };
    assert_eq!(path, "discriminator_steps");
    let mut untouched = Harness::loaded(spec(json!({})));
    untouched.steps(1);
    assert_eq!(harness.checkpoint(), untouched.checkpoint());
}

#[test]
fn what_is_refused_leaves_the_run_as_it_was() {
    let mut harness = Harness::loaded(spec(json!({})));
    harness.steps(2);
    let before = harness.checkpoint();
    let mut wrong = spec(json!({}));
    wrong.batch_size = 1;
    assert!(
        matches!(harness.ask(load(wrong)).0, Err(Fault::Spec { path, .. }) if path == "batch_size")
    );
    let id = harness.send(resume(spec(json!({}))), vec![b"not a checkpoint".to_vec()]);
    assert!(matches!(harness.outcome(id), Some((Err(Fault::Checkpoint { .. }), _))));
    let files = json!({"data": {"source": "idx_files"}});
    let command = Command::Load {
        spec: Box::new(spec(files)),
        checkpoint: false,
        files: vec!["digits.idx".to_owned()],
    };
    let id = harness.send(command, vec![b"GIF89a".to_vec()]);
    let Some((Err(Fault::File { message }), _)) = harness.outcome(id) else { panic!("accepted") };
    assert!(message.contains("digits.idx"), "{message}");
    assert_eq!(harness.checkpoint(), before);
    harness.steps(1);
    assert_eq!(harness.metrics().len(), 3);
}

#[test]
fn without_mnist_the_run_says_so_and_uses_drawn_digits() {
    let mut harness = Harness::loaded(spec(json!({"data": {"source": "mnist"}})));
    let missing = Fault::DataMissing { message: "there is no network here".to_owned() };
    assert_eq!(harness.faults(), [missing]);
    let data = harness.all(|event| match event {
        Event::Data { source, samples } => Some((*source, *samples)),
        _ => None,
    });
    assert_eq!(data, [(DataSource::DrawnDigits, None)]);
    harness.steps(2);
}

#[test]
fn mnist_is_loaded_once_for_a_run_and_its_repetition() {
    let mut harness = Harness::with_mnist(Ok(digits(20)));
    let mnist = spec(json!({"data": {"source": "mnist"}}));
    harness.ask_done(load(mnist.clone()));
    harness.steps(3);
    harness.ask_done(load(mnist.clone()));
    harness.steps(3);
    assert_eq!(harness.asked.get(), 1);
    let metrics = harness.metrics();
    assert_eq!(metrics[..3], metrics[3..], "the same seed gives the same run");
    assert!(harness.faults().is_empty());
}

#[test]
fn a_run_that_diverges_is_back_at_its_last_good_checkpoint() {
    let mut harness = Harness::loaded(spec(json!({})));
    harness.steps(3);
    let mut huge = harness.checkpoint();
    // Every number is finite, but every product of two of them is not.
    let header = 8 + u64::from_le_bytes(huge[..8].try_into().expect("eight bytes")) as usize;
    for number in huge[header..].chunks_exact_mut(4) {
        number.copy_from_slice(&1e30_f32.to_le_bytes());
    }
    let id = harness.send(resume(spec(json!({}))), vec![huge.clone()]);
    assert_eq!(harness.outcome(id).expect("settled").0, Ok(Reply::Done));
    let steps = harness.send(Command::Step { count: 5 }, Vec::new());
    harness.advance(2);
    let diverged = Fault::Diverged { step: 4, restored_step: 3 };
    assert_eq!(harness.outcome(steps).expect("settled").0, Err(diverged.clone()));
    assert_eq!(harness.faults(), [diverged]);
    assert_eq!(harness.phases().last(), Some(&(Phase::Paused, 3)));
    assert_eq!(harness.metrics().len(), 3, "numbers that are not finite are not reported");
    assert_eq!(harness.checkpoint(), huge);
    let shown = harness.all(|event| match event {
        Event::Frame { step, .. } => Some(*step),
        _ => None,
    });
    assert_eq!(shown.last(), Some(&3), "no picture of the numbers that are none stays");
}

#[test]
fn a_step_proves_itself_against_another_session() {
    let mut first = Harness::loaded(spec(json!({})));
    first.steps(2);
    let before = first.checkpoint();
    let (outcome, probe) = first.ask(Command::Probe);
    let Ok(Reply::Probe { step_ms }) = outcome else { panic!("{outcome:?}") };
    assert!(step_ms > 0.0, "{step_ms} ms");
    assert_eq!(first.checkpoint(), before, "a probe does not train");
    let mut second = Harness::loaded(spec(json!({})));
    let id = second.send(Command::Prove, probe.clone());
    let Some((Ok(Reply::Proof { largest_relative_difference, .. }), _)) = second.outcome(id) else {
        panic!("no proof");
    };
    assert_eq!(largest_relative_difference, 0.0);
    // Other data give another step.
    let mut other = Harness::with_mnist(Ok(digits(20)));
    other.ask_done(load(spec(json!({"data": {"source": "mnist"}}))));
    let id = other.send(Command::Prove, probe);
    let Some((Ok(Reply::Proof { largest_relative_difference, .. }), _)) = other.outcome(id) else {
        panic!("no proof");
    };
    assert!(largest_relative_difference > 1e-3, "{largest_relative_difference}");
}

#[test]
fn samples_are_bytes_that_depend_on_their_seed_alone() {
    let mut harness = Harness::loaded(spec(json!({})));
    let mut draw = |seed| {
        let (outcome, mut attachments) =
            harness.ask(Command::Sample { count: 3, seed, label: None });
        let Ok(Reply::Samples { set }) = outcome else { panic!("{outcome:?}") };
        assert_eq!((set.count, set.width, set.height, set.channels), (3, 28, 28, 1));
        attachments.remove(0)
    };
    let first = draw(1);
    assert_eq!(first.len(), 3 * 784);
    assert_eq!(first, draw(1));
    assert_ne!(first, draw(2));
}

#[test]
fn more_samples_than_memory_bears_are_refused() {
    let mut harness = Harness::loaded(spec(json!({})));
    for count in [0, 4_097, u32::MAX] {
        let (outcome, _) = harness.ask(Command::Sample { count, seed: 1, label: None });
        assert!(matches!(outcome, Err(Fault::Spec { path, .. }) if path == "count"));
    }
}

#[test]
fn samples_are_of_the_class_that_is_asked_for() {
    let mut harness = Harness::loaded(spec(json!({
        "labels": {"kind": "conditional", "classes": 10},
        "generator": {"layers": [{"kind": "label", "classes": 10}, {"kind": "linear", "units": 784}]},
        "discriminator": {"layers": [{"kind": "label", "classes": 10}, {"kind": "flatten"}, {"kind": "linear", "units": 1}]},
    })));
    let mut draw = |label| harness.ask(Command::Sample { count: 11, seed: 1, label });
    let (all, threes) = (draw(None).1.remove(0), draw(Some(3)).1.remove(0));
    let image = |bytes: &[u8], index: usize| bytes[index * 784..][..784].to_vec();
    // Without a class, labels go round: the fourth sample of all is a three, with the same latent.
    assert_eq!(image(&all, 3), image(&threes, 3));
    assert_ne!(image(&all, 4), image(&threes, 4));
    let (outcome, _) = draw(Some(10));
    assert!(matches!(outcome, Err(Fault::Spec { path, .. }) if path == "label"));
}

#[test]
fn a_class_is_refused_where_the_run_has_none() {
    let mut harness = Harness::loaded(spec(json!({})));
    let (outcome, _) = harness.ask(Command::Sample { count: 1, seed: 1, label: Some(0) });
    assert!(matches!(outcome, Err(Fault::Spec { path, .. }) if path == "label"));
}

#[test]
fn requests_that_come_too_early_are_refused_in_words() {
    let mut harness = Harness::new();
    for command in [Command::Start, Command::Pause, Command::Checkpoint, Command::Step { count: 1 }]
    {
        assert!(matches!(harness.ask(command).0, Err(Fault::State { .. })));
    }
}

#[test]
fn a_frame_waits_until_the_last_one_is_drawn() {
    let mut harness = Harness::loaded(spec(json!({})));
    harness.ask_done(Command::Start);
    let frames = |harness: &Harness| {
        harness.all(|event| matches!(event, Event::Frame { .. }).then_some(())).len()
    };
    let before = frames(&harness);
    for _ in 0..20 {
        harness.time_ms.set(harness.time_ms.get() + 1_000.0);
        harness.advance(1);
    }
    assert_eq!(frames(&harness), before, "the page has drawn nothing yet");
    harness.send(Command::FrameDrawn, Vec::new());
    harness.time_ms.set(harness.time_ms.get() + 1_000.0);
    harness.advance(1);
    assert_eq!(frames(&harness), before + 1);
}

#[test]
fn loading_another_run_settles_the_steps_of_the_old_one() {
    let mut harness = Harness::loaded(spec(json!({})));
    let steps = harness.send(Command::Step { count: 1_000_000 }, Vec::new());
    harness.advance(1);
    harness.ask_done(load(spec(json!({"seed": 4}))));
    assert!(matches!(harness.outcome(steps), Some((Err(Fault::State { .. }), _))));
    assert_eq!(harness.phases().last(), Some(&(Phase::Ready, 0)));
}

#[test]
fn a_step_is_taken_apart_before_it_is_made() {
    let mut harness = Harness::loaded(spec(json!({})));
    harness.steps(2);
    let before = harness.checkpoint();
    let (outcome, attachments) = harness.ask(Command::Dissect);
    let Ok(Reply::Dissection { set, dissection }) = outcome else { panic!("{outcome:?}") };
    assert_eq!(attachments.len(), 3);
    for bytes in &attachments {
        assert_eq!(bytes.len(), set.count * set.width * set.height * set.channels);
    }
    assert_ne!(attachments[1], attachments[2]);
    assert_eq!(harness.checkpoint(), before);
    harness.steps(1);
    let last = *harness.metrics().last().expect("measured");
    assert_eq!((dissection.metrics.step, last.step), (3, 3));
    let told = dissection.metrics.numbers().into_iter().zip(last.numbers());
    for ((told, made), name) in told.zip(Metrics::NAMES) {
        // Single precision of the losses.
        assert_eq!(told as f32, made as f32, "{name}");
    }
    assert_eq!(dissection.on_fakes.first.len(), set.count);
    assert_eq!(dissection.latents.len(), set.count);
}

#[test]
fn one_net_is_stepped_alone_while_the_run_rests() {
    let mut harness = Harness::loaded(spec(json!({})));
    harness.ask_done(Command::StepAlone { net: NetName::Discriminator });
    assert_eq!(harness.phases().last(), Some(&(Phase::Ready, 0)));
    harness.ask_done(Command::StepAlone { net: NetName::Generator });
    assert_eq!(harness.phases().last(), Some(&(Phase::Paused, 1)));
    harness.ask_done(Command::Start);
    let refused = harness.ask(Command::StepAlone { net: NetName::Generator }).0;
    assert!(matches!(refused, Err(Fault::State { .. })), "{refused:?}");
}

#[test]
fn real_samples_are_those_that_a_run_learns_from() {
    let mut harness = Harness::loaded(spec(json!({})));
    let (outcome, first) = harness.ask(Command::Reals { count: 6, seed: 1 });
    let Ok(Reply::Samples { set }) = outcome else { panic!("{outcome:?}") };
    assert_eq!((set.count, first[0].len()), (6, 6 * set.width * set.height * set.channels));
    // A digit: black ground, white strokes.
    assert!(first[0].contains(&0) && first[0].iter().any(|pixel| *pixel > 200));
    assert_eq!(harness.ask(Command::Reals { count: 6, seed: 1 }).1, first);
    assert_ne!(harness.ask(Command::Reals { count: 6, seed: 2 }).1, first);
    let refused = harness.ask(Command::Reals { count: 0, seed: 1 }).0;
    assert!(matches!(refused, Err(Fault::Spec { ref path, .. }) if path == "count"), "{refused:?}");
}

#[test]
fn the_nearest_real_image_of_a_sample_is_found() {
    let mut harness = Harness::loaded(spec(json!({})));
    let (outcome, attachments) = harness.ask(Command::NearestReals { count: 3, seed: 1 });
    let Ok(Reply::Neighbours { set, neighbours }) = outcome else { panic!("{outcome:?}") };
    assert_eq!((set.count, attachments.len()), (3, 2));
    let distances = &neighbours.distances;
    assert!(distances.len() == 3 && distances.iter().all(|one| *one > 0.0), "{distances:?}");
    // Drawn digits are endless: the first ones are searched.
    assert_eq!(neighbours.searched, 10_000);
    let bytes = set.width * set.height * set.channels;
    assert!(attachments.iter().all(|images| images.len() == 3 * bytes));
    let refused = harness.ask(Command::NearestReals { count: 65, seed: 1 }).0;
    assert!(matches!(refused, Err(Fault::Spec { ref path, .. }) if path == "count"), "{refused:?}");
}
