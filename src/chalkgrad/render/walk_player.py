"""A factory walked through: forward box by box, round the turn, and back; for `CardView.walk_html`.

The picture is the factory's own, with a timetable written in (`walk_picture`); the sentences come from the
same records, so they cannot disagree with it.
"""

from __future__ import annotations

import re
from html import escape

from chalkgrad.render.factory import Factory
from chalkgrad.render.factory_math import Slope
from chalkgrad.render.factory_model import Box, Gate, Level, Road
from chalkgrad.render.player import StepView, walk_html
from chalkgrad.render.walk_picture import timed
from chalkgrad.v8 import math_html

HOLE = r"\square"
MOST = 24  # boxes; beyond that a walk tires, and the insides have walks of their own

_ONE_ROAD = "The gradient that arrives, times the slope here, is the gradient that leaves."
_MANY_ROADS = "The gradient that arrives goes back over each road, times that road's slope."
_NUMBER = re.compile(r"[−-]?(?:\d+\.?\d*|\.\d+)(?:e[−-]?\d+)?$")


def player_html(made: Factory) -> str | None:
    """The player for a factory; None where there is nothing to walk, or too much."""
    level = made.level
    if not 0 < len(level.boxes) <= MOST:
        return None
    times = Timetable(level, made.backward)
    roads = [(times.forth(road), times.home(road)) for road in level.roads]
    boxes = {box.id: (times.ahead[box.id], times.back.get(box.id)) for box in level.boxes}
    return walk_html(times.steps(), timed(made.draw(styled=False), roads, boxes))


class Timetable:
    """When each box is passed and each road is reached, on the way forward and on the way back."""

    def __init__(self, level: Level, both_ways: bool = True) -> None:
        self.level = level
        flowing = {road.head[0] for road in level.roads if road.down and both_ways}
        back = [box for box in reversed(level.boxes) if box.id in flowing]
        self.ahead = {box.id: k for k, box in enumerate(level.boxes, 1)}
        self.turn = len(level.boxes) + 1
        self.back = {box.id: k for k, box in enumerate(back, self.turn + 1)} if back else {}

    def forth(self, road: Road) -> int:
        """The step at which the road's value is known."""
        end = road.tail[0]
        fed = next((r for r in self.level.roads if r.head[0] == end and end in self._forks()), None)
        return self.forth(fed) if fed else self.ahead.get(end, 0)

    def home(self, road: Road) -> int:
        """The step at which the road's gradient is known; at a fork, when all its branches have come back."""
        end = road.head[0]
        if end in self._forks():
            return max(self.home(r) for r in self.level.roads if r.tail[0] == end and r.down)
        return self.back.get(end, self.turn)

    def _forks(self) -> set[str]:
        return {fork.id for fork in self.level.forks}

    # ----- the sentences -----

    def steps(self) -> list[StepView]:
        forward = [self._start(), *map(self._forward, self.level.boxes)]
        if not self.back:
            return forward
        boxes = {box.id: box for box in self.level.boxes}
        return [*forward, self._turn(), *(self._backward(boxes[name]) for name in self.back)]

    def _start(self) -> StepView:
        names = [f"{gate.tex} = {_value(road)}" for gate, road in self._gates() if _NUMBER.match(road.up)]
        inputs = "the input" if len(self.level.ins) == 1 else "the inputs"
        return StepView("forward", inputs, _math(r",\quad ".join(names)), "Every value follows from here.")

    def _gates(self) -> list[tuple[Gate, Road]]:
        pairs = (
            (gate, next((r for r in self.level.roads if r.tail[0] == gate.id), None))
            for gate in self.level.ins
        )
        return [(gate, road) for gate, road in pairs if road]

    def _forward(self, box: Box) -> StepView:
        takes, gives = self._into(box), self._out_of(box)
        given, name = (gives[0].up, self._name(gives[0])) if gives else ("", HOLE)
        place = f"forward through {_place(box)}"
        if _NUMBER.match(given):
            equation = (
                f"{_filled(box, [_bracketed(r, len(takes)) for r in takes])} = {_hue('forward', given)}"
            )
            return StepView("forward", place, _math(equation))
        filled = _filled(box, [self._name(r) for r in takes])
        taken = " and ".join(road.up for road in takes)
        sentence = f"Takes {escape(taken)}, gives {escape(given)}."
        return StepView("forward", place, _math(filled if name == HOLE else f"{name} = {filled}"), sentence)

    def _turn(self) -> StepView:
        equation = f"{self._gradient_by(self._result())} = {_hue('gradient', '1')}"
        return StepView(
            "backward", "the road turns round", _math(equation), "A change of the result is itself: 1."
        )

    def _backward(self, box: Box) -> StepView:
        gone = [(slope, road) for slope, road in self._slopes(box) if road.down]
        equation = r" \qquad ".join(filter(None, (self._product(box, *pair) for pair in gone)))
        told = _ONE_ROAD if len(gone) < 2 else _MANY_ROADS
        return StepView("backward", f"backward through {_place(box)}", _math(equation), told)

    def _product(self, box: Box, slope: Slope, road: Road) -> str:
        """arrives × slope = leaves, in numbers; for arrays the rule, with the names that there are."""
        out = next((r for r in self._out_of(box) if r.down), None)
        arrives = out.down if out else ""
        if all(_NUMBER.match(text) for text in (arrives, slope.text, road.down)):
            second = rf"({slope.text})" if slope.text.startswith("−") else slope.text
            one, two, three = (_hue("gradient", text) for text in (arrives, second, road.down))
            return rf"{one} \times {two} = {three}"
        rule = slope.tex or (rf"\times {slope.text}" if slope.text else "")
        if not rule:
            return ""
        rule = rule if HOLE in rule else f"{HOLE} {rule}"
        coming, going = self._name(out) if out else HOLE, self._name(road)
        rule = rule if coming == HOLE else rule.replace(HOLE, self._gradient_by(coming), 1)
        return _hue("gradient", rule if going == HOLE else f"{self._gradient_by(going)} = {rule}")

    def _gradient_by(self, name: str) -> str:
        return rf"\frac{{\partial {self._result()}}}{{\partial {name}}}"

    def _result(self) -> str:
        return self.level.outs[0].tex if self.level.outs else "y"

    def _name(self, road: Road) -> str:
        """What the value on a road is called, if anybody named it."""
        gates = {gate.id: gate.tex for gate in (*self.level.ins, *self.level.outs)}
        fed = next(
            (r for r in self.level.roads if r.head[0] == road.tail[0] and r.head[0] in self._forks()), None
        )
        found = gates.get(road.tail[0]) or road.name or gates.get(road.head[0])
        return found or (self._name(fed) if fed else HOLE)

    def _into(self, box: Box) -> list[Road]:
        return sorted((r for r in self.level.roads if r.head[0] == box.id), key=lambda r: r.head[1])

    def _out_of(self, box: Box) -> list[Road]:
        return [r for r in self.level.roads if r.tail[0] == box.id]

    def _slopes(self, box: Box) -> list[tuple[Slope, Road]]:
        return [(box.slopes[r.head[1]], r) for r in self._into(box) if r.head[1] < len(box.slopes)]


# ----- mathematics -----


def _math(latex: str) -> str:
    return math_html(latex, True) if latex else ""


def _hue(kind: str, number: str) -> str:
    return rf"\htmlData{{hue={kind}}}{{{number}}}"


def _value(road: Road) -> str:
    return _hue("forward", road.up)


def _bracketed(road: Road, siblings: int) -> str:
    return rf"({_value(road)})" if road.up.startswith("−") and siblings > 1 else _value(road)


def _filled(box: Box, holes: list[str]) -> str:
    r"""The box's mathematics with its holes filled: `e^{-1}`; of a name in code type: `sigmoid(−0.2)`."""
    if box.kind != "op":
        return rf"{_code(box.title)}\left({', '.join(holes)}\right)"
    parts = box.tex.split(HOLE)
    if len(parts) - 1 != len(holes):
        return box.tex
    return "".join(part + hole for part, hole in zip(parts, [*holes, ""], strict=True))


def _code(title: str) -> str:
    return r"\texttt{" + title.replace("_", r"\_") + "}"


def _place(box: Box) -> str:
    return math_html(box.tex) if box.kind == "op" else f"<code>{escape(box.title)}</code>"
