"""Sliding windows: what convolutions and poolings are made of."""

from __future__ import annotations

from typing import Any

import numpy as np

from chalkgrad.op import STRUCTURAL, Case, Sample, define
from chalkgrad.ops.index import Span, scatter
from chalkgrad.ops.shared import call

_key = np.lib.stride_tricks.sliding_window_view


def _bind(
    x: Any, window_shape: Any, axis: Any = None, *, subok: bool = False, writeable: bool = False
) -> tuple:
    return (x,), {"window_shape": window_shape} | ({} if axis is None else {"axis": axis})


def _windows_by_axis(x: Any, window_shape: Any, axis: Any) -> tuple[list[int], list[int]]:
    """The axes slid over and the window's length on each."""
    lengths = [int(w) for w in np.atleast_1d(window_shape)]
    axes = range(np.ndim(x)) if axis is None else np.atleast_1d(axis)
    return [int(a) % np.ndim(x) for a in axes], lengths


def gather(x: Any, window_shape: Any, axis: Any = None) -> Any:
    """All windows by one read with arrays of places; works on any array that NumPy indexing works on."""
    axes, lengths = _windows_by_axis(x, window_shape, axis)
    for a, w in zip(axes, lengths, strict=True):
        places = np.arange(x.shape[a] - w + 1)[:, None] + np.arange(w)
        # the window's axis goes last, the others keep their places
        x = x[(slice(None),) * a + (places,)]
        order = [i for i in range(x.ndim) if i != a + 1] + [a + 1]
        x = x.transpose(order)
    return x


def _rule(g: Any, y: Any, x: Any, window_shape: Any, axis: Any = None) -> Any:
    """Each place in the window sees the array shifted, so its gradient goes back shifted."""
    axes, lengths = _windows_by_axis(x, window_shape, axis)
    ndim = np.ndim(x)
    parts, indices = [], []
    for place in np.ndindex(*lengths):
        starts = [0] * ndim
        for a, p in zip(axes, place, strict=True):
            starts[a] += p
        parts.append(g[(...,) + place])
        indices.append(tuple(Span(s, s + n, None) for s, n in zip(starts, np.shape(g)[:ndim], strict=True)))
    return scatter(*parts, shape=np.shape(x), indices=tuple(indices))


sliding_window_view = define(
    _key,
    latex=call("sliding_window_view"),
    grads=(_rule,),
    xla="chalkgrad.ops.shape.windows.gather",
    js="kernel:sliding_window_view",
    try_on=(Sample(shape=(4, 5)),),
    cases=(
        {"window_shape": (2, 3)},
        {"window_shape": 3, "axis": 1},
        Case({"window_shape": (2, 2), "axis": (1, 2)}, (Sample(shape=(2, 3, 4)),)),
    ),
    bind=_bind,
    python="np.lib.stride_tricks.sliding_window_view({0}, {**})",
    kind=STRUCTURAL,
)
