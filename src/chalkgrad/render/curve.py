"""The page's plot: f solid, f′ dashed, the tangent at x, and the slope as a length, twice.

The rise of the slope triangle over a run of 1 and the height of f′ are the same bar. Inner quantities have
curves of their own that show while their node is lit.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from chalkgrad.errors import LatexError
from chalkgrad.render.boxmath import Set, measure
from chalkgrad.render.curve_style import curve_rules
from chalkgrad.render.label import Place, name_of, slope_place
from chalkgrad.render.numbers import num, number
from chalkgrad.render.plot_size import BOTTOM, HEIGHT, LEFT, RAIL, RIGHT, TOP, WIDTH
from chalkgrad.render.samples import Kink, Samples


@dataclass(frozen=True, slots=True)
class Labels:
    """What the curves are called, and the LaTeX of inner nodes."""

    f: str = "f"
    g: str = "f'"
    inner: Mapping[int, str] | None = None
    output: int = -1  # the node that f is


def curve_svg(
    found: Samples,
    labels: Labels | None = None,
    ident: str = "plot",
    standalone: bool = False,
    styled: bool = True,
    live: bool = False,
) -> str:
    """The plot as SVG.

    Args:
        found: the samples.
        labels: names of the curves.
        ident: the element's id.
        standalone: bring the colours, and paint the paper.
        styled: bring the rules.
        live: the page computes: it finds the scales here, and draws inner curves by itself when they are lit.
    """
    return _Plot(found, labels or Labels(), ident, live).svg(standalone, styled)


class _Plot:
    """One plot; `x` and `y` turn quantities into places."""

    def __init__(self, found: Samples, labels: Labels, ident: str, live: bool = False):
        self.s, self.labels, self.ident, self.live = found, labels, ident, live
        self.low, self.high = found.xs[0], found.xs[-1]
        self.bottom, self.top = height_range(found)
        labels_wide = max((7.4 * len(number(t)) for t in ticks(self.bottom, self.top, 4)), default=0.0)
        self.left = max(LEFT, labels_wide + 12)

    def x(self, value: float) -> float:
        return self.left + (value - self.low) / (self.high - self.low) * (RIGHT - self.left)

    def y(self, value: float) -> float:
        return BOTTOM - (value - self.bottom) / (self.top - self.bottom) * (BOTTOM - TOP)

    def sees(self, value: float | None) -> bool:
        return value is not None and self.bottom <= value <= self.top

    # ----- the whole -----

    def svg(self, standalone: bool, styled: bool) -> str:
        style = f"<style>{curve_rules(standalone)}</style>" if styled else ""
        name = self._axis_name()
        below = name is not None and not _stands_beside(name.width)
        height = HEIGHT + (20 if self.s.note or below else 0)
        paper = f'<rect width="{WIDTH}" height="{height}" fill="var(--paper)"/>' if standalone else ""
        window = f'x="{self.left}" y="{TOP - 6}" width="{RIGHT - self.left}" height="{BOTTOM - TOP + 12}"'
        clip = f'<clipPath id="{self.ident}-c"><rect {window}/></clipPath>'
        tangent = f'<g class="tangents">{self._tangent()}</g>'
        clipped = f'<g clip-path="url(#{self.ident}-c)">{self._glows()}{self._curves()}{tangent}</g>'
        kinks, here = f'<g class="kinks">{self._kinks()}</g>', f'<g class="here">{self._here()}</g>'
        body = f'<g class="ground">{self._grid()}</g>{clipped}{kinks}{self._names()}{here}{self._rail()}'
        body += self._inner_labels()
        size = f'width="{_n(WIDTH)}" height="{_n(height)}" {self._scale()}'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="cgp" id="{escape(self.ident)}" role="img" '
            f'viewBox="0 0 {_n(WIDTH)} {_n(height)}" {size}'
            f'aria-labelledby="{self.ident}-t"><title id="{self.ident}-t">{escape(self._words())}</title>'
            f"{style}<defs>{clip}</defs>{paper}{body}</svg>"
        )

    def _scale(self) -> str:
        """The scales, for the page to draw by."""
        if not self.live:
            return ""
        scale = {k: getattr(self, k) for k in ("low", "high", "left", "bottom", "top")}
        return f'data-scale="{escape(json.dumps(scale))}" data-entry="{escape(self.s.entry.name)}" '

    def _words(self) -> str:
        slope = "" if self.s.slope is None else f", with slope {number(self.s.slope)}"
        kinks = "".join(f"; a kink at {number(k.x)}" for k in self.s.kinks)
        return (
            f"Plot from {number(self.low)} to {number(self.high)}: "
            f"at {self.s.entry.name} = {number(self.s.at)} the value is {number(self.s.value)}{slope}{kinks}"
        )

    def _grid(self) -> str:
        parts = []
        for tick in ticks(self.bottom, self.top, 4):
            y = self.y(tick)
            kind = "axis" if tick == 0 else "grid"
            parts.append(f'<path class="{kind}" d="M{_n(self.left)} {_n(y)}H{_n(RIGHT)}"/>')
            parts.append(_label("tick", self.left - 8, y + 5, number(tick), "end"))
        if self.low < 0 < self.high:
            parts.append(f'<path class="axis" d="M{_n(self.x(0))} {_n(TOP)}V{_n(BOTTOM + 8)}"/>')
        return "".join(parts)

    def _curves(self) -> str:
        breaks = [k.x for k in self.s.kinks]
        g = "" if self.s.g is None else f'<path class="g" d="{self._path(self.s.g, breaks)}"/>'
        glow = self._path(self.s.f)
        f = f'<path class="glow wash" d="{glow}"/><path class="f" d="{glow}"/>'
        f = f'<g data-node="{self.labels.output}">{f}</g>'
        return g + f

    def _path(self, values: Sequence[float | None], breaks: Sequence[float] = ()) -> str:
        """A curve; it stops at gaps, at breaks, and far outside the picture."""
        reach = self.top - self.bottom
        strokes: list[list[tuple[float, float]]] = [[]]
        for k, (x, value) in enumerate(zip(self.s.xs, values, strict=True)):
            if value is None or not self.bottom - 2 * reach < value < self.top + 2 * reach:
                strokes.append([])
                continue
            if k and any(self.s.xs[k - 1] <= b <= x for b in breaks):
                strokes.append([])
            strokes[-1].append((self.x(x), self.y(value)))
        drawn = (" ".join(f"{_n(x)} {_n(y)}" for x, y in thinned(stroke)) for stroke in strokes if stroke)
        return "".join(f"M{points}" for points in drawn)

    # ----- the tangent, and the slope as a length -----

    def _tangent(self) -> str:
        if self.s.slope is None or not math.isfinite(self.s.value) or self._kink_here():
            return ""
        half = 0.25 * (self.high - self.low)
        ends = [(self.s.at + d, self.s.value + d * self.s.slope) for d in (-half, half)]
        (a, b), (c, d) = ends
        return f'<path class="tangent" d="M{_n(self.x(a))} {_n(self.y(b))}L{_n(self.x(c))} {_n(self.y(d))}"/>'

    def _kink_here(self) -> bool:
        return any(abs(k.x - self.s.at) < 1e-9 for k in self.s.kinks)

    def _run(self) -> float:
        """How far to go along for the triangle: 1, or a round number that stays in the picture."""
        slope, value = self.s.slope or 0.0, self.s.value
        unit = 10.0 ** math.floor(math.log10((self.high - self.low) / 2.5))
        for run in (
            1.0 if unit <= 1.0 < 10 * unit else unit,
            unit / 2,
            unit / 5,
            unit / 10,
            unit / 20,
            unit / 50,
            unit / 100,
        ):
            if self.s.at + run <= self.high and self.sees(value + run * slope):
                return run
        return 0.0

    def _triangle(self) -> str:
        slope, value, at = self.s.slope, self.s.value, self.s.at
        if slope is None or not self.sees(value) or self._kink_here():
            return ""
        run = self._run()
        if not run:
            return ""
        x0, x1, y0, y1 = self.x(at), self.x(at + run), self.y(value), self.y(value + run * slope)
        text = number(slope) if run == 1 else f"{number(run)} × {number(slope)}"
        below = 17 if y1 <= y0 else -7
        place = self._beside((x1, y0, y1), x0, 8.3 * len(text), below)
        return (
            f'<path class="run" d="M{_n(x0)} {_n(y0)}H{_n(x1)}"/>'
            f'<path class="length" d="M{_n(x1)} {_n(y0)}V{_n(y1)}"/>'
            f"{_label('one halo', (x0 + x1) / 2, y0 + below, number(run), 'middle')}"
            f"{_label('slope halo', place.x, place.y, text, place.anchor)}"
        )

    def _beside(self, bar: tuple[float, float, float], x0: float, width: float, below: float) -> Place:
        """Where the slope's number stands clear of the curves, the tangent, the triangle and the names."""
        x1, y0, _ = bar
        slope, one = self.s.slope or 0.0, (x0 + x1) / 2
        half = 0.25 * (self.high - self.low)
        ends = [(self.s.at + d, self.s.value + d * slope) for d in (-half, half)]
        f, g = (self._seen(values) for values in (self.s.f, self.s.g or ()))
        return slope_place(
            bar,
            width,
            (
                *(f, g, name_of(f), name_of(g), [(self.x(x), self.y(y)) for x, y in ends]),
                *([(x0, y0), (x1, y0)], [(x0, y0), (x0, BOTTOM)]),
                [(one - 4, y0 + below - 5), (one + 4, y0 + below - 5)],
            ),
            (self.y(0.0), self.x(0.0)),
        )

    def _seen(self, values: Sequence[float | None]) -> list[tuple[float, float]]:
        return [
            (self.x(x), self.y(v))
            for x, v in zip(self.s.xs, values, strict=False)
            if v is not None and self.sees(v)
        ]

    def _here(self) -> str:
        """The chosen x: dotted up from its grip, a ring on each curve, the height of f′ as a bar."""
        x = self.x(self.s.at)
        values = [v for v in (self.s.value, self.s.slope) if self.sees(v)]
        top = min([self.y(v) for v in values if v is not None], default=BOTTOM)
        parts = [f'<path class="at" d="M{_n(x)} {_n(RAIL - 12)}V{_n(top)}"/>', self._triangle()]
        if self.sees(self.s.slope) and not self._kink_here():
            base = min(max(0.0, self.bottom), self.top)
            y = self.y(self.s.slope)  # type: ignore[arg-type]
            parts.append(f'<path class="length" d="M{_n(x)} {_n(self.y(base))}V{_n(y)}"/>')
            parts.append(f'<circle class="ring g2" cx="{_n(x)}" cy="{_n(y)}" r="4.5"/>')
        if self.sees(self.s.value):
            parts.append(f'<circle class="ring" cx="{_n(x)}" cy="{_n(self.y(self.s.value))}" r="6"/>')
        return "".join(parts)

    def _kinks(self) -> str:
        parts = []
        for k in self.s.kinks[:6]:
            x = self.x(k.x)
            for side in (k.left, k.right):
                if self.sees(side):
                    parts.append(f'<circle class="jump" cx="{_n(x)}" cy="{_n(self.y(side))}" r="4.5"/>')
            if self.sees(k.mean):
                parts.append(f'<circle class="mean" cx="{_n(x)}" cy="{_n(self.y(k.mean))}" r="3"/>')
                parts.append(self._kink_told(k) if len(self.s.kinks) == 1 else "")
        return "".join(parts)

    def _kink_told(self, k: Kink) -> str:
        """What is taken for the slope there, on the side that has room for it."""
        text, x, y = f"at the kink {number(k.mean)}, the mean", self.x(k.x), self.y(k.mean) + 4.5
        width = 6.2 * len(text)
        for start, anchor in ((x - 9 - width, "end"), (x + 9, "start")):
            if (
                start < self.left
                or start + width > RIGHT
                or not self._is_clear(start, start + width, y - 5, 13.0)
            ):
                continue
            at = x - 9 if anchor == "end" else x + 9
            return f'<text class="told halo" x="{_n(at)}" y="{_n(y)}" text-anchor="{anchor}">{text}</text>'
        return ""

    def _is_clear(self, left: float, right: float, y: float, room: float) -> bool:
        """Whether neither curve nor the tangent passes within `room` of a level stretch."""
        slope, at = self.s.slope or 0.0, self.s.at
        for k, x in enumerate(self.s.xs):
            if left <= self.x(x) <= right:
                near = [self.s.f[k], (self.s.g or self.s.f)[k], self.s.value + (x - at) * slope]
                if any(v is not None and abs(self.y(v) - y) < room for v in near):
                    return False
        return True

    # ----- names -----

    def _names(self) -> str:
        f = self._name(self.s.f, self.labels.f, "f", self.s.g)
        return f + ("" if self.s.g is None else self._name(self.s.g, self.labels.g, "g", self.s.f))

    def _name(
        self, values: Sequence[float | None], tex: str, which: str, other: Sequence[float | None] | None
    ) -> str:
        made, place = _set(tex, 21), self._name_place(values, which, other)
        if made is None or (place is None and not self.live):
            return ""
        x, y = place or (RIGHT, BOTTOM)
        unseen = "" if place else ' visibility="hidden"'
        drawn = made.svg(x, y, f"{which}v halo")
        return f'<g data-name="{which}" data-at="{_n(x)} {_n(y)}"{unseen}>{drawn}</g>'

    def _name_place(
        self, values: Sequence[float | None], which: str, other: Sequence[float | None] | None
    ) -> tuple[float, float] | None:
        """To the right of the curve's end if that can be seen, else beside it."""
        last = values[-1]
        beside = (
            other is not None
            and other[-1] is not None
            and last is not None
            and abs(self.y(other[-1]) - self.y(last)) < 24
        )
        if self.sees(last) and (which == "f" or not beside):
            return RIGHT + 7, self.y(last) + 6  # type: ignore[arg-type]
        return self._free_place(values, other)

    def _free_place(
        self, values: Sequence[float | None], other: Sequence[float | None] | None
    ) -> tuple[float, float] | None:
        """Beside the curve, where the other one is far away; looked for from the right."""
        best: tuple[float, float, float] | None = None
        for k in range(len(values) - 12, 8, -6):
            v = values[k]
            if not self.sees(v) or abs(self.x(self.s.xs[k]) - self.x(self.s.at)) < 34:
                continue
            x, y = self.x(self.s.xs[k]) + 8, self.y(v) - 12  # type: ignore[arg-type]
            far = 200.0
            for curve in (values, other or ()):
                near = [self.y(c) for c in curve[k : k + 14] if self.sees(c)]  # type: ignore[arg-type]
                far = min([far, *(abs(c - (y - 6)) for c in near)])
            score = min(far, 26.0) + 0.02 * k - (60 if y < TOP + 14 else 0)
            if best is None or score > best[0]:
                best = (score, x, y)
        return None if best is None else best[1:]

    def _glows(self) -> str:
        """Curves of inner quantities, seen while they are lit."""
        inner = [(i, v) for i, v in self.s.inner.items() if i != self.labels.output]
        shown = [(i, " " if self.live else self._path(v)) for i, v in inner]
        return "".join(
            f'<g class="inner" data-node="{i}"><path class="glow" d="{d}"/><path class="line" d="{d}"/></g>'
            for i, d in shown
            if d
        )

    def _inner_labels(self) -> str:
        parts = []
        for i, values in self.s.inner.items():
            here = self.s.inner_at.get(i)
            dot = ""
            if i != self.labels.output and here is not None and (self.live or self.sees(here)):
                x, y = self.x(self.s.at), self.y(here)
                place, key = f'x="{_n(x + 14)}" y="{_n(y - 8)}"', num(str(i)) if self.live else ""
                dot = f'<circle class="dot" cx="{_n(x)}" cy="{_n(y)}" r="6"/>'
                dot += f'<text class="val halo" {place}{key}>{number(here)}</text>'
            chip = self._chip(values, (self.labels.inner or {}).get(i, "")) if i != self.labels.output else ""
            if dot or chip:
                parts.append(f'<g class="inner" data-node="{i}">{dot}{chip}</g>')
        return "".join(parts)

    def _chip(self, values: Sequence[float | None], tex: str) -> str:
        """The name of an inner curve beside the place where it is seen first, from the top."""
        made = _set(tex, 19) if tex else None
        seen = [(self.y(v), self.x(x)) for x, v in zip(self.s.xs, values, strict=True) if self.sees(v)]  # type: ignore[arg-type]
        if made is None or not seen:
            return ""
        y, x = min(seen)
        y = max(y + 18, TOP + 18)
        x = min(x + 14, RIGHT - made.width - 6)
        box = f'<rect class="chip" x="-4" y="-17" width="{_n(made.width + 8)}" height="24"/>'
        under = f'<path class="under" d="M-4 7h{_n(made.width + 8)}"/>'
        place = f'data-width="{_n(made.width)}" transform="translate({_n(x)} {_n(y)})"'
        return f'<g class="name" {place}>{box}{under}{made.svg(0, 0)}</g>'

    # ----- the rail -----

    def _axis_name(self) -> Set | None:
        return _set(self.s.entry.tex, 17) if self.s.entry.name != "x" else None

    def _rail(self) -> str:
        parts = [f'<g class="scale"><path class="axis" d="M{_n(self.left)} {_n(RAIL)}H{_n(RIGHT)}"/>']
        at = self.x(self.s.at)
        for tick in ticks(self.low, self.high, 5):
            x = self.x(tick)
            parts.append(f'<path class="axis" d="M{_n(x)} {_n(RAIL - 4)}v8"/>')
            if abs(x - at) > 24:
                parts.append(_label("tick", x, RAIL + 26, number(tick), "middle"))
        parts.append(_label("tick now", at, RAIL + 26, number(self.s.at), "middle") + "</g>")
        knob = f'<circle class="knob" cx="{_n(at)}" cy="{_n(RAIL)}" r="11"/>'
        left, right = f"M{_n(at - 2.5)} {_n(RAIL - 4)}l-4 4l4 4", f"M{_n(at + 2.5)} {_n(RAIL - 4)}l4 4l-4 4"
        arrows = f'<path class="chevrons" d="{left}{right}"/>'
        name = self._axis_name()
        narrow = name is not None and _stands_beside(name.width)
        place = (RIGHT + 8, RAIL + 5) if narrow else (RIGHT - (name.width if name else 0), HEIGHT + 12)
        named = f'<g class="axis-name">{name.svg(*place) if name else ""}</g>' if name or self.live else ""
        told = (
            f'<text class="told" x="{_n(self.left)}" y="{_n(HEIGHT + 12)}">{escape(self.s.note)}</text>'
            if self.s.note
            else ""
        )
        return f'{"".join(parts)}<g class="grip">{knob}{arrows}</g>{named}{told}'


def _stands_beside(width: float) -> bool:
    """Whether the axis's name has room to the right of its rail; else it stands below."""
    return width < WIDTH - RIGHT - 10


# ----- scales -----


def thinned(points: Sequence[tuple[float, float]], within: float = 0.12) -> list[tuple[float, float]]:
    """A polyline without the points that a straight line between its neighbours passes within `within`.

    >>> thinned([(0, 0), (1, 0), (2, 0), (3, 1)])
    [(0, 0), (2, 0), (3, 1)]
    """
    kept = list(points[:1])
    low, high = -math.inf, math.inf  # slopes that meet every point since the last one kept
    for before, (x, y) in pairwise(points):
        x0, y0 = kept[-1]
        if not low <= (y - y0) / (x - x0) <= high:
            kept.append(before)
            x0, y0 = before
            low, high = -math.inf, math.inf
        low, high = max(low, (y - within - y0) / (x - x0)), min(high, (y + within - y0) / (x - x0))
    return kept + list(points[max(1, len(points) - 1) :])


def ticks(low: float, high: float, about: int) -> list[float]:
    """Round numbers between two ends.

    >>> ticks(-0.1, 1.14, 4)
    [0.0, 0.5, 1.0]
    """
    span = (high - low) / max(1, about)
    unit = 10.0 ** math.floor(math.log10(span))
    step = next(unit * m for m in (1, 2, 5, 10) if unit * m >= span * 0.8)
    first = math.ceil(low / step - 1e-9)
    return [float(f"{k * step:.12g}") for k in range(first, math.floor(high / step + 1e-9) + 1)]


def height_range(found: Samples) -> tuple[float, float]:
    """The heights to show: all of f and f′ if that is reasonable, else most of them; zero if it is near."""
    low, high = _spread([v for v in found.f if v is not None])
    if found.g is not None:
        a, b = _spread([v for v in found.g if v is not None])
        height = high - low or 1.0
        together = max(high, b) - min(low, a)
        room = together if together < 4.5 * height else height
        low, high = min(low, max(a, low - room)), max(high, min(b, high + room))
    if found.value is not None and math.isfinite(found.value):
        low, high = min(low, found.value), max(high, found.value)
    if low > 0 and low < 0.6 * high:
        low = 0.0
    if high < 0 and high > 0.6 * low:
        high = 0.0
    pad = 0.07 * (high - low) or max(1.0, abs(high)) * 0.5
    return low - pad * (0.35 if low == 0 else 1), high + pad * 1.6


def _spread(values: Sequence[float]) -> tuple[float, float]:
    if not values:
        return 0.0, 1.0
    ordered = sorted(values)
    few = max(1, len(ordered) // 25)
    inner = ordered[-1 - few] - ordered[few]
    if inner > 0 and ordered[-1] - ordered[0] > 6 * inner:
        return ordered[few] - 0.5 * inner, ordered[-1 - few] + 0.5 * inner
    return ordered[0], ordered[-1]


def _label(kind: str, x: float, y: float, text: str, anchor: str) -> str:
    return f'<text class="{kind}" x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}">{text}</text>'


def _set(tex: str, size: float) -> Set | None:
    try:
        return measure(tex, size)
    except LatexError:
        return None


def _n(value: float) -> str:
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text
