"""Every kind of layer that is no random one: what it computes, and the cases that it is compared in.

Each layer is PyTorch's own function where it has one, and the paper's formula where it has none.
A function gets the layer's spec, the samples `x`, and its `Place` in the net (`nets.py`), which it asks
for parameters. Those lie in the project's layouts: a linear layer's weight is `[inputs, outputs]`, a
convolution's `[outputs, inputs, k, k]`, a transposed convolution's `[inputs, outputs, k, k]`.
"""

import torch
import torch.nn.functional as F

# Each kind's function, by the kind's name.
KINDS = {}
# Name of a case, shape of a sample, layers.
CASES = []
# Kinds that a penalty never passes through.
FIRST_ORDER_ONLY = set()
# Cases whose inputs would overflow an exponential that is not written with care.
LARGE = "large"

VECTOR, IMAGE = [4], [2, 5, 4]


def kind(*cases, first_order_only=False):
    """Registers the kind that is named as the function, with its cases."""

    def register(function):
        name = function.__name__
        KINDS[name] = function
        for title, shape, *rest in cases:
            layers = [layer if "kind" in layer else {"kind": name, **layer} for layer in rest]
            CASES.append((title, shape, layers))
        if first_order_only:
            FIRST_ORDER_ONLY.add(name)
        return function

    return register


def both(name, **fields):
    """A case of vectors and one of images."""
    return [
        (f"{name} of a vector", VECTOR, fields),
        (f"{name} of an image", [3, 2, 3], fields),
    ]


def of(kind, **fields):
    """A layer of another kind than that of the case."""
    return {"kind": kind, **fields}


def function(name, **fields):
    return of("activation", function={"name": name, **fields})


def bias_of(layer, at, size):
    return at.ask("bias", size) if layer.get("bias", True) else None


@kind(
    ("linear", VECTOR, dict(units=3)),
    ("linear without bias", VECTOR, dict(units=3, bias=False)),
)
def linear(layer, x, at):
    weight = at.ask("weight", x.shape[1], layer["units"])
    return F.linear(x, weight.T, bias_of(layer, at, layer["units"]))


@kind(("maxout", VECTOR, dict(units=3, pieces=3)))
def maxout(layer, x, at):
    units, pieces = layer["units"], layer["pieces"]
    weight, bias = at.ask("weight", x.shape[1], units * pieces), at.ask("bias", units * pieces)
    return F.linear(x, weight.T, bias).unflatten(1, (units, pieces)).max(dim=2).values


@kind(("mixture_linear", VECTOR, dict(units=2, generators=3)), first_order_only=True)
def mixture_linear(layer, x, at):
    units, count = layer["units"], layer["generators"]
    weight, bias = at.ask("weight", x.shape[1], units * count), at.ask("bias", units * count)
    rows = []
    for sample, number in zip(x, at.told.generators):
        own = slice(number * units, (number + 1) * units)
        rows.append(F.linear(sample, weight[:, own].T, bias[own]))
    return torch.stack(rows)


@kind(
    ("conv: same size", IMAGE, dict(channels=2, kernel=3, padding=1)),
    ("conv: one pixel, no bias", IMAGE, dict(channels=2, kernel=1, bias=False)),
    ("conv: an unreached row", IMAGE, dict(channels=2, kernel=2, stride=3)),
    ("conv: an unreached row and column", IMAGE, dict(channels=2, kernel=3, stride=2)),
    ("conv: wide padding", IMAGE, dict(channels=2, kernel=2, stride=3, padding=3)),
    ("conv: a stride that leaves two rows", [1, 5, 8], dict(channels=2, kernel=3, stride=3)),
)
def conv(layer, x, at):
    size, channels = layer["kernel"], layer["channels"]
    weight = at.ask("weight", channels, x.shape[1], size, size)
    bias = bias_of(layer, at, channels)
    return F.conv2d(x, weight, bias, layer.get("stride", 1), layer.get("padding", 0))


@kind(
    ("conv_transpose: doubling", [2, 2, 3], dict(channels=2, kernel=4, stride=2, padding=1)),
    ("conv_transpose: gaps", [2, 2, 3], dict(channels=2, kernel=2, stride=3)),
    (
        "conv_transpose: uneven overlap, no bias",
        [2, 2, 3],
        dict(channels=2, kernel=3, stride=2, bias=False),
    ),
    ("conv_transpose: cut edges", [2, 2, 3], dict(channels=2, kernel=5, stride=1, padding=2)),
)
def conv_transpose(layer, x, at):
    size, channels = layer["kernel"], layer["channels"]
    weight = at.ask("weight", x.shape[1], channels, size, size)
    bias = bias_of(layer, at, channels)
    return F.conv_transpose2d(x, weight, bias, layer.get("stride", 1), layer.get("padding", 0))


@kind(*both("batch_norm", momentum=0.3), first_order_only=True)
def batch_norm(layer, x, at):
    size, statistics = x.shape[1], at.told.statistics
    scale, shift = at.ask("scale", size), at.ask("shift", size)
    mean = variance = None
    if statistics is not None:
        mean = statistics.setdefault(f"{at.name}.running_mean", torch.zeros(size))
        variance = statistics.setdefault(f"{at.name}.running_variance", torch.ones(size))
    momentum, epsilon = layer.get("momentum", 0.1), layer.get("epsilon", 1e-5)
    return F.batch_norm(x, mean, variance, scale, shift, at.told.training, momentum, epsilon)


@kind(*both("layer_norm", epsilon=0.01))
def layer_norm(layer, x, at):
    features = x.shape[1]
    scale, shift = at.ask("scale", features), at.ask("shift", features)
    normal = F.layer_norm(x, x.shape[1:], eps=layer.get("epsilon", 1e-5))
    dimensions = [1, features] + [1] * (x.dim() - 2)
    return normal * scale.reshape(dimensions) + shift.reshape(dimensions)


@kind(
    ("instance_norm", [3, 2, 3], dict(epsilon=0.01)),
    ("instance_norm with scale and shift", [3, 2, 3], dict(epsilon=0.01, affine=True)),
)
def instance_norm(layer, x, at):
    features, affine = x.shape[1], layer.get("affine", False)
    scale = at.ask("scale", features) if affine else None
    shift = at.ask("shift", features) if affine else None
    return F.instance_norm(x, weight=scale, bias=shift, eps=layer.get("epsilon", 1e-5))


@kind(
    ("group_norm of a vector", VECTOR, dict(groups=2, epsilon=0.01)),
    ("group_norm of an image", [6, 2, 3], dict(groups=3, epsilon=0.01)),
    ("group_norm of one group", [3, 2, 2], dict(groups=1, epsilon=0.01)),
)
def group_norm(layer, x, at):
    scale, shift = at.ask("scale", x.shape[1]), at.ask("shift", x.shape[1])
    return F.group_norm(x, layer["groups"], scale, shift, layer.get("epsilon", 1e-5))


@kind(*both("pixel_norm", epsilon=0.01))
def pixel_norm(layer, x, at):
    # Karras et al. 2017, section 4.2: b = a / sqrt(1/N Σ a² + ε), over the channels of a pixel.
    squares = sum(x[:, j] ** 2 for j in range(x.shape[1])) / x.shape[1]
    return x / torch.sqrt(squares + layer.get("epsilon", 1e-8)).unsqueeze(1)


@kind(("log_sum_exp", VECTOR, {}))
def log_sum_exp(layer, x, at):
    # Salimans et al. 2016, section 5: D(x) = Z / (Z + 1) with Z = Σ exp(l), whose logit is log Z.
    return torch.cat([torch.logsumexp(x, dim=1, keepdim=True), x], dim=1)


@kind(*both("minibatch_stddev"))
def minibatch_stddev(layer, x, at):
    # Karras et al. 2017, section 3; a small constant under the root, as in their code.
    deviation = torch.sqrt(x.var(dim=0, correction=0) + 1e-8).mean()
    return torch.cat([x, deviation.expand(x.shape[0], 1, *x.shape[2:])], dim=1)


@kind(
    ("minibatch_discrimination", VECTOR, dict(features=3, dimensions=2)), first_order_only=True
)
def minibatch_discrimination(layer, x, at):
    # Salimans et al. 2016, section 3.2: o_b(x_i) = Σ_j exp(-‖M_ib - M_jb‖₁).
    rows, columns = layer["features"], layer["dimensions"]
    matrices = (x @ at.ask("weight", x.shape[1], rows * columns)).unflatten(1, (rows, columns))
    distances = (matrices[:, None] - matrices[None, :]).abs().sum(dim=3)
    return torch.cat([x, torch.exp(-distances).sum(dim=1)], dim=1)


FUNCTIONS = {
    "relu": F.relu,
    "leaky_relu": F.leaky_relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "silu": F.silu,
    "softplus": F.softplus,
    "elu": F.elu,
    "selu": F.selu,
    "gelu": F.gelu,
}
# Settings of the cases of functions that have one.
SETTINGS = {"leaky_relu": {"slope": 0.3}, "elu": {"alpha": 0.7}}


def functions():
    """Every function, of small numbers and of large ones."""
    for name in FUNCTIONS:
        chosen = {"name": name, **SETTINGS.get(name, {})}
        yield from both(name, function=chosen)
        yield f"{name} of {LARGE} numbers", VECTOR, dict(function=chosen)


@kind(*functions())
def activation(layer, x, at):
    function = layer["function"]
    if function["name"] == "leaky_relu":
        return F.leaky_relu(x, function.get("slope", 0.2))
    if function["name"] == "elu":
        return F.elu(x, function.get("alpha", 1.0))
    return FUNCTIONS[function["name"]](x)


@kind(*both("prelu"))
def prelu(layer, x, at):
    return F.prelu(x, at.ask("slope", x.shape[1]))


@kind(*both("class times features", classes=3))
def label_product(layer, x, at):
    factors = F.embedding(torch.tensor(at.told.labels), at.ask("embedding", layer["classes"], x.shape[1]))
    return x * factors.view(*x.shape[:2], *[1] * (x.dim() - 2))


@kind(
    *both("one-hot label", classes=3),
    *both("embedded label", classes=3, embedding=2),
    ("a learned image of the class", [3, 2, 3], dict(classes=3, embedding=2, per_pixel=True)),
)
def label(layer, x, at):
    classes, size = layer["classes"], layer.get("embedding")
    numbers = torch.tensor(at.told.labels)
    if layer.get("per_pixel", False):
        images = F.embedding(numbers, at.ask("embedding", classes, size * x[0, 0].numel()))
        return torch.cat([x, images.view(len(x), size, *x.shape[2:])], dim=1)
    if size is None:
        features = F.one_hot(numbers, classes).to(x.dtype)
    else:
        features = F.embedding(numbers, at.ask("embedding", classes, size))
    if x.dim() == 4:
        features = features[:, :, None, None].expand(-1, -1, *x.shape[2:])
    return torch.cat([x, features], dim=1)


@kind(*both("latent", size=2))
def latent(layer, x, at):
    features = at.told.latents
    assert features.shape[1] == layer["size"]
    if x.dim() == 4:
        features = features[:, :, None, None].expand(-1, -1, *x.shape[2:])
    return torch.cat([x, features], dim=1)


@kind(
    *[(f"upsample by {scale}", [1, 3, 1], dict(scale=scale)) for scale in [1, 2, 3, 5, 7]],
    ("upsample of odd sides by 3", [1, 7, 1], dict(scale=3)),
)
def upsample(layer, x, at):
    return F.interpolate(x, scale_factor=layer["scale"], mode="nearest")


@kind(
    *[(f"upsample_bilinear by {scale}", [2, 3, 2], dict(scale=scale)) for scale in [1, 2, 3]],
    ("upsample_bilinear of one pixel", [1, 1, 2], dict(scale=4)),
)
def upsample_bilinear(layer, x, at):
    return F.interpolate(x, scale_factor=layer["scale"], mode="bilinear", align_corners=False)


@kind(
    ("pad of one side each", [2, 3, 2], dict(bottom=1, right=2)),
    ("pad and cut", [1, 4, 5], dict(top=2, bottom=-1, left=-2, right=1)),
    ("cut", [2, 4, 4], dict(top=-1, bottom=-1, left=-1, right=-2)),
)
def pad(layer, x, at):
    return F.pad(x, [layer.get(side, 0) for side in ["left", "right", "top", "bottom"]])


@kind(
    ("pixel_shuffle by 2", [8, 2, 3], dict(scale=2)),
    ("pixel_shuffle by 3", [9, 2, 1], dict(scale=3)),
)
def pixel_shuffle(layer, x, at):
    return F.pixel_shuffle(x, layer["scale"])


@kind(
    ("composite of grey pictures", [3, 2, 3], {}),
    ("composite of colour pictures", [7, 2, 2], {}),
)
def composite(layer, x, at):
    count = x.shape[1] // 2
    picture, mask, other = x.split([count, 1, count], 1)
    share = (1 + mask) / 2
    return (1 - share) * picture + share * other


@kind(
    ("average_pool of 2", [2, 4, 2], dict(size=2)),
    ("average_pool of 3", [1, 3, 6], dict(size=3)),
)
def average_pool(layer, x, at):
    return F.avg_pool2d(x, layer["size"])


@kind(
    (
        "residual with identity",
        VECTOR,
        dict(layers=[of("linear", units=3), function("tanh"), of("linear", units=4)]),
    ),
    (
        "residual with shortcut",
        [2, 4, 4],
        dict(
            layers=[
                of("conv", channels=3, kernel=3, padding=1),
                of("average_pool", size=2),
                function("silu"),
            ],
            shortcut=[of("average_pool", size=2), of("conv", channels=3, kernel=1)],
        ),
    ),
    (
        "residual in a residual",
        VECTOR,
        dict(
            layers=[
                of("residual", layers=[of("linear", units=4), function("softplus")]),
                function("tanh"),
            ]
        ),
        of("linear", units=2),
    ),
)
def residual(layer, x, at):
    body = at.run("layers", layer["layers"], x)
    return body + at.run("shortcut", layer.get("shortcut", []), x)


@kind(
    (
        "skip of a vector",
        VECTOR,
        dict(layers=[of("linear", units=3), function("tanh")]),
        of("linear", units=2),
    ),
    (
        "skip in a skip",
        [2, 4, 4],
        dict(
            layers=[
                of("conv", channels=3, kernel=4, stride=2, padding=1),
                of("skip", layers=[of("conv", channels=2, kernel=3, padding=1), function("silu")]),
                of("conv_transpose", channels=2, kernel=4, stride=2, padding=1),
            ]
        ),
        of("conv", channels=1, kernel=3),
    ),
)
def skip(layer, x, at):
    return torch.cat([x, at.run("layers", layer["layers"], x)], dim=1)


def blended(late, early, at):
    """Karras et al. 2017, figure 2; a stage stands in the `layers` of those before it."""
    share = min(1.0, max(0.0, at.told.level - at.name.count(".layers.")))
    return share * late + (1 - share) * early


GROWING = dict(
    layers=[
        of("upsample", scale=2),
        of("conv", channels=3, kernel=3, padding=1),
        function("silu"),
        of(
            "grow",
            scale=2,
            layers=[of("upsample", scale=2), of("conv", channels=1, kernel=3, padding=1)],
            early=[of("conv", channels=1, kernel=1)],
        ),
    ],
    early=[of("conv", channels=1, kernel=1), function("tanh")],
    scale=4,
)


@kind(
    ("grow before its stages", [2, 2, 2], GROWING),
    ("grow a first stage", [2, 2, 2], GROWING),
    ("grow a second stage", [2, 2, 2], GROWING),
    ("grow wholly", [2, 2, 2], GROWING),
)
def grow(layer, x, at):
    late = at.run("layers", layer["layers"], x)
    early = at.run("early", layer["early"], x)
    return blended(late, F.interpolate(early, scale_factor=layer["scale"]), at)


SHRINKING = dict(
    layers=[
        of(
            "shrink",
            scale=2,
            layers=[of("conv", channels=3, kernel=4, stride=2, padding=1), function("tanh")],
            early=[of("conv", channels=3, kernel=1)],
        ),
        of("conv", channels=2, kernel=4, stride=2, padding=1),
        function("silu"),
    ],
    early=[of("conv", channels=2, kernel=1), function("silu")],
    scale=4,
)
OUT = [of("flatten"), of("linear", units=1)]


@kind(
    ("shrink before its stages", [1, 8, 8], SHRINKING, *OUT),
    ("shrink a first stage", [1, 8, 8], SHRINKING, *OUT),
    ("shrink a second stage", [1, 8, 8], SHRINKING, *OUT),
    ("shrink wholly", [1, 8, 8], SHRINKING, *OUT),
)
def shrink(layer, x, at):
    late = at.run("layers", layer["layers"], x)
    return blended(late, at.run("early", layer["early"], F.avg_pool2d(x, layer["scale"])), at)


# How far nets have grown, by the ends of cases' names.
LEVELS = {"before its stages": 0.0, "a first stage": 0.25, "a second stage": 1.5}


@kind(
    (
        "reshape and flatten",
        [8],
        dict(channels=2, height=2, width=2),
        of("conv", channels=3, kernel=2),
        of("flatten"),
        of("linear", units=2),
    )
)
def reshape(layer, x, at):
    return x.reshape(-1, layer["channels"], layer["height"], layer["width"])


MAPPED = [of("linear", units=3), function("tanh")]


@kind(
    (
        "styles that modulate and demodulate",
        VECTOR,
        *MAPPED,
        dict(channels=2, height=2, width=3),
        of("modulated_conv", channels=3, kernel=3, style=3, noise=False),
        function("silu"),
        of("upsample", scale=2),
        of("modulated_conv", channels=2, kernel=3, style=3, noise=False),
        function("silu"),
        of("modulated_conv", channels=1, kernel=1, style=3, demodulate=False, noise=False),
    ),
)
def styled_constant(layer, x, at):
    at.told.style = x
    constant = at.ask("constant", layer["channels"], layer["height"], layer["width"])
    return constant.expand(len(x), -1, -1, -1)


@kind()
def modulated_conv(layer, x, at):
    """Karras et al. 2019, equations 1 and 3, with weights for each sample."""
    inputs, outputs, kernel = x.shape[1], layer["channels"], layer["kernel"]
    weight = at.ask("weight", outputs, inputs, kernel, kernel)
    style = at.told.style @ at.ask("style", layer["style"], inputs) + at.ask("scale", inputs)
    weights = weight * style[:, None, :, None, None]
    if layer.get("demodulate", True):
        power = weights.square().sum(dim=(2, 3, 4), keepdim=True)
        weights = weights / (power + 1e-8).sqrt()
    samples = [
        F.conv2d(one[None], own, padding=kernel // 2) for one, own in zip(x, weights)
    ]
    return torch.cat(samples) + at.ask("shift", outputs)[:, None, None]


@kind()
def flatten(layer, x, at):
    return x.flatten(1)
