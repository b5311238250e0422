"""Functions that write on their first argument, in terms of `x[...] = v`."""

from __future__ import annotations

from typing import Any

import numpy as np

from chalkgrad.op import compose


@compose(np.put_along_axis)
def _put_along_axis(arr: Any, indices: Any, values: Any, axis: int | None = None) -> None:
    if axis is None:
        np.put(arr, indices, values)
        return
    ndim, axis = np.ndim(arr), axis % np.ndim(arr)
    shape = np.shape(indices)
    mesh = [np.reshape(np.arange(n), (-1,) + (1,) * (ndim - 1 - i)) for i, n in enumerate(shape)]
    mesh[axis] = indices
    arr[tuple(mesh)] = values


@compose(np.put)
def _put(a: Any, ind: Any, v: Any, mode: str = "raise") -> None:
    n, shape = int(np.size(a)), np.shape(a)
    ind = np.mod(ind, n) if mode == "wrap" else np.clip(ind, 0, n - 1) if mode == "clip" else np.asarray(ind)
    ind = np.ravel(ind)
    a[np.unravel_index(np.mod(ind, n), shape)] = _cycled(v, len(ind))


@compose(np.place)
def _place(arr: Any, mask: Any, vals: Any) -> None:
    arr[mask] = _cycled(vals, int(np.sum(mask)))


@compose(np.putmask)
def _putmask(a: Any, mask: Any, values: Any) -> None:
    if np.ndim(values) == 0:
        a[mask] = values
    else:
        a[mask] = np.reshape(np.resize(values, np.shape(a)), np.shape(a))[mask]


@compose(np.fill_diagonal)
def _fill_diagonal(a: Any, val: Any, wrap: bool = False) -> None:
    n = min(np.shape(a))
    i = np.arange(n)
    a[(i,) * np.ndim(a)] = _cycled(val, n)


def _cycled(values: Any, n: int) -> Any:
    """As many values as there are places: the last begin anew."""
    if np.ndim(values) == 0:
        return values
    flat = np.ravel(values)
    return flat[np.arange(n) % np.shape(flat)[0]]
