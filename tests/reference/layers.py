"""Each layer kind: output, first-order gradients for a random cotangent, and, where a penalty may
pass through it, second-order gradients: those of the input gradient in a random direction."""

from zlib import crc32

import torch

from layer_kinds import CASES, FIRST_ORDER_ONLY, LARGE, LEVELS
from nets import Told, forward, plan
from writing import Draws, named, numbers, write


def case(name, shape, layers):
    # A case keeps its numbers whatever other cases there are.
    draws = Draws(crc32(name.encode()))
    batch = 4 if len(shape) == 1 else 2
    net = {"layers": layers}
    level = next((level for end, level in LEVELS.items() if name.endswith(end)), None)
    Told.grown = 1e6 if level is None else level
    x = draws.normal(batch, *shape, scale=100.0 if LARGE in name else 1.0).requires_grad_()
    # Not drawn, so that the other numbers of a case stay as they are.
    latents = torch.linspace(-1, 1, 2 * batch).reshape(batch, 2)
    told = Told(draws.classes(batch, 3), draws.classes(batch, 3), latents, statistics={})
    weights = draws.weights(plan(net, x.detach(), Told(told.labels, told.generators, latents)))
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
    if level is not None:
        written["level"] = level
    if any(layer["kind"] == "latent" for layer in layers):
        written["latents"] = numbers(latents)
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
    write("layers", [case(*found) for found in CASES])
