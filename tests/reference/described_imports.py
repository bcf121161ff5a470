"""Generators in files that describe their nets, briefly trained, with latents, samples and classes.

`described_imports.py keras FOLDER` writes those of Keras 3 and of PyTorch's ONNX exporter, with PyTorch computing both;
`described_imports.py tensorflow FOLDER` those of Keras 2, tf2onnx and TensorFlow.js's converter. See README.md.
"""

import os
import sys
import types
import warnings
from pathlib import Path

import numpy

PART, FOLDER = sys.argv[1], Path(sys.argv[2])
os.environ["KERAS_BACKEND"] = "torch" if PART == "keras" else "tensorflow"
warnings.filterwarnings("ignore")
CLASSES, COUNT = 10, 4


def as_array(values):
    return values.detach().cpu().numpy() if hasattr(values, "detach") else numpy.asarray(values)


def stirred(keras, net, inputs, targets, keeps_optimizer):
    """Some steps of training, so that no number is what it began with, statistics least of all."""
    net.compile(keras.optimizers.Adam(0.01), "mse")
    net.fit(inputs, targets, epochs=20, batch_size=16, verbose=0)
    if keeps_optimizer:
        return net
    bare = keras.models.clone_model(net)
    bare.set_weights(net.get_weights())
    return bare


def keep(name, net, given):
    """The arrays that an import is held against."""
    samples = as_array(net(given, training=False))
    latents, *classes = given if isinstance(given, list) else [given]
    numpy.save(FOLDER / f"{name}.latents.npy", latents.astype("float32"))
    numpy.save(FOLDER / f"{name}.samples.npy", samples)
    if classes:
        numpy.save(FOLDER / f"{name}.classes.npy", classes[0].astype("float32"))


def tutorial(keras, layers):
    """As TensorFlow's tutorial on DCGANs, narrower."""
    return keras.Sequential([
        keras.Input((6,)),
        layers.Dense(7 * 7 * 4, use_bias=False), layers.BatchNormalization(), layers.LeakyReLU(),
        layers.Reshape((7, 7, 4)),
        layers.Conv2DTranspose(4, 5, 1, "same", use_bias=False), layers.BatchNormalization(), layers.LeakyReLU(),
        layers.Conv2DTranspose(3, 5, 2, "same", use_bias=False), layers.BatchNormalization(scale=False), layers.LeakyReLU(),
        layers.Conv2DTranspose(1, 5, 2, "same", use_bias=False, activation="tanh"),
    ])


def auxiliary(keras, layers):
    """The latent times an embedding of the class, and a model within the model: as Keras's AC-GANs."""
    latent, label = keras.Input((6,), name="latent"), keras.Input((1,), dtype="int32", name="digit")
    inner = keras.Sequential([
        keras.Input((6,)), layers.Dense(9, activation="relu"), layers.BatchNormalization(), layers.Dense(4 * 4 * 4),
    ])
    product = layers.Multiply()([latent, layers.Flatten()(layers.Embedding(CLASSES, 6)(label))])
    x = layers.Reshape((4, 4, 4))(inner(product))
    x = layers.UpSampling2D()(x)
    return keras.Model([latent, label], layers.Conv2D(3, 3, padding="same", activation="sigmoid")(x))


def conditional(keras, layers, slope):
    """A learned image of the class beside the latent's channels; then a sum and a concatenation."""
    latent, label = keras.Input((6,)), keras.Input((1,))
    image = layers.Reshape((4, 4, 1))(layers.Dense(16)(layers.Embedding(CLASSES, 5)(label)))
    x = layers.LeakyReLU(**slope)(layers.Dense(4 * 4 * 3)(latent))
    x = layers.Concatenate()([layers.Reshape((4, 4, 3))(x), image])
    x = layers.LeakyReLU(**slope)(layers.Conv2DTranspose(4, 4, 2, "same")(x))
    x = layers.Add()([layers.Conv2D(4, 3, padding="same")(x), x])
    x = layers.Concatenate()([layers.Conv2D(2, 3, padding="same", activation="elu")(x), x])
    return keras.Model([latent, label], layers.Conv2D(3, 5, padding="same", activation="tanh", strides=2)(x))


def one_hot(keras, layers):
    """The class behind the latent, as in Keras's example of a conditional GAN; and layers that are seldom seen."""
    return keras.Sequential([
        keras.Input((6 + CLASSES,)),
        layers.Dense(7 * 7 * 4), layers.LeakyReLU(negative_slope=0.2), layers.Reshape((7, 7, 4)),
        layers.Conv2DTranspose(4, 4, 2, "same"), layers.PReLU(shared_axes=[1, 2]), layers.GroupNormalization(2),
        layers.ZeroPadding2D(((1, 2), (0, 3))), layers.Cropping2D(((2, 1), (1, 2))), layers.Dropout(0.3),
        layers.Conv2D(1, 7, padding="same", activation="sigmoid"), layers.Rescaling(255.0),
    ])


def given(net):
    """Latents, classes and targets for a net's inputs."""
    draw = numpy.random.default_rng(1)
    size = [int(axis) for axis in net.inputs[0].shape[1:]]
    count, outputs = 64, [int(axis) for axis in net.outputs[0].shape[1:]]
    latents = draw.normal(size=(count, *size)).astype("float32")
    labels = draw.integers(0, CLASSES, (count, 1))
    if len(net.inputs) > 1:
        inputs = [latents, labels]
    else:
        if size[0] > 6:
            latents[:, 6:] = numpy.eye(CLASSES)[labels[:, 0]]
        inputs = latents
    bright = 255.0 if size[0] > 6 else 1.0
    targets = bright * draw.uniform(0.1, 0.9, outputs) * numpy.where(labels % 2, 0.3, 1.0)[:, None, None]
    return inputs, targets.astype("float32"), [one[:COUNT] for one in inputs] if len(net.inputs) > 1 else inputs[:COUNT]


def keras_part():
    import keras
    from keras import layers

    keras.utils.set_random_seed(1)
    nets = {
        "tutorial": tutorial(keras, layers),
        "auxiliary": auxiliary(keras, layers),
        "conditional": conditional(keras, layers, {"negative_slope": 0.2}),
        "one-hot": one_hot(keras, layers),
    }
    for name, net in nets.items():
        inputs, targets, few = given(net)
        net = stirred(keras, net, inputs, targets, name == "tutorial")
        keep(name, net, few)
        net.save(FOLDER / f"{name}.keras")
        if name in ["tutorial", "auxiliary"]:
            net.save(FOLDER / f"{name}.h5")
        if name != "one-hot":
            net.export(FOLDER / f"{name}-torch.onnx", format="onnx", verbose=False)
    nets["tutorial"].save_weights(FOLDER / "tutorial.weights.h5")
    (FOLDER / "tutorial.json").write_text(nets["tutorial"].to_json())

    class Subclassed(keras.Model):
        def __init__(self, **settings):
            super().__init__(**settings)
            self.inner = layers.Dense(16)

        def call(self, x):
            return self.inner(x)

    subclassed = Subclassed()
    subclassed(numpy.zeros((1, 4), "float32"))
    subclassed.save(FOLDER / "subclassed.keras")
    torch_part()


def torch_part():
    import torch
    from torch import nn

    torch.manual_seed(1)

    class Many(nn.Module):
        """A label first, and layers that exporters write in several ways."""

        def __init__(self):
            super().__init__()
            self.label, self.first, self.norm = nn.Embedding(CLASSES, 4), nn.Linear(9, 4 * 9), nn.BatchNorm2d(4, 0.8)
            self.rest = nn.Sequential(
                nn.Upsample(scale_factor=2), nn.Conv2d(4, 4, 3, padding=1), nn.BatchNorm2d(4, 0.8),
                nn.LeakyReLU(0.2, inplace=True), nn.Upsample(scale_factor=2, mode="bilinear"),
                nn.Conv2d(4, 8, 3, padding=1), nn.SiLU(), nn.GroupNorm(4, 8), nn.PReLU(), nn.InstanceNorm2d(8, affine=True),
                nn.PReLU(8), nn.Dropout2d(0.3), nn.ConvTranspose2d(8, 4, 5, 2, 2, output_padding=1), nn.AvgPool2d(2),
                nn.PixelShuffle(2), nn.AvgPool2d(2),
            )
            self.last = nn.Conv2d(1, 1, 3, padding=1)

        def forward(self, latents, labels):
            x = torch.cat((self.label(labels), latents), 1)
            x = self.rest(self.norm(self.first(x).view(-1, 4, 3, 3)))
            return torch.sigmoid(self.last(x)) * 2 - 0.5

    net = Many()
    optimizer = torch.optim.Adam(net.parameters(), 0.02)
    targets = torch.linspace(-0.4, 1.4, 144).view(12, 12)
    for _ in range(100):
        optimizer.zero_grad()
        labels = torch.randint(0, CLASSES, (16,))
        samples = net(torch.randn(16, 5), labels)
        (samples - targets * (1 - 0.1 * labels.view(-1, 1, 1, 1))).square().mean().backward()
        optimizer.step()
    net.eval()
    few = (torch.randn(COUNT, 5), torch.arange(COUNT))
    numpy.save(FOLDER / "many.latents.npy", few[0].numpy())
    numpy.save(FOLDER / "many.classes.npy", few[1].numpy().astype("float32"))
    numpy.save(FOLDER / "many.samples.npy", net(*few).detach().numpy())
    torch.onnx.export(net, few, FOLDER / "many.onnx", verbose=False)
    torch.onnx.export(net, few, FOLDER / "many-unfolded.onnx", verbose=False, optimize=False, external_data=False)
    torch.onnx.export(
        net, few, FOLDER / "many-older.onnx", dynamo=False, opset_version=14, input_names=["z", "y"],
        dynamic_axes={"z": {0: "batch"}, "y": {0: "batch"}},
    )
    net.train()
    torch.onnx.export(
        nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Linear(8, 16)).train(), (torch.randn(2, 4),),
        FOLDER / "in-training.onnx", dynamo=False, training=torch.onnx.TrainingMode.TRAINING,
        do_constant_folding=False,
    )


def tensorflow_part():
    import keras
    import tf_keras

    # The converter imports packages that it does not need for layers models, and that no longer load.
    for name in ["tensorflow_decision_forests", "tensorflow_hub", "jax", "jax.experimental"]:
        sys.modules[name] = types.ModuleType(name)
    sys.modules["jax.experimental"].jax2tf = None
    import tensorflowjs

    tf_keras.utils.set_random_seed(1)
    nets = {
        "tutorial-2": tutorial(tf_keras, tf_keras.layers),
        "auxiliary-2": auxiliary(tf_keras, tf_keras.layers),
        "conditional-2": conditional(tf_keras, tf_keras.layers, {"alpha": 0.2}),
    }
    for name, net in nets.items():
        inputs, targets, few = given(net)
        net = stirred(tf_keras, net, inputs, targets, False)
        keep(name, net, few)
        net.save(FOLDER / f"{name}.h5")
        if name == "tutorial-2":
            convert = tensorflowjs.converters.save_keras_model
            convert(net, FOLDER / "tfjs")
            for kind in ["uint8", "uint16", "float16"]:
                convert(net, FOLDER / f"tfjs-{kind}", quantization_dtype_map={kind: "*"})
                path = FOLDER / f"tfjs-{kind}" / "model.json"
                keep(f"tfjs-{kind}", tensorflowjs.converters.load_keras_model(path), few)
        if name == "auxiliary-2":
            tensorflowjs.converters.save_keras_model(net, FOLDER / "tfjs-auxiliary")
    # The same nets as the other part has them, by TensorFlow's exporter.
    for name in ["tutorial", "auxiliary", "conditional"]:
        net = keras.saving.load_model(FOLDER / f"{name}.keras", compile=False)
        _, _, few = given(net)
        net(few)
        net.export(FOLDER / f"{name}-tensorflow.onnx", format="onnx", verbose=False)


FOLDER.mkdir(parents=True, exist_ok=True)
{"keras": keras_part, "tensorflow": tensorflow_part}[PART]()
