#!/usr/bin/env bash
# Software:   Pillow 13.0.0.
# Behaviour:  the same 16-bit samples become other 8-bit ones by the PNG's colour type: a grey file keeps 16 bits, and
#             `convert("L")` or `convert("RGB")` then cuts all above 255 to white; a colour file has been brought to
#             8 bits by its high byte when it opens.
# One would guess: `convert` scales 16 bits to 8, as it does for every other mode of integers.
# Found in:   src/PIL/PngImagePlugin.py: `_MODES` has I;16 for grey, RGB with RGB;16B for colour.
# Meets us:   16-bit grey pictures (microscopes, depth, X-rays) that a loader opens with `convert("L")` are white.
#             Chromium and the crate `image` take the high byte.
# Seen:       28 November 2026.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

pip_packages pillow==13.0.0

seen=$(python - <<'PY'
import io
import struct
import zlib
from PIL import Image

SAMPLES = [0, 128, 255, 256, 1000, 32896, 65535]


def png(colour_type, channels):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    row = b"\0" + b"".join(struct.pack(">H", sample) * channels for sample in SAMPLES)
    header = struct.pack(">IIBBBBB", len(SAMPLES), 1, 16, colour_type, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(row)) + chunk(b"IEND", b"")
    return Image.open(io.BytesIO(b"\x89PNG\r\n\x1a\n" + parts))


print("samples:", SAMPLES)
for name, picture in {"grey": png(0, 1), "colour": png(2, 3)}.items():
    for mode in "L", "RGB":
        print(f"{name} ({picture.mode}) as {mode}:", list(picture.convert(mode).tobytes()[:: len(mode)]))
PY
)
as_stated "$seen" <<'STATED'
samples: [0, 128, 255, 256, 1000, 32896, 65535]
grey (I;16) as L: [0, 128, 255, 255, 255, 255, 255]
grey (I;16) as RGB: [0, 128, 255, 255, 255, 255, 255]
colour (RGB) as L: [0, 0, 0, 1, 3, 128, 255]
colour (RGB) as RGB: [0, 0, 0, 1, 3, 128, 255]
STATED
