#!/usr/bin/env python3
"""Times a step of the nets in ../nets with PyTorch, as rows of JSON.

The step is the one that `gan bench` times: the discriminator's on a batch of reals and of fakes, then
the generator's through the same fakes, both by Adam, both losses read back.
"""

import argparse
import json
import pathlib
import time

import torch
from torch import nn
from torch.nn import functional as F

NETS = pathlib.Path(__file__).resolve().parent.parent / "nets"
ACTIVATIONS = {"tanh": lambda f: nn.Tanh(), "relu": lambda f: nn.ReLU(),
               "leaky_relu": lambda f: nn.LeakyReLU(f.get("slope", 0.2))}


def layer(spec, shape):
    """The module for one layer of a spec, and the shape that it makes of `shape`."""
    kind = spec["kind"]
    if kind == "linear":
        return nn.Linear(shape[0], spec["units"], bias=spec.get("bias", True)), (spec["units"],)
    if kind in ("conv", "conv_transpose"):
        make = nn.Conv2d if kind == "conv" else nn.ConvTranspose2d
        module = make(shape[0], spec["channels"], spec["kernel"], spec.get("stride", 1),
                      spec.get("padding", 0), bias=spec.get("bias", True))
        with torch.no_grad():
            return module, tuple(module(torch.zeros(1, *shape)).shape[1:])
    if kind == "batch_norm":
        return (nn.BatchNorm1d if len(shape) == 1 else nn.BatchNorm2d)(shape[0]), shape
    if kind == "activation":
        return ACTIVATIONS[spec["function"]["name"]](spec["function"]), shape
    if kind == "reshape":
        image = (spec["channels"], spec["height"], spec["width"])
        return nn.Unflatten(1, image), image
    if kind == "flatten":
        size = shape[0] * shape[1] * shape[2]
        return nn.Flatten(), (size,)
    raise ValueError(f"no module for a layer of kind {kind}")


def net(spec, shape):
    """All layers of a net one after another."""
    modules = []
    for one in spec["layers"]:
        module, shape = layer(one, shape)
        modules.append(module)
    return nn.Sequential(*modules)


def adam(parameters, spec):
    method = spec["method"]
    betas = (method.get("beta_1", 0.9), method.get("beta_2", 0.999))
    return torch.optim.Adam(parameters, lr=spec["learning_rate"], betas=betas)


class Run:
    """A run that makes steps."""

    def __init__(self, spec, device):
        data = spec["data"]
        shape = (2,) if data["source"] == "points" else (data["channels"], data["height"], data["width"])
        self.batch, self.latent, self.device = spec["batch_size"], spec["latent"]["size"], device
        self.generator = net(spec["generator"], (self.latent,)).to(device)
        self.discriminator = net(spec["discriminator"], shape).to(device)
        self.generator_optimizer = adam(self.generator.parameters(), spec["generator_optimizer"])
        self.discriminator_optimizer = adam(
            self.discriminator.parameters(), spec["discriminator_optimizer"])
        self.least_squares = spec["objective"] == "least_squares"
        # What the reals are takes no time away from a step, so noise serves.
        self.reals = torch.rand(self.batch, *shape, device=device) * 2 - 1

    def loss(self, outputs, target):
        if self.least_squares:
            return 0.5 * F.mse_loss(outputs, torch.full_like(outputs, target))
        return F.softplus(-outputs if target else outputs).mean()

    def step(self):
        fakes = self.generator(torch.randn(self.batch, self.latent, device=self.device))
        loss = (self.loss(self.discriminator(self.reals), 1.0)
                + self.loss(self.discriminator(fakes.detach()), 0.0))
        self.discriminator_optimizer.zero_grad()
        loss.backward()
        self.discriminator_optimizer.step()
        # Its weights are constants to the generator's step: no gradient of theirs is computed.
        for parameter in self.discriminator.parameters():
            parameter.requires_grad_(False)
        generator_loss = self.loss(self.discriminator(fakes), 1.0)
        self.generator_optimizer.zero_grad()
        generator_loss.backward()
        self.generator_optimizer.step()
        for parameter in self.discriminator.parameters():
            parameter.requires_grad_(True)
        return torch.stack([loss.detach(), generator_loss.detach()])


def timed(run, seconds, read_every):
    """Milliseconds a step, of each group of steps whose losses are read together."""
    def group():
        begin = time.perf_counter()
        losses = [run.step() for _ in range(read_every)]
        values = torch.stack(losses).cpu()
        if not torch.isfinite(values).all():
            raise RuntimeError("the run diverged")
        return 1e3 * (time.perf_counter() - begin) / read_every

    begin = time.perf_counter()
    while time.perf_counter() - begin < seconds / 5:
        group()
    begin, times = time.perf_counter(), []
    while len(times) < 3 or time.perf_counter() - begin < seconds:
        times.append(group())
    return sorted(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("nets", nargs="*", help="names in ../nets; all of them otherwise")
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--read-every", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(1)
    backend = (torch.cuda.get_device_name() if arguments.device == "cuda"
               else f"cpu, threads: {arguments.threads}")
    rows = []
    for name in arguments.nets or sorted(path.stem for path in NETS.glob("*.json")):
        spec = json.loads((NETS / f"{name}.json").read_text())
        run = Run(spec, torch.device(arguments.device))
        times = timed(run, arguments.seconds, arguments.read_every)
        rows.append({
            "net": name, "engine": f"pytorch {torch.__version__}", "backend": backend,
            "batch": spec["batch_size"], "read_every": arguments.read_every,
            "median_ms": times[len(times) // 2], "min_ms": times[0], "max_ms": times[-1],
            "runs": len(times),
        })
    print(json.dumps(rows, indent=2))


if __name__ == "__main__":
    main()
