//! The session: carries out requests and trains in slices, and reports everything as events.

mod dissecting;
mod loading;
mod neighbours;
mod plane;
mod reporting;
mod sampling;
mod teaching;

use gan_core::{CoreError, Device, PendingMetrics, Snapshot, Trainer, largest_deviation};
use gan_protocol::{Backend, Command, Event, Fault, FrameKind, Reply, Request, Task, Tuning};
use gan_random::Purpose;

use crate::data::DataLoader;
use crate::run::{Goal, Run};

/// An event with the buffers that are transferred with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Outgoing {
    /// The event.
    pub event: Event,
    /// The buffers, in the order that the event's documentation states.
    pub attachments: Vec<Vec<u8>>,
}

/// Milliseconds since some fixed moment; never decreases.
pub type Clock = Box<dyn Fn() -> f64>;

/// Receives events as they happen.
pub type Sink = Box<dyn Fn(Outgoing)>;

type Attached = (Reply, Vec<Vec<u8>>);

/// The state machine around one run.
pub struct Session<L> {
    device: Device,
    loader: L,
    clock: Clock,
    sink: Sink,
    run: Option<Run>,
    /// The user's files, kept for a later run that needs them and brings none.
    files: Vec<(String, Vec<u8>)>,
    /// Whether the plane is watched.
    watched: bool,
}

impl<L: DataLoader> Session<L> {
    /// A session without a run. Sends [`Event::Ready`] with the computing device.
    pub fn new(
        device: Device,
        backend: Backend,
        adapter: String,
        loader: L,
        clock: Clock,
        sink: Sink,
    ) -> Self {
        let session =
            Self { device, loader, clock, sink, run: None, files: Vec::new(), watched: false };
        session.tell(Event::Ready { backend, adapter });
        session
    }

    /// Whether [`Session::advance`] has something to do.
    pub fn is_running(&self) -> bool {
        self.run.as_ref().is_some_and(|run| run.data.is_some() && run.goal != Goal::Rest)
    }

    /// Carries out one request. Sends its outcome as [`Event::Settled`]: for steps, once they are
    /// made; for [`Command::FrameDrawn`], never.
    pub async fn handle(&mut self, request: Request, attachments: Vec<Vec<u8>>) {
        let Request { id, command } = request;
        let outcome = match command {
            Command::Load { spec, checkpoint, files } => {
                self.load(*spec, checkpoint, files, attachments).await
            }
            Command::Start => self.start().map(done),
            Command::Pause => self.pause().await.map(done),
            Command::Step { count } => match self.begin_steps(count, id) {
                Ok(()) => return,
                Err(fault) => Err(fault),
            },
            Command::StepAlone { net } => self.step_alone(net).await.map(done),
            Command::Dissect => self.dissect().await,
            Command::NearestReals { count, seed } => self.nearest_reals(count, seed).await,
            Command::Tune(tuning) => self.tune(&tuning).map(done),
            Command::Sample { count, seed, label } => self.sample(count, seed, label).await,
            Command::Reals { count, seed } => self.reals(count, seed),
            Command::Course { course, count } => self.teach(course, count).await,
            Command::FreshSheet => self.draw_fresh_sheet().await.map(done),
            Command::Watch { plane } => self.watch(plane).await.map(done),
            Command::Checkpoint => self.checkpoint().await,
            Command::Probe => self.probe().await,
            Command::Prove => self.prove(&attachments).await,
            Command::FrameDrawn => {
                let watched_plane = self.has_plane();
                if let Some(run) = &mut self.run {
                    // A sheet replaces all sheets that were sent before it.
                    run.in_flight = if watched_plane { run.in_flight.saturating_sub(1) } else { 0 };
                }
                return;
            }
            Command::Ping => Ok(done(())),
        };
        self.settle(id, outcome);
    }

    /// Trains for a slice of time and reports; does nothing at rest. A device error is sent as
    /// [`Event::Fault`].
    pub async fn advance(&mut self) {
        if !self.is_running() {
            return;
        }
        if let Err(error) = self.train_slice().await {
            self.tell(Event::Fault(fault(error)));
        }
    }

    async fn train_slice(&mut self) -> Result<(), CoreError> {
        let begin_ms = (self.clock)();
        let watched_plane = self.has_plane();
        let Some(run) = &mut self.run else { return Ok(()) };
        run.pace.suit(watched_plane);
        let most = match run.goal {
            Goal::Rest => return Ok(()),
            Goal::Train => usize::MAX,
            Goal::Steps { left, .. } => left as usize,
        };
        let first = run.trainer.generator_steps() == 0;
        if first {
            (self.sink)(progress("first_step", 0.0, None));
        }
        let mut pending: Vec<PendingMetrics> = Vec::new();
        loop {
            pending.extend(run.step());
            let fits = run.pace.fits(pending.len(), begin_ms, (self.clock)());
            if pending.len() >= most || !fits {
                break;
            }
        }
        let count = pending.len();
        let points = PendingMetrics::read(pending).await?;
        let end_ms = (self.clock)();
        if first {
            (self.sink)(progress("first_step", 1.0, Some(1.0)));
        }
        run.pace.slice_done(count, begin_ms, end_ms, run.trainer.generator_steps());
        if let Some(diverged) = points.iter().find(|point| !point.is_finite()) {
            return self.go_back(diverged.step).await;
        }
        run.health.note(&points);
        (self.sink)(plain(Event::Metrics {
            points,
            steps_per_second: run.pace.steps_per_second(),
        }));
        if let Goal::Steps { left, request } = run.goal {
            let left = left.saturating_sub(u32::try_from(count).unwrap_or(u32::MAX));
            if left == 0 {
                run.goal = Goal::Rest;
                self.rest().await?;
                self.settle(request, Ok(done(())));
                return Ok(());
            }
            run.goal = Goal::Steps { left, request };
        }
        if watched_plane {
            // Two may be under way, one sent and one being drawn: with one, the page would wait for
            // a slice.
            if run.plane.is_due(end_ms) && run.in_flight < 2 {
                self.show_plane().await?;
            }
        } else if run.sheet.is_due(end_ms) && run.in_flight == 0 {
            let (kind, purpose, seed) = run.next_sheet();
            self.draw_sheet(kind, purpose, seed).await?;
        }
        let now_ms = (self.clock)();
        if self.run.as_ref().is_some_and(|run| run.report.is_due(now_ms)) {
            self.report().await?;
        }
        let now_ms = (self.clock)();
        if self.run.as_ref().is_some_and(|run| run.autosave.is_due(now_ms)) {
            self.autosave().await?;
        }
        Ok(())
    }

    fn start(&mut self) -> Result<(), Fault> {
        let now_ms = (self.clock)();
        let run = self.ready_run()?;
        let waiting = run.goal;
        run.goal = Goal::Train;
        run.pace.interrupted(now_ms, run.trainer.generator_steps());
        if let Goal::Steps { request, .. } = waiting {
            self.settle(request, Ok(done(())));
        }
        self.tell_state();
        Ok(())
    }

    fn begin_steps(&mut self, count: u32, request: u32) -> Result<(), Fault> {
        let now_ms = (self.clock)();
        let run = self.ready_run()?;
        if count == 0 {
            self.settle(request, Ok(done(())));
            return Ok(());
        }
        if let Goal::Steps { .. } = run.goal {
            let message = "steps are being made already".to_owned();
            return Err(Fault::State { message });
        }
        run.goal = Goal::Steps { left: count, request };
        run.pace.interrupted(now_ms, run.trainer.generator_steps());
        self.tell_state();
        Ok(())
    }

    async fn pause(&mut self) -> Result<(), Fault> {
        let run = self.ready_run()?;
        match std::mem::replace(&mut run.goal, Goal::Rest) {
            Goal::Rest => return Ok(()),
            Goal::Train => {}
            Goal::Steps { request, .. } => self.settle(request, Ok(done(()))),
        }
        self.rest().await.map_err(fault)
    }

    /// Reports, draws the newest sheet, saves a checkpoint and sends the new phase: done whenever
    /// training stops.
    async fn rest(&mut self) -> Result<(), CoreError> {
        self.report().await?;
        self.draw_sheet(FrameKind::Fixed, Purpose::FixedLatents, 0).await?;
        self.autosave().await?;
        self.tell_state();
        Ok(())
    }

    fn tune(&mut self, tuning: &Tuning) -> Result<(), Fault> {
        let run = self.loaded_run()?;
        let spec = tuning.applied_to(run.trainer.spec())?;
        run.trainer.tune(&spec);
        Ok(())
    }

    async fn draw_fresh_sheet(&mut self) -> Result<(), Fault> {
        let (kind, purpose, seed) = self.loaded_run()?.fresh_sheet();
        self.draw_sheet(kind, purpose, seed).await.map_err(fault)
    }

    async fn checkpoint(&mut self) -> Result<Attached, Fault> {
        let snapshot = self.loaded_run()?.snapshot().await.map_err(fault)?;
        let step = snapshot.header.step;
        Ok((Reply::Checkpoint { step }, vec![snapshot.to_bytes()]))
    }

    async fn probe(&mut self) -> Result<Attached, Fault> {
        self.ready_run()?;
        let Some(run) = self.run.as_mut() else { return Err(no_data()) };
        let probe = run.probe(&self.clock).await.map_err(fault)?;
        let (before, after, step_ms) = probe.ok_or_else(no_data)?;
        Ok((Reply::Probe { step_ms }, vec![before.to_bytes(), after.to_bytes()]))
    }

    async fn prove(&mut self, attachments: &[Vec<u8>]) -> Result<Attached, Fault> {
        let [before, expected] = attachments else {
            let message = "a proof needs checkpoints before and after a step".to_owned();
            return Err(Fault::State { message });
        };
        let before = Snapshot::from_bytes(before).map_err(fault)?;
        let expected = Snapshot::from_bytes(expected).map_err(fault)?;
        (self.sink)(progress("proof", 0.0, None));
        let found = self.ready_run()?.repeat(&before).await;
        (self.sink)(progress("proof", 1.0, Some(1.0)));
        let found = found.map_err(fault)?.ok_or_else(no_data)?;
        let deviation = largest_deviation(&expected, &found).map_err(fault)?;
        let reply = Reply::Proof {
            largest_relative_difference: deviation.relative,
            parameter: deviation.tensor,
        };
        Ok((reply, Vec::new()))
    }

    async fn draw_sheet(
        &mut self,
        sheet: FrameKind,
        purpose: Purpose,
        seed: u64,
    ) -> Result<(), CoreError> {
        if sheet == FrameKind::Fixed && self.has_plane() {
            return self.show_plane().await;
        }
        let begin_ms = (self.clock)();
        let Some(run) = &mut self.run else { return Ok(()) };
        let (set, bytes) = run.draw_sheet(purpose, seed).await?;
        run.sheet.done(begin_ms, (self.clock)());
        run.in_flight += 1;
        let event = Event::Frame { sheet, step: run.trainer.generator_steps(), set };
        (self.sink)(Outgoing { event, attachments: vec![bytes] });
        Ok(())
    }

    async fn autosave(&mut self) -> Result<(), CoreError> {
        let begin_ms = (self.clock)();
        let Some(run) = &mut self.run else { return Ok(()) };
        let snapshot = run.snapshot().await?;
        run.autosave.done(begin_ms, (self.clock)());
        if snapshot.is_finite() {
            let event = Event::Autosave { step: snapshot.header.step };
            (self.sink)(Outgoing { event, attachments: vec![snapshot.to_bytes()] });
            run.last_good = Some(snapshot);
            return Ok(());
        }
        let step = run.trainer.generator_steps();
        self.go_back(step).await
    }

    /// Returns to the last good checkpoint, or to the start, after numbers stopped being finite at
    /// `step`; the run then rests.
    async fn go_back(&mut self, step: u64) -> Result<(), CoreError> {
        let now_ms = (self.clock)();
        let Some(run) = &mut self.run else { return Ok(()) };
        let spec = run.trainer.spec().clone();
        let trainer = match &run.last_good {
            Some(snapshot) => Trainer::restore(snapshot, &spec, &self.device)?,
            None => Trainer::new(&spec, &self.device)?,
        };
        run.trainer = trainer.with_classifier(run.trainer.classifier().cloned());
        let restored_step = run.trainer.generator_steps();
        let diverged = Fault::Diverged { step, restored_step };
        run.pace.interrupted(now_ms, restored_step);
        let goal = std::mem::replace(&mut run.goal, Goal::Rest);
        if let Goal::Steps { request, .. } = goal {
            self.settle(request, Err(diverged.clone()));
        }
        self.tell(Event::Fault(diverged));
        // The screen still shows samples of the diverged nets.
        self.draw_sheet(FrameKind::Fixed, Purpose::FixedLatents, 0).await?;
        self.tell_state();
        Ok(())
    }

    fn current(&mut self) -> &mut Run {
        self.run.as_mut().expect("called only where a run has just been set")
    }

    fn loaded_run(&mut self) -> Result<&mut Run, Fault> {
        self.run
            .as_mut()
            .ok_or_else(|| Fault::State { message: "no run has been loaded".to_owned() })
    }

    fn ready_run(&mut self) -> Result<&mut Run, Fault> {
        let run = self.loaded_run()?;
        if run.data.is_some() { Ok(run) } else { Err(no_data()) }
    }

    fn settle(&self, id: u32, outcome: Result<Attached, Fault>) {
        let (reply, fault, attachments) = match outcome {
            Ok((reply, attachments)) => (Some(reply), None, attachments),
            Err(fault) => (None, Some(fault), Vec::new()),
        };
        (self.sink)(Outgoing { event: Event::Settled { id, reply, fault }, attachments });
    }

    fn tell_state(&self) {
        if let Some(run) = &self.run {
            let step = run.trainer.generator_steps();
            self.tell(Event::State { phase: run.phase(), step });
        }
    }

    fn tell(&self, event: Event) {
        (self.sink)(plain(event));
    }
}

fn plain(event: Event) -> Outgoing {
    Outgoing { event, attachments: Vec::new() }
}

fn progress(name: &str, done: f64, total: Option<f64>) -> Outgoing {
    plain(Event::Progress(Task { name: name.to_owned(), done, total }))
}

fn done(_: ()) -> Attached {
    (Reply::Done, Vec::new())
}

fn no_data() -> Fault {
    Fault::State { message: "the data are not there yet".to_owned() }
}

fn fault(error: CoreError) -> Fault {
    match error {
        CoreError::Spec(error) => error.into(),
        CoreError::Checkpoint(_) => Fault::Checkpoint { message: error.to_string() },
        CoreError::Classifier(_) | CoreError::Generator(_) => {
            Fault::File { message: error.to_string() }
        }
        CoreError::NoPictures => Fault::State { message: error.to_string() },
        CoreError::Device(_) => Fault::Device { message: error.to_string() },
    }
}
