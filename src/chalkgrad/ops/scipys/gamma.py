"""The gamma family.

Source of the rules: NIST Digital Library of Mathematical Functions, chapters 5 and 8.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sp

from chalkgrad.op import CALL, OPEN, Latex, Op, Sample, compose, define
from chalkgrad.ops.scipys.rows import BY_SHAPE, JAX, special, symbol
from chalkgrad.ops.shared import call

# ----- gamma and its logarithm's derivatives -----


def _trigamma(x: Any) -> Any:
    return polygamma(x, n=1)


_LOG_GAMMA = Latex(r"\ln \Gamma({0})", binds=CALL, holes=(OPEN,))

special(
    sp.gamma,
    lambda g, y, x: g * y * sp.digamma(x),
    latex=symbol(r"\Gamma"),
    on=((0.5, 3),),
    xla=JAX + "gamma",
    js="kernel:gamma",
)
special(
    sp.gammaln,
    lambda g, y, x: g * sp.digamma(x),
    latex=_LOG_GAMMA,
    on=((0.5, 3),),
    xla=JAX + "gammaln",
    js="kernel:gammaln",
)
special(
    sp.loggamma,
    lambda g, y, x: g * sp.digamma(x),
    latex=_LOG_GAMMA,
    on=((0.5, 3),),
    xla=JAX + "gammaln",
    js="kernel:gammaln",
)
special(sp.rgamma, lambda g, y, x: -g * y * sp.digamma(x), on=((0.5, 3),))
special(
    sp.digamma,
    lambda g, y, x: g * _trigamma(x),
    latex=symbol(r"\psi"),
    on=((0.5, 3),),
    xla=JAX + "digamma",
    js="kernel:digamma",
    name="digamma",
)

polygamma: Op = define(
    sp.polygamma,
    fun=lambda x, n: sp.polygamma(n, x),
    latex=call("polygamma"),
    grads=(lambda g, y, x, n: g * polygamma(x, n=n + 1),),
    xla=JAX + "polygamma({n}, {0})",
    js=None,
    python="scipy.special.polygamma({n}, {0})",
    try_on=((0.5, 3),),
    cases=({"n": 1}, {"n": 3}),
    bind=lambda n, x: ((x,), {"n": n}),
)


@compose(sp.factorial)
def _factorial(n: Any, exact: bool = False, **_: Any) -> Any:
    return sp.gamma(n + 1.0)


multigammaln = define(
    sp.multigammaln,
    latex=call("multigammaln"),
    grads=(lambda g, y, a, d: g * sum(sp.digamma(a - i / 2) for i in range(d)),),
    xla=JAX + "multigammaln({0}, {d})",
    js=None,
    python="scipy.special.multigammaln({0}, {d})",
    try_on=((3, 6),),
    cases=({"d": 3},),
)

# ----- beta -----

special(
    sp.beta,
    lambda g, y, a, b: g * y * (sp.digamma(a) - sp.digamma(a + b)),
    lambda g, y, a, b: g * y * (sp.digamma(b) - sp.digamma(a + b)),
    latex=call("beta"),
    on=((0.5, 3), (0.5, 3)),
    xla=JAX + "beta",
)
special(
    sp.betaln,
    lambda g, y, a, b: g * (sp.digamma(a) - sp.digamma(a + b)),
    lambda g, y, a, b: g * (sp.digamma(b) - sp.digamma(a + b)),
    latex=call("betaln"),
    on=((0.5, 3), (0.5, 3)),
    xla=JAX + "betaln",
)
special(
    sp.binom,
    lambda g, y, n, k: g * y * (sp.digamma(n + 1) - sp.digamma(n - k + 1)),
    lambda g, y, n, k: g * y * (sp.digamma(n - k + 1) - sp.digamma(k + 1)),
    latex=Latex(r"\binom{{0}}{{1}}", holes=(OPEN, OPEN)),
    on=((4, 6), (0.5, 3)),
)
special(
    sp.poch,
    lambda g, y, z, m: g * y * (sp.digamma(z + m) - sp.digamma(z)),
    lambda g, y, z, m: g * y * sp.digamma(z + m),
    on=((0.5, 3), (0.5, 3)),
)

# ----- incomplete -----


def _gamma_density(a: Any, x: Any) -> Any:
    return np.exp((a - 1) * np.log(x) - x - sp.gammaln(a))


special(
    sp.gammainc,
    BY_SHAPE,
    lambda g, y, a, x: g * _gamma_density(a, x),
    on=((0.5, 3), (0.5, 3)),
    xla=JAX + "gammainc",
)
special(
    sp.gammaincc,
    BY_SHAPE,
    lambda g, y, a, x: -g * _gamma_density(a, x),
    on=((0.5, 3), (0.5, 3)),
    xla=JAX + "gammaincc",
)
special(
    sp.gammaincinv, BY_SHAPE, lambda g, y, a, p: g / _gamma_density(a, y), on=((0.5, 3), Sample(0.2, 0.8))
)
special(
    sp.betainc,
    BY_SHAPE,
    BY_SHAPE,
    lambda g, y, a, b, x: g * x ** (a - 1) * (1 - x) ** (b - 1) / sp.beta(a, b),
    on=((0.5, 3), (0.5, 3), (0.1, 0.9)),
    xla=JAX + "betainc",
)
