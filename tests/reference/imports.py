"""Generators in the forms in which people save them, briefly trained, with latents and samples: `imports.py FOLDER`."""

import sys
from pathlib import Path

import numpy
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn.utils import parametrizations, spectral_norm


class Dcgan(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(
            nn.ConvTranspose2d(6, 8, 4, 1, 0, bias=False), nn.BatchNorm2d(8), nn.ReLU(True),
            nn.ConvTranspose2d(8, 4, 4, 2, 1, bias=False), nn.BatchNorm2d(4), nn.ReLU(True),
            nn.ConvTranspose2d(4, 1, 4, 2, 1, bias=False), nn.Tanh(),
        )

    def forward(self, z):
        return self.main(z[:, :, None, None])


class Mlp(nn.Module):
    """Its layers have names whose order by letters is not that of the net."""

    def __init__(self):
        super().__init__()
        self.fc1, self.fc2, self.fc10 = nn.Linear(5, 12), nn.Linear(12, 16), nn.Linear(16, 64)

    def forward(self, z):
        z = torch.relu(self.fc2(torch.relu(self.fc1(z))))
        return torch.tanh(self.fc10(z)).view(-1, 1, 8, 8)


class Normalised(nn.Module):
    def __init__(self, of_linear, of_convolution):
        super().__init__()
        self.l1 = of_linear(nn.Linear(4, 32))
        # As many channels in as out: the shape of the weight does not tell which axis is which.
        self.up = of_convolution(nn.ConvTranspose2d(8, 8, 4, 2, 1))
        self.out = of_convolution(nn.Conv2d(8, 1, 3, 1, 1))

    def forward(self, z):
        x = torch.relu(self.l1(z).view(-1, 8, 2, 2))
        return torch.tanh(self.out(torch.relu(self.up(x))))


class Split(nn.Module):
    """A part with a usual name beside another one, and a normalisation without a scale."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 32)
        self.model = nn.Sequential(
            nn.BatchNorm2d(8, affine=False), nn.ReLU(), nn.ConvTranspose2d(8, 1, 4, 2, 1), nn.Tanh()
        )

    def forward(self, z):
        return self.model(self.fc(z).view(-1, 8, 2, 2))


class Told(nn.Module):
    """Is told the class, whose numbers stand before the latent's."""

    def __init__(self):
        super().__init__()
        self.embedding, self.first, self.second = nn.Embedding(10, 3), nn.Linear(8, 12), nn.Linear(12, 16)

    def forward(self, z, classes):
        z = torch.relu(self.first(torch.cat((self.embedding(classes), z), 1)))
        return torch.tanh(self.second(z)).view(-1, 1, 4, 4)


def trained(net, size):
    optimizer = torch.optim.Adam(net.parameters(), 0.02)
    for _ in range(200):
        optimizer.zero_grad()
        samples = net(torch.randn(16, size))
        (samples - torch.linspace(-0.9, 0.9, samples[0].numel()).view_as(samples[0])).square().mean().backward()
        optimizer.step()
    return net.eval()


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(1)

    def keep(name, net, size):
        latents = torch.randn(3, size)
        with torch.no_grad():
            samples = net(latents)
        numpy.save(folder / f"{name}.latents.npy", latents.numpy())
        numpy.save(folder / f"{name}.samples.npy", samples.numpy())

    dcgan = trained(Dcgan(), 6)
    keep("dcgan", dcgan, 6)
    torch.save(dcgan.state_dict(), folder / "dcgan.pth")
    torch.save(dcgan.state_dict(), folder / "dcgan-legacy.pth", _use_new_zipfile_serialization=False)
    torch.save(dcgan, folder / "dcgan-whole.pth")
    save_file(dcgan.half().state_dict(), folder / "dcgan-half.safetensors")
    mlp = trained(Mlp(), 5)
    keep("mlp", mlp, 5)
    parts = {"netG": nn.DataParallel(mlp).state_dict(), "netD": nn.Linear(64, 1).state_dict(), "epoch": 3}
    torch.save(parts, folder / "mlp-in-a-checkpoint.pth")
    old = trained(Normalised(spectral_norm, spectral_norm), 4)
    keep("spectral-old", old, 4)
    torch.save(old.state_dict(), folder / "spectral-old.pth")
    by_inputs = lambda layer: parametrizations.weight_norm(layer, dim=1)
    new = trained(Normalised(by_inputs, parametrizations.spectral_norm), 4)
    keep("spectral-new", new, 4)
    torch.save(new.state_dict(), folder / "spectral-new.pth")
    split = trained(Split(), 3)
    keep("split", split, 3)
    torch.save(split.state_dict(), folder / "split.pth")
    nested = {"state_dict": {f"generator.{name}": value for name, value in mlp.state_dict().items()}}
    nested["state_dict"]["discriminator.weight"] = torch.zeros(1, 64)
    torch.save(nested, folder / "mlp-nested.pth")
    discriminator = nn.Sequential(nn.Flatten(), nn.Linear(16, 4), nn.ReLU(), nn.Linear(4, 1))
    torch.save(discriminator.state_dict(), folder / "discriminator.pth")
    torch.save([0.5, 0.25], folder / "losses.pth")
    told = Told()
    labels = torch.arange(3) + 4
    draw = lambda: (torch.randn(16, 5), torch.randint(0, 10, (16,)))
    optimizer = torch.optim.Adam(told.parameters(), 0.02)
    for _ in range(200):
        optimizer.zero_grad()
        latents, classes = draw()
        wanted = torch.linspace(-0.9, 0.9, 16).view(1, 1, 4, 4) * (1 - 0.15 * classes).view(-1, 1, 1, 1)
        (told(latents, classes) - wanted).square().mean().backward()
        optimizer.step()
    latents = torch.randn(3, 5)
    with torch.no_grad():
        samples = told.eval()(latents, labels)
    for part, values in {"latents": latents, "samples": samples, "classes": labels.float()}.items():
        numpy.save(folder / f"told.{part}.npy", values.numpy())
    torch.save(told.state_dict(), folder / "told.pth")


main()
