"""The loss over the epochs, the moments of a training marked on it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from itertools import pairwise

from chalkgrad.render.numbers import number

WIDTH, HEIGHT = 560, 240
LEFT, RIGHT, TOP, BOTTOM = 56, 464, 12, 204
FAR = 12  # so many times the usual loss is not drawn
_COLOURS = {
    "loss": ("training", "forward", ""),
    "val_loss": ("validation", "gradient", ' stroke-dasharray="7 5"'),
}

Column = Sequence[float | None]


def losses_svg(columns: Mapping[str, Column], epochs: Sequence[int]) -> str:
    """Curves of the loss and, dashed, that of validation; a mark for each of these epochs.

    A frame is shown by its `data-frame`; at first it is the last one.
    """
    finite = [v for column in columns.values() for v in column if v is not None]
    if not finite:
        return '<p class="failed">The loss was at no epoch a finite number.</p>'
    count = max(map(len, columns.values()))
    scale = _Scale(max(count, epochs[-1], 1), _top(finite), min(0.0, *finite))
    curves = "".join(_curve(name, columns[name], scale) for name in columns) + _names(columns, scale)
    last = len(epochs) - 1
    marks = "".join(_mark(k, e, columns, scale, k == last) for k, e in enumerate(epochs))
    label = f"Loss over {count} epochs, from {number(_round(finite[0]))} to {number(_round(_last(columns)))}"
    return (
        f'<svg class="losses" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" '
        f'aria-label="{escape(label)}">{_axes(scale)}{curves}{marks}</svg>'
    )


class _Scale:
    """From epochs and losses to pixels."""

    def __init__(self, epochs: int, top: float, low: float):
        self.epochs, self.top, self.low = epochs, top, low

    def x(self, epoch: float) -> float:
        return round(LEFT + (RIGHT - LEFT) * epoch / self.epochs, 1)

    def y(self, loss: float) -> float:
        whole = (min(loss, self.top) - self.low) / ((self.top - self.low) or 1)
        return round(BOTTOM - (BOTTOM - TOP) * whole, 1)


def _top(values: Sequence[float]) -> float:
    """The highest loss that is drawn: a first one far above all others is cut off."""
    ordered = sorted(values)
    usual = ordered[int(0.9 * (len(ordered) - 1))]
    return ordered[-1] if ordered[-1] < FAR * usual or len(ordered) < 4 else 2 * usual


def _curve(name: str, column: Column, scale: _Scale) -> str:
    _, colour, dashes = _COLOURS[name]
    points = [None if v is None else (k + 1.0, v) for k, v in enumerate(column)]
    path, at = "", ""
    for a, b in pairwise(points):
        if a is not None and b is not None and min(a[1], b[1]) <= scale.top:
            start, end = (_place(*pair, scale) for pair in ((a, b), (b, a)))
            path += (f"M{start}" if start != at else "") + f"L{end}"  # one line: dashes run on
            at = end
    return f'<path d="{path}" stroke="var(--{colour})"{dashes}/>'


def _place(point: tuple[float, float], other: tuple[float, float], scale: _Scale) -> str:
    """An end of the line between two epochs, in pixels; as far as it is not above what is drawn."""
    epoch, loss = _lowered(point, other, scale.top)
    return f"{scale.x(epoch)} {scale.y(loss)}"


def _lowered(point: tuple[float, float], other: tuple[float, float], top: float) -> tuple[float, float]:
    """The point, or where the line from it to the other one comes down to the top."""
    if point[1] <= top:
        return point
    share = (point[1] - top) / (point[1] - other[1])
    return point[0] + share * (other[0] - point[0]), top


def _names(columns: Mapping[str, Column], scale: _Scale) -> str:
    """What each curve is, at its end; one below the other where they end together."""
    ends = {n: next((v for v in reversed(c) if v is not None), None) for n, c in columns.items()}
    places = sorted((scale.y(v) + 5, name) for name, v in ends.items() if v is not None)
    texts: list[str] = []
    least = 0.0
    for place, name in places:
        y = min(max(place, least), BOTTOM + 5 - 16 * (len(places) - 1 - len(texts)))
        least = y + 16
        title, colour, _ = _COLOURS[name]
        texts.append(f'<text x="{RIGHT + 12}" y="{y}" fill="var(--{colour})">{title}</text>')
    return "".join(texts)


def _mark(k: int, epoch: int, columns: Mapping[str, Column], scale: _Scale, shown: bool) -> str:
    x = scale.x(epoch)
    rings = "".join(
        f'<circle cx="{x}" cy="{scale.y(value)}" r="5" stroke="var(--{_COLOURS[name][1]})"/>'
        for name, column in columns.items()
        if 0 < epoch <= len(column) and (value := column[epoch - 1]) is not None and value <= scale.top
    )
    hidden = "" if shown else " hidden"
    return f'<g data-frame="{k}"{hidden}><path class="now" d="M{x} {TOP}V{BOTTOM + 8}"/>{rings}</g>'


def _axes(scale: _Scale) -> str:
    ticks = _ticks(scale.low, scale.top)
    rows = "".join(
        f'<path class="grid" d="M{LEFT} {scale.y(t)}H{RIGHT}"/><text x="{LEFT - 8}" y="{scale.y(t) + 5}" '
        f'text-anchor="end">{number(t)}</text>'
        for t in ticks
    )
    feet = "".join(
        f'<text x="{scale.x(e)}" y="{BOTTOM + 24}" text-anchor="middle">{e}</text>' for e in (0, scale.epochs)
    )
    return f'{rows}{feet}<text x="{(LEFT + RIGHT) / 2}" y="{BOTTOM + 24}" text-anchor="middle">epoch</text>'


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers between two, six at the most."""
    step = 10 ** math.floor(math.log10((high - low) or 1))
    step *= next(m for m in (0.2, 0.5, 1, 2) if (high - low) / (step * m) <= 6)
    first = math.ceil(low / step)
    return [float(f"{k * step:.6g}") for k in range(first, math.floor(high / step) + 1)]


def _round(value: float) -> float:
    return float(f"{value:.3g}")


def _last(columns: Mapping[str, Column]) -> float:
    return next((v for v in reversed(next(iter(columns.values()))) if v is not None), math.nan)
