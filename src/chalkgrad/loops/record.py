"""The record of a loop's body: one step as a graph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property

import numpy as np

from chalkgrad.graph import Graph, Node
from chalkgrad.program import Program


@dataclass(frozen=True, eq=False)
class Body:
    """One step; `graph.inputs` are the params, the state and the x, in this order; outputs state and y.

    `kept` are those of the y which the way back reads; the last `extra` of the y are there for it alone.
    """

    graph: Graph
    params: int  # how many arrays
    state: int
    name: str = "step"
    kept: tuple[int, ...] = ()
    extra: int = 0
    example: tuple[np.ndarray, ...] = field(default=(), repr=False)  # values of the inputs, one of many

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

    def examples(self) -> list[np.ndarray]:
        """Values on which the step can be run: those that it was traced with, if they are known."""
        return list(self.example) or [np.zeros(n.shape, n.dtype) for n in self.kinds(self.graph.inputs)]

    @cached_property
    def program(self) -> Program:
        """One step in NumPy; takes Boxes too."""
        return Program(self.graph, {at: k for k, at in enumerate(self.graph.inputs)}, self.graph.outputs)


def is_real(node: Node) -> bool:
    """Whether a gradient flows to a value."""
    return node.dtype.kind == "f"


@cache
def zeros(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """The same array each time: what begins with it is the same node, whichever gradient asks for it."""
    made = np.zeros(shape, dtype)
    made.flags.writeable = False
    return made
