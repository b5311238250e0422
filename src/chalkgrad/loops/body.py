"""The body of a loop: one step traced as a graph.

A body computes `(params, state, x) -> (state, y)`, each of them any number of arrays. What the step
captures (arrays, values of an outer trace) is made into parameters, so that a body holds no value of its own
and two traces of one step are one body.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np

from chalkgrad.errors import ArgumentError, TraceError
from chalkgrad.graph import Graph
from chalkgrad.loops.record import Body
from chalkgrad.rewrite import tidy
from chalkgrad.trace.run import Run
from chalkgrad.trace.tape import Tape, bare

LARGEST_CACHE = 256  # bodies; the least recently made goes first


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
    with traced_step(step, params, state, x) as run:
        outputs = tuple(run.outputs())
        _check(run, outputs, len(params), len(state), name)
        tape = run.tape
        captured = [i for i in _constants(tape) if _varies(tape.values[i])]
        values = [tape.values[i] for i in captured]
        inputs = _ordered(run.inputs, captured, len(params))
        key = len(params), len(state), inputs, tape.key(outputs)
        if key not in _bodies:
            graph = _varying(tape.extended().graph(outputs, name=name), inputs)
            example = tuple(copied(tape.values[i]) for i in inputs)
            count = len(params) + len(captured)
            _bodies[key] = Body(tidy(graph), count, len(state), name, example=example)
            if len(_bodies) > LARGEST_CACHE:
                _bodies.popitem(last=False)
        return _bodies[key], values


@contextmanager
def traced_step(step: Callable, *given: Sequence[Any]) -> Iterator[Run]:
    """A run of a step on copies of values: one array twice would be one input."""
    example = tuple(copied(v) for part in given for v in part)
    with np.errstate(all="ignore"), Run(step, example, {}, names=True) as run:
        yield run


def copied(value: Any) -> Any:
    """The plain value: a copy of an array; a Python number, beside which single precision stays single."""
    plain = bare(value)
    return plain if type(plain) in (float, int) else np.array(plain)


def _varies(value: Any) -> bool:
    """Whether a constant of the step is an array, or a number that an outer trace knows."""
    plain = bare(value)
    return isinstance(plain, np.ndarray | np.generic) or (plain is not value and type(plain) in (float, int))


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
