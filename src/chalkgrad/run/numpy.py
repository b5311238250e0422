"""The reference engine: a graph run by NumPy, node by node."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from chalkgrad.errors import ArgumentError
from chalkgrad.gather import gather_writes
from chalkgrad.graph import Graph
from chalkgrad.program import Program, step
from chalkgrad.trace.run import traceable
from chalkgrad.tree import flatten, unflatten


def run(graph: Graph, *args: Any, **kwargs: Any) -> Any:
    """What the traced function returns for other values of the same shapes and dtypes.

    Args:
        graph: a record, as `cg.trace` returns it.
        *args, **kwargs: nested as the example arguments were.

    Returns:
        The results, nested as the function's own.

    Raises:
        ArgumentError: the arguments don't fit the graph.

    >>> import numpy as np
    >>> from chalkgrad.trace.run import trace
    >>> run(trace(lambda x: 2 * x, np.ones(2)), np.array([1.0, 5.0]))
    array([ 2., 10.])
    """
    given = inputs_of(graph, args, kwargs)
    graph = gather_writes(graph)
    program = Program(graph, {at: k for k, at in enumerate(graph.inputs)}, graph.outputs)
    return unflatten(graph.out_structure, list(program(given)))


def values(graph: Graph, *args: Any, **kwargs: Any) -> list[Any]:
    """The value of every node, in order: what the views show."""
    given = iter(inputs_of(graph, args, kwargs))
    made: list[Any] = []
    for node in graph.nodes:
        if node.op is not None:
            made.append(step(node)(*(made[a] for a in node.args), **node.params))
        else:
            made.append(node.value if node.is_constant else next(given))
    return made


def inputs_of(graph: Graph, args: Sequence[Any], kwargs: dict[str, Any]) -> list[Any]:
    """One value an input, in the order of `graph.inputs`; an array passed twice was one input."""
    leaves, structure = flatten((tuple(args), kwargs))
    if graph.in_structure is not None and structure != graph.in_structure:
        raise ArgumentError(f"{graph.name}: the arguments are not nested as the traced ones were")
    leaves = [leaf for leaf in leaves if traceable(leaf)]
    if len(leaves) > len(graph.inputs):
        first = {id(x): i for i, x in reversed(list(enumerate(leaves)))}
        leaves = [x for i, x in enumerate(leaves) if not isinstance(x, np.ndarray) or first[id(x)] == i]
    if len(leaves) != len(graph.inputs):
        raise ArgumentError(
            f"{graph.name} was traced with {len(graph.inputs)} inputs, and {len(leaves)} were given"
        )
    return [_fitted(graph, at, leaf) for at, leaf in zip(graph.inputs, leaves, strict=True)]


def _fitted(graph: Graph, at: int, leaf: Any) -> Any:
    node = graph.nodes[at]
    if np.shape(leaf) != node.shape:
        name = node.name or f"input {at}"
        raise ArgumentError(
            f"{graph.name}: {name} has shape {np.shape(leaf)}, and was traced with {node.shape}. "
            "Cure: trace it anew"
        )
    return (
        leaf
        if node.weak
        else np.asarray(leaf, node.dtype)[()]
        if node.shape == ()
        else np.asarray(leaf, node.dtype)
    )
