"""An interpreter of `NetSpec` in PyTorch; what each kind of layer computes stands in `layer_kinds.py`.

Nothing here computes a gradient: autograd does, twice over where a penalty asks for it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch

from layer_kinds import KINDS


@dataclass
class Told:
    """What a pass is told beside the samples."""

    labels: list = field(default_factory=list)
    generators: list = field(default_factory=list)
    latents: torch.Tensor | None = None
    # The style, once a layer has begun an image.
    style: torch.Tensor | None = None
    training: bool = True
    # How far nets with stages have grown: how many stages are there, the last of them by a fraction.
    level: float = field(default_factory=lambda: Told.grown)
    # Running statistics by name; a training pass that gets them moves them.
    statistics: dict | None = None


# The level of passes that are told none.
Told.grown = 1e6


@dataclass
class Place:
    """Where a layer stands in a pass."""

    name: str
    told: Told
    # Gives a parameter by its name in the net and its dimensions.
    parameter: Callable

    def ask(self, own, *dimensions):
        """The layer's parameter `own`."""
        return self.parameter(f"{self.name}.{own}", *dimensions)

    def run(self, part, layers, x):
        """The output of layers within this one."""
        return run(layers, self.parameter, x, self.told, f"{self.name}.{part}.")


def plan(net, sample, told):
    """Name and dimensions of each parameter, in the order in which the pass asks for them."""
    found = {}

    def parameter(name, *dimensions):
        found[name] = dimensions
        return torch.zeros(dimensions)

    with torch.no_grad():
        run(net["layers"], parameter, sample, told)
    return list(found.items())


def forward(net, weights, x, told):
    """The net's output, `[batch, …]`, for effective `weights` by name."""
    return run(net["layers"], lambda name, *_: weights[name], x, told)


def run(layers, parameter, x, told, prefix=""):
    for index, layer in enumerate(layers):
        x = KINDS[layer["kind"]](layer, x, Place(f"{prefix}{index}", told, parameter))
    return x
