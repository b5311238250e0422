"""Where roads run: Graphviz's course, straightened to right angles, clear of boxes and of one another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from chalkgrad.render.factory_model import Level, Road
from chalkgrad.render.factory_sizes import Point, Sized, Spot, port

TAIL_ROOM = 14.0
NARROW = 14.0  # the least room between a road and what it passes
SPREAD = 76.0  # the most that a road is stretched by


class Ranks:
    """The rows of boxes, in order, and the channels between them."""

    def __init__(self, spots: dict[str, Spot], clearance: float):
        self.clearance = clearance  # what is wished between a road and what it passes
        rows: dict[int, list[Spot]] = {}
        for spot in spots.values():
            rows.setdefault(round(spot.at[0]), []).append(spot)
        self.middles = sorted(rows)
        self.starts = [min(s.at[0] - s.along / 2 for s in rows[m]) for m in self.middles]
        self.ends = [max(s.at[0] + s.along / 2 for s in rows[m]) for m in self.middles]
        self.rows = rows
        self.height = max(self.ends, default=0.0)

    def of(self, spot: Spot) -> int:
        return min(range(len(self.middles)), key=lambda k: abs(self.middles[k] - spot.at[0]))

    def is_free(self, rank: int, across: float, clearance: float) -> bool:
        """Whether a road may pass a rank at this level."""
        row = self.rows[self.middles[rank]]
        return all(abs(s.at[1] - across) > s.across / 2 + clearance for s in row)

    def stretched(self, full: float) -> Callable[[float], float]:
        """A map of positions that gives every channel its share of the room to spare."""
        spare = max(0.0, full - (max(self.ends, default=0) - min(self.starts, default=0)))
        each = min(SPREAD, spare / max(1, len(self.middles) - 1))

        def moved(along: float) -> float:
            shift = 0.0
            for end, start in zip(self.ends, self.starts[1:], strict=False):
                if along >= start:
                    shift += each
                elif along > end:
                    shift += each * (along - end) / (start - end)
            return along + shift

        return moved


def waypoints_of(
    road: Road,
    n: int,
    spots: dict[str, Spot],
    sizes: dict[str, Sized],
    bends: Mapping[str, list[Point]],
    ranks: Ranks,
) -> list[tuple[int, float]]:
    """`(rank, across)` of a road at its ends and at every rank between."""
    start, end = port(road.tail, spots, sizes, True), port(road.head, spots, sizes, False)
    first, last = ranks.of(spots[road.tail[0]]), ranks.of(spots[road.head[0]])
    curve = bends.get(f"e{n}", [])
    total = max((s.at[0] + s.along / 2 for s in spots.values()), default=0.0)
    found = [(first, start[1])]
    for rank in range(first + 1, last):
        at = min(curve, key=lambda p: abs((total - p[0]) - ranks.middles[rank]), default=(0.0, start[1]))
        found.append((rank, at[1]))
    found.append((last, end[1]))
    return found


def straightened(
    all_points: list[list[tuple[int, float]]], nodes: Sequence[int], ranks: Ranks
) -> list[list[tuple[int, float]]]:
    """Long roads at one level, where nothing stands in the way: preferably the level of an end."""
    used = [
        (rank, a, node) for points, node in zip(all_points, nodes, strict=True) for rank, a in points[1:-1]
    ]
    found = []
    for points, node in zip(all_points, nodes, strict=True):
        level = _one_level(points, node, ranks, used)
        between = [(rank, a if level is None else level) for rank, a in points[1:-1]]
        between = _few_levels(points, node, ranks, used) if level is None else between
        used += [(rank, a, node) for rank, a in between]
        found.append(_touching([points[0], *between, points[-1]]))
    return found


def _one_level(
    points: list[tuple[int, float]], node: int, ranks: Ranks, used: list[tuple[int, float, int]]
) -> float | None:
    """A level at which the whole way is free: that of an end, with room for numbers, or Graphviz's own."""
    between = points[1:-1]
    own = sorted(a for _, a in between)
    tried = [(points[-1][1], ranks.clearance), (points[0][1], ranks.clearance)]
    tried += [(a, ranks.clearance) for a in own] + [(a, NARROW) for a in own]
    for level, clearance in tried:
        near = all(abs(level - a) < 44 for _, a in between)
        clear = all(ranks.is_free(rank, level, clearance) for rank, _ in between)
        if near and clear and not _shared(level, [rank for rank, _ in between], node, used):
            return level
    return None


def _few_levels(
    points: list[tuple[int, float]], node: int, ranks: Ranks, used: list[tuple[int, float, int]]
) -> list[tuple[int, float]]:
    """As few turns as the way allows: each level is kept as long as it is free and near Graphviz's own."""
    between, found = points[1:-1], []
    before = points[0][1]
    while between:
        tried = [before, *(a for _, a in between), points[-1][1]]
        reach, level = max(
            ((_kept(level, between, node, ranks, used), level) for level in tried), key=lambda t: t[0]
        )
        if not reach:
            reach, level = 1, between[0][1]
        found += [(rank, level) for rank, _ in between[:reach]]
        between, before = between[reach:], level
    return found


def _kept(
    level: float,
    between: list[tuple[int, float]],
    node: int,
    ranks: Ranks,
    used: list[tuple[int, float, int]],
) -> int:
    """For how many ranks a level can be kept."""
    for k, (rank, a) in enumerate(between):
        if abs(level - a) >= 44 or not ranks.is_free(rank, level, NARROW):
            return k
        if _shared(level, [rank], node, used):
            return k
    return len(between)


def _shared(level: float, between: list[int], node: int, used: list[tuple[int, float, int]]) -> bool:
    """Whether another value's road runs there already."""
    return any(n != node and abs(a - level) < 30 and rank in between for rank, a, n in used)


def _touching(points: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """Ends that differ by less than a line's width are level."""
    if len(points) == 2 and abs(points[0][1] - points[1][1]) < 1.5:
        return [(points[0][0], points[1][1]), points[1]]
    return points


class Router:
    """Turns waypoints into right-angled paths; turns in one channel keep apart."""

    def __init__(self, level: Level, spots: dict[str, Spot], ranks: Ranks):
        self.level, self.spots, self.ranks = level, spots, ranks
        self.forks = {f.id for f in level.forks}

    def route(self, waypoints: Sequence[list[tuple[int, float]]]) -> list[list[Point]]:
        turns = self._turns(waypoints)
        return [self._path(n, points, turns) for n, points in enumerate(waypoints)]

    def _turns(self, waypoints: Sequence[list[tuple[int, float]]]) -> dict[tuple[int, int], float]:
        """For each road and channel in which it turns: where along."""
        found: dict[tuple[int, int], float] = {}
        channels: dict[int, list[tuple[float, int]]] = {}
        for n, points in enumerate(waypoints):
            for (rank, a), (_, b) in pairwise(points):
                if abs(a - b) < 1.5:
                    continue
                if rank == points[0][0] and self._leaves_upright(n, a, b):
                    found[n, rank] = self.spots[self.level.roads[n].tail[0]].at[0]
                else:
                    channels.setdefault(rank, []).append((-a if b > a else a, n))
        for rank, roads in channels.items():
            low, high = self.ranks.ends[rank] + TAIL_ROOM, self.ranks.starts[rank + 1] - 2 * TAIL_ROOM
            step = min(16.0, (high - low) / max(1, len(roads)))
            for k, (_, n) in enumerate(sorted(roads)):
                found[n, rank] = high - (len(roads) - 1 - k) * step
        return found

    def _leaves_upright(self, n: int, a: float, b: float) -> bool:
        """Whether a road may leave its fork at a right angle: nothing else stands in its way."""
        name = self.level.roads[n].tail[0]
        if name not in self.forks:
            return False
        row = self.ranks.rows[self.ranks.middles[self.ranks.of(self.spots[name])]]
        low, high = min(a, b), max(a, b)
        return not any(
            s is not self.spots[name]
            and s.at[1] + s.across / 2 > low - 8
            and s.at[1] - s.across / 2 < high + 8
            for s in row
        )

    def _path(
        self, n: int, points: list[tuple[int, float]], turns: dict[tuple[int, int], float]
    ) -> list[Point]:
        road = self.level.roads[n]
        tail, head = self.spots[road.tail[0]], self.spots[road.head[0]]
        path: list[Point] = [(tail.at[0] + tail.along / 2, points[0][1])]
        if road.tail[0] in self.forks:
            path = [(tail.at[0], points[0][1])]
        for (rank, a), (_, b) in pairwise(points):
            turn = turns.get((n, rank))
            if turn is not None and abs(a - b) >= 1.5:
                path += [(turn, a), (turn, b)]
        end = head.at[0] if road.head[0] in self.forks else head.at[0] - head.along / 2
        path.append((end, points[-1][1]))
        return [p for k, p in enumerate(path) if k == 0 or p != path[k - 1]]
