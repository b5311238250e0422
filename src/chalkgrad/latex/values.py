"""What a settled record is worth: the environment, and the table of rules that other files here fill."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from chalkgrad.latex import nodes as n
from chalkgrad.latex.conventions import Conventions
from chalkgrad.latex.problem import Unreadable, unreadable

Array = Any
TERMS = 200_000


@dataclass(frozen=True, slots=True)
class Place:
    """The value of an index: its number, and what the counting starts from (`None`: nobody said)."""

    number: int
    first: int | None


@dataclass(slots=True)
class Env:
    """What a formula is evaluated with; `budget` counts the terms of index sums that are left."""

    names: Mapping[str, Array]
    functions: Mapping[str, Callable[..., Array]]
    derivatives: Mapping[str, Callable[..., Array]]
    derivative: Callable[[Callable[..., Array], int], Callable[..., Array]] | None
    conventions: Conventions
    counts: dict[str, n.Expr] = field(default_factory=dict)
    lengths: dict[str, int] = field(default_factory=dict)
    scope: dict[str, Any] = field(default_factory=dict)
    budget: int = TERMS


Rule = Callable[[Any, Env], Array]
RULES: dict[type, Rule] = {}


def rule(kind: type) -> Callable[[Rule], Rule]:
    """Enter a function into the table, for one kind of record."""

    def enter(function: Rule) -> Rule:
        RULES[kind] = function
        return function

    return enter


def meaning(expr: n.Expr, env: Env) -> Array:
    """The value of one settled record."""
    worth = RULES.get(type(expr))
    if worth is None:
        raise unreadable("", f"a {type(expr).__name__.lower()} has no value here", expr.span)
    try:
        return worth(expr, env)
    except Unreadable:
        raise
    except (ValueError, TypeError, ArithmeticError, IndexError, np.linalg.LinAlgError) as error:
        raise unreadable("", f"{error}", expr.span) from error
