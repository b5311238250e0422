"""Before training: parts, scales, codes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from chalkgrad.errors import ArgumentError
from chalkgrad.train.data.records import Data, Examples
from chalkgrad.train.examples import numbers_of


def split(X: Any, y: Any, test: float = 0.2, seed: int = 0) -> Data:
    """Examples in an order drawn by seed, the last share of which is put aside.

    Args:
        X: (n, …).
        y: (n, …).
        test: the share that is put aside, above 0 and below 1.
        seed: the same seed gives the same parts.

    Returns:
        A record that unpacks: `(X, y), (X_test, y_test) = split(X, y)`.

    Raises:
        ArgumentError: the two are not equally long, or one part would be empty.

    Not for what has an order, such as text and series: neighbours know each other. Cut those by position.

    >>> (X, y), (X_test, y_test) = split(np.arange(10), np.arange(10), test=0.3)
    >>> len(y), sorted({*y.tolist(), *y_test.tolist()}) == list(range(10))
    (7, True)
    """
    X, y = np.asarray(X), np.asarray(y)
    if len(X) != len(y):
        raise ArgumentError(f"there are {len(X)} examples in X and {len(y)} in y")
    held = round(len(X) * test)
    if not 0 < held < len(X):
        raise ArgumentError(
            f"test={test} of {len(X)} examples leaves one part empty; give a share between 0 and 1"
        )
    order = np.random.default_rng(seed).permutation(len(X))
    learn, judge = order[:-held], order[-held:]
    return Data(Examples(X[learn], y[learn]), Examples(X[judge], y[judge]))


def standardise(X: Any) -> Callable[[Any], np.ndarray]:
    r"""A function that shifts and scales features by what these examples are: mean 0 and deviation 1.

    $$z = \frac{x - \mu}{\sigma}$$

    Args:
        X: (n, …), the examples to learn from, and no others: what is to be judged by stays unseen.

    Returns:
        The function, for these examples and for others; its `mean` and `deviation` are attributes.

    Raises:
        ArgumentError: no numbers, none, or some that are not finite; from the function: other features.

    A feature that never varies is only shifted.

    Source: LeCun, Bottou, Orr and Müller, "Efficient backprop", 1998.

    >>> scaled = standardise(np.array([[1.0, 5.0], [3.0, 5.0]]))
    >>> scaled(np.array([[1.0, 5.0], [5.0, 6.0]]))
    array([[-1.,  0.],
           [ 3.,  1.]])
    """
    X = numbers_of(X, "X")
    mean, deviation = X.mean(axis=0, dtype=np.float64), X.std(axis=0, dtype=np.float64)
    deviation = np.where(deviation > 1e-9 * (1 + np.abs(mean)), deviation, 1.0)

    def scaled(x: Any) -> np.ndarray:
        x = np.asarray(x)
        if mean.shape not in (x.shape[1:], x.shape):
            raise ArgumentError(
                f"X has shape {x.shape}, and was to be scaled as examples of shape {mean.shape}. "
                "Cure: the same features as then"
            )
        kind = x.dtype if x.dtype.kind == "f" else np.dtype(np.float64)
        return ((x - mean) / deviation).astype(kind)

    scaled.mean, scaled.deviation = mean, deviation  # type: ignore[attr-defined]
    return scaled


def one_hot(classes: Any, count: int | None = None) -> np.ndarray:
    r"""A row of zeros with a single 1, for each whole number.

    $$[j = c_i]_j$$

    Args:
        classes: (…), whole numbers from 0.
        count: how many classes there are; default: as many as the largest needs.

    Returns:
        (…, count), float32.

    Raises:
        ArgumentError: numbers that are not whole, or not between 0 and count.

    >>> one_hot([1, 0], 3)
    array([[0., 1., 0.],
           [1., 0., 0.]], dtype=float32)
    """
    numbers = np.asarray(classes)
    if numbers.dtype.kind not in "iub":
        text = numbers.dtype.kind in "US"
        cure = "np.unique(y, return_inverse=True)[1], a number for each name" if text else "y.astype(int)"
        raise ArgumentError(f"one_hot takes whole numbers, not {numbers.dtype}. Cure: {cure}")
    numbers = numbers.astype(np.int64)
    count = int(numbers.max(initial=-1)) + 1 if count is None else count
    if not isinstance(count, int | np.integer):
        raise ArgumentError(f"count={count!r}. Cure: a whole number, how many classes there are")
    if numbers.size and not (numbers.min() >= 0 and numbers.max() < count):
        raise ArgumentError(
            f"classes go from {numbers.min()} to {numbers.max()}, and {count} of them from 0 to {count - 1}. "
            "Cure: another count, or numbers from 0: np.unique(y, return_inverse=True)[1]"
        )
    return np.eye(count, dtype=np.float32)[numbers]


def windows(values: Any, length: int, ahead: int = 1) -> Examples:
    r"""Stretches of a series, each with what follows: examples for a network that looks ahead.

    $$X_i = (v_i, \dots, v_{i + \text{length} - 1}) \qquad y_i = v_{i + \text{length} - 1 + \text{ahead}}$$

    Args:
        values: (time,) or (time, features).
        length: of a stretch.
        ahead: how far behind the end of the stretch the answer lies.

    Returns:
        X: (n, length, features) and y: (n, features); features is 1 for a plain series.

    Raises:
        ArgumentError: the series is too short.

    Windows overlap: cut the series into parts first, then each part into windows.

    >>> X, y = windows(np.arange(5.0), 3)
    >>> X[:, :, 0].tolist(), y[:, 0].tolist()
    ([[0.0, 1.0, 2.0], [1.0, 2.0, 3.0]], [3.0, 4.0])
    """
    series = np.asarray(values)
    series = series[:, None] if series.ndim == 1 else series
    count = len(series) - length - ahead + 1
    if length < 1 or ahead < 1 or count < 1:
        raise ArgumentError(
            f"a series of {len(series)} has no window of {length} with an answer {ahead} ahead"
        )
    starts = np.arange(count)[:, None] + np.arange(length)
    return Examples(series[starts], series[length + ahead - 1 :])
