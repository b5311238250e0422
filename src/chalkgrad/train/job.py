"""A piece of training: the data, the graphs of one step, and what goes from step to step."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from chalkgrad.foundation import Chain
from chalkgrad.nn.layers.layer import Params
from chalkgrad.nn.optimizers import apply_updates, each
from chalkgrad.train.metrics import Metric
from chalkgrad.train.source import Arrays, Batch, Stream
from chalkgrad.train.step import Recorded, gradients_of
from chalkgrad.tree import map_leaves


class Carry(NamedTuple):
    """What goes from one step to the next."""

    learnt: Params
    state: Params
    optimizer: Any


class Progress(NamedTuple):
    """What some steps gave: the loss and the metrics of each."""

    carry: Carry
    losses: np.ndarray  # (steps,)
    metrics: dict[str, np.ndarray]


class Job:
    """All that an engine needs to know.

    Args:
        network: the chain.
        loss: `(prediction, target) -> number`.
        optimizer: a pair of `init` and `update`, ours or Optax's.
        metrics: by name.
        source: where batches come from.
        seed: of all that is drawn.
        start: the parameters, for the graphs' shapes.
    """

    def __init__(
        self,
        network: Chain,
        loss: Callable,
        optimizer: Any,
        metrics: dict[str, Metric],
        source: Arrays | Stream,
        seed: int,
        start: Carry,
    ):
        self.network, self.loss, self.optimizer, self.metrics = network, loss, optimizer, metrics
        self.source, self.seed, self.start = source, seed, start

    def key(self, step: int) -> np.ndarray:
        """What the random draws of one step depend on."""
        return np.array([self.seed, step], dtype=np.int64)

    def gradient_graph(self, batch: Batch) -> Recorded:
        """The loss, its gradients, the new state and the metrics, for batches of this shape."""
        from chalkgrad.nn.random import Keyed

        f = gradients_of(self.network.functions, self.loss, self.metrics, batch[2] is not None)

        def keyed(learnt: Params, state: Params, x: Any, y: Any, weight: Any, key: Any) -> Any:
            return f(learnt, state, x, y, weight, Keyed(key))

        return Recorded(keyed, (self.start.learnt, self.start.state, *batch, self.key(0)))

    @cached_property
    def update_graph(self) -> Recorded | None:
        """The optimizer's step, if it is written in NumPy."""
        if is_foreign(self.optimizer):
            return None

        optimizer = self.optimizer

        def update(grads: Params, state: Any, learnt: Params) -> Any:
            updates, state = optimizer.update(grads, state, learnt)
            return apply_updates(learnt, updates), state

        return Recorded(update, (self.start.learnt, self.start.optimizer, self.start.learnt))

    def foreign_update(self, grads: Params, state: Any, learnt: Params) -> Any:
        """The step of an optimizer written in JAX, which sorts dictionaries; here they keep their order."""
        updates, new = self.optimizer.update(grads, state, learnt)
        return apply_updates(learnt, updates), each(lambda _, value: value, state, new)


def first_state(optimizer: Any, learnt: Params) -> Any:
    """What an optimizer begins with, in NumPy's arrays and in the parameters' dtypes."""
    if not is_foreign(optimizer):
        return optimizer.init(learnt)
    from chalkgrad.run.xla import X64

    with X64(True):
        return map_leaves(np.array, optimizer.init(learnt))


def is_foreign(optimizer: Any) -> bool:
    """Whether an optimizer is written in JAX: one of Optax's."""
    return type(optimizer).__module__.split(".")[0] == "optax"
