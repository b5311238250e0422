"""In the child: the data of each function's card, from the best example that its views accept."""

from __future__ import annotations

import json
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from chalkgrad.notes.calls import Calls, snapshot
from chalkgrad.notes.examples import VECTOR, bind, examples
from chalkgrad.notes.limits import Limits, alarm

LARGEST = 16 * 2**20  # characters of one card's JSON


@dataclass(frozen=True, eq=False, slots=True)
class Defined:
    """A function of the notes, as it was when its fence had defined it."""

    fence: int
    name: str
    line: int
    end: int
    f: Any


def collect_all(
    defined: list[Defined], calls: Calls, namespace: Mapping[str, Any], file: str, limits: Limits
) -> Iterator[dict[str, Any]]:
    """One record a function, with the data of its views or with why there are none."""
    elementwise = [d.f for d in defined if callable(d.f) and takes_one_array(d.f)]
    for d in defined:
        record = {"kind": "function", "fence": d.fence, "name": d.name, "line": d.line, "end": d.end}
        yield record | _views(d.f, calls, namespace, elementwise, file, limits)


def _views(
    f: Any, calls: Calls, namespace: Mapping[str, Any], functions: list[Callable], file: str, limits: Limits
) -> dict[str, Any]:
    if not callable(f):
        return {"why": f"its decorator made it a {type(f).__name__}, which cannot be called"}
    first = "there are no arguments to try it with: call it once in the notes"
    found = False
    try:
        for arguments in examples(f, calls, namespace, functions):
            with alarm(limits.view_seconds), warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                data, why = _try(f, arguments, file)
            if data is not None:
                return {"data": data, "example": describe(arguments)}
            first, found = (first, True) if found else (why, True)
    except (ValueError, TypeError, TimeoutError) as error:  # no signature, or an alarm between two tries
        first = first if found else explain(error, file)
    return {"why": first}


def _try(f: Callable, arguments: dict[str, Any], file: str) -> tuple[Any, str]:
    """Data of the views at these arguments, or None and the reason."""
    try:
        bound, arrays = bind(f, arguments)
        if len(arrays) == 1 and _is_elementwise(bound, arrays[0]):
            arrays = (1.0,)
        bound(*snapshot(arrays))  # a function that does not run says so in its own words, not a tracer's
        from chalkgrad.render.view import collect

        data = collect(bound, *arrays)
        size = len(json.dumps(data, allow_nan=False))
        return (
            (data, "")
            if size <= LARGEST
            else (None, f"its views take {size >> 20} MiB; give it smaller arguments")
        )
    except Exception as error:
        return None, explain(error, file)


def takes_one_array(f: Callable) -> bool:
    """Whether f works entry by entry on one array: then it can stand for a parameter that is a function."""
    try:
        with alarm(1.0), warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return _is_elementwise(f, VECTOR)
    except Exception:
        return False


def _is_elementwise(f: Callable, x: Any) -> bool:
    """Whether a number will do for an example: f at each entry alone is f of the whole."""
    if isinstance(x, float | int):
        return True
    if not isinstance(x, np.ndarray) or x.ndim != 1 or x.dtype.kind != "f":
        return False
    try:
        whole = np.asarray(f(x.copy()))
        alone = [f(float(entry)) for entry in x]
        if whole.shape != x.shape or any(np.ndim(a) for a in alone):
            return False
        return bool(np.allclose(whole, alone, equal_nan=True) and np.isfinite(f(1.0)))
    except Exception:
        return False


# ----- words -----


def explain(error: BaseException, file: str) -> str:
    """An error in one line, with the line of the notes it was raised on."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return f"{text} (line {lines[-1]})" if lines and f":{lines[-1]}" not in text else text


def describe(arguments: Mapping[str, Any]) -> str:
    """The example in words: `chain = [square, sigmoid], input_range = 5 numbers`."""
    return ", ".join(f"{name} = {_word(value)}" for name, value in arguments.items())


def _word(value: Any) -> str:
    if isinstance(value, np.ndarray) and value.ndim:
        return f"{value.size} numbers" if value.ndim == 1 else " × ".join(map(str, value.shape))
    if isinstance(value, list | tuple):
        return f"[{', '.join(_word(v) for v in value[:6])}{', …' if len(value) > 6 else ''}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {_word(v)}" for k, v in list(value.items())[:6]) + "}"
    if callable(value):
        return getattr(value, "__name__", type(value).__name__)
    return repr(value)[:40]
