"""The cards of one note, drawn from the data that its process hands back, each as soon as it is there."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape

from chalkgrad.notes.execute import Shown
from chalkgrad.notes.marks import marked
from chalkgrad.notes.read import Fence, Note
from chalkgrad.notes.statements import Statement, source_of, statements
from chalkgrad.render.card import CardView
from chalkgrad.render.page import card_html
from chalkgrad.render.view import card as view

SHOW = re.compile(r"<!--\s*chalkgrad:\s*show\s+([\w.]+)")  # the author wants this card open


@dataclass(frozen=True)
class Cards:
    """Draws cards, each once."""

    note: Note
    views: dict[str, CardView] = field(default_factory=dict)  # by name, for the index
    drawn: dict[tuple[str, int], str] = field(default_factory=dict)  # by name and line

    def html(self, shown: Shown) -> str:
        """The card of one function; without views it shows the code and says why."""
        place = shown.name, shown.line
        if place not in self.drawn:
            self.drawn[place] = self._draw(shown)
        return self.drawn[place]

    def _draw(self, shown: Shown) -> str:
        if shown.data is None:
            return card_html(self._plain(shown, shown.why))
        try:
            card = view(shown.data)
            closed = shown.chain or shown.name in self._called
            card = replace(card, name=shown.name, where=f"line {shown.line}", closed=closed)
            self.views[shown.name] = card
            return card_html(card)
        except Exception as error:  # a picture that fails costs one card, not the site
            return card_html(self._plain(shown, f"{type(error).__name__}: {error}"))

    def _plain(self, shown: Shown, why: str) -> CardView:
        fence = next(f for f in self.note.fences if f.index == shown.fence)
        lines = source_of(fence.kind, fence.text).split("\n")
        source = "\n".join(lines[shown.line - fence.line : shown.end + 1 - fence.line])
        code = marked(source, shown.line, [shown.spot] if shown.spot else [])
        note = f'<aside class="finding soft">Shown as code only: {escape(why)}</aside>'
        return CardView(shown.name, where=f"line {shown.line}", code_html=code, note_html=note, foot="")

    @cached_property
    def _called(self) -> set[str]:
        """Names whose cards start closed: other functions call them, and the author did not ask for them."""
        return called_by_others(self.note) - set(SHOW.findall(self.note.text))


def called_by_others(note: Note) -> set[str]:
    """The functions of a note that others of its functions call by name."""
    called = set()
    for statement in (s for fence in note.fences for s in _parsed(fence)):
        if statement.function is not None:
            calls = (n.func for n in ast.walk(statement.tree) if isinstance(n, ast.Call))
            called |= {f.id for f in calls if isinstance(f, ast.Name)} - {statement.function.name}
    return called


def _parsed(fence: Fence) -> tuple[Statement, ...]:
    if not fence.runs:
        return ()
    try:
        return statements(fence.kind, fence.text, fence.line)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
