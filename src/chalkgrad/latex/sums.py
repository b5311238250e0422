"""What a sum runs over: its index, its bounds, and the counts that nobody has given."""

from __future__ import annotations

from dataclasses import dataclass, replace

from chalkgrad.latex import nodes as n
from chalkgrad.latex.heads import is_setting
from chalkgrad.latex.names import CONSTANTS, Vocabulary, core
from chalkgrad.latex.problem import unreadable
from chalkgrad.latex.products import Products
from chalkgrad.latex.words import check_fonts, is_bracket

COUNTS = frozenset("nNmM")
ONE = n.Number("1")


@dataclass(frozen=True, slots=True)
class Index:
    """An index and its bounds as written."""

    name: str
    lower: n.Expr | None = None
    upper: n.Expr | None = None
    unless: n.Expr | None = None


class Sums(Products):
    """The layer of the binder that settles big operators."""

    def __init__(self, vocabulary: Vocabulary, expr: n.Expr) -> None:
        self.vocabulary = vocabulary
        self.local: list[str] = []
        bigs = [big for big in n.walk(expr) if isinstance(big, n.Big)]
        check_fonts(expr)
        self.bounds = {name.base for big in bigs for name in _names(big.above)}
        self.one_open = sum(_is_open(big) for big in bigs) == 1
        self.runs: dict[str, n.Expr] = {}
        self.open: list[n.Expr] = []

    # ----- counts -----

    def is_count(self, name: n.Name) -> bool:
        """Whether an unknown name is the n that some sum runs to."""
        if name.accents or name.kind != "letter":
            return False
        return name.base in self.bounds or (name.base in COUNTS and self.one_open)

    def known_counts(self) -> dict[str, n.Expr]:
        """Each count's name and the sum that tells it; "" for the one sum without bounds."""
        return self.runs | ({"": self.open[0]} if self.one_open and self.open else {})

    # ----- what is mentioned -----

    def mentions_local(self, expr: n.Expr) -> bool:
        """Whether an index of the sums around occurs in an expression."""
        for part in n.walk(expr):
            if isinstance(part, n.Local):
                return True
            if isinstance(part, n.Name) and (part.base in self.local or self._is_word_of_indices(part)):
                return True
        return False

    def _is_word_of_indices(self, name: n.Name) -> bool:
        known = [letter in self.local for letter in name.base]
        return (
            name.kind == "word"
            and all(k or x.isdigit() for k, x in zip(known, name.base, strict=True))
            and any(known)
        )

    # ----- settings -----

    def settings(self, entries: tuple[n.Expr, ...]) -> tuple[tuple[str, n.Expr], ...]:
        """Settings as (name, value as written); a name alone is a flag."""
        found: list[tuple[str, n.Expr]] = []
        for entry in entries:
            if isinstance(entry, n.Equation) and isinstance(entry.left, n.Name):
                found.append((entry.left.base, entry.right))
            elif isinstance(entry, n.Name):
                found.append((entry.base, n.Name("True", "text", span=entry.span)))
            else:
                raise unreadable("_", "this setting is not read", entry.span)
        return tuple(found)

    # ----- big operators -----

    def _bind_big(self, expr: n.Big) -> n.Expr:
        if expr.below and all(is_setting(entry) for entry in expr.below):
            return n.Reduce(expr.op, self.bind(expr.body), self.settings(expr.below), span=expr.span)
        apart = self._apart(expr)
        if apart is not None:
            return self.bind(apart)
        indices = self._indices(expr)
        self._check_reach(expr, {index.name for index in indices})
        if not indices:
            reduce = n.Reduce(expr.op, self.bind(expr.body), span=expr.span)
            self.open.append(reduce)
            return reduce
        bounds = [self._bounds(index, expr) for index in indices]
        for index in indices:
            if index.name in self.local:
                raise unreadable(index.name, "this index is taken by a sum around it", expr.span)
        self.local.extend(index.name for index in indices)
        body = self.bind(expr.body)
        unless = [None if index.unless is None else self.bind(index.unless) for index in indices]
        del self.local[len(self.local) - len(indices) :]
        for index, (lower, upper, count, shift), skip in reversed(
            list(zip(indices, bounds, unless, strict=True))
        ):
            body = n.Run(expr.op, index.name, lower, upper, body, count, shift, skip, span=expr.span)
            if count:
                self.runs.setdefault(count, body)
            elif upper is None:
                self.open.append(body)
        return body

    @staticmethod
    def _apart(expr: n.Big) -> n.Expr | None:
        """`\\sum_i a_i \\sum_i b_i`: a sum ends where another one over the same index begins."""
        body, own = expr.body, {name.base for entry in expr.below for name in _names(_left(entry))}
        if not isinstance(body, n.Product):
            return None
        for k, factor in enumerate(body.factors[1:], 1):
            if isinstance(factor, n.Big) and own & {x.base for y in factor.below for x in _names(_left(y))}:
                first = body.factors[0] if k == 1 else replace(
                    body, factors=body.factors[:k], links=body.links[: k - 1])  # fmt: skip
                around = n.Paren("(", (replace(expr, body=first),), span=expr.span)
                return n.Product((around, *body.factors[k:]), body.links[k - 1 :], span=expr.span)
        return None

    @staticmethod
    def _check_reach(expr: n.Big, indices: set[str]) -> None:
        """`\\max_i (x_i) y` may end after its bracket, `\\prod_i p_i \\cdot c` before its c."""
        body = expr.body
        if expr.op == "sum" or not isinstance(body, n.Product):
            return
        bracket = expr.op != "prod" and is_bracket(body.factors[0])
        apart = [factor for link, factor in zip(body.links, body.factors[1:], strict=True) if link.how]
        alone = indices and any(not indices & {name.base for name in _names(factor)} for factor in apart)
        if bracket or alone:
            raise unreadable("\\" + expr.op, "how far it reaches is not clear; use brackets", expr.span)

    def _indices(self, expr: n.Big) -> list[Index]:
        """The indices of a big operator as written below and above it."""
        if not expr.below:
            names = self._free_indices(expr.body)
            if len(names) > 1:
                raise unreadable(
                    "\\" + expr.op, f"which index it runs over is not written ({', '.join(names)})", expr.span
                )
            if not names and expr.above is not None:
                raise unreadable("\\" + expr.op, "it has an upper bound and no index", expr.span)
            return [Index(name, None if expr.above is None else ONE, expr.above) for name in names]
        found: list[Index] = []
        for entry in expr.below:
            found.extend(self._index(entry, expr))
        lowers = [index.lower for index in found if index.lower is not None]
        if len(lowers) == 1 and len(found) > 1:  # i,j=1
            found = [Index(index.name, lowers[0], index.upper) for index in found]
        if expr.above is None:
            return found
        return [Index(i.name, i.lower or ONE, i.upper or expr.above, i.unless) for i in found]

    def _index(self, entry: n.Expr, expr: n.Big) -> list[Index]:
        """One item below: `i`, `ij`, `i=1`, `j \\ne i`, `1 \\le i \\le n`."""
        if isinstance(entry, n.Name) and entry.kind in ("letter", "word"):
            return [Index(letter) for letter in entry.base]
        sides = getattr(entry, "sides", ())
        names = all(isinstance(side, n.Name) for side in sides[:1])
        if isinstance(entry, n.Equation) and names and entry.signs == ("=",):
            return [Index(core(entry.left).base, entry.right)]
        if isinstance(entry, n.Compare) and names and entry.signs == ("!=",):
            return [Index(core(entry.sides[0]).base, unless=entry.sides[1])]
        if (
            isinstance(entry, n.Compare)
            and entry.signs == ("<=", "<=")
            and isinstance(entry.sides[1], n.Name)
        ):
            return [Index(entry.sides[1].base, entry.sides[0], entry.sides[2])]
        raise unreadable("\\" + expr.op, "what stands below it is not read", entry.span)

    def _bounds(self, index: Index, expr: n.Big) -> tuple[n.Expr | None, n.Expr | None, str, int]:
        """Lower and upper bound; where the upper is an unknown count, its name and what was added to it."""
        lower = None if index.lower is None else self.bind(index.lower)
        upper = index.upper
        if upper is None:
            return lower, None, "", 0
        if isinstance(upper, n.Name) and self._is_unknown(upper):
            return lower, None, upper.base, 0
        if isinstance(upper, n.Terms) and len(upper.items) == 2:
            name, shift = upper.items
            if (
                isinstance(name, n.Name)
                and self._is_unknown(name)
                and isinstance(shift, n.Number)
                and shift.text.isdigit()
            ):
                return lower, None, name.base, upper.signs[1] * int(shift.text)
        return lower, self.bind(upper), "", 0

    def _is_unknown(self, name: n.Name) -> bool:
        known = self.vocabulary.value(name) is not None or name.base in self.local or name.base in CONSTANTS
        return not known and name.kind == "letter"

    def _free_indices(self, body: n.Expr) -> list[str]:
        """The letters below known names that stand for nothing yet: what a bare `\\sum x_i` runs over."""
        found: dict[str, None] = {}
        for part in n.walk(body):
            if not isinstance(part, n.Subscripted | n.Marked) or self.vocabulary.value(part) is not None:
                continue
            entries = part.entries if isinstance(part, n.Subscripted) else (part.inside,)
            for entry in entries:
                for name in _names(entry):
                    if self._is_unknown(name) or (name.kind == "letter" and name.base in self.local):
                        found[name.base] = None
        taken = [name for name in found if name in self.local]
        if taken:
            raise unreadable(
                "\\sum", f"whether it runs over {taken[0]} is not clear; write its index", body.span
            )
        return list(found)


def _names(expr: n.Expr | None) -> list[n.Name]:
    """The letters in a bound or a subscript, those of `ij` one by one."""
    if expr is None:
        return []
    names = [part for part in n.walk(expr) if isinstance(part, n.Name) and part.kind in ("letter", "word")]
    return [n.Name(letter, span=name.span) for name in names for letter in name.base if letter.isalpha()]


def _left(entry: n.Expr) -> n.Expr:
    """The index of `i=1`."""
    return entry.left if isinstance(entry, n.Equation) else entry


def _is_open(big: n.Big) -> bool:
    """Whether a big operator says nothing about how far it runs."""
    return big.above is None and (
        not big.below or all(isinstance(entry, n.Name) and entry.kind != "text" for entry in big.below)
    )
