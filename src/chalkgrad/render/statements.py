"""A graph as the lines of a function: what has a name gets a line, everything else stands where it is
used.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from chalkgrad.graph import Node
from chalkgrad.ops.index import Hole
from chalkgrad.render.python import expression, fits, literal, parsed, source, subscript

WRITES = ("setitem", "setitems", "scatter", "winners")  # no expressions: they fill a buffer
CHEAP = ("transpose", "negative", "astype")  # repeated rather than named
DEEPEST = 30  # operations in one line


class Lines:
    """Writes the statements of some nodes.

    Args:
        nodes: a graph's nodes.
        names: the Python name of each node that has a line, and of the inputs.
        wanted: which nodes are needed.
    """

    def __init__(self, nodes: Sequence[Node], names: Mapping[int, str], wanted: Sequence[bool]):
        self.nodes, self.wanted = nodes, wanted
        self.names = dict(names)
        self.uses = uses(nodes, wanted)
        self.likes: dict[int, str] = {}  # a constant filling the shape of this variable
        self.lines: list[str] = []
        self.owners: list[int] = []  # the node of each line

    def write(self, positions: Sequence[int]) -> list[str]:
        """The lines of these nodes, in order."""
        for i in positions:
            node = self.nodes[i]
            if node.op is not None and node.op.name in WRITES:
                self._fill(i, node)
            else:
                self.lines.append(f"{self.names[i]} = {source(self.definition(i))}")
            self.owners += [i] * (len(self.lines) - len(self.owners))
        return self.lines

    def definition(self, i: int) -> ast.expr:
        """The right side of a node's line."""
        node = self.nodes[i]
        if node.op is None:
            return self._constant(node)
        if node.op.name == "positive":
            return self._alias(i, node)
        if node.op.name == "broadcast_to":
            return self._filled(i, node)
        return expression(node, self.use)

    def _alias(self, i: int, node: Node) -> ast.expr:
        (a,) = node.args
        op = self.nodes[a].op
        if i in self.likes and op is not None and op.name == "broadcast_to" and a not in self.names:
            self.likes[a] = self.likes[i]
            return self._filled(a, self.nodes[a])
        return self.use(a)

    def _filled(self, i: int, node: Node) -> ast.expr:
        """`np.ones_like(S)`: a number in the shape of S."""
        value = self.nodes[node.args[0]].value
        like = self.likes.get(i) or self._alike(node)
        if not isinstance(value, (int, float)) or like is None:
            return expression(node, self.use)
        short: dict[float, str] = {0: f"np.zeros_like({like})", 1: f"np.ones_like({like})"}
        return parsed(short.get(value, f"np.full_like({like}, {literal(float(value))})"))

    def _alike(self, node: Node) -> str | None:
        """An input of that shape."""
        found = (i for i in self.names if self.nodes[i].op is None and not self.nodes[i].is_constant)
        return next((self.names[i] for i in found if self._is_like(self.nodes[i], node)), None)

    @staticmethod
    def _is_like(a: Node, b: Node) -> bool:
        return a.shape == b.shape and a.dtype == b.dtype

    def use(self, i: int) -> ast.expr:
        """A node where it is used."""
        return ast.Name(self.names[i], ast.Load()) if i in self.names else self.definition(i)

    def _constant(self, node: Node) -> ast.expr:
        value = node.value
        return parsed(literal(value))

    # ----- buffers -----

    def _fill(self, i: int, node: Node) -> None:
        assert node.op is not None
        if node.op.name == "scatter":
            self._scatter(i, node)
            return
        if node.op.name == "winners":
            self._winners(i, node)
            return
        base, name = node.args[0], self.names[i]
        if self.names.get(base) != name:
            self.lines.append(f"{name} = np.array({source(self.use(base))})")
        count = len(node.params["indices"]) if node.op.name == "setitems" else 1
        arrays = [self.use(a) for a in node.args[1 + count :]]
        indices = node.params["indices"] if node.op.name == "setitems" else (node.params["index"],)
        for value, index in zip(node.args[1 : 1 + count], indices, strict=True):
            place = subscript(parsed(name), index, arrays, store=True)
            self.lines.append(f"{source(place)} = {source(self._spread(value))}")

    def _spread(self, i: int) -> ast.expr:
        """What is written into a place, which spreads by itself."""
        node = self.nodes[i]
        wide = i not in self.names and node.op is not None and node.op.name == "broadcast_to"
        return self.use(node.args[0] if wide else i)

    def _scatter(self, i: int, node: Node) -> None:
        name, indices = self.names[i], node.params["indices"]
        kind = "" if node.dtype == np.float64 else f", dtype=np.{node.dtype.name}"
        self.lines.append(f"{name} = np.zeros({literal(tuple(node.params['shape']))}{kind})")
        held = node.args[len(indices) :]
        arrays = [self.use(a) for a in held]
        for value, index in zip(node.args, indices, strict=False):
            place, given = subscript(parsed(name), index, arrays, store=True), source(self._spread(value))
            if given in ("0", "0.0"):
                continue
            repeats = any(isinstance(p, Hole) and self.nodes[held[p.at]].dtype.kind != "b" for p in index)
            line = (
                f"np.add.at({name}, {_index(place)}, {given})" if repeats else f"{source(place)} += {given}"
            )
            self.lines.append(line)

    def _winners(self, i: int, node: Node) -> None:
        """Where an index names a place twice, the value written last stays: true for those that do."""
        name, arrays = self.names[i], [self.use(a) for a in node.args]
        at = source(subscript(parsed(name), node.params["indices"][0], arrays))
        count, shape = int(np.prod(node.shape)), literal(node.shape)
        order = f"np.arange({count})" if len(node.shape) == 1 else f"np.arange({count}).reshape({shape})"
        self.lines.append(f"{name} = np.zeros({literal(tuple(node.params['shape']))}, dtype=int)")
        self.lines += [f"{at} = {order}", f"{name} = {at} == {order}"]


def _index(place: ast.Subscript) -> str:
    """An index outside its brackets."""
    inside = source(place)
    inside = inside[inside.index("[") + 1 : -1]
    sliced = any(isinstance(part, ast.Slice) for part in ast.walk(place.slice))
    several = isinstance(place.slice, ast.Tuple)
    return f"np.s_[{inside}]" if sliced else f"({inside})" if several else inside


def uses(nodes: Sequence[Node], wanted: Sequence[bool]) -> list[int]:
    """How often each node is used by those that are needed."""
    found = [0] * len(nodes)
    for node, kept in zip(nodes, wanted, strict=True):
        for a in node.args if kept else ():
            found[a] += 1
    return found


def needs_line(nodes: Sequence[Node], wanted: Sequence[bool], named: Mapping[int, Any]) -> list[int]:
    """The nodes that must have a line besides the named: shared ones, buffers, and what would make a
    line too long.
    """
    count, depth, chosen = uses(nodes, wanted), [0] * len(nodes), []
    bases = {n.args[0] for n in nodes if n.op is not None and n.op.name in ("setitem", "setitems")}
    mixed = _mixed(nodes)
    for i, node in enumerate(nodes):
        if not wanted[i]:
            continue
        if node.op is None:
            shared = isinstance(node.value, np.ndarray) and count[i] > 1 and node.value.size > 1
            if i not in named and node.is_constant and (shared or i in bases or not fits(node.value)):
                chosen.append(i)
            continue
        depth[i] = 1 + sum(0 if a in named or a in chosen[-1:] else depth[a] for a in set(node.args))
        shared = count[i] > 1 and not (
            node.op.name in CHEAP and (node.args[0] in named or nodes[node.args[0]].op is None)
        )
        if i not in named and (shared or i in mixed or node.op.name in WRITES or depth[i] > DEEPEST):
            chosen.append(i)
        if i in named or (chosen and chosen[-1] == i):
            depth[i] = 0
    return [i for i in chosen if i not in named]


def _mixed(nodes: Sequence[Node]) -> set[int]:
    """Quotients and products that go into `@`, which binds no tighter: `a / b @ W` is hard to read."""
    into = {a for n in nodes if n.op is not None and n.op.name == "matmul" for a in n.args}
    return {i for i in into if nodes[i].op is not None and nodes[i].op.name in ("multiply", "divide")}  # type: ignore


def merged(nodes: Sequence[Node], wanted: Sequence[bool], names: Mapping[int, str]) -> dict[int, str]:
    """A buffer that is written on keeps its name, where nothing else reads what it held before."""
    count, found = uses(nodes, wanted), dict(names)
    for i in names:
        node = nodes[i]
        if node.op is None or node.op.name not in ("setitem", "setitems"):
            continue
        base = nodes[node.args[0]]
        fresh = base.is_constant or (base.op is not None and base.op.name in WRITES[:3])
        if node.args[0] in found and count[node.args[0]] == 1 and fresh:
            found[i] = found[node.args[0]]
    return found
