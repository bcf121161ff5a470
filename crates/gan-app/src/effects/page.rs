//! Connects the supervisor with the browser: carries out its effects, and reports their results to
//! it.

use std::cell::RefCell;

use gan_protocol::{FrameKind, SampleSet, StageSet};
use js_sys::{Float32Array, Function, Object, Reflect, Uint8Array};
use leptos::prelude::{Set as _, Update as _, WithUntracked as _};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use crate::effects::browser::{every_ms, hash, now_ms, on_window, replace_hash, window};
use crate::effects::display::{Display, Sheet, ShownNotice};
use crate::effects::worker::WorkerClient;
use crate::effects::{adapter, manifest, sheets};
use crate::model::address::Address;
use crate::model::listed::taken;
use crate::model::notice::{AT_RUN, Notice, Place, Weight};
use crate::model::refusal::Refusal;
use crate::model::supervisor::{
    Ask, Effect, NamedFile, Outcome, Preference, Run, Signal, Supervisor, Ticket, WorkerId,
};

/// The id of the canvas for the fixed latents.
pub const FIXED_CANVAS: &str = "fixed-sheet";
/// The id of the canvas for new latents.
pub const FRESH_CANVAS: &str = "fresh-sheet";

const TICK_MS: i32 = 1_000;
/// Most notices at one place.
const MOST_NOTICES: usize = 4;
/// Time between two drawings of the charts: the eye needs no more, and training needs the
/// processor.
const CHART_INTERVAL_MS: f64 = 100.0;

/// Called with the outcome of a request.
pub type Callback = Box<dyn FnOnce(Result<Outcome<Uint8Array>, Refusal>)>;

struct Frame {
    step: u64,
    set: SampleSet,
    pixels: Uint8Array,
    /// Number of frames that this one replaces; each is acknowledged.
    received: u32,
}

/// A stage for the script that watches.
struct StageFrame {
    /// Number of stages that this one replaces; each is acknowledged.
    received: u32,
    step: u64,
    set: StageSet,
    numbers: Uint8Array,
}

/// The state of the page outside of the model.
pub struct Page {
    /// Makes the decisions.
    pub supervisor: Supervisor<Uint8Array>,
    /// The user's IDX or CIFAR files, kept for the lifetime of the page.
    pub files: Vec<NamedFile<Uint8Array>>,
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
    frames: [Option<Frame>; 2],
    stage: Option<StageFrame>,
    /// Called with each stage.
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
    static ON_FRAME: Closure<dyn FnMut()> = Closure::new(|| with(Page::draw));
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
        waiting: None,
        language: address.language.clone(),
        autostart: address.autostart,
        display,
        workers: Vec::new(),
        callbacks: Vec::new(),
        next_ticket: 1,
        next_notice: 1,
        frames: [None, None],
        stage: None,
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
    on_window("hashchange", |_| super::requests::follow_address(&hash()));
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

    /// Passes every stage to `watcher` from now on.
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

    /// Tries again after a failure of all workers.
    pub fn retry(&mut self) {
        let effects = self.supervisor.retry(now_ms());
        self.carry_out(effects);
    }

    /// Writes the differences from the defaults into the address.
    pub fn write_address(&self) {
        let run = self.shared_run();
        let preference = self.supervisor.preference();
        let address = Address::of(&run, preference, self.autostart, self.language.as_deref());
        let new = address.to_hash();
        if new != hash() {
            replace_hash(&new);
        }
    }

    /// The run in the page's link: the current one, or the one of the link with which the page was
    /// opened, if that waits for files.
    pub fn shared_run(&self) -> Run<Uint8Array> {
        let waiting = self.waiting().filter(|(run, _)| run.checkpoint.is_none());
        waiting.map_or_else(|| self.supervisor.run().clone(), |(run, _)| run)
    }

    /// Shows at `place` that `run` waits for the user's files.
    pub fn wait_for_files(
        &mut self,
        place: Place,
        run: Run<Uint8Array>,
        name: String,
        notice: Notice,
    ) {
        self.waiting = Some((run, name));
        self.display.notices.update(|shown| shown.retain(|one| !one.notice.is_wish()));
        self.tell(place, Ok(()));
        self.notify(place, notice);
        self.write_address();
    }

    /// The run that waits for the user's files, and the name of its checkpoint.
    pub fn waiting(&self) -> Option<(Run<Uint8Array>, String)> {
        let is_shown = |shown: &Vec<ShownNotice>| shown.iter().any(|one| one.notice.is_wish());
        self.waiting.clone().filter(|_| self.display.notices.with_untracked(is_shown))
    }

    /// Shows a notice at `place`.
    pub fn notify(&mut self, place: Place, notice: Notice) {
        let id = self.next_notice;
        self.next_notice += 1;
        let weight = notice.weight();
        let replacements = self.supervisor.state.replacements;
        self.display.notices.update(|shown| {
            // A repeated notice replaces the earlier one; and a control shows only its newest
            // refusal.
            shown.retain(|other| other.place != place || other.notice != notice);
            shown.push(ShownNotice { id, place, replacements, notice });
            // Old notices are removed, because nobody reads ten.
            let there = shown.iter().filter(|other| other.place == place).count();
            if let Some(oldest) = shown.iter().position(|other| other.place == place)
                && there > MOST_NOTICES
            {
                shown.remove(oldest);
            }
        });
        if weight == Weight::Info {
            let notices = self.display.notices;
            spawn_local(async move {
                super::browser::sleep_ms(8_000).await;
                notices.update(|shown| shown.retain(|other| other.id != id));
            });
        }
    }

    /// Shows at `place` the refusal of a request made there, instead of an earlier one.
    pub fn tell(&mut self, place: Place, result: Result<(), Refusal>) {
        self.display.notices.update(|shown| {
            shown.retain(|one| one.place != place || one.notice.weight() != Weight::Alert);
        });
        if let Err(refusal) = result {
            self.notify(place, Notice::Refused(refusal));
            self.show_settings_again();
        }
    }

    /// Sends a request whose refusal is shown at `place`.
    pub fn ask_at(&mut self, place: Place, ask: Ask<Uint8Array>) {
        let callback = move |result: Result<_, _>| {
            with(|page| page.tell(place, result.map(|_: Outcome<_>| ())));
        };
        self.ask(ask, Some(Box::new(callback)));
    }

    fn carry_out(&mut self, effects: Vec<Effect<Uint8Array>>) {
        for effect in effects {
            self.carry_out_one(effect);
        }
        self.request_frame();
    }

    fn carry_out_one(&mut self, effect: Effect<Uint8Array>) {
        match effect {
            Effect::Spawn { worker, variant } => {
                match WorkerClient::start(worker, variant, deliver) {
                    Ok(client) => self.workers.push((worker, client)),
                    Err(message) => later(Signal::Died { worker, message }),
                }
            }
            Effect::Terminate { worker } => drop(taken(&mut self.workers, worker)),
            Effect::Send { worker, request, attachments } => {
                if let Some((_, client)) = self.workers.iter().find(|(id, _)| *id == worker)
                    && let Err(message) = client.send(&request, &attachments)
                {
                    later(Signal::Died { worker, message });
                }
            }
            Effect::Settle { ticket, result } => {
                if let Some(callback) = taken(&mut self.callbacks, ticket) {
                    spawn_local(async move { callback(result) });
                }
            }
            Effect::FindAdapter => spawn_local(async {
                let answer = adapter::find().await;
                deliver(Signal::Adapter(answer));
            }),
            Effect::AwaitGpuBuild => spawn_local(async {
                manifest::gpu_build_is_there(|| deliver(Signal::GpuBuildMissing)).await;
                deliver(Signal::GpuBuildReady);
            }),
            Effect::Notify(notice) => self.notify(AT_RUN, notice),
            Effect::Show { sheet, step, set, pixels } => {
                let slot = &mut self.frames[sheet as usize];
                let received = slot.as_ref().map_or(0, |frame| frame.received) + 1;
                *slot = Some(Frame { step, set, pixels, received });
            }
            Effect::Stage { step, set, numbers } => {
                let mut frame = StageFrame { received: 1, step, set, numbers };
                if let Some(before) = self.stage.take() {
                    frame.received += before.received;
                    // The newest stage is kept, unless the previous one has more parts than points:
                    // that one is newer than the screen as well.
                    if set.lattice == 0 && before.set.lattice > 0 {
                        frame = StageFrame { received: frame.received, ..before };
                    }
                }
                self.stage = Some(frame);
            }
            Effect::Leave { number, run, samples } => {
                if let Some(keeper) = self.keeper.clone() {
                    let left = super::api::left(number, &run, samples);
                    // After this call, because the callback may use the page.
                    spawn_local(async move { drop(keeper.call1(&JsValue::NULL, &left)) });
                }
            }
            Effect::RunChanged => self.write_address(),
        }
    }

    /// Fits the sheets into their places at the next frame, because a listener for sizes must not
    /// change sizes at once.
    pub fn fit_sheets(&mut self) {
        self.places_changed = true;
        self.request_frame();
    }

    fn request_frame(&mut self) {
        if self.frame_is_requested {
            return;
        }
        self.frame_is_requested = true;
        ON_FRAME.with(|draw| {
            window()
                .request_animation_frame(draw.as_ref().unchecked_ref())
                .expect("a window has frames");
        });
    }

    fn draw(&mut self) {
        self.frame_is_requested = false;
        let now_ms = now_ms();
        if std::mem::take(&mut self.places_changed) {
            sheets::fit(FIXED_CANVAS);
            sheets::fit(FRESH_CANVAS);
        }
        let sheets = [
            (FrameKind::Fixed, FIXED_CANVAS, self.display.fixed),
            (FrameKind::Fresh, FRESH_CANVAS, self.display.fresh),
        ];
        for (kind, canvas, signal) in sheets {
            let Some(frame) = self.frames[kind as usize].take() else { continue };
            match sheets::draw(canvas, &frame.set, &frame.pixels) {
                Ok(()) => signal.set(Some(Sheet { step: frame.step, count: frame.set.count })),
                Err(message) => self.notify(AT_RUN, Notice::Refused(Refusal::usage(message))),
            }
            for _ in 0..frame.received {
                let effects = self.supervisor.frame_drawn();
                for effect in effects {
                    self.carry_out_one(effect);
                }
            }
        }
        if let Some(frame) = self.stage.take() {
            let received = frame.received;
            if let Some(watcher) = self.watcher.clone() {
                // After this call, because the callback may use the page.
                spawn_local(
                    async move { drop(watcher.call1(&JsValue::NULL, &frame.for_scripts())) },
                );
            }
            for _ in 0..received {
                for effect in self.supervisor.frame_drawn() {
                    self.carry_out_one(effect);
                }
            }
        }
        self.display.refresh(&self.supervisor, now_ms);
        let history = &self.supervisor.state.history;
        let newest = history.newest().map(|(step, _)| step);
        if newest != self.charts_step {
            if now_ms - self.charts_drawn_ms >= CHART_INTERVAL_MS {
                self.charts_drawn_ms = now_ms;
                self.charts_step = newest;
                self.display.refresh_series(history);
            } else {
                self.request_frame();
            }
        }
    }

    /// Whether the user has chosen data files.
    pub fn has_files(&self) -> bool {
        !self.files.is_empty()
    }

    /// Shows the current setting in every control.
    pub fn show_settings_again(&self) {
        self.display.shown_again.update(|count| *count += 1);
    }
}

impl StageFrame {
    /// The stage in the form for scripts.
    fn for_scripts(self) -> JsValue {
        let object = Object::new();
        // Setting a member of a new object does not fail.
        let set = |name: &str, value: &JsValue| drop(Reflect::set(&object, &name.into(), value));
        let counts = [
            ("step", self.step as usize),
            ("reals", self.set.reals),
            ("fakes", self.set.fakes),
            ("pulls", self.set.pulls),
            ("lattice", self.set.lattice),
            ("latticeRows", self.set.lattice_rows),
            ("surface", self.set.surface),
        ];
        for (name, count) in counts {
            set(name, &(count as f64).into());
        }
        set("numbers", &Float32Array::new(&self.numbers.buffer()));
        object.into()
    }
}

/// Delivers a signal that arose while the page was in use.
fn later(signal: Signal<Uint8Array>) {
    spawn_local(async move { deliver(signal) });
}
