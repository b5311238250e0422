"""Folding: the calls of a function become one item, the turns of a loop become one item ×N.

Turns of a loop are known by where they were made: the same instruction of the person's code, again and again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from types import CodeType
from typing import Any

from chalkgrad.graph import Graph, Node, Scope, Site
from chalkgrad.render.factory_math import is_constant
from chalkgrad.trace.sites import runs_links

LONGEST_TURN = 400  # items in one turn of a loop
TURNS = 3  # from here on turns are folded
MOST = 48  # boxes on one level; beyond, the middle is one box


@dataclass(frozen=True, slots=True)
class Item:
    """What becomes one box: `nodes` in order; a loop's `turns` are items in turn."""

    kind: str  # "op", "function", "loop", "more"
    nodes: tuple[int, ...]
    scope: Scope | None = None
    turns: tuple[tuple[Item, ...], ...] = ()


def items_of(graph: Graph, nodes: list[int], depth: int) -> list[Item]:
    """The boxes of one level: its own operations, and one for each call that was made from it."""
    found: list[tuple[Scope | None, list[int]]] = []
    calls: dict[int, list[int]] = {}
    for i in nodes:
        scope = graph.nodes[i].scope
        if len(scope) <= depth:
            found.append((None, [i]))
            continue
        call = scope[depth]
        if call.serial not in calls:
            calls[call.serial] = []
            found.append((call, calls[call.serial]))
        calls[call.serial].append(i)
    return [Item("op" if s is None else "function", tuple(members), s) for s, members in found]


def live_nodes(graph: Graph, forward: int, outputs: tuple[int, ...]) -> list[int]:
    """The operations of the forward pass that the results depend on."""
    needed = graph.needed(outputs)
    return [
        i
        for i in range(forward)
        if needed[i] and graph.nodes[i].op is not None and not is_constant(graph.nodes[i])
    ]


def folded(graph: Graph, items: list[Item]) -> list[Item]:
    """The items with every loop of three turns or more as one; loops in loops too."""
    while True:
        shorter = _fold_once(graph, items)
        if len(shorter) == len(items):
            return shorter
        items = shorter


def _fold_once(graph: Graph, items: list[Item]) -> list[Item]:
    signs = [_sign(graph, item) for item in items]
    result: list[Item] = []
    at = 0
    while at < len(items):
        period, turns = _repeats(signs, at)
        if turns < TURNS:
            result.append(items[at])
            at += 1
            continue
        whole = [tuple(items[at + t * period : at + (t + 1) * period]) for t in range(turns)]
        members = tuple(sorted(i for turn in whole for item in turn for i in item.nodes))
        result.append(Item("loop", members, None, tuple(whole)))
        at += period * turns
    return result


def _repeats(signs: list[Any], at: int) -> tuple[int, int]:
    """The period and the number of turns of the loop that starts here."""
    for period in range(1, min(LONGEST_TURN, (len(signs) - at) // TURNS) + 1):
        if signs[at + period] != signs[at]:
            continue
        turns = 1
        while signs[at + turns * period : at + (turns + 1) * period] == signs[at : at + period]:
            turns += 1
        if turns >= TURNS:
            return period, turns
    return 0, 1


def _sign(graph: Graph, item: Item) -> Any:
    """Equal for two turns of a loop and for nothing else: the place in the code, the operation, the shape."""
    if item.kind == "loop":
        return ("loop", len(item.turns), tuple(_sign(graph, i) for i in item.turns[0]))
    node = graph.nodes[item.nodes[0] if item.scope is None else item.nodes[-1]]
    site = node.where if item.scope is None else item.scope.call
    place = id(node) if site is None else _place(site)
    what = (
        node.op.name
        if item.scope is None and node.op is not None
        else (item.scope.code if item.scope else None)
    )
    if site is not None and item.scope is not None and runs_links(site.code):  # one place for all links
        place = tuple(_made(graph.nodes[i]) for i in item.nodes)
    return place, what, node.shape


def _made(node: Node) -> tuple:
    return node.op.name if node.op is not None else "", node.shape


@lru_cache(maxsize=4096)
def _positions(code: CodeType) -> tuple[tuple, ...]:
    return tuple(code.co_positions())


def _place(site: Site) -> tuple:
    """Line and columns: an instruction that Python has specialised meanwhile stands at another offset."""
    return site.code, _positions(site.code)[site.lasti // 2]


def limited(items: list[Item]) -> tuple[list[Item], int]:
    """At most `MOST` items; those left out become one, in the middle, and their number."""
    if len(items) <= MOST:
        return items, 0
    kept = MOST // 2
    out = items[kept:-kept]
    members = tuple(sorted(i for item in out for i in item.nodes))
    return [*items[:kept], Item("more", members), *items[-kept:]], len(out)
