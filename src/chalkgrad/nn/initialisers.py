r"""First values of parameters: `(rng, shape) -> float64 array`; what uses them casts to the data's dtype.

The last axis of a shape is what comes out, all before it what goes in: `fan_in` of (3, 3, 16, 32) is 144.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod

import numpy as np

from chalkgrad.errors import ArgumentError

Shape = tuple[int, ...]
Initialiser = Callable[[np.random.Generator, Shape], np.ndarray]


def fans(shape: Shape) -> tuple[int, int]:
    """How many numbers come into one output, and into how many outputs one input goes.

    >>> fans((784, 89)), fans((3, 3, 16, 32))
    ((784, 89), (144, 288))
    """
    if len(shape) < 2:
        return prod(shape), prod(shape)
    window = prod(shape[:-2])
    return window * shape[-2], window * shape[-1]


# ----- constants -----


def zeros(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """All 0: biases.

    Args:
        rng: not asked.
        shape: of the parameter.

    Returns:
        float64.

    >>> zeros(np.random.default_rng(0), (2,))
    array([0., 0.])
    """
    return np.zeros(shape)


def ones(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """All 1: scales.

    Args:
        rng: not asked.
        shape: of the parameter.

    Returns:
        float64.

    >>> ones(np.random.default_rng(0), (2,))
    array([1., 1.])
    """
    return np.ones(shape)


# ----- a variance that keeps signals of one size through many layers -----


def lecun(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    r"""Normal with variance $1 / \text{fan}_\text{in}$: for linear, tanh and selu.

    Args:
        rng: draws.
        shape: of the parameter; what comes out is last.

    Returns:
        float64.

    Source: LeCun, Bottou, Orr and Müller, "Efficient backprop", 1998.

    >>> bool(abs(lecun(np.random.default_rng(0), (100, 400)).var() * 100 - 1) < 0.02)
    True
    """
    return rng.normal(0.0, fans(shape)[0] ** -0.5, shape)


def glorot(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    r"""Uniform with variance $2 / (\text{fan}_\text{in} + \text{fan}_\text{out})$: between the passes.

    Args:
        rng: draws.
        shape: of the parameter; what comes out is last.

    Returns:
        float64.

    Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks",
    AISTATS 2010.

    >>> bool(abs(glorot(np.random.default_rng(0), (3, 3)).max()) <= 1)
    True
    """
    limit = (6 / sum(fans(shape))) ** 0.5
    return rng.uniform(-limit, limit, shape)


def he(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    r"""Normal with variance $2 / \text{fan}_\text{in}$: for rectifiers, which lose half of it.

    Args:
        rng: draws.
        shape: of the parameter; what comes out is last.

    Returns:
        float64.

    Source: He, Zhang, Ren and Sun, "Delving deep into rectifiers", ICCV 2015.

    >>> bool(abs(he(np.random.default_rng(0), (100, 400)).var() * 50 - 1) < 0.02)
    True
    """
    return rng.normal(0.0, (2 / fans(shape)[0]) ** 0.5, shape)


def orthogonal(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """Columns (or rows, if those are fewer) of length 1 at right angles: for what is applied many times over.

    Args:
        rng: draws.
        shape: of two axes or more; all but the last count as one.

    Returns:
        float64.

    Source: Saxe, McClelland and Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep
    linear neural networks", ICLR 2014.

    Raises:
        ArgumentError: the shape has fewer than two axes.

    >>> W = orthogonal(np.random.default_rng(0), (5, 3))
    >>> bool(np.allclose(W.T @ W, np.eye(3)))
    True
    """
    if len(shape) < 2:
        raise ArgumentError(f"an orthogonal array has two axes or more, not the shape {shape}")
    tall = (max(prod(shape[:-1]), shape[-1]), min(prod(shape[:-1]), shape[-1]))
    q, r = np.linalg.qr(rng.normal(size=tall))
    q = q * np.sign(np.diag(r))  # else the signs would not be uniform
    return (q if prod(shape[:-1]) >= shape[-1] else q.T).reshape(shape)


def normal(deviation: float = 0.02) -> Initialiser:
    """Normal with a given standard deviation: embeddings.

    Args:
        deviation: the standard deviation.

    Returns:
        An initialiser: `(rng, shape) -> float64 array`.

    >>> normal(2.0)(np.random.default_rng(0), (2,)).shape
    (2,)
    """

    def drawn(rng: np.random.Generator, shape: Shape) -> np.ndarray:
        return rng.normal(0.0, deviation, shape)

    vars(drawn)["made_by"] = ("normal", deviation)  # how files speak of it
    return drawn
