//! Passes requests of the user to the worker.

use gan_protocol::Command;

use super::worker::{Plane, Purpose, load_command};
use super::{Ask, Effect, Outcome, Run, Supervisor, Ticket};
use crate::model::notice::Notice;
use crate::model::refusal::Refusal;

/// Samples that are drawn of a run that is replaced.
const LAST_IMAGES: u32 = 16;
const LAST_POINTS: u32 = 300;
const LAST_SEED: u64 = 7 << 20;

impl<B: Clone> Supervisor<B> {
    pub(super) fn on_ask(&mut self, ticket: Option<Ticket>, ask: Ask<B>) {
        match &ask {
            Ask::Load { .. } => {}
            _ if self.state.error.is_some() => {
                let refusal = self.state.error.clone();
                let refusal = refusal.unwrap_or_else(|| Refusal::worker_lost("no worker"));
                self.settle(ticket, Err(refusal));
                return;
            }
            // The user's wish is recorded at once, even if the worker gets the request later.
            Ask::Start => self.wants_running = true,
            Ask::Pause | Ask::Step(_) => self.wants_running = false,
            Ask::Tune(tuning) => {
                if let Err(error) = tuning.applied_to(&self.run.spec) {
                    // Scripts get the refusal; a request without a ticket shows it to the user.
                    if ticket.is_none() {
                        self.effects.push(Effect::Notify(Notice::Refused(error.into())));
                    } else {
                        self.settle(ticket, Err(error.into()));
                    }
                    return;
                }
            }
            _ => {}
        }
        match ask {
            Ask::Load { run, then_run } if !self.has_a_run() => {
                self.begin_with(ticket, *run, then_run);
            }
            ask => self.queue.push_back((ticket, ask)),
        }
    }

    /// Whether a worker has a run that must be kept if another is refused.
    fn has_a_run(&self) -> bool {
        self.main.as_ref().is_some_and(|main| main.plane >= Plane::Live)
    }

    /// Replaces the run with which the worker will start.
    fn begin_with(&mut self, ticket: Option<Ticket>, mut run: Run<B>, then_run: bool) {
        run.begin_as(&self.run);
        let before = std::mem::replace(&mut self.run, run);
        if self.kept && before.checkpoint.is_some() {
            let (number, run) = (self.state.replacements, Box::new(before.clone()));
            self.effects.push(Effect::Leave { number, run, samples: None });
        }
        self.fallback.get_or_insert(before);
        self.lost = None;
        self.waiting_for_load.extend(ticket);
        self.wants_running = then_run;
        self.state.replaced();
        self.effects.push(Effect::RunChanged);
        // A load under way cannot be cancelled, but its worker can be ended.
        if let Some(main) = self.main.take_if(|main| main.plane == Plane::Loading) {
            self.effects.push(Effect::Terminate { worker: main.id });
            self.state.abandoned(crate::model::run_state::Actor::Main);
        }
        if self.deaths_ms.len() > super::recovery::RESTARTS {
            self.deaths_ms.clear();
        }
    }

    /// Sends queued requests, in order, as far as the worker can take them now.
    pub(super) fn send_queue(&mut self) {
        loop {
            let ready = self
                .main
                .as_ref()
                .is_some_and(|main| main.plane == Plane::Live && !main.is_loading());
            if !ready {
                return;
            }
            let Some((ticket, ask)) = self.queue.pop_front() else { return };
            self.send_ask(ticket, ask);
        }
    }

    fn send_ask(&mut self, ticket: Option<Ticket>, ask: Ask<B>) {
        if self.kept && self.state.step > 0 && matches!(ask, Ask::Load { .. } | Ask::Reset) {
            self.take_leave();
        }
        let Some(main) = self.main.as_mut() else { return };
        let other = Purpose::Ask { ticket };
        let (purpose, command, attachments) = match ask {
            Ask::Load { mut run, then_run } => {
                run.begin_as(&self.run);
                let (command, attachments) = load_command(&run);
                (Purpose::Load { ticket, run, then_run }, command, attachments)
            }
            Ask::Reset => {
                let run = Box::new(Run { checkpoint: None, ..self.run.clone() });
                let (command, attachments) = load_command(&run);
                (Purpose::Load { ticket, run, then_run: false }, command, attachments)
            }
            Ask::Start => {
                self.wants_running = true;
                (other, Command::Start, Vec::new())
            }
            Ask::Pause => {
                self.wants_running = false;
                (other, Command::Pause, Vec::new())
            }
            Ask::Step(count) => {
                self.wants_running = false;
                (other, Command::Step { count }, Vec::new())
            }
            Ask::Tune(tuning) => {
                (Purpose::Tune { ticket, tuning: tuning.clone() }, Command::Tune(tuning), vec![])
            }
            Ask::Sample { count, seed, label } => {
                (other, Command::Sample { count, seed, label }, Vec::new())
            }
            Ask::Reals { count, seed } => (other, Command::Reals { count, seed }, Vec::new()),
            Ask::FreshSheet => (other, Command::FreshSheet, Vec::new()),
            Ask::Checkpoint => (other, Command::Checkpoint, Vec::new()),
            Ask::Probe => (other, Command::Probe, Vec::new()),
        };
        let effect = main.request(purpose, command, attachments);
        self.effects.push(effect);
    }

    /// Requests samples and a checkpoint of the run. The worker replies in order, before it loads
    /// another.
    fn take_leave(&mut self) {
        let is_of_points = self.run.spec.data.points.is_some();
        let count = if is_of_points { LAST_POINTS } else { LAST_IMAGES };
        let sample = Command::Sample { count, seed: LAST_SEED, label: None };
        for command in [sample, Command::Checkpoint] {
            if let Some(main) = self.main.as_mut() {
                let effect = main.request(Purpose::Leave, command, Vec::new());
                self.effects.push(effect);
            }
        }
    }

    /// The worker has replied to one of the two requests.
    pub(super) fn on_leave(&mut self, outcome: Outcome<B>) {
        match outcome {
            Outcome::Samples { set, pixels } => self.last_samples = Some((set, pixels)),
            Outcome::Checkpoint { step, bytes } => {
                let run = Box::new(Run { checkpoint: Some((step, bytes)), ..self.run.clone() });
                let (number, samples) = (self.state.replacements, self.last_samples.take());
                self.effects.push(Effect::Leave { number, run, samples });
            }
            Outcome::Done | Outcome::Probed { .. } => {}
        }
    }

    pub(super) fn settle(&mut self, ticket: Option<Ticket>, result: Result<Outcome<B>, Refusal>) {
        if let Some(ticket) = ticket {
            self.effects.push(Effect::Settle { ticket, result });
        }
    }
}
