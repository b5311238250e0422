"""A graph as straight-line NumPy: one line a node, compiled once, run many times.

    v7 = v3 * v5
    v8 = f8(v7, axis=0)

Operators stay operators, so Python's numbers stay weak (NEP 50) and a small array costs one bytecode and no
call more than the person's own line would. Long graphs are run node by node instead: Python's compiler is
slower than they are.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any

from chalkgrad.graph import Graph, Node

LONGEST = 2000  # nodes; from here on compiling the lines costs more than running them saves
_INFIX = re.compile(r"\{0\} ([-+*/@%&|^<>=!]+) \{1\}")

# ----- what Python itself does with two numbers of its own: the result is one of its own again -----

PYTHON: dict[str, Callable] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
    "floor_divide": operator.floordiv,
    "mod": operator.mod,
    "power": operator.pow,
    "bitwise_and": operator.and_,
    "bitwise_or": operator.or_,
    "bitwise_xor": operator.xor,
    "left_shift": operator.lshift,
    "right_shift": operator.rshift,
    "less": operator.lt,
    "less_equal": operator.le,
    "greater": operator.gt,
    "greater_equal": operator.ge,
    "equal": operator.eq,
    "not_equal": operator.ne,
    "negative": operator.neg,
    "positive": operator.pos,
    "abs": operator.abs,
    "invert": operator.invert,
}


def step(node: Node, traced: bool = False) -> Callable:
    """What computes a node from its arguments: the row's function, or Python's operator between Python's
    numbers.
    """
    op = node.op
    if node.weak and op.name in PYTHON:  # type: ignore[union-attr]
        return PYTHON[op.name]  # type: ignore[union-attr]
    return op if traced else op.fun  # type: ignore[union-attr,return-value]


def borrowed(outputs: Sequence[int], record: Sequence[tuple], made: Container[int]) -> tuple[bool, ...]:
    """Which results share memory with what was given, with a constant or with an earlier result.

    Args:
        outputs: positions.
        record: the operation and the arguments at each position.
        made: the positions whose values come into being in this run.
    """
    seen: set[int] = set()
    shared = []
    for at in outputs:
        op, args = record[at]
        while op is not None and op.view:
            at = args[0]
            op, args = record[at]
        shared.append(op is None or at not in made or at in seen)
        seen.add(at)
    return tuple(shared)


class Program:
    """Runs some nodes of a graph, given the values of others.

    Args:
        graph: any graph.
        given: for each position whose value the caller supplies, where it stands in the caller's list;
            everything
            that the outputs need beyond them is computed.
        outputs: positions to return.
    """

    def __init__(self, graph: Graph, given: Mapping[int, int], outputs: Sequence[int]):
        self.outputs = tuple(outputs)
        self.given = supplied = given
        self.needed = self._steps(graph, supplied)
        self.reads = tuple(sorted({a for i in self.needed for a in graph.nodes[i].args if a in supplied}))
        self.reads = tuple(sorted({*self.reads, *(o for o in self.outputs if o in supplied)}))
        self.slots = tuple(given[i] for i in self.reads)
        self.graph = graph
        made = {i for i in self.needed if graph.nodes[i].op is not None}
        self.borrowed = borrowed(self.outputs, [(n.op, n.args) for n in graph.nodes], made)
        self._compiled: dict[bool, Callable] = {}

    def _steps(self, graph: Graph, supplied: Mapping[int, int]) -> list[int]:
        wanted = [False] * len(graph.nodes)
        for o in self.outputs:
            wanted[o] = o not in supplied
        for i in range(len(wanted) - 1, -1, -1):
            if wanted[i]:
                for a in graph.nodes[i].args:
                    wanted[a] = wanted[a] or a not in supplied
        return [i for i, w in enumerate(wanted) if w]

    def __call__(self, values: Any, traced: bool | None = None) -> tuple:
        """Run on the caller's list of values, plain or Boxes of an outer trace (`traced`; None: look)."""
        if traced is None:
            traced = any(hasattr(type(values[i]), "record_op") for i in self.slots)
        if len(self.needed) > LONGEST:
            return self._step_by_step(values, traced)
        run = self._compiled.get(traced)
        if run is None:
            run = self._compiled[traced] = self._compile(traced)
        return run(values)

    def _step_by_step(self, values: Any, traced: bool) -> tuple:
        made = {i: values[s] for i, s in zip(self.reads, self.slots, strict=True)}
        for i in self.needed:
            node = self.graph.nodes[i]
            if node.op is None:
                made[i] = node.value
                continue
            made[i] = step(node, traced)(*(made[a] for a in node.args), **node.params)
        return tuple(made[o] for o in self.outputs)

    def _compile(self, traced: bool) -> Callable:
        names: dict[str, Any] = {}
        lines = [f"    v{i} = v[{s}]" for i, s in zip(self.reads, self.slots, strict=True)]
        last = self._last_uses()
        for i in self.needed:
            lines.append("    " + _line(i, self.graph.nodes[i], names, traced))
            lines += [f"    del v{a}" for a in last.get(i, ())]
        lines.append(f"    return ({''.join(f'v{o}, ' for o in self.outputs)})")
        source = "def run(v):\n" + "\n".join(lines)
        exec(compile(source, "<chalkgrad program>", "exec"), names)
        return names["run"]

    def _last_uses(self) -> dict[int, list[int]]:
        """After which node each value is no longer needed: its memory is free for the next."""
        seen = set(self.outputs)
        last: dict[int, list[int]] = {}
        for i in reversed(self.needed):
            for a in self.graph.nodes[i].args:
                if a not in seen:
                    seen.add(a)
                    last.setdefault(i, []).append(a)
        return last


def _line(i: int, node: Node, names: dict[str, Any], traced: bool) -> str:
    op = node.op
    if op is None:
        names[f"c{i}"] = node.value
        return f"v{i} = c{i}"
    args = [f"v{a}" for a in node.args]
    infix = _INFIX.fullmatch(op.python or "")
    if infix and not node.params:
        return f"v{i} = {args[0]} {infix[1]} {args[1]}"
    if op.python == "-{0}":
        return f"v{i} = -{args[0]}"
    names[f"f{i}"] = step(node, traced)
    if node.params:
        names[f"p{i}"] = dict(node.params)
        args.append(f"**p{i}")
    return f"v{i} = f{i}({', '.join(args)})"
