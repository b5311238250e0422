"""How data sets are handed over: as records that unpack into a part to learn from and one to be judged by.

(X, y), (X_test, y_test) = cg.data.mnist()
housing = cg.data.california_housing(); housing.train.X, housing.names
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np


class Examples(NamedTuple):
    """Inputs and answers, an example a row."""

    X: np.ndarray  # (n, …)
    y: np.ndarray  # (n,) or (n, …)


class _Pair:
    """Two parts; `train, test = record`."""

    train: Any
    test: Any

    def __iter__(self) -> Iterator[Any]:
        return iter((self.train, self.test))


@dataclass(frozen=True, slots=True, eq=False)
class Data(_Pair):
    """Examples to learn from, and others to be judged by.

    >>> few = Examples(np.zeros((3, 2)), np.arange(3))
    >>> (X, y), (X_test, y_test) = Data(few, few, names=("a", "b"))
    >>> X.shape, y_test
    ((3, 2), array([0, 1, 2]))
    """

    train: Examples
    test: Examples
    names: tuple[str, ...] = ()  # of the columns of X
    classes: tuple[str, ...] = ()  # what the numbers 0, 1, … in y stand for; () where y is a quantity
    credit: str = ""  # whom the data is from, and its licence

    def __repr__(self) -> str:
        shapes = f"{self.train.X.shape}, {self.test.X.shape}"
        what = f"classes {', '.join(self.classes[:10])}" if self.classes else "a quantity"
        return f"<Data: X {shapes}; y: {what}>"


@dataclass(frozen=True, slots=True, eq=False)
class Texts(_Pair):
    """Text to learn from, and text to be judged by: strings, or tuples of strings.

    >>> train, test = Texts("to be", "or not")
    >>> test
    'or not'
    """

    train: Any
    test: Any
    credit: str = ""

    def __repr__(self) -> str:
        return f"<Texts: {len(self.train):,} and {len(self.test):,} long>"


class Measured(NamedTuple):
    """A quantity over time."""

    t: np.ndarray  # (n,), years
    value: np.ndarray  # (n,)


@dataclass(frozen=True, slots=True, eq=False)
class Series(_Pair):
    """The earlier part of a series, and the later one.

    >>> early, late = (Measured(np.array([year]), np.ones(1)) for year in (2.0, 3.0))
    >>> past, future = Series(early, late, "kg")
    >>> future.t
    array([3.])
    """

    train: Measured
    test: Measured
    unit: str
    credit: str = ""

    def __repr__(self) -> str:
        t = self.train.t, self.test.t
        spans = " and ".join(f"{a[0]:.1f} to {a[-1]:.1f}" for a in t)
        return f"<Series in {self.unit}: {spans}, {len(t[0])} and {len(t[1])} values>"


@dataclass(frozen=True, slots=True, eq=False)
class Ratings(_Pair):
    """Who gave which film how many points, the earlier ratings and the later ones.

    X is (n, 2): the number of the user and that of the film, each from 0; y is (n,), the points.
    """

    train: Examples
    test: Examples
    films: tuple[str, ...]  # titles by number
    users: int
    credit: str = ""

    def __repr__(self) -> str:
        counts = f"{len(self.train.y):,} and {len(self.test.y):,}"
        return f"<Ratings: {counts}, of {self.users} users and {len(self.films)} films>"
