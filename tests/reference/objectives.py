"""The losses of both nets, from `Objective`'s formulas by PyTorch's own loss functions."""

import torch
import torch.nn.functional as F

from writing import Draws, numbers, write

WITH_TARGETS = ["non_saturating", "minimax", "least_squares"]
RELATIVISTIC = ["relativistic_paired", "relativistic_average"]
ALL = [*WITH_TARGETS, "linear", "hinge", *RELATIVISTIC]


def cross_entropy(outputs, target):
    return F.binary_cross_entropy_with_logits(outputs, torch.full_like(outputs, target))


def squares(outputs, target):
    return F.mse_loss(outputs, torch.full_like(outputs, target))


def discriminator(objective, real, fake, smoothing=(0.0, 0.0)):
    target, fake_target = 1.0 - smoothing[0], smoothing[1]
    if objective in ("non_saturating", "minimax"):
        return cross_entropy(real, target) + cross_entropy(fake, fake_target)
    if objective == "least_squares":
        return 0.5 * squares(real, target) + 0.5 * squares(fake, fake_target)
    if objective == "linear":
        return fake.mean() - real.mean()
    if objective == "hinge":
        return F.relu(1 - real).mean() + F.relu(1 + fake).mean()
    if objective == "relativistic_paired":
        return cross_entropy(real - fake, 1.0)
    if objective == "relativistic_average":
        return cross_entropy(real - fake.mean(), 1.0) + cross_entropy(fake - real.mean(), 0.0)
    raise ValueError(objective)


def generator(objective, fake, real):
    if objective == "non_saturating":
        return cross_entropy(fake, 1.0)
    if objective == "minimax":
        return -cross_entropy(fake, 0.0)
    if objective == "least_squares":
        return 0.5 * squares(fake, 1.0)
    if objective in ("linear", "hinge"):
        return -fake.mean()
    return discriminator(objective, fake, real)


def encoder(objective, real):
    """BiGAN's equation 3 for the encoder: what the discriminator wants of reals, turned around."""
    if objective == "non_saturating":
        return cross_entropy(real, 0.0)
    if objective == "minimax":
        return -cross_entropy(real, 1.0)
    if objective == "least_squares":
        return 0.5 * squares(real, 0.0)
    return real.mean()


def case(draws, objective, smoothing, spread):
    real = draws.normal(6, scale=spread).requires_grad_()
    fake = draws.normal(6, scale=spread).requires_grad_()

    def gradients(loss):
        found = torch.autograd.grad(loss, [real, fake], allow_unused=True, materialize_grads=True)
        return {"loss": numbers(loss), "real": numbers(found[0]), "fake": numbers(found[1])}

    written = {
        "objective": objective,
        "smoothing": list(smoothing),
        "real": numbers(real),
        "fake": numbers(fake),
        "discriminator": gradients(discriminator(objective, real, fake, smoothing)),
        "generator": gradients(generator(objective, fake, real)),
    }
    if objective not in RELATIVISTIC:
        written["encoder"] = gradients(encoder(objective, real))
    return written


def generate():
    draws = Draws(2_000)
    cases = []
    for objective in ALL:
        for spread in (1.5, 40.0):
            smoothings = [(0.0, 0.0)]
            if objective in WITH_TARGETS:
                smoothings += [(0.1, 0.0), (0.0, 0.2), (0.3, 0.2)]
            cases += [case(draws, objective, smoothing, spread) for smoothing in smoothings]
    write("objectives", cases)
