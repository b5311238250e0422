"""Convolution in JAX: XLA's own for small floats; sums of products for float64, for which XLA's is slow."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import Any

import jax
import jax.numpy as jnp

from chalkgrad.ops.linalg.convolution import Moves, Sizes, moves, surrounded

LETTERS = "DHW"


def conv(x: Any, W: Any, **options: Any) -> Any:
    """What the row's NumPy function computes."""
    axes = x.ndim - 2
    move = moves(axes, **options)
    if axes > len(LETTERS) or jnp.result_type(x, W) == jnp.float64:
        return _in_products(surrounded(jnp, x, move.padding), W, move)
    places = LETTERS[-axes:]
    layout = f"N{places}C", f"{places}IO", f"N{places}C"
    return jax.lax.conv_general_dilated(
        x, W, move.strides, move.padding, rhs_dilation=move.dilation, dimension_numbers=layout
    )


def _in_products(x: Any, W: Any, move: Moves) -> Any:
    """One product of matrices over all windows, or one a place, whichever are fewer to cut out."""
    window, lengths, (s, d, _) = W.shape[:-2], x.shape[1:-1], move
    counts = tuple((n - (w - 1) * k - 1) // t + 1 for n, w, k, t in zip(lengths, window, d, s, strict=True))
    if prod(window) <= prod(counts):
        rows = jnp.concatenate([_cut(x, at, d, counts, s) for at in product(*map(range, window))], -1)
        return rows @ jnp.reshape(W, (rows.shape[-1], W.shape[-1]))
    seen = [_cut(x, at, s, window, d) for at in product(*map(range, counts))]
    axes = list(range(W.ndim - 1))
    made = [jnp.tensordot(part, W, ([a + 1 for a in axes], axes)) for part in seen]
    return jnp.reshape(jnp.stack(made, 1), (x.shape[0], *counts, W.shape[-1]))


def _cut(x: Any, at: Sizes, by: Sizes, counts: Sizes, steps: Sizes) -> Any:
    """Entries `at · by`, so many of them, so far apart."""
    starts = [a * b for a, b in zip(at, by, strict=True)]
    cuts = [slice(p, p + (n - 1) * t + 1, t) for p, n, t in zip(starts, counts, steps, strict=True)]
    return x[(slice(None), *cuts)]
