"""Spectral normalisation (Miyato et al. 2018, algorithm 1), and PyTorch's own for comparison.

The `u` of a weight is given; one power iteration is made; `u` and `v` are constants, the singular
value is differentiated. PyTorch keeps `v` beside `u` and so may lag behind by a step of the
optimiser; it is given the `v` that belongs to `u`.
"""

import torch
from torch import nn
from torch.nn.functional import normalize
from torch.nn.utils.parametrizations import spectral_norm

from writing import Draws, numbers, write


def matrix(weight, output_axis):
    """`[outputs, the rest]`."""
    return weight.movedim(output_axis, 0).flatten(1)


def effective(weight, output_axis, u, advances=True):
    """The weight divided by the estimate of its largest singular value; and the new `u`."""
    rows = matrix(weight, output_axis)
    with torch.no_grad():
        u = normalize(u, dim=0)
        v = normalize(rows.T @ u, dim=0)
        if advances:
            u = normalize(rows @ v, dim=0)
            v = normalize(rows.T @ u, dim=0)
    return weight / (u @ rows @ v), u


def output_axes(layers, prefix=""):
    """The axis of the outputs of each weight among `layers`, by the weight's name."""
    axes = {}
    for index, layer in enumerate(layers):
        name = f"{prefix}{index}"
        axes[f"{name}.weight"] = 0 if layer["kind"] == "conv" else 1
        for part in ("layers", "shortcut"):
            axes |= output_axes(layer.get(part, []), f"{name}.{part}.")
    return axes


def effective_all(net, weights, vectors, advances=True):
    """All weights of a net as it computes with them, and the new `u`s, by `<weight>_u`."""
    if not net.get("spectral_norm"):
        return weights, {}
    axes, new, after = output_axes(net["layers"]), dict(weights), {}
    for name, weight in weights.items():
        if name in axes:
            u = vectors[f"{name}_u"]
            new[name], after[f"{name}_u"] = effective(weight, axes[name], u, advances)
    return new, after


def module(kind, weight):
    """PyTorch's module of the same weight; a linear layer's is transposed there."""
    if kind == "linear":
        made = nn.Linear(weight.shape[0], weight.shape[1], bias=False)
        made.weight.data = weight.T.clone()
    elif kind == "conv":
        made = nn.Conv2d(weight.shape[1], weight.shape[0], weight.shape[2], bias=False)
        made.weight.data = weight.clone()
    else:
        made = nn.ConvTranspose2d(weight.shape[0], weight.shape[1], weight.shape[2], bias=False)
        made.weight.data = weight.clone()
    return spectral_norm(made, n_power_iterations=1)


def case(draws, kind, shape, layer, dimensions):
    weight = draws.normal(*dimensions, scale=0.7)
    axis = 0 if kind == "conv" else 1
    u = normalize(draws.normal(dimensions[axis]), dim=0)
    made = module(kind, weight)
    inner = made.parametrizations.weight
    rows = matrix(weight, axis)
    with torch.no_grad():
        inner[0]._u.copy_(u)
        inner[0]._v.copy_(normalize(rows.T @ u, dim=0))
    cotangent = draws.normal(*dimensions)
    made.train()
    found = made.weight
    along = found.T if kind == "linear" else found
    (gradient,) = torch.autograd.grad((along * cotangent).sum(), inner.original)
    own, new = effective(weight, axis, u)
    assert torch.allclose(own, along) and torch.allclose(new, inner[0]._u)
    return {
        "name": kind,
        "net": {"spectral_norm": True, "layers": [layer]},
        "shape": shape,
        "parameters": [{"name": "0.weight", "values": numbers(weight)}],
        "u": numbers(u),
        "effective": numbers(along),
        "u_after": numbers(inner[0]._u),
        "cotangent": numbers(cotangent),
        "gradient": numbers(gradient.T if kind == "linear" else gradient),
    }


def generate():
    draws = Draws(3_000)
    conv = {"kind": "conv", "channels": 3, "kernel": 2, "bias": False}
    transposed = {"kind": "conv_transpose", "channels": 3, "kernel": 2, "stride": 2, "bias": False}
    linear = {"kind": "linear", "units": 3, "bias": False}
    write(
        "spectral",
        [
            case(draws, "linear", [5], linear, [5, 3]),
            case(draws, "conv", [2, 4, 4], conv, [3, 2, 2, 2]),
            case(draws, "conv_transpose", [2, 4, 4], transposed, [2, 3, 2, 2]),
        ],
    )
