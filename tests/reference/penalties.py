"""Penalties on a critic's slope: the value, and its gradient by double back-propagation."""

import torch
from torch.nn.functional import normalize

from nets import Told, forward, plan
from spectral import effective_all, output_axes
from writing import Draws, named, numbers, write


def slopes(net, weights, points, told, own=None):
    """The norm of the gradient of the first output with respect to each sample, squared; of a map of
    verdicts, of their mean. A sample's channels are the first `own`, if there are further ones."""
    points = points.detach().requires_grad_()
    outputs = forward(net, weights, points, told)
    verdicts = outputs.mean((1, 2, 3)) if outputs.dim() == 4 else outputs.flatten(1)[:, 0]
    (gradient,) = torch.autograd.grad(verdicts.sum(), points, create_graph=True)
    return gradient[:, :own].flatten(1).square().sum(dim=1)


def value(penalty, squares):
    weight = penalty["weight"]
    if penalty["kind"] in ("r1", "r2"):
        return weight / 2 * squares.mean()
    over = squares.sqrt() - penalty["target"]
    if penalty.get("one_sided"):
        over = torch.clamp(over, min=0.0)
    return weight * over.square().mean()


def function(name, **fields):
    return {"kind": "activation", "function": {"name": name, **fields}}


def linear(units):
    return {"kind": "linear", "units": units}


def conv(channels, kernel, **fields):
    return {"kind": "conv", "channels": channels, "kernel": kernel, **fields}


def critics():
    """Name, sample without the batch, net."""
    pool, flatten = {"kind": "average_pool", "size": 2}, {"kind": "flatten"}
    yield (
        "leaky relu",
        [3],
        [linear(6), function("leaky_relu"), linear(5), function("leaky_relu"), linear(1)],
    )
    yield (
        "tanh, with further outputs",
        [3],
        [linear(6), function("tanh"), linear(5), function("tanh"), linear(4)],
    )
    yield (
        "relu and sigmoid",
        [3],
        [linear(7), function("relu"), linear(5), function("sigmoid"), linear(1)],
    )
    yield (
        "maxout",
        [3],
        [
            {"kind": "maxout", "units": 5, "pieces": 3},
            {"kind": "maxout", "units": 4, "pieces": 2},
            linear(1),
        ],
    )
    yield (
        "layer normalisation",
        [1, 6, 6],
        [
            conv(2, 3, padding=1),
            {"kind": "layer_norm"},
            function("silu"),
            pool,
            conv(3, 2, stride=2),
            function("softplus"),
            flatten,
            {"kind": "layer_norm"},
            linear(1),
        ],
    )
    yield (
        "residual",
        [2, 4, 4],
        [
            {
                "kind": "residual",
                "layers": [conv(3, 3, padding=1), function("tanh"), conv(3, 3, padding=1), pool],
                "shortcut": [pool, conv(3, 1)],
            },
            {"kind": "pixel_norm"},
            {"kind": "minibatch_stddev"},
            {"kind": "residual", "layers": [function("silu"), conv(4, 1)]},
            flatten,
            linear(1),
        ],
    )
    yield (
        "transposed convolution",
        [2, 3, 3],
        [
            {"kind": "conv_transpose", "channels": 2, "kernel": 3, "stride": 2},
            function("silu"),
            {"kind": "upsample", "scale": 2},
            conv(1, 4, stride=3, padding=1),
            flatten,
            {"kind": "pixel_norm"},
            {"kind": "minibatch_stddev"},
            linear(1),
        ],
    )
    yield (
        "spectral normalisation",
        [1, 4, 4],
        [
            conv(2, 3, stride=2, padding=1),
            function("leaky_relu"),
            {"kind": "conv_transpose", "channels": 2, "kernel": 2, "stride": 2},
            function("tanh"),
            flatten,
            linear(1),
        ],
    )
    yield (
        "embedded label",
        [3],
        [{"kind": "label", "classes": 3, "embedding": 2}, linear(5), function("tanh"), linear(1)],
    )
    yield (
        "one-hot label",
        [1, 4, 4],
        [
            {"kind": "label", "classes": 2},
            conv(2, 3, padding=1),
            function("softplus"),
            flatten,
            linear(1),
        ],
    )


def asked(middle):
    """The penalties; `middle` is a slope that some points exceed and some do not."""
    yield {"kind": "r1", "weight": 2.0}
    yield {"kind": "r2", "weight": 3.0}
    yield {"kind": "gradient_penalty", "weight": 10.0, "target": 1.0}
    yield {"kind": "gradient_penalty", "weight": 10.0, "target": 0.0}
    yield {"kind": "gradient_penalty", "weight": 10.0, "target": middle, "one_sided": True}
    yield {"kind": "dragan", "weight": 5.0, "target": middle}


def case(index, name, shape, layers):
    draws = Draws(4_000 + index)
    batch = 4
    net = {"layers": layers}
    if name == "spectral normalisation":
        net["spectral_norm"] = True
    reals, fakes, points = (draws.normal(batch, *shape) for _ in range(3))
    told = {"reals": Told(draws.classes(batch, 2)), "fakes": Told(draws.classes(batch, 2))}
    weights = draws.weights(plan(net, reals, told["reals"]))
    for weight in weights.values():
        weight.requires_grad_()
    vectors = {}
    if net.get("spectral_norm"):
        for weight, axis in output_axes(layers).items():
            if weight in weights:
                vectors[f"{weight}_u"] = normalize(draws.normal(weights[weight].shape[axis]), dim=0)

    def judged(at, told):
        effective, _ = effective_all(net, weights, vectors)
        return slopes(net, effective, at, told)

    middle = round(judged(points, told["reals"]).sqrt().median().item() + 0.001, 3)
    results = []
    for penalty in asked(middle):
        at = {"r1": reals, "r2": fakes}.get(penalty["kind"], points)
        which = "fakes" if penalty["kind"] == "r2" else "reals"
        squares = judged(at, told[which])
        if penalty.get("one_sided"):
            assert (squares.sqrt() > middle).any() and (squares.sqrt() < middle).any(), name
        found = value(penalty, squares)
        leaves = list(weights.values())
        gradients = torch.autograd.grad(found, leaves, allow_unused=True, materialize_grads=True)
        results.append(
            {
                "penalty": penalty,
                "value": numbers(found),
                "parameter_gradients": [numbers(gradient) for gradient in gradients],
            }
        )
    return {
        "name": name,
        "net": net,
        "shape": shape,
        "parameters": named(weights),
        "vectors": {name: numbers(vector) for name, vector in vectors.items()},
        "reals": numbers(reals),
        "real_labels": told["reals"].labels,
        "fakes": numbers(fakes),
        "fake_labels": told["fakes"].labels,
        "points": numbers(points),
        "penalties": results,
    }


def generate():
    write("penalties", [case(index, *critic) for index, critic in enumerate(critics())])
