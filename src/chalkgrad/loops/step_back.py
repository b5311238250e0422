"""The way back through one step of a loop: the body of the loop that goes the other way round."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from chalkgrad.grad import vjp
from chalkgrad.graph import Node
from chalkgrad.loops.body import copied, traced_step
from chalkgrad.loops.record import Body, is_real
from chalkgrad.rewrite import tidy


@dataclass(frozen=True, slots=True)
class Arriving:
    """From where a gradient arrives, besides from the state: which y, which of the states before the steps.

    Whole numbers have no gradient; they are never among them.
    """

    ys: tuple[int, ...]
    states: tuple[int, ...]


def from_everywhere(body: Body) -> Arriving:
    """Each y that is a result; no state."""
    results = body.made[1][: len(body.made[1]) - body.extra]
    return Arriving(tuple(k for k, n in enumerate(results) if is_real(n)), ())


def step_back(body: Body, arriving: Arriving | None = None) -> Body:
    """The step that goes back through one step of a body.

    Its params are the body's; its state is the gradient of the state and, so far, of the params; its x is
    the state before the step, the step's x, what the step kept, the gradients of its y and those of the state
    before it that arrive from elsewhere; its y is the gradient of x. Whole numbers have none and are left
    out.
    """
    arriving = from_everywhere(body) if arriving is None else arriving
    params, state, x = body.given
    ys = body.made[1]
    summed = [[n for n in nodes if is_real(n)] for nodes in (state, params)]
    seen = [state, x, [ys[k] for k in body.kept], [ys[k] for k in arriving.ys]]
    seen.append([state[k] for k in arriving.states])
    sizes = [len(nodes) for nodes in (params, *summed, *seen)]
    elsewhere = _ranks(state, arriving.states)

    def back(*leaves: Any) -> list[Any]:
        p, gs, gp, s, xs, _, gy, g_before = _cut(leaves, sizes)
        ds, dp, dx = _pulled_back(body, (p, s, xs), gs, dict(zip(arriving.ys, gy, strict=True)))
        for k, g in zip(elsewhere, g_before, strict=True):
            ds[k] = ds[k] + g
        return [*ds, *(a + b for a, b in zip(gp, dp, strict=True)), *dx]

    own = _cut(body.examples(), [len(params), len(state), len(x)])
    made = body.program(body.examples()) if body.kept else ()
    kept = [np.asarray(made[body.state + k]) for k in body.kept]
    held = _zeros([n for nodes in summed for n in nodes])
    given = [*own[1], *own[2], *kept, *_zeros([n for nodes in seen[3:] for n in nodes])]
    with traced_step(back, own[0], held, given) as run:
        graph = run.tape.graph(run.outputs(), name=f"backward of {body.name}")
        example = tuple(copied(v) for v in (*own[0], *held, *given))
    return Body(tidy(graph), len(params), len(held), graph.name, example=example)


def _ranks(nodes: Sequence[Node], chosen: Sequence[int]) -> list[int]:
    """Where some of the nodes stand among the real ones."""
    real = [k for k, n in enumerate(nodes) if is_real(n)]
    return [real.index(k) for k in chosen]


def _cut(leaves: Sequence[Any], sizes: Sequence[int]) -> list[list[Any]]:
    parts, at = [], 0
    for size in sizes:
        parts.append(list(leaves[at : at + size]))
        at += size
    return parts


def _zeros(nodes: Sequence[Node]) -> list[np.ndarray]:
    return [np.zeros(n.shape, n.dtype) for n in nodes]


def _pulled_back(
    body: Body, given: Sequence[list[Any]], of_state: Sequence[Any], of_ys: dict[int, Any]
) -> list[list[Any]]:
    """The gradients of state, params and x, of which whole numbers are left out."""
    flat = [v for part in given for v in part]
    nodes = body.kinds(body.graph.inputs)
    real = [i for i, n in enumerate(nodes) if is_real(n)]
    outputs = [i for i, n in enumerate(body.made[0]) if is_real(n)] + [body.state + k for k in of_ys]

    def step(*varying: Any) -> list[Any]:
        values = list(flat)
        for i, v in zip(real, varying, strict=True):
            values[i] = v
        made = body.program(values)
        return [made[i] for i in outputs]

    _, pullback = vjp(step, *(flat[i] for i in real))
    found = dict(zip(real, pullback([*of_state, *of_ys.values()]), strict=True))
    edges = (0, body.params, body.params + body.state, len(nodes))
    dp, ds, dx = ([found[i] for i in range(a, b) if i in found] for a, b in pairwise(edges))
    return [ds, dp, dx]
