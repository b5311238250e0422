"""Functions that write on an array: `out=`, `np.add.at`, `np.copyto`, `np.fill_diagonal` and the like."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from chalkgrad.errors import LostTraceError, NotYetError
from chalkgrad.op import NAMED
from chalkgrad.ops.index import split_index
from chalkgrad.trace.box import Box, living, without_held
from chalkgrad.trace.sites import here
from chalkgrad.trace.tape import bare


def write_out(out: Any, result: Any) -> Any:
    """Write a result on the array that the caller gave as `out=`."""
    if type(out) is tuple:
        out = out[0]
    if type(out) is Box:
        out.storage().overwrite(out, result)
        return out
    if type(living(result)) is Box:
        lose(living(result), out)
    out[...] = bare(result)
    return out


def lose(value: Box, array: Any) -> None:
    """Raise because a traced value was about to be written on a plain array."""
    note = f"{here()}: a traced value is written on {_kind(array)} made outside the traced functions"
    value.tape.lose(
        f"{note}. Cure: copy it inside, a = np.array(a), or write x = x + … instead of x += …", None
    )
    raise LostTraceError(value.tape.lost)


def _kind(array: Any) -> str:
    return f"a plain array of shape {array.shape}" if isinstance(array, np.ndarray) else type(array).__name__


def write_at(ufunc: np.ufunc, x: Any, index: Any, v: Any = None) -> None:
    """`np.add.at(x, index, v)`: entries named twice are added twice."""
    if type(x) is not Box:
        lose(next(living(a) for a in (index, v) if type(living(a)) is Box), x)
    if type(living(x)) is not Box and type(living(v)) is not Box:
        ufunc.at(x.plain, bare(without_held(index)), *(() if v is None else (bare(v),)))
        return
    if ufunc not in (np.add, np.subtract):
        raise NotYetError(f"{here()}: np.{ufunc.__name__}.at. Cure: np.add.at, or a loop of assignments")
    parts, arrays = split_index(without_held(index))
    shape = np.shape(np.empty(x.shape, bool)[_plain_index(index)])
    added = NAMED["scatter"](np.broadcast_to(v, shape), *arrays, shape=x.shape, indices=(parts,))
    x.storage().overwrite(x, x + added if ufunc is np.add else x - added)


def _plain_index(index: Any) -> Any:
    return tuple(bare(i) for i in index) if isinstance(index, tuple) else bare(index)


# ----- np.name(a, …) writes on a -----


def _copyto(dst: Any, src: Any, casting: str = "same_kind", where: Any = True) -> None:
    write_out(dst, src if where is True else np.where(where, src, dst))


def _fill_diagonal(a: Any, val: Any, wrap: bool = False) -> None:
    i = np.arange(min(a.shape))
    a[(i,) * a.ndim] = val


def _put(a: Any, ind: Any, v: Any, mode: str = "raise") -> None:
    flat = np.reshape(a, -1)
    flat[ind] = v if np.ndim(v) == 0 else np.resize(v, np.shape(ind))


def _place(arr: Any, mask: Any, vals: Any) -> None:
    count = int(np.sum(bare(mask)))
    arr[mask] = np.resize(vals, count) if count else 0


def _putmask(a: Any, mask: Any, values: Any) -> None:
    full = np.broadcast_to(values, a.shape) if np.size(values) == 1 else np.resize(values, a.shape)
    a[mask] = full[mask]


def _put_along_axis(arr: Any, indices: Any, values: Any, axis: int | None) -> None:
    if axis is None:
        np.reshape(arr, -1)[indices] = values
        return
    grid = list(np.ogrid[tuple(slice(n) for n in np.shape(indices))])
    grid[axis] = indices
    arr[tuple(grid)] = values


def _onto(write: Callable) -> Callable:
    """The first argument must be an array that can take traced values."""

    def checked(a: Any, *args: Any, **kwargs: Any) -> None:
        if type(a) is not Box:
            lose(next(living(v) for v in (*args, *kwargs.values()) if type(living(v)) is Box), a)
        write(a, *args, **kwargs)

    return checked


WRITES: dict[Any, Callable] = {
    np.copyto: _copyto,
    np.fill_diagonal: _onto(_fill_diagonal),
    np.put: _onto(_put),
    np.place: _onto(_place),
    np.putmask: _onto(_putmask),
    np.put_along_axis: _onto(_put_along_axis),
}


def shuffle(x: Any, order: np.ndarray) -> None:
    """Put an array in another order, in place."""
    operator.setitem(x, ..., x[order])
