#!/usr/bin/env bash
# Software:   prdc 0.2 with scikit-learn 1.9.1 and numpy 2.4.6.
# Behaviour:  two sets of 1,000 points drawn alike from a lattice of 16 places score 0 in precision, recall, density and
#             coverage; moved by an invisible jitter they score near 1.
# One would guess: equal distributions score best, whatever they are.
# Found in:   prdc/prdc.py, `compute_prdc`: distances are compared with `<`, and with k equal neighbours the radius is 0.
#             The paper behind precision and recall compares with "at most".
# Meets us:   points of the plane on a grid, features of few values, images that occur more than k times (blank ones,
#             a collapsed generator's).
# Seen:       28 November 2026.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

pip_packages prdc==0.2 scikit-learn==1.9.1 numpy==2.4.6

seen=$(python - <<'PY'
import contextlib
import io
import numpy
from prdc import compute_prdc

random = numpy.random.default_rng(0)
real, generated = (random.integers(0, 4, (1000, 2)).astype(float) for _ in range(2))
for name, jitter in {"lattice": 0, "lattice with jitter": 1e-3}.items():
    moved = [points + jitter * random.standard_normal(points.shape) for points in (real, generated)]
    with contextlib.redirect_stdout(io.StringIO()):
        scores = compute_prdc(*moved, nearest_k=5)
    print(f"{name}:", ", ".join(f"{score} {value:.1f}" for score, value in scores.items()))
PY
)
as_stated "$seen" <<'STATED'
lattice: precision 0.0, recall 0.0, density 0.0, coverage 0.0
lattice with jitter: precision 1.0, recall 1.0, density 1.0, coverage 1.0
STATED
