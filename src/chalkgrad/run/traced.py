"""One trace for compiling: the graph, what it reads besides its arguments, what it asserts, and how results
look.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from chalkgrad.gather import gather_writes
from chalkgrad.graph import Graph
from chalkgrad.rewrite import tidy
from chalkgrad.run.bounds import bounded
from chalkgrad.run.captures import Captures, Swapped
from chalkgrad.run.refuse import Check, Draws, checks_of, refuse_value_shapes, refuse_writes
from chalkgrad.trace.box import Box
from chalkgrad.trace.run import Run, name_of, traceable
from chalkgrad.trace.tape import bare
from chalkgrad.tree import unflatten


@dataclass(frozen=True, slots=True, eq=False)
class Traced:
    """What one trace gave.

    `graph.inputs` are the arguments' leaves that vary, then the captured arrays; `sources` says of each which
    leaf it is (captured arrays, which follow, have none). `graph.outputs` are the results and then what the
    checks look at.
    """

    graph: Graph
    captures: Captures
    checks: tuple[Check, ...]
    sources: tuple[int, ...]
    captured: tuple[
        int, ...
    ]  # of the captured arrays, in the order `flat_arrays` gives them, which are inputs of their own
    kinds: tuple[type, ...]  # of each result: np.ndarray, a NumPy scalar type, float, int, bool
    out_structure: Any


class Bound:
    """A function of its varying leaves alone, the others held."""

    def __init__(self, f: Callable, leaves: Sequence[Any], structure: Any, varying: Sequence[int]):
        self.f, self.leaves, self.structure, self.varying = f, list(leaves), structure, varying
        self.__name__ = name_of(f)

    def __call__(self, *given: Any) -> Any:
        leaves = list(self.leaves)
        for i, value in zip(self.varying, given, strict=True):
            leaves[i] = value
        args, kwargs = unflatten(self.structure, leaves)
        return self.f(*args, **kwargs)


def traced(f: Callable, leaves: Sequence[Any], structure: Any, static: Sequence[int]) -> Traced:
    """Trace f once on these leaves, those of `static` and the truth values among them held.

    Raises:
        CompileError: the function does what no compiled program can.
    """
    varying = [i for i, x in enumerate(leaves) if i not in static and type(x) is not bool and traceable(x)]
    held = tuple(x for i, x in enumerate(leaves) if i not in varying)
    captures = Captures((f, *held), name_of(f))
    draws = Draws(captures, held)
    run = Run(Bound(f, leaves, structure, varying), tuple(leaves[i] for i in varying), {}, names=True)
    swapped = Swapped(captures, lambda array, name: Box(run.tape, run.tape.input(array, name), array))
    with swapped, run:
        found = _found(run, swapped, varying, leaves)
    draws.refuse(name_of(f))
    refuse_writes(swapped.written, captures, name_of(f))
    return found


def _found(run: Run, swapped: Swapped, varying: Sequence[int], leaves: Sequence[Any]) -> Traced:
    """What has to be read off before the trace ends."""
    tape, captures = run.tape, swapped.captures
    swapped.note_written()
    results = tuple(run.outputs())
    graph = tape.graph(results, name=name_of(run.f))
    sources: dict[Any, int] = dict(reversed(list(zip(run.inputs, varying, strict=True))))
    captured = {at: k for k, at in reversed(list(enumerate(swapped.positions)))}
    integers = {at: i for at, i in sources.items() if type(leaves[i]) is int}
    asserts = checks_of(graph, tape.decided, integers)
    refuse_value_shapes(graph)
    graph, bounds = bounded(graph)
    checks = (*asserts, *bounds)
    return Traced(
        graph=gather_writes(tidy(graph.with_outputs((*results, *(c.at for c in checks))))),
        captures=captures,
        checks=checks,
        sources=tuple(sources[at] for at in graph.inputs if at in sources),
        captured=tuple(captured[at] for at in graph.inputs if at not in sources),
        kinds=tuple(type(bare(tape.values[at])) for at in results),
        out_structure=run.out_structure,
    )
