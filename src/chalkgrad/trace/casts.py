"""Classes that course code calls for a value: `float(x)`, `np.float64(x)`.

Only a *call* is ours: as a dtype, in `isinstance` and wherever else a class may stand, the stand-in means
the class itself. (A class in its place would turn `dtype=float` into object arrays; an object with a `dtype`
does not.)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from chalkgrad.ops.casts import astype
from chalkgrad.trace.active import is_traced, newest
from chalkgrad.trace.box import Box, living, record
from chalkgrad.trace.creation import array
from chalkgrad.trace.mathematics import scalar


class Cast:
    """Stands for a class whose calls are ours."""

    def __init__(self, means: type, call: Callable):
        self.means, self._call = means, call
        self.dtype = np.dtype(means)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if newest() is None or not is_traced(args):
            return self.means(*args, **kwargs)
        return self._call(*args, **kwargs)

    def __instancecheck__(self, value: Any) -> bool:
        return isinstance(value, self.means)

    def __subclasscheck__(self, kind: Any) -> bool:
        return issubclass(getattr(kind, "means", kind), self.means)

    def __eq__(self, other: object) -> Any:
        return self.means == getattr(other, "means", other)

    def __hash__(self) -> int:
        return hash(self.means)

    def __repr__(self) -> str:
        return repr(self.means)

    def __or__(self, other: Any) -> Any:
        return self.means | getattr(other, "means", other)

    def __ror__(self, other: Any) -> Any:
        return other | self.means

    def __mro_entries__(self, bases: tuple) -> tuple[type]:
        return (self.means,)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.means, name)


def to_float(x: Any) -> Any:
    """`float(x)`: a Python number, still traced."""
    value = living(x)
    if type(value) is not Box:
        return float(value)
    value = scalar(value)
    if type(value.plain) is float:
        return value
    return record(astype, (value,), {"dtype": np.dtype(float)}, run=to_float)


def to_dtype(kind: type) -> Callable:
    """`np.float32(x)`."""
    return lambda x: array(x, kind)[()]


class Kind(Cast):
    """`type(x)` of a traced x: the example's, so that `type(x) is np.ndarray` goes the person's way."""

    def __init__(self) -> None:
        super().__init__(type, type)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and type(args[0]) is Box:
            return args[0].__class__
        return type(*args, **kwargs)


FLOAT = Cast(float, to_float)
BUILTINS: dict[str, Cast] = {"float": FLOAT, "type": Kind()}
NUMPY = {
    name: Cast(getattr(np, name), to_dtype(getattr(np, name)))
    for name in (
        "float64 float32 float16 double single half longdouble int64 int32 int16 int8 uint8 intp bool_"
    ).split()
}
