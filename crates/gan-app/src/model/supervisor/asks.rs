//! What the user asks, on its way to the worker.

use gan_protocol::Command;

use super::worker::{Purpose, Stage, load_command};
use super::{Ask, Effect, Run, Supervisor, Ticket};
use crate::model::notice::Notice;
use crate::model::refusal::Refusal;

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
            // What the user wants is known at once, even if the worker hears of it later.
            Ask::Start => self.wants_running = true,
            Ask::Pause | Ask::Step(_) => self.wants_running = false,
            Ask::Tune(tuning) => {
                if let Err(error) = tuning.applied_to(&self.run.spec) {
                    // Scripts get the refusal; whoever has no ticket reads it.
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

    /// Whether a worker holds a run that must not be lost if another is refused.
    fn has_a_run(&self) -> bool {
        self.main.as_ref().is_some_and(|main| main.stage >= Stage::Live)
    }

    /// Replaces the run that the worker is to start with.
    fn begin_with(&mut self, ticket: Option<Ticket>, run: Run<B>, then_run: bool) {
        let before = std::mem::replace(&mut self.run, run);
        self.fallback.get_or_insert(before);
        self.waiting_for_load.extend(ticket);
        self.wants_running = then_run;
        self.state.replaced();
        self.effects.push(Effect::RunChanged);
        // A load on its way cannot be called back; its worker can.
        if let Some(main) = self.main.take_if(|main| main.stage == Stage::Loading) {
            self.effects.push(Effect::Terminate { worker: main.id });
            self.state.abandoned(crate::model::run_state::Actor::Main);
        }
        if self.deaths_ms.len() > super::recovery::RESTARTS {
            self.deaths_ms.clear();
        }
    }

    /// Sends what was asked for, in order, as far as the worker can take it now.
    pub(super) fn send_queue(&mut self) {
        loop {
            let ready = self
                .main
                .as_ref()
                .is_some_and(|main| main.stage == Stage::Live && !main.is_loading());
            if !ready {
                return;
            }
            let Some((ticket, ask)) = self.queue.pop_front() else { return };
            self.send_ask(ticket, ask);
        }
    }

    fn send_ask(&mut self, ticket: Option<Ticket>, ask: Ask<B>) {
        let Some(main) = self.main.as_mut() else { return };
        let other = Purpose::Ask { ticket };
        let (purpose, command, attachments) = match ask {
            Ask::Load { run, then_run } => {
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
            Ask::FreshSheet => (other, Command::FreshSheet, Vec::new()),
            Ask::Checkpoint => (other, Command::Checkpoint, Vec::new()),
        };
        let effect = main.request(purpose, command, attachments);
        self.effects.push(effect);
    }

    pub(super) fn settle(
        &mut self,
        ticket: Option<Ticket>,
        result: Result<super::Outcome<B>, Refusal>,
    ) {
        if let Some(ticket) = ticket {
            self.effects.push(Effect::Settle { ticket, result });
        }
    }
}
