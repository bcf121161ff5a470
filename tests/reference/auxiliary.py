"""Further tasks of the discriminator: classes, codes, the number of a generator."""

import torch
import torch.nn.functional as F

from writing import Draws, numbers, write


def loss(spec, outputs, labels=None, codes=None, generators=None):
    """The sum of the tasks' losses. `outputs` are all of the discriminator's, `codes` the
    generator's inputs after the latents. A task without a target takes its outputs and no part."""
    place, total = 1, torch.zeros(())

    def take(size):
        nonlocal place
        place += size
        return outputs[:, place - size : place]

    def cross_entropy(logits, truth):
        return F.cross_entropy(logits, torch.as_tensor(truth))

    auxiliary = spec.get("labels") or {}
    if auxiliary.get("kind") == "auxiliary_classifier":
        logits = take(auxiliary["classes"])
        if labels is not None:
            total = total + auxiliary.get("weight", 1.0) * cross_entropy(logits, labels)
    if asked := spec.get("codes"):
        column = 0
        for count in asked.get("categorical", []):
            logits = take(count)
            if codes is not None:
                truth = codes[:, column : column + count].argmax(dim=1)
                total = total + asked.get("categorical_weight", 1.0) * cross_entropy(logits, truth)
            column += count
        means = take(asked.get("continuous", 0))
        if codes is not None and asked.get("continuous", 0) > 0:
            # The negative log-likelihood of a Gaussian of unit variance, but for its constant.
            likelihood = F.gaussian_nll_loss(
                means, codes[:, column:], torch.ones_like(means), reduction="none"
            )
            total = total + asked.get("continuous_weight", 0.1) * likelihood.sum(dim=1).mean()
    if mixture := spec.get("mixture"):
        logits = take(mixture["generators"])
        if generators is not None:
            total = total + mixture.get("weight", 1.0) * cross_entropy(logits, generators)
    return total


def drawn_codes(draws, spec, batch):
    parts = []
    for count in spec.get("categorical", []):
        parts.append(F.one_hot(torch.tensor(draws.classes(batch, count)), count).double())
    parts.append(draws.normal(batch, spec.get("continuous", 0), scale=0.6))
    return torch.cat(parts, dim=1)


def case(draws, name, spec, about_fakes):
    batch = 5
    labels = spec.get("labels")
    labels = draws.classes(batch, labels["classes"]) if labels else None
    codes = generators = None
    if about_fakes:
        codes = drawn_codes(draws, spec["codes"], batch) if "codes" in spec else None
        mixture = spec.get("mixture")
        generators = draws.classes(batch, mixture["generators"]) if mixture else None
    size = (
        1 + spec.get("labels", {}).get("classes", 0) + spec.get("mixture", {}).get("generators", 0)
    )
    if asked := spec.get("codes"):
        size += sum(asked.get("categorical", [])) + asked.get("continuous", 0)
    outputs = draws.normal(batch, size, scale=2.0).requires_grad_()
    found = loss(spec, outputs, labels, codes, generators)
    (gradient,) = torch.autograd.grad(found, outputs)
    return {
        "name": name,
        "spec": spec,
        "outputs": numbers(outputs),
        "labels": labels,
        "codes": None if codes is None else numbers(codes),
        "generators": generators,
        "loss": numbers(found),
        "gradient": numbers(gradient),
    }


def generate():
    draws = Draws(6_000)
    classes = {"kind": "auxiliary_classifier", "classes": 3, "weight": 0.7}
    codes = {
        "categorical": [3, 2],
        "continuous": 2,
        "categorical_weight": 0.8,
        "continuous_weight": 0.3,
    }
    mixture = {"generators": 4, "weight": 0.5}
    everything = {"labels": classes, "codes": codes, "mixture": mixture}
    write(
        "auxiliary",
        [
            case(draws, "classes", {"labels": classes}, True),
            case(draws, "codes", {"codes": codes}, True),
            case(draws, "continuous codes only", {"codes": {"continuous": 3}}, True),
            case(draws, "several generators", {"mixture": mixture}, True),
            case(draws, "everything, fakes", everything, True),
            case(draws, "everything, reals", everything, False),
        ],
    )
