"""Functions and their derivatives."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from chalkgrad.latex import nodes as n
from chalkgrad.latex.known import KNOWN, logarithm
from chalkgrad.latex.problem import unreadable
from chalkgrad.latex.settings import static
from chalkgrad.latex.values import Array, Env, meaning, rule

# ----- functions -----


@rule(n.Call)
def _call(expr: n.Call, env: Env) -> Array:
    args = [_argument(arg, env) for arg in expr.args]
    if expr.source == "known" and expr.key in SPECIAL:
        return SPECIAL[expr.key](args, expr, env)
    function = _derived(expr, env) if expr.order else _function(expr, env)
    return function(*args, **static(expr.static, env))


def _argument(arg: n.Expr, env: Env) -> Array:
    """An array as given, booleans too: only arithmetic makes numbers of them."""
    if isinstance(arg, n.Value) and "=" + arg.key not in env.scope:
        return np.asarray(env.names[arg.key])
    return meaning(arg, env)


def _function(expr: n.Call, env: Env) -> Callable[..., Array]:
    return env.functions[expr.key] if expr.source == "given" else KNOWN[expr.key]


def _derived(expr: n.Call, env: Env) -> Callable[..., Array]:
    """f′ as given, or by the caller's own derivative."""
    if expr.order == 1 and expr.key in env.derivatives:
        return env.derivatives[expr.key]
    if expr.order == 1 and f"{expr.key}_prime" in env.functions:
        return env.functions[f"{expr.key}_prime"]
    if env.derivative is None:
        why = "its derivative is not known; give it in derivatives, or a derivative to take it with"
        raise unreadable(expr.key, why, expr.span)
    return env.derivative(_function(expr, env), expr.order)


@rule(n.Slope)
def _slope(expr: n.Slope, env: Env) -> Array:
    if env.derivative is None:
        raise unreadable("\\frac{d}{dx}", "give a derivative to take it with", expr.span)

    def body(value: Array) -> Array:
        outside = env.scope
        env.scope = {**outside, "=" + expr.key: np.asarray(value)}
        result = meaning(expr.body, env)
        env.scope = outside
        return result

    return env.derivative(body, expr.order)(env.names[expr.key])


def _logarithm(args: list[Array], expr: n.Call, env: Env) -> Array:
    return logarithm(args[0], float(args[1]))


def _norm(args: list[Array], expr: n.Call, env: Env) -> Array:
    settings = static(expr.static, env)
    order = settings.get("ord")
    order = {"F": "fro", "∞": np.inf}.get(order, order) if isinstance(order, str) else order
    if "ord" in settings:
        settings["ord"] = order
    if order == 2 and np.ndim(args[0]) > 1 and "axis" not in settings and env.conventions.norm == "refuse":
        raise unreadable(
            "\\lVert", "of a matrix with a 2: its largest singular value, or Frobenius' norm?", expr.span
        )
    return np.linalg.norm(args[0], **settings)


def _pseudoinverse(args: list[Array], expr: n.Call, env: Env) -> Array:
    if np.ndim(args[0]) < 2:
        raise unreadable(
            "^+", "of a matrix is its pseudoinverse; write \\max(x, 0) for a positive part", expr.span
        )
    return np.linalg.pinv(args[0])


SPECIAL: dict[str, Callable[[list[Array], n.Call, Env], Array]] = {
    "log_b": _logarithm,
    "norm": _norm,
    "pinv": _pseudoinverse,
}
