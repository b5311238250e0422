"""A loop in JAX: `lax.scan` over the body's own graph."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from chalkgrad.graph import Graph
from chalkgrad.loops.record import Body
from chalkgrad.loops.scan import _parts, split
from chalkgrad.run.lower import Lowered


def scan(*given: Any, body: Body, length: int, reverse: bool = False, keep: bool = True) -> Any:
    """What the row's NumPy function computes."""
    params, state, xs = split(body, given)
    run = in_jax(body.graph)

    def one(state: Any, x: Any) -> Any:
        made = run([*params, *state, *x])
        new, y = tuple(made[: body.state]), tuple(made[body.state :])
        return new, (y, state if keep else ())

    final, (ys, before) = jax.lax.scan(one, tuple(state), tuple(xs), reverse=reverse)
    return _parts(body, length, keep).packing.pack(jnp, [*final, *ys, *before])


def in_jax(graph: Graph) -> Any:
    """A graph as a function of the list of its inputs' values, in JAX."""
    needed = graph.needed()
    lowered = {i: Lowered(graph, i) for i, n in enumerate(graph.nodes) if needed[i] and n.op is not None}

    def run(given: list[Any]) -> list[Any]:
        made: dict[int, Any] = {}
        values = dict(zip(graph.inputs, given, strict=True))
        for i, node in enumerate(graph.nodes):
            if i in lowered:
                made[i] = lowered[i]([made[a] for a in node.args])
            elif i in values:
                made[i] = jnp.asarray(values[i], node.dtype)
            elif needed[i]:
                made[i] = node.value if node.weak else np.asarray(node.value)
        return [jnp.asarray(made[o], graph.nodes[o].dtype) for o in graph.outputs]

    return run
