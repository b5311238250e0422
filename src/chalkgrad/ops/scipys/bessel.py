"""Bessel functions and elliptic integrals: each order's slope is made of its neighbours.

Source of the rules: NIST Digital Library of Mathematical Functions, sections 10.6, 10.29 and 19.4.
"""

from __future__ import annotations

import numpy as np
import scipy.special as sp

from chalkgrad.ops.scipys.rows import BY_ORDER, JAX, special, symbol

_X = ((0.3, 3),)
_NX = ((0.5, 2.5), (0.3, 3))

# ----- of the first and second kind -----

special(sp.j0, lambda g, y, x: -g * sp.j1(x), on=_X, latex=symbol("J_0"))
special(sp.j1, lambda g, y, x: g * (sp.j0(x) - sp.jv(2, x)) / 2, on=_X, latex=symbol("J_1"))
special(sp.jv, BY_ORDER, lambda g, y, n, x: g * (sp.jv(n - 1, x) - sp.jv(n + 1, x)) / 2, on=_NX)
special(sp.y0, lambda g, y, x: -g * sp.y1(x), on=_X, latex=symbol("Y_0"))
special(sp.y1, lambda g, y, x: g * (sp.y0(x) - sp.yv(2, x)) / 2, on=_X, latex=symbol("Y_1"))
special(sp.yv, BY_ORDER, lambda g, y, n, x: g * (sp.yv(n - 1, x) - sp.yv(n + 1, x)) / 2, on=_NX)

# ----- modified -----

special(sp.i0, lambda g, y, x: g * sp.i1(x), on=_X, latex=symbol("I_0"), xla=JAX + "i0", name="special.i0")
special(sp.i1, lambda g, y, x: g * (sp.i0(x) + sp.iv(2, x)) / 2, on=_X, latex=symbol("I_1"), xla=JAX + "i1")
special(sp.iv, BY_ORDER, lambda g, y, n, x: g * (sp.iv(n - 1, x) + sp.iv(n + 1, x)) / 2, on=_NX)
special(sp.i0e, lambda g, y, x: g * (sp.i1e(x) - np.sign(x) * y), on=_X, xla=JAX + "i0e")
special(sp.i1e, lambda g, y, x: g * ((sp.i0e(x) + sp.ive(2, x)) / 2 - np.sign(x) * y), on=_X, xla=JAX + "i1e")
special(
    sp.ive,
    BY_ORDER,
    lambda g, y, n, x: g * ((sp.ive(n - 1, x) + sp.ive(n + 1, x)) / 2 - np.sign(x) * y),
    on=_NX,
)
special(sp.k0, lambda g, y, x: -g * sp.k1(x), on=_X, latex=symbol("K_0"))
special(sp.k1, lambda g, y, x: -g * (sp.k0(x) + sp.kv(2, x)) / 2, on=_X, latex=symbol("K_1"))
special(sp.kv, BY_ORDER, lambda g, y, n, x: -g * (sp.kv(n - 1, x) + sp.kv(n + 1, x)) / 2, on=_NX)

# ----- complete elliptic integrals -----

_M = ((0.2, 0.8),)
special(sp.ellipk, lambda g, y, m: g * (sp.ellipe(m) - (1 - m) * y) / (2 * m * (1 - m)), on=_M)
special(sp.ellipe, lambda g, y, m: g * (y - sp.ellipk(m)) / (2 * m), on=_M)
