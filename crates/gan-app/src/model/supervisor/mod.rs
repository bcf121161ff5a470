//! The supervisor: decides which worker runs, which requests it gets, and how its failures are
//! handled.
//!
//! The supervisor is a pure state machine: signals and requests go in with the time, effects come
//! out. It never reads the bytes that it passes on (`B`), so that the page can hold them outside of
//! its own memory.
//!
//! A worker is disposable. A crash, a hang, a lost device and a change of backend are handled the
//! same: end the worker, start another, load the last checkpoint, and continue if it was running.

mod asks;
mod candidate;
mod events;
mod messages;
mod recovery;
#[cfg(test)]
mod tests;
mod worker;

use std::collections::VecDeque;

use gan_protocol::Fault;

use crate::model::backends::{AdapterAnswer, Gpu, Preference, Variant};
use crate::model::notice::Notice;
use crate::model::refusal::Refusal;
use crate::model::run_state::RunState;
pub use messages::{Ask, Effect, NamedFile, Outcome, Run, Signal, Ticket, WorkerId};
use worker::{Candidate, Plane, Worker};

/// The supervisor; see the module.
pub struct Supervisor<B> {
    /// The state of the run on the screen.
    pub state: RunState,
    preference: Preference,
    gpu: Gpu,
    run: Run<B>,
    /// The run to return to if the run with which a worker starts is refused.
    fallback: Option<Run<B>>,
    /// Requests that wait for the load with which a worker starts.
    waiting_for_load: Vec<Ticket>,
    wants_running: bool,
    /// Whether the plane is watched.
    watched: bool,
    /// Whether replaced runs are kept.
    kept: bool,
    /// Samples of the run that is being replaced.
    last_samples: Option<(gan_protocol::SampleSet, B)>,
    /// The kind and the last message of a worker that died, until another has continued its run.
    lost: Option<(Variant, String)>,
    main: Option<Worker<B>>,
    candidate: Option<Candidate<B>>,
    queue: VecDeque<(Option<Ticket>, Ask<B>)>,
    deaths_ms: Vec<f64>,
    last_tick_ms: f64,
    now_ms: f64,
    next_worker: WorkerId,
    effects: Vec<Effect<B>>,
}

impl<B: Clone> Supervisor<B> {
    /// A supervisor before its start; `run` is its first run.
    pub fn new(run: Run<B>, preference: Preference, wants_running: bool) -> Self {
        Self {
            state: RunState::default(),
            preference,
            gpu: Gpu::Unasked,
            run,
            fallback: None,
            waiting_for_load: Vec::new(),
            wants_running,
            watched: false,
            kept: false,
            last_samples: None,
            lost: None,
            main: None,
            candidate: None,
            queue: VecDeque::new(),
            deaths_ms: Vec::new(),
            last_tick_ms: 0.0,
            now_ms: 0.0,
            next_worker: 1,
            effects: Vec::new(),
        }
    }

    /// Starts the first worker.
    pub fn begin(&mut self, now_ms: f64) -> Vec<Effect<B>> {
        self.now_ms = now_ms;
        self.last_tick_ms = now_ms;
        self.settled_down()
    }

    /// Handles a signal.
    pub fn signal(&mut self, now_ms: f64, signal: Signal<B>) -> Vec<Effect<B>> {
        self.now_ms = now_ms;
        match signal {
            Signal::Event { worker, event, attachments } => {
                self.on_event(worker, event, attachments);
            }
            Signal::Died { worker, message } => self.on_death(worker, message),
            Signal::Adapter(answer) => self.on_adapter(answer),
            Signal::GpuBuildMissing => self.on_missing_gpu_build(),
            Signal::GpuBuildReady if matches!(self.gpu, Gpu::AwaitingBuild | Gpu::WithoutBuild) => {
                self.gpu = Gpu::Usable;
            }
            Signal::GpuBuildReady => {}
            Signal::Tick => self.on_tick(),
        }
        self.settled_down()
    }

    /// Handles a request; its outcome is returned as [`Effect::Settle`], if it has a ticket.
    pub fn ask(&mut self, now_ms: f64, ticket: Option<Ticket>, ask: Ask<B>) -> Vec<Effect<B>> {
        self.now_ms = now_ms;
        self.on_ask(ticket, ask);
        self.settled_down()
    }

    /// Sets the user's choice of the backend.
    pub fn prefer(&mut self, now_ms: f64, preference: Preference) -> Vec<Effect<B>> {
        self.now_ms = now_ms;
        if preference != self.preference {
            self.preference = preference;
            // The two ways to WebGPU need different adapters; and a failure may be tried again.
            self.gpu = Gpu::Unasked;
            if let Some(candidate) = self.candidate.take() {
                self.end_candidate(candidate);
            }
            // A worker that has not loaded its run has nothing to hand over.
            if let Some(main) = self.main.take_if(|main| main.plane < Plane::Live) {
                self.effects.push(Effect::Terminate { worker: main.id });
                self.state.abandoned(crate::model::run_state::Actor::Main);
            }
        }
        self.settled_down()
    }

    /// Sets whether the plane is watched from now on.
    pub fn watch(&mut self, watched: bool) -> Vec<Effect<B>> {
        self.watched = watched;
        self.tell_watched();
        std::mem::take(&mut self.effects)
    }

    /// Sets whether runs are kept before others replace them.
    pub fn keep(&mut self, kept: bool) {
        self.kept = kept;
    }

    /// Sends the main worker whether the plane is watched; a worker that is not live yet gets it
    /// later.
    fn tell_watched(&mut self) {
        let command = gan_protocol::Command::Watch { plane: self.watched };
        if let Some(main) = self.main.as_mut().filter(|main| main.plane == Plane::Live) {
            self.effects.push(main.unanswered(command));
        }
    }

    /// Tries again after a failure of all workers.
    pub fn retry(&mut self, now_ms: f64) -> Vec<Effect<B>> {
        self.now_ms = now_ms;
        self.revive();
        self.settled_down()
    }

    /// A frame has been drawn.
    pub fn frame_drawn(&mut self) -> Vec<Effect<B>> {
        if let Some(main) = self.main.as_mut().filter(|main| main.plane > Plane::Booting) {
            self.effects.push(main.unanswered(gan_protocol::Command::FrameDrawn));
        }
        std::mem::take(&mut self.effects)
    }

    /// The current run.
    pub fn run(&self) -> &Run<B> {
        &self.run
    }

    /// Whether the run trains, or will as soon as it can.
    pub fn wants_running(&self) -> bool {
        self.wants_running
    }

    /// The user's choice of the backend.
    pub fn preference(&self) -> Preference {
        self.preference
    }

    /// The state of WebGPU.
    pub fn gpu(&self) -> Gpu {
        self.gpu
    }

    /// Brings the state nearer to the wanted one, one step at a time; called after every change.
    fn settled_down(&mut self) -> Vec<Effect<B>> {
        if self.state.error.is_none() {
            self.find_gpu();
            self.start_main();
            self.advance_candidate();
            self.leave_if_misplaced();
            self.send_queue();
        }
        std::mem::take(&mut self.effects)
    }

    fn find_gpu(&mut self) {
        let main_is_live = self.main.as_ref().is_some_and(|main| main.plane == Plane::Live);
        let wanted = match self.preference {
            Preference::Auto => main_is_live,
            Preference::Webgpu => true,
            Preference::Cpu => false,
        };
        if wanted && self.gpu == Gpu::Unasked {
            self.gpu = Gpu::Asked;
            self.effects.push(Effect::FindAdapter);
        }
    }

    fn on_adapter(&mut self, answer: AdapterAnswer) {
        if self.gpu != Gpu::Asked {
            return;
        }
        let pinned = self.preference == Preference::Webgpu;
        match answer {
            AdapterAnswer::Absent { message } => {
                self.gpu = Gpu::Unusable;
                if pinned {
                    self.effects.push(Effect::Notify(Notice::GpuMissing { message }));
                }
            }
            AdapterAnswer::Unfit { .. } if !pinned => self.gpu = Gpu::Unusable,
            AdapterAnswer::Unfit { .. } | AdapterAnswer::Fit => {
                self.gpu = Gpu::AwaitingBuild;
                self.effects.push(Effect::AwaitGpuBuild);
            }
        }
    }

    /// A build may be minutes away, or never come: the run starts on the CPU and moves when the
    /// build exists.
    fn on_missing_gpu_build(&mut self) {
        if self.gpu != Gpu::AwaitingBuild {
            return;
        }
        self.gpu = Gpu::WithoutBuild;
        if self.preference == Preference::Webgpu {
            let message = String::from("its part of this site is not there yet");
            self.effects.push(Effect::Notify(Notice::GpuMissing { message }));
        }
    }

    fn start_main(&mut self) {
        if self.main.is_some() {
            return;
        }
        let variant = match (self.preference, self.gpu) {
            (Preference::Webgpu, Gpu::Usable) => Variant::Gpu,
            (Preference::Webgpu, Gpu::Unasked | Gpu::Asked | Gpu::AwaitingBuild) => return,
            _ => Variant::Cpu,
        };
        let worker = self.spawned(variant);
        self.main = Some(worker);
        self.state.phase = gan_protocol::Phase::Loading;
        self.state.steps_per_second = 0.0;
    }

    fn spawned(&mut self, variant: Variant) -> Worker<B> {
        let id = self.next_worker;
        self.next_worker += 1;
        self.effects.push(Effect::Spawn { worker: id, variant });
        Worker::new(id, variant)
    }

    fn notify_refusal(&mut self, fault: &Fault) {
        self.effects.push(Effect::Notify(Notice::Refused(Refusal::from(fault))));
    }
}
