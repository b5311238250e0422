"""The central record: a graph is a flat tuple of nodes already in order; arguments are positions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import CodeType
from typing import Any

import numpy as np

from chalkgrad.op import Op


@dataclass(frozen=True, slots=True)
class Site:
    """A place in a person's source: a code object and the instruction in it; lines are resolved on demand."""

    code: CodeType
    lasti: int

    @property
    def file(self) -> str:
        return self.code.co_filename

    @property
    def line(self) -> int | None:
        return self.span[0]

    @property
    def span(self) -> tuple[int | None, int | None, int | None, int | None]:
        """(first line, last line, first column, end column); columns count UTF-8 bytes from 0."""
        for i, position in enumerate(self.code.co_positions()):
            if i == self.lasti // 2:
                return position
        return (self.code.co_firstlineno, None, None, None)

    def __str__(self) -> str:
        return f"{self.file}:{self.line} in {self.code.co_name}"


class FunctionName(str):
    """A function that was handed to a function, by its name."""


@dataclass(frozen=True, eq=False, slots=True)
class Scope:
    """One call of one of the person's functions: what nests in a factory.

    `arguments` pairs each parameter with the position of the node it was bound to, or with a plain value:
    `(name, position, None)` or `(name, None, value)`.
    """

    name: str
    code: CodeType
    call: Site | None  # where it was called from; None for the traced function itself
    serial: int  # two calls of the same function have different numbers
    arguments: tuple[tuple[str, int | None, Any], ...] = ()
    label: str = ""  # what a network calls it: the second of its layers of this function is "dense_2"

    @property
    def title(self) -> str:
        """What its box is called."""
        return self.label or self.name


@dataclass(frozen=True, slots=True)
class Step:
    """In gradient graphs: the forward node and the argument whose rule made this node.

    The argument is None where what arrives over several edges is added.
    """

    node: int
    arg: int | None


@dataclass(frozen=True, eq=False, slots=True)
class Node:
    """One value and how it was made; see the design for each field."""

    op: Op | None  # None: an input or a constant
    args: tuple[int, ...]
    params: Mapping[str, Any]
    shape: tuple[int, ...]
    dtype: np.dtype
    name: str = ""
    scope: tuple[Scope, ...] = ()
    where: Site | None = None
    value: Any = None  # constants only
    step: Step | None = None
    weak: bool = False  # a Python scalar: takes on its partner's dtype (NEP 50)

    @property
    def is_constant(self) -> bool:
        return self.op is None and self.value is not None


@dataclass(frozen=True, eq=False, slots=True)
class Graph:
    """Nodes in order, which of them are inputs (in the order of the arguments' leaves), which are results.

    In gradient graphs, `nodes[:forward]` are the forward pass, at the same positions; `gradients` gives for a
    forward node the node that is its whole gradient, `edges` for (forward node, argument) what flows back.
    """

    nodes: tuple[Node, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    in_structure: Any = None  # as tree.flatten gives it, of (args, kwargs)
    out_structure: Any = "*"
    name: str = "f"
    guards: tuple[Site | None, ...] = ()  # where a value decided the path; empty: valid for all values
    forward: int = 0
    gradients: Mapping[int, int] = field(default_factory=dict)
    edges: Mapping[tuple[int, int], int] = field(default_factory=dict)
    source: Any = field(default=None, repr=False)  # the callable it was traced from, if there was one
    decided: tuple[int, ...] = ()  # one a guard, where they are known: the forward node whose value decided

    def __len__(self) -> int:
        return len(self.nodes)

    def uses(self) -> list[list[int]]:
        """For each node, the positions that take it as an argument (repeats kept)."""
        users: list[list[int]] = [[] for _ in self.nodes]
        for i, node in enumerate(self.nodes):
            for a in node.args:
                users[a].append(i)
        return users

    def needed(self, outputs: tuple[int, ...] | None = None) -> list[bool]:
        """Which nodes the outputs depend on."""
        keep = [False] * len(self.nodes)
        for o in self.outputs if outputs is None else outputs:
            keep[o] = True
        for i in range(len(self.nodes) - 1, -1, -1):
            if keep[i]:
                for a in self.nodes[i].args:
                    keep[a] = True
        return keep

    def with_outputs(self, outputs: tuple[int, ...], structure: Any = "*") -> Graph:
        """The same nodes with other results."""
        return replace(self, outputs=outputs, out_structure=structure)
