//! Writes the random changes of real images, distributed like the run's own (`Augmentation` in
//! `gan-data`).

use gan_protocol::{AugmentationSpec, DataSpec};

use crate::lines::{Lines, number};

/// The augmentation of `data`, if it changes anything.
pub(crate) fn of(data: &DataSpec) -> Option<AugmentationSpec> {
    data.augmentation.filter(|augmentation| augmentation.flip || moves(augmentation))
}

fn moves(augmentation: &AugmentationSpec) -> bool {
    let AugmentationSpec { shift_px, rotation_degrees, scale, .. } = *augmentation;
    shift_px > 0 || rotation_degrees > 0.0 || scale > 1.0
}

/// The function `augmented`.
pub(crate) fn block(augmentation: &AugmentationSpec) -> String {
    let mut lines = Lines::default();
    lines.add(0, "def augmented(x):");
    lines.add(1, "\"\"\"Each image with changes of its own.\"\"\"");
    if augmentation.flip {
        lines.add(1, "mirrored = torch.rand(len(x), 1, 1, 1) < 0.5");
        lines.add(1, "x = torch.where(mirrored, x.flip(3), x)");
    }
    if moves(augmentation) {
        add_motion(&mut lines, augmentation);
    } else {
        lines.add(1, "return x");
    }
    lines.block()
}

/// Rotation and enlargement around the middle, then a shift by whole pixels. A map leads from a new
/// pixel to the place where its value is read.
fn add_motion(lines: &mut Lines, augmentation: &AugmentationSpec) {
    let AugmentationSpec { shift_px, rotation_degrees, scale, .. } = *augmentation;
    lines.add(1, "n, _, height, width = x.shape");
    let (mut cosine, mut sine) = ("torch.ones(n)", "torch.zeros(n)");
    if rotation_degrees > 0.0 {
        let degrees = number(rotation_degrees);
        lines.add(1, &format!("turn = {degrees} * torch.pi / 180 * (2 * torch.rand(n) - 1)"));
        (cosine, sine) = ("turn.cos()", "turn.sin()");
    }
    if scale > 1.0 {
        lines.add(1, &format!("shrink = {} ** (2 * torch.rand(n) - 1)", number(scale)));
        (cosine, sine) = match sine {
            "turn.sin()" => ("shrink * turn.cos()", "shrink * turn.sin()"),
            _ => ("shrink", sine),
        };
    }
    lines.add(1, &format!("cosine, sine = {cosine}, {sine}"));
    lines.add(1, "maps = [cosine, sine * height / width, -sine * width / height, cosine]");
    lines.add(1, "maps = torch.stack(maps, 1).reshape(n, 2, 2)");
    if shift_px > 0 {
        let pixels = format!("torch.randint(-{shift_px}, {}, (n, 2, 1))", shift_px + 1);
        lines.add(1, &format!("shift = {pixels} * 2 / torch.tensor([[width], [height]])"));
    } else {
        lines.add(1, "shift = torch.zeros(n, 2, 1)");
    }
    lines.add(1, "maps = torch.cat([maps, maps @ shift], 2)");
    lines.add(1, "grid = F.affine_grid(maps, x.shape, align_corners=False)");
    lines.add(1, "x = F.grid_sample(x + 1, grid, align_corners=False) - 1");
    lines.add(1, "return x  # what comes in from outside is black");
}
