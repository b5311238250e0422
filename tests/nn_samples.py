"""Arguments for all that is public in `nn`: small, in float64, away from kinks and ties."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from chalkgrad import nn

RNG = np.random.default_rng(5)


def some(*shape: int) -> np.ndarray:
    return RNG.normal(size=shape)


def names(*where: str) -> set[str]:
    """Public names of `nn` that come from these modules of it."""
    modules = tuple(f"chalkgrad.nn.{w}" for w in where)
    return {n for n, f in vars(nn).items() if getattr(f, "__module__", "").startswith(modules)}


SCORES = some(3, 4)
SHARES = np.array([[0.1, 0.2, 0.3, 0.4], [0.25, 0.25, 0.25, 0.25], [0.7, 0.1, 0.1, 0.1]])

# ----- functions, by name: their arguments -----

# fmt: off
FUNCTIONS: dict[str, tuple[Any, ...]] = {
    "elu":                   (SCORES,),
    "gelu":                  (SCORES,),
    "leaky_relu":            (SCORES,),
    "linear":                (SCORES,),
    "log_softmax":           (SCORES,),
    "relu":                  (SCORES,),
    "selu":                  (SCORES,),
    "sigmoid":               (SCORES,),
    "silu":                  (SCORES,),
    "softmax":               (SCORES,),
    "softplus":              (SCORES,),
    "step":                  (SCORES,),
    "tanh":                  (SCORES,),

    "binary_cross_entropy":  (SCORES, SHARES),
    "hinge":                 (SCORES, np.sign(some(3, 4))),
    "huber":                 (SCORES, SHARES),
    "kl_divergence":         (SCORES, SHARES),
    "mean_absolute_error":   (SCORES, SHARES),
    "mean_squared_error":    (SCORES, SHARES),
    "softmax_cross_entropy": (SCORES, SHARES),

    "attention":             (some(2, 3, 4), some(2, 3, 4), some(2, 3, 2)),
    "average_pool":          (some(1, 4, 4, 2),),
    "batch_norm":            (some(4, 3), some(3), some(3), some(3), some(3) ** 2 + 1),
    "convolution":           (some(1, 4, 4, 2), some(3, 3, 2, 2), some(2)),
    "dense":                 (some(3, 4), some(4, 2), some(2)),
    "dropout":               (some(3, 4), 0.5),
    "embedding":             (np.array([[0, 2], [1, 0]]), some(3, 2)),
    "flatten":               (some(2, 3, 2),),
    "gru":                   (some(2, 3, 2), some(2, 6), some(2, 6), some(6), some(6)),
    "layer_norm":            (some(3, 4), some(4), some(4)),
    "lstm":                  (some(2, 3, 2), some(2, 8), some(2, 8), some(8)),
    "max_pool":              (some(1, 4, 4, 2),),
    "multi_head_attention":  (some(2, 3, 4), some(4, 4), some(4, 4), some(4, 4), some(4, 4)),
    "positions":             (some(2, 3, 4), some(5, 4)),
    "simple_rnn":            (some(2, 3, 2), some(2, 2), some(2, 2), some(2)),
}

# ----- layers, by what makes them: one, and an input -----

LAYERS: dict[str, tuple[Callable, np.ndarray]] = {
    "AveragePool1D":      (nn.AveragePool1D(2),                      some(2, 5, 3)),
    "AveragePool2D":      (nn.AveragePool2D((2, 3), strides=1),      some(1, 4, 4, 2)),
    "BatchNorm":          (nn.BatchNorm(),                           some(4, 3)),
    "Conv1D":             (nn.Conv1D(2, 3, nn.tanh, strides=2),      some(2, 5, 3)),
    "Conv2D":             (nn.Conv2D(2, 3, dilation=2),              some(1, 5, 4, 2)),
    "Dense":              (nn.Dense(3, nn.sigmoid),                  some(2, 4)),
    "Dropout":            (nn.Dropout(0.4),                          some(3, 4)),
    "Embedding":          (nn.Embedding(4, 3),                       np.array([[0, 2, 2], [1, 0, 3]])),
    "Flatten":            (nn.Flatten(),                             some(2, 3, 2)),
    "GRU":                (nn.GRU(3),                                some(2, 3, 2)),
    "LSTM":               (nn.LSTM(2, return_sequences=True),        some(2, 3, 2)),
    "LayerNorm":          (nn.LayerNorm(),                           some(3, 4)),
    "MaxPool1D":          (nn.MaxPool1D(3, strides=2),               some(2, 7, 2)),
    "MaxPool2D":          (nn.MaxPool2D(),                           some(1, 4, 4, 2)),
    "MultiHeadAttention": (nn.MultiHeadAttention(2, causal=True),    some(2, 3, 4)),
    "Positions":          (nn.Positions(4),                          some(2, 3, 2)),
    "Residual":           (nn.Residual(nn.LayerNorm(), nn.Dense(4)), some(3, 4)),
    "SimpleRNN":          (nn.SimpleRNN(2),                          some(2, 3, 2)),
}

# ----- optimizers and schedules, by what makes them -----

OPTIMIZERS = {
    "adagrad":             nn.adagrad(0.1),
    "adam":                nn.adam(0.1),
    "adamw":               nn.adamw(0.1),
    "add_l1":              nn.add_l1(0.1),
    "add_l2":              nn.add_l2(0.1),
    "chain":               nn.chain(nn.clip(1.0), nn.sgd(0.1)),
    "clip":                nn.clip(1.0),
    "clip_by_global_norm": nn.clip_by_global_norm(1.0),
    "rmsprop":             nn.rmsprop(0.1),
    "sgd":                 nn.sgd(0.1, momentum=0.9),
}
SCHEDULES = {
    "cosine_decay":        nn.cosine_decay(0.1, 10),
    "exponential_decay":   nn.exponential_decay(0.1, 10, 0.5),
    "piecewise":           nn.piecewise(0.1, {3: 0.5}),
    "warmup":              nn.warmup(4, 0.1),
}
# fmt: on
