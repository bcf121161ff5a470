//! Loads a new run in place of the current one. A refused spec, checkpoint or data set leaves the
//! current run as it is.

use gan_core::{Snapshot, Trainer};
use gan_protocol::{Event, Fault, Reply, RunSpec, Supply};

use super::{Attached, Session, fault, progress};
use crate::data::{DataLoader, LoadedData};
use crate::run::{Goal, Run};

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
        let snapshot = if checkpoint {
            let bytes = attachments.next().unwrap_or_default();
            Some(Snapshot::from_bytes(&bytes).map_err(fault)?)
        } else {
            None
        };
        let files: Vec<(String, Vec<u8>)> = names.into_iter().zip(attachments).collect();
        let data = self.data_before(&spec, &files).await?;
        let trainer = match &snapshot {
            Some(snapshot) => Trainer::restore(snapshot, &spec, &self.device),
            None => Trainer::new(&spec, &self.device),
        }
        .map_err(fault)?;
        // From here on nothing is refused: the old run ends, and its waiting request is settled.
        let kept = self.stop_old_run(&spec, &files);
        if !files.is_empty() {
            self.files = files;
        }
        let mut run = Run::new(trainer, (self.clock)());
        run.last_good = snapshot;
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
            let (data, missing) = self.mnist(&spec).await?;
            self.give_data(data);
            if let Some(message) = missing {
                self.tell(Event::Fault(Fault::DataMissing { message }));
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
        let data = match LoadedData::at_hand(&spec.data, chosen)? {
            Some(data) => data,
            None => {
                if let Some(stand_in) = LoadedData::stand_in(&spec.data)? {
                    stand_in.check_labels(spec)?;
                    return Ok(None);
                }
                self.mnist(spec).await?.0
            }
        };
        data.check_labels(spec)?;
        Ok(Some(data))
    }

    async fn mnist(&self, spec: &RunSpec) -> Result<(LoadedData, Option<String>), Fault> {
        let sink = &self.sink;
        let report = |done, total| sink(progress("data", done, total));
        let loaded = LoadedData::mnist(&spec.data, &self.loader, &report).await;
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

/// The data of `run`, if a run by `spec` with `files` uses the same data and they took a while to
/// load.
fn kept_data<'a>(
    run: &'a Run,
    spec: &RunSpec,
    files: &[(String, Vec<u8>)],
) -> Option<&'a LoadedData> {
    let data = run.data.as_ref()?;
    let source = data.origin.source;
    let same = run.trainer.spec().data == spec.data && source == spec.data.source;
    let is_loaded = match source.facts().supply {
        Supply::Fetched => true,
        Supply::UsersFiles => files.is_empty(),
        Supply::Made => false,
    };
    (same && is_loaded).then_some(data)
}
