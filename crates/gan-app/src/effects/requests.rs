//! What the user and scripts ask for, from the form in which they ask to the supervisor's.

use gan_protocol::{DEFAULT_PRESET, DataSource, RunSpec, SpecError, Tuning, preset};
use js_sys::Uint8Array;
use serde_json::Value;

use crate::effects::browser::{copied, href};
use crate::effects::files;
use crate::effects::page::{Callback, Page, with};
use crate::model::address::Address;
use crate::model::checkpoint_file::{PREFIX_BYTES, header_bytes, read_header};
use crate::model::notice::{AT_FILES, AT_RUN, AT_SPEC, Notice, Place};
use crate::model::refusal::Refusal;
use crate::model::settings;
use crate::model::supervisor::{Ask, NamedFile, Outcome, Run};

/// What is trained when the user asks for points and has nets for images.
const POINTS_PRESET: &str = "ring";

/// Asks for something whose refusal the user reads on the page.
pub fn ask(ask: Ask<Uint8Array>) {
    with(|page| page.ask(ask, None));
}

/// Loads what `load(…)` of the page's API takes.
pub fn load_value(page: &mut Page, value: &Value, callback: Callback) {
    let current = page.supervisor.run().preset.clone();
    let run =
        settings::resolved(value, &current).and_then(|run| settings::with_files(run, &page.files));
    match run {
        Ok(run) => {
            let run = Box::new(run);
            page.ask(Ask::Load { run, then_run: false }, Some(callback));
        }
        Err(refusal) => callback(Err(refusal)),
    }
}

/// Changes the run in a way that needs it to start again; it trains on if it did.
pub fn change_run(place: Place, change: impl FnOnce(&mut RunSpec)) {
    with(|page| {
        let run = page.supervisor.run();
        let mut spec = run.spec.clone();
        let preset = run.preset.clone();
        change(&mut spec);
        page.load_spec(place, preset, spec);
    });
}

/// Loads a preset; images stay those that the user chose.
pub fn choose_preset(place: Place, name: &str) {
    let Some(chosen) = preset(name) else { return };
    with(|page| {
        let mut spec = chosen.spec;
        let current = &page.supervisor.run().spec.data;
        if spec.data.shape() == current.shape() && spec.data.points.is_none() {
            spec.data.source = current.source;
        }
        page.load_spec(place, name.to_string(), spec);
    });
}

/// Trains on `source`, with other nets where the present ones are for points and that is not, or
/// the other way round.
pub fn choose_data(place: Place, source: DataSource) {
    let is_points = |source| source == DataSource::Points;
    with(|page| {
        let run = page.supervisor.run();
        let (mut preset, mut spec) = (run.preset.clone(), run.spec.clone());
        if is_points(source) != is_points(spec.data.source) {
            preset = if is_points(source) { POINTS_PRESET } else { DEFAULT_PRESET }.to_string();
            spec = gan_protocol::preset(&preset).map_or(spec, |preset| preset.spec);
        }
        spec.data.source = source;
        page.load_spec(place, preset, spec);
    });
}

/// Loads what is written in `text`: a whole spec, or changes to the present preset.
pub fn load_text(text: &str) {
    with(|page| {
        let current = &page.supervisor.run().preset;
        let value = serde_json::from_str::<Value>(text)
            .map_err(|error| SpecError::new("JSON", error.to_string()).into());
        let run = value
            .and_then(|value| settings::resolved(&value, current))
            .and_then(|run| settings::with_files(run, &page.files));
        page.load_checked(AT_SPEC, run);
    });
}

/// Changes settings as the run goes.
pub fn tune(place: Place, tuning: Tuning) {
    with(|page| page.ask_at(place, Ask::Tune(tuning)));
}

/// Changes settings and, if they are taken, goes on.
pub fn tune_and_go_on(tuning: Tuning) {
    let callback = |result: Result<_, Refusal>| {
        with(|page| {
            let is_tuned = result.is_ok();
            page.tell(AT_RUN, result.map(drop));
            if is_tuned {
                page.ask(Ask::Start, None);
            }
        });
    };
    with(|page| page.ask(Ask::Tune(tuning), Some(Box::new(callback))));
}

/// Saves a checkpoint as a file.
pub fn save_checkpoint() {
    with(|page| {
        let name = page.supervisor.run().preset.clone();
        let callback = move |result: Result<Outcome<Uint8Array>, Refusal>| {
            let saved = match result {
                Ok(Outcome::Checkpoint { step, bytes }) => {
                    let name = format!("{name}-step-{step}.safetensors");
                    files::save(&name, &bytes).map(|()| name).map_err(Refusal::file)
                }
                Ok(_) => Err(Refusal::checkpoint("the worker sent no checkpoint")),
                Err(refusal) => Err(refusal),
            };
            with(|page| page.tell_done(AT_FILES, saved.map(|name| Notice::Saved { name })));
        };
        page.ask(Ask::Checkpoint, Some(Box::new(callback)));
    });
}

/// Opens files that the user chose or dropped at `place`: one checkpoint, or IDX files to train on.
pub async fn open_files(place: Place, list: web_sys::FileList) {
    let read = files::read_all(&list).await;
    let files = match read {
        Ok(files) if files.is_empty() => return,
        Ok(files) => files,
        Err(message) => {
            return with(|page| page.tell(place, Err(Refusal::file(message))));
        }
    };
    let is_checkpoint = |file: &&NamedFile<_>| file.name.ends_with(".safetensors");
    match files.iter().find(is_checkpoint).cloned() {
        Some(file) => with(|page| open_checkpoint(page, place, file)),
        None => with(|page| open_data(page, place, files)),
    }
}

/// Trains on IDX or CIFAR-10 files. They become the page's own once the worker has accepted them.
fn open_data(page: &mut Page, place: Place, files: Vec<NamedFile<Uint8Array>>) {
    let run = page.supervisor.run();
    let (mut preset, mut spec) = (run.preset.clone(), run.spec.clone());
    if spec.data.points.is_some() {
        let fitting = settings::default_run::<Uint8Array>();
        (preset, spec) = (fitting.preset, fitting.spec);
    }
    let is_cifar = |file: &NamedFile<_>| file.name.contains(".bin");
    let all_cifar = files.iter().all(is_cifar);
    spec.data.source = if all_cifar { DataSource::CifarFiles } else { DataSource::IdxFiles };
    let run = Run { preset, spec, files: files.clone(), checkpoint: None };
    let callback = move |result: Result<_, Refusal>| {
        with(|page| {
            if result.is_ok() {
                page.files = files;
            }
            page.tell(place, result.map(drop));
        });
    };
    let then_run = page.supervisor.wants_running();
    page.ask(Ask::Load { run: Box::new(run), then_run }, Some(Box::new(callback)));
}

fn open_checkpoint(page: &mut Page, place: Place, file: NamedFile<Uint8Array>) {
    let name = file.name;
    match checkpoint_run(page, file.bytes) {
        Ok(run) => {
            let step = run.checkpoint_step().unwrap_or(0);
            let callback = move |result: Result<_, Refusal>| {
                let opened = result.map(|_| Notice::Opened { name, step });
                with(|page| page.tell_done(place, opened));
            };
            let run = Box::new(run);
            page.ask(Ask::Load { run, then_run: false }, Some(Box::new(callback)));
        }
        Err(refusal) => {
            let message = format!("{name}: {}", refusal.message);
            page.tell(place, Err(Refusal { message, ..refusal }));
        }
    }
}

/// Goes on from a checkpoint's bytes.
pub fn restore(page: &mut Page, bytes: Uint8Array, callback: Callback) {
    match checkpoint_run(page, bytes) {
        Ok(run) => {
            let run = Box::new(run);
            page.ask(Ask::Load { run, then_run: false }, Some(callback));
        }
        Err(refusal) => callback(Err(refusal)),
    }
}

fn checkpoint_run(page: &Page, bytes: Uint8Array) -> Result<Run<Uint8Array>, Refusal> {
    let file_bytes = bytes.length() as usize;
    let start = PREFIX_BYTES as u32;
    let header_length = header_bytes(&bytes.slice(0, start).to_vec(), file_bytes)?;
    let header = bytes.slice(start, start + header_length as u32).to_vec();
    let header = read_header(&header, file_bytes - PREFIX_BYTES - header_length)?;
    let preset = settings::closest_preset(&header.spec, &page.supervisor.run().preset);
    let checkpoint = Some((header.step, bytes));
    let run = Run { preset, spec: header.spec, files: Vec::new(), checkpoint };
    settings::with_files(run, &page.files)
}

/// Does what a new address says.
pub fn follow_address(hash: &str) {
    let (address, refusals) = Address::parse(hash);
    let (run, refusal) = address.run();
    let refusals: Vec<_> = refusals.into_iter().chain(refusal).collect();
    let tell = move |page: &mut Page| {
        for refusal in refusals {
            page.notify(AT_RUN, Notice::AddressRefused(refusal));
        }
    };
    with(|page| {
        page.language.clone_from(&address.language);
        page.autostart = address.autostart;
        if address.backend != page.supervisor.preference() {
            page.prefer(address.backend);
        }
        let then_run = address.autostart || page.supervisor.wants_running();
        if run.spec != page.supervisor.run().spec {
            // Told before, they would go with the run that is replaced.
            let callback = move |result: Result<_, Refusal>| {
                with(|page| {
                    page.tell(AT_RUN, result.map(drop));
                    tell(page);
                });
            };
            let run = Box::new(run);
            return page.ask(Ask::Load { run, then_run }, Some(Box::new(callback)));
        }
        tell(page);
        if address.autostart {
            page.ask(Ask::Start, None);
        }
    });
    if let Some(language) = address.language {
        crate::view::words::choose_language(&language);
    }
}

/// Puts the page's link on the clipboard.
pub async fn copy_link() {
    let notice = if copied(&href()).await { Notice::LinkCopied } else { Notice::LinkNotCopied };
    with(|page| page.notify(AT_FILES, notice));
}

impl Page {
    fn load_spec(&mut self, place: Place, preset: String, spec: RunSpec) {
        let run = Run { preset, spec, files: Vec::new(), checkpoint: None };
        self.load_checked(
            place,
            match run.spec.validate() {
                Ok(()) => settings::with_files(run, &self.files),
                Err(error) => Err(error.into()),
            },
        );
    }

    fn load_checked(&mut self, place: Place, run: Result<Run<Uint8Array>, Refusal>) {
        match run {
            Ok(run) => {
                let then_run = self.supervisor.wants_running();
                self.ask_at(place, Ask::Load { run: Box::new(run), then_run });
            }
            Err(refusal) => self.tell(place, Err(refusal)),
        }
    }

    /// As [`Self::tell`], with something to say of what was done, too.
    fn tell_done(&mut self, place: Place, result: Result<Notice, Refusal>) {
        let (done, result) = match result {
            Ok(notice) => (Some(notice), Ok(())),
            Err(refusal) => (None, Err(refusal)),
        };
        self.tell(place, result);
        if let Some(notice) = done {
            self.notify(place, notice);
        }
    }
}
