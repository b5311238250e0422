"""Trace and gradient against the number of forward operations: what must be linear."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

import chalkgrad as cg


def chain_of(n: int) -> tuple[Callable, np.ndarray]:
    """n operations one after the other."""

    def f(x: Any) -> Any:
        for _ in range(n // 2):
            x = np.sin(x) * 1.01
        return np.sum(x)

    return f, np.ones(3)


def buffer_of(n: int) -> tuple[Callable, np.ndarray]:
    """A buffer filled entry by entry: n operations, a third each of reads, products and writes."""

    def f(x: Any) -> Any:
        out = np.zeros(n // 3)
        for i in range(n // 3):
            out[i] = x[i] * 2.0
        return np.sum(out)

    return f, np.ones(n // 3)


def costs(make: Callable, n: int) -> tuple[float, float, float]:
    """Microseconds an operation: trace alone, first gradient (nothing cached), repeated gradient."""
    f, x = make(n)
    gradient = cg.grad(f)
    traced = _timed(lambda: cg.trace(f, x))
    first = _timed(lambda: gradient(x))
    gradient(x)
    return tuple(t / n * 1e6 for t in (traced, first, _timed(lambda: gradient(x))))  # type: ignore[return-value]


def _timed(call: Callable[[], Any]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start
