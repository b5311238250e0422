"""One function at one point: its graph, forward and backward, with the value of every node."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from chalkgrad.errors import ChalkgradError
from chalkgrad.grad import Derivative
from chalkgrad.graph import Graph
from chalkgrad.ops.index import join_index
from chalkgrad.people import derivative_graph
from chalkgrad.plan import backward_graph
from chalkgrad.render.formula import primed
from chalkgrad.trace.box import Box
from chalkgrad.trace.names import result_name
from chalkgrad.trace.run import trace, traceable
from chalkgrad.tree import flatten


@dataclass(frozen=True, eq=False, slots=True)
class Passes:
    """Both passes of one function with all values; without a backward pass `why` says why."""

    graph: Graph
    values: tuple[Any, ...]  # one a node, of the whole graph
    forward: int  # nodes[:forward] are the function
    why: str = ""
    memo: dict[str, Any] = field(default_factory=dict, repr=False)  # what views have worked out from it

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
    with np.errstate(all="ignore"):  # a value that is not finite is shown, not warned of
        try:
            return _passes(f, args)
        except ZeroDivisionError:  # Python's numbers raise where NumPy's are infinite
            numpys = tuple(np.float64(a) if type(a) is float else a for a in args)
            try:
                return _passes(f, numpys)
            except ZeroDivisionError:
                return _forward_alone(f, numpys, "a slope divides by zero here")


def _passes(f: Callable, args: tuple[Any, ...]) -> Passes:
    if isinstance(f, Derivative):
        base, order = primed(f)
        return passes_of(derivative_graph(base, *args, order=order), args)
    why = ""
    try:
        graph = named(_without_given(backward_graph(f, *args)))
        return Passes(graph, run(graph, args), graph.forward)
    except ChalkgradError as error:
        why = str(error)
    return _forward_alone(f, args, why)


def _forward_alone(f: Callable, args: tuple[Any, ...], why: str) -> Passes:
    graph = named(trace(f, *args))
    return Passes(graph, run(graph, args), len(graph.nodes), why)


def _without_given(graph: Graph) -> Graph:
    """The graph without those gradients among its outputs that are values of the forward pass, as w is
    the gradient of wᵀx by x: they would stand for results of f.
    """
    real = sum(graph.nodes[i].dtype.kind == "f" and i in graph.gradients for i in graph.inputs)
    results = len(graph.outputs) - real
    gradients = (o for o in graph.outputs[results:] if o >= graph.forward)
    return replace(graph, outputs=(*graph.outputs[:results], *gradients))


def named(graph: Graph) -> Graph:
    """The graph with the caller's name for what a call returned, where the value has no name of its own."""
    last: dict[int, int] = {}
    count = graph.forward or len(graph.nodes)
    for i, node in enumerate(graph.nodes[:count]):
        if node.op is not None:
            last.update((scope.serial, i) for scope in node.scope)
    names: dict[int, str] = {}
    for i in set(last.values()):
        node = graph.nodes[i]
        given = (result_name(s) for s in reversed(node.scope) if last[s.serial] == i)
        names[i] = node.name or next(filter(None, given), "")
    nodes = (
        replace(n, name=names[i]) if names.get(i, n.name) != n.name else n for i, n in enumerate(graph.nodes)
    )
    return replace(graph, nodes=tuple(nodes))


def passes_of(graph: Graph, args: Sequence[Any]) -> Passes:
    """Both passes of a function that is a graph already; its nodes keep their numbers.

    The graph is recorded once more to find its gradient, whose nodes are then put behind its own.
    """
    count = len(graph.nodes)
    places: dict[int, int] = {}
    try:
        back = backward_graph(partial(_replayed, graph, places), *_leaves(tuple(args)))
    except ChalkgradError as error:
        return Passes(graph, run(graph, args), count, str(error))
    same = dict(zip(back.inputs, graph.inputs, strict=True))  # the inputs are there already

    def at(p: int) -> int:
        return same.get(p, p + count)

    moved = tuple(
        replace(n, value=0.0) if p in same else replace(n, args=tuple(at(a) for a in n.args))
        for p, n in enumerate(back.nodes)
    )
    edges = {(i, k) for i, n in enumerate(graph.nodes) for k in range(len(n.args)) if i in places}
    whole = replace(
        graph,
        nodes=(*graph.nodes, *moved),
        forward=count,
        gradients={i: at(back.gradients[p]) for i, p in places.items() if p in back.gradients},
        edges={(i, k): at(back.edges[places[i], k]) for i, k in edges if (places[i], k) in back.edges},
    )
    return Passes(whole, run(whole, args), count)


def _replayed(graph: Graph, places: dict[int, int], *leaves: Any) -> Any:
    """A graph as a function; `places` learns where each node stands in the new record."""
    given = dict(zip(graph.inputs, leaves, strict=True))
    made: list[Any] = []
    for i, node in enumerate(graph.nodes):
        value = given[i] if i in given else node.value
        if node.op is not None:
            value = node.op(*(made[a] for a in node.args), **node.params)
        made.append(value)
        if type(value) is Box:
            places[i] = value.at
    results = tuple(made[o] for o in graph.outputs)
    return results[0] if len(results) == 1 else results


def run(graph: Graph, args: Sequence[Any]) -> tuple[Any, ...]:
    """The value of every node; arrays in the place of numbers run through elementwise operations at once."""
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
