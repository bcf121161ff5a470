//! Converts requests of the user and of scripts to the supervisor's form.

use gan_protocol::{DEFAULT_PRESET, DataSource, POINTS_PRESET, RunSpec, Tuning, preset};
use js_sys::Uint8Array;
use serde_json::Value;

use crate::effects::files;
use crate::effects::page::{Callback, Page, with};
use crate::model::address::Address;
use crate::model::checkpoint_file::{PREFIX_BYTES, header_bytes, is_own_header, read_header};
use crate::model::notice::{AT_FILES, AT_RUN, Notice, Place};
use crate::model::refusal::Refusal;
use crate::model::settings;
use crate::model::supervisor::{Ask, NamedFile, Outcome, Run};

/// Sends a request whose refusal is shown beside the toolbar.
pub fn ask(ask: Ask<Uint8Array>) {
    with(|page| page.ask(ask, None));
}

/// Loads the argument of `load(…)` in the page's interface for scripts, or of `begin(…)` with the
/// checkpoint whose nets the run begins with.
pub fn load_value(page: &mut Page, value: &Value, initial: Option<Uint8Array>, callback: Callback) {
    let current = page.supervisor.run().preset.clone();
    let run = settings::resolved(value, &current).and_then(|run| page.with_files(run));
    match run {
        Ok(run) if initial.is_some() && run.spec.initial.is_none() => {
            callback(Err(Refusal::usage("begin takes a spec with `initial`")));
        }
        Ok(run) => page.load(Run { initial, ..run }, false, callback),
        Err(refusal) => callback(Err(refusal)),
    }
}

/// Changes settings that restart the run; it trains on if it was training.
pub fn change_run(place: Place, change: impl FnOnce(&mut RunSpec)) {
    with(|page| {
        let run = page.supervisor.run();
        let mut spec = run.spec.clone();
        let preset = run.preset.clone();
        change(&mut spec);
        page.load_spec(place, preset, spec);
    });
}

/// Loads a preset; the user's image data stay chosen.
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

/// Trains on `source`, with other nets if the present ones are for points and the data are images,
/// or the other way round.
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

/// Changes settings during the run.
pub fn tune(place: Place, tuning: Tuning) {
    with(|page| page.ask_at(place, Ask::Tune(tuning)));
}

/// Changes settings during the run, and trains on if they are accepted.
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

/// Opens files that the user chose or dropped at `place`: one checkpoint, or data to train on,
/// which the lab, if it is loaded, reads and shows. A file's content decides, not its name.
pub async fn open_files(place: Place, list: web_sys::FileList) {
    let read = files::read_all(&list).await;
    let mut files = match read {
        Ok(files) if files.is_empty() => return,
        Ok(files) => files,
        Err(message) => {
            return with(|page| page.tell(place, Err(Refusal::file(message))));
        }
    };
    match files.iter().position(is_checkpoint) {
        Some(number) => {
            let checkpoint = files.remove(number);
            let others = with(|page| open_checkpoint(page, place, checkpoint, files));
            if !others.is_empty() {
                offer_data(place, others);
            }
        }
        None => offer_data(place, files),
    }
}

/// Offers data to the lab, which returns them as IDX files. If nobody takes them, trains on them
/// unchanged, or continues the run that waits for files. If that run waits for CIFAR's own files,
/// the lab is not asked.
fn offer_data(place: Place, files: Vec<NamedFile<Uint8Array>>) {
    let waits_for_cifar = |page: &mut Page| {
        let waiting = page.waiting();
        waiting.is_some_and(|(run, _)| run.spec.data.source == DataSource::CifarFiles)
    };
    if with(waits_for_cifar) || !files::offered(&files) {
        with(|page| {
            if let Some(files) = page.go_on_with(place, files) {
                open_data(page, place, files);
            }
        });
    }
}

/// Whether a file is a checkpoint of this program, or could be a damaged one.
fn is_checkpoint(file: &NamedFile<Uint8Array>) -> bool {
    let bytes = &file.bytes;
    let start = PREFIX_BYTES as u32;
    match header_bytes(&bytes.slice(0, start).to_vec(), bytes.length() as usize) {
        Ok(length) => is_own_header(&bytes.slice(start, start + length as u32).to_vec()),
        Err(_) => file.name.ends_with(".safetensors"),
    }
}

/// Trains on IDX or CIFAR-10 files. The page keeps them once the worker has accepted them.
fn open_data(page: &mut Page, place: Place, files: Vec<NamedFile<Uint8Array>>) {
    let run = page.supervisor.run();
    let (mut preset, mut spec) = (run.preset.clone(), run.spec.clone());
    if spec.data.points.is_some() {
        let fitting = settings::default_run::<Uint8Array>();
        (preset, spec) = (fitting.preset, fitting.spec);
    }
    let starts = files.iter().map(|file| [0, 1, 2].map(|at| file.bytes.get_index(at)));
    spec.data.source = settings::source_of(starts);
    let then_run = page.supervisor.wants_running();
    page.open_run(place, Run { files, ..Run::new(preset, spec) }, String::new(), then_run);
}

/// Continues from a checkpoint that was chosen or dropped at `place`. If `others` came with it, the
/// run waits for them: they are returned and must still be read.
fn open_checkpoint(
    page: &mut Page,
    place: Place,
    file: NamedFile<Uint8Array>,
    others: Vec<NamedFile<Uint8Array>>,
) -> Vec<NamedFile<Uint8Array>> {
    let name = file.name;
    let came_with_others = !others.is_empty();
    match checkpoint_run(page, file.bytes, others) {
        Ok((mut run, files)) if settings::lacks_files(&run) || came_with_others => {
            let others = std::mem::take(&mut run.files);
            let checkpoint = Some((name.clone(), run.checkpoint_step().unwrap_or(0), files));
            page.wait_for_files(place, run, name, Notice::FilesWanted { checkpoint });
            others
        }
        Ok((run, _)) => {
            page.open_run(place, run, name, false);
            Vec::new()
        }
        Err(refusal) => {
            let message = format!("{name}: {}", refusal.message);
            page.tell(place, Err(Refusal { message, ..refusal }));
            Vec::new()
        }
    }
}

/// Continues from a checkpoint's bytes, on `files` if there are any.
pub fn restore(
    page: &mut Page,
    bytes: Uint8Array,
    files: Vec<NamedFile<Uint8Array>>,
    callback: Callback,
) {
    let run =
        checkpoint_run(page, bytes, files).and_then(|(run, _)| settings::with_files(run, &[]));
    match run {
        Ok(run) => page.load(run, false, callback),
        Err(refusal) => callback(Err(refusal)),
    }
}

/// The run in a checkpoint, on `others` or else on the user's current files; and the names of the
/// files that it learned from.
fn checkpoint_run(
    page: &Page,
    bytes: Uint8Array,
    others: Vec<NamedFile<Uint8Array>>,
) -> Result<(Run<Uint8Array>, Vec<String>), Refusal> {
    let file_bytes = bytes.length() as usize;
    let start = PREFIX_BYTES as u32;
    let header_length = header_bytes(&bytes.slice(0, start).to_vec(), file_bytes)?;
    let header = bytes.slice(start, start + header_length as u32).to_vec();
    let header = read_header(&header, file_bytes - PREFIX_BYTES - header_length)?;
    let preset = settings::closest_preset(&header.spec, &page.supervisor.run().preset);
    let checkpoint = Some((header.step, bytes));
    let mut run = Run { files: others, checkpoint, ..Run::new(preset, header.spec) };
    if !run.files.is_empty() && !run.spec.data.source.is_users_files() {
        // Files opened together with the checkpoint are its data; the session reports if they
        // differ from its former ones.
        run.spec.data.source = DataSource::IdxFiles;
    }
    if settings::lacks_files(&run) {
        run.files = page.files_for(&run);
    }
    Ok((run, header.files))
}

/// Loads the run of a new address.
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
        let mut run = run;
        if settings::lacks_files(&run) {
            run.files = page.files_for(&run);
        }
        page.language.clone_from(&address.language);
        page.autostart = address.autostart;
        if address.backend != page.supervisor.preference() {
            page.prefer(address.backend);
        }
        let then_run = address.autostart || page.supervisor.wants_running();
        if settings::lacks_files(&run) {
            page.wait_for_own_files(run);
            return tell(page);
        }
        if run.spec != page.supervisor.run().spec && !address.is_for_lab() {
            // Shown after the load, since notices disappear with the replaced run.
            let callback = move |result: Result<_, Refusal>| {
                with(|page| {
                    page.tell(AT_RUN, result.map(drop));
                    tell(page);
                });
            };
            return page.load(run, then_run, Box::new(callback));
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

impl Page {
    /// Loads a run. Its files become the user's current files, once the worker has accepted them.
    fn load(&mut self, run: Run<Uint8Array>, then_run: bool, callback: Callback) {
        let (files, kind) = (run.files.clone(), Some(run.spec.data.source));
        let callback = move |result: Result<_, _>| {
            if result.is_ok() && !files.is_empty() {
                with(|page| (page.files, page.files_kind) = (files, kind));
            }
            callback(result);
        };
        self.ask(Ask::Load { run: Box::new(run), then_run }, Some(Box::new(callback)));
    }

    /// Loads a run that the user opens at `place`: from the checkpoint named `name`, if it has one.
    fn open_run(&mut self, place: Place, run: Run<Uint8Array>, name: String, then_run: bool) {
        let step = run.checkpoint_step();
        let callback = move |result: Result<_, Refusal>| {
            with(|page| match step {
                Some(step) => page.tell_done(place, result.map(|_| Notice::Opened { name, step })),
                None => page.tell(place, result.map(drop)),
            });
        };
        self.load(run, then_run, Box::new(callback));
    }

    /// Continues the run that waits for `files`; returns them if no run waits.
    pub fn go_on_with(
        &mut self,
        place: Place,
        files: Vec<NamedFile<Uint8Array>>,
    ) -> Option<Vec<NamedFile<Uint8Array>>> {
        let Some((run, name)) = self.waiting() else { return Some(files) };
        let then_run = run.checkpoint.is_none() && self.autostart;
        self.open_run(place, Run { files, ..run }, name, then_run);
        None
    }

    /// Shows that the run of a link or of a preset lacks its files.
    pub fn wait_for_own_files(&mut self, run: Run<Uint8Array>) {
        let notice = Notice::FilesWanted { checkpoint: None };
        self.wait_for_files(AT_RUN, run, String::new(), notice);
    }

    fn load_spec(&mut self, place: Place, preset: String, spec: RunSpec) {
        let run = Run::new(preset, spec);
        if let Err(error) = run.spec.validate() {
            return self.tell(place, Err(error.into()));
        }
        match self.with_files(run.clone()) {
            Ok(run) => {
                let then_run = self.supervisor.wants_running();
                let callback = move |result: Result<Outcome<_>, Refusal>| {
                    with(|page| page.tell(place, result.map(drop)));
                };
                self.load(run, then_run, Box::new(callback));
            }
            Err(_) => self.wait_for_own_files(run),
        }
    }

    /// The user's files, unless a run learned from them that takes files of another kind than `run`.
    fn files_for(&self, run: &Run<Uint8Array>) -> Vec<NamedFile<Uint8Array>> {
        let fit = self.files_kind.is_none_or(|kind| kind == run.spec.data.source);
        if fit { self.files.clone() } else { Vec::new() }
    }

    /// `run` with the user's files, if it needs them.
    ///
    /// # Errors
    /// If it needs files, and there are none of their kind.
    fn with_files(&self, run: Run<Uint8Array>) -> Result<Run<Uint8Array>, Refusal> {
        let files = self.files_for(&run);
        settings::with_files(run, &files)
    }

    /// As [`Self::tell`], with a notice for success, too.
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
