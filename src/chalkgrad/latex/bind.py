"""A syntax tree and what is known → a tree without open questions.

Which names are values, functions, indices or products of letters; which subscripts are entries; what a sum
runs over. The result holds only records that `meaning` has a number for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

from chalkgrad.latex import nodes as n
from chalkgrad.latex.heads import is_setting
from chalkgrad.latex.known import LETTERS
from chalkgrad.latex.names import CONSTANTS, NEW_AXIS, Vocabulary, core, keys
from chalkgrad.latex.problem import Unreadable, unreadable
from chalkgrad.latex.sums import Sums
from chalkgrad.latex.words import WRAPPERS, as_condition, inner, sizes_below

SETTLED = (
    n.Number, n.Constant, n.Value, n.Local, n.Count, n.Entry, n.Call, n.Slope, n.Reduce, n.Run,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bound:
    """What `bind` returns: the tree, and for each unknown count (the n of a sum) the sum that tells it."""

    expr: n.Expr
    counts: dict[str, n.Expr]


def bind(expr: n.Expr, vocabulary: Vocabulary, over: tuple[str, ...] = ()) -> Bound:
    """Settle every ambiguity of `expr`.

    Args:
        expr: what `read` returned.
        vocabulary: the known names and functions.
        over: free indices; the result has one axis for each, in this order.

    Raises:
        LatexError: an unknown name, or two usual readings.
    """
    binder = Binder(vocabulary, expr)
    binder.local.extend(over)
    inside = binder.bind(expr)
    for index in reversed(over):
        inside = n.Run("stack", index, None, None, inside, span=expr.span)
    return Bound(inside, binder.known_counts())


class Binder(Sums):
    """One walk over one tree; `local` holds the names bound by the sums and limits around the place."""

    def bind(self, expr: n.Expr) -> n.Expr:
        """The settled form of `expr`."""
        if isinstance(expr, SETTLED):
            return expr
        if isinstance(expr, WRAPPERS):
            parts = self.spelled_out(expr)
            if len(parts) > 1 or parts[0] is not expr:
                return self.product(n.Product(tuple(parts), (n.Link(""),) * (len(parts) - 1), span=expr.span))
        method: Callable[..., n.Expr] | None = getattr(self, "_bind_" + type(expr).__name__.lower(), None)
        return self._parts(expr) if method is None else method(expr)

    def _parts(self, expr: n.Expr) -> n.Expr:
        """The same record with its parts settled."""
        parts: dict[str, Any] = {f.name: self._field(getattr(expr, f.name)) for f in fields(expr)}
        return replace(expr, **parts)

    def _field(self, value: object) -> object:
        if isinstance(value, n.Expr):
            return self.bind(value)
        return tuple(self._field(item) for item in value) if isinstance(value, tuple) else value

    # ----- names -----

    def is_value(self, expr: n.Expr) -> bool:
        """Whether a name, with its scripts, stands for a quantity."""
        base = core(expr)
        if not base.base:
            return False
        plain = base is expr
        if plain and not base.accents and (base.base in self.local or base.base in CONSTANTS):
            return not (base.base == "e" and self.vocabulary.function(base))
        if self.vocabulary.value(expr) is not None:
            return True
        if isinstance(expr, n.Subscripted) or (isinstance(expr, n.Marked) and expr.bracket):
            return (
                self.is_value(expr.base)
                and self.vocabulary.function(expr) is None
                and base.base not in self.local
            )
        return False

    def _bind_name(self, expr: n.Name) -> n.Expr:
        if expr.base in self.local and not expr.accents:
            return n.Local(expr.base, span=expr.span)
        key = self.vocabulary.value(expr)
        if key is not None:
            if expr.kind == "word":
                self.spelled_out(expr)  # raises when its letters are known as well
            return n.Value(key, span=expr.span)
        if expr.base in CONSTANTS and not expr.accents:
            return n.Constant(CONSTANTS[expr.base], span=expr.span)
        if self.is_count(expr):
            return n.Count(expr.base, span=expr.span)
        if expr.kind == "word" and self.vocabulary.function(expr) is None:
            letters = self.spelled_out(expr)
            return self.product(n.Product(tuple(letters), (n.Link(""),) * (len(letters) - 1), span=expr.span))
        raise self.unknown(expr)

    def unknown(self, expr: n.Expr) -> Unreadable:
        """The error for a name that nobody has given."""
        shown = core(expr).base or "{}"
        if self.vocabulary.function(expr) is not None and shown not in LETTERS:
            return unreadable(shown, "this function has no argument here", expr.span)
        spelled = keys(expr)
        hint = f" (as {spelled[0]!r})" if spelled and spelled[0] != shown and "=" not in spelled[0] else ""
        return unreadable(shown, f"this name is not known; give it in names or functions{hint}", expr.span)

    def _bind_primed(self, expr: n.Primed) -> n.Expr:
        key = self.vocabulary.value(expr)
        if key is None:
            raise self.unknown(expr)
        return n.Value(key, span=expr.span)

    def _bind_marked(self, expr: n.Marked) -> n.Expr:
        key = self.vocabulary.value(expr)
        if key is not None:
            return n.Value(key, span=expr.span)
        if isinstance(expr.base, n.Paren) and expr.text == "plus":
            return self._positive_part(expr.base)
        if expr.text in ("plus", "dagger") and not expr.bracket and self.is_value(expr.base):
            return n.Call("pinv", (self.bind(expr.base),), source="known", span=expr.span)
        if expr.inside is not None and self.mentions_local(expr.inside):
            return self._entries(expr)
        raise self.unknown(expr)

    # ----- subscripts -----

    def _bind_subscripted(self, expr: n.Subscripted) -> n.Expr:
        key = self.vocabulary.value(expr)
        indexed = any(self.mentions_local(entry) for entry in expr.entries)
        if key is not None and not (indexed and self.is_value(expr.base)):
            return n.Value(key, span=expr.span)
        if expr.text == "+" and isinstance(expr.base, n.Paren):
            return self._positive_part(expr.base)
        if len(expr.entries) == 1 and self._is_indicator(expr.base):
            if sizes := sizes_below(expr):
                return n.Call("ones_of", sizes, source="known", span=expr.span)
            return self.bind(as_condition(self._shed(expr.entries[0])))
        named = isinstance(inner(expr), n.Name)
        if isinstance(expr.base, n.Paren) and expr.base.bracket == "[":
            raise unreadable("]_", "may be an entry or the bounds of a difference; use (…)", expr.span)
        if not expr.entries or (named and not self.is_value(expr.base)):
            raise self.unknown(expr)
        return self._entries(expr)

    @staticmethod
    def _is_indicator(base: n.Expr) -> bool:
        """The bold one of `\\mathbb{1}_{x>0}`, or a plain one."""
        return (isinstance(base, n.Name) and base.base == "indicator") or base == n.Number("1")

    @staticmethod
    def _shed(entry: n.Expr) -> n.Expr:
        """`\\{x > 0\\}` and `[x > 0]` without their brackets."""
        return entry.items[0] if isinstance(entry, n.Paren) and len(entry.items) == 1 else entry

    def _positive_part(self, paren: n.Paren) -> n.Expr:
        return n.Call("relu", (self.bind(paren),), source="known", span=paren.span)

    def _entries(self, expr: n.Expr) -> n.Expr:
        """`x^{(i)}_j`: the mark is the first axis."""
        marks: list[n.Expr] = []
        below: list[n.Expr] = []
        while isinstance(expr, n.Marked | n.Subscripted):
            if isinstance(expr, n.Marked):
                marks.extend([] if expr.inside is None else self._axes(expr.inside))
            else:
                below = [axis for entry in expr.entries for axis in self._axes(entry)]
            span, expr = expr.span, expr.base
            if self.vocabulary.value(expr) is not None:
                break
        return n.Entry(self.bind(expr), tuple(self._axis(axis) for axis in (*marks, *below)), span=span)

    def _bind_update(self, expr: n.Update) -> n.Expr:
        axes = tuple(self._axis(axis) for entry in expr.entries for axis in self._axes(entry))
        return n.Update(self.bind(expr.base), axes, self.bind(expr.value), span=expr.span)

    def _axis(self, axis: n.Expr) -> n.Expr:
        if isinstance(axis, n.Name) and axis.kind == "text" and axis.base in NEW_AXIS:
            return n.Constant("newaxis", span=axis.span)
        return self.bind(axis)

    def _axes(self, entry: n.Expr) -> list[n.Expr]:
        """`ij` is i and j where both are indices."""
        if isinstance(entry, n.Name) and entry.kind == "word" and not self.is_value(entry):
            letters = list(entry.base)
            if all(letter in self.local or letter.isdigit() for letter in letters):
                return [
                    n.Number(x, span=entry.span) if x.isdigit() else n.Name(x, span=entry.span)
                    for x in letters
                ]
        if isinstance(entry, n.Product) and all(self._is_index(f) for f in entry.factors):
            return list(entry.factors)
        if isinstance(entry, n.Equation):
            raise unreadable("_", "this subscript is not read", entry.span)
        return [entry]

    def _is_index(self, factor: n.Expr) -> bool:
        return isinstance(factor, n.Name) and factor.base in self.local

    # ----- brackets -----

    def _bind_paren(self, expr: n.Paren) -> n.Expr:
        if expr.bracket in ("floor", "ceil"):
            return n.Call(
                expr.bracket, tuple(self.bind(x) for x in expr.items), source="known", span=expr.span
            )
        if len(expr.items) != 1:
            return n.Tuple(tuple(self.bind(x) for x in expr.items), span=expr.span)
        return self.bind(as_condition(expr.items[0]))

    def _bind_norm(self, expr: n.Norm) -> n.Expr:
        order = tuple(("ord", x) for x in expr.settings if not is_setting(x))
        if len(order) > 1:
            raise unreadable("\\lVert", "this subscript of a norm is not read", expr.span)
        static = order + self.settings(tuple(x for x in expr.settings if is_setting(x)))
        return n.Call("norm", (self.bind(expr.body),), static, source="known", span=expr.span)

    def _bind_cases(self, expr: n.Cases) -> n.Expr:
        rows = tuple(
            (self.bind(value), None if condition is None else self.bind(as_condition(condition)))
            for value, condition in expr.rows
        )
        return n.Cases(rows, span=expr.span)

    def _bind_equation(self, expr: n.Equation) -> n.Expr:
        return self._parts(as_condition(expr))

    def _bind_logic(self, expr: n.Logic) -> n.Expr:
        return replace(expr, items=tuple(self.bind(as_condition(item)) for item in expr.items))

    # ----- powers -----

    def _bind_power(self, expr: n.Power) -> n.Expr:
        base, exponent = expr.base, expr.exponent
        self._no_brace(base)
        if (
            base == n.Name("e", base.kind if isinstance(base, n.Name) else "letter")
            and self.vocabulary.value(base) is None
        ):
            return n.Call("exp", (self.bind(exponent),), source="known", span=expr.span)
        transposed = isinstance(exponent, n.Name) and exponent.base == "T" and not self.is_value(exponent)
        if transposed:
            return n.Transpose(self.bind(base), span=expr.span)
        return n.Power(self.bind(base), self.bind(exponent), span=expr.span)

    def _bind_transpose(self, expr: n.Transpose) -> n.Expr:
        self._no_brace(expr.base)
        return n.Transpose(self.bind(expr.base), span=expr.span)

    def _no_brace(self, base: n.Expr) -> None:
        """Braces are not seen: a script on `{a + b}` is set on b alone."""
        if isinstance(base, n.Paren) and base.bracket == "{" and not isinstance(base.items[0], n.Product):
            raise unreadable(
                "{", "the script applies to all of this group only with visible brackets", base.span
            )

    def _bind_product(self, expr: n.Product) -> n.Expr:
        return self.product(expr)

    def _bind_terms(self, expr: n.Terms) -> n.Expr:
        for sign, item in zip(expr.signs, expr.items, strict=True):
            hidden = isinstance(item, n.Paren) and item.bracket == "{" and isinstance(item.items[0], n.Terms)
            if sign < 0 and hidden:
                raise unreadable(
                    "-", "it applies to all of the group behind it only with visible brackets", item.span
                )
        return self._parts(expr)

    # ----- derivatives -----

    def _bind_derivative(self, expr: n.Derivative) -> n.Expr:
        if expr.of is None:
            raise unreadable("\\frac{d}{dx}", "nothing to differentiate follows", expr.span)
        key = self._gradient_key(expr)
        if key is not None:
            return n.Value(key, span=expr.span)
        head = None if isinstance(expr.of, SETTLED) else self.head(expr.of, False)
        if head is not None and len(expr.by) == 1:
            return n.Call(head.chain[0][1], (self.bind(expr.by[0]),), head.static, expr.orders[0] +
            head.order,
                          head.chain[0][0], span=expr.span)  # fmt: skip
        if isinstance(inner(expr.of), n.Name) and not isinstance(expr.of, n.Power):
            above, below = keys(expr.of)[:1] or ("?",), keys(expr.by[0])[:1] or ("?",)
            why = f"this derivative is not known; give it in names as 'd{above[0]}d{below[0]}'"
            raise unreadable("\\frac", why, expr.span)
        return self.slope(expr, self.bind(expr.of))

    def _gradient_key(self, expr: n.Derivative) -> str | None:
        """`\\frac{\\partial L}{\\partial W}` may be given as dLdW, dL_dW or dL/dW."""
        if len(expr.by) != 1 or expr.orders != (1,) or expr.of is None:
            return None
        for above in keys(expr.of):
            for below in keys(expr.by[0]):
                for key in (f"d{above}d{below}", f"d{above}_d{below}", f"d{above}/d{below}"):
                    if key in self.vocabulary.names:
                        return self.vocabulary.names[key]
        return None

    def slope(self, expr: n.Derivative, body: n.Expr) -> n.Expr:
        """The derivative of an expression by a known value."""
        by = self.bind(expr.by[0])
        if len(expr.by) != 1 or not isinstance(by, n.Value):
            raise unreadable("\\frac{d}{dx}", "derivatives are taken by one known name", expr.span)
        return n.Slope(body, by.key, expr.orders[0], span=expr.span)

    def _bind_at(self, expr: n.At) -> n.Expr:
        value = self.bind(expr.value)
        self.local.append(expr.name.base)
        body = self.bind(expr.body)
        self.local.pop()
        return n.At(body, expr.name, value, span=expr.span)

    def _bind_limit(self, expr: n.Limit) -> n.Expr:
        target = self.bind(expr.target)
        self.local.append(expr.name.base)
        body = self.bind(expr.body)
        self.local.pop()
        return n.Limit(expr.name, target, expr.side, body, span=expr.span)
