"""Optimisers and schedules, by `torch.optim`."""

import math

import torch
from torch import optim
from torch.nn.utils import clip_grad_norm_, clip_grad_value_
from torch.optim import lr_scheduler

from writing import Draws, numbers, write

UPDATES = 6
# Two parameters, so that a norm is one over both.
SIZES = [6, 2]


def made(spec, parameters):
    """PyTorch's optimiser for an `OptimizerSpec`."""
    method = dict(spec["method"])
    kind = method.pop("kind")
    rate, decay = spec["learning_rate"], spec.get("weight_decay", 0.0)
    if kind == "sgd":
        return optim.SGD(parameters, rate, weight_decay=decay, **method)
    if kind == "rms_prop":
        alpha, epsilon = method.get("decay", 0.99), method.get("epsilon", 1e-8)
        momentum = method.get("momentum", 0.0)
        return optim.RMSprop(parameters, rate, alpha, epsilon, decay, momentum)
    betas = (method.get("beta_1", 0.5), method.get("beta_2", 0.999))
    rule = {"adam": optim.Adam, "adam_w": optim.AdamW}[kind]
    return rule(parameters, rate, betas, method.get("epsilon", 1e-8), weight_decay=decay)


def clip(spec, parameters):
    if "clip_value" in spec:
        clip_grad_value_(parameters, spec["clip_value"])
    if "clip_norm" in spec:
        clip_grad_norm_(parameters, spec["clip_norm"])


def specs():
    sgd, adam = {"kind": "sgd"}, {"kind": "adam"}
    momentum = {"kind": "sgd", "momentum": 0.9}
    nesterov = {"kind": "sgd", "momentum": 0.8, "nesterov": True}
    slow = {"kind": "adam", "beta_1": 0.9, "beta_2": 0.99, "epsilon": 1e-3}
    heavy = {"kind": "rms_prop", "decay": 0.9, "momentum": 0.7, "epsilon": 1e-2}
    methods = [sgd, momentum, nesterov, adam, slow, {"kind": "adam_w"}, {"kind": "rms_prop"}, heavy]
    for method in methods:
        yield {"learning_rate": 0.05, "method": method}
        yield {"learning_rate": 0.05, "method": method, "weight_decay": 0.1}
    for method in [sgd, nesterov, slow, heavy]:
        yield {"learning_rate": 0.1, "method": method, "clip_norm": 1.5}
        yield {"learning_rate": 0.1, "method": method, "clip_value": 0.4}
    clips = {"clip_value": 0.8, "clip_norm": 1.0}
    yield {"learning_rate": 0.1, "method": momentum, "weight_decay": 0.1, **clips}
    cosine = {"decay": {"kind": "cosine", "updates": 5, "factor": 0.2}}
    yield {"learning_rate": 0.1, "method": adam, "schedule": cosine}


def case(index, spec):
    draws = Draws(5_000 + index)
    parameters = [torch.nn.Parameter(draws.normal(size)) for size in SIZES]
    start = numbers(torch.cat(parameters))
    optimizer = made(spec, parameters)
    schedule = scheduler(spec["schedule"], optimizer) if "schedule" in spec else None
    gradients, after, norms = [], [], []
    for update in range(UPDATES):
        # Of very different sizes, so that a limit on them sometimes holds and sometimes does not;
        # one stays zero for a while.
        drawn = draws.normal(sum(SIZES), scale=[0.3, 1.0, 3.0][update % 3])
        drawn[1] = 0.0 if update < 2 else drawn[1]
        gradients.append(numbers(drawn))
        norms.append(drawn.norm().item())
        for parameter, gradient in zip(parameters, drawn.split(SIZES)):
            parameter.grad = gradient.clone()
        clip(spec, parameters)
        optimizer.step()
        if schedule:
            schedule.step()
        after.append(numbers(torch.cat(parameters)))
    if "clip_norm" in spec:
        assert min(norms) < spec["clip_norm"] < max(norms), norms
    return {"optimizer": spec, "start": start, "gradients": gradients, "after": after}


def scheduler(spec, optimizer):
    """PyTorch's scheduler for a `ScheduleSpec`, where it has an equal."""
    rate, decay = optimizer.param_groups[0]["lr"], spec.get("decay", {"kind": "constant"})
    length, factor = decay.get("updates"), decay.get("factor")
    if decay["kind"] == "cosine":
        return lr_scheduler.CosineAnnealingLR(optimizer, length, eta_min=rate * factor)
    if decay["kind"] == "exponential":
        return lr_scheduler.ExponentialLR(optimizer, math.pow(factor, 1 / length))
    if decay["kind"] == "staircase":
        return lr_scheduler.StepLR(optimizer, length, factor)
    if decay["kind"] == "linear":
        begin, end = decay["begin"], decay["end"]
        fall = lambda: lr_scheduler.LinearLR(optimizer, 1.0, factor, end - begin)
        if begin == 0:
            return fall()
        flat = lr_scheduler.ConstantLR(optimizer, 1.0, begin)
        return lr_scheduler.SequentialLR(optimizer, [flat, fall()], [begin])
    # The first update is already a share of the full step, the last of the rise a full one.
    rise = spec["warm_up"]
    return lr_scheduler.LinearLR(optimizer, 1.0 / rise, 1.0, rise - 1)


def rates(spec, updates):
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = optim.SGD([parameter], 0.02)
    schedule = scheduler(spec, optimizer)
    found = []
    for _ in range(updates):
        found.append(float(f"{schedule.get_last_lr()[0]:.12g}"))
        optimizer.step()
        schedule.step()
    return {"optimizer": {"learning_rate": 0.02, "schedule": spec}, "rates": found}


def schedules():
    # PyTorch's cosine rises again after its end; ours stays.
    yield {"decay": {"kind": "cosine", "updates": 12, "factor": 0.1}}, 13
    yield {"decay": {"kind": "exponential", "updates": 4, "factor": 0.3}}, 15
    yield {"decay": {"kind": "staircase", "updates": 4, "factor": 0.3}}, 15
    yield {"decay": {"kind": "linear", "begin": 0, "end": 8, "factor": 0.25}}, 12
    yield {"decay": {"kind": "linear", "begin": 3, "end": 8, "factor": 0.0}}, 12
    yield {"warm_up": 5}, 9


def generate():
    write("optimizers", [case(index, spec) for index, spec in enumerate(specs())])
    write("schedules", [rates(*found) for found in schedules()])
