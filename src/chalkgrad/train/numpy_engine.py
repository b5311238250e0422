"""Training by the NumPy engine: a loop over batches, the two graphs as straight-line NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from chalkgrad.nn.network import Params
from chalkgrad.train.job import Carry, Job, Progress
from chalkgrad.train.source import Batch, Piece
from chalkgrad.train.threads import largest_product, threads_for
from chalkgrad.tree import flatten, map_leaves


class NumpyEngine:
    """Runs steps of a job on arrays."""

    name = "numpy"
    alone = True  # no other process trains with this one

    def __init__(self, job: Job):
        self.job = job
        self.gradients: dict[Any, Any] = {}  # by the shapes of the batch
        self.largest: dict[Any, int] = {}  # product of matrices, likewise
        self.update = self._ours(job.update_graph.in_numpy()) if job.update_graph else self._foreign

    def start(self, carry: Carry) -> Carry:
        return carry

    def finish(self, carry: Carry) -> Carry:
        return carry

    def copy(self, carry: Carry) -> Carry:
        return carry  # steps make new arrays

    def finite(self, carry: Carry) -> bool:
        """Whether all parameters are numbers."""
        leaves = flatten((carry.learnt, carry.state))[0]
        return all(bool(np.isfinite(a).all()) for a in leaves if np.asarray(a).dtype.kind == "f")

    def run(self, carry: Carry, piece: Piece, done: int) -> Progress:
        """The steps of a piece; `done` were made before."""
        if piece.shape not in self.gradients:
            recorded = self.job.gradient_graph(piece.batch(0))
            self.gradients[piece.shape] = recorded.in_numpy()
            self.largest[piece.shape] = largest_product(recorded.graph)
        losses, metrics = [], []
        with threads_for(self.largest[piece.shape]):
            for k in range(piece.steps):
                carry, loss, found = self._step(carry, piece.batch(k), done + k, piece.shape)
                losses.append(loss)
                metrics.append(found)
        figures = {m: np.array([f[m] for f in metrics]) for m in self.job.metrics}
        return Progress(carry, np.array(losses), figures)

    def _ours(self, update: Callable) -> Callable:
        return lambda grads, state, learnt, loss: update(grads, state, learnt)

    def _foreign(self, grads: Params, state: Any, learnt: Params, loss: Any) -> Any:
        """The step of an optimizer written in JAX: its arrays are JAX's for that long and NumPy's in between.

        Were they kept, a training would go on otherwise than one whose state came from a checkpoint.
        """
        import jax.numpy as jnp

        from chalkgrad.run.xla import X64

        with X64(True):
            given = map_leaves(jnp.asarray, (grads, state, learnt, loss))
            return map_leaves(np.array, self.job.foreign_update(*given))

    def _step(self, carry: Carry, batch: Batch, at: int, shape: Any) -> tuple[Carry, Any, Params]:
        key = self.job.key(at)
        loss, grads, state, metrics = self.gradients[shape](carry.learnt, carry.state, *batch, key)
        learnt, optimizer = self.update(grads, carry.optimizer, carry.learnt, loss)
        return Carry(learnt, state, optimizer), loss, metrics
