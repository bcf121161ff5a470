//! Writes a program's header: a comment that describes the run.

use gan_protocol::{EncoderMethod, LabelSpec, Named as _, PenaltySpec, RunSpec};

use crate::images::stand_in;
use crate::lines::{Lines, listed};
use crate::pictures::title;
use crate::run::Run;
use crate::translation;

/// The parts of the run that the program lacks, by the spec's own names.
pub(crate) fn left_out(spec: &RunSpec) -> Vec<String> {
    let mut missing = Vec::new();
    let source = spec.data.source;
    if let Some(other) = stand_in(source) {
        let (name, other) = (source.name(), other.facts().title);
        missing.push(format!("data.source: {name} ({other} stands in for them)"));
    }
    if let (Some(points), Some(_)) = (&spec.data.points, spec.labels)
        && points.classes().is_none()
    {
        missing.push("labels: these points have no classes".to_owned());
    }
    missing.extend(translation::left_out(spec).map(str::to_owned));
    if let Some(initial) = &spec.initial {
        let (nets, checkpoint) = (initial.nets.name(), &initial.checkpoint);
        missing.push(format!("initial: {nets} of checkpoint {checkpoint} (all weights are drawn)"));
    }
    missing
}

/// The comment at the top.
pub(crate) fn header(run: &Run<'_>, left_out: &[String]) -> String {
    let spec = run.spec;
    let mut lines = Lines::default();
    lines.add(0, "# A run of GAN Playground as a PyTorch program.");
    lines.add(0, "#");
    lines.add(0, &format!("# Data: {}.", data(spec)));
    if let Some(condition) = spec.condition {
        lines.add(0, &format!("# The generator is given: {}.", title(condition.picture)));
    }
    if let Some(translation) = &spec.translation {
        let title = translation.from.source.facts().title;
        let text = format!("# Translated to them: {title}, and back (CycleGAN).");
        lines.add(0, &text);
    }
    if let Some(encoder) = &spec.encoder {
        lines.add(0, &format!("# Encoder: {}.", encoder_title(encoder.method)));
    }
    lines.add(0, &format!("# Objective: {}.", spec.objective.title()));
    let penalties: Vec<&str> = spec.penalties.iter().map(penalty).collect();
    for (name, items) in [("Penalties", penalties), ("Further tasks", tasks(spec))] {
        if !items.is_empty() {
            lines.add(0, &format!("# {name}: {}.", listed(&items)));
        }
    }
    for missing in left_out {
        lines.add(0, &format!("# Left out: {missing}."));
    }
    lines.add(0, "#");
    lines.add(
        0,
        "# Nets, losses, optimisers and the order of a step are the run's. Numbers differ from",
    );
    lines.add(0, "# the page's as those of two seeds do: random numbers are PyTorch's own.");
    lines.add(0, "#");
    if run.checkpoint.is_some() {
        lines.add(
            0,
            "# It goes on with the numbers of a checkpoint of the run, which it reads. With",
        );
        lines.add(0, "# STEPS = 0 it draws samples only.");
        lines.add(0, "#");
    }
    let others = if spec.data.points.is_some() { "matplotlib" } else { "torchvision" };
    let reads = run.checkpoint.is_some() || spec.needs_classifier();
    let reader = if reads { " safetensors" } else { "" };
    lines.add(0, &format!("# Needs: pip install torch {others}{reader}"));
    lines.block() + "\n"
}

fn data(spec: &RunSpec) -> String {
    let (source, title) = (spec.data.source, spec.data.source.facts().title);
    match (&spec.data.points, stand_in(source)) {
        (Some(points), _) => points.title(),
        (None, Some(other)) => format!("{} in place of {title}", other.facts().title),
        (None, None) => title.to_owned(),
    }
}

fn encoder_title(method: EncoderMethod) -> &'static str {
    match method {
        EncoderMethod::Bigan { .. } => "pairs of sample and latent are judged (BiGAN)",
        EncoderMethod::Ali { .. } => {
            "pairs of sample and latent are judged, latents are drawn (ALI)"
        }
        EncoderMethod::VaeGan { .. } => "by the discriminator's features (VAE-GAN)",
    }
}

fn penalty(penalty: &PenaltySpec) -> &'static str {
    match penalty {
        PenaltySpec::GradientPenalty { .. } => "gradient penalty (WGAN-GP)",
        PenaltySpec::Dragan { .. } => "DRAGAN's",
        PenaltySpec::R1 { .. } => "R1",
        PenaltySpec::R2 { .. } => "R2",
    }
}

/// The tasks of the nets beyond real or fake.
fn tasks(spec: &RunSpec) -> Vec<&'static str> {
    let classes = spec.labels.map(|labels| match labels {
        LabelSpec::Conditional { .. } => "classes are told",
        LabelSpec::AuxiliaryClassifier { .. } => "auxiliary classifier (AC-GAN)",
    });
    let codes = spec.codes.as_ref().map(|_| "codes (InfoGAN)");
    let mixture = spec.mixture.map(|_| "several generators (MGAN)");
    let few = spec.semi_supervised.map(|_| "classes of a few labelled samples (semi-supervised)");
    classes.into_iter().chain(codes).chain(mixture).chain(few).collect()
}
