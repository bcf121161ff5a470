"""Whole training steps of small GANs.

What is random (initial weights, latents) and the reals come from `training-inputs.json`, which the
Rust side writes; everything that follows from them is computed here with `torch.optim`.
"""

from copy import deepcopy

import torch
import torch.nn.functional as F

import auxiliary
import objectives
import optimizers
import penalties
from nets import Told, forward
from spectral import effective_all
from writing import named, read, write

# The terms of the generator's loss beside the verdict.
TERMS = {"l1": F.l1_loss, "l2": F.mse_loss}


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
        self.follow(torch.autograd.grad(loss, leaves, allow_unused=True, materialize_grads=True))

    def follow(self, gradients):
        leaves = list(self.parameters.values())
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
        # The nets of the way back, if the run translates: as those of the way there.
        self.way_back = None
        if translation := self.spec.get("translation"):
            self.way_back = (
                Player(self.spec["generator"], self.spec["generator_optimizer"], start["way_back"]["generator"]),
                Player(
                    self.spec["discriminator"],
                    self.spec["discriminator_optimizer"],
                    start["way_back"]["discriminator"],
                ),
            )
            self.cycle, self.identity = translation["cycle"], translation["identity"]
            generator = self.way_back[0].everything()
            self.average_back = {n: t.detach().clone() for n, t in generator.items()}
        self.encoder = None
        if encoder := self.spec.get("encoder"):
            self.method = encoder["method"]
            self.encoder = Player(encoder["net"], self.spec["generator_optimizer"], start["encoder"])
            self.encoder_average = {
                n: t.detach().clone() for n, t in self.encoder.everything().items()
            }
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

    def pictures(self, batch):
        """The pictures that the generator is given, if the run has a condition or translates."""
        if self.way_back:
            return torch.tensor(batch["pictures"]).reshape(-1, *self.sample)
        if not (condition := self.spec.get("condition")):
            return None
        factor = condition["picture"]["factor"]
        height, width = self.sample[1] // factor, self.sample[2] // factor
        return torch.tensor(batch["pictures"]).reshape(-1, self.sample[0], height, width)

    def judged(self, samples, batch):
        """What the discriminator is given: samples, with the pictures behind them if it sees these."""
        samples = self.shown(samples)
        pictures = self.pictures(batch)
        if pictures is None or self.way_back or not self.spec["condition"].get("shown", True):
            return samples
        return torch.cat([samples, F.interpolate(pictures, size=samples.shape[2:])], dim=1)

    def outputs(self, player, weights, samples, told):
        """A row of outputs for each sample; of a map of verdicts, for each of its numbers."""
        outputs = forward(player.net, weights, samples, told)
        return outputs.reshape(-1, 1) if outputs.dim() == 4 else outputs

    @property
    def judges_pairs(self):
        return self.encoder is not None and self.method["kind"] in ("bigan", "ali")

    def encoded(self, batch, advances):
        """Latents of the reals, and of a Gaussian encoder their distribution."""
        reals = torch.tensor(batch["reals"]).reshape(-1, *self.sample)
        statistics = self.encoder.buffers if advances else None
        told = Told(statistics=statistics)
        found = forward(self.encoder.net, self.encoder.weights(advances), reals, told)
        if self.method["kind"] == "bigan":
            return found, None
        mean, log_variance = found.chunk(2, dim=1)
        normal = torch.distributions.Normal(mean, (log_variance / 2).exp())
        noise = torch.tensor(batch["posterior"]).reshape(mean.shape)
        return mean + normal.stddev * noise, normal

    def generated(self, latents, weights, told):
        return forward(self.generator.net, weights, latents, told).reshape(-1, *self.sample)

    def reconstruction(self, layer, weights, reals, made):
        """Larsen et al. 2016, equations 7 and 8, without the constant."""
        layers = {**self.discriminator.net, "layers": self.discriminator.net["layers"][: layer + 1]}
        wanted, found = (forward(layers, weights, one, Told()).flatten(1) for one in (reals, made))
        normal = torch.distributions.Normal(found, torch.ones_like(found))
        constant = torch.distributions.Normal(found, torch.ones_like(found)).log_prob(found)
        return -(normal.log_prob(wanted) - constant).sum(dim=1).mean()

    def fakes(self, batch, moves_statistics, found=None):
        """Only the pass that serves the generator's own step moves its running statistics."""
        count = self.spec["batch_size"] * self.spec.get("packing", 1)
        inputs = torch.tensor(batch["latents"]).reshape(count, self.case["input_size"])
        statistics = self.generator.buffers if moves_statistics else None
        told = Told(batch["labels"], batch["generators"], statistics=statistics)
        weights = self.generator.weights(advances=moves_statistics)
        given = inputs
        if (pictures := self.pictures(batch)) is not None:
            planes = inputs[:, :, None, None].expand(-1, -1, *pictures.shape[2:])
            given = torch.cat([pictures, planes], dim=1)
        if found is not None and not self.judges_pairs:
            given = torch.cat([given, found.detach()])
        made = forward(self.generator.net, weights, given, told)
        return made.reshape(-1, *self.sample), inputs

    def tasks(self, outputs, batch, inputs=None):
        """The further tasks' loss, for fakes where their inputs are given."""
        labels = batch["labels"] if self.spec.get("labels") else None
        codes = generators = None
        if inputs is not None:
            codes = inputs[:, self.spec["latent"]["size"] :] if self.spec.get("codes") else None
            generators = batch["generators"] if self.spec.get("mixture") else None
        return auxiliary.loss(self.spec, outputs, labels, codes, generators)

    def feature_distance(self, player, weights, layer, fakes, reals, batch):
        """Salimans et al. 2016, section 3.1: the mean features of a layer, over the batch."""
        layers = {**player.net, "layers": player.net["layers"][: layer + 1]}
        told = Told(batch["labels"])
        means = [
            forward(layers, weights, self.judged(samples, batch), told).flatten(1).mean(0)
            for samples in (fakes, reals)
        ]
        return (means[0] - means[1].detach()).square().sum()

    def discriminator_step(
        self, player, batch, fakes, inputs, learns=True, reals="reals", found=None
    ):
        """In a pre-training the discriminator judges and does not learn."""
        spec = self.spec
        reals = self.judged(torch.tensor(batch[reals]), batch)
        fakes = self.judged(fakes.detach(), batch)
        weights, told = player.weights(advances=True), Told(batch["labels"])
        told_of_fakes = Told(batch["labels"])
        if self.judges_pairs:
            told.latents, told_of_fakes.latents = found.detach(), inputs
        on_reals = self.outputs(player, weights, reals, told)
        on_fakes = self.outputs(player, weights, fakes, told_of_fakes)
        smoothing = (spec["label_smoothing"], spec.get("fake_label_smoothing", 0.0))
        loss = objectives.discriminator(
            spec["objective"], on_reals[:, 0], on_fakes[:, 0], smoothing
        )
        penalty = torch.zeros(())
        for asked in spec.get("penalties", []):
            at = {"r1": reals, "r2": fakes}[asked["kind"]]
            own = self.sample[0] if self.spec.get("condition") else None
            squares = penalties.slopes(player.net, weights, at, told, own)
            penalty = penalty + penalties.value(asked, squares)
        tasks = self.tasks(on_reals, batch) + self.tasks(on_fakes, batch, inputs)
        if asked := spec.get("semi_supervised"):
            # Salimans et al. 2016, section 5: the classes of the labelled samples alone.
            labelled = self.judged(torch.tensor(batch["labelled"]), batch)
            logits = self.outputs(player, weights, labelled, Told())[:, 1:]
            classes = torch.tensor(batch["classes"])
            tasks = tasks + asked["weight"] * F.cross_entropy(logits, classes)
        if learns:
            player.update(loss + penalty + tasks)
        if limit := spec.get("weight_clip"):
            with torch.no_grad():
                for parameter in player.parameters.values():
                    parameter.clamp_(-limit, limit)
        return {
            "discriminator_loss": loss.item(),
            "penalty": penalty.item() if learns else 0.0,
            "auxiliary": tasks.item() if learns else 0.0,
        }

    def unrolled(self, batch, fakes, inputs):
        """The discriminator that the generator answers to: with unrolling, a copy further on."""
        if not (further := self.spec.get("unrolled_steps", 0)):
            return self.discriminator
        copy = deepcopy(self.discriminator)
        for _ in range(further):
            self.discriminator_step(copy, batch, fakes, inputs)
        return copy

    def translated(self, player, images, advances=False):
        """Images of the other set, by the generator of one way."""
        weights = player.weights(advances)
        return forward(player.net, weights, images.reshape(-1, *self.sample), Told([]))

    def both_ways(self, fakes, made, batch):
        """The verdict on the images of the way back, and what both ways owe each other (Zhu et al. 2017)."""
        back, judge = self.way_back
        x, y = self.pictures(batch), torch.tensor(batch["reals"]).reshape(fakes.shape)
        weights, told = judge.weights(advances=False), Told(batch["labels"])
        on_fakes, on_reals = (self.outputs(judge, weights, one, told)[:, 0] for one in (made, x))
        verdict = objectives.generator(self.spec["objective"], on_fakes, on_reals)
        cycle = F.l1_loss(self.translated(back, fakes), x)
        cycle = cycle + F.l1_loss(self.translated(self.generator, made), y)
        identity = F.l1_loss(self.translated(self.generator, y), y)
        identity = identity + F.l1_loss(self.translated(back, x), x)
        return verdict, self.cycle * cycle + self.identity * identity

    def grow(self):
        """Karras et al. 2017, appendix A: steps before the first stage, then each faded in and held."""
        Told.grown, self.began = 1e6, 0
        if not (growth := self.spec.get("growth")):
            return
        stages, layers = 0, self.spec["discriminator"]["layers"]
        while layers[0]["kind"] == "shrink":
            stages, layers = stages + 1, layers[0]["layers"]
        Told.grown, at = 0.0, growth["hold"]
        for _ in range(stages):
            if self.steps >= at:
                faded = (self.steps - at + 1) / growth["fade"] if growth["fade"] else 1.0
                Told.grown, self.began = Told.grown // 1 + min(1.0, faded), at
            at += growth["fade"] + growth["hold"]
        if 0 < self.began == self.steps:
            for player in (self.generator, self.discriminator):
                player.optimizer.state.clear()

    def as_grown(self, batch):
        """Reals lose the details of the stage that is faded in."""
        if not self.spec.get("growth") or not (share := Told.grown % 1):
            return batch
        layers = self.spec["discriminator"]["layers"]
        for _ in range(int(Told.grown)):
            layers = layers[0]["layers"]
        scale = layers[0]["scale"]
        reals = torch.tensor(batch["reals"]).reshape(-1, *self.sample)
        coarse = F.interpolate(F.avg_pool2d(reals, scale), scale_factor=scale)
        return {**batch, "reals": (share * reals + (1 - share) * coarse).tolist()}

    def step(self):
        """The fakes of the last discriminator step serve the generator's step too."""
        learns = self.steps >= self.spec.get("pretraining_steps", 0)
        self.grow()
        for last in [False] * (self.spec.get("discriminator_steps", 1) - 1) + [True]:
            batch = self.as_grown(self.case["batches"][self.discriminator_steps])
            found = normal = None
            if self.encoder:
                found, normal = self.encoded(batch, advances=last)
            fakes, inputs = self.fakes(batch, moves_statistics=last, found=found)
            scores = self.discriminator_step(
                self.discriminator, batch, fakes, inputs, learns, found=found
            )
            if self.way_back:
                made = self.translated(self.way_back[0], torch.tensor(batch["reals"]), last)
                self.discriminator_step(self.way_back[1], batch, made, inputs, reals="pictures")
            self.discriminator_steps += 1
        player, told = self.unrolled(batch, fakes, inputs), Told(batch["labels"])
        weights = player.weights(advances=False)
        truth = torch.tensor(batch["reals"]).reshape(-1, *fakes.shape[1:])
        of_fakes, of_reals = Told(batch["labels"], latents=inputs), Told(batch["labels"], latents=found)
        outputs = self.outputs(player, weights, self.judged(fakes, batch), of_fakes)
        reals = self.outputs(player, weights, self.judged(truth, batch), of_reals)
        loss = objectives.generator(self.spec["objective"], outputs[:, 0], reals[:, 0])
        terms = torch.zeros(())
        for term in self.spec.get("terms", []):
            if term["kind"] == "feature_matching":
                value = self.feature_distance(player, weights, term["layer"], fakes, truth, batch)
            else:
                value = TERMS[term["kind"]](fakes, truth)
            terms = terms + term["weight"] * value
        weight = self.spec.get("adversarial_weight", 1.0) if learns else 0.0
        total = weight * loss + self.tasks(outputs, batch, inputs) + terms
        players = [self.generator]
        encoder_loss = torch.zeros(())
        if self.judges_pairs:
            encoder_loss = objectives.encoder(self.spec["objective"], reals[:, 0])
            total = total + weight * encoder_loss
            if cycle := self.method.get("cycle", 0.0):
                # Li et al. 2017, section 3.2, with the squared difference.
                made = self.generated(found, self.generator.weights(advances=False), Told())
                terms = terms + cycle * torch.nn.functional.mse_loss(made, truth)
                total = total + terms
            players.append(self.encoder)
        elif self.encoder:
            # Algorithm 1: the encoder's gradient is that of prior and reconstruction, without factor.
            layer = self.method["layer"]
            made = self.generated(found, self.generator.weights(advances=False), Told())
            unit = torch.distributions.Normal(0.0, 1.0)
            prior = torch.distributions.kl_divergence(normal, unit).sum(dim=1).mean()
            encoder_loss = self.method["prior"] * prior
            encoder_loss = encoder_loss + self.reconstruction(layer, weights, truth, made)
            self.encoder.update(encoder_loss)
            terms = self.method["reconstruction"] * self.reconstruction(
                layer, weights, truth, fakes[len(truth) :]
            )
            total = total + terms
        if self.way_back:
            verdict, terms = self.both_ways(fakes, made, batch)
            total = total + weight * verdict + terms
            players.append(self.way_back[0])
        leaves = [list(player.parameters.values()) for player in players]
        gradients = torch.autograd.grad(total, sum(leaves, []), allow_unused=True, materialize_grads=True)
        for player in players:
            own, gradients = gradients[: len(player.parameters)], gradients[len(player.parameters) :]
            player.follow(own)
        self.steps += 1
        if ema := self.spec.get("ema"):
            counted = self.steps - self.began
            decay = min(ema["decay"], (1 + counted) / (10 + counted))
            for name, new in self.generator.everything().items():
                self.average[name] += (1 - decay) * (new.detach() - self.average[name])
            for name, new in self.encoder.everything().items() if self.encoder else []:
                self.encoder_average[name] += (1 - decay) * (new.detach() - self.encoder_average[name])
            for name, new in self.way_back[0].everything().items() if self.way_back else []:
                self.average_back[name] += (1 - decay) * (new.detach() - self.average_back[name])
        return {
            "generator_loss": loss.item(),
            "terms": terms.item(),
            "encoder_loss": encoder_loss.item(),
            **scores,
        }

    def tensors(self):
        nets = {
            "generator": self.generator.everything(),
            "discriminator": self.discriminator.everything(),
            "average": self.average if self.spec.get("ema") else {},
        }
        if self.way_back:
            nets |= {
                "way_back.generator": self.way_back[0].everything(),
                "way_back.discriminator": self.way_back[1].everything(),
                "way_back.average": self.average_back,
            }
        if self.encoder:
            nets["encoder"] = self.encoder.everything()
            nets["encoder_average"] = self.encoder_average if self.spec.get("ema") else {}
        return {f"{net}.{name}": value for net, own in nets.items() for name, value in own.items()}


def case(inputs):
    run = Run(inputs)
    scores = [run.step() for _ in range(inputs["steps"])]
    return {"name": inputs["name"], "scores": scores, "tensors": named(run.tensors())}


def generate():
    write("training", [case(inputs) for inputs in read("training-inputs")])
