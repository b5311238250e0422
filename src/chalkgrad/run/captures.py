"""What a function reads besides its arguments: globals, closures, attributes of `self`, and what they hold.

    array                  a hidden input: read at each call
    number, text           by value: another value is another program
    anything else          by identity

A slot is one place (a dictionary's entry, a closure's cell, an attribute). While a function is traced for
compiling, the arrays in its slots are replaced by Boxes, so that whatever is computed from them is recorded,
and put back afterwards.
"""

from __future__ import annotations

import dis
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from types import BuiltinFunctionType, CellType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from chalkgrad.errors import CompileError
from chalkgrad.op import Op
from chalkgrad.trace.sites import is_persons

MOST = 100_000  # slots; more are a data set in the function's reach, not its parameters
MISSING: Any = object()
_BY_VALUE = (float, int, bool, complex, str, bytes, np.generic)
_PLAIN = (*_BY_VALUE, type(None), np.ndarray)
_CLOSED = (
    ModuleType,
    BuiltinFunctionType,
    np.ufunc,
    np.dtype,
    Op,
    CodeType,
    np.random.Generator,
    np.random.RandomState,
)


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """One place that a function reads: how to read it, how to write it, and how messages call it."""

    holder: Any
    key: Any
    name: str

    def get(self) -> Any:
        """What is there now; MISSING if nothing is."""
        holder = self.holder
        if type(holder) is CellType:
            try:
                return holder.cell_contents
            except ValueError:  # not yet bound
                return MISSING
        if isinstance(holder, dict):
            return holder.get(self.key, MISSING)
        if isinstance(holder, list):
            return holder[self.key] if self.key < len(holder) else MISSING
        return getattr(holder, self.key, MISSING)

    def put(self, value: Any) -> None:
        """Write it."""
        if isinstance(self.holder, (dict, list)):
            self.holder[self.key] = value
        elif type(self.holder) is CellType:
            self.holder.cell_contents = value
        elif isinstance(self.holder, type):
            setattr(self.holder, self.key, value)
        else:
            object.__setattr__(self.holder, self.key, value)


class Captures:
    """The slots in reach of a function, and what was in them when it was traced."""

    def __init__(self, f: Any, name: str = "f"):
        self.slots: list[Slot] = []
        self.containers: list[tuple[str, Any, int]] = []  # name, list or dictionary, how many parts
        self.codes: list[CodeType] = []
        self._seen: set[Any] = set()  # ids of things, and (id of the holder, key) of slots
        self._walk(f, name)
        self.values = [s.get() for s in self.slots]
        pairs = list(zip(self.slots, self.values, strict=True))
        self.arrays = [s for s, v in pairs if holds_array(v)]
        self.fixed = [(s, v) for s, v in pairs if not holds_array(v)]
        self.same = self._quick_check()

    def _quick_check(self) -> Callable[[], bool]:
        """Whether everything fixed is the very object it was: one expression, since it runs at each call."""
        names: dict[str, Any] = {"missing": MISSING, "len": len}
        tests = []
        for i, (slot, value) in enumerate(self.fixed):
            names |= {f"h{i}": slot.holder, f"k{i}": slot.key, f"v{i}": value, f"s{i}": slot}
            read = f"h{i}.get(k{i}, missing)" if type(slot.holder) is dict else f"s{i}.get()"
            tests.append(f"{read} is v{i}")
        for i, (_, holder, size) in enumerate(self.containers):
            names[f"c{i}"] = holder
            tests.append(f"len(c{i}) == {size}")
        return eval("lambda: " + (" and ".join(tests) or "True"), names) if len(tests) <= 1000 else _never

    # ----- finding -----

    def _walk(self, root: Any, name: str) -> None:
        """Everything in reach; a list of what is still to be looked at, since structures may be deep."""
        todo = [(root, name)]
        while todo:
            thing, name = todo.pop()
            if isinstance(thing, (*_PLAIN, *_CLOSED)) or id(thing) in self._seen:
                continue
            self._seen.add(id(thing))
            for slot in self._slots(thing, name):
                place = id(slot.holder), slot.key
                if place not in self._seen:
                    self._seen.add(place)
                    self.slots.append(slot)
                    todo.append((slot.get(), slot.name))
            todo += self._inside(thing, name)
            if len(self.slots) > MOST:
                raise CompileError(
                    f"{name}: more than {MOST} objects are in reach. Cure: hand the data in as an argument"
                )

    def _slots(self, thing: Any, name: str) -> Iterator[Slot]:
        if isinstance(thing, FunctionType):
            yield from self._of_function(thing)
        elif isinstance(thing, (dict, list)):
            self.containers.append((name, thing, len(thing)))
            yield from (
                Slot(thing, k, f"{name}[{k!r}]")
                for k in (thing if isinstance(thing, dict) else range(len(thing)))
            )
        elif isinstance(thing, type):
            yield from (
                Slot(thing, k, f"{thing.__name__}.{k}") for k, v in vars(thing).items() if _is_state(k, v)
            )
        elif not isinstance(thing, (tuple, set, frozenset, MethodType, partial)):
            yield from self._of_object(thing, name)

    def _of_function(self, f: FunctionType) -> Iterator[Slot]:
        for variable, cell in zip(f.__code__.co_freevars, f.__closure__ or (), strict=True):
            yield Slot(cell, "", variable)
        if f.__defaults__:
            yield Slot(f, "__defaults__", f"the defaults of {f.__name__}")
        if not is_persons(f.__code__):
            return
        self.codes.append(f.__code__)
        reads, writes = globals_of(f.__code__)
        for variable in sorted(reads & f.__globals__.keys() | writes):
            if not isinstance(f.__globals__.get(variable), ModuleType):
                yield Slot(f.__globals__, variable, variable)

    def _of_object(self, thing: Any, name: str) -> Iterator[Slot]:
        attributes = getattr(thing, "__dict__", None)
        if isinstance(attributes, dict):
            self.containers.append((name, attributes, len(attributes)))
            yield from (Slot(attributes, k, f"{name}.{k}") for k in attributes if not k.startswith("__"))
        for kind in type(thing).__mro__:
            slots = kind.__dict__.get("__slots__", ())
            for k in (slots,) if isinstance(slots, str) else slots:
                if k not in ("__dict__", "__weakref__") and hasattr(thing, k):
                    yield Slot(thing, k, f"{name}.{k}")

    def _inside(self, thing: Any, name: str) -> list[tuple[Any, str]]:
        """Parts that can't be rebound: they are looked into, and are no slots themselves."""
        if isinstance(thing, (tuple, set, frozenset)):
            return [(part, f"{name}[{i}]") for i, part in enumerate(thing)]
        if isinstance(thing, MethodType):
            return [(thing.__self__, "self"), (thing.__func__, name)]
        if isinstance(thing, partial):
            if holds_array(thing.args):
                raise CompileError(f"{name} is a partial with an array by position. Cure: give it by keyword")
            return [(thing.func, name), (thing.args, name), (thing.keywords, name)]
        if isinstance(thing, FunctionType):
            return [(thing.__kwdefaults__, name)] if thing.__kwdefaults__ else []
        if isinstance(thing, type):
            return [
                (m, name)
                for m in vars(thing).values()
                if isinstance(m, FunctionType) and is_persons(m.__code__)
            ]
        return [(kind, kind.__name__) for kind in type(thing).__mro__ if kind is not object]

    # ----- at each call -----

    def changed(self) -> str | None:
        """The name of something that is not what it was; None if all is."""
        if self.same():
            return None
        for slot, value in self.fixed:
            now = slot.get()
            if now is not value and not _equal(now, value):
                return slot.name
        for name, holder, size in self.containers:
            if len(holder) != size:
                return name
        return None

    def read(self) -> list[Any]:
        """What is in the slots with arrays now: an array, or a tuple with arrays in it."""
        return [s.get() for s in self.arrays]


def _never() -> bool:
    return False


def holds_array(value: Any) -> bool:
    """Whether a value is an array, or a tuple with one in it."""
    return is_numeric(value) or (isinstance(value, tuple) and any(holds_array(v) for v in value))


def is_numeric(value: Any) -> bool:
    """Whether a value is an array of real numbers or truth values."""
    return isinstance(value, np.ndarray) and value.dtype.kind in "fiub"


def _is_state(name: str, value: Any) -> bool:
    return not name.startswith("__") and (isinstance(value, (*_PLAIN, list, dict)) or holds_array(value))


def _equal(a: Any, b: Any) -> bool:
    return type(a) is type(b) and isinstance(b, _BY_VALUE) and (bool(a == b) or (a != a and b != b))


@lru_cache(maxsize=1024)
def globals_of(code: CodeType) -> tuple[frozenset[str], frozenset[str]]:
    """The global names that some code and the functions in it read, and those they assign."""
    steps = list(dis.get_instructions(code))
    reads = {i.argval for i in steps if i.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
    writes = {i.argval for i in steps if i.opname in ("STORE_GLOBAL", "DELETE_GLOBAL")}
    inner = [globals_of(c) for c in code.co_consts if isinstance(c, CodeType)]
    return frozenset(reads.union(*(r for r, _ in inner))), frozenset(writes.union(*(w for _, w in inner)))


class Swapped:
    """The arrays of some captures as Boxes of a tape, for as long as the context lasts; then everything is
    put back.

    Args:
        captures: what to replace.
        box: makes the Box of one array, given its name.
    """

    def __init__(self, captures: Captures, box: Callable[[Any, str], Any]):
        self.captures = captures
        self.box = box
        self.positions: list[
            int
        ] = []  # on the tape, one an array, in the order in which `flat_arrays` gives them
        self.written: list[str] = []
        self._known: dict[int, Any] = {}
        self._names: dict[int, str] = {}

    def __enter__(self) -> Swapped:
        captures = self.captures
        self.copies = [(name, c, c.copy()) for name, c, _ in captures.containers]
        self.before = captures.read()
        self.put = [self._boxed(v, s.name) for s, v in zip(captures.arrays, self.before, strict=True)]
        for slot, value in zip(captures.arrays, self.put, strict=True):
            slot.put(value)
        return self

    def _boxed(self, value: Any, name: str) -> Any:
        if is_numeric(value):
            if id(value) not in self._known:
                self._known[id(value)] = self.box(value, name)
                self._names[id(self._known[id(value)])] = name
            box = self._known[id(value)]
            self.positions.append(box.at)
            return box
        if not isinstance(value, tuple):
            return value
        parts = [self._boxed(v, f"{name}[{i}]") for i, v in enumerate(value)]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)

    def note_written(self) -> None:
        """Note, before the trace ends, which of the arrays were written on."""
        for box in self._known.values():
            if box.store is not None and box.store.version:
                self.written.append(self._names[id(box)])

    def __exit__(self, *_: Any) -> None:
        """Put everything back, and note what the function wrote."""
        captures = self.captures
        slots = [*captures.arrays, *(s for s, _ in captures.fixed)]
        left = [*self.put, *(v for _, v in captures.fixed)]
        was = [*self.before, *(v for _, v in captures.fixed)]
        self.written += [s.name for s, v in zip(slots, left, strict=True) if s.get() is not v]
        for slot, value in zip(slots, was, strict=True):
            if slot.get() is not value:
                slot.put(value) if value is not MISSING else slot.holder.pop(slot.key)
        for name, holder, copy in self.copies:
            if len(holder) != len(copy):
                self.written += (
                    [f"{name}.{k}" for k in holder if k not in copy] if isinstance(holder, dict) else [name]
                )
                holder.clear()
                holder.update(copy) if isinstance(holder, dict) else holder.extend(copy)


def flat_arrays(values: list[Any]) -> list[np.ndarray]:
    """The arrays in what `Captures.read` gives."""
    found: list[np.ndarray] = []
    for value in values:
        if isinstance(value, tuple):
            found += flat_arrays(list(value))
        elif is_numeric(value):
            found.append(value)
    return found
