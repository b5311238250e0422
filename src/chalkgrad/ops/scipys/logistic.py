"""The logistic function and its like, and SciPy's own versions of elementary functions."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sp

from chalkgrad.op import compose
from chalkgrad.ops.scipys.rows import JAX, special
from chalkgrad.ops.shared import above

LN10 = float(np.log(10))

# ----- logistic -----

special(
    sp.expit,
    lambda g, y, x: g * y * (1 - y),
    on=((-3, 3),),
    xla=JAX + "expit",
    js="1 / (1 + Math.exp(-{0}))",
)
special(
    sp.logit,
    lambda g, y, x: g / (x * (1 - x)),
    on=((0.1, 0.9),),
    xla=JAX + "logit",
    js="Math.log({0} / (1 - {0}))",
)
special(
    sp.log_expit,
    lambda g, y, x: g * sp.expit(-x),
    on=((-3, 3),),
    xla="jax.nn.log_sigmoid",
    js="Math.min({0}, 0) - Math.log1p(Math.exp(-Math.abs({0})))",
)

if hasattr(sp, "softplus"):  # SciPy 1.16

    @compose(sp.softplus)
    def _softplus(x: Any, **_: Any) -> Any:
        return np.logaddexp(0, x)


# ----- robust losses -----

special(
    sp.huber,
    lambda g, y, d, r: g * above(np.abs(r), d) * (np.abs(r) - d),
    lambda g, y, d, r: g * np.clip(r, -d, d),
    on=((0.5, 1), (-3, 3)),
    xla="jax.numpy.where(abs({1}) <= {0}, {1} ** 2 / 2, {0} * (abs({1}) - {0} / 2))",
    js="Math.abs({1}) <= {0} ? {1} ** 2 / 2 : {0} * (Math.abs({1}) - {0} / 2)",
    kinks="abs({1}) - {0}",
)


def _stretch(d: Any, r: Any) -> Any:
    return np.sqrt(1 + (r / d) ** 2)


special(
    sp.pseudo_huber,
    lambda g, y, d, r: g * (2 * d * (_stretch(d, r) - 1) - r**2 / (d * _stretch(d, r))),
    lambda g, y, d, r: g * r / _stretch(d, r),
    on=((0.5, 1), (-3, 3)),
    xla="{0} ** 2 * (jax.numpy.sqrt(1 + ({1} / {0}) ** 2) - 1)",
    js="{0} ** 2 * (Math.sqrt(1 + ({1} / {0}) ** 2) - 1)",
)

# ----- elementary -----


def _exprel_slope(x: Any, y: Any) -> Any:
    safe = np.where(x == 0, 1, x)
    return np.where(x == 0, 0.5 + x / 3, (np.exp(safe) - y) / safe)  # its tangent at 0 keeps f″ right


special(sp.exprel, lambda g, y, x: g * _exprel_slope(x, y), on=((0.3, 3),))
special(sp.cosm1, lambda g, y, x: -g * np.sin(x), on=((-3, 3),))
special(sp.exp10, lambda g, y, x: g * y * LN10, on=((-2, 2),), xla="10.0 ** {0}", js="10 ** {0}")
special(
    sp.exp2,
    lambda g, y, x: g * y * np.log(2),
    on=((-2, 2),),
    xla="jax.numpy.exp2",
    js="2 ** {0}",
    name="special.exp2",
)
special(
    sp.expm1,
    lambda g, y, x: g * np.exp(x),
    on=((-2, 2),),
    xla="jax.numpy.expm1",
    js="Math.expm1({0})",
    name="special.expm1",
)
special(
    sp.log1p,
    lambda g, y, x: g / (1 + x),
    on=((-0.5, 2),),
    xla="jax.numpy.log1p",
    js="Math.log1p({0})",
    name="special.log1p",
)
special(
    sp.cbrt,
    lambda g, y, x: g / (3 * y**2),
    on=((0.3, 2),),
    xla="jax.numpy.cbrt",
    js="Math.cbrt({0})",
    name="special.cbrt",
)
