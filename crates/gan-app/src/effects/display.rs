//! The signals that the view reads, written at most once a frame.

use gan_plot::{History, Point, decimated, smoothed};
use gan_protocol::{Backend, DataSource, Phase, RunSpec};
use leptos::prelude::*;

use crate::model::backends::{Gpu, Preference};
use crate::model::changes::Change;
use crate::model::notice::{Notice, Place, Standing};
use crate::model::reading::Reading;
use crate::model::refusal::Refusal;
use crate::model::run_state::ActiveTask;
use crate::model::supervisor::Supervisor;
use crate::model::zoom::Zoom;

/// Columns of a drawn series, each with about four points; more would be invisible.
const DRAWN_COLUMNS: usize = 300;
/// Weight of the past in the drawn average.
const SMOOTHING: f64 = 0.9;

/// The state of the run in one line.
#[derive(Clone, Debug, PartialEq)]
pub struct Status {
    /// The session's phase.
    pub phase: Phase,
    /// Whether the run trains, or will as soon as it can.
    pub wants_running: bool,
    /// Generator steps done.
    pub step: u64,
    /// Generator steps per second.
    pub steps_per_second: f64,
    /// The backend that computes.
    pub backend: Option<Backend>,
    /// The device's name.
    pub adapter: String,
    /// The data in use.
    pub dataset: Option<DataSource>,
    /// Number of samples in them; `None` if unlimited or unknown.
    pub samples: Option<u64>,
    /// The reason why the session cannot go on.
    pub error: Option<Refusal>,
    /// The state of WebGPU.
    pub gpu: Gpu,
}

/// The current settings.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The preset from which the run was made.
    pub preset: String,
    /// The run.
    pub spec: RunSpec,
    /// Changes during the run, oldest first.
    pub changes: Vec<Change>,
    /// Steps at which failures were diagnosed, oldest first.
    pub findings: Vec<u64>,
    /// The user's choice of the backend.
    pub preference: Preference,
    /// Names of the user's files.
    pub files: Vec<String>,
}

/// One series, ready to be drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// The measured points.
    pub measured: Vec<Point>,
    /// Its moving average.
    pub average: Vec<Point>,
}

/// A sheet's facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Generator steps.
    pub step: u64,
    /// Number of samples; of a generator that is given pictures, of pictures with their two companions.
    pub count: usize,
}

/// A notice on the screen.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownNotice {
    /// Distinguishes it from others.
    pub id: u32,
    /// Its place.
    pub place: Place,
    /// Number of runs that had been loaded when it appeared.
    pub replacements: u32,
    /// Its content.
    pub notice: Notice,
}

/// The signals.
#[derive(Clone, Copy)]
pub struct Display {
    /// The state of the run.
    pub status: RwSignal<Status>,
    /// The current settings.
    pub settings: RwSignal<Settings>,
    /// Tasks that take a while.
    pub tasks: RwSignal<Vec<ActiveTask>>,
    /// Losses of generator and discriminator, then the scores of reals and fakes.
    pub series: [RwSignal<Series>; 4],
    /// The part of the steps that the charts show.
    pub zoom: RwSignal<Zoom>,
    /// Whether it can be halved.
    pub can_zoom: RwSignal<bool>,
    /// The step that is read in the charts.
    pub reading: RwSignal<Option<Reading>>,
    /// The sheet of fixed latents.
    pub fixed: RwSignal<Option<Sheet>>,
    /// The sheet of new latents.
    pub fresh: RwSignal<Option<Sheet>>,
    /// Notices to the user.
    pub notices: RwSignal<Vec<ShownNotice>>,
    /// Incremented when every control must show the current setting instead of the user's last
    /// choice.
    pub shown_again: RwSignal<u32>,
}

impl Display {
    /// The signals of a page that begins with `supervisor`.
    pub fn new<B: Clone>(supervisor: &Supervisor<B>) -> Self {
        Self {
            status: RwSignal::new(status(supervisor)),
            settings: RwSignal::new(settings(supervisor)),
            tasks: RwSignal::new(Vec::new()),
            series: std::array::from_fn(|_| RwSignal::new(Series::default())),
            zoom: RwSignal::new(Zoom::default()),
            can_zoom: RwSignal::new(false),
            reading: RwSignal::new(None),
            fixed: RwSignal::new(None),
            fresh: RwSignal::new(None),
            notices: RwSignal::new(Vec::new()),
            shown_again: RwSignal::new(0),
        }
    }

    /// Updates the signals that have changed.
    pub fn refresh<B: Clone>(&self, supervisor: &Supervisor<B>, now_ms: f64) {
        set_if_changed(self.status, status(supervisor));
        set_if_changed(self.settings, settings(supervisor));
        // A bar for a task of less than half a second would flicker.
        let slow = |task: &&ActiveTask| now_ms - task.since_ms > 500.0;
        let tasks = supervisor.state.tasks.iter().filter(slow).cloned().collect();
        set_if_changed(self.tasks, tasks);
        self.end_notices(supervisor);
    }

    /// Removes notices that are no longer true.
    fn end_notices<B: Clone>(&self, supervisor: &Supervisor<B>) {
        let state = &supervisor.state;
        let source = supervisor.run().spec.data.source;
        let is_over = |shown: &ShownNotice| {
            shown.notice.is_over(&Standing {
                phase: state.phase,
                is_another_run: state.replacements != shown.replacements,
                has_other_data: state.dataset.is_some_and(|used| used != source),
                gpu: supervisor.gpu(),
            })
        };
        if self.notices.with_untracked(|shown| shown.iter().any(is_over)) {
            self.notices.update(|shown| shown.retain(|one| !is_over(one)));
        }
    }

    /// Updates the charts' series, and the reading, whose step may now be a part of another row.
    pub fn refresh_series(&self, history: &History<4>) {
        let zoom = self.zoom.get_untracked();
        set_if_changed(self.can_zoom, zoom.has_room(history.row_count()));
        for (column, signal) in self.series.iter().enumerate() {
            let measured = history.series(column);
            // The average is that of all steps, whatever part of it is shown.
            let [average, measured] = [smoothed(&measured, SMOOTHING), measured]
                .map(|points| decimated(&zoom.of(points), DRAWN_COLUMNS));
            signal.set(Series { measured, average });
        }
        if let Some((step, _)) = self.reading.get_untracked() {
            set_if_changed(self.reading, history.near(step as f64, 0));
        }
    }
}

fn set_if_changed<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|old| *old != value) {
        signal.set(value);
    }
}

fn status<B: Clone>(supervisor: &Supervisor<B>) -> Status {
    let state = &supervisor.state;
    Status {
        phase: state.phase,
        wants_running: supervisor.wants_running(),
        step: state.step,
        steps_per_second: state.steps_per_second,
        backend: state.backend,
        adapter: state.adapter.clone(),
        dataset: state.dataset,
        samples: state.samples,
        error: state.error.clone(),
        gpu: supervisor.gpu(),
    }
}

fn settings<B: Clone>(supervisor: &Supervisor<B>) -> Settings {
    let run = supervisor.run();
    Settings {
        preset: run.preset.clone(),
        spec: run.spec.clone(),
        changes: supervisor.state.changes.clone(),
        findings: supervisor.state.findings.steps.clone(),
        preference: supervisor.preference(),
        files: run.files.iter().map(|file| file.name.clone()).collect(),
    }
}
