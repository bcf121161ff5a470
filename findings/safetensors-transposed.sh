#!/usr/bin/env bash
# Software:   safetensors 0.8.0 (Python) with numpy 2.4.6.
# Behaviour:  `safetensors.numpy.save` writes a transposed array's shape, but the memory in its old order. No error,
#             no warning; reading gives an array of the right shape with its numbers in the wrong places.
# One would guess: the view's elements in the view's order (as `numpy.save` does), or an error, as the same
#             package's PyTorch half raises for tensors that are not contiguous.
# Found in:   safetensors/numpy.py: `_flatten` takes `ctypes.data`; the description of `save` asks for contiguous
#             arrays, nothing tests it. Reported as safetensors/safetensors#825: 0.7.0 wrote such arrays rightly.
# Meets us:   a Keras kernel turned to another framework's order by `transpose` is such a view.
# Seen:       28 November 2026.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

pip_packages safetensors==0.8.0 numpy==2.4.6

seen=$(python - <<'PY'
import io
import numpy
from safetensors.numpy import load, save

kernel = numpy.arange(6, dtype=numpy.float32).reshape(2, 3)
view = kernel.T
file = io.BytesIO()
numpy.save(file, view)
file.seek(0)
by = {
    "asked for": view,
    "numpy.save": numpy.load(file),
    "safetensors": load(save({"kernel": view}))["kernel"],
    "safetensors, copied first": load(save({"kernel": numpy.ascontiguousarray(view)}))["kernel"],
}
for name, array in by.items():
    print(f"{name}: {array.astype(int).tolist()}")
PY
)
as_stated "$seen" <<'STATED'
asked for: [[0, 3], [1, 4], [2, 5]]
numpy.save: [[0, 3], [1, 4], [2, 5]]
safetensors: [[0, 1], [2, 3], [4, 5]]
safetensors, copied first: [[0, 3], [1, 4], [2, 5]]
STATED
