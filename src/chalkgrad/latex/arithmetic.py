"""Numbers, names, sums, fractions, powers, conditions."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

import numpy as np

from chalkgrad.latex import nodes as n
from chalkgrad.latex.known import factorial, root
from chalkgrad.latex.problem import unreadable
from chalkgrad.latex.values import Array, Env, meaning, rule

COMPARISONS: dict[str, Callable[[Array, Array], Array]] = {
    "<":  np.less,    "<=": np.less_equal,    "=":  np.equal,
    ">":  np.greater, ">=": np.greater_equal, "!=": np.not_equal,
}  # fmt: skip
CONSTANTS = {"e": float(np.e), "pi": float(np.pi), "inf": float("inf"), "nan": float("nan")}


# ----- leaves -----


@rule(n.Number)
def _number(expr: n.Number, env: Env) -> Array:
    return float(expr.text)


@rule(n.Constant)
def _constant(expr: n.Constant, env: Env) -> Array:
    return CONSTANTS[expr.name]


@rule(n.Value)
def _value(expr: n.Value, env: Env) -> Array:
    value = np.asarray(env.scope.get("=" + expr.key, env.names[expr.key]))
    return value.astype(float) if value.dtype == bool else value


# ----- arithmetic -----


@rule(n.Terms)
def _terms(expr: n.Terms, env: Env) -> Array:
    total: Array = None
    for sign, item in zip(expr.signs, expr.items, strict=True):
        value = meaning(item, env)
        if total is None:
            total = value if sign > 0 else np.negative(value)
        else:
            total = np.add(total, value) if sign > 0 else np.subtract(total, value)
    return total


@rule(n.Fraction)
def _fraction(expr: n.Fraction, env: Env) -> Array:
    return np.true_divide(meaning(expr.top, env), meaning(expr.bottom, env))


@rule(n.Power)
def _power(expr: n.Power, env: Env) -> Array:
    base, exponent = meaning(expr.base, env), meaning(expr.exponent, env)
    square = np.ndim(base) == 2 and base.shape[0] == base.shape[1] > 1
    if isinstance(expr.exponent, n.Value) and expr.exponent.key == "T" and np.ndim(base):
        raise unreadable("T", "may transpose or be a power; write ^\\top for the transpose", expr.span)
    pointwise = env.conventions.product == "elementwise"
    if np.ndim(base) >= 2 and not pointwise and np.ndim(exponent) == 0 and exponent == -1:
        return np.linalg.inv(base)
    if square and env.conventions.power != "elementwise":
        if env.conventions.power == "refuse" or np.ndim(exponent) or exponent != int(exponent):
            raise unreadable("^", "of a square matrix: its product with itself, or of each entry?", expr.span)
        return np.linalg.matrix_power(base, int(exponent))
    return np.power(_floating(base), exponent)


def _floating(value: Array) -> Array:
    """Integers have no negative powers in NumPy."""
    return np.asarray(value, dtype=float) if np.asarray(value).dtype.kind in "iub" else value


@rule(n.Root)
def _root(expr: n.Root, env: Env) -> Array:
    return root(meaning(expr.body, env), 2.0 if expr.degree is None else float(meaning(expr.degree, env)))


@rule(n.Binomial)
def _binomial(expr: n.Binomial, env: Env) -> Array:
    top, bottom = meaning(expr.top, env), meaning(expr.bottom, env)
    return factorial(top) / (factorial(bottom) * factorial(top - bottom))


@rule(n.Factorial)
def _factorial(expr: n.Factorial, env: Env) -> Array:
    return factorial(meaning(expr.base, env))


@rule(n.Abs)
def _abs(expr: n.Abs, env: Env) -> Array:
    body = meaning(expr.body, env)
    if np.ndim(body) == 2 and body.shape[0] == body.shape[1] and env.conventions.bars != "abs":
        if env.conventions.bars == "refuse":
            raise unreadable("|", "of a square matrix: its determinant, or of each entry?", expr.span)
        return np.linalg.det(body)
    return np.abs(body)


@rule(n.Inner)
def _inner(expr: n.Inner, env: Env) -> Array:
    left, right = meaning(expr.left, env), meaning(expr.right, env)
    if np.shape(left) != np.shape(right):
        raise unreadable("\\langle", f"shapes {np.shape(left)} and {np.shape(right)} differ", expr.span)
    return np.sum(left * right)


# ----- conditions -----


@rule(n.Compare)
def _compare(expr: n.Compare, env: Env) -> Array:
    sides = [meaning(side, env) for side in expr.sides]
    pairs = zip(sides, expr.signs, sides[1:], strict=False)
    found = [COMPARISONS[sign](left, right) for left, sign, right in pairs if sign in COMPARISONS]
    if len(found) != len(expr.signs):
        raise unreadable("", "this relation is no condition", expr.span)
    return np.asarray(reduce(np.logical_and, found), dtype=float)


@rule(n.Logic)
def _logic(expr: n.Logic, env: Env) -> Array:
    items = [truth(item, env) for item in expr.items]
    if expr.how == "not":
        return np.asarray(np.logical_not(items[0]), dtype=float)
    join = np.logical_and if expr.how == "and" else np.logical_or
    return np.asarray(reduce(join, items), dtype=float)


def truth(expr: n.Expr, env: Env) -> Array:
    """A condition as booleans."""
    return np.not_equal(meaning(expr, env), 0)


@rule(n.Cases)
def _cases(expr: n.Cases, env: Env) -> Array:
    """The first row whose condition holds; NaN where none does."""
    result: Array = np.nan
    for value, condition in reversed(expr.rows):
        here = meaning(value, env)
        result = here if condition is None else np.where(truth(condition, env), here, result)
    return result
