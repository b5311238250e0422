"""How a row for a function of `scipy.special` is written in one line or two."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalkgrad.op import CALL, OPEN, Latex, Op, Refusal, define
from chalkgrad.ops.shared import call

BY_ORDER = Refusal(
    "the derivative by the order of a special function has no closed form; keep the order constant"
)
BY_SHAPE = Refusal("the derivative by a shape parameter has no closed form here; keep the parameter constant")

JAX = "jax.scipy.special."


def symbol(sign: str) -> Latex:
    r"""A function with a sign of its own: `\\Gamma(x)`."""
    return Latex(sign + "({*})", binds=CALL, holes=(OPEN,) * 4)


def special(
    key: Callable, *grads: Any, on: tuple, latex: Latex | None = None, xla: str | None = None, **more: Any
) -> Op:
    """One elementwise function of `scipy.special`."""
    name = key.__name__
    more.setdefault("js", None)
    return define(
        key,
        latex=latex or call(name),
        grads=grads,
        xla=xla,
        python=f"scipy.special.{name}({{*}}, {{**}})",
        try_on=on,
        **more,
    )
