"""The error function, the normal distribution, exponential integrals.

Source of the rules: NIST Digital Library of Mathematical Functions, chapters 6 and 7.
"""

from __future__ import annotations

import numpy as np
import scipy.special as sp

from chalkgrad.ops.scipys.rows import JAX, special, symbol

ROOT_PI = float(np.sqrt(np.pi))
ROOT_2PI = float(np.sqrt(2 * np.pi))

# ----- error functions -----

special(
    sp.erf, lambda g, y, x: g * 2 / ROOT_PI * np.exp(-(x**2)), on=((-2, 2),), xla=JAX + "erf", js="kernel:erf"
)
special(
    sp.erfc,
    lambda g, y, x: -g * 2 / ROOT_PI * np.exp(-(x**2)),
    on=((-2, 2),),
    xla=JAX + "erfc",
    js="kernel:erfc",
)
special(sp.erfinv, lambda g, y, x: g * ROOT_PI / 2 * np.exp(y**2), on=((-0.9, 0.9),), xla=JAX + "erfinv")
special(
    sp.erfcinv, lambda g, y, x: -g * ROOT_PI / 2 * np.exp(y**2), on=((0.1, 1.9),), xla=JAX + "erfinv(1 - {0})"
)
special(sp.erfcx, lambda g, y, x: g * (2 * x * y - 2 / ROOT_PI), on=((-1, 3),), xla=JAX + "erfcx")
special(sp.erfi, lambda g, y, x: g * 2 / ROOT_PI * np.exp(x**2), on=((-1.5, 1.5),))
special(sp.dawsn, lambda g, y, x: g * (1 - 2 * x * y), on=((-2, 2),), xla=JAX + "dawsn")

# ----- the normal distribution -----

special(
    sp.ndtr,
    lambda g, y, x: g * np.exp(-(x**2) / 2) / ROOT_2PI,
    latex=symbol(r"\Phi"),
    on=((-3, 3),),
    xla=JAX + "ndtr",
    js="kernel:ndtr",
)
special(
    sp.log_ndtr,
    lambda g, y, x: g * np.exp(-(x**2) / 2 - y) / ROOT_2PI,
    on=((-3, 3),),
    xla=JAX + "log_ndtr",
)
special(sp.ndtri, lambda g, y, x: g * ROOT_2PI * np.exp(y**2 / 2), on=((0.1, 0.9),), xla=JAX + "ndtri")

# ----- exponential integrals -----

special(sp.expi, lambda g, y, x: g * np.exp(x) / x, on=((0.3, 3),), xla=JAX + "expi")
special(sp.exp1, lambda g, y, x: -g * np.exp(-x) / x, on=((0.3, 3),), xla=JAX + "exp1")
special(sp.spence, lambda g, y, x: g * np.log(x) / (1 - x), on=((1.3, 3),), xla=JAX + "spence")
