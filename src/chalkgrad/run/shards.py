"""Elementwise programs on large arrays: one program for a piece of fixed length, run over the pieces by all
cores.

XLA would copy a NumPy array that doesn't begin on a 64-byte boundary (large ones never do: `malloc` keeps 16
bytes in front), and walk through memory once an operation that it doesn't fuse. A piece fits into a core's
cache, and all pieces but the first few entries can be handed over where they lie.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any

import jax
import numpy as np

from chalkgrad.graph import Graph, Node
from chalkgrad.op import ELEMENTWISE

PIECE = 1 << 16  # entries
LEAST = 4 * PIECE  # entries; below, the whole array is one program
_ALIGNED = 64  # bytes: where XLA takes memory as it is
_RESHAPED = ("broadcast_to",)  # of a single number: the shape is a parameter


def whole_shape(graph: Graph, outputs: Sequence[int]) -> tuple[int, ...] | None:
    """The one shape that every array in an elementwise program has; None if the program is no such."""
    if not outputs or jax.default_backend() != "cpu":
        return None
    shape = graph.nodes[outputs[0]].shape
    if int(np.prod(shape)) < LEAST or any(graph.nodes[o].shape != shape for o in outputs):
        return None
    nodes = [n for n, keep in zip(graph.nodes, graph.needed(tuple(outputs)), strict=True) if keep]
    return shape if all(_fits(graph, n, shape) for n in nodes) else None


def _fits(graph: Graph, node: Node, shape: tuple[int, ...]) -> bool:
    if node.shape not in (shape, ()):
        return False
    if node.op is None:
        return not node.is_constant or node.shape == ()
    if node.op.name in _RESHAPED:
        return graph.nodes[node.args[0]].shape == ()
    return node.op.kind == ELEMENTWISE


def of_piece(graph: Graph, shape: tuple[int, ...]) -> Graph:
    """The same graph for a piece."""
    return replace(graph, nodes=tuple(_of_piece(n) if n.shape == shape else n for n in graph.nodes))


def _of_piece(node: Node) -> Node:
    params = dict(node.params, shape=(PIECE,)) if "shape" in node.params else node.params
    return replace(node, shape=(PIECE,), params=params)


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="chalkgrad")


class Shards:
    """Runs a piece's program over whole arrays.

    Args:
        executable: the program of one piece: arrays of PIECE entries and single numbers in, arrays out.
        shape: the shape of the whole arrays.
        dtypes: of the results.
    """

    def __init__(self, executable: Any, shape: tuple[int, ...], dtypes: Sequence[np.dtype]):
        self.executable = executable
        self.shape = shape
        self.dtypes = dtypes

    def __call__(self, given: Sequence[Any]) -> list[np.ndarray]:
        flat = [np.ascontiguousarray(g).reshape(-1) if np.shape(g) == self.shape else g for g in given]
        results = [np.empty(self.shape, d) for d in self.dtypes]
        outs = [r.reshape(-1) for r in results]
        size = outs[0].size
        first = min(_head(flat, size), size)
        starts = range(first, size - PIECE + 1, PIECE)
        jobs = [_pool().submit(self._run, flat, outs, s) for s in _split(starts, os.cpu_count() or 1)]
        self._rest(flat, outs, first, starts[-1] + PIECE if len(starts) else first)
        for job in jobs:
            job.result()
        return results

    def _run(self, flat: list[Any], outs: list[np.ndarray], starts: Sequence[int]) -> None:
        for start in starts:
            part = slice(start, start + PIECE)
            made = self.executable([_part(g, part) for g in flat])
            for out, m in zip(outs, made, strict=True):
                out[part] = np.asarray(m)

    def _rest(self, flat: list[Any], outs: list[np.ndarray], first: int, end: int) -> None:
        """What lies before the first piece and behind the last, together as pieces of their own."""
        size = outs[0].size
        places = np.concatenate([np.arange(first), np.arange(end, size)])
        for start in range(0, len(places), PIECE):
            at = places[start : start + PIECE]
            padded = np.concatenate([at, np.full(PIECE - len(at), at[-1])])
            made = self.executable([g[padded] if isinstance(g, np.ndarray) and g.ndim else g for g in flat])
            for out, m in zip(outs, made, strict=True):
                out[at] = np.asarray(m)[: len(at)]


def _part(g: Any, part: slice) -> Any:
    return g[part] if isinstance(g, np.ndarray) and g.ndim else g


def _head(flat: Sequence[Any], size: int) -> int:
    """How many entries come before the first that lies on XLA's boundary, in the first array."""
    for g in flat:
        if isinstance(g, np.ndarray) and g.size == size:
            off = -g.ctypes.data % _ALIGNED
            return off // g.itemsize if off % g.itemsize == 0 else 0
    return 0


def _split(starts: range, parts: int) -> list[range]:
    """The pieces dealt out to the cores, each its own run of neighbours."""
    bounds = [len(starts) * k // parts for k in range(parts + 1)]
    return [starts[a:b] for a, b in pairwise(bounds) if b > a]
