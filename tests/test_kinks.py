"""At a tie or a kink the derivative is the central difference: an equal split, and 0 at the tip of a norm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from chalkgrad.grad import grad
from test_composed import _central

KINKS: dict[str, tuple[Callable, Any]] = {
    "relu": (lambda x: np.sum(np.maximum(0, x)), [0.0, 1.0, -1.0]),
    "maximum of itself": (lambda x: np.sum(np.maximum(x, x)), [1.0, 2.0]),
    "minimum": (lambda x: np.sum(np.minimum(x, 1.0)), [1.0, 0.0, 2.0]),
    "fmax": (lambda x: np.sum(np.fmax(x, 1.0)), [1.0, 2.0]),
    "abs": (lambda x: np.sum(np.abs(x)), [0.0, -2.0]),
    "clip": (lambda x: np.sum(np.clip(x, -1, 1)), [-1.0, 1.0, 0.5, 3.0]),
    "max of two": (lambda x: np.max(x), [2.0, 1.0, 2.0]),
    "min over an axis": (lambda x: np.sum(np.min(x, axis=0) ** 2), [[2.0, 1.0], [2.0, 3.0]]),
    "norm": (lambda x: np.linalg.norm(x), [0.0, 0.0]),
    "norms of rows": (lambda x: np.sum(np.linalg.norm(x, axis=1)), [[0.0, 0.0], [3.0, 4.0]]),
    "1-norm": (lambda x: np.linalg.norm(x, 1), [0.0, -2.0]),
    "max-norm": (lambda x: np.linalg.norm(x, np.inf), [2.0, -2.0]),
    "std of equals": (lambda x: np.std(x), [3.0, 3.0]),
    "hypot": (lambda x: np.hypot(x[0], x[1]), [0.0, 0.0]),
    "sinc": (lambda x: np.sum(np.sinc(x)), [0.0, 0.5]),
    "median": (lambda x: np.median(x), [1.0, 2.0, 4.0, 8.0]),
}

SMOOTH_AT_ZERO: dict[str, tuple[Callable, Any]] = {
    "prod with a zero": (lambda x: np.prod(x), [2.0, 0.0, 3.0]),
    "prod with two zeros": (lambda x: np.sum(np.prod(x, axis=1)), [[2.0, 0.0], [0.0, 0.0]]),
    "cumprod with a zero": (lambda x: np.sum(np.cumprod(x)), [2.0, 0.0, 3.0]),
    "square as a power": (lambda x: np.sum(x**2), [0.0, 1.0]),
    "cube": (lambda x: np.sum(x**3), [0.0, -1.0]),
    "first power": (lambda x: np.sum(x**1), [0.0, 2.0]),
    "power 0": (lambda x: np.sum(x**0), [0.0, 2.0]),
    "an array of powers": (lambda x: np.sum(x ** np.array([0.0, 1.0, 2.0])), [0.0, 0.0, 0.0]),
    "sinc twice": (lambda x: np.sum(grad(lambda t: np.sum(np.sinc(t)))(x)), [0.0, 0.5]),
}


@pytest.mark.parametrize("name", KINKS | SMOOTH_AT_ZERO)
def test_gradient_is_the_central_difference(name: str) -> None:
    f, x = (KINKS | SMOOTH_AT_ZERO)[name]
    x = np.array(x)
    np.testing.assert_allclose(grad(f)(x), _central(f, x), rtol=5e-5, atol=1e-5)


def test_zero_to_a_power_does_not_depend_on_the_power() -> None:
    assert grad(lambda p: np.sum(np.array([0.0, 1.0]) ** p))(2.0) == 0.0


def test_a_gradient_kept_for_one_power_is_not_used_for_another() -> None:
    slope = grad(lambda x, p: x**p)
    assert [float(slope(2.0, p)) for p in (1.0, 1.0, 3.0, 3.0, 2.0, 0.0)] == [1.0, 1.0, 12.0, 12.0, 4.0, 0.0]


def test_single_precision_stays_single() -> None:
    x = np.array([1.0, 2.0, 4.0], dtype=np.float32)
    for f in (
        np.mean,
        np.std,
        np.max,
        np.median,
        np.linalg.norm,
        lambda x: np.sum(np.maximum(x, 2) ** 2 / 3),
    ):
        assert grad(f)(x).dtype == np.float32
