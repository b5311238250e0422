"""A network with the parameters that it has learnt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from chalkgrad.errors import ArgumentError
from chalkgrad.foundation import Chain
from chalkgrad.nn.layers.layer import Params
from chalkgrad.nn.network import paths
from chalkgrad.train.agree import tried
from chalkgrad.train.examples import examples
from chalkgrad.train.history import History
from chalkgrad.train.metrics import BY_LOSS, decide, r_squared
from chalkgrad.train.targets import check_shapes, check_values

AT_ONCE = 1024  # examples that are run together


@dataclass(eq=False)
class Model:
    """What `fit` returns: a function of examples, whose parameters can be looked at."""

    network: Chain
    params: Params
    loss: Any  # a function, or None for a loaded model whose loss was a person's own
    history: History = field(default_factory=History)
    takes: tuple[int, ...] | None = None  # the shape of an example that it has learnt from

    @property
    def __name__(self) -> str:
        return "model"

    def __call__(self, x: Any) -> Any:
        """The network's output for these examples: scores, or values."""
        return self.network.apply(self.params, x)

    def scores(self, X: Any) -> np.ndarray:
        """The network's output for many examples, some at a time.

        Raises:
            ArgumentError: they are no examples like those that it has learnt from.
        """
        X = self._examples(X)
        return np.concatenate([np.asarray(tried(self.network, self.params, X[r])) for r in _pieces(len(X))])

    def predict(self, X: Any) -> np.ndarray:
        """The class of each example, if the loss is one of classes, else the network's output."""
        return decide(self.loss, self.scores(X))

    def score(self, X: Any, y: Any) -> float:
        """The share that is predicted right; for other losses R², the share of the variance explained.

        Raises:
            ArgumentError: examples and answers do not go together, or with the network.
        """
        X, y = examples(self._examples(X), y)
        scores = self.scores(X)
        judge = self.loss if self.loss in BY_LOSS else r_squared
        if judge is r_squared and np.ndim(scores) == y.ndim + 1 and np.shape(scores)[-1] > 1:
            raise ArgumentError(
                "with this loss the score is R², and y has one number where the network gives several. "
                "Cure for classes: np.mean(np.argmax(model.scores(X), axis=-1) == y)"
            )
        check_shapes(judge, scores, y)
        check_values(judge, y, np.shape(scores))
        return float(BY_LOSS.get(judge, ("", r_squared))[1](scores, y))

    def _examples(self, X: Any) -> np.ndarray:
        """An array with an example a row."""
        X = np.asarray(X)
        rank = len(self.takes) + 1 if self.takes is not None else max(X.ndim, 1)
        if X.ndim == rank:
            return X
        cure = "X[None], if this is one example" if X.ndim == rank - 1 else "such examples, one a row"
        told = f"and the network has learnt from examples of shape {self.takes}"
        raise ArgumentError(f"X has shape {X.shape}, {told}. Cure: {cure}")

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
    yield from (slice(k, k + AT_ONCE) for k in range(0, max(count, 1), AT_ONCE))
