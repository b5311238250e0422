"""Trigonometric and hyperbolic functions, their inverses, and angles."""

from __future__ import annotations

import numpy as np

from chalkgrad.op import ATOM, CALL, MUL, Latex, define
from chalkgrad.ops.elementwise.arithmetic import ratio
from chalkgrad.ops.shared import call


def _function(symbol: str) -> Latex:
    return Latex(symbol + " {0}", binds=CALL)


# ----- trigonometric -----

sin = define(
    np.sin,
    latex=_function(r"\sin"),
    grads=(lambda g, y, x: g * np.cos(x),),
    xla="jax.numpy.sin",
    js="Math.sin({0})",
    try_on=((-3, 3),),
)
cos = define(
    np.cos,
    latex=_function(r"\cos"),
    grads=(lambda g, y, x: -g * np.sin(x),),
    xla="jax.numpy.cos",
    js="Math.cos({0})",
    try_on=((-3, 3),),
)
tan = define(
    np.tan,
    latex=_function(r"\tan"),
    grads=(lambda g, y, x: g * (1 + y**2),),
    xla="jax.numpy.tan",
    js="Math.tan({0})",
    try_on=((-1.2, 1.2),),
)
arcsin = define(
    np.arcsin,
    latex=_function(r"\arcsin"),
    grads=(lambda g, y, x: g / np.sqrt(1 - x**2),),
    xla="jax.numpy.arcsin",
    js="Math.asin({0})",
    try_on=((-0.8, 0.8),),
)
arccos = define(
    np.arccos,
    latex=_function(r"\arccos"),
    grads=(lambda g, y, x: -g / np.sqrt(1 - x**2),),
    xla="jax.numpy.arccos",
    js="Math.acos({0})",
    try_on=((-0.8, 0.8),),
)
arctan = define(
    np.arctan,
    latex=_function(r"\arctan"),
    grads=(lambda g, y, x: g / (1 + x**2),),
    xla="jax.numpy.arctan",
    js="Math.atan({0})",
    try_on=((-3, 3),),
)

# ----- hyperbolic -----

sinh = define(
    np.sinh,
    latex=_function(r"\sinh"),
    grads=(lambda g, y, x: g * np.cosh(x),),
    xla="jax.numpy.sinh",
    js="Math.sinh({0})",
    try_on=((-3, 3),),
)
cosh = define(
    np.cosh,
    latex=_function(r"\cosh"),
    grads=(lambda g, y, x: g * np.sinh(x),),
    xla="jax.numpy.cosh",
    js="Math.cosh({0})",
    try_on=((-3, 3),),
)
tanh = define(
    np.tanh,
    latex=_function(r"\tanh"),
    grads=(lambda g, y, x: g * (1 - y**2),),
    xla="jax.numpy.tanh",
    js="Math.tanh({0})",
    try_on=((-3, 3),),
)
arcsinh = define(
    np.arcsinh,
    latex=_function(r"\operatorname{arcsinh}"),
    grads=(lambda g, y, x: g / np.sqrt(x**2 + 1),),
    xla="jax.numpy.arcsinh",
    js="Math.asinh({0})",
    try_on=((-3, 3),),
)
arccosh = define(
    np.arccosh,
    latex=_function(r"\operatorname{arccosh}"),
    grads=(lambda g, y, x: g / np.sqrt(x**2 - 1),),
    xla="jax.numpy.arccosh",
    js="Math.acosh({0})",
    try_on=((1.3, 3),),
)
arctanh = define(
    np.arctanh,
    latex=_function(r"\operatorname{arctanh}"),
    grads=(lambda g, y, x: g / (1 - x**2),),
    xla="jax.numpy.arctanh",
    js="Math.atanh({0})",
    try_on=((-0.8, 0.8),),
)

# ----- triangles and angles -----

arctan2 = define(
    np.arctan2,
    latex=call("arctan2"),
    grads=(
        lambda g, y, a, b: g * b / (a**2 + b**2),
        lambda g, y, a, b: -g * a / (a**2 + b**2),
    ),
    xla="jax.numpy.arctan2",
    js="Math.atan2({0}, {1})",
    try_on=((0.3, 3), (0.3, 3)),
)
hypot = define(
    np.hypot,
    latex=Latex(r"\sqrt{{0}^2 + {1}^2}", holes=(ATOM, ATOM)),
    grads=(lambda g, y, a, b: g * ratio(a, y), lambda g, y, a, b: g * ratio(b, y)),
    xla="jax.numpy.hypot",
    js="Math.hypot({0}, {1})",
    try_on=((0.3, 3), (0.3, 3)),
)
deg2rad = define(
    np.deg2rad,
    latex=Latex(r"\frac{\pi}{180 } {0}", binds=MUL),
    grads=(lambda g, y, x: g * (np.pi / 180),),
    xla="jax.numpy.deg2rad",
    js="{0} * (Math.PI / 180)",
    try_on=((-90, 90),),
)
radians = define(
    np.radians,
    latex=Latex(r"\frac{\pi}{180 } {0}", binds=MUL),
    grads=(lambda g, y, x: g * (np.pi / 180),),
    xla="jax.numpy.radians",
    js="{0} * (Math.PI / 180)",
    try_on=((-90, 90),),
)
rad2deg = define(
    np.rad2deg,
    latex=Latex(r"\frac{180 }{\pi} {0}", binds=MUL),
    grads=(lambda g, y, x: g * (180 / np.pi),),
    xla="jax.numpy.rad2deg",
    js="{0} * (180 / Math.PI)",
    try_on=((-3, 3),),
)
degrees = define(
    np.degrees,
    latex=Latex(r"\frac{180 }{\pi} {0}", binds=MUL),
    grads=(lambda g, y, x: g * (180 / np.pi),),
    xla="jax.numpy.degrees",
    js="{0} * (180 / Math.PI)",
    try_on=((-3, 3),),
)
