"""The body of a loop: one step as a graph, and the graph of its gradient, which is the body of another loop.

A body computes `(params, state, x) -> (state, y)`, each of them any number of arrays. What the step
captures (arrays, values of an outer trace) is made into parameters, so that a body holds no value of its own
and two traces of one step are one body.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from chalkgrad.errors import ArgumentError, TraceError
from chalkgrad.grad import vjp
from chalkgrad.graph import Graph, Node
from chalkgrad.program import Program
from chalkgrad.rewrite import tidy
from chalkgrad.trace.run import Run
from chalkgrad.trace.tape import Tape, bare

LARGEST_CACHE = 256  # bodies; the least recently made goes first


@dataclass(frozen=True, eq=False)
class Body:
    """One step; `graph.inputs` are the params, the state and the x, in this order; outputs state and y."""

    graph: Graph
    params: int  # how many arrays
    state: int
    name: str = "step"

    def __repr__(self) -> str:
        return self.name

    def kinds(self, at: Sequence[int]) -> list[Node]:
        """The nodes at some positions, for their shapes and dtypes."""
        return [self.graph.nodes[i] for i in at]

    @property
    def given(self) -> tuple[list[Node], list[Node], list[Node]]:
        """The inputs: params, state, x."""
        nodes, split = self.kinds(self.graph.inputs), self.params + self.state
        return nodes[: self.params], nodes[self.params : split], nodes[split:]

    @property
    def made(self) -> tuple[list[Node], list[Node]]:
        """The outputs: state, y."""
        nodes = self.kinds(self.graph.outputs)
        return nodes[: self.state], nodes[self.state :]

    @cached_property
    def program(self) -> Program:
        """One step in NumPy; takes Boxes too."""
        return Program(self.graph, {at: k for k, at in enumerate(self.graph.inputs)}, self.graph.outputs)

    @cached_property
    def backward(self) -> Body:
        """The gradient's step: see `_backward`."""
        return _backward(self)


_bodies: OrderedDict[Any, Body] = OrderedDict()


def body_of(
    step: Callable, params: Sequence[Any], state: Sequence[Any], x: Sequence[Any], name: str
) -> tuple[Body, list[Any]]:
    """Trace a step `(*params, *state, *x) -> [*state, *y]` of flat arrays; one body for each structure.

    Returns:
        The body, and what the step captures: values for parameters behind those given.

    Raises:
        TraceError: a value decides the step's path, which then is another one each time.
        ArgumentError: the state that comes out has other shapes or dtypes than the one that goes in.
    """
    with _traced(step, params, state, x) as run:
        outputs = tuple(run.outputs())
        _check(run, outputs, len(params), len(state), name)
        tape = run.tape
        captured = [i for i in _constants(tape) if isinstance(bare(tape.values[i]), np.ndarray | np.generic)]
        values = [tape.values[i] for i in captured]
        inputs = _ordered(run.inputs, captured, len(params))
        key = len(params), len(state), inputs, tape.key(outputs)
        if key not in _bodies:
            graph = _varying(tape.extended().graph(outputs, name=name), inputs)
            _bodies[key] = Body(tidy(graph), len(params) + len(captured), len(state), name)
            if len(_bodies) > LARGEST_CACHE:
                _bodies.popitem(last=False)
        return _bodies[key], values


@contextmanager
def _traced(step: Callable, *given: Sequence[Any]) -> Iterator[Run]:
    example = tuple(np.array(bare(v)) for part in given for v in part)  # copies: one array twice is one input
    with np.errstate(all="ignore"), Run(step, example, {}, names=True) as run:
        yield run


def _constants(tape: Tape) -> list[int]:
    known = set(tape.inputs)
    return [i for i, op in enumerate(tape.ops) if op is None and i not in known]


def _ordered(inputs: Sequence[int], captured: Sequence[int], params: int) -> tuple[int, ...]:
    return (*inputs[:params], *captured, *inputs[params:])


def _varying(graph: Graph, inputs: tuple[int, ...]) -> Graph:
    """The graph with these inputs, some of which it held as constants."""
    wanted = set(inputs)
    nodes = tuple(replace(n, value=None) if i in wanted else n for i, n in enumerate(graph.nodes))
    return replace(graph, nodes=nodes, inputs=inputs)


def _check(run: Run, outputs: Sequence[int], params: int, state: int, name: str) -> None:
    if run.tape.guarded:
        site = next((s for s in run.tape.guards if s is not None), name)
        raise TraceError(
            f"{site}: a value decides the path of {name}, which one loop cannot follow. "
            "Cure: np.where(condition, a, b)"
        )
    for k, at in enumerate(outputs[:state]):
        before, after = run.leaves[params + k], np.asarray(bare(run.tape.values[at]))
        if before.shape != after.shape or before.dtype != after.dtype:
            raise ArgumentError(
                f"{name}: a state of shape {before.shape} and dtype {before.dtype} comes out with shape "
                f"{after.shape} and dtype {after.dtype}. Cure: begin with such a state"
            )


# ----- the gradient -----


def is_real(node: Node) -> bool:
    """Whether a gradient flows to a value."""
    return node.dtype.kind == "f"


def _backward(body: Body) -> Body:
    """The step that goes back through one step of a body.

    Its params are the body's; its state is the gradient of the state and, so far, of the params; its x is
    the state before the step, the step's x, the gradient of its y and that of the state before it from
    elsewhere; its y is the gradient of x. Whole numbers have none and are left out.
    """
    params, state, x = body.given
    y = body.made[1]
    gradients = [[n for n in nodes if is_real(n)] for nodes in (state, params, y, state)]
    sizes = [len(params), *map(len, gradients[:2]), len(state), len(x), *map(len, gradients[2:])]

    def back(*leaves: Any) -> list[Any]:
        parts, at = [], 0
        for size in sizes:
            parts.append(list(leaves[at : at + size]))
            at += size
        p, gs, gp, s, xs, gy, elsewhere = parts
        ds, dp, dx = _pulled_back(body, (p, s, xs), [*gs, *gy])
        return [
            *(a + b for a, b in zip(ds, elsewhere, strict=True)),
            *(a + b for a, b in zip(gp, dp, strict=True)),
            *dx,
        ]

    zero = lambda nodes: [np.zeros(n.shape, n.dtype) for n in nodes]  # noqa: E731
    held = [*zero(gradients[0]), *zero(gradients[1])]
    seen = [*zero(state), *zero(x), *zero(gradients[2]), *zero(gradients[3])]
    with _traced(back, zero(params), held, seen) as run:
        graph = run.tape.graph(run.outputs(), name=f"backward of {body.name}")
    return Body(tidy(graph), len(params), len(held), graph.name)


def _pulled_back(body: Body, given: Sequence[list[Any]], cotangents: Sequence[Any]) -> list[list[Any]]:
    """The gradients of state, params and x, of which whole numbers are left out."""
    flat = [v for part in given for v in part]
    nodes = body.kinds(body.graph.inputs)
    real = [i for i, n in enumerate(nodes) if is_real(n)]
    outputs = [i for i, n in enumerate(body.kinds(body.graph.outputs)) if is_real(n)]

    def step(*varying: Any) -> list[Any]:
        values = list(flat)
        for i, v in zip(real, varying, strict=True):
            values[i] = v
        made = body.program(values)
        return [made[i] for i in outputs]

    _, pullback = vjp(step, *(flat[i] for i in real))
    found = dict(zip(real, pullback(list(cotangents)), strict=True))
    edges = (0, body.params, body.params + body.state, len(nodes))
    dp, ds, dx = ([found[i] for i in range(a, b) if i in found] for a, b in pairwise(edges))
    return [ds, dp, dx]
