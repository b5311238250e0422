"""The two passes of a function, forward and backward, with the person's own names as the places where
both stop.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from chalkgrad.chain_rule import Backward
from chalkgrad.errors import GradError
from chalkgrad.grad import check_real
from chalkgrad.graph import Graph, Node
from chalkgrad.people.calls import View, closed
from chalkgrad.people.derive import seeds_of, tape_of
from chalkgrad.people.simplify import Simplifier
from chalkgrad.trace.box import Box
from chalkgrad.trace.run import Run, name_of, place_of


@dataclass(frozen=True)
class Passes:
    """Forward and backward nodes in one row.

    Args:
        graph: the forward pass.
        nodes: its nodes, and behind them those of the backward pass.
        gradients: where the gradient of each forward node that has a name stands.
        inputs: the inputs that were differentiated by.
    """

    graph: Graph
    view: View
    nodes: list[Node]
    gradients: Mapping[int, int]
    inputs: tuple[int, ...]


def two_passes(f: Callable, *args: Any) -> Passes:
    """Run both passes; every named quantity of the forward pass has its gradient as a node of its own.

    Raises:
        GradError: no argument is made of real numbers.
    """
    with Run(f, args, {}, names=True) as run:
        outputs = run.outputs()
        fields = {
            "in_structure": run.structure,
            "out_structure": run.out_structure,
            "name": name_of(f),
            "source": f,
        }
        graph = run.tape.graph(outputs, **fields)
        values = list(run.tape.values)
    wrt = tuple(i for i in graph.inputs if graph.nodes[i].dtype.kind == "f")
    if not wrt:
        for n in range(len(args)):
            check_real(f, args, n)
        raise GradError(
            f"{name_of(f)}{place_of(f)} has no argument of real numbers, so there is no backward pass"
        )
    view = closed(graph, expand=True)
    tape = tape_of(graph, values)
    passes = Backward(tape, seeds_of(tape, graph.outputs), wrt)
    passes.run()
    tape.live = False
    stops = _stops(graph, view, passes.totals, wrt)
    whole = (*graph.nodes, *tape.graph(()).nodes[len(graph.nodes) :])
    work = Simplifier(whole, len(graph.nodes), stops, by_results=True)
    missing = {w: work.zeros(graph.nodes[w]) for w in wrt if w not in work.stopped}
    return Passes(graph, view, work.nodes, {**work.stopped, **missing}, wrt)


def _stops(graph: Graph, view: View, totals: Mapping[int, Any], wrt: tuple[int, ...]) -> dict[int, list[int]]:
    """Behind which nodes the backward pass stops: position of the gradient → forward nodes that it
    belongs to.
    """
    found: dict[int, list[int]] = {}
    for i, total in totals.items():
        named = i in wrt or (graph.nodes[i].op is not None and view.name(i) and i not in graph.outputs)
        if named and type(total) is Box and np.ndim(total.value) == len(graph.nodes[i].shape):
            found.setdefault(total.fresh().at, []).append(i)
    return found
