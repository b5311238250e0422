"""A network with the parameters that it has learnt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from chalkgrad.foundation import Chain
from chalkgrad.nn.layers.layer import Params
from chalkgrad.nn.network import paths
from chalkgrad.train.history import History
from chalkgrad.train.metrics import BY_LOSS, decide, r_squared

AT_ONCE = 1024  # examples that are run together


@dataclass(eq=False)
class Model:
    """What `fit` returns: a function of examples, whose parameters can be looked at."""

    network: Chain
    params: Params
    loss: Any  # a function, or None for a loaded model whose loss was a person's own
    history: History = field(default_factory=History)

    @property
    def __name__(self) -> str:
        return "model"

    def __call__(self, x: Any) -> Any:
        """The network's output for these examples: scores, or values."""
        return self.network.apply(self.params, x)

    def scores(self, X: Any) -> np.ndarray:
        """The network's output for many examples, some at a time."""
        return np.concatenate([np.asarray(self(X[rows])) for rows in _pieces(len(X))])

    def predict(self, X: Any) -> np.ndarray:
        """The class of each example, if the loss is one of classes, else the network's output."""
        return np.concatenate([decide(self.loss, np.asarray(self(X[rows]))) for rows in _pieces(len(X))])

    def score(self, X: Any, y: Any) -> float:
        """The share that is predicted right; for other losses R², the share of the variance explained."""
        _, metric = BY_LOSS.get(self.loss, ("", r_squared))
        return float(metric(self.scores(X), np.asarray(y)))

    def save(self, path: str | PathLike[str]) -> Path:
        """Write the model to a safetensors file, which `cg.load` reads; the file is swapped in whole.

        It has the parameters, a description of the network, the loss and the history. Functions of your own
        are no part of it: `cg.load(path, network=net)` then wants the chain.

        Args:
            path: of the file, such as "digits.safetensors".

        Returns:
            The path.

        Raises:
            DataError: it cannot be written.
        """
        from chalkgrad.train.saved import save

        return save(self, path)

    def opened(self, args: tuple[Any, ...], y: Any = None) -> Any:
        """For the views: the network, with its loss where there is a target, as a function that is drawn."""
        from chalkgrad.train.opening import open_model

        return open_model(self, args, y)

    def __repr__(self) -> str:
        count = sum(np.size(a) for _, a in paths(self.params))
        epochs = len(self.history)
        return f"<model of {self.network}: {count:,} parameters after {epochs} epoch{'s' * (epochs != 1)}>"


def _pieces(count: int) -> Iterator[slice]:
    yield from (slice(k, k + AT_ONCE) for k in range(0, count, AT_ONCE))
