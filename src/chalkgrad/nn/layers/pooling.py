"""Pooling: what is largest, or what is usual, in each window."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from chalkgrad.nn.layers.convolution import check_places, places, sizes
from chalkgrad.nn.layers.layer import Layer
from chalkgrad.ops.linalg.convolution import Sizes, cut


def windows(x: Any, window: Sizes, strides: Sizes) -> tuple[Any, tuple[int, ...]]:
    """The entries of each window along axes of their own, and which axes those are.

    Windows side by side are a change of shape and nothing more, which is why theirs is a case of its own.

    Args:
        x: (examples, *places, channels).

    >>> windows(np.zeros((1, 4, 4, 3)), (2, 2), (2, 2))[0].shape
    (1, 2, 2, 2, 2, 3)
    """
    count = len(window)
    beside = (1,) * count
    check_places(x, count, "pooling")
    shape = np.shape(x)
    inside = places(shape[1:-1], window, strides, beside)
    if window == strides:
        cuts = tuple(slice(0, n * w) for n, w in zip(inside, window, strict=True))
        whole = shape[1:-1] == tuple(n * w for n, w in zip(inside, window, strict=True))
        x = x if whole else x[(slice(None), *cuts)]
        split = [k for pair in zip(inside, window, strict=True) for k in pair]
        return np.reshape(x, (shape[0], *split, shape[-1])), tuple(range(2, 2 * count + 1, 2))
    seen = [cut(x, at, beside, inside, strides) for at in product(*map(range, window))]
    return np.stack(seen, axis=-2), (count + 1,)


def max_pool(x: Any, window: Sizes = (2, 2), strides: Sizes = (2, 2)) -> Any:
    r"""The largest entry of each window.

    $$y_{p, c} = \max_k x_{s p + k, c}$$

    Args:
        x: (examples, *places, channels).
        window: how many entries along each axis.
        strides: how far the window moves.

    Returns:
        (examples, *new places, channels); a window that is not whole is left out.

    Source: Riesenhuber and Poggio, "Hierarchical models of object recognition in cortex", 1999.

    >>> max_pool(np.array([1.0, 3.0, 2.0, 0.0]).reshape(1, 4, 1), (2,), (2,))[0, :, 0]
    array([3., 2.])
    """
    seen, axes = windows(x, window, strides)
    return np.max(seen, axis=axes)


def average_pool(x: Any, window: Sizes = (2, 2), strides: Sizes = (2, 2)) -> Any:
    r"""The mean of each window; args and shapes are those of `max_pool`.

    $$y_{p, c} = \frac{1}{K} \sum_{k} x_{s p + k, c}$$

    Returns:
        (examples, *new places, channels); a window that is not whole is left out.

    Source: LeCun et al., "Backpropagation applied to handwritten zip code recognition", 1989.

    >>> average_pool(np.array([1.0, 3.0, 2.0, 0.0]).reshape(1, 4, 1), (2,), (2,))[0, :, 0]
    array([2., 1.])
    """
    seen, axes = windows(x, window, strides)
    return np.mean(seen, axis=axes)


def _pool(function: Any, axes: int, pool_size: int | Sizes, strides: int | Sizes | None) -> Layer:
    window = sizes(pool_size, axes, "pool_size")
    moved = sizes(strides, axes, "strides") if strides is not None else window
    return Layer(function, name=f"{function.__name__}{axes}d", options={"window": window, "strides": moved})


def MaxPool1D(pool_size: int | Sizes = 2, strides: int | Sizes | None = None) -> Layer:
    """`max_pool` along one axis; strides default to the window's size.

    Args:
        pool_size: entries of a window along each axis.
        strides: how far it moves.

    >>> MaxPool1D()(np.zeros((1, 5, 3))).shape
    (1, 2, 3)
    """
    return _pool(max_pool, 1, pool_size, strides)


def MaxPool2D(pool_size: int | Sizes = 2, strides: int | Sizes | None = None) -> Layer:
    """`max_pool` over pictures; strides default to the window's size.

    Args:
        pool_size: entries of a window along each axis.
        strides: how far it moves.

    >>> MaxPool2D()(np.zeros((1, 4, 6, 3))).shape
    (1, 2, 3, 3)
    """
    return _pool(max_pool, 2, pool_size, strides)


def AveragePool1D(pool_size: int | Sizes = 2, strides: int | Sizes | None = None) -> Layer:
    """`average_pool` along one axis; strides default to the window's size.

    Args:
        pool_size: entries of a window along each axis.
        strides: how far it moves.

    >>> AveragePool1D()(np.zeros((1, 5, 3))).shape
    (1, 2, 3)
    """
    return _pool(average_pool, 1, pool_size, strides)


def AveragePool2D(pool_size: int | Sizes = 2, strides: int | Sizes | None = None) -> Layer:
    """`average_pool` over pictures; strides default to the window's size.

    Args:
        pool_size: entries of a window along each axis.
        strides: how far it moves.

    >>> AveragePool2D()(np.zeros((1, 4, 6, 3))).shape
    (1, 2, 3, 3)
    """
    return _pool(average_pool, 2, pool_size, strides)
