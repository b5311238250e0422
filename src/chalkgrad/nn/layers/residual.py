"""A way round: what goes in is added to what comes out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from chalkgrad.errors import ArgumentError
from chalkgrad.nn import network
from chalkgrad.nn.layers.layer import Mode, Params


class Residual:
    r"""Links that compute what is to be added: $x + f(x)$, so that gradients have a way round them.

    Args:
        *links: layers and functions, run one after another; the result has the shape of the input.

    Source: He, Zhang, Ren and Sun, "Deep residual learning for image recognition", CVPR 2016.

    >>> Residual(np.tanh)(np.zeros(2))
    array([0., 0.])
    """

    def __init__(self, *links: Callable):
        if not links or not all(callable(link) for link in links):
            raise ArgumentError("Residual takes one or more links: Residual(cg.nn.Dense(8, cg.nn.relu))")
        self.links = links
        self.__name__ = "residual"

    def __repr__(self) -> str:
        return f"Residual({', '.join(getattr(f, '__name__', repr(f)) for f in self.links)})"

    def __call__(self, x: Any) -> Any:
        return self.forward({}, x, Mode())[0]

    def init(self, x: Any, rng: np.random.Generator) -> Params:
        """First values of the links' parameters."""
        return network.init(self.links, x, rng)

    def forward(self, params: Params, x: Any, mode: Mode) -> tuple[Any, Params]:
        """The sum, and the new values of what is state.

        Raises:
            ArgumentError: the links change the shape.
        """
        y, changed = network.forward(self.links, params, x, mode)
        if np.shape(y) != np.shape(x):
            raise ArgumentError(
                f"{self!r} makes {np.shape(y)} of {np.shape(x)}; the two are added and must be alike"
            )
        return x + y, changed

    def split(self, params: Params) -> tuple[Params, Params]:
        """What is learnt, and what is state."""
        return network.split(self.links, params)
