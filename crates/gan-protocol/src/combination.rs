//! Validates combinations: checks which parts of a run go together. Each part by itself is checked
//! where it is defined. A refused combination is an error with the reason.

use crate::condition::Degradation;
use crate::data::DataSource;
use crate::encoder::EncoderMethod;
use crate::error::SpecError;
use crate::feed::LatentDistribution;
use crate::growth;
use crate::labels::LabelSpec;
use crate::layer::LayerSpec;
use crate::names::Named as _;
use crate::number::decimal;
use crate::objective::PenaltySpec;
use crate::run::RunSpec;
use crate::shape::Shape;
use crate::terms::TermSpec;

pub(crate) fn validate(spec: &RunSpec) -> Result<(), SpecError> {
    pairs(spec)?;
    translation(spec)?;
    encoder(spec)?;
    latents(spec)?;
    styles(spec)?;
    terms(spec)?;
    smoothing(spec)?;
    penalties(spec)?;
    augmentation(spec)?;
    labels(spec)?;
    mixture(spec)?;
    semi_supervised(spec)?;
    growth::validate(spec)?;
    packing(spec)
}

/// The halves of pairs are classes of the user's files: of other sets it is not known which images belong
/// together.
fn pairs(spec: &RunSpec) -> Result<(), SpecError> {
    let Some(Degradation::Paired { class }) = spec.condition.map(|it| it.picture) else {
        return Ok(());
    };
    let data = &spec.data;
    if !data.source.is_users_files() {
        let message = format!("is for files of pairs; the data are {}", data.source.facts().title);
        return Err(SpecError::new("condition.picture.kind", message));
    }
    if data.classes.is_empty() || data.classes.contains(&class) {
        let message =
            format!("are to be those of the samples, without {class}, that of the pictures");
        return Err(SpecError::new("data.classes", message));
    }
    if !data.class_weights.is_empty() {
        let message = "would part the pairs of `condition.picture`";
        return Err(SpecError::new("data.class_weights", message));
    }
    Ok(())
}

/// The name of the first property that is set.
pub(crate) fn first_set(properties: &[(&'static str, bool)]) -> Option<&'static str> {
    properties.iter().find(|(_, is_set)| *is_set).map(|(name, _)| *name)
}

/// Both ways are alike, and leave nothing to chance: what else a generator may be given or a
/// discriminator may be asked belongs to one way alone.
fn translation(spec: &RunSpec) -> Result<(), SpecError> {
    if spec.translation.is_none() {
        return Ok(());
    }
    let alone = [
        ("condition", spec.condition.is_some()),
        ("latent.size", spec.latent.size > 0),
        ("terms", !spec.terms.is_empty()),
        ("pretraining_steps", spec.pretraining_steps > 0),
        ("packing", spec.packing > 1),
        ("unrolled_steps", spec.unrolled_steps > 0),
        ("labels", spec.labels.is_some()),
        ("codes", spec.codes.is_some()),
        ("mixture", spec.mixture.is_some()),
    ];
    match first_set(&alone) {
        Some(name) => {
            let message = "does not go with `translation`, whose generators are given images alone";
            Err(SpecError::new(name, message))
        }
        None => Ok(()),
    }
}

/// An encoder finds what a sample was made of, if that is a latent and nothing else.
fn encoder(spec: &RunSpec) -> Result<(), SpecError> {
    let Some(encoder) = &spec.encoder else { return Ok(()) };
    let alone = [
        ("condition", spec.condition.is_some()),
        ("translation", spec.translation.is_some()),
        ("pretraining_steps", spec.pretraining_steps > 0),
        ("packing", spec.packing > 1),
        ("unrolled_steps", spec.unrolled_steps > 0),
        ("labels", spec.labels.is_some()),
        ("codes", spec.codes.is_some()),
        ("mixture", spec.mixture.is_some()),
    ];
    if let Some(name) = first_set(&alone) {
        let message = "does not go with `encoder`, which finds a latent and nothing else";
        return Err(SpecError::new(name, message));
    }
    let is_told = |layer: &LayerSpec| {
        layer.classes().is_some() || matches!(layer, LayerSpec::MixtureLinear { .. })
    };
    if let Some(path) = encoder.net.find(is_told) {
        let message = "is told something, and an encoder is told nothing";
        return Err(SpecError::new(format!("encoder.net.{path}"), message));
    }
    if encoder.net.compares_samples() {
        let message = "compare samples: the latent of one would depend on its neighbours";
        return Err(SpecError::new("encoder.net.layers", message));
    }
    if spec.objective.is_relativistic() {
        let message = format!(
            "is {}, which compares samples with reals; with `encoder` each is judged by itself",
            spec.objective.name()
        );
        return Err(SpecError::new("objective", message));
    }
    let between = |penalty: &PenaltySpec| matches!(penalty, PenaltySpec::GradientPenalty { .. });
    if let Some(index) = spec.penalties.iter().position(between) {
        let message =
            "is for points between reals and fakes; with `encoder` these are no pairs: use r1";
        return Err(SpecError::new(format!("penalties[{index}].kind"), message));
    }
    if encoder.method.is_gaussian() && spec.latent.distribution != LatentDistribution::Normal {
        let message = "must be normal: the encoder's latents are";
        return Err(SpecError::new("latent.distribution", message));
    }
    let weighs = |weight: f32| spec.adversarial_weight > 0.0 || weight > 0.0;
    match encoder.method {
        EncoderMethod::VaeGan { reconstruction, .. } if !weighs(reconstruction) => {
            let message = "is 0, as `adversarial_weight` is: the generator would learn nothing";
            Err(SpecError::new("encoder.method.reconstruction", message))
        }
        EncoderMethod::Bigan { cycle } | EncoderMethod::Ali { cycle } if !weighs(cycle) => {
            let message =
                "is 0, and `encoder.method.cycle` is: generator and encoder would learn nothing";
            Err(SpecError::new("adversarial_weight", message))
        }
        _ => Ok(()),
    }
}

/// A `latent` layer stands in a discriminator of pairs, and nowhere else.
fn latents(spec: &RunSpec) -> Result<(), SpecError> {
    let is_latent = |layer: &LayerSpec| matches!(layer, LayerSpec::Latent { .. });
    let mut others = vec![("generator", &spec.generator)];
    others.extend(spec.encoder.as_ref().map(|encoder| ("encoder.net", &encoder.net)));
    if !spec.judges_pairs() {
        others.push(("discriminator", &spec.discriminator));
    }
    for (name, net) in others {
        if let Some(path) = net.find(is_latent) {
            let message = "belongs into a discriminator of pairs: `encoder` by bigan or ali";
            return Err(SpecError::new(format!("{name}.{path}"), message));
        }
    }
    if !spec.judges_pairs() {
        return Ok(());
    }
    let size = spec.latent.size;
    let differs =
        |layer: &LayerSpec| matches!(layer, LayerSpec::Latent { size: here } if *here != size);
    if let Some(path) = spec.discriminator.find(differs) {
        let message = format!("must be {size}, as in `latent`");
        return Err(SpecError::new(format!("discriminator.{path}.size"), message));
    }
    if spec.discriminator.find(is_latent).is_none() {
        let message = "hold no `latent` layer: the discriminator is not shown the latent";
        return Err(SpecError::new("discriminator.layers", message));
    }
    Ok(())
}

/// A style is a generator's.
fn styles(spec: &RunSpec) -> Result<(), SpecError> {
    let mut others = vec![("discriminator", &spec.discriminator)];
    others.extend(spec.encoder.as_ref().map(|encoder| ("encoder.net", &encoder.net)));
    for (name, net) in others {
        if let Some(path) = net.styled() {
            let message = "belongs into a generator, which has a style";
            return Err(SpecError::new(format!("{name}.{path}"), message));
        }
    }
    spec.generator
        .check_styles(spec.generator_input())
        .map_err(|error| error.within("generator"))?;
    // A mixture has the latent, the class and the code of two samples.
    let alone = [
        ("encoder", spec.encoder.is_some()),
        ("labels", spec.labels.is_some()),
        ("codes", spec.codes.is_some()),
        ("mixture", spec.mixture.is_some()),
    ];
    let is_mixed = |layer: &LayerSpec| matches!(layer, LayerSpec::StyledConstant { mixing, .. } if *mixing > 0.0);
    match (spec.generator.find(is_mixed), first_set(&alone)) {
        (Some(path), Some(name)) => {
            let message = format!("must be 0: `{name}` speaks of single samples");
            Err(SpecError::new(format!("generator.{path}.mixing"), message))
        }
        _ => Ok(()),
    }
}

fn terms(spec: &RunSpec) -> Result<(), SpecError> {
    let has_picture = spec.condition.is_some();
    if let Some(index) = spec.terms.iter().position(|term| term.needs_picture() && !has_picture) {
        let message = "compares with the sample behind the generator's picture, and the run has no \
                       `condition`";
        return Err(SpecError::new(format!("terms[{index}].kind"), message));
    }
    let perceived = |term: &TermSpec| matches!(term, TermSpec::Perceptual { .. });
    if let Some(index) = spec.terms.iter().position(perceived)
        && spec.data.shape() != Shape::image(1, 28, 28)
    {
        let message = format!("is for samples of 1x28x28; these are {}", spec.data.shape());
        return Err(SpecError::new(format!("terms[{index}].kind"), message));
    }
    let weighs = spec.terms.iter().any(|term| term.weight() > 0.0)
        || spec.translation.as_ref().is_some_and(|it| it.cycle > 0.0 || it.identity > 0.0)
        || spec.encoder.is_some();
    if spec.adversarial_weight == 0.0 && !weighs {
        let message = "is 0, and no term has a weight: the generator would learn nothing";
        return Err(SpecError::new("adversarial_weight", message));
    }
    if spec.pretraining_steps > 0 && !weighs {
        let message = "need a term with a weight: the generator would learn nothing";
        return Err(SpecError::new("pretraining_steps", message));
    }
    Ok(())
}

fn smoothing(spec: &RunSpec) -> Result<(), SpecError> {
    let smoothed = [
        ("label_smoothing", spec.label_smoothing),
        ("fake_label_smoothing", spec.fake_label_smoothing),
    ];
    for (name, value) in smoothed {
        if value > 0.0 && !spec.objective.has_targets() {
            let value = decimal(f64::from(value));
            let message = format!("is {value}; this objective has no targets that could be moved");
            return Err(SpecError::new(name, message));
        }
    }
    Ok(())
}

fn penalties(spec: &RunSpec) -> Result<(), SpecError> {
    if spec.penalties.is_empty() {
        return Ok(());
    }
    // Batch normalisation makes an output depend on all samples, so that there is no gradient of
    // one output with respect to its sample (Gulrajani et al. 2017, section 4). Minibatch standard
    // deviation is allowed, as in Karras et al. 2017, who combine it with WGAN-GP.
    let mixes = |layer: &LayerSpec| {
        matches!(layer, LayerSpec::BatchNorm { .. } | LayerSpec::MinibatchDiscrimination { .. })
    };
    if let Some(path) = spec.discriminator.find(mixes) {
        let message = "mixes the samples of a batch, so that a penalty on the gradient of one \
                       output has no meaning: use layer_norm, or no penalty";
        return Err(SpecError::new(format!("discriminator.{path}"), message));
    }
    Ok(())
}

fn augmentation(spec: &RunSpec) -> Result<(), SpecError> {
    if spec.diff_augment.is_some() && spec.data.source == DataSource::Points {
        return Err(SpecError::new("diff_augment", "is for images; the data are points"));
    }
    Ok(())
}

fn labels(spec: &RunSpec) -> Result<(), SpecError> {
    let is_label = |layer: &LayerSpec| layer.classes().is_some();
    let told = [("generator", &spec.generator), ("discriminator", &spec.discriminator)];
    let Some(labels) = spec.labels else {
        for (name, net) in told {
            if let Some(path) = net.find(is_label) {
                let message = "appends a class, but the run has no `labels`";
                return Err(SpecError::new(format!("{name}.{path}"), message));
            }
        }
        return Ok(());
    };
    let classes = labels.classes();
    for (name, net) in told {
        let differs = |layer: &LayerSpec| layer.classes().is_some_and(|here| here != classes);
        if let Some(path) = net.find(differs) {
            let message = format!("must be {classes}, as in `labels`");
            return Err(SpecError::new(format!("{name}.{path}.classes"), message));
        }
    }
    if spec.generator.find(is_label).is_none() {
        let message = "hold no `label` layer: the generator is not told the class";
        return Err(SpecError::new("generator.layers", message));
    }
    let told = spec.discriminator.find(is_label);
    match (labels, told) {
        (LabelSpec::Conditional { .. }, None) => {
            let message = "hold no `label` layer: the discriminator is not told the class";
            Err(SpecError::new("discriminator.layers", message))
        }
        (LabelSpec::AuxiliaryClassifier { .. }, Some(path)) => {
            let message = "tells the discriminator the class that it is to tell";
            Err(SpecError::new(format!("discriminator.{path}"), message))
        }
        _ => Ok(()),
    }
}

fn mixture(spec: &RunSpec) -> Result<(), SpecError> {
    let is_mixture = |layer: &LayerSpec| matches!(layer, LayerSpec::MixtureLinear { .. });
    if let Some(path) = spec.discriminator.find(is_mixture) {
        let message = "belongs into a generator: samples to be judged have no number";
        return Err(SpecError::new(format!("discriminator.{path}"), message));
    }
    match (spec.mixture, spec.generator.find(is_mixture)) {
        (None, Some(path)) => {
            let message = "needs `mixture`, which says how many generators there are";
            Err(SpecError::new(format!("generator.{path}"), message))
        }
        (Some(_), None) => {
            let message = "hold no `mixture_linear` layer: all generators would be one";
            Err(SpecError::new("generator.layers", message))
        }
        (Some(mixture), Some(_)) => {
            let asked = mixture.generators;
            let differs = |layer: &LayerSpec| matches!(layer, LayerSpec::MixtureLinear { generators, .. } if *generators != asked);
            match spec.generator.find(differs) {
                Some(path) => {
                    let message = format!("must be {asked}, as in `mixture`");
                    Err(SpecError::new(format!("generator.{path}.generators"), message))
                }
                None => Ok(()),
            }
        }
        (None, None) => Ok(()),
    }
}

/// A discriminator that learns classes from a few samples has no other task, and judges single images.
fn semi_supervised(spec: &RunSpec) -> Result<(), SpecError> {
    if spec.semi_supervised.is_none() {
        return Ok(());
    }
    let alone = [
        ("condition", spec.condition.is_some()),
        ("translation", spec.translation.is_some()),
        ("encoder", spec.encoder.is_some()),
        ("pretraining_steps", spec.pretraining_steps > 0),
        ("packing", spec.packing > 1),
        ("labels", spec.labels.is_some()),
        ("codes", spec.codes.is_some()),
        ("mixture", spec.mixture.is_some()),
    ];
    if let Some(name) = first_set(&alone) {
        let message = "does not go with `semi_supervised`, where the discriminator learns classes and \
                       nothing else";
        return Err(SpecError::new(name, message));
    }
    if !spec.data.source.facts().has_list {
        let message = format!(
            "is for a list of images with classes; the data are {}",
            spec.data.source.facts().title
        );
        return Err(SpecError::new("semi_supervised", message));
    }
    Ok(())
}

fn packing(spec: &RunSpec) -> Result<(), SpecError> {
    if spec.packing == 1 {
        return Ok(());
    }
    let single = [
        ("labels", spec.labels.is_some()),
        ("codes", spec.codes.is_some()),
        ("mixture", spec.mixture.is_some()),
        ("condition", spec.condition.is_some()),
    ];
    if let Some((name, _)) = single.into_iter().find(|(_, is_set)| *is_set) {
        let message = format!("is {}; `{name}` speaks of single samples", spec.packing);
        return Err(SpecError::new("packing", message));
    }
    let drawn = spec.batch_size * spec.packing;
    if drawn > 8_192 {
        let message = format!("asks for {drawn} samples a step; the most is 8192");
        return Err(SpecError::new("packing", message));
    }
    Ok(())
}
