"""A buffer filled by many writes becomes one operation.

    out[0] = a; out[1] = b; out[2] = c      becomes      setitems(out; a, b, c)

Each write of a record makes a new version of the whole array, so n writes of single entries cost n². Where
nobody looks at the versions in between and no place is written twice, they are one functional update. Engines
run it; views don't.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from chalkgrad.graph import Graph, Node
from chalkgrad.op import NAMED
from chalkgrad.ops.index import join_index


def gather_writes(graph: Graph) -> Graph:
    """The same graph with each run of writes on one buffer as one `setitems`; versions in between stay
    behind, unused.
    """
    uses = _uses(graph)
    nodes = list(graph.nodes)
    inside: set[int] = set()

    def write(at: int, first: bool) -> tuple[int, tuple] | None:
        node = nodes[at]
        return (
            (node.args[0], node.params["index"])
            if _is_plain_write(node) and (first or uses[at] == 1)
            else None
        )

    for last in range(len(nodes) - 1, -1, -1):
        if last not in inside and _is_plain_write(nodes[last]):
            writes = run_of_writes(last, nodes[last].shape, write)
            inside.update(writes)
            if len(writes) > 1:
                nodes[last] = _joined(nodes, writes)
    return replace(graph, nodes=tuple(nodes))


def run_of_writes(
    last: int, shape: tuple[int, ...], write: Callable[[int, bool], tuple[int, tuple] | None]
) -> list[int]:
    """The writes on one buffer that lead to the one at `last`, from there back, whose places are pairwise
    different.

    Args:
        last: the position of the last write.
        shape: the buffer's.
        write: for a position, and whether it is the last: the buffer's version before and the index; None if
            it is no
            plain write, or if somebody looks at it before the next.
    """
    taken = np.zeros(shape, bool)
    writes: list[int] = []
    at = last
    while (found := write(at, at == last)) is not None:
        place = join_index(found[1], ())
        if np.any(taken[place]):
            break
        taken[place] = True
        writes.append(at)
        at = found[0]
    return writes


def _uses(graph: Graph) -> list[int]:
    uses = [0] * len(graph.nodes)
    for i in (*graph.outputs, *(a for n in graph.nodes for a in n.args)):
        uses[i] += 1
    return uses


def _is_plain_write(node: Node) -> bool:
    return node.op is NAMED["setitem"] and len(node.args) == 2


def _joined(nodes: Sequence[Node], writes: Sequence[int]) -> Node:
    last, first = nodes[writes[0]], nodes[writes[-1]]
    in_order = [nodes[i] for i in reversed(writes)]
    args = (first.args[0], *(n.args[1] for n in in_order))
    return replace(
        last, op=NAMED["setitems"], args=args, params={"indices": tuple(n.params["index"] for n in in_order)}
    )
