"""In the child: one function of a file, at one point, for the terminal or for a page."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Callable
from typing import Any

import numpy as np

from chalkgrad.foundation import Chain
from chalkgrad.notes.calls import snapshot
from chalkgrad.notes.examples import bind, examples, parameters_of
from chalkgrad.notes.faults import explain
from chalkgrad.notes.views import NO_EXAMPLE, Collector, chain_of, describe, quiet, takes_one_array


def show(request: dict[str, Any], collector: Collector) -> dict[str, Any]:
    """Answer `{"function", "at", "page", "color"}` with `{"text"}` or `{"data", "line"}`, or `{"error"}`.

    `at` maps names of parameters to values, each a Python literal as typed.
    """
    try:
        f = find(request["function"], collector)
    except LookupError as error:
        return {"error": str(error.args[0]), "missing": True}
    try:
        at = {name: literal(name, text) for name, text in request["at"].items()}
        return _show(f, at, request, collector)
    except LookupError as error:
        return {"error": str(error.args[0])}


def find(name: str, collector: Collector) -> Callable:
    """The function, chain or method of that name.

    Raises:
        LookupError: there is none, or it cannot be called.
    """
    first, *rest = name.split(".")
    value = collector.namespace.get(first)
    for part in rest:
        value = getattr(value, part, None)
    value = chain_of(value) or value
    if callable(value):
        return value
    names = [d.name for d in collector.defined]
    near = difflib.get_close_matches(name, names, 1)
    cure = f"the nearest name is {near[0]}" if near else f"it has {', '.join(names) or 'none'}"
    raise LookupError(f"{collector.file} has no function {name}; {cure}")


def literal(name: str, text: str) -> Any:
    """A value typed on the command line: a number, or lists of numbers, which become an array.

    Raises:
        LookupError: it is no Python literal.
    """
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        raise LookupError(f"--at {name}={text}: give a number or a list of numbers, as in {name}=2") from None
    if isinstance(value, list | tuple):
        return np.array(value, dtype=float)
    return float(value) if type(value) is int else value


def _show(f: Callable, at: dict[str, Any], request: dict[str, Any], collector: Collector) -> dict[str, Any]:
    why = ""
    for arguments in _arguments(f, at, collector):
        try:
            with quiet():
                return _at(f, arguments, request)
        except Exception as error:
            why = why or explain(error, collector.file)
    raise LookupError(f"{request['function']}: {why or NO_EXAMPLE}")


def _arguments(f: Callable, at: dict[str, Any], collector: Collector) -> list[dict[str, Any]]:
    """What to try: the values given, and examples for the parameters that are left."""
    if isinstance(f, Chain):
        return [{"x": 1.0} | at]
    functions = [d.f for d in collector.defined if not d.chain and takes_one_array(d.f)]
    found = list(examples(f, collector.calls, collector.namespace, functions))
    parameters = {p.name: p.default for p in parameters_of(f)}
    unknown = [name for name in at if name not in parameters]
    if unknown:
        raise LookupError(f"--at {unknown[0]}: the parameters are {', '.join(parameters)}")
    if not at and len(found[0] if found else ()) == 1 and takes_one_array(f):
        found.insert(0, dict.fromkeys(found[0], 1.0))
    return [arguments | _like(at, parameters | arguments) for arguments in found] or [at]


def _like(at: dict[str, Any], example: dict[str, Any]) -> dict[str, Any]:
    """The values given, whole numbers where the example has one (`times=3`), else as they are."""
    floats = {name for name, value in at.items() if isinstance(value, float) and value.is_integer()}
    whole = {name for name in floats if type(example.get(name)) is int}
    return {name: int(value) if name in whole else value for name, value in at.items()}


def _at(f: Callable, arguments: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
    bound, arrays = (f, tuple(arguments.values())) if isinstance(f, Chain) else bind(f, arguments)
    bound(*snapshot(arrays))
    if request["page"]:
        from chalkgrad.render.view import collect

        return {"data": collect(bound, *arrays), "example": describe(arguments)}
    from chalkgrad.notes.table import table

    point = {name: value for name, value in arguments.items() if not callable(value)}
    return {"text": table(bound, arrays, describe(point), request["color"]), "example": describe(arguments)}
