"""Flipped, rolled, tiled and padded arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from chalkgrad.errors import NotYetError
from chalkgrad.op import MIXING, STRUCTURAL, Sample, compose, define
from chalkgrad.ops.shared import call, flat, shaped

# ----- flips and rolls -----

flip = define(
    np.flip,
    latex=call("flip"),
    grads=(lambda g, y, x, axis=None: np.flip(g, axis),),
    xla="jax.numpy.flip({0}, {**})",
    js="kernel:flip",
    try_on=(Sample(),),
    cases=({}, {"axis": 0}, {"axis": (0, 1)}),
    kind=STRUCTURAL,
    view=True,
)
rot90 = define(
    np.rot90,
    latex=call("rot90"),
    grads=(lambda g, y, x, k=1, axes=(0, 1): np.rot90(g, -k, axes),),
    xla="jax.numpy.rot90({0}, {**})",
    js="kernel:rot90",
    try_on=(Sample(),),
    cases=({}, {"k": 2}, {"k": 3, "axes": (1, 0)}),
    kind=STRUCTURAL,
    view=True,
)


def _roll_rule(g: Any, y: Any, x: Any, shift: Any, axis: Any = None) -> Any:
    return np.roll(g, tuple(-s for s in shift) if isinstance(shift, tuple) else -shift, axis)


roll = define(
    np.roll,
    latex=call("roll"),
    grads=(_roll_rule,),
    xla="jax.numpy.roll({0}, {**})",
    js="kernel:roll",
    try_on=(Sample(),),
    cases=({"shift": 2}, {"shift": 1, "axis": 0}, {"shift": (1, -2), "axis": (0, 1)}),
    kind=STRUCTURAL,
)


@compose(np.flipud)
def _flipud(m: Any) -> Any:
    return np.flip(m, 0)


@compose(np.fliplr)
def _fliplr(m: Any) -> Any:
    return np.flip(m, 1)


# ----- repetition: the gradient of a copy goes back to the original -----


def _tile_rule(g: Any, y: Any, x: Any, reps: Any) -> Any:
    reps = (reps,) if isinstance(reps, int | np.integer) else tuple(reps)
    ndim = max(len(reps), np.ndim(x))
    reps = (1,) * (ndim - len(reps)) + reps
    shape = (1,) * (ndim - np.ndim(x)) + np.shape(x)
    blocks = np.reshape(g, tuple(n for pair in zip(reps, shape, strict=True) for n in pair))
    return np.reshape(np.sum(blocks, axis=tuple(range(0, 2 * ndim, 2))), np.shape(x))


tile = define(
    np.tile,
    latex=call("tile"),
    grads=(_tile_rule,),
    xla="jax.numpy.tile({0}, {**})",
    js="kernel:tile",
    try_on=(Sample(shape=(2, 3)),),
    cases=({"reps": 2}, {"reps": (2, 1, 2)}, {"reps": (3, 1)}),
    kind=STRUCTURAL,
)


def _repeat_rule(g: Any, y: Any, x: Any, repeats: Any, axis: Any = None) -> Any:
    if axis is None:
        return shaped(_repeat_rule(g, y, flat(x), repeats, 0), x)
    axis, shape = axis % np.ndim(x), np.shape(x)
    if np.size(repeats) == 1:
        k = int(np.reshape(repeats, ()))
        return np.sum(np.reshape(g, (*shape[: axis + 1], k, *shape[axis + 1 :])), axis=axis + 1)
    copies = np.repeat(np.eye(shape[axis]), repeats, axis=0)
    return np.moveaxis(np.tensordot(g, copies, ([axis], [0])), -1, axis)


def _bind_repeat(a: Any, repeats: Any, axis: Any = None) -> tuple:
    repeats = np.asarray(repeats) if isinstance(repeats, list | tuple) else repeats
    return (a,), {"repeats": repeats} | ({} if axis is None else {"axis": axis})


repeat = define(
    np.repeat,
    latex=call("repeat"),
    grads=(_repeat_rule,),
    xla="jax.numpy.repeat({0}, {**})",
    js="kernel:repeat",
    try_on=(Sample(shape=(2, 3)),),
    cases=({"repeats": 2}, {"repeats": 3, "axis": 1}, {"repeats": np.array([1, 0, 2]), "axis": -1}),
    bind=_bind_repeat,
    kind=STRUCTURAL,
)

# ----- padding -----

_NOT_LINEAR = ("maximum", "minimum", "median")


def _pad_widths(width: Any, ndim: int) -> list[tuple[int, int]]:
    if isinstance(width, dict):
        return [_pad_widths(width.get(i, width.get(i - ndim, 0)), 1)[0] for i in range(ndim)]
    return [(int(b), int(a)) for b, a in np.broadcast_to(width, (ndim, 2))]


def _pad_rule(g: Any, y: Any, x: Any, pad_width: Any, mode: Any = "constant", **params: Any) -> Any:
    widths = _pad_widths(pad_width, np.ndim(x))
    if mode in ("constant", "empty"):
        return g[tuple(slice(b, b + n) for (b, _), n in zip(widths, np.shape(x), strict=True))]
    if callable(mode) or mode in _NOT_LINEAR:
        raise NotYetError(
            f"np.pad: no derivative yet with mode={mode!r}; use 'constant', 'edge' or 'reflect'"
        )
    params.pop("end_values", None)
    # every other mode is linear along each axis in turn, so it is a matrix: what it makes of the unit vectors
    for axis, (before, after) in enumerate(widths):
        matrix = np.pad(np.eye(np.shape(x)[axis]), ((before, after), (0, 0)), mode, **params)
        g = np.moveaxis(np.tensordot(g, matrix, ([axis], [0])), -1, axis)
    return g


pad = define(
    np.pad,
    latex=call("pad"),
    grads=(_pad_rule,),
    xla="jax.numpy.pad({0}, {**})",
    js="kernel:pad",
    try_on=(Sample(shape=(3, 4)),),
    cases=(
        {"pad_width": 1},
        {"pad_width": ((1, 2), (0, 1)), "mode": "constant", "constant_values": 2.5},
        {"pad_width": ((0, 2), (1, 1)), "mode": "edge"},
        {"pad_width": 2, "mode": "reflect"},
        {"pad_width": 2, "mode": "symmetric"},
        {"pad_width": 5, "mode": "wrap"},
        {"pad_width": 2, "mode": "mean"},
        {"pad_width": 2, "mode": "linear_ramp"},
    ),
    kind=MIXING,
)
