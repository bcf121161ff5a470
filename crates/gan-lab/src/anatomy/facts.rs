//! What a run's picture says of its parts.

use gan_protocol::{Degradation, LatentDistribution, RunSpec, Shape};
use gan_random::{Purpose, standard_normal, stream, uniform_symmetric};

use crate::words::{key, say, say_with};

/// A net in figures.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct NetFacts {
    pub(super) layers: usize,
    pub(super) parameters: usize,
}

/// A run in figures.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Facts {
    /// The generator's and the discriminator's.
    pub(super) nets: [NetFacts; 2],
    /// Numbers in a latent, without codes.
    pub(super) latent: usize,
    /// Classes that the generator is given; 0 for none.
    pub(super) classes: usize,
    /// Whether the discriminator is given the class as well.
    pub(super) judges_with_class: bool,
    /// InfoGAN's codes: categorical and continuous ones.
    pub(super) codes: [usize; 2],
    /// Generators in one.
    pub(super) generators: usize,
    /// Samples that the discriminator judges as one.
    pub(super) packing: usize,
    /// The latent of the first sample of the fixed noise.
    pub(super) first_latent: Vec<f32>,
    /// Whether samples are points.
    pub(super) on_points: bool,
    /// The key of the words for the picture that the generator is given, if it is given one.
    pub(super) picture: Option<&'static str>,
    /// Whether the discriminator sees the picture too.
    pub(super) judges_with_picture: bool,
    /// Whether a second generator and a second discriminator make and judge the way back.
    pub(super) has_way_back: bool,
    /// Of a run with an encoder, whether its discriminator judges pairs of sample and latent.
    pub(super) judges_latents: Option<bool>,
    /// Whether the discriminator learns classes from a few labelled samples.
    pub(super) learns_few_labels: bool,
    /// Whether the nets grow.
    pub(super) grows: bool,
}

/// The key of the words for a picture.
fn picture_key(picture: Degradation) -> &'static str {
    match picture {
        Degradation::Downscaled { .. } => key("picture-downscaled"),
        Degradation::Noised { .. } => key("picture-noised"),
        Degradation::Masked { .. } => key("picture-masked"),
        Degradation::Edges {} => key("picture-edges"),
        Degradation::Grey {} => key("picture-grey"),
        Degradation::Paired { .. } => key("picture-paired"),
    }
}

impl Facts {
    pub(super) fn of(spec: &RunSpec) -> Self {
        let net = |layers: usize, count: Option<usize>| NetFacts {
            layers,
            parameters: count.unwrap_or(0),
        };
        let (made, judged) = (&spec.generator, &spec.discriminator);
        let classes = spec.labels.map_or(0, |labels| labels.classes());
        let codes = spec.codes.as_ref();
        Self {
            nets: [
                net(made.layers.len(), made.parameter_count(spec.generator_input()).ok()),
                net(judged.layers.len(), judged.parameter_count(spec.discriminator_input()).ok()),
            ],
            latent: spec.latent.size,
            classes,
            judges_with_class: matches!(
                spec.labels,
                Some(gan_protocol::LabelSpec::Conditional { .. })
            ),
            codes: codes.map_or([0; 2], |codes| [codes.categorical.len(), codes.continuous]),
            generators: spec.mixture.map_or(1, |mixture| mixture.generators),
            packing: spec.packing,
            first_latent: first_latent(spec),
            on_points: matches!(spec.data.shape(), Shape::Flat { .. }),
            picture: match (spec.condition, &spec.translation) {
                (Some(condition), _) => Some(picture_key(condition.picture)),
                (None, Some(_)) => Some(key("anatomy-translated")),
                (None, None) => None,
            },
            judges_with_picture: spec.shown_picture().is_some(),
            has_way_back: spec.translation.is_some(),
            judges_latents: spec.encoder.as_ref().map(|it| it.method.judges_pairs()),
            learns_few_labels: spec.semi_supervised.is_some(),
            grows: spec.growth.is_some(),
        }
    }

    /// What goes into the generator.
    pub(super) fn given(&self) -> String {
        let mut parts: Vec<String> = self.picture.map(say).into_iter().collect();
        if self.latent > 0 {
            parts.push(say_with(key("anatomy-latent"), &[("count", self.latent.to_string())]));
        }
        if self.classes > 0 {
            parts.push(say(key("anatomy-class")));
        }
        if self.codes != [0; 2] {
            let count: usize = self.codes.iter().sum();
            parts.push(say_with(key("anatomy-codes"), &[("count", count.to_string())]));
        }
        parts.join(" + ")
    }

    /// What is particular about a net of this run; empty for most.
    pub(super) fn particular(&self, net: usize) -> String {
        let mut parts = Vec::new();
        if net == 0 && self.generators > 1 {
            parts.push(say_with(
                key("anatomy-generators"),
                &[("count", self.generators.to_string())],
            ));
        }
        if net == 1 && self.packing > 1 {
            parts.push(say_with(key("anatomy-packing"), &[("count", self.packing.to_string())]));
        }
        if net == 1 && self.judges_with_class {
            parts.push(say(key("anatomy-with-class")));
        } else if net == 1 && self.classes > 0 {
            parts.push(say(key("anatomy-names-class")));
        }
        if net == 1 && self.judges_with_picture {
            parts.push(say(key("anatomy-with-picture")));
        }
        if net == 1 && self.codes != [0; 2] {
            parts.push(say(key("anatomy-infers-codes")));
        }
        if net == 1 && self.learns_few_labels {
            parts.push(say(key("anatomy-few-labels")));
        }
        if self.grows {
            parts.push(say(key("anatomy-grows")));
        }
        if self.has_way_back {
            let twin = [key("anatomy-twin-generator"), key("anatomy-twin-discriminator")];
            parts.push(say(twin[net]));
        }
        if let Some(judges_latents) = self.judges_latents {
            parts.push(say(match (net, judges_latents) {
                (0, _) => key("anatomy-encoder"),
                (_, true) => key("anatomy-with-latent"),
                (_, false) => key("anatomy-with-reconstructions"),
            }));
        }
        parts.join(", ")
    }

    /// The key of the sentence about a moment of a step.
    pub(super) fn told(&self, moment: Moment) -> &'static str {
        match moment {
            Moment::Making if self.is_made_of_pictures() => key("anatomy-making-from-pictures"),
            Moment::Making => key("anatomy-making"),
            Moment::Judging => key("anatomy-judging"),
            Moment::Learning => key("anatomy-learning"),
        }
    }

    /// The key of the sentence about the nets while nothing moves.
    pub(super) fn at_rest(&self) -> &'static str {
        match self.judges_latents {
            Some(_) => key("anatomy-rests-three"),
            None if self.has_way_back => key("anatomy-rests-four"),
            None => key("anatomy-rests"),
        }
    }

    /// The key of the whole game in words.
    pub(super) fn in_words(&self) -> &'static str {
        match (self.has_way_back, self.is_made_of_pictures()) {
            _ if self.judges_latents == Some(true) => key("anatomy-in-words-pairs"),
            _ if self.judges_latents == Some(false) => key("anatomy-in-words-reconstructions"),
            (true, _) => key("anatomy-in-words-both-ways"),
            (false, true) => key("anatomy-in-words-from-pictures"),
            (false, false) => key("anatomy-in-words"),
        }
    }

    /// Whether the generator is given pictures in place of noise.
    fn is_made_of_pictures(&self) -> bool {
        self.picture.is_some() && self.latent == 0
    }
}

/// The numbers that the first sample of the page's fixed noise is made from, as the session draws them.
fn first_latent(spec: &RunSpec) -> Vec<f32> {
    let mut randomness = stream(spec.seed, Purpose::FixedLatents, 0);
    match spec.latent.distribution {
        LatentDistribution::Normal => standard_normal(&mut randomness, spec.latent.size),
        LatentDistribution::Uniform => uniform_symmetric(&mut randomness, spec.latent.size),
    }
}

/// A moment of a step, as the picture plays it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// Latents become samples.
    Making,
    /// The discriminator judges, and learns.
    Judging,
    /// The verdict goes back, and the generator learns.
    Learning,
}

impl Moment {
    pub(super) fn next(self) -> Self {
        match self {
            Self::Making => Self::Judging,
            Self::Judging => Self::Learning,
            Self::Learning => Self::Making,
        }
    }

    /// The name in the style sheet.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Making => "making",
            Self::Judging => "judging",
            Self::Learning => "learning",
        }
    }
}

/// A count with thousands as k and millions as M.
pub(super) fn short(count: usize) -> String {
    match count {
        0..1_000 => count.to_string(),
        1_000..1_000_000 => format!("{:.0} k", count as f64 / 1e3),
        _ => format!("{:.1} M", count as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(preset: &str) -> Facts {
        Facts::of(&gan_protocol::preset(preset).expect("a preset").spec)
    }

    #[test]
    fn a_run_is_told_by_its_kind() {
        let plain = facts("mnist-dcgan-small");
        assert_eq!((plain.given(), plain.particular(1)), ("16 numbers".into(), String::new()));
        assert!(!plain.on_points && plain.nets[0].layers == 9);
        let conditional = facts("mnist-conditional");
        assert!(conditional.given().ends_with("+ class"), "{}", conditional.given());
        assert_eq!(conditional.particular(1), "names the class");
        assert!(facts("ring").on_points);
        assert_eq!(plain.told(Moment::Making), "anatomy-making");
        let edges = facts("edges-to-digits");
        assert_eq!((edges.given(), edges.particular(0)), ("outlines".into(), String::new()));
        assert_eq!(edges.told(Moment::Making), "anatomy-making-from-pictures");
        let translation = facts("digits-restyled");
        assert_eq!(translation.in_words(), "anatomy-in-words-both-ways");
        let twins = [0, 1].map(|net| translation.particular(net));
        assert_eq!(translation.at_rest(), "anatomy-rests-four");
        assert_eq!(facts("mnist-bigan").at_rest(), "anatomy-rests-three");
        assert_eq!(plain.at_rest(), "anatomy-rests");
        let few = facts("mnist-semi-supervised").particular(1);
        assert_eq!(few, "learns classes from a few labels");
        assert_eq!(facts("mnist-growing").particular(0), "grows as the run goes on");
        assert_eq!(twins, ["a twin makes the way back", "a twin judges the way back"]);
    }

    #[test]
    fn the_first_latent_has_the_latents_size() {
        let facts = facts("mnist-dcgan-small");
        assert_eq!(facts.first_latent.len(), 16);
        assert!(facts.first_latent.iter().all(|number| number.abs() < 6.0));
    }

    #[test]
    fn counts_are_short() {
        assert_eq!([999, 9_900, 1_250_000].map(short), ["999", "10 k", "1.2 M"]);
    }
}
