r"""Which quantities of a graph get a line and a name of their own, and how repeated lines fold.

A formula stays one line while it is short. Where it grows too long, or where steps are asked for, the
person's own names
(`N`, `S`, `L`) carry it on, shared terms are named, and a loop's lines fold into one with an index.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chalkgrad.people.calls import View
from chalkgrad.render.variables import Names, variable

LONG = 230  # glyphs; a formula up to here stays in one line
WIDE = 110  # glyphs of one line of several
SHARED = 7  # glyphs; a smaller term is repeated rather than named
MANY = 40  # lines; more are left out in the middle
REPEATS = 6  # turns of a loop; so many fold into one line


@dataclass(frozen=True, slots=True)
class Line:
    """`name = latex`; the node is the one that is defined."""

    node: int
    name: str
    latex: str


class Sizes:
    """How long each node's formula is, in glyphs, given the nodes that have names."""

    def __init__(self, view: View, shown: Sequence[bool]):
        self.view, self.shown = view, shown
        self.uses = [0] * len(shown)
        for i, seen in enumerate(shown):
            for a in view.children(i) if seen else ():
                self.uses[a] += 1

    def is_leaf(self, i: int) -> bool:
        return self.view.graph.nodes[i].op is None

    def own(self, i: int) -> int:
        """The glyphs a node adds to those of its arguments."""
        node = self.view.graph.nodes[i]
        if i in self.view.calls:
            return len(self.view.calls[i].name) + 2
        if node.op is None:
            return (
                min(len(str(node.value)), 40) if node.is_constant else max(1, len(variable(node.name)) // 2)
            )
        return 2 if node.op.name != "where" else 14

    def total(self, named: Iterable[int] = ()) -> list[int]:
        """Sizes bottom-up; a named node counts as its name."""
        names, sizes = set(named), [0] * len(self.shown)
        for i, seen in enumerate(self.shown):
            if seen:
                sizes[i] = self.own(i) + sum(2 if a in names else sizes[a] for a in self.view.children(i))
        return sizes


def cuts(view: View, steps: bool) -> list[int]:
    """The nodes that get a line of their own, in order; none if the formula is short and no steps are
    asked for.
    """
    shown = view.shown()
    sizes = Sizes(view, shown)
    if not steps and sum(sizes.total()[o] for o in view.graph.outputs) <= LONG:
        return []
    inner = [i for i, seen in enumerate(shown) if seen and not sizes.is_leaf(i)]
    chosen = {i for i in inner if view.name(i)}
    if not steps:
        alone = sizes.total(chosen)
        chosen |= {i for i in inner if sizes.uses[i] > 1 and alone[i] >= SHARED}
    return sorted(chosen | _too_wide(view, sizes, inner, chosen))


def _too_wide(view: View, sizes: Sizes, inner: list[int], chosen: set[int]) -> set[int]:
    """Nodes to name so that no line is wider than the page: the widest argument of each that would be."""
    total, wide = [0] * len(sizes.shown), set()
    for i in (k for k, seen in enumerate(sizes.shown) if seen):
        parts = {a: 2 if a in chosen or a in wide else total[a] for a in view.children(i)}
        times = [parts[a] for a in view.children(i)]
        while sizes.own(i) + sum(times) > WIDE and parts and max(parts.values()) > 2:
            widest = max(parts, key=lambda a: parts[a])
            if sizes.is_leaf(widest):
                break
            wide.add(widest)
            parts[widest] = 2
            times = [parts[a] for a in view.children(i)]
        total[i] = sizes.own(i) + sum(times)
    return wide


# ----- names -----


def input_names(view: View) -> dict[int, str]:
    """LaTeX of each input that can be seen: its own name, numbered where two share it."""
    graph, shown = view.graph, view.shown()
    own = [graph.nodes[i].name or f"x_{k + 1}" for k, i in enumerate(graph.inputs)]
    counts, names = Counter(own), Names(())
    return {
        i: names.plain(name, rebound=counts[name] > 1)
        for i, name in zip(graph.inputs, own, strict=True)
        if shown[i] or counts[name] == 1
    }


def names_for(view: View, chosen: Sequence[int], inputs: Mapping[int, str]) -> dict[int, str]:
    """LaTeX of each chosen node: the person's name, counted up where it is bound again; u₁, u₂ where
    there is none.
    """
    own = [view.name(i) for i in chosen]
    counts, names = Counter(own), Names(inputs.values())
    found = dict(inputs)
    for i, name in zip(chosen, own, strict=True):
        found[i] = names.plain(name, rebound=counts[name] > 1) if name else names.numbered("u")
    return found


# ----- folding -----

MARK = re.compile(r"\\htmlData\{node=(-?\d+)\}")


def unmarked(latex: str) -> str:
    """A formula without the marks of its nodes."""
    return MARK.sub("", latex)


_INDEX = re.compile(r"(?<=_\{)(\d+)(?=[,}])")


def folded(lines: Sequence[Line]) -> list[str]:
    r"""The rows of a long list: runs of lines that differ only in an index that counts up become one row.

    `h_{2} = \tanh(h_{1} W + x_{1} U)`, … becomes `h_{t} = \tanh(h_{t-1} W + x_{t-1} U), t = 2, …, 1000`.
    """
    rows = [f"{line.name} &= {line.latex}" for line in lines]
    bare = [unmarked(row) for row in rows]  # marks are of one turn
    out: list[str] = []
    k = 0
    while k < len(rows):
        period, count = _run(bare, k)
        if count < REPEATS:
            out.append(rows[k])
            k += 1
            continue
        first = _index(bare[k]) or 0
        span = rf"\quad t = {first}, \ldots, {first + count - 1}"
        out += [_relative(row, first, "t") for row in bare[k : k + period]]
        out[-1] += rf",{span}"
        k += period * count
    return out


def _run(rows: Sequence[str], k: int) -> tuple[int, int]:
    """(lines that make one turn, turns) of the loop that starts at row k; (1, 1) if there is none."""
    for period in range(1, min(12, (len(rows) - k) // REPEATS) + 1):
        pattern = _turn(rows, k, period)
        count = 1
        while pattern is not None and _turn(rows, k + count * period, period) == pattern:
            count += 1
        if count >= REPEATS:
            return period, count
    return 1, 1


def _turn(rows: Sequence[str], k: int, period: int) -> tuple[str, ...] | None:
    if k + period > len(rows):
        return None
    first = _index(rows[k])
    return None if first is None else tuple(_relative(row, first, "t") for row in rows[k : k + period])


def _index(row: str) -> int | None:
    found = _INDEX.search(row.split("&=")[0])
    return int(found[1]) if found else None


def _relative(row: str, first: int, letter: str) -> str:
    """Indices near the row's own, as t, t−1, t+1; others are what they are."""

    def shown(match: re.Match) -> str:
        apart = int(match[1]) - first
        if abs(apart) > 2:
            return match[1]
        return letter if apart == 0 else f"{letter}{apart:+d}"

    return _INDEX.sub(shown, row)
