//! Decides which worker runs, what it is sent, and what happens when it fails.
//!
//! A pure state machine: signals and asks go in with the time, effects come out. It never looks
//! into the bytes it hands on (`B`), so that the page can hold them outside its own memory.
//!
//! A worker is disposable. A crash, a hang, a lost device and a change of backend are one path:
//! end the worker, start another, load the last checkpoint, go on if it was running.

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
use worker::{Candidate, Stage, Worker};

/// See the module.
pub struct Supervisor<B> {
    /// What is known of the run on the screen.
    pub state: RunState,
    preference: Preference,
    gpu: Gpu,
    run: Run<B>,
    /// The run to go back to if the one that a worker starts with is refused.
    fallback: Option<Run<B>>,
    /// Who waits for the load that a worker starts with.
    waiting_for_load: Vec<Ticket>,
    wants_running: bool,
    /// Whether someone watches the stage.
    watched: bool,
    /// Whether someone keeps runs that are replaced.
    kept: bool,
    /// Samples of the run that is being replaced.
    last_samples: Option<(gan_protocol::SampleSet, B)>,
    /// The worker that died, and how, until another has taken its run up.
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
    /// A supervisor that has not begun; `run` is what it begins with.
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

    /// Takes note of what happened.
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

    /// Takes an ask; its outcome comes as [`Effect::Settle`], if it has a ticket.
    pub fn ask(&mut self, now_ms: f64, ticket: Option<Ticket>, ask: Ask<B>) -> Vec<Effect<B>> {
        self.now_ms = now_ms;
        self.on_ask(ticket, ask);
        self.settled_down()
    }

    /// Takes the user's choice of what computes.
    pub fn prefer(&mut self, now_ms: f64, preference: Preference) -> Vec<Effect<B>> {
        self.now_ms = now_ms;
        if preference != self.preference {
            self.preference = preference;
            // The two ways to WebGPU ask for different adapters; and a failure may be tried again.
            self.gpu = Gpu::Unasked;
            if let Some(candidate) = self.candidate.take() {
                self.end_candidate(candidate);
            }
            // A worker that has not loaded its run has nothing to hand over.
            if let Some(main) = self.main.take_if(|main| main.stage < Stage::Live) {
                self.effects.push(Effect::Terminate { worker: main.id });
                self.state.abandoned(crate::model::run_state::Actor::Main);
            }
        }
        self.settled_down()
    }

    /// Someone watches the stage from now on, or nobody does.
    pub fn watch(&mut self, watched: bool) -> Vec<Effect<B>> {
        self.watched = watched;
        self.tell_watched();
        std::mem::take(&mut self.effects)
    }

    /// From now on runs are kept before others take their place, or not.
    pub fn keep(&mut self, kept: bool) {
        self.kept = kept;
    }

    /// Tells the worker in charge whether someone watches; one that is not live yet hears it later.
    fn tell_watched(&mut self) {
        let command = gan_protocol::Command::Watch { stage: self.watched };
        if let Some(main) = self.main.as_mut().filter(|main| main.stage == Stage::Live) {
            self.effects.push(main.unanswered(command));
        }
    }

    /// Tries again after everything had failed.
    pub fn retry(&mut self, now_ms: f64) -> Vec<Effect<B>> {
        self.now_ms = now_ms;
        self.revive();
        self.settled_down()
    }

    /// A frame is on the screen.
    pub fn frame_drawn(&mut self) -> Vec<Effect<B>> {
        if let Some(main) = self.main.as_mut().filter(|main| main.stage > Stage::Booting) {
            self.effects.push(main.unanswered(gan_protocol::Command::FrameDrawn));
        }
        std::mem::take(&mut self.effects)
    }

    /// The run in force.
    pub fn run(&self) -> &Run<B> {
        &self.run
    }

    /// Whether the run trains, or will as soon as it can.
    pub fn wants_running(&self) -> bool {
        self.wants_running
    }

    /// The user's choice of what computes.
    pub fn preference(&self) -> Preference {
        self.preference
    }

    /// What is known of WebGPU.
    pub fn gpu(&self) -> Gpu {
        self.gpu
    }

    /// Brings what is in line with what is wanted, one stride at a time; called after every change.
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
        let main_is_live = self.main.as_ref().is_some_and(|main| main.stage == Stage::Live);
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

    /// Nobody waits for a build that may be minutes away, or never come: the run starts on the
    /// CPU and moves when the build is there.
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
