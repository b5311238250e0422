"""Numbers as people read them: short decimals stay short, the others get four decimals or four digits."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

MINUS = "\u2212"
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: Any) -> str:
    """One number, with a true minus.

    Args:
        value: a Python or NumPy number or truth value, or an array of one entry.

    >>> [number(v) for v in (1, -0.2, 0.36787944, -0.0908577, 0.1 + 0.2, 2e-7, 123456.789)]
    ['1', '−0.2', '0.3679', '−0.09086', '0.3', '2×10⁻⁷', '123456.789']
    """
    array = np.asarray(value).reshape(())
    value = float(str(array)) if array.dtype.kind == "f" and array.itemsize < 8 else array.item()
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int):
        return _whole(value)
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return ("" if value > 0 else MINUS) + "∞"
    text = _magnitude(abs(value))
    return MINUS + text if value < 0 and text.strip("0.") else text


def _whole(value: int) -> str:
    text = str(abs(value)) if abs(value) < 10**7 else _power_of_ten(float(abs(value)))
    return MINUS + text if value < 0 else text


def _magnitude(size: float) -> str:
    if size == 0:
        return "0"
    if size >= 1e7 or size < 1e-4:
        return _power_of_ten(size)
    short = f"{size:.4f}".rstrip("0").rstrip(".")
    if math.isclose(float(short), size, rel_tol=1e-12):
        return short
    if size >= 10_000:
        return f"{size:.1f}"
    if size < 0.1:
        return f"{size:.{3 - math.floor(math.log10(size))}f}"
    return f"{size:.4f}"


def _power_of_ten(size: float) -> str:
    digits, _, power = f"{size:.3e}".partition("e")
    digits = digits.rstrip("0").rstrip(".") if float(f"{size:.3e}") == size else digits
    return f"{digits}×10{str(int(power)).translate(_RAISED)}"


def shape_text(shape: tuple[int, ...]) -> str:
    """A shape in words.

    >>> shape_text((3, 2)), shape_text((5,)), shape_text(())
    ('3 × 2', '5 entries', 'scalar')
    """
    if not shape:
        return "scalar"
    if len(shape) == 1:
        return f"{shape[0]} {'entry' if shape[0] == 1 else 'entries'}"
    return " × ".join(map(str, shape))


def brief(value: Any) -> str:
    """What stands on a road: the value of a scalar, the shape of an array.

    >>> brief(0.5), brief(np.zeros((3, 2)))
    ('0.5', '3 × 2')
    """
    return number(value) if np.ndim(value) == 0 else shape_text(np.shape(value))


def num(key: str) -> str:
    """The attribute of an element whose text is a number of the page's graph; see web/page/live.ts.

    >>> num("12"), num("")
    (' data-num="12"', '')
    """
    return f' data-num="{key}"' if key else ""
