"""Finds the coefficients of gan-kernels' hyperbolic tangent.

tanh x = x P(x^2) / Q(x^2) on [-9, 9], P and Q of degree 4, Q(0) = 1: the rational function whose
largest relative error is least, by Lawson's reweighted least squares in 60 digits. Needs mpmath
and NumPy; takes half a minute.
"""

import numpy as np
from mpmath import cos, lu_solve, matrix, mp, mpf, pi, sqrt, tanh

mp.dps = 60
DEGREE, LIMIT, NODES, ROUNDS = 4, mpf(9), 240, 40


def fit():
    """The largest relative error, P's and Q's coefficients, lowest power first."""
    ends = [(1 - cos(pi * (i + mpf("0.5")) / NODES)) / 2 for i in range(NODES)]
    # Dense near zero in x as well as in x^2.
    squares = sorted([LIMIT**2 * u for u in ends] + [(LIMIT * u) ** 2 for u in ends])
    truth = [tanh(sqrt(t)) / sqrt(t) for t in squares]
    powers = [[(t / LIMIT**2) ** k for k in range(DEGREE + 1)] for t in squares]
    # P / f - (Q - 1) = 1 at every node, linear in the coefficients.
    rows = np.array(
        [[p / f for p in row] + [-p for p in row[1:]] for row, f in zip(powers, truth)], dtype=object
    )
    ones = np.array([mpf(1)] * len(squares), dtype=object)
    weights, denominators, best = ones, ones, None
    for _ in range(ROUNDS):
        weighted = rows * (weights / denominators**2)[:, None]
        found = lu_solve(matrix(weighted.T.dot(rows).tolist()), matrix(weighted.T.dot(ones).tolist()))
        p = [found[k] for k in range(DEGREE + 1)]
        q = [mpf(1)] + [found[DEGREE + k] for k in range(1, DEGREE + 1)]
        denominators = np.array([sum(a * b for a, b in zip(q, row)) for row in powers], dtype=object)
        numerators = np.array([sum(a * b for a, b in zip(p, row)) for row in powers], dtype=object)
        errors = np.array([abs(a / b / f - 1) for a, b, f in zip(numerators, denominators, truth)])
        worst = max(errors)
        if best is None or worst < best[0]:
            scale = [LIMIT ** (2 * k) for k in range(DEGREE + 1)]
            best = (worst, [a / s for a, s in zip(p, scale)], [a / s for a, s in zip(q, scale)])
        weights = weights * (errors / worst + mpf("0.02"))
        weights = weights / sum(weights) * len(squares)
    return best


if __name__ == "__main__":
    error, p, q = fit()
    print("largest relative error", float(error))
    for name, coefficients in ("P", p), ("Q", q):
        print(name, [float(np.float32(float(c))) for c in coefficients])
