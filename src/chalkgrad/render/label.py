"""Where the number of the slope stands: beside its bar, off the curves if there is room.

`web/page/label.ts` finds the same places.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from chalkgrad.render.plot_size import BOTTOM, RIGHT, TOP, WIDTH

Point = tuple[float, float]
ASIDE, HIGH, CLEAR = 10.0, 12.0, 3.0  # from the bar; of the digits; around them
STEPS = (0.0, -17.0, 17.0, -34.0, 34.0, -51.0, 51.0, -68.0, 68.0)
CROSSED, AXIS, LEFTWARD = 10.0, 3.0, 2.5  # what a place costs; a step costs 1


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text begins, or ends."""

    x: float
    y: float  # of its baseline
    anchor: str  # "start" or "end"


def slope_place(
    bar: tuple[float, float, float], width: float, lines: Iterable[Sequence[Point]], axes: Sequence[float]
) -> Place:
    """The best place beside a bar.

    Args:
        bar: its x, and the heights of its two ends.
        width: of the text.
        lines: what the text is not to lie on, as polylines.
        axes: the height of the axis y = 0 and the place of the axis x = 0.
    """
    lines = [line for line in lines if len(line) > 1]
    best, least = None, 0.0
    for place, cost in _places(bar, width):
        left = place.x if place.anchor == "start" else place.x - width
        box = (left - CLEAR, place.y - HIGH - CLEAR, left + width + CLEAR, place.y + CLEAR)
        cost += CROSSED * sum(_meets(line, box) for line in lines)
        cost += AXIS * ((box[1] < axes[0] < box[3]) + (box[0] < axes[1] < box[2]))
        if best is None or cost < least:
            best, least = place, cost
    assert best is not None
    return best


def _places(bar: tuple[float, float, float], width: float) -> Iterator[tuple[Place, float]]:
    x, y0, y1 = bar
    middle = (y0 + y1) / 2 + 5.5
    fits = x + ASIDE + width < WIDTH - 4
    for step in STEPS:
        cost = abs(step) / 17
        if step and not TOP + HIGH < middle + step < BOTTOM:
            continue
        if fits:
            yield Place(x + ASIDE, middle + step, "start"), cost
        yield Place(x - ASIDE, middle + step, "end"), cost + (LEFTWARD if fits else 0.0)


def _meets(line: Sequence[Point], box: tuple[float, float, float, float]) -> bool:
    left, top, right, bottom = box
    for k in range(1, len(line)):
        (xa, ya), (xb, yb) = line[k - 1], line[k]
        if xb < left or xa > right:
            continue
        if xa != xb:
            rise = (yb - ya) / (xb - xa)
            ya, yb = ya + (max(left, xa) - xa) * rise, ya + (min(right, xb) - xa) * rise
        if min(ya, yb) < bottom and max(ya, yb) > top:
            return True
    return False


def name_of(line: Sequence[Point]) -> list[Point]:
    """What the name of a curve takes, which stands to the right of its end."""
    y = line[-1][1] if line else -HIGH
    return [(RIGHT + 8, y - 12), (RIGHT + 8, y + 8)] if line and line[-1][0] > RIGHT - 1 else []
