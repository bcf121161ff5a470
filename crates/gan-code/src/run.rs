//! Answers the questions about a run on which several blocks of a program must agree, such as the
//! arguments of its functions.

use gan_protocol::{LabelSpec, LayerSpec, Objective, RunSpec, Shape};

use crate::weights::Checkpoint;

/// A run, with the facts that its program's blocks share.
pub(crate) struct Run<'a> {
    pub(crate) spec: &'a RunSpec,
    /// Whether a residual block contains a layer that gets a class or a number: all blocks then
    /// pass these on.
    pub(crate) told_blocks: bool,
    /// The checkpoint from which the program continues; without it, the program starts anew.
    pub(crate) checkpoint: Option<Checkpoint<'a>>,
}

impl<'a> Run<'a> {
    pub(crate) fn new(spec: &'a RunSpec, checkpoint: Option<Checkpoint<'a>>) -> Self {
        let in_a_block = |layer: &LayerSpec| {
            let LayerSpec::Residual { layers, shortcut } = layer else { return false };
            is_told_any(layers) || is_told_any(shortcut)
        };
        let told_blocks =
            spec.generator.layers.iter().chain(&spec.discriminator.layers).any(in_a_block);
        Self { spec, told_blocks, checkpoint }
    }

    /// Whether `found` holds for a layer of either net and its input, residual blocks included.
    pub(crate) fn any(&self, mut found: impl FnMut(&LayerSpec, Shape) -> bool) -> bool {
        let spec = self.spec;
        let found: &mut dyn FnMut(&LayerSpec, Shape) -> bool = &mut found;
        any(&spec.generator.layers, spec.generator_input(), found)
            || any(&spec.discriminator.layers, spec.discriminator_input(), found)
    }

    /// Whether the run has labels, so that real samples come with their classes.
    pub(crate) fn told_classes(&self) -> bool {
        self.spec.labels.is_some()
    }

    /// Whether the discriminator gets the class.
    pub(crate) fn tells_discriminator(&self) -> bool {
        matches!(self.spec.labels, Some(LabelSpec::Conditional { .. }))
    }

    /// Whether the discriminator has more outputs than its verdict.
    pub(crate) fn has_tasks(&self) -> bool {
        self.spec.discriminator_outputs() > 1
    }

    /// The inputs of a net besides samples or latents: the class `y`, the number `k` of the
    /// generator.
    pub(crate) fn told(&self) -> Vec<&'static str> {
        let named = [("y", self.told_classes()), ("k", self.spec.mixture.is_some())];
        named.into_iter().filter(|(_, there)| *there).map(|(name, _)| name).collect()
    }

    /// `D(samples)`, with the class if the discriminator gets it.
    pub(crate) fn judged(&self, samples: &str) -> String {
        let told = if self.tells_discriminator() { ", y" } else { "" };
        format!("D({samples}{told})")
    }

    /// The arguments of losses besides samples: classes, codes, numbers of generators.
    fn targets(&self) -> Vec<&'static str> {
        let codes = self.spec.codes.is_some();
        let named = [("y", self.told_classes()), ("z", codes), ("k", self.spec.mixture.is_some())];
        named.into_iter().filter(|(_, there)| *there).map(|(name, _)| name).collect()
    }

    /// The discriminator as an argument, if the run has more than one (unrolling).
    fn judge(&self) -> Option<&'static str> {
        (self.spec.unrolled_steps > 0).then_some("D")
    }

    /// The arguments of the discriminator's loss; `samples` are the reals and fakes.
    pub(crate) fn discriminator_arguments(&self, samples: [&'static str; 2]) -> Vec<&'static str> {
        self.judge().into_iter().chain(samples).chain(self.targets()).collect()
    }

    /// The arguments of the generator's loss.
    pub(crate) fn generator_arguments(&self) -> Vec<&'static str> {
        let reals = self.compares().then_some("reals");
        self.judge().into_iter().chain(reals).chain(["fakes"]).chain(self.targets()).collect()
    }

    /// The arguments of the function for slopes.
    pub(crate) fn slope_arguments(&self, samples: &'static str) -> Vec<&'static str> {
        let class = self.tells_discriminator().then_some("y");
        self.judge().into_iter().chain([samples]).chain(class).collect()
    }

    /// Whether the generator's loss needs reals too.
    pub(crate) fn compares(&self) -> bool {
        let objective: Objective = self.spec.objective;
        objective.is_relativistic()
    }

    /// Whether samples are changed before the discriminator.
    pub(crate) fn shows(&self) -> bool {
        let spec = self.spec;
        spec.packing > 1 || spec.instance_noise.is_some() || spec.diff_augment.is_some()
    }

    /// The dimensions of a real sample in a tensor, without the batch.
    pub(crate) fn sample(&self) -> String {
        match self.spec.data.shape() {
            Shape::Flat { size } => size.to_string(),
            Shape::Image { channels, height, width } => format!("{channels}, {height}, {width}"),
        }
    }
}

/// Whether a layer gets a class or a generator's number beside its input.
pub(crate) fn is_told(layer: &LayerSpec) -> bool {
    match layer {
        LayerSpec::Label { .. } | LayerSpec::MixtureLinear { .. } => true,
        LayerSpec::Residual { layers, shortcut } => is_told_any(layers) || is_told_any(shortcut),
        _ => false,
    }
}

pub(crate) fn is_told_any(layers: &[LayerSpec]) -> bool {
    layers.iter().any(is_told)
}

/// The output shape of `layer`.
///
/// # Panics
/// If `layer` cannot take `input`.
pub(crate) fn behind(layer: &LayerSpec, input: Shape) -> Shape {
    layer.output(input).expect("a program is written of a spec whose shapes fit")
}

/// As [`Run::any`], for a list of layers.
pub(crate) fn any(
    layers: &[LayerSpec],
    input: Shape,
    found: &mut dyn FnMut(&LayerSpec, Shape) -> bool,
) -> bool {
    let mut shape = input;
    for layer in layers {
        if found(layer, shape) {
            return true;
        }
        if let LayerSpec::Residual { layers, shortcut } = layer
            && (any(layers, shape, found) || any(shortcut, shape, found))
        {
            return true;
        }
        shape = behind(layer, shape);
    }
    false
}
