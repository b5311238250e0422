"""Entries, and the sums that run over them."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

from chalkgrad.latex import nodes as n
from chalkgrad.latex.arithmetic import truth
from chalkgrad.latex.extent import length
from chalkgrad.latex.limits import limit
from chalkgrad.latex.problem import unreadable
from chalkgrad.latex.settings import static
from chalkgrad.latex.values import TERMS, Array, Env, Place, meaning, rule

REDUCTIONS: dict[str, Callable[..., Array]] = {"sum": np.sum, "prod": np.prod, "max": np.max, "min": np.min}
FOLDS: dict[str, Callable[[list[Array]], Array]] = {
    "sum":   lambda found: reduce(np.add, found, 0.0),
    "prod":  lambda found: reduce(np.multiply, found, 1.0),
    "max":   lambda found: reduce(np.maximum, found),
    "min":   lambda found: reduce(np.minimum, found),
    "stack": np.stack,
}  # fmt: skip


# ----- indices and counts -----


@rule(n.Local)
def _local(expr: n.Local, env: Env) -> Array:
    value = env.scope[expr.name]
    if not isinstance(value, Place):
        return value
    if value.first is None:
        raise unreadable(expr.name, "its bounds are not written, so its value is not known", expr.span)
    return float(value.number)


@rule(n.Count)
def _count(expr: n.Count, env: Env) -> Array:
    run = env.counts.get(expr.name, env.counts.get(""))
    if isinstance(run, n.Reduce):
        body = meaning(run.body, env)
        if np.ndim(body) == 1:
            return float(np.size(body))
    if not isinstance(run, n.Run):
        raise unreadable(expr.name, "this count is not known; give it in names", expr.span)
    return float(_length(run, env))


def _length(run: n.Run, env: Env) -> int:
    """How far an index runs, by what it indexes; one count has one length throughout."""
    found = length(run, lambda base: np.shape(meaning(base, env)), frozenset(env.scope))
    if env.lengths.setdefault(run.count or run.index, found) != found and run.count:
        raise unreadable(
            run.count, f"is {env.lengths[run.count]} in one place and {found} in another", run.span
        )
    return found


# ----- entries -----


@rule(n.Entry)
def _entry(expr: n.Entry, env: Env) -> Array:
    base = np.asarray(meaning(expr.base, env))
    places = tuple(_position(entry, env) for entry in expr.entries)
    if sum(place is not None and place is not Ellipsis for place in places) > base.ndim:
        raise unreadable("_", f"{len(places)} subscripts on an array of shape {base.shape}", expr.span)
    return base[places]


@rule(n.Update)
def _update(expr: n.Update, env: Env) -> Array:
    base = np.array(meaning(expr.base, env), dtype=float)
    base[tuple(_position(entry, env) for entry in expr.entries)] = meaning(expr.value, env)
    return base


def _position(entry: n.Expr, env: Env) -> Any:
    """A subscript as NumPy takes it, counted from 0."""
    if isinstance(entry, n.Slice):
        bounds = (entry.start, entry.stop, entry.step)
        return Ellipsis if entry.ellipsis else slice(*(None if x is None else _whole(x, env) for x in bounds))
    if isinstance(entry, n.Constant) and entry.name == "newaxis":
        return None
    if isinstance(entry, n.Compare | n.Logic):
        return truth(entry, env)
    places = {env.scope[x.name] for x in n.walk(entry) if isinstance(x, n.Local)}
    if not all(isinstance(place, Place) for place in places):
        raise unreadable("_", "this subscript is no index", entry.span)
    if isinstance(entry, n.Local):
        place = env.scope[entry.name]
        return _checked(place.number - (place.first or 0), entry)
    return _counted(entry, {place.first for place in places}, env)


def _counted(entry: n.Expr, firsts: set[int | None], env: Env) -> Any:
    """A computed subscript: `x_{i-1}` counts as i does."""
    value = meaning(entry, env)
    if np.ndim(value):
        return np.asarray(value).astype(int)
    if len(firsts) > 1:
        raise unreadable("_", "indices that count from 0 and from 1 meet here", entry.span)
    first = next(iter(firsts)) if firsts else _counting_from(env)
    if first is None:
        raise unreadable("_", "whether this counts from 0 or from 1 is not known", entry.span)
    place = _whole(entry, env)
    return _checked(place - first, entry) if firsts or first else place


def _counting_from(env: Env) -> int | None:
    """What a number as a subscript counts from: as the indices around it, else by habit."""
    around = {place.first for place in env.scope.values() if isinstance(place, Place)} - {None}
    return around.pop() if len(around) == 1 else env.conventions.first


def _checked(position: int, entry: n.Expr) -> int:
    if position < 0:
        raise unreadable("_", "this index falls before the first entry", entry.span)
    return position


# ----- big operators -----


@rule(n.Reduce)
def _reduce(expr: n.Reduce, env: Env) -> Array:
    return REDUCTIONS[expr.op](meaning(expr.body, env), **static(expr.static, env))


@rule(n.Run)
def _run(expr: n.Run, env: Env) -> Array:
    first, places = _places(expr, env)
    env.budget -= len(places)
    if env.budget < 0:
        raise unreadable("\\sum", f"more than {TERMS} terms", expr.span)
    skip = None if expr.unless is None else _unless(expr, env)
    outside = env.scope
    found: list[Array] = []
    for number in places:
        if number != skip:
            env.scope = {**outside, expr.index: Place(number, first)}
            found.append(meaning(expr.body, env))
    env.scope = outside
    return FOLDS[expr.op](found)


def _unless(expr: n.Run, env: Env) -> int:
    """The index left out; an index without bounds counts from the first entry, whatever that is called."""
    assert expr.unless is not None
    if isinstance(expr.unless, n.Local):
        place = env.scope[expr.unless.name]
        if isinstance(place, Place) and place.first is None:
            return place.number
    value = meaning(expr.unless, env)
    if expr.lower is None:
        raise unreadable(expr.index, "its bounds are needed to leave one out", expr.span)
    return int(value)


def _places(expr: n.Run, env: Env) -> tuple[int | None, range]:
    """What the index counts from, and the numbers that it takes."""
    if expr.lower is None:
        return None, range(_length(expr, env))
    lower = _whole(expr.lower, env)
    if expr.upper is not None:
        upper = _whole(expr.upper, env)
        if upper - lower > TERMS:
            raise unreadable("\\sum", f"more than {TERMS} terms", expr.span)
        return (lower if lower in (0, 1) else env.conventions.first), range(lower, upper + 1)
    size = _length(expr, env)
    if lower not in (0, 1) or (expr.count and expr.shift != lower - 1):
        raise unreadable(
            expr.count or expr.index, "how far this runs is not known; give it in names", expr.span
        )
    return lower, range(lower, lower + size)


def _whole(bound: n.Expr, env: Env) -> int:
    value = meaning(bound, env)
    if np.ndim(value) or not np.isfinite(value) or value != int(value):
        raise unreadable("", f"a whole number is needed here, not {value}", bound.span)
    return int(value)


# ----- limits -----


@rule(n.At)
def _at(expr: n.At, env: Env) -> Array:
    return _with(expr.name.base, meaning(expr.value, env), expr.body, env)


def _with(name: str, value: Array, body: n.Expr, env: Env) -> Array:
    outside = env.scope
    env.scope = {**outside, name: value}
    result = meaning(body, env)
    env.scope = outside
    return result


@rule(n.Limit)
def _limit(expr: n.Limit, env: Env) -> Array:
    target = float(meaning(expr.target, env))
    return limit(lambda value: _with(expr.name.base, value, expr.body, env), target, expr.side, expr.span)
