"""`scan`: a loop over the first axis of its inputs that is one node of the graph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from chalkgrad.errors import ArgumentError
from chalkgrad.graph import Node
from chalkgrad.loops.backward import backward_of
from chalkgrad.loops.body import body_of, traced_step
from chalkgrad.loops.cotangents import parts_of
from chalkgrad.loops.packing import Packing
from chalkgrad.loops.record import Body, is_real, zeros
from chalkgrad.loops.saving import saving
from chalkgrad.loops.step_back import Arriving
from chalkgrad.op import MIXING, define
from chalkgrad.ops.shared import call
from chalkgrad.trace.box import Box, living
from chalkgrad.trace.tape import bare
from chalkgrad.tree import flatten, unflatten


def scan(step: Callable, params: Any, state: Any, xs: Any) -> tuple[Any, Any]:
    r"""Run a step over the first axis of `xs`, handing the state on from one to the next.

    $$(s_t, y_t) = \text{step}(p, s_{t-1}, x_t) \qquad t = 1, \dots, T$$

    Args:
        step: `(params, state, x) -> (state, y)` in plain NumPy.
        params: arrays that every step sees, nested in any way.
        state: what the first step begins with; each step returns one of the same shapes and dtypes.
        xs: arrays with T entries along the first axis, nested in any way.

    Returns:
        The last state, and the y of all steps stacked along a new first axis; a y of None stays None.

    Raises:
        ArgumentError: the arrays in `xs` are not equally long, or the state changes its shape.
        TraceError: under trace, a value decides the step's path.

    Under trace this is one node, whatever T is, and its gradient another: the step is traced once. Memory
    grows with T times the size of the state and of what the way back needs and would take long to compute
    again (products of matrices, exponentials).

    Source: Griewank and Walther, *Evaluating Derivatives*, 2nd ed., chapter 12.

    >>> def add(params, total, x):
    ...     return total + x, total
    >>> scan(add, (), 0.0, np.array([1.0, 2.0, 3.0]))
    (np.float64(6.0), array([0., 1., 3.]))
    """
    leaves = [flatten(tree) for tree in (params, state, xs)]
    length = _length(leaves[2][0])
    if not any(type(living(v)) is Box for values, _ in leaves for v in values):
        return _in_python(step, params, state, xs, length)
    return _recorded(step, leaves, length)


def _length(xs: Sequence[Any]) -> int:
    lengths = {np.shape(x)[0] if np.ndim(x) else None for x in xs}
    if len(lengths) != 1 or None in lengths or lengths == {0}:
        shapes = ", ".join(str(np.shape(x)) for x in xs)
        raise ArgumentError(
            f"scan goes along the first axis of xs, whose arrays have shapes {shapes or 'of none'}. "
            "Cure: arrays of one length, 1 or more"
        )
    return lengths.pop()  # type: ignore[return-value]


def _in_python(step: Callable, params: Any, state: Any, xs: Any, length: int) -> tuple[Any, Any]:
    leaves, structure = flatten(xs)
    made = []
    for t in range(length):
        state, y = step(params, state, unflatten(structure, [x[t] for x in leaves]))
        made.append(flatten(y))
    columns = zip(*(values for values, _ in made), strict=True)
    return state, unflatten(
        made[0][1], [None if column[0] is None else np.stack(column) for column in columns]
    )


# ----- one node -----


def _recorded(step: Callable, leaves: Sequence[tuple[list[Any], Any]], length: int) -> tuple[Any, Any]:
    (params, _), (state, _), (xs, _) = leaves
    structures = [structure for _, structure in leaves]
    found: list[Any] = []

    def flat(*given: Any) -> list[Any]:
        at, trees = 0, []
        for (values, _), structure in zip(leaves, structures, strict=True):
            trees.append(unflatten(structure, list(given[at : at + len(values)])))
            at += len(values)
        new, y = step(*trees)
        new_leaves, new_structure = flatten(new)
        y_leaves, y_structure = flatten(y)
        found[:] = [new_structure, y_structure, [v is None for v in y_leaves]]
        if found[0] != structures[1]:
            raise ArgumentError(f"{_name(step)} returns a state that is not nested as the one it was given")
        return [*new_leaves, *(v for v in y_leaves if v is not None)]

    flat.__name__ = _name(step)
    firsts = [x[0] for x in xs]
    state = _as_returned(flat, params, state, firsts)
    plain, captured = body_of(flat, params, state, firsts, _name(step))
    body = saving(plain)
    packed = loop(*params, *captured, *state, *xs, body=body, length=length)
    final, ys, _ = Parts(body, length, True).split(packed)
    kept = iter(ys)
    return unflatten(found[0], final), unflatten(found[1], [None if no else next(kept) for no in found[2]])


def _as_returned(step: Callable, params: Sequence[Any], state: list[Any], x: Sequence[Any]) -> list[Any]:
    """The state, in which Python numbers have the dtypes that the step makes of them."""
    if not any(type(bare(s)) in (float, int) for s in state):
        return state
    with traced_step(step, params, state, x) as run:
        made = [np.asarray(bare(v)).dtype for v in run.values()]
    pairs = zip(state, made, strict=False)
    return [s + np.zeros((), dtype) if type(bare(s)) in (float, int) else s for s, dtype in pairs]


def _name(step: Callable) -> str:
    return getattr(step, "__name__", "step")


class Parts:
    """What a loop's vector holds: the last state, y of all steps and, if kept, the state before each."""

    def __init__(self, body: Body, length: int, keep: bool):
        state, y = body.made
        nodes = [*state, *y, *(state if keep else ())]
        shapes = [n.shape if k < len(state) else (length, *n.shape) for k, n in enumerate(nodes)]
        self.packing = Packing(tuple(shapes), tuple(n.dtype for n in nodes))
        self.edges = len(state), len(state) + len(y)

    def split(self, vector: Any) -> tuple[list[Any], list[Any], list[Any]]:
        arrays = self.packing.unpack(vector)
        return arrays[: self.edges[0]], arrays[self.edges[0] : self.edges[1]], arrays[self.edges[1] :]


def _run(*given: Any, body: Body, length: int, reverse: bool = False, keep: bool = True) -> np.ndarray:
    """The NumPy engine: the body's straight-line program, once a step."""
    params, state, xs = split(body, given)
    count = len(state)
    state = list(state)
    ys: list[Any] = [None] * length
    before: list[Any] = [None] * length
    for t in range(length - 1, -1, -1) if reverse else range(length):
        before[t] = state
        made = body.program([*params, *state, *(x[t] for x in xs)])
        state, ys[t] = list(made[:count]), made[count:]
    stacked = [np.stack(column) for column in zip(*ys, strict=True)]
    kept = [np.stack(column) for column in zip(*before, strict=True)] if keep else []
    return Parts(body, length, keep).packing.pack(np, [*state, *stacked, *kept])


def split(body: Body, given: Sequence[Any]) -> tuple[Sequence[Any], Sequence[Any], Sequence[Any]]:
    """A loop's arguments: params, the first state, xs."""
    edge = body.params + body.state
    return given[: body.params], given[body.params : edge], given[edge:]


def _rule(
    argnum: int,
    g: Any,
    y: Any,
    *given: Any,
    body: Body,
    length: int,
    reverse: bool = False,
    keep: bool = True,
) -> Any:
    """The gradient is a loop too, the other way round; asked for each argument, it is one node for all."""
    if not keep:
        y = loop(*given, body=body, length=length, reverse=reverse)
    _, ys, states = Parts(body, length, True).split(y)
    params, _, xs = split(body, given)
    packing = Parts(body, length, keep).packing
    arrived = parts_of(packing, g)
    g_final = [_or_zeros(a, n) for a, n in zip(arrived, body.made[0], strict=False) if is_real(n)]
    arriving = _arriving(body, arrived[body.state :])
    g_rest = [arrived[body.state + k] for k in arriving.ys]
    g_rest += [arrived[len(body.graph.outputs) + k] for k in arriving.states]
    back = backward_of(body, arriving)
    seen = [*states, *xs, *(ys[k] for k in body.kept), *g_rest]
    arguments = (*params, *g_final, *back.zeros, *seen)
    packed = loop(*arguments, body=back.body, length=length, reverse=not reverse, keep=False)
    final, ys, _ = Parts(back.body, length, False).split(packed)
    ds, sums = final[: len(g_final)], final[len(g_final) :]
    dx = ys[: len([n for n in body.given[2] if is_real(n)])]
    real = [i for i, n in enumerate(body.kinds(body.graph.inputs)) if is_real(n)]
    return dict(zip(real, [*back.gradients(sums, seen, ys), *ds, *dx], strict=True))[argnum]


def _arriving(body: Body, arrived: Sequence[Any]) -> Arriving:
    """Of the y and the states before each step: those to which a gradient arrives."""
    state, ys = body.made
    found = [
        k for k, n in enumerate((*ys, *state)) if k < len(arrived) and arrived[k] is not None and is_real(n)
    ]
    count = len(ys)
    return Arriving(tuple(k for k in found if k < count), tuple(k - count for k in found if k >= count))


def _or_zeros(g: Any, node: Node) -> Any:
    return zeros(node.shape, node.dtype) if g is None else g


loop = define(
    _run,
    name="scan",
    latex=call("scan"),
    grads=_rule,
    xla="chalkgrad.run.loops.scan({*}, {**})",
    js="kernel:scan",
    python="scan({*}, {**})",
    try_on=(),
    arrays=1,
    kind=MIXING,
)
