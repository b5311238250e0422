"""The product of a small window of weights with each place of an array: what convolutional layers are.

Networks call it convolution; mathematics calls it cross-correlation, since the window is not turned round.

Source: Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016, for the gradients,
which are convolutions again.
"""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple

import numpy as np

from chalkgrad.op import MIXING, Case, Sample, define
from chalkgrad.ops.index import Span, scatter
from chalkgrad.ops.shared import call

Sizes = tuple[int, ...]
Margins = tuple[tuple[int, int], ...]  # zeros before and behind, along each axis


class Moves(NamedTuple):
    """How the window moves over the array, along each axis."""

    strides: Sizes  # how far from one place to the next
    dilation: Sizes  # how far apart its entries lie
    padding: Margins  # how many zeros surround the array; below 0, how many entries are left out

    def given(self) -> dict[str, Any]:
        """As static parameters; what is usual is left out."""
        usual = moves(len(self.strides))
        pairs = zip(self._fields, self, usual, strict=True)
        return {name: value for name, value, otherwise in pairs if value != otherwise}


def moves(
    axes: int, strides: Sizes | None = None, dilation: Sizes | None = None, padding: Margins | None = None
) -> Moves:
    """One place after the other, nothing left out, nothing around, where nothing else is said.

    >>> moves(1, strides=(2,))
    Moves(strides=(2,), dilation=(1,), padding=((0, 0),))
    """
    ones = (1,) * axes
    return Moves(tuple(strides or ones), tuple(dilation or ones), tuple(padding or ((0, 0),) * axes))


def spans(window: Sizes, dilation: Sizes) -> Sizes:
    """How many entries a window reaches over.

    >>> spans((3, 3), (1, 2))
    (3, 5)
    """
    return tuple((w - 1) * d + 1 for w, d in zip(window, dilation, strict=True))


def counts(lengths: Sizes, window: Sizes, strides: Sizes, dilation: Sizes) -> Sizes:
    """How many places a window has along each axis; below 1 where it does not fit.

    >>> counts((28, 28), (3, 3), (2, 2), (1, 1))
    (13, 13)
    """
    reach = spans(window, dilation)
    return tuple((n - k) // t + 1 for n, k, t in zip(lengths, reach, strides, strict=True))


def cut(x: Any, at: Sizes, by: Sizes, counts: Sizes, steps: Sizes) -> Any:
    """Of each example the entries from `at · by` on, so many of them, so far apart.

    >>> cut(np.arange(6.0).reshape(1, 6, 1), (1,), (2,), (2,), (3,))[0, :, 0]
    array([2., 5.])
    """
    starts = [a * b for a, b in zip(at, by, strict=True)]
    cuts = [slice(s, s + (n - 1) * t + 1, t) for s, n, t in zip(starts, counts, steps, strict=True)]
    return x[(slice(None), *cuts)]


def surrounded(xp: Any, x: Any, padding: Margins) -> Any:
    """An array with zeros around its places, or with fewer of them; `xp` is NumPy or JAX's.

    >>> surrounded(np, np.ones((1, 3, 1)), ((2, -1),))[0, :, 0]
    array([0., 0., 1., 1.])
    """
    if any(low < 0 or high < 0 for low, high in padding):
        if any(
            n + min(low, 0) + min(high, 0) < 0 for n, (low, high) in zip(x.shape[1:-1], padding, strict=True)
        ):
            raise ValueError(f"padding {padding} leaves out more than there is of shape {x.shape}")
        places = zip(x.shape[1:-1], padding, strict=True)
        x = x[(slice(None), *(slice(max(-low, 0), n + min(high, 0)) for n, (low, high) in places))]
    widths = [(max(low, 0), max(high, 0)) for low, high in padding]
    return xp.pad(x, ((0, 0), *widths, (0, 0))) if any(map(any, widths)) else x


def _conv(x: Any, W: Any, **options: Any) -> Any:
    """All windows as rows of one matrix, times the weights: one product of matrices.

    Source: Chellapilla, Puri and Simard, "High performance convolutional neural networks for document
    processing", 2006.
    """
    window, filters = W.shape[:-2], W.shape[-1]
    axes = len(window)
    move = moves(axes, **options)
    x = surrounded(np, x, move.padding)
    reach, along = spans(window, move.dilation), tuple(range(1, axes + 1))
    seen = np.lib.stride_tricks.sliding_window_view(x, reach, along)
    outside = tuple(slice(None, None, k) for k in move.strides)
    inside = tuple(slice(None, None, k) for k in move.dilation)
    seen = np.moveaxis(seen[(slice(None), *outside, slice(None), *inside)], axes + 1, -1)
    places, entries = seen.shape[: axes + 1], prod(window) * W.shape[-2]
    rows = np.reshape(seen, (prod(places), entries))
    return np.reshape(rows @ np.reshape(W, (entries, filters)), (*places, filters))


def _by_input(g: Any, y: Any, x: Any, W: Any, **options: Any) -> Any:
    """Each place hands its gradient back to what its window saw: the gradient, spread apart by the strides,
    under the window turned round.
    """
    axes = np.ndim(x) - 2
    move = moves(axes, **options)
    lengths = tuple((n - 1) * t + 1 for n, t in zip(np.shape(g)[1:-1], move.strides, strict=True))
    if lengths != np.shape(g)[1:-1]:
        cuts = [Span(0, n, t) for n, t in zip(lengths, move.strides, strict=True)]
        shape = (np.shape(g)[0], *lengths, np.shape(g)[-1])
        g = scatter(g, shape=shape, indices=((Span(None, None, None), *cuts),))
    reach = spans(np.shape(W)[:-2], move.dilation)
    before = [k - 1 - low for k, (low, _) in zip(reach, move.padding, strict=True)]
    behind = [n - m - b + k - 1 for n, m, b, k in zip(np.shape(x)[1:-1], lengths, before, reach, strict=True)]
    turned = np.swapaxes(np.flip(W, tuple(range(axes))), -1, -2)
    back = moves(axes, dilation=move.dilation, padding=tuple(zip(before, behind, strict=True)))
    return conv(g, turned, **back.given())


def _by_weights(g: Any, y: Any, x: Any, W: Any, **options: Any) -> Any:
    """Each weight saw the input wherever the window was: the input under the gradient, examples added up."""
    axes = np.ndim(x) - 2
    move = moves(axes, **options)
    over = moves(axes, strides=move.dilation, dilation=move.strides, padding=move.padding)
    sums = conv(np.swapaxes(x, 0, -1), np.moveaxis(g, 0, -2), **over.given())
    if np.shape(sums)[1:-1] != np.shape(W)[:-2]:  # the strides leave entries at the end unseen
        sums = sums[(slice(None), *(slice(0, n) for n in np.shape(W)[:-2]))]
    return np.moveaxis(sums, 0, -2)


conv = define(
    _conv,
    name="conv",
    latex=call("conv"),
    grads=(_by_input, _by_weights),
    xla="chalkgrad.run.convolution.conv({0}, {1}, {**})",
    js="kernel:conv",
    python="conv({*}, {**})",
    try_on=(Sample(shape=(2, 5, 3)), Sample(shape=(2, 3, 4))),
    cases=(
        {},
        {"strides": (2,)},
        {"dilation": (2,), "padding": ((1, 2),)},
        Case(
            {"strides": (2, 1), "dilation": (1, 2), "padding": ((0, 1), (2, 1))},
            (Sample(shape=(2, 6, 5, 2)), Sample(shape=(2, 2, 2, 3))),
        ),
    ),
    kind=MIXING,
)
