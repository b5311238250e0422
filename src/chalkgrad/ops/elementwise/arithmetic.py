"""Sums, products, quotients, powers: what Python's own operators mean."""

from __future__ import annotations

from typing import Any

import numpy as np

from chalkgrad.op import ADD, ATOM, CALL, MUL, NEG, OPEN, POW, Latex, Op, Sample, define
from chalkgrad.ops.shared import call, constant


def _power_base(g: Any, y: Any, x: Any, p: Any) -> Any:
    n = constant(p)
    if n is None:
        return g * p * x ** np.where(p == 0, 1, p - 1)  # 0 · x⁻¹ is nan at x = 0
    if n == 0:
        return 0 * g
    if n == 1:
        return g
    return g * n * x if n == 2 else g * n * x ** (n - 1)


def _power_exponent(g: Any, y: Any, x: Any, p: Any) -> Any:
    # 0ᵖ stays 0 whatever p > 0 does, but 0 · ln 0 is nan
    known = constant(x)
    return g * y * np.log(x if known is not None and known > 0 else np.where(x == 0, 1, x))


# ----- binary -----

add = define(
    np.add,
    latex=Latex("{0} + {1}", binds=ADD),
    grads=(lambda g, y, a, b: g, lambda g, y, a, b: g),
    xla="jax.numpy.add",
    js="{0} + {1}",
    python="{0} + {1}",
    try_on=((-3, 3), (-3, 3)),
)
subtract = define(
    np.subtract,
    latex=Latex("{0} - {1}", binds=ADD, holes=(ADD, MUL)),
    grads=(lambda g, y, a, b: g, lambda g, y, a, b: -g),
    xla="jax.numpy.subtract",
    js="{0} - {1}",
    python="{0} - {1}",
    try_on=((-3, 3), (-3, 3)),
)
multiply = define(
    np.multiply,
    latex=Latex("{0} {1}", binds=MUL),
    grads=(lambda g, y, a, b: g * b, lambda g, y, a, b: g * a),
    xla="jax.numpy.multiply",
    js="{0} * {1}",
    python="{0} * {1}",
    try_on=((-3, 3), (-3, 3)),
)
divide = define(
    np.divide,
    latex=Latex(r"\frac{{0}}{{1}}", binds=MUL, holes=(OPEN, OPEN)),
    grads=(lambda g, y, a, b: g / b, lambda g, y, a, b: -g * a / b**2),
    xla="jax.numpy.divide",
    js="{0} / {1}",
    python="{0} / {1}",
    try_on=((-3, 3), (0.5, 3)),
)
power = define(
    np.power,
    latex=Latex("{0}^{{1}}", binds=POW, holes=(ATOM, OPEN)),
    grads=(_power_base, _power_exponent),
    xla="jax.numpy.power",
    js="kernel:power",
    python="{0} ** {1}",
    try_on=((0.3, 3), (-2, 3)),
)
float_power = define(
    np.float_power,
    latex=Latex("{0}^{{1}}", binds=POW, holes=(ATOM, OPEN)),
    grads=(_power_base, _power_exponent),
    xla="jax.numpy.float_power",
    js="kernel:power",
    try_on=((0.3, 3), (-2, 3)),
)
mod = define(
    np.mod,
    name="mod",
    latex=Latex(r"{0} \bmod {1}", binds=MUL, holes=(MUL, CALL)),
    grads=(lambda g, y, a, b: g, lambda g, y, a, b: -g * np.floor(a / b)),
    xla="jax.numpy.mod",
    js="kernel:mod",
    python="{0} % {1}",
    try_on=((0.1, 0.9), (1, 3)),
    kinks="np.sin(np.pi * {0} / {1})",
)
fmod = define(
    np.fmod,
    latex=call("fmod"),
    grads=(lambda g, y, a, b: g, lambda g, y, a, b: -g * np.trunc(a / b)),
    xla="jax.numpy.fmod",
    js="{0} % {1}",
    try_on=((-0.9, -0.1), (1, 3)),
    kinks="np.sin(np.pi * {0} / {1})",
)
floor_divide = define(
    np.floor_divide,
    latex=Latex(r"\left\lfloor \frac{{0}}{{1}} \right\rfloor", holes=(OPEN, OPEN)),
    grads=None,
    xla="jax.numpy.floor_divide",
    js="kernel:floor_divide",
    python="{0} // {1}",
    try_on=((0.1, 0.9), (1, 3)),
    kinks="np.sin(np.pi * {0} / {1})",
)

# ----- unary -----

negative = define(
    np.negative,
    latex=Latex("-{0}", binds=NEG, holes=(MUL,)),
    grads=(lambda g, y, x: -g,),
    xla="jax.numpy.negative",
    js="-{0}",
    python="-{0}",
    try_on=((-3, 3),),
)
positive = define(
    np.positive,
    latex=Latex("{0}", binds=MUL, holes=(MUL,)),
    grads=(lambda g, y, x: g,),
    xla="jax.numpy.positive",
    js="+{0}",
    python="+{0}",
    try_on=((-3, 3),),
)
square = define(
    np.square,
    latex=Latex("{0}^2", binds=POW, holes=(ATOM,)),
    grads=(lambda g, y, x: g * 2 * x,),
    xla="jax.numpy.square",
    js="{0} ** 2",
    try_on=((-3, 3),),
)
reciprocal = define(
    np.reciprocal,
    latex=Latex(r"\frac{1 }{{0}}", binds=MUL, holes=(OPEN,)),
    grads=(lambda g, y, x: -g / x**2,),
    xla="jax.numpy.reciprocal",
    js="1 / {0}",
    try_on=((0.5, 3),),
)
sqrt = define(
    np.sqrt,
    latex=Latex(r"\sqrt{{0}}", holes=(OPEN,)),
    grads=(lambda g, y, x: g / (2 * y),),
    xla="jax.numpy.sqrt",
    js="Math.sqrt({0})",
    try_on=((0.3, 3),),
)
cbrt = define(
    np.cbrt,
    latex=Latex(r"\sqrt[3]{{0}}", holes=(OPEN,)),
    grads=(lambda g, y, x: g / (3 * y**2),),
    xla="jax.numpy.cbrt",
    js="Math.cbrt({0})",
    try_on=((0.3, 3),),
)

# ----- a quotient that is 0 where its denominator is -----


def _ratio(a: Any, b: Any) -> Any:
    return np.where(b == 0, 0, a / np.where(b == 0, 1, b))


ratio: Op = define(
    _ratio,  # x / ‖x‖ and the like: at the kink the central difference is 0
    name="ratio",
    latex=Latex(r"\frac{{0}}{{1}}", binds=MUL, holes=(OPEN, OPEN)),
    grads=(lambda g, y, a, b: ratio(g, b), lambda g, y, a, b: -g * ratio(y, b)),
    xla="jax.numpy.where({1} == 0, 0, {0} / jax.numpy.where({1} == 0, 1, {1}))",
    js="{1} === 0 ? 0 : {0} / {1}",
    python="np.where({1} == 0, 0, {0} / np.where({1} == 0, 1, {1}))",
    try_on=((-3, 3), (0.5, 3)),
)

# ----- with integers -----

ldexp = define(
    np.ldexp,
    latex=Latex("{0} \\cdot 2^{{1}}", binds=MUL, holes=(MUL, OPEN)),
    grads=(lambda g, y, x, n: g * np.exp2(n), None),
    xla="jax.numpy.ldexp",
    js="{0} * 2 ** {1}",
    try_on=(Sample(-3, 3), Sample(-2, 3, kind="int")),
)
