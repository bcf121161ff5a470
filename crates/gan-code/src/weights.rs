//! Writes the loading of a checkpoint: both nets' weights, the average's, and the optimisers'
//! moments.
//!
//! Some names in the file differ from PyTorch's, and the weights of linear layers are transposed
//! ("Files" in `ARCHITECTURE.md`). A program renames the tensors that its nets have.

use gan_protocol::{LayerSpec, OptimizerMethod, OptimizerSpec};

use crate::lines::{Lines, quoted};
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
    let has_spectral_norm = spec.generator.spectral_norm || spec.discriminator.spectral_norm;
    let mut blocks = vec![
        format!("run = load_file({}, str(torch.get_default_device()))", quoted(checkpoint.file)),
        numbers(run, has_spectral_norm),
    ];
    let remembering = [
        remembering("g_optimizer, G, \"generator\", DONE", &spec.generator_optimizer),
        remembering(
            &format!("d_optimizer, D, \"discriminator\", {}", checkpoint.discriminator_step),
            &spec.discriminator_optimizer,
        ),
    ];
    if remembering.iter().any(Option::is_some) {
        blocks.push(REMEMBER.to_owned());
    }
    let mut lines = Lines::default();
    let average = if spec.ema.is_some() { ", (average, \"average\")" } else { "" };
    let nets = format!("[(G, \"generator\"), (D, \"discriminator\"){average}]");
    lines.add(0, &format!("for net, part in {nets}:"));
    // Tensors that the run lacks: counts of batches, right singular vectors.
    if has_spectral_norm || has(run, |layer| matches!(layer, LayerSpec::BatchNorm { .. })) {
        lines.add(1, "net.load_state_dict(net.state_dict() | numbers(part))");
    } else {
        lines.add(1, "net.load_state_dict(numbers(part))");
    }
    remembering.iter().flatten().for_each(|line| lines.add(0, line));
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
    if has_spectral_norm {
        lines.add(2, "if f\"{part.split('.')[0]}.{name}_u\" in run:");
        lines.add(3, "name = name.replace(\"weight\", \"parametrizations.weight.original\")");
        lines.add(2, "name = name.replace(\"weight_u\", \"parametrizations.weight.0._u\")");
    }
    if has(run, |layer| matches!(layer, LayerSpec::Residual { .. })) {
        lines.add(2, "name = name.replace(\"layers\", \"body\")");
    }
    if has(run, |l| matches!(l, LayerSpec::BatchNorm { .. } | LayerSpec::LayerNorm { .. })) {
        lines.add(2, "name = name.replace(\"scale\", \"weight\").replace(\"shift\", \"bias\")");
    }
    if has(run, |layer| matches!(layer, LayerSpec::BatchNorm { .. })) {
        lines.add(2, "name = name.replace(\"running_variance\", \"running_var\")");
    }
    if has(run, |layer| matches!(layer, LayerSpec::Label { embedding: Some(_), .. })) {
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
    Some(format!("remember({arguments}, {moments})"))
}
