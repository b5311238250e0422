"""Forms written back as nodes: constants first, then what is small, then the chain from the outside in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from chalkgrad.graph import Node, Step
from chalkgrad.op import NAMED
from chalkgrad.people.algebra import Form, Number, Term, atom, raised, scaled, times

DEEPEST = 5  # brackets in brackets
_TRUTHS = frozenset(
    "greater greater_equal less less_equal equal not_equal logical_and logical_or logical_not".split()
)
_WHOLE_TO_FLOAT = frozenset("divide sqrt exp reciprocal".split())


class Writer:
    """Nodes that grow at their end, each computation once; atoms by number."""

    def __init__(self, nodes: Sequence[Node]):
        self.nodes: list[Node] = list(nodes)
        self.atoms: list[tuple[int | None, Form | None]] = []  # a node, or a form in brackets
        self.atom_at: dict[int, int] = {}
        self.atom_for: dict[frozenset, int] = {}
        self.written: dict[frozenset, int] = {}
        self.form_of: dict[int, Form] = {}
        self.finishes: dict[frozenset, Form] = {}
        self.identities: dict[Any, int] = {}
        self.shapes: dict[int, tuple[int, ...]] = {}
        self.depths: dict[int, int] = {}  # of atoms in brackets: brackets in brackets
        self.step: Step | None = None

    def finished(self, form: Form) -> Form:
        raise NotImplementedError

    by_results = False

    def shortened(self, t: Term) -> Term:
        """e/(1 + e)² as σ(1 - σ), where σ = 1/(1 + e) has been computed."""
        for d, k in t.powers.items() if self.by_results else ():
            inner, known = self.inside(d), self.written.get(Form((Term(Fraction(1), {d: -1}),)).key)
            if k > -2 or inner is None or known is None or len(inner.terms) != 2:
                continue
            one, e = sorted(inner.terms, key=lambda x: len(x.powers))
            if (
                one.powers
                or one.c != 1
                or e.c != 1
                or any(t.powers.get(a, 0) < p for a, p in e.powers.items())
            ):
                continue
            y = self.node_atom(known)
            rest = self.form_atom(Form((one, Term(Fraction(-1), {y: 1}))))
            return times(times(t, raised(e, -1)), Term(Fraction(1), {d: 2, y: 1, rest: 1}))
        return t

    def gathered_cases(self, form: Form) -> Form:
        raise NotImplementedError

    # ----- nodes -----

    def identity(self, node: Node) -> Any:
        """Two nodes with the same identity compute the same."""
        if node.op is None:
            value = node.value
            if isinstance(value, np.ndarray):
                return value.shape, value.dtype.char, value.tobytes()
            return (type(value), repr(value)) if value is not None else ("input", id(node))
        return id(node.op), node.args, repr(sorted(node.params.items())), node.dtype.char

    def shared(self, node: Node) -> int:
        """The position of this node, or of one that computes the same."""
        key = self.identity(node)
        if key not in self.identities:
            self.identities[key] = len(self.nodes)
            self.nodes.append(node)
        return self.identities[key]

    def constant(self, value: Number) -> int:
        """A number; whole ones as Python's int."""
        plain = int(value) if value == int(value) else float(value)
        return self.shared(Node(None, (), {}, (), np.dtype(type(plain)), value=plain, weak=True))

    def apply(self, name: str, *args: int, **params: Any) -> int:
        """An elementwise operation on nodes that are there."""
        parts = [self.nodes[a] for a in args]
        shape = np.broadcast_shapes(*(p.shape for p in parts))
        weak = all(p.weak for p in parts)
        return self.shared(
            Node(NAMED[name], args, params, shape, self._dtype(name, parts), step=self.step, weak=weak)
        )

    @staticmethod
    def _dtype(name: str, parts: list[Node]) -> np.dtype:
        if name in _TRUTHS:
            return np.dtype(bool)
        kinds = [p for p in parts if p.dtype.kind != "b"] if name == "where" else parts
        found = np.result_type(*(p.dtype.type(0).item() if p.weak else p.dtype for p in kinds))
        return np.dtype(float) if name in _WHOLE_TO_FLOAT and found.kind in "iub" else found

    # ----- atoms -----

    def node_atom(self, at: int) -> int:
        if at not in self.atom_at:
            self.atom_at[at] = len(self.atoms)
            self.atoms.append((at, None))
        return self.atom_at[at]

    def form_atom(self, form: Form) -> int:
        """A form in brackets; what is nested deep is written down at once, so that nothing grows with
        the depth.
        """
        if form.key not in self.atom_for:
            depth = 1 + max((self.depths.get(a, 0) for t in form.terms for a in t.powers), default=0)
            if depth > DEEPEST:
                self.atom_for[form.key] = self.node_atom(self.write(form))
            else:
                self.atom_for[form.key] = len(self.atoms)
                self.depths[len(self.atoms)] = depth
                self.atoms.append((None, form))
        return self.atom_for[form.key]

    def inside(self, a: int) -> Form | None:
        """What is in the brackets, if the atom is a form in brackets."""
        return self.atoms[a][1]

    def node_of(self, a: int) -> Node | None:
        at = self.atoms[a][0]
        return None if at is None else self.nodes[at]

    def is_op(self, a: int, *names: str) -> bool:
        """Whether an atom is the result of one of these operations."""
        node = self.node_of(a)
        return node is not None and node.op is not None and node.op.name in names

    def form_at(self, at: int) -> Form:
        """The form that was written at a position, or the position as an atom."""
        known = self.form_of.get(at)
        known = self._number_at(at) if known is None else known
        return atom(self.node_atom(at)) if known is None else known

    def _number_at(self, at: int) -> Form | None:
        from chalkgrad.people.algebra import number

        value = self.nodes[at].value
        return number(value) if type(value) in (int, float) else None

    def shape_of(self, form: Form) -> tuple[int, ...]:
        shapes = {self._atom_shape(a) for t in form.terms for a in t.powers}
        return np.broadcast_shapes(*shapes) if shapes else ()

    def _atom_shape(self, a: int) -> tuple[int, ...]:
        if a not in self.shapes:
            at, form = self.atoms[a]
            self.shapes[a] = self.nodes[at].shape if at is not None else self.shape_of(form)  # type: ignore[arg-type]
        return self.shapes[a]

    # ----- forms to nodes -----

    def write_as(self, form: Form, like: Node) -> int:
        """A form with the shape and dtype of a node that it stands for."""
        value = form.number
        if value is not None and like.dtype.kind == "f":
            at = self.shared(Node(None, (), {}, (), np.dtype(float), value=float(value), weak=True))
        else:
            at = self.write(form)
        node = self.nodes[at]
        if node.dtype != like.dtype and not like.weak and not (node.weak and like.shape == ()):
            at = self.shared(
                replace(
                    _bare(like),
                    op=NAMED["astype"],
                    args=(at,),
                    params={"dtype": like.dtype},
                    shape=node.shape,
                )
            )
        if node.shape != like.shape:
            at = self.shared(
                replace(_bare(like), op=NAMED["broadcast_to"], args=(at,), params={"shape": like.shape})
            )
        return at

    def write(self, form: Form) -> int:
        """The position where a form is computed."""
        if form.key not in self.written:
            done = self.gathered_cases(self.finished(form))
            at = self.written.get(done.key)
            at = (
                (self._sum(done) if len(done.terms) != 1 else self._term(done.terms[0])) if at is None else at
            )
            self.written.setdefault(done.key, at)
            self.written.setdefault(form.key, at)
            self.form_of.setdefault(at, form)
        return self.written[form.key]

    def _sum(self, form: Form) -> int:
        if not form.terms:
            return self.constant(Fraction(0))
        first, *rest = self._ordered(form)
        at = self.write(Form((first,)))
        if self.nodes[at].dtype.kind == "b":  # truth values add up to truth values
            at = self.apply("multiply", self.constant(Fraction(1)), at)
        for t in rest:
            below = t.c < 0
            part = self.write(Form((Term(-t.c if below else t.c, t.powers),)))
            at = self.apply("subtract" if below else "add", at, part)
        return at

    def _ordered(self, form: Form) -> list[Term]:
        """The highest power first in a polynomial of one variable; else as it came, but no minus in front."""
        terms = list(form.terms)
        atoms = {a for t in terms for a in t.powers}
        if len(atoms) == 1 and self.is_plain(next(iter(atoms))):
            falling = sorted(terms, key=lambda t: -next(iter(t.powers.values()), 0))
            if falling[0].c > 0:
                return falling
        front = next((k for k, t in enumerate(terms) if t.c > 0), 0)
        return [terms[front], *terms[:front], *terms[front + 1 :]]

    def is_plain(self, a: int) -> bool:
        """Whether an atom is an input, or an entry of one."""
        node = self.node_of(a)
        while node is not None and node.op is not None and node.op.name == "getitem":
            node = self.nodes[node.args[0]]
        return node is not None and node.op is None

    def _turned(self, t: Term) -> Term:
        """-a·(1 - b) as a·(b - 1): a lone minus goes into a bracket that has both signs."""
        if t.c != -1:
            return t
        for a, k in t.powers.items():
            inner = self.inside(a)
            if k == 1 and inner is not None and len({x.c > 0 for x in inner.terms}) == 2:
                turned = self.form_atom(scaled(inner, Fraction(-1)))
                return Term(Fraction(1), {turned if b == a else b: e for b, e in t.powers.items()})
        return t

    def _term(self, t: Term) -> int:
        t = self._turned(self.shortened(t))
        c, over = (abs(t.c.numerator), t.c.denominator) if isinstance(t.c, Fraction) else (abs(t.c), 1)
        above = self._factors({a: k for a, k in t.powers.items() if k > 0})
        below = self._factors({a: -k for a, k in t.powers.items() if k < 0})
        known = self.written.get(Form((Term(Fraction(1), t.powers),)).key) if t.powers and over == 1 else None
        if known is not None:
            above, below = [known], []
        if c != 1 or not above:
            above = [self.constant(-c if t.c < 0 else c), *above]
        elif t.c < 0 and self.nodes[above[0]].dtype.kind == "b":  # NumPy negates no truth values
            above = [self.constant(Fraction(-1)), *above]
        elif t.c < 0:
            above = [self.apply("negative", above[0]), *above[1:]]
        top = self._product(above)
        if over != 1:
            below = [self.constant(over), *below]
        return self.apply("divide", top, self._product(below)) if below else top

    def _product(self, factors: list[int]) -> int:
        at = factors[0]
        for f in factors[1:]:
            at = self.apply("multiply", at, f)
        return at

    def _factors(self, powers: dict[int, Number]) -> list[int]:
        arrays = any(self._atom_shape(a) for a in powers)

        def place(a: int) -> int:
            if self.is_op(a, "positive"):  # a gradient that has a name: the chain starts with it
                return -1
            if arrays and not self._atom_shape(a):
                return 0
            late = 3 if self.inside(a) is not None else 4 if self.is_op(a, "where") else 2
            return 1 if self.is_plain(a) else late

        return [self._power(a, powers[a]) for a in sorted(powers, key=place)]

    def _power(self, a: int, k: Number) -> int:
        at, form = self.atoms[a]
        if at is not None and self.nodes[at].dtype.kind == "b":
            k = 1
        if k == 1:
            return at if at is not None else self.write(form)  # type: ignore[arg-type]
        raised = self.written.get(Form((Term(Fraction(1), {a: k}),)).key)
        if raised is not None:
            return raised
        if k == int(k) and self.is_op(a, "exp"):
            argument = self.form_at(self.nodes[at].args[0])  # type: ignore[index]
            return self.apply("exp", self.write(scaled(argument, Fraction(int(k)))))
        base = at if at is not None else self.write(form)  # type: ignore[arg-type]
        return (
            self.apply("sqrt", base) if k == Fraction(1, 2) else self.apply("power", base, self.constant(k))
        )


def _bare(node: Node) -> Node:
    return replace(node, name="", where=None, scope=(), value=None, weak=False)
