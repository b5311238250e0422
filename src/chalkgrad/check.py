"""The exact derivative against central differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from chalkgrad.errors import ArgumentError, CheckError
from chalkgrad.grad import check_real, vjp
from chalkgrad.trace.run import argument_names, check_callable, name_of
from chalkgrad.tree import flatten, unflatten


def check_grad(f: Callable, *args: Any, order: int = 2, tolerance: float = 1e-5) -> None:
    r"""Compare the exact derivative with central differences, and raise with the worst entry if they differ.

    .. math:: \frac{\partial f}{\partial x_i} \approx \frac{f(x + h e_i) - f(x - h e_i)}{2 h}

    A result of several entries is first projected on fixed pseudo-random weights, so every entry counts.
    Orders above one check the gradient in the same way.

    Args:
        f: a function in plain NumPy.
        *args: where to check; every float argument (nested ones too) is checked.
        order: up to which derivative.
        tolerance: the largest difference allowed, relative to the larger of one and the entry.

    Raises:
        CheckError: with the argument, the entry, both values and the order.

    >>> import numpy as np
    >>> check_grad(np.tanh, np.array([0.5, -1.0]))
    """
    check_callable(f)
    if order < 1:
        raise ArgumentError(f"order is {order}; it counts derivatives, from 1")
    for n in range(len(args)):
        check_real(f, args, n)
    _check(f, args, 1, order, tolerance)


def _check(f: Callable, args: tuple, at: int, order: int, tolerance: float) -> None:
    leaves, structure = flatten(args)
    scalar = _projected(f)
    _, pullback = vjp(scalar, *args)
    exact, _ = flatten(pullback(1.0))
    names = argument_names(f, args, {})
    for k, leaf in enumerate(leaves):
        step = (1e-5 if at == 1 else 1e-4) * max(1.0, float(np.max(np.abs(leaf), initial=0.0)))
        numeric = _central(scalar, leaves, structure, k, step)
        _compare(name_of(f), names[k], at, np.asarray(exact[k]), numeric, tolerance * 10 ** (at - 1))
    if at < order:
        _check(_gradient_of(scalar, f), args, at + 1, order, tolerance)


def _projected(f: Callable) -> Callable:
    def scalar(*args: Any) -> Any:
        leaves, _ = flatten(f(*args))
        total = 0.0
        for leaf in leaves:
            total = total + np.sum(leaf * _weights(np.shape(leaf)))
        return total

    return scalar


def _weights(shape: tuple[int, ...]) -> Any:
    return np.random.default_rng(0).uniform(0.5, 1.5, shape)[()] if shape else 1.0


def _gradient_of(scalar: Callable, f: Callable) -> Callable:
    def gradient(*args: Any) -> Any:
        return vjp(scalar, *args)[1](1.0)

    gradient.__name__ = f"grad_{name_of(f)}"
    return gradient


def _central(f: Callable, leaves: list[Any], structure: Any, k: int, h: float) -> np.ndarray:
    base = np.array(leaves[k], dtype=float)
    numeric = np.zeros_like(base)
    for i in np.ndindex(base.shape):
        values = []
        for sign in (1, -1):
            moved = base.copy()
            moved[i] += sign * h
            args = unflatten(structure, [*leaves[:k], _as(moved, leaves[k]), *leaves[k + 1 :]])
            values.append(float(f(*args)))
        numeric[i] = (values[0] - values[1]) / (2 * h)
    return numeric


def _as(moved: np.ndarray, leaf: Any) -> Any:
    return float(moved) if type(leaf) is float else moved.astype(np.asarray(leaf).dtype)[()]


def _compare(
    name: str, argument: str, order: int, exact: np.ndarray, numeric: np.ndarray, tolerance: float
) -> None:
    if exact.size == 0:
        return
    error = np.abs(exact - numeric) / np.maximum(1.0, np.abs(numeric))
    error = np.where(np.isfinite(error), error, np.inf)
    worst = np.unravel_index(int(np.argmax(error)), error.shape)
    if error[worst] > tolerance:
        entry = f"[{', '.join(map(str, worst))}]" if worst else ""
        raise CheckError(
            f"{name}: the derivative of order {order} by {argument}{entry} is {exact[worst]:.10g}, "
            f"central differences give {numeric[worst]:.10g} (relative difference {error[worst]:.2g})"
        )
