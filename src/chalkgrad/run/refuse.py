"""What a function does that no compiled program can: found after its trace, refused with the line and the
cure.

    a value decides the path or a shape     if x > 0, range(int(x)), np.unique
    random numbers from global state        np.random.normal()
    state is written                        self.t += 1, a global, an array that was not handed in

A value in an `assert` is no such thing: it becomes a checked result of the program.
"""

from __future__ import annotations

import dis
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import CodeType
from typing import Any

import numpy as np

from chalkgrad.errors import CompileError
from chalkgrad.graph import Graph, Site
from chalkgrad.run.captures import Captures

_JUMPS = ("POP_JUMP", "TO_BOOL")


@dataclass(frozen=True, slots=True)
class Check:
    """A truth that is wanted of a node, by an `assert` or because NumPy would raise."""

    at: int
    truth: bool  # what the node must be
    error: Exception  # what is raised if it is not


class PathError(CompileError):
    """A value decides the path; `leaves` are the whole numbers among the arguments, if nothing else takes
    part.
    """

    def __init__(self, message: str, leaves: tuple[int, ...] = ()):
        super().__init__(message)
        self.leaves = leaves


def checks_of(graph: Graph, decided: Sequence[int], integers: Mapping[int, int]) -> list[Check]:
    """The asserts among the places where a value decided; any other place refuses.

    Args:
        graph: the record.
        decided: for each of its guards, the position of the node whose value decided.
        integers: inputs that are Python's whole numbers, and which leaf each is.
    """
    checks = []
    for at, site in zip(decided, graph.guards, strict=True):
        inputs = _inputs_of(graph, at)
        if inputs is not None and not inputs:
            continue  # a constant decides: the same path for all values
        truth = None if inputs is None or site is None else asserted(site)
        if truth is None:
            ours = inputs is not None and all(i in integers for i in inputs)
            raise PathError(
                f"{site or graph.name}: a value decides the path or a shape here, and a compiled program has "
                "one path for all values. Cure: np.where(condition, a, b) instead of if; sizes from shapes; "
                "or leave out cg.compile",
                tuple(integers[i] for i in inputs) if ours else (),  # type: ignore[union-attr]
            )
        checks.append(Check(at, truth, AssertionError(f"{site}: the assertion fails")))
    return checks


def _inputs_of(graph: Graph, at: int) -> list[int] | None:
    """The inputs that a node depends on; None if it is not known which node it was."""
    if at < 0:
        return None
    keep = graph.needed((at,))
    return [i for i in graph.inputs if keep[i]]


def asserted(site: Site) -> bool | None:
    """What an `assert` at this place wants: True, False (`assert not x`), or None if there is none."""
    steps = [
        i
        for i in dis.get_instructions(site.code)
        if i.opname not in ("CACHE", "EXTENDED_ARG", "NOP", "NOT_TAKEN")
    ]
    at = next((k for k, i in enumerate(steps) if i.offset == site.lasti), None)
    if at is None:
        return None
    negated = False
    while at < len(steps) and not steps[at].opname.startswith("POP_JUMP"):
        if steps[at].opname not in ("TO_BOOL", "UNARY_NOT", "COMPARE_OP", "COPY"):
            return None
        negated ^= steps[at].opname == "UNARY_NOT"
        at += 1
    if at + 1 >= len(steps):
        return None
    jumps_if_true = "TRUE" in steps[at].opname
    if _fails(steps[at + 1]):
        return jumps_if_true ^ negated
    target = next((i for i in steps if i.offset == steps[at].argval), None)
    if target is not None and _fails(target):  # the first part of `assert a and b`
        return (not jumps_if_true) ^ negated
    return None


def _fails(step: dis.Instruction) -> bool:
    """Whether an instruction is the one that an assert comes to when it fails."""
    return step.opname == "LOAD_ASSERTION_ERROR" or (
        step.opname == "LOAD_COMMON_CONSTANT" and "AssertionError" in step.argrepr
    )


def refuse_value_shapes(graph: Graph) -> None:
    """Raise if an operation's shape depends on values."""
    needed = graph.needed()
    for node, keep in zip(graph.nodes, needed, strict=True):
        if keep and node.op is not None and node.op.reads_values:
            raise CompileError(
                f"{node.where or graph.name}: the shape of {node.op.name} depends on values, "
                "and a compiled program has fixed shapes. Cure: do this part before the compiled function, "
                "or call it without cg.compile"
            )


# ----- writes -----


def refuse_writes(written: Sequence[str], captures: Captures, name: str) -> None:
    """Raise if the function changed something outside itself; what it changed has been put back."""
    if written:
        what = written[0]
        where = _place_of_write(what, captures) or name
        raise CompileError(
            f"{where}: {what} is changed, and a compiled program changes nothing outside itself. "
            "Cure: hand the state in as an argument and return the new one"
        )


def _place_of_write(what: str, captures: Captures) -> Site | None:
    attribute = what.rpartition(".")[2].partition("[")[0]
    for code in captures.codes:
        for inner in (code, *(c for c in code.co_consts if isinstance(c, CodeType))):
            for step in dis.get_instructions(inner):
                if step.opname in ("STORE_ATTR", "STORE_GLOBAL", "STORE_DEREF") and step.argval == attribute:
                    return Site(inner, step.offset)
    return None


# ----- random numbers -----


class Draws:
    """The states of the random generators in reach, before a trace."""

    def __init__(self, captures: Captures, leaves: Sequence[Any]):
        self.captures = captures
        generators = [
            v
            for v in (*captures.values, *leaves)
            if isinstance(v, (np.random.Generator, np.random.RandomState))
        ]
        self.sources: list[tuple[Any, Any]] = [
            (np.random.get_state, np.random.set_state),
            (random.getstate, random.setstate),
        ]
        self.sources += [(g.__getstate__, g.__setstate__) for g in map(_bits, generators)]
        self.before = [get() for get, _ in self.sources]

    def refuse(self, name: str) -> None:
        """Raise if one of them has been drawn from, after putting it back."""
        if all(repr(get()) == repr(state) for (get, _), state in zip(self.sources, self.before, strict=True)):
            return
        for (_, put), state in zip(self.sources, self.before, strict=True):
            put(state)
        raise CompileError(
            f"{self._place() or name}: random numbers are drawn here, and a compiled program would "
            "repeat the first ones. Cure: draw them outside and hand them in as an argument"
        )

    def _place(self) -> Site | None:
        for code in self.captures.codes:
            for step in dis.get_instructions(code):
                if step.opname in ("LOAD_ATTR", "LOAD_METHOD", "LOAD_GLOBAL") and step.argval in (
                    "random",
                    "rng",
                    "gauss",
                ):
                    return Site(code, step.offset)
        return None


def _bits(g: Any) -> Any:
    return g.bit_generator if isinstance(g, np.random.Generator) else g._bit_generator
