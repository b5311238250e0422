"""The chain rule, backward over a record: each node hands its gradient on to its arguments.

The rules are plain NumPy and run on Boxes of the very tape that holds the forward pass, so that the backward
pass is recorded behind it: one graph, of which the first nodes are the function and the rest its gradient.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from chalkgrad.errors import NotDifferentiableError
from chalkgrad.gather import run_of_writes
from chalkgrad.graph import Step
from chalkgrad.op import NAMED, Op, Refusal
from chalkgrad.ops.index import Hole
from chalkgrad.trace.box import Box
from chalkgrad.trace.storage import Storage
from chalkgrad.trace.tape import Tape, describe

Parts = tuple[Box, tuple, tuple]  # a gradient, the index it belongs to, and the arrays in that index


class Backward:
    """One backward pass over `tape`, from the seeds at some nodes to the gradients at others."""

    def __init__(self, tape: Tape, seeds: Mapping[int, Any], wrt: Sequence[int]):
        self.tape = tape
        self.wrt = set(wrt)
        self.end = max(seeds) + 1
        self.kinds = [describe(v) for v in tape.values[: self.end]]
        self.active = self._active()
        self.whole: dict[int, list[Any]] = defaultdict(list)
        self.parts: dict[int, list[Parts]] = defaultdict(list)
        self.totals: dict[int, Any] = {}
        self.edges: dict[tuple[int, int], Any] = {}
        self.seeded = set(seeds)
        self.uses: list[int] | None = None  # how often each node is an argument; counted when it is asked for
        for at, seed in seeds.items():
            self.whole[at].append(seed)

    def _active(self) -> list[bool]:
        """The nodes that depend on an input asked for, by real numbers."""
        active = [False] * self.end
        ops, args, kinds = self.tape.ops, self.tape.args, self.kinds
        for i in range(self.end):
            if i in self.wrt:
                active[i] = True
            elif ops[i] is not None and kinds[i][1].kind == "f":
                active[i] = any(active[a] for a in args[i])
        return active

    def run(self) -> dict[int, Any]:
        """Walk the tape backward; return the gradient at each node asked for that has one."""
        found: dict[int, Any] = {}
        for i in range(self.end - 1, -1, -1):
            if not self.active[i] or (i not in self.whole and i not in self.parts):
                continue
            self.tape.step = Step(i, None)
            g = self.totals[i] = self._total(i)
            if i in self.wrt:
                found[i] = g
            op = self.tape.ops[i]
            if op is not None:
                self._hand_on(i, op, g)
        self.tape.step = None
        return found

    def _total(self, i: int) -> Any:
        """What arrives at a node over all its edges, added."""
        contributions = self.whole.pop(i, [])
        parts = self.parts.pop(i, None)
        if parts is not None:
            contributions.append(self._fitted(_scatter(parts, self.kinds[i][0]), i))
        total = contributions[0]
        for c in contributions[1:]:
            total = total + c
        return total

    def _hand_on(self, i: int, op: Op, g: Any) -> None:
        tape = self.tape
        args, params = tape.args[i], tape.params[i]
        wanted = [k for k, a in enumerate(args) if self.active[a]]
        if op is NAMED["getitem"]:
            arrays = tuple(self._box(a) for a in args[1:])
            if 0 in wanted:
                self.parts[args[0]].append((g, params["index"], arrays))
            return
        if op is NAMED["setitem"] and len(args) == 2:
            writes = run_of_writes(i, self.kinds[i][0], self._write)
            if len(writes) > 1:
                self._hand_on_writes(writes, g)
                return
        y, xs = self._box(i), [self._box(a) for a in args]
        for k in wanted:
            tape.step = Step(i, k)
            rule = op.rule(k)
            if isinstance(rule, Refusal):
                raise NotDifferentiableError(self._refused(i, op, rule))
            contribution = None if rule is None else rule(g, y, *xs, **params)
            if contribution is not None:
                self.edges[i, k] = self._fitted(contribution, args[k])
                self.whole[args[k]].append(self.edges[i, k])

    def _write(self, at: int, last: bool) -> tuple[int, tuple] | None:
        """A write without arrays in its index, unless somebody looks at the buffer before the next write."""
        tape = self.tape
        if tape.ops[at] is not NAMED["setitem"] or len(tape.args[at]) != 2 or not self.active[at]:
            return None
        if not last and (self._uses()[at] > 1 or at in self.wrt or at in self.seeded):
            return None
        return tape.args[at][0], tape.params[at]["index"]

    def _uses(self) -> list[int]:
        """How often each node is an argument."""
        if self.uses is None:
            self.uses = [0] * self.end
            for a in (a for args in self.tape.args[: self.end] for a in args):
                self.uses[a] += 1
        return self.uses

    def _hand_on_writes(self, writes: list[int], g: Any) -> None:
        """The gradient of a filled buffer goes to all that was written in one go: n writes cost n, not n
        times the buffer.
        """
        tape = self.tape
        for i in writes:
            value = tape.args[i][1]
            if self.active[value]:
                tape.step = Step(i, 1)
                part = NAMED["getitem"](g, **tape.params[i])
                self.edges[i, 1] = self._fitted(part, value)
                self.whole[value].append(self.edges[i, 1])
        first = writes[-1]
        base = tape.args[first][0]
        if self.active[base]:
            tape.step = Step(first, 0)
            indices = tuple(tape.params[i]["index"] for i in reversed(writes))
            rest = NAMED["setitems"](g, *(0.0 for _ in writes), indices=indices)
            self.edges[first, 0] = self._fitted(rest, base)
            self.whole[base].append(self.edges[first, 0])

    def _refused(self, i: int, op: Op, rule: Refusal) -> str:
        site = self.tape.wheres.get(i, (None, ()))[0]
        return f"{site or 'chalkgrad'}: {op.name} has no derivative here: {rule.why}"

    def _box(self, i: int) -> Box:
        value = self.tape.values[i]
        if isinstance(value, np.ndarray):
            return Box(self.tape, i, value, Storage(self.tape, i, value))
        return Box(self.tape, i, value)

    def _fitted(self, g: Any, at: int) -> Any:
        """A gradient in the shape and dtype of what it belongs to: broadcasting is undone here and nowhere
        else.
        """
        shape, dtype, weak = self.kinds[at]
        if type(g) is not Box:
            g = Box(self.tape, self.tape.constant(g), g)
        has, kind, _ = describe(g.value)
        if has != shape:
            g = unbroadcast(g, shape)
        if kind != dtype and not weak:
            g = g.astype(dtype)
        return g


def unbroadcast(g: Any, shape: tuple[int, ...]) -> Any:
    """Sum a gradient over the axes along which its argument was repeated."""
    has = np.shape(g)
    if has and not shape:
        return np.sum(g)  # reads better than axes that name them all
    if len(has) < len(shape) or any(h == 1 != s for h, s in zip(has[::-1], shape[::-1], strict=False)):
        return np.broadcast_to(g, shape)
    lead = len(has) - len(shape)
    if lead:
        g = np.sum(g, axis=0 if lead == 1 else tuple(range(lead)))
    repeated = tuple(i for i, (h, s) in enumerate(zip(has[lead:], shape, strict=True)) if h != s)
    if repeated:
        g = np.sum(g, axis=repeated[0] if len(repeated) == 1 else repeated, keepdims=True)
    return g


def _scatter(parts: list[Parts], shape: tuple[int, ...]) -> Any:
    """The gradients of many parts of one array, put in their places in one go: n parts cost n, not n times
    the array.
    """
    gradients: list[Any] = []
    arrays: list[Any] = []
    indices: list[Any] = []
    for g, index, held in reversed(parts):
        gradients.append(g)
        indices.append(tuple(Hole(p.at + len(arrays)) if isinstance(p, Hole) else p for p in index))
        arrays.extend(held)
    return NAMED["scatter"](*gradients, *arrays, shape=shape, indices=tuple(indices))
