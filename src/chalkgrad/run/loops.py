"""A loop in JAX: `lax.scan` over the body's own graph."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from chalkgrad.graph import Graph
from chalkgrad.loops.record import Body
from chalkgrad.loops.scan import Parts, split
from chalkgrad.run.lower import Lowered


def scan(*given: Any, body: Body, length: int, reverse: bool = False, keep: bool = True) -> Any:
    """What the row's NumPy function computes."""
    params, state, xs = split(body, given)
    run = InJax(body.graph)
    fixed = run.fixed(dict(zip(body.graph.inputs, params, strict=False)))

    def one(state: Any, x: Any) -> Any:
        made = run(dict(zip(body.graph.inputs[body.params :], [*state, *x], strict=True)), fixed)
        new, y = tuple(made[: body.state]), tuple(made[body.state :])
        return new, (y, state if keep else ())

    final, (ys, before) = jax.lax.scan(one, tuple(state), tuple(xs), reverse=reverse)
    return Parts(body, length, keep).packing.pack(jnp, [*final, *ys, *before])


class InJax:
    """A graph in JAX, in two parts: what some of its inputs decide, and the rest."""

    def __init__(self, graph: Graph):
        self.graph = graph
        self.needed = graph.needed()
        self.lowered = {
            i: Lowered(graph, i) for i, n in enumerate(graph.nodes) if self.needed[i] and n.op is not None
        }

    def fixed(self, given: dict[int, Any]) -> dict[int, Any]:
        """The values that these inputs decide: computed before the loop, not once a step."""
        made = {i: jnp.asarray(v, self.graph.nodes[i].dtype) for i, v in given.items()}
        constants = self._constants()
        for i, lowered in self.lowered.items():
            args = self.graph.nodes[i].args
            if all(a in made or a in constants for a in args) and any(a in made for a in args):
                made[i] = lowered([made[a] if a in made else constants[a] for a in args])
        return made | constants

    def _constants(self) -> dict[int, Any]:
        nodes = enumerate(self.graph.nodes)
        held = {i: n for i, n in nodes if n.op is None and n.value is not None and self.needed[i]}
        return {i: n.value if n.weak else np.asarray(n.value) for i, n in held.items()}

    def __call__(self, given: dict[int, Any], fixed: dict[int, Any]) -> list[Any]:
        """The graph's outputs."""
        nodes = self.graph.nodes
        made = fixed | {i: jnp.asarray(v, nodes[i].dtype) for i, v in given.items()}
        for i, lowered in self.lowered.items():
            if i not in made:
                made[i] = lowered([made[a] for a in nodes[i].args])
        return [jnp.asarray(made[o], nodes[o].dtype) for o in self.graph.outputs]
