"""XLA by way of JAX: a graph as one compiled program, called on NumPy arrays.

float64 stays float64 because tracing, compiling and calling happen under `jax.enable_x64`, which holds for
this thread and for the duration of the context: the caller's own settings stay what they are.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from chalkgrad.graph import Graph, Node
from chalkgrad.run.lower import Lowered
from chalkgrad.run.options import options_for
from chalkgrad.run.shards import Shards, of_piece, whole_shape

LITERAL = 64  # entries; a larger constant is an input of the program, on the device once and for all
COPIED = 1 << 16  # bytes; a larger result is handed out in the memory that XLA made for it
X64 = jax.enable_x64


class Executable:
    """A graph, or the part of it that some results need, as a compiled program.

    Args:
        graph: the graph.
        outputs: the positions to compute, each once.
        in_pieces: whether a large elementwise program may run piece by piece.
    """

    def __init__(self, graph: Graph, outputs: Sequence[int], in_pieces: bool = True):
        self.graph = graph
        self.outputs = tuple(outputs)
        needed = graph.needed(self.outputs)
        self.reads = tuple(
            k for k, at in enumerate(graph.inputs) if needed[at]
        )  # of the graph's inputs: those that count
        self.inputs = tuple(graph.inputs[k] for k in self.reads)
        self.lowered = [
            (i, Lowered(graph, i)) for i, n in enumerate(graph.nodes) if needed[i] and n.op is not None
        ]
        constants = [i for i, n in enumerate(graph.nodes) if needed[i] and n.is_constant]
        self.literals = {
            i: _literal(graph.nodes[i]) for i in constants if np.size(graph.nodes[i].value) <= LITERAL
        }
        self.hoisted = tuple(i for i in constants if i not in self.literals)
        with X64(True):
            self.held = tuple(jnp.asarray(graph.nodes[i].value) for i in self.hoisted)
        self.function = jax.jit(self.program, compiler_options=options_for(graph))
        shape = whole_shape(graph, self.outputs) if in_pieces else None
        self.shards = self._sharded(shape) if shape is not None else None
        sizes = [int(np.prod(graph.nodes[o].shape)) * graph.nodes[o].dtype.itemsize for o in self.outputs]
        self.large = jax.default_backend() == "cpu" and max(sizes, default=0) > COPIED

    def _sharded(self, shape: tuple[int, ...]) -> Shards:
        piece = Executable(of_piece(self.graph, shape), self.outputs, in_pieces=False)
        return Shards(piece, shape, [self.graph.nodes[o].dtype for o in self.outputs])

    def program(self, *given: Any) -> tuple[Any, ...]:
        """The graph in JAX, for `jax.jit` to trace."""
        made: dict[int, Any] = dict(self.literals)
        for i, value in zip((*self.inputs, *self.hoisted), given, strict=True):
            made[i] = jnp.asarray(value, self.graph.nodes[i].dtype)
        for i, lowered in self.lowered:
            made[i] = lowered([made[a] for a in lowered.node.args])
        return tuple(made[o] for o in self.outputs)

    def __call__(self, given: Sequence[Any]) -> Sequence[Any]:
        """JAX arrays, one an output, for the values of `inputs`."""
        with X64(True):
            return self.function(*given, *self.held)

    def array(self, given: Sequence[Any]) -> np.ndarray:
        """The only output."""
        if self.large:
            return self.arrays(given)[0]
        with X64(True):
            return np.array(self.function(*given, *self.held)[0])

    def arrays(self, given: Sequence[Any]) -> list[np.ndarray]:
        """Writable NumPy arrays, one an output; none shares memory with what was given."""
        if self.shards is not None:
            return self.shards(given)
        made = self(given)
        if not self.large:
            return [np.array(m) for m in made]
        taken = {_address(g) for g in given}
        return [
            _owned(m) if m.nbytes > COPIED and m.unsafe_buffer_pointer() not in taken else np.array(m)
            for m in made
        ]


def _literal(node: Node) -> Any:
    return node.value if node.weak else np.asarray(node.value)


def _address(given: Any) -> int:
    return given.ctypes.data if isinstance(given, np.ndarray) else 0


def _owned(made: Any) -> np.ndarray:
    """The memory of a result as a writable array.

    JAX calls its arrays immutable because others may hold them; this one was made by our program a moment
    ago, nobody else has it, and the array that we return keeps it alive.
    """
    memory = (ctypes.c_byte * made.nbytes).from_address(made.block_until_ready().unsafe_buffer_pointer())
    memory.owner = made
    return np.frombuffer(memory, made.dtype).reshape(made.shape)
