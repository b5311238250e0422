"""Quantities over time."""

from __future__ import annotations

import numpy as np

from chalkgrad.errors import ArgumentError
from chalkgrad.train.data.columns import quantity, read_table
from chalkgrad.train.data.records import Measured, Series
from chalkgrad.train.data.store import SOURCES, file

RULE = "-" * 20


def co2(test: int = 120) -> Series:
    """Carbon dioxide in the air of Mauna Loa, 820 monthly means from March 1958, in parts per million.

    A rise and a yearly cycle: whoever repeats last month looks excellent, so compare with the value of twelve
    months before plus the yearly rise, and scale by the earlier part only. The last year is preliminary.

    Args:
        test: how many of the last months are put aside.

    Raises:
        DataError: the file is not to be had; the message says where it belongs.
        ArgumentError: one part would be empty.

    Source: Keeling et al., "Atmospheric carbon dioxide variations at Mauna Loa observatory", 1976.
    """
    table = read_table(file("co2", "co2_mm_mlo.csv").decode("ascii"), "co2_mm_mlo.csv")
    return _cut(quantity(table["decimal_date"]), quantity(table["average"]), test, "ppm", "co2")


def sunspots(monthly: bool = False, test: int | None = None) -> Series:
    """How many spots the sun had: 309 yearly means from 1700, or 3,126 monthly ones from 1749.

    On the scale in use before July 2015: later values have another. A cycle of about 11 years, sharper above
    than below, never negative. February 1824 is interpolated, 2009 preliminary.

    Args:
        monthly: months instead of years.
        test: how many of the last are put aside; default: 60 years.

    Raises:
        DataError: the file is not to be had; the message says where it belongs.
        ArgumentError: one part would be empty.
    """
    if not monthly:
        table = read_table(file("sunspots", "sunspots.csv").decode("ascii"), "sunspots.csv")
        t, values = quantity(table["YEAR"]), quantity(table["SUNACTIVITY"])
        return _cut(t, values, 60 if test is None else test, "spots", "sunspots")
    t, values = _months(file("sunspots", "sunspots_monthly.dat").decode("ascii"))
    return _cut(t, values, 720 if test is None else test, "spots", "sunspots")


def _months(text: str) -> tuple[np.ndarray, np.ndarray]:
    """Rows of a year and up to twelve values, between two rules; t is the middle of each month.

    >>> t, values = _months(RULE + chr(10) + "1999 1.0 2.5" + chr(10) + RULE + chr(10) + "notes")
    >>> t.round(3).tolist(), values.tolist()
    ([1999.042, 1999.125], [1.0, 2.5])
    """
    found = []
    for row in text.split(RULE + "\n")[1].rstrip("-").splitlines():
        year, *months = row.split() or ("",)
        found += [(int(year) + (k + 0.5) / 12, float(value)) for k, value in enumerate(months)]
    t, values = zip(*found, strict=True)
    return np.array(t), np.array(values)


def _cut(t: np.ndarray, values: np.ndarray, test: int, unit: str, key: str) -> Series:
    kept = len(t) - test
    if not 0 < kept < len(t):
        raise ArgumentError(f"test={test} of {len(t)} values leaves one part empty")
    return Series(
        Measured(t[:kept], values[:kept]), Measured(t[kept:], values[kept:]), unit, SOURCES[key].credit
    )
