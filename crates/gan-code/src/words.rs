//! Writes a program's header: a comment that describes the run.

use gan_protocol::{DataSource, LabelSpec, Objective, PenaltySpec, PointsSpec, RunSpec};

use crate::lines::{Lines, listed};
use crate::points::has_classes;
use crate::run::Run;

/// The parts of the run that the program lacks, by the spec's own names.
pub(crate) fn left_out(spec: &RunSpec) -> Vec<String> {
    let mut missing = Vec::new();
    if spec.data.source == DataSource::DrawnDigits {
        missing.push("data.source: drawn_digits (MNIST stands in for them)".to_owned());
    }
    if let (Some(points), Some(_)) = (&spec.data.points, spec.labels)
        && !has_classes(points)
    {
        missing.push("labels: these points have no classes".to_owned());
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
    lines.add(0, &format!("# Objective: {}.", objective(spec.objective)));
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
    let reader = if run.checkpoint.is_some() { " safetensors" } else { "" };
    lines.add(0, &format!("# Needs: pip install torch {others}{reader}"));
    lines.block() + "\n"
}

fn data(spec: &RunSpec) -> String {
    let text = match (spec.data.source, &spec.data.points) {
        (DataSource::Points, Some(points)) => return of_points(points),
        (DataSource::Mnist, _) => "MNIST",
        (DataSource::DrawnDigits, _) => "MNIST in place of drawn digits",
        (DataSource::IdxFiles, _) => "IDX files",
        (DataSource::CifarFiles, _) => "CIFAR-10",
        (DataSource::StackedMnist, _) => "stacked MNIST, a digit in each channel",
        (DataSource::Points, None) => "points of the plane",
    };
    text.to_owned()
}

fn of_points(points: &PointsSpec) -> String {
    match points {
        PointsSpec::Ring { modes, .. } => format!("a ring of {modes} Gaussians"),
        PointsSpec::Grid { side, .. } => format!("a grid of {side} x {side} Gaussians"),
        PointsSpec::Line { .. } => "a line".to_owned(),
        PointsSpec::Spiral { arms, .. } => format!("a spiral, arms: {arms}"),
        PointsSpec::Moons { .. } => "two moons".to_owned(),
        PointsSpec::SwissRoll { .. } => "the Swiss roll".to_owned(),
        PointsSpec::Mixture { components } => {
            format!("a mixture of Gaussians, components: {}", components.len())
        }
        PointsSpec::Drawn { points, .. } => format!("drawn points, {} of them", points.len()),
    }
}

fn objective(objective: Objective) -> &'static str {
    match objective {
        Objective::NonSaturating => "non-saturating (Goodfellow et al. 2014)",
        Objective::Minimax => "minimax (Goodfellow et al. 2014)",
        Objective::LeastSquares => "least squares (LSGAN)",
        Objective::Linear => "linear (WGAN)",
        Objective::Hinge => "hinge",
        Objective::RelativisticPaired => "relativistic, paired (RpGAN)",
        Objective::RelativisticAverage => "relativistic, to the average (RaGAN)",
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
    classes.into_iter().chain(codes).chain(mixture).collect()
}
