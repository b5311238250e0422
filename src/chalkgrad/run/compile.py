"""`compile`: a function of NumPy arrays as one XLA program, made once for each structure of its arguments.

    shapes, dtypes, nesting            part of the structure: others are another program
    arrays and floats, ints            inputs
    truth values, text, other objects  by value or identity, like what the function captures

The function is traced once; what cannot be one program for all values refuses (`refuse.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from chalkgrad.errors import ArgumentError, EngineError
from chalkgrad.run.captures import flat_arrays
from chalkgrad.run.refuse import PathError
from chalkgrad.run.traced import traced
from chalkgrad.trace.box import Box
from chalkgrad.trace.run import check_callable, name_of
from chalkgrad.tree import LEAF, flatten, unflatten

VARIANTS = 8  # programs kept for one structure, of which each has other captured values


def compile(f: Callable, engine: str = "xla") -> Compiled:
    """A function that does what `f` does, compiled once for each structure of its arguments.

    Args:
        f: a function in plain NumPy; also what `grad`, `derivative` and the others return.
        engine: "xla", which needs `pip install 'chalkgrad[xla]'`.

    Returns:
        A function of the same arguments, NumPy in and NumPy out: float64 stays float64, whatever JAX's
        settings are, and results are writable arrays of their own. Arrays that `f` captures are read at each
        call.

    Raises:
        CompileError: at the first call, if a value decides the path or a shape, random numbers are drawn from
            global
            state, or state is written; the message names the line and the cure.

    >>> import numpy as np
    >>> compile(lambda x: x * x)(np.array([1.0, 3.0]))
    array([1., 9.])
    """
    if engine != "xla":
        raise ArgumentError(f"there is no engine {engine!r}. Cure: engine='xla'")
    check_callable(f)
    return Compiled(f)


class Compiled:
    """See `compile`."""

    def __init__(self, of: Callable):
        self.of = of
        self.bound: tuple[tuple, dict[str, Any]] = ((), {})
        inner: Any = of
        while isinstance(inner, partial):  # its arguments are arguments like any others
            self.bound = ((*inner.args, *self.bound[0]), inner.keywords | self.bound[1])
            inner = inner.func
        self.inner: Callable = inner.inner if isinstance(inner, Compiled) else inner
        self.programs: dict[Any, list[Program]] = {}
        self.static: dict[
            Any, tuple[int, ...]
        ] = {}  # for some structures: leaves that decide the path, by value
        self.__doc__, self.__module__ = getattr(of, "__doc__", None), getattr(of, "__module__", None) or ""
        self.__name__ = self.__qualname__ = name_of(of)

    def __repr__(self) -> str:
        return f"<compiled {name_of(self.of)}>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not kwargs:
            programs = self.programs.get(plain_key(args))
            if programs is not None and programs[0].fits():
                return programs[0](args)
        return self._call(args, kwargs)

    def _call(self, args: tuple, kwargs: dict[str, Any]) -> Any:
        args, kwargs = (*self.bound[0], *args), self.bound[1] | kwargs
        leaves, structure = flatten((args, kwargs))
        if any(type(leaf) is Box for leaf in leaves):
            return self.inner(*args, **kwargs)  # under trace, the trace sees through
        plain = plain_key(args) if not kwargs and self.bound == ((), {}) else None
        known = self._known(leaves, structure, plain)
        program = next((p for p in known if p.fits()), None)
        if program is None:
            program = self._make(leaves, structure)
            known = self._known(leaves, structure, plain)  # the leaves held may be others by now
        else:
            known.remove(program)
        known.insert(0, program)
        del known[VARIANTS:]
        return program(leaves)

    def _known(self, leaves: list[Any], structure: Any, plain: Any) -> list[Program]:
        key = plain if plain is not None else self._key(leaves, structure, self._static(leaves, structure))
        return self.programs.setdefault(key, [])

    def _static(self, leaves: list[Any], structure: Any) -> tuple[int, ...]:
        return self.static.get(self._key(leaves, structure, ()), ())

    def _key(self, leaves: list[Any], structure: Any, static: tuple[int, ...]) -> Any:
        """What a program depends on, the values of `static` leaves included."""
        arrays = [id(x) for x in leaves if isinstance(x, np.ndarray)]
        same = tuple(arrays.index(i) for i in arrays) if len(set(arrays)) < len(arrays) else None
        kinds = tuple(_kind(x) if i not in static else (type(x), x) for i, x in enumerate(leaves))
        return structure, kinds, same

    def _make(self, leaves: list[Any], structure: Any) -> Program:
        """Trace and compile; if whole numbers among the arguments decide the path, they become part of the
        structure.
        """
        try:
            return Program(self.inner, leaves, structure, self._static(leaves, structure))
        except PathError as decided:
            if not decided.leaves:
                raise
            static = (*self._static(leaves, structure), *decided.leaves)
            self.static[self._key(leaves, structure, ())] = static
            return self._make(leaves, structure)


class Program:
    """One compiled program with all that a call needs: whence its inputs come and how its results look."""

    def __init__(self, f: Callable, leaves: list[Any], structure: Any, static: tuple[int, ...]):
        Executable = _executable()
        found = self.traced = traced(f, leaves, structure, static)
        graph, count = found.graph, len(found.kinds)
        self.captures = found.captures
        made = [o for o in graph.outputs if graph.nodes[o].op is not None]
        self.executable = Executable(graph, tuple(dict.fromkeys(made)))
        slots = {o: k for k, o in enumerate(self.executable.outputs)}
        self.results = [
            self._maker(o, kind, slots) for o, kind in zip(graph.outputs[:count], found.kinds, strict=True)
        ]
        self.checks = [(slots.get(o), c) for o, c in zip(graph.outputs[count:], found.checks, strict=True)]
        self.shapes = [
            (graph.nodes[i].shape, graph.nodes[i].dtype) for i in graph.inputs[len(found.sources) :]
        ]
        self.one = len(self.results) == 1 and found.out_structure == LEAF
        self.direct = self._is_direct(len(leaves))

    def _is_direct(self, count: int) -> bool:
        """Whether the leaves go in as they are, and one array comes out: the common call, kept short."""
        plain = (
            self.one and not self.checks and not self.traced.captured and self.traced.kinds == (np.ndarray,)
        )
        everything = self.traced.sources == self.executable.reads == tuple(range(count))
        return plain and everything and len(self.executable.outputs) == 1

    def fits(self) -> bool:
        """Whether what the function captured is still what it was, arrays' values apart."""
        captures = self.captures
        if not captures.same() and captures.changed() is not None:
            return False
        if not captures.arrays:
            return True
        now = flat_arrays(captures.read())
        fitting = self.traced.captured
        return len(now) > max(fitting) and all(
            (now[k].shape, now[k].dtype) == expected for k, expected in zip(fitting, self.shapes, strict=True)
        )

    def __call__(self, leaves: Sequence[Any]) -> Any:
        if self.direct:
            return self.executable.array(leaves)
        given = self._given(leaves)
        made = self.executable.arrays([given[k] for k in self.executable.reads])
        for slot, check in self.checks:
            if slot is not None and bool(made[slot]) is not check.truth:
                raise type(check.error)(*check.error.args)
        results = [result(made, given) for result in self.results]
        return results[0] if self.one else unflatten(self.traced.out_structure, results)

    def _given(self, leaves: Sequence[Any]) -> list[Any]:
        found = self.traced
        given = [leaves[i] for i in found.sources]
        if found.captured:
            now = flat_arrays(self.captures.read())
            given += [now[k] for k in found.captured]
        return given

    def _maker(self, at: int, kind: type, slots: dict[int, int]) -> Callable[[list, list], Any]:
        """What makes one result out of what the program made and what it was given."""
        graph = self.traced.graph
        if at in slots:
            slot = slots[at]
            if kind is np.ndarray:
                return lambda made, given: made[slot]
            if issubclass(kind, np.generic):
                return lambda made, given: made[slot][()]
            return lambda made, given: made[slot].item()
        if at in graph.inputs:
            k = graph.inputs.index(at)
            return lambda made, given: given[k].copy() if isinstance(given[k], np.ndarray) else given[k]
        value = graph.nodes[at].value
        return lambda made, given: value.copy() if isinstance(value, np.ndarray) else value


def _executable() -> type:
    """XLA's engine; JAX is looked for at the first program."""
    try:
        from chalkgrad.run.xla import Executable
    except ImportError as error:
        raise EngineError(f"cg.compile needs JAX ({error}). Cure: pip install 'chalkgrad[xla]'") from error
    return Executable


def plain_key(args: tuple) -> Any:
    """A key that is cheap to make, for the common call: arrays and floats by position, no array twice."""
    if len(args) == 1 and type(args[0]) is np.ndarray:
        return args[0].shape, args[0].dtype
    key: list[Any] = []
    for a in args:
        kind = type(a)
        if kind is np.ndarray:
            key += a.shape, a.dtype
        elif kind is float:
            key.append(float)
        else:
            return None
    if len(args) > 1 and len({id(a) for a in args}) < len(args):
        return None
    return tuple(key)


def _kind(leaf: Any) -> Any:
    if isinstance(leaf, (np.ndarray, np.generic)) and leaf.dtype.kind in "fiub":
        return type(leaf), leaf.shape, leaf.dtype
    if type(leaf) in (float, int):
        return type(leaf)
    if isinstance(leaf, (str, bytes, bool, type(None))):
        return type(leaf), leaf
    return _ByIdentity(leaf)


class _ByIdentity:
    """A key that holds on to an object, so that no other can come to have its id."""

    __slots__ = ("thing",)

    def __init__(self, thing: Any):
        self.thing = thing

    def __hash__(self) -> int:
        return id(self.thing)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByIdentity) and self.thing is other.thing
