//! The supervisor's record of one worker.

use std::collections::VecDeque;

use gan_protocol::{Command, Request, Tuning};

use super::{Effect, Run, Ticket, Variant, WorkerId};

/// The state of a worker, in the order in which states are reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Plane {
    /// Its code is loading.
    Booting,
    /// It loads its first run.
    Loading,
    /// It takes requests.
    Live,
    /// It has been requested to pause and to hand over a checkpoint.
    Leaving,
}

/// The reason for a request.
#[derive(Clone, Debug)]
pub(super) enum Purpose<B> {
    /// The run with which the worker starts.
    FirstLoad,
    /// The user replaces the run.
    Load { ticket: Option<Ticket>, run: Box<Run<B>>, then_run: bool },
    /// The user changes settings.
    Tune { ticket: Option<Ticket>, tuning: Tuning },
    /// Any other request of the user.
    Ask { ticket: Option<Ticket> },
    /// The supervisor's own request to continue.
    Resume,
    /// For the keeper of runs, before another replaces this one.
    Leave,
    /// The pause before the worker is ended.
    LastPause,
    /// The checkpoint before the worker is ended.
    LastCheckpoint,
    /// The checkpoint from which the candidate starts; the number is the candidate's trial.
    CandidateCheckpoint(u32),
    /// The step that the candidate repeats.
    CandidateProbe(u32),
    /// The candidate's own load.
    CandidateLoad(u32),
    /// The candidate's repetition of the step.
    CandidateProof(u32),
    /// A check that the worker is alive.
    Ping,
}

pub(super) struct Worker<B> {
    pub(super) id: WorkerId,
    pub(super) variant: Variant,
    pub(super) plane: Plane,
    pub(super) adapter: Option<(gan_protocol::Backend, String)>,
    /// Requests without a reply, oldest first.
    pub(super) pending: Vec<(u32, Purpose<B>)>,
    /// Times of the unanswered pings, oldest first.
    pub(super) pings_ms: VecDeque<f64>,
    pub(super) last_ping_ms: f64,
    next_request: u32,
}

/// Progress of the candidate's trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trial {
    /// Its code is loading.
    Booting,
    /// It waits for a checkpoint of the run.
    Idle,
    /// It loads, or repeats a step.
    Working,
    /// Its step agreed with the CPU's.
    Proved,
}

/// The WebGPU worker that prepares to take over.
pub(super) struct Candidate<B> {
    pub(super) worker: Worker<B>,
    pub(super) trial: Trial,
    /// Number of the trial, so that replies to an earlier trial are ignored.
    pub(super) number: u32,
    pub(super) since_ms: f64,
}

impl<B> Worker<B> {
    pub(super) fn new(id: WorkerId, variant: Variant) -> Self {
        Self {
            id,
            variant,
            plane: Plane::Booting,
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

    /// A request whose outcome is ignored, or that is never settled.
    pub(super) fn unanswered(&mut self, command: Command) -> Effect<B> {
        let id = self.take_number();
        Effect::Send { worker: self.id, request: Request { id, command }, attachments: Vec::new() }
    }

    /// Whether a load requested by the user is under way.
    pub(super) fn is_loading(&self) -> bool {
        self.pending.iter().any(|(_, purpose)| matches!(purpose, Purpose::Load { .. }))
    }

    fn take_number(&mut self) -> u32 {
        let id = self.next_request;
        self.next_request += 1;
        id
    }
}

/// The command that loads `run`, and its attachments.
pub(super) fn load_command<B: Clone>(run: &Run<B>) -> (Command, Vec<B>) {
    let own = run.checkpoint.as_ref().map(|(_, bytes)| bytes);
    let checkpoint = own.or(run.initial.as_ref()).cloned();
    let command = Command::Load {
        spec: Box::new(run.spec.clone()),
        checkpoint: checkpoint.is_some(),
        files: run.files.iter().map(|file| file.name.clone()).collect(),
    };
    let files = run.files.iter().map(|file| file.bytes.clone());
    (command, checkpoint.into_iter().chain(files).collect())
}
