"""Eight generators that people train by tutorials and examples, built and briefly trained here in their own frameworks.

`architectures.py pytorch FOLDER` and `architectures.py keras FOLDER` write seven of them, with latents, samples and classes;
`architectures.mjs FOLDER` writes the eighth. The architectures are those of the sources named below; the training is a few steps
against a small discriminator on noise, so that no number is what it began with.
"""

import os
import sys
from pathlib import Path

import numpy

PART, FOLDER = sys.argv[1], Path(sys.argv[2])
CLASSES, COUNT, STEPS, BATCH = 10, 8, 12, 16


def keep(name, latents, samples, classes=None):
    numpy.save(FOLDER / f"{name}.latents.npy", numpy.asarray(latents, "float32").reshape(len(samples), -1))
    numpy.save(FOLDER / f"{name}.samples.npy", numpy.asarray(samples, "float32"))
    if classes is not None:
        numpy.save(FOLDER / f"{name}.classes.npy", numpy.asarray(classes, "float32"))


def pytorch():
    import torch
    from torch import nn

    torch.manual_seed(1)

    # The DCGAN of PyTorch's examples: 64 x 64 pixels of three channels.
    widths = [100, 512, 256, 128, 64]
    blocks = []
    for at, (wide, narrow) in enumerate(zip(widths, widths[1:])):
        stride, padding = (1, 0) if at == 0 else (2, 1)
        blocks += [nn.ConvTranspose2d(wide, narrow, 4, stride, padding, bias=False), nn.BatchNorm2d(narrow), nn.ReLU(True)]
    examples = nn.Sequential(*blocks, nn.ConvTranspose2d(64, 3, 4, 2, 1, bias=False), nn.Tanh())

    class Upsampled(nn.Module):
        """The DCGAN of PyTorch-GAN: upsampling and convolutions, an epsilon of 0.8 where a momentum was meant."""

        def __init__(self):
            super().__init__()
            self.l1 = nn.Sequential(nn.Linear(100, 128 * 8 * 8))
            self.conv_blocks = nn.Sequential(
                nn.BatchNorm2d(128), nn.Upsample(scale_factor=2),
                nn.Conv2d(128, 128, 3, 1, 1), nn.BatchNorm2d(128, 0.8), nn.LeakyReLU(0.2), nn.Upsample(scale_factor=2),
                nn.Conv2d(128, 64, 3, 1, 1), nn.BatchNorm2d(64, 0.8), nn.LeakyReLU(0.2),
                nn.Conv2d(64, 1, 3, 1, 1), nn.Tanh(),
            )

        def forward(self, z):
            return self.conv_blocks(self.l1(z).view(-1, 128, 8, 8))

    class Conditional(nn.Module):
        """The conditional GAN of PyTorch-GAN: an embedding of the class before the latent, five linear layers."""

        def __init__(self):
            super().__init__()
            self.label_emb = nn.Embedding(CLASSES, CLASSES)
            layers, size = [], 100 + CLASSES
            for units in [128, 256, 512, 1024]:
                norm = [] if units == 128 else [nn.BatchNorm1d(units, 0.8)]
                layers += [nn.Linear(size, units), *norm, nn.LeakyReLU(0.2)]
                size = units
            self.model = nn.Sequential(*layers, nn.Linear(size, 32 * 32), nn.Tanh())

        def forward(self, z, labels):
            return self.model(torch.cat((self.label_emb(labels), z), -1)).view(-1, 1, 32, 32)

    for name, net, shape, told in [
        ("pytorch-dcgan", examples, (100, 1, 1), False),
        ("pytorch-gan-dcgan", Upsampled(), (100,), False),
        ("pytorch-gan-cgan", Conditional(), (100,), True),
    ]:
        draw = lambda count: [torch.randn(count, *shape)] + ([torch.randint(0, CLASSES, (count,))] if told else [])
        critic = nn.Sequential(nn.AdaptiveAvgPool2d(8), nn.Flatten(), nn.LazyLinear(1))
        with torch.no_grad():
            critic(net(*draw(2)))
        mine, theirs = (torch.optim.Adam(part.parameters(), 2e-3, (0.5, 0.999)) for part in (net, critic))
        for _ in range(STEPS):
            fakes = net(*draw(BATCH))
            reals = torch.tanh(3 * torch.randn_like(fakes))
            theirs.zero_grad()
            real, fake = critic(reals), critic(fakes.detach())
            (nn.functional.softplus(-real) + nn.functional.softplus(fake)).mean().backward()
            theirs.step()
            mine.zero_grad()
            nn.functional.softplus(-critic(net(*draw(BATCH)))).mean().backward()
            mine.step()
        net.eval()
        given = draw(COUNT)
        with torch.no_grad():
            keep(name, given[0], net(*given), given[1] if told else None)
        torch.save(net.state_dict(), FOLDER / f"{name}.pth")
        torch.onnx.export(net, tuple(given), FOLDER / f"{name}.onnx", verbose=False)


def keras_nets():
    import keras
    from keras import layers

    def tutorial():
        """TensorFlow's tutorial on DCGANs."""
        return keras.Sequential([
            keras.Input((100,)),
            layers.Dense(7 * 7 * 256, use_bias=False), layers.BatchNormalization(), layers.LeakyReLU(),
            layers.Reshape((7, 7, 256)),
            layers.Conv2DTranspose(128, (5, 5), strides=(1, 1), padding="same", use_bias=False),
            layers.BatchNormalization(), layers.LeakyReLU(),
            layers.Conv2DTranspose(64, (5, 5), strides=(2, 2), padding="same", use_bias=False),
            layers.BatchNormalization(), layers.LeakyReLU(),
            layers.Conv2DTranspose(1, (5, 5), strides=(2, 2), padding="same", use_bias=False, activation="tanh"),
        ])

    def example():
        """Keras's example of a DCGAN: 64 x 64 pixels of three channels between 0 and 1."""
        return keras.Sequential([
            keras.Input((128,)), layers.Dense(8 * 8 * 128), layers.Reshape((8, 8, 128)),
            layers.Conv2DTranspose(128, kernel_size=4, strides=2, padding="same"), layers.LeakyReLU(negative_slope=0.2),
            layers.Conv2DTranspose(256, kernel_size=4, strides=2, padding="same"), layers.LeakyReLU(negative_slope=0.2),
            layers.Conv2DTranspose(512, kernel_size=4, strides=2, padding="same"), layers.LeakyReLU(negative_slope=0.2),
            layers.Conv2D(3, kernel_size=5, padding="same", activation="sigmoid"),
        ])

    def conditional():
        """Keras's example of a conditional GAN: the class as one-hot numbers behind the latent."""
        channels = 128 + CLASSES
        return keras.Sequential([
            keras.Input((channels,)), layers.Dense(7 * 7 * channels), layers.LeakyReLU(negative_slope=0.2),
            layers.Reshape((7, 7, channels)),
            layers.Conv2DTranspose(128, (4, 4), strides=(2, 2), padding="same"), layers.LeakyReLU(negative_slope=0.2),
            layers.Conv2DTranspose(128, (4, 4), strides=(2, 2), padding="same"), layers.LeakyReLU(negative_slope=0.2),
            layers.Conv2D(1, (7, 7), padding="same", activation="sigmoid"),
        ])

    def wgan_gp():
        """Keras's example of a WGAN-GP: upsampling, convolutions, a crop from 32 to 28 pixels."""

        def block(x, filters, activation, normalised=True):
            x = layers.Conv2D(filters, (3, 3), padding="same", use_bias=False)(layers.UpSampling2D((2, 2))(x))
            return activation(layers.BatchNormalization()(x))

        noise = layers.Input(shape=(128,))
        x = layers.LeakyReLU(0.2)(layers.BatchNormalization()(layers.Dense(4 * 4 * 256, use_bias=False)(noise)))
        x = block(layers.Reshape((4, 4, 256))(x), 128, layers.LeakyReLU(0.2))
        x = block(x, 64, layers.LeakyReLU(0.2))
        return keras.Model(noise, layers.Cropping2D((2, 2))(block(x, 1, layers.Activation("tanh"))), name="generator")

    return {
        "tensorflow-tutorial": (tutorial(), 100, 0),
        "keras-dcgan": (example(), 128, 0),
        "keras-cgan": (conditional(), 128, CLASSES),
        "keras-wgan-gp": (wgan_gp(), 128, 0),
    }


def keras_part():
    os.environ["KERAS_BACKEND"] = "torch"
    import keras
    import torch
    from torch import nn

    keras.utils.set_random_seed(1)
    for name, (net, size, told) in keras_nets().items():
        def draw(count):
            latents = torch.randn(count, size)
            classes = torch.randint(0, CLASSES, (count,))
            given = torch.cat((latents, nn.functional.one_hot(classes, CLASSES)), 1) if told else latents
            return latents, classes, given

        critic = nn.Sequential(nn.Flatten(), nn.LazyLinear(1))
        with torch.no_grad():
            critic(net(draw(1)[2]))
        mine = torch.optim.Adam([weight.value for weight in net.trainable_weights], 2e-3)
        theirs = torch.optim.Adam(critic.parameters(), 2e-3)
        for _ in range(STEPS):
            fakes = net(draw(BATCH)[2], training=True)
            reals = torch.rand_like(fakes)
            theirs.zero_grad()
            real, fake = critic(reals), critic(fakes.detach())
            (nn.functional.softplus(-real) + nn.functional.softplus(fake)).mean().backward()
            theirs.step()
            mine.zero_grad()
            nn.functional.softplus(-critic(net(draw(BATCH)[2], training=True))).mean().backward()
            mine.step()
        latents, classes, given = draw(COUNT)
        with torch.no_grad():
            keep(name, latents, net(given, training=False), classes if told else None)
        net.save(FOLDER / f"{name}.keras")
        net.save(FOLDER / f"{name}.h5")
        net.export(FOLDER / f"{name}.onnx", format="onnx", verbose=False)


FOLDER.mkdir(parents=True, exist_ok=True)
{"pytorch": pytorch, "keras": keras_part}[PART]()
