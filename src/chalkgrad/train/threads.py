"""How many threads the products of matrices get when NumPy trains.

The library beneath NumPy shares each larger product out to all cores, and its threads wait for one another
without letting go of a core. Where something else wants the cores too, a product that one thread does in a
tenth of a millisecond takes twenty, and an epoch minutes instead of a second. So where the products are soon
done, each has one thread; where they are large, the library shares them out as it sees fit.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import cache
from math import isqrt, prod
from typing import Any

from chalkgrad.graph import Graph
from chalkgrad.loops.record import Body

LARGE = 1 << 25  # multiplications: about a millisecond of one thread
PRODUCTS = ("dot", "matmul", "tensordot")


def largest_product(graph: Graph) -> int:
    """Multiplications in the largest product of matrices of a graph, and of the loops in it.

    >>> import numpy as np
    >>> from chalkgrad.trace.run import trace
    >>> largest_product(trace(np.dot, np.ones((2, 3)), np.ones((3, 5))))
    30
    """
    found = [0]
    for node in graph.nodes:
        if node.op is not None and node.op.name in PRODUCTS:
            axes = -2 if node.op.name == "matmul" else None  # of many matrices, each is a product
            shapes = [graph.nodes[a].shape[axes:] for a in node.args] + [node.shape[axes:]]
            found.append(isqrt(prod(map(prod, shapes))))
        found += [largest_product(value.graph) for value in node.params.values() if isinstance(value, Body)]
    return max(found)


def threads_for(largest: int) -> AbstractContextManager:
    """One thread a product within, unless they are large."""
    controller = _controller()
    if largest >= LARGE or controller is None:
        return nullcontext()
    return controller.limit(limits=1, user_api="blas")


@cache
def _controller() -> Any:
    """What sets the number of threads; nothing where it is not there: it comes with scikit-learn."""
    try:
        from threadpoolctl import ThreadpoolController
    except ImportError:
        return None
    return ThreadpoolController()
