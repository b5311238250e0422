"""Tidying a graph without changing what it computes: fold, share, drop.

    fold    2 * 3         becomes 6
    drop    x * 1, x + 0  become x; what nothing needs goes
    share   the same operation on the same arguments is done once

The forward part of a gradient graph (`nodes[:graph.forward]`) keeps its positions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from chalkgrad.graph import Graph, Node

NUMBERS = (float, int, bool)


def tidy(graph: Graph) -> Graph:
    """Fold, drop and share in one walk, then drop what nothing needs."""
    return prune(Tidier(graph).run())


class Tidier:
    """One walk over a graph that rebuilds it, simpler."""

    def __init__(self, graph: Graph):
        self.graph = graph
        self.nodes: list[Node] = list(graph.nodes[: graph.forward])
        self.new: list[int] = list(range(graph.forward))  # old position -> new position
        self.known: dict[Any, int] = {}
        for i, node in enumerate(self.nodes):
            self.known.setdefault(identity(node, node.args), i)

    def run(self) -> Graph:
        graph = self.graph
        for node in graph.nodes[graph.forward :]:
            self.new.append(self._place(node))
        at = self.new
        return replace(
            graph,
            nodes=tuple(self.nodes),
            inputs=tuple(at[i] for i in graph.inputs),
            outputs=tuple(at[o] for o in graph.outputs),
            gradients={i: at[g] for i, g in graph.gradients.items()},
            edges={e: at[g] for e, g in graph.edges.items()},
        )

    def _place(self, node: Node) -> int:
        if node.op is None and node.value is None:
            return self._append(node)  # an input
        args = tuple(self.new[a] for a in node.args)
        simpler = self._simplified(node, args)
        if isinstance(simpler, int):
            return simpler
        return self._shared(simpler if simpler is not None else _with_args(node, args))

    def _shared(self, node: Node) -> int:
        same = identity(node, node.args)
        at = self.known.get(same)
        if at is None:
            at = self.known[same] = self._append(node)
        return at

    def _append(self, node: Node) -> int:
        self.nodes.append(node)
        return len(self.nodes) - 1

    # ----- what a node can be replaced by: a position, a node, or None for itself -----

    def _simplified(self, node: Node, args: tuple[int, ...]) -> int | Node | None:
        if node.op is None:
            return None
        folded = self._folded(node, args)
        if folded is not None:
            return folded
        rule = _DROPS.get(node.op.name)
        return rule(self, node, args) if rule is not None else None

    def _folded(self, node: Node, args: tuple[int, ...]) -> Node | None:
        values = [self.number(a) for a in args]
        if not args or any(v is None for v in values) or node.shape or not node.weak:
            return None
        value = node.op.fun(*values, **node.params)  # type: ignore[union-attr]
        return replace(
            node, op=None, args=(), params={}, value=value.item() if isinstance(value, np.generic) else value
        )

    def number(self, at: int) -> float | None:
        """The Python number that a node is, if it is one."""
        value = self.nodes[at].value
        return value if self.nodes[at].op is None and type(value) in NUMBERS else None

    def filled_with(self, at: int) -> float | None:
        """The number that every entry of a node is, if that can be seen.

        Of the forward part only Python's numbers count: a plan is kept for all values of everything else.
        """
        node = self.nodes[at]
        if node.op is not None and node.op.name in (
            "broadcast_to",
            "reshape",
            "expand_dims",
            "squeeze",
            "astype",
        ):
            return self.filled_with(node.args[0])
        if node.op is not None or not isinstance(node.value, np.ndarray | np.generic):
            return self.number(at)
        if at < self.graph.forward or not node.value.size:
            return None
        first = node.value.flat[0]
        return first.item() if (node.value == first).all() else None

    def like(self, at: int, node: Node) -> bool:
        """Whether a node has the shape and dtype of another, so that it can stand in its place."""
        other = self.nodes[at]
        return other.shape == node.shape and other.dtype == node.dtype and (not other.weak or node.weak)


def _multiply(t: Tidier, node: Node, args: tuple[int, ...]) -> int | Node | None:
    for number, other in ((args[0], args[1]), (args[1], args[0])):
        value = t.filled_with(number)
        if value is None or not t.like(other, node):
            continue
        if value == 1:
            return other
        if t.number(number) is None and type(value) in NUMBERS:
            weak = t._shared(_constant(float(value)))
            return replace(node, args=(weak, other) if number == args[0] else (other, weak))
    return None


def _add(t: Tidier, node: Node, args: tuple[int, ...]) -> int | None:
    for number, other in ((args[0], args[1]), (args[1], args[0])):
        if t.filled_with(number) == 0 and t.like(other, node):
            return other
    return None


def _subtract(t: Tidier, node: Node, args: tuple[int, ...]) -> int | None:
    return args[0] if t.filled_with(args[1]) == 0 and t.like(args[0], node) else None


def _divide(t: Tidier, node: Node, args: tuple[int, ...]) -> int | None:
    return args[0] if t.filled_with(args[1]) == 1 and t.like(args[0], node) else None


def _power(t: Tidier, node: Node, args: tuple[int, ...]) -> int | None:
    return args[0] if t.number(args[1]) == 1 and t.like(args[0], node) else None


def _negative(t: Tidier, node: Node, args: tuple[int, ...]) -> int | None:
    inner = t.nodes[args[0]]
    return inner.args[0] if inner.op is not None and inner.op.name == "negative" else None


def _same_shape(t: Tidier, node: Node, args: tuple[int, ...]) -> int | None:
    return args[0] if t.like(args[0], node) else None


def _transpose(t: Tidier, node: Node, args: tuple[int, ...]) -> int | None:
    inner = t.nodes[args[0]]
    if inner.op is not None and inner.op.name == "transpose" and not inner.params and not node.params:
        return inner.args[0]
    return args[0] if len(node.shape) < 2 else None


_DROPS: dict[str, Callable[[Tidier, Node, tuple[int, ...]], int | Node | None]] = {
    "multiply": _multiply,
    "add": _add,
    "subtract": _subtract,
    "divide": _divide,
    "power": _power,
    "negative": _negative,
    "broadcast_to": _same_shape,
    "reshape": _same_shape,
    "astype": _same_shape,
    "transpose": _transpose,
}


def prune(graph: Graph) -> Graph:
    """Drop what the outputs don't need; the inputs and the forward part stay."""
    keep = graph.needed((*graph.outputs, *graph.gradients.values(), *graph.edges.values()))
    for i in graph.inputs:
        keep[i] = True
    new: list[int] = []
    nodes: list[Node] = []
    for i, node in enumerate(graph.nodes):
        new.append(len(nodes))
        if keep[i] or i < graph.forward:
            nodes.append(_with_args(node, tuple([new[a] for a in node.args])))
    return replace(
        graph,
        nodes=tuple(nodes),
        inputs=tuple(new[i] for i in graph.inputs),
        outputs=tuple(new[o] for o in graph.outputs),
        gradients={i: new[g] for i, g in graph.gradients.items()},
        edges={e: new[g] for e, g in graph.edges.items()},
    )


def _with_args(node: Node, args: tuple[int, ...]) -> Node:
    """The same node with other arguments; `dataclasses.replace` takes five times as long."""
    if args == node.args:
        return node
    n = node
    return Node(n.op, args, n.params, n.shape, n.dtype, n.name, n.scope, n.where, n.value, n.step, n.weak)


def _constant(value: float) -> Node:
    return Node(None, (), {}, (), np.dtype(type(value)), value=value, weak=True)


def identity(node: Node, args: tuple[int, ...]) -> Any:
    """Two nodes with the same identity compute the same."""
    if node.op is None:
        value = node.value
        if type(value) in NUMBERS:
            return type(value), repr(value)
        return ("held", id(value)) if value is not None else ("input", id(node))
    return (
        node.op.name,
        args,
        repr(sorted(node.params.items(), key=lambda p: p[0])) if node.params else "",
        node.dtype.char,
    )
