"""What a function can reach: the namespaces it looks names up in, and the state it can change.

From the code, the closure, the defaults, the instance and its class, and from the arguments; through the
person's own modules and never into the standard library or an installed package other than the function's
own.
"""

from __future__ import annotations

import dis
import functools
import io
import itertools
import os
import sysconfig
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import CellType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from chalkgrad.trace.casts import BUILTINS
from chalkgrad.trace.sites import is_persons_file

_INSTALLED = tuple({os.path.join(sysconfig.get_paths()[k], "") for k in ("purelib", "platlib")})
_PLAIN = (int, float, complex, bool, str, bytes, type(None), np.generic, np.dtype, np.ufunc)
_SOURCES = (np.random.Generator, np.random.RandomState, np.random.BitGenerator)


@dataclass
class Reach:
    """Everything reachable, by kind."""

    spaces: dict[int, dict[str, Any]] = field(default_factory=dict)  # namespaces of functions, by id
    names: dict[int, set[str]] = field(default_factory=dict)  # which names of them are used, by id
    builtins: dict[int, set[str]] = field(default_factory=dict)  # which of them are called, by id
    stored: dict[int, set[str]] = field(default_factory=dict)  # names that a `global` statement binds anew
    holders: list[Any] = field(default_factory=list)  # dicts, lists, sets, deques and closure cells
    defaulted: list[FunctionType] = field(default_factory=list)  # functions with arrays as defaults
    arrays: list[np.ndarray] = field(default_factory=list)
    sources: list[Any] = field(default_factory=list)  # generators of random numbers
    opaque: list[Any] = field(default_factory=list)  # iterators and files, which can't be put back
    codes: set[CodeType] = field(default_factory=set)

    @property
    def asks_arrays(self) -> bool:
        """Whether a plain array that it holds may be asked for its own product: `self.W.dot(x)`."""
        return bool(self.holders) and any(map(_calls_dot, self.codes))

    @property
    def stateless(self) -> bool:
        """Whether a second run can't differ from the first."""
        drawn = any("random" in n or "rand" in n for names in self.names.values() for n in names)
        return not (self.holders or self.stored or self.sources or self.opaque or drawn)


def reach(f: Any, args: tuple = (), kwargs: dict[str, Any] | None = None) -> Reach:
    """Walk from a callable and its arguments."""
    walk = _Walk(_own_package(f))
    walk.run([f, *args, *(kwargs or {}).values()])
    return walk.found


def _own_package(f: Any) -> str:
    module = getattr(f, "__module__", None) or type(f).__module__
    return (module or "").partition(".")[0]


class _Walk:
    def __init__(self, own: str):
        self.own = own
        self.found = Reach()
        self.seen: dict[int, Any] = {}

    def run(self, roots: list[Any]) -> None:
        todo = list(roots)
        while todo:
            value = todo.pop()
            if isinstance(value, _PLAIN) or id(value) in self.seen:
                continue
            self.seen[id(value)] = value
            todo.extend(self._inside(value))

    def _inside(self, value: Any) -> Iterator[Any] | list[Any]:
        if isinstance(value, FunctionType):
            return self._function(value)
        for kind, parts in _PARTS.items():
            if isinstance(value, kind):
                return parts(value)
        if isinstance(value, (dict, list, set, deque)):
            self.found.holders.append(value)
            return list(value.values()) if isinstance(value, dict) else list(value)
        if isinstance(value, (tuple, frozenset)):
            return list(value)
        return self._other(value)

    def _other(self, value: Any) -> list[Any]:
        if isinstance(value, np.ndarray):
            self.found.arrays.append(value)
            return []
        if isinstance(value, _SOURCES):
            self.found.sources.append(value)
            return []
        if isinstance(value, type):
            return self._class(value)
        if isinstance(value, ModuleType):
            return self._module(value)
        if isinstance(value, io.IOBase) or hasattr(type(value), "__next__"):
            self.found.opaque.append(value)
            return []
        return self._instance(value)

    def _function(self, f: FunctionType) -> list[Any]:
        if not self._is_own(f.__code__.co_filename, f.__globals__):
            return list(_cells(f))
        space = f.__globals__
        self.found.spaces[id(space)] = space
        used = self._names(f.__code__, id(space))
        self.found.holders.extend(f.__closure__ or ())
        if any(isinstance(d, (np.ndarray, tuple)) for d in f.__defaults__ or ()):
            self.found.defaulted.append(f)
        kept = [*_cells(f), *(f.__defaults__ or ()), *(f.__kwdefaults__ or {}).values(), *vars(f).values()]
        return [*kept, *(space[n] for n in used if n in space)]

    def _names(self, code: CodeType, space: int) -> set[str]:
        """The names that a code object and those inside it use; notes where `float` or `type` is called."""
        self.found.codes.add(code)
        names = self.found.names.setdefault(space, set())
        names.update(code.co_names)
        called, bound = _calls_and_stores(code)
        if called & BUILTINS.keys():
            self.found.builtins.setdefault(space, set()).update(called & BUILTINS.keys())
        if bound:
            self.found.stored.setdefault(space, set()).update(bound)
        used = set(code.co_names)
        for inner in code.co_consts:
            if isinstance(inner, CodeType):
                used |= self._names(inner, space)
        return used

    def _class(self, kind: type) -> list[Any]:
        if kind.__module__ in ("builtins", "typing", "abc"):
            return []
        return [
            *(v for v in vars(kind).values() if _is_behaviour(v)),
            *kind.__bases__,
            *_own_attributes(kind),
        ]

    def _module(self, module: ModuleType) -> list[Any]:
        if not self._is_own(getattr(module, "__file__", None) or "<frozen", vars(module)):
            return []
        home = module.__name__
        return [v for v in vars(module).values() if getattr(v, "__module__", None) == home]

    def _instance(self, value: Any) -> list[Any]:
        kind = type(value)
        call = getattr(kind, "__call__", None)  # noqa: B004
        home = kind.__module__.partition(".")[0]
        if home not in ("chalkgrad", "__main__") and not self._is_persons_class(kind) and not callable(call):
            return []
        state = getattr(value, "__dict__", None)
        if home != "chalkgrad" and isinstance(state, dict):
            self.found.holders.append(state)
        return [kind, *(state.values() if isinstance(state, dict) else ())]

    def _is_persons_class(self, kind: type) -> bool:
        functions = [v for k in kind.__mro__ for v in vars(k).values() if isinstance(v, FunctionType)]
        return any(self._is_own(f.__code__.co_filename, f.__globals__) for f in functions)

    def _is_own(self, file: str, space: dict[str, Any]) -> bool:
        if file.startswith("<"):  # made by a dataclass or by exec: it belongs where its names are
            file = space.get("__file__") or file
        if file.startswith(_INSTALLED) and (space.get("__name__") or "").partition(".")[0] != self.own:
            return False
        return is_persons_file(file)


_PARTS: dict[Any, Any] = {
    MethodType: lambda m: [m.__func__, m.__self__],
    functools.partial: lambda p: [p.func, *p.args, *p.keywords.values()],
    functools._lru_cache_wrapper: lambda f: [f.__wrapped__],
    np.vectorize: lambda v: [v.pyfunc],
    property: lambda p: [p.fget],
    (staticmethod, classmethod): lambda m: [m.__func__],
    CellType: lambda c: _contents(c),
}


def _cells(f: FunctionType) -> Iterator[Any]:
    for cell in f.__closure__ or ():
        yield from _contents(cell)


def _contents(cell: CellType) -> list[Any]:
    try:
        return [cell.cell_contents]
    except ValueError:  # not bound yet
        return []


def _is_behaviour(value: Any) -> bool:
    return isinstance(value, (FunctionType, staticmethod, classmethod, property, type)) or hasattr(
        value, "__wrapped__"
    )


def _own_attributes(kind: type) -> list[Any]:
    """Arrays, lists and dicts that a class holds itself."""
    return [
        v for n, v in vars(kind).items() if not n.startswith("__") and isinstance(v, (np.ndarray, list, dict))
    ]


@functools.lru_cache(maxsize=4096)
def _calls_and_stores(code: CodeType) -> tuple[frozenset[str], frozenset[str]]:
    """The builtins that are called (or handed to `map`) by name, and the globals that are bound anew."""
    steps = list(dis.get_instructions(code))
    called = {s.argval for s in steps if s.opname == "LOAD_GLOBAL" and s.arg is not None and s.arg & 1}
    named = {s.argval for s in steps if s.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
    stored = {s.argval for s in steps if s.opname in ("STORE_GLOBAL", "DELETE_GLOBAL")}
    return frozenset(called | (named if "map" in named else set())), frozenset(stored)


@functools.lru_cache(maxsize=4096)
def _calls_dot(code: CodeType) -> bool:
    """Whether `.dot` is called on something that an attribute or an entry holds."""
    steps = [s for s in dis.get_instructions(code) if s.opname != "CACHE"]
    held = ("LOAD_ATTR", "BINARY_SUBSCR")
    asked = ("LOAD_METHOD", "LOAD_ATTR")
    pairs = itertools.pairwise(steps)
    return any(b.argval == "dot" and b.opname in asked and a.opname in held for a, b in pairs)
