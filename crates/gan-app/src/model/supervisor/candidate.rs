//! Prepares a WebGPU worker in the background: the worker loads the CPU's run and repeats one of
//! its steps, and takes over only if the results agree.

use gan_protocol::{Command, Event, Reply};

use super::events::boot_task;
use super::worker::{Candidate, Plane, Purpose, Trial, load_command};
use super::{Effect, Gpu, Preference, Run, Supervisor, Variant};
use crate::model::listed::taken;
use crate::model::notice::Notice;
use crate::model::run_state::Actor;

/// Largest difference between a step on WebGPU and the CPU's: the norm of each parameter's
/// difference, relative to the parameter's norm.
pub(super) const LARGEST_DIFFERENCE: f64 = 1e-3;

/// Time after which the page gives up a candidate.
const PATIENCE_MS: f64 = 300_000.0;

impl<B: Clone> Supervisor<B> {
    pub(super) fn advance_candidate(&mut self) {
        if self.preference != Preference::Auto || self.gpu != Gpu::Usable {
            return;
        }
        let Some(main) = self.main.as_mut() else { return };
        if main.variant == Variant::Gpu || main.plane != Plane::Live || main.is_loading() {
            return;
        }
        match self.candidate.as_mut() {
            None => {
                let worker = self.spawned(Variant::Gpu);
                self.state.progressed(self.now_ms, Actor::Candidate, boot_task());
                self.candidate = Some(Candidate {
                    worker,
                    trial: Trial::Booting,
                    number: 0,
                    since_ms: self.now_ms,
                });
            }
            Some(candidate) if candidate.trial == Trial::Idle => {
                candidate.trial = Trial::Working;
                candidate.number += 1;
                let purpose = Purpose::CandidateCheckpoint(candidate.number);
                let effect = main.request(purpose, Command::Checkpoint, Vec::new());
                self.effects.push(effect);
            }
            Some(_) => {}
        }
    }

    pub(super) fn on_candidate_event(&mut self, event: Event) {
        let Some(candidate) = self.candidate.as_mut() else { return };
        match event {
            Event::Booted => {
                candidate.trial = Trial::Idle;
                self.state.ended(Actor::Candidate, super::recovery::BOOT_TASK);
            }
            Event::Ready { backend, adapter } => {
                candidate.worker.adapter = Some((backend, adapter));
            }
            Event::Progress(task) => self.state.progressed(self.now_ms, Actor::Candidate, task),
            Event::Settled { id, reply, fault } => {
                let purpose = taken(&mut candidate.worker.pending, id);
                let number = candidate.number;
                match (purpose, fault, reply) {
                    (
                        Some(Purpose::CandidateLoad(n) | Purpose::CandidateProof(n)),
                        Some(fault),
                        _,
                    ) if n == number || fault.is_fatal() => {
                        self.give_up_candidate(number, fault.to_string());
                    }
                    (Some(Purpose::CandidateLoad(n)), None, _) if n == number => {
                        if let Some(main) = self.main.as_mut() {
                            let purpose = Purpose::CandidateProbe(number);
                            let effect = main.request(purpose, Command::Probe, Vec::new());
                            self.effects.push(effect);
                        }
                    }
                    (
                        Some(Purpose::CandidateProof(n)),
                        None,
                        Some(Reply::Proof { largest_relative_difference, parameter }),
                    ) if n == number => self.judge(largest_relative_difference, &parameter),
                    _ => {}
                }
            }
            Event::Fault(fault) if fault.is_fatal() => {
                let number = candidate.number;
                self.give_up_candidate(number, fault.to_string());
            }
            // Its pictures are not shown; but it sends no more until the last one is acknowledged.
            Event::Frame { .. } => {
                let effect = candidate.worker.unanswered(Command::FrameDrawn);
                self.effects.push(effect);
            }
            // Its data and phases are not those on the screen.
            _ => {}
        }
    }

    pub(super) fn load_candidate(&mut self, trial: u32, step: u64, bytes: B) {
        let run = Run { checkpoint: Some((step, bytes)), ..self.run.clone() };
        self.run.checkpoint = run.checkpoint.clone();
        let Some(candidate) = self.candidate.as_mut().filter(|one| one.number == trial) else {
            return;
        };
        let (command, attachments) = load_command(&run);
        let purpose = Purpose::CandidateLoad(trial);
        let effect = candidate.worker.request(purpose, command, attachments);
        self.effects.push(effect);
    }

    pub(super) fn prove_candidate(&mut self, trial: u32, before_and_after: Vec<B>) {
        let Some(candidate) = self.candidate.as_mut().filter(|one| one.number == trial) else {
            return;
        };
        let purpose = Purpose::CandidateProof(trial);
        let effect = candidate.worker.request(purpose, Command::Prove, before_and_after);
        self.effects.push(effect);
    }

    fn judge(&mut self, difference: f64, parameter: &str) {
        let Some(candidate) = self.candidate.as_mut() else { return };
        if difference <= LARGEST_DIFFERENCE {
            candidate.trial = Trial::Proved;
        } else {
            let number = candidate.number;
            let message = format!("{parameter}: {}", gan_plot::exponential(difference, 1));
            self.give_up_candidate(number, message);
        }
    }

    /// The run or its worker has changed: the trial must be repeated.
    pub(super) fn retry_candidate(&mut self) {
        if let Some(candidate) = self.candidate.as_mut() {
            candidate.number += 1;
            if candidate.trial != Trial::Booting {
                candidate.trial = Trial::Idle;
            }
        }
    }

    pub(super) fn candidate_has_proved_itself(&self) -> bool {
        self.candidate.as_ref().is_some_and(|candidate| candidate.trial == Trial::Proved)
    }

    pub(super) fn give_up_candidate(&mut self, trial: u32, message: String) {
        if let Some(candidate) = self.candidate.take_if(|candidate| candidate.number == trial) {
            self.end_candidate(candidate);
            self.gpu = Gpu::Unusable;
            self.effects.push(Effect::Notify(Notice::GpuRejected { message }));
        }
    }

    pub(super) fn end_candidate(&mut self, candidate: Candidate<B>) {
        self.effects.push(Effect::Terminate { worker: candidate.worker.id });
        self.state.abandoned(Actor::Candidate);
    }

    /// The old worker has ended: the candidate continues the run, if its trial succeeded.
    pub(super) fn promote_candidate(&mut self) {
        let Some(candidate) = self.candidate.take_if(|one| one.trial == Trial::Proved) else {
            return;
        };
        let mut worker = candidate.worker;
        worker.plane = Plane::Loading;
        self.state.promoted();
        if let Some((backend, adapter)) = worker.adapter.clone() {
            self.state.backend = Some(backend);
            self.state.adapter.clone_from(&adapter);
            self.effects.push(Effect::Notify(Notice::MovedToGpu { adapter }));
        }
        let (command, attachments) = load_command(&self.run);
        let effect = worker.request(Purpose::FirstLoad, command, attachments);
        self.effects.push(effect);
        self.main = Some(worker);
    }

    pub(super) fn watch_candidate(&mut self) {
        let late = |one: &Candidate<B>| {
            one.trial != Trial::Proved && self.now_ms - one.since_ms > PATIENCE_MS
        };
        if let Some(number) = self.candidate.as_ref().filter(|one| late(one)).map(|one| one.number)
        {
            self.give_up_candidate(number, String::from("no answer"));
        }
    }
}

impl<B> Candidate<B> {
    /// The number of the trial under way.
    pub(super) fn number(&self) -> u32 {
        self.number
    }
}
