"""Slopes by central differences, of everything that a run depends on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from chalkgrad.notes.derivatives.subject import Path, Ran, Subject, Unusable, leaves, replaced

STEP = 1e-5
WIDE = 1e-3  # for second differences
KINK = 2e-3  # the slopes to the left and to the right differ by more
MOST = 80  # entries of a value
ENTRIES = 160  # that one leaf may have


@dataclass(eq=False)
class Slopes:
    """A point, the value there, and the Jacobian by each leaf: shape of the value, then of the leaf."""

    arguments: dict[str, Any]
    state: dict[Path, Any]
    ran: Ran
    jacobians: dict[Path, np.ndarray] = field(default_factory=dict)
    hessians: dict[Path, np.ndarray] = field(default_factory=dict)  # of a number by a small array
    bends: dict[Path, np.ndarray] = field(default_factory=dict)  # second derivatives, entry by entry
    by: str = ""  # the argument that a derivative's name says it is by
    smooth: np.ndarray | None = None  # of an elementwise function: where it is


def slopes_of(subject: Subject, arguments: dict[str, Any], state: dict[Path, Any], skip: set[str]) -> Slopes:
    """All Jacobians at a point.

    Args:
        subject: what is run.
        arguments: of the function.
        state: the object's own numbers.
        skip: arguments by which nobody differentiates.

    Raises:
        Unusable: the value is not finite, too large, or has a kink here.
    """
    ran = subject.forward(arguments, state)
    if not ran.out.size or ran.out.size > MOST or not np.all(np.isfinite(ran.out)):
        raise Unusable("its values are not finite or too many")
    again = subject.forward(arguments, state)
    if again.out.shape != ran.out.shape or not np.array_equal(again.out, ran.out):
        raise Unusable("it gives another value each time")
    found = Slopes(arguments, state, ran, by=subject.pair.by)
    for path, value in leaves({k: v for k, v in arguments.items() if k not in skip}, (), subject.home):
        _differentiate(subject, found, path, np.asarray(value, dtype=float), False)
    for path, value in state.items():
        _differentiate(subject, found, path, np.asarray(value, dtype=float), True)
    return found


def _differentiate(subject: Subject, found: Slopes, path: Path, value: np.ndarray, is_state: bool) -> None:
    if value.size > ENTRIES:
        raise Unusable(f"{path[-1]} has too many entries")

    def at(entry: tuple[int, ...], by: float) -> np.ndarray:
        moved = value.copy()
        moved[entry] += by
        new: Any = float(moved) if value.ndim == 0 else moved
        if is_state:
            return subject.forward(found.arguments, found.state | {path: new}).out
        return subject.forward(replaced(found.arguments, path, new), found.state).out

    out = found.ran.out
    jacobian, bend = (np.zeros(out.shape + value.shape) for _ in range(2))
    kinks = np.zeros(value.shape, dtype=bool)
    with_bends = subject.pair.order == 2
    for entry in np.ndindex(value.shape):
        ahead, behind = at(entry, STEP), at(entry, -STEP)
        if ahead.shape != out.shape or behind.shape != out.shape:
            raise Unusable("its shape depends on its values")
        place = (..., *entry)
        jacobian[place] = (ahead - behind) / (2 * STEP)
        right, left = (ahead - out) / STEP, (out - behind) / STEP
        with np.errstate(all="ignore"):
            kinks[entry] = np.any(np.abs(right - left) > KINK * (1 + np.abs(jacobian[place])))
        if with_bends:
            bend[place] = (at(entry, WIDE) - 2 * out + at(entry, -WIDE)) / WIDE**2
    if not np.all(np.isfinite(jacobian)):
        raise Unusable("its slopes are not finite")
    if kinks.any():
        _with_kinks(found, out, value, kinks, jacobian)
    found.jacobians[path] = jacobian
    if with_bends:
        found.bends[path] = bend
        if out.size == 1 and 1 < value.size <= 12:
            found.hessians[path] = _hessian(
                lambda moved: _moved(subject, found, path, moved, is_state), value
            )


def _moved(subject: Subject, found: Slopes, path: Path, new: np.ndarray, is_state: bool) -> float:
    if is_state:
        return float(subject.forward(found.arguments, found.state | {path: new}).out.reshape(()))
    return float(subject.forward(replaced(found.arguments, path, new), found.state).out.reshape(()))


def _hessian(f: Callable[[np.ndarray], float], at: np.ndarray) -> np.ndarray:
    """All second derivatives of a number by a small array, flattened."""
    steps = np.eye(at.size).reshape(at.size, *at.shape) * WIDE

    def corner(i: int, j: int, a: int, b: int) -> float:
        return a * b * f(at + a * steps[i] + b * steps[j])

    signs = [(a, b) for a in (1, -1) for b in (1, -1)]
    rows = [[sum(corner(i, j, a, b) for a, b in signs) for j in range(at.size)] for i in range(at.size)]
    return np.array(rows) / (4 * WIDE**2)


def _with_kinks(
    found: Slopes, out: np.ndarray, value: np.ndarray, kinks: np.ndarray, jacobian: np.ndarray
) -> None:
    """Leave the kinks of an elementwise function out; elsewhere another point is needed."""
    if out.shape != value.shape or not is_diagonal(jacobian, out.shape):
        raise Unusable("it has a kink at the point tried")
    smooth = ~kinks
    found.smooth = smooth if found.smooth is None else found.smooth & smooth


def is_diagonal(jacobian: np.ndarray, shape: tuple[int, ...]) -> bool:
    """Whether each entry of the value hangs on the same entry of the argument alone."""
    if jacobian.shape != shape + shape:
        return False
    size = int(np.prod(shape))
    flat = jacobian.reshape(size, size)
    return bool(np.all(flat == np.diag(np.diag(flat))))


def diagonal(jacobian: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    size = int(np.prod(shape))
    return np.diag(jacobian.reshape(size, size)).reshape(shape).copy()
