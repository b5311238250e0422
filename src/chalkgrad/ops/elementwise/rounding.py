"""Sizes, signs and roundings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from chalkgrad.op import CALL, OPEN, Latex, Sample, define
from chalkgrad.ops.shared import call

# ----- size and sign -----

abs_ = define(
    np.abs,
    name="abs",
    latex=Latex("|{0}|", holes=(OPEN,)),
    grads=(lambda g, y, x: g * np.sign(x),),
    xla="jax.numpy.abs",
    js="Math.abs({0})",
    try_on=((-3, 3),),
    kinks="{0}",
)
fabs = define(
    np.fabs,
    latex=Latex("|{0}|", holes=(OPEN,)),
    grads=(lambda g, y, x: g * np.sign(x),),
    xla="jax.numpy.fabs",
    js="Math.abs({0})",
    try_on=((-3, 3),),
    kinks="{0}",
)
sign = define(
    np.sign,
    latex=Latex(r"\operatorname{sign}({0})", binds=CALL, holes=(OPEN,)),
    grads=None,
    xla="jax.numpy.sign",
    js="Math.sign({0})",
    try_on=((-3, 3),),
    kinks="{0}",
)
copysign = define(
    np.copysign,
    latex=call("copysign"),
    grads=(lambda g, y, a, b: g * np.copysign(1, b) * np.sign(a), None),
    xla="jax.numpy.copysign",
    js="({1} < 0 || Object.is({1}, -0) ? -1 : 1) * Math.abs({0})",
    try_on=((-3, 3), (-3, 3)),
    kinks="{0} * {1}",
)
heaviside = define(
    np.heaviside,
    latex=call("heaviside"),
    grads=(None, lambda g, y, x, h: g * (x == 0)),
    xla="jax.numpy.heaviside",
    js="{0} === 0 ? {1} : {0} > 0 ? 1 : {0} < 0 ? 0 : NaN",
    try_on=((-3, 3), (0, 1)),
    kinks="{0}",
)

# ----- roundings -----


def _step(key: Callable, latex: Latex, js: str | None, kinks: str, also: tuple = ()) -> None:
    xla = f"jax.numpy.{key.__name__}"
    define(key, latex=latex, grads=None, xla=xla, js=js, try_on=((-3, 3),), kinks=kinks, also=also)


_WHOLE, _HALF = "np.sin(np.pi * {0})", "np.cos(np.pi * {0})"
_step(np.floor, Latex(r"\lfloor {0} \rfloor", holes=(OPEN,)), "Math.floor({0})", _WHOLE)
_step(np.ceil, Latex(r"\lceil {0} \rceil", holes=(OPEN,)), "Math.ceil({0})", _WHOLE)
_step(np.trunc, call("trunc"), "Math.trunc({0})", _WHOLE, also=(np.fix,))
_step(np.rint, call("rint"), "kernel:rint", _HALF)

round_ = define(
    np.round,
    name="round",
    also=(np.around,),
    latex=call("round"),
    grads=None,
    xla="jax.numpy.round({0}, {**})",
    js="kernel:round",
    try_on=((-3, 3),),
    cases=({}, {"decimals": 2}),
)

# ----- what kind of number -----


def _asks(key: Callable, js: str) -> None:
    name = key.__name__
    define(key, latex=call(name), grads=None, xla=f"jax.numpy.{name}", js=js, try_on=((-3, 3),))


_asks(np.isnan, "Number.isNaN({0})")
_asks(np.isinf, "Math.abs({0}) === Infinity")
_asks(np.isfinite, "Number.isFinite({0})")
_asks(np.signbit, "{0} < 0 || Object.is({0}, -0)")


def _finite_slope(g: Any, y: Any, x: Any, **_: Any) -> Any:
    return g * np.isfinite(x)


nan_to_num = define(
    np.nan_to_num,
    latex=call("nan_to_num"),
    grads=(_finite_slope,),
    xla="jax.numpy.nan_to_num({0}, {**})",
    js="kernel:nan_to_num",
    try_on=(Sample(-3, 3),),
)
nextafter = define(
    np.nextafter,
    latex=call("nextafter"),
    grads=(lambda g, y, a, b: g, None),
    xla="jax.numpy.nextafter",
    js=None,
    try_on=((0.5, 3), (-3, 0.2)),
)
sinc = define(
    np.sinc,
    latex=Latex(r"\operatorname{sinc}({0})", binds=CALL, holes=(OPEN,)),
    grads=(lambda g, y, x: g * _sinc_slope(x),),
    xla="jax.numpy.sinc",
    js="{0} === 0 ? 1 : Math.sin(Math.PI * {0}) / (Math.PI * {0})",
    try_on=((0.3, 3),),
)


def _sinc_slope(x: Any) -> Any:
    safe = np.where(x == 0, 1, x)
    # at 0 the tangent of the slope, -π²x/3, keeps the second derivative right
    return np.where(x == 0, -(np.pi**2) / 3 * x, (np.cos(np.pi * safe) - np.sinc(safe)) / safe)
