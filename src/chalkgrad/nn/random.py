"""A random source for layers that can be traced: its draws are functions of a key and of nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np

from chalkgrad.ops.random import uniform


class Keyed:
    """Draws as NumPy's Generator does, the k-th of them from the key and from k.

    Args:
        key: (2,), whole numbers: in training the seed and the step.

    >>> float(Keyed(np.array([0, 1])).random()) == float(Keyed(np.array([0, 1])).random())
    True
    """

    def __init__(self, key: Any):
        self.key = key
        self.position = 0

    def random(self, size: Any = (), dtype: Any = np.float64) -> Any:
        """Uniform in [0, 1)."""
        shape = (size,) if isinstance(size, int) else tuple(size)
        self.position += 1
        return uniform(self.key, position=self.position - 1, shape=shape, dtype=np.dtype(dtype))

    def uniform(self, low: Any = 0.0, high: Any = 1.0, size: Any = ()) -> Any:
        """Uniform in [low, high)."""
        return low + (high - low) * self.random(size)

    def normal(self, loc: Any = 0.0, scale: Any = 1.0, size: Any = ()) -> Any:
        """Normal, by the method of Box and Muller (1958)."""
        radius = np.sqrt(-2 * np.log(1 - self.random(size)))
        return loc + scale * radius * np.cos(2 * np.pi * self.random(size))

    def standard_normal(self, size: Any = ()) -> Any:
        """Normal with mean 0 and variance 1."""
        return self.normal(size=size)
