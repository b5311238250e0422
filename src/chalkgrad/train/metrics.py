"""How good predictions are, in the figures that people report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from chalkgrad.nn import losses

Metric = Callable[[Any, Any], Any]


def accuracy(score: Any, target: Any) -> Any:
    """The share of examples whose highest score is that of their class.

    >>> float(accuracy(np.array([[0.1, 0.9], [0.8, 0.2]]), np.array([1, 1])))
    0.5
    """
    wanted = np.argmax(target, axis=-1) if np.ndim(target) == np.ndim(score) else target
    return np.mean(np.argmax(score, axis=-1) == wanted)


def binary_accuracy(score: Any, target: Any) -> Any:
    """The share of examples whose score is on their side of zero; targets are 0 or 1, or -1 or 1.

    >>> float(binary_accuracy(np.array([2.0, -1.0]), np.array([1, 1])))
    0.5
    """
    return np.mean((score > 0) == (target > 0))


def r_squared(prediction: Any, target: Any) -> Any:
    r"""The share of the target's variance that is explained: $1 - \sum (p - t)^2 / \sum (t - \bar t)^2$.

    >>> float(r_squared(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 3.0])))
    1.0
    """
    return 1 - np.sum((prediction - target) ** 2) / np.sum((target - np.mean(target, axis=0)) ** 2)


# fmt: off
BY_LOSS: dict[Any, tuple[str, Metric]] = {  # what is shown beside a loss where nothing else was asked for
    losses.softmax_cross_entropy: ("accuracy", accuracy),
    losses.kl_divergence:         ("accuracy", accuracy),
    losses.binary_cross_entropy:  ("accuracy", binary_accuracy),
    losses.hinge:                 ("accuracy", binary_accuracy),
}
BY_NAME: dict[str, Metric] = {  # what may be asked for by name
    "accuracy":            accuracy,
    "binary_accuracy":     binary_accuracy,
    "r_squared":           r_squared,
    "mean_squared_error":  losses.mean_squared_error,
    "mean_absolute_error": losses.mean_absolute_error,
}
# fmt: on


def decide(loss: Any, score: np.ndarray) -> np.ndarray:
    """A prediction made of scores: the number of a class, or the scores themselves."""
    metric = BY_LOSS.get(loss, ("", None))[1]
    if metric is accuracy:
        return np.argmax(score, axis=-1)
    if metric is binary_accuracy:
        side = score > 0
        return np.where(side, 1, -1) if loss is losses.hinge else side.astype(int)
    return score
