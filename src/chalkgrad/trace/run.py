"""`trace`: run a function once on Boxes and keep the record."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Sequence
from functools import partial
from types import CodeType
from typing import Any

import numpy as np

from chalkgrad.errors import ArgumentError
from chalkgrad.graph import FunctionName, Graph
from chalkgrad.trace.box import Box, living
from chalkgrad.trace.collector import rest, resume
from chalkgrad.trace.sites import Calls
from chalkgrad.trace.standins import run_standing_in
from chalkgrad.trace.tape import HELD, Tape
from chalkgrad.tree import flatten, unflatten

_TRACEABLE = (float, int, bool, np.ndarray, np.generic)


class Run:
    """One run of a function under trace: the tape, and the Boxes that came out.

    Use as a context: the trace ends with it.
    """

    def __init__(self, f: Callable, args: tuple, kwargs: dict[str, Any], names: bool = False):
        self.f, self.args, self.kwargs, self.names = f, args, kwargs, names
        self.leaves, self.structure = flatten((args, kwargs))
        self.renew()

    def renew(self) -> None:
        """Begin with an empty tape."""
        self.tape = Tape()
        if self.names:
            self.tape.calls = Calls(sys._getframe(), code_of(self.f), self._position_of)
        self.boxes = self._boxes(argument_names(self.f, self.args, self.kwargs) if self.names else ())
        # on the tape, one a leaf
        self.inputs: list[Any] = [b.at if type(b) is Box else None for b in self.boxes]

    def arguments(self) -> tuple[tuple, dict[str, Any]]:
        """The arguments with Boxes for their numbers and arrays."""
        return unflatten(self.structure, self.boxes)

    def plain_arguments(self) -> tuple[tuple, dict[str, Any]]:
        """The arguments as they were given."""
        return self.args, self.kwargs

    def _boxes(self, names: Sequence[str]) -> list[Any]:
        seen: dict[int, Box] = {}
        boxes = []
        for i, leaf in enumerate(self.leaves):
            box = seen.get(id(leaf)) if isinstance(leaf, np.ndarray) else None
            if box is None:
                box = self._box(leaf, names[i] if i < len(names) else "")
                seen[id(leaf)] = box
            boxes.append(box)
        return boxes

    def _box(self, leaf: Any, name: str) -> Any:
        if type(leaf) is Box:
            leaf = living(leaf)
        if not traceable(leaf):
            return leaf
        return Box(self.tape, self.tape.input(leaf, name), leaf)

    def _position_of(self, value: Any) -> tuple[int | None, Any]:
        if type(value) is Box and value.tape is self.tape:
            return (value.at if value.at != HELD else self.tape.where_held(value.value)), None
        name = getattr(value, "__name__", "") if callable(value) and not isinstance(value, type) else ""
        if isinstance(name, str) and name.isidentifier():
            return None, FunctionName(name)
        return None, value if isinstance(value, (*_TRACEABLE[:3], str, type(None))) else type(value).__name__

    def __enter__(self) -> Run:
        rest()
        try:
            self._call()
        except BaseException:
            self.tape.end()
            resume()
            raise
        return self

    def _call(self) -> None:
        result = run_standing_in(self)
        if inspect.isgenerator(result) or inspect.iscoroutine(result):
            raise_not_a_function(self.f, result)
        self.results, self.out_structure = flatten(result)

    def __exit__(self, *_: Any) -> None:
        self.tape.end()
        resume()

    def outputs(self) -> list[int]:
        """The positions of the results; a result that was never traced enters as a constant."""
        return [self._output(r) for r in self.results]

    def _output(self, result: Any) -> int:
        live = living(result) if type(result) is Box else result
        if type(live) is Box and live.tape is self.tape:
            return live.at
        if type(live) is not Box and not isinstance(live, _TRACEABLE):
            raise ArgumentError(
                f"{name_of(self.f)} returns {describe_value(result)}; "
                "a derivative and a view need numbers or NumPy arrays"
            )
        return self.tape.constant(live)

    def values(self) -> list[Any]:
        """The values of the results, one level down: plain, or traced by an outer trace."""
        return [self.tape.values[at] for at in self.outputs()]


def trace(f: Callable, *args: Any, **kwargs: Any) -> Graph:
    """Run `f` once on example arguments and return the record of what it did.

    Args:
        f: any callable in plain NumPy.
        *args, **kwargs: example arguments; floats, arrays, and nested dicts, lists and tuples of them.

    Returns: A `Graph`: nodes in order, arguments as positions. If a value decided the path (`if x > 0`), the
    graph is valid for that path and says so in `guards`.

    Raises:
        TraceError: something could not be recorded; the message names the line and the cure.

    >>> import numpy as np
    >>> def sigmoid(x):
    ...     return 1 / (1 + np.exp(-x))
    >>> [node.op.name for node in trace(sigmoid, 1.0).nodes if node.op]
    ['negative', 'exp', 'add', 'divide']
    """
    check_callable(f)
    with Run(f, args, kwargs, names=True) as run:
        return run.tape.graph(
            run.outputs(),
            in_structure=run.structure,
            out_structure=run.out_structure,
            name=name_of(f),
            source=f,
        )


# ----- what is known about a callable -----


def traceable(leaf: Any) -> bool:
    """Whether a leaf of the arguments becomes a Box: a number or an array of real numbers."""
    if type(leaf) is Box:
        return True
    if isinstance(leaf, np.ndarray) and leaf.dtype.kind == "O":
        raise ArgumentError(
            f"an object array ({leaf.shape}) can't be traced. Cure: np.array(..., dtype=float)"
        )
    if (isinstance(leaf, (np.ndarray, np.generic)) and leaf.dtype.kind == "c") or isinstance(leaf, complex):
        raise ArgumentError(
            "a complex argument can't be traced. Cure: pass the real and the imaginary part on their own"
        )
    if isinstance(leaf, (np.ndarray, np.generic)):
        return leaf.dtype.kind in "fiub"
    return type(leaf) in (float, int)  # a truth value is a flag: `if training is True`


def check_callable(f: Any) -> None:
    """Raise if f is nothing that can be called for a value."""
    if not callable(f):
        raise ArgumentError(f"a function is expected, not {describe_value(f)}. Cure: pass f itself, not f(x)")
    plain = inspect.unwrap(f) if not isinstance(f, partial) else f.func
    if (
        inspect.isgeneratorfunction(plain)
        or inspect.iscoroutinefunction(plain)
        or inspect.isasyncgenfunction(plain)
    ):
        raise_not_a_function(f, plain)


def raise_not_a_function(f: Callable, made: Any) -> None:
    """A generator or a coroutine is no value."""
    generator = (
        inspect.isgeneratorfunction(made) or inspect.isgenerator(made) or inspect.isasyncgenfunction(made)
    )
    kind, cure = ("a generator", "return a list or an array") if generator else ("async", "use a plain def")
    raise ArgumentError(
        f"{name_of(f)}{place_of(f)} is {kind}, so it has no value to differentiate. Cure: {cure}"
    )


def place_of(f: Callable) -> str:
    """` (file:line)` of a callable's definition, for messages; empty where there is none."""
    code = code_of(f)
    return "" if code is None else f" ({code.co_filename}:{code.co_firstlineno})"


def code_of(f: Any) -> CodeType | None:
    """The code object that runs when f is called, if it is Python's."""
    while isinstance(f, partial):
        f = f.func
    f = getattr(f, "__func__", f)
    f = inspect.unwrap(f) if hasattr(f, "__wrapped__") else f
    if hasattr(f, "__code__"):
        return f.__code__
    call = getattr(type(f), "__call__", None)  # noqa: B004 (the method is wanted, not whether there is one)
    return getattr(call, "__code__", None)


def name_of(f: Any) -> str:
    """How a callable is called in formulas and messages."""
    while isinstance(f, partial):
        f = f.func
    name = getattr(f, "__name__", None) or type(f).__name__
    return "f" if name == "<lambda>" else name


def argument_names(f: Callable, args: tuple, kwargs: dict[str, Any]) -> list[str]:
    """A name for each leaf of the arguments: the parameter's, with its entry if it is nested."""
    try:
        parameters = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    names: list[str] = []
    for i, arg in enumerate(args):
        names += _leaf_names(arg, _parameter_name(parameters, i, len(args)))
    for key, arg in kwargs.items():
        names += _leaf_names(arg, key)
    return names


def _parameter_name(parameters: list[inspect.Parameter], i: int, count: int) -> str:
    if i < len(parameters) and parameters[i].kind is not inspect.Parameter.VAR_POSITIONAL:
        return parameters[i].name.rstrip("_") or parameters[i].name
    rest = [p for p in parameters if p.kind is inspect.Parameter.VAR_POSITIONAL]
    return f"{rest[0].name}_{i}" if rest else ("x" if count == 1 else f"x_{i + 1}")


def _leaf_names(tree: Any, name: str) -> list[str]:
    if isinstance(tree, dict):
        return [n for k, t in tree.items() for n in _leaf_names(t, str(k))]
    if isinstance(tree, (list, tuple)):
        return [n for i, t in enumerate(tree) for n in _leaf_names(t, f"{name}_{i}")]
    return [name]


def describe_value(value: Any) -> str:
    """A value in a few words, for messages."""
    if isinstance(value, np.ndarray):
        return f"an array of dtype {value.dtype}"
    text = repr(value)
    return f"{type(value).__name__} {text if len(text) < 40 else text[:37] + '...'}"
