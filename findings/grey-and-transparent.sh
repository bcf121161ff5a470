#!/usr/bin/env bash
# Software:   the Rust crate image 0.25.10 and Pillow 13.0.0.
# Behaviour:  they disagree on a colour's grey (pure red 54 and 76, pure blue 18 and 29), and on shrinking with
#             transparency: half opaque red, half invisible green becomes half-transparent brown in image and
#             half-transparent red in Pillow.
# One would guess: grey is one well-known formula, and what nobody can see does not tint its neighbours.
# Found in:   image's src/color.rs (`SRGB_LUMA`: BT.709's weights) and src/imageops/sample.rs; Pillow's
#             src/PIL/Image.py: `convert` (BT.601's), `resize` (multiplies by alpha first).
# Meets us:   a data set prepared by one and drawn by the other differs by up to an eighth of the range in its greys.
# Seen:       28 November 2026.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

pip_packages pillow==13.0.0
CRATE_FEATURE=png cargo_packages image@0.25.10

of_pillow=$(python - <<'PY'
from PIL import Image

colours = Image.frombytes("RGB", (3, 1), bytes([255, 0, 0, 0, 255, 0, 0, 0, 255]))
print("Pillow: red, green, blue as grey:", list(colours.convert("L").tobytes()))
half = Image.frombytes("RGBA", (2, 2), bytes([255, 0, 0, 255] * 2 + [0, 255, 0, 0] * 2))
print("Pillow: shrunk:", list(half.resize((1, 1), Image.Resampling.BILINEAR).tobytes()))
PY
)
of_image=$(rust <<'RUST'
use image::{imageops, DynamicImage, RgbImage, RgbaImage};

fn main() {
    let colours = RgbImage::from_raw(3, 1, vec![255, 0, 0, 0, 255, 0, 0, 0, 255]).unwrap();
    let grey = DynamicImage::from(colours).to_luma8().into_raw();
    println!("image: red, green, blue as grey: {grey:?}");
    let pixels = [[255, 0, 0, 255], [255, 0, 0, 255], [0, 255, 0, 0], [0, 255, 0, 0]].concat();
    let half = RgbaImage::from_raw(2, 2, pixels).unwrap();
    let one = imageops::resize(&half, 1, 1, imageops::FilterType::Triangle).into_raw();
    println!("image: shrunk: {one:?}");
}
RUST
)
as_stated "$of_pillow
$of_image" <<'STATED'
Pillow: red, green, blue as grey: [76, 150, 29]
Pillow: shrunk: [255, 0, 0, 128]
image: red, green, blue as grey: [54, 182, 18]
image: shrunk: [128, 128, 0, 128]
STATED
