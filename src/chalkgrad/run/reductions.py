"""Sums and extremes in JAX, in the forms that XLA makes fast code of.

Over a few entries that do not lie side by side (the windows of a pooling layer) they are written out; over
all but the last axes a sum is a product with a row of ones.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, reduce
from itertools import product
from math import prod
from typing import Any

import jax
import jax.numpy as jnp

FEW = 16  # entries; more are left to XLA's own loops
LARGE = 2048  # entries; smaller arrays XLA keeps to itself
MANY = 4096  # rows; from here on a product with ones is worth its while


def sums(x: Any, axis: Any = None, keepdims: bool = False, **rest: Any) -> Any:
    """`np.sum`."""
    axes = _axes(x, axis)
    if not rest and _is_tall(x, axes):
        rows = prod(x.shape[: len(axes)])
        flat = jnp.reshape(x, (rows, -1))
        total = jax.lax.dot(jnp.ones(rows, x.dtype), flat, precision=jax.lax.Precision.HIGHEST)
        kept = (1,) * len(axes) if keepdims else ()
        return jnp.reshape(total, kept + x.shape[len(axes) :])
    return _written_out(jnp.add, jnp.sum, x, axis, keepdims, rest)


def largest(x: Any, axis: Any = None, keepdims: bool = False, **rest: Any) -> Any:
    """`np.max`."""
    return _written_out(
        jnp.maximum, partial(_extreme, jnp.max, jnp.maximum, jnp.greater), x, axis, keepdims, rest
    )


def smallest(x: Any, axis: Any = None, keepdims: bool = False, **rest: Any) -> Any:
    """`np.min`."""
    return _written_out(
        jnp.minimum, partial(_extreme, jnp.min, jnp.minimum, jnp.less), x, axis, keepdims, rest
    )


def _extreme(
    whole: Callable,
    two: Callable,
    beats: Callable,
    x: Any,
    axis: Any = None,
    keepdims: bool = False,
    initial: Any = None,
) -> Any:
    """`whole`, and nan where some entry is nan.

    The library to which XLA leaves the extremes of large arrays on a processor passes over nan (JAX 0.10);
    a loop with a comparison of our own is not left to it.
    """
    if x.dtype.kind != "f" or x.size < LARGE or jax.default_backend() != "cpu":
        return whole(x, axis=axis, keepdims=keepdims, initial=initial)
    axes, least = _axes(x, axis), jnp.asarray(-jnp.inf if two is jnp.maximum else jnp.inf, x.dtype)
    found = jax.lax.reduce(x, least, lambda a, b: jnp.where(beats(a, b) | (a != a), a, b), axes)
    found = found if initial is None else two(found, jnp.asarray(initial, x.dtype))
    return jnp.expand_dims(found, axes) if keepdims else found


def _written_out(two: Callable, whole: Callable, x: Any, axis: Any, keepdims: bool, rest: dict) -> Any:
    axes = _axes(x, axis)
    count = prod(x.shape[a] for a in axes)
    if rest or x.dtype.kind != "f" or not 1 < count <= FEW or x.ndim - 1 in axes:
        return whole(x, axis=axis, keepdims=keepdims, **rest)
    places = [range(n) if a in axes else [slice(None)] for a, n in enumerate(x.shape)]
    total = reduce(two, [x[at] for at in product(*places)])
    return jnp.expand_dims(total, axes) if keepdims else total


def _axes(x: Any, axis: Any) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(x.ndim))
    given = axis if isinstance(axis, tuple | list) else (axis,)
    return tuple(sorted(a % x.ndim for a in given))


def _is_tall(x: Any, axes: tuple[int, ...]) -> bool:
    """Whether float32 is summed over all leading axes, on a processor; others have loops of their own."""
    leading = axes == tuple(range(len(axes))) and 0 < len(axes) < x.ndim
    tall = leading and prod(x.shape[: len(axes)]) >= MANY and prod(x.shape[len(axes) :]) > 1
    return tall and x.dtype == jnp.float32 and jax.default_backend() == "cpu"
