//! Recovers from crashes, hangs and lost devices.

use gan_protocol::{Command, Phase};

use super::worker::{Plane, Purpose};
use super::{Ask, Effect, Gpu, Supervisor, Variant, WorkerId};
use crate::model::refusal::Refusal;
use crate::model::run_state::Actor;

/// Restarts of a CPU worker that are allowed within [`RESTART_WINDOW_MS`].
pub(super) const RESTARTS: usize = 3;
const RESTART_WINDOW_MS: f64 = 60_000.0;

const PING_INTERVAL_MS: f64 = 5_000.0;
/// A worker hangs if two pings have no reply, the older one for this time.
const PING_PATIENCE_MS: f64 = 30_000.0;
/// If the page's clock jumps this far between two ticks, the page itself was asleep.
const SLEEP_MS: f64 = 20_000.0;

/// The name of the task that loads a worker's code.
pub const BOOT_TASK: &str = "worker";

impl<B: Clone> Supervisor<B> {
    pub(super) fn on_death(&mut self, worker: WorkerId, message: String) {
        if self.main.as_ref().is_some_and(|main| main.id == worker) {
            self.main_lost(message);
        } else if let Some(number) = self.candidate_number(worker) {
            self.give_up_candidate(number, message);
        }
    }

    /// The main worker has failed: its requests are refused, and its run goes to another worker.
    pub(super) fn main_lost(&mut self, message: String) {
        let Some(main) = self.main.take() else { return };
        self.effects.push(Effect::Terminate { worker: main.id });
        self.state.abandoned(Actor::Main);
        for (_, purpose) in main.pending {
            if let Purpose::Load { ticket, .. }
            | Purpose::Tune { ticket, .. }
            | Purpose::Ask { ticket } = purpose
            {
                self.settle(ticket, Err(Refusal::worker_lost(message.clone())));
            }
        }
        self.state.phase = Phase::Loading;
        self.state.steps_per_second = 0.0;
        self.retry_candidate();
        if main.variant == Variant::Gpu {
            self.gpu = Gpu::Unusable;
        } else {
            let now_ms = self.now_ms;
            self.deaths_ms.retain(|death_ms| now_ms - death_ms < RESTART_WINDOW_MS);
            self.deaths_ms.push(now_ms);
            if self.deaths_ms.len() > RESTARTS {
                return self.fail(Refusal::worker_lost(message));
            }
        }
        self.lost = Some((main.variant, message));
    }

    /// Nothing more is tried until the user requests it.
    pub(super) fn fail(&mut self, refusal: Refusal) {
        for worker in [
            self.main.take().map(|main| main.id),
            self.candidate.take().map(|candidate| candidate.worker.id),
        ] {
            self.effects.extend(worker.map(|worker| Effect::Terminate { worker }));
        }
        self.state.tasks.clear();
        self.state.phase = Phase::Failed;
        self.lost = None;
        self.reject_waiting(&refusal);
        for (ticket, _) in std::mem::take(&mut self.queue) {
            self.settle(ticket, Err(refusal.clone()));
        }
        self.state.error = Some(refusal);
    }

    /// Clears the failures.
    pub(super) fn revive(&mut self) {
        if self.state.error.take().is_some() {
            self.deaths_ms.clear();
            self.state.phase = Phase::Loading;
        }
    }

    pub(super) fn on_tick(&mut self) {
        let asleep = self.now_ms - self.last_tick_ms > SLEEP_MS;
        self.last_tick_ms = self.now_ms;
        self.watch_candidate();
        let now_ms = self.now_ms;
        let running = self.state.phase == Phase::Running;
        let Some(main) = self.main.as_mut().filter(|main| main.plane == Plane::Live) else {
            return;
        };
        if asleep {
            // Replies may be waiting behind this very tick.
            main.pings_ms.iter_mut().for_each(|sent_ms| *sent_ms = now_ms);
        }
        let oldest_ms = main.pings_ms.front().copied().unwrap_or(now_ms);
        if main.pings_ms.len() >= 2 && now_ms - oldest_ms > PING_PATIENCE_MS {
            return self.main_lost(String::from("no answer for 30 seconds"));
        }
        if running && now_ms - main.last_ping_ms >= PING_INTERVAL_MS {
            main.last_ping_ms = now_ms;
            main.pings_ms.push_back(now_ms);
            let effect = main.request(Purpose::Ping, Command::Ping, Vec::new());
            self.effects.push(effect);
        }
    }

    fn candidate_number(&self, worker: WorkerId) -> Option<u32> {
        let candidate = self.candidate.as_ref().filter(|one| one.worker.id == worker)?;
        Some(candidate.number())
    }

    /// Whether requests of this kind are waiting for a worker.
    pub fn is_waiting_to(&self, is_it: impl Fn(&Ask<B>) -> bool) -> bool {
        self.queue.iter().any(|(_, ask)| is_it(ask))
    }
}
