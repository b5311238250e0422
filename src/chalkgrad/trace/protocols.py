"""NumPy's two protocols: which row of the table a call of NumPy means."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from chalkgrad.errors import LostTraceError, NotYetError, OpError
from chalkgrad.op import COMPOSED, OPS, Op
from chalkgrad.ops.reduce.exponentials import logsumexp
from chalkgrad.ops.shape.rearrange import laid_out
from chalkgrad.trace.box import Box, held, living, record
from chalkgrad.trace.sites import here
from chalkgrad.trace.tape import HELD, bare
from chalkgrad.trace.writing import WRITES, write_at, write_out

# ----- a ufunc's methods, as the functions that mean the same -----

REDUCE: dict[Any, Callable] = {
    np.add: np.sum,
    np.multiply: np.prod,
    np.maximum: np.max,
    np.minimum: np.min,
    np.logical_and: np.all,
    np.logical_or: np.any,
}
ACCUMULATE: dict[Any, Callable] = {np.add: np.cumsum, np.multiply: np.cumprod}

# ----- functions that only ask for shapes and types: the answer is no traced value -----

ASKS_SHAPE = {
    np.shape, np.ndim, np.size, np.isscalar, np.iscomplexobj, np.isrealobj, np.result_type, np.can_cast,
    np.min_scalar_type, np.common_type, np.may_share_memory, np.shares_memory, np.broadcast_shapes,
}  # fmt: skip

# ----- functions whose answer is a plain truth or text about values: noted as deciding the path -----

ASKS_VALUES = {np.allclose, np.array_equal, np.array_equiv, np.ix_}

# ----- functions that show or keep values: what they make is no number that goes on -----

SHOWS = {np.array_repr, np.array_str, np.array2string, np.save, np.savez, np.savez_compressed, np.savetxt}


def row(key: Callable) -> Op:
    """The table's row of a NumPy function."""
    found = OPS.get(key)
    if found is None:
        raise OpError(f"{getattr(key, '__name__', key)} has no row in the table of operations")
    return found


def lookup(key: Callable) -> Op | None:
    """The row of a function, after loading SciPy's rows if it is one of SciPy's."""
    found = OPS.get(key)
    if found is None and key not in COMPOSED and _is_scipys(key):
        from chalkgrad.ops import load_special

        load_special()
        found = OPS.get(key)
    return found


def _is_scipys(key: Callable) -> bool:
    module = getattr(key, "__module__", None)
    if module is None or not isinstance(module, str):  # SciPy's ufuncs name no module
        return "scipy.special" in sys.modules
    return module.startswith("scipy")


# ----- functions that make an array after the pattern of another, or entry by entry -----


def _like(func: Callable) -> Callable:
    def make(a: Any, *args: Any, **kwargs: Any) -> Any:
        return held(a.tape, func(a.plain, *static(args), **{k: static(v) for k, v in kwargs.items()}))

    return make


def _full_like(a: Any, fill_value: Any, *args: Any, **kwargs: Any) -> Any:
    made = (
        np.empty_like(a, *args, **kwargs)
        if type(a) is Box
        else held(fill_value.tape, np.empty_like(a, *args, **kwargs))
    )
    made[...] = fill_value
    return made


def _apply_along_axis(func1d: Callable, axis: int, arr: Any, *args: Any, **kwargs: Any) -> Any:
    moved = np.moveaxis(arr, axis, -1)
    rows = [func1d(moved[i], *args, **kwargs) for i in np.ndindex(moved.shape[:-1])]
    made = np.stack([r if type(r) is Box else np.asarray(r) for r in rows])
    made = np.reshape(made, moved.shape[:-1] + made.shape[1:])
    return made if made.ndim < arr.ndim else np.moveaxis(made, -1, axis)


def _apply_over_axes(func: Callable, a: Any, axes: Any) -> Any:
    for axis in np.atleast_1d(axes):
        reduced = func(a, int(axis))
        a = reduced if reduced.ndim == a.ndim else np.expand_dims(reduced, int(axis))
    return a


MAKES: dict[Any, Callable] = {
    np.zeros_like: _like(np.zeros_like),
    np.ones_like: _like(np.ones_like),
    np.empty_like: _like(np.zeros_like),
    np.full_like: _full_like,
    np.copy: lambda a, *_, **__: a.copy() if a.writable else np.reshape(a, ()),
    np.apply_along_axis: _apply_along_axis,
    np.apply_over_axes: _apply_over_axes,
}

# ----- functions -----


def call_function(func: Callable, args: tuple, kwargs: dict[str, Any]) -> Any:
    """A NumPy function was called with a Box somewhere among its arguments."""
    op = OPS.get(func)
    if op is None:
        return _call_other(func, args, kwargs)
    out = kwargs.pop("out", None) if "out" in kwargs else None
    if "where" in kwargs and func is not np.where and "where" not in op.takes:
        return _reduce_where(func, args, kwargs, out)
    dtype = kwargs.pop("dtype") if "dtype" in kwargs and "dtype" not in op.takes else None
    result = _bound(op, args, kwargs)
    if dtype is not None:
        result = result.astype(dtype)
    return result if out is None else write_out(out, result)


def _bound(op: Op, args: tuple, kwargs: dict[str, Any]) -> Any:
    arrays, params = op.bind(args, kwargs)
    if params:
        params = {k: static(v) for k, v in params.items()}
        order = params.get("order", "C")
        if order != "C" and op.key in (np.reshape, np.ravel):
            return laid_out(*arrays, **params)
    return record(op, arrays, params)


def static(value: Any) -> Any:
    """A parameter must be plain: a traced number there decides the shape or the path."""
    if type(value) is Box:
        value = living(value)
        return bare(value.decide()) if type(value) is Box else value
    if type(value) in (tuple, list):
        return type(value)(static(v) for v in value)
    return getattr(value, "means", value)  # a stand-in for a class means that class


def _call_other(func: Callable, args: tuple, kwargs: dict[str, Any]) -> Any:
    composed = COMPOSED.get(func)
    if composed is not None:
        out = kwargs.pop("out", None)
        result = composed(*args, **kwargs)
        return result if out is None else write_out(out, result)
    if func in ASKS_SHAPE:
        return func(*_plain(args), **_plain(kwargs))
    if func in ASKS_VALUES:
        return func(*_decided(args), **_decided(kwargs))
    if func in SHOWS:
        return func(*_plain(args), **_plain(kwargs))
    if func in MAKES:
        return MAKES[func](*args, **kwargs)
    if func in WRITES:
        return WRITES[func](*args, **kwargs)
    if not _any_live((args, kwargs)):
        return _held_again(func(*_plain(args), **_plain(kwargs)), (args, kwargs))
    if lookup(func) is not None:
        return call_function(func, args, kwargs)
    raise NotYetError(
        f"{here()}: numpy.{getattr(func, '__name__', func)} has no derivative in chalkgrad yet. "
        "Cure: write it with other NumPy functions, or add a row (CONTRIBUTING.md)"
    )


def _held_again(result: Any, arguments: Any) -> Any:
    """What NumPy makes of held arrays can take traced values in its turn."""
    holder = _holder(arguments)
    if holder is None:
        return result
    if type(result) in (list, tuple):
        return type(result)(_held_again(r, arguments) for r in result)
    return held(holder.tape, result) if type(result) is np.ndarray else result


def _holder(tree: Any) -> Box | None:
    if type(tree) is Box:
        return tree if tree.tape.live and tree.at == HELD else None
    parts = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, (list, tuple)) else ()
    return next((h for h in map(_holder, parts) if h is not None), None)


def _reduce_where(func: Callable, args: tuple, kwargs: dict[str, Any], out: Any) -> Any:
    """`np.sum(x, where=mask)`: entries outside the mask count as the reduction's neutral element."""
    mask = kwargs.pop("where")
    neutral = {"sum": 0.0, "prod": 1.0, "max": -np.inf, "min": np.inf, "any": False, "all": True}.get(
        func.__name__
    )
    initial = kwargs.pop("initial", None)
    if func is np.mean:
        total = np.sum(np.where(mask, args[0], 0.0), *args[1:], **kwargs)
        return total / np.sum(np.broadcast_to(mask, np.shape(args[0])), *args[1:], **kwargs)
    if neutral is None:
        raise NotYetError(f"{here()}: where= of numpy.{func.__name__}. Cure: index with the mask, x[mask]")
    result = func(np.where(mask, args[0], neutral if initial is None else initial), *args[1:], **kwargs)
    return result if out is None else write_out(out, result)


# ----- ufuncs -----


def call_ufunc(ufunc: np.ufunc, method: str, inputs: tuple, kwargs: dict[str, Any]) -> Any:
    """A ufunc, or one of its methods, was called with a Box among its inputs or outputs."""
    out = kwargs.pop("out", None) if kwargs else None
    if method == "__call__":
        result = _call(ufunc, inputs, kwargs, out)
    else:
        result = _method(ufunc, method, inputs, kwargs)
    return result if out is None else write_out(out[0] if type(out) is tuple else out, result)


def _call(ufunc: np.ufunc, inputs: tuple, kwargs: dict[str, Any], out: Any) -> Any:
    op = OPS.get(ufunc) or lookup(ufunc)
    if not kwargs and op is not None:
        return record(op, inputs, {})
    where, dtype = kwargs.pop("where", True), kwargs.pop("dtype", None)
    for ignored in ("casting", "order", "subok", "signature"):
        kwargs.pop(ignored, None)
    composed = COMPOSED.get(ufunc)
    if op is None and composed is None:
        raise NotYetError(
            f"{here()}: the ufunc {ufunc.__name__} has no derivative in chalkgrad yet. Cure: add a row"
        )
    if kwargs and op is not None:
        raise NotYetError(f"{here()}: {ufunc.__name__}({next(iter(kwargs))}=…). Cure: use np.moveaxis first")
    result = record(op, inputs, {}) if op is not None else composed(*inputs, **kwargs)  # type: ignore[misc]
    if dtype is not None:
        result = result.astype(dtype)
    return result if where is True else _masked(where, result, out, ufunc)


def _masked(where: Any, result: Any, out: Any, ufunc: np.ufunc) -> Any:
    if out is None:
        raise LostTraceError(
            f"{here()}: {ufunc.__name__}(where=…) without out= leaves entries undefined. Cure: give out="
        )
    return np.where(where, result, out[0] if type(out) is tuple else out)


def _method(ufunc: np.ufunc, method: str, inputs: tuple, kwargs: dict[str, Any]) -> Any:
    if method == "reduce":
        kwargs.setdefault("axis", inputs[1] if len(inputs) > 1 else 0)
        return _reduce(ufunc, inputs[0], kwargs)
    if method == "accumulate" and ufunc in ACCUMULATE:
        kwargs.setdefault("axis", inputs[1] if len(inputs) > 1 else 0)
        return ACCUMULATE[ufunc](inputs[0], **kwargs)
    if method == "accumulate":
        return _accumulate(ufunc, inputs[0], kwargs.get("axis", inputs[1] if len(inputs) > 1 else 0))
    if method == "outer":
        a, b = inputs
        return ufunc(np.reshape(a, np.shape(a) + (1,) * np.ndim(b)), b)
    if method == "at":
        return write_at(ufunc, *inputs)
    raise NotYetError(f"{here()}: {ufunc.__name__}.{method}. Cure: write it with other NumPy functions")


def _accumulate(ufunc: np.ufunc, x: Any, axis: int) -> Any:
    parts = [np.take(x, i, axis=axis) for i in range(np.shape(x)[axis])]
    for i in range(1, len(parts)):
        parts[i] = ufunc(parts[i - 1], parts[i])
    return np.stack(parts, axis=axis)


def _reduce(ufunc: np.ufunc, x: Any, kwargs: dict[str, Any]) -> Any:
    if ufunc in REDUCE:
        return REDUCE[ufunc](x, **kwargs)
    if ufunc is np.logaddexp:
        params = {"axis": kwargs.get("axis")} | ({"keepdims": True} if kwargs.get("keepdims") else {})
        return logsumexp(x, **params)
    parts = [np.take(x, i, axis=kwargs["axis"] or 0) for i in range(np.shape(x)[kwargs["axis"] or 0])]
    total = parts[0]
    for part in parts[1:]:
        total = ufunc(total, part)
    return total


# ----- helpers -----


def _any_live(tree: Any) -> bool:
    if type(tree) is Box:
        return type(living(tree)) is Box
    if isinstance(tree, dict):
        return any(_any_live(t) for t in tree.values())
    return isinstance(tree, (list, tuple)) and any(_any_live(t) for t in tree)


def _plain(tree: Any) -> Any:
    return _each(tree, bare)


def _decided(tree: Any) -> Any:
    return _each(tree, lambda a: bare(static(a)))


def _each(tree: Any, f: Callable) -> Any:
    if type(tree) is Box:
        return f(tree)
    if isinstance(tree, dict):
        return {k: _each(t, f) for k, t in tree.items()}
    if type(tree) in (list, tuple):
        return type(tree)(_each(t, f) for t in tree)
    return tree


# ----- the two protocols -----


def _array_ufunc(self: Box, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
    if not kwargs and method == "__call__":  # the common case, a microsecond sooner
        op = OPS.get(ufunc)
        if op is not None:
            return record(op, inputs, {})
    return call_ufunc(ufunc, method, inputs, kwargs)


def _array_function(self: Box, func: Callable, types: Any, args: tuple, kwargs: dict[str, Any]) -> Any:
    return call_function(func, args, kwargs)


Box.__array_ufunc__ = _array_ufunc  # type: ignore[attr-defined]
Box.__array_function__ = _array_function  # type: ignore[attr-defined]
