r"""Similarities and distances.

Everything takes vectors of the same length.
"""
import numpy as np


def euclidean(x, y):
    r"""Straight-line distance.

    .. math:: d(x, y) = \sqrt{\sum_i (x_i + y_i)^2}

    Examples
    --------
    >>> euclidean(np.array([0.0, 3.0]), np.array([4.0, 0.0]))
    5.0
    """
    return np.sqrt(np.sum((x - y) ** 2))


def manhattan(x, y):
    r"""City blocks: $\text{manhattan}(x, y) = \sum_i |x_i - y_i|$."""
    return np.sum(np.abs(x - y))


def chebyshev(x, y):
    r"""$\text{chebyshev}(x, y) = \max_i |x_i - y_i|$"""
    return np.max(np.abs(x - y))


def minkowski(x, y, p):
    r"""
    .. math::

        \text{minkowski}(x, y, p) = \left(\sum_i |x_i - y_i|^p\right)^{1/p}
    """
    return np.sum(np.abs(x - y) ** p) ** (1 / p)


def rbf_kernel(x, y, gamma=0.5):
    r"""$k(x, y) = \exp(-\gamma \|x - y\|^2)$"""
    return np.exp(-gamma * np.sum((x - y) ** 2))
