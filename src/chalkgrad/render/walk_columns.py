"""The matrix walk as columns: values over gradients, cell under cell, and between them the boxes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from chalkgrad.render.factory_fold import Item
from chalkgrad.render.factory_model import Level, Road
from chalkgrad.render.numbers import number, shape_text
from chalkgrad.render.walk_times import Timetable
from chalkgrad.render.walk_values import Passes

FULL = 6  # rows and columns that are written out; beyond, corners
CORNER = 3

Cells = dict[str, Any]


def is_matrix(found: Passes, level: Level) -> bool:
    """Whether some value on the level is an array."""
    return any(found.graph.nodes[r.node].shape for r in level.roads)


def columns(
    found: Passes, level: Level, items: Mapping[str, Item], times: Timetable, names: Mapping[int, Any]
) -> list[dict[str, Any]]:
    """Values and boxes in the order of the forward pass; a value is written where it is made."""
    made: list[dict[str, Any]] = []
    seen: set[int] = set()
    beside: set[int] = set()
    for box in level.boxes:
        into = sorted((r for end, r in times.into.items() if end[0] == box.id), key=lambda r: r.head[1])
        fresh = [n for n in dict.fromkeys(r.node for r in into) if n not in seen]
        if fresh:
            made.append({"values": [_quantity(found, n, level, times, names) for n in fresh]})
            beside |= set(fresh)
        far = [n for n in dict.fromkeys(r.node for r in into) if n not in beside]
        made.append({"box": box.id, "far": far, "back": any(r.down for r in into)})
        leaving = {r.node for r in level.roads if r.tail[0] == box.id}
        out = [n for n in items[box.id].nodes if n in leaving]
        if out:
            made.append({"values": [_quantity(found, n, level, times, names) for n in out]})
        seen |= {*fresh, *out}
        beside = set(out)
    return made


def _quantity(
    found: Passes, node: int, level: Level, times: Timetable, names: Mapping[int, Any]
) -> dict[str, Any]:
    roads = [r for r in level.roads if r.node == node]
    trunk = next((r for r in roads if r.head[0] in times.forks), roads[0])
    value, gradient = found.values[node], found.gradient(node)
    shape = np.shape(value)
    rows, cols, note = cut(shape)
    return {
        "node": node,
        "shape": shape_text(shape),
        "rows": rows,
        "cols": cols,
        "note": note,
        "width": shape[-1] if shape else 1,
        "up": texts(value, rows, cols),
        "down": None if gradient is None or not _flows(roads) else texts(gradient, rows, cols),
        "up_key": str(node),
        "down_key": str(found.graph.gradients.get(node, "")),
        "scalar": not shape,
        "forth": times.forth(trunk),
        "home": times.home(trunk),
    }


def _flows(roads: Sequence[Road]) -> bool:
    return any(r.down for r in roads)


def cut(shape: Sequence[int]) -> tuple[list[int | None], list[int | None], str]:
    """Which rows and columns are written, None standing for those left out; and what is left out, in words.

    >>> cut((3, 8))
    ([0, 1, 2], [0, 1, 2, None, 7], '')
    """
    if not shape:
        return [0], [0], ""
    rows, cols = (1, shape[0]) if len(shape) == 1 else (shape[-2], shape[-1])
    slices = int(np.prod(shape[:-2]))
    return _some(rows), _some(cols), f"the first of {slices} slices" if slices > 1 else ""


def _some(n: int) -> list[int | None]:
    return list(range(n)) if n <= FULL else [*range(CORNER), None, n - 1]


def texts(value: Any, rows: Sequence[int | None], cols: Sequence[int | None]) -> list[list[str]]:
    """The entries that are written."""
    array = np.asarray(value)
    if array.size == 0:
        return []
    flat = array.reshape(1, -1) if array.ndim < 2 else array.reshape(-1, *array.shape[-2:])[0]
    return [["…" if r is None or c is None else number(flat[r, c]) for c in cols] for r in rows]
