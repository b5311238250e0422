"""A factory in one row that is wider than the card, broken into rows: the road comes back as a text does."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from chalkgrad.render.factory_model import Level
from chalkgrad.render.factory_sizes import Point, Spot

BETWEEN = 96.0  # from one row's boxes to the next row's
STUB = 22.0  # of road behind the last box of a row, before it turns
LEFT = 10.0  # where the road comes down


def rows_of(spots: Mapping[str, Spot], gap: float, full: float) -> list[list[str]]:
    """The names of each row, in order, about as many in each; one row where all of it fits.

    Args:
        spots: one row, in order of along.
        gap: the channel between two boxes.
        full: how long a row may be.
    """
    names = sorted(spots, key=lambda n: spots[n].at[0])
    total = sum(spots[n].along + gap for n in names) - gap
    if total <= full or len(names) < 4:
        return [names]
    room = full - LEFT - gap - STUB
    most = math.ceil((len(names) - 1) / math.ceil(total / room))
    rows: list[list[str]] = [[]]
    length = 0.0
    for k, name in enumerate(names):
        last = k == len(names) - 1  # a name at the edge does not stand alone
        if not last and (len(rows[-1]) >= most or (rows[-1] and length + spots[name].along > room)):
            rows.append([])
            length = 0.0
        rows[-1].append(name)
        length += spots[name].along + gap
    return rows


def wrapped(
    level: Level, spots: Mapping[str, Spot], rows: Sequence[Sequence[str]], gap: float, full: float
) -> tuple[dict[str, Spot], tuple[tuple[Point, ...], ...]]:
    """Every spot on its row, and the course of every road."""
    pitch = max(s.across for s in spots.values()) + BETWEEN
    found: dict[str, Spot] = {}
    for r, names in enumerate(rows):
        start = 0.0 if r == 0 else LEFT + gap
        own = sum(spots[n].along for n in names)
        end = full if r == len(rows) - 1 else full - STUB
        wide = (end - start - own) / max(1, len(names) - 1)
        wide = min(max(gap, wide), gap * 1.6)
        for name in names:
            spot = spots[name]
            found[name] = Spot((start + spot.along / 2, r * pitch), spot.along, spot.across)
            start += spot.along + wide
    ends = [max(found[n].at[0] + found[n].along / 2 for n in names) + STUB for names in rows]
    which = {name: r for r, names in enumerate(rows) for name in names}
    paths: list[tuple[Point, ...]] = []
    for road in level.roads:
        tail, head = found[road.tail[0]], found[road.head[0]]
        out, into = (tail.at[0] + tail.along / 2, tail.at[1]), (head.at[0] - head.along / 2, head.at[1])
        r = which[road.tail[0]]
        if which[road.head[0]] == r:
            paths.append((out, into))
            continue
        middle = (tail.at[1] + head.at[1]) / 2
        back = ((ends[r], out[1]), (ends[r], middle), (LEFT, middle), (LEFT, into[1]))
        paths.append((out, *back, into))
    return found, tuple(paths)
