"""Letters side by side: one name, or a product; and the scripts around them."""

from __future__ import annotations

from dataclasses import replace

from chalkgrad.latex import nodes as n
from chalkgrad.latex.names import Vocabulary
from chalkgrad.latex.problem import unreadable

Item = tuple[n.Link, n.Expr]
WRAPPERS = (n.Power, n.Transpose, n.Primed, n.Subscripted, n.Factorial, n.Marked, n.Update)
NOTHING = n.Link("")


def inner(expr: n.Expr) -> n.Expr:
    """What is left when all scripts are taken off."""
    while isinstance(expr, WRAPPERS):
        expr = expr.base
    return expr


def put_inside(expr: n.Expr, new: n.Expr) -> n.Expr:
    """The same scripts on another base."""
    return replace(expr, base=put_inside(expr.base, new)) if isinstance(expr, WRAPPERS) else new


def is_bracket(expr: n.Expr) -> bool:
    """Whether a factor is a bracket (with scripts): what a function takes as its arguments."""
    base = inner(expr)
    return isinstance(base, n.Paren) and base.bracket in ("(", "[", "\\{", "{")


BOLD = frozenset({"mathbf", "boldsymbol", "bm", "pmb", "symbf"})
PLAIN = frozenset({"", "mathit", "mathnormal"})


def check_fonts(expr: n.Expr) -> None:
    """A bold x and a plain x in one formula are two things, and Python has one name for them."""
    fonts: dict[str, str] = {}
    entries = {id(inner(part)) for part in n.walk(expr) if isinstance(part, n.Subscripted | n.Marked)}
    for name in n.walk(expr):
        if isinstance(name, n.Name) and name.kind in ("letter", "word") and id(name) not in entries:
            font = "bold" if name.font in BOLD else "" if name.font in PLAIN else name.font
            if fonts.setdefault(name.base, font) != font:
                raise unreadable(
                    name.base, "stands here in two fonts; give the two things two names", name.span
                )


def as_condition(expr: n.Expr) -> n.Expr:
    """In a condition, = compares."""
    if isinstance(expr, n.Equation):
        return n.Compare(expr.sides, expr.signs, span=expr.span)
    if isinstance(expr, n.Logic):
        return replace(expr, items=tuple(as_condition(item) for item in expr.items))
    return expr


class Words:
    """The layer of the binder that spells words out; what is declared first comes from the layers above."""

    vocabulary: Vocabulary
    local: list[str]

    def bind(self, expr: n.Expr) -> n.Expr:
        raise NotImplementedError

    def is_value(self, expr: n.Expr) -> bool:
        raise NotImplementedError

    def settings(self, entries: tuple[n.Expr, ...]) -> tuple[tuple[str, n.Expr], ...]:
        raise NotImplementedError

    def slope(self, expr: n.Derivative, body: n.Expr) -> n.Expr:
        raise NotImplementedError

    def spelled_out(self, factor: n.Expr) -> list[n.Expr]:
        """`Wx` as W and x, `ylog` as y and log, unless the whole word is known; scripts stay on the last."""
        base = inner(factor)
        if isinstance(base, n.Paren) and base.bracket == "{" and base is not factor:
            return self._unbraced(factor, base)
        if (
            not isinstance(base, n.Name)
            or base.kind != "word"
            or base.accents
            or self._is_known_word(factor, base)
        ):
            return [factor]
        letters, call = self._letters(base), self._letters_and_function(base)
        if letters is not None and call is not None:
            raise unreadable(
                base.base, "may end in a function or be a product of letters; leave room", base.span
            )
        parts = letters or call
        if parts is None:
            why = "this name is not known; give it in names or functions"
            raise unreadable(base.base, why, base.span)
        return [*parts[:-1], put_inside(factor, parts[-1])]

    def _unbraced(self, factor: n.Expr, base: n.Paren) -> list[n.Expr]:
        """Braces are not seen: `{f(x)}^2` is set, and read, as f(x)^2."""
        body = base.items[0]
        if not isinstance(body, n.Product) or any(link.how for link in body.links):
            raise unreadable(
                "{", "the script applies to all of this group only with visible brackets", base.span
            )
        return [*body.factors[:-1], put_inside(factor, body.factors[-1])]

    def _is_known_word(self, factor: n.Expr, base: n.Name) -> bool:
        whole = _without_powers(factor)
        value = self.is_value(whole) or self.is_value(base)
        if value and self._letters(base) is not None:
            raise unreadable(
                base.base, "may be one name or a product of letters: all of them are known", base.span
            )
        return value or any(self.vocabulary.function(form) is not None for form in (whole, base))

    def _letters(self, base: n.Name) -> list[n.Expr] | None:
        """The letters, if each of them is known."""
        letters = [n.Name(letter, "letter", span=base.span) for letter in base.base]
        known = all(self.is_value(x) or self.vocabulary.function(x) is not None for x in letters)
        return list(letters) if known and base.base.isalpha() else None

    def _letters_and_function(self, base: n.Name) -> list[n.Expr] | None:
        """`ylog`: known letters, then a known function."""
        for k in range(1, min(len(base.base) - 1, 20)):
            name = n.Name(base.base[k:], "word", span=base.span)
            letters = self._letters(n.Name(base.base[:k], "word", span=base.span))
            if letters is not None and self.vocabulary.function(name) is not None:
                return [*letters, name]
        return None


def _without_powers(factor: n.Expr) -> n.Expr:
    while isinstance(factor, n.Power | n.Transpose | n.Factorial):
        factor = factor.base
    return factor


def sizes_below(expr: n.Subscripted) -> tuple[n.Expr, ...]:
    """The sizes of `\\mathbf{1}_{2 \\times 3}`, an array of ones; nothing if a condition stands there."""
    if not (isinstance(expr.base, n.Name) and expr.base.base == "indicator" and len(expr.entries) == 1):
        return ()
    (entry,) = expr.entries
    factors = entry.factors if isinstance(entry, n.Product) else (entry,)
    crossed = not isinstance(entry, n.Product) or all(link.how == "times" for link in entry.links)
    whole = all(isinstance(f, n.Number) and f.text.isdigit() for f in factors)
    return factors if crossed and whole else ()
