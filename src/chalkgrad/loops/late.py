"""What a backward loop need not add up step by step: sums that are one product over all steps at once.

The gradient of a weight matrix is the sum over the steps of (what came in)ᵀ × (gradient of what went out).
With both kept for all steps it is one large product, which takes a fraction of the time of many small ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from chalkgrad.graph import Graph
from chalkgrad.loops.record import Body
from chalkgrad.rewrite import tidy


@dataclass(frozen=True, slots=True)
class Late:
    """A param whose gradient is made behind the loop."""

    param: int  # among those with a gradient
    x: int | None  # of the backward body's x: what came in; None: the gradient is a plain sum
    y: int  # of the backward body's y: the gradient of what went out

    def gradient(self, xs: Sequence[Any], ys: Sequence[Any]) -> Any:
        """The sum over steps and examples."""
        if self.x is None:
            return np.sum(ys[self.y], axis=(0, 1))
        return np.tensordot(xs[self.x], ys[self.y], ((0, 1), (0, 1)))


def made_late(body: Body, kept: int) -> tuple[Body, tuple[Late, ...]]:
    """A backward body without the sums that can be made behind the loop, and those.

    Args:
        body: its state is `kept` gradients of the state and then one sum a param.
        kept: how many.
    """
    graph, edge = body.graph, body.params + body.state
    xs = {at: k for k, at in enumerate(graph.inputs[edge:])}
    ys = list(graph.outputs[body.state :])
    late: dict[int, Late] = {}
    for k in range(kept, body.state):
        found = _term(graph, graph.outputs[k], graph.inputs[body.params + k], xs)
        if found is not None:
            if found[1] not in ys:  # the gradient of an x may be the very same
                ys.append(found[1])
            late[k] = Late(k - kept, found[0], ys.index(found[1]))
    stay = [k for k in range(body.state) if k not in late]
    places = (*range(body.params), *(body.params + k for k in stay), *range(edge, len(graph.inputs)))
    inputs = tuple(graph.inputs[k] for k in places)
    example = tuple(body.example[k] for k in places) if body.example else ()
    outputs = (*(graph.outputs[k] for k in stay), *ys)
    lean = tidy(replace(graph, inputs=inputs, outputs=outputs))
    return Body(lean, body.params, len(stay), body.name, example=example), tuple(late.values())


def _term(graph: Graph, at: int, total: int, xs: dict[int, int]) -> tuple[int | None, int] | None:
    """Of `total + term`: the x and the gradient that the term is made of, if it is such a product or sum."""
    node = graph.nodes[at]
    if node.op is None or node.op.name != "add" or node.args[0] != total:
        return None
    term = graph.nodes[node.args[1]]
    name = term.op.name if term.op is not None else ""
    if name in ("matmul", "dot"):
        left, right = (graph.nodes[a] for a in term.args)
        turned = left.op is not None and left.op.name == "transpose" and not left.params
        if turned and left.args[0] in xs and len(left.shape) == len(right.shape) == 2:
            return xs[left.args[0]], term.args[1]
    plain = name == "sum" and term.params in ({"axis": 0}, {"axis": (0,)})
    return (None, term.args[0]) if plain and len(graph.nodes[term.args[0]].shape) == 2 else None
