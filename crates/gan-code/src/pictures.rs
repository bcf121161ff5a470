//! Writes the picture that a generator is given: a function of the real samples.

use gan_protocol::{Degradation, Filter, Hole, Shape};

use crate::lines::{Lines, number};
use crate::run::Run;

/// The function `picture`, unless pictures come with the images, and `beside` where latents stand behind pictures.
pub(crate) fn blocks(run: &Run<'_>) -> Vec<String> {
    let Some(condition) = run.spec.condition else { return Vec::new() };
    let Shape::Image { height, width, .. } = run.spec.data.shape() else { return Vec::new() };
    if matches!(condition.picture, Degradation::Paired { .. }) {
        return run.has_latents().then(|| BESIDE.to_owned()).into_iter().collect();
    }
    let mut lines = Lines::default();
    lines.add(0, "def picture(x):");
    lines.add(
        1,
        &format!(
            "\"\"\"What the generator is given in place of x: {}.\"\"\"",
            title(condition.picture)
        ),
    );
    match condition.picture {
        Degradation::Downscaled { factor, filter: Filter::Box } => {
            lines.add(1, &format!("return F.avg_pool2d(x, {factor})"));
        }
        Degradation::Downscaled { factor, filter } => {
            let mode = if filter == Filter::Bilinear { "bilinear" } else { "bicubic" };
            let size = format!("({}, {})", height / factor, width / factor);
            lines.add(
                1,
                &format!("return F.interpolate(x, {size}, mode=\"{mode}\", antialias=True)"),
            );
        }
        Degradation::Noised { sd } => {
            lines.add(1, &format!("return x + {} * torch.randn_like(x)", number(sd)));
        }
        Degradation::Masked { hole } => {
            add_missing(&mut lines, hole, [height, width]);
            lines.add(
                1,
                "return torch.cat([x.masked_fill(missing, 0), 2 * missing.float() - 1], 1)",
            );
        }
        Degradation::Edges {} => {
            lines.add(1, &format!("x = {}", luma(run)));
            lines.add(1, "darkest, brightest = x.amin((1, 2, 3), True), x.amax((1, 2, 3), True)");
            lines.add(1, "bright = x > (darkest + brightest) / 2");
            lines.add(
                1,
                "around = F.pad(bright, (1, 1, 1, 1), value=True)  # no neighbour is no dark one",
            );
            lines.add(1, "inside = around[:, :, :-2, 1:-1] & around[:, :, 2:, 1:-1]");
            lines.add(1, "inside &= around[:, :, 1:-1, :-2] & around[:, :, 1:-1, 2:]");
            lines.add(1, "return 2 * (bright & ~inside).float() - 1");
        }
        Degradation::Grey {} => lines.add(1, &format!("return {}", luma(run))),
        Degradation::Paired { .. } => unreachable!("pairs come with the images"),
    }
    let mut blocks = vec![lines.block()];
    if run.has_latents() {
        blocks.push(BESIDE.to_owned());
    }
    blocks
}

const BESIDE: &str = r#"def beside(x, z):
    """Pictures with latents as further channels."""
    return torch.cat([x, z[:, :, None, None].expand(-1, -1, *x.shape[2:])], 1)"#;

/// `x` in one channel.
fn luma(run: &Run<'_>) -> &'static str {
    if run.spec.data.channels == 1 {
        return "x";
    }
    "(x * torch.tensor([0.299, 0.587, 0.114])[:, None, None]).sum(1, keepdim=True)"
}

/// `missing`, `[n, 1, height, width]`: whether a pixel is.
fn add_missing(lines: &mut Lines, hole: Hole, [height, width]: [usize; 2]) {
    lines.add(1, "n = len(x)");
    lines
        .add(1, &format!("rows, columns = torch.arange({height})[:, None], torch.arange({width})"));
    match hole {
        Hole::Drawn { rows } => {
            lines.add(1, "drawn = [");
            for row in rows.written() {
                lines.add(2, &format!("\"{row}\","));
            }
            lines.add(1, "]");
            lines.add(
                1,
                "missing = torch.tensor([[cell == \"#\" for cell in row] for row in drawn])",
            );
            let cell = height / rows.cells()[0].max(1);
            if cell > 1 {
                for axis in 0..2 {
                    lines.add(1, &format!("missing = missing.repeat_interleave({cell}, {axis})"));
                }
            }
            lines.add(1, "missing = missing.expand(n, 1, *missing.shape)");
        }
        Hole::Square { side } => {
            let place = |size: usize| format!("torch.randint({}, (n, 1, 1, 1))", size - side + 1);
            lines.add(
                1,
                &format!("down, right = rows - {}, columns - {}", place(height), place(width)),
            );
            lines.add(
                1,
                &format!(
                    "missing = (down >= 0) & (down < {side}) & (right >= 0) & (right < {side})"
                ),
            );
        }
        Hole::Half {} => {
            let upper = format!("rows < {}", height / 2);
            let lower = format!("rows >= {}", height.div_ceil(2));
            let left = format!("columns < {}", width / 2);
            let right = format!("columns >= {}", width.div_ceil(2));
            lines.add(1, &format!("halves = [{upper}, {lower}, {left}, {right}]"));
            lines.add(
                1,
                &format!(
                    "halves = torch.stack([half.expand({height}, {width}) for half in halves])"
                ),
            );
            lines.add(1, "missing = halves[torch.randint(4, (n,))][:, None]");
        }
        Hole::Strokes { count, width: thickness } => {
            lines.add(1, &format!("size = torch.tensor([{height}, {width}])"));
            lines.add(1, &format!("ends = (torch.rand(n, {count}, 2, 2) * size).floor()"));
            lines.add(1, &format!("at = torch.stack([rows.expand({height}, {width}), columns.expand({height}, {width})], 2)"));
            lines.add(1, "start, along = ends[:, :, 0, None, None], (ends[:, :, 1] - ends[:, :, 0])[:, :, None, None]");
            lines.add(
                1,
                "share = ((at - start) * along).sum(4) / along.square().sum(4).clamp(min=1)",
            );
            lines.add(1, "apart = at - start - share.clamp(0, 1)[..., None] * along");
            lines.add(
                1,
                &format!("missing = (apart.norm(dim=4) <= {thickness} / 2).any(1, keepdim=True)"),
            );
        }
    }
}

/// The line that makes `given` of `reals`; pairs are channels of one image.
pub(crate) fn given(run: &Run<'_>) -> &'static str {
    if run.is_paired() { "reals, given = reals.chunk(2, 1)" } else { "given = picture(reals)" }
}

/// The picture in words, within a sentence.
pub(crate) fn title(picture: Degradation) -> &'static str {
    match picture {
        Degradation::Downscaled { .. } => "a smaller picture (super-resolution)",
        Degradation::Noised { .. } => "a noisy picture (denoising)",
        Degradation::Masked { .. } => "a picture with a hole (inpainting)",
        Degradation::Edges {} => "outlines (pix2pix)",
        Degradation::Grey {} => "a grey picture (colourisation)",
        Degradation::Paired { .. } => "the other half of a pair (pix2pix)",
    }
}
