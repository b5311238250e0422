"""NumPy's functions that make arrays, as the stand-ins see them: what they make can take traced values.

Each function here is called instead of its namesake in NumPy, and only while a trace is under way in this
thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from chalkgrad.trace.active import hold, is_traced, plain
from chalkgrad.trace.box import Box, assembled, living

_numpy: Any = np  # for calls whose many signatures a type checker can not choose between

# ----- made from shapes, files and text: plain, and held -----

MAKERS = (
    "zeros ones eye identity tri indices bartlett blackman hamming hanning "
    "frombuffer fromfile fromstring loadtxt genfromtxt"
).split()


def making(function: Callable) -> Callable:
    """A function of plain arguments whose arrays are held."""
    return lambda *args, **kwargs: hold(function(*plain(args), **plain(kwargs)))


def array(
    object: Any,
    dtype: Any = None,
    *,
    copy: bool | None = True,
    order: str = "K",
    subok: bool = False,
    ndmin: int = 0,
    like: Any = None,
) -> Any:
    """`np.array`: of traced values, their stack."""
    dtype = plain(dtype)
    if type(object) is Box:
        made = object.copy() if copy and object.writable else object
    elif is_traced(object):
        made = assembled(object)
    else:
        return hold(_numpy.array(_unheld(object), dtype, copy=copy, order=order, subok=subok, ndmin=ndmin))
    if not made.writable:
        made = np.reshape(made, ())
    if dtype is not None and made.dtype != dtype:
        made = made.astype(dtype)
    return made if made.ndim >= ndmin else np.reshape(made, (1,) * (ndmin - made.ndim) + made.shape)


def asarray(
    a: Any, dtype: Any = None, order: Any = None, *, copy: Any = None, device: Any = None, like: Any = None
) -> Any:
    """`np.asarray`: an array stays the array it is."""
    dtype = plain(dtype)
    if type(a) is Box and (dtype is None or a.dtype == dtype):
        return a.copy() if copy else a if a.writable else np.reshape(a, ())
    if type(a) is Box or is_traced(a):
        return array(a, dtype)
    return hold(np.asarray(_unheld(a), dtype, order, copy=copy))


def at_least(n: int, function: Callable) -> Callable:
    """`np.ascontiguousarray` and the like: an array of n dimensions or more."""

    def make(a: Any, dtype: Any = None, **_: Any) -> Any:
        if type(a) is Box or is_traced(a):
            made = asarray(a, dtype)
            return made if made.ndim >= n else np.reshape(made, (1,) * (n - made.ndim) + made.shape)
        return hold(function(_unheld(a), dtype))

    return make


def copy(a: Any, order: str = "K", subok: bool = False) -> Any:
    """`np.copy`."""
    return array(a)


def full(shape: Any, fill_value: Any, dtype: Any = None, **kwargs: Any) -> Any:
    """`np.full`: a traced value is written on an empty array."""
    if not is_traced(fill_value):
        return hold(np.full(plain(shape), _unheld(fill_value), plain(dtype), **kwargs))
    made = hold(np.empty(plain(shape), plain(dtype) or np.result_type(fill_value)))
    made[...] = fill_value
    return made


def like(function: Callable) -> Callable:
    """`np.zeros_like` and the like: only the shape and the dtype of the array count."""

    def make(a: Any, *args: Any, **kwargs: Any) -> Any:
        return hold(function(_pattern(a), *plain(args), **plain(kwargs)))

    return make


def full_like(
    a: Any, fill_value: Any, dtype: Any = None, order: str = "K", subok: bool = True, shape: Any = None
) -> Any:
    """`np.full_like`."""
    made = hold(_numpy.empty_like(_pattern(a), plain(dtype), order, subok, plain(shape)))
    made[...] = fill_value
    return made


def _pattern(a: Any) -> Any:
    return a.plain if type(a) is Box else assembled(a).plain if is_traced(a) else a


def linspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, retstep: bool = False, **kwargs: Any
) -> Any:
    """`np.linspace`: between traced ends, the way from one to the other."""
    if not (is_traced(start) or is_traced(stop)):
        return hold(
            _numpy.linspace(_unheld(start), _unheld(stop), plain(num), endpoint, retstep, **plain(kwargs))
        )
    steps, step = _numpy.linspace(0.0, 1.0, plain(num), endpoint, True)
    made = start + np.reshape(steps, (-1,) + (1,) * np.ndim(start - stop)) * (stop - start)
    return (made, step * (stop - start)) if retstep else made


def logspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10.0, **kwargs: Any
) -> Any:
    """`np.logspace`: powers of the base, evenly spaced exponents."""
    if not is_traced((start, stop, base)):
        return hold(_numpy.logspace(*_unheld([start, stop]), plain(num), endpoint, base, **plain(kwargs)))
    return base ** linspace(start, stop, num, endpoint)


def geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, **kwargs: Any) -> Any:
    """`np.geomspace`: from one end to the other by equal factors."""
    if not is_traced((start, stop)):
        return hold(_numpy.geomspace(*_unheld([start, stop]), plain(num), endpoint, **plain(kwargs)))
    return start * (stop / start) ** np.linspace(0.0, 1.0, plain(num), endpoint)


def arange(*args: Any, **kwargs: Any) -> Any:
    """`np.arange`: traced ends are ends of a path when they are integers, and of a line when they are not."""
    if is_traced(args) and any(np.result_type(a).kind == "f" for a in args):
        count = len(np.arange(*plain(args), **plain(kwargs)))
        start, step = (args[0] if len(args) > 1 else 0.0), (args[2] if len(args) > 2 else 1.0)
        return start + np.arange(count) * step
    return hold(np.arange(*plain(args), **plain(kwargs)))


def kaiser(M: Any, beta: Any) -> Any:
    """`np.kaiser`: its window varies with a traced beta."""
    count = plain(M)
    if not is_traced(beta) or count == 1:
        return hold(np.kaiser(count, plain(beta)))
    bow = np.sqrt(1 - np.linspace(-1.0, 1.0, count)[1:-1] ** 2)  # at both ends 0, where the root has no slope
    return np.pad(np.i0(beta * bow), 1, constant_values=1.0) / np.i0(beta)


def fromiter(iter: Any, dtype: Any, count: int = -1, **_: Any) -> Any:
    """`np.fromiter`."""
    values = list(iter)
    return array(values[:count] if count >= 0 else values, dtype)


def fromfunction(function: Callable, shape: Any, *, dtype: Any = float, **kwargs: Any) -> Any:
    """`np.fromfunction`."""
    return function(*hold(tuple(np.indices(plain(shape), plain(dtype)))), **kwargs)


# ----- loops over entries -----


def ndenumerate(arr: Any) -> Iterator[tuple[tuple[int, ...], Any]]:
    """`np.ndenumerate`."""
    arr = asarray(arr)
    return ((index, arr[index]) for index in np.ndindex(arr.shape))


class NdIter:
    """`np.nditer` over one array, in C order: entries as arrays of no dimension that can be written on."""

    def __init__(self, op: Any, flags: Any = (), op_flags: Any = (), *_: Any, **__: Any):
        self._array = asarray(op)
        self._indices = list(np.ndindex(self._array.shape))
        self._at = 0
        self._begun = False

    @property
    def finished(self) -> bool:
        return self._at >= len(self._indices)

    @property
    def multi_index(self) -> tuple[int, ...]:
        return self._indices[self._at]

    @property
    def index(self) -> int:
        return self._at

    @property
    def value(self) -> Any:
        return self._array[(*self.multi_index, ...)]

    def iternext(self) -> bool:
        self._at += 1
        return not self.finished

    def reset(self) -> None:
        self._at, self._begun = 0, False

    def __getitem__(self, i: int) -> Any:
        return self.value

    def __setitem__(self, i: int, v: Any) -> None:
        self._array[self.multi_index] = v

    def __iter__(self) -> NdIter:
        return self

    def __next__(self) -> Any:
        self._at += self._begun
        self._begun = True
        if self.finished:
            raise StopIteration
        return self.value

    def __enter__(self) -> NdIter:
        return self

    def __exit__(self, *_: Any) -> None:
        pass


def nditer(op: Any, *args: Any, **kwargs: Any) -> Any:
    """`np.nditer`: over several arrays at once it is NumPy's own, on values."""
    if type(op) in (list, tuple):
        return (
            np.nditer(op, *args, **kwargs)
            if not is_traced(op)
            else zip(*(np.ravel(a) for a in _even(op)), strict=True)
        )
    return NdIter(op, *args, **kwargs)


def _even(arrays: Any) -> Any:
    return np.broadcast_arrays(*arrays)


class Vectorized:
    """`np.vectorize`: the function at every entry, the results stacked."""

    def __init__(
        self,
        pyfunc: Any,
        otypes: Any = None,
        doc: Any = None,
        excluded: Any = None,
        *args: Any,
        **kwargs: Any,
    ):
        self.pyfunc, self.otypes = pyfunc, otypes
        self.excluded = excluded or set()
        self.__name__ = getattr(pyfunc, "__name__", "vectorize")
        self._plain = np.vectorize(pyfunc, otypes, doc, excluded, *args, **kwargs)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not any(is_traced(a) for a in (*args, *kwargs.values())):
            return hold(self._plain(*map(_unheld, args), **{k: _unheld(v) for k, v in kwargs.items()}))
        names = [*range(len(args)), *kwargs]
        given = dict(zip(names, (*args, *kwargs.values()), strict=True))
        varied = [n for n in names if n not in self.excluded]
        even = np.broadcast_arrays(*(given[n] for n in varied))
        shape = np.shape(even[0])
        rows = [self._at(given, varied, [e[i] for e in even]) for i in np.ndindex(shape)]
        return self._stacked(rows, shape)

    def _at(self, given: dict, varied: list, values: list) -> Any:
        given = {**given, **dict(zip(varied, values, strict=True))}
        args = [v for n, v in given.items() if isinstance(n, int)]
        return self.pyfunc(*args, **{n: v for n, v in given.items() if isinstance(n, str)})

    def _stacked(self, rows: list, shape: tuple[int, ...]) -> Any:
        if rows and isinstance(rows[0], tuple):
            return tuple(self._stacked(list(part), shape) for part in zip(*rows, strict=True))
        made = np.reshape(array(rows, self.otypes[0] if self.otypes else None), shape)
        return made if shape else made[()]


# ----- np.r_, np.c_ -----


class Joined:
    """`np.r_[a, b]` and `np.c_[a, b]`."""

    def __init__(self, real: Any, column: bool):
        self.real, self.column = real, column

    def __getitem__(self, key: Any) -> Any:
        parts = key if type(key) is tuple else (key,)
        if not is_traced(parts) or any(isinstance(p, str) for p in parts):
            return hold(self.real[_unheld(key)])
        arrays = [
            hold(np.r_[p]) if isinstance(p, slice) else at_least(1, np.ascontiguousarray)(p) for p in parts
        ]
        if not self.column:
            return np.concatenate(arrays)
        return np.concatenate([np.reshape(a, (-1, 1)) if a.ndim == 1 else a for a in arrays], axis=-1)


def _unheld(value: Any) -> Any:
    """Held arrays as plain ones, through lists and tuples."""
    if type(value) is Box:
        return living(value)
    if type(value) in (list, tuple) and any(type(v) in (Box, list, tuple) for v in value):
        return type(value)([_unheld(v) for v in value])
    return value


STANDS_FOR: dict[str, Any] = {
    **{name: making(getattr(np, name)) for name in MAKERS},
    "array": array,
    "asarray": asarray,
    "asanyarray": asarray,
    "ascontiguousarray": at_least(1, np.ascontiguousarray),
    "asfortranarray": at_least(0, np.asfortranarray),
    "asarray_chkfinite": asarray,
    "require": lambda a, dtype=None, requirements=None: asarray(a, dtype),
    "copy": copy,
    "full": full,
    "full_like": full_like,
    "zeros_like": like(np.zeros_like),
    "ones_like": like(np.ones_like),
    "empty": making(np.zeros),  # what lies in the memory by chance is no constant of the function
    "empty_like": like(np.zeros_like),
    "kaiser": kaiser,
    "linspace": linspace,
    "logspace": logspace,
    "geomspace": geomspace,
    "arange": arange,
    "fromiter": fromiter,
    "fromfunction": fromfunction,
    "ndenumerate": ndenumerate,
    "nditer": nditer,
}
