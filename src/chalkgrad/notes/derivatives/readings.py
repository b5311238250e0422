"""What a hand-written derivative may mean: each reading in words, with the numbers it should give."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from chalkgrad.notes.derivatives.slopes import Slopes, diagonal, is_diagonal
from chalkgrad.notes.derivatives.subject import Path

RELATIVE, ABSOLUTE = 1e-4, 1e-7
NEAR = 1e-2  # relative: two things that differ by less may both be meant


@dataclass(frozen=True, eq=False, slots=True)
class Reading:
    """One meaning: `words`, and the numbers."""

    words: str
    value: np.ndarray
    elementwise: bool = False


def same(given: np.ndarray, wanted: np.ndarray, tolerance: float = RELATIVE) -> bool:
    """Whether two arrays are equal, but for axes of length 1, within a tolerance."""
    given, wanted = np.squeeze(given), np.squeeze(wanted)
    if given.shape != wanted.shape or not np.all(np.isfinite(given)):
        return False
    scale = np.max(np.abs(wanted), initial=0.0)
    entrywise = tolerance * np.abs(wanted) + 1e-2 * tolerance * scale + ABSOLUTE
    return bool(
        np.all(
            np.abs(given - wanted) <= entrywise + (tolerance * scale if tolerance == RELATIVE else 0) * 0.1
        )
    )


def fits(given: np.ndarray, reading: Reading, smooth: np.ndarray | None, tolerance: float = RELATIVE) -> bool:
    wanted = reading.value
    if reading.elementwise:
        if given.size == 1 != wanted.size:
            given = np.broadcast_to(given.reshape(()), wanted.shape)  # a slope that is the same everywhere
        if smooth is not None and np.squeeze(given).shape == np.squeeze(wanted).shape:
            return same(given.reshape(wanted.shape)[smooth], wanted[smooth], tolerance)
    return same(given, wanted, tolerance)


def has_shape(given: np.ndarray, reading: Reading) -> bool:
    return np.squeeze(given).shape == np.squeeze(reading.value).shape or (
        reading.elementwise and given.size == 1
    )


# ----- readings -----


def readings(slopes: Slopes, path: Path, g: np.ndarray | None, is_loss: bool) -> list[Reading]:
    """All that a derivative by one argument may mean, the likeliest first."""
    name = str(path[-1])
    jacobian = slopes.jacobians[path]
    out = slopes.ran.out
    if g is not None:
        pulled = np.tensordot(g, jacobian, out.ndim)
        words = f"the upstream gradient times the slope by {name}"
        return [Reading(words, pulled, is_diagonal(jacobian, out.shape))]
    hessian = slopes.hessians.get(path)
    if hessian is not None:
        return [
            Reading(f"the Hessian by {name}", hessian),
            Reading(f"its diagonal by {name}", np.diag(hessian)),
        ]
    return list(_alone(out, jacobian, name, is_loss, slopes.bends.get(path)))


def stacked(several: list[list[Reading]]) -> Iterator[Reading]:
    """The derivatives by each argument in one array, above or beside each other."""
    firsts = [found[0] for found in several if found]
    if len(firsts) > 1 and len({r.value.shape for r in firsts}) == 1:
        values = [r.value for r in firsts]
        yield Reading("the gradient by all arguments", np.stack(values))
        yield Reading("the gradient by all arguments", np.stack(values, axis=-1))


def _alone(
    out: np.ndarray, jacobian: np.ndarray, name: str, is_loss: bool, bend: np.ndarray | None
) -> Iterator[Reading]:
    inside = jacobian.shape[out.ndim :]
    if bend is not None:
        if is_diagonal(bend, out.shape):
            yield Reading(f"the second derivative by {name}", diagonal(bend, out.shape), True)
        elif out.size == 1:
            yield Reading(f"the second derivative by each entry of {name}", bend.reshape(inside))
        return
    if out.size == 1:
        yield Reading(f"the gradient by {name}", jacobian.reshape(inside), not inside)
        return
    if is_diagonal(jacobian, out.shape):
        slope = diagonal(jacobian, out.shape)
        yield Reading(f"the derivative by {name}", slope, True)
        if is_loss:
            for count, of in ((out.size, "all entries"), (out.shape[0], "the samples")):
                yield Reading(f"the gradient of the mean over {of} by {name}", slope / count)
    yield from _of_arrays(out, jacobian, name, inside)


def _of_arrays(
    out: np.ndarray, jacobian: np.ndarray, name: str, inside: tuple[int, ...]
) -> Iterator[Reading]:
    turned = np.moveaxis(jacobian, range(out.ndim), range(-out.ndim, 0))
    yield Reading(f"the Jacobian by {name}", jacobian)
    yield Reading(f"the Jacobian by {name}, transposed", turned)
    if inside == out.shape:
        yield Reading(f"the diagonal of the Jacobian by {name}", diagonal(jacobian, out.shape))
        if out.ndim == 2:
            rows = np.einsum("iaib->iab", jacobian)
            columns = np.einsum("ajbj->jab", jacobian)
            yield Reading(f"the Jacobian of each row by {name}", rows)
            yield Reading(f"the Jacobian of each column by {name}", columns)
            yield Reading(f"the Jacobian of each column by {name}", np.moveaxis(columns, 0, -1))
            yield Reading(f"the Jacobian of each row by {name}", np.moveaxis(rows, 0, -1))
    total = jacobian.sum(axis=tuple(range(out.ndim)))
    yield Reading(f"the gradient of the sum by {name}", total)
    yield Reading(f"the gradient of the mean over the samples by {name}", total / out.shape[0])
    if out.ndim > 1:
        yield Reading(f"the gradient of the mean by {name}", total / out.size)


# ----- losses of probabilities, by the logits behind them -----


def behind(slopes: Slopes, path: Path, how: str) -> Slopes | None:
    """The same slopes by the logits: the argument taken as a softmax (by rows or columns) or a sigmoid."""
    p = np.asarray(slopes.arguments.get(path[0])) if len(path) == 1 else np.zeros(0)
    jacobian = slopes.jacobians.get(path)
    if jacobian is None or p.size == 0 or p.dtype.kind != "f" or np.any(p <= 0) or np.any(p >= 1):
        return None
    if how == "sigmoid":
        through = jacobian * (p * (1 - p))
    else:
        axis = -1 if how == "softmax" else -p.ndim
        if not p.ndim or not np.allclose(p.sum(axis=axis), 1):
            return None
        weighted = jacobian * p
        through = weighted - p * weighted.sum(axis=axis, keepdims=True)
    return Slopes(slopes.arguments, slopes.state, slopes.ran, {path: through})
