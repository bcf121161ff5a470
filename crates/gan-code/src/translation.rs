//! Writes what a translation has beside other runs: the second set, the nets of the way back, and what
//! both ways owe each other.

use gan_protocol::{RunSpec, TranslationSpec};

use crate::images;
use crate::lines::{Lines, number};
use crate::optimizers::{Names, add_discriminator_update, add_step};
use crate::run::Run;
use crate::shown;

/// Drawn digits exist on the page alone.
const OUTLINES: &str = r#"def outlines(x):
    """Another style of the same digits, in place of the run's second set."""
    bright = x > 0
    around = F.pad(bright, (1, 1, 1, 1), value=True)  # no neighbour is no dark one
    inside = around[:, :, :-2, 1:-1] & around[:, :, 2:, 1:-1]
    inside &= around[:, :, 1:-1, :-2] & around[:, :, 1:-1, 2:]
    return 2 * (bright & ~inside).float() - 1"#;

const NETS: &str = r#"# The nets of the way back are of the same form, with weights of their own.
G_back, D_back = copy.deepcopy((G, D))
for module in [*G_back.modules(), *D_back.modules()]:
    if hasattr(module, "reset_parameters"):
        module.reset_parameters()"#;

/// The part of a run that translates that the program lacks.
pub(crate) fn left_out(spec: &RunSpec) -> Option<&'static str> {
    let has_second = spec.translation.is_none() || images::second(spec).is_some();
    (!has_second)
        .then_some("translation.from: outlines of other images stand in for the second set")
}

/// What stands in for the second set, if the run translates and the program does not load that set.
pub(crate) fn second_set(run: &Run<'_>) -> Option<String> {
    left_out(run.spec).map(|_| OUTLINES.to_owned())
}

/// The next images of the second set.
fn next(run: &Run<'_>) -> &'static str {
    match left_out(run.spec) {
        Some(_) => "given = outlines(next(real_batches))",
        None => "given = next(other_batches)",
    }
}

/// The nets of the way back, before their weights.
pub(crate) fn nets(run: &Run<'_>) -> Option<String> {
    run.translation().map(|_| NETS.to_owned())
}

/// Images of the second set, which belong to none of the reals.
pub(crate) fn add_batch(run: &Run<'_>, lines: &mut Lines, depth: usize) {
    if run.translation().is_some() {
        lines.add(depth, next(run));
    }
}

/// A step of the second discriminator.
pub(crate) fn add_discriminator_step(run: &Run<'_>, lines: &mut Lines, depth: usize) {
    if run.translation().is_none() {
        return;
    }
    if run.spec.generator.spectral_norm {
        lines.add(depth, "follow(G_back)");
    }
    lines.add(depth, "fakes_back = G_back(reals)");
    let seen = |samples: &str| match run.shows() {
        true => format!("shown({samples}{})", shown::beside(run)),
        false => samples.to_owned(),
    };
    if run.spec.discriminator.spectral_norm {
        lines.add(depth, "power_iteration(D_back)");
    }
    let (reals, fakes) = (seen("given"), seen("fakes_back.detach()"));
    lines.add(depth, &format!("loss_back = discriminator_loss(D_back, {reals}, {fakes})"));
    let names = Names {
        loss: "loss_back",
        net: "D_back",
        optimizer: "d_back_optimizer",
        schedule: "d_back_schedule",
    };
    add_discriminator_update(run, lines, depth, &names);
}

/// What the way back adds to the generators' loss.
pub(crate) fn add_generator_loss(run: &Run<'_>, lines: &mut Lines) {
    let Some(TranslationSpec { cycle, identity, .. }) = run.translation() else { return };
    let seen = |samples: &str| match run.shows() {
        true => format!("shown({samples}{})", shown::beside(run)),
        false => samples.to_owned(),
    };
    if run.spec.discriminator.spectral_norm {
        lines.add(1, "follow(D_back)");
    }
    let reals = if run.compares() { seen("given") + ", " } else { String::new() };
    let fakes = seen("fakes_back");
    lines.add(1, &format!("g_loss = g_loss + generator_loss(D_back, {reals}{fakes})"));
    for (weight, there, back) in [
        (*cycle, "F.l1_loss(G_back(fakes), given)", "F.l1_loss(G(fakes_back), reals)"),
        (*identity, "F.l1_loss(G(reals), reals)", "F.l1_loss(G_back(given), given)"),
    ] {
        if weight > 0.0 {
            let weight = number(weight);
            lines.add(1, &format!("g_loss = g_loss + {weight} * ({there} + {back})"));
        }
    }
}

/// The second generator's step, by the gradients of the loss that both share.
pub(crate) fn add_generator_step(run: &Run<'_>, lines: &mut Lines) {
    if run.translation().is_some() {
        let names = Names {
            loss: "g_loss",
            net: "G_back",
            optimizer: "g_back_optimizer",
            schedule: "g_back_schedule",
        };
        add_step(lines, 1, &run.spec.generator_optimizer, &names);
    }
}

/// Images of the second set, what the generator called `name` makes of them, and what becomes of that,
/// side by side.
pub(crate) fn add_picture(run: &Run<'_>, lines: &mut Lines, name: &str) {
    let back = if run.spec.ema.is_some() { "average_back" } else { "G_back" };
    if run.spec.generator.spectral_norm {
        lines.add(0, &format!("follow({back})"));
    }
    lines.add(0, &format!("{back}.eval()"));
    lines.add(0, "with torch.no_grad():");
    lines.add(1, next(run));
    lines.add(1, &format!("samples = {name}(given).reshape(given.shape)"));
    lines.add(1, &format!("again = {back}(samples).reshape(given.shape)"));
    lines.add(0, "triples = torch.stack([given, samples, again], 1).flatten(0, 1).cpu()");
    let range = "normalize=True, value_range=(-1, 1)";
    lines.add(0, &format!("save_image(triples, \"samples.png\", nrow=12, {range})"));
}
