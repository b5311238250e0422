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
from chalkgrad.trace.operators import install
from chalkgrad.trace.sites import here, imports_inside, prints
from chalkgrad.trace.storage import Storage, View
from chalkgrad.trace.tape import HELD, Tape, bare


class Box:
    """A traced value: a position on a tape, its value, and for arrays the storage it looks at.

    At position `HELD` a Box is a plain array that may still take traced values (`out = np.zeros(3)`).
    Operations on such arrays alone are NumPy's own and leave no record; it enters the tape as a constant
    when a traced value meets it.
    """

    __slots__ = ("at", "path", "store", "tape", "value", "version")
    __array_priority__ = 1000.0

    def __init__(
        self, tape: Tape, at: int, value: Any, store: Storage | None = None, path: tuple[View, ...] = ()
    ):
        self.tape = tape
        self.at = at
        self.value = value
        self.path = path
        self.store = store  # made when somebody looks at a part of it or writes on it
        self.version = 0 if store is None else store.version

    # ----- what it is -----

    @property  # type: ignore[misc]
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

    # __array_ufunc__ and __array_function__ are set by `protocols`, which knows the table

    @property
    def writable(self) -> bool:
        """Whether it is an array; a NumPy scalar can't be written on."""
        return isinstance(bare(self.value), np.ndarray)

    def storage(self) -> Storage:
        """The storage it looks at."""
        if self.store is None:
            self.store = Storage(self.tape, self.at, self.value)
        return self.store

    # ----- Python's questions; the answers decide a path -----

    def __bool__(self) -> bool:
        return bool(self.decide())

    def __index__(self) -> int:
        value = self.plain
        if isinstance(value, (float, np.floating)) or (
            isinstance(value, np.ndarray) and value.dtype.kind == "f"
        ):
            raise TypeError(
                f"{here()}: only integers can be an index or a size; this is {value!r}. Cure: int(...)"
            )
        return self.decide().__index__()

    def __int__(self) -> int:
        return int(self.decide())

    def __float__(self) -> float:
        if self.untraced or prints(sys._getframe(1)):
            return float(self.plain)
        return self._leave("float(...)", "use the value as it is: NumPy's scalars are numbers already")

    def __complex__(self) -> complex:
        if self.untraced:
            return complex(self.plain)
        return self._leave("complex(...)", "chalkgrad differentiates real arithmetic")

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        if self.untraced:
            value = np.asarray(self.plain, dtype=dtype)
            return value.copy() if copy else value
        return self._leave(
            "a plain NumPy array was asked for", "call NumPy's own functions on it, or its methods"
        )

    @property
    def untraced(self) -> bool:
        """Whether its value may go anywhere: its trace has ended, or it is a plain array still."""
        return type(living(self)) is not Box

    def _leave(self, what: str, cure: str) -> Any:
        frame = sys._getframe(2)
        if imports_inside(frame):
            cure = "import NumPy and math at the top of the file, not inside the function"
        self.tape.lose(f"{here()}: {what}: the trace of this value would be lost. Cure: {cure}", frame)
        raise LostTraceError(self.tape.lost)

    def decide(self) -> Any:
        """The plain value, noted as one that decides the path."""
        inner = self.fresh().value
        if self.tape.live and self.at != HELD:
            self.tape.guard(sys._getframe(2), self.at)
        return inner.decide() if type(inner) is Box else inner

    def __len__(self) -> int:
        return len(self.plain)

    def __iter__(self) -> Iterator[Any]:
        if self.plain.ndim == 0:
            raise TypeError("iteration over a 0-d array")
        return (self[i] for i in range(len(self)))

    def __contains__(self, item: Any) -> bool:
        return bool(np.any(self == item))

    def __hash__(self) -> int:
        value = self.plain
        if not self.untraced and isinstance(value, (float, np.floating)):
            return self._leave(
                "hash(...), as a key or for a cache", "key by something that is not differentiated"
            )
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
        if not self.untraced:
            return self._leave("pickling", "pickle the result after the function has returned")
        return bare, (self.plain,)

    # ----- parts -----

    def __getitem__(self, index: Any) -> Any:
        parts, arrays = self._split(index)
        return record(NAMED["getitem"], (self, *arrays), {"index": parts})

    def __setitem__(self, index: Any, v: Any) -> None:
        if not self.writable:
            raise TypeError(f"{here()}: a NumPy scalar can't be written on. Cure: bind the name anew")
        parts, arrays = self._split(index)
        self.storage().write(self, parts, arrays, v)

    def _split(self, index: Any) -> tuple[tuple, tuple]:
        if type(index) is int:
            return (index,), ()
        if type(index) is str or (isinstance(index, list) and index and type(index[0]) is str):
            raise IndexError(
                f"{here()}: {index!r}: a name can't index a plain array. Cure: a number, a slice or a mask"
            )
        return split_index(without_held(index))

    # ----- attributes -----

    def __getattr__(self, name: str) -> Any:
        from chalkgrad.trace.methods import attribute

        return attribute(self, name)

    shape = property(lambda self: self.plain.shape, lambda self, shape: _set(self, "shape", shape))
    flat = property(lambda self: np.reshape(self, -1), lambda self, value: _set(self, "flat", value))
    real = property(lambda self: self, lambda self, value: _set(self, "real", value))
    ndim = property(lambda self: self.plain.ndim)
    dtype = property(lambda self: self.plain.dtype)


def _set(x: Box, name: str, value: Any) -> None:
    from chalkgrad.trace.methods import set_attribute

    set_attribute(x, name, value)


def held(tape: Tape, array: np.ndarray) -> Box:
    """A plain array as one that can take traced values."""
    return Box(tape, HELD, array)


def traced(value: Any) -> bool:
    """Whether a value is a Box that a running trace knows."""
    return type(value) is Box and type(living(value)) is Box


def living(a: Any) -> Any:
    """The innermost value that still counts: ended traces drop away, writes on the array are read, held
    arrays are plain.
    """
    while type(a) is Box:
        store = a.store
        if store is not None and a.version != store.version:
            store.refresh(a)
        if a.tape.live and a.at != HELD:
            return a
        a = a.value
    return a


def without_held(index: Any) -> Any:
    """An index whose held arrays are plain, and its ranges arrays."""
    if type(index) is Box:
        return living(index)
    if type(index) in (tuple, list):
        return type(index)([without_held(i) for i in index])
    return np.asarray(index) if type(index) is range else index


# ----- recording -----


def record(op: Op, args: tuple, params: dict[str, Any], run: Callable | None = None) -> Any:
    """Run an operation on the values inside and enter it into the newest trace among its arguments."""
    if len(args) == 1 and type(args[0]) is Box:
        x = args[0]
        if x.store is None and x.at != HELD and x.tape.live and run is None:
            inner = x.value
            value = record(op, (inner,), params) if type(inner) is Box else op.fun(inner, **params)
            return enter(x.tape, op, (x.at,), params, value, args)
    tape: Tape | None = None
    current, holder = [], None
    for a in args:
        kind = type(a)
        if kind is Box:
            store = a.store
            if store is not None and a.version != store.version:
                store.refresh(a)
            if not a.tape.live:
                a = _surviving(a)
        elif kind is list or kind is tuple:
            a = assembled(a)
        if type(a) is Box:
            if a.at == HELD:
                holder = holder or [a]
                a = a.value
            elif tape is None or a.tape.level > tape.level:
                tape = a.tape
        current.append(a)
    if tape is None:
        return _untraced(op, args, current, params, run, holder)
    values, at = [], []
    for a in current:
        if type(a) is Box and a.tape is tape:
            store = a.store
            if store is not None and not store.shared and op is not _GETITEM:
                store.shared = True
            values.append(a.value)
            at.append(a.at)
        else:
            values.append(a)
            at.append(tape.constant(a))
    value = run(*values) if run is not None else _run(op, values, params)
    return enter(tape, op, tuple(at), params, value, args)


_GETITEM = NAMED["getitem"]


def _surviving(a: Box) -> Any:
    """What is left of a Box whose trace has ended: a Box of an outer trace, a held array, a plain value."""
    while type(a) is Box and not a.tape.live:
        a = a.fresh().value
    return a.fresh() if type(a) is Box else a


def _run(op: Op, values: list[Any], params: dict[str, Any]) -> Any:
    for v in values:
        if type(v) is Box:
            return record(op, tuple(values), params)
    return op.fun(*values, **params)


def _untraced(
    op: Op, args: tuple, values: list[Any], params: dict, run: Callable | None, holder: list | None
) -> Any:
    """Nothing traced takes part: NumPy does it; what comes of held arrays is held again, and views stay
    views.
    """
    value = run(*values) if run is not None else op.fun(*values, **params)
    if holder is None or not isinstance(value, np.ndarray):
        return value
    source = args[0] if args and type(args[0]) is Box else None
    if op.view and source is not None and source.at == HELD and np.may_share_memory(value, source.value):
        return Box(source.tape, HELD, value, source.storage(), (*source.path, View(op, params, args[1:])))
    return held(holder[0].tape, value)


def enter(
    tape: Tape, op: Op, at: tuple[int, ...], params: dict[str, Any], value: Any, args: tuple = ()
) -> Box:
    """Append one operation, whose value is known, to a tape; a view goes on looking at its source's
    storage.
    """
    if op.view and args and type(args[0]) is Box and args[0].tape is tape and at[0] == args[0].at:
        return _enter_view(tape, op, at, params, value, args)
    return Box(tape, tape.append(op, at, params, value), value)


def _enter_view(tape: Tape, op: Op, at: tuple[int, ...], params: dict, value: Any, args: tuple) -> Box:
    source = args[0]
    if not _looks_at(value, source.value) or (op.name in _BY_LAYOUT and not _stays_view(op, params, source)):
        return Box(tape, tape.append(op, at, params, value), value)
    store = source.storage()
    if not store.shared and type(value) is not Box:
        value = value.copy(order="K")  # the buffer will be written in place: what is read from it must stay
    path = (*source.path, View(op, params, args[1:]))
    return Box(tape, tape.append(op, at, params, value), value, store, path)


_BY_LAYOUT = {"reshape", "ravel"}  # NumPy looks or copies as the memory allows


def _stays_view(op: Op, params: dict, source: Box) -> bool:
    """Whether NumPy would look at the array here: what was read from a buffer has been copied, so its
    layout is lost.
    """
    if not source.path or source.store is None or type(source.store.value) is Box:
        return True
    seen = source.store.value
    for step in source.path:
        seen = step.op.fun(seen, *map(bare, step.arrays), **step.params)
    return bool(np.may_share_memory(op.fun(seen, **params), seen))


def _looks_at(value: Any, whole: Any) -> bool:
    """Whether a value is an array that shares its memory with `whole`, here or in the outer trace they
    belong to.
    """
    if type(value) is Box:
        return type(whole) is Box and value.store is not None and value.store is whole.store
    return (
        isinstance(value, np.ndarray) and isinstance(whole, np.ndarray) and np.may_share_memory(value, whole)
    )


def assembled(part: Any) -> Any:
    """A list with traced values in it becomes one traced array, as NumPy would make one of it."""
    if type(part) not in (list, tuple):
        return part
    parts = [assembled(p) for p in part]
    if any(type(p) is Box for p in parts):
        return np.stack([p if type(p) is Box else np.asarray(p) for p in parts])
    return np.asarray(part)


install(Box)
