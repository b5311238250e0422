"""`np.random`, as the stand-ins see it: what is drawn can take traced values.

The stream is NumPy's own, draw by draw; a traced mean or scale moves and stretches what is drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from chalkgrad.trace.active import hold, is_traced, plain
from chalkgrad.trace.box import Box, living


def _size(size: Any, *parameters: Any) -> Any:
    return plain(size) if size is not None else np.broadcast_shapes(*(np.shape(p) for p in parameters))


def drawing(source: Any, name: str) -> Callable:
    """A method of a random source that makes numbers."""
    draw = getattr(source, name)
    ours = TRACED.get(name)

    def call(*args: Any, **kwargs: Any) -> Any:
        if ours is not None and any(is_traced(a) for a in (*args, *kwargs.values())):
            return ours(source, *args, **kwargs)
        return hold(draw(*plain(args), **plain(kwargs)))

    call.__name__ = name
    return call


def _normal(source: Any, loc: Any = 0.0, scale: Any = 1.0, size: Any = None) -> Any:
    return loc + scale * hold(source.normal(0.0, 1.0, _size(size, loc, scale)))


def _uniform(source: Any, low: Any = 0.0, high: Any = 1.0, size: Any = None) -> Any:
    return low + (high - low) * hold(source.uniform(0.0, 1.0, _size(size, low, high)))


def _order(source: Any, n: int) -> np.ndarray:
    order = np.arange(n)
    source.shuffle(order)
    return order


def _shuffle(source: Any, x: Any, *args: Any, **kwargs: Any) -> None:
    if type(x) is not Box:
        parts = list(x)
        x[:] = [parts[i] for i in _order(source, len(parts))]
    elif type(living(x)) is Box:
        x[...] = x[_order(source, len(x))]
    else:
        source.shuffle(x.plain)


def _permutation(source: Any, x: Any, *args: Any, **kwargs: Any) -> Any:
    return source.permutation(plain(x)) if np.ndim(x) == 0 else x[source.permutation(len(x))]


def _choice(source: Any, a: Any, size: Any = None, replace: bool = True, p: Any = None, **kwargs: Any) -> Any:
    at = source.choice(
        plain(a) if np.ndim(a) == 0 else len(a), plain(size), plain(replace), plain(p), **kwargs
    )
    return hold(at) if np.ndim(a) == 0 else np.take(a, at, axis=0)


TRACED: dict[str, Callable] = {
    "normal": _normal,
    "uniform": _uniform,
    "shuffle": _shuffle,
    "permutation": _permutation,
    "choice": _choice,
}


class Source:
    """A generator of random numbers that was made inside the function."""

    def __init__(self, real: Any):
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return drawing(self._real, name) if callable(getattr(self._real, name)) else getattr(self._real, name)


def making_source(make: Callable) -> Callable:
    """`np.random.default_rng` and `np.random.RandomState`."""
    return lambda *args, **kwargs: Source(make(*plain(args), **plain(kwargs)))


def table() -> dict[str, Any]:
    """What stands for the functions of `np.random`."""
    names = [
        n
        for n in dir(np.random)
        if not n.startswith("_") and n not in ("seed", "get_state", "set_state", "test")
    ]
    drawn = {n: drawing(np.random, n) for n in names if callable(getattr(np.random, n)) and n[0].islower()}
    seed = lambda *args, **kwargs: np.random.seed(*plain(args), **plain(kwargs))  # noqa: E731
    return {**drawn, "seed": seed, "default_rng": making_source(np.random.default_rng),
            "RandomState": making_source(np.random.RandomState)}  # fmt: skip
