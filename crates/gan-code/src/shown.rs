//! Writes the changes to samples before the discriminator: augmentation, noise and packing.

use gan_protocol::{DiffAugmentSpec, InstanceNoiseSpec, Shape};

use crate::lines::{Lines, number};
use crate::run::Run;

/// The function `shown`, and the functions that it calls.
pub(crate) fn blocks(run: &Run<'_>) -> Vec<String> {
    let spec = run.spec;
    if !run.shows() {
        return Vec::new();
    }
    let mut blocks = Vec::new();
    let mut lines = Lines::default();
    lines.add(0, &format!("def shown(x{}):", beside(run)));
    lines.add(1, "\"\"\"Samples as the discriminator sees them, reals and fakes alike.\"\"\"");
    if let Some(picture) = spec.shown_picture() {
        let same = matches!((picture, spec.data.shape()),
            (Shape::Image { height: a, .. }, Shape::Image { height: b, .. }) if a == b);
        let given = if same { "given" } else { "F.interpolate(given, x.shape[2:])" };
        lines.add(1, &format!("x = torch.cat([x, {given}], 1)"));
    }
    if let Some(augment) = spec.diff_augment {
        if augment.cutout > 0.0 {
            blocks.push(KEPT.replace("{share}", &number(augment.cutout)));
        }
        add_augmentation(&mut lines, augment);
    }
    if let Some(InstanceNoiseSpec { sd, decay_steps }) = spec.instance_noise {
        let sd = number(sd);
        if decay_steps > 0 {
            // Steps count from 1 in the loop, and from 0 in the decay of the noise.
            lines.add(1, &format!("sd = {sd} * max(0, 1 - (step - 1) / {decay_steps})"));
            lines.add(1, "x = x + sd * torch.randn_like(x)");
        } else {
            lines.add(1, &format!("x = x + {sd} * torch.randn_like(x)"));
        }
    }
    if spec.packing > 1 {
        let pack = match spec.data.shape() {
            Shape::Flat { size } => format!("PACK * {size}"),
            Shape::Image { channels, height, width } => {
                format!("PACK * {channels}, {height}, {width}")
            }
        };
        lines.add(1, &format!("x = x.reshape(-1, {pack})  # side by side, as one sample"));
    }
    lines.add(1, "return x");
    blocks.push(lines.block());
    blocks
}

/// The arguments of `shown` behind the samples.
pub(crate) fn beside(run: &Run<'_>) -> String {
    let given = if run.spec.shown_picture().is_some() { ", given" } else { "" };
    given.to_owned() + if needs_step(run) { ", step" } else { "" }
}

/// Whether the changes depend on the step.
pub(crate) fn needs_step(run: &Run<'_>) -> bool {
    run.spec.instance_noise.is_some_and(|noise| noise.decay_steps > 0)
}

/// The mask of a cut-out along one axis.
const KEPT: &str = r#"def kept(count, side):
    """False along a part of the side, about a random centre."""
    length = int({share} * side + 0.5)
    place = torch.arange(side) - torch.randint(side + 1 - length % 2, (count, 1)) + length // 2
    return (place < 0) | (place >= length)"#;

/// Brightness, geometry, translation and cut-out, in the run's order.
fn add_augmentation(lines: &mut Lines, augment: DiffAugmentSpec) {
    if augment.brightness > 0.0 {
        let most = number(augment.brightness);
        lines.add(1, &format!("x = x + {most} * (2 * torch.rand(len(x), 1, 1, 1) - 1)"));
    }
    if augment.changes_geometry() || augment.translation > 0.0 || augment.cutout > 0.0 {
        lines.add(1, "n, _, height, width = x.shape");
    }
    if augment.changes_geometry() {
        add_geometry(lines, augment);
    }
    if augment.translation > 0.0 {
        let share = number(augment.translation);
        lines.add(
            1,
            &format!("down, right = int({share} * height + 0.5), int({share} * width + 0.5)"),
        );
        lines.add(1, "rows = torch.arange(height) + torch.randint(2 * down + 1, (n, 1))");
        lines.add(1, "columns = torch.arange(width) + torch.randint(2 * right + 1, (n, 1))");
        lines.add(1, "x = F.pad(x, (right, right, down, down))  # what comes in is zero");
        lines.add(1, "each = torch.arange(n)[:, None, None]");
        lines.add(1, "x = x[each, :, rows[:, :, None], columns[:, None]].permute(0, 3, 1, 2)");
    }
    if augment.cutout > 0.0 {
        lines.add(1, "rows, columns = kept(n, height), kept(n, width)");
        lines.add(1, "x = x * (rows[:, None, :, None] | columns[:, None, None])");
    }
}

/// Rotation, change of size and shear around the middle.
fn add_geometry(lines: &mut Lines, augment: DiffAugmentSpec) {
    let [degrees, scale, shear] =
        [augment.rotation_degrees, augment.scale, augment.shear].map(number);
    lines.add(1, "turn, size, shear = 2 * torch.rand(3, n) - 1");
    lines.add(1, &format!("turn, shear = {degrees} * torch.pi / 180 * turn, {shear} * shear"));
    lines.add(1, &format!("shrink = {scale} ** -size"));
    lines.add(1, "cosine, sine, zero = shrink * turn.cos(), shrink * turn.sin(), 0 * turn");
    lines.add(1, "x_from = [cosine, (cosine * shear - sine) * height / width, zero]");
    lines.add(1, "y_from = [sine * width / height, sine * shear + cosine, zero]");
    lines.add(1, "maps = torch.stack(x_from + y_from, 1).reshape(n, 2, 3)");
    lines.add(1, "grid = F.affine_grid(maps, x.shape, align_corners=False)");
    lines.add(
        1,
        "x = F.grid_sample(x + 1, grid, align_corners=False) - 1  # what comes in is black",
    );
}
