"""The factory as data: boxes, roads, and the levels that can be entered. No picture yet, and all of it JSON.

A level is one of the person's functions (or the loop, or the stretch that stands for many boxes); its boxes
are operations and, closed, the functions it calls. `factory_draw` draws
a level, `factory_fold` folds repeats.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chalkgrad.render.factory_math import Slope


@dataclass(frozen=True, slots=True)
class Box:
    """One box: an operation, or something closed that can be entered."""

    id: str
    kind: str  # "op", "function", "loop", "more"
    nodes: tuple[int, ...]  # graph nodes that it stands for; the last is its result
    tex: str  # mathematics, for "op"; else ""
    title: str  # name in code type, for the others; the operation's name
    slopes: tuple[Slope, ...]  # one a road that comes in
    outs: int = 1
    main: int = 0  # the slot that the main road runs through
    times: int = 1
    enter: str = ""  # the level inside


@dataclass(frozen=True, slots=True)
class Gate:
    """Where a value comes in or goes out: a name at the edge of the picture."""

    id: str
    node: int
    tex: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Fork:
    """A value that several boxes use: it is copied forward, and the gradients are added backward."""

    id: str
    node: int


@dataclass(frozen=True, slots=True)
class Road:
    """Two lanes between two ends: a value forward, a gradient backward. An end is `(id, slot)`."""

    tail: tuple[str, int]
    head: tuple[str, int]
    node: int  # whose value
    to: int  # the node that takes it; -1 for a fork or a way out
    up: str
    down: str  # empty: no gradient flows back
    name: str = ""
    main: bool = False
    up_key: str = ""  # which number of the graph `up` is, if it is one
    down_key: str = ""  # the same of `down`: "31", or "31+40" where several nodes add up to it


@dataclass(frozen=True, slots=True)
class Level:
    """One floor plan."""

    id: str
    title: str  # in code type
    ins: tuple[Gate, ...]
    outs: tuple[Gate, ...]
    boxes: tuple[Box, ...]
    forks: tuple[Fork, ...]
    roads: tuple[Road, ...]
    inside: bool = False  # drawn within walls
    note: str = ""
    parent: str = ""


def levels_to_json(levels: tuple[Level, ...]) -> list[dict[str, Any]]:
    """Plain lists and dicts."""
    from dataclasses import asdict

    return [asdict(level) for level in levels]


def levels_from_json(data: list[dict[str, Any]]) -> tuple[Level, ...]:
    """The reverse of `levels_to_json`, after any number of trips through JSON."""
    return tuple(_level(d) for d in data)


def _level(d: dict[str, Any]) -> Level:
    return Level(
        **{
            **d,
            "ins": tuple(Gate(**g) for g in d["ins"]),
            "outs": tuple(Gate(**g) for g in d["outs"]),
            "boxes": tuple(_box(b) for b in d["boxes"]),
            "forks": tuple(Fork(**f) for f in d["forks"]),
            "roads": tuple(
                Road(**{**r, "tail": tuple(r["tail"]), "head": tuple(r["head"])}) for r in d["roads"]
            ),
        }
    )


def _box(d: dict[str, Any]) -> Box:
    return Box(**{**d, "nodes": tuple(d["nodes"]), "slopes": tuple(Slope(**s) for s in d["slopes"])})
