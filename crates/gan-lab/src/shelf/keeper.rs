//! Decides when the run on the page is kept, and under which id.

use gan_protocol::{DataSource, HEADER_KEY, Named as _, preset};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::before::FIRST_STEP;
use crate::settings::{data_name, preset_name};

/// Time between two savings of a run that trains.
const SAVE_EVERY_MS: f64 = 45_000.0;

/// The description of a kept run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(super) id: String,
    /// The user's own name for it; empty if there is none.
    #[serde(default)]
    pub(super) name: String,
    /// Whether it is never removed to make room for others.
    #[serde(default)]
    pub(super) pinned: bool,
    /// The preset from which it was made.
    pub(super) preset: String,
    /// Its data, by the name in a spec.
    pub(super) dataset: String,
    pub(super) step: u64,
    /// Milliseconds since 1970.
    pub(super) saved_ms: f64,
    /// Size of its checkpoint, in bytes.
    pub(super) bytes: u64,
    /// Samples, as a `data:` address.
    pub(super) picture: String,
    /// The id of the user's files that are kept for it; runs on the same data share them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) data: Option<String>,
    /// Size of those files, in bytes.
    #[serde(default)]
    pub(super) file_bytes: u64,
}

impl Kept {
    /// Its name if the user has given none: those of its data and of its preset. A run on points has
    /// other nets than a preset of images, and the other way round: then only that of its data.
    pub(super) fn usual_name(&self) -> String {
        let data = data_name(&self.dataset);
        let on_points = |source| source == DataSource::Points;
        let of_preset = preset(&self.preset).map(|of| on_points(of.spec.data.source));
        let of_data = DataSource::named(&self.dataset).map(on_points);
        if of_preset.is_some() && of_preset == of_data {
            format!("{data} · {}", preset_name(&self.preset))
        } else {
            data
        }
    }
}

/// The facts in a checkpoint's header. The run itself may be further by the time its checkpoint
/// arrives.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Stored {
    /// Generator steps done.
    pub(super) step: u64,
    /// The digest of the data that it learned from.
    pub(super) digest: Option<String>,
}

impl Stored {
    /// Reads the header; `None` if the bytes are not a checkpoint.
    pub(super) fn of(checkpoint: &[u8]) -> Option<Self> {
        let (length, rest) = checkpoint.split_first_chunk::<8>()?;
        let header = rest.get(..usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
        let header: Value = serde_json::from_slice(header).ok()?;
        let ours: Value =
            serde_json::from_str(header["__metadata__"][HEADER_KEY].as_str()?).ok()?;
        let digest = ours["data"]["digest"].as_str().map(str::to_string);
        Some(Self { step: ours["step"].as_u64()?, digest })
    }
}

/// Decides when the run on the page is kept, and under which id.
#[derive(Clone, Debug, Default)]
pub(super) struct Keeper {
    /// Its number among the page's runs.
    number: u32,
    /// The id of the run on the page, once it has one.
    id: Option<String>,
    /// The last step that was kept, or whose keeping was tried.
    saved_step: u64,
    /// The time of that, or the time at which the run was first seen to train.
    saved_ms: f64,
}

impl Keeper {
    /// Reads the run with this `number`, at `step`. Returns whether it must be kept now.
    pub(super) fn is_due(&mut self, number: u32, step: u64, runs: bool, now_ms: f64) -> bool {
        self.look_at(number);
        if self.saved_ms == 0.0 && step > 0 {
            self.saved_ms = now_ms;
        }
        self.is_new(step) && (!runs || now_ms - self.saved_ms >= SAVE_EVERY_MS)
    }

    /// Whether steps would be lost if the page closed now.
    pub(super) fn is_at_risk(&mut self, number: u32, step: u64) -> bool {
        self.look_at(number);
        self.is_new(step)
    }

    fn look_at(&mut self, number: u32) {
        if number != self.number {
            // The last saving of the previous run stays in the list.
            *self = Self { number, ..Self::default() };
        }
    }

    fn is_new(&self, step: u64) -> bool {
        step >= FIRST_STEP && step > self.saved_step
    }

    /// Records that the run is being kept at `step`; returns its id, which is `fresh` if it has
    /// none yet.
    pub(super) fn begin(&mut self, step: u64, now_ms: f64, fresh: String) -> String {
        self.saved_step = step;
        self.saved_ms = now_ms;
        self.id.get_or_insert(fresh).clone()
    }

    /// The run on the page is the kept one with this `id`, as it was at `step`.
    pub(super) fn opened(&mut self, number: u32, id: String, step: u64, now_ms: f64) {
        *self = Self { number, id: Some(id), saved_step: step, saved_ms: now_ms };
    }

    /// Whether the keeper's run has this `number`.
    pub(super) fn is_at(&self, number: u32) -> bool {
        self.number == number
    }

    /// The id under which the run on the page is kept.
    pub(super) fn id(&self) -> Option<String> {
        self.id.clone()
    }

    /// Whether the run on the page is kept under this id.
    pub(super) fn is_of(&self, id: &str) -> bool {
        self.id.as_deref() == Some(id)
    }

    /// The run with this id was deleted; if it is on the page, it gets a new id.
    pub(super) fn forget(&mut self, id: &str) {
        if self.is_of(id) {
            self.id = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_named_by_its_data_and_by_the_nets_of_its_preset() {
        let named = |preset: &str, dataset: &str| {
            let (preset, dataset) = (preset.to_string(), dataset.to_string());
            Kept { preset, dataset, ..Kept::default() }.usual_name()
        };
        assert_eq!(named("mnist-mlp", "mnist"), "MNIST · Fully connected (MLP)");
        assert_eq!(named("mnist-mlp", "points"), "Points of the plane");
        assert_eq!(named("gone", "idx_files"), "Own data files");
    }

    fn name(keeper: &mut Keeper, step: u64, now_ms: f64, fresh: &str) -> String {
        keeper.begin(step, now_ms, fresh.to_string())
    }

    #[test]
    fn a_run_is_kept_now_and_then_and_when_it_stops() {
        let mut keeper = Keeper::default();
        assert!(!keeper.is_due(0, 5, true, 1_000.0));
        assert!(!keeper.is_due(0, 500, true, 30_000.0));
        assert!(keeper.is_due(0, 900, true, 47_000.0));
        assert_eq!(name(&mut keeper, 900, 47_000.0, "a"), "a");
        assert!(!keeper.is_due(0, 1_000, true, 48_000.0));
        assert!(keeper.is_due(0, 1_001, false, 49_000.0));
        assert_eq!(name(&mut keeper, 1_001, 49_000.0, "b"), "a");
        // The run rests: nothing is new.
        assert!(!keeper.is_due(0, 1_001, false, 200_000.0));
    }

    #[test]
    fn a_run_that_goes_on_is_at_risk_between_two_savings() {
        let mut keeper = Keeper::default();
        assert!(!keeper.is_at_risk(0, 19) && keeper.is_at_risk(0, 500));
        name(&mut keeper, 500, 1_000.0, "a");
        assert!(!keeper.is_at_risk(0, 500) && keeper.is_at_risk(0, 501));
    }

    #[test]
    fn another_run_is_another_however_far_it_has_got() {
        let mut keeper = Keeper::default();
        assert!(keeper.is_due(0, 100, false, 1_000.0));
        name(&mut keeper, 100, 1_000.0, "a");
        assert!(!keeper.is_due(1, 0, false, 2_000.0));
        assert!(keeper.is_due(1, 30, false, 3_000.0));
        assert_eq!(name(&mut keeper, 30, 3_000.0, "b"), "b");
        assert!(keeper.is_due(2, 150, false, 4_000.0));
        assert_eq!(name(&mut keeper, 150, 4_000.0, "c"), "c");
    }

    #[test]
    fn a_run_that_goes_back_to_its_last_checkpoint_is_the_same() {
        let mut keeper = Keeper::default();
        assert!(keeper.is_due(0, 100, false, 1_000.0));
        name(&mut keeper, 100, 1_000.0, "a");
        assert!(!keeper.is_due(0, 60, false, 2_000.0));
        assert!(keeper.is_due(0, 110, false, 3_000.0));
        assert_eq!(name(&mut keeper, 110, 3_000.0, "b"), "a");
    }

    #[test]
    fn a_kept_run_that_goes_on_keeps_its_place() {
        let mut keeper = Keeper::default();
        keeper.opened(3, "a".to_string(), 400, 1_000.0);
        assert!(keeper.is_of("a") && !keeper.is_due(3, 400, false, 2_000.0));
        assert!(keeper.is_due(3, 450, false, 3_000.0));
        assert_eq!(name(&mut keeper, 450, 3_000.0, "b"), "a");
        keeper.forget("a");
        assert_eq!(name(&mut keeper, 460, 3_000.0, "b"), "b");
    }

    #[test]
    fn the_step_is_the_checkpoints_own() {
        let file = |ours: &str| {
            let metadata = serde_json::json!({"__metadata__": {"gan_playground": ours}});
            let header = metadata.to_string();
            let mut file = (header.len() as u64).to_le_bytes().to_vec();
            file.extend_from_slice(header.as_bytes());
            file.extend_from_slice(&[0; 16]);
            file
        };
        let old = file(r#"{"step": 1234, "format": "x"}"#);
        assert_eq!(Stored::of(&old), Some(Stored { step: 1_234, digest: None }));
        let new = file(r#"{"step": 7, "data": {"source": "idx_files", "digest": "0f"}}"#);
        assert_eq!(Stored::of(&new), Some(Stored { step: 7, digest: Some("0f".to_string()) }));
        assert_eq!(Stored::of(&old[..20]), None);
        assert_eq!(Stored::of(&[255; 16]), None);
    }

    #[test]
    fn what_was_kept_before_there_were_names_is_read() {
        let old = r#"[{"id": "a", "preset": "ring", "dataset": "points", "step": 60, "saved_ms": 1,
            "bytes": 2, "picture": ""}]"#;
        let list: Vec<Kept> = serde_json::from_str(old).expect("a list");
        assert_eq!((list[0].name.as_str(), list[0].pinned), ("", false));
        assert_eq!(list[0].usual_name(), "Points of the plane · Ring of eight: learned");
    }
}
