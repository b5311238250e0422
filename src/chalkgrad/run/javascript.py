"""JavaScript: a graph as a page computes it, here in the embedded V8.

Every entry is a double, rounded to its node's dtype; integers beyond 2⁵³ raise. It answers two questions:
whether a page can compute a function at all (`lacking`), and whether what it computes is what NumPy does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from chalkgrad import v8
from chalkgrad.errors import EngineError
from chalkgrad.graph import Graph, Node
from chalkgrad.graph_json import graph_to_json, lacking
from chalkgrad.run.numpy import inputs_of
from chalkgrad.tree import unflatten

__all__ = ["lacking", "run", "values"]


def run(graph: Graph, *args: Any, **kwargs: Any) -> Any:
    """What the traced function returns for other values of the same shapes and dtypes.

    Args:
        graph: a record, as `cg.trace` returns it.
        *args, **kwargs: nested as the example arguments were.

    Returns:
        The results, nested as the function's own.

    Raises:
        ArgumentError: the arguments don't fit the graph.
        EngineError: an operation has no row for JavaScript, or its kernel refused.

    >>> import numpy as np
    >>> from chalkgrad.trace.run import trace
    >>> run(trace(lambda x: 2 * x, np.ones(2)), np.array([1.0, 5.0]))
    array([ 2., 10.])
    """
    made = values(graph, *args, **kwargs)
    return unflatten(graph.out_structure, [made[o] for o in graph.outputs])


def values(graph: Graph, *args: Any, **kwargs: Any) -> list[Any]:
    """The value of every node, in order: what a page shows."""
    given = inputs_of(graph, args, kwargs)
    if missing := lacking(graph):
        raise EngineError(f"{graph.name}: no JavaScript for {', '.join(missing)}. Cure: run it with NumPy")
    entries = v8.compute(graph_to_json(graph), [np.ravel(x).tolist() for x in given])
    return [_array(node, e) for node, e in zip(graph.nodes, entries, strict=True)]


def _array(node: Node, entries: Sequence[float] | Mapping) -> Any:
    """A node's entries in its shape and dtype; a single number as NumPy has it."""
    return np.array(entries, np.float64).astype(node.dtype).reshape(node.shape)[()]
