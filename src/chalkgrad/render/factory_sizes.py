"""How big things are before they are placed: boxes with what they say, names at the edge, numbers."""

from __future__ import annotations

from dataclasses import dataclass

from chalkgrad.render.boxmath import Set, code, measure
from chalkgrad.render.factory_math import Slope
from chalkgrad.render.factory_model import Box, Gate

Point = tuple[float, float]  # (along, across)

FORK = 24.0


@dataclass(frozen=True, slots=True)
class Style:
    """What the two orientations and the two kinds of factory differ in."""

    upright: bool
    backward: bool
    wrap: bool = True  # a long row is broken into several

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


def gate_room(gate: Gate, style: Style) -> tuple[float, float]:
    """(along, across) of a name at the edge."""
    made = gate_set(gate)
    return (
        (30.0, max(62.0, made.width + 8))
        if style.upright
        else (max(30.0, made.width + 10), style.pitch - 40.0)
    )


def port(end: tuple[str, int], spots: dict[str, Spot], sizes: dict[str, Sized], leaves: bool) -> Point:
    """Where a road meets a thing."""
    name, slot = end
    spot = spots[name]
    along = spot.at[0] + (spot.along / 2 if leaves else -spot.along / 2)
    size = sizes.get(name)
    if size is None:
        return along, spot.at[1]
    return along, spot.at[1] - size.across / 2 + (slot + 0.5) * size.pitch
