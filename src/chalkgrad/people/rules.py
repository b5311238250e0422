r"""What each operation means as sums of products.

A rule is `(simplifier, node, forms of the arguments) -> Form or None`; None leaves the operation as it is.
Each row of the table says which identity it stands for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from chalkgrad.graph import Node
from chalkgrad.people.algebra import (
    Form,
    Number,
    Term,
    atom,
    exact,
    may_raise,
    number,
    raised,
    scaled,
    times,
    total,
)
from chalkgrad.people.finite import asks_finite, finite

if TYPE_CHECKING:
    from chalkgrad.people.simplify import Simplifier

Rule = Callable[["Simplifier", Node, list[Form]], Form | None]
ONE = Fraction(1)

# ----- sums -----


def flat(s: Simplifier, form: Form) -> Form:
    """c·(a + b) in a sum is c·a + c·b."""
    parts = []
    for t in form.terms:
        (a, k), *more = [*t.powers.items(), (None, 0)]
        inner = s.inside(a) if a is not None and k == 1 and len(more) == 1 else None
        parts.append(Form((t,)) if inner is None else scaled(inner, t.c))
    return total(parts)


def _add(s: Simplifier, node: Node, forms: list[Form]) -> Form:
    return total(flat(s, f) for f in forms)


def _subtract(s: Simplifier, node: Node, forms: list[Form]) -> Form:
    return total((flat(s, forms[0]), scaled(flat(s, forms[1]), -ONE)))


def _negative(s: Simplifier, node: Node, forms: list[Form]) -> Form:
    return scaled(forms[0], -ONE)


# ----- products -----


def one_term(s: Simplifier, form: Form) -> Term | None:
    """A form as a single term, a sum in brackets; None for zero."""
    if not form.terms:
        return None
    done = s.finished(form)
    single = done.single
    return single if single is not None else Term(ONE, {s.form_atom(done): 1})


def _multiply(s: Simplifier, node: Node, forms: list[Form]) -> Form:
    a, b = forms
    for x, y in ((a, b), (b, a)):
        if x.number is not None and abs(x.number) in (0, 1):
            return scaled(y, x.number)
    left, right = one_term(s, a), one_term(s, b)
    return Form((joined(s, times(left, right)),)) if left is not None and right is not None else Form(())


def _divide(s: Simplifier, node: Node, forms: list[Form]) -> Form | None:
    below = one_term(s, forms[1])
    if below is None:
        return None
    if not below.powers and abs(below.c) == 1:
        return scaled(forms[0], below.c)
    above = one_term(s, forms[0])
    return Form(()) if above is None else Form((joined(s, times(above, inverse(below))),))


def joined(s: Simplifier, t: Term) -> Term:
    """e^a·e^b = e^(a + b), where that is shorter."""
    raised_ = {a: k for a, k in t.powers.items() if s.is_op(a, "exp") and k == int(k)}
    if len(raised_) < 2:
        return t
    exponent = total(scaled(s.form_at(s.node_of(a).args[0]), exact(k)) for a, k in raised_.items())  # type: ignore
    if len(exponent.terms) > 1:
        return t
    rest = Term(t.c, {a: k for a, k in t.powers.items() if a not in raised_})
    if not exponent.terms:
        return rest
    return times(rest, Term(ONE, {s.node_atom(s.apply("exp", s.write(exponent))): 1}))


def inverse(t: Term) -> Term:
    c = 1 / t.c if isinstance(t.c, Fraction) else _float_inverse(t.c)
    return replace(raised(Term(ONE, t.powers), -1), c=c)


def _float_inverse(c: float) -> Number:
    """1 / 0.25 is the exact 4."""
    return exact(1 / c)


# ----- powers -----


def power(s: Simplifier, form: Form, k: Number) -> Form | None:
    """(c·a·b)^k = c^k·a^k·b^k where that holds for all signs; otherwise of the bracket as a whole."""
    t = one_term(s, form)
    if t is None:
        return None
    if not may_raise(t, k):
        t = Term(ONE, {s.form_atom(Form((t,))): 1})
    return Form((raised(t, k),))


def _power(s: Simplifier, node: Node, forms: list[Form]) -> Form | None:
    k = forms[1].number
    if k is None or forms[1].number == 0:
        return None
    k = int(k) if k == int(k) else (Fraction(1, 2) if k == 0.5 else k)
    return power(s, forms[0], k)


def _to(k: Number) -> Rule:
    return lambda s, node, forms: power(s, forms[0], k)


# ----- arrays -----


def _same(s: Simplifier, node: Node, forms: list[Form]) -> Form | None:
    return forms[0]


def _cast(s: Simplifier, node: Node, forms: list[Form]) -> Form | None:
    return forms[0] if s.originals[node.args[0]].dtype == node.dtype or forms[0].number is not None else None


def _pulled(s: Simplifier, node: Node, forms: list[Form], k: int) -> tuple[Number, Form]:
    """The number in front of an argument, and the rest."""
    t = s.finished(forms[k]).single
    if t is None or not t.powers:
        return ONE, forms[k]
    return t.c, Form((Term(ONE, t.powers),))


def _linear(s: Simplifier, node: Node, forms: list[Form]) -> Form | None:
    """f(c·x) = c·f(x), in each argument."""
    if any(not f.terms for f in forms):
        return Form(())
    pulled = [_pulled(s, node, forms, k) for k in range(len(forms))]
    args = tuple(s.write_as(rest, s.originals[a]) for (_, rest), a in zip(pulled, node.args, strict=True))
    c: Number = ONE
    for p, _ in pulled:
        c = c * p
    return scaled(atom(s.node_atom(s.shared(replace(node, args=args, step=s.step, name="")))), c)


def _sum(s: Simplifier, node: Node, forms: list[Form]) -> Form | None:
    """Σ c = n·c, Σ c·x = c·Σ x."""
    whole = s.originals[node.args[0]].shape
    if (
        node.params.get("axis") is None
        and s.shape_of(forms[0]) == () != whole
        and not node.params.get("keepdims")
    ):
        return scaled(forms[0], Fraction(int(np.prod(whole))))
    return _linear(s, node, forms) if set(node.params) <= {"axis", "keepdims"} else None


def _transpose(s: Simplifier, node: Node, forms: list[Form]) -> Form | None:
    """(A^T)^T = A, c^T = c."""
    if forms[0].number is not None:
        return forms[0]
    t = s.finished(forms[0]).single
    if t is not None and list(t.powers.values()) == [1] and not node.params:
        (a,) = t.powers
        inner = s.node_of(a)
        if inner is not None and inner.op is not None and inner.op.name == "transpose" and not inner.params:
            return scaled(s.form_at(inner.args[0]), t.c)
    return _linear(s, node, forms)


# ----- cases -----


def _where(s: Simplifier, node: Node, forms: list[Form]) -> Form | None:
    """where(c, a, 0) = a·where(c, 1, 0), if a is finite everywhere: 0·∞ is no zero."""
    condition, a, b = forms
    if a.key == b.key:
        return a
    if a.terms and b.terms:
        return None
    t = one_term(s, a if a.terms else b)
    if t is None or not all(finite(s, a, k) for a, k in t.powers.items()):
        return None
    if t.powers and asks_finite(s.originals, node.args[0]):
        return None
    c = s.write_as(condition, s.originals[node.args[0]])
    chosen = atom(
        s.node_atom(cases(s, c, number(1) if a.terms else number(0), number(0) if a.terms else number(1)))
    )
    return Form((times(t, chosen.terms[0]),))


def cases(s: Simplifier, condition: int, then: Form, other: Form) -> int:
    """`where` of two forms; numbers in it are floats."""
    return s.apply("where", condition, *(_float(s, f) for f in (then, other)))


def _float(s: Simplifier, form: Form) -> int:
    value = form.number
    if value is None:
        return s.write(form)
    return s.shared(Node(None, (), {}, (), np.dtype(float), value=float(value), weak=True))


RULES: dict[str, Rule] = {
    "add":          _add,                   # c·(a + b) + a  =  (c + 1)·a + c·b
    "subtract":     _subtract,              # a - b          =  a + (-1)·b
    "negative":     _negative,              # -(-a)          =  a
    "positive":     _same,                  # +a             =  a
    "multiply":     _multiply,              # a^i · a^j      =  a^(i+j)
    "divide":       _divide,                # a / b          =  a · b^-1
    "reciprocal":   _to(-1),                # 1 / a          =  a^-1
    "square":       _to(2),                 # a²
    "sqrt":         _to(Fraction(1, 2)),    # √a             =  a^(1/2)
    "power":        _power,                 # (a^i)^k        =  a^(ik)
    "broadcast_to": _same,                  # the shape is put back where it matters
    "astype":       _cast,                  # to the dtype it has
    "sum":          _sum,                   # Σ c·x          =  c·Σ x
    "mean":         _linear,                # mean(c·x)      =  c·mean(x)
    "matmul":       _linear,                # (aX)(bY)       =  ab·XY
    "dot":          _linear,
    "transpose":    _transpose,             # (A^T)^T        =  A
    "expand_dims":  _linear,
    "reshape":      _linear,
    "where":        _where,                 # where(c, a, 0) =  a · where(c, 1, 0)
}  # fmt: skip
