"""Writes every fixture; see README.md."""

import sys

import auxiliary
import layers
import objectives
import optimizers
import penalties
import resampling
import spectral
import training

PARTS = {
    "auxiliary": auxiliary,
    "layers": layers,
    "objectives": objectives,
    "optimizers": optimizers,
    "penalties": penalties,
    "resampling": resampling,
    "spectral": spectral,
    "training": training,
}

if __name__ == "__main__":
    for part in sys.argv[1:] or PARTS:
        PARTS[part].generate()
