"""Scores of restored images by scikit-image, and SciPy's median filter."""

import numpy
from scipy.ndimage import median_filter
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from writing import Draws, write

RANGE = 2.0


def listed(values):
    return [float(f"{value:.9g}") for value in numpy.asarray(values).reshape(-1).tolist()]


def case(index, count, shape):
    draws = Draws(8_000 + index)
    truth = numpy.clip(draws.normal(count, *shape).numpy(), -1, 1)
    found = numpy.clip(truth + draws.normal(count, *shape, scale=0.4).numpy(), -1, 1)
    pairs = list(zip(truth, found))
    ratios = [peak_signal_noise_ratio(*pair, data_range=RANGE) for pair in pairs]
    alike = [structural_similarity(*pair, channel_axis=0, data_range=RANGE) for pair in pairs]
    return {
        "shape": shape,
        "truth": listed(truth),
        "found": listed(found),
        "psnr": float(numpy.mean(ratios)),
        "ssim": float(numpy.mean(alike)),
        "median": listed([[median_filter(plane, 3, mode="nearest") for plane in one] for one in found]),
    }


def generate():
    shapes = [(3, [1, 9, 11]), (2, [3, 8, 7])]
    write("restoration", [case(index, *one) for index, one in enumerate(shapes)])
