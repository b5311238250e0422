"""Where a formula and its code part: the formula dotted on the plot, hatched between them, one point told."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chalkgrad.render.curve import height_range, thinned, ticks
from chalkgrad.render.numbers import number
from chalkgrad.render.plot_size import BOTTOM, LEFT, RIGHT, TOP
from chalkgrad.render.samples import Samples

Curve = Sequence[float | None]
DOTTED = 'fill="none" stroke="var(--ink)" stroke-width="2.6" stroke-dasharray="1.5 3.5"'
OPEN = 'fill="var(--paper)" stroke="var(--ink)" stroke-width="2"'


@dataclass(frozen=True, slots=True)
class Point:
    """What the formula and the code give at one x."""

    x: float
    formula: float
    code: float


def with_apart(
    plot_svg: str, found: Samples, formula: Curve, point: Point | None, slope: bool = False
) -> str:
    """A plot with the formula's curve on it.

    Args:
        plot_svg: from `curve.curve_svg`.
        found: the samples it was drawn from.
        formula: the formula's values at the same places.
        point: one where the two differ.
        slope: whether the formula is to be that of the derivative.
    """
    ident = re.search(r'<clipPath id="([^"]*)-c"', plot_svg)
    if ident is None:
        raise ValueError("this is no plot of a curve")
    body, end, rest = plot_svg.rpartition("</svg>")
    return body + _Apart(found, formula, ident[1], slope).svg(point) + end + rest


class _Apart:
    def __init__(self, found: Samples, formula: Curve, ident: str, slope: bool):
        self.xs, self.formula, self.ident = found.xs, formula, ident
        self.code = (found.g or [None] * len(found.xs)) if slope else found.f
        self.of_code = ("slope", "var(--gradient)") if slope else ("code", "var(--forward)")
        self.bottom, self.top = height_range(found)
        widest = max((7.4 * len(number(t)) for t in ticks(self.bottom, self.top, 4)), default=0.0)
        self.left = max(LEFT, widest + 12)

    def x(self, value: float) -> float:
        low, high = self.xs[0], self.xs[-1]
        return self.left + (value - low) / (high - low) * (RIGHT - self.left)

    def y(self, value: float) -> float:
        """Its height, but never further out of the picture than the picture is high."""
        share = (value - self.bottom) / (self.top - self.bottom)
        return BOTTOM - min(max(share, -1.0), 2.0) * (BOTTOM - TOP)

    def svg(self, point: Point | None) -> str:
        """The hatching, the dotted curve, the point."""
        hatch = f"{self.ident}-h"
        areas = "".join(f'<path d="M{_points(run)}Z" fill="url(#{hatch})"/>' for run in self._areas())
        dotted = "".join(f"M{_points(thinned(run))}" for run in self._runs())
        pattern = (
            f'<pattern id="{hatch}" width="7" height="7" patternUnits="userSpaceOnUse" '
            'patternTransform="rotate(45)"><path d="M0 0V7" stroke="var(--muted)"/></pattern>'
        )
        place = f'x="{RIGHT:g}" y="-9" text-anchor="end"'
        told = f'<text class="told" {place}>hatched: where the two disagree</text>'
        line = f'<path class="said" d="{dotted}" {DOTTED}/>'
        return (
            f'<defs>{pattern}</defs><g class="apart"><g clip-path="url(#{self.ident}-c)">{areas}{line}</g>'
            f"{told if areas else ''}{self._point(point) if point else ''}</g>"
        )

    def _runs(self) -> Iterator[list[tuple[float, float]]]:
        """Stretches on which the formula has values."""
        run: list[tuple[float, float]] = []
        for x, value in zip(self.xs, self.formula, strict=True):
            if value is not None:
                run.append((self.x(x), self.y(value)))
            elif run:
                yield run
                run = []
        if len(run) > 1:
            yield run

    def _areas(self) -> Iterator[list[tuple[float, float]]]:
        """Outlines of what lies between the two curves, stretch by stretch."""
        there: list[tuple[float, float]] = []
        back: list[tuple[float, float]] = []
        for x, said, done in [*zip(self.xs, self.formula, self.code, strict=True), (0.0, None, None)]:
            if said is not None and done is not None and abs(self.y(said) - self.y(done)) > 0.5:
                there.append((self.x(x), self.y(said)))
                back.append((self.x(x), self.y(done)))
            elif there:
                yield [*there, *reversed(back)]
                there, back = [], []

    def _point(self, point: Point) -> str:
        if not (self.xs[0] <= point.x <= self.xs[-1] and math.isfinite(point.formula + point.code)):
            return ""
        x, said, done = self.x(point.x), self.y(point.formula), self.y(point.code)
        if not all(TOP - 4 <= y <= BOTTOM + 12 for y in (said, done)):
            return ""
        name, colour = self.of_code
        below = max(done + 24, said + 22) if said <= done else min(done - 14, said - 12)
        return (
            f'<path d="M{x:.1f} {said:.1f}V{done:.1f}" stroke="var(--ink)" stroke-width="2"/>'
            f'<circle cx="{x:.1f}" cy="{said:.1f}" r="5" {OPEN}/>'
            f'<circle class="ring" cx="{x:.1f}" cy="{done:.1f}" r="6"/>'
            f"{_words(x, said + 5, f'formula {number(point.formula)}', 'var(--ink)')}"
            f"{_words(x, below, f'{name} {number(point.code)}', colour)}"
        )


def _words(x: float, y: float, text: str, fill: str) -> str:
    anchor, x = ("start", x + 12) if x < 150 else ("end", x - 12)
    style = f'text-anchor="{anchor}" font-size="14.5" font-weight="600" fill="{fill}"'
    return f'<text class="halo" x="{x:.1f}" y="{y:.1f}" {style}>{text}</text>'


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f} {y:.1f}" for x, y in points)
