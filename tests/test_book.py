"""The book: chapters in order and whole, nothing found wrong in them, pages that hang together."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chalkgrad.notes.build import BOOK, Built, build
from chalkgrad.notes.check.finding import Report
from chalkgrad.notes.check.run import check
from chalkgrad.notes.execute import Executor
from chalkgrad.notes.read import Note, read
from chalkgrad.notes.sources import find

CHAPTERS = 16
NUMBERED = re.compile(r"(\d\d)-[a-z-]+\.md")
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")
ITEM = re.compile(r"^\d+\. ", re.MULTILINE)
HREF = re.compile(r'href="([^"#]+\.html)(?:#([^"]*))?"')
OUTPUT = re.compile(r'<pre class="output"[^>]*>(.*?)</pre>', re.DOTALL)

NOTES = tuple(read(source.path, source.name) for source in find([BOOK]))


def named(note: Note) -> str:
    return note.name


@pytest.fixture(scope="module")
def reports() -> dict[str, Report]:
    with Executor() as executor:
        return {Path(report.path).name: report for report in check([BOOK], executor)}


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> tuple[Path, Built]:
    out = tmp_path_factory.mktemp("book") / "site"
    return out, build((), out)


# ----- as written -----


def test_chapters_come_in_order():
    numbers = [int(NUMBERED.fullmatch(note.name)[1]) for note in NOTES]
    assert numbers == list(range(CHAPTERS + 1))
    assert NOTES[0].title == "Foundation · start here"
    assert [note.title.split(" · ")[0] for note in NOTES[1:]] == [str(n) for n in numbers[1:]]


@pytest.mark.parametrize("note", NOTES, ids=named)
def test_links_lead_to_chapters(note: Note):
    to = LINK.findall(note.text)
    assert to and all((BOOK / address).is_file() for address in to)
    following = [n.name for n in NOTES[NOTES.index(note) + 1 :]]
    assert not following or following[0] in to, "a chapter leads on to the next"


def test_the_first_page_lists_every_chapter():
    assert LINK.findall(NOTES[0].text) == [note.name for note in NOTES[1:]]


@pytest.mark.parametrize("note", NOTES[1:], ids=named)
def test_a_chapter_ends_with_what_to_keep_and_exercises_with_answers(note: Note):
    _, keep, rest = note.text.partition("\n## What to keep\n")
    kept, trying, exercises = rest.partition("\n## Try it\n")
    asked, comment, answers = exercises.partition("<!-- chalkgrad: answer -->")
    assert keep and trying and comment and "\n- " in kept
    assert 2 <= len(ITEM.findall(asked)) <= 4
    assert len(ITEM.findall(answers)) == len(ITEM.findall(asked))


@pytest.mark.parametrize("note", NOTES, ids=named)
def test_code_imports_what_it_uses_and_fits_the_column(note: Note):
    code = [fence for fence in note.fences if fence.runs]
    assert code and "import numpy as np" in code[0].text
    long = [line for fence in code for line in fence.text.split("\n") if len(line) > 74]
    assert not long


# ----- as checked -----


@pytest.mark.parametrize("note", NOTES, ids=named)
def test_nothing_is_found(note: Note, reports: dict[str, Report]):
    assert [(f.code, f.spot.line, f.message) for f in reports[note.name].findings] == []


@pytest.mark.parametrize("note", NOTES, ids=named)
def test_every_formula_that_states_something_agrees(note: Note, reports: dict[str, Report]):
    stating = [s for s in reports[note.name].formulas if s.why != "it states no equation"]
    assert stating or note.name.startswith("10-")
    assert [(s.line, s.latex, s.status, s.why) for s in stating if s.status != "agrees"] == []


def test_every_stated_result_and_every_derivative_by_hand_agrees(reports: dict[str, Report]):
    said = [one for report in reports.values() for one in (*report.stated, *report.derivatives)]
    assert len(said) > 5 and {one.status for one in said} == {"agrees"}


# ----- as built -----


def test_every_fence_runs_and_every_function_has_its_card(site: tuple[Path, Built]):
    _, built = site
    assert built.messages == ()
    assert built.errors == 0
    assert built.functions == built.cards > 80


def test_links_of_the_pages_lead_somewhere(site: tuple[Path, Built]):
    out, built = site
    pages = {page.name: page.read_text("utf-8") for page in out.glob("*.html")}
    assert len(pages) == built.pages + 1 == CHAPTERS + 2
    for page, text in pages.items():
        for to, anchor in HREF.findall(text):
            assert to in pages, f"{page} leads to {to}"
            assert not anchor or f'id="{anchor}"' in pages[to], f"{page} leads to {to}#{anchor}"


def test_the_pages_print_what_the_prose_counts_on(site: tuple[Path, Built]):
    out, _ = site
    printed = {page.stem[:2]: "".join(OUTPUT.findall(page.read_text("utf-8"))) for page in out.glob("*.html")}
    errors = [float(e) for e in re.findall(r"^1e-\d+\s+(\S+)$", printed["02"], re.MULTILINE)]
    best = errors.index(min(errors))
    assert errors[:best] == sorted(errors[:best], reverse=True), "it falls"
    assert errors[best:] == sorted(errors[best:]) and best < len(errors) - 3, "and rises again"
    losses = [float(v) for v in re.findall(r"loss (\S+)$", printed["10"], re.MULTILINE)]
    assert losses[0] == 1.0 and losses == sorted(losses, reverse=True) and losses[-1] < 0.02
    tiny = re.findall(r"^ ?-?\d\.\d  (\S+)  (\S+)$", printed["10"], re.MULTILINE)
    assert len(tiny) == 3 and all(ours == exact for ours, exact in tiny)
    assert not any("False" in text for text in printed.values())
