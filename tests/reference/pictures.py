"""Pictures made from samples: reductions and enlargements by Pillow, outlines and luma by NumPy.

Pillow resizes planes of 32-bit floats (mode "F"), by kernels that are as wide as the pixels of the
result.
"""

import numpy
from PIL import Image

from writing import Draws, write

FILTERS = {
    "box": Image.Resampling.BOX,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
}
# Height and width before and after.
SIZES = [([8, 12], [4, 6]), ([8, 12], [2, 3]), ([7, 5], [14, 20]), ([4, 4], [16, 16]), ([6, 9], [6, 9])]
LUMA = [0.299, 0.587, 0.114]


def listed(values):
    return [float(f"{value:.9g}") for value in numpy.asarray(values).reshape(-1).tolist()]


def resized(index, filter, before, after):
    plane = Draws(7_000 + index).normal(*before).numpy().astype(numpy.float32)
    image = Image.fromarray(plane).resize((after[1], after[0]), FILTERS[filter])
    return {
        "kind": "resized",
        "filter": filter,
        "before": before,
        "after": after,
        "plane": listed(plane),
        "result": listed(image),
    }


def luma(sample):
    return numpy.tensordot(LUMA, sample, axes=1) if len(sample) == 3 else sample[0]


def edges(sample):
    """Bright pixels with a dark neighbour."""
    plane = luma(sample)
    bright = plane > (plane.min() + plane.max()) / 2
    around = numpy.pad(bright, 1, constant_values=True)
    neighbours = [around[:-2, 1:-1], around[2:, 1:-1], around[1:-1, :-2], around[1:-1, 2:]]
    return numpy.where(bright & ~numpy.logical_and.reduce(neighbours), 1.0, -1.0)


def made(index, name, function, shape):
    sample = Draws(7_500 + index).normal(*shape).numpy()
    return {
        "kind": name,
        "shape": shape,
        "sample": listed(sample),
        "picture": listed(function(sample)),
    }


def generate():
    asked = [(filter, *sizes) for filter in FILTERS for sizes in SIZES]
    cases = [resized(index, *one) for index, one in enumerate(asked)]
    cases.append(made(0, "edges", edges, [1, 6, 7]))
    cases.append(made(1, "edges", edges, [3, 5, 4]))
    cases.append(made(2, "grey", luma, [3, 4, 5]))
    write("pictures", cases)
