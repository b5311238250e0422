r"""Calls as operations: σ(x) is one step, its derivative σ′(x) is one step, and both can be opened again.

A call of one of the person's functions that works entry by entry on one argument becomes an `Op` of its
own, made for this
one graph. Its rule is the chain rule as it is taught, g · σ′(x), where σ′ is such an operation again.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from chalkgrad.graph import Graph, Node, Scope
from chalkgrad.op import ELEMENTWISE, Latex, Op
from chalkgrad.people.calls import Call, closed, title

_serials = itertools.count(1 << 40)  # far from the numbers that tracing gives


@dataclass(frozen=True, eq=False)
class Body:
    """What a call does: a graph of one input, its result the last node."""

    name: str
    graph: Graph
    parameter: str
    scope: Scope
    differentiate: Callable[[Graph, Any], Graph] = field(repr=False)

    def run(self, x: Any) -> Any:
        """The value of the call."""
        return values_of(self.graph, [x])[self.graph.outputs[0]]

    @cached_property
    def op(self) -> Op:
        """The call as an operation."""
        return Op(
            name=f"call {self.name}", key=self.run, fun=self.run, latex=Latex("{0}"), grads=(self._rule,),
            xla=None, js=None, try_on=(), cases=(), kind=ELEMENTWISE, arrays=1, bind_call=None, python=None,
            jvp=None, view=False, kinks=None, reads_values=False,
        )  # fmt: skip

    def _rule(self, g: Any, y: Any, x: Any) -> Any:
        prime = prime_of(self, x)
        value = fixed(prime.graph)
        return g * (prime.op(x) if value is None else value)

    @cached_property
    def key(self) -> Any:
        """Two calls with the same key do the same."""
        nodes = self.graph.nodes
        return self.name, tuple(
            (n.op and n.op.name, n.args, repr(n.params), repr(n.value), n.shape, n.dtype.char) for n in nodes
        )


_known: dict[Any, Body] = {}  # bodies by key, so that the same call twice is one operation
_MOST = 1024


def interned(body: Body) -> Body:
    """The body that does the same, if there is one already."""
    if len(_known) > _MOST:
        _known.clear()
    return _known.setdefault(body.key, body)


def fixed(graph: Graph) -> float | None:
    """The number that a graph gives for every argument, if there is one."""
    node = graph.nodes[graph.outputs[0]]
    if node.op is not None and node.op.name == "broadcast_to":
        node = graph.nodes[node.args[0]]
    value = node.value
    if isinstance(value, np.ndarray) and value.size and (value == value.flat[0]).all():
        return float(value.flat[0])
    return float(value) if isinstance(value, (int, float)) else None


def body_of(node: Node) -> Body | None:
    """The body of a call that stands as one operation."""
    key = None if node.op is None else node.op.key
    owner = getattr(key, "__self__", None)
    return owner if isinstance(owner, Body) else None


def prime_of(body: Body, x: Any) -> Body:
    """The derivative of a call, a call again."""
    made = body.__dict__.get("prime")
    if made is None:
        value = getattr(x, "plain", x)
        graph = body.differentiate(body.graph, value)
        scope = replace(body.scope, name=body.name + "'", call=None)
        made = interned(Body(body.name + "'", graph, body.parameter, scope, body.differentiate))
        body.__dict__["prime"] = made
    return made


def values_of(graph: Graph, inputs: list[Any]) -> list[Any]:
    """The value of every node."""
    given = dict(zip(graph.inputs, inputs, strict=True))
    made: list[Any] = []
    for i, node in enumerate(graph.nodes):
        if node.op is None:
            made.append(given[i] if i in given else node.value)
        else:
            made.append(node.op.fun(*(made[a] for a in node.args), **node.params))
    return made


# ----- closing -----


@dataclass(frozen=True)
class Collapsed:
    """A graph whose elementwise calls are single nodes, and where each of its nodes stood before."""

    graph: Graph
    was: tuple[int, ...]


def collapse(graph: Graph, differentiate: Callable[[Graph, Any], Graph]) -> Collapsed:
    """The graph with each elementwise call of one argument as one node."""
    calls = {i: call for i, call in closed(graph).calls.items() if len(call.positions) == 1}
    bodies = {i: b for i, call in calls.items() if (b := _body(graph, i, call, differentiate)) is not None}
    keep = _seen(graph, bodies, calls)
    nodes: list[Node] = []
    new: dict[int, int] = {}
    for i, node in enumerate(graph.nodes):
        if not keep[i]:
            continue
        new[i] = len(nodes)
        body = bodies.get(i)
        if body is not None:
            at = calls[i].positions[0]
            depth = node.scope.index(calls[i].scope)
            node = replace(
                node,
                op=body.op,
                params={},
                args=(new[at],),
                scope=node.scope[:depth],
                name="",
                where=calls[i].scope.call,
            )
        elif node.args:
            node = replace(node, args=tuple(new[a] for a in node.args))
        nodes.append(node)
    inputs, outputs = tuple(new[i] for i in graph.inputs), tuple(new[o] for o in graph.outputs)
    return Collapsed(replace(graph, nodes=tuple(nodes), inputs=inputs, outputs=outputs), tuple(new))


def _seen(graph: Graph, bodies: Mapping[int, Body], calls: Mapping[int, Call]) -> list[bool]:
    seen = [False] * len(graph.nodes)
    for i in (*graph.inputs, *graph.outputs):
        seen[i] = True
    for i in range(len(seen) - 1, -1, -1):
        if seen[i]:
            for a in calls[i].positions if i in bodies else graph.nodes[i].args:
                seen[a] = True
    return seen


def _body(graph: Graph, result: int, call: Call, differentiate: Callable[[Graph, Any], Graph]) -> Body | None:
    """The inside of a call as a graph, if it works entry by entry."""
    start = call.positions[0]
    inside = _between(graph, start, result)
    like = graph.nodes[start]
    if inside is None or graph.nodes[result].shape != like.shape or like.dtype.kind != "f":
        return None
    depth = graph.nodes[result].scope.index(call.scope) + 1
    parameter = next((name for name, at, _ in call.scope.arguments if at == start), "x")
    new = {start: 0}
    nodes = [replace(_input(like), name=parameter)]
    for i in inside:
        node = graph.nodes[i]
        new[i] = len(nodes)
        args = tuple(new[a] for a in node.args)
        nodes.append(replace(node, args=args, scope=node.scope[depth:] if call.scope in node.scope else ()))
    whole = Graph(tuple(nodes), (0,), (new[result],), name=call.name)
    return interned(Body(call.name, whole, parameter, call.scope, differentiate))


def _between(graph: Graph, start: int, result: int) -> list[int] | None:
    """The nodes that the result needs beyond `start`; None if one of them is not elementwise or another
    input.
    """
    needed, waiting = set(), [result]
    while waiting:
        i = waiting.pop()
        if i == start or i in needed:
            continue
        node = graph.nodes[i]
        if node.op is None and (not node.is_constant or np.size(node.value) != 1):
            return None
        if node.op is not None and node.op.kind != ELEMENTWISE:
            return None
        needed.add(i)
        waiting.extend(node.args)
    return sorted(needed)


def _input(like: Node) -> Node:
    return Node(None, (), {}, like.shape, like.dtype, weak=like.weak)


# ----- opening -----


def opened(graph: Graph, was: Mapping[int, int]) -> tuple[Graph, dict[int, int]]:
    """The graph with its calls opened again, in scopes of their names; `was` follows the nodes that it
    knows.
    """
    nodes: list[Node] = []
    new: list[int] = []
    origin: dict[int, int] = {}
    for i, node in enumerate(graph.nodes):
        body = body_of(node)
        if body is None:
            nodes.append(replace(node, args=tuple(new[a] for a in node.args)) if node.args else node)
        else:
            _unfold(nodes, body, new[node.args[0]], node)
        new.append(len(nodes) - 1)
        if i in was:
            origin[new[i]] = was[i]
    inputs, outputs = tuple(new[i] for i in graph.inputs), tuple(new[o] for o in graph.outputs)
    return replace(graph, nodes=tuple(nodes), inputs=inputs, outputs=outputs), origin


def _unfold(nodes: list[Node], body: Body, x: int, call: Node) -> None:
    """The body of a call, at the end of the nodes."""
    inside, _ = opened(body.graph, {})
    scope = replace(
        body.scope, serial=next(_serials), arguments=((body.parameter, x, None),), call=call.where
    )
    at = {inside.inputs[0]: x}
    shift: dict[int, int] = {}
    for i, node in enumerate(inside.nodes):
        if i in at:
            shift[i] = at[i]
            continue
        shift[i] = len(nodes)
        args = tuple(shift[a] for a in node.args)
        inner = tuple(_moved(s, shift) for s in node.scope)
        nodes.append(replace(node, args=args, scope=(*call.scope, scope, *inner), step=call.step))
    last = shift[inside.outputs[0]]
    if last != len(nodes) - 1:
        nodes.append(replace(nodes[last], args=nodes[last].args))


def _moved(scope: Scope, shift: Mapping[int, int]) -> Scope:
    arguments = tuple(
        (name, None if at is None else shift.get(at), value) for name, at, value in scope.arguments
    )
    return replace(scope, arguments=arguments)


__all__ = ["Body", "Collapsed", "body_of", "collapse", "opened", "title", "values_of"]
