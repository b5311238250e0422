"""Which factors are functions, with all that is written on their names."""

from __future__ import annotations

from dataclasses import dataclass, replace

from chalkgrad.latex import nodes as n
from chalkgrad.latex.known import LETTERS
from chalkgrad.latex.names import core
from chalkgrad.latex.problem import unreadable
from chalkgrad.latex.words import Words, inner


@dataclass(frozen=True, slots=True)
class Head:
    """A factor that is a function, waiting for its argument.

    Args:
        chain: (source, key) of each function, outermost first; several for a composition.
        order: derivatives taken.
        power: the 2 of `\\sin^2 x`.
        static: settings from the subscript.
        base: the 2 of `\\log_2 x`.
        entries: the j of `\\operatorname{softmax}_j(x)`.
        bare: whether it takes arguments without brackets.
    """

    chain: tuple[tuple[str, str], ...]
    span: n.Span
    order: int = 0
    power: n.Expr | None = None
    static: tuple[tuple[str, n.Expr], ...] = ()
    base: n.Expr | None = None
    entries: tuple[n.Expr, ...] = ()
    bare: bool = True


class Heads(Words):
    """The layer of the binder that finds functions."""

    def head(self, factor: n.Expr, bracket: bool) -> Head | None:
        """The function that a factor is, or `None` for a quantity; `bracket` tells whether one follows."""
        power = factor.exponent if isinstance(factor, n.Power) else None
        named = factor.base if isinstance(factor, n.Power) else factor
        if isinstance(named, n.Paren):
            return self._composition(named, power) if bracket else None
        if isinstance(named, n.Derivative):
            return self._derived(named, power) if bracket else None
        if not isinstance(named, n.Name | n.Subscripted | n.Primed | n.Marked) or not isinstance(
            inner(named), n.Name
        ):
            return None
        if self.is_value(named):
            if bracket and self.vocabulary.function(named) is not None:
                raise unreadable(core(named).base, "is known both as a value and as a function", named.span)
            return None
        if isinstance(named, n.Subscripted) and core(named).base == "indicator":
            return None
        head = self._named(named)
        if head is None or (head.chain[0][0] == "known" and head.chain[0][1] in LETTERS and not bracket):
            return None
        return replace(head, power=power)

    def _named(self, named: n.Expr) -> Head | None:
        """A name with primes, marks and subscripts, if it is a function."""
        bare = core(named).kind != "letter"
        whole = self.vocabulary.function(named)
        if whole is not None:
            return Head((whole,), named.span, bare=bare)
        if isinstance(named, n.Primed):
            head = self._named(named.base)
            return head and replace(head, order=head.order + named.count, span=named.span)
        if isinstance(named, n.Marked) and isinstance(named.inside, n.Number) and named.bracket == "(":
            head = self._named(named.base)
            return head and replace(head, order=head.order + int(named.inside.text), span=named.span)
        if not isinstance(named, n.Subscripted):
            return None
        head = self._named(named.base)
        return head and self._with_subscript(head, named)

    def _with_subscript(self, head: Head, named: n.Subscripted) -> Head:
        """A function's subscript: settings, the base of a logarithm, an entry of what it returns."""
        entries = named.entries
        if head.chain[0] == ("known", "log") and len(entries) == 1 and not isinstance(entries[0], n.Equation):
            return replace(head, base=entries[0], span=named.span)
        if entries and all(is_setting(entry) for entry in entries):
            return replace(head, static=self.settings(entries), span=named.span)
        letters = [x for entry in entries for x in n.walk(entry) if isinstance(x, n.Name)]
        if letters and all(x.base in self.local for x in letters):
            return replace(head, entries=entries, span=named.span)
        raise unreadable(
            f"{core(named).base}_{named.text}", "this function is not known; give it in functions", named.span
        )

    def _composition(self, paren: n.Paren, power: n.Expr | None) -> Head | None:
        """`(f \\circ g)` in front of a bracket."""
        body = paren.items[0] if len(paren.items) == 1 else None
        if not isinstance(body, n.Product) or any(link.how != "circ" for link in body.links):
            return None
        heads = [self.head(factor, False) for factor in body.factors]
        if any(head is None for head in heads):
            return None
        chain = tuple(
            head.chain[0] for head in heads if head is not None and not head.order and not head.static
        )
        if len(chain) != len(heads):
            raise unreadable("\\circ", "a composition of functions with settings is not read", paren.span)
        return Head(chain, paren.span, power=power)

    def _derived(self, expr: n.Derivative, power: n.Expr | None) -> Head | None:
        """`\\frac{df}{dx}` in front of a bracket."""
        head = None if expr.of is None else self.head(expr.of, False)
        if head is None or len(expr.by) != 1:
            return None
        return replace(head, order=head.order + expr.orders[0], power=power, span=expr.span)


def is_setting(entry: n.Expr) -> bool:
    """`\\text{axis}=0` or `\\text{keepdims}`."""
    if isinstance(entry, n.Equation):
        return isinstance(entry.left, n.Name) and entry.left.kind == "text" and len(entry.sides) == 2
    return isinstance(entry, n.Name) and entry.kind == "text" and entry.base == "keepdims"
