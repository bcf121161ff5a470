//! Writes the loading of a checkpoint: both nets' weights, the average's, and the optimisers'
//! moments.
//!
//! Some names in the file differ from PyTorch's, and the weights of linear layers are transposed
//! ("Files" in `ARCHITECTURE.md`). A program renames the tensors that its nets have.

use gan_protocol::{LayerSpec, OptimizerMethod, OptimizerSpec};

use crate::growing;
use crate::lines::{LINE, Lines, quoted};
use crate::run::Run;

/// A checkpoint from which a program continues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint<'a> {
    /// The name of the `.safetensors` file in the program.
    pub file: &'a str,
    /// Generator steps done.
    pub step: u64,
    /// Discriminator steps done.
    pub discriminator_step: u64,
    /// Updates of both nets before their optimisers' moments began anew, as the checkpoint's header has them.
    pub moments_since: Option<[u64; 2]>,
}

const REMEMBER: &str = r#"def remember(optimizer, net, part, updates, **moments):
    """Gives an optimiser what the run's remembers."""
    kept = {key: numbers(f"{part}.optimizer.{moment}") for key, moment in moments.items()}
    for name, parameter in net.named_parameters():
        state = {key: values[name] for key, values in kept.items()}
        state["step"] = torch.tensor(float(updates), device="cpu")
        optimizer.state[parameter] = state"#;

/// The blocks after the nets, their average and their optimisers.
pub(crate) fn blocks(run: &Run<'_>) -> Vec<String> {
    let Some(checkpoint) = run.checkpoint else { return Vec::new() };
    let spec = run.spec;
    let has_spectral_norm = spec.generator.spectral_norm
        || spec.discriminator.spectral_norm
        || run.encoder().is_some_and(|encoder| encoder.net.spectral_norm);
    let mut blocks = vec![
        format!("run = load_file({}, str(torch.get_default_device()))", quoted(checkpoint.file)),
        numbers(run, has_spectral_norm),
    ];
    let [made, judged] = growing::updates(&checkpoint);
    let made = if made == checkpoint.step { "DONE".to_owned() } else { made.to_string() };
    let mut remembering = vec![
        remembering(&format!("g_optimizer, G, \"generator\", {made}"), &spec.generator_optimizer),
        remembering(
            &format!("d_optimizer, D, \"discriminator\", {judged}"),
            &spec.discriminator_optimizer,
        ),
    ];
    if run.translation().is_some() {
        remembering.push(self::remembering(
            "g_back_optimizer, G_back, \"way_back.generator\", DONE",
            &spec.generator_optimizer,
        ));
        remembering.push(self::remembering(
            &format!("d_back_optimizer, D_back, \"way_back.discriminator\", {judged}"),
            &spec.discriminator_optimizer,
        ));
    }
    if run.encoder().is_some() {
        let arguments = "e_optimizer, E, \"encoder\", DONE";
        remembering.push(self::remembering(arguments, &spec.generator_optimizer));
    }
    if remembering.iter().any(Option::is_some) {
        blocks.push(REMEMBER.to_owned());
    }
    let mut lines = Lines::default();
    let mut nets = vec![("G", "generator"), ("D", "discriminator")];
    if run.translation().is_some() {
        nets.extend([("G_back", "way_back.generator"), ("D_back", "way_back.discriminator")]);
    }
    nets.extend(run.encoder().map(|_| ("E", "encoder")));
    if spec.ema.is_some() {
        nets.push(("average", "average"));
        nets.extend(run.encoder().map(|_| ("average_e", "encoder_average")));
        nets.extend(run.translation().map(|_| ("average_back", "way_back.average")));
    }
    let nets: Vec<String> = nets.iter().map(|(net, part)| format!("({net}, \"{part}\")")).collect();
    if nets.len() < 4 {
        lines.add(0, &format!("for net, part in [{}]:", nets.join(", ")));
    } else {
        lines.add(0, "for net, part in [");
        nets.iter().for_each(|net| lines.add(1, &format!("{net},")));
        lines.add(0, "]:");
    }
    // Tensors that the run lacks: counts of batches, right singular vectors.
    if has_spectral_norm || has(run, |layer| matches!(layer, LayerSpec::BatchNorm { .. })) {
        lines.add(1, "net.load_state_dict(net.state_dict() | numbers(part))");
    } else {
        lines.add(1, "net.load_state_dict(numbers(part))");
    }
    remembering.iter().flatten().for_each(|call| lines.text(call));
    blocks.push(lines.block());
    blocks
}

fn has(run: &Run<'_>, found: fn(&LayerSpec) -> bool) -> bool {
    run.any(|layer, _| found(layer))
}

fn numbers(run: &Run<'_>, has_spectral_norm: bool) -> String {
    let mut lines = Lines::default();
    lines.add(0, "def numbers(part):");
    lines.add(
        1,
        "\"\"\"The run's numbers by PyTorch's names, where linear weights lie otherwise.\"\"\"",
    );
    lines.add(1, "found = {}");
    lines.add(1, "for name, value in run.items():");
    lines.add(2, "if not re.match(rf\"{part}\\.\\d\", name):");
    lines.add(3, "continue");
    lines.add(2, "if name.endswith(\".weight\") and value.dim() == 2:");
    lines.add(3, "value = value.T.contiguous()");
    lines.add(2, "name = name.removeprefix(f\"{part}.\")");
    let has_style = has(run, |layer| matches!(layer, LayerSpec::ModulatedConv { .. }));
    if has_spectral_norm {
        // By the run's own name, before a style's is changed.
        lines.add(2, "is_normalised = f\"{part.split('.optimizer')[0]}.{name}_u\" in run");
    }
    if has_style {
        lines.add(2, "if name.endswith(\".style\"):");
        lines.add(3, "name, value = name + \".weight\", value.T.contiguous()");
    }
    if has_spectral_norm {
        if has_style {
            lines.add(2, "name = name.replace(\".style_u\", \".style.weight_u\")");
        }
        lines.add(2, "if is_normalised:");
        lines.add(3, "name = name.replace(\"weight\", \"parametrizations.weight.original\")");
        lines.add(2, "name = name.replace(\"weight_u\", \"parametrizations.weight.0._u\")");
    }
    if has(run, |layer| !layer.inside().is_empty()) {
        lines.add(2, "name = name.replace(\"layers\", \"body\")");
    }
    let has_scale = |layer: &LayerSpec| {
        matches!(
            layer,
            LayerSpec::BatchNorm { .. }
                | LayerSpec::LayerNorm { .. }
                | LayerSpec::GroupNorm { .. }
                | LayerSpec::InstanceNorm { affine: true, .. }
        )
    };
    if has(run, has_scale) {
        let mut depth = 2;
        if has_style {
            let module = "{name.rpartition('.')[0]}";
            let style = format!("{{part.split('.optimizer')[0]}}.{module}.style");
            lines.add(2, &format!("if f\"{style}\" not in run:"));
            depth = 3;
        }
        lines.add(depth, "name = name.replace(\"scale\", \"weight\").replace(\"shift\", \"bias\")");
    }
    if has(run, |layer| matches!(layer, LayerSpec::BatchNorm { .. })) {
        lines.add(2, "name = name.replace(\"running_variance\", \"running_var\")");
    }
    if has(run, |layer| matches!(layer, LayerSpec::Prelu {})) {
        lines.add(2, "name = name.replace(\"slope\", \"weight\")");
    }
    let is_embedded = |layer: &LayerSpec| {
        matches!(
            layer,
            LayerSpec::Label { embedding: Some(_), .. } | LayerSpec::LabelProduct { .. }
        )
    };
    if has(run, is_embedded) {
        lines.add(2, "name = name.replace(\"embedding\", \"embedding.weight\")");
    }
    lines.add(2, "found[name] = value");
    lines.add(1, "return found");
    lines.block()
}

/// The call that fills an optimiser; `None` if its method has no moments.
fn remembering(arguments: &str, optimizer: &OptimizerSpec) -> Option<String> {
    let moments = match optimizer.method {
        OptimizerMethod::Sgd { momentum, .. } if momentum > 0.0 => "momentum_buffer=\"first\"",
        OptimizerMethod::Sgd { .. } => return None,
        OptimizerMethod::Adam { .. } | OptimizerMethod::AdamW { .. } => {
            "exp_avg=\"first\", exp_avg_sq=\"second\""
        }
        OptimizerMethod::RmsProp { momentum, .. } if momentum > 0.0 => {
            "momentum_buffer=\"first\", square_avg=\"second\""
        }
        OptimizerMethod::RmsProp { .. } => "square_avg=\"second\"",
    };
    let line = format!("remember({arguments}, {moments})");
    if line.len() < LINE {
        return Some(line);
    }
    Some(format!("remember(\n    {arguments}, {moments}\n)"))
}
