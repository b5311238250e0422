"""Attention: every place looks at the others and takes a weighted mean of what they offer."""

from __future__ import annotations

from typing import Any

import numpy as np

from chalkgrad.errors import ArgumentError
from chalkgrad.nn.activations import softmax
from chalkgrad.nn.initialisers import glorot, normal
from chalkgrad.nn.layers.layer import Layer

HIDDEN = -1e9  # a score so low that softmax gives it nothing, and finite, so that gradients are


def attention(Q: Any, K: Any, V: Any, causal: bool = False) -> Any:
    r"""Each query's mean of the values, weighed by how well their keys match it.

    $$\text{softmax}\left(\frac{Q K^\top}{\sqrt{d}}\right) V$$

    Args:
        Q: (…, queries, d).
        K: (…, places, d).
        V: (…, places, features).
        causal: whether a query sees only places up to its own.

    Returns:
        (…, queries, features).

    Source: Vaswani et al., "Attention is all you need", NIPS 2017.

    >>> attention(np.zeros((1, 2)), np.zeros((2, 2)), np.array([[1.0], [3.0]]))
    array([[2.]])
    """
    scores = np.matmul(Q, np.swapaxes(K, -1, -2)) / Q.shape[-1] ** 0.5
    if causal:
        queries, places = scores.shape[-2:]
        seen = np.arange(places) <= np.arange(queries)[:, None] + places - queries
        scores = np.where(seen, scores, np.asarray(HIDDEN, scores.dtype))
    return np.matmul(softmax(scores), V)


def multi_head_attention(
    x: Any, Wq: Any, Wk: Any, Wv: Any, Wo: Any, heads: int = 1, causal: bool = False
) -> Any:
    r"""Several attentions side by side, each in a part of the features, then mixed.

    $$[\text{attention}(x W^Q_h, x W^K_h, x W^V_h)]_{h} \, W^O$$

    Args:
        x: (examples, places, features).
        Wq, Wk, Wv: (features, width), a head's columns side by side.
        Wo: (width, features).
        heads: how many; the width is a multiple of it.
        causal: whether a place sees only those up to itself.

    Returns:
        (examples, places, features).

    Raises:
        ArgumentError: the width is no multiple of the heads, or the input has other axes.

    Source: Vaswani et al., "Attention is all you need", NIPS 2017.

    >>> W = np.eye(4)
    >>> multi_head_attention(np.ones((1, 3, 4)), W, W, W, W, heads=2)[0, 0]
    array([1., 1., 1., 1.])
    """
    _check_heads(np.shape(x), np.shape(Wq)[-1], heads)
    examples, count = np.shape(x)[:2]

    def apart(W: Any) -> Any:
        return np.swapaxes(np.reshape(np.matmul(x, W), (examples, count, heads, -1)), 1, 2)

    mixed = attention(apart(Wq), apart(Wk), apart(Wv), causal)
    return np.matmul(np.reshape(np.swapaxes(mixed, 1, 2), (examples, count, -1)), Wo)


def _check_heads(shape: tuple[int, ...], width: int, heads: int) -> None:
    if len(shape) != 3:
        raise ArgumentError(f"attention takes (examples, places, features), not an input of shape {shape}")
    if width % heads:
        raise ArgumentError(
            f"{heads} heads share a width of {width}, which is no multiple of {heads}. "
            f"Cure: nn.MultiHeadAttention({heads}, width={-(-width // heads) * heads})"
        )


def MultiHeadAttention(heads: int, width: int | None = None, causal: bool = False) -> Layer:
    """A layer of `multi_head_attention`.

    Args:
        heads: how many.
        width: of all heads together; default: the number of features.
        causal: whether a place sees only those up to itself.

    Raises:
        ArgumentError: the width is no multiple of the heads.

    >>> MultiHeadAttention(4, width=32)
    multi_head_attention(Wq=('in', 32), Wk=('in', 32), Wv=('in', 32), Wo=(32, 'in'))
    """
    if heads < 1 or (width is not None and width % heads):
        raise ArgumentError(
            f"heads={heads} and width={width}: the width is a multiple of the heads, 1 or more"
        )
    inner = width if width is not None else "in"
    shapes = {"Wq": ("in", inner), "Wk": ("in", inner), "Wv": ("in", inner), "Wo": (inner, "in")}
    options = {"heads": heads, "causal": causal}
    initial = dict.fromkeys(shapes, glorot)
    return Layer(multi_head_attention, shapes, initial, "multi_head_attention", options=options)


def positions(x: Any, P: Any) -> Any:
    """Add to each place a vector of its own: $x + P$, of which the first places are taken.

    Args:
        x: (examples, places, features).
        P: (most places, features).

    Returns:
        (examples, places, features).

    Raises:
        ArgumentError: the input has more places, or other axes.

    Source: Gehring et al., "Convolutional sequence to sequence learning", ICML 2017.

    >>> positions(np.zeros((1, 2, 1)), np.array([[1.0], [2.0], [3.0]]))[0, :, 0]
    array([1., 2.])
    """
    if np.ndim(x) != 3 or np.shape(x)[1] > np.shape(P)[0]:
        raise ArgumentError(
            f"positions for {np.shape(P)[0]} places, and an input of shape {np.shape(x)}: it is (examples, "
            "places, features), with no more places. Cure: nn.Positions(n), for the longest input"
        )
    return x + P[: np.shape(x)[1]]


def Positions(most: int) -> Layer:
    """A layer of `positions`: what comes first is told from what comes later.

    Args:
        most: the longest input, in places.

    >>> Positions(64)
    positions(P=(64, 'in'))
    """
    return Layer(positions, {"P": (most, "in")}, {"P": normal(0.02)}, "positions")
