"""Several arrays as one vector and back: a node has one value, a loop has many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import prod
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class Packing:
    """Which entries of the vector are which array."""

    shapes: tuple[tuple[int, ...], ...]
    dtypes: tuple[np.dtype, ...]

    @property
    def dtype(self) -> np.dtype:
        """That of the vector, in which each array's own values are exact."""
        return np.result_type(*self.dtypes)

    def pack(self, xp: Any, arrays: Sequence[Any]) -> Any:
        """The vector; `xp` is NumPy or JAX's."""
        return xp.concatenate([xp.reshape(xp.asarray(a, self.dtype), (-1,)) for a in arrays])

    def edges(self) -> list[int]:
        """Where in the vector each array begins, and the vector's end."""
        return [0, *accumulate(prod(shape) for shape in self.shapes)]

    def unpack(self, vector: Any) -> list[Any]:
        """The arrays, plain or traced."""
        arrays = []
        for (start, stop), shape, dtype in zip(pairwise(self.edges()), self.shapes, self.dtypes, strict=True):
            part = np.reshape(vector[start:stop], shape)
            arrays.append(part if dtype == self.dtype else part.astype(dtype))
        return arrays
