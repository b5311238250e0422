r"""For which values a recorded path holds: `if x > 0` leaves `x > 0` under the formula."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from chalkgrad.graph import Graph
from chalkgrad.render.pieces import glyphs
from chalkgrad.render.printer import Printer

_OPPOSITE = {
    "greater": r"\leq",
    "greater_equal": "<",
    "less": r"\geq",
    "less_equal": ">",
    "equal": r"\neq",
    "not_equal": "=",
}
_SHOWN = 3  # conditions; a loop may have a thousand
_WIDEST = 60  # glyphs
ELSE = r"\text{the path that the example took}"


def conditions(graph: Graph, printer: Printer, values: Sequence[Any] | None) -> str:
    """The conditions as the example met them, as LaTeX; a plain word where they are too many or too long."""
    sites = {(site.code, site.line) for site in graph.guards if site is not None}
    asked = [i for i, n in enumerate(graph.nodes) if _decides(n) and _place(n) in sites]
    if not asked or values is None or len(asked) > _SHOWN:
        return ELSE
    shown = [_held(printer, i, bool(np.all(values[i]))) for i in asked]
    return ELSE if any(glyphs(s) > _WIDEST for s in shown) else r",\; ".join(dict.fromkeys(shown))


def _place(node: Any) -> tuple[Any, Any]:
    return node.where.code, node.where.line


def _decides(node: Any) -> bool:
    return node.op is not None and node.dtype.kind == "b" and node.shape == () and node.where is not None


def _held(printer: Printer, i: int, true: bool) -> str:
    latex = printer.piece(i).latex
    if true:
        return latex
    op = printer.nodes[i].op
    sign = _OPPOSITE.get(op.name) if op is not None else None
    if sign is None or op is None:
        return rf"\lnot ({latex})"
    a, b = (printer.hole(x, 20) for x in printer.args(i))
    return f"{a} {sign} {b}"
