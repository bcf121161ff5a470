//! One example of each message between page and worker, for tests. Each `match` returns the variant
//! that follows: without `_`, so that the compiler notices a new command, event, reply or fault.

use std::iter::successors;

use crate::{
    Backend, Command, CourseSpec, DataOrigin, DataSource, Dissection, Event, Fault, FrameKind,
    Metrics, Neighbours, NetName, Objective, Phase, PlaneSet, Reply, RunSpec, SampleSet, Task,
    Tuning, Verdicts,
};

const SET: SampleSet = SampleSet { count: 64, width: 28, height: 27, channels: 3, parts: 1 };

fn why() -> String {
    "why".to_owned()
}

/// One of every command; `spec` is the run that is loaded.
pub fn commands(spec: &RunSpec) -> Vec<Command> {
    let first = Command::Load {
        spec: Box::new(spec.clone()),
        checkpoint: true,
        files: vec!["a.gz".to_owned(), String::new()],
    };
    let tuning = Tuning {
        generator_learning_rate: Some(3e-4),
        objective: Some(Objective::Hinge),
        ..Tuning::default()
    };
    let next = |command: &Command| {
        Some(match command {
            Command::Load { .. } => Command::Start,
            Command::Start => Command::Pause,
            Command::Pause => Command::Step { count: u32::MAX },
            Command::Step { .. } => Command::StepAlone { net: NetName::Discriminator },
            Command::StepAlone { .. } => Command::Dissect,
            Command::Dissect => Command::NearestReals { count: 8, seed: 1 },
            Command::NearestReals { .. } => Command::Tune(tuning.clone()),
            Command::Tune(_) => Command::Sample { count: 4, seed: (1 << 53) - 1, label: Some(9) },
            Command::Sample { .. } => Command::Reals { count: 4, seed: 7 },
            Command::Reals { .. } => Command::Course {
                course: CourseSpec { per_class: 10, steps: 300, seed: 1 },
                count: 20,
            },
            Command::Course { .. } => Command::FreshSheet,
            Command::FreshSheet => Command::Watch { plane: true },
            Command::Watch { .. } => Command::Checkpoint,
            Command::Checkpoint => Command::Probe,
            Command::Probe => Command::Prove,
            Command::Prove => Command::FrameDrawn,
            Command::FrameDrawn => Command::Ping,
            Command::Ping => return None,
        })
    };
    successors(Some(first), next).collect()
}

/// One of every fault.
pub fn faults() -> Vec<Fault> {
    let first = Fault::Spec { path: "batch_size".to_owned(), message: why() };
    let next = |fault: &Fault| {
        Some(match fault {
            Fault::Spec { .. } => Fault::File { message: why() },
            Fault::File { .. } => Fault::Checkpoint { message: why() },
            Fault::Checkpoint { .. } => Fault::DataMissing { message: why() },
            Fault::DataMissing { .. } => Fault::Diverged { step: 9, restored_step: 4 },
            Fault::Diverged { .. } => Fault::Device { message: why() },
            Fault::Device { .. } => Fault::Panic { message: why() },
            Fault::Panic { .. } => Fault::State { message: why() },
            Fault::State { .. } => return None,
        })
    };
    successors(Some(first), next).collect()
}

/// Measurements with a different value for each number.
pub fn metrics() -> Metrics {
    Metrics::from_numbers(1 << 40, std::array::from_fn(|place| place as f64 + 0.125))
}

/// A dissection with a different value for each number.
pub fn dissection() -> Dissection {
    let verdicts = |mean| Verdicts { first: vec![mean as f32, 0.1], mean };
    Dissection {
        metrics: metrics(),
        latents: vec![vec![0.5, -1.5], vec![0.75, 2.0]],
        on_reals: verdicts(1.0),
        on_fakes: verdicts(-1.0),
        on_reals_after: verdicts(2.0),
        on_fakes_after: verdicts(-2.0),
        on_new_fakes: verdicts(0.25),
        discriminator_loss_after: 0.375,
        generator_loss_after: 0.625,
    }
}

/// One of every reply.
pub fn replies() -> Vec<Reply> {
    let before = DataOrigin {
        source: DataSource::IdxFiles,
        samples: Some(64),
        digest: Some("0f".to_owned()),
        files: vec!["a.idx".to_owned(), "b.idx".to_owned()],
    };
    let now = DataOrigin {
        source: DataSource::DrawnDigits,
        samples: None,
        digest: None,
        files: Vec::new(),
    };
    let next = |reply: &Reply| {
        Some(match reply {
            Reply::Done => Reply::OtherData { before: before.clone(), now: now.clone() },
            Reply::OtherData { .. } => Reply::Samples { set: SET },
            Reply::Samples { .. } => Reply::Checkpoint { step: 7 },
            Reply::Checkpoint { .. } => {
                Reply::Dissection { set: SET, dissection: Box::new(dissection()) }
            }
            Reply::Dissection { .. } => Reply::Neighbours {
                set: SET,
                neighbours: Neighbours { distances: vec![0.25, 1.5], searched: 10_000 },
            },
            Reply::Neighbours { .. } => Reply::Course {
                step: 20,
                accuracy: vec![0.5, 0.625],
                labelled: 100,
                held_out: 1_000,
            },
            Reply::Course { .. } => Reply::Probe { step_ms: 20.5 },
            Reply::Probe { .. } => {
                Reply::Proof { largest_relative_difference: 1e-4, parameter: "g".to_owned() }
            }
            Reply::Proof { .. } => return None,
        })
    };
    successors(Some(Reply::Done), next).collect()
}

/// One of every event, and further [`Event::Settled`]s with every reply and every fault.
pub fn events() -> Vec<Event> {
    let plane = PlaneSet { reals: 1, fakes: 2, pulls: 3, lattice: 4, lattice_rows: 5, surface: 6 };
    let next = |event: &Event| {
        Some(match event {
            Event::Booted => {
                Event::Ready { backend: Backend::Webgpu, adapter: "A card".to_owned() }
            }
            Event::Ready { .. } => Event::Settled { id: 5, reply: Some(Reply::Done), fault: None },
            Event::Settled { .. } => {
                Event::Progress(Task { name: "data".to_owned(), done: 1.5, total: Some(2.0) })
            }
            Event::Progress(_) => Event::State { phase: Phase::Paused, step: 1 << 52 },
            Event::State { .. } => Event::Data { source: DataSource::Mnist, samples: Some(60_000) },
            Event::Data { .. } => Event::Metrics { points: vec![metrics()], steps_per_second: 2.5 },
            Event::Metrics { .. } => Event::Frame { sheet: FrameKind::Fresh, step: 8, set: SET },
            Event::Frame { .. } => Event::Plane { step: 8, set: plane },
            Event::Plane { .. } => Event::Report { step: 4, report: "{}".to_owned() },
            Event::Report { .. } => Event::Autosave { step: 6 },
            Event::Autosave { .. } => Event::Fault(Fault::State { message: why() }),
            Event::Fault(_) => return None,
        })
    };
    let settled = |reply, fault| Event::Settled { id: u32::MAX, reply, fault };
    let mut events: Vec<Event> = successors(Some(Event::Booted), next).collect();
    events.extend(replies().into_iter().map(|reply| settled(Some(reply), None)));
    events.extend(faults().into_iter().map(|fault| settled(None, Some(fault))));
    events.extend(faults().into_iter().map(Event::Fault));
    // Variants with absent optional fields.
    events.push(Event::Progress(Task { name: "nets".to_owned(), done: 0.0, total: None }));
    events.push(Event::Data { source: DataSource::DrawnDigits, samples: None });
    events
}
