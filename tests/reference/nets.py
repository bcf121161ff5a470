"""An interpreter of `NetSpec` in PyTorch.

Each layer is PyTorch's own function where it has one, and the paper's formula where it has none.
Nothing here computes a gradient: autograd does, twice over where a penalty asks for it.

Parameters lie in the project's layouts: a linear layer's weight is `[inputs, outputs]`, a
convolution's `[outputs, inputs, k, k]`, a transposed convolution's `[inputs, outputs, k, k]`.
"""

from dataclasses import dataclass, field

import torch
import torch.nn.functional as F


@dataclass
class Told:
    """What a pass is told beside the samples."""

    labels: list = field(default_factory=list)
    generators: list = field(default_factory=list)
    training: bool = True
    # Running statistics by name; a training pass that gets them moves them.
    statistics: dict | None = None


def plan(net, sample, told):
    """Name and dimensions of each parameter, in the order in which the pass asks for them."""
    found = {}

    def ask(name, *dimensions):
        found[name] = dimensions
        return torch.zeros(dimensions)

    with torch.no_grad():
        run(net["layers"], ask, sample, told)
    return list(found.items())


def forward(net, weights, x, told):
    """The net's output, `[batch, …]`, for effective `weights` by name."""
    return run(net["layers"], lambda name, *_: weights[name], x, told)


def run(layers, ask, x, told, prefix=""):
    for index, layer in enumerate(layers):
        name = f"{prefix}{index}"
        x = LAYERS[layer["kind"]](layer, lambda own, *d, n=name: ask(f"{n}.{own}", *d), x, told)
        if layer["kind"] == "residual":
            before = x
            x = run(layer["layers"], ask, before, told, f"{name}.layers.")
            x = x + run(layer.get("shortcut", []), ask, before, told, f"{name}.shortcut.")
        elif layer["kind"] == "batch_norm":
            x = batch_norm(layer, ask, x, told, name)
    return x


def bias_of(layer, ask, size):
    return ask("bias", size) if layer.get("bias", True) else None


def linear(layer, ask, x, told):
    weight = ask("weight", x.shape[1], layer["units"])
    return F.linear(x, weight.T, bias_of(layer, ask, layer["units"]))


def maxout(layer, ask, x, told):
    units, pieces = layer["units"], layer["pieces"]
    weight, bias = ask("weight", x.shape[1], units * pieces), ask("bias", units * pieces)
    return F.linear(x, weight.T, bias).unflatten(1, (units, pieces)).max(dim=2).values


def mixture_linear(layer, ask, x, told):
    units, count = layer["units"], layer["generators"]
    weight, bias = ask("weight", x.shape[1], units * count), ask("bias", units * count)
    rows = []
    for sample, number in zip(x, told.generators):
        own = slice(number * units, (number + 1) * units)
        rows.append(F.linear(sample, weight[:, own].T, bias[own]))
    return torch.stack(rows)


def conv(layer, ask, x, told):
    size, channels = layer["kernel"], layer["channels"]
    weight = ask("weight", channels, x.shape[1], size, size)
    bias = bias_of(layer, ask, channels)
    return F.conv2d(x, weight, bias, layer.get("stride", 1), layer.get("padding", 0))


def conv_transpose(layer, ask, x, told):
    size, channels = layer["kernel"], layer["channels"]
    weight = ask("weight", x.shape[1], channels, size, size)
    bias = bias_of(layer, ask, channels)
    return F.conv_transpose2d(x, weight, bias, layer.get("stride", 1), layer.get("padding", 0))


def batch_norm(layer, ask, x, told, name):
    size = x.shape[1]
    scale, shift = ask(f"{name}.scale", size), ask(f"{name}.shift", size)
    mean = variance = None
    if told.statistics is not None:
        mean = told.statistics.setdefault(f"{name}.running_mean", torch.zeros(size))
        variance = told.statistics.setdefault(f"{name}.running_variance", torch.ones(size))
    momentum, epsilon = layer.get("momentum", 0.1), layer.get("epsilon", 1e-5)
    return F.batch_norm(x, mean, variance, scale, shift, told.training, momentum, epsilon)


def layer_norm(layer, ask, x, told):
    features = x.shape[1]
    scale, shift = ask("scale", features), ask("shift", features)
    normal = F.layer_norm(x, x.shape[1:], eps=layer.get("epsilon", 1e-5))
    dimensions = [1, features] + [1] * (x.dim() - 2)
    return normal * scale.reshape(dimensions) + shift.reshape(dimensions)


def pixel_norm(layer, ask, x, told):
    # Karras et al. 2017, section 4.2: b = a / sqrt(1/N Σ a² + ε), over the channels of a pixel.
    squares = sum(x[:, j] ** 2 for j in range(x.shape[1])) / x.shape[1]
    return x / torch.sqrt(squares + layer.get("epsilon", 1e-8)).unsqueeze(1)


def minibatch_stddev(layer, ask, x, told):
    # Karras et al. 2017, section 3; a small constant under the root, as in their code.
    deviation = torch.sqrt(x.var(dim=0, correction=0) + 1e-8).mean()
    return torch.cat([x, deviation.expand(x.shape[0], 1, *x.shape[2:])], dim=1)


def minibatch_discrimination(layer, ask, x, told):
    # Salimans et al. 2016, section 3.2: o_b(x_i) = Σ_j exp(-‖M_ib - M_jb‖₁).
    rows, columns = layer["features"], layer["dimensions"]
    matrices = (x @ ask("weight", x.shape[1], rows * columns)).unflatten(1, (rows, columns))
    distances = (matrices[:, None] - matrices[None, :]).abs().sum(dim=3)
    return torch.cat([x, torch.exp(-distances).sum(dim=1)], dim=1)


def activation(layer, ask, x, told):
    function = layer["function"]
    if function["name"] == "leaky_relu":
        return F.leaky_relu(x, function.get("slope", 0.2))
    simple = {
        "relu": F.relu,
        "tanh": torch.tanh,
        "sigmoid": torch.sigmoid,
        "silu": F.silu,
        "softplus": F.softplus,
    }
    return simple[function["name"]](x)


def label(layer, ask, x, told):
    classes, size = layer["classes"], layer.get("embedding")
    numbers = torch.tensor(told.labels)
    if size is None:
        features = F.one_hot(numbers, classes).to(x.dtype)
    else:
        features = F.embedding(numbers, ask("embedding", classes, size))
    if x.dim() == 4:
        features = features[:, :, None, None].expand(-1, -1, *x.shape[2:])
    return torch.cat([x, features], dim=1)


def upsample(layer, ask, x, told):
    return F.interpolate(x, scale_factor=layer["scale"], mode="nearest")


def average_pool(layer, ask, x, told):
    return F.avg_pool2d(x, layer["size"])


def reshape(layer, ask, x, told):
    return x.reshape(-1, layer["channels"], layer["height"], layer["width"])


def unchanged(layer, ask, x, told):
    """Of `run`'s own making: a residual block, and batch normalisation, which needs its name."""
    return x


LAYERS = {
    "linear": linear,
    "maxout": maxout,
    "mixture_linear": mixture_linear,
    "conv": conv,
    "conv_transpose": conv_transpose,
    "upsample": upsample,
    "average_pool": average_pool,
    "batch_norm": unchanged,
    "layer_norm": layer_norm,
    "pixel_norm": pixel_norm,
    "minibatch_stddev": minibatch_stddev,
    "minibatch_discrimination": minibatch_discrimination,
    "activation": activation,
    "label": label,
    "residual": unchanged,
    "reshape": reshape,
    "flatten": lambda layer, ask, x, told: x.flatten(1),
}
