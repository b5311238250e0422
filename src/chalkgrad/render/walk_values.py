"""One function at one point: its graph, forward and backward, with the value of every node."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from chalkgrad.errors import ChalkgradError
from chalkgrad.graph import Graph, Node, Scope
from chalkgrad.ops.index import join_index
from chalkgrad.plan import backward_graph
from chalkgrad.trace.run import code_of, trace, traceable
from chalkgrad.tree import flatten


@dataclass(frozen=True, eq=False, slots=True)
class Passes:
    """Both passes of one function with all values; without a backward pass `why` says why."""

    graph: Graph
    values: tuple[Any, ...]  # one a node, of the whole graph
    forward: int  # nodes[:forward] are the function
    why: str = ""

    def gradient(self, i: int) -> Any:
        """The gradient of the results by node i, in its shape; None where there is none."""
        at = self.graph.gradients.get(i)
        return None if at is None else self.values[at]

    def edge(self, i: int, k: int) -> Any:
        """What flows back over argument k of node i; None where nothing does."""
        at = self.graph.edges.get((i, k))
        if at is not None:
            return self.values[at]
        node = self.graph.nodes[i]
        if node.op is None or node.op.name != "getitem" or k or self.gradient(i) is None:
            return None
        return self._spread(i)

    def _spread(self, i: int) -> Any:
        """The gradient of a part, put in its place: the record does this once for all parts of an array."""
        node = self.graph.nodes[i]
        whole = np.zeros(self.graph.nodes[node.args[0]].shape)
        arrays = tuple(self.values[a] for a in node.args[1:])
        np.add.at(whole, join_index(node.params["index"], arrays), self.gradient(i))
        return whole


def passes(f: Callable, *args: Any) -> Passes:
    """Run both passes of `f` at `args`; a function without a gradient has the forward pass alone.

    Raises:
        ChalkgradError: f could not be recorded.
    """
    try:
        graph, why = _entered(backward_graph(f, *args), f), ""
        values = run(graph, args)
        return Passes(graph, values, graph.forward)
    except ChalkgradError as error:
        why = str(error)
    graph = _entered(trace(f, *args), f)
    return Passes(graph, run(graph, args), len(graph.nodes), why)


def _entered(graph: Graph, f: Any) -> Graph:
    """A derivative of f runs f's own code: its nodes are the derivative's, not those of a call."""
    own = set()
    while (f := getattr(f, "of", None)) is not None:
        own.add(code_of(f))
    if not own:
        return graph
    return replace(graph, nodes=tuple(_unnested(n, own) for n in graph.nodes))


def _unnested(node: Node, own: set) -> Node:
    """Without the scope of f itself; what the rules made has no name of the person's."""
    scope = tuple(s for s in node.scope if not _is_ours(s, own))
    foreign = node.op is not None and not scope and (node.where is None or node.where.code not in own)
    return replace(node, scope=scope, name="" if foreign else node.name)


def _is_ours(scope: Scope, own: set) -> bool:
    return scope.code in own or scope.code.co_filename.startswith("<chalkgrad")


def run(graph: Graph, args: Sequence[Any]) -> tuple[Any, ...]:
    """The value of every node."""
    given = iter(_leaves(tuple(args)))
    inputs = {i: next(given) for i in graph.inputs}
    values: list[Any] = []
    with np.errstate(all="ignore"):
        for i, node in enumerate(graph.nodes):
            if i in inputs:
                values.append(inputs[i])
            elif node.op is None:
                values.append(node.value)
            else:
                values.append(node.op.fun(*(values[a] for a in node.args), **node.params))
    return tuple(values)


def _leaves(args: tuple[Any, ...]) -> list[Any]:
    """What enters the graph: the traceable leaves, an array that is passed twice once."""
    seen: set[int] = set()
    leaves = []
    for leaf in flatten((args, {}))[0]:
        if not traceable(leaf) or (isinstance(leaf, np.ndarray) and id(leaf) in seen):
            continue
        seen.add(id(leaf))
        leaves.append(leaf)
    return leaves
