"""Python's operators on Boxes. Plain Python numbers stay plain: 2.0 * 3.0 is Python's product, as without a
trace.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

# ----- name of the dunder without its underscores, NumPy's function, Python's -----

BINARY: tuple[tuple[str, Any, Any], ...] = (
    ("add", np.add, operator.add),
    ("sub", np.subtract, operator.sub),
    ("mul", np.multiply, operator.mul),
    ("truediv", np.divide, operator.truediv),
    ("floordiv", np.floor_divide, operator.floordiv),
    ("mod", np.mod, operator.mod),
    ("pow", np.power, operator.pow),
    ("matmul", np.matmul, operator.matmul),
    ("and", np.bitwise_and, operator.and_),
    ("or", np.bitwise_or, operator.or_),
    ("xor", np.bitwise_xor, operator.xor),
    ("lshift", np.left_shift, operator.lshift),
    ("rshift", np.right_shift, operator.rshift),
)
COMPARE: tuple[tuple[str, Any, Any], ...] = (
    ("lt", np.less, operator.lt),
    ("le", np.less_equal, operator.le),
    ("gt", np.greater, operator.gt),
    ("ge", np.greater_equal, operator.ge),
    ("eq", np.equal, operator.eq),
    ("ne", np.not_equal, operator.ne),
)
UNARY: tuple[tuple[str, Any, Any], ...] = (
    ("neg", np.negative, operator.neg),
    ("pos", np.positive, operator.pos),
    ("abs", np.absolute, operator.abs),
    ("invert", np.invert, operator.invert),
)


def install(box: Any) -> None:
    """Give a class the operators of the tables."""
    for name, key, python in BINARY:
        setattr(box, f"__{name}__", _binary(key, python))
        setattr(box, f"__r{name}__", _reflected(key, python))
        setattr(box, f"__i{name}__", _in_place(key, python))
    for name, key, python in COMPARE:
        setattr(box, f"__{name}__", _binary(key, python))
    for name, key, python in UNARY:
        setattr(box, f"__{name}__", _unary(key, python))
    box.__round__ = _round
    box.__divmod__ = lambda self, other: (self // other, self % other)
    box.__rdivmod__ = lambda self, other: (other // self, other % self)
    box.__hash__ = box.__dict__["__hash__"]


def _binary(key: Callable, python: Callable) -> Callable:
    find = _finder(key)

    def method(self: Any, other: Any) -> Any:
        tape = self.tape
        if tape.live and self.store is None and self.at >= 0:  # the common cases, two microseconds sooner
            kind = type(other)
            if kind is float or kind is int:
                value = python(self.value, other)
                return type(self)(
                    tape, tape.append(find(), (self.at, tape.constant(other)), {}, value), value
                )
            if kind is type(self) and other.tape is tape and other.store is None and other.at >= 0:
                value = python(self.value, other.value)
                return kind(tape, tape.append(find(), (self.at, other.at), {}, value), value)
        return _record(find(), (self, other), {}, python)

    return method


def _reflected(key: Callable, python: Callable) -> Callable:
    find = _finder(key)

    def method(self: Any, other: Any) -> Any:
        if type(other) in _REPEATED and python is operator.mul and _is_count(self.plain):
            return other * self.__index__()  # [0] * n repeats the list
        return _record(find(), (other, self), {}, python)

    return method


def _in_place(key: Callable, python: Callable) -> Callable:
    find = _finder(key)
    in_place = getattr(operator, f"i{python.__name__.rstrip('_')}")

    def method(self: Any, other: Any) -> Any:
        if not self.writable:
            return _record(find(), (self, other), {}, python)  # a scalar: the name is bound anew
        if not self.tape.live:
            return in_place(self.fresh().value, other)
        return self.fresh().storage().augment(self, find(), other)

    return method


_REPEATED = (list, tuple, str, bytes)


def _is_count(value: Any) -> bool:
    return isinstance(value, (int, np.integer))


def _unary(key: Callable, python: Callable) -> Callable:
    find = _finder(key)

    def method(self: Any) -> Any:
        return _record(find(), (self,), {}, python)

    return method


def _round(self: Any, digits: int | None = None) -> Any:
    rounded = np.round(self, digits or 0)
    return int(rounded) if digits is None else rounded


def _finder(key: Callable) -> Callable:
    """Look the row up once, at first use: the table fills while modules are still loading."""
    found: list[Any] = []

    def find() -> Any:
        if not found:
            from chalkgrad.trace.protocols import row

            found.append(row(key))
        return found[0]

    return find


def _record(op: Any, args: tuple, params: dict[str, Any], run: Callable) -> Any:
    global _record
    from chalkgrad.trace.box import record

    _record = record
    return record(op, args, params, run)
