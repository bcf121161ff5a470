//! One training step in detail: its numbers and samples, and those shown at each moment.

use gan_protocol::Dissection;

use super::moments::Moment;
use crate::copy::Shown;
use crate::images::verdict_text;
use crate::observation::{self, Run};
use crate::words::key;

/// A training step in detail.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    pub(super) run: Run,
    pub(super) dissection: Dissection,
    /// The bytes of its first reals.
    pub(super) reals: Vec<u8>,
    /// The bytes of its first fakes.
    pub(super) fakes: Vec<u8>,
    /// The bytes of the updated generator's samples from the same latents.
    pub(super) new_fakes: Vec<u8>,
}

/// Samples of one kind with their verdicts.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Kind {
    /// The key of the kind's name.
    pub(super) name: &'static str,
    /// The kind's class in the style sheet.
    pub(super) class: &'static str,
    pub(super) bytes: Vec<u8>,
    pub(super) notes: Vec<String>,
}

impl Step {
    /// The step that a copy of the page's run has reported.
    pub(super) fn of(shown: Shown<Dissection>) -> Self {
        let mut samples = shown.samples.into_iter();
        let mut next = || samples.next().unwrap_or_default();
        let (reals, fakes, new_fakes) = (next(), next(), next());
        Self { run: observation::run(), dissection: shown.found, reals, fakes, new_fakes }
    }

    /// The samples shown at a moment; `None` for its latents.
    pub(super) fn kinds(&self, moment: Moment) -> Option<Vec<Kind>> {
        let of = &self.dissection;
        let kind = |name: &'static str, class: &'static str, bytes: &[u8], outputs: &[f32]| {
            let notes = outputs.iter().map(|output| verdict_text(&self.run, *output)).collect();
            Kind { name, class, bytes: bytes.to_vec(), notes }
        };
        let fakes = |outputs: &[f32]| kind(key("scope-fakes"), "fake", &self.fakes, outputs);
        let reals = || kind(key("scope-reals"), "real", &self.reals, &of.on_reals.first);
        Some(match moment {
            Moment::Draw => return None,
            Moment::Generate => vec![fakes(&[])],
            Moment::JudgeReals => vec![reals()],
            Moment::JudgeFakes => vec![fakes(&of.on_fakes.first)],
            Moment::DiscriminatorLoss | Moment::DiscriminatorUpdate => {
                vec![reals(), fakes(&of.on_fakes.first)]
            }
            Moment::JudgeAgain => vec![fakes(&of.on_fakes_after.first)],
            Moment::GeneratorUpdate => vec![
                Kind { class: "left", ..fakes(&of.on_fakes_after.first) },
                kind(key("scope-new-fakes"), "fake", &self.new_fakes, &of.on_new_fakes.first),
            ],
        })
    }
}
