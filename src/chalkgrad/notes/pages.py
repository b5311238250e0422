"""A note becomes a page, and all of them an index."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path

from chalkgrad import v8
from chalkgrad.errors import EngineError
from chalkgrad.notes.built import Tally, facts_of, found_of
from chalkgrad.notes.callouts import Callouts
from chalkgrad.notes.cards import Cards
from chalkgrad.notes.check.finding import Report
from chalkgrad.notes.check.run import Prepared, report
from chalkgrad.notes.execute import Execution, Shown
from chalkgrad.notes.fences import FenceWriter, callout
from chalkgrad.notes.links import Links
from chalkgrad.notes.onward import BEGIN, END
from chalkgrad.notes.pictures import Pictures
from chalkgrad.notes.prose import Draft
from chalkgrad.notes.read import Note
from chalkgrad.notes.site import GENERATOR
from chalkgrad.notes.sources import Source
from chalkgrad.notes.spark import spark_svg
from chalkgrad.render.card import CardView
from chalkgrad.render.face import anchor
from chalkgrad.render.page import Assets, Crumb, Entry, FileEntries, Section, page_html


@dataclass
class Page:
    """One note on its way to a page."""

    note: Note
    href: str
    draft: Draft
    cards: Cards
    pictures: Pictures
    links: Links
    execution: Execution = field(default_factory=Execution)
    report: Report = field(default_factory=lambda: Report("", (), ()))

    @property
    def callouts(self) -> Callouts:
        return Callouts(self.note, self.report, self.execution)


def begin(source: Source, note: Note, hrefs: Mapping[str, str]) -> Page:
    """Typeset the prose of a note; its fences run meanwhile.

    Args:
        source: where it is.
        note: what it says.
        hrefs: the page of every note, by the note's real path.
    """
    place = Path(os.path.realpath(source.path))
    pictures, links = Pictures(source.path.parent, source.root, note.attachments), Links(place.parent, hrefs)
    return Page(note, hrefs[str(place)], Draft(note, pictures, links), Cards(note), pictures, links)


def page_of(page: Page, assets: Assets) -> str:
    """The finished HTML of a note that has been run."""
    callouts = page.callouts
    writer = FenceWriter(page.execution, page.cards, callouts)
    fences = {}
    for fence in page.note.fences:
        fences[fence.index] = (
            page.draft.math(fence.text, True) if fence.kind == "math" else writer.html(fence)
        )
    body = page.draft.fill(fences, callouts.beside_prose(page.draft))
    if page.execution.stopped:
        body = callout(f"This note was not run to its end: {page.execution.stopped}.") + body
    crumbs: list[Crumb] = [("All notes", "index.html")] if assets == "files" else []
    crumbs = [*crumbs, (page.note.title, None)]
    body += f"\n{BEGIN}{END}" if assets == "files" else ""
    facts = facts_of([tally_of(page)])
    return page_html(page.note.title, body, assets, crumbs, facts, contents=contents(page)) + GENERATOR


def contents(page: Page) -> list[Section]:
    """Headings and the functions below them, in the order of the page."""
    found = [(h.line, h.level, h.html, f"#{h.anchor}") for h in page.draft.headings if h.text and h.level < 4]
    deepest = max((level for _, level, _, _ in found), default=1) + 1
    for shown in page.execution.functions:
        name = f"<code>{escape(shown.name)}</code>"
        found.append((shown.line, deepest, name, f"#{anchor(shown.name)}"))
    return [(level, words, to) for _, level, words, to in sorted(found, key=lambda one: one[0])]


def settle(page: Page, execution: Execution, prepared: Prepared) -> None:
    """Take in what running the note gave, and check it; functions to be left out go."""
    without = page.cards.asked.without
    page.report = report(prepared, execution)
    page.execution = replace(
        execution, functions=tuple(f for f in execution.functions if f.name not in without)
    )


def failed_page(title: str, why: str, assets: Assets) -> str:
    """What stands in the place of a note that there can be no page of."""
    crumbs: list[Crumb] = [("All notes", "index.html")] if assets == "files" else []
    body = f"<h1>{escape(title)}</h1>" + callout(why, "There is no page of this note: ") + BEGIN + END
    return page_html(title, body, assets, [*crumbs, (title, None)]) + GENERATOR


def tally_of(page: Page) -> Tally:
    """The counts of one page."""
    shown = page.execution.functions
    return Tally(
        fences=len(page.execution.fences),
        errors=page.report.count("error"),
        warnings=page.report.count("warning"),
        functions=sum(not f.chain for f in shown),
        chains=sum(f.chain for f in shown),
        cards=sum(f.data is not None for f in shown),
    )


# ----- the index -----


def entries(page: Page) -> FileEntries:
    """A note's functions for the index."""
    sections = tuple((h.text, f"{page.href}#{h.anchor}") for h in page.draft.headings if h.text)
    return FileEntries(
        title=page.note.title,
        href=page.href,
        path=page.note.name,
        count=", ".join(found_of(tally_of(page))) or "clean",
        entries=tuple(_entry(page, shown) for shown in page.execution.functions),
        sections=sections,
        order=page.cards.asked.order,
    )


def _entry(page: Page, shown: Shown) -> Entry:
    card = page.cards.views.get((shown.name, shown.line))
    callouts = page.callouts
    verdict, error = callouts.verdict(shown)
    spark = spark_svg(shown.spark, callouts.dotted(shown) if error else None)
    return Entry(
        shown.name, f"{page.href}#{anchor(shown.name)}", formula_of(shown, card), spark, verdict, error
    )


def formula_of(shown: Shown, card: CardView | None) -> str:
    """The right side of a function's formula, typeset; nothing if there is no card or KaTeX cannot set it."""
    if card is None or not card.formulas or shown.data is None:
        return ""
    try:
        lines = [line for line in shown.data["formulas"] if line["kind"] == "value" and "step" not in line]
        _, _, right = lines[0]["latex"].partition(" = ")
        return v8.math_html(rf"\displaystyle {right}") if right else card.formulas[0].html
    except (EngineError, LookupError, TypeError, AttributeError):
        return card.formulas[0].html
