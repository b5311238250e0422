r"""Arithmetic as sums of products, the form in which a person sees what cancels.

A `Form` is Σ cᵢ · Π aⱼ^{kⱼ}: exact coefficients, and powers of atoms. An atom is a node that is no arithmetic
(`e^{-x}`, an input), or a sum that stands in brackets. Two forms that are equal as sums of products have
the same key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

Number = Fraction | float
Powers = Mapping[int, Number]  # atom → exponent, in the order of writing

LARGEST = 24  # terms or factors; what grows longer is closed and counts as one atom


@dataclass(frozen=True)
class Term:
    """c · Π a^k."""

    c: Number
    powers: Powers

    @cached_property
    def key(self) -> frozenset:
        return frozenset(self.powers.items())


@dataclass(frozen=True)
class Form:
    """A sum of terms, no two of them with the same powers; empty: zero."""

    terms: tuple[Term, ...]

    @cached_property
    def key(self) -> frozenset:
        return frozenset((t.c, t.key) for t in self.terms)

    @property
    def single(self) -> Term | None:
        return self.terms[0] if len(self.terms) == 1 else None

    @property
    def number(self) -> Number | None:
        """The number that it is, if it has no atoms."""
        if not self.terms:
            return Fraction(0)
        return self.terms[0].c if len(self.terms) == 1 and not self.terms[0].powers else None

    def __len__(self) -> int:
        return max(len(self.terms), *(len(t.powers) for t in self.terms), 0) if self.terms else 0


def exact(value: Any) -> Number:
    """A Python number: whole ones as fractions, so that halves and thirds stay exact; others as they are."""
    value = float(value) if not isinstance(value, Fraction) else value
    return Fraction(value) if value == value and abs(value) < 1e15 and value == int(value) else value


def number(value: Any) -> Form:
    value = exact(value)
    return Form((Term(value, {}),)) if value != 0 else Form(())


def atom(a: int) -> Form:
    return Form((Term(Fraction(1), {a: 1}),))


def total(forms: Iterable[Form]) -> Form:
    """The sum, like terms joined."""
    found: dict[frozenset, Term] = {}
    for form in forms:
        for t in form.terms:
            had = found.get(t.key)
            found[t.key] = t if had is None else Term(_tidy(had.c + t.c), had.powers)
    return Form(tuple(t for t in found.values() if t.c != 0))


def times(a: Term, b: Term) -> Term:
    """The product of two terms, powers of the same atom joined."""
    powers = dict(a.powers)
    for base, k in b.powers.items():
        powers[base] = _whole(powers.get(base, 0) + k)
    return Term(_tidy(a.c * b.c), {base: k for base, k in powers.items() if k != 0})


def raised(t: Term, k: Number) -> Term:
    """A term to a power; a fractional one only of a term that allows it, see `may_raise`."""
    c = t.c ** int(k) if _is_whole(k) else t.c
    return Term(_tidy(c), {base: _whole(e * k) for base, e in t.powers.items()})


def may_raise(t: Term, k: Number) -> bool:
    """Whether (c·aⁱbʲ)^k = c^k·a^{ik}b^{jk} whatever the signs: for whole k, or of a single atom."""
    if _is_whole(k):
        return t.c != 0 or k > 0
    return t.c == 1 and list(t.powers.values()) == [1]


def scaled(form: Form, c: Number) -> Form:
    return Form(tuple(Term(_tidy(t.c * c), t.powers) for t in form.terms)) if c != 0 else Form(())


def _is_whole(k: Number) -> bool:
    return k == int(k)


def _whole(k: Number) -> Number:
    return int(k) if k == int(k) else k


def _tidy(c: Number) -> Number:
    return exact(c) if isinstance(c, float) else c
