"""Runs exported generators in their own frameworks: `exports.py PART FOLDER` with PART of onnx, pytorch or keras.

The folder holds, for each name in `cases.json`, the inputs (`latent`, `class`, `generator`, `picture`) and the samples that this
program makes of them, channels first, as raw numbers; and the exported files. Prints each largest difference, and fails above 2e-4.
"""

import importlib.util
import json
import os
import sys
from pathlib import Path

import numpy

PART, FOLDER = sys.argv[1], Path(sys.argv[2])
LARGEST = 2e-4


def arrays(name, shapes):
    kinds = {"class": "int64", "generator": "int64"}
    given = {}
    for part, shape in shapes.items():
        given[part] = numpy.fromfile(FOLDER / f"{name}.{part}", kinds.get(part, "float32")).reshape(shape)
    return given


def by_onnx(name, given):
    import onnx
    import onnxruntime

    path = FOLDER / f"{name}.onnx"
    onnx.checker.check_model(onnx.load(path), full_check=True)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    whole = session.run(None, given)[0]
    # The batch is open: one alone gives the same.
    alone = session.run(None, {part: values[:1] for part, values in given.items()})[0]
    assert numpy.abs(alone - whole[:1]).max() < LARGEST, name
    return whole


def by_pytorch(name, given):
    import torch

    spec = importlib.util.spec_from_file_location("generator", FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    order = {"picture": "x", "latent": "z", "class": "y", "generator": "k"}
    return module.sample(**{order[part]: torch.from_numpy(given[part]) for part in order if part in given}).numpy()


def by_keras(name, given):
    import keras

    net = keras.saving.load_model(FOLDER / f"{name}.keras")
    order = ["latent", "class", "picture"]
    inputs = {part: given[part] for part in order if part in given}
    if "class" in inputs:
        inputs["class"] = inputs["class"].reshape(-1, 1)
    if "picture" in inputs:
        inputs["picture"] = numpy.moveaxis(inputs["picture"], 1, -1)
    made = net(list(inputs.values()) if len(inputs) > 1 else next(iter(inputs.values())), training=False)
    made = made.detach().numpy() if hasattr(made, "detach") else numpy.asarray(made)
    return numpy.moveaxis(made, -1, 1) if made.ndim == 4 else made


def main():
    if PART == "pytorch":
        os.chdir(FOLDER)
    made = {"onnx": by_onnx, "pytorch": by_pytorch, "keras": by_keras}[PART]
    worst = 0.0
    for name, shapes in json.loads((FOLDER / "cases.json").read_text())[PART].items():
        given = arrays(name, shapes)
        wanted = given.pop("samples")
        assert numpy.ptp(wanted) > 0.1, f"the samples of {name} are all alike"
        apart = float(numpy.abs(made(name, given) - wanted).max())
        print(f"{PART} {name}: {apart:.1e}", flush=True)
        worst = max(worst, apart)
    assert worst <= LARGEST, worst


os.environ.setdefault("KERAS_BACKEND", "torch")
main()
