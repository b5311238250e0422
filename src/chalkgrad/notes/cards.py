"""The cards of one note, drawn from the data that its process hands back, each as soon as it is there."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from typing import Any

from chalkgrad.notes.authors import Asked, asked
from chalkgrad.notes.callouts import Callouts
from chalkgrad.notes.execute import Shown
from chalkgrad.notes.marks import marked
from chalkgrad.notes.read import Fence, Note
from chalkgrad.notes.statements import Statement, source_of, statements
from chalkgrad.render.card import CardView
from chalkgrad.render.page import card_html
from chalkgrad.render.view import card as view


@dataclass(frozen=True)
class Cards:
    """Draws cards, each once."""

    note: Note
    views: dict[tuple[str, int], CardView] = field(default_factory=dict)  # by name and line
    drawn: dict[tuple[str, int], str] = field(default_factory=dict)

    def html(self, shown: Shown, callouts: Callouts | None = None) -> str:
        """The card of one function, with what was found about it.

        Without views it shows the code and says why.
        """
        place = shown.name, shown.line
        if place not in self.drawn:
            self.views[place] = self._view(shown)
            self.drawn.setdefault(place, card_html(self.views[place]))
        if callouts is not None and callouts.about(shown):
            return card_html(callouts.card(self.views[place], shown))
        return self.drawn[place]

    def _view(self, shown: Shown) -> CardView:
        if shown.data is None:
            return self._plain(shown, shown.why)
        try:
            wish = self.asked.show(shown.name, self._fence(shown).line)
            card = only(view(shown.data), wish.views)
            inner = (shown.chain and not shown.page) or shown.name in self._called
            closed = inner and not wish.open
            card = replace(card, name=shown.name, where=self.note.where(shown.line), closed=closed)
            self.drawn[shown.name, shown.line] = card_html(card)
            return card
        except Exception as error:  # a picture that fails costs one card, not the site
            return self._plain(shown, f"{type(error).__name__}: {error}")

    def _fence(self, shown: Shown) -> Fence:
        return next(f for f in self.note.fences if f.index == shown.fence)

    @cached_property
    def asked(self) -> Asked:
        """What the author asks for."""
        return asked(self.note)

    def _plain(self, shown: Shown, why: str) -> CardView:
        fence = self._fence(shown)
        lines = source_of(fence.kind, fence.text).split("\n")
        source = "\n".join(lines[shown.line - fence.line : shown.end + 1 - fence.line])
        code = marked(source, shown.line, [shown.spot] if shown.spot else [])
        note = f'<aside class="finding soft">Shown as code only: {escape(why)}</aside>'
        where = self.note.where(shown.line)
        return CardView(shown.name, where=where, code_html=code, note_html=note, foot="")

    @cached_property
    def _called(self) -> set[str]:
        """Names whose cards start closed, because other functions call them."""
        return called_by_others(self.note)


def only(card: CardView, views: tuple[str, ...]) -> CardView:
    """A card with these of its views, for the function and its derivatives; none named: all."""
    if not views:
        return card
    hidden: dict[str, Any] = {}
    for part, fields in PARTS.items():
        hidden |= {} if part in views else fields
    derivative = None if card.derivative is None else only(card.derivative, views)
    return replace(card, derivative=derivative, **hidden)


PARTS: dict[str, dict[str, Any]] = {
    "formula": {"formulas": ()},
    "plot": {"plot_svg": None},
    "factory": {"factory_svg": None, "factory_upright_svg": None, "factory_list_html": ""},
    "code": {"code_html": "", "backward_html": None},
    "walk": {"walk_html": None},
}


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
