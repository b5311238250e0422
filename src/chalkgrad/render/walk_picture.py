"""The factory's picture with a walk's timetable written in.

Each lane and each number learns at which step it is reached. Until then the lane is a hairline and the
number a "?".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial

# The classes of `factory_draw`: what belongs to the way forward and what to the way back.
_FORWARD, _BACKWARD = r'class="(?:up|uh|uv)"', r'class="(?:down|dh|dv|turn)"'


def timed(svg: str, roads: Sequence[tuple[int, int]], boxes: Mapping[str, tuple[int, int | None]]) -> str:
    """Writes the timetable in.

    Args:
        svg: from `Factory.draw`.
        roads: for each road of the level, the steps at which its value and its gradient are known.
        boxes: for each box, the steps at which it is passed, forward and (None: never) backward.
    """
    svg = re.sub(r' (?:id|aria-labelledby)="[^"]*"', "", svg)  # it stands in the page a second time
    for k, (forth, home) in enumerate(roads):
        svg = _in_group(svg, f'data-road="{k}"', partial(_road, forth=forth, home=home))
    for name, (ahead, back) in boxes.items():
        svg = _in_group(svg, f'data-box="{name}"', partial(_slopes, step=back))
        steps = str(ahead) if back is None else f"{ahead} {back}"
        svg = svg.replace(f'data-box="{name}"', f'data-at="{steps}"')
    return re.sub(r' data-(?:enter|road)="[^"]*"', "", svg)


def _in_group(svg: str, mark: str, change: Callable[[str], str]) -> str:
    """Changes each top group with that mark, up to the next one."""
    group = rf"<g [^>]*{re.escape(mark)}.*?(?=<g data-node=|</svg>)"
    return re.sub(group, lambda found: change(found[0]), svg, flags=re.S)


def _road(group: str, forth: int, home: int) -> str:
    return _reached(_reached(group, _FORWARD, forth), _BACKWARD, home)


def _reached(group: str, kind: str, step: int) -> str:
    """Shapes of that kind show from that step on."""
    since = rf'({kind}) data-since="{step}"'
    marked = re.sub(kind, rf'\g<0> data-since="{step}"', group)
    lane = rf'<path class="ahead" data-until="{step}"\2/>\g<0>'
    number = rf'\g<0><text class="pending" data-until="{step}"\2>?</text>'
    with_lanes = re.sub(rf'<path {since}( d="[^"a-z]*")/>', lane, marked)  # arrowheads end in a small z
    return re.sub(rf"<text {since}( [^>]*)>[^<]*</text>", number, with_lanes)


def _slopes(group: str, step: int | None) -> str:
    """A slope is told on the way back."""
    if step is None:
        return group
    group = group.replace('class="m s"', f'class="m s" data-since="{step}"')
    told = rf'<text class="sl" data-since="{step}"\1\2'
    pending = rf'<text class="pending" data-until="{step}"\1>× ?</text>'
    return re.sub(r'<text class="sl"( [^>]*)(>.*?</text>)', told + pending, group)
