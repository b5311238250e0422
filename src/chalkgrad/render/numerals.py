r"""Numbers as a mathematician writes them: 1.0 is 1, 1e-08 is 10^{-8}, 6.283185307179586 is 2π."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

from chalkgrad.op import ATOM, MUL, POW

Numeral = tuple[str, int]  # LaTeX of a number that is not negative, and how tightly it binds


def numeral(value: Any) -> Numeral:
    r"""A number ≥ 0 (or not a number) as LaTeX.

    >>> numeral(1.0), numeral(0.2), numeral(1e-8), numeral(math.pi / 2)
    (('1', 60), ('0.2', 60), ('10^{-8}', 50), ('\\frac{\\pi}{2}', 30))
    """
    if isinstance(value, (bool, np.bool_)):
        return str(int(value)), ATOM
    if isinstance(value, (int, np.integer)):
        return str(int(value)), ATOM
    if math.isnan(value):
        return r"\text{nan}", ATOM
    if math.isinf(value):
        return r"\infty", ATOM
    known = famous().get(float(value))
    return known if known is not None else _decimal(value)


def _decimal(value: Any) -> Numeral:
    text = repr(value.item() if isinstance(value, np.generic) and value.dtype == np.float64 else value)
    if isinstance(value, np.generic):
        text = str(value)
    mantissa, _, exponent = text.partition("e")
    if exponent:
        power = f"10^{{{int(exponent)}}}"
        short = mantissa.removesuffix(".0")
        return (power, POW) if short == "1" else (rf"{short} \cdot {power}", MUL)
    if len(text) > 12 and (fraction := _fraction(float(value))) is not None:
        return fraction
    return text.removesuffix(".0"), ATOM


def _fraction(value: float) -> Numeral | None:
    """A third is written as one: only where the fraction gives the very same number."""
    nearest = Fraction(value).limit_denominator(360)
    if nearest.numerator / nearest.denominator != value:
        return None
    return rf"\frac{{{nearest.numerator}}}{{{nearest.denominator}}}", MUL


@cache
def famous() -> dict[float, Numeral]:
    """Numbers with a name, by value."""
    found: dict[float, Numeral] = {}
    for value, latex, binds in (*_around_pi(), *_roots(), *_logarithms()):
        found.setdefault(value, (latex, binds))
    return found


def _around_pi() -> Iterator[tuple[float, str, int]]:
    yield math.pi, r"\pi", ATOM
    yield math.e, "e", ATOM
    for k in (2, 3, 4, 6, 8):
        yield k * math.pi, rf"{k} \pi", MUL
    for k in (2, 3, 4, 6, 8, 180):
        yield math.pi / k, rf"\frac{{\pi}}{{{k}}}", MUL
    yield 1 / math.pi, r"\frac{1}{\pi}", MUL
    yield 2 / math.pi, r"\frac{2}{\pi}", MUL
    yield 180 / math.pi, r"\frac{180}{\pi}", MUL
    yield math.pi**2, r"\pi^{2}", POW


def _roots() -> Iterator[tuple[float, str, int]]:
    for k in (2, 3, 5):
        yield math.sqrt(k), rf"\sqrt{{{k}}}", ATOM
        yield 1 / math.sqrt(k), rf"\frac{{1}}{{\sqrt{{{k}}}}}", MUL
    yield math.sqrt(math.pi), r"\sqrt{\pi}", ATOM
    yield math.sqrt(2 * math.pi), r"\sqrt{2 \pi}", ATOM
    yield 1 / math.sqrt(2 * math.pi), r"\frac{1}{\sqrt{2 \pi}}", MUL
    yield math.sqrt(2 / math.pi), r"\sqrt{\frac{2}{\pi}}", ATOM
    yield 2 / math.sqrt(math.pi), r"\frac{2}{\sqrt{\pi}}", MUL


def _logarithms() -> Iterator[tuple[float, str, int]]:
    yield math.log(2), r"\ln 2", MUL
    yield math.log(10), r"\ln 10", MUL
    yield 1 / math.log(2), r"\frac{1}{\ln 2}", MUL
