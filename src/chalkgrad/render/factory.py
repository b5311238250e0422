"""`factory`: a function as a two-storey factory on a two-lane road."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

from chalkgrad.errors import ArgumentError
from chalkgrad.render.factory_draw import draw
from chalkgrad.render.factory_layout import Placed, place
from chalkgrad.render.factory_model import Box, Level
from chalkgrad.render.factory_plan import plan
from chalkgrad.render.factory_sizes import Style
from chalkgrad.render.opened import opened
from chalkgrad.render.walk_values import passes
from chalkgrad.trace.run import name_of


@dataclass(frozen=True, eq=False)
class Factory:
    """The picture of one level; `inside` opens its boxes. In a notebook it shows itself."""

    levels: tuple[Level, ...]
    backward: bool = True
    upright: bool = False
    ident: str = "factory"
    wrap: bool = True  # a row that is too long for a card is broken

    @property
    def level(self) -> Level:
        return self.levels[0]

    @property
    def placed(self) -> Placed:
        return place(self.level, Style(self.upright, self.backward, self.wrap))

    @property
    def dot(self) -> str:
        """What Graphviz was given."""
        return self.placed.dot

    @property
    def svg(self) -> str:
        """A picture that stands alone: it brings its colours, light and dark."""
        return self.draw(standalone=True)

    def _repr_svg_(self) -> str:
        return self.svg

    def draw(self, standalone: bool = False, styled: bool = True) -> str:
        """The SVG of this level; without `standalone` the page brings the colours."""
        return draw(self.placed, self.ident, standalone, " ".join(self.sentences()), styled)

    def inside(self, which: str) -> Factory:
        """The inside of a box that can be entered, by its name (the first of that name) or its id.

        Raises:
            ArgumentError: no box of this level, or of those inside it, has that name.
        """
        for level in self.levels[1:]:
            if which in (level.id, level.title):
                return Factory(self._below(level.id), self.backward, self.upright, f"{self.ident}-{level.id}")
        names = ", ".join(dict.fromkeys(level.title for level in self.levels[1:])) or "none"
        raise ArgumentError(f"{self.level.title} has no box {which!r} to enter; there are: {names}")

    def _below(self, ident: str) -> tuple[Level, ...]:
        return tuple(level for level in self.levels if level.id == ident or level.id.startswith(ident + "."))

    def sentences(self) -> list[str]:
        """The factory in words: each box with its value, slope and gradient."""
        leaving = {(r.tail, r.node): r for r in self.level.roads}
        found = [self._of_gate(g.node, g.tex) for g in self.level.ins]
        for box in self.level.boxes:
            road = next((r for (tail, _), r in leaving.items() if tail[0] == box.id), None)
            found.append(_sentence(box, road.up if road else "", road.down if road else ""))
        return [s for s in found if s] + ([f"({self.level.note})"] if self.level.note else [])

    def _of_gate(self, node: int, name: str) -> str:
        road = next((r for r in self.level.roads if r.node == node), None)
        return "" if road is None else f"{plain(name)}: value {road.up}{_gradient(road.down)}."

    def list_html(self) -> str:
        """The sentences as a list, for screen readers."""
        return "<ol>" + "".join(f"<li>{escape(s)}</li>" for s in self.sentences()) + "</ol>"

    def html(self, styled: bool = True) -> str:
        """This level and, hidden, every level inside it; the page's script opens them by `data-enter`."""
        inner = [self.inside(level.id) for level in self.levels[1:]]
        titles = {level.id: level.title for level in self.levels}
        drawn = (_entered(f, titles.get(f.level.parent, "")) for f in inner)
        return self.draw(styled=styled) + "".join(drawn)


def factory(f: Callable, *args: Any, backward: bool = False, upright: bool = False) -> Factory:
    """Draw a function as a factory.

    Args:
        f: any function in plain NumPy.
        *args: example arguments: their values stand on the roads (of arrays, their shapes).
        backward: draw the way back too: gradients below the road, the local slope in each box.
        upright: from top to bottom, for narrow screens.

    Returns:
        A `Factory` with `.svg`, `.dot` and `.inside(name)`.

    Raises:
        ArgumentError: f cannot be run on these arguments.
        EngineError: Graphviz failed.
    """
    f, args = opened(f, args)
    found = passes(f, *args)
    return Factory(plan(found, name_of(f)), backward and not found.why, upright)


def _entered(inner: Factory, outer: str) -> str:
    title, level = escape(inner.level.title), inner.level
    leave = f'type="button" data-leave="{escape(level.parent)}" aria-label="Leave, to {escape(outer)}"'
    back = f"<button {leave}>‹ <code>{escape(outer)}</code></button>"
    crumb = f'<p class="crumb">{back}<span aria-hidden="true">›</span><code>{title}</code></p>'
    return (
        f'<div class="inside" data-level="{escape(level.id)}" hidden>{crumb}{inner.draw(styled=False)}</div>'
    )


def _sentence(box: Box, value: str, gradient: str) -> str:
    name = box.title if box.kind != "op" else plain(box.tex)
    times = f", {box.times} times" if box.times > 1 else ""
    slopes = " and ".join(s.text or plain(s.tex) for s in box.slopes if s.text or s.tex)
    slope = f", slope {slopes}" if slopes else ""
    return f"{name}{times}: value {value}{slope}{_gradient(gradient)}."


def _gradient(text: str) -> str:
    return f", gradient {text}" if text else ""


def plain(tex: str) -> str:
    """Box mathematics as plain text."""
    words = {r"\square": "□", r"\odot": "⊙", r"\top": "T", r"\sum": "sum", r"\times": "×", r"\cdot": "·"}
    for command, text in words.items():
        tex = tex.replace(command, text)
    for gone in (r"\operatorname", r"\texttt", r"\text", r"\left", r"\right", "{", "}", "\\"):
        tex = tex.replace(gone, "")
    return tex.strip()
