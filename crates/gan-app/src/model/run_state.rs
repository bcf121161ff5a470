//! The state of the run on the screen, updated by the worker's events.

use gan_plot::History;
use gan_protocol::{Backend, DataSource, Metrics, Phase, Task};

use crate::model::changes::Change;
use crate::model::findings::Findings;
use crate::model::refusal::Refusal;

/// Rows of measurements kept before neighbours are averaged.
const HISTORY_ROWS: usize = 20_000;

/// The worker that carries out a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// The worker that trains.
    Main,
    /// The WebGPU worker that prepares to take over.
    Candidate,
}

/// A task under way.
#[derive(Clone, Debug, PartialEq)]
pub struct ActiveTask {
    /// The worker that carries it out.
    pub actor: Actor,
    /// Its progress.
    pub task: Task,
    /// Time of its first report, on the page's clock.
    pub since_ms: f64,
}

/// The columns of the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The generator's loss.
    GeneratorLoss,
    /// The discriminator's loss.
    DiscriminatorLoss,
    /// Mean of D(x).
    RealScore,
    /// Mean of D(G(z)).
    FakeScore,
}

impl Column {
    /// All columns, in the order of the history.
    const ALL: [Self; 4] =
        [Self::GeneratorLoss, Self::DiscriminatorLoss, Self::RealScore, Self::FakeScore];

    /// The column's value for a step.
    fn of(self, point: &Metrics) -> f64 {
        match self {
            Self::GeneratorLoss => point.generator_loss,
            Self::DiscriminatorLoss => point.discriminator_loss,
            Self::RealScore => point.real_score,
            Self::FakeScore => point.fake_score,
        }
    }
}

/// The run on the screen.
#[derive(Clone, Debug, PartialEq)]
pub struct RunState {
    /// The session's phase.
    pub phase: Phase,
    /// Generator steps done.
    pub step: u64,
    /// Generator steps per second; 0 while nothing trains.
    pub steps_per_second: f64,
    /// The backend; `None` until a device is ready.
    pub backend: Option<Backend>,
    /// The device's name.
    pub adapter: String,
    /// The data really in use; `None` until they are loaded.
    pub dataset: Option<DataSource>,
    /// The newest measurements.
    pub newest: Option<Metrics>,
    /// The report on the run's health, as JSON (see [`gan_protocol::Event::Report`]).
    pub report: Option<String>,
    /// Number of samples in the data; `None` if unlimited or unknown.
    pub samples: Option<u64>,
    /// Losses and scores of every step.
    pub history: History<4>,
    /// Changes of settings during the run, oldest first.
    pub changes: Vec<Change>,
    /// Failures that were diagnosed during the run.
    pub findings: Findings,
    /// Tasks under way.
    pub tasks: Vec<ActiveTask>,
    /// The reason why the session cannot go on.
    pub error: Option<Refusal>,
    /// Number of runs that have replaced the first one.
    pub replacements: u32,
}

impl Default for RunState {
    fn default() -> Self {
        Self {
            phase: Phase::Loading,
            step: 0,
            steps_per_second: 0.0,
            backend: None,
            adapter: String::new(),
            dataset: None,
            newest: None,
            report: None,
            samples: None,
            history: History::new(HISTORY_ROWS),
            changes: Vec::new(),
            findings: Findings::default(),
            tasks: Vec::new(),
            error: None,
            replacements: 0,
        }
    }
}

impl RunState {
    /// Adds measurements.
    pub fn measured(&mut self, points: &[Metrics], steps_per_second: f64) {
        for point in points {
            // After a return to an earlier step, the run goes on from there with the present settings.
            if self.history.newest().is_some_and(|(newest, _)| point.step <= newest) {
                for change in &mut self.changes {
                    change.step = change.step.min(point.step.saturating_sub(1));
                }
                self.findings.return_to(point.step);
            }
            self.history.push(point.step, Column::ALL.map(|column| column.of(point)));
        }
        if let Some(point) = points.last() {
            self.step = point.step;
            self.newest = Some(*point);
        }
        self.steps_per_second = steps_per_second;
    }

    /// Takes a report on the run's health.
    pub fn reported(&mut self, report: String) {
        self.findings.note(self.step, &report);
        self.report = Some(report);
    }

    /// Sets the phase.
    pub fn entered(&mut self, phase: Phase, step: u64) {
        self.phase = phase;
        self.step = step;
        if phase != Phase::Running {
            self.steps_per_second = 0.0;
        }
    }

    /// Another run has replaced this one: removes all measurements.
    pub fn replaced(&mut self) {
        self.history.clear();
        self.changes.clear();
        self.findings.clear();
        self.report = None;
        self.error = None;
        self.replacements += 1;
    }

    /// The newest value of a column.
    pub fn newest(&self, column: Column) -> Option<f64> {
        self.history.newest().map(|(_, values)| values[column as usize])
    }

    /// Updates a task's progress; a finished task is removed.
    pub fn progressed(&mut self, now_ms: f64, actor: Actor, task: Task) {
        let known = self
            .tasks
            .iter()
            .position(|active| active.actor == actor && active.task.name == task.name);
        let finished = task.total.is_some_and(|total| task.done >= total);
        match (known, finished) {
            (Some(index), true) => drop(self.tasks.remove(index)),
            (Some(index), false) => self.tasks[index].task = task,
            (None, true) => {}
            (None, false) => self.tasks.push(ActiveTask { actor, task, since_ms: now_ms }),
        }
    }

    /// Removes a task that has ended in another way.
    pub fn ended(&mut self, actor: Actor, name: &str) {
        self.tasks.retain(|active| !(active.actor == actor && active.task.name == name));
    }

    /// Removes all tasks of a worker that has ended.
    pub fn abandoned(&mut self, actor: Actor) {
        self.tasks.retain(|active| active.actor != actor);
    }

    /// The candidate has become the main worker, and its tasks the main worker's.
    pub fn promoted(&mut self) {
        self.abandoned(Actor::Main);
        for active in &mut self.tasks {
            active.actor = Actor::Main;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(name: &str, done: f64, total: Option<f64>) -> Task {
        Task { name: name.to_string(), done, total }
    }

    #[test]
    fn a_task_is_listed_until_it_is_done() {
        let mut run = RunState::default();
        run.progressed(1.0, Actor::Main, task("data", 1.0, Some(4.0)));
        run.progressed(2.0, Actor::Main, task("data", 3.0, Some(4.0)));
        run.progressed(2.0, Actor::Candidate, task("data", 0.0, None));
        assert_eq!(run.tasks.len(), 2);
        assert_eq!((run.tasks[0].since_ms, run.tasks[0].task.done), (1.0, 3.0));
        run.progressed(3.0, Actor::Main, task("data", 4.0, Some(4.0)));
        assert_eq!(run.tasks.len(), 1);
        run.abandoned(Actor::Candidate);
        assert!(run.tasks.is_empty());
    }

    #[test]
    fn measurements_move_the_step_and_a_pause_stops_the_speed() {
        let mut run = RunState::default();
        let none = Metrics::from_numbers(7, [0.0; Metrics::COUNT]);
        let point =
            Metrics { generator_loss: 1.0, discriminator_loss: 2.0, real_score: 0.75, ..none };
        run.measured(&[point], 12.0);
        assert_eq!((run.step, run.steps_per_second), (7, 12.0));
        assert_eq!(run.newest(Column::RealScore), Some(0.75));
        assert_eq!(run.newest(Column::DiscriminatorLoss), Some(2.0));
        run.entered(Phase::Paused, 7);
        assert_eq!(run.steps_per_second, 0.0);
        run.replaced();
        assert_eq!(run.newest(Column::RealScore), None);
    }
}
