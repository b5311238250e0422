"""Arrays put side by side or taken apart, in terms of `concatenate` and slices."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from chalkgrad.op import compose

# ----- at least so many axes -----


def _each(results: list) -> Any:
    return results[0] if len(results) == 1 else tuple(results)


def _with_axes(x: Any, ndim: int) -> Any:
    """`x` with new axes in front, but a matrix becomes (n, m, 1), as `np.atleast_3d` has it."""
    if np.ndim(x) >= ndim:
        return x if hasattr(x, "shape") else np.asarray(x)
    shape = np.shape(x)
    if ndim == 3:
        return np.reshape(x, {0: (1, 1, 1), 1: (1, *shape, 1), 2: (*shape, 1)}[len(shape)])
    return np.reshape(x, (1,) * (ndim - len(shape)) + shape)


@compose(np.atleast_1d)
def _atleast_1d(*arys: Any) -> Any:
    return _each([_with_axes(a, 1) for a in arys])


@compose(np.atleast_2d)
def _atleast_2d(*arys: Any) -> Any:
    return _each([_with_axes(a, 2) for a in arys])


@compose(np.atleast_3d)
def _atleast_3d(*arys: Any) -> Any:
    return _each([_with_axes(a, 3) for a in arys])


# ----- side by side -----


@compose(np.hstack)
def _hstack(tup: Sequence, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    parts = [_with_axes(a, 1) for a in tup]
    return np.concatenate(parts, axis=0 if np.ndim(parts[0]) == 1 else 1)


@compose(np.vstack)
def _vstack(tup: Sequence, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    return np.concatenate([_with_axes(a, 2) for a in tup], axis=0)


@compose(np.dstack)
def _dstack(tup: Sequence) -> Any:
    return np.concatenate([_with_axes(a, 3) for a in tup], axis=2)


@compose(np.column_stack)
def _column_stack(tup: Sequence) -> Any:
    return np.concatenate([_column(a) for a in tup], axis=1)


def _column(x: Any) -> Any:
    return np.reshape(x, (-1, 1)) if np.ndim(x) < 2 else x


@compose(np.append)
def _append(arr: Any, values: Any, axis: int | None = None) -> Any:
    if axis is None:
        return np.concatenate([np.ravel(arr), np.ravel(values)])
    return np.concatenate([arr, values], axis=axis)


@compose(np.insert)
def _insert(arr: Any, obj: Any, values: Any, axis: int | None = None) -> Any:
    if axis is None:
        arr, axis = np.ravel(arr), 0
    if np.ndim(obj) or isinstance(obj, slice) or np.ndim(values) == np.ndim(arr) > 1:
        return _inserted(arr, obj, values, axis)
    lead = (slice(None),) * (axis % np.ndim(arr))
    at = int(obj) + (np.shape(arr)[axis] if obj < 0 else 0)
    shape = list(np.shape(arr))
    shape[axis] = np.shape(values)[axis] if np.ndim(values) == np.ndim(arr) else 1
    if np.ndim(values) == np.ndim(arr) - 1 and np.ndim(values) > 0:
        values = np.expand_dims(values, axis)
    new = np.broadcast_to(values, tuple(shape))
    return np.concatenate([arr[(*lead, slice(0, at))], new, arr[(*lead, slice(at, None))]], axis=axis)


def _inserted(arr: Any, obj: Any, values: Any, axis: int) -> Any:
    """At several places: NumPy says of numbered entries which one comes where."""
    n = int(np.prod(np.shape(arr)))
    old = np.arange(n).reshape(np.shape(arr))
    new = np.arange(n, n + int(np.prod(np.shape(values)))).reshape(np.shape(values))
    return np.concatenate([np.ravel(arr), np.ravel(values)])[np.insert(old, obj, new, axis=axis)]


@compose(np.delete)
def _delete(arr: Any, obj: Any, axis: int | None = None) -> Any:
    if axis is None:
        arr, axis = np.ravel(arr), 0
    kept = np.delete(np.arange(np.shape(arr)[axis]), obj)
    return arr[(slice(None),) * (axis % np.ndim(arr)) + (kept,)]


@compose(np.block)
def _block(arrays: Any) -> Any:
    """Nested lists of blocks: the innermost are joined along the last axis, then along the one before."""
    depth, deep = 0, arrays
    while isinstance(deep, list):
        depth, deep = depth + 1, deep[0]
    ndim = max(depth, *(np.ndim(a) for a in _leaves(arrays)), 0)
    return _joined(arrays, depth, ndim)


def _leaves(arrays: Any) -> list:
    return [leaf for a in arrays for leaf in _leaves(a)] if isinstance(arrays, list) else [arrays]


def _joined(arrays: Any, depth: int, ndim: int) -> Any:
    if not isinstance(arrays, list):
        return np.reshape(arrays, (1,) * (ndim - np.ndim(arrays)) + np.shape(arrays))
    return np.concatenate([_joined(a, depth - 1, ndim) for a in arrays], axis=-depth)


# ----- taken apart -----


@compose(np.array_split)
def _array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list:
    pieces = np.array_split(np.arange(np.shape(ary)[axis]), indices_or_sections)
    lead = (slice(None),) * (axis % np.ndim(ary))
    ends = np.cumsum([len(p) for p in pieces]).tolist()
    if np.ndim(indices_or_sections) == 0:
        cuts = zip([0, *ends[:-1]], ends, strict=True)
        return [ary[(*lead, slice(a, b))] for a, b in cuts]
    bounds = [0, *(int(i) for i in indices_or_sections), np.shape(ary)[axis]]
    return [ary[(*lead, slice(a, b))] for a, b in pairwise(bounds)]


@compose(np.split)
def _split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list:
    if np.ndim(indices_or_sections) == 0 and np.shape(ary)[axis] % indices_or_sections:
        raise ValueError("array split does not result in an equal division")
    return np.array_split(ary, indices_or_sections, axis)


@compose(np.hsplit)
def _hsplit(ary: Any, indices_or_sections: Any) -> list:
    return np.split(ary, indices_or_sections, 0 if np.ndim(ary) == 1 else 1)


@compose(np.vsplit)
def _vsplit(ary: Any, indices_or_sections: Any) -> list:
    return np.split(ary, indices_or_sections, 0)


@compose(np.dsplit)
def _dsplit(ary: Any, indices_or_sections: Any) -> list:
    return np.split(ary, indices_or_sections, 2)


# ----- spread over each other -----


@compose(np.broadcast_arrays)
def _broadcast_arrays(*args: Any, subok: bool = False) -> tuple:
    shape = np.broadcast_shapes(*(np.shape(a) for a in args))
    return tuple(np.broadcast_to(a, shape) for a in args)


@compose(np.meshgrid)
def _meshgrid(*xi: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> tuple:
    n = len(xi)
    axes = list(range(n))
    if indexing == "xy" and n > 1:
        axes[0], axes[1] = 1, 0
    grids = [
        np.reshape(x, tuple(-1 if i == axis else 1 for i in range(n)))
        for x, axis in zip(xi, axes, strict=True)
    ]
    even = grids if sparse else np.broadcast_arrays(*grids)
    return tuple(g.copy() for g in even) if copy else tuple(even)


@compose(np.rollaxis)
def _rollaxis(a: Any, axis: int, start: int = 0) -> Any:
    axis, start = axis % np.ndim(a), start + (np.ndim(a) if start < 0 else 0)
    return np.moveaxis(a, axis, start - 1 if axis < start else start)


@compose(np.resize)
def _resize(a: Any, new_shape: Any) -> Any:
    places = np.resize(np.arange(np.size(a)), new_shape)
    return np.ravel(a)[places]


if hasattr(np, "unstack"):  # NumPy 2.1

    @compose(np.unstack)
    def _unstack(x: Any, /, *, axis: int = 0) -> tuple:
        lead = (slice(None),) * (axis % np.ndim(x))
        return tuple(x[(*lead, i)] for i in range(np.shape(x)[axis]))


@compose(np.fft.fftshift)
def _fftshift(x: Any, axes: Any = None) -> Any:
    return _half_turned(x, axes, 1)


@compose(np.fft.ifftshift)
def _ifftshift(x: Any, axes: Any = None) -> Any:
    return _half_turned(x, axes, -1)


def _half_turned(x: Any, axes: Any, sign: int) -> Any:
    axes = tuple(range(np.ndim(x))) if axes is None else tuple(int(a) for a in np.atleast_1d(axes))
    n = [np.shape(x)[a] for a in axes]
    return np.roll(x, tuple(k // 2 if sign > 0 else -(k // 2) for k in n), axes)
