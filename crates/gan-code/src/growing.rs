//! Writes what a run has whose nets grow (Karras et al. 2017).

use gan_protocol::{GrowthSpec, LayerSpec};

use crate::lines::Lines;
use crate::run::Run;
use crate::weights::Checkpoint;

const GROW: &str = r#"class Grow(nn.Module):
    """The image of its layers, faded in for a smaller one made larger (Karras et al. 2017)."""

    def __init__(self, stage, scale, body, early):
        super().__init__()
        self.stage, self.scale, self.body, self.early = stage, scale, body, early

    def before(self, x{told}):
        return F.interpolate(self.early(x{told}), scale_factor=self.scale)

    def forward(self, x{told}):
        share = min(1, max(0, level - self.stage))
        late = self.body(x{told}) if share > 0 else 0
        early = self.before(x{told}) if share < 1 else 0
        return share * late + (1 - share) * early"#;

const SHRINK: &str = r#"class Shrink(Grow):
    """What its layers make of the image, faded in for what others make of a smaller one."""

    def before(self, x{told}):
        return self.early(F.avg_pool2d(x, self.scale){told})"#;

const GROWN: &str = r#"def grown(step):
    """How many stages are there in a step, and the steps before the newest of them."""
    stage = min(STAGES, max(0, (step - 1 - HOLD) // (HOLD + FADE) + 1))
    if stage == 0:
        return 0, 0
    before = HOLD + (stage - 1) * (HOLD + FADE)
    return stage - 1 + (min(1, (step - before) / FADE) if FADE else 1), before"#;

const AS_GROWN: &str = r#"def as_grown(x):
    """Images without the details of a stage that is faded in, as far as it is not there."""
    share = level % 1
    if share == 0:
        return x
    scale = SCALES[int(level)]
    coarse = F.interpolate(F.avg_pool2d(x, scale), scale_factor=scale)
    return share * x + (1 - share) * coarse"#;

/// The classes of stages.
pub(crate) fn layers(run: &Run<'_>) -> Vec<String> {
    if run.spec.growth.is_none() {
        return Vec::new();
    }
    let told = if run.told_blocks { ", *told" } else { "" };
    [GROW, SHRINK].map(|text| text.replace("{told}", told)).to_vec()
}

/// The beginning of a stage as an expression, without its layers; `stage` is its number.
pub(crate) fn opening(layer: &LayerSpec, stage: usize) -> Option<String> {
    match layer {
        LayerSpec::Grow { scale, .. } => Some(format!("Grow({stage}, {scale},")),
        LayerSpec::Shrink { scale, .. } => Some(format!("Shrink({stage}, {scale},")),
        _ => None,
    }
}

/// The schedule and its functions.
pub(crate) fn schedule(run: &Run<'_>) -> Vec<String> {
    let Some(GrowthSpec { hold, fade }) = run.spec.growth else { return Vec::new() };
    let scales: Vec<String> =
        run.spec.discriminator.shrink_scales().iter().map(usize::to_string).collect();
    let mut lines = Lines::default();
    lines.add(0, &format!("HOLD, FADE, STAGES = {hold}, {fade}, {}", scales.len()));
    lines.add(0, &format!("SCALES = [{}]", scales.join(", ")));
    let start = if run.checkpoint.is_some() { "grown(DONE)" } else { "grown(1)" };
    vec![lines.block(), GROWN.to_owned(), AS_GROWN.to_owned(), format!("level, before = {start}")]
}

/// The nets' sizes in a step.
pub(crate) fn add_step(run: &Run<'_>, lines: &mut Lines) {
    if run.spec.growth.is_none() {
        return;
    }
    lines.add(1, "level, before = grown(step)");
    lines.add(1, "if before and step == before + 1:");
    lines.add(2, "# With a new stage the optimisers begin anew.");
    lines.add(2, "g_optimizer.state.clear()");
    lines.add(2, "d_optimizer.state.clear()");
}

/// Reals as detailed as the nets.
pub(crate) fn add_batch(run: &Run<'_>, lines: &mut Lines, depth: usize) {
    if run.spec.growth.is_none() {
        return;
    }
    lines.add(depth, "reals = as_grown(reals)");
}

/// How many steps the average counts: those since the newest stage.
pub(crate) fn counted(run: &Run<'_>) -> &'static str {
    if run.spec.growth.is_some() { "step - before" } else { "step" }
}

/// Updates of generator and discriminator that their moments stem from.
pub(crate) fn updates(checkpoint: &Checkpoint<'_>) -> [u64; 2] {
    let [made, judged] = checkpoint.moments_since.unwrap_or_default();
    [checkpoint.step.saturating_sub(made), checkpoint.discriminator_step.saturating_sub(judged)]
}
