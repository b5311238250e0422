"""Changing the dtype: the value passes through, and so does the gradient (an integer has none)."""

from __future__ import annotations

from typing import Any

import numpy as np

from chalkgrad.op import ELEMENTWISE, Latex, define


def _astype(x: Any, dtype: np.dtype) -> Any:
    return x.astype(dtype) if isinstance(x, (np.ndarray, np.generic)) else dtype.type(x)


def _rule(g: Any, y: Any, x: Any, dtype: np.dtype) -> Any:
    """g arrives in y's dtype; it is cast back where every gradient is cast to its argument's dtype."""
    return g if dtype.kind == "f" else None


astype = define(
    _astype,
    name="astype",
    latex=Latex("{0}"),
    grads=(_rule,),
    xla="{0}.astype({dtype})",
    js="{0}",
    python="{0}.astype({dtype})",
    kind=ELEMENTWISE,
    try_on=((-3, 3),),
    cases=({"dtype": np.dtype("float32")},),
)
