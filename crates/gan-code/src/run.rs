//! Answers the questions about a run on which several blocks of a program must agree, such as the
//! arguments of its functions.

use gan_protocol::{
    Degradation, EncoderSpec, Feed, LabelSpec, LayerSpec, Objective, RunSpec, Shape,
    TranslationSpec,
};

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
        let in_a_block =
            |layer: &LayerSpec| layer.inside().into_iter().any(|(_, layers)| is_told_any(layers));
        let told_blocks =
            spec.generator.layers.iter().chain(&spec.discriminator.layers).any(in_a_block);
        Self { spec, told_blocks, checkpoint }
    }

    /// Whether `found` holds for a layer of any net and its input, residual blocks included.
    pub(crate) fn any(&self, mut found: impl FnMut(&LayerSpec, Shape) -> bool) -> bool {
        let spec = self.spec;
        let found: &mut dyn FnMut(&LayerSpec, Shape) -> bool = &mut found;
        any(&spec.generator.layers, spec.generator_input(), found)
            || any(&spec.discriminator.layers, spec.discriminator_input(), found)
            || self.encoder().is_some_and(|it| any(&it.net.layers, spec.data.shape(), found))
    }

    /// Whether the generator is given the other halves of pairs.
    pub(crate) fn is_paired(&self) -> bool {
        let picture = self.spec.condition.map(|condition| condition.picture);
        matches!(picture, Some(Degradation::Paired { .. }))
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

    /// The encoder, if the run has one.
    pub(crate) fn encoder(&self) -> Option<&'a EncoderSpec> {
        self.spec.encoder.as_ref()
    }

    /// The latents that stand beside `samples` in a pair, if the discriminator judges pairs: found for
    /// reals and points near them, drawn for fakes.
    fn latents_of(&self, samples: &str) -> Option<&'static str> {
        let found = matches!(samples, "reals" | "around");
        self.spec.judges_pairs().then_some(if found { "found" } else { "z" })
    }

    /// What the discriminator is told beside `samples`, each name behind a comma.
    pub(crate) fn told_beside(&self, samples: &str) -> String {
        let class = self.tells_discriminator().then_some("y");
        let told = class.into_iter().chain(self.latents_of(samples));
        told.map(|name| format!(", {name}")).collect()
    }

    /// `D(samples)`, with the class or the latent if the discriminator gets it.
    pub(crate) fn judged(&self, samples: &str) -> String {
        format!("D({samples}{})", self.told_beside(samples))
    }

    /// The arguments of losses besides samples: classes, codes, numbers of generators.
    fn targets(&self) -> Vec<&'static str> {
        let codes = self.spec.codes.is_some();
        let named = [("y", self.told_classes()), ("z", codes), ("k", self.spec.mixture.is_some())];
        named.into_iter().filter(|(_, there)| *there).map(|(name, _)| name).collect()
    }

    /// What the run translates, if it does.
    pub(crate) fn translation(&self) -> Option<&'a TranslationSpec> {
        self.spec.translation.as_ref()
    }

    /// The discriminator as an argument, if the run has more than one (unrolling, a way back).
    fn judge(&self) -> Option<&'static str> {
        (self.spec.unrolled_steps > 0 || self.translation().is_some()).then_some("D")
    }

    /// The arguments of the discriminator's loss; `samples` are the reals and fakes.
    pub(crate) fn discriminator_arguments(&self, samples: [&'static str; 2]) -> Vec<&'static str> {
        // In a step the encoder learns nothing from the discriminator's loss.
        let found = if samples[1] == "fakes" { "found" } else { "found.detach()" };
        let latents = if self.spec.judges_pairs() { vec![found, "z"] } else { Vec::new() };
        let labelled = match self.spec.semi_supervised {
            Some(_) => vec!["labelled", "y"],
            None => Vec::new(),
        };
        let beside = self.targets().into_iter().chain(latents).chain(labelled);
        self.judge().into_iter().chain(samples).chain(beside).collect()
    }

    /// The arguments of the generator's loss.
    pub(crate) fn generator_arguments(&self) -> Vec<&'static str> {
        let reals = self.compares().then_some("reals");
        let latents = self.latents_of("fakes");
        let samples = reals.into_iter().chain(["fakes"]);
        self.judge().into_iter().chain(samples).chain(self.targets()).chain(latents).collect()
    }

    /// The arguments of the function for slopes.
    pub(crate) fn slope_arguments(&self, samples: &'static str) -> Vec<&'static str> {
        let class = self.tells_discriminator().then_some("y");
        let latents = self.latents_of(samples);
        self.judge().into_iter().chain([samples]).chain(class).chain(latents).collect()
    }

    /// Whether the generator's loss needs reals too.
    pub(crate) fn compares(&self) -> bool {
        let objective: Objective = self.spec.objective;
        objective.is_relativistic()
    }

    /// Whether samples are changed before the discriminator.
    pub(crate) fn shows(&self) -> bool {
        let spec = self.spec;
        let is_changed = spec.instance_noise.is_some() || spec.diff_augment.is_some();
        spec.packing > 1 || is_changed || spec.shown_picture().is_some()
    }

    /// Whether the generator gets latents or codes.
    pub(crate) fn has_latents(&self) -> bool {
        Feed::from(self.spec).numbers() > 0
    }

    /// The first channels of what the discriminator sees that belong to a sample, if a picture follows.
    pub(crate) fn own_channels(&self) -> Option<usize> {
        self.spec.shown_picture().map(|_| self.spec.data.channels)
    }

    /// Whether the discriminator gives a map of verdicts.
    pub(crate) fn judges_patches(&self) -> bool {
        let spec = self.spec;
        let layers = &spec.discriminator.layers;
        let last = layers.iter().fold(spec.discriminator_input(), |shape, one| behind(one, shape));
        matches!(last, Shape::Image { .. })
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
        LayerSpec::Label { .. }
        | LayerSpec::LabelProduct { .. }
        | LayerSpec::Latent { .. }
        | LayerSpec::MixtureLinear { .. } => true,
        _ => layer.inside().into_iter().any(|(_, layers)| is_told_any(layers)),
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
        let mut inside = layer.inside().into_iter();
        if inside.any(|(name, layers)| any(layers, layer.inner_input(name, shape), found)) {
            return true;
        }
        shape = behind(layer, shape);
    }
    false
}
