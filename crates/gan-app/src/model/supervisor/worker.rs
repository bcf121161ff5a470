//! What the supervisor remembers of one worker.

use std::collections::VecDeque;

use gan_protocol::{Command, Request, Tuning};

use super::{Effect, Run, Ticket, Variant, WorkerId};

/// How far a worker is. The order is that in which they are reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// Its code is on its way.
    Booting,
    /// It loads the run it starts with.
    Loading,
    /// It takes asks.
    Live,
    /// It has been asked to pause and to hand over a checkpoint.
    Leaving,
}

/// Why a request was sent.
#[derive(Clone, Debug)]
pub(super) enum Purpose<B> {
    /// The run that the worker starts with.
    FirstLoad,
    /// The user replaces the run.
    Load { ticket: Option<Ticket>, run: Box<Run<B>>, then_run: bool },
    /// The user changes settings.
    Tune { ticket: Option<Ticket>, tuning: Tuning },
    /// Any other ask.
    Ask { ticket: Option<Ticket> },
    /// The supervisor's own wish to go on.
    Resume,
    /// For whoever keeps runs, before another takes this one's place.
    Leave,
    /// Before the worker is ended.
    LastPause,
    /// Before the worker is ended.
    LastCheckpoint,
    /// For the candidate to start from; the number is the candidate's trial.
    CandidateCheckpoint(u32),
    /// For the candidate to repeat.
    CandidateProbe(u32),
    /// The candidate's own load.
    CandidateLoad(u32),
    /// The candidate's proof.
    CandidateProof(u32),
    /// A sign of life.
    Ping,
}

pub(super) struct Worker<B> {
    pub(super) id: WorkerId,
    pub(super) variant: Variant,
    pub(super) stage: Stage,
    pub(super) adapter: Option<(gan_protocol::Backend, String)>,
    /// What was asked and not yet answered, oldest first.
    pub(super) pending: Vec<(u32, Purpose<B>)>,
    /// When the unanswered pings were sent, oldest first.
    pub(super) pings_ms: VecDeque<f64>,
    pub(super) last_ping_ms: f64,
    next_request: u32,
}

/// How far the candidate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trial {
    /// Its code is on its way.
    Booting,
    /// It waits for a checkpoint of the run.
    Idle,
    /// It loads, or repeats a step.
    Working,
    /// It has proved itself.
    Proved,
}

/// The WebGPU worker that prepares to take over.
pub(super) struct Candidate<B> {
    pub(super) worker: Worker<B>,
    pub(super) trial: Trial,
    /// Counts the trials, so that answers meant for an earlier one are told apart.
    pub(super) number: u32,
    pub(super) since_ms: f64,
}

impl<B> Worker<B> {
    pub(super) fn new(id: WorkerId, variant: Variant) -> Self {
        Self {
            id,
            variant,
            stage: Stage::Booting,
            adapter: None,
            pending: Vec::new(),
            pings_ms: VecDeque::new(),
            last_ping_ms: 0.0,
            next_request: 1,
        }
    }

    /// A request whose outcome matters.
    pub(super) fn request(
        &mut self,
        purpose: Purpose<B>,
        command: Command,
        attachments: Vec<B>,
    ) -> Effect<B> {
        let id = self.take_number();
        self.pending.push((id, purpose));
        Effect::Send { worker: self.id, request: Request { id, command }, attachments }
    }

    /// A request that is never settled.
    pub(super) fn unanswered(&mut self, command: Command) -> Effect<B> {
        let id = self.take_number();
        Effect::Send { worker: self.id, request: Request { id, command }, attachments: Vec::new() }
    }

    /// Whether a load asked for by the user is on its way.
    pub(super) fn is_loading(&self) -> bool {
        self.pending.iter().any(|(_, purpose)| matches!(purpose, Purpose::Load { .. }))
    }

    fn take_number(&mut self) -> u32 {
        let id = self.next_request;
        self.next_request += 1;
        id
    }
}

/// The command that loads `run`, and the bytes that go with it.
pub(super) fn load_command<B: Clone>(run: &Run<B>) -> (Command, Vec<B>) {
    let checkpoint = run.checkpoint.as_ref().map(|(_, bytes)| bytes.clone());
    let command = Command::Load {
        spec: Box::new(run.spec.clone()),
        checkpoint: checkpoint.is_some(),
        files: run.files.iter().map(|file| file.name.clone()).collect(),
    };
    let files = run.files.iter().map(|file| file.bytes.clone());
    (command, checkpoint.into_iter().chain(files).collect())
}
