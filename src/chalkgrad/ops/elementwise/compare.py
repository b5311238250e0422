"""Comparisons, logic and the larger of two: where functions get their kinks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from chalkgrad.op import ADD, CALL, COMPARE, OPEN, Latex, Sample, compose, define
from chalkgrad.ops.shared import LOGIC, above, call

# ----- comparisons: constant between their jumps -----

_BOTH = (Sample(-3, 3), Sample(-3, 3))
_BITS = (Sample(0, 1, kind="bool"), Sample(0, 1, kind="bool"))


def _comparison(key: Callable, symbol: str, operator: str) -> None:
    define(
        key,
        latex=Latex(f"{{0}} {symbol} {{1}}", binds=COMPARE, holes=(ADD, ADD)),
        grads=None,
        xla=f"jax.numpy.{key.__name__}",
        js=f"{{0}} {operator.replace('==', '===').replace('!=', '!==')} {{1}}",
        python=f"{{0}} {operator} {{1}}",
        try_on=_BOTH,
        kinks="{0} - {1}",
    )


_comparison(np.equal, "=", "==")
_comparison(np.not_equal, r"\neq", "!=")
_comparison(np.less, "<", "<")
_comparison(np.less_equal, r"\leq", "<=")
_comparison(np.greater, ">", ">")
_comparison(np.greater_equal, r"\geq", ">=")


# ----- logic and bits -----


def _logic(key: Callable, latex: Latex, js: str, python: str | None = None, samples: tuple = _BITS) -> None:
    define(
        key,
        name=key.__name__,
        latex=latex,
        grads=None,
        xla=f"jax.numpy.{key.__name__}",
        js=js,
        python=python,
        try_on=samples,
    )


def _joined(symbol: str) -> Latex:
    return Latex(f"{{0}} {symbol} {{1}}", binds=LOGIC, holes=(COMPARE, COMPARE))


_INTEGERS = (Sample(0, 7, kind="int"), Sample(0, 3, kind="int"))
_logic(np.logical_and, _joined(r"\land"), "!!({0}) && !!({1})")
_logic(np.logical_or, _joined(r"\lor"), "!!({0}) || !!({1})")
_logic(np.logical_xor, call("logical_xor"), "!!({0}) !== !!({1})")
_logic(np.bitwise_and, _joined(r"\land"), "Number(BigInt({0}) & BigInt({1}))", "{0} & {1}")
_logic(np.bitwise_or, _joined(r"\lor"), "Number(BigInt({0}) | BigInt({1}))", "{0} | {1}")
_logic(np.bitwise_xor, call("bitwise_xor"), "Number(BigInt({0}) ^ BigInt({1}))", "{0} ^ {1}")
_logic(np.left_shift, call("left_shift"), "Number(BigInt({0}) << BigInt({1}))", "{0} << {1}", _INTEGERS)
_logic(np.right_shift, call("right_shift"), "Number(BigInt({0}) >> BigInt({1}))", "{0} >> {1}", _INTEGERS)

logical_not = define(
    np.logical_not,
    latex=Latex(r"\lnot {0}", binds=CALL),
    grads=None,
    xla="jax.numpy.logical_not",
    js="!({0})",
    try_on=(Sample(0, 1, kind="bool"),),
)
invert = define(
    np.invert,
    name="invert",
    latex=Latex(r"\lnot {0}", binds=CALL),
    grads=None,
    xla="jax.numpy.invert",
    js="kernel:invert",
    python="~{0}",
    try_on=(Sample(0, 1, kind="bool"),),
)

# ----- the larger and the smaller -----


def _larger(key: Callable, symbol: str, js: str, larger: bool) -> None:
    rules = (
        lambda g, y, a, b: g * (above(a, b) if larger else above(b, a)),
        lambda g, y, a, b: g * (above(b, a) if larger else above(a, b)),
    )
    define(
        key,
        latex=Latex(symbol + "({0}, {1})", binds=CALL, holes=(OPEN, OPEN)),
        grads=rules,
        xla=f"jax.numpy.{key.__name__}",
        js=js,
        try_on=_BOTH,
        kinks="{0} - {1}",
    )


_larger(np.maximum, r"\max", "Math.max({0}, {1})", larger=True)
_larger(np.minimum, r"\min", "Math.min({0}, {1})", larger=False)
_larger(np.fmax, r"\operatorname{fmax}", "kernel:fmax", larger=True)
_larger(np.fmin, r"\operatorname{fmin}", "kernel:fmin", larger=False)


def _clip(x: Any, low: Any, high: Any) -> Any:
    return np.clip(x, low, high)


clip = define(
    _clip,
    name="clip",
    latex=call("clip"),
    grads=(
        lambda g, y, x, low, high: g * above(x, low) * above(high, x),
        lambda g, y, x, low, high: g * above(low, x) * above(high, low),
        lambda g, y, x, low, high: g * above(np.maximum(x, low), high),
    ),
    xla="jax.numpy.clip",
    js="Math.min(Math.max({0}, {1}), {2})",
    try_on=((-3, 3), (-2, -1), (1, 2)),
    kinks="({0} - {1}) * ({0} - {2})",
)


@compose(np.clip)
def _clip_between(
    a: Any, a_min: Any = None, a_max: Any = None, out: Any = None, *, min: Any = None, max: Any = None
) -> Any:
    """`np.clip` with its bounds under either name; a bound that is None is no bound."""
    low, high = (a_min if min is None else min), (a_max if max is None else max)
    if low is None and high is None:
        return np.positive(a)
    if low is None:
        return np.minimum(a, high)
    return np.maximum(a, low) if high is None else clip(a, low, high)
