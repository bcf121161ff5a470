"""Each layer kind: output, first-order gradients for a random cotangent, and, where a penalty may
pass through it, second-order gradients: those of the input gradient in a random direction."""

import torch

from nets import Told, forward, plan
from writing import Draws, named, numbers, write

# Cases whose inputs would overflow an exponential that is not written with care.
LARGE = "large"
# Layers that a penalty never passes through.
FIRST_ORDER_ONLY = {"batch_norm", "minibatch_discrimination", "mixture_linear"}


def kind(name, **fields):
    return {"kind": name, **fields}


def function(name, **fields):
    return kind("activation", function={"name": name, **fields})


def cases():
    """Name, input without the batch, layers."""
    vector, image = [4], [2, 5, 4]
    conv, transposed = "conv", "conv_transpose"
    yield "linear", vector, [kind("linear", units=3)]
    yield "linear without bias", vector, [kind("linear", units=3, bias=False)]
    yield "maxout", vector, [kind("maxout", units=3, pieces=3)]
    yield "mixture_linear", vector, [kind("mixture_linear", units=2, generators=3)]
    yield (
        "minibatch_discrimination",
        vector,
        [kind("minibatch_discrimination", features=3, dimensions=2)],
    )
    for form, shape in [("vector", vector), ("image", [3, 2, 3])]:
        yield f"batch_norm of a {form}", shape, [kind("batch_norm", momentum=0.3)]
        yield f"layer_norm of a {form}", shape, [kind("layer_norm", epsilon=0.01)]
        yield f"pixel_norm of a {form}", shape, [kind("pixel_norm", epsilon=0.01)]
        yield f"minibatch_stddev of a {form}", shape, [kind("minibatch_stddev")]
        yield f"one-hot label of a {form}", shape, [kind("label", classes=3)]
        yield f"embedded label of a {form}", shape, [kind("label", classes=3, embedding=2)]
        for name in ["relu", "leaky_relu", "tanh", "sigmoid", "silu", "softplus"]:
            fields = {"slope": 0.3} if name == "leaky_relu" else {}
            yield f"{name} of a {form}", shape, [function(name, **fields)]
            if form == "vector":
                yield f"{name} of {LARGE} numbers", shape, [function(name, **fields)]
    for name, fields in [
        ("same size", dict(kernel=3, padding=1)),
        ("one pixel, no bias", dict(kernel=1, bias=False)),
        ("an unreached row", dict(kernel=2, stride=3)),
        ("an unreached row and column", dict(kernel=3, stride=2)),
        ("wide padding", dict(kernel=2, stride=3, padding=3)),
    ]:
        yield f"conv: {name}", image, [kind(conv, channels=2, **fields)]
    yield (
        "conv: a stride that leaves two rows",
        [1, 5, 8],
        [kind(conv, channels=2, kernel=3, stride=3)],
    )
    for name, fields in [
        ("doubling", dict(kernel=4, stride=2, padding=1)),
        ("gaps", dict(kernel=2, stride=3)),
        ("uneven overlap, no bias", dict(kernel=3, stride=2, bias=False)),
        ("cut edges", dict(kernel=5, stride=1, padding=2)),
    ]:
        yield f"conv_transpose: {name}", [2, 2, 3], [kind(transposed, channels=2, **fields)]
    for scale in [1, 2, 3, 5, 7]:
        yield f"upsample by {scale}", [1, 3, 1], [kind("upsample", scale=scale)]
    yield "upsample of odd sides by 3", [1, 7, 1], [kind("upsample", scale=3)]
    yield "average_pool of 2", [2, 4, 2], [kind("average_pool", size=2)]
    yield "average_pool of 3", [1, 3, 6], [kind("average_pool", size=3)]
    yield (
        "residual with identity",
        vector,
        [
            kind(
                "residual",
                layers=[kind("linear", units=3), function("tanh"), kind("linear", units=4)],
            )
        ],
    )
    yield (
        "residual with shortcut",
        [2, 4, 4],
        [
            kind(
                "residual",
                layers=[
                    kind(conv, channels=3, kernel=3, padding=1),
                    kind("average_pool", size=2),
                    function("silu"),
                ],
                shortcut=[kind("average_pool", size=2), kind(conv, channels=3, kernel=1)],
            )
        ],
    )
    yield (
        "residual in a residual",
        vector,
        [
            kind(
                "residual",
                layers=[
                    kind("residual", layers=[kind("linear", units=4), function("softplus")]),
                    function("tanh"),
                ],
            ),
            kind("linear", units=2),
        ],
    )
    yield (
        "reshape and flatten",
        [8],
        [
            kind("reshape", channels=2, height=2, width=2),
            kind(conv, channels=3, kernel=2),
            kind("flatten"),
            kind("linear", units=2),
        ],
    )


def case(index, name, shape, layers):
    draws = Draws(1_000 + index)
    batch = 4 if len(shape) == 1 else 2
    net = {"layers": layers}
    x = draws.normal(batch, *shape, scale=100.0 if LARGE in name else 1.0).requires_grad_()
    told = Told(draws.classes(batch, 3), draws.classes(batch, 3), statistics={})
    weights = draws.weights(plan(net, x.detach(), Told(told.labels, told.generators)))
    for weight in weights.values():
        weight.requires_grad_()
    output = forward(net, weights, x, told)
    cotangent = draws.normal(*output.shape)
    leaves = [x, *weights.values()]
    gradients = torch.autograd.grad((output * cotangent).sum(), leaves, create_graph=True)
    written = {
        "name": name,
        "net": net,
        "shape": shape,
        "labels": told.labels,
        "generators": told.generators,
        "input": numbers(x),
        "parameters": named(weights),
        "output": numbers(output),
        "cotangent": numbers(cotangent),
        "input_gradient": numbers(gradients[0]),
        "parameter_gradients": [numbers(gradient) for gradient in gradients[1:]],
    }
    if told.statistics:
        sampled = Told(statistics=told.statistics, training=False)
        written["sampled"] = numbers(forward(net, weights, x, sampled))
    if not FIRST_ORDER_ONLY & {layer["kind"] for layer in layers}:
        written["second_order"] = second_order(draws, leaves, gradients[0])
    return written


def second_order(draws, leaves, gradient):
    """Gradients of the input gradient's part along a direction."""
    direction = draws.normal(*gradient.shape)
    along = (gradient * direction).sum()
    if along.grad_fn is None:
        found = [torch.zeros_like(leaf) for leaf in leaves]
    else:
        found = torch.autograd.grad(along, leaves, allow_unused=True, materialize_grads=True)
    return {
        "direction": numbers(direction),
        "input_gradient": numbers(found[0]),
        "parameter_gradients": [numbers(one) for one in found[1:]],
    }


def generate():
    write("layers", [case(index, *found) for index, found in enumerate(cases())])
