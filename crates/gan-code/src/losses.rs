//! Writes the losses of both nets, with penalties and further tasks.

use gan_protocol::{CodeSpec, LabelSpec, MixtureSpec, Objective, PenaltySpec, Shape, TermSpec};

use crate::lines::{Lines, listed, number};
use crate::run::Run;
use crate::shown;

const CROSS_ENTROPY: &str = r#"def cross_entropy(verdicts, target):
    return F.binary_cross_entropy_with_logits(verdicts, torch.full_like(verdicts, target))"#;

const RELATIVISTIC_AVERAGE: &str = r#"def relativistic(better, worse):
    """How far the better are from being above the worse's mean, and the other way round."""
    return F.softplus(worse.mean() - better).mean() + F.softplus(worse - better.mean()).mean()"#;

/// The losses and the functions that they call.
pub(crate) fn blocks(run: &Run<'_>) -> Vec<String> {
    let spec = run.spec;
    let mut blocks = Vec::new();
    match spec.objective {
        Objective::NonSaturating | Objective::Minimax => blocks.push(CROSS_ENTROPY.to_owned()),
        Objective::RelativisticAverage => blocks.push(RELATIVISTIC_AVERAGE.to_owned()),
        _ => {}
    }
    if !spec.penalties.is_empty() {
        blocks.push(squared_slopes(run));
    }
    let mut place = 1;
    if let Some(LabelSpec::AuxiliaryClassifier { classes, weight }) = spec.labels {
        blocks.push(class_loss(place, classes, weight));
        place += classes;
    }
    if let Some(codes) = &spec.codes {
        blocks.push(code_loss(run, codes, place));
        place += codes.size();
    }
    if let Some(mixture) = spec.mixture {
        blocks.push(number_loss(mixture, place));
    }
    if let Some(semi_supervised) = spec.semi_supervised {
        blocks.push(class_loss(place, semi_supervised.classes, semi_supervised.weight));
    }
    blocks.push(discriminator_loss(run));
    blocks.push(generator_loss(run));
    if run.spec.needs_classifier() {
        blocks.push(PERCEIVED.to_owned());
    }
    if run.spec.terms.iter().any(|term| matches!(term, TermSpec::FeatureMatching { .. })) {
        blocks.push(feature_distance(run));
    }
    blocks
}

/// `weight * `, unless the weight is 1.
fn times(weight: f32) -> String {
    if weight == 1.0 { String::new() } else { number(weight) + " * " }
}

fn class_loss(place: usize, classes: usize, weight: f32) -> String {
    let (end, weight) = (place + classes, times(weight));
    let mut lines = Lines::default();
    lines.add(0, "def class_loss(outputs, y):");
    lines.add(1, &format!("return {weight}F.cross_entropy(outputs[:, {place}:{end}], y)"));
    lines.block()
}

/// Codes follow the latent in `z`.
fn code_loss(run: &Run<'_>, codes: &CodeSpec, place: usize) -> String {
    let (mut place, mut code) = (place, run.spec.latent.size);
    let mut lines = Lines::default();
    lines.add(0, "def code_loss(outputs, z):");
    lines.add(1, "\"\"\"How badly the codes behind the latents in z are told.\"\"\"");
    let mut add = |size: usize, term: &dyn Fn(&str, &str) -> String| {
        let told = format!("outputs[:, {place}:{}]", place + size);
        let truth = format!("z[:, {code}:{}]", code + size);
        let first = if code == run.spec.latent.size { "=" } else { "+=" };
        lines.add(1, &format!("loss {first} {}", term(&told, &truth)));
        (place, code) = (place + size, code + size);
    };
    let weight = times(codes.categorical_weight);
    for categories in &codes.categorical {
        add(*categories, &|told, truth| format!("{weight}F.cross_entropy({told}, {truth})"));
    }
    if codes.continuous > 0 {
        let weight = number(codes.continuous_weight);
        let square = |told: &str, truth: &str| {
            format!("{weight} / 2 * ({told} - {truth}).square().sum(1).mean()")
        };
        add(codes.continuous, &square);
    }
    lines.add(1, "return loss");
    lines.block()
}

fn number_loss(mixture: MixtureSpec, place: usize) -> String {
    let (end, weight) = (place + mixture.generators, times(mixture.weight));
    let mut lines = Lines::default();
    lines.add(0, "def number_loss(outputs, k):");
    lines.add(1, "\"\"\"How badly the discriminator tells which generator made a sample.\"\"\"");
    lines.add(1, &format!("return {weight}F.cross_entropy(outputs[:, {place}:{end}], k)"));
    lines.block()
}

/// The loss terms of further tasks, for fakes.
fn tasks_on_fakes(run: &Run<'_>) -> Vec<&'static str> {
    let spec = run.spec;
    let class = matches!(spec.labels, Some(LabelSpec::AuxiliaryClassifier { .. }));
    let named = [
        (class, "class_loss(on_fakes, y)"),
        (spec.codes.is_some(), "code_loss(on_fakes, z)"),
        (spec.mixture.is_some(), "number_loss(on_fakes, k)"),
    ];
    named.into_iter().filter(|(there, _)| *there).map(|(_, text)| text).collect()
}

fn discriminator_loss(run: &Run<'_>) -> String {
    let spec = run.spec;
    let mut lines = Lines::default();
    let arguments = listed(&run.discriminator_arguments(["reals", "fakes"]));
    lines.add(0, &format!("def discriminator_loss({arguments}):"));
    let (on_reals, on_fakes) = (run.judged("reals"), run.judged("fakes"));
    if run.has_tasks() {
        lines.add(1, &format!("on_reals, on_fakes = {on_reals}, {on_fakes}"));
        lines.add(1, "real, fake = on_reals[:, 0], on_fakes[:, 0]");
    } else {
        lines.add(1, &format!("real, fake = {on_reals}, {on_fakes}"));
    }
    let (for_reals, for_fakes) =
        (smoothed(spec.label_smoothing), number(spec.fake_label_smoothing));
    let loss = match spec.objective {
        Objective::NonSaturating | Objective::Minimax => {
            format!("cross_entropy(real, {for_reals}) + cross_entropy(fake, {for_fakes})")
        }
        Objective::LeastSquares => {
            let from = |name: &str, target: &str| match target {
                "0" => format!("{name}.square().mean() / 2"),
                _ if target.contains(' ') => format!("({name} - ({target})).square().mean() / 2"),
                _ => format!("({name} - {target}).square().mean() / 2"),
            };
            format!("{} + {}", from("real", &for_reals), from("fake", &for_fakes))
        }
        Objective::Linear => "fake.mean() - real.mean()".to_owned(),
        Objective::Hinge => "F.relu(1 - real).mean() + F.relu(1 + fake).mean()".to_owned(),
        Objective::RelativisticPaired => "F.softplus(fake - real).mean()".to_owned(),
        Objective::RelativisticAverage => "relativistic(real, fake)".to_owned(),
    };
    let mut terms = tasks_on_fakes(run);
    if let Some(LabelSpec::AuxiliaryClassifier { .. }) = spec.labels {
        terms.insert(0, "class_loss(on_reals, y)");
    }
    if spec.semi_supervised.is_some() {
        terms.push("class_loss(D(labelled), y)");
    }
    if spec.penalties.is_empty() && terms.is_empty() {
        lines.add(1, &format!("return {loss}"));
        return lines.block();
    }
    lines.add(1, &format!("loss = {loss}"));
    terms.iter().for_each(|term| lines.add(1, &format!("loss += {term}")));
    for penalty in &spec.penalties {
        add_penalty(run, &mut lines, *penalty);
    }
    lines.add(1, "return loss");
    lines.block()
}

/// The target for reals.
fn smoothed(smoothing: f32) -> String {
    if smoothing == 0.0 { "1".to_owned() } else { "1 - ".to_owned() + &number(smoothing) }
}

fn generator_loss(run: &Run<'_>) -> String {
    let mut lines = Lines::default();
    let arguments = listed(&run.generator_arguments());
    lines.add(0, &format!("def generator_loss({arguments}):"));
    let verdict = if run.has_tasks() { "[:, 0]" } else { "" };
    let on_fakes = run.judged("fakes");
    let fake = if run.has_tasks() {
        lines.add(1, &format!("on_fakes = {on_fakes}"));
        "on_fakes[:, 0]"
    } else {
        &on_fakes
    };
    let real = run.judged("reals") + verdict;
    let loss = match run.spec.objective {
        Objective::NonSaturating => format!("cross_entropy({fake}, 1)"),
        Objective::Minimax => format!("-cross_entropy({fake}, 0)"),
        Objective::LeastSquares => format!("({fake} - 1).square().mean() / 2"),
        Objective::Linear | Objective::Hinge => format!("-{fake}.mean()"),
        Objective::RelativisticPaired => format!("F.softplus({real} - {fake}).mean()"),
        Objective::RelativisticAverage => format!("relativistic({fake}, {real})"),
    };
    let loss = match run.spec.adversarial_weight {
        1.0 => loss,
        weight => format!("{} * ({loss})", number(weight)),
    };
    let terms = tasks_on_fakes(run);
    if terms.is_empty() {
        lines.add(1, &format!("return {loss}"));
        return lines.block();
    }
    lines.add(1, &format!("loss = {loss}"));
    terms.iter().for_each(|term| lines.add(1, &format!("loss += {term}")));
    lines.add(1, "return loss");
    lines.block()
}

/// The terms of the generator's loss beside the verdict, each an expression.
pub(crate) fn terms(run: &Run<'_>) -> Vec<String> {
    let term = |term: &TermSpec| {
        let value = match term {
            TermSpec::Perceptual { layer, .. } => {
                format!("F.mse_loss(perceived(fakes, {layer}), perceived(reals, {layer}))")
            }
            TermSpec::L1 { .. } => "F.l1_loss(fakes, reals)".to_owned(),
            TermSpec::L2 { .. } => "F.mse_loss(fakes, reals)".to_owned(),
            TermSpec::FeatureMatching { layer, .. } => feature_matching(run, *layer),
        };
        times(term.weight()) + &value
    };
    run.spec.terms.iter().map(term).collect()
}

/// The classifier of digits up to a layer, by the structure that its file has.
const PERCEIVED: &str = r#"classifier = load_file("digit-classifier.safetensors", str(torch.get_default_device()))


def perceived(x, last):
    """The page's classifier of digits up to a layer; the page's folder pretrained has its file."""
    for layer in range(last + 1):
        own = [name for name in classifier if name.startswith(f"trunk.{layer}.")]
        own = {name.split(".")[2]: classifier[name].to(x.dtype) for name in own}
        if "running_mean" in own:
            mean, variance = own["running_mean"], own["running_variance"]
            x = F.batch_norm(x, mean, variance, own["scale"], own["shift"])
        elif layer in (0, 3, 6):
            x = F.conv2d(x, own["weight"], stride=1 if layer == 0 else 2, padding=1)
        elif layer == 9:
            x = x.flatten(1)
        elif layer == 10:
            x = x @ own["weight"]
        else:
            x = F.leaky_relu(x, 0.1)
    return x"#;

/// The arguments of the function for features, behind the layers and the samples.
fn feature_arguments(run: &Run<'_>) -> String {
    let beside = if run.shows() { shown::beside(run) } else { String::new() };
    let latents = if run.spec.judges_pairs() { ", found, z" } else { "" };
    beside + if run.tells_discriminator() { ", y" } else { "" } + latents
}

/// The call that compares the features of a layer of the discriminator.
fn feature_matching(run: &Run<'_>, layer: usize) -> String {
    let judge = if run.spec.unrolled_steps > 0 { "ahead[0]" } else { "D" };
    let arguments = feature_arguments(run);
    format!("feature_distance({judge}[:{}], fakes, reals{arguments})", layer + 1)
}

/// The function that compares features.
fn feature_distance(run: &Run<'_>) -> String {
    let features = |samples: &str| {
        let beside = shown::beside(run);
        let seen =
            if run.shows() { format!("shown({samples}{beside})") } else { samples.to_owned() };
        format!("layers({seen}{}).mean(0)", run.told_beside(samples))
    };
    let mut lines = Lines::default();
    lines.add(0, &format!("def feature_distance(layers, fakes, reals{}):", feature_arguments(run)));
    lines.add(
        1,
        "\"\"\"How far apart mean features of fakes and reals are (Salimans et al. 2016).\"\"\"",
    );
    lines.add(1, &format!("target = {}.detach()", features("reals")));
    lines.add(1, &format!("return ({} - target).square().sum()", features("fakes")));
    lines.block()
}

fn squared_slopes(run: &Run<'_>) -> String {
    let verdict = if run.has_tasks() { "[:, 0]" } else { "" };
    // Of a map of verdicts, the slope of their mean.
    let verdict = if run.judges_patches() { ".mean((1, 2, 3))" } else { verdict };
    let judged = run.judged("x") + verdict;
    let mut lines = Lines::default();
    lines.add(0, &format!("def squared_slopes({}):", listed(&run.slope_arguments("x"))));
    lines.add(1, "\"\"\"The squared norm of the discriminator's gradient at each x.\"\"\"");
    lines.add(1, "x = x.detach().requires_grad_()");
    lines.add(1, &format!("(slope,) = torch.autograd.grad({judged}.sum(), x, create_graph=True)"));
    let own = run.own_channels().map_or_else(String::new, |own| format!("[:, :{own}]"));
    lines.add(1, &format!("return slope{own}.flatten(1).square().sum(1)"));
    lines.block()
}

fn add_penalty(run: &Run<'_>, lines: &mut Lines, penalty: PenaltySpec) {
    let slopes = |at| format!("squared_slopes({})", listed(&run.slope_arguments(at)));
    let ones =
        if matches!(run.spec.data.shape(), Shape::Image { .. }) { ", 1, 1, 1" } else { ", 1" };
    match penalty {
        PenaltySpec::GradientPenalty { weight, target, one_sided } => {
            lines.add(1, &format!("share = torch.rand(len(reals){ones})"));
            lines.add(1, "between = fakes + share * (reals - fakes)");
            lines.add(
                1,
                &format!("over = ({} + 1e-12).sqrt() - {}", slopes("between"), number(target)),
            );
            let over = if one_sided { "F.relu(over)" } else { "over" };
            lines.add(1, &format!("loss += {}{over}.square().mean()", times(weight)));
        }
        PenaltySpec::Dragan { weight, target } => {
            lines.add(1, &format!("share = torch.rand(len(reals){ones})"));
            match run.own_channels() {
                None => lines
                    .add(1, "around = reals + share * reals.std() / 2 * torch.rand_like(reals)"),
                Some(own) => {
                    lines.add(1, &format!("own, given = reals[:, :{own}], reals[:, {own}:]"));
                    lines.add(1, "around = own + share * own.std() / 2 * torch.rand_like(own)");
                    lines.add(1, "around = torch.cat([around, given], 1)");
                }
            }
            lines.add(
                1,
                &format!("over = ({} + 1e-12).sqrt() - {}", slopes("around"), number(target)),
            );
            lines.add(1, &format!("loss += {}over.square().mean()", times(weight)));
        }
        PenaltySpec::R1 { weight } => {
            lines.add(
                1,
                &format!("loss += {} / 2 * {}.mean()  # R1", number(weight), slopes("reals")),
            );
        }
        PenaltySpec::R2 { weight } => {
            lines.add(
                1,
                &format!("loss += {} / 2 * {}.mean()  # R2", number(weight), slopes("fakes")),
            );
        }
    }
}
