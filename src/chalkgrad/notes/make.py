"""Notes become pages, several at a time: read, run, typeset, written down one by one as they are done."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from chalkgrad import v8
from chalkgrad.errors import EngineError, NotesError
from chalkgrad.notes.authors import asked
from chalkgrad.notes.built import Tally
from chalkgrad.notes.cache import Kept, key_of
from chalkgrad.notes.check.finding import Finding
from chalkgrad.notes.check.run import Prepared, prepare
from chalkgrad.notes.check.wishes import configs, wishes_for
from chalkgrad.notes.execute import Execution, Executor, Shown
from chalkgrad.notes.pages import Page, begin, entries, failed_page, page_of, settle, tally_of
from chalkgrad.notes.read import Note, read
from chalkgrad.notes.sources import Source
from chalkgrad.render.page import Assets, FileEntries

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")  # what could move a terminal's cursor


class Maker:
    """Makes the pages of the notes that are added.

    Args:
        executor: runs them.
        hrefs: the page of every note, by the note's real path.
        assets: inside the pages, or beside them.
        by: the digest of what makes them, for `cache`.
    """

    def __init__(self, executor: Executor, hrefs: Mapping[str, str], assets: Assets, by: str):
        self.executor, self.hrefs, self.assets, self.by = executor, hrefs, assets, by
        self.sources: dict[Path, Source] = {}
        self.prepared: dict[Path, Prepared] = {}
        self.notes: list[Note] = []
        self.failed: list[tuple[Source, str]] = []

    def add(self, source: Source) -> None:
        """Read a note and have it run."""
        try:
            note = read(source.path, source.name)
            prepared = prepare(note, wishes_for(source.path))
            self.executor.add(note, asked=prepared.asked, samples=True, points=asked(note).points())
        except (NotesError, OSError, ValueError, RecursionError, MemoryError) as error:
            self.failed.append((source, _why(error, source)))
            return
        self.sources[note.path] = source
        self.prepared[note.path] = prepared
        self.notes.append(note)

    def pages(self) -> Iterator[tuple[Source, str, Kept]]:
        """Each note's page as it is done: its HTML, and what the next build needs to know of it."""
        warm_up()
        pages = {note.path: page for note in self.notes if (page := self._begun(note)) is not None}

        def draw(note: Note, shown: Shown) -> None:
            if note.path in pages:
                pages[note.path].cards.html(shown)

        for note, execution in self.executor.results(draw):
            page = pages.pop(note.path, None)
            if page is not None:
                done = self._done(self.sources[note.path], page, execution)
                if done is not None:
                    yield done
        for source, why in self.failed:
            yield self._failure(source, why)

    def _begun(self, note: Note) -> Page | None:
        source = self.sources[note.path]
        try:
            return begin(source, note, self.hrefs)
        except Exception as error:  # one note that cannot be typeset costs itself, not the site
            self.failed.append((source, _why(error, source)))
            return None

    def _done(self, source: Source, page: Page, execution: Execution) -> tuple[Source, str, Kept] | None:
        try:
            settle(page, execution, self.prepared[page.note.path])
            return source, page_of(page, self.assets), self._kept(source, page)
        except Exception as error:
            self.failed.append((source, _why(error, source)))
            return None

    def _kept(self, source: Source, page: Page) -> Kept:
        files = {*page.execution.touched, *map(str, page.pictures.files), *map(str, configs(source.path))}
        touched = tuple(sorted({_seen_from(source.path.parent, file) for file in files}))
        links = page.links.asked
        return Kept(
            href=page.href,
            key=key_of(source, page.href, touched, links, self.by),
            touched=touched,
            links=tuple(links),
            tally=tally_of(page),
            entries=_data(entries(page)),
            messages=messages(page),
            stopped=bool(page.execution.stopped),
        )

    def _failure(self, source: Source, why: str) -> tuple[Source, str, Kept]:
        href = self.hrefs[os.path.realpath(source.path)]
        listed = FileEntries(source.name, href, source.name, count="not read")
        kept = Kept(href, "", (), (), Tally(), _data(listed), (f"{source.name}: {why}",))
        return source, failed_page(source.name, why, self.assets), kept


def _data(listed: FileEntries) -> dict[str, Any]:
    return asdict(listed)


def _seen_from(folder: Path, file: str) -> str:
    """A path as seen from a folder, so that a site tells nothing of the machine that it was built on."""
    try:
        return os.path.relpath(file, os.path.abspath(folder)).replace(os.sep, "/")
    except ValueError:  # on another drive
        return file


def _why(error: BaseException, source: Source) -> str:
    """What went wrong, without the note's name in front."""
    if isinstance(error, NotesError):
        return str(error).removeprefix(f"{source.name}: ").removeprefix(f"{source.path}: ")
    if isinstance(error, OSError):
        return error.strerror or str(error)
    deep = isinstance(error, RecursionError | MemoryError)
    return "it nests too deeply" if deep else f"{type(error).__name__}: {error}"


def messages(page: Page) -> tuple[str, ...]:
    """What went wrong, one line each."""
    return tuple(CONTROL.sub("�", message) for message in _messages(page))


def _messages(page: Page) -> Iterator[str]:
    name, execution = page.note.name, page.execution
    if execution.stopped:
        yield f"{name}: not run to its end: {execution.stopped}"
    errors = [f for f in page.report.findings if f.severity == "error"]
    lines = [(f.spot.line, _told(f)) for f in errors]
    known = {f.spot.line for f in errors}
    for shown in (f for f in execution.functions if f.why):
        if not known & set(range(shown.line, shown.end + 1)):
            lines.append((shown.line, f"{shown.name} has no views: {shown.why}"))
    yield from (f"{name}:{page.note.spot(line)}: {text}" for line, text in sorted(lines))


def _told(f: Finding) -> str:
    return f"{f.code} {f.function}: {f.message}" if f.function else f"{f.code} {f.message}"


def warm_up() -> None:
    """Load what the first card would wait for, while the notes are being run."""
    try:
        v8.layout("digraph { a -> b }")
    except EngineError:  # the card that needs it will say so
        return
