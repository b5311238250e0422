"""The factory's picture with a walk's timetable written in, and the small plots beside its boxes.

Each lane and each number learns at which step it is reached. Until then the lane is a hairline and the
number a "?".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from html import escape
from itertools import pairwise
from typing import Any

from chalkgrad.render.factory import Factory
from chalkgrad.render.factory_layout import Placed
from chalkgrad.render.walk_plots import HIGH, WIDE, caption, plot_svg

# The classes of `factory_draw`: what belongs to the way forward and what to the way back.
_FORWARD, _BACKWARD = r'class="(?:up|uh|uv)"', r'class="(?:down|dh|dv|turn)"'
_WASHES = r'(<rect class="wash"[^>]*/><path class="rule"[^>]*/>)'
_NONE = 10**6  # a step that never comes


def timed(made: Factory, score: Mapping[str, Any]) -> str:
    """The picture of a factory with the score's timetable, its plots where it has some."""
    placed = made.placed
    svg = made.draw(styled=False)
    svg = re.sub(r' (?:id|aria-labelledby)="[^"]*"', "", svg)  # it stands in the page a second time
    svg = svg.replace('role="img"', 'role="group" aria-label="The walk so far"', 1)
    for k, (forth, home) in enumerate(score["roads"]):
        svg = _in_group(svg, f'data-road="{k}"', partial(_road, forth=int(forth), home=int(home)))
    for name, steps in score["boxes"].items():
        back = [score["slopes"].get(f"{name}.{s}") for s in range(len(_box(made, name).slopes))]
        svg = _in_group(svg, f'data-box="{name}"', partial(_slopes, steps=back))
        svg = svg.replace(f'data-box="{name}"', f'data-at="{" ".join(str(int(k)) for k in steps)}"')
    for fork in made.level.forks:
        mark = f'<g data-node="{fork.node}" class="forked"'
        step = score["forks"].get(fork.id)
        svg = svg.replace(mark, f'{mark} data-at="{int(step)}"') if step is not None else svg
    svg = re.sub(r' data-(?:road|from|to)="[^"]*"', "", svg)
    for box in made.level.boxes:
        label = f' tabindex="0" role="button" aria-label="{escape(box.title)}: look inside" data-inside="'
        svg = svg.replace(f' data-enter="{escape(box.enter)}"', f'{label}{escape(box.enter)}"')
    plots = score.get("plots") or {}
    svg = _with_plots(svg, placed, score, plots) if plots else svg
    return svg if made.upright else _legible(svg)


def _legible(svg: str) -> str:
    """Wide pictures shrink to the card, but never below what can be read: then they scroll."""
    least = r'\1 style="min-width:calc(\2px * .8)" width="\2"'
    return re.sub(r'(<svg [^>]*?class="cgf"[^>]*?) width="([\d.]+)"', least, svg, count=1)


def _box(made: Factory, name: str) -> Any:
    return next(box for box in made.level.boxes if box.id == name)


def _in_group(svg: str, mark: str, change: Callable[[str], str]) -> str:
    """Changes each top group with that mark, up to the next one."""
    group = rf"<g [^>]*{re.escape(mark)}.*?(?=<g data-node=|</svg>)"
    return re.sub(group, lambda found: change(found[0]), svg, flags=re.S)


def _road(group: str, forth: int, home: int) -> str:
    return _reached(_reached(group, _FORWARD, forth), _BACKWARD, home)


def _reached(group: str, kind: str, step: int) -> str:
    """Shapes of that kind show from that step on, and a number is lit at it."""
    since = rf'({kind}) data-since="{step}"'
    marked = re.sub(kind, rf'\g<0> data-since="{step}"', group)
    lane = rf'<path class="ahead" data-until="{step}"\2/>\g<0>'
    with_lanes = re.sub(rf'<path {since}( d="[^"a-z]*")/>', lane, marked)  # arrowheads end in a small z
    lit = rf'{_WASHES}(<text {since}((?: (?:x|y|text-anchor)="[^"]*")*)( data-num="[^"]*")?>[^<]*</text>)'

    def number(found: re.Match[str]) -> str:
        pending = f'<text class="pending" data-until="{step}"{found[4]}>?</text>'
        return f'<g data-at="{step}">{found[1]}{found[2]}</g>{pending}'

    return re.sub(lit, number, with_lanes)


def _slopes(group: str, steps: list[int | None]) -> str:
    """A slope is told on the way back over its own road."""
    left = iter(steps)

    def one(found: re.Match[str]) -> str:
        after = next(left, None)
        if after is None:
            return found[0]
        step = int(after)
        if found[0].startswith("<g"):
            return found[0].replace('class="m s"', f'class="m s" data-since="{step}"')
        told = found[0].replace('class="sl"', f'class="sl" data-since="{step}"')
        place = re.sub(r">.*", "", found[0]).replace('class="sl"', "").replace("<text", "")
        return f'{told}<text class="pending" data-until="{step}"{place}>× ?</text>'

    return re.sub(r'<g class="m s">|<text class="sl"[^>]*>.*?</text>', one, group)


# ----- plots -----


def _with_plots(svg: str, placed: Placed, score: Mapping[str, Any], plots: Mapping[str, Any]) -> str:
    """Under the boxes of a lying factory, beside those of an upright one."""
    found = re.search(r'viewBox="(\S+) (\S+) (\S+) (\S+)" width="\S+" height="\S+"', svg)
    if found is None:
        return svg
    left, top, wide, high = map(float, found.groups())
    spots = [placed.spots[name] for name in plots]
    between = [abs(b.at[0] - a.at[0]) for a, b in pairwise(spots)]
    if placed.style.upright:
        size = min(0.5, (min(between, default=HIGH) - 12) / HIGH)
        x, grown = left + wide + 8, (left, top, wide + 8 + size * WIDE, high)
        corners = [(x, spot.at[0] - size * HIGH / 2) for spot in spots]
    else:
        size = max(0.5, min(1.0, (min(between, default=WIDE) - 16) / WIDE))
        y = top + high + 16
        grown = (left, top, wide, high + 16 + size * HIGH + 44)
        corners = [(spot.at[0] - size * WIDE / 2, y) for spot in spots]
    drawn = [
        _plot(d, _steps(score, name), corner, size, not placed.style.upright)
        for (name, d), corner in zip(plots.items(), corners, strict=True)
    ]
    frame = " ".join(f"{v:.1f}" for v in grown)
    head = f'viewBox="{frame}" width="{grown[2]:.1f}" height="{grown[3]:.1f}"'
    return svg.replace(found[0], head).replace("</svg>", "".join(drawn) + "</svg>")


def _steps(score: Mapping[str, Any], name: str) -> tuple[int, int | None]:
    steps = [int(k) for k in score["boxes"][name]]
    return steps[0], steps[1] if len(steps) > 1 else None


def _plot(d: Mapping[str, Any], steps: tuple[int, int | None], at: Any, size: float, said: bool) -> str:
    x, y = at
    told = caption(d, steps, x + size * WIDE / 2, y + size * HIGH + 34) if said else ""
    place = f"translate({x:.1f} {y:.1f}) scale({size:.3f})"
    return f'<g transform="{place}">{plot_svg(d, steps)}</g>{told}'
