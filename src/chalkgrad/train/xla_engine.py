"""Training by XLA: many steps are one program, with the data on the device and memory reused.

One program serves any number of steps of a size of batch: the loop's bounds are inputs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from chalkgrad.run.xla import X64, Executable
from chalkgrad.train.job import Carry, Job, Progress
from chalkgrad.train.step import Recorded
from chalkgrad.tree import flatten, map_leaves, unflatten


def in_jax(recorded: Recorded) -> Callable:
    """A recorded function as one of JAX's: `(result, truths of its asserts)`."""
    executable = Executable(recorded.graph, recorded.made, in_pieces=False)

    def run(*args: Any) -> Any:
        given = recorded.given(flatten((args, {}))[0])
        made = executable.program(*[given[k] for k in executable.reads], *executable.held)
        return recorded.results(made, given)

    return run


class XlaEngine:
    """Runs steps of a job on the device."""

    def __init__(self, job: Job):
        self.job = job
        self.recorded: dict[int, Recorded] = {}  # by the size of the batch
        self.programs: dict[int, Callable] = {}
        with X64(True):
            self.data = jax.device_put((job.X, job.y, job.weight))

    def start(self, carry: Carry) -> Carry:
        with X64(True):
            return map_leaves(jnp.array, carry)  # a copy: donated memory must not be the caller's

    def copy(self, carry: Carry) -> Carry:
        return self.start(carry)

    def finish(self, carry: Carry) -> Carry:
        return map_leaves(np.array, carry)

    def run(self, carry: Carry, order: np.ndarray, first: int, steps: int, done: int) -> Progress:
        """Some steps of an epoch from its `first` on; `done` steps were made before this epoch."""
        size = min(self.job.batch_size, len(order) - first * self.job.batch_size)
        if size not in self.programs:
            self.programs[size] = self._program(size)
        count = -(-len(order) // self.job.batch_size)
        with X64(True):
            leaves, structure = flatten(carry)  # JAX would sort the dictionaries
            leaves, losses, metrics, truths = self.programs[size](
                leaves, jnp.asarray(order), self.data, first, first + steps, done, count
            )
            carry = unflatten(structure, leaves)
            made = slice(first, first + steps)
            for truth in zip(*(np.asarray(t)[made] for t in truths), strict=True):
                self.recorded[size].verify(truth)
            figures = {k: np.asarray(v)[made] for k, v in metrics.items()}
            return Progress(carry, np.asarray(losses)[made], figures)

    def _program(self, size: int) -> Callable:
        recorded = self.recorded[size] = self.job.gradient_graph(self.job.batch(np.arange(size)))
        gradients, seed = in_jax(recorded), self.job.seed
        update = self._update()
        stride, structure = self.job.batch_size, flatten(self.job.start)[1]

        def one(k: Any, carried: Any, order: Any, data: Any, done: Any) -> Any:
            leaves, losses, metrics, truths = carried
            carry = unflatten(structure, leaves)
            rows = jax.lax.dynamic_slice(order, (k * stride,), (size,))
            batch = jax.tree.map(lambda a: a[rows], data)
            key = jnp.stack([jnp.asarray(seed, jnp.int64), jnp.asarray(done + k, jnp.int64)])
            (loss, grads, state, found), checks = gradients(carry.learnt, carry.state, *batch, key)
            learnt, optimizer = update(grads, carry.optimizer, carry.learnt)
            metrics = {m: metrics[m].at[k].set(found[m]) for m in metrics}
            truths = [t.at[k].set(c) for t, c in zip(truths, checks, strict=True)]
            new = flatten(Carry(learnt, state, optimizer))[0]
            return new, losses.at[k].set(loss), metrics, truths

        def many(leaves: Any, order: Any, data: Any, first: Any, last: Any, done: Any, count: int) -> Any:
            losses = jnp.zeros(count)
            metrics = {m: jnp.zeros(count) for m in self.job.metrics}
            truths = [jnp.zeros(count, bool) for _ in recorded.traced.checks]
            step = lambda k, carried: one(k, carried, order, data, done)  # noqa: E731
            return jax.lax.fori_loop(first, last, step, (leaves, losses, metrics, truths))

        return jax.jit(many, static_argnums=6, donate_argnums=0)

    def _update(self) -> Callable:
        if self.job.update_graph is None:
            return self.job.foreign_update
        update = in_jax(self.job.update_graph)
        return lambda grads, state, learnt: update(grads, state, learnt)[0]
