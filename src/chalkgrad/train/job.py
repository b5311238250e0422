"""A piece of training: the data, the graphs of one step, and what goes from step to step."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from chalkgrad.errors import ArgumentError, ChalkgradError
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
            updates, new = optimizer.update(grads, state, learnt)
            moved = _as_before(learnt, apply_updates(learnt, updates), "updates")
            return moved, _as_before(state, new, "its state")

        return Recorded(update, (self.start.learnt, self.start.optimizer, self.start.learnt))

    def foreign_update(self, grads: Params, state: Any, learnt: Params, value: Any) -> Any:
        """The step of an optimizer written in JAX, which sorts dictionaries; here they keep their order.

        Args:
            grads, state, learnt: as for ours.
            value: the loss, which some ask for: those that lower the rate on a plateau.
        """
        more = {"value": value} if _asks_for_more(self.optimizer) else {}
        updates, new = self.optimizer.update(grads, state, learnt, **more)
        return apply_updates(learnt, updates), each(lambda _, value: value, state, new)


def first_state(optimizer: Any, learnt: Params) -> Any:
    """What an optimizer begins with, in NumPy's arrays and in the parameters' dtypes."""
    if not is_foreign(optimizer):
        return optimizer.init(learnt)
    from chalkgrad.run.xla import X64

    try:
        with X64(True):
            return map_leaves(np.array, optimizer.init(learnt))
    except (TypeError, ValueError, KeyError) as error:
        raise ArgumentError(
            f"the optimizer's init fails, or gives what is no array of numbers: {error} Cure: one "
            "without random keys"
        ) from error


def check_update(job: Job) -> None:
    """Refuse an optimizer whose step cannot be made, before anything is computed.

    Raises:
        ArgumentError: what it wants, or what it gives instead.
    """
    start = job.start
    try:
        if job.update_graph is None:
            import jax

            from chalkgrad.run.xla import X64

            with X64(True):
                jax.eval_shape(job.foreign_update, start.learnt, start.optimizer, start.learnt, np.zeros(()))
    except ChalkgradError:
        raise
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise ArgumentError(
            f"the optimizer's update fails: {error}. Cure: update(gradients, state, parameters) -> (updates, "
            "state); one that runs the loss anew, such as optax.lbfgs, cannot be taken"
        ) from error


def _as_before(old: Any, new: Any, what: str) -> Any:
    """What a step has made, in the structure, shapes and dtypes of what it began with."""

    def one(before: Any, after: Any) -> Any:
        if np.shape(before) != np.shape(after):
            raise ArgumentError(
                f"the optimizer's update gives {what} of shape {np.shape(after)} for {np.shape(before)}. "
                "Cure: arrays of the shapes that it was given"
            )
        dtype = np.asarray(before).dtype if isinstance(before, float | int) else before.dtype
        return after.astype(dtype) if getattr(after, "dtype", dtype) != dtype else after

    try:
        return each(one, old, new)
    except (KeyError, ValueError, TypeError) as error:
        raise ArgumentError(
            f"the optimizer's update gives {what} in another structure than it was given: {error!r}. "
            "Cure: the same dictionaries and tuples, each entry renewed"
        ) from error


def _asks_for_more(optimizer: Any) -> bool:
    """Whether a step may be told the loss: by name, or as one of any names."""
    told = inspect.signature(optimizer.update).parameters
    return "value" in told or any(p.kind is p.VAR_KEYWORD for p in told.values())


def is_foreign(optimizer: Any) -> bool:
    """Whether an optimizer is written in JAX: one of Optax's."""
    return type(optimizer).__module__.split(".")[0] == "optax"
