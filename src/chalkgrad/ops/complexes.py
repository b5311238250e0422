"""Functions whose results are complex: chalkgrad differentiates real arithmetic, and says so here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from chalkgrad.errors import NotYetError
from chalkgrad.op import compose

_CURES = {
    "fft": "a real transform is a product with np.cos and np.sin of 2πjk/n",
    "linalg": "for a symmetric matrix use np.linalg.eigh or np.linalg.eigvalsh",
}


def _refused(family: str, key: Callable) -> None:
    @compose(key)
    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise NotYetError(
            f"np.{family}.{key.__name__} gives complex numbers; chalkgrad differentiates real arithmetic. "
            f"Cure: {_CURES[family]}, or call it on a plain array outside the function"
        )


for _name in "fft ifft rfft irfft hfft ihfft fft2 ifft2 rfft2 irfft2 fftn ifftn rfftn irfftn".split():
    _refused("fft", getattr(np.fft, _name))
for _name in ("eig", "eigvals"):
    _refused("linalg", getattr(np.linalg, _name))
