"""A placed level as SVG: two-storey boxes on two-lane roads.

Every part of node i carries `data-node="i"`; a road from node 3 to node 12 also `data-from="3" data-to="12"`,
a box that can be entered `data-enter` with the id of the level inside. What a lit node does: see `card`.
"""

from __future__ import annotations

from html import escape
from itertools import pairwise

from chalkgrad.render.boxmath import Set
from chalkgrad.render.factory_lanes import length, moved, toward, trimmed
from chalkgrad.render.factory_layout import Placed
from chalkgrad.render.factory_model import Box, Gate, Road
from chalkgrad.render.factory_sizes import FORK, Point, Sized, Spot, gate_set, text_width
from chalkgrad.render.factory_style import style_css

LANE = 5.0  # from the middle of a road to each lane
BEND = 15.0  # radius of a bend, in the middle of the road
PAD = 14.0


def draw(placed: Placed, ident: str, standalone: bool, words: str, styled: bool = True) -> str:
    """The SVG of one level.

    Args:
        placed: the level with its positions.
        ident: the element's id.
        standalone: bring the colours, and paint the paper.
        words: the factory as sentences, for screen readers.
        styled: bring the rules; a page with many factories has them once.
    """
    return _Picture(placed).svg(ident, standalone, words, styled)


class _Picture:
    """One picture; `_at` is the only place that knows which way it stands."""

    def __init__(self, placed: Placed):
        self.placed, self.level, self.style = placed, placed.level, placed.style
        self.turned = placed.style.upright
        self.labels: dict[int, Point] = {}  # where the numbers of each road stand
        self.fit = False  # whether other fonts than KaTeX's are to be expected
        self.low = [float("inf"), float("inf")]
        self.high = [float("-inf"), float("-inf")]
        self.taken: list[tuple[float, float, float, float]] = []  # rectangles that labels keep off

    # ----- the whole -----

    def svg(self, ident: str, standalone: bool, words: str, styled: bool) -> str:
        self.fit = standalone
        body = self._body()
        (left, top), (right, bottom) = self.low, self.high
        place = left - 3, top - PAD, right - left + 6, bottom - top + 2 * PAD
        style = f"<style>{style_css(standalone)}</style>" if styled else ""
        desc = f'<desc id="{ident}-d">{escape(words)}</desc>' if standalone else ""  # a page lists the boxes
        by = f"{ident}-t {ident}-d" if desc else f"{ident}-t"
        head = f'class="cgf" id="{escape(ident)}" role="img" aria-labelledby="{by}"'
        title = f'<title id="{ident}-t">{escape(self.level.title)}: factory</title>{desc}'
        size = f'viewBox="{" ".join(map(_n, place))}" width="{_n(place[2])}" height="{_n(place[3])}"'
        paper = _rect("paper", *place, 0) if standalone else ""
        return f'<svg xmlns="http://www.w3.org/2000/svg" {head} {size}>{title}{style}{paper}{body}</svg>'

    def _body(self) -> str:
        walls = self._walls()
        for box in self.level.boxes:
            self._keep_off(self.placed.spots[box.id], 4)
        pairs = list(zip(self.level.roads, self.placed.paths, strict=True))
        for road, path in pairs:
            self._keep_off_lanes(road, path)
        for k in sorted(range(len(pairs)), key=lambda k: _reach(pairs[k][1])):  # a short road has no choice
            self.labels[k] = self._label_spot(*pairs[k])
        roads = [self._road(k, road, path) for k, (road, path) in enumerate(pairs)]
        gates = [self._gate(g, True) for g in self.level.ins] + [
            self._gate(g, False) for g in self.level.outs
        ]
        boxes = [self._box(b) for b in self.level.boxes]
        forks = [self._fork(f.id, f.node) for f in self.level.forks]
        lanes, labels = (r[0] for r in roads), (r[1] for r in roads)
        return "".join([walls, *lanes, *boxes, *forks, *gates, *labels, self._note()])

    def _at(self, along: float, across: float, room: float = 0.0) -> Point:
        """A point of the layout on the picture, remembered in its bounds."""
        x, y = (across, along) if self.turned else (along, across)
        self._seen(x - room, y - room)
        self._seen(x + room, y + room)
        return x, y

    def _seen(self, x: float, y: float) -> None:
        low, high = self.low, self.high  # plain comparisons: every point of every road comes here
        if x < low[0]:
            low[0] = x
        if y < low[1]:
            low[1] = y
        if x > high[0]:
            high[0] = x
        if y > high[1]:
            high[1] = y

    def _corners(self, spot: Spot, grow: float = 0.0) -> tuple[float, float, float, float]:
        """x, y, width, height."""
        x, y = self._at(spot.at[0] - spot.along / 2 - grow, spot.at[1] - spot.across / 2 - grow)
        self._at(spot.at[0] + spot.along / 2 + grow, spot.at[1] + spot.across / 2 + grow)
        w, h = spot.along + 2 * grow, spot.across + 2 * grow
        return (x, y, h, w) if self.turned else (x, y, w, h)

    def _keep_off(self, spot: Spot, grow: float) -> None:
        x, y, w, h = self._corners(spot, grow)
        self.taken.append((x, y, x + w, y + h))

    def _keep_off_lanes(self, road: Road, path: tuple[Point, ...]) -> None:
        for (a, c), (b, d) in pairwise(path):
            (x0, y0), (x1, y1) = self._at(min(a, b), min(c, d)), self._at(max(a, b), max(c, d))
            self.taken.append((x0 - 6, y0 - 6, x1 + 6, y1 + 6))

    def _walls(self) -> str:
        """The double wall round the inside of a function that was entered."""
        if not self.level.inside or not self.level.boxes:
            return ""
        spots = [self.placed.spots[b.id] for b in self.level.boxes] + [
            self.placed.spots[f.id] for f in self.level.forks
        ]
        gates = {g.id for g in (*self.level.ins, *self.level.outs)}
        acrosses = [c for path in self.placed.paths for _, c in path] + [
            s.at[1] - s.across / 2 for s in spots
        ]
        acrosses += [s.at[1] + s.across / 2 for s in spots] + [self.placed.spots[g].at[1] for g in gates]
        start = min(s.at[0] - s.along / 2 for s in spots) - (24 if self.turned else 40)
        end = max(s.at[0] + s.along / 2 for s in spots) + (24 if self.turned else 40)
        middle = ((start + end) / 2, (min(acrosses) + max(acrosses)) / 2)
        room = max(acrosses) - min(acrosses) + (70 if not self.turned else 150)
        spot = Spot(middle, end - start, room)
        x, y, w, h = self._corners(spot, 8)
        bars = [(x, y, x, y + h), (x + w, y, x + w, y + h)]
        if self.turned:
            bars = [(x, y, x + w, y), (x, y + h, x + w, y + h)]
        self.taken += [(a - 9, b - 9, c + 9, d + 9) for a, b, c, d in bars]
        return f"{_rect('wall', *self._corners(spot, 5), 3)}{_rect('wall', *self._corners(spot), 2)}"

    def _note(self) -> str:
        if not self.level.note:
            return ""
        x, y = self.low[0], self.high[1] + 20
        self._seen(x, y)
        return f'<text class="note" x="{_n(x)}" y="{_n(y)}">{escape(self.level.note)}</text>'

    # ----- boxes -----

    def _box(self, box: Box) -> str:
        spot, size = self.placed.spots[box.id], self.placed.sizes[box.id]
        x, y, w, h = self._corners(spot)
        shapes = []
        if box.times > 1:
            shapes += [self._leaf(x, y, w, h, 10), self._leaf(x, y, w, h, 5)]
        if box.kind in ("function", "loop"):
            shapes += [_rect("box", x, y, w, h, 3), _rect("wall", x + 4.5, y + 4.5, w - 9, h - 9, 2)]
        else:
            shapes.append(_rect("box more" if box.kind == "more" else "box", x, y, w, h, 2.5))
        shapes += self._floors(box, spot, size)
        shapes.append(self._label(box, spot, size))
        shapes += [self._slope(box, s, spot, size) for s in range(len(box.slopes)) if self.style.backward]
        if box.enter:
            ex, ey = x + w - 17, y + 16
            shapes.append(f'<path class="enter" d="M{_n(ex)} {_n(ey)}l7 -7M{_n(ex + 1)} {_n(ey - 7)}h6v6"/>')
        enter = f' data-enter="{escape(box.enter)}"' if box.enter else ""
        nodes = " ".join(map(str, _nodes_of(box)))
        marks = f'data-node="{nodes}" class="{box.kind}" data-box="{escape(box.id)}"{enter}'
        return f"<g {marks}>{''.join(shapes)}</g>"

    def _leaf(self, x: float, y: float, w: float, h: float, by: float) -> str:
        """Another turn behind the first: it looks out on the side where no road runs."""
        if self.turned:
            self._seen(x + w + by, y)
            return _rect("leaf", x + by, y + by, w, h - 2 * by, 3)
        self._seen(x, y - by)
        return _rect("leaf", x + by, y - by, w - 2 * by, h, 3)

    def _floors(self, box: Box, spot: Spot, size: Sized) -> list[str]:
        """The floor between the storeys: along each road, or, upright, round each slope's cell."""
        if not self._has_slopes(box):
            return []
        inset = 4.5 if box.kind in ("function", "loop") else 0.0
        start, end = spot.at[0] - spot.along / 2 + inset, spot.at[0] + spot.along / 2 - inset
        top, bottom = spot.at[1] - size.across / 2, spot.at[1] + size.across / 2
        if self.turned and size.slots > 1:
            lines = [((spot.at[0], top + inset), (spot.at[0], bottom - inset))]
            lines += [
                ((spot.at[0], c), (end, c)) for c in (top + s * size.pitch for s in range(1, size.slots))
            ]
        else:
            acrosses = [
                top + (s + 0.5) * size.pitch for s, found in enumerate(box.slopes) if found.text or found.tex
            ]
            lines = [((start, c), (end, c)) for c in acrosses]
        return [self._floor(p, q) for p, q in lines]

    def _floor(self, p: Point, q: Point) -> str:
        (x0, y0), (x1, y1) = self._at(*p), self._at(*q)
        return f'<path class="floor" d="M{_n(x0)} {_n(y0)}L{_n(x1)} {_n(y1)}"/>'

    def _has_slopes(self, box: Box) -> bool:
        return self.style.backward and any(s.text or s.tex for s in box.slopes)

    def _label(self, box: Box, spot: Spot, size: Sized) -> str:
        """The mathematics upstairs (on the left, where the factory stands upright)."""
        made, two = size.label, self._has_slopes(box)
        along, across = spot.at
        if self.turned and size.slots > 1:
            along -= spot.along / 4 if two else 0
        elif two:
            across += (size.pitch / 2 - size.across) / 2
        x, y = self._at(along, across)
        return made.svg(x - made.width / 2, y + _drop(made) + 1, "", self.fit)

    def _slope(self, box: Box, s: int, spot: Spot, size: Sized) -> str:
        slope, made = box.slopes[s], size.slopes[s]
        along, across = spot.at[0], spot.at[1] - size.across / 2 + (s + 0.5) * size.pitch
        if self.turned and size.slots > 1:
            along += spot.along / 4
        else:
            across += size.pitch / 4
        x, y = self._at(along, across)
        if slope.tex:
            return made.svg(x - made.width / 2, y + _drop(made), "s", self.fit)
        if not slope.text:
            return ""
        text = escape(slope.text)
        place = f'class="sl" x="{_n(x)}" y="{_n(y + 5.5)}" text-anchor="middle"'
        return f'<text {place}>×<tspan dx="1.5"{_num(slope.key)}>{text}</tspan></text>'

    def _fork(self, ident: str, node: int) -> str:
        x, y = self._at(*self.placed.spots[ident].at, FORK / 2)
        r = FORK / 2
        plus = (
            f'<path class="plus" d="M{_n(x - 5)} {_n(y)}h10M{_n(x)} {_n(y - 5)}v10"/>'
            if self._flows_back(node)
            else ""
        )
        dot = f'<circle class="fork" cx="{_n(x)}" cy="{_n(y)}" r="{_n(r if plus else 3.5)}"/>'
        return f'<g data-node="{node}" class="forked">{dot}{plus}</g>'

    def _flows_back(self, node: int) -> bool:
        return self.style.backward and any(r.node == node and r.down for r in self.level.roads)

    def _gate(self, gate: Gate, comes_in: bool) -> str:
        spot, made = self.placed.spots[gate.id], gate_set(gate)
        x, y = self._at(*spot.at)
        if not self.turned:
            x = (
                x + spot.along / 2 - made.width - 7
                if comes_in
                else x - spot.along / 2 + 7 + (9 if self.style.backward else 4)
            )
        else:
            x, y = x - made.width / 2, y + (-4 if comes_in else 10)
        self._seen(x - 2, y - 20)
        self._seen(x + made.width + 2, y + 12)
        return f'<g data-node="{gate.node}">{made.svg(x, y + 8, "", self.fit)}</g>'

    # ----- roads -----

    def _road(self, k: int, road: Road, path: tuple[Point, ...]) -> tuple[str, str]:
        """(lanes, labels)"""
        two = self.style.backward and bool(road.down)
        shift = LANE if two else 0.0
        last = road.head[0].startswith("y")
        ends = (self._trim(road.tail[0]), self._trim(road.head[0]))
        wash = f'<path class="wash" d="{self._lane(path, 0, ends)}"/>'
        tip = 0 if last and two else 7 * (ends[1] == 0)  # an arrow's point is its own
        up = f'<path class="up" d="{self._lane(path, -shift, (ends[0], ends[1] + tip))}"/>'
        parts = [wash, up]
        if two:
            parts.append(
                f'<path class="down" d="{self._lane(path, shift, (ends[0] + 7 * (ends[0] == 0), ends[1]))}"/>'
            )
            parts.append(self._arrow(path, shift, False, ends[0]))
        if last and two and not self.level.inside:
            parts.append(self._turn(path))
        else:
            parts.append(self._arrow(path, -shift, True, ends[1]))
        to = f' data-to="{road.to}"' if road.to >= 0 else ""
        mark = f'data-node="{road.node}" data-from="{road.node}"{to}'
        at = f'data-road="{k}"'  # by which the walk knows when it is reached
        return (
            f"<g {mark} {at}>{''.join(parts)}</g>",
            f'<g data-node="{road.node}" {at}>{self._labels(k, road, two)}</g>',
        )

    def _trim(self, end: str) -> float:
        return FORK / 2 - 1 if end.startswith("k") else 0.0

    def _lane(self, path: tuple[Point, ...], shift: float, trims: tuple[float, float]) -> str:
        """The road moved aside by `shift`, with rounded bends."""
        points = trimmed(moved(path, shift), *trims)
        x, y = self._at(*points[0])
        parts = [f"M{_n(x)} {_n(y)}"]
        for before, here, after in zip(points, points[1:], points[2:], strict=False):
            r = min(BEND, length(before, here) / 2, length(here, after) / 2)
            (ax, ay), (bx, by), (cx, cy) = (
                self._at(*toward(here, before, r)), self._at(*here), self._at(*toward(here, after, r)),
            )  # fmt: skip
            parts.append(f"L{_n(ax)} {_n(ay)}Q{_n(bx)} {_n(by)} {_n(cx)} {_n(cy)}")
        x, y = self._at(*points[-1])
        return "".join(parts) + f"L{_n(x)} {_n(y)}"

    def _arrow(self, path: tuple[Point, ...], shift: float, forward: bool, trim: float) -> str:
        points = trimmed(moved(path, shift), 0 if forward else trim, trim if forward else 0)
        if trim and forward:
            return ""
        tip, before = (points[-1], points[-2]) if forward else (points[0], points[1])
        base = toward(tip, before, 9)
        da, dc = (tip[0] - base[0]) / 9, (tip[1] - base[1]) / 9
        corners = [tip, (base[0] - 4.2 * dc, base[1] + 4.2 * da), (base[0] + 4.2 * dc, base[1] - 4.2 * da)]
        drawn = " ".join(f"{_n(x)} {_n(y)}" for x, y in (self._at(*c) for c in corners))
        return f'<path class="{"uh" if forward else "dh"}" d="M{drawn}z"/>'

    def _turn(self, path: tuple[Point, ...]) -> str:
        """At y the road turns round."""
        (a, c) = path[-1]
        x0, y0 = self._at(a, c - LANE, 6)
        x1, y1 = self._at(a, c + LANE, 6)
        sweep = 0 if self.turned else 1
        return f'<path class="turn" d="M{_n(x0)} {_n(y0)}A{LANE} {LANE} 0 0 {sweep} {_n(x1)} {_n(y1)}"/>'

    # ----- labels -----

    def _label_spot(self, road: Road, path: tuple[Point, ...]) -> Point:
        two = self.style.backward and bool(road.down)
        return self._spot_for(path, self._label_width(road, two), two, bool(road.name))

    def _label_width(self, road: Road, two: bool) -> float:
        return max(text_width(road.up), text_width(road.down if two else ""), 14.0)

    def _labels(self, k: int, road: Road, two: bool) -> str:
        width = self._label_width(road, two)
        x, y = self._at(*self.labels[k])
        if self.turned:
            parts = [_text("uv", x - 13, y + 6, road.up, "end", road.up_key)]
            same = (road.down == road.up and not road.down[-1:].isdigit()) or " × " in road.down
            parts += (
                [_text("dv", x + 13, y + 6, road.down, "start", road.down_key)] if two and not same else []
            )
            self._seen(x - 16 - width, y)
            self._seen(x + 16 + width, y)
            return "".join(parts)
        parts = [_text("uv", x, y - (12 if two else 8), road.up, "middle", road.up_key)]
        parts += [_text("dv", x, y + 23.5, road.down, "middle", road.down_key)] if two else []
        if road.name:
            from chalkgrad.render.boxmath import measure

            made = measure(road.name, 16)
            parts.append(made.svg(x - made.width / 2, y - (32 if two else 28), "q", self.fit))
            self._seen(x, y - 48)
        self._seen(x - width / 2, y - 28)
        self._seen(x + width / 2, y + 29)
        return "".join(parts)

    def _spot_for(self, path: tuple[Point, ...], width: float, two: bool, named: bool) -> Point:
        """The middle of the longest straight piece, or a place near it where nothing else stands."""
        need = 20.0 if self.turned else width + 8
        pieces = sorted(
            (p for p in pairwise(path) if p[0][1] == p[1][1]),
            key=lambda p: (
                p[1][0] < p[0][0],
                -abs(p[1][0] - p[0][0]),
            ),  # where it goes back, lanes change sides
        ) or [(path[0], path[-1])]
        fallback = ((pieces[0][0][0] + pieces[0][1][0]) / 2, pieces[0][0][1])
        for (a, c), (b, _) in pieces:
            if abs(b - a) < need:
                continue
            for share in (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8):
                at = (a + (b - a) * share, c)
                spots = self._label_rects(at, width, two, named)
                if abs(share - 0.5) * abs(b - a) + need / 2 <= abs(b - a) / 2 and not any(
                    map(self._is_taken, spots)
                ):
                    self.taken += spots
                    return at
        self.taken += self._label_rects(fallback, width, two, named)
        return fallback

    def _label_rects(
        self, at: Point, width: float, two: bool, named: bool
    ) -> list[tuple[float, float, float, float]]:
        x, y = (at[1], at[0]) if self.turned else at
        if self.turned:
            return [(x - 14 - width, y - 9, x - 13, y + 9), (x + 13, y - 9, x + 14 + width, y + 9)]
        above = (x - width / 2, y - (46 if named else 26), x + width / 2, y - 8)
        return [above, (x - width / 2, y + 8, x + width / 2, y + 26)] if two else [above]

    def _is_taken(self, r: tuple[float, float, float, float]) -> bool:
        return any(r[0] < t[2] and t[0] < r[2] and r[1] < t[3] and t[1] < r[3] for t in self.taken)


# ----- small parts -----


def _reach(path: tuple[Point, ...]) -> float:
    return sum(length(p, q) for p, q in pairwise(path))


def _nodes_of(box: Box) -> tuple[int, ...]:
    """A closed box stands for its result, and lights with all that is inside, unless that is a crowd."""
    return box.nodes if len(box.nodes) <= 40 else (box.nodes[-1],)


def _drop(made: Set) -> float:
    """From the middle of what was set down to its baseline."""
    return (made.up - made.down) / 2


def _text(kind: str, x: float, y: float, text: str, anchor: str, key: str) -> str:
    width = text_width(text) + 10
    left = {"middle": x - width / 2, "end": x - width + 5, "start": x - 5}[anchor]
    return (
        f'<rect class="wash" x="{_n(left)}" y="{_n(y - 16)}" width="{_n(width)}" height="22"/>'
        f'<path class="rule" d="M{_n(left)} {_n(y + 6)}h{_n(width)}"/>'
        f'<text class="{kind}" x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}"{_num(key)}>'
        f"{escape(text)}</text>"
    )


def _num(key: str) -> str:
    """Which number of the graph a text is: then it follows when values change."""
    return f' data-num="{escape(key)}"' if key else ""


def _rect(kind: str, x: float, y: float, w: float, h: float, r: float) -> str:
    return f'<rect class="{kind}" x="{_n(x)}" y="{_n(y)}" width="{_n(w)}" height="{_n(h)}" rx="{r}"/>'


def _n(value: float) -> str:
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text
