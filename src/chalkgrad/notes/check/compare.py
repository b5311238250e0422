"""One formula against one function, in numbers."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from chalkgrad.errors import LatexError
from chalkgrad.latex import HANDWRITTEN, Conventions, Formula, evaluate_lines
from chalkgrad.latex import nodes as n
from chalkgrad.latex.habits import habits
from chalkgrad.latex.known import KNOWN
from chalkgrad.latex.names import keys
from chalkgrad.notes.check.finding import Evidence
from chalkgrad.notes.execute import Samples

TOLERANCE = 1e-6  # relative
NEEDED = 3  # points
ABSOLUTE = 1e-9
STEP = 1e-3  # of a measured derivative, relative
SIDE_BY_SIDE = "side by side"  # words of the error that says that two products may be meant

Others = Mapping[str, Callable[..., Any]]  # functions that formulas may call, by name


@dataclass(frozen=True, eq=False, slots=True)
class Statement:
    """What a formula says: a quantity, or a function of arguments, is worth something.

    Args:
        formula: its lines; the last one is the result.
        name: the Python spellings of the left side's name; empty where there is no left side.
        arguments: the spellings of the left side's arguments; `None` where it lists none.
        index: of a left side such as `s_i`.
        slope: the left side is a derivative.
    """

    formula: Formula
    name: tuple[str, ...] = ()
    arguments: tuple[str, ...] | None = None
    index: str = ""
    slope: bool = False

    @property
    def result(self) -> n.Expr:
        return next(p for p in reversed(self.formula.parts) if p not in self.formula.guards)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is looked at in a formula again and again.

    Args:
        letters: the single letters and Greek names of its result.
        used: every spelling of every name on its right side.
        named: every spelling of every name in it.
        turns: whether it matters which axis is which, as it does not for numbers and vectors.
    """

    letters: frozenset[str]
    used: frozenset[str]
    named: frozenset[str]
    turns: bool


@lru_cache(maxsize=2048)
def facts(said: Statement) -> Facts:
    right = said.result.right if isinstance(said.result, n.Equation) else said.result
    inside = [x for x in n.walk(right) if isinstance(x, n.Name | n.Subscripted | n.Marked)]
    single = {keys(x)[0] for x in inside if isinstance(x, n.Name) and x.kind in ("letter", "command")}
    turned = any(isinstance(x, n.Transpose) or x == n.Name("T") for x in n.walk(said.result))
    used = frozenset(key for x in inside for key in keys(x))
    named = frozenset(key for part in said.formula.parts for x in n.walk(part) for key in keys(x))
    return Facts(frozenset(single - {"e", "pi", "infty", *KNOWN}), used, named, turned)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one comparison."""

    status: str
    why: str = ""
    evidence: Evidence | None = None
    close: bool = False  # they differ by less than a hundredth everywhere


def compare(said: Statement, function: Samples, others: Others, quick: bool = False) -> Verdict:
    """Whether a formula and a function agree.

    They agree if they do at every point of one kind (numbers, vectors, the shapes of the notes' own calls),
    three at least. They disagree if no kind agrees and one differs at three points or more. A `quick`
    comparison is over with the first kind that agrees or does not, the shapes of the notes' calls first; it
    disagrees only where the two part as soon as a setting of which the formula speaks is changed.
    """
    if function.why:
        return Verdict("not checked", function.why)
    if function.name in facts(said).named:  # y = f(x) says nothing of f
        others = {name: f for name, f in others.items() if name != function.name}
    spelled = spelling(said, function)
    if spelled is None:
        return Verdict("not checked", f"its variables are not those of {function.name}")
    verdicts: list[Verdict] = []
    kinds = _kinds(function)
    for points in reversed(kinds) if quick else kinds:  # the shapes of the notes' own calls tell most
        verdicts.append(_over(said, function, points, spelled, others, quick))
        if quick and verdicts[-1].status == "agrees":
            return _varied(said, function, spelled, others) or verdicts[-1]
        if quick and verdicts[-1].evidence is not None:
            return verdicts[-1]
    if facts(said).turns and any(v.status == "agrees" for v in verdicts):
        own = verdicts[-1]  # at the shapes of the notes' own calls
        verdicts = verdicts if own.status == "not checked" else [own]
    for status in ("agrees", "disagrees"):
        found = next((v for v in verdicts if v.status == status), None)
        if found:
            return _varied(said, function, spelled, others) or found if status == "agrees" else found
    return next((v for v in verdicts if v.why), Verdict("not checked", f"{function.name} has no values"))


def _varied(said: Statement, function: Samples, spelled: dict[str, str], others: Others) -> Verdict | None:
    """Where a setting that the formula speaks of is not at its default: a disagreement, if there is one."""
    spoken = set(function.settings) - unnamed(said, function)
    for name in sorted(spoken):
        points = [p for p in function.varied if name in p["at"]]
        found = _over(said, function, points, spelled, others, False)
        if found.status == "disagrees":
            return found
    return None


def _kinds(function: Samples) -> list[list[dict[str, Any]]]:
    """The points, by the shapes of their arguments."""
    key = id(function)
    if key not in _SORTED or _SORTED[key][0] is not function:
        if len(_SORTED) > 4096:
            _SORTED.clear()
        _SORTED[key] = function, _sorted(function)
    return _SORTED[key][1]


_SORTED: dict[int, tuple[Samples, list[list[dict[str, Any]]]]] = {}  # a note's formulas ask again and again


def _sorted(function: Samples) -> list[list[dict[str, Any]]]:
    kinds: dict[str, list[dict[str, Any]]] = {}
    for point in function.points:
        shapes = [np.shape(value) for value in point["at"].values()]
        kinds.setdefault(str(shapes), []).append(point)
    return list(kinds.values())


# ----- which variable is which parameter -----


def spelling(said: Statement, function: Samples) -> dict[str, str] | None:
    """Name in the formula → parameter; `None` where that is not clear."""
    own = {name: name for name in (*function.parameters, *function.settings)}
    if said.arguments is not None and not _apart(said, function):
        parameters = [*function.parameters, *function.settings]
        if _spoken_of(said, function):
            return own
        if not len(function.parameters) <= len(said.arguments) <= len(parameters):
            return None
        if set(said.arguments) <= set(parameters):
            return own
        given = dict(zip(said.arguments, parameters, strict=False))
        return {k: v for k, v in own.items() if k not in given and v not in given.values()} | given
    free = letters(said)
    if len(function.parameters) == 1 and len(free - set(own)) == 1 and function.parameters[0] not in free:
        return own | {next(iter(free - set(own))): function.parameters[0]}
    return own


def _spoken_of(said: Statement, function: Samples) -> bool:
    """Whether `f(x) = …` lists some of the code's parameters, and the right side has the others."""
    left_out = set(function.parameters) - set(said.arguments or ())
    used = facts(said).used
    entries = {key.split("_")[0] for key in used if "_" in key}
    return set(said.arguments or ()) <= set(function.parameters) and left_out <= used | entries


def _apart(said: Statement, function: Samples) -> bool:
    """Whether the left side's arguments are no variables of the right side: `\\cos(\\theta)`, `E[X]`."""
    used = facts(said).used
    return not used & set(said.arguments or ()) and bool(used & set(function.parameters))


def unnamed(said: Statement, function: Samples) -> set[str]:
    """The settings of a function of which a formula says nothing, under whatever name."""
    names = dict.fromkeys(function.settings, 1.0) | (function.points[0]["at"] if function.points else {})
    used = {key for part in said.formula.parts for x in n.walk(habits(part, names)) for key in keys(x)}
    return set(function.settings) - used - set(said.arguments or ())


def letters(said: Statement) -> frozenset[str]:
    """The single letters and Greek names that a formula's result is made of."""
    return facts(said).letters


# ----- point by point -----


def _over(
    said: Statement,
    function: Samples,
    points: list[dict[str, Any]],
    spelled: dict[str, str],
    others: Others,
    quick: bool,
) -> Verdict:
    same, why = 0, ""
    apart: list[Evidence] = []
    for point in (p for p in points if p["smooth"]):
        if (why or apart) and quick:
            break
        given = function.settings | point["at"]
        values, doubt = _readings(said, {k: given[v] for k, v in spelled.items()}, others)
        code = np.asarray(point["value"], dtype=float)
        fitting = [v for v in values if np.shape(v) == code.shape]
        if not fitting:
            shapes = "".join(f"it gives shape {np.shape(v)}, " for v in values[:1])
            why = why or doubt or f"{shapes}{function.name} gives {code.shape}"
        elif any(_close(v, code) for v in fitting):
            same += 1
        elif all(np.all(np.isfinite(v)) for v in fitting):
            apart.append(Evidence(point["at"], np.asarray(fitting[0]).tolist(), point["value"]))
    if quick and apart:
        return Verdict("not checked", f"it is not what {function.name} computes", apart[0])
    if len(apart) >= NEEDED:
        return Verdict(
            "disagrees", "", apart[0], all(np.allclose(e.formula, e.code, rtol=0.01) for e in apart)
        )
    if same >= NEEDED and not apart:
        return Verdict("agrees")
    return Verdict("not checked", why or f"too few points at which both it and {function.name} have values")


def _close(one: Any, other: np.ndarray) -> bool:
    if other.ndim == 0:  # most are; allclose takes a tenth of a millisecond
        return abs(float(one) - float(other)) <= ABSOLUTE + TOLERANCE * abs(float(other))
    return bool(np.allclose(one, other, rtol=TOLERANCE, atol=ABSOLUTE))


def _readings(said: Statement, names: dict[str, Any], others: Others) -> tuple[list[Any], str]:
    """What a formula is worth; where two vectors stand side by side, under both readings of that."""
    if not facts(said).named & others.keys():  # then it is worth the same for all functions of such arguments
        return _remembered(said, tuple((k, _frozen(v)) for k, v in names.items()))
    return _both(said, names, others)


@lru_cache(maxsize=8192)
def _remembered(said: Statement, names: tuple[tuple[str, Any], ...]) -> tuple[list[Any], str]:
    return _both(said, dict(names), {})


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _both(said: Statement, names: dict[str, Any], others: Others) -> tuple[list[Any], str]:
    try:
        return [formula_at(said, names, others)], ""
    except LatexError as error:
        why = str(error)
    values: list[Any] = []
    for product in ("elementwise", "matmul") if SIDE_BY_SIDE in why else ():
        with contextlib.suppress(LatexError):
            values.append(formula_at(said, names, others, replace(HANDWRITTEN, product=product)))
    return values, why


def formula_at(
    said: Statement, names: dict[str, Any], others: Others, conventions: Conventions = HANDWRITTEN
) -> Any:
    over = {"over": (said.index,)} if said.index else {}
    with np.errstate(all="ignore"):
        value = evaluate_lines(
            said.formula, names, others, derivative=measured, conventions=conventions, **over
        )
    array = np.asarray(value)
    return array.astype(float) if array.dtype.kind in "fiub" else np.full(array.shape, np.nan)


# ----- functions that formulas may call -----


def measured(f: Callable[..., Any], order: int) -> Callable[[Any], Any]:
    """A derivative by differences over five points: ten digits, where f is smooth."""

    def slope(x: Any) -> Any:
        h = STEP * np.maximum(1.0, np.abs(x))
        near, far = (f(x + k * h) - f(x - k * h) for k in (1, 2))
        return (8 * near - far) / (12 * h)

    return slope if order == 1 else measured(slope, order - 1)


def callables(functions: tuple[Samples, ...]) -> dict[str, Callable[..., Any]]:
    """The notes' own functions of one number: at the points where they are known, and wherever their own
    formula is worth the same as they are at all those points.
    """
    found: dict[str, Callable[..., Any]] = {}
    for f in functions:
        at_numbers = [p for p in f.points if all(np.ndim(v) == 0 for v in p["at"].values())]
        if len(f.parameters) == 1 and at_numbers:
            table = {p["at"][f.parameters[0]]: p["value"] for p in at_numbers if p["smooth"]}
            if not _is_known(f.name, table):
                found[f.name] = _lookup(f, table, found)
    return found


def _is_known(name: str, table: dict[float, Any]) -> bool:
    """Whether it is what textbooks mean by its name, which can be evaluated anywhere."""
    known = KNOWN.get(name)
    try:
        return known is not None and all(np.isclose(known(x), y) for x, y in table.items())
    except (TypeError, ValueError):
        return False


def _lookup(f: Samples, table: dict[float, Any], others: Others) -> Callable[[Any], Any]:
    trusted: list[bool] = []  # found out at the first value that is not in the table

    def own(x: Any) -> Any:
        return evaluate_lines(f.latex, {f.parameters[0]: x}, {k: v for k, v in others.items() if k != f.name})

    def call(x: Any) -> Any:
        if not np.ndim(x) and float(x) in table:
            return table[float(x)]
        trusted[:] = trusted or [_follows(own, table) if f.latex else False]
        if not trusted[0]:
            raise ValueError(f"the value of {f.name} is not known here")
        return own(x)

    return call


def _follows(own: Callable[[Any], Any], table: dict[float, Any]) -> bool:
    """Whether a formula is worth what its function is, at each point."""
    try:
        return len(table) >= NEEDED and all(
            np.allclose(own(x), y, rtol=TOLERANCE, atol=ABSOLUTE) for x, y in table.items()
        )
    except (LatexError, ValueError, TypeError, ArithmeticError):
        return False
