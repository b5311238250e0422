"""Training by the NumPy engine: a loop over batches, the two graphs as straight-line NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np

from chalkgrad.nn.network import Params
from chalkgrad.train.job import Carry, Job, Progress


class NumpyEngine:
    """Runs steps of a job on arrays."""

    def __init__(self, job: Job):
        self.job = job
        self.gradients: dict[int, Any] = {}  # by the size of the batch
        self.update = job.update_graph.in_numpy() if job.update_graph else job.foreign_update

    def start(self, carry: Carry) -> Carry:
        return carry

    def finish(self, carry: Carry) -> Carry:
        return carry

    def copy(self, carry: Carry) -> Carry:
        return carry  # steps make new arrays

    def run(self, carry: Carry, order: np.ndarray, first: int, steps: int, done: int) -> Progress:
        """Some steps of an epoch from its `first` on; `done` steps were made before this epoch."""
        losses, metrics = [], []
        for k in range(first, first + steps):
            rows = order[k * self.job.batch_size : (k + 1) * self.job.batch_size]
            carry, loss, found = self._step(carry, self.job.batch(rows), done + k)
            losses.append(loss)
            metrics.append(found)
        return Progress(
            carry, np.array(losses), {m: np.array([f[m] for f in metrics]) for m in self.job.metrics}
        )

    def _step(self, carry: Carry, batch: tuple, at: int) -> tuple[Carry, Any, Params]:
        size = len(batch[0])
        if size not in self.gradients:
            self.gradients[size] = self.job.gradient_graph(batch).in_numpy()
        key = self.job.key(at)
        loss, grads, state, metrics = self.gradients[size](carry.learnt, carry.state, *batch, key)
        learnt, optimizer = self.update(grads, carry.optimizer, carry.learnt)
        return Carry(learnt, state, optimizer), loss, metrics
