"""Products, which shapes decide: a scalar scales, matrices multiply, ⊙ goes entry by entry."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from chalkgrad.latex import nodes as n
from chalkgrad.latex.problem import unreadable
from chalkgrad.latex.values import Array, Env, meaning, rule

OPERATIONS: dict[str, Callable[[Array, Array], Array]] = {
    "elementwise": np.multiply,
    "mod":         np.mod,
    "convolve":    np.convolve,
    "cross":       np.cross,
    "outer":       np.outer,
}  # fmt: skip

# ----- products -----


@rule(n.Product)
def _product(expr: n.Product, env: Env) -> Array:
    total = meaning(expr.factors[0], env)
    row = isinstance(expr.factors[0], n.Transpose)
    for link, factor in zip(expr.links, expr.factors[1:], strict=True):
        value = meaning(factor, env)
        if np.ndim(total) == 0 or np.ndim(value) == 0:
            row = row or isinstance(factor, n.Transpose)
            total = _scaled(total, value, link.how, expr.span)
        else:
            total = _arrays(total, value, link.how, (row, isinstance(factor, n.Transpose)), env, expr.span)
            row = row and np.ndim(total) == 1
    return total


def _scaled(left: Array, right: Array, how: str, span: n.Span) -> Array:
    if how in ("otimes", "oplus", "circ"):
        raise unreadable("\\" + how, "is not read between these", span)
    return np.mod(left, right) if how == "mod" else np.multiply(left, right)


def _arrays(left: Array, right: Array, how: str, flipped: tuple[bool, bool], env: Env, span: n.Span) -> Array:
    """The product of two arrays; `flipped` says which of them is written with a transpose."""
    habit = {"odot": "elementwise", "circ": "elementwise", "mod": "mod", "oplus": "refuse"}.get(how)
    habit = habit or getattr(env.conventions, how if how in ("star", "times", "otimes") else "product")
    if habit in OPERATIONS and not (how in ("", "cdot") and any(flipped)):
        if how == "star" and habit == "elementwise" and np.shape(left) != np.shape(right):
            raise unreadable("*", f"shapes {np.shape(left)} and {np.shape(right)} differ", span)
        return OPERATIONS[habit](left, right)
    if how not in ("", "cdot") and habit == "refuse":
        shown = {"star": "*"}.get(how, "\\" + how)
        raise unreadable(shown, "between two arrays is not read; use \\odot or AB", span)
    if np.ndim(right) == 1 and flipped[1]:
        if np.ndim(left) == 1 and not flipped[0]:
            return np.outer(left, right)
        raise unreadable("^\\top", "a row behind a matrix is not read", span)
    if how == "" and np.ndim(left) == np.ndim(right) == 1 and not any(flipped):
        raise unreadable("", "two vectors side by side: write v^\\top w, or v \\odot w", span)
    return _matrices(left, right, any(flipped), habit, span)


def _matrices(left: Array, right: Array, clear: bool, habit: str, span: n.Span) -> Array:
    shapes = np.shape(left), np.shape(right)
    if habit == "refuse" and not clear and np.ndim(left) == np.ndim(right) and shapes[0] == shapes[1]:
        raise unreadable("", f"a matrix product or elementwise? both have the shape {shapes[0]}", span)
    if np.shape(left)[-1] != np.shape(right)[max(-2, -np.ndim(right))]:
        raise unreadable("", f"shapes {shapes[0]} and {shapes[1]} do not make a matrix product", span)
    return np.matmul(left, right)


@rule(n.Transpose)
def _transpose(expr: n.Transpose, env: Env) -> Array:
    return np.transpose(meaning(expr.base, env))


@rule(n.Matrix)
def _matrix(expr: n.Matrix, env: Env) -> Array:
    return np.array([[meaning(cell, env) for cell in row] for row in expr.rows])


@rule(n.Tuple)
def _tuple(expr: n.Tuple, env: Env) -> Array:
    return np.stack([np.asarray(meaning(item, env)) for item in expr.items])
