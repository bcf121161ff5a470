"""Writes every fixture; see README.md."""

import sys

import auxiliary
import layers
import objectives
import optimizers
import penalties
import pictures
import restoration
import affine_sampling
import spectral
import training

PARTS = {
    "auxiliary": auxiliary,
    "layers": layers,
    "objectives": objectives,
    "optimizers": optimizers,
    "penalties": penalties,
    "pictures": pictures,
    "restoration": restoration,
    "affine_sampling": affine_sampling,
    "spectral": spectral,
    "training": training,
}

if __name__ == "__main__":
    for part in sys.argv[1:] or PARTS:
        PARTS[part].generate()
