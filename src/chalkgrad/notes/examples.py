"""Example arguments for a function: from the calls that the notes make, else by name, else by kind."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import islice
from typing import Any

import numpy as np

from chalkgrad.notes.calls import Calls, snapshot

TRIED = 8  # candidates a function
LONG = 12  # entries; a longer range is thinned, its shape told already
VECTOR = np.array([-2.0, -0.5, 1.0, 2.0])
POSITIVE = np.array([0.25, 0.5, 1.0, 2.0])

Arguments = dict[str, Any]


def examples(
    f: Callable, calls: Calls, namespace: Mapping[str, Any], functions: list[Callable]
) -> Iterator[Arguments]:
    """Candidates in the order in which to try them, at most eight.

    Args:
        f: the function.
        calls: what was seen while the notes ran.
        namespace: the notes' names after the last fence.
        functions: the notes' own functions of one array, for parameters that take a function.
    """
    parameters = parameters_of(f)
    return islice(_all(f, parameters, calls, namespace, functions), TRIED)


def _all(
    f: Callable, parameters: list, calls: Calls, namespace: Mapping, functions: list
) -> Iterator[Arguments]:
    code = getattr(inspect.unwrap(f), "__code__", None)
    seen = sorted(calls.seen.get(code, []) if code else [], key=lambda call: not call.direct)
    for call in seen:
        yield {name: _thinned(snapshot(value)) for name, value in call.arguments.items()}
    required = [p for p in parameters if p.default is p.empty] or ([] if seen else parameters[:1])
    if required:
        yield from _by_name_or_kind(required, calls, namespace, functions)


def parameters_of(f: Callable) -> list[inspect.Parameter]:
    kinds = (
        inspect.Parameter.POSITIONAL_ONLY,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        inspect.Parameter.KEYWORD_ONLY,
    )
    return [p for p in inspect.signature(f).parameters.values() if p.kind in kinds]


# ----- by name: what went to a parameter of this name before, or a variable of this name; else by kind -----


def _by_name_or_kind(
    parameters: list[inspect.Parameter],
    calls: Calls,
    namespace: Mapping[str, Any],
    functions: list[Callable],
) -> Iterator[Arguments]:
    """The first known value of each parameter, then the second ones, …; one without more keeps its last."""
    known = {
        p.name: calls.pool.get(p.name) or _variable(namespace, p.name) or _callables(p, functions)
        for p in parameters
    }
    matrices_first = any(len(name) == 1 and name.isupper() for name, values in known.items() if not values)
    kinds = (_matrices, *ARRAYS[:-1]) if matrices_first else ARRAYS
    rounds = max(map(len, known.values()))
    if not all(known.values()):
        rounds = max(rounds, len(ARRAYS))
    for i in range(rounds):
        arrays = kinds[min(i, len(kinds) - 1)]()
        yield {
            name: _thinned(snapshot(values[min(i, len(values) - 1)])) if values else next(arrays)
            for name, values in known.items()
        }


def _callables(parameter: inspect.Parameter, functions: list[Callable]) -> list[Any]:
    """What a parameter that takes a function, or a list of functions, may be given."""
    annotation = str(parameter.annotation)
    if parameter.name in ("chain", "functions") or re.search(
        r"(list|sequence|tuple)\b.*callable", annotation, re.I
    ):
        return [(functions * 3)[:length] for length in (2, 3)] if functions else []
    if parameter.name in ("func", "fn", "function") or "Callable" in annotation:
        return functions[:1]
    return []


def _variable(namespace: Mapping[str, Any], name: str) -> list[Any]:
    value = namespace.get(name)
    return [value] if isinstance(value, int | float | list | tuple | dict | np.ndarray | np.generic) else []


def _thinned(value: Any) -> Any:
    if isinstance(value, np.ndarray) and value.ndim == 1 and value.size > LONG:
        return value[np.linspace(0, value.size - 1, 5).round().astype(int)]
    return value


# ----- by kind -----


def _vectors(first: Any) -> Iterator[Any]:
    """The first one, and others like it that differ from it at every entry."""
    scale = 1.0
    while True:
        yield first * scale
        scale *= 0.75


def _matrices() -> Iterator[np.ndarray]:
    """X (2 × 3), W (3 × 2), b (2), …: what a layer takes."""
    for shape in ((2, 3), (3, 2), (2,), (2, 2), (2,)):
        yield np.linspace(-1.0, 1.0, int(np.prod(shape)) + 1)[1:].reshape(shape)
    yield from _vectors(VECTOR[:2])


ARRAYS: tuple[Callable[[], Iterator[Any]], ...] = (
    lambda: _vectors(VECTOR),
    lambda: _vectors(POSITIVE),
    lambda: _vectors(np.float64(1.0)),
    _matrices,
)


# ----- arguments as a call -----


def bind(f: Callable, arguments: Arguments) -> tuple[Callable, tuple]:
    """Split arguments into what a graph can take as inputs and the rest, which is bound beforehand.

    Leading arguments that are no numbers (functions, chains, flags) are bound by position, others by keyword.
    """
    bound: list[Any] = []
    arrays: list[Any] = []
    keywords: dict[str, Any] = {}
    for parameter in (p for p in parameters_of(f) if p.name in arguments):
        name, value = parameter.name, arguments[parameter.name]
        by_keyword = parameter.kind is parameter.KEYWORD_ONLY
        if is_numeric(value) and not by_keyword and not keywords:
            arrays.append(value)
        elif arrays or by_keyword:
            keywords[name] = value
        else:
            bound.append(value)
    return (partial(f, *bound, **keywords) if bound or keywords else f), tuple(arrays)


def is_numeric(value: Any) -> bool:
    """Whether a value is made of numbers alone."""
    if isinstance(value, dict):
        return bool(value) and all(is_numeric(v) for v in value.values())
    if isinstance(value, list | tuple):
        return bool(value) and all(is_numeric(v) for v in value)
    if isinstance(value, np.ndarray | np.generic):
        return value.dtype.kind in "fiu"
    return isinstance(value, int | float) and not isinstance(value, bool)
