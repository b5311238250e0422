"""Exponentials and logarithms."""

from __future__ import annotations

from typing import Any

import numpy as np

from chalkgrad.op import CALL, MUL, OPEN, POW, Latex, define
from chalkgrad.ops.shared import call

LN2, LN10 = float(np.log(2)), float(np.log(10))

# ----- exponentials -----

exp = define(
    np.exp,
    latex=Latex("e^{{0}}", binds=POW, holes=(OPEN,)),
    grads=(lambda g, y, x: g * y,),
    xla="jax.numpy.exp",
    js="Math.exp({0})",
    try_on=((-3, 3),),
)
exp2 = define(
    np.exp2,
    latex=Latex("2^{{0}}", binds=POW, holes=(OPEN,)),
    grads=(lambda g, y, x: g * y * LN2,),
    xla="jax.numpy.exp2",
    js="2 ** {0}",
    try_on=((-3, 3),),
)
expm1 = define(
    np.expm1,
    latex=call("expm1"),
    grads=(lambda g, y, x: g * np.exp(x),),
    xla="jax.numpy.expm1",
    js="Math.expm1({0})",
    try_on=((-3, 3),),
)

# ----- logarithms -----

log = define(
    np.log,
    latex=Latex(r"\ln {0}", binds=CALL),
    grads=(lambda g, y, x: g / x,),
    xla="jax.numpy.log",
    js="Math.log({0})",
    try_on=((0.2, 3),),
)
log2 = define(
    np.log2,
    latex=Latex(r"\log_2 {0}", binds=CALL),
    grads=(lambda g, y, x: g / (x * LN2),),
    xla="jax.numpy.log2",
    js="Math.log2({0})",
    try_on=((0.2, 3),),
)
log10 = define(
    np.log10,
    latex=Latex(r"\log_{10 } {0}", binds=CALL),
    grads=(lambda g, y, x: g / (x * LN10),),
    xla="jax.numpy.log10",
    js="Math.log10({0})",
    try_on=((0.2, 3),),
)
log1p = define(
    np.log1p,
    latex=Latex(r"\ln(1 + {0})", binds=CALL, holes=(MUL,)),
    grads=(lambda g, y, x: g / (1 + x),),
    xla="jax.numpy.log1p",
    js="Math.log1p({0})",
    try_on=((-0.7, 3),),
)

# ----- Bessel's, which NumPy has for its windows -----


def _i1(x: Any) -> Any:
    import scipy.special

    return scipy.special.i1(x)


i0 = define(
    np.i0,
    latex=Latex("I_0({0})", binds=CALL, holes=(OPEN,)),
    grads=(lambda g, y, x: g * _i1(x),),
    xla="jax.numpy.i0",
    js=None,
    try_on=((0.3, 3),),
)

# ----- sums of exponentials -----

logaddexp = define(
    np.logaddexp,
    latex=Latex(r"\ln(e^{{0}} + e^{{1}})", binds=CALL, holes=(OPEN, OPEN)),
    grads=(lambda g, y, a, b: g * np.exp(a - y), lambda g, y, a, b: g * np.exp(b - y)),
    xla="jax.numpy.logaddexp",
    js="kernel:logaddexp",
    try_on=((-3, 3), (-3, 3)),
)
logaddexp2 = define(
    np.logaddexp2,
    latex=Latex(r"\log_2(2^{{0}} + 2^{{1}})", binds=CALL, holes=(OPEN, OPEN)),
    grads=(lambda g, y, a, b: g * np.exp2(a - y), lambda g, y, a, b: g * np.exp2(b - y)),
    xla="jax.numpy.logaddexp2",
    js="kernel:logaddexp2",
    try_on=((-3, 3), (-3, 3)),
)
