r"""A sum as a person would leave it: common factors in front, one fraction, one brace of cases.

e·d⁻² · (…) + e²·d⁻³       e (e - 1) / d³
[a > b] + ½[a = b]         1 if a > b, 0 if a < b, ½ otherwise
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

from chalkgrad.people.algebra import Form, Number, Term, atom, number, raised, scaled, times, total

if TYPE_CHECKING:
    from chalkgrad.people.simplify import Simplifier

ONE = Fraction(1)
_COMPARES = ("greater", "less", "equal", "greater_equal", "less_equal", "not_equal")
_MOST = 8  # terms; a longer sum is left as it is


def finish(s: Simplifier, form: Form) -> Form:
    """The same value, with what its terms share in front."""
    if len(form.terms) > _MOST:
        return form
    front, rest = _factored(s, form)
    if rest.single is not None:
        return Form((times(front, rest.terms[0]),))
    if front.powers or front.c != 1:
        return Form((times(front, Term(ONE, {s.form_atom(rest): 1})),))
    return rest


# ----- common factors and fractions -----


def _factored(s: Simplifier, form: Form) -> tuple[Term, Form]:
    """c · Π a^k in front, and what remains."""
    atoms = dict.fromkeys(a for t in form.terms for a in t.powers)
    least = {a: min((t.powers.get(a, 0) for t in form.terms), key=float) for a in atoms}
    common = {
        a: k for a, k in least.items() if k > 0 or (k < 0 and all(t.powers.get(a, 0) < 0 for t in form.terms))
    }
    if not common:
        return _content(form)
    back = raised(Term(ONE, common), -1)
    rest = Form(tuple(times(t, back) for t in form.terms))
    c, rest = _content(_opened(s, rest, any(k < 0 for k in common.values())))
    return Term(c.c, common), rest


def _content(form: Form) -> tuple[Term, Form]:
    """The number that all terms share: 2a - 2b = 2·(a - b)."""
    sizes: set[Number] = {max(t.c, -t.c) for t in form.terms}
    c: Number = next(iter(sizes)) if len(sizes) == 1 else ONE
    if form.terms and all(t.c < 0 for t in form.terms):
        c = -c
    return Term(c, {}), scaled(form, 1 / c) if c != 1 else form


def _opened(s: Simplifier, form: Form, fraction: bool) -> Form:
    """Brackets multiplied out, if that makes the sum shorter (over one denominator: not much longer)."""
    form = total(_spread(s, t) if len(t.powers) == 1 else Form((t,)) for t in form.terms)
    opened = total(_spread(s, t) for t in form.terms)
    return opened if len(opened.terms) <= len(form.terms) + fraction else form


def _spread(s: Simplifier, t: Term) -> Form:
    """c·a·(b + d) = c·a·b + c·a·d, for one bracket."""
    from chalkgrad.people.rules import joined

    for a, k in t.powers.items():
        inner = s.inside(a)
        if k == 1 and inner is not None and len(inner.terms) > 1:
            others = Term(t.c, {b: e for b, e in t.powers.items() if b != a})
            return total(Form((joined(s, times(others, part)),)) for part in inner.terms)
    return Form((t,))


# ----- cases -----


def cases_of(s: Simplifier, form: Form) -> Form:
    """Terms that depend on how two values compare, gathered in one brace."""
    form = total(_spread(s, t) if _has_truths(s, t) else Form((t,)) for t in form.terms)
    pair = _compared(s, form)
    if pair is not None:
        return _by_comparison(s, form, pair)
    condition = _condition(s, form)
    return form if condition is None else _by_condition(s, form, condition)


def _has_truths(s: Simplifier, t: Term) -> bool:
    """Whether a bracket of the term holds comparisons."""
    inner = [s.inside(a) for a in t.powers]
    return any(
        s.is_op(a, *_COMPARES, "where") for f in inner if f is not None for x in f.terms for a in x.powers
    )


def _compared(s: Simplifier, form: Form) -> frozenset | None:
    """Two values that are compared in more than one way."""
    seen: dict[frozenset, set[int]] = {}
    for t in form.terms:
        for a in t.powers:
            if s.is_op(a, *_COMPARES):
                seen.setdefault(frozenset(s.node_of(a).args), set()).add(a)  # type: ignore[union-attr]
    return next((pair for pair, ways in seen.items() if len(ways) > 1 and len(pair) == 2), None)


def _by_comparison(s: Simplifier, form: Form, pair: frozenset) -> Form:
    from chalkgrad.people.rules import cases

    low, high = sorted(pair)
    above, below, tie = (_assumed(s, form, _comparing(s, low, high, way)) for way in (1, -1, 0))
    turned, one, other = _simpler(s, low, high)
    greater, less = (below, above) if turned else (above, below)
    asked = s.apply("greater", one, other)
    if less.key == tie.key:
        return atom(s.node_atom(cases(s, asked, greater, less)))
    under = atom(s.node_atom(cases(s, s.apply("less", one, other), less, tie)))
    return atom(s.node_atom(cases(s, asked, greater, under)))


def _simpler(s: Simplifier, low: int, high: int) -> tuple[bool, int, int]:
    """`0.2x > x` is `x < 0`: where the difference is c·m, m is compared with 0, the other way round if c
    < 0.
    """
    gap = total((s.form_at(low), scaled(s.form_at(high), -ONE))).single
    if gap is None or len(gap.powers) != 1:
        return False, low, high
    rest = s.write(Form((Term(ONE, gap.powers),)))
    return gap.c < 0, rest, s.constant(Fraction(0))


def _comparing(s: Simplifier, low: int, high: int, way: int) -> Callable[[int], Form | None]:
    """What each comparison of the two is, if low - high has the sign `way`."""

    def value(a: int) -> Form | None:
        node = s.node_of(a)
        if node is None or node.op is None or node.op.name not in _COMPARES or set(node.args) != {low, high}:
            return None
        sign = way if node.args[0] == low else -way
        true = {
            "greater": sign > 0, "less": sign < 0, "equal": sign == 0,
            "greater_equal": sign >= 0, "less_equal": sign <= 0, "not_equal": sign != 0,
        }[node.op.name]  # fmt: skip
        return number(int(true))

    return value


def _condition(s: Simplifier, form: Form) -> int | None:
    """A condition that decides in more than one place."""
    seen: dict[int, set[int]] = {}
    for t in form.terms:
        for a in t.powers:
            if s.is_op(a, "where"):
                seen.setdefault(s.node_of(a).args[0], set()).add(a)  # type: ignore[union-attr]
    return next((c for c, places in seen.items() if len(places) > 1), None)


def _by_condition(s: Simplifier, form: Form, condition: int) -> Form:
    from chalkgrad.people.rules import cases

    def branch(which: int) -> Callable[[int], Form | None]:
        def value(a: int) -> Form | None:
            node = s.node_of(a)
            here = node is not None and s.is_op(a, "where") and node.args[0] == condition
            return s.form_at(node.args[which]) if here and node is not None else None

        return value

    then, other = (_assumed(s, form, branch(which)) for which in (1, 2))
    return then if then.key == other.key else atom(s.node_atom(cases(s, condition, then, other)))


def _assumed(s: Simplifier, form: Form, value: Callable[[int], Form | None]) -> Form:
    """The form with some atoms replaced by what they are."""
    from chalkgrad.people.rules import flat

    return s.finished(flat(s, total(_replaced(s, t, value) for t in form.terms)))


def _replaced(s: Simplifier, t: Term, value: Callable[[int], Form | None]) -> Form:
    from chalkgrad.people.rules import one_term

    made = Term(t.c, {})
    for a, k in t.powers.items():
        new = value(a)
        part: Term | None = Term(ONE, {a: k}) if new is None else one_term(s, new)
        if part is None:
            return Form(())
        made = times(made, part if new is None else raised(part, k))
    return Form((made,))
