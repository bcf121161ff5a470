//! Progressive growing: nets that begin with small images and grow (Karras et al. 2017).

use serde::Serialize;

use crate::combination::first_set;
use crate::error::{SpecError, in_range};
use crate::layer::LayerSpec;
use crate::net::NetSpec;
use crate::read::reads_struct;
use crate::run::RunSpec;

/// When nets grow. The layers `grow` and `shrink` say where: each is a stage, the outermost the first. Training
/// begins before the first stage and stays there for `hold` steps. Then a stage is faded in over `fade` steps and
/// trained for `hold` further ones, and so on (Karras et al. 2017, section 2 and appendix A). While a stage is
/// faded in, real images lose the details that it adds in the same proportion. The optimisers' moments begin anew
/// with each stage, as in the authors' code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct GrowthSpec {
    /// Generator steps between two fadings, and before the first.
    pub hold: u64,
    /// Generator steps over which a stage is faded in.
    pub fade: u64,
}

impl GrowthSpec {
    pub(crate) fn validate(&self) -> Result<(), SpecError> {
        in_range("hold", self.hold, 1, 1_000_000)?;
        in_range("fade", self.fade, 0, 1_000_000)
    }

    /// The stage that is entered last in generator step `step`, from 1 on, and the step in which that began; 0
    /// and 0 before the first.
    fn entered(&self, step: u64, stages: usize) -> (u64, u64) {
        let period = self.hold + self.fade;
        let Some(since) = step.checked_sub(self.hold) else { return (0, 0) };
        let stage = (since / period + 1).min(stages as u64);
        match stage {
            0 => (0, 0),
            stage => (stage, self.hold + (stage - 1) * period),
        }
    }

    /// How far nets of so many `stages` have grown in generator step `step`, counted from 0: the number of stages
    /// that are there, and as a fraction the share of the one that is faded in.
    pub fn level(&self, step: u64, stages: usize) -> f32 {
        let (stage, began) = self.entered(step, stages);
        if stage == 0 {
            return 0.0;
        }
        let share = match self.fade {
            0 => 1.0,
            fade => ((step - began + 1) as f32 / fade as f32).min(1.0),
        };
        (stage - 1) as f32 + share
    }

    /// The generator step, up to `step`, in which the newest stage began to be faded in; 0 before the first.
    pub fn began(&self, step: u64, stages: usize) -> u64 {
        self.entered(step, stages).1
    }
}

impl NetSpec {
    /// The count of its stages: nested layers `grow` or `shrink`.
    ///
    /// # Errors
    /// The path of a stage that is not within the `layers` of the one before, or of a `shrink` that is not the
    /// first layer: it would not be given the sample.
    pub(crate) fn stages(&self) -> Result<usize, SpecError> {
        let mut count = 0;
        let (mut layers, mut path) = (&self.layers, String::from("layers"));
        loop {
            let is_stage = |layer: &LayerSpec| layer.stage().is_some();
            let found = layers.iter().position(is_stage);
            for (index, layer) in layers.iter().enumerate() {
                let at = format!("{path}[{index}]");
                let (own, other) = match (Some(index) == found, layer.stage()) {
                    (true, Some((_, early))) => (Some(early), None),
                    _ => (None, Some(std::slice::from_ref(layer))),
                };
                if let Some(inner) = own.and_then(|early| first_stage("early", early)) {
                    let message = "must stand among the `layers` of the stage before it";
                    return Err(SpecError::new(format!("{at}.{inner}"), message));
                }
                if other.is_some_and(|layer| first_stage("", layer).is_some()) {
                    let message = "holds a stage: one that grows stands outside of other blocks, \
                                   one beside another in its `layers`";
                    return Err(SpecError::new(at, message));
                }
            }
            let Some(index) = found else { return Ok(count) };
            if matches!(layers[index], LayerSpec::Shrink { .. }) && index > 0 {
                let message = "must be the first layer, so that it is given the sample";
                return Err(SpecError::new(format!("{path}[{index}]"), message));
            }
            count += 1;
            path = format!("{path}[{index}].layers");
            let Some((late, _)) = layers[index].stage() else { return Ok(count) };
            layers = late;
        }
    }

    /// The factors by which images are enlarged before each stage is there, the first stage's first.
    pub(crate) fn grow_scales(&self) -> Vec<usize> {
        let mut scales = Vec::new();
        let mut layers = Some(&self.layers);
        while let Some(here) = layers {
            layers = here.iter().find_map(|layer| match layer {
                LayerSpec::Grow { scale, layers, .. } => {
                    scales.push(*scale);
                    Some(layers)
                }
                _ => None,
            });
        }
        scales
    }

    /// The factors by which images are made smaller before each stage is there, the first stage's first.
    pub fn shrink_scales(&self) -> Vec<usize> {
        let mut scales = Vec::new();
        let mut layers = &self.layers;
        while let Some(LayerSpec::Shrink { scale, layers: late, .. }) = layers.first() {
            scales.push(*scale);
            layers = late;
        }
        scales
    }
}

/// The path of the first stage among `layers`, blocks included.
fn first_stage(name: &str, layers: &[LayerSpec]) -> Option<String> {
    layers.iter().enumerate().find_map(|(index, layer)| {
        let path = format!("{name}[{index}]");
        if layer.stage().is_some() {
            return Some(path);
        }
        let mut inside = layer.inside().into_iter();
        inside.find_map(|(name, layers)| first_stage(&format!("{path}.{name}"), layers))
    })
}

/// Both nets grow in the same stages, and nothing else in the run has a size.
pub(crate) fn validate(spec: &RunSpec) -> Result<(), SpecError> {
    let stages = |name: &str, net: &NetSpec| net.stages().map_err(|error| error.within(name));
    let (made, judged) =
        (stages("generator", &spec.generator)?, stages("discriminator", &spec.discriminator)?);
    let is_shrink = |layer: &LayerSpec| matches!(layer, LayerSpec::Shrink { .. });
    let is_grow = |layer: &LayerSpec| matches!(layer, LayerSpec::Grow { .. });
    let is_stage = |layer: &LayerSpec| is_shrink(layer) || is_grow(layer);
    let mut misplaced = vec![
        ("generator", spec.generator.find(is_shrink), "belongs into a discriminator"),
        ("discriminator", spec.discriminator.find(is_grow), "belongs into a generator"),
    ];
    let encoder = spec.encoder.as_ref().and_then(|encoder| encoder.net.find(is_stage));
    misplaced.push(("encoder.net", encoder, "belongs into the two other nets"));
    for (name, path, message) in misplaced {
        if let Some(path) = path {
            return Err(SpecError::new(format!("{name}.{path}"), message));
        }
    }
    if spec.growth.is_none() {
        let nets = [("generator", &spec.generator), ("discriminator", &spec.discriminator)];
        for (name, net) in nets {
            if let Some(path) = net.find(is_stage) {
                let message = "is a stage of growth, and the run has no `growth`";
                return Err(SpecError::new(format!("{name}.{path}"), message));
            }
        }
        return Ok(());
    }
    if made == 0 || made != judged {
        let message = format!(
            "has {made} stages in the generator and {judged} in the discriminator: both are to have as many"
        );
        return Err(SpecError::new("growth", message));
    }
    let (made, judged) = (spec.generator.grow_scales(), spec.discriminator.shrink_scales());
    if made != judged || !judged.is_sorted_by(|outer, inner| outer > inner) {
        let message = format!(
            "has stages that enlarge by {made:?} in the generator and make smaller by {judged:?} in the \
             discriminator: both are to be the same, and smaller from stage to stage"
        );
        return Err(SpecError::new("growth", message));
    }
    // Decay would drive the weights of stages that are not there yet to zero.
    let optimizers = [
        ("generator_optimizer.weight_decay", &spec.generator_optimizer),
        ("discriminator_optimizer.weight_decay", &spec.discriminator_optimizer),
    ];
    if let Some((name, _)) = optimizers.iter().find(|(_, optimizer)| optimizer.weight_decay > 0.0) {
        let message = "does not go with `growth`: weights that are not in use yet would decay";
        return Err(SpecError::new(*name, message));
    }
    let alone = [
        ("initial", spec.initial.is_some()),
        ("condition", spec.condition.is_some()),
        ("translation", spec.translation.is_some()),
        ("encoder", spec.encoder.is_some()),
        ("pretraining_steps", spec.pretraining_steps > 0),
        ("packing", spec.packing > 1),
    ];
    match first_set(&alone) {
        Some(name) => {
            let message = "does not go with `growth`, in which the sizes of images change";
            Err(SpecError::new(name, message))
        }
        None => Ok(()),
    }
}

reads_struct!(GrowthSpec { hold, fade = 0 });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_is_faded_in_and_held() {
        let growth = GrowthSpec { hold: 10, fade: 4 };
        let levels = [0, 9, 10, 11, 13, 14, 23, 24, 27, 28, 500].map(|step| growth.level(step, 2));
        assert_eq!(levels, [0.0, 0.0, 0.25, 0.5, 1.0, 1.0, 1.0, 1.25, 2.0, 2.0, 2.0]);
        let began = [0, 9, 10, 23, 24, 37, 38, 500].map(|step| growth.began(step, 2));
        assert_eq!(began, [0, 0, 10, 10, 24, 24, 24, 24]);
        let at_once = GrowthSpec { hold: 3, fade: 0 };
        assert_eq!([2, 3, 5, 6, 9].map(|step| at_once.level(step, 2)), [0.0, 1.0, 1.0, 2.0, 2.0]);
        assert_eq!(growth.level(100, 0), 0.0);
    }
}
