"""Indices that are inputs: NumPy raises where one lies outside, XLA would take the nearest entry in silence.

Each such index gets a comparison of its own in the graph, whose truth the compiled program hands out beside
its results.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from chalkgrad.graph import Graph, Node
from chalkgrad.op import NAMED, Op
from chalkgrad.ops.index import Hole
from chalkgrad.run.refuse import Check

_FIRST = {"getitem": 1, "setitem": 2}  # which argument is the first array of the index
_TRUTH = np.dtype(bool)


def bounded(graph: Graph) -> tuple[Graph, list[Check]]:
    """The graph with a comparison for each index that depends on an input, and the checks of them."""
    varies = _varying(graph)
    needed = graph.needed()
    nodes = list(graph.nodes)
    checks: dict[tuple[int, int], Check] = {}
    for i, node in enumerate(graph.nodes):
        if needed[i] and node.op is not None and node.op.name in (*_FIRST, "scatter"):
            for at, length in _indices(graph, node):
                if varies[at] and (at, length) not in checks:
                    message = f"{node.where or graph.name}: an index lies outside its axis of length {length}"
                    checks[at, length] = Check(_inside(nodes, at, length), True, IndexError(message))
    return replace(graph, nodes=tuple(nodes)), list(checks.values())


def _varying(graph: Graph) -> list[bool]:
    inputs = set(graph.inputs)
    varies: list[bool] = []
    for i, node in enumerate(graph.nodes):
        varies.append(i in inputs or any(varies[a] for a in node.args))
    return varies


def _indices(graph: Graph, node: Node) -> Iterator[tuple[int, int]]:
    """The arrays of whole numbers in the indices of a node, each with the length of its axis."""
    if node.op.name == "scatter":  # type: ignore[union-attr]
        indices, shape = node.params["indices"], node.params["shape"]
        arrays = node.args[len(indices) :]
    else:
        indices, shape = (node.params["index"],), graph.nodes[node.args[0]].shape
        arrays = node.args[_FIRST[node.op.name] :]  # type: ignore[union-attr]
    for parts in indices:
        yield from _of_one(graph, parts, arrays, shape)


def _of_one(
    graph: Graph, parts: tuple, arrays: tuple[int, ...], shape: tuple[int, ...]
) -> Iterator[tuple[int, int]]:
    axis = 0
    for k, part in enumerate(parts):
        if part is Ellipsis:
            axis = len(shape) - sum(_width(graph, p, arrays) for p in parts[k + 1 :])
            continue
        if isinstance(part, Hole) and graph.nodes[arrays[part.at]].dtype.kind in "iu":
            yield arrays[part.at], shape[axis]
        axis += _width(graph, part, arrays)


def _width(graph: Graph, part: Any, arrays: tuple[int, ...]) -> int:
    """How many axes a part of an index takes up."""
    if isinstance(part, Hole) and graph.nodes[arrays[part.at]].dtype == _TRUTH:
        return len(graph.nodes[arrays[part.at]].shape)
    return 0 if part is None else 1


def _inside(nodes: list[Node], at: int, length: int) -> int:
    """Append `all(-length <= index < length)`."""
    shape = nodes[at].shape
    low, high = (_add(nodes, None, (), (), np.dtype(int), bound) for bound in (-length, length))
    above = _add(nodes, NAMED["greater_equal"], (at, low), shape)
    below = _add(nodes, NAMED["less"], (at, high), shape)
    both = _add(nodes, NAMED["logical_and"], (above, below), shape)
    return _add(nodes, NAMED["all"], (both,), ())


def _add(
    nodes: list[Node],
    op: Op | None,
    args: tuple[int, ...],
    shape: tuple[int, ...],
    dtype: Any = _TRUTH,
    value: Any = None,
) -> int:
    nodes.append(Node(op, args, {}, shape, dtype, value=value, weak=value is not None))
    return len(nodes) - 1
