"""Products with logarithms, 0 where the first factor is 0: entropies and divergences."""

from __future__ import annotations

import numpy as np
import scipy.special as sp

from chalkgrad.op import MUL, Latex
from chalkgrad.ops.scipys.rows import JAX, special

special(
    sp.xlogy,
    lambda g, y, a, b: g * np.log(b),
    lambda g, y, a, b: g * a / b,
    latex=Latex(r"{0} \ln {1}", binds=MUL),
    on=((0.3, 3), (0.3, 3)),
    xla=JAX + "xlogy",
    js="{0} === 0 ? 0 : {0} * Math.log({1})",
)
special(
    sp.xlog1py,
    lambda g, y, a, b: g * np.log1p(b),
    lambda g, y, a, b: g * a / (1 + b),
    latex=Latex(r"{0} \ln(1 + {1})", binds=MUL, holes=(MUL, MUL)),
    on=((0.3, 3), (0.3, 3)),
    xla=JAX + "xlog1py",
    js="{0} === 0 ? 0 : {0} * Math.log1p({1})",
)
special(sp.entr, lambda g, y, x: -g * (np.log(x) + 1), on=((0.3, 3),), xla=JAX + "entr")
special(
    sp.rel_entr,
    lambda g, y, a, b: g * (np.log(a / b) + 1),
    lambda g, y, a, b: -g * a / b,
    on=((0.3, 3), (0.3, 3)),
    xla=JAX + "rel_entr",
)
special(
    sp.kl_div,
    lambda g, y, a, b: g * np.log(a / b),
    lambda g, y, a, b: g * (1 - a / b),
    on=((0.3, 3), (0.3, 3)),
    # JAX's own kl_div loses eight digits where a is close to b (0.12)
    xla="jax.numpy.where(({0} < 0) | ({1} < 0), jax.numpy.inf, "
    + "jax.scipy.special.xlogy({0}, {0} / {1}) - {0} + {1})",
)
