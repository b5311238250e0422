"""Python's `math`, as the stand-ins see it: `math.exp(x)` of a traced x is recorded as `np.exp`, and gives
a float.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from chalkgrad.errors import LostTraceError
from chalkgrad.trace.active import is_traced, plain
from chalkgrad.trace.box import Box, living, record
from chalkgrad.trace.protocols import row
from chalkgrad.trace.sites import here

# ----- math's name: NumPy's function -----

SAME = {
    "exp": np.exp, "exp2": np.exp2, "expm1": np.expm1, "log2": np.log2, "log10": np.log10, "log1p": np.log1p,
    "sin": np.sin, "cos": np.cos, "tan": np.tan, "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh,
    "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan, "asinh": np.arcsinh, "acosh": np.arccosh,
    "atanh": np.arctanh, "atan2": np.arctan2, "sqrt": np.sqrt, "cbrt": np.cbrt, "fabs": np.fabs,
    "pow": np.power, "fmod": np.fmod, "copysign": np.copysign, "degrees": np.degrees, "radians": np.radians,
}  # fmt: skip

SPECIAL = {"erf": "erf", "erfc": "erfc", "gamma": "gamma", "lgamma": "gammaln"}  # rows of scipy.special

DECIDES = (
    "floor ceil trunc isnan isinf isfinite isclose factorial gcd lcm comb perm isqrt nextafter ulp"
).split()


def scalar(x: Any) -> Any:
    """One number; `math` takes no array with more entries."""
    if type(x) is not Box or not x.writable:
        return x
    if x.size != 1:
        raise LostTraceError(
            f"{here()}: math's functions take one number, not an array of {x.shape}. Cure: np.…"
        )
    return np.reshape(x, -1)[0]


def recorded(real: Callable, find: Callable) -> Callable:
    """A function of `math` that is recorded under NumPy's row."""

    def call(*args: Any) -> Any:
        for a in args:
            if type(a) is Box and type(living(a)) is Box:
                return record(find(), tuple(scalar(a) for a in args), {}, run=call)
        return real(*args)

    call.__name__ = real.__name__
    return call


def _special(name: str) -> Callable:
    def find() -> Any:
        import scipy.special

        from chalkgrad.trace.protocols import lookup

        return lookup(getattr(scipy.special, name))

    return find


def _log(x: Any, *base: Any) -> Any:
    natural = TABLE["_ln"]
    return natural(x) / natural(*base) if base else natural(x)


def _sum(values: Any) -> Any:
    values = list(values)
    return sum(values) if is_traced(values) else math.fsum(values)


def _product(values: Any, *, start: Any = 1) -> Any:
    for v in values:
        start = start * v
    return start


def _hypot(*coordinates: Any) -> Any:
    return (
        TABLE["sqrt"](sum(c * c for c in coordinates)) if is_traced(coordinates) else math.hypot(*coordinates)
    )


def _dist(p: Any, q: Any) -> Any:
    return _hypot(*(a - b for a, b in zip(p, q, strict=True)))


def _modf(x: Any) -> tuple:
    """The fraction and the whole part; the whole part is a step, the fraction rises with x."""
    fraction, whole = math.modf(*plain((x,)))
    return (scalar(x) - whole if is_traced(x) else fraction), whole


def _frexp(x: Any) -> tuple:
    """x = m 2^e: the exponent is a step, m rises with x."""
    mantissa, exponent = math.frexp(*plain((x,)))
    return (_ldexp(x, -exponent) if is_traced(x) else mantissa), exponent


def _ldexp(x: Any, i: Any) -> Any:
    i = plain(i)
    return scalar(x) * math.ldexp(1.0, i) if is_traced(x) else math.ldexp(*plain((x, i)))


def _deciding(real: Callable) -> Callable:
    return lambda *args, **kwargs: real(*plain(args), **plain(kwargs))


TABLE: dict[str, Callable] = {
    **{
        n: recorded(getattr(math, n), lambda key=key: row(key)) for n, key in SAME.items() if hasattr(math, n)
    },
    **{n: recorded(getattr(math, n), _special(name)) for n, name in SPECIAL.items()},
    **{n: _deciding(getattr(math, n)) for n in DECIDES},
    "_ln": recorded(math.log, lambda: row(np.log)),
    "log": _log,
    "fsum": _sum,
    "prod": _product,
    "hypot": _hypot,
    "modf": _modf,
    "frexp": _frexp,
    "ldexp": _ldexp,
    "dist": _dist,
}
