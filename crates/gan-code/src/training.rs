//! Writes the constants, the loop over steps, and the picture at the end.

use gan_protocol::{LatentDistribution, LayerSpec, Shape, TermSpec};

use crate::encoding;
use crate::few_labels;
use crate::growing;
use crate::lines::{Lines, listed, number};
use crate::losses::terms;
use crate::optimizers::{self, Names, add_discriminator_update, add_update, is_scheduled};
use crate::pictures;
use crate::run::{Run, any};
use crate::shown;
use crate::translation;
use crate::weights;

/// Steps of a program, until the user changes the number.
const STEPS: usize = 5_000;

/// The constants that a user might change, the seed and the device.
pub(crate) fn constants(run: &Run<'_>) -> String {
    let spec = run.spec;
    let mut lines = Lines::default();
    lines.add(0, &format!("STEPS = {STEPS}"));
    if spec.packing > 1 {
        lines.add(0, &format!("PACK = {}", spec.packing));
        lines.add(0, &format!("BATCH = {} * PACK", spec.batch_size));
    } else {
        lines.add(0, &format!("BATCH = {}", spec.batch_size));
    }
    if let Some(checkpoint) = run.checkpoint {
        lines.add(0, &format!("DONE = {}  # steps of the run before", checkpoint.step));
    }
    lines.add(0, "");
    let device = "\"cuda\" if torch.cuda.is_available() else \"cpu\"";
    let images = spec.data.points.is_none();
    if images {
        lines.add(0, &format!("device = {device}"));
    }
    lines.add(0, &format!("torch.set_default_device({})", if images { "device" } else { device }));
    lines.add(0, &format!("torch.manual_seed({})", spec.seed));
    lines.block()
}

/// The blocks after the losses.
pub(crate) fn blocks(run: &Run<'_>) -> Vec<String> {
    let mut blocks = vec![optimizers::block(run)];
    if run.spec.unrolled_steps > 0 {
        blocks.push(discriminator_step(run));
    }
    if let Some(ema) = run.spec.ema {
        blocks.push(match run.translation() {
            Some(_) => "average, average_back = copy.deepcopy((G, G_back))".to_owned(),
            None if run.encoder().is_some() => {
                "average, average_e = copy.deepcopy((G, E))".to_owned()
            }
            None => "average = copy.deepcopy(G)".to_owned(),
        });
        blocks.push(move_average(run, ema.decay));
    }
    blocks.extend(weights::blocks(run));
    if run.spec.codes.is_some() {
        blocks.push(latents(run));
    }
    blocks.push(steps(run));
    blocks.push(picture(run));
    blocks
}

/// A discriminator's parts to copy: the net, its optimiser and its schedule.
fn judge_parts(run: &Run<'_>) -> Vec<&'static str> {
    let scheduled = is_scheduled(&run.spec.discriminator_optimizer);
    ["D", "d_optimizer"].into_iter().chain(scheduled.then_some("d_schedule")).collect()
}

/// A step of the discriminator or of a copy.
fn discriminator_step(run: &Run<'_>) -> String {
    let mut lines = Lines::default();
    let arguments = run.discriminator_arguments(["reals", "fakes"]);
    let all: Vec<&str> =
        judge_parts(run).into_iter().chain(arguments[1..].iter().copied()).collect();
    let all = listed(&all).replace("d_", "");
    lines.add(0, &format!("def discriminator_step({all}):"));
    if run.spec.discriminator.spectral_norm {
        lines.add(1, "power_iteration(D)");
    }
    lines.add(1, &format!("loss = discriminator_loss({})", listed(&arguments)));
    let names = Names { loss: "loss", net: "D", optimizer: "optimizer", schedule: "schedule" };
    add_discriminator_update(run, &mut lines, 1, &names);
    lines.add(1, "return loss");
    lines.block()
}

fn move_average(run: &Run<'_>, decay: f32) -> String {
    let mut lines = Lines::default();
    lines.add(0, "@torch.no_grad()");
    lines.add(0, "def move_average(step):");
    let decay = number(decay);
    lines.add(
        1,
        "# Its memory is short at the start, so that the first weights are soon forgotten.",
    );
    lines.add(1, &format!("decay = min({decay}, (1 + step) / (10 + step))"));
    let second = match (run.translation(), run.encoder()) {
        (Some(_), _) => Some("(average_back, G_back)"),
        (None, Some(_)) => Some("(average_e, E)"),
        (None, None) => None,
    };
    if let Some(second) = second {
        lines.add(1, "pairs = []");
        lines.add(1, &format!("for kept, net in [(average, G), {second}]:"));
        lines.add(2, "pairs += zip(kept.state_dict().values(), net.state_dict().values())");
    } else {
        lines.add(1, "pairs = zip(average.state_dict().values(), G.state_dict().values())");
    }
    lines.add(1, "for old, new in pairs:");
    if has_batch_norm(run) {
        lines.add(2, "if old.is_floating_point():  # batch normalisation counts batches, too");
        lines.add(3, "old.lerp_(new, 1 - decay)");
    } else {
        lines.add(2, "old.lerp_(new, 1 - decay)");
    }
    lines.block()
}

fn has_batch_norm(run: &Run<'_>) -> bool {
    let spec = run.spec;
    let batch_norm = |layer: &LayerSpec, _| {
        matches!(layer, LayerSpec::BatchNorm { .. } | LayerSpec::StyledConstant { .. })
    };
    any(&spec.generator.layers, spec.generator_input(), &mut { batch_norm })
        || run
            .encoder()
            .is_some_and(|it| any(&it.net.layers, spec.data.shape(), &mut { batch_norm }))
}

/// The function for latents, if a run has codes.
fn latents(run: &Run<'_>) -> String {
    let mut lines = Lines::default();
    lines.add(0, "def latents(n):");
    lines.add(1, "\"\"\"Noise, and behind it the codes that are to be told from a sample.\"\"\"");
    lines.add(1, &format!("z = [{}]", noise(run, "n")));
    if let Some(codes) = &run.spec.codes {
        for categories in &codes.categorical {
            let code = format!("F.one_hot(torch.randint({categories}, (n,)), {categories})");
            lines.add(1, &format!("z.append({code})"));
        }
        if codes.continuous > 0 {
            lines.add(1, &format!("z.append(2 * torch.rand(n, {}) - 1)", codes.continuous));
        }
    }
    lines.add(1, "return torch.cat(z, 1)");
    lines.block()
}

fn noise(run: &Run<'_>, count: &str) -> String {
    let size = run.spec.latent.size;
    match run.spec.latent.distribution {
        LatentDistribution::Normal => format!("torch.randn({count}, {size})"),
        LatentDistribution::Uniform => format!("2 * torch.rand({count}, {size}) - 1"),
    }
}

fn fed(run: &Run<'_>, count: &str) -> String {
    if run.spec.codes.is_some() { format!("latents({count})") } else { noise(run, count) }
}

fn steps(run: &Run<'_>) -> String {
    let spec = run.spec;
    let mut lines = Lines::default();
    let range =
        if run.checkpoint.is_some() { "DONE + 1, DONE + STEPS + 1" } else { "1, STEPS + 1" };
    let pretraining = spec.pretraining_steps;
    if pretraining > 0 {
        lines.add(0, "d_loss = torch.tensor(0.0)");
    }
    lines.add(0, &format!("for step in range({range}):"));
    growing::add_step(run, &mut lines);
    if pretraining > 0 {
        lines.add(1, &format!("pretraining = step <= {pretraining}  # the discriminator waits"));
    }
    if spec.generator.spectral_norm {
        lines.add(1, "power_iteration(G)");
        if run.translation().is_some() {
            lines.add(1, "power_iteration(G_back)");
        }
    }
    let mut depth = 1;
    let several = spec.discriminator_steps > 1;
    if several {
        let count = match pretraining {
            0 => spec.discriminator_steps.to_string(),
            _ => format!("1 if pretraining else {}", spec.discriminator_steps),
        };
        lines.add(1, &format!("for _ in range({count}):"));
        depth = 2;
    }
    add_batch(run, &mut lines, depth);
    if several && spec.generator.spectral_norm {
        lines
            .add(depth, "# On the page the estimates come nearer before the last of these passes.");
    }
    if several && has_batch_norm(run) {
        lines.add(
            depth,
            "# Each pass moves running statistics; on the page only the last one does.",
        );
    }
    if run.translation().is_some() && has_batch_norm(run) {
        lines.add(
            depth,
            "# Each pass moves running statistics; on the page only a generator's first one does.",
        );
    }
    let makes_again = run.encoder().is_some_and(|it| it.method.cycle() > 0.0);
    if (encoding::input(run).is_some() || makes_again) && has_batch_norm(run) {
        lines.add(
            depth,
            "# Each pass moves running statistics; on the page one for the encoder alone does not.",
        );
    }
    let told: String = run.told().iter().map(|name| format!(", {name}")).collect();
    lines.add(depth, &format!("fakes = G({}{told})", input(run)));
    if pretraining > 0 {
        lines.add(depth, "if not pretraining:");
        depth += 1;
    }
    add_discriminator_step(run, &mut lines, depth);
    translation::add_discriminator_step(run, &mut lines, depth);
    lines.add(0, "");
    if several {
        lines.add(1, "# The last of these fakes serve the generator's step too.");
    }
    add_generator_step(run, &mut lines);
    lines.add(0, "");
    lines.add(1, "if step % 100 == 0:");
    let scores = "discriminator {d_loss.item():.3f}, generator {g_loss.item():.3f}";
    lines.add(2, &format!("print(f\"step {{step}}: {scores}\")"));
    lines.block()
}

/// Reals, latents and, if the run has them, classes and numbers of generators.
fn add_batch(run: &Run<'_>, lines: &mut Lines, depth: usize) {
    let class = if run.told_classes() { ", y" } else { "" };
    let reals = if run.spec.data.points.is_some() { "points(BATCH)" } else { "next(real_batches)" };
    lines.add(depth, &format!("reals{class} = {reals}"));
    if run.spec.condition.is_some() {
        lines.add(depth, pictures::given(run));
    }
    translation::add_batch(run, lines, depth);
    if run.has_latents() {
        lines.add(depth, &format!("z = {}", fed(run, "BATCH")));
    }
    encoding::add_batch(run, lines, depth);
    few_labels::add_batch(run, lines, depth);
    growing::add_batch(run, lines, depth);
    if let Some(mixture) = run.spec.mixture {
        lines.add(depth, &format!("k = torch.randint({}, (BATCH,))", mixture.generators));
    }
}

fn add_discriminator_step(run: &Run<'_>, lines: &mut Lines, depth: usize) {
    let spec = run.spec;
    let mut samples = ["reals", "fakes.detach()"];
    if run.shows() {
        let beside = shown::beside(run);
        lines.add(depth, &format!("seen_reals = shown(reals{beside})"));
        lines.add(depth, &format!("seen_fakes = shown(fakes.detach(){beside})"));
        samples = ["seen_reals", "seen_fakes"];
    }
    let arguments = run.discriminator_arguments(samples);
    if spec.unrolled_steps > 0 {
        let all: Vec<&str> =
            judge_parts(run).into_iter().chain(arguments[1..].iter().copied()).collect();
        lines.add(depth, &format!("d_loss = discriminator_step({})", listed(&all)));
        return;
    }
    if spec.discriminator.spectral_norm {
        lines.add(depth, "power_iteration(D)");
    }
    lines.add(depth, &format!("d_loss = discriminator_loss({})", listed(&arguments)));
    let names =
        Names { loss: "d_loss", net: "D", optimizer: "d_optimizer", schedule: "d_schedule" };
    add_discriminator_update(run, lines, depth, &names);
}

fn add_generator_step(run: &Run<'_>, lines: &mut Lines) {
    let spec = run.spec;
    let mut depth = 1;
    if spec.pretraining_steps > 0 {
        lines.add(1, "g_loss = 0");
        let matches = |term: &TermSpec| matches!(term, TermSpec::FeatureMatching { .. });
        if spec.unrolled_steps > 0 && spec.terms.iter().any(matches) {
            lines.add(1, "ahead = [D]");
        }
        lines.add(1, "if not pretraining:");
        depth = 2;
    }
    add_verdict(run, lines, depth);
    for term in terms(run) {
        lines.add(1, &format!("g_loss = g_loss + {term}"));
    }
    translation::add_generator_loss(run, lines);
    let loss = encoding::add_generator_loss(run, lines);
    if run.translation().is_some() {
        lines.add(1, "g_back_optimizer.zero_grad()");
    }
    let names = Names { loss, net: "G", optimizer: "g_optimizer", schedule: "g_schedule" };
    add_update(run, lines, 1, &spec.generator_optimizer, &names);
    encoding::add_step_by_pairs(run, lines);
    translation::add_generator_step(run, lines);
    if spec.ema.is_some() {
        lines.add(1, &format!("move_average({})", growing::counted(run)));
    }
}

/// The generator's loss by the verdict, at an indentation of `depth`.
fn add_verdict(run: &Run<'_>, lines: &mut Lines, depth: usize) {
    let spec = run.spec;
    let unrolled = spec.unrolled_steps > 0;
    if unrolled {
        let samples =
            if run.shows() { ["seen_reals", "seen_fakes"] } else { ["reals", "fakes.detach()"] };
        let parts = judge_parts(run);
        lines.add(
            depth,
            "# A copy of the discriminator goes ahead, and the generator answers to the copy.",
        );
        lines.add(depth, &format!("ahead = copy.deepcopy(({}))", listed(&parts)));
        lines.add(depth, &format!("for _ in range({}):", spec.unrolled_steps));
        let arguments = run.discriminator_arguments(samples);
        lines.add(depth + 1, &format!("discriminator_step(*ahead, {})", listed(&arguments[1..])));
    }
    let beside = shown::beside(run);
    let argument = |name: &&'static str| match *name {
        "D" if unrolled => "ahead[0]".to_owned(),
        sample @ ("reals" | "fakes") if run.shows() => format!("shown({sample}{beside})"),
        other => other.to_owned(),
    };
    let arguments: Vec<String> = run.generator_arguments().iter().map(argument).collect();
    if spec.discriminator.spectral_norm {
        lines.add(depth, if unrolled { "follow(ahead[0])" } else { "follow(D)" });
    }
    let loss = format!("generator_loss({})", arguments.join(", "));
    lines.add(depth, &format!("g_loss = {loss}"));
}

/// The generator's input: latents, a picture, or both.
fn input(run: &Run<'_>) -> &'static str {
    if let Some(given) = encoding::input(run) {
        return given;
    }
    match (run.spec.picture().is_some(), run.has_latents()) {
        (false, _) => "z",
        (true, false) => "given",
        (true, true) => "beside(given, z)",
    }
}

/// Saves samples of the trained generator, or of its average, as a file.
fn picture(run: &Run<'_>) -> String {
    let spec = run.spec;
    let name = if spec.ema.is_some() { "average" } else { "G" };
    let classes = spec.labels.map(|labels| labels.classes());
    let columns = classes.filter(|classes| *classes <= 16).unwrap_or(8);
    let is_image = matches!(spec.data.shape(), Shape::Image { .. });
    let count = if is_image { 8 * columns } else { 2_000 };
    let mut lines = Lines::default();
    if spec.generator.spectral_norm {
        lines.add(0, &format!("follow({name})"));
    }
    lines.add(0, &format!("{name}.eval()"));
    if spec.condition.is_some() {
        add_triples(run, &mut lines, name);
        return lines.block();
    }
    if run.translation().is_some() {
        translation::add_picture(run, &mut lines, name);
        return lines.block();
    }
    let mut told = String::new();
    if let Some(classes) = classes {
        lines.add(0, &format!("y = torch.arange({count}) % {classes}"));
        told += ", y";
    }
    if let Some(mixture) = spec.mixture {
        lines.add(0, &format!("k = torch.randint({}, ({count},))", mixture.generators));
        told += ", k";
    }
    lines.add(0, "with torch.no_grad():");
    let latents = fed(run, &count.to_string());
    lines.add(1, &format!("samples = {name}({latents}{told}).cpu()"));
    if is_image {
        let range = "normalize=True, value_range=(-1, 1)";
        lines.add(0, &format!("save_image(samples, \"samples.png\", nrow={columns}, {range})"));
        encoding::add_picture(run, &mut lines, name);
    } else {
        let only = if classes.is_some() { "[0]" } else { "" };
        lines.add(0, &format!("plt.scatter(*points({count}){only}.cpu().T, s=4, label=\"real\")"));
        lines.add(0, "plt.scatter(*samples.T, s=4, label=\"generated\")");
        lines.add(0, "plt.axis(\"equal\")");
        lines.add(0, "plt.legend(loc=\"upper right\")");
        lines.add(0, "plt.savefig(\"samples.png\")");
    }
    lines.block()
}

/// Pictures, what the generator called `name` makes of them, and the true images, side by side.
fn add_triples(run: &Run<'_>, lines: &mut Lines, name: &str) {
    let class = if run.told_classes() { ", y" } else { "" };
    lines.add(0, "with torch.no_grad():");
    lines.add(1, &format!("reals{class} = next(real_batches)"));
    lines.add(1, pictures::given(run));
    if run.has_latents() {
        lines.add(1, &format!("z = {}", fed(run, "BATCH")));
    }
    if let Some(mixture) = run.spec.mixture {
        lines.add(1, &format!("k = torch.randint({}, (BATCH,))", mixture.generators));
    }
    let told: String = run.told().iter().map(|name| format!(", {name}")).collect();
    lines.add(1, &format!("samples = {name}({}{told})", input(run)));
    let own = run.spec.data.channels;
    lines.add(
        0,
        &format!("seen = F.interpolate(given[:, :{own}], reals.shape[2:]).expand_as(reals)"),
    );
    lines.add(
        0,
        "triples = torch.stack([seen, samples.reshape(reals.shape), reals], 1).flatten(0, 1).cpu()",
    );
    let range = "normalize=True, value_range=(-1, 1)";
    lines.add(0, &format!("save_image(triples, \"samples.png\", nrow=12, {range})"));
}
