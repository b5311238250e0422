"""In the child: the data of each card, from the best example that its views accept."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from chalkgrad.foundation import Chain
from chalkgrad.grad import derivative
from chalkgrad.notes.calls import Calls, snapshot
from chalkgrad.notes.examples import VECTOR, bind, examples, parameters_of
from chalkgrad.notes.faults import describe_error, explain
from chalkgrad.notes.limits import Limits, alarm
from chalkgrad.notes.spark import HIGH, LOW, POINTS

LARGEST = 16 * 2**20  # characters of one card's JSON
SKIPPED = "its author asks for no card"
NO_EXAMPLE = "there are no arguments to try it with; call it once in the notes"


@dataclass(frozen=True, eq=False, slots=True)
class Defined:
    """A function or a chain of the notes, as it was when its fence had defined it."""

    fence: int
    name: str
    line: int
    end: int
    f: Any
    chain: bool = False


def chain_of(value: Any) -> Chain | None:
    """The chain that a list of functions stands for, if it is one.

    >>> chain_of([np.square, np.exp]), chain_of([1, 2]), chain_of([])
    (Chain([square, exp]), None, None)
    """
    if isinstance(value, Chain):
        return value
    is_chain = isinstance(value, list | tuple) and value and all(callable(f) for f in value)
    return Chain(value) if is_chain and not any(isinstance(f, type) for f in value) else None


@dataclass(frozen=True)
class Collector:
    """Collects the views of what a note has defined."""

    defined: list[Defined]
    calls: Calls
    namespace: Mapping[str, Any]
    file: str
    limits: Limits
    points: Mapping[str, Any] = field(default_factory=dict)  # where the author wants views to stand, by name

    def records(self) -> Iterator[dict[str, Any]]:
        """One record a function, with the data of its views or with why there are none."""
        elementwise = [d.f for d in self.defined if not d.chain and takes_one_array(d.f)]
        for d in self.defined:
            point = self.points.get(d.name) or {}
            if point.get("skip"):
                views: dict[str, Any] | None = {"why": SKIPPED}
            else:
                views = self._chain(d.f, point) if d.chain else self._function(d.f, elementwise, point)
            if views is not None:
                place = {"fence": d.fence, "name": d.name, "line": d.line, "end": d.end, "chain": d.chain}
                yield {"kind": "function"} | place | views

    def _function(self, f: Any, functions: list[Callable], point: Mapping[str, Any]) -> dict[str, Any]:
        if not callable(f):
            return {"why": f"its decorator made it a {type(f).__name__}, which cannot be called"}
        first: dict[str, Any] = {}
        try:
            for arguments in examples(f, self.calls, self.namespace, functions):
                found = self.collect(f, at_point(f, arguments, point.get("at") or {}), point)
                if "data" in found:
                    return found | self._spark(f)
                first = first or found  # the first example is the best one, so its error tells most
        except (ValueError, TypeError) as error:  # it has no signature
            first = first or self._failure(error)
        return (first or {"why": NO_EXAMPLE}) | self._spark(f)

    def _chain(self, chain: Chain, point: Mapping[str, Any]) -> dict[str, Any] | None:
        """The views of a chain; none where its functions do not work entry by entry: their cards say why."""
        if not takes_one_array(chain):
            return None
        x = next(iter((point.get("at") or {}).values()), 1.0)
        return self.collect(chain, {"x": x}, point) | self._spark(chain)

    def _spark(self, f: Callable) -> dict[str, Any]:
        """Values and slopes for the index, if f is a curve."""
        if not takes_one_array(f):
            return {}
        try:
            with alarm(self.limits.view_seconds), quiet():
                return {"spark": [_values(f), _values(derivative(f))]}
        except BaseException:  # the index shows a box; the card says what is wrong
            return {}

    def collect(
        self, f: Callable, arguments: dict[str, Any], point: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The data of the views at these arguments, or why there are none."""
        try:
            with alarm(self.limits.view_seconds), quiet():
                data = _collect(f, arguments, point or {})
        except BaseException as error:  # a function that leaves the program costs its own card
            return self._failure(error)
        size = len(json.dumps(data, allow_nan=False))
        if size > LARGEST:
            return {"why": f"its views take {size >> 20} MiB; call it on less"}
        return {"data": data, "example": describe(arguments)}

    def _failure(self, error: BaseException) -> dict[str, Any]:
        return {"why": explain(error, self.file), "error": describe_error(error, self.file, 0)}


def at_point(f: Callable, arguments: dict[str, Any], at: Mapping[str, Any]) -> dict[str, Any]:
    """Example arguments with those that were given in their place, as the function takes them.

    Raises:
        ValueError: it has no such parameter.
    """
    parameters = {p.name: p.default for p in parameters_of(f)} if at else {}
    for name in at:
        if name not in parameters:
            raise ValueError(f"at {name}: its parameters are {', '.join(parameters)}")
    example = parameters | arguments
    whole = {k for k, v in at.items() if isinstance(v, float) and v.is_integer() and type(example[k]) is int}
    given = {k: int(v) if k in whole else np.array(v) if isinstance(v, list) else v for k, v in at.items()}
    return arguments | given


def _collect(f: Callable, arguments: dict[str, Any], point: Mapping[str, Any]) -> dict[str, Any]:
    bound, arrays = (f, tuple(arguments.values())) if isinstance(f, Chain) else bind(f, arguments)
    if len(arrays) == 1 and _is_elementwise(bound, arrays[0]):
        arrays = (float(arrays[0]) if point.get("at") and np.ndim(arrays[0]) == 0 else 1.0,)
    bound(*snapshot(arrays))  # a function that does not run says so in its own words, not a tracer's
    from chalkgrad.render.view import collect

    return collect(bound, *arrays, over=tuple(point["over"]) if point.get("over") else None)


def _values(f: Callable) -> list[float | None]:
    y = np.asarray(f(np.linspace(LOW, HIGH, POINTS)), dtype=float)
    return [float(v) if np.isfinite(v) else None for v in y]


class quiet(warnings.catch_warnings):
    """Trying a function out is not the notes' doing: it warns of nothing."""

    def __enter__(self) -> None:
        super().__enter__()
        warnings.simplefilter("ignore")
        self.errors = np.seterr(all="ignore")

    def __exit__(self, *exc: Any) -> None:
        np.seterr(**self.errors)
        super().__exit__(*exc)


def takes_one_array(f: Any) -> bool:
    """Whether f works entry by entry on one array: then it can stand for a parameter that is a function."""
    try:
        with alarm(1.0), quiet():
            return _is_elementwise(f, VECTOR)
    except BaseException:
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
