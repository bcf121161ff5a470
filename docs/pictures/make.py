#!/usr/bin/env python3
"""Draws the pictures of the README: trains with the `gan` command, samples as the run goes, lays the samples side by side.

    python3 docs/pictures/make.py                     # builds `gan` with cargo first
    GAN=target/release/gan python3 docs/pictures/make.py

Needs Pillow, and MNIST in `$GAN_DATA_DIR/mnist` (`cargo xtask data`). A run is a pure function of its preset and seed, so a
second run of this script on the same kind of processor gives the same samples.
"""

import csv
import json
import math
import os
import random
import shlex
import subprocess
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
GAN = shlex.split(os.environ.get("GAN", "cargo run --quiet --release -p gan-cli --"))

DIGITS = "mnist-dcgan-small"
DIGITS_STEPS = [25, 100, 300, 600, 1500]
SHEET_SIDE = 4

RING = "ring-collapse"
RING_STEPS = [100, 500, 1000, 3000]
POINTS = 512
# The repair that the page offers. Its settings are read from the page's own recipe, so that they stand in one place.
RECIPE = ROOT / "crates/gan-protocol/recipes/r3gan-points.json"

# An opaque light ground: the pictures read the same on a light page and on a dark one.
GROUND = (250, 250, 248)
INK = (40, 42, 48)
FAINT = (110, 114, 122)
FRAME = (216, 218, 222)
REAL = (58, 124, 196)
FAKE = (224, 98, 20)
# Drawn at twice the size at which the README shows them.
MARGIN = 28
GAP = 20
# What is drawn with curves is drawn this many times larger and made smaller at the end, for smooth edges.
FINE = 3


def gan(*arguments):
    """Runs the `gan` command and returns its standard output."""
    done = subprocess.run([*GAN, *map(str, arguments)], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def samples_over_time(preset, patch, steps, count, ending, folder):
    """Trains one run to each of `steps` in turn; yields the file of its samples, which all have the same latents."""
    checkpoint = folder / f"{preset}-{len(patch)}.safetensors"
    for step in steps:
        more = ["--resume"] if checkpoint.exists() else (["--patch", json.dumps(patch)] if patch else [])
        gan("train", preset, "--steps", step, "--out", checkpoint, *more)
        out = folder / f"{checkpoint.stem}-{step}{ending}"
        gan("sample", checkpoint, "--count", count, "--out", out)
        yield out


def font(size, bold=False):
    return ImageFont.truetype("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf", size)


def caption(draw, middle, top, text):
    draw.text((middle, top), text, font=font(26), fill=INK, anchor="ma")


def steps_text(step):
    return f"step {step:,}"


def save(picture, name, colours):
    path = HERE / name
    picture.quantize(colours, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}: {picture.size[0]} x {picture.size[1]}, {path.stat().st_size / 1000:.1f} kB")


def digits(folder):
    """One sheet of the same 16 latents at each of five steps."""
    files = samples_over_time(DIGITS, {}, DIGITS_STEPS, SHEET_SIDE**2, ".png", folder)
    sheets = [Image.open(file).convert("L") for file in files]
    side = sheets[0].size[0] * 3
    width = 2 * MARGIN + len(sheets) * side + (len(sheets) - 1) * GAP
    picture = Image.new("RGB", (width, MARGIN + side + 16 + 30 + MARGIN - 8), GROUND)
    draw = ImageDraw.Draw(picture)
    for place, (sheet, step) in enumerate(zip(sheets, DIGITS_STEPS)):
        left = MARGIN + place * (side + GAP)
        picture.paste(sheet.resize((side, side), Image.Resampling.NEAREST).convert("RGB"), (left, MARGIN))
        caption(draw, left + side // 2, MARGIN + side + 14, steps_text(step))
    save(picture, "run-over-time.png", 32)


def ring_places(points):
    """The middles of the ring's clouds, as `PointsSpec::modes` has them."""
    for k in range(points["modes"]):
        angle = math.tau * k / points["modes"]
        yield points["radius"] * math.cos(angle), points["radius"] * math.sin(angle)


def plane(reals, fakes, side, reach):
    """Generated points over real ones, both axes from -reach to reach."""
    fine = side * FINE
    picture = Image.new("RGB", (fine, fine), (255, 255, 255))
    draw = ImageDraw.Draw(picture, "RGBA")

    def dot(point, radius, colour):
        x, y = ((1 + point[0] / reach) * fine / 2, (1 - point[1] / reach) * fine / 2)
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)

    for point in reals:
        dot(point, 5.0 * FINE, (*REAL, 110))
    for point in fakes:
        dot(point, 2.6 * FINE, (*FAKE, 190))
    draw.rectangle((0, 0, fine - 1, fine - 1), outline=FRAME, width=2 * FINE)
    return picture.resize((side, side), Image.Resampling.LANCZOS)


def read_points(file):
    with open(file, newline="") as lines:
        return [(float(x), float(y)) for x, y in csv.reader(lines)]


def ring(folder):
    """A run that collapses in the upper row, the same run repaired in the lower, at the same steps."""
    points = json.loads(gan("presets", RING))["data"]["points"]
    # Real points of the preset's distribution. The program's own are others of the same distribution.
    chance = random.Random(1)
    middles = list(ring_places(points))
    reals = [tuple(at + chance.gauss(0, points["sd"]) for at in chance.choice(middles)) for _ in range(POINTS)]
    rows = [("Collapse", "all generated points run to one place, then to the next", {}),
            ("Repair", "the same nets with R3GAN's losses and without momentum", json.loads(RECIPE.read_text()))]
    side, title, foot = 384, 48, 66
    width = 2 * MARGIN + len(RING_STEPS) * side + (len(RING_STEPS) - 1) * GAP
    picture = Image.new("RGB", (width, MARGIN - 8 + len(rows) * (title + side + foot) + 8 + 34 + MARGIN - 8), GROUND)
    draw = ImageDraw.Draw(picture)
    top = MARGIN - 8
    for name, what, patch in rows:
        draw.text((MARGIN, top), name, font=font(30, bold=True), fill=INK)
        draw.text((MARGIN + draw.textlength(name, font(30, bold=True)) + 18, top + 4), what, font=font(26), fill=FAINT)
        top += title
        files = samples_over_time(RING, patch, RING_STEPS, POINTS, ".csv", folder)
        for place, (file, step) in enumerate(zip(files, RING_STEPS)):
            left = MARGIN + place * (side + GAP)
            picture.paste(plane(reals, read_points(file), side, 1.75 * points["radius"]), (left, top))
            caption(draw, left + side // 2, top + side + 8, steps_text(step))
        top += side + foot
    left = MARGIN
    for colour, radius, what in [(REAL, 11, "real points, eight clouds"), (FAKE, 8, "generated points")]:
        draw.ellipse((left + 11 - radius, top + 16 - radius, left + 11 + radius, top + 16 + radius), fill=colour)
        draw.text((left + 34, top), what, font=font(26), fill=INK)
        left += 34 + int(draw.textlength(what, font(26))) + 48
    save(picture, "collapse-and-repair.png", 48)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        digits(Path(folder))
        ring(Path(folder))
