"""Samples of a function along one number: of its value, its slope, and every quantity inside it.

The number is the argument itself, or one entry of one argument (`W[0,1]`); everything else stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from chalkgrad.errors import ArgumentError, ChalkgradError
from chalkgrad.op import ELEMENTWISE
from chalkgrad.render.factory_math import name_tex
from chalkgrad.render.variables import subscripted
from chalkgrad.render.walk_values import Passes, passes, run
from chalkgrad.trace.run import argument_names, name_of
from chalkgrad.tree import flatten, unflatten

POINTS = 241
MOST_INNER = 40  # nodes with a curve of their own
MOST_WORK = 40_000  # node runs for samples one by one
_ENTRY = re.compile(r"\s*([A-Za-z_]\w*)\s*(?:\[([-\d,\s]+)\])?\s*")


@dataclass(frozen=True, slots=True)
class Entry:
    """Which number varies: an entry of one leaf of the arguments."""

    leaf: int
    index: tuple[int, ...]
    name: str  # "W[0,1]"

    @property
    def tex(self) -> str:
        name, _, index = self.name.partition("[")
        return subscripted(name_tex(name), index[:-1].replace(" ", "")) if index else name_tex(name)


@dataclass(frozen=True, slots=True)
class Kink:
    """Where the slope jumps."""

    x: float
    y: float
    left: float
    right: float
    mean: float  # what is taken for the slope there


@dataclass(frozen=True, slots=True)
class Samples:
    """Curves over one axis; None where there is no finite value."""

    entry: Entry
    at: float
    value: float
    slope: float | None
    xs: list[float]
    f: list[float | None]
    g: list[float | None] | None
    inner: dict[int, list[float | None]] = field(default_factory=dict)
    inner_at: dict[int, float] = field(default_factory=dict)
    kinks: tuple[Kink, ...] = ()
    note: str = ""


# ----- which number -----


def entry_of(f: Callable, args: Sequence[Any], vary: str | None = None) -> Entry:
    """The entry that varies: the one asked for, or the first entry of the first real argument.

    Raises:
        ArgumentError: there is no such argument or entry, or none of them is a real number.
    """
    leaves = flatten(tuple(args))[0]
    names = argument_names(f, tuple(args), {})
    names += ["x"] * (len(leaves) - len(names))
    real = [k for k, leaf in enumerate(leaves) if _is_real(leaf)]
    if not real:
        raise ArgumentError(
            f"{name_of(f)} was given no real number to vary. Cure: pass a float or an array of floats"
        )
    if vary is None:
        leaf = real[0]
        return _entry(leaf, names[leaf], (0,) * np.ndim(leaves[leaf]))
    found = _ENTRY.fullmatch(vary)
    if not found or found[1] not in names:
        raise ArgumentError(
            f"vary={vary!r} is no entry of an argument of {name_of(f)}. Cure: {_spelled(names, leaves)}"
        )
    leaf = names.index(found[1])
    index = tuple(int(i) for i in found[2].split(",")) if found[2] else (0,) * np.ndim(leaves[leaf])
    shape = np.shape(leaves[leaf])
    inside = len(index) == len(shape) and all(-n <= i < n for i, n in zip(index, shape, strict=True))
    if not inside or leaf not in real:
        raise ArgumentError(f"vary={vary!r}: {found[1]} has shape {shape}. Cure: {_spelled(names, leaves)}")
    return _entry(leaf, names[leaf], index)


def _is_real(leaf: Any) -> bool:
    return isinstance(leaf, float) or (
        isinstance(leaf, np.ndarray | np.generic) and leaf.dtype.kind == "f" and leaf.size > 0
    )


def _entry(leaf: int, name: str, index: tuple[int, ...]) -> Entry:
    return Entry(leaf, index, name + (f"[{','.join(map(str, index))}]" if index else ""))


def _spelled(names: Sequence[str], leaves: Sequence[Any]) -> str:
    def one(name: str, leaf: Any) -> str:
        return f'vary="{name}"' if np.ndim(leaf) == 0 else f'vary="{name}[{",".join("0" * np.ndim(leaf))}]"'

    return " or ".join(one(n, x) for n, x in zip(names, leaves, strict=False) if _is_real(x)) or "pass floats"


def current(args: Sequence[Any], entry: Entry) -> float:
    """The value that the entry has."""
    leaf = flatten(tuple(args))[0][entry.leaf]
    return float(np.asarray(leaf)[entry.index])


def with_entry(args: Sequence[Any], entry: Entry, x: Any) -> tuple[Any, ...]:
    """The arguments with one entry changed."""
    leaves, structure = flatten(tuple(args))
    old = leaves[entry.leaf]
    new: Any = x
    if entry.index:
        new = np.array(old)
        new[entry.index] = x
    elif isinstance(old, float) and np.ndim(x) == 0:
        new = float(x)
    same = isinstance(old, np.ndarray)  # an array that is passed twice is one array; a number is not
    varied = [i == entry.leaf or (same and leaf is old) for i, leaf in enumerate(leaves)]
    return unflatten(structure, [new if v else leaf for v, leaf in zip(varied, leaves, strict=True)])


# ----- samples -----


def samples(
    f: Callable,
    args: Sequence[Any],
    entry: Entry | None = None,
    span: tuple[float, float] | None = None,
    found: Passes | None = None,
) -> Samples:
    """Sample f, its slope and its inner quantities along one entry.

    Args:
        f: the function.
        args: its arguments; the entry's own value is where the tangent stands.
        entry: what varies; default: the first entry of the first real argument.
        span: from where to where; default: about the entry's value and zero.
        found: the passes of f at `args`, if they are there already.

    Raises:
        ChalkgradError: f cannot be run.
    """
    entry = entry or entry_of(f, args)
    found = found or passes(f, *args)
    at = current(args, entry)
    low, high = span or (min(-4.2, at - 2.2), max(4.2, at + 2.2))
    xs = np.linspace(low, high, POINTS)
    sampler = _Sampler(f, args, entry, found)
    f_values, slopes, inner = sampler.along(xs)
    if slopes is not None:
        slopes = np.where(np.isfinite(f_values), slopes, np.nan)
    here, slope, inner_here = sampler.along(np.array([at]))
    kinks = sampler.kinks(xs)
    return Samples(
        entry, at, float(here[0]), None if slope is None else _finite(slope[0]), _rounded(xs),
        _rounded(f_values), None if slopes is None else _rounded(slopes),
        {i: _rounded(v) for i, v in inner.items()}, {i: float(v[0]) for i, v in inner_here.items()},
        kinks, sampler.note,
    )  # fmt: skip


def samples_over(f: Callable, name: str, at: float, span: tuple[float, float] | None = None) -> Samples:
    """Sample a function that works entry by entry, but on arrays alone: the axis is one array.

    Raises:
        ChalkgradError: f cannot be run on such an array.
    """
    low, high = span or (min(-4.2, at - 2.2), max(4.2, at + 2.2))
    xs = np.linspace(low, high, POINTS)
    found, here = passes(f, xs), passes(f, np.array([at]))
    output, start = found.graph.outputs[0], found.graph.inputs[0]
    inner = [start, *(i for i in range(found.forward) if found.graph.nodes[i].op is not None)]
    inner = [i for i in inner if found.graph.nodes[i].shape == xs.shape][:MOST_INNER]
    slopes, slope = found.gradient(start), here.gradient(here.graph.inputs[0])
    curves = {i: _rounded(found.values[i]) for i in inner}
    dots = {i: float(here.values[i][0]) for i in inner if np.shape(here.values[i]) == (1,)}
    value = float(np.asarray(here.values[here.graph.outputs[0]])[0])
    return Samples(
        Entry(0, (), name), at, value, None if slope is None else _finite(slope[0]), _rounded(xs),
        _rounded(found.values[output]), None if slopes is None else _rounded(slopes), curves, dots,
    )  # fmt: skip


class _Sampler:
    """Runs the graph along an axis: at once where every operation is elementwise, else point by point."""

    def __init__(self, f: Callable, args: Sequence[Any], entry: Entry, found: Passes):
        self.f, self.args, self.entry, self.found = f, args, entry, found
        graph = found.graph
        self.output = graph.outputs[0]
        self.whole = np.shape(found.values[self.output]) != ()
        self.input = graph.inputs[min(entry.leaf, len(graph.inputs) - 1)]
        operations = [n for n in graph.nodes if n.op is not None]
        numbers = all(n.shape == () for n in graph.nodes)
        self.at_once = numbers and not graph.guards and all(n.op.kind == ELEMENTWISE for n in operations)  # type: ignore[union-attr]
        shown = [
            i for i in range(found.forward) if graph.nodes[i].shape == () and graph.nodes[i].op is not None
        ]
        self.inner = [i for i in [*graph.inputs[:1], *shown] if graph.nodes[i].shape == ()][:MOST_INNER]
        self.note = "sum of all entries of the result" if self.whole else ""

    def along(self, xs: np.ndarray) -> tuple[np.ndarray, np.ndarray | None, dict[int, np.ndarray]]:
        """Values, slopes and inner values at every x."""
        if self.at_once:
            values = run(self.found.graph, with_entry(self.args, self.entry, xs))
            spread = [np.broadcast_to(np.asarray(v, dtype=float), xs.shape) for v in values]
            return spread[self.output], self._slopes(spread), {i: spread[i] for i in self.inner}
        if self.found.graph.guards:
            return self._by_calling(xs)
        return self._by_running(xs)

    def _slopes(self, values: Sequence[Any]) -> Any:
        at = self.found.graph.gradients.get(self.input)
        if at is not None:
            return values[at]
        return None if self.found.why else np.zeros(np.shape(values[self.output]))

    def _by_running(self, xs: np.ndarray) -> tuple[np.ndarray, np.ndarray | None, dict[int, np.ndarray]]:
        graph = self.found.graph
        step = max(1, len(xs) * len(graph.nodes) // MOST_WORK)
        rows = []
        for x in xs[::step]:
            values = run(graph, with_entry(self.args, self.entry, float(x)))
            slope = self._slopes(values)
            slope = np.nan if slope is None else np.asarray(slope)[self.entry.index]
            rows.append([np.sum(values[self.output]), slope, *(values[i] for i in self.inner)])
        table = np.array(rows, dtype=float).T
        full = [np.interp(xs, xs[::step], row) if step > 1 else row for row in table]
        slopes = None if self.found.why else full[1]
        return full[0], slopes, dict(zip(self.inner, full[2:], strict=True))

    def _by_calling(self, xs: np.ndarray) -> tuple[np.ndarray, np.ndarray | None, dict[int, np.ndarray]]:
        """The path depends on values: every point is a run of the function itself."""
        self.note = self.note or "the path depends on the value: no inner curves"
        f_values, slopes = np.full(len(xs), np.nan), np.full(len(xs), np.nan)
        step = max(1, len(xs) * len(self.found.graph.nodes) * 12 // MOST_WORK)
        for k in range(0, len(xs), step):
            try:
                there = passes(self.f, *with_entry(self.args, self.entry, float(xs[k])))
            except (ChalkgradError, ArithmeticError, ValueError, IndexError):
                continue
            f_values[k] = np.sum(there.values[there.graph.outputs[0]])
            g = there.gradient(there.graph.inputs[min(self.entry.leaf, len(there.graph.inputs) - 1)])
            slopes[k] = 0.0 if g is None else np.asarray(g)[self.entry.index]
        if step > 1:
            f_values, slopes = (np.interp(xs, xs[::step], v[::step]) for v in (f_values, slopes))
        return f_values, None if self.found.why else slopes, {}

    def kinks(self, xs: np.ndarray) -> tuple[Kink, ...]:
        """Where an operation with a kink changes sides, if the slope jumps there."""
        if not self.at_once or self.found.why:
            return ()
        values = run(self.found.graph, with_entry(self.args, self.entry, xs))
        places: set[float] = set()
        for i in range(self.found.forward):
            places |= self._crossings(i, values, xs)
        found = [self._kink(x) for x in sorted(places)[:12]]
        return tuple(k for k in found if k is not None)

    def _crossings(self, i: int, values: Sequence[Any], xs: np.ndarray) -> set[float]:
        node = self.found.graph.nodes[i]
        if node.op is None or node.op.kinks is None:
            return set()
        side = _side(node, [values[a] for a in node.args])
        side = np.broadcast_to(np.asarray(side, dtype=float), xs.shape)
        zeros = {float(x) for x in xs[side == 0]}
        changes = np.nonzero(side[:-1] * side[1:] < 0)[0]
        return zeros | {self._refined(node, float(xs[k]), float(xs[k + 1])) for k in changes}

    def _refined(self, node: Any, low: float, high: float) -> float:
        def side(x: float) -> float:
            values = run(self.found.graph, with_entry(self.args, self.entry, x))
            return float(_side(node, [values[a] for a in node.args]))

        first = side(low)
        for _ in range(48):
            middle = (low + high) / 2
            low, high = (middle, high) if side(middle) * first > 0 else (low, middle)
        nearest = round(high, 6)
        return nearest if abs(side(nearest)) < 1e-9 else high

    def _kink(self, x: float) -> Kink | None:
        near = 1e-7 * max(1.0, abs(x))
        y, slopes, _ = self.along(np.array([x - near, x, x + near]))
        if (
            slopes is None
            or not np.isfinite(slopes).all()
            or abs(slopes[0] - slopes[2]) < 1e-4 * max(1.0, abs(slopes[0]))
        ):
            return None
        return Kink(x, float(y[1]), *(float(f"{s:.6g}") for s in (slopes[0], slopes[2], slopes[1])))


def _side(node: Any, given: Sequence[Any]) -> Any:
    """The expression of an operation whose sign changes at a kink."""
    names = {f"a{k}": v for k, v in enumerate(given)}
    with np.errstate(all="ignore"):
        return eval(re.sub(r"\{(\d+)\}", r"a\1", node.op.kinks), {"np": np, **node.params}, names)


def _finite(value: Any) -> float | None:
    value = float(value)
    return value if np.isfinite(value) else None


def _rounded(values: np.ndarray) -> list:
    return [float(f"{v:.6g}") if np.isfinite(v) else None for v in np.asarray(values, dtype=float)]
