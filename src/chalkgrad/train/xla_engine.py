"""Training by XLA: many steps are one program, with the data on the device and memory reused.

One program serves any number of steps with batches of a shape: the loop's bounds are inputs, so that how many
steps are made at once changes nothing in what they compute.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from chalkgrad.run.options import options_for
from chalkgrad.run.xla import X64, Executable
from chalkgrad.train.devices import Devices
from chalkgrad.train.job import Carry, Job, Progress
from chalkgrad.train.source import Batch, Piece
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


@jax.jit
def _finite(leaves: Any) -> Any:
    return jnp.all(jnp.stack([jnp.isfinite(a).all() for a in leaves]))


class XlaEngine:
    """Runs steps of a job on the device, or on several."""

    name = "xla"

    def __init__(self, job: Job, devices: int | str | None = None):
        self.job = job
        self.devices = Devices(devices, len(job.source.example[0]))
        self.recorded: dict[Any, Recorded] = {}  # by the shapes of the batches
        self.programs: dict[Any, Callable] = {}
        self.given: Batch | None = None  # the examples that are on the device
        self.held: Any = None

    @property
    def alone(self) -> bool:
        """Whether no other process trains with this one."""
        return self.devices.hosts == 1

    def start(self, carry: Carry) -> Carry:
        return map_leaves(self.devices.put, carry)  # a copy: donated memory must not be the caller's

    def copy(self, carry: Carry) -> Carry:
        with X64(True):
            return map_leaves(jnp.array, carry)

    def finish(self, carry: Carry) -> Carry:
        return map_leaves(self.devices.fetch, carry)

    def finite(self, carry: Carry) -> bool:
        """Whether all parameters are numbers."""
        with X64(True):
            leaves = flatten((carry.learnt, carry.state))[0]
            return bool(self.devices.fetch(_finite([a for a in leaves if a.dtype.kind == "f"])))

    def run(self, carry: Carry, piece: Piece, done: int) -> Progress:
        """The steps of a piece; `done` were made before. The memory of `carry` is used for the result."""
        if piece.shape not in self.programs:
            self.programs[piece.shape] = self._program(piece)
        count = -(-len(piece.order) // piece.stride)
        made = slice(piece.first, piece.first + piece.steps)
        with X64(True):
            leaves, structure = flatten(carry)  # JAX would sort the dictionaries
            leaves, losses, metrics, truths = self.programs[piece.shape](
                leaves, piece.order, self._data(piece), made.start, made.stop, done - made.start, count
            )
            carry = unflatten(structure, leaves)
            fetch = self.devices.fetch
            for truth in zip(*(fetch(t)[made] for t in truths), strict=True):
                self.recorded[piece.shape].verify(truth)
            return Progress(carry, fetch(losses)[made], {k: fetch(v)[made] for k, v in metrics.items()})

    def _data(self, piece: Piece) -> Any:
        """The examples on the device; those of an epoch before are there already."""
        if piece.data is not self.given:
            self.given = piece.data
            self.held = tuple(None if a is None else self._put(a) for a in piece.data)
        return self.held

    def _put(self, array: np.ndarray) -> Any:
        return jax.device_put(array) if self.devices.mesh is None else self.devices.put(array)

    def _program(self, piece: Piece) -> Callable:
        recorded = self.recorded[piece.shape] = self.job.gradient_graph(piece.batch(0))
        gradients, seed = in_jax(recorded), self.job.seed
        update, devices = self._update(), self.devices
        size, stride, structure = piece.size, piece.stride, flatten(self.job.start)[1]

        def one(leaves: Any, order: Any, data: Any, k: Any, before: Any) -> Any:
            carry = unflatten(structure, leaves)
            rows = jax.lax.dynamic_slice(order, (k * stride,), (size,))
            batch = devices.shared_out(jax.tree.map(lambda a: a[rows], data))
            key = jnp.stack([jnp.asarray(seed, jnp.int64), jnp.asarray(before + k, jnp.int64)])
            (loss, grads, state, found), checks = gradients(carry.learnt, carry.state, *batch, key)
            learnt, optimizer = update(grads, carry.optimizer, carry.learnt, loss)
            told = [
                jnp.asarray(loss, jnp.float64),
                {m: jnp.asarray(v, jnp.float64) for m, v in found.items()},
            ]
            return flatten(Carry(learnt, state, optimizer))[0], (*told, checks)

        everywhere = {} if devices.mesh is None else {"out_shardings": devices.everywhere}
        options = options_for(recorded.graph)
        if options is not None:
            step = jax.jit(one, donate_argnums=0, compiler_options=options, **everywhere)
            return one_by_one(step, devices.fetch)

        def many(leaves: Any, order: Any, data: Any, first: Any, last: Any, before: Any, count: int) -> Any:
            shapes = jax.eval_shape(one, leaves, order, data, first, before)[1]
            blank = jax.tree.map(lambda s: jnp.zeros((count, *s.shape), s.dtype), shapes)

            def step(k: Any, carried: Any) -> Any:
                leaves, told = carried
                leaves, found = one(leaves, order, data, k, before)
                return leaves, jax.tree.map(lambda a, v: a.at[k].set(v), told, found)

            leaves, told = jax.lax.fori_loop(first, last, step, (leaves, blank))
            return leaves, *told

        return jax.jit(many, static_argnums=6, donate_argnums=0, **everywhere)

    def _update(self) -> Callable:
        if self.job.update_graph is None:
            return self.job.foreign_update
        update = in_jax(self.job.update_graph)
        return lambda grads, state, learnt, loss: update(grads, state, learnt)[0]


def one_by_one(step: Callable, fetch: Callable) -> Callable:
    """Steps as programs of their own: inside a loop, XLA computes convolutions with one thread."""

    def many(leaves: Any, order: Any, data: Any, first: int, last: int, before: int, count: int) -> Any:
        told = []
        for k in range(first, last):
            leaves, found = step(leaves, order, data, k, before)
            told.append(found)
        rows = jax.tree.map(lambda *values: np.stack([fetch(v) for v in values]), *told)
        return leaves, *jax.tree.map(lambda a: np.pad(a, (first, count - last)), rows)

    return many
