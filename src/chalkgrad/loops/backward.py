"""The gradient of a loop's body, which is the body of another loop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from chalkgrad.grad import vjp
from chalkgrad.loops.body import traced_step
from chalkgrad.loops.late import Late, made_late
from chalkgrad.loops.record import Body, is_real
from chalkgrad.rewrite import tidy


@dataclass(frozen=True, eq=False)
class Backward:
    """What goes back through one step, and what is left to be done behind the loop.

    `zeros` are the sums before the first step back: the same arrays each time, so that the loop that begins
    with them is one node, whichever gradient asks for it.
    """

    body: Body
    late: tuple[Late, ...]
    zeros: list[np.ndarray]
    count: int  # of params with a gradient

    def gradients(self, sums: Sequence[Any], xs: Sequence[Any], ys: Sequence[Any]) -> list[Any]:
        """The gradient of each param, from what the loop added up, was given and made."""
        late = {one.param: one.gradient(xs, ys) for one in self.late}
        rest = iter(sums)
        return [late[k] if k in late else next(rest) for k in range(self.count)]


_known: WeakKeyDictionary[Body, Backward] = WeakKeyDictionary()


def backward_of(body: Body) -> Backward:
    """The way back through a body, made once."""
    if body not in _known:
        whole, kept = _whole(body)
        back, late = made_late(whole, kept)
        real = [n for n in body.given[0] if is_real(n)]
        done = {one.param for one in late}
        zeros = [np.zeros(n.shape, n.dtype) for k, n in enumerate(real) if k not in done]
        _known[body] = Backward(back, late, zeros, len(real))
    return _known[body]


def _whole(body: Body) -> tuple[Body, int]:
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
    with traced_step(back, zero(params), held, seen) as run:
        graph = run.tape.graph(run.outputs(), name=f"backward of {body.name}")
    return Body(tidy(graph), len(params), len(held), graph.name), len(gradients[0])


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
