"""Drawing the numbers that go into fixtures, and writing fixtures down.

Whatever is drawn is rounded to a few decimals, so that both sides start from the same short
numbers; whatever is computed is written with nine digits, more than single precision holds.
"""

import json
from pathlib import Path

import numpy
import torch

torch.set_default_dtype(torch.float64)

FOLDER = Path(__file__).resolve().parent.parent / "fixtures" / "reference"


class Draws:
    """A seeded source of rounded numbers."""

    def __init__(self, seed):
        self.generator = numpy.random.default_rng(seed)

    def normal(self, *dimensions, scale=1.0):
        values = self.generator.normal(0.0, scale, dimensions)
        return torch.tensor(numpy.round(values, 3))

    def uniform(self, *dimensions):
        return torch.tensor(numpy.round(self.generator.uniform(0.0, 1.0, dimensions), 3))

    def classes(self, count, classes):
        return [int(number) for number in self.generator.integers(0, classes, count)]

    def weights(self, plan):
        """A value for each parameter of a plan: scales around one, the rest around zero."""
        weights = {}
        for name, dimensions in plan:
            values = self.normal(*dimensions, scale=0.5)
            weights[name] = values + 1.0 if name.endswith("scale") else values
        return weights


def numbers(tensor):
    """All numbers of a tensor, flat, with nine digits."""
    return [float(f"{value:.9g}") for value in tensor.detach().reshape(-1).tolist()]


def named(weights):
    """Parameters in their order, as a fixture holds them."""
    return [{"name": name, "values": numbers(value)} for name, value in weights.items()]


def write(name, cases):
    """Writes a fixture, a case a line."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(case, separators=(",", ":"), allow_nan=False) for case in cases]
    path = FOLDER / f"{name}.json"
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n")
    print(f"{path.name}: {len(cases)} cases, {path.stat().st_size} bytes")


def read(name):
    """A fixture that the Rust side wrote."""
    return json.loads((FOLDER / f"{name}.json").read_text())
