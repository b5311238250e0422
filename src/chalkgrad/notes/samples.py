"""In the child: what functions of the notes are worth at sampled points, for comparison with formulas."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from chalkgrad.notes.calls import Calls, snapshot
from chalkgrad.notes.examples import parameters_of
from chalkgrad.notes.faults import explain
from chalkgrad.notes.limits import Limits, alarm
from chalkgrad.notes.slopes import slopes_at
from chalkgrad.notes.views import Defined, quiet

NUMBERS = (-1.0, 0.5, 2.0, -2.5, 1.5, 3.0, -0.3, 0.7, 0.2, 0.9, -1.7, 1.25, 0.05, 0.45, -4.0, 5.0)
LENGTH, DRAWS = 4, 8  # of vectors
FEW = 5  # draws of shapes that few formulas need
TINY = 1e-3  # a default below this keeps a division finite
MATRIX = re.compile(r"[A-Z]\d?")  # what textbooks call one
TRIES = 4  # points of a kind, before it is given up
MOST = 64  # entries of one argument
EACH, TOTAL = 1.0, 5.0  # seconds: of a function, of a note
NEAR = 1e-3  # a kink closer than this spoils a point
ROUGH = 1e-5  # a second difference beyond this is a kink's

Arguments = dict[str, Any]


def samples(
    defined: list[Defined], calls: Calls, file: str, limits: Limits, slopes: bool = True
) -> Iterator[dict[str, Any]]:
    """One record a function: parameters, defaults, points, its formula; or why there are none.

    Slopes are most of the work; a note whose formulas speak of none does without.
    """
    end = time.monotonic() + TOTAL
    for d in (d for d in defined if not d.chain):
        place = {"fence": d.fence, "name": d.name, "line": d.line, "end": d.end}
        try:
            with alarm(max(0.01, min(limits.view_seconds, EACH, end - time.monotonic()))), quiet():
                found = _sampled(d.f, calls, slopes)
        except (Exception, SystemExit, KeyboardInterrupt) as error:
            found = {"why": f"{d.name} does not run: {explain(error, file)}"}
        yield {"kind": "samples"} | place | found


def _sampled(f: Callable, calls: Calls, slopes: bool) -> dict[str, Any]:
    parameters = parameters_of(f)
    required = [p.name for p in parameters if p.default is p.empty]
    settings = {p.name: float(p.default) for p in parameters if _is_number(p.default)}
    if not 1 <= len(required) <= 6:
        return {"why": f"{f.__name__} takes no numbers" if not required else f"{f.__name__} takes too many"}
    points: list[dict[str, Any]] = []
    failed: Exception | None = None
    for kind in (_numbers(required), _vectors(required), _sided(required), _called(f, required, calls)):
        found, error = _points(f, kind, slopes)
        points, failed = points + found, failed or error
    if not points and failed:
        raise failed
    varied = _points(f, _varied(required, settings), slopes)[0] if points else []
    values = {"points": points, "varied": varied, "latex": _latex(f, points)}
    return {"parameters": required, "settings": settings} | values


def _points(
    f: Callable, kind: Iterator[Arguments], slopes: bool
) -> tuple[list[dict[str, Any]], Exception | None]:
    """Points of one kind, without those at which f raises; where the first ones all do, it takes no such."""
    points: list[dict[str, Any]] = []
    failed: Exception | None = None
    for k, at in enumerate(kind):
        try:
            points.append(_point(f, at, slopes))
        except TimeoutError:
            raise
        except Exception as error:
            failed = failed or error
            if not points and k > TRIES:
                break
    return points, failed


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and abs(value) < 1e300  # JSON has no infinities


# ----- points -----


def _numbers(names: list[str]) -> Iterator[Arguments]:
    """Numbers, each argument in an order of its own."""
    for k in range(len(NUMBERS)):
        yield {name: NUMBERS[(k * (2 * i + 1) + 3 * i) % len(NUMBERS)] for i, name in enumerate(names)}


def _vectors(names: list[str]) -> Iterator[Arguments]:
    rng = np.random.default_rng(7)
    for k in range(DRAWS):
        draw = rng.normal if k % 2 else rng.uniform  # every other point has positive entries only
        yield {name: np.round(draw(size=LENGTH), 3) + 0.0004 for name in names}


def _sided(names: list[str]) -> Iterator[Arguments]:
    """Matrices beside vectors, where names are those of matrices; else vectors beside one number."""
    matrices = {name for name in names if MATRIX.fullmatch(name)}
    rng = np.random.default_rng(5)
    for k in range(FEW if matrices or len(names) > 1 else 0):
        shapes = {name: (3, 3) if name in matrices else (3,) for name in names}
        at: Arguments = {name: np.round(rng.uniform(0.1, 2.0, shape), 3) for name, shape in shapes.items()}
        yield at if matrices else at | {names[-1]: abs(NUMBERS[k + 1])}


def _varied(names: list[str], settings: dict[str, float]) -> Iterator[Arguments]:
    """Numbers with one of the settings at another value than its default."""
    for name, usual in settings.items():
        if abs(usual) < TINY and not float(usual).is_integer():
            continue
        for k, at in enumerate(_numbers(names)):
            if k < 2 * FEW:
                yield at | {name: usual + (1 + k % 3 if float(usual).is_integer() else 0.3 * (1 + k % 3))}


def _called(f: Callable, names: list[str], calls: Calls) -> Iterator[Arguments]:
    """Arguments of the shapes that the notes themselves call with."""
    seen = calls.seen.get(getattr(f, "__code__", None), [])  # type: ignore[arg-type]
    rng = np.random.default_rng(11)
    for call in seen[:2]:
        given = [call.arguments.get(n) for n in names]
        if not any(map(_has_shape, given)) or not all(_has_shape(v) or _is_number(v) for v in given):
            continue
        for _ in range(DRAWS):
            yield {n: _like(call.arguments[n], rng) for n in names}


def _has_shape(value: Any) -> bool:
    return (
        isinstance(value, np.ndarray)
        and value.dtype.kind == "f"
        and 0 < value.size <= MOST
        and value.ndim < 3
    )


def _like(value: Any, rng: np.random.Generator) -> Any:
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return round(value * rng.uniform(0.5, 1.5), 4)
    return np.round(value * rng.uniform(0.5, 1.5, value.shape) + 0.01 * rng.uniform(-1, 1, value.shape), 4)


def _point(f: Callable, at: Arguments, slopes: bool) -> dict[str, Any]:
    """Where, what f is worth there, and whether f is smooth there."""
    value = _worth(f, at)
    again = _worth(f, at)
    ahead, behind = (_worth(f, {k: v + h for k, v in at.items()}) for h in (NEAR, -NEAR))
    with np.errstate(all="ignore"):
        bend = np.abs(ahead - 2 * value + behind)
        flat = np.all(bend <= ROUGH * (1 + np.abs(value)))
        smooth = bool(np.all(np.isfinite(value)) and (flat or _falls(f, at, value, bend)))
    if not np.array_equal(value, again, equal_nan=True):
        raise ValueError("it gives another value each time")
    plain = np.where(np.isfinite(value), value, 0.0)  # JSON has no NaN; such a point is not smooth
    found = {
        "at": {k: np.asarray(v).tolist() for k, v in at.items()},
        "value": plain.tolist(),
        "smooth": smooth,
    }
    return found | (slopes_at(partial(_worth, f), at, value) if smooth and slopes else {})


def _falls(f: Callable, at: Arguments, value: np.ndarray, bend: np.ndarray) -> bool:
    """Whether half the step leaves a quarter of the second difference; at a kink it leaves half."""
    ahead, behind = (_worth(f, {k: v + h for k, v in at.items()}) for h in (NEAR / 2, -NEAR / 2))
    left = np.abs(ahead - 2 * value + behind)
    return bool(np.all(left <= 0.27 * bend + 1e-9 * (1 + np.abs(value))))


def _worth(f: Callable, at: Arguments) -> np.ndarray:
    value = f(**{k: snapshot(v) for k, v in at.items()})
    array = np.asarray(value)
    if array.dtype.kind not in "fiub" or array.size > MOST:
        raise TypeError(f"its value is a {type(value).__name__}, which is not compared")
    return array.astype(float)


def _latex(f: Callable, points: list[dict[str, Any]]) -> str:
    """The right side of f's own formula, for the cure."""
    from chalkgrad.render.formula import formula

    smooth = next((p for p in points if p["smooth"]), None)
    if smooth is None:
        return ""
    try:
        arguments = (np.asarray(v) if isinstance(v, list) else v for v in smooth["at"].values())
        return formula(f, *arguments).latex
    except TimeoutError:
        raise
    except Exception:  # a cure is a help, and no finding hangs on it
        return ""
