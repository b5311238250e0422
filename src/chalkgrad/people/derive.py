"""Derivatives and gradients as graphs of their own, tidied for people, linked to the function they come
from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from chalkgrad.chain_rule import Backward
from chalkgrad.grad import as_float, check_scalar
from chalkgrad.graph import Graph, Node
from chalkgrad.op import NAMED
from chalkgrad.people.collapse import Collapsed, collapse, opened, values_of
from chalkgrad.people.simplify import simplified
from chalkgrad.trace.box import Box
from chalkgrad.trace.run import Run, name_of
from chalkgrad.trace.tape import Tape


@dataclass(frozen=True, eq=False, slots=True)
class DerivedGraph(Graph):
    """The graph of a derivative, from f's inputs; `origin` says which of its nodes are nodes of f's graph."""

    origin: Mapping[int, int] = field(default_factory=dict)


def record(f: Callable, *args: Any) -> tuple[Graph, list[Any]]:
    """The graph of f, and the value of each of its nodes at these arguments."""
    with Run(f, args, {}, names=True) as run:
        fields = {
            "in_structure": run.structure,
            "out_structure": run.out_structure,
            "name": name_of(f),
            "source": f,
        }
        graph = run.tape.graph(run.outputs(), **fields)
        return graph, list(run.tape.values)


def derivative_graph(f: Callable, *args: Any, order: int = 1, expand: bool = False) -> DerivedGraph:
    """The derivative of an elementwise function as a graph of its own, as a person would write it.

    Args:
        f: a function whose entry i depends on entry i of its first argument alone.
        *args: example arguments.
        order: how many times to differentiate; each time from the tidied form.
        expand: open the calls of the person's functions first, so that no σ′ remains.

    Returns:
        A graph from f's inputs to f′; `origin` maps its nodes to nodes of f's graph that are the same
        quantity.

    Raises:
        GradError: f is not elementwise.
    """
    from chalkgrad.entries import check_entrywise

    args = (as_float(args[0]), *args[1:])
    with Run(f, args, {}, names=True) as run:
        outputs = tuple(run.outputs())
        check_entrywise(f, run, outputs)
        fields = {
            "in_structure": run.structure,
            "out_structure": run.out_structure,
            "name": name_of(f),
            "source": f,
        }
        graph = run.tape.graph(outputs, **fields)
        given = [run.tape.values[i] for i in graph.inputs]
    origin: Mapping[int, int] = {i: i for i in range(len(graph.nodes))}
    for _ in range(order):
        (graph,) = differentiated(graph, given, (graph.inputs[0],), expand)
        origin = {i: origin[o] for i, o in graph.origin.items() if o in origin}
    return replace(graph, origin=origin, name=name_of(f) + "'" * order)  # type: ignore[call-arg, return-value]


def gradient_graphs(f: Callable, *args: Any, expand: bool = False) -> dict[str, DerivedGraph]:
    """The gradient of a number by each real input, as graphs of their own, by the input's name.

    Raises:
        GradError: the result of f is not one number.
    """
    with Run(f, args, {}, names=True) as run:
        outputs = tuple(run.outputs())
        check_scalar(f, run, outputs)
        fields = {"in_structure": run.structure, "name": name_of(f), "source": f}
        graph = run.tape.graph(outputs, **fields)
        given = [run.tape.values[i] for i in graph.inputs]
    wrt = tuple(i for i in graph.inputs if graph.nodes[i].dtype.kind == "f")
    found = differentiated(graph, given, wrt, expand)
    return dict(zip(_unique(graph, wrt), found, strict=True))


def _unique(graph: Graph, wrt: Sequence[int]) -> list[str]:
    names: list[str] = []
    for i in wrt:
        name = graph.nodes[i].name or f"x_{i}"
        names.append(name if name not in names else f"{name}_{i}")
    return names


# ----- the chain rule on a graph -----


def differentiated(
    graph: Graph, given: Sequence[Any], wrt: Sequence[int], expand: bool = False
) -> list[DerivedGraph]:
    """The gradients of a graph's results (seeded with ones) by some of its inputs, tidied, each as a
    graph.
    """
    short = Collapsed(graph, tuple(range(len(graph.nodes)))) if expand else collapse(graph, _derivative_of)
    forward = short.graph
    at = [forward.inputs[graph.inputs.index(w)] for w in wrt]
    tape = tape_of(forward, values_of(forward, list(given)))
    found = _backward(tape, forward.outputs, at)
    whole = _with_scopes(tape.graph([p for p in found if p is not None]), forward)
    nodes, places = simplified(whole.nodes, len(forward.nodes), whole.outputs)
    rest = iter(places)
    results = [next(rest) if p is not None else None for p in found]
    return [_alone(graph, forward, nodes, short.was, r, w) for r, w in zip(results, at, strict=True)]


def _derivative_of(graph: Graph, x: Any) -> Graph:
    return differentiated(graph, [x], graph.inputs)[0]


def tape_of(graph: Graph, values: Sequence[Any]) -> Tape:
    """A graph as a record that the chain rule can walk."""
    tape = Tape()
    tape.live = True
    for i, node in enumerate(graph.nodes):
        tape.ops.append(node.op)
        tape.args.append(node.args)
        tape.params.append(dict(node.params))
        tape.values.append(values[i])
    tape.inputs = list(graph.inputs)
    tape.names = {i: n.name for i, n in enumerate(graph.nodes) if n.name}
    return tape


def _backward(tape: Tape, outputs: Sequence[int], wrt: Sequence[int]) -> list[int | None]:
    """Run the chain rule behind a record; where each gradient stands."""
    found = Backward(tape, seeds_of(tape, outputs), wrt).run()
    tape.live = False
    return [_place(tape, found.get(w)) for w in wrt]


def seeds_of(tape: Tape, outputs: Sequence[int]) -> dict[int, Any]:
    """Ones, at every entry of every result."""
    seeds: dict[int, Any] = {}
    for o in outputs:
        shape, dtype = np.shape(tape.values[o]), getattr(tape.values[o], "dtype", np.dtype(float))
        one = 1.0 if shape == () else np.ones(shape, dtype if dtype.kind == "f" else float)
        seed = Box(tape, tape.constant(one), one)
        seeds[o] = seed if o not in seeds else seeds[o] + seed
    return seeds


def _place(tape: Tape, box: Any) -> int | None:
    if box is None:
        return None
    return box.fresh().at if type(box) is Box else tape.constant(box)


def _with_scopes(whole: Graph, forward: Graph) -> Graph:
    """The forward nodes as they were, with their names and places."""
    return replace(whole, nodes=(*forward.nodes, *whole.nodes[len(forward.nodes) :]))


def _alone(
    graph: Graph, forward: Graph, nodes: list[Node], was: Sequence[int], result: int | None, wrt: int
) -> DerivedGraph:
    """One gradient with only what it needs, its calls opened."""
    if result is None:
        like = forward.nodes[wrt]
        zero = Node(None, (), {}, (), np.dtype(float), value=0.0, weak=True)
        spread = replace(
            zero, op=NAMED["broadcast_to"], value=None, args=(len(nodes),), params={"shape": like.shape}
        )
        nodes = [*nodes, zero, replace(spread, shape=like.shape, dtype=like.dtype, weak=False)]
        result = len(nodes) - 1
    keep = Graph(tuple(nodes), forward.inputs, (result,)).needed()
    new: dict[int, int] = {}
    kept: list[Node] = []
    for i, node in enumerate(nodes):
        if keep[i] or i in forward.inputs:
            new[i] = len(kept)
            kept.append(replace(node, args=tuple(new[a] for a in node.args)) if node.args else node)
    inputs = tuple(new[i] for i in forward.inputs)
    small = Graph(
        tuple(kept),
        inputs,
        (new[result],),
        graph.in_structure,
        "*",
        graph.name,
        graph.guards,
        source=graph.source,
    )
    whole, origin = opened(small, {new[i]: was[i] for i in new if i < len(was)})
    return DerivedGraph(
        whole.nodes, whole.inputs, whole.outputs, whole.in_structure, "*", graph.name, graph.guards,
        source=graph.source, origin=origin,
    )  # fmt: skip
