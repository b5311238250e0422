"""A note becomes a page, and all of them an index."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from chalkgrad import v8
from chalkgrad.errors import EngineError
from chalkgrad.notes.cards import Cards
from chalkgrad.notes.execute import Execution, Shown
from chalkgrad.notes.fences import FenceWriter, callout
from chalkgrad.notes.pictures import Pictures
from chalkgrad.notes.prose import Draft
from chalkgrad.notes.read import Note, read
from chalkgrad.notes.sources import Source, slug
from chalkgrad.notes.spark import spark_svg
from chalkgrad.render.card import CardView
from chalkgrad.render.face import anchor
from chalkgrad.render.page import Assets, Crumb, Entry, FileEntries, page_html

GENERATOR = "<!-- made by chalkgrad -->"


@dataclass
class Page:
    """One note on its way to a page."""

    note: Note
    href: str
    draft: Draft
    cards: Cards
    execution: Execution = field(default_factory=Execution)


def begin(sources: Sequence[Source]) -> list[Page]:
    """Read the notes and typeset their prose; their fences run meanwhile."""
    taken: set[str] = set()
    hrefs = {source.path.resolve(): slug(source.name, taken) + ".html" for source in sources}
    return [_begin(source, hrefs) for source in sources]


def _begin(source: Source, hrefs: dict[Path, str]) -> Page:
    note = read(source.path, source.name)
    pictures = Pictures(source.path.parent, source.root)
    links = {
        os.path.relpath(path, source.path.resolve().parent).replace(os.sep, "/"): to
        for path, to in hrefs.items()
    }
    return Page(note, hrefs[source.path.resolve()], Draft(note, pictures, links), Cards(note))


def page_of(page: Page, assets: Assets) -> str:
    """The finished HTML of a note that has been run."""
    writer = FenceWriter(page.execution, page.cards)
    fences = {}
    for fence in page.note.fences:
        fences[fence.index] = (
            page.draft.math(fence.text, True) if fence.kind == "math" else writer.html(fence)
        )
    body = page.draft.fill(fences)
    if page.execution.stopped:
        body = callout(f"This note was not run to its end: {page.execution.stopped}.") + body
    crumbs: list[Crumb] = [("All notes", "index.html")] if assets == "files" else []
    crumbs = [*crumbs, (page.note.title, None)]
    return page_html(page.note.title, body, assets, crumbs, facts_of([page])) + GENERATOR


def facts_of(pages: Sequence[Page]) -> list[str]:
    """The counts on a page's bar."""
    shown = [f for p in pages for f in p.execution.functions]
    functions, chains = sum(not f.chain for f in shown), sum(f.chain for f in shown)
    errors = sum(len(p.execution.errors) for p in pages)
    files = [count(len(pages), "file")] if len(pages) > 1 else []
    first = count(functions, "function") + (f", {count(chains, 'chain')}" if chains else "")
    return [*files, first, *([count(errors, "error")] if errors else [])]


def count(number: int, noun: str) -> str:
    """
    >>> count(1, "error"), count(2, "error")
    ('1 error', '2 errors')
    """
    return f"{number} {noun}{'' if number == 1 else 's'}"


# ----- the index -----


def entries(page: Page) -> FileEntries:
    """A note's functions for the index."""
    errors = len(page.execution.errors)
    return FileEntries(
        title=page.note.title,
        href=page.href,
        path=page.note.name,
        count=count(errors, "error") if errors else "",
        entries=tuple(_entry(page, shown) for shown in page.execution.functions),
    )


def _entry(page: Page, shown: Shown) -> Entry:
    card = page.cards.views.get(shown.name)
    tex = formula_of(shown, card)
    place = f"chain, line {shown.line}" if shown.chain else f"line {shown.line}"
    verdict = place if shown.data is not None else f"{place}; code only: {escape(shown.why)}"
    return Entry(shown.name, f"{page.href}#{anchor(shown.name)}", tex, spark_svg(shown.spark), verdict)


def formula_of(shown: Shown, card: CardView | None) -> str:
    """The right side of a function's formula, typeset; nothing if there is no card or KaTeX cannot set it."""
    if card is None or not card.formulas or shown.data is None:
        return ""
    try:
        _, _, right = shown.data["formulas"][0]["latex"].partition(" = ")
        return v8.math_html(right) if right else card.formulas[0].html
    except (EngineError, LookupError, TypeError, AttributeError):
        return card.formulas[0].html
