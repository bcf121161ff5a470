//! Connects the supervisor with the browser, and holds the page's state. `carrying` carries out the
//! supervisor's effects, `drawing` draws the frames that have come, `telling` keeps the notices.

mod carrying;
mod drawing;
mod telling;

use std::cell::RefCell;

use gan_protocol::DataSource;
use js_sys::{Function, Uint8Array};
use leptos::prelude::{GetUntracked as _, Set as _, WithUntracked as _};

use crate::effects::browser::{every_ms, hash, now_ms, on_window, replace_hash};
use crate::effects::display::Display;
use crate::effects::worker::WorkerClient;
use crate::model::address::Address;
use crate::model::backends::Preference;
use crate::model::frames::Frames;
use crate::model::reading::led;
use crate::model::refusal::Refusal;
use crate::model::run_state::Column;
use crate::model::snapshot::Averages;
use crate::model::supervisor::{
    Ask, NamedFile, Outcome, Run, Signal, Supervisor, Ticket, WorkerId,
};

const TICK_MS: i32 = 1_000;

/// Called with what came of an ask.
pub type Callback = Box<dyn FnOnce(Result<Outcome<Uint8Array>, Refusal>)>;

/// The state of the page outside of the model.
pub struct Page {
    /// Makes the decisions.
    pub supervisor: Supervisor<Uint8Array>,
    /// The user's IDX or CIFAR files, kept for the lifetime of the page.
    pub files: Vec<NamedFile<Uint8Array>>,
    /// The kind of these files, once a run has learned from them.
    pub files_kind: Option<DataSource>,
    /// A run that lacks its files, and the name of its checkpoint. It starts when the files come,
    /// as long as the notice about them is shown.
    waiting: Option<(Run<Uint8Array>, String)>,
    /// The language in the address, if one was chosen.
    pub language: Option<String>,
    /// Whether the address starts training automatically.
    pub autostart: bool,
    display: Display,
    workers: Vec<(WorkerId, WorkerClient)>,
    callbacks: Vec<(Ticket, Callback)>,
    next_ticket: Ticket,
    next_notice: u32,
    frames: Frames<Uint8Array>,
    /// Called with each plane.
    watcher: Option<Function>,
    /// Called with each run that another is about to replace.
    keeper: Option<Function>,
    frame_is_requested: bool,
    /// Whether the sheets' places have changed their sizes since the sheets were fitted.
    places_changed: bool,
    charts_drawn_ms: f64,
    charts_step: Option<u64>,
}

thread_local! {
    static PAGE: RefCell<Option<Page>> = const { RefCell::new(None) };
}

/// Calls `act` with the page.
///
/// # Panics
/// If the page is in use already (callbacks must not call this at once), or not created yet.
pub fn with<T>(act: impl FnOnce(&mut Page) -> T) -> T {
    PAGE.with_borrow_mut(|page| act(page.as_mut().expect("the page is put up before it is used")))
}

/// Creates the page, without starting a worker.
pub fn put_up(supervisor: Supervisor<Uint8Array>, address: &Address) -> Display {
    let display = Display::new(&supervisor);
    let page = Page {
        supervisor,
        files: Vec::new(),
        files_kind: None,
        waiting: None,
        language: address.language.clone(),
        autostart: address.autostart,
        display,
        workers: Vec::new(),
        callbacks: Vec::new(),
        next_ticket: 1,
        next_notice: 1,
        frames: Frames::default(),
        watcher: None,
        keeper: None,
        frame_is_requested: false,
        places_changed: false,
        charts_drawn_ms: 0.0,
        charts_step: None,
    };
    PAGE.set(Some(page));
    display
}

/// Starts the first worker and the page's timers.
pub fn begin() {
    with(|page| {
        let effects = page.supervisor.begin(now_ms());
        page.carry_out(effects);
    });
    every_ms(TICK_MS, || deliver(Signal::Tick));
    on_window("resize", |_| with(Page::fit_sheets));
}

/// Passes a signal to the supervisor.
pub fn deliver(signal: Signal<Uint8Array>) {
    with(|page| {
        let effects = page.supervisor.signal(now_ms(), signal);
        page.carry_out(effects);
    });
}

impl Page {
    /// Sends a request to the supervisor; `callback` is called with its outcome, never before this
    /// returns.
    pub fn ask(&mut self, ask: Ask<Uint8Array>, callback: Option<Callback>) {
        let ticket = callback.map(|callback| {
            let ticket = self.next_ticket;
            self.next_ticket += 1;
            self.callbacks.push((ticket, callback));
            ticket
        });
        let effects = self.supervisor.ask(now_ms(), ticket, ask);
        self.carry_out(effects);
    }

    /// Sets the user's choice of the backend.
    pub fn prefer(&mut self, preference: Preference) {
        let effects = self.supervisor.prefer(now_ms(), preference);
        self.carry_out(effects);
        self.write_address();
    }

    /// Passes every plane to `watcher` from now on.
    pub fn watch(&mut self, watcher: Option<Function>) {
        let effects = self.supervisor.watch(watcher.is_some());
        self.watcher = watcher;
        self.carry_out(effects);
    }

    /// Passes every run to `keeper` from now on, before another takes its place.
    pub fn keep(&mut self, keeper: Option<Function>) {
        self.supervisor.keep(keeper.is_some());
        self.keeper = keeper;
    }

    /// The newest averages of the charts.
    pub fn averages(&self) -> Averages {
        let newest = |column: Column| {
            self.display.series[column as usize]
                .with_untracked(|series| series.average.last().map(|last| last.y))
        };
        Averages {
            generator_loss: newest(Column::GeneratorLoss),
            discriminator_loss: newest(Column::DiscriminatorLoss),
            real_score: newest(Column::RealScore),
            fake_score: newest(Column::FakeScore),
        }
    }

    /// Reads the recorded step nearest to `step` in the charts.
    pub fn read_at(&self, step: f64) {
        self.display.reading.set(self.supervisor.state.history.near(step, 0));
    }

    /// Shows half as many steps in the charts, or twice as many.
    pub fn zoom(&self, closer: bool) {
        let read = self.display.reading.get_untracked().map(|(step, _)| step as f64);
        let zoom = self.display.zoom.get_untracked();
        if closer && !self.display.can_zoom.get_untracked() {
            return;
        }
        self.display.zoom.set(if closer { zoom.closer(read) } else { zoom.wider() });
        self.display.refresh_series(&self.supervisor.state.history);
    }

    /// Moves the charts' cursor, or zooms, as `key` says; returns whether it is a key of theirs.
    pub fn read_by_key(&self, key: &str) -> bool {
        if matches!(key, "+" | "=" | "-") {
            self.zoom(key != "-");
            return true;
        }
        let reading = self.display.reading;
        let led = led(&self.supervisor.state.history, key, reading.get_untracked());
        let Some(led) = led else { return false };
        reading.set(led);
        // A step outside of the shown ones comes into their middle.
        let zoom = self.display.zoom.get_untracked();
        if let Some((step, _)) = led.filter(|_| !zoom.is_whole()) {
            self.display.zoom.set(zoom.around(step as f64));
            self.display.refresh_series(&self.supervisor.state.history);
        }
        true
    }

    /// Tries again after a failure of all workers.
    pub fn retry(&mut self) {
        let effects = self.supervisor.retry(now_ms());
        self.carry_out(effects);
    }

    /// Writes the differences from the defaults into the address. The lab's lesson stays there.
    pub fn write_address(&self) {
        let run = self.shared_run();
        let preference = self.supervisor.preference();
        let address = Address::of(&run, preference, self.autostart, self.language.as_deref());
        let old = hash();
        let new = address.in_place_of(Address::parse(&old).0).to_hash();
        if new != old {
            replace_hash(&new);
        }
    }

    /// The run in the page's link: the current one, or the one of the link with which the page was
    /// opened, if that waits for files.
    pub fn shared_run(&self) -> Run<Uint8Array> {
        let waiting = self.waiting().filter(|(run, _)| run.checkpoint.is_none());
        waiting.map_or_else(|| self.supervisor.run().clone(), |(run, _)| run)
    }

    /// Whether the user has chosen data files.
    pub fn has_files(&self) -> bool {
        !self.files.is_empty()
    }
}
