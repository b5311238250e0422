"""Tables of text as columns of numbers: quantities, blanks, categories."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from chalkgrad.errors import DataError
from chalkgrad.train.data.prepare import split
from chalkgrad.train.data.records import Data

Column = list[str]


def read_table(text: str, name: str, separator: str = ",", header: Sequence[str] = ()) -> dict[str, Column]:
    """The columns of a table, as text; `header` if the first line is none.

    Raises:
        DataError: rows of different lengths.

    >>> read_table("a,b\\n1,x\\n2,y\\n", "two.csv")
    {'a': ['1', '2'], 'b': ['x', 'y']}
    """
    rows = [row for row in csv.reader(io.StringIO(text), delimiter=separator) if row]
    names, rows = (list(header), rows) if header else (rows[0], rows[1:])
    for k, row in enumerate(rows):
        if len(row) != len(names):
            raise DataError(f"{name}: row {k + 1} has {len(row)} entries; there are {len(names)} columns")
    return {n: list(column) for n, column in zip(names, zip(*rows, strict=True), strict=True)}


def quantity(column: Column, blank: Sequence[str] = ("", " ", "?")) -> np.ndarray:
    """Numbers; NaN where there is none.

    >>> quantity(["00202", "?", "1.5"])
    array([202. ,   nan,   1.5])
    """
    return np.array([np.nan if value in blank else float(value) for value in column])


def categories(column: Column, name: str) -> dict[str, np.ndarray]:
    """A column of zeros and ones for each category, in alphabetical order; for two, one column is enough.

    >>> {k: v.tolist() for k, v in categories(["no", "yes", "no"], "loan").items()}
    {'loan=yes': [0.0, 1.0, 0.0]}
    """
    values = sorted(set(column))
    kept = values[1:] if len(values) == 2 else values
    return {f"{name}={v}": np.array([c == v for c in column], float) for v in kept}


def encoded(table: dict[str, Column], quantities: Sequence[str]) -> dict[str, np.ndarray]:
    """All columns as numbers, categories as zeros and ones."""
    made: dict[str, np.ndarray] = {}
    for name, column in table.items():
        made |= {name: quantity(column)} if name in quantities else categories(column, name)
    return made


def parted(columns: dict[str, np.ndarray], y: np.ndarray, test: float, seed: int, **about: Any) -> Data:
    """The columns in two parts; a blank becomes the median of the part that learns."""
    made = split(np.stack(list(columns.values()), axis=1), y, test, seed)
    fill = _medians(made.train.X)
    learn, judge = (p._replace(X=fill(p.X)) for p in made)
    return Data(learn, judge, names=tuple(columns), **about)


def _medians(X: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    middle = np.nanmedian(X, axis=0)
    return lambda x: np.where(np.isnan(x), middle, x).astype(np.float32)
