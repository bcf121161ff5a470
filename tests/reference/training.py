"""Whole training steps of small GANs.

What is random (initial weights, latents) and the reals come from `training-inputs.json`, which the
Rust side writes; everything that follows from them is computed here with `torch.optim`.
"""

from copy import deepcopy

import torch

import auxiliary
import objectives
import optimizers
import penalties
from nets import Told, forward
from spectral import effective_all
from writing import named, read, write


class Player:
    """One net with its numbers and its optimiser."""

    def __init__(self, net, optimizer, start):
        self.net, self.spec = net, optimizer
        self.parameters = {
            one["name"]: torch.nn.Parameter(torch.tensor(one["values"]).reshape(one["dimensions"]))
            for one in start["parameters"]
        }
        self.buffers = {one["name"]: torch.tensor(one["values"]) for one in start["buffers"]}
        self.optimizer = optimizers.made(optimizer, list(self.parameters.values()))
        self.schedule = None
        if "schedule" in optimizer:
            self.schedule = optimizers.scheduler(optimizer["schedule"], self.optimizer)

    def weights(self, advances):
        weights, after = effective_all(self.net, self.parameters, self.buffers, advances)
        if advances:
            self.buffers |= after
        return weights

    def update(self, loss):
        leaves = list(self.parameters.values())
        gradients = torch.autograd.grad(loss, leaves, allow_unused=True, materialize_grads=True)
        for leaf, gradient in zip(leaves, gradients):
            leaf.grad = gradient
        optimizers.clip(self.spec, leaves)
        self.optimizer.step()
        if self.schedule:
            self.schedule.step()

    def everything(self):
        return {**self.parameters, **self.buffers}


class Run:
    def __init__(self, case):
        self.spec, self.case = case["spec"], case
        start = case["start"]
        self.generator = Player(
            self.spec["generator"], self.spec["generator_optimizer"], start["generator"]
        )
        self.discriminator = Player(
            self.spec["discriminator"], self.spec["discriminator_optimizer"], start["discriminator"]
        )
        self.average = {n: t.detach().clone() for n, t in self.generator.everything().items()}
        self.discriminator_steps = self.steps = 0
        data = self.spec["data"]
        self.sample = (
            [2]
            if data["source"] == "points"
            else [data[k] for k in ("channels", "height", "width")]
        )

    def shown(self, samples):
        """Samples as the discriminator sees them: with packing, neighbours side by side."""
        count = self.spec.get("packing", 1)
        first, *rest = self.sample
        return samples.reshape(-1, first * count, *rest)

    def fakes(self, batch, moves_statistics):
        """Only the pass that serves the generator's own step moves its running statistics."""
        inputs = torch.tensor(batch["latents"]).reshape(-1, self.case["input_size"])
        statistics = self.generator.buffers if moves_statistics else None
        told = Told(batch["labels"], batch["generators"], statistics=statistics)
        weights = self.generator.weights(advances=moves_statistics)
        return forward(self.generator.net, weights, inputs, told).reshape(-1, *self.sample), inputs

    def tasks(self, outputs, batch, inputs=None):
        """The further tasks' loss, for fakes where their inputs are given."""
        labels = batch["labels"] if self.spec.get("labels") else None
        codes = generators = None
        if inputs is not None:
            codes = inputs[:, self.spec["latent"]["size"] :] if self.spec.get("codes") else None
            generators = batch["generators"] if self.spec.get("mixture") else None
        return auxiliary.loss(self.spec, outputs, labels, codes, generators)

    def discriminator_step(self, player, batch, fakes, inputs):
        spec = self.spec
        reals, fakes = self.shown(torch.tensor(batch["reals"])), self.shown(fakes.detach())
        weights, told = player.weights(advances=True), Told(batch["labels"])
        on_reals = forward(player.net, weights, reals, told)
        on_fakes = forward(player.net, weights, fakes, told)
        smoothing = (spec["label_smoothing"], spec.get("fake_label_smoothing", 0.0))
        loss = objectives.discriminator(
            spec["objective"], on_reals[:, 0], on_fakes[:, 0], smoothing
        )
        penalty = torch.zeros(())
        for asked in spec.get("penalties", []):
            at = {"r1": reals, "r2": fakes}[asked["kind"]]
            penalty = penalty + penalties.value(
                asked, penalties.slopes(player.net, weights, at, told)
            )
        tasks = self.tasks(on_reals, batch) + self.tasks(on_fakes, batch, inputs)
        player.update(loss + penalty + tasks)
        if limit := spec.get("weight_clip"):
            with torch.no_grad():
                for parameter in player.parameters.values():
                    parameter.clamp_(-limit, limit)
        return {
            "discriminator_loss": loss.item(),
            "penalty": penalty.item(),
            "auxiliary": tasks.item(),
        }

    def unrolled(self, batch, fakes, inputs):
        """The discriminator that the generator answers to: with unrolling, a copy further on."""
        if not (further := self.spec.get("unrolled_steps", 0)):
            return self.discriminator
        copy = deepcopy(self.discriminator)
        for _ in range(further):
            self.discriminator_step(copy, batch, fakes, inputs)
        return copy

    def step(self):
        """The fakes of the last discriminator step serve the generator's step too."""
        for last in [False] * (self.spec.get("discriminator_steps", 1) - 1) + [True]:
            batch = self.case["batches"][self.discriminator_steps]
            fakes, inputs = self.fakes(batch, moves_statistics=last)
            scores = self.discriminator_step(self.discriminator, batch, fakes, inputs)
            self.discriminator_steps += 1
        player, told = self.unrolled(batch, fakes, inputs), Told(batch["labels"])
        weights = player.weights(advances=False)
        outputs = forward(player.net, weights, self.shown(fakes), told)
        reals = forward(player.net, weights, self.shown(torch.tensor(batch["reals"])), told)
        loss = objectives.generator(self.spec["objective"], outputs[:, 0], reals[:, 0])
        self.generator.update(loss + self.tasks(outputs, batch, inputs))
        self.steps += 1
        if ema := self.spec.get("ema"):
            decay = min(ema["decay"], (1 + self.steps) / (10 + self.steps))
            for name, new in self.generator.everything().items():
                self.average[name] += (1 - decay) * (new.detach() - self.average[name])
        return {"generator_loss": loss.item(), **scores}

    def tensors(self):
        nets = {
            "generator": self.generator.everything(),
            "discriminator": self.discriminator.everything(),
            "average": self.average if self.spec.get("ema") else {},
        }
        return {f"{net}.{name}": value for net, own in nets.items() for name, value in own.items()}


def case(inputs):
    run = Run(inputs)
    scores = [run.step() for _ in range(inputs["steps"])]
    return {"name": inputs["name"], "scores": scores, "tensors": named(run.tensors())}


def generate():
    write("training", [case(inputs) for inputs in read("training-inputs")])
