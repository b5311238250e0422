r"""A graph rewritten as a person would write it: arithmetic gathered in forms, then written out again.

    gather    g·e/e, -1·-1, x·x      into sums of products (`algebra`), by the rules of `rules`
    finish    common factors out, fractions joined, cases gathered (`finish`)
    write     forms back to nodes (`writing`); what the forward pass has computed already is that node

The value stays what it was, up to rounding, wherever it was finite.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from chalkgrad.graph import Node
from chalkgrad.op import NAMED
from chalkgrad.people.algebra import LARGEST, Form, atom, number
from chalkgrad.people.finish import cases_of, finish
from chalkgrad.people.rules import RULES
from chalkgrad.people.writing import Writer

EXACT = ("multiply", "divide", "add", "subtract", "negative")  # their rules keep thirds exact


class Simplifier(Writer):
    """Rewrites nodes.

    Args:
        nodes: a graph's nodes.
        forward: so many of them stay as they are, at their positions; the rest are rewritten behind them.
        stops: behind which nodes to stop and start anew, each with the forward nodes whose gradient it is.
        by_results: write σ′ as σ(1 - σ), where the result σ is there.
    """

    def __init__(
        self,
        nodes: Sequence[Node],
        forward: int,
        stops: Mapping[int, Sequence[int]] | None = None,
        by_results: bool = False,
    ):
        super().__init__(nodes[:forward])
        self.originals = nodes
        self.forms: list[Form] = []
        for i, node in enumerate(nodes[:forward]):
            self.identities.setdefault(self.identity(node), i)
            form = self.gathered(node, i)
            self.forms.append(form)
            self.form_of[i] = form
            if form.number is None and self.shape_of(form) == node.shape:
                self.written.setdefault(form.key, i)  # not x + zeros((3, 3)), which is x in another shape
        self.by_results = by_results
        self.stopped: dict[int, int] = {}
        for i, node in enumerate(nodes[forward:], forward):
            self.step = node.step
            form = self.gathered(node, None)
            self.forms.append(form if stops is None or i not in stops else self._stop(form, stops[i]))

    def _stop(self, form: Form, at: Sequence[int]) -> Form:
        """Write a form down as the gradient of these forward nodes, and go on from there."""
        for i in at:
            like = self.originals[i]
            inside = self.write_as(form, like)
            bare = replace(
                like, args=(inside,), params={}, name="", where=None, scope=(), value=None, weak=False
            )
            self.nodes.append(replace(bare, op=NAMED["positive"], step=self.step))
            self.stopped[i] = len(self.nodes) - 1
            form = atom(self.node_atom(self.stopped[i]))
        return form

    def zeros(self, like: Node) -> int:
        """The gradient of what nothing depends on."""
        at = self.write_as(Form(()), like)
        bare = replace(like, args=(at,), params={}, name="", where=None, scope=(), value=None, weak=False)
        self.nodes.append(replace(bare, op=NAMED["positive"]))
        return len(self.nodes) - 1

    def gathered(self, node: Node, at: int | None) -> Form:
        """The form of a node; `at` is its position if it stays."""
        if node.op is None:
            return self._leaf(node, at)
        folded = self._folded(node)
        if folded is not None:
            return folded
        rule = RULES.get(node.op.name) if node.dtype.kind == "f" else None
        form = rule(self, node, [self.forms[a] for a in node.args]) if rule is not None else None
        if form is not None and len(form) <= LARGEST:
            return form
        if at is None and form is not None:
            return atom(self.node_atom(self.write_as(form, node)))
        return atom(self.node_atom(self.rebuilt(node) if at is None else at))

    def _folded(self, node: Node) -> Form | None:
        """An operation on Python numbers alone."""
        op, values = node.op, [self.forms[a].number for a in node.args]
        assert op is not None
        if (node.dtype.kind == "f" and op.name in EXACT) or not node.weak:
            return None
        known = [v if v is None or v != int(v) else int(v) for v in values]
        if any(v is None for v in known) or node.dtype.kind not in "fi":
            return None
        value = op.fun(*(float(v) if isinstance(v, Fraction) else v for v in known), **node.params)
        return number(value) if np.isfinite(value) else None

    def _leaf(self, node: Node, at: int | None) -> Form:
        value = node.value
        if (
            isinstance(value, np.ndarray)
            and value.size
            and value.dtype.kind == "f"
            and (value == value.flat[0]).all()
        ):
            value = value.flat[0]
        if (
            isinstance(value, (int, float, np.integer, np.floating))
            and type(value) is not bool
            and np.isfinite(value)
        ):
            return number(value)
        return atom(self.node_atom(self.shared(node) if at is None else at))

    def rebuilt(self, node: Node) -> int:
        """The same operation on rewritten arguments, each with the shape and dtype it had."""
        args = tuple(self.write_as(self.forms[a], self.originals[a]) for a in node.args)
        return self.shared(replace(node, args=args, step=self.step))

    def finished(self, form: Form) -> Form:
        """A form as a person would leave it; what the forward pass has computed stays as it is."""
        if len(form.terms) < 2 or form.key in self.written:
            return form
        if form.key not in self.finishes:
            self.finishes[form.key] = form
            self.finishes[form.key] = finish(self, form)
        return self.finishes[form.key]

    def gathered_cases(self, form: Form) -> Form:
        """A sum with the terms that depend on a comparison in one brace."""
        if len(form.terms) > 1 and form.key not in self.written:
            return cases_of(self, form)
        return form

    def result(self, old: int) -> int:
        """Where the node that stood at an old position is now."""
        return self.write_as(self.forms[old], self.originals[old])


def simplified(nodes: Sequence[Node], forward: int, wanted: Sequence[int]) -> tuple[list[Node], list[int]]:
    """The nodes rewritten behind the first `forward`, and where the wanted ones stand."""
    work = Simplifier(nodes, forward)
    return work.nodes, [work.result(w) for w in wanted]


def constant(value: Any, dtype: Any = float) -> Node:
    """A Python number as a node."""
    return Node(None, (), {}, (), np.dtype(dtype), value=value, weak=True)
