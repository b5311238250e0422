r"""Losses: how wrong a prediction is, as one number: the mean over examples, in plain NumPy.

`weight` counts some examples more than others: one number an example, along the first axis. It weighs a mean,
$\sum_i w_i \ell_i / \sum_i w_i$, so that weights of 1 change nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from chalkgrad.errors import ArgumentError
from chalkgrad.nn.activations import log_softmax


def mean(losses: Any, weight: Any = None) -> Any:
    r"""The mean over examples, each of which may be many numbers.

    $$\frac{1}{n} \sum_i \ell_i \qquad \text{or} \qquad \frac{\sum_i w_i \ell_i}{\sum_i w_i}$$

    Args:
        losses: examples along the first axis.
        weight: (n,), one an example, or nothing.

    Returns:
        One number.

    Raises:
        ArgumentError: there is not one weight an example.

    >>> float(mean(np.array([1.0, 4.0]), np.array([3.0, 1.0])))
    1.75
    """
    if weight is None:
        return np.mean(losses)
    count = np.shape(losses)[0]
    if np.shape(weight) != (count,):
        raise ArgumentError(
            f"weight has shape {np.shape(weight)}, and there are {count} examples. Cure: one number an "
            f"example, shape ({count},)"
        )
    each = np.mean(np.reshape(losses, (count, -1)), axis=1)
    return np.sum(weight * each) / np.sum(weight)


# ----- regression -----


def mean_squared_error(prediction: Any, target: Any, weight: Any = None) -> Any:
    r"""The mean of the squared differences.

    $$\frac{1}{n} \sum_i (p_i - t_i)^2$$

    Args:
        prediction: (n, …).
        target: of the same shape.
        weight: (n,) or nothing.

    Returns:
        One number.

    Source: Legendre, "Nouvelles méthodes pour la détermination des orbites des comètes", 1805.

    >>> float(mean_squared_error(np.array([1.0, 2.0]), np.array([0.0, 4.0])))
    2.5
    """
    return mean((prediction - target) ** 2, weight)


def mean_absolute_error(prediction: Any, target: Any, weight: Any = None) -> Any:
    r"""The mean of the differences' sizes: outliers count less than in `mean_squared_error`.

    $$\frac{1}{n} \sum_i |p_i - t_i|$$

    Args and shapes are those of `mean_squared_error`.

    Returns:
        One number.

    Source: Edgeworth, "On observations relating to several quantities", 1887.

    >>> float(mean_absolute_error(np.array([1.0, 2.0]), np.array([0.0, 4.0])))
    1.5
    """
    return mean(np.abs(prediction - target), weight)


def huber(prediction: Any, target: Any, weight: Any = None, delta: float = 1.0) -> Any:
    r"""Squared near the target, absolute beyond `delta`, the two joined without a kink.

    $$\frac{1}{n} \sum_i \begin{cases} \frac{1}{2} d_i^2 & \text{if } |d_i| \le \delta \\ \delta (|d_i| -
    \frac{1}{2} \delta) & \text{otherwise} \end{cases} \qquad d_i = p_i - t_i$$

    Args:
        prediction: (n, …).
        target: of the same shape.
        weight: (n,) or nothing.
        delta: where the two meet.

    Returns:
        One number.

    Source: Huber, "Robust estimation of a location parameter", 1964.

    >>> float(huber(np.array([0.5, 3.0]), np.array([0.0, 0.0])))
    1.3125
    """
    size = np.abs(prediction - target)
    near = np.minimum(size, delta)
    return mean(0.5 * near**2 + delta * (size - near), weight)


# ----- classification -----


def binary_cross_entropy(score: Any, target: Any, weight: Any = None) -> Any:
    r"""Two classes, from the score before the sigmoid.

    $$-\frac{1}{n} \sum_i t_i \log \sigma(s_i) + (1 - t_i) \log(1 - \sigma(s_i)) = \frac{1}{n} \sum_i
    \log(1 + e^{s_i}) - t_i s_i$$

    Computed as on the right, which neither overflows nor takes the logarithm of zero.

    Args:
        score: (n, …), any real numbers (logits).
        target: of the same shape, in [0, 1].
        weight: (n,) or nothing.

    Returns:
        One number.

    Source: Cox, "The regression analysis of binary sequences", 1958.

    >>> float(binary_cross_entropy(np.array([0.0, 1000.0]), np.array([1.0, 1.0])).round(4))
    0.3466
    """
    return mean(np.logaddexp(score, 0) - target * score, weight)


def softmax_cross_entropy(score: Any, target: Any, weight: Any = None) -> Any:
    r"""Many classes, from the scores before the softmax; its gradient is $\text{softmax}(s) - t$, over n.

    $$-\frac{1}{n} \sum_i \sum_k t_{ik} \log \text{softmax}(s_i)_k$$

    Args:
        score: (n, …, classes), any real numbers (logits).
        target: the classes' numbers, (n, …), or their shares (one-hot), (n, …, classes).
        weight: (n,) or nothing.

    Returns:
        One number.

    Source: Bridle, "Probabilistic interpretation of feedforward classification network outputs", 1990.

    >>> float(softmax_cross_entropy(np.zeros((2, 4)), np.array([0, 3])).round(4))
    1.3863
    """
    return mean(-np.sum(one_hot_like(target, score) * log_softmax(score), axis=-1), weight)


def hinge(score: Any, target: Any, weight: Any = None) -> Any:
    r"""The support vector machine's loss: nothing once the score is beyond the margin.

    $$\frac{1}{n} \sum_i \max(0, 1 - t_i s_i)$$

    Args:
        score: (n, …), any real numbers.
        target: of the same shape, -1 or 1.
        weight: (n,) or nothing.

    Returns:
        One number.

    Source: Cortes and Vapnik, "Support-vector networks", 1995.

    >>> float(hinge(np.array([2.0, 0.5]), np.array([1.0, -1.0])))
    0.75
    """
    return mean(np.maximum(0, 1 - target * score), weight)


def kl_divergence(score: Any, target: Any, weight: Any = None) -> Any:
    r"""How far the softmax of some scores is from a distribution; zero where they are the same.

    $$\frac{1}{n} \sum_i \sum_k t_{ik} \left(\log t_{ik} - \log \text{softmax}(s_i)_k\right)$$

    Args:
        score: (n, …, classes), any real numbers (logits).
        target: (n, …, classes), probabilities; where one is 0 its term is 0.
        weight: (n,) or nothing.

    Returns:
        One number.

    Source: Kullback and Leibler, "On information and sufficiency", 1951.

    >>> float(kl_divergence(np.zeros((1, 2)), np.array([[0.5, 0.5]])).round(4))
    0.0
    """
    safe = np.where(target > 0, target, 1)  # 0 log 0 is 0
    return mean(np.sum(target * (np.log(safe) - log_softmax(score)), axis=-1), weight)


def one_hot_like(target: Any, score: Any) -> Any:
    """Numbers of classes as shares: 1 for the class, 0 for the others; shares stay as they are.

    Raises:
        ArgumentError: shares of another shape than the scores.

    >>> one_hot_like(np.array([2, 0]), np.zeros((2, 3)))
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """
    if np.ndim(target) == np.ndim(score):
        _check_shares(np.shape(target), np.shape(score))
        return target
    classes = np.arange(score.shape[-1])
    return (np.expand_dims(target, -1) == classes).astype(score.dtype)


def _check_shares(target: tuple[int, ...], score: tuple[int, ...]) -> None:
    """Refuse what NumPy would broadcast into a wrong loss without a word: (n, 1) against (n, classes)."""
    if target != score:
        cure = "y[:, 0]" if target[-1:] == (1,) else "a share for each score"
        raise ArgumentError(f"scores of shape {score} and shares of shape {target}. Cure: {cure}")
