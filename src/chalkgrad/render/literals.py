r"""Python values inside a formula: the settings of an operation, `_{\text{axis}=0,\,\text{keepdims}}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from chalkgrad.errors import LatexError
from chalkgrad.loops.record import Body
from chalkgrad.op import Op
from chalkgrad.ops.index import Hole, Span
from chalkgrad.render.numerals import numeral
from chalkgrad.render.variables import escaped

_LARGEST = 64  # entries of an array that are written out


def static(params: Mapping[str, Any], op: Op) -> str:
    """The settings of an operation as a subscript; nothing where all are NumPy's own."""
    listed = [setting(key, value) for key, value in params.items()]
    return "_{" + r",\,".join(listed) + "}" if listed else ""


def setting(key: str, value: Any) -> str:
    """One setting: `\\text{axis}=0`; that axes are kept is said by the word alone."""
    name = rf"\text{{{escaped(key)}}}"
    return name if key == "keepdims" and value is True else f"{name}={value_latex(value)}"


def value_latex(value: Any) -> str:
    """A Python value as LaTeX.

    Raises:
        LatexError: a value that no formula can show.
    """
    if value is None or value is True or value is False or isinstance(value, np.bool_):
        return rf"\text{{{value}}}"
    if value is Ellipsis:
        return r"\ldots"
    if isinstance(value, (int, float, np.integer, np.floating)):
        return f"-{numeral(-value)[0]}" if value < 0 else numeral(value)[0]
    if isinstance(value, str):
        return rf"\text{{'{escaped(value)}'}}"
    if isinstance(value, (Span, slice)):
        return span(value)
    if isinstance(value, Hole):
        return rf"\text{{array {value.at}}}"
    if isinstance(value, np.ndarray):
        return matrix(value)
    if isinstance(value, (tuple, list)):
        return f"({', '.join(map(value_latex, value))}{',' if len(value) == 1 else ''})"
    return _named(value)


def _named(value: Any) -> str:
    if isinstance(value, np.dtype):
        return rf"\text{{{value.name}}}"
    name = value.name if isinstance(value, Body) else getattr(value, "__name__", None)
    if name is None:
        raise LatexError(f"a formula cannot show {value!r}; pass a number, a text, or a tuple of them")
    return rf"\text{{{escaped(name)}}}"


def span(part: Any) -> str:
    """A slice in a subscript."""
    ends = ["" if end is None else value_latex(end) for end in (part.start, part.stop)]
    return ":".join(ends) + ("" if part.step is None else f":{value_latex(part.step)}")


def matrix(value: np.ndarray) -> str:
    """A small array entry by entry; of a larger one its kind."""
    if value.ndim == 0:
        return value_latex(value[()])
    if value.ndim <= 2 and value.size <= _LARGEST:
        rows = value if value.ndim == 2 else [value]
        inside = r" \\ ".join(" & ".join(map(value_latex, row)) for row in rows)
        return rf"\begin{{bmatrix}} {inside} \end{{bmatrix}}"
    size = r" \times ".join(map(str, value.shape))
    return rf"\mathbf{{C}}_{{{size}}}"
