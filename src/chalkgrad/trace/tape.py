"""The record of one run: parallel lists, one entry an operation, in order.

A tape is what is fast to write; a `Graph` is made from it when somebody wants to look.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Sequence
from types import FrameType
from typing import Any

import numpy as np

from chalkgrad.graph import Graph, Node, Scope, Site, Step
from chalkgrad.op import ELEMENTWISE, Op
from chalkgrad.trace.names import names_of
from chalkgrad.trace.sites import Calls, persons_frame

_levels = itertools.count(1)
_PYTHON_NUMBERS = (float, int, bool)

HELD = -1  # the position of a plain array that may take traced values: no tape knows it yet


class Overwritten:
    """Stands for a value whose buffer has been written on since: only its shape and dtype remain."""

    __slots__ = ("dtype", "ndim", "shape", "size")

    def __init__(self, value: np.ndarray):
        self.shape, self.dtype = value.shape, value.dtype
        self.ndim, self.size = value.ndim, value.size


class Tape:
    """One trace. `level` is higher the later it began: the highest level handles an operation."""

    def __init__(self) -> None:
        self.level = next(_levels)
        self.live = True
        self.ops: list[Op | None] = []
        self.args: list[tuple[int, ...]] = []
        self.params: list[dict[str, Any]] = []
        self.values: list[Any] = []
        self.inputs: list[int] = []
        self.names: dict[int, str] = {}
        self.guards: list[Site | None] = []
        self.decided: list[int] = []  # one a guard: the position whose value decided
        self.guarded = False
        self.wheres: dict[int, tuple[Site | None, tuple[Scope, ...]]] = {}
        self.steps: dict[int, Step] = {}
        self.step: Step | None = None
        self.calls: Calls | None = None  # present only where somebody wants to see names and places
        self.lost: str | None = None  # the note a Box leaves when NumPy would swallow its error
        self.lost_in: dict[str, Any] = {}  # the names of the function where that was
        self._constants: dict[Any, int] = {}
        self._held: dict[int, Any] = {}

    # ----- writing -----

    def append(self, op: Op | None, args: tuple[int, ...], params: dict[str, Any], value: Any) -> int:
        """Record one operation and return its position."""
        at = len(self.ops)
        self.ops.append(op)
        self.args.append(args)
        self.params.append(params)
        self.values.append(value)
        if self.calls is not None:
            self.wheres[at] = self.calls.locate(sys._getframe(2))
        if self.step is not None:
            self.steps[at] = self.step
        return at

    def input(self, value: Any, name: str = "") -> int:
        """Record an input."""
        at = len(self.ops)
        self.ops.append(None)
        self.args.append(())
        self.params.append({})
        self.values.append(value)
        self.inputs.append(at)
        if name:
            self.names[at] = name
        return at

    def constant(self, value: Any) -> int:
        """Record a constant: arrays by a copy, so that writing on them later changes nothing here."""
        if type(value) in _PYTHON_NUMBERS:
            return self._number(value)
        at = self._held.get(id(value))
        if at is not None and _same(self.values[at], value):
            return at
        held = (
            value.copy() if isinstance(value, np.ndarray) and not hasattr(type(value), "record_op") else value
        )
        at = self._held[id(value)] = self._plain(held)
        return at

    def where_held(self, value: Any) -> int | None:
        """Where a plain array stands as a constant, if it does."""
        at = self._held.get(id(value))
        return at if at is not None and _same(self.values[at], value) else None

    def _number(self, value: float) -> int:
        # a zero has a sign, and nan is not equal to itself
        key = (type(value), value) if value and value == value else (type(value), value, str(value))
        at = self._constants.get(key)
        if at is None:
            at = self._constants[key] = self._plain(value)
        return at

    def _plain(self, value: Any) -> int:
        at = len(self.ops)
        self.ops.append(None)
        self.args.append(())
        self.params.append({})
        self.values.append(value)
        if self.calls is not None:
            self.wheres[at] = self.calls.locate(sys._getframe(2))
        return at

    def guard(self, frame: FrameType, at: int = -1) -> None:
        """Note that the value at a position decides the path here."""
        self.guarded = True
        if self.calls is not None:
            self.guards.append(self.calls.locate(frame)[0])
            self.decided.append(at)

    def lose(self, note: str, frame: FrameType | None) -> None:
        """Note that a value was about to leave the record; NumPy swallows exceptions, so the note is what
        counts.
        """
        if self.lost is None:
            leaf = persons_frame(frame)
            self.lost, self.lost_in = note, {} if leaf is None else leaf.f_globals

    def end(self) -> None:
        """Let everything go; Boxes of this trace keep only their value."""
        self.live = False
        if self.calls is not None:
            self.calls.end()
        for name in ("ops", "args", "params", "values", "inputs"):
            setattr(self, name, [])
        for name in ("wheres", "steps", "lost_in", "names", "_constants", "_held"):
            setattr(self, name, {})

    # ----- reading -----

    def key(self, outputs: Sequence[int]) -> Any:
        """The structure: operations, arguments, parameters, shapes and dtypes; of values, only Python's own
        constants.

        The shape and dtype of an array that an elementwise operation made follow from the rest, and are left
        out.
        """
        ndarray, elementwise = np.ndarray, ELEMENTWISE
        kinds = [
            None if type(v) is ndarray and op is not None and op.kind is elementwise else _kind(v, op)
            for v, op in zip(self.values, self.ops, strict=True)
        ]
        for i in self.inputs:
            kinds[i] = _kind(self.values[i], _ANY)
        params = [_hashable(p) if p else None for p in self.params]
        return (
            tuple(self.ops),
            tuple(self.args),
            tuple(params),
            tuple(kinds),
            tuple(self.inputs),
            tuple(outputs),
        )

    def graph(self, outputs: Sequence[int], **fields: Any) -> Graph:
        """The record as a graph, with names and places if they were kept."""
        nodes = tuple(self._node(i) for i in range(len(self.ops)))
        guards, decided = tuple(self.guards), tuple(self.decided)
        return Graph(nodes, tuple(self.inputs), tuple(outputs), guards=guards, decided=decided, **fields)

    def _node(self, i: int) -> Node:
        op, value = self.ops[i], self.values[i]
        shape, dtype, weak = describe(value)
        where, scope = self.wheres.get(i, (None, ()))
        constant = op is None and i not in self._inputs_set()
        name = self.names.get(i, "") or (names_of(where, scope) if op is not None else "")
        return Node(
            op=op,
            args=self.args[i],
            params=self.params[i],
            shape=shape,
            dtype=dtype,
            name=name,
            scope=scope,
            where=where,
            value=bare(value) if constant else None,
            step=self.steps.get(i),
            weak=weak,
        )

    def _inputs_set(self) -> set[int]:
        known = self.__dict__.get("_input_positions")
        if known is None or len(known) != len(self.inputs):
            known = self.__dict__["_input_positions"] = set(self.inputs)
        return known

    def kept(self) -> Tape:
        """A copy that outlives the trace."""
        new = Tape()
        new.live = False
        for name in ("ops", "args", "params", "values", "inputs", "wheres"):
            setattr(new, name, getattr(self, name))
        return new

    def _captured(self) -> list[int]:
        """Constants that an outer trace knows: here they vary like inputs, their values are not built in."""
        known = self._inputs_set()
        pairs = enumerate(zip(self.ops, self.values, strict=True))
        return [i for i, (op, v) in pairs if op is None and hasattr(type(v), "record_op") and i not in known]

    def pythonic(self) -> bool:
        """Whether some value is one of Python's own floats."""
        return any(type(v) is float for v in self.values)

    def with_numpy_numbers(self) -> Tape:
        """A copy in which Python's floats are NumPy's."""
        new = self.kept()
        new.values = [np.float64(v) if type(v) is float else v for v in self.values]
        return new

    def extended(self) -> Tape:
        """A new tape that begins as a copy of this one, on plain values: where a gradient graph is built."""
        new = Tape()
        new.ops, new.args, new.params = list(self.ops), list(self.args), list(self.params)
        new.values = [bare(v) for v in self.values]
        new.inputs, new.names, new.wheres = list(self.inputs), dict(self.names), dict(self.wheres)
        new.inputs += self._captured()
        new.guards, new.guarded, new.steps = list(self.guards), self.guarded, dict(self.steps)
        new.decided = list(self.decided)
        return new


def describe(value: Any) -> tuple[tuple[int, ...], np.dtype, bool]:
    """Shape, dtype and whether a value is a Python number (weak)."""
    kind = type(value)
    if kind in _PYTHON_NUMBERS:
        return (), np.dtype(kind), True
    if hasattr(kind, "record_op"):
        return describe(value.plain)
    if isinstance(value, (np.ndarray, np.generic, Overwritten)):
        return value.shape, value.dtype, False
    return np.shape(value), np.asarray(value).dtype, False


def bare(value: Any) -> Any:
    """The plain value inside any number of Boxes."""
    while hasattr(type(value), "record_op"):
        value = value.plain
    return value


def _kind(value: Any, op: Op | None) -> Any:
    kind = type(value)
    if kind in _PYTHON_NUMBERS:
        return (kind, value, str(value)) if op is None else kind
    if hasattr(kind, "record_op"):
        return _kind(value.plain, op if op is not None else _ANY)
    return kind, value.shape, value.dtype.char


_ANY: Any = object()


def _hashable(params: dict[str, Any]) -> Any:
    if len(params) == 1 and "index" in params:
        return params["index"]  # split into hashable parts when it was read
    return tuple((k, _freeze(v)) for k, v in params.items())


def _freeze(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return (type(value).__name__, *(_freeze(v) for v in value))
    if isinstance(value, dict):
        return ("dict", *((k, _freeze(v)) for k, v in value.items()))
    if isinstance(value, np.ndarray):
        return (value.shape, value.dtype.char, value.tobytes())
    if isinstance(value, slice):
        return ("slice", value.start, value.stop, value.step)
    return type(value), value


def _same(held: Any, value: Any) -> bool:
    if held is value:
        return not isinstance(value, np.ndarray)
    if not isinstance(held, np.ndarray) or not isinstance(value, np.ndarray) or held.shape != value.shape:
        return False
    return held.dtype == value.dtype and bool(np.array_equal(_bits(held), _bits(value)))


def _bits(a: np.ndarray) -> np.ndarray:
    """The bits of an array's entries: nan is the same as itself, and -0.0 is not 0.0."""
    flat = np.ascontiguousarray(a).reshape(-1)
    return flat.view(np.uint64 if flat.itemsize == 8 else np.uint8)
