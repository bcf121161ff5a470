//! Loads a new run in place of the current one. A refused spec, checkpoint or data set leaves the
//! current run as it is.

use gan_core::{Classifier, Snapshot, Trainer};
use gan_protocol::{Event, Fault, FrameKind, Reply, RunSpec, Supply, digest};
use gan_random::Purpose;

use super::{Attached, Session, fault, progress};
use crate::data::{DataLoader, LoadedData, SecondSpec};
use crate::run::{Goal, Run};

/// Where a new run begins.
enum Start {
    /// With nets that are drawn.
    Anew,
    /// At step 0, with nets of another run ([`InitialSpec`](gan_protocol::InitialSpec)).
    WithNetsOf(Snapshot),
    /// At the step of its own checkpoint.
    At(Snapshot),
}

impl Start {
    /// Without a checkpoint.
    fn new(spec: &RunSpec) -> Result<Self, Fault> {
        match &spec.initial {
            None => Ok(Self::Anew),
            Some(initial) => Err(Fault::Spec {
                path: "initial.checkpoint".to_owned(),
                message: format!(
                    "is {}; that checkpoint has to come with the run",
                    initial.checkpoint
                ),
            }),
        }
    }

    /// With the checkpoint of these bytes: the one that the run begins with, or one of its own.
    fn of(spec: &RunSpec, bytes: &[u8]) -> Result<Self, Fault> {
        let snapshot = Snapshot::from_bytes(bytes).map_err(fault)?;
        let Some(initial) = &spec.initial else { return Ok(Self::At(snapshot)) };
        let found = digest(bytes);
        if found == initial.checkpoint {
            return Ok(Self::WithNetsOf(snapshot));
        }
        if snapshot.header.spec.initial.as_ref() == Some(initial) {
            return Ok(Self::At(snapshot));
        }
        Err(Fault::Spec {
            path: "initial.checkpoint".to_owned(),
            message: format!("is {}; the checkpoint that came is {found}", initial.checkpoint),
        })
    }

    /// The run's own checkpoint.
    fn resumed(self) -> Option<Snapshot> {
        match self {
            Self::At(snapshot) => Some(snapshot),
            Self::Anew | Self::WithNetsOf(_) => None,
        }
    }
}

impl<L: DataLoader> Session<L> {
    pub(super) async fn load(
        &mut self,
        spec: RunSpec,
        checkpoint: bool,
        names: Vec<String>,
        attachments: Vec<Vec<u8>>,
    ) -> Result<Attached, Fault> {
        spec.validate()?;
        let mut attachments = attachments.into_iter();
        let start = if checkpoint {
            let bytes = attachments.next().unwrap_or_default();
            Start::of(&spec, &bytes)?
        } else {
            Start::new(&spec)?
        };
        let files: Vec<(String, Vec<u8>)> = names.into_iter().zip(attachments).collect();
        let data = self.data_before(&spec, &files).await?;
        let trainer = match &start {
            Start::Anew => Trainer::new(&spec, &self.device),
            Start::WithNetsOf(snapshot) => Trainer::begun_from(snapshot, &spec, &self.device),
            Start::At(snapshot) => Trainer::restore(snapshot, &spec, &self.device),
        }
        .map_err(fault)?;
        let trainer = trainer.with_classifier(self.classifier_for(&spec).await?);
        // From here on nothing is refused: the old run ends, and its waiting request is settled.
        let kept = self.stop_old_run(&spec, &files);
        if !files.is_empty() {
            self.files = files;
        }
        let mut run = Run::new(trainer, (self.clock)());
        run.last_good = start.resumed();
        self.run = Some(run);
        self.tell_state();
        // Data at hand come before the first picture: a plane without real points has another
        // scale, and no real points to judge beside the generated ones.
        let at_hand = data.or(kept);
        let is_missing = at_hand.is_none();
        if let Some(data) = at_hand {
            self.give_data(data);
        }
        let (kind, purpose, seed) = self.current().next_sheet();
        self.draw_sheet(kind, purpose, seed).await.map_err(fault)?;
        if is_missing {
            let (data, missing) = self.fetched(&spec, &self.files).await?;
            self.give_data(data);
            if let Some(message) = missing {
                self.tell(Event::Fault(Fault::DataMissing { message }));
            }
            if spec.picture().is_some() {
                // Without data there was nothing to give the generator.
                let (kind, purpose) = (FrameKind::Fixed, Purpose::FixedLatents);
                self.draw_sheet(kind, purpose, 0).await.map_err(fault)?;
            }
        }
        let (kind, purpose, seed) = self.current().fresh_sheet();
        self.draw_sheet(kind, purpose, seed).await.map_err(fault)?;
        self.tell_state();
        let reply = match self.current().other_data() {
            Some((before, now)) => Reply::OtherData { before, now },
            None => Reply::Done,
        };
        Ok((reply, Vec::new()))
    }

    /// The classifier of digits, if a run by `spec` needs it.
    async fn classifier_for(&self, spec: &RunSpec) -> Result<Option<Classifier>, Fault> {
        if !spec.needs_classifier() {
            return Ok(None);
        }
        let bytes = self.loader.classifier().await;
        let bytes = bytes.map_err(|message| Fault::File { message })?;
        Ok(Some(Classifier::from_safetensors(&bytes, &self.device).map_err(fault)?))
    }

    /// Gives `data` to the current run.
    fn give_data(&mut self, data: LoadedData) {
        self.tell(Event::Data { source: data.origin.source, samples: data.origin.samples });
        self.current().data = Some(data);
    }

    /// The data of a new run, if they are at hand or could be refused. `None` if the current run
    /// has them, or if drawn digits can stand in for them: these are loaded while the first sheet
    /// is shown.
    async fn data_before(
        &self,
        spec: &RunSpec,
        files: &[(String, Vec<u8>)],
    ) -> Result<Option<LoadedData>, Fault> {
        if let Some(kept) = self.run.as_ref().and_then(|run| kept_data(run, spec, files)) {
            kept.check_labels(spec)?;
            return Ok(None);
        }
        let chosen = if files.is_empty() { &self.files } else { files };
        if let Some(data) = LoadedData::at_hand(spec, chosen, false)? {
            return Ok(Some(data));
        }
        if LoadedData::at_hand(spec, chosen, true)?.is_some() {
            return Ok(None);
        }
        Ok(Some(self.fetched(spec, chosen).await?.0))
    }

    /// The data of a run, some of which need the loader.
    async fn fetched(
        &self,
        spec: &RunSpec,
        files: &[(String, Vec<u8>)],
    ) -> Result<(LoadedData, Option<String>), Fault> {
        let sink = &self.sink;
        let report = |done, total| sink(progress("data", done, total));
        let loaded = LoadedData::load(spec, files, &self.loader, &report).await;
        report(1.0, Some(1.0));
        loaded
    }

    /// Ends the current run. Returns its data if the new run uses the same.
    fn stop_old_run(&mut self, spec: &RunSpec, files: &[(String, Vec<u8>)]) -> Option<LoadedData> {
        let old = self.run.take()?;
        if let Goal::Steps { request, .. } = old.goal {
            let message = "another run was loaded before the steps were done".to_owned();
            self.settle(request, Err(Fault::State { message }));
        }
        if kept_data(&old, spec, files).is_some() { old.data } else { None }
    }
}

/// How many labelled samples of each class a run asks for, and the seed, where it chooses among the samples.
fn few_of(spec: &RunSpec) -> (Option<usize>, Option<u64>) {
    let labelled = spec.semi_supervised.map(|it| it.labelled);
    let second = spec.translation.as_ref().and_then(|it| it.from.per_class);
    let chooses = labelled.is_some() || spec.data.per_class.or(second).is_some();
    (labelled, chooses.then_some(spec.seed))
}

/// The data of `run`, if a run by `spec` with `files` uses the same data and they took a while to
/// load.
fn kept_data<'a>(
    run: &'a Run,
    spec: &RunSpec,
    files: &[(String, Vec<u8>)],
) -> Option<&'a LoadedData> {
    let data = run.data.as_ref()?;
    let source = data.origin.source;
    let old = run.trainer.spec();
    let same = old.data == spec.data && source == spec.data.source;
    let same = same && SecondSpec::of(old) == SecondSpec::of(spec);
    let same = same && few_of(old) == few_of(spec);
    let is_loaded = match source.facts().supply {
        Supply::Fetched => true,
        Supply::UsersFiles => files.is_empty(),
        Supply::Made => false,
    };
    (same && is_loaded).then_some(data)
}
