"""The functions that need no definition: what a textbook means by `\\sin`, `\\operatorname{softmax}`,
`\\text{ReLU}`.

A function that textbooks define in two ways (GELU, leaky ReLU's slope, \\lg) is not here: the caller gives
it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

Array = Any


# ----- functions that NumPy does not have under one name -----


def largest(*args: Array, **settings: Any) -> Array:
    """The largest entry of one array, or the elementwise maximum of several."""
    return np.max(args[0], **settings) if len(args) == 1 else reduce(np.maximum, args)


def smallest(*args: Array, **settings: Any) -> Array:
    """The smallest entry of one array, or the elementwise minimum of several."""
    return np.min(args[0], **settings) if len(args) == 1 else reduce(np.minimum, args)


def sigmoid(x: Array) -> Array:
    """1 / (1 + e^{-x}), without overflow."""
    small = np.exp(-np.abs(x))
    return np.where(np.asarray(x) >= 0, 1.0, small) / (1.0 + small)


def softmax(x: Array, axis: int = -1) -> Array:
    """e^x over its sum, along the last axis."""
    raised = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return raised / np.sum(raised, axis=axis, keepdims=True)


def log_softmax(x: Array, axis: int = -1) -> Array:
    """The logarithm of softmax, along the last axis."""
    moved = x - np.max(x, axis=axis, keepdims=True)
    return moved - np.log(np.sum(np.exp(moved), axis=axis, keepdims=True))


def logsumexp(x: Array, axis: Any = None, keepdims: bool = False) -> Array:
    """log sum e^x."""
    top = np.max(x, axis=axis, keepdims=True)
    total = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)) + top
    return total if keepdims else np.squeeze(total, axis=axis)


def expectation(x: Array) -> Array:
    """The mean of a sample; of a matrix it could be along either axis, so that raises."""
    return np.mean(_sample(x))


def variance(x: Array) -> Array:
    """The mean squared distance from the mean of a sample."""
    return np.var(_sample(x))


def _sample(x: Array) -> Array:
    if np.ndim(x) > 1:
        raise ValueError("a mean over which axis? write \\operatorname{mean}_{\\text{axis}=0}(x)")
    return x


def _special(name: str) -> Callable[..., Array]:
    """A function of scipy.special, imported when it is called."""

    def call(*args: Array) -> Array:
        import scipy.special

        return getattr(scipy.special, name)(*args)

    return call


def factorial(x: Array) -> Array:
    """x!, by the gamma function."""
    return _special("gamma")(np.asarray(x) + 1.0)


def root(x: Array, degree: float) -> Array:
    """The real root of that degree: odd ones of negative numbers are negative."""
    if degree == 2:
        return np.sqrt(x)
    if degree == 3:
        return np.cbrt(x)
    if degree % 2 == 1:
        return np.sign(x) * np.power(np.abs(x), 1 / degree)
    return np.power(x, 1 / degree)


# ----- the table -----

KNOWN: dict[str, Callable[..., Array]] = {
    # exponentials
    "exp":       np.exp,
    "log":       np.log,      "ln":        np.log,
    "expm1":     np.expm1,    "log1p":     np.log1p,
    "sqrt":      np.sqrt,     "cbrt":      np.cbrt,
    "logaddexp": np.logaddexp,
    # trigonometry
    "sin":       np.sin,      "cos":       np.cos,      "tan":       np.tan,
    "arcsin":    np.arcsin,   "arccos":    np.arccos,   "arctan":    np.arctan,
    "asin":      np.arcsin,   "acos":      np.arccos,   "atan":      np.arctan,
    "sinh":      np.sinh,     "cosh":      np.cosh,     "tanh":      np.tanh,
    "arcsinh":   np.arcsinh,  "arccosh":   np.arccosh,  "arctanh":   np.arctanh,
    "arsinh":    np.arcsinh,  "arcosh":    np.arccosh,  "artanh":    np.arctanh,
    "asinh":     np.arcsinh,  "acosh":     np.arccosh,  "atanh":     np.arctanh,
    "cot":       lambda x: 1 / np.tan(x),
    "sec":       lambda x: 1 / np.cos(x),
    "csc":       lambda x: 1 / np.sin(x),
    "coth":      lambda x: 1 / np.tanh(x),
    "sech":      lambda x: 1 / np.cosh(x),
    "csch":      lambda x: 1 / np.sinh(x),
    "arctan2":   np.arctan2,  "atan2":     np.arctan2,
    # size and sign
    "abs":       np.abs,
    "sign":      np.sign,     "sgn":       np.sign,
    "floor":     np.floor,    "ceil":      np.ceil,
    "max":       largest,     "min":       smallest,
    "clip":      np.clip,
    # neural
    "relu":      lambda x: np.maximum(x, 0),
    "sigmoid":   sigmoid,     "sigma":     sigmoid,     "expit":     sigmoid,   "logistic": sigmoid,
    "softplus":  lambda x: np.logaddexp(0, x),
    "softsign":  lambda x: x / (1 + np.abs(x)),
    "silu":      lambda x: x * sigmoid(x),
    "softmax":   softmax,     "log_softmax": log_softmax, "logsoftmax": log_softmax,
    "logsumexp": logsumexp,
    "logit":     lambda x: np.log(x) - np.log1p(-x),
    # special
    "erf":       _special("erf"),      "erfc":      _special("erfc"),
    "Gamma":     _special("gamma"),    "Phi":       _special("ndtr"),
    # over arrays
    "sum":       np.sum,      "prod":      np.prod,
    "mean":      np.mean,     "avg":       np.mean,
    "var":       np.var,      "std":       np.std,      "median":    np.median,
    "argmax":    np.argmax,   "argmin":    np.argmin,
    "E":         expectation, "Var":       variance,
    # matrices
    "det":       np.linalg.det,
    "tr":        np.trace,    "trace":     np.trace,
    "diag":      np.diag,
    "where":     np.where,
    "indicator": lambda condition: condition,
    "ones_of":   lambda *sizes: np.ones([int(size) for size in sizes]),  # the bold one with sizes below
}  # fmt: skip

# Functions that have a letter of their own in tables, which other texts use for other things: merge them into
# `functions` where the writer is known to follow the tables, as chalkgrad's own printer does.
NOTATION: dict[str, Callable[..., Array]] = {
    "B":   _special("beta"),  "psi": _special("digamma"),
    "I_0": _special("i0"),    "I_1": _special("i1"),
    "J_0": _special("j0"),    "J_1": _special("j1"),
    "K_0": _special("k0"),    "K_1": _special("k1"),
    "Y_0": _special("y0"),    "Y_1": _special("y1"),
}  # fmt: skip

INVERSES = {
    "sin": "arcsin", "cos": "arccos", "tan": "arctan",
    "sinh": "arcsinh", "cosh": "arccosh", "tanh": "arctanh",
    "sigma": "logit", "sigmoid": "logit",
}  # fmt: skip

# Letters that are functions only in front of a bracket: elsewhere they are quantities.
LETTERS = frozenset({"sigma", "Gamma", "Phi", "E"})

LOG_BASES: dict[float, Callable[[Array], Array]] = {2: np.log2, 10: np.log10, math.e: np.log}


def logarithm(x: Array, base: float) -> Array:
    """log_b x."""
    return LOG_BASES[base](x) if base in LOG_BASES else np.log(x) / np.log(base)
