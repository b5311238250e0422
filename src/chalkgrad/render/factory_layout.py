"""Where everything stands: Graphviz places boxes and leads roads, for lying and for upright pictures alike.

Roads run *along*, in the direction of the values; *across* is the other way. A lying factory draws (along,
across) as (x, y), an upright one as (y, x). Boxes are records with a port for each road; roads are turned to
right angles.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from chalkgrad.render.factory_model import Level, Road
from chalkgrad.render.factory_route import NARROW, Ranks, Router, straightened, waypoints_of
from chalkgrad.render.factory_rows import rows_of, wrapped
from chalkgrad.render.factory_sizes import (
    FORK,
    Point,
    Sized,
    Spot,
    Style,
    box_size,
    gate_room,
    port,
    text_width,
)

FULL = 1168.0  # a card's width: short factories spread their roads over it


@dataclass(frozen=True, slots=True)
class Placed:
    """A level with every position known."""

    level: Level
    style: Style
    sizes: dict[str, Sized]
    spots: dict[str, Spot]
    paths: tuple[tuple[Point, ...], ...]  # one a road
    dot: str


def place(level: Level, style: Style) -> Placed:
    """Lay a level out.

    Raises:
        EngineError: Graphviz could not, or took too long.
    """
    sizes = {b.id: box_size(b, style) for b in level.boxes}
    dot = to_dot(level, style, sizes)
    row = _in_a_row(level, style, sizes)
    if row is not None and style.wrap and not style.upright:
        gap = channel(level, style)
        rows = rows_of(row, gap, FULL)
        if len(rows) > 1:
            return Placed(level, style, sizes, *wrapped(level, row, rows, gap, FULL), dot)
    spots, bends = (row, {}) if row is not None else _by_graphviz(dot, level, style, sizes)
    widest = max((text_width(t) for r in level.roads for t in (r.up, r.down)), default=0.0)
    ranks = Ranks(spots, NARROW + (widest if style.upright else 0.0))
    waypoints = [waypoints_of(r, n, spots, sizes, bends, ranks) for n, r in enumerate(level.roads)]
    waypoints = straightened(waypoints, [r.node for r in level.roads], ranks)
    paths = Router(level, spots, ranks).route(waypoints)
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
    gap = ((84 if level.forks else 44) if style.upright else 40) / 72  # numbers stand beside an upright road
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
    roads: dict[Any, Any] = {}
    for r in level.roads:
        roads.setdefault(r.tail[0], []).append(r)
    moved = dict(spots)
    for gate in level.ins:
        if len(roads.get(gate.id, [])) == 1 and gate.id in spots:
            spot = spots[gate.id]
            to = port(roads[gate.id][0].head, spots, sizes, False)[1]
            row = [s for k, s in moved.items() if k != gate.id and abs(s.at[0] - spot.at[0]) < 2]
            free = all(abs(s.at[1] - to) > (s.across + spot.across) / 2 + 6 for s in row)
            if abs(to - spot.at[1]) < 60 and free:
                moved[gate.id] = Spot((spot.at[0], to), spot.along, spot.across)
    return moved


def _curve(edge: dict[str, Any]) -> list[Point]:
    """Points on an edge's spline, as (height above the bottom, across)."""
    points: list[Any] = next((d["points"] for d in edge.get("_draw_", []) if d["op"] == "b"), [])
    found: list[Point] = []
    for k in range(0, len(points) - 3, 3):
        for step in range(9):
            t = step / 8
            w = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            x, y = (sum(wi * p[axis] for wi, p in zip(w, points[k : k + 4], strict=True)) for axis in (0, 1))
            found.append((y, x))
    return found
