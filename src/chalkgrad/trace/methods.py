"""The attributes and methods of arrays, by tables: a method of an array is a function of NumPy."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from chalkgrad.errors import NotYetError, TraceError
from chalkgrad.ops.casts import astype
from chalkgrad.trace.box import Box, held, record
from chalkgrad.trace.sites import here
from chalkgrad.trace.tape import HELD

# ----- x.name(…) is np.name(x, …) -----

METHODS: dict[str, Callable] = {
    name: getattr(np, name)
    for name in (
        "all any argmax argmin argsort clip cumprod cumsum diagonal dot max mean min nonzero "
        "partition prod ptp ravel repeat round searchsorted squeeze std sum swapaxes take trace var conj "
        "argpartition choose"
    ).split()
    if hasattr(np.ndarray, name)  # NumPy 2 arrays have no .ptp
}

# ----- attributes that are plain facts -----

FACTS = ("size", "itemsize", "nbytes", "strides", "flags")

# ----- what an array can do and a traced one must not, with the cure -----

REFUSED = {
    "tobytes": "the bytes of a traced value would lose the trace",
    "tofile": "write the result to the file after the function has returned",
    "dump": "dump the result after the function has returned",
    "data": "a buffer of a traced value would lose the trace",
    "ctypes": "a pointer to a traced value would lose the trace",
    "__array_interface__": "a pointer to a traced value would lose the trace",
    "__array_struct__": "a pointer to a traced value would lose the trace",
    "view": "x.view(dtype) reinterprets bytes; use x.astype(dtype)",
    "resize": "use np.resize or np.pad",
    "setflags": "a traced array is always writable",
    "byteswap": "byte order is no business of a derivative",
}


def attribute(x: Box, name: str) -> Any:
    """What `x.name` is."""
    if name in FACTS:
        return getattr(x.plain, name)
    special = SPECIAL.get(name)
    if special is not None:
        return special(x)
    if name in METHODS:
        return _method(x, METHODS[name])
    if not x.tape.live:
        return getattr(x.plain, name)
    if type(x.plain) in (float, int) and not hasattr(x.plain, name):
        raise AttributeError(f"{type(x.plain).__name__!r} object has no attribute {name!r} ({here()})")
    if name in REFUSED:
        raise AttributeError(f"{here()}: .{name} of a traced value. {REFUSED[name]}")
    if hasattr(np.ndarray, name) and not name.startswith("__"):
        raise NotYetError(f"{here()}: the array method .{name} has no derivative in chalkgrad yet")
    raise AttributeError(f"{type(x.plain).__name__!r} object has no attribute {name!r}")


def _method(x: Box, function: Callable) -> Callable:
    def method(*args: Any, **kwargs: Any) -> Any:
        return function(x, *args, **kwargs)

    method.__name__ = function.__name__
    return method


def set_attribute(x: Box, name: str, value: Any) -> None:
    """`x.name = value`: NumPy allows it for the shape, the real part and the flat entries."""
    if name == "shape":
        raise TraceError(f"{here()}: x.shape = … changes an array's shape in place. Cure: x = x.reshape(…)")
    if name in ("flat", "real"):
        x[...] = np.reshape(value, x.shape) if np.ndim(value) else value
        return
    raise AttributeError(f"{type(x.plain).__name__!r} object attribute {name!r} can't be set ({here()})")


# ----- methods whose calling convention is their own -----


def _many(args: tuple) -> Any:
    """`x.reshape(2, 3)` and `x.reshape((2, 3))` are the same."""
    return args[0] if len(args) == 1 else args


def _reshape(x: Box) -> Callable:
    return lambda *shape, **kwargs: np.reshape(x, _many(shape), **kwargs)


def _transpose(x: Box) -> Callable:
    return lambda *axes: np.transpose(x, _many(axes) if axes else None)


def _copy(x: Box) -> Callable:
    def copy(order: str = "C") -> Any:
        """A copy has a storage of its own; in the graph it is the same node."""
        x.fresh()
        if not x.tape.live:
            return x.value.copy()
        if x.at == HELD:
            return held(x.tape, x.value.copy(order))
        if x.store is not None:
            x.store.shared = True
        laid_out = type(x.value) is Box or x.value.flags.c_contiguous
        return Box(x.tape, x.at, x.value if laid_out else x.value.copy(order))

    return copy


def _astype(x: Box) -> Callable:
    def cast(
        dtype: Any, order: str = "K", casting: str = "unsafe", subok: bool = True, copy: bool = True
    ) -> Any:
        dtype = np.dtype(dtype)
        if dtype.kind not in "fiub":
            raise TraceError(
                f"{here()}: a traced value can't become {dtype}; chalkgrad differentiates real arithmetic"
            )
        return record(astype, (x,), {"dtype": dtype})

    return cast


def _item(x: Box) -> Callable:
    def item(*index: Any) -> Any:
        """One entry as a Python number; a single index counts through all entries."""
        if len(index) == 1 and not isinstance(index[0], tuple):
            part = np.reshape(x, -1)[index[0]]
        else:
            part = x[_many(index)] if index else (np.reshape(x, -1)[0] if x.size == 1 else _too_many(x))
        return number(part)

    return item


def number(x: Any) -> Any:
    """A NumPy scalar as a Python number."""
    if type(x) is not Box:
        return x.item()
    kind = {"f": float, "i": int, "u": int, "b": bool}[np.result_type(x.plain).kind]
    if type(x.plain) is kind:
        return x
    return record(astype, (x,), {"dtype": np.dtype(kind)}, run=number)


def _too_many(x: Box) -> Any:
    raise ValueError(
        f"{here()}: can only convert an array of size 1 to a Python scalar, not one of shape {x.shape}"
    )


def _tolist(x: Box) -> Callable:
    def tolist() -> Any:
        return number(x if not x.writable else x[()]) if x.ndim == 0 else [part.tolist() for part in x]

    return tolist


def _fill(x: Box) -> Callable:
    return lambda value: x.__setitem__(..., value)


def _sort(x: Box) -> Callable:
    return lambda axis=-1, kind=None, order=None, stable=None: x.__setitem__(..., np.sort(x, axis=axis))


def _compress(x: Box) -> Callable:
    return lambda condition, axis=None, out=None: np.compress(condition, x, axis, out)


def _put(x: Box) -> Callable:
    def put(indices: Any, values: Any, mode: str = "raise") -> None:
        flat = np.reshape(x, -1)
        flat[indices] = values

    return put


def _plain_number(x: Box) -> Callable:
    def is_integer() -> bool:
        x.tape.guard(sys._getframe(1))
        return bool(x.plain.is_integer())

    return is_integer


SPECIAL: dict[str, Callable[[Box], Any]] = {
    "T": lambda x: np.transpose(x),
    "mT": lambda x: np.swapaxes(x, -1, -2),
    "imag": lambda x: np.multiply(x, 0.0),
    "base": lambda x: None,
    "reshape": _reshape,
    "transpose": _transpose,
    "flatten": lambda x: lambda order="C": np.reshape(x, -1, order=order).copy(),
    "copy": _copy,
    "astype": _astype,
    "item": _item,
    "tolist": _tolist,
    "fill": _fill,
    "sort": _sort,
    "compress": _compress,
    "put": _put,
    "conjugate": lambda x: lambda: x,
    "is_integer": _plain_number,
}
