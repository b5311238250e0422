"""The layers every network has: sums, changes of shape, noise."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from chalkgrad.errors import ArgumentError
from chalkgrad.nn.initialisers import Initialiser, glorot, he, lecun, normal
from chalkgrad.nn.layers.layer import Layer

BEST = {"relu": he, "leaky_relu": he, "elu": he, "silu": he, "gelu": he, "selu": lecun}  # by activation


def dense(x: Any, W: Any, b: Any) -> Any:
    r"""A weighted sum of the features for each unit.

    $$xW + b$$

    Args:
        x: (…, features).
        W: (features, units).
        b: (units,).

    Returns:
        (…, units).

    Source: Rosenblatt, "The perceptron: a probabilistic model for information storage and organization in
    the brain", 1958.

    >>> dense(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]]), np.array([5.0]))
    array([[16.]])
    """
    return np.matmul(x, W) + b


def sum_only(x: Any, W: Any) -> Any:
    """`dense` without a bias: $xW$.

    >>> sum_only(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]]))
    array([[11.]])
    """
    return np.matmul(x, W)


def Dense(
    units: int, activation: Callable | None = None, use_bias: bool = True, initial: Initialiser | None = None
) -> Layer:
    r"""A layer of neurons, each of which sees every feature.

    $$f(xW + b)$$

    Args:
        units: how many neurons.
        activation: f, a function of one array; default: none.
        use_bias: whether there is a b.
        initial: of W; default: He's for rectifiers, LeCun's for selu, else Glorot's.

    >>> Dense(10)
    dense(W=('in', 10), b=(10,))
    """
    chosen = initial or BEST.get(getattr(activation, "__name__", ""), glorot)
    shapes: dict[str, tuple[int | str, ...]] = {"W": ("in", units)}
    if use_bias:
        shapes["b"] = (units,)
    return Layer(activated(dense if use_bias else sum_only, activation), shapes, {"W": chosen}, "dense")


def activated(function: Callable, activation: Callable | None) -> Callable:
    """A function with an activation behind it; named after the function, with its parameters.

    Raises:
        ArgumentError: the activation is not a function.
    """
    if activation is None:
        return function
    if not callable(activation):
        raise ArgumentError(f"activation={activation!r} is no function. Cure: activation=cg.nn.relu")

    def with_activation(x: Any, **params: Any) -> Any:
        return activation(function(x, **params))

    with_activation.__name__ = with_activation.__qualname__ = function.__name__
    vars(with_activation)["made_by"] = ("activated", function, activation)  # how files speak of it
    return with_activation


def flatten(x: Any) -> Any:
    """Each example as one row of numbers.

    Args:
        x: (examples, …).

    Returns:
        (examples, numbers).

    >>> flatten(np.zeros((5, 2, 3))).shape
    (5, 6)
    """
    return np.reshape(x, (np.shape(x)[0], prod(np.shape(x)[1:])))


def Flatten() -> Callable:
    """Each example as one row: `flatten`, under the name that Keras gives it.

    >>> Flatten()(np.zeros((5, 2, 3))).shape
    (5, 6)
    """
    return flatten


def dropout(x: Any, rate: float, rng: Any = None) -> Any:
    r"""Silence a share of the entries and raise the others, so that the sum stays what it was on average.

    $$x \odot \frac{[u \ge \text{rate}]}{1 - \text{rate}} \qquad u \sim \text{uniform}(0, 1)$$

    Args:
        x: an array of any shape.
        rate: the share that is silenced, at least 0 and below 1.
        rng: draws u; None: nothing is silenced, as when the network is used.

    Returns:
        The same shape.

    Source: Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, "Dropout", JMLR 2014.

    >>> dropout(np.ones(3), 0.5)
    array([1., 1., 1.])
    """
    if rng is None or rate == 0:
        return x
    kept = (rng.random(np.shape(x)) >= rate).astype(x.dtype)
    return x * kept / (1 - rate)


def Dropout(rate: float = 0.5) -> Layer:
    """`dropout` while the network learns; nothing when it is used.

    Args:
        rate: the share that is silenced.

    Raises:
        ArgumentError: the rate is not at least 0 and below 1.

    >>> Dropout(0.2)
    dropout()
    """
    if not 0 <= rate < 1:
        raise ArgumentError(f"the rate of dropout is {rate}; give a share from 0 up to, and not including, 1")
    return Layer(dropout, name="dropout", options={"rate": rate}, random=True)


def embedding(x: Any, W: Any) -> Any:
    r"""The row of W for each whole number.

    $$W_{x}$$

    Args:
        x: (…), whole numbers from 0.
        W: (numbers, features).

    Returns:
        (…, features).

    Source: Bengio, Ducharme, Vincent and Jauvin, "A neural probabilistic language model", JMLR 2003.

    >>> embedding(np.array([1, 0]), np.array([[5.0], [6.0]]))
    array([[6.],
           [5.]])
    """
    return W[x]


def Embedding(numbers: int, features: int) -> Layer:
    """A vector of its own for each of so many words, characters or places.

    Args:
        numbers: how many there are to tell apart; inputs are whole numbers below.
        features: the length of each vector.

    >>> Embedding(27, 8)
    embedding(W=(27, 8))
    """
    return Layer(embedding, {"W": (numbers, features)}, {"W": normal(0.02)}, "embedding")
