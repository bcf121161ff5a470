//! What a run asks of its sets of samples.

use gan_protocol::{DataSpec, Degradation, Fault, RunSpec};

/// What a run asks of one set.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) data: &'a DataSpec,
    /// Chooses samples where only a few of each class are wanted.
    pub(super) seed: u64,
    /// How many samples of each class are to be labelled.
    pub(super) labelled: Option<usize>,
}

impl<'a> Asked<'a> {
    pub(super) fn of(spec: &'a RunSpec) -> Self {
        let labelled = spec.semi_supervised.map(|it| it.labelled);
        Self { data: &spec.data, seed: spec.seed, labelled }
    }
}

/// What a run asks of its second set.
#[derive(PartialEq)]
pub(crate) struct SecondSpec {
    pub(super) data: DataSpec,
    pub(super) are_pairs: bool,
    /// The path of the setting that asks.
    pub(super) path: &'static str,
}

impl SecondSpec {
    /// That of a run by `spec`; `None` if the run has one set.
    pub(crate) fn of(spec: &RunSpec) -> Option<Self> {
        if let Some(translation) = &spec.translation {
            let data = translation.from.clone();
            return Some(Self { data, are_pairs: false, path: "translation.from" });
        }
        let Degradation::Paired { class } = spec.condition?.picture else { return None };
        let data = DataSpec { classes: vec![class], ..spec.data.clone() };
        Some(Self { data, are_pairs: true, path: "condition.picture" })
    }

    pub(super) fn asked(&self, seed: u64) -> Asked<'_> {
        Asked { data: &self.data, seed, labelled: None }
    }

    /// A set's outcome, with the faults of its settings under the path of the run's.
    pub(super) fn asks<T>(&self, outcome: Result<T, Fault>) -> Result<T, Fault> {
        outcome.map_err(|fault| match fault {
            Fault::Spec { path, message } => {
                let field = path.strip_prefix("data.").unwrap_or(&path);
                let field = if self.are_pairs && field == "classes" { "class" } else { field };
                Fault::Spec { path: format!("{}.{field}", self.path), message }
            }
            fault => fault,
        })
    }
}
