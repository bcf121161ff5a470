//! A session with data from memory and a manual clock, which records its events for the tests.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gan_core::cpu;
use gan_data::{DrawnDigits, ImageSet};
use gan_protocol::{
    Backend, Command, Event, Fault, Metrics, Phase, Reply, Request, RunSpec, merged,
};
use gan_session::{DataLoader, Outgoing, Progress, Session};
use pollster::block_on;
use serde_json::{Value, json};

pub fn spec(patch: Value) -> RunSpec {
    let base = json!({
        "seed": 3,
        "data": {"source": "drawn_digits", "channels": 1, "height": 28, "width": 28},
        "latent": {"size": 4, "distribution": "normal"},
        "generator": {"layers": [
            {"kind": "linear", "units": 8},
            {"kind": "batch_norm"},
            {"kind": "activation", "function": {"name": "relu"}},
            {"kind": "linear", "units": 784},
            {"kind": "activation", "function": {"name": "tanh"}}
        ]},
        "discriminator": {"layers": [
            {"kind": "flatten"},
            {"kind": "linear", "units": 8},
            {"kind": "activation", "function": {"name": "leaky_relu"}},
            {"kind": "linear", "units": 1}
        ]},
        "objective": "non_saturating",
        "generator_optimizer": {"learning_rate": 0.001},
        "discriminator_optimizer": {"learning_rate": 0.001},
        "batch_size": 4
    });
    RunSpec::from_value(merged(&base, &patch)).expect("a valid spec")
}

/// Digits from memory, or the reason why there are none.
pub struct Shelf {
    mnist: Result<ImageSet, String>,
    asked: Rc<Cell<u32>>,
}

impl DataLoader for Shelf {
    async fn mnist(&self, progress: Progress<'_>) -> Result<ImageSet, String> {
        self.asked.set(self.asked.get() + 1);
        progress(1.0, Some(2.0));
        self.mnist.clone()
    }

    async fn classifier(&self) -> Result<Vec<u8>, String> {
        let site = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web");
        std::fs::read(format!("{site}/pretrained/digit-classifier.safetensors"))
            .map_err(|error| error.to_string())
    }
}

/// The outcome of a request, with its attachments.
pub type Outcome = (Result<Reply, Fault>, Vec<Vec<u8>>);

pub struct Harness {
    pub session: Session<Shelf>,
    pub events: Rc<RefCell<Vec<Outgoing>>>,
    pub time_ms: Rc<Cell<f64>>,
    pub asked: Rc<Cell<u32>>,
    pub next_id: u32,
}

impl Harness {
    pub fn new() -> Self {
        Self::with_mnist(Err("there is no network here".to_owned()))
    }

    pub fn with_mnist(mnist: Result<ImageSet, String>) -> Self {
        let events = Rc::new(RefCell::new(Vec::new()));
        let time_ms = Rc::new(Cell::new(0.0));
        let asked = Rc::new(Cell::new(0));
        let (log, clock) = (events.clone(), time_ms.clone());
        let session = Session::new(
            cpu(),
            Backend::Cpu,
            "test".to_owned(),
            Shelf { mnist, asked: asked.clone() },
            // Each reading of the clock takes a millisecond.
            Box::new(move || {
                clock.set(clock.get() + 1.0);
                clock.get()
            }),
            Box::new(move |outgoing| log.borrow_mut().push(outgoing)),
        );
        Self { session, events, time_ms, asked, next_id: 0 }
    }

    /// A loader like the session's own.
    pub fn loader(&self) -> Shelf {
        Shelf { mnist: Err("there is no network here".to_owned()), asked: Rc::default() }
    }

    pub fn loaded(spec: RunSpec) -> Self {
        let mut harness = Self::new();
        harness.ask_done(load(spec));
        harness
    }

    pub fn send(&mut self, command: Command, attachments: Vec<Vec<u8>>) -> u32 {
        self.next_id += 1;
        let request = Request { id: self.next_id, command };
        block_on(self.session.handle(request, attachments));
        self.next_id
    }

    pub fn outcome(&self, wanted: u32) -> Option<Outcome> {
        self.events.borrow().iter().find_map(|outgoing| match &outgoing.event {
            Event::Settled { id, reply, fault } if *id == wanted => {
                let outcome = match (reply.clone(), fault.clone()) {
                    (Some(reply), None) => Ok(reply),
                    (None, Some(fault)) => Err(fault),
                    both => panic!("neither reply nor fault alone: {both:?}"),
                };
                Some((outcome, outgoing.attachments.clone()))
            }
            _ => None,
        })
    }

    pub fn ask(&mut self, command: Command) -> Outcome {
        let id = self.send(command, Vec::new());
        self.outcome(id).expect("settled at once")
    }

    pub fn ask_done(&mut self, command: Command) {
        assert_eq!(self.ask(command).0, Ok(Reply::Done));
    }

    pub fn advance(&mut self, slices: usize) {
        for _ in 0..slices {
            block_on(self.session.advance());
        }
    }

    /// Trains until `count` steps are made.
    pub fn steps(&mut self, count: u32) {
        let id = self.send(Command::Step { count }, Vec::new());
        while self.session.is_running() {
            self.advance(1);
        }
        assert_eq!(self.outcome(id).expect("settled").0, Ok(Reply::Done));
    }

    pub fn all<T>(&self, pick: impl Fn(&Event) -> Option<T>) -> Vec<T> {
        self.events.borrow().iter().filter_map(|outgoing| pick(&outgoing.event)).collect()
    }

    pub fn phases(&self) -> Vec<(Phase, u64)> {
        self.all(|event| match event {
            Event::State { phase, step } => Some((*phase, *step)),
            _ => None,
        })
    }

    pub fn metrics(&self) -> Vec<Metrics> {
        let points = self.all(|event| match event {
            Event::Metrics { points, .. } => Some(points.clone()),
            _ => None,
        });
        points.concat()
    }

    pub fn faults(&self) -> Vec<Fault> {
        self.all(|event| match event {
            Event::Fault(fault) => Some(fault.clone()),
            _ => None,
        })
    }

    pub fn checkpoint(&mut self) -> Vec<u8> {
        let (outcome, attachments) = self.ask(Command::Checkpoint);
        assert!(matches!(outcome, Ok(Reply::Checkpoint { .. })));
        attachments.into_iter().next().expect("the checkpoint is attached")
    }
}
pub fn load(spec: RunSpec) -> Command {
    Command::Load { spec: Box::new(spec), checkpoint: false, files: Vec::new() }
}

pub fn resume(spec: RunSpec) -> Command {
    Command::Load { spec: Box::new(spec), checkpoint: true, files: Vec::new() }
}

/// `count` drawn digits with their labels, as an image set like those read from files.
pub fn digits(count: u64) -> ImageSet {
    let drawn = DrawnDigits { seed: 1 };
    let (labels, pixels): (Vec<u8>, Vec<_>) = (0..count).map(|index| drawn.sample(index)).unzip();
    let pixels: Vec<u8> = pixels.into_iter().flatten().collect();
    ImageSet::new("digits", [1, 28, 28], pixels, Some(labels)).expect("a valid set")
}
