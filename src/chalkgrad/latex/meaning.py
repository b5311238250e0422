"""A formula and values → numbers, with NumPy.

Read-back and comparison want numbers, not speed: sums over indices are Python loops.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from chalkgrad.latex import arithmetic, calls, indices, multiply  # they fill the table of rules
from chalkgrad.latex import nodes as n
from chalkgrad.latex.bind import bind
from chalkgrad.latex.conventions import PRINTED, Conventions
from chalkgrad.latex.formula import Formula, read
from chalkgrad.latex.habits import habits
from chalkgrad.latex.names import Vocabulary, keys
from chalkgrad.latex.problem import Unreadable, unreadable
from chalkgrad.latex.values import Array, Env, meaning

RULES_FROM = (arithmetic, calls, indices, multiply)


def evaluate(
    expr: n.Expr | Formula | str,
    names: Mapping[str, Array] | None = None,
    functions: Mapping[str, Callable[..., Array]] | None = None,
    *,
    derivatives: Mapping[str, Callable[..., Array]] | None = None,
    derivative: Callable[[Callable[..., Array], int], Callable[..., Array]] | None = None,
    conventions: Conventions = PRINTED,
    over: tuple[str, ...] = (),
) -> Array:
    """The value of a formula; of an equation, the value of its right side.

    Args:
        expr: LaTeX, what `read` returned, or a part of it.
        names: values by name, spelled in Python (`y_hat`, `W_1`) or in LaTeX (`\\hat{y}`).
        functions: callables by name; settings in a subscript arrive as keyword arguments. `\\sin`, `\\log`,
            `\\operatorname{softmax}` and the like need not be given.
        derivatives: f′ by f's name.
        derivative: `(f, order) -> f′`, for every derivative that `derivatives` does not have.
        conventions: what to do where only habit decides: `PRINTED` (chalkgrad's own formulas) or
            `HANDWRITTEN`.
        over: free indices: `over=("i",)` gives `\\frac{e^{x_i}}{\\sum_j e^{x_j}}` as an array over i.

    Returns:
        A float or an array.

    Raises:
        LatexError: an unknown name, two usual readings, or shapes that do not fit.

    >>> evaluate(r"\\frac{1}{n} \\sum_{i=1}^{n} (y_i - t_i)^2", {"y": [1.0, 2.0], "t": [0.0, 4.0]})
    2.5
    """
    names = {
        key: value if isinstance(value, str) else np.asarray(value) for key, value in (names or {}).items()
    }
    env = Env(names, functions or {}, derivatives or {}, derivative, conventions)
    try:
        tree = _right_side(read(expr) if isinstance(expr, str) else expr)
        if conventions.loose:
            tree = habits(tree, names, env.functions)
        bound = bind(tree, Vocabulary(names, env.functions), over)
        env.counts = bound.counts
        with np.errstate(all="ignore"):
            value = meaning(bound.expr, env)
    except RecursionError:
        raise Unreadable("nested too deeply") from None
    return float(value) if np.ndim(value) == 0 and np.isrealobj(value) else value


def _right_side(expr: n.Expr | Formula) -> n.Expr:
    tree = expr.only if isinstance(expr, Formula) else expr
    return tree.right if isinstance(tree, n.Equation) else tree


def evaluate_lines(
    formula: Formula | str,
    names: Mapping[str, Array] | None = None,
    functions: Mapping[str, Callable[..., Array]] | None = None,
    **more: Any,
) -> Array:
    """The value of a formula of several lines: named quantities first, the result last.

    Args:
        formula: LaTeX, or what `read` returned; `N &= XW \\\\ S &= \\sigma(N) \\\\ &\\sum S`.
        names: values by name; each line may use the names of the lines before it.
        functions: as for `evaluate`.
        **more: as for `evaluate`.

    Returns:
        The value of the last line that does not say for which values the formula holds.

    Raises:
        LatexError: as for `evaluate`; also where a condition of the formula does not hold for these values.

    >>> evaluate_lines("a = x^2; a + 1", {"x": 3.0})
    10.0
    """
    formula = read(formula) if isinstance(formula, str) else formula
    known: dict[str, Array] = dict(names or {})
    value: Array = None
    over = more.pop("over", ())
    lines = [part for part in formula.parts if not any(part is guard for guard in formula.guards)]
    for part in formula.parts:
        if any(part is guard for guard in formula.guards):
            if not np.all(evaluate(part, known, functions, **more)):
                raise unreadable("", "the formula holds only under this condition", part.span)
            continue
        last = part is lines[-1]
        value = evaluate(part, known, functions, over=over if last else _index(part, known), **more)
        if isinstance(part, n.Equation) and not last:
            known |= _named(part.left, value)
    return value


def _index(part: n.Expr, known: Mapping[str, Array]) -> tuple[str, ...]:
    """The i of a line such as `\\hat{x}_i = …`, which is about all entries."""
    left = part.left if isinstance(part, n.Equation) else part
    free = isinstance(left, n.Subscripted) and left.text in ("i", "j", "k") and left.text not in known
    return (left.text,) if free and isinstance(left, n.Subscripted) else ()


def _named(left: n.Expr, value: Array) -> dict[str, Array]:
    """What a line defines: `z`, `\\hat{x}_i` for all i, or by its square, as in `\\sigma^2 = …`."""
    if isinstance(left, n.Subscripted) and left.text in ("i", "j", "k"):
        left = left.base
    if isinstance(left, n.Power) and left.exponent == n.Number("2") and keys(left.base):
        return {keys(left.base)[0]: np.sqrt(value)}
    return {keys(left)[0]: value} if keys(left) else {}
