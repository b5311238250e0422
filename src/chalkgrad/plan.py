"""Gradient plans: the backward pass of one structure, derived once, kept as straight-line NumPy.

A plan belongs to the structure of a forward record (operations, arguments, parameters, shapes, dtypes);
values are its inputs. The first time a structure is met its gradient is derived by running the rules, which
gives the values too; from the second time on, the tidied program runs.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from chalkgrad.chain_rule import Backward
from chalkgrad.graph import Graph, Step
from chalkgrad.program import Program, borrowed
from chalkgrad.rewrite import tidy
from chalkgrad.trace.box import Box
from chalkgrad.trace.run import Run, name_of
from chalkgrad.trace.tape import Tape, bare, describe

LARGEST_CACHE = 512  # plans; the least recently used goes first


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a record: gradients of `outputs` at `wrt`.

    `mode` is "grad" (the seed is 1), "vjp" (seeds are inputs) or "jvp" (tangents are inputs, results are
    tangents).
    """

    mode: str
    outputs: tuple[int, ...]
    wrt: tuple[int, ...]


@dataclass(slots=True)
class Plan:
    """The derivation of one structure, and the program made of it at the second use."""

    seen: int = 0
    program: Program | None = None
    slots: tuple[int, ...] = ()
    zeros: tuple[Any, ...] = field(default=())
    entrywise: bool = False  # known by its structure alone to work entry by entry


_plans: OrderedDict[Any, Plan] = OrderedDict()


def plan_of(tape: Tape, request: Request, extra: Sequence[Any] = ()) -> Plan:
    """The plan that belongs to the structure of a record; a new one if it is met for the first time."""
    key = (request, tuple(describe(e) for e in extra), tape.key(request.outputs))
    plan = _plans.get(key)
    if plan is None:
        plan = _plans[key] = Plan()
        if len(_plans) > LARGEST_CACHE:
            _plans.popitem(last=False)
    else:
        _plans.move_to_end(key)
    return plan


def differentiate(
    tape: Tape, request: Request, extra: Sequence[Any] = (), plan: Plan | None = None
) -> list[Any]:
    """The gradients (or tangents) that a request asks for; `None` where nothing depends.

    Args:
        tape: a finished forward record, its values plain or traced by an outer trace.
        request: what to differentiate.
        extra: the seeds of a "vjp", the tangents of a "jvp".
        plan: the record's plan, if the caller has it already.
    """
    try:
        return _differentiate(tape, request, extra, plan)
    except ZeroDivisionError:  # Python's numbers raise where NumPy's give inf or nan, and say so in a warning
        if tape.pythonic():
            return _differentiate(tape.with_numpy_numbers(), request, extra, None)
        raise


def _differentiate(tape: Tape, request: Request, extra: Sequence[Any], plan: Plan | None) -> list[Any]:
    plan = plan_of(tape, request, extra) if plan is None else plan
    plan.seen += 1
    nested = Box in map(type, tape.values) or Box in map(type, extra)
    if plan.program is None and (plan.seen > 1 or nested):
        _complete(plan, tape, request, extra)
    if plan.program is None:
        derived, slots = derive(tape, request, [bare(e) for e in extra])
        found = [s for s in slots if s is not None]
        made = range(len(tape.ops), len(derived.ops))
        shared = borrowed(found, list(zip(derived.ops, derived.args, strict=True)), made)
        results = _apart([derived.values[s] for s in found], shared)
        return [None if s is None else next(results) for s in slots]
    results = _apart(plan.program([*tape.values, *extra], nested), plan.program.borrowed)
    return [None if z else next(results) for z in plan.zeros]


def _apart(results: Sequence[Any], shared: Sequence[bool]) -> Iterator[Any]:
    """Results that the caller may write on: copies where somebody else looks at the same memory."""
    return (r.copy() if s and type(r) is np.ndarray else r for r, s in zip(results, shared, strict=True))


def _complete(plan: Plan, tape: Tape, request: Request, extra: Sequence[Any]) -> None:
    """Derive once more, tidy, and keep the program."""
    derived, slots = derive(tape, request, [bare(e) for e in extra])
    count = len(tape.ops)
    graph = gradient_graph(derived, slots, forward=count)
    given = {i: i for i in range(count) if not _baked(graph, i)}
    given |= {at: count + k for k, at in enumerate(graph.inputs[len(graph.inputs) - len(extra) :])}
    plan.program = Program(graph, given, graph.outputs)
    plan.zeros = tuple(s is None for s in slots)


def _baked(graph: Graph, i: int) -> bool:
    node = graph.nodes[i]
    return node.op is None and node.weak and node.value is not None


def gradient_graph(derived: Tape, slots: Sequence[int | None], forward: int) -> Graph:
    """The forward pass and, behind it, the tidied backward pass as one graph."""
    graph = derived.graph([s for s in slots if s is not None])
    return tidy(replace(graph, forward=forward))


def backward_graph(f: Callable, *args: Any, **kwargs: Any) -> Graph:
    """The forward pass of `f` and its whole backward pass as one graph, with names, places and steps: what
    views show.

    `outputs` are f's results followed by one gradient for each real input (in the order of `inputs`; inputs
    that nothing depends on have none). `gradients` and `edges` say which node is the gradient of what. The
    seed is 1 at every entry of every result.
    """
    with Run(f, args, kwargs, names=True) as run:
        outputs = tuple(run.outputs())
        wrt = tuple(i for i in run.tape.inputs if describe(run.tape.values[i])[1].kind == "f")
        count = len(run.tape.ops)
        longer = run.tape.extended()
        longer.step = Step(outputs[0], None)
        seeds, _ = _seeds(longer, Request("grad", outputs, wrt), ())
        passes = Backward(longer, seeds, wrt)
        found = passes.run()
        longer.live = False
        graph = longer.graph([*outputs, *(_position(longer, found[w]) for w in wrt if w in found)])
    return tidy(
        replace(
            graph,
            forward=count,
            in_structure=run.structure,
            out_structure=run.out_structure,
            name=name_of(f),
            source=f,
            gradients={i: _position(longer, g) for i, g in passes.totals.items()},
            edges={e: _position(longer, g) for e, g in passes.edges.items()},
        )
    )


def derive(tape: Tape, request: Request, extra: Sequence[Any] = ()) -> tuple[Tape, list[int | None]]:
    """Run the rules behind the forward record.

    Returns:
        The longer tape, whose last inputs are the `extra` values, and the position of each result (None: it
            is zero).
    """
    longer = tape.extended()
    try:
        seeds, positions = _seeds(longer, request, extra)
        grads = Backward(longer, seeds, request.wrt).run()
        if request.mode == "jvp":
            return longer, _transposed(longer, request, grads, extra, positions)
        return longer, [_position(longer, grads.get(w)) for w in request.wrt]
    finally:
        longer.live = False


def _transposed(
    longer: Tape, request: Request, grads: dict, extra: Sequence[Any], cotangents: list[int]
) -> list:
    """A gradient is linear in its seed: differentiated by the seed, along the tangents, it gives the forward
    mode.
    """
    tangents = [longer.input(e) for e in extra]
    along: dict[int, Any] = {}
    for w, t in zip(request.wrt, tangents, strict=True):
        if w in grads:  # of a + b both arguments have the same gradient node: their tangents add up
            at, tangent = _position(longer, grads[w]), Box(longer, t, longer.values[t])
            along[at] = along[at] + tangent if at in along else tangent
    forward = Backward(longer, along, cotangents).run() if along else {}
    return [_position(longer, forward.get(c)) for c in cotangents]


def _seeds(longer: Tape, request: Request, extra: Sequence[Any]) -> tuple[dict[int, Any], list[int]]:
    """What the backward pass starts from: 1 for "grad", the caller's for "vjp", an input of its own for
    "jvp".
    """
    seeds: dict[int, Any] = {}
    positions: list[int] = []
    for k, at in enumerate(request.outputs):
        shape, dtype, _ = describe(longer.values[at])
        one = 1.0 if shape == () else np.ones(shape, dtype)
        value = extra[k] if request.mode == "vjp" else one
        positions.append(longer.constant(value) if request.mode == "grad" else longer.input(value))
        box = Box(longer, positions[-1], value)
        seeds[at] = box if at not in seeds else seeds[at] + box
    return seeds, positions


def _position(tape: Tape, box: Any) -> Any:
    """Where a gradient stands on the tape; None if there is none."""
    if box is None:
        return None
    return box.fresh().at if type(box) is Box else tape.constant(box)
