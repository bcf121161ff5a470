//! Handles the events of workers.

use gan_protocol::{Event, Fault, Phase, Reply, Task};

use super::worker::{Plane, Purpose, load_command};
use super::{Effect, Outcome, Run, Supervisor, Ticket, Variant, WorkerId};
use crate::model::changes;
use crate::model::listed::taken;
use crate::model::notice::Notice;
use crate::model::refusal::Refusal;
use crate::model::run_state::Actor;

impl<B: Clone> Supervisor<B> {
    pub(super) fn on_event(&mut self, worker: WorkerId, event: Event, attachments: Vec<B>) {
        if self.main.as_ref().is_some_and(|main| main.id == worker) {
            self.on_main_event(event, attachments);
        } else if self.candidate.as_ref().is_some_and(|other| other.worker.id == worker) {
            self.on_candidate_event(event);
        }
        // Other events come from workers that have been ended.
    }

    fn on_main_event(&mut self, event: Event, attachments: Vec<B>) {
        match event {
            Event::Booted => self.on_booted(),
            Event::Ready { backend, adapter } => {
                self.state.backend = Some(backend);
                self.state.adapter = adapter;
            }
            Event::Settled { id, reply, fault } => self.on_settled(id, reply, fault, attachments),
            Event::Progress(task) => self.state.progressed(self.now_ms, Actor::Main, task),
            Event::State { phase, step } => self.on_state(phase, step),
            Event::Data { source, samples } => {
                self.state.dataset = Some(source);
                self.state.samples = samples;
            }
            Event::Metrics { points, steps_per_second } => {
                self.state.measured(&points, steps_per_second);
            }
            Event::Frame { sheet, step, set } => {
                if let Some(pixels) = attachments.into_iter().next() {
                    self.effects.push(Effect::Show { sheet, step, set, pixels });
                }
            }
            Event::Plane { step, set } => {
                if let Some(numbers) = attachments.into_iter().next() {
                    self.effects.push(Effect::Plane { step, set, numbers });
                }
            }
            Event::Report { report, .. } => self.state.reported(report),
            Event::Autosave { step } => {
                // While another run loads, the checkpoint could belong to either run.
                let is_loading = self.main.as_ref().is_some_and(super::worker::Worker::is_loading);
                if let Some(bytes) = attachments.into_iter().next().filter(|_| !is_loading) {
                    self.run.checkpoint = Some((step, bytes));
                }
            }
            Event::Fault(fault) => self.on_fault(&fault),
        }
    }

    fn on_booted(&mut self) {
        let (command, attachments) = load_command(&self.run);
        let Some(main) = self.main.as_mut().filter(|main| main.plane == Plane::Booting) else {
            return;
        };
        main.plane = Plane::Loading;
        let effect = main.request(Purpose::FirstLoad, command, attachments);
        self.effects.push(effect);
        self.state.ended(Actor::Main, super::recovery::BOOT_TASK);
    }

    fn on_state(&mut self, phase: Phase, step: u64) {
        let leaving = self.main.as_ref().is_some_and(|main| main.plane == Plane::Leaving);
        // This pause precedes a change of worker; the user has not requested it.
        if leaving && phase == Phase::Paused {
            self.state.step = step;
        } else {
            self.state.entered(phase, step);
        }
    }

    fn on_fault(&mut self, fault: &Fault) {
        match fault {
            _ if fault.is_fatal() => self.main_lost(fault.to_string()),
            Fault::DataMissing { message } => {
                self.effects.push(Effect::Notify(Notice::DataMissing { message: message.clone() }));
            }
            Fault::Diverged { step, restored_step } => {
                self.wants_running = false;
                // The worker changes its phase only after it has drawn its sheets again; the notice
                // ends when the run goes on.
                self.state.phase = Phase::Paused;
                self.effects.push(Effect::Notify(Notice::Diverged {
                    step: *step,
                    restored_step: *restored_step,
                }));
            }
            _ => self.notify_refusal(fault),
        }
    }

    fn on_settled(
        &mut self,
        id: u32,
        reply: Option<Reply>,
        fault: Option<Fault>,
        attachments: Vec<B>,
    ) {
        let Some(purpose) = self.main.as_mut().and_then(|main| taken(&mut main.pending, id)) else {
            return;
        };
        if let Some(fault) = fault {
            self.on_request_refused(purpose, &fault);
            return;
        }
        let outcome = outcome(reply.as_ref(), &attachments);
        if let (Purpose::FirstLoad | Purpose::Load { .. }, Some(Reply::OtherData { before, now })) =
            (&purpose, reply)
        {
            self.effects.push(Effect::Notify(Notice::OtherData { before, now }));
        }
        match purpose {
            Purpose::FirstLoad => self.on_first_load(),
            Purpose::Load { ticket, run, then_run } => {
                self.run = *run;
                self.wants_running = then_run;
                self.state.replaced();
                self.effects.push(Effect::RunChanged);
                self.retry_candidate();
                self.settle(ticket, Ok(Outcome::Done));
                self.resume();
            }
            Purpose::Tune { ticket, tuning } => {
                if let Ok(spec) = tuning.applied_to(&self.run.spec) {
                    let [before, after] = [&self.run.spec, &spec].map(changes::live);
                    let state = &mut self.state;
                    changes::note(&mut state.changes, self.now_ms, state.step, before, after);
                    self.run.spec = spec;
                    self.effects.push(Effect::RunChanged);
                }
                self.settle(ticket, Ok(Outcome::Done));
            }
            Purpose::Ask { ticket } => {
                if let Outcome::Checkpoint { step, bytes } = &outcome {
                    self.run.checkpoint = Some((*step, bytes.clone()));
                }
                self.settle(ticket, Ok(outcome));
            }
            Purpose::Leave => self.on_leave(outcome),
            Purpose::LastPause => self.hand_over_checkpoint(),
            Purpose::LastCheckpoint => {
                if let Outcome::Checkpoint { step, bytes } = outcome {
                    self.run.checkpoint = Some((step, bytes));
                }
                self.replace_main();
            }
            Purpose::CandidateCheckpoint(trial) => {
                if let Outcome::Checkpoint { step, bytes } = outcome {
                    self.load_candidate(trial, step, bytes);
                }
            }
            Purpose::CandidateProbe(trial) => self.prove_candidate(trial, attachments),
            Purpose::Ping => {
                if let Some(main) = self.main.as_mut() {
                    main.pings_ms.pop_front();
                }
            }
            Purpose::Resume | Purpose::CandidateLoad(_) | Purpose::CandidateProof(_) => {}
        }
    }

    fn on_request_refused(&mut self, purpose: Purpose<B>, fault: &Fault) {
        let fatal = fault.is_fatal();
        let refused = Err(Refusal::from(fault));
        match purpose {
            Purpose::FirstLoad if !fatal => return self.on_first_load_refused(fault),
            Purpose::FirstLoad => {}
            Purpose::Load { ticket, .. }
            | Purpose::Tune { ticket, .. }
            | Purpose::Ask { ticket } => {
                // A caller with a ticket gets the refusal, and shows it where the request was made.
                if ticket.is_none() && !fatal {
                    self.notify_refusal(fault);
                }
                self.settle(ticket, refused);
            }
            // There is no newer checkpoint to take along: the last one has to do.
            Purpose::LastPause | Purpose::LastCheckpoint if !fatal => self.replace_main(),
            Purpose::CandidateCheckpoint(trial) | Purpose::CandidateProbe(trial) if !fatal => {
                self.give_up_candidate(trial, fault.to_string());
            }
            Purpose::Resume if !fatal => self.notify_refusal(fault),
            _ => {}
        }
        if fatal {
            self.main_lost(fault.to_string());
        }
    }

    fn on_first_load(&mut self) {
        let Some(main) = self.main.as_mut() else { return };
        main.plane = Plane::Live;
        self.fallback = None;
        self.effects.push(Effect::RunChanged);
        if let Some((variant, message)) = self.lost.take() {
            let step = self.run.checkpoint_step();
            self.effects.push(Effect::Notify(Notice::Restarted { variant, step, message }));
        }
        if self.watched {
            self.tell_watched();
        }
        for ticket in std::mem::take(&mut self.waiting_for_load) {
            self.settle(Some(ticket), Ok(Outcome::Done));
        }
        self.resume();
    }

    fn on_first_load_refused(&mut self, fault: &Fault) {
        if self.run.checkpoint.is_some() && matches!(fault, Fault::Checkpoint { .. }) {
            let waiting = std::mem::take(&mut self.waiting_for_load);
            if waiting.is_empty() && self.fallback.is_none() {
                self.run.checkpoint = None;
                self.state.replaced();
                let message = fault.to_string();
                self.effects.push(Effect::Notify(Notice::StartedOver { message }));
                return self.load_again();
            }
            self.waiting_for_load = waiting;
        }
        let is_told = !self.waiting_for_load.is_empty();
        self.reject_waiting(&Refusal::from(fault));
        if let Some(before) = self.fallback.take() {
            self.run = before;
            if !is_told {
                self.notify_refusal(fault);
            }
            self.effects.push(Effect::RunChanged);
            return self.load_again();
        }
        self.fail(Refusal::from(fault));
    }

    fn load_again(&mut self) {
        if let Some(main) = self.main.as_mut() {
            main.plane = Plane::Booting;
        }
        self.on_booted();
    }

    pub(super) fn reject_waiting(&mut self, refusal: &Refusal) {
        let waiting: Vec<Ticket> = std::mem::take(&mut self.waiting_for_load);
        for ticket in waiting {
            self.settle(Some(ticket), Err(refusal.clone()));
        }
    }

    /// Trains on, if the user wants that.
    pub(super) fn resume(&mut self) {
        if !self.wants_running {
            return;
        }
        if let Some(main) = self.main.as_mut() {
            let effect = main.request(Purpose::Resume, gan_protocol::Command::Start, Vec::new());
            self.effects.push(effect);
        }
    }

    /// Begins to move the run, if it is on the wrong kind of worker.
    pub(super) fn leave_if_misplaced(&mut self) {
        use super::{Gpu, Preference};
        let proved = self.candidate_has_proved_itself();
        let Some(main) = self.main.as_mut() else { return };
        let misplaced = match self.preference {
            Preference::Cpu => main.variant == Variant::Gpu,
            Preference::Webgpu => main.variant == Variant::Cpu && self.gpu == Gpu::Usable,
            Preference::Auto => proved,
        };
        if misplaced && main.plane == Plane::Live && main.pending.is_empty() {
            main.plane = Plane::Leaving;
            let effect = main.request(Purpose::LastPause, gan_protocol::Command::Pause, vec![]);
            self.effects.push(effect);
        }
    }

    fn hand_over_checkpoint(&mut self) {
        if let Some(main) = self.main.as_mut() {
            let command = gan_protocol::Command::Checkpoint;
            let effect = main.request(Purpose::LastCheckpoint, command, Vec::new());
            self.effects.push(effect);
        }
    }

    fn replace_main(&mut self) {
        if let Some(main) = self.main.take() {
            self.effects.push(Effect::Terminate { worker: main.id });
            self.state.abandoned(Actor::Main);
        }
        self.promote_candidate();
    }
}

fn outcome<B: Clone>(reply: Option<&Reply>, attachments: &[B]) -> Outcome<B> {
    let first = attachments.first().cloned();
    let outcome = match reply {
        Some(Reply::Samples { set }) => first.map(|pixels| Outcome::Samples { set: *set, pixels }),
        Some(Reply::Checkpoint { step }) => {
            first.map(|bytes| Outcome::Checkpoint { step: *step, bytes })
        }
        Some(Reply::Probe { step_ms }) => Some(Outcome::Probed { step_ms: *step_ms }),
        // The page never sends the requests of the last three replies; the lab does.
        None
        | Some(
            Reply::Done
            | Reply::OtherData { .. }
            | Reply::Proof { .. }
            | Reply::Dissection { .. }
            | Reply::Neighbours { .. }
            | Reply::Course { .. },
        ) => None,
    };
    outcome.unwrap_or(Outcome::Done)
}

/// The loading of the worker's code, as a task.
pub(super) fn boot_task() -> Task {
    Task { name: super::recovery::BOOT_TASK.to_string(), done: 0.0, total: None }
}

impl<B> Run<B> {
    /// The step from which the run would continue after a loss.
    pub fn checkpoint_step(&self) -> Option<u64> {
        self.checkpoint.as_ref().map(|(step, _)| *step)
    }
}
