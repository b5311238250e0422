"""Convolution in JAX: XLA's own for small floats; sums of products for float64, for which XLA's is slow."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import Any

import jax
import jax.numpy as jnp

from chalkgrad.ops.linalg.convolution import Moves, counts, cut, moves, surrounded

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
    window, (s, d, _) = W.shape[:-2], move
    places = counts(x.shape[1:-1], window, s, d)
    if prod(window) <= prod(places):
        rows = jnp.concatenate([cut(x, at, d, places, s) for at in product(*map(range, window))], -1)
        return rows @ jnp.reshape(W, (rows.shape[-1], W.shape[-1]))
    seen = [cut(x, at, s, window, d) for at in product(*map(range, places))]
    axes = list(range(W.ndim - 1))
    made = [jnp.tensordot(part, W, ([a + 1 for a in axes], axes)) for part in seen]
    return jnp.reshape(jnp.stack(made, 1), (x.shape[0], *places, W.shape[-1]))
