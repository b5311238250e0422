"""Settings such as axis=0, back as the Python values they were printed from."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from chalkgrad.latex import nodes as n
from chalkgrad.latex.problem import unreadable
from chalkgrad.latex.values import Env


def static(settings: tuple[tuple[str, n.Expr], ...], env: Env) -> dict[str, Any]:
    """All settings of a call, as keyword arguments."""
    return {key: literal(value, env) for key, value in settings}


def literal(expr: n.Expr, env: Env) -> Any:
    """A setting as the Python value it was printed from: 0, (1, 2), 'constant', True, None."""
    if isinstance(expr, n.Number):
        return int(expr.text) if expr.text.isdigit() else float(expr.text)
    if isinstance(expr, n.Terms) and len(expr.items) == 1:
        value = literal(expr.items[0], env)
        return value if expr.signs[0] > 0 else -value
    if isinstance(expr, n.Tuple):
        return tuple(literal(item, env) for item in expr.items)
    if isinstance(expr, n.Paren):
        return _listed(expr, env)
    if isinstance(expr, n.Name):
        return _named(expr, env)
    if isinstance(expr, n.Slice):
        bounds = (expr.start, expr.stop, expr.step)
        return Ellipsis if expr.ellipsis else slice(*(None if x is None else literal(x, env) for x in bounds))
    if isinstance(expr, n.Matrix):
        rows = [[literal(cell, env) for cell in row] for row in expr.rows]
        return np.array(rows[0] if len(rows) == 1 else rows)
    raise unreadable("", "this value of a setting is not read", expr.span)


def _listed(expr: n.Paren, env: Env) -> Any:
    items = [literal(item, env) for item in expr.items]
    if len(expr.items) == 1 and isinstance(expr.items[0], n.Tuple):
        items = list(items[0])
    elif len(expr.items) == 1 and expr.bracket in ("(", "{"):
        return items[0]
    return items if expr.bracket == "[" else tuple(items)


def _named(expr: n.Name, env: Env) -> Any:
    if expr.base == "infty":
        return np.inf
    if expr.base == "nan":
        return np.nan
    if expr.kind == "letter" and expr.base in env.names:
        return env.names[expr.base].item()
    try:
        return ast.literal_eval(expr.base)
    except (ValueError, SyntaxError):
        return expr.base
