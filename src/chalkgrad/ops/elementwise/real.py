"""What complex arithmetic asks of real numbers, and ufuncs with two results."""

from __future__ import annotations

from typing import Any

import numpy as np

from chalkgrad.op import CALL, OPEN, Latex, Sample, compose, define
from chalkgrad.ops.shared import call

# ----- real numbers as complex ones -----

real = define(
    np.real,
    latex=Latex(r"\operatorname{real}({0})", binds=CALL, holes=(OPEN,)),
    grads=(lambda g, y, x: g,),
    xla="jax.numpy.real",
    js="{0}",
    try_on=((-3, 3),),
    view=True,
)
imag = define(
    np.imag,
    latex=call("imag"),
    grads=None,
    xla="jax.numpy.imag",
    js="0",
    try_on=((-3, 3),),
)
conjugate = define(
    np.conjugate,
    name="conjugate",
    latex=call("conjugate"),
    grads=(lambda g, y, x: g,),
    xla="jax.numpy.conjugate",
    js="{0}",
    try_on=((-3, 3),),
)


@compose(np.angle)
def _angle(z: Any, deg: bool = False) -> Any:
    """0 for a positive number, π for a negative one."""
    return np.where(z < 0, 180.0 if deg else np.pi, 0.0)


@compose(np.real_if_close)
def _real_if_close(a: Any, tol: float = 100) -> Any:
    return np.real(a)


@compose(np.isreal)
def _isreal(x: Any) -> Any:
    return np.logical_or(x == x, np.isnan(x))


@compose(np.iscomplex)
def _iscomplex(x: Any) -> Any:
    return np.logical_not(np.isreal(x))


@compose(np.isposinf)
def _isposinf(x: Any, out: Any = None) -> Any:
    return x == np.inf


@compose(np.isneginf)
def _isneginf(x: Any, out: Any = None) -> Any:
    return x == -np.inf


# ----- two results: each is an operation of its own -----


@compose(np.divmod)
def _divmod(a: Any, b: Any) -> tuple:
    return np.floor_divide(a, b), np.mod(a, b)


@compose(np.modf)
def _modf(x: Any) -> tuple:
    whole = np.trunc(x)
    return x - whole, whole


def _exponent(x: Any) -> Any:
    return np.frexp(x)[1]


exponent = define(
    _exponent,
    name="frexp_exponent",
    latex=call("frexp_exponent"),
    grads=None,
    xla="jax.numpy.frexp({0})[1]",
    js=None,
    python="np.frexp({0})[1]",
    try_on=((0.3, 3),),
)


@compose(np.frexp)
def _frexp(x: Any) -> tuple:
    n = exponent(x)
    return np.ldexp(x, -n), n


# ----- of whole numbers -----


def _whole(key: Any) -> None:
    name = key.__name__
    samples = (Sample(1, 30, kind="int"), Sample(1, 30, kind="int"))
    define(key, latex=call(name), grads=None, xla=f"jax.numpy.{name}", js=f"kernel:{name}", try_on=samples)


_whole(np.gcd)
_whole(np.lcm)
