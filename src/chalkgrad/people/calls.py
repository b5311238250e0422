"""Calls of the person's own functions, seen as one step each.

A view shows a graph with some calls closed: the node that is a call's result stands for the whole call, and
its
arguments are what the call was given.
"""

from __future__ import annotations

import dis
from dataclasses import dataclass, field
from functools import lru_cache
from types import CodeType
from typing import Any

from chalkgrad.graph import Graph, Node, Scope
from chalkgrad.trace.names import result_name


@dataclass(frozen=True, slots=True)
class Call:
    """One closed call: its name, and each argument as a position or a plain value."""

    name: str
    args: tuple[tuple[int | None, Any], ...]
    scope: Scope

    @property
    def positions(self) -> tuple[int, ...]:
        return tuple(at for at, _ in self.args if at is not None)


@dataclass(frozen=True, slots=True)
class View:
    """A graph and the calls in it that are closed, by the position of their result."""

    graph: Graph
    calls: dict[int, Call] = field(default_factory=dict)

    def children(self, i: int) -> tuple[int, ...]:
        call = self.calls.get(i)
        return self.graph.nodes[i].args if call is None else call.positions

    def shown(self) -> list[bool]:
        """Which nodes can be seen: those that the results need, closed calls counted as one."""
        seen = [False] * len(self.graph.nodes)
        for o in self.graph.outputs:
            seen[o] = True
        for i in range(len(seen) - 1, -1, -1):
            if seen[i]:
                for a in self.children(i):
                    seen[a] = True
        return seen

    def name(self, i: int) -> str:
        """The name a node has where it can be seen: the caller's for what a call returned, else its own."""
        call, node = self.calls.get(i), self.graph.nodes[i]
        if call is not None:
            return result_name(call.scope)
        return node.name or _returned_name(node)


def _returned_name(node: Node) -> str:
    """What a node has no name for at home, its caller may have one for: `S = sigmoid(N)` names what
    sigmoid returns.
    """
    where = node.where
    for scope in reversed(node.scope):
        if where is None or not is_returned(where.code, where.lasti):
            return ""
        if name := result_name(scope):
            return name
        where = scope.call
    return ""


@lru_cache(maxsize=4096)
def is_returned(code: CodeType, lasti: int) -> bool:
    """Whether what the instruction makes is returned at once."""
    following = (
        s for s in dis.get_instructions(code) if s.offset > lasti and s.opname not in ("CACHE", "NOP")
    )
    return next((s.opname.startswith("RETURN") for s in following), False)


def closed(graph: Graph, expand: bool = False) -> View:
    """The view of a graph with every call closed that is a function of its arguments alone.

    Where the whole graph is one call, that call is open: its name is on the left side already.
    """
    if expand:
        return View(graph)
    users = _users(graph)
    calls: dict[int, Call] = {}
    shut: set[int] = set()
    for depth, inside in sorted(_members(graph).values(), key=lambda m: m[0]):
        scope = graph.nodes[inside[0]].scope[depth]
        if any(s.serial in shut for s in graph.nodes[inside[0]].scope[:depth]) or _is_transparent(scope):
            continue
        found = _closed_call(graph, scope, set(inside), users)
        if found is not None and not _is_all(graph, found):
            calls[found[0]] = found[1]
            shut.add(scope.serial)
    return View(graph, calls)


def _users(graph: Graph) -> list[list[int]]:
    """For each node those that take it, of those that the results need; a result is used by the outside,
    −1.
    """
    users: list[list[int]] = [[] for _ in graph.nodes]
    for i, (node, needed) in enumerate(zip(graph.nodes, graph.needed(), strict=True)):
        for a in node.args if needed else ():
            users[a].append(i)
    for o in graph.outputs:
        users[o].append(-1)
    return users


def _members(graph: Graph) -> dict[int, tuple[int, list[int]]]:
    """For each call, by serial number: its depth, and the nodes made in it that the results need."""
    found: dict[int, tuple[int, list[int]]] = {}
    for i, (node, needed) in enumerate(zip(graph.nodes, graph.needed(), strict=True)):
        if needed and node.op is not None:
            for depth, scope in enumerate(node.scope):
                found.setdefault(scope.serial, (depth, []))[1].append(i)
    return found


def _is_transparent(scope: Scope) -> bool:
    """Our own chains are not calls that a person wrote."""
    return scope.name.startswith("Chain.")


def _closed_call(
    graph: Graph, scope: Scope, own: set[int], users: list[list[int]]
) -> tuple[int, Call] | None:
    """The call, if one node of it is used outside and it reads nothing but its arguments."""
    args = tuple((at, value) for name, at, value in scope.arguments if name not in ("self", "cls"))
    if scope.label:  # the settings of a network's layer are told where the network is
        args = tuple((at, value) for at, value in args if at is not None)
    given = {at for at, _ in args if at is not None}
    reads = {a for i in own for a in graph.nodes[i].args if a not in own}
    if any(not graph.nodes[a].is_constant and a not in given for a in reads) or not given:
        return None
    results = [i for i in own if any(u not in own for u in users[i])]
    return (results[0], Call(title(scope), args, scope)) if len(results) == 1 else None


def _is_all(graph: Graph, found: tuple[int, Call]) -> bool:
    """Whether a call is all that the graph does, under the graph's own name or none."""
    result, call = found
    whole = graph.outputs == (result,) and set(call.positions) == set(graph.inputs)
    return whole and graph.name in (call.name, "f", "<lambda>")


def title(scope: Scope) -> str:
    """How a call is called: a method by its own name, a callable object by its class."""
    owner, _, name = scope.name.rpartition(".")
    return owner.rpartition(".")[2] if name == "__call__" and owner else name
