#!/usr/bin/env bash
# Software:   numpy 2.4.6.
# Behaviour:  the mean of 20 million rows of ones in float32 is 1 over the whole array and 0.8388608 along axis 0:
#             the sum stops at 2^24.
# One would guess: the mean of each channel is as exact as the mean of all, since numpy is known to sum in pairs.
# Found in:   numpy/_core/fromnumeric.py, notes of `sum`: pairs are summed along the fast axis in memory only.
# Meets us:   the mean and deviation of a data set's colours ((pixels, 3) along axis 0): CIFAR-10's 50,000
#             images have 51 million pixels.
# Seen:       28 November 2026. Needs 1 GB of memory.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

pip_packages numpy==2.4.6

seen=$(python - <<'PY'
import numpy

colours = numpy.ones((20_000_000, 3), numpy.float32)
print("of all:", colours.mean())
print("of each channel:", [round(mean, 7) for mean in colours.mean(axis=0).tolist()])
print("of each channel, summed in float64:", colours.mean(axis=0, dtype=numpy.float64).tolist())
PY
)
as_stated "$seen" <<'STATED'
of all: 1.0
of each channel: [0.8388608, 0.8388608, 0.8388608]
of each channel, summed in float64: [1.0, 1.0, 1.0]
STATED
