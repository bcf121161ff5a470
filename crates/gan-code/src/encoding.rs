//! Writes what a run with an encoder has beside other runs.

use gan_protocol::{EncoderMethod, EncoderSpec, Objective, Shape};

use crate::lines::{LINE, Lines, number};
use crate::nets::{add_layers, listed_net};
use crate::optimizers::{Names, add_step};
use crate::run::Run;
use crate::shown;

const ENCODED: &str = r#"def encoded(x):
    """Latents of samples, drawn from a Gaussian each, with its mean and the log of its variance."""
    mean, log_variance = E(x).chunk(2, 1)
    found = mean + (log_variance / 2).exp() * torch.randn_like(mean)
    return found, mean, log_variance"#;

const DIVERGENCE: &str = r#"def divergence(mean, log_variance):
    """How far the latents' Gaussians are from N(0, 1), in nats."""
    parts = mean.square() + log_variance.exp() - log_variance - 1
    return parts.sum() / 2 / len(mean)"#;

/// The names of an update of the encoder.
const NAMES: Names =
    Names { loss: "e_loss", net: "E", optimizer: "e_optimizer", schedule: "e_schedule" };

/// The encoder as a net, and how latents are drawn from it.
pub(crate) fn nets(run: &Run<'_>) -> Vec<String> {
    let Some(EncoderSpec { method, net }) = run.encoder() else { return Vec::new() };
    let mut blocks = vec![listed_net("E", "nn.Sequential", |lines| {
        add_layers(run, lines, 1, &net.layers, run.spec.data.shape());
    })];
    if method.is_gaussian() {
        blocks.push(ENCODED.to_owned());
    }
    blocks
}

/// The losses that an encoder adds.
pub(crate) fn losses(run: &Run<'_>) -> Vec<String> {
    match run.encoder().map(|encoder| encoder.method) {
        None => Vec::new(),
        Some(EncoderMethod::Bigan { .. } | EncoderMethod::Ali { .. }) => vec![encoder_loss(run)],
        Some(EncoderMethod::VaeGan { layer, .. }) => {
            vec![reconstruction(run, layer), DIVERGENCE.to_owned()]
        }
    }
}

/// The generator's loss with real and fake exchanged.
fn encoder_loss(run: &Run<'_>) -> String {
    let mut lines = Lines::default();
    lines.add(0, "def encoder_loss(reals, found):");
    lines.add(
        1,
        "\"\"\"The generator's loss with real and fake exchanged (Donahue et al. 2016).\"\"\"",
    );
    let real = run.judged("reals");
    let loss = match run.spec.objective {
        Objective::NonSaturating => format!("cross_entropy({real}, 0)"),
        Objective::Minimax => format!("-cross_entropy({real}, 1)"),
        Objective::LeastSquares => format!("{real}.square().mean() / 2"),
        _ => format!("{real}.mean()"),
    };
    lines.add(
        1,
        &match run.spec.adversarial_weight {
            1.0 => format!("return {loss}"),
            weight => format!("return {} * ({loss})", number(weight)),
        },
    );
    lines.block()
}

fn reconstruction(run: &Run<'_>, layer: usize) -> String {
    let seen = |samples: &str| match run.shows() {
        true => format!("shown({samples}{})", shown::beside(run)),
        false => samples.to_owned(),
    };
    let arguments = if run.shows() { shown::beside(run) } else { String::new() };
    let mut lines = Lines::default();
    lines.add(0, &format!("def reconstruction(reals, made{arguments}):"));
    lines.add(
        1,
        "\"\"\"How far apart the discriminator's features of both are (Larsen et al. 2016).\"\"\"",
    );
    if run.shows() {
        lines.add(1, "# On the page a real and what is made of its latent are changed alike.");
    }
    lines.add(1, &format!("features = D[:{}]", layer + 1));
    let apart = format!("features({}).detach() - features({})", seen("reals"), seen("made"));
    lines.add(1, &format!("apart = {apart}"));
    lines.add(1, "return apart.square().sum() / 2 / len(reals)");
    lines.block()
}

/// The latents of the reals.
pub(crate) fn add_batch(run: &Run<'_>, lines: &mut Lines, depth: usize) {
    let Some(encoder) = run.encoder() else { return };
    if encoder.net.spectral_norm {
        lines.add(depth, "power_iteration(E)");
    }
    lines.add(
        depth,
        match encoder.method {
            EncoderMethod::Bigan { .. } => "found = E(reals)",
            EncoderMethod::Ali { .. } => "found, *_ = encoded(reals)",
            EncoderMethod::VaeGan { .. } => "found, mean, log_variance = encoded(reals)",
        },
    );
}

/// What the generator is given: behind latents, those of the reals where the discriminator judges samples.
pub(crate) fn input(run: &Run<'_>) -> Option<&'static str> {
    let encoder = run.encoder()?;
    (!encoder.method.judges_pairs()).then_some("torch.cat([z, found.detach()])")
}

/// Adds the encoder's update in a VAE-GAN, and what it adds to the generator's loss; where pairs are
/// judged, the encoder's loss. Returns the loss whose gradients both need.
pub(crate) fn add_generator_loss(run: &Run<'_>, lines: &mut Lines) -> &'static str {
    let Some(encoder) = run.encoder() else { return "g_loss" };
    let rest = if run.shows() { shown::beside(run) } else { String::new() };
    let (reconstruction, prior) = match encoder.method {
        EncoderMethod::Bigan { cycle } | EncoderMethod::Ali { cycle } => {
            let seen = match run.shows() {
                true => format!("shown(reals{rest})"),
                false => "reals".to_owned(),
            };
            lines.add(1, &format!("e_loss = encoder_loss({seen}, found)"));
            if cycle > 0.0 {
                let weight = if cycle == 1.0 { String::new() } else { number(cycle) + " * " };
                lines.add(
                    1,
                    "# What is made of a real's latent is to be the real (Li et al. 2017).",
                );
                let apart = "F.mse_loss(G(found).flatten(), reals.flatten())";
                lines.add(1, &format!("g_loss = g_loss + {weight}{apart}"));
            }
            lines.add(1, "e_optimizer.zero_grad()");
            return "(g_loss + e_loss)";
        }
        EncoderMethod::VaeGan { reconstruction, prior, .. } => (reconstruction, prior),
    };
    if reconstruction > 0.0 {
        let weight = match reconstruction {
            1.0 => String::new(),
            weight => number(weight) + " * ",
        };
        let made = format!("{weight}reconstruction(reals, fakes[len(reals):]{rest})");
        lines.add(1, &format!("g_loss = g_loss + {made}"));
    }
    lines.add(1, &format!("e_loss = reconstruction(reals, G(found){rest})"));
    if prior > 0.0 {
        let weight = if prior == 1.0 { String::new() } else { number(prior) + " * " };
        lines.add(1, &format!("e_loss = e_loss + {weight}divergence(mean, log_variance)"));
    }
    lines.add(1, "e_optimizer.zero_grad()");
    lines.add(1, "e_loss.backward(inputs=list(E.parameters()))");
    add_step(lines, 1, &run.spec.generator_optimizer, &NAMES);
    "g_loss"
}

/// The encoder's step, by the gradients of the loss that it shares with the generator.
pub(crate) fn add_step_by_pairs(run: &Run<'_>, lines: &mut Lines) {
    if run.spec.judges_pairs() {
        add_step(lines, 1, &run.spec.generator_optimizer, &NAMES);
    }
}

/// Reals and what the generator called `name` makes of their latents, side by side, as a second file.
pub(crate) fn add_picture(run: &Run<'_>, lines: &mut Lines, name: &str) {
    let Some(encoder) = run.encoder() else { return };
    let Shape::Image { .. } = run.spec.data.shape() else { return };
    let net = if run.spec.ema.is_some() { "average_e" } else { "E" };
    lines.add(0, "");
    if encoder.net.spectral_norm {
        lines.add(0, &format!("follow({net})"));
    }
    lines.add(0, &format!("{net}.eval()"));
    lines.add(0, "with torch.no_grad():");
    lines.add(1, "reals = next(real_batches)");
    let means = match encoder.method.is_gaussian() {
        true => format!("[:, :{}]  # the means", run.spec.latent.size),
        false => String::new(),
    };
    lines.add(1, &format!("found = {net}(reals){means}"));
    lines.add(1, &format!("again = {name}(found).reshape(reals.shape)"));
    lines.add(0, "pairs = torch.stack([reals, again], 1).flatten(0, 1).cpu()");
    let range = "normalize=True, value_range=(-1, 1)";
    let line = format!("save_image(pairs, \"reconstructions.png\", nrow=16, {range})");
    debug_assert!(line.len() < LINE);
    lines.add(0, &line);
}
