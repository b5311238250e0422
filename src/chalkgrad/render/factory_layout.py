"""Where everything stands: Graphviz places boxes and leads roads, for lying and for upright pictures alike.

Roads run *along*, in the direction of the values; *across* is the other way. A lying factory draws (along,
across) as (x, y), an upright one as (y, x). Boxes are records with a port for each road; roads are turned to
right angles.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from chalkgrad.render.boxmath import Set, code, measure
from chalkgrad.render.factory_math import Slope
from chalkgrad.render.factory_model import Box, Gate, Level, Road

Point = tuple[float, float]  # (along, across)

FORK = 24.0
TAIL_ROOM = 14.0
SNAP = 9.0
FULL = 1168.0  # a card's width: short factories spread their roads over it
SPREAD = 76.0  # and at most so much a road


@dataclass(frozen=True, slots=True)
class Style:
    """What the two orientations and the two kinds of factory differ in."""

    upright: bool
    backward: bool

    @property
    def pitch(self) -> float:
        """Across, from one road of a box to the next, in a lying factory."""
        return 78.0 if self.backward else 56.0


@dataclass(frozen=True, slots=True)
class Sized:
    """A box before it is placed."""

    along: float
    pitch: float
    slots: int
    label: Set
    slopes: tuple[Set, ...]

    @property
    def across(self) -> float:
        return self.pitch * self.slots


@dataclass(frozen=True, slots=True)
class Spot:
    """A placed thing: its middle and its size."""

    at: Point
    along: float
    across: float


@dataclass(frozen=True, slots=True)
class Placed:
    """A level with every position known."""

    level: Level
    style: Style
    sizes: dict[str, Sized]
    spots: dict[str, Spot]
    paths: tuple[tuple[Point, ...], ...]  # one a road
    dot: str


def box_size(box: Box, style: Style) -> Sized:
    """A box's texts, set, and the room they need."""
    label = measure(box.tex, 24) if box.kind == "op" else code(_title(box))
    slopes = tuple(slope_set(s) for s in box.slopes)
    slots = max(1, len(slopes), box.outs)
    wall = 10 if box.kind in ("function", "loop") else 0
    widest = max((s.width for s in slopes), default=0.0) if style.backward else 0.0
    if not style.upright:
        along = max(97.0 if box.kind == "op" else 120.0, label.width + 34 + 2 * wall, widest + 22 + wall)
        return Sized(along, style.pitch, slots, label, slopes)
    if slots > 1:  # upright, with several roads: mathematics in a row of its own, a cell for each slope
        pitch = max(104.0, widest + 22, (label.width + 30) / slots)
        return Sized((78.0 if style.backward else 50.0) + wall, pitch, slots, label, slopes)
    room = max(label.width, widest) + 26 + wall
    pitch = max(150.0, 2 * room) if style.backward else max(110.0, label.width + 40)
    return Sized(46.0 + wall, pitch, slots, label, slopes)


def _title(box: Box) -> str:
    return f"{box.title} ×{box.times}" if box.times > 1 else box.title


def slope_set(slope: Slope) -> Set:
    """A slope as it is drawn."""
    if slope.tex:
        return measure(slope.tex, 19)
    width = 8.2 * len(slope.text) + 12
    return Set(width if slope.text else 0.0, 12, 4)


def gate_set(gate: Gate) -> Set:
    return measure(gate.tex, 27)


def text_width(text: str, size: float = 17.0) -> float:
    """About the width of a number in Source Sans."""
    return sum(0.27 if c in ".,: " else 0.53 for c in text) * size


def place(level: Level, style: Style) -> Placed:
    """Lay a level out.

    Raises:
        EngineError: Graphviz could not, or took too long.
    """
    sizes = {b.id: box_size(b, style) for b in level.boxes}
    dot = to_dot(level, style, sizes)
    row = _in_a_row(level, style, sizes)
    spots, bends = (row, {}) if row is not None else _by_graphviz(dot, level, style, sizes)
    ranks = _Ranks(spots)
    waypoints = [_waypoints(r, n, spots, sizes, bends, ranks) for n, r in enumerate(level.roads)]
    waypoints = straightened(waypoints, [r.node for r in level.roads], ranks)
    paths = _Router(level, spots, ranks).route(waypoints)
    stretch = ranks.stretched(0.0 if style.upright else FULL)
    return Placed(
        level, style, sizes, {k: replace(s, at=(stretch(s.at[0]), s.at[1])) for k, s in spots.items()},
        tuple(tuple((stretch(a), c) for a, c in p) for p in paths), dot,
    )  # fmt: skip


def _in_a_row(level: Level, style: Style, sizes: dict[str, Sized]) -> dict[str, Spot] | None:
    """Boxes in one row need no Graphviz: it would draw the same line. None where roads fork or join."""
    ends = [road.tail for road in level.roads] + [road.head for road in level.roads]
    single = (
        len(level.ins) == len(level.outs) == 1
        and not level.forks
        and all(s.slots == 1 for s in sizes.values())
    )
    if not single or len(set(level.roads)) != len(level.boxes) + 1 or len(set(ends)) != len(level.boxes) + 2:
        return None
    room = {g.id: gate_room(g, style) for g in (*level.ins, *level.outs)}
    room |= {k: (s.along, s.across) for k, s in sizes.items()}
    following = {road.tail[0]: road.head[0] for road in level.roads}
    spots, along, name = {}, 0.0, level.ins[0].id
    while name in room and name not in spots:
        spots[name] = Spot((along + room[name][0] / 2, 0.0), *room[name])
        along, name = along + room[name][0] + channel(level, style), following.get(name, "")
    return spots if len(spots) == len(room) else None


# ----- Graphviz -----


def _by_graphviz(
    dot: str, level: Level, style: Style, sizes: dict[str, Sized]
) -> tuple[dict[str, Spot], dict[str, list[Point]]]:
    """Where things stand, and the course of each road."""
    from chalkgrad.v8 import layout

    found = layout(dot)
    spots = _aligned(_spots(found, level, style, sizes), level, sizes)
    return spots, {e["id"]: _curve(e) for e in found.get("edges", [])}


def to_dot(level: Level, style: Style, sizes: dict[str, Sized]) -> str:
    """The level in the dot language: across is x, along is y downwards."""
    lines = [f'"{b.id}" [{_record(sizes[b.id])}]' for b in level.boxes]
    lines += [f'"{f.id}" [{_fixed(FORK, FORK)}]' for f in level.forks]
    lines += [f'"{g.id}" [{_fixed(*gate_room(g, style))}]' for g in (*level.ins, *level.outs)]
    if level.inside and level.ins:
        lines.append("{rank=source " + " ".join(f'"{g.id}"' for g in level.ins) + "}")
    if level.outs:
        lines.append("{rank=sink " + " ".join(f'"{g.id}"' for g in level.outs) + "}")
    ids = {b.id for b in level.boxes}
    lines += [_edge(r, n, ids) for n, r in enumerate(level.roads)]
    gap = (44 if style.upright else 40) / 72
    room = f"ranksep={channel(level, style) / 72:.3f} nodesep={gap:.3f}"
    head = f'graph [rankdir=TB {room}]; node [shape=box fixedsize=true label=""]'
    return "digraph {" + head + "; " + "; ".join(lines) + "}"


def channel(level: Level, style: Style) -> float:
    """Between two ranks: room for the widest number and both arrows."""
    if style.upright:
        return 40.0
    texts = [t for r in level.roads for t in (r.up, r.down)]
    return min(150.0, max(96.0, 42 + max((text_width(t) for t in texts), default=0.0))) + (
        24 if level.inside else 0
    )


def gate_room(gate: Gate, style: Style) -> tuple[float, float]:
    """(along, across) of a name at the edge."""
    made = gate_set(gate)
    return (
        (30.0, max(62.0, made.width + 8))
        if style.upright
        else (max(30.0, made.width + 10), style.pitch - 40.0)
    )


def _record(size: Sized) -> str:
    ins, outs = ("|".join(f"<{k}{s}>" for s in range(size.slots)) for k in "io")
    label = f'label="{{{{{ins}}}|{{{outs}}}}}"'
    return f"shape=record fontsize=1 {label} {_sized(size.along, size.across)}"


def _fixed(along: float, across: float) -> str:
    return _sized(along, across)


def _sized(along: float, across: float) -> str:
    return f"width={across / 72:.4f} height={along / 72:.4f}"


def _edge(road: Road, n: int, boxes: set[str]) -> str:
    (tail, slot_out), (head, slot_in) = road.tail, road.head
    start = f'"{tail}":o{slot_out}:s' if tail in boxes else f'"{tail}":s'
    end = f'"{head}":i{slot_in}:n' if head in boxes else f'"{head}":n'
    return f"{start} -> {end} [id=e{n} weight={12 if road.main else 2}]"


def _spots(found: dict[str, Any], level: Level, style: Style, sizes: dict[str, Sized]) -> dict[str, Spot]:
    height = float(found["bb"].split(",")[3])
    room = {f.id: (FORK, FORK) for f in level.forks}
    room |= {g.id: gate_room(g, style) for g in (*level.ins, *level.outs)}
    room |= {k: (s.along, s.across) for k, s in sizes.items()}
    spots = {}
    for node in found.get("objects", []):
        if node["name"] in room:
            across, along = map(float, node["pos"].split(","))
            spots[node["name"]] = Spot((height - along, across), *room[node["name"]])
    return spots


def _aligned(spots: dict[str, Spot], level: Level, sizes: dict[str, Sized]) -> dict[str, Spot]:
    """Names at the edge moved a little, so that their roads run straight into the box."""
    roads = {}
    for r in level.roads:
        roads.setdefault(r.tail[0], []).append(r)
    moved = dict(spots)
    for gate in level.ins:
        if len(roads.get(gate.id, [])) == 1 and gate.id in spots:
            spot = spots[gate.id]
            to = port(roads[gate.id][0].head, spots, sizes, False)[1]
            row = [s for k, s in moved.items() if k != gate.id and abs(s.at[0] - spot.at[0]) < 2]
            free = all(abs(s.at[1] - to) > (s.across + spot.across) / 2 + 6 for s in row)
            if abs(to - spot.at[1]) < 30 and free:
                moved[gate.id] = Spot((spot.at[0], to), spot.along, spot.across)
    return moved


def _curve(edge: dict[str, Any]) -> list[Point]:
    """Points on an edge's spline, as (height above the bottom, across)."""
    points = next((d["points"] for d in edge.get("_draw_", []) if d["op"] == "b"), [])
    found: list[Point] = []
    for k in range(0, len(points) - 3, 3):
        for step in range(9):
            t = step / 8
            w = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            x, y = (sum(wi * p[axis] for wi, p in zip(w, points[k : k + 4], strict=True)) for axis in (0, 1))
            found.append((y, x))
    return found


# ----- ranks -----


class _Ranks:
    """The rows of boxes, in order, and the channels between them."""

    def __init__(self, spots: dict[str, Spot]):
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

    def is_free(self, rank: int, across: float) -> bool:
        """Whether a road may pass a rank at this level."""
        row = self.rows[self.middles[rank]]
        return all(abs(s.at[1] - across) > s.across / 2 + 14 for s in row)

    def stretched(self, full: float):
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


def port(end: tuple[str, int], spots: dict[str, Spot], sizes: dict[str, Sized], leaves: bool) -> Point:
    """Where a road meets a thing."""
    name, slot = end
    spot = spots[name]
    along = spot.at[0] + (spot.along / 2 if leaves else -spot.along / 2)
    size = sizes.get(name)
    if size is None:
        return along, spot.at[1]
    return along, spot.at[1] - size.across / 2 + (slot + 0.5) * size.pitch


def _waypoints(
    road: Road, n: int, spots: dict[str, Spot], sizes: dict[str, Sized], bends: dict, ranks: _Ranks
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
    all_points: list[list[tuple[int, float]]], nodes: Sequence[int], ranks: _Ranks
) -> list[list[tuple[int, float]]]:
    """Long roads at one level, where nothing stands in the way: preferably the level of an end."""
    used = [
        (rank, a, node) for points, node in zip(all_points, nodes, strict=True) for rank, a in points[1:-1]
    ]
    found = []
    for points, node in zip(all_points, nodes, strict=True):
        level = _one_level(points, node, ranks, used)
        between = [(rank, a if level is None else level) for rank, a in points[1:-1]]
        used += [(rank, a, node) for rank, a in between]
        found.append(_touching([points[0], *between, points[-1]]))
    return found


def _one_level(
    points: list[tuple[int, float]], node: int, ranks: _Ranks, used: list[tuple[int, float, int]]
) -> float | None:
    between = points[1:-1]
    for level in (points[-1][1], points[0][1], *sorted(a for _, a in between)):
        near = all(abs(level - a) < 44 for _, a in between)
        if (
            near
            and all(ranks.is_free(rank, level) for rank, _ in between)
            and not any(
                n != node and abs(a - level) < 30 and rank == r for r, a, n in used for rank, _ in between
            )
        ):
            return level
    return None


def _touching(points: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """Ends that differ by less than a line's width are level."""
    if len(points) == 2 and abs(points[0][1] - points[1][1]) < 1.5:
        return [(points[0][0], points[1][1]), points[1]]
    return points


class _Router:
    """Turns waypoints into right-angled paths; turns in one channel keep apart."""

    def __init__(self, level: Level, spots: dict[str, Spot], ranks: _Ranks):
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
            for (rank, a), (_, b) in itertools.pairwise(points):
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
        for (rank, a), (_, b) in itertools.pairwise(points):
            turn = turns.get((n, rank))
            if turn is not None and abs(a - b) >= 1.5:
                path += [(turn, a), (turn, b)]
        end = head.at[0] if road.head[0] in self.forks else head.at[0] - head.along / 2
        path.append((end, points[-1][1]))
        return [p for k, p in enumerate(path) if k == 0 or p != path[k - 1]]
