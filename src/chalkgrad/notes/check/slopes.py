"""Formulas of derivatives: what their left sides say, and the slopes that they are compared with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import Any

import numpy as np

from chalkgrad.errors import LatexError
from chalkgrad.latex import HANDWRITTEN, Formula, evaluate_lines
from chalkgrad.latex import nodes as n
from chalkgrad.latex.names import keys
from chalkgrad.notes.check.compare import Others, Statement, Verdict, compare, letters
from chalkgrad.notes.check.finding import Evidence
from chalkgrad.notes.records import Samples

VALUES = ("a", "y", "s", "f", "p", "h", "z", "hat_y", "y_hat")  # what may stand for the function's value
COUNTS = ("n", "m", "N")
OWN = "q"  # the letter that a function's name becomes where it stands for its value


@dataclass(frozen=True, slots=True)
class Slope:
    """A left side such as `f''(x)` or `\\frac{\\partial L}{\\partial W}`.

    Args:
        name: the Python spellings of the function's name.
        by: the variable; empty where it is the only one.
        arguments: as listed; `None` where none are.
        order: 2 for a second derivative.
        index: of `\\frac{\\partial L}{\\partial y_i}`.
    """

    name: tuple[str, ...]
    by: str = ""
    arguments: tuple[str, ...] | None = None
    order: int = 1
    index: str = ""


def slope_of(left: n.Expr) -> Slope | None:
    """What a left side says is differentiated, and by what."""
    if isinstance(left, n.Primed):
        return Slope(keys(left.base), order=left.count) if keys(left.base) else None
    if isinstance(left, n.Derivative):
        return _quotient(left, left.of)
    return _of_product(left) if isinstance(left, n.Product) else None


def _of_product(left: n.Product) -> Slope | None:
    """`\\frac{d}{dx} f(x)`, `\\nabla_W L` and `f'(x)`."""
    head, *rest = left.factors
    if isinstance(head, n.Derivative) and head.of is None:
        return _quotient(head, rest[0] if len(rest) == 1 else n.Product(tuple(rest), left.links[1:]))
    if isinstance(head, n.Subscripted) and len(rest) == 1 and "nabla" in keys(head.base):
        return Slope(keys(rest[0]), head.text) if keys(rest[0]) else None
    found = slope_of(head) if len(rest) == 1 and isinstance(rest[0], n.Paren) else None
    return replace(found, arguments=_arguments(rest[0])) if found and found.arguments is None else None


def _quotient(quotient: n.Derivative, of: n.Expr | None) -> Slope | None:
    if of is None or len(quotient.by) != 1:
        return None
    by: n.Expr = quotient.by[0]
    head, arguments, index = of, None, ""
    if isinstance(by, n.Subscripted) and by.text in ("i", "j", "k"):
        index, by = by.text, by.base
    if isinstance(of, n.Product) and len(of.factors) == 2 and isinstance(of.factors[1], n.Paren):
        head, arguments = of.factors[0], _arguments(of.factors[1])
        if arguments is None:
            return None  # `\frac{d}{dx} f(2x)` is not f'
    if not keys(head) or not keys(by):
        return None
    return Slope(keys(head), keys(by)[0], arguments, quotient.orders[0], index)


def _arguments(paren: n.Expr) -> tuple[str, ...] | None:
    found = [keys(item) for item in paren.items] if isinstance(paren, n.Paren) else []
    return tuple(k[0] for k in found) if found and all(found) else None


# ----- a function's slopes as a function -----


def derived(function: Samples, slope: Slope) -> Samples | None:
    """The samples of the derivative, under the function's name; nothing for a variable that it has not."""
    by = _variable(function, slope)
    which = {1: "slopes", 2: "seconds"}.get(slope.order, "")
    points = [
        {"at": p["at"], "value": p[which][by], "smooth": p["smooth"], "own": p["value"]}
        for p in function.points
        if by in p.get(which, {})
    ]
    if any(np.ndim(v) for p in points if not np.ndim(p["own"]) for v in p["at"].values()):
        # the mean of one number is no mean
        points = [p for p in points if any(np.ndim(v) for v in p["at"].values())]
    return replace(function, points=points, varied=[], latex="") if points else None


def _variable(function: Samples, slope: Slope) -> str:
    names = function.parameters
    if len(names) == 1:
        return names[0]
    if slope.arguments is not None and len(slope.arguments) == len(names) and slope.by in slope.arguments:
        return names[slope.arguments.index(slope.by)]
    found = [p for p in names if p == slope.by] or [p for p in names if p.lower() == slope.by.lower()]
    return found[0] if len(found) == 1 else ""


def against(said: Statement, slope: Slope, function: Samples, others: Others) -> Verdict:
    """A formula of a derivative against the slopes of one function; it may speak of the function's value."""
    exact = derived(function, slope)
    if function.why or exact is None:
        return Verdict("not checked", function.why or f"{function.name} has no such derivative here")
    arguments = slope.arguments
    if arguments is None and len(function.parameters) == 1 and slope.by:
        arguments = (slope.by,)
    statement = replace(said, arguments=arguments, index=slope.index, slope=False)
    nameless = replace(exact, name=f"{function.name}'")  # so that the formula may call the function itself
    verdicts = []
    ways = (way for counted in _counted(nameless, statement) for way in _ways(counted, statement, slope))
    for said_so, samples in ways:
        verdicts.append(compare(said_so, samples, others))
        if verdicts[-1].status == "agrees":
            return verdicts[-1]
    return next((v for v in verdicts if v.status == "disagrees"), verdicts[0])


def _counted(exact: Samples, statement: Statement) -> Iterator[Samples]:
    """The slopes with a count under the letter that the formula has for it: of entries, then of rows."""
    found = [k for k in COUNTS if k in letters(statement) and k not in exact.parameters]
    if len(found) != 1:
        yield exact
        return
    counts = dict.fromkeys(tuple(how(p["at"]) for p in exact.points) for how in (_entries, _rows))
    for many in counts:
        sized = [p | {"at": p["at"] | {found[0]: k}} for p, k in zip(exact.points, many, strict=True)]
        yield replace(exact, points=sized, settings=exact.settings | {found[0]: 1})


def _entries(at: dict[str, Any]) -> int:
    return max(int(np.size(v)) for v in at.values())


def _rows(at: dict[str, Any]) -> int:
    """The length of the first table: an example is a row."""
    return next((len(v) for v in at.values() if np.ndim(v) == 2), _entries(at))


def _ways(exact: Samples, statement: Statement, slope: Slope) -> Iterator[tuple[Statement, Samples]]:
    """As it stands; then with a name for the function's own value: `\\sigma (1 - \\sigma)`, `a (1 - a)`."""
    yield statement, exact
    free = letters(statement) - set(exact.parameters) - set(statement.arguments or ()) - set(exact.settings)
    bare = set(slope.name) & _names(statement)
    own = OWN if bare else next((v for v in VALUES if free == {v}), "")
    if own:
        points = [p | {"at": p["at"] | {own: p["own"]}} for p in exact.points]
        formula = renamed(statement.formula, set(slope.name), own) if bare else statement.formula
        named = replace(exact, points=points, settings=exact.settings | {own: 0.0})
        yield replace(statement, formula=formula), named


def renamed(value: Any, names: set[str], new: str) -> Any:
    """A tree with other names in the place of some."""
    if isinstance(value, n.Name) and set(keys(value)) & names:
        return n.Name(new, span=value.span)
    if isinstance(value, tuple):
        return tuple(renamed(item, names, new) for item in value)
    if isinstance(value, n.Expr | Formula):
        return replace(value, **{f.name: renamed(getattr(value, f.name), names, new) for f in fields(value)})
    return value


def _names(statement: Statement) -> set[str]:
    right = statement.result.right if isinstance(statement.result, n.Equation) else statement.result
    return {k for x in n.walk(right) if isinstance(x, n.Name) for k in keys(x)}


def speaks_of_slopes(statement: Statement) -> bool:
    """Whether the right side is made of derivatives of quantities, as the chain rule's, or of its own: those
    of other functions that are called, as in `sigmoid'(x w)`, can be worked out.
    """
    result = statement.result
    left, right = (result.left, result.right) if isinstance(result, n.Equation) else (None, result)
    slope = slope_of(left) if left is not None else None
    called = [a for p in n.walk(right) if isinstance(p, n.Product) for a in _called(p)]
    own = any(set(keys(a.base)) & set(slope.name if slope else ()) for a in called)
    primes = sum(isinstance(x, n.Primed) for x in n.walk(right))
    quantities = any(isinstance(x, n.Derivative) or keys(x) == ("nabla",) for x in n.walk(right))
    return quantities or own or primes > len(called)


def _called(product: n.Product) -> Iterator[n.Primed]:
    """The factors with primes that stand before a bracket."""
    for factor, after in pairwise(product.factors):
        if isinstance(factor, n.Primed) and isinstance(after, n.Paren):
            yield factor


# ----- a definition: the limit of a difference quotient -----

TESTS: tuple[tuple[str, Callable[[Any], Any], Callable[[Any], Any]], ...] = (
    ("sin", np.sin, np.cos),
    ("exp", np.exp, np.exp),
    ("x³", lambda x: x**3, lambda x: 3 * x**2),
)
AT = (0.4, 1.3, -0.9)


def definition(said: Statement, slope: Slope) -> Verdict | None:
    """A limit, tried on functions whose derivatives are known; nothing where the formula has none."""
    right = said.result.right if isinstance(said.result, n.Equation) else said.result
    if not any(isinstance(x, n.Limit) for x in n.walk(right)):
        return None
    variable = (slope.arguments or (slope.by or "x",))[0]
    if slope.order != 1:
        return Verdict("not checked", "it defines a second derivative")
    for name, f, exact in TESTS:
        for x in AT:
            functions = dict.fromkeys(slope.name, f)
            try:
                value = evaluate_lines(said.formula, {variable: x}, functions, conventions=HANDWRITTEN)
            except LatexError as error:
                return Verdict("not checked", str(error))
            if not np.allclose(value, exact(x), rtol=1e-5, atol=1e-7):
                at = {variable: x, slope.name[0]: name}
                return Verdict("disagrees", "", Evidence(at, float(np.asarray(value)), float(exact(x))))
    return Verdict("agrees")
