"""Box: a value under trace. It answers NumPy's two protocols and Python's operators as its value would.

Every Box carries its example value, so Python's `if`, `for`, `len` and f-strings work as they do in NumPy.
`record` is the one place where an operation enters a tape.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from chalkgrad.errors import LostTraceError
from chalkgrad.op import NAMED, Op
from chalkgrad.ops.index import split_index
from chalkgrad.trace.sites import here
from chalkgrad.trace.operators import install
from chalkgrad.trace.storage import Storage, View
from chalkgrad.trace.tape import Tape, bare


class Box:
    """A traced value: a position on a tape, its value, and for arrays the storage it looks at."""

    __slots__ = ("at", "path", "store", "tape", "value", "version")
    __array_priority__ = 1000.0

    def __init__(self, tape: Tape, at: int, value: Any, store: Storage | None = None, path: tuple[View, ...] = ()):
        self.tape = tape
        self.at = at
        self.value = value
        self.path = path
        if store is None and isinstance(value, np.ndarray):
            store = Storage(tape, at, value)
        self.store = store
        self.version = 0 if store is None else store.version

    # ----- what it is -----

    @property
    def __class__(self) -> type:  # isinstance(x, np.ndarray) answers as for the example
        return self.plain.__class__

    @property
    def plain(self) -> Any:
        """The example value itself, read anew if its array has been written on."""
        return bare(self.fresh().value)

    def fresh(self) -> Box:
        """This Box, brought up to date with the writes on its array."""
        store = self.store
        if store is not None and self.version != store.version:
            store.refresh(self)
        return self

    @classmethod
    def record_op(cls, op: Op, args: tuple, params: dict[str, Any]) -> Any:
        """Record an operation that is called with at least one Box (`Op.__call__` comes here)."""
        return record(op, args, params)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        from chalkgrad.trace.protocols import call_ufunc

        return call_ufunc(ufunc, method, inputs, kwargs)

    def __array_function__(self, func: Callable, types: Any, args: tuple, kwargs: dict[str, Any]) -> Any:
        from chalkgrad.trace.protocols import call_function

        return call_function(func, args, kwargs)

    # ----- Python's questions; the answers decide a path -----

    def __bool__(self) -> bool:
        return bool(self.decide())

    def __index__(self) -> int:
        value = self.plain
        if isinstance(value, (float, np.floating)) or (isinstance(value, np.ndarray) and value.dtype.kind == "f"):
            raise TypeError(f"only integers can be an index or a size; this is {value!r} ({here()}). Write int(...)")
        return self.decide().__index__()

    def __int__(self) -> int:
        return int(self.decide())

    def __float__(self) -> float:
        return self._leave("float(...)", "use the value as it is: NumPy's scalars are numbers already")

    def __complex__(self) -> complex:
        return self._leave("complex(...)", "chalkgrad differentiates real arithmetic")

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        if not self.tape.live:
            return np.array(self.plain, dtype=dtype)
        return self._leave("a plain NumPy array was asked for", "call NumPy's own functions on it, or its methods")

    def _leave(self, what: str, cure: str) -> Any:
        if not self.tape.live:
            return {"float(...)": float, "complex(...)": complex}[what](self.plain)
        self.tape.lost = f"{here()}: {what}: the trace of this value would be lost. Cure: {cure}"
        raise LostTraceError(self.tape.lost)

    def decide(self) -> Any:
        """The plain value, noted as one that decides the path."""
        if self.tape.live:
            self.tape.guard(sys._getframe(2))
        inner = self.fresh().value
        return inner.decide() if isinstance_box(inner) else inner

    def __len__(self) -> int:
        return len(self.plain)

    def __iter__(self) -> Iterator[Any]:
        if self.plain.ndim == 0:
            raise TypeError("iteration over a 0-d array")
        return (self[i] for i in range(len(self)))

    def __contains__(self, item: Any) -> bool:
        return bool(np.any(self == item))

    def __hash__(self) -> int:
        return hash(self.decide())

    def __format__(self, spec: str) -> str:
        return format(self.plain, spec)

    def __str__(self) -> str:
        return str(self.plain)

    def __repr__(self) -> str:
        return repr(self.plain)

    def __copy__(self) -> Any:
        return self.copy()

    def __deepcopy__(self, memo: Any) -> Any:
        return self.copy()

    def __reduce__(self) -> Any:
        if self.tape.live:
            return self._leave("pickling", "pickle the result after the function has returned")
        return bare, (self.plain,)

    # ----- parts -----

    def __getitem__(self, index: Any) -> Any:
        if type(index) is str or (isinstance(index, list) and index and type(index[0]) is str):
            raise IndexError(f"a name can't index a plain array: {index!r} ({here()})")
        parts, arrays = split_index(index)
        return record(NAMED["getitem"], (self, *arrays), {"index": parts})

    def __setitem__(self, index: Any, v: Any) -> None:
        if self.store is None:
            raise TypeError(f"a NumPy scalar can't be written on ({here()}): bind the name anew")
        parts, arrays = split_index(index)
        self.store.write(self, parts, arrays, v)

    # ----- attributes -----

    def __getattr__(self, name: str) -> Any:
        from chalkgrad.trace.methods import attribute

        return attribute(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in Box.__slots__:
            object.__setattr__(self, name, value)
        else:
            from chalkgrad.trace.methods import set_attribute

            set_attribute(self, name, value)


def isinstance_box(value: Any) -> bool:
    """Whether a value is a Box (`isinstance` would be told its value's class)."""
    return type(value) is Box


def traced(value: Any) -> bool:
    """Whether a value is a Box of a trace that is still running."""
    return type(value) is Box and value.tape.live


def record(op: Op, args: tuple, params: dict[str, Any], run: Callable | None = None) -> Any:
    """Run an operation on the values inside and enter it into the newest trace among its arguments."""
    tape: Tape | None = None
    current = []
    for a in args:
        if type(a) is Box:
            a = living(a)
            if type(a) is Box and (tape is None or a.tape.level > tape.level):
                tape = a.tape
        elif type(a) in (list, tuple):
            a = assembled(a)
            if type(a) is Box and (tape is None or a.tape.level > tape.level):
                tape = a.tape
        current.append(a)
    if tape is None:
        return run(*current) if run is not None else op.fun(*current, **params)
    values, at, source = [], [], None
    for a in current:
        if tape.adopted and type(a) is not Box:
            a = tape.adopted.get(id(a), (None, a))[1]
        if type(a) is Box:
            store = a.store
            if store is not None:
                source = a if source is None else source
                store.shared = store.shared or op.name not in _READS_PARTS
            if a.tape is tape:
                values.append(a.value)
                at.append(a.at)
                continue
        values.append(a)
        at.append(tape.constant(a))
    value = run(*values) if run is not None else _run(op, values, params)
    return enter(tape, op, tuple(at), params, value, source)


def living(a: Box) -> Any:
    """The innermost value that still counts: ended traces drop away, writes on the array are read."""
    while type(a) is Box:
        store = a.store
        if store is not None and a.version != store.version:
            store.refresh(a)
        if a.tape.live:
            return a
        a = a.value
    return a


_READS_PARTS = {"getitem"}


def _run(op: Op, values: list[Any], params: dict[str, Any]) -> Any:
    for v in values:
        if type(v) is Box:
            return record(op, tuple(values), params)
    return op.fun(*values, **params)


def enter(tape: Tape, op: Op, at: tuple[int, ...], params: dict[str, Any], value: Any, source: Box | None = None) -> Box:
    """Append one operation, whose value is known, to a tape; a view goes on looking at its source's storage."""
    kind = type(value)
    if kind is not np.ndarray:
        position = tape.append(op, at, params, value)
        if kind is Box and value.store is not None:
            return _enter_nested(tape, op, at, params, value, source, position)
        if isinstance(value, np.ndarray):
            return Box(tape, position, value)
        box = Box.__new__(Box)
        box.tape, box.at, box.value, box.store, box.path, box.version = tape, position, value, None, (), 0
        return box
    if op.view and source is not None and source.tape is tape and at[0] == source.at:
        return _enter_view(tape, op, at, params, value, source)
    return Box(tape, tape.append(op, at, params, value), value)


def _enter_view(tape: Tape, op: Op, at: tuple[int, ...], params: dict, value: np.ndarray, source: Box) -> Box:
    store = source.store
    if len(at) > 1 or store is None or not np.may_share_memory(value, bare(source.value)):
        return Box(tape, tape.append(op, at, params, value), value)
    if store.filling:
        value = value.copy()  # the buffer will be written in place: what is read from it must stay as it is
    position = tape.append(op, at, params, value)
    return Box(tape, position, value, store, (*source.path, View(op, params)))


def _enter_nested(
    tape: Tape, op: Op, at: tuple, params: dict, value: Box, source: Box | None, position: int
) -> Box:
    """The value is an array of an outer trace: it is a view here exactly if it is one there."""
    if op.view and source is not None and source.tape is tape and type(source.value) is Box:
        if value.store is source.value.store and source.store is not None:
            return Box(tape, position, value, source.store, (*source.path, View(op, params)))
    return Box(tape, position, value, Storage(tape, position, value))


def assembled(part: Any) -> Any:
    """A list with traced values in it becomes one traced array, as NumPy would make one of it."""
    if type(part) not in (list, tuple):
        return part
    parts = [assembled(p) for p in part]
    if any(type(p) is Box for p in parts):
        return np.stack(parts)
    return np.asarray(part)


install(Box)
