"""The small picture of a function in the index: its curve and its derivative's, or a box if there is none."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

WIDTH, HEIGHT = 120, 76
LOW, HIGH, POINTS = -3.0, 3.0, 61

BOX = (
    '<g fill="none" stroke="var(--forward)" stroke-width="1.6"><path d="M6 38H42M78 38H112"/>'
    '<path d="M37 34.5 42 38l-5 3.5M107 34.5l5 3.5-5 3.5"/></g>'
    '<rect x="42" y="22" width="36" height="32" fill="none" stroke="var(--ink)" stroke-width="1.4"/>'
    '<text x="60" y="43" text-anchor="middle" font-style="italic" font-size="16" fill="var(--ink)">f</text>'
)


def spark_svg(samples: Sequence[Any] | None, formula: Sequence[Any] | None = None) -> str:
    """The picture, from `[values, slopes]` at equal steps over [−3, 3]; None: a value that is not finite.

    `formula` is what the notes' own formula gives there, where that is something else.
    """
    content = BOX if samples is None else _curves(samples) + _dotted(samples, formula)
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true">{content}</svg>'


def _curves(samples: Sequence[Any]) -> str:
    low, high = _range(samples)
    axis = _place(0, 0.0, low, high)[1]
    drawn = f'<path d="M60 4V72" stroke="var(--pale)"/><path d="M2 {axis:.1f}H118" stroke="var(--pale)"/>'
    styles = (
        'stroke="var(--forward)" stroke-width="2"',
        'stroke="var(--gradient)" stroke-width="1.6" stroke-dasharray="4 2.5"',
    )
    for values, style in reversed(list(zip(samples, styles, strict=True))):
        for run in _runs(values, low, high):
            drawn += _path(run, low, high, style)
    return drawn


def _place(k: int, y: float, low: float, high: float) -> tuple[float, float]:
    return 4 + 112 * k / (POINTS - 1), 70 - 64 * (y - low) / (high - low)


def _path(run: list[tuple[int, float]], low: float, high: float, style: str) -> str:
    from chalkgrad.render.curve import thinned  # here: the process that runs notes needs no curves

    points = thinned([_place(k, y, low, high) for k, y in run])
    return f'<path d="M{"L".join(f"{x:.1f} {y:.1f}" for x, y in points)}" fill="none" {style}/>'


def _dotted(samples: Sequence[Any], formula: Sequence[Any] | None) -> str:
    low, high = _range(samples)
    style = 'stroke="var(--ink)" stroke-width="2" stroke-dasharray="1.5 3"'
    return "".join(_path(run, low, high, style) for run in _runs(formula or (), low, high))


def _range(samples: Sequence[Any]) -> tuple[float, float]:
    """What the picture shows: all of f and f′, but no more than about six around zero, and zero itself."""
    seen = sorted(y for values in samples for y in values if y is not None and abs(y) <= 3.5)
    low, high = min([0.0, *seen[:1]]), max([0.0, *seen[-1:]])
    return (low, high) if high - low > 1e-9 else (-1.0, 1.0)


def _runs(values: Sequence[float | None], low: float, high: float) -> Iterator[list[tuple[int, float]]]:
    """Stretches of the curve inside the picture; a jump or a value that is none ends one."""
    run: list[tuple[int, float]] = []
    for k, y in enumerate(values):
        if (
            y is None
            or not low - 1e-9 <= y <= high + 1e-9
            or (run and abs(y - run[-1][1]) > (high - low) / 3)
        ):
            if len(run) > 1:
                yield run
            run = [(k, y)] if y is not None and low <= y <= high else []
        else:
            run.append((k, y))
    if len(run) > 1:
        yield run


def is_samples(samples: Any) -> bool:
    """Whether something is what `spark_svg` takes: it comes from the process that ran the notes."""
    return (
        isinstance(samples, list)
        and len(samples) == 2
        and all(
            isinstance(values, list) and len(values) == POINTS and all(map(_is_value, values))
            for values in samples
        )
    )


def _is_value(y: Any) -> bool:
    return y is None or (isinstance(y, int | float) and math.isfinite(y))
