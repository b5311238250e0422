"""Normalisation: mean 0 and variance 1, over the batch or over the features, then stretched and moved."""

from __future__ import annotations

from typing import Any

import numpy as np

from chalkgrad.errors import ArgumentError
from chalkgrad.nn.initialisers import ones, zeros
from chalkgrad.nn.layers.layer import Layer


def layer_norm(x: Any, scale: Any, shift: Any, eps: float = 1e-5) -> Any:
    r"""Each example's features with mean 0 and variance 1, then stretched and moved.

    $$\text{scale} \odot \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}} + \text{shift}$$

    Args:
        x: (…, features); μ and σ² are taken over the last axis.
        scale: (features,).
        shift: (features,).
        eps: ε.

    Returns:
        The same shape.

    Source: Ba, Kiros and Hinton, "Layer normalization", 2016.

    >>> layer_norm(np.array([[1.0, 3.0]]), np.ones(2), np.zeros(2)).round(3)
    array([[-1.,  1.]])
    """
    centred = x - np.mean(x, axis=-1, keepdims=True)
    variance = np.mean(centred**2, axis=-1, keepdims=True)
    return scale * centred / np.sqrt(variance + eps) + shift


def LayerNorm(eps: float = 1e-5) -> Layer:
    """A layer of `layer_norm`.

    Args:
        eps: what is added to the variance.

    >>> LayerNorm()
    layer_norm(scale=('in',), shift=('in',))
    """
    shapes = {"scale": ("in",), "shift": ("in",)}
    return Layer(layer_norm, shapes, {"scale": ones}, "layer_norm", options={"eps": eps})


def batch_norm(
    x: Any,
    scale: Any,
    shift: Any,
    mean: Any,
    variance: Any,
    training: bool = False,
    momentum: float = 0.99,
    eps: float = 1e-3,
) -> Any:
    r"""Each feature with mean 0 and variance 1 over the batch, then stretched and moved.

    $$\text{scale} \odot \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}} + \text{shift}$$

    In training μ and σ² are those of the batch, over all axes but the last, and `mean` and `variance` move a
    little towards them; when the network is used they take their place.

    Args:
        x: (examples, …, features).
        scale, shift: (features,), learnt.
        mean, variance: (features,), of the batches so far.
        training: which of the two.
        momentum: the share of the mean and variance so far that is kept.
        eps: ε.

    Returns:
        The result; in training also the new mean and variance by name.

    Source: Ioffe and Szegedy, "Batch normalization", ICML 2015.

    >>> one = np.ones(1)
    >>> y, new = batch_norm(np.array([[1.0], [3.0]]), one, 0 * one, 0 * one, one, training=True, eps=0.0)
    >>> y[:, 0], new["mean"].round(4)
    (array([-1.,  1.]), array([0.02]))
    """
    if not training:
        return scale * (x - mean) / np.sqrt(variance + eps) + shift
    axes = tuple(range(np.ndim(x) - 1))
    now = np.mean(x, axis=axes)
    centred = x - now
    spread = np.mean(centred**2, axis=axes)
    new = {
        "mean": momentum * mean + (1 - momentum) * now,
        "variance": momentum * variance + (1 - momentum) * spread,
    }
    return scale * centred / np.sqrt(spread + eps) + shift, new


def BatchNorm(momentum: float = 0.99, eps: float = 1e-3) -> Layer:
    """A layer of `batch_norm`; its running mean and variance are state, which no gradient moves.

    Args:
        momentum: the share of the running mean and variance that a step keeps.
        eps: what is added to the variance.

    Raises:
        ArgumentError: momentum is not at least 0 and below 1.

    >>> BatchNorm().state
    ('mean', 'variance')
    """
    if not 0 <= momentum < 1:
        raise ArgumentError(f"momentum={momentum}; give a share from 0 up to, and not including, 1")
    names = ("scale", "shift", "mean", "variance")
    first = {"scale": ones, "shift": zeros, "mean": zeros, "variance": ones}
    return Layer(
        batch_norm,
        dict.fromkeys(names, ("in",)),
        first,
        "batch_norm",
        state=names[2:],
        options={"momentum": momentum, "eps": eps},
        modal=True,
    )
