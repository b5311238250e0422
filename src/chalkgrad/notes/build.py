"""Notes become a site: every note a page, every function a card, and an index over all of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from chalkgrad import v8
from chalkgrad.errors import EngineError, NotesError
from chalkgrad.notes.execute import Executor, Shown
from chalkgrad.notes.limits import DEFAULT, Limits
from chalkgrad.notes.pages import GENERATOR, Page, begin, entries, facts_of, page_of
from chalkgrad.notes.read import Note
from chalkgrad.notes.site import check_target, replacing
from chalkgrad.notes.sources import Source, find
from chalkgrad.render.page import index_html, write_assets

BOOK = Path(__file__).parent.parent / "book"

Progress = Callable[[str, int, int], None]  # what is being done, how many are done, of how many


@dataclass(frozen=True, slots=True)
class Built:
    """What a build wrote."""

    out: Path
    pages: int
    fences: int
    errors: int
    functions: int  # chains among them
    cards: int
    messages: tuple[str, ...] = ()  # what went wrong, one line each, with file and line


def build(
    paths: Sequence[Path] = (),
    out: Path = Path("site"),
    limits: Limits = DEFAULT,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Built:
    """Build notes into a folder, or one note into one file whose name ends in `.html`.

    Args:
        paths: Markdown files, and folders that are searched for them; none: the book.
        out: the folder, which must be absent, empty or made by an earlier build; or the file.
        limits: of each note's process.
        progress: called as work goes on.
        executor: one that has been started already, while this module was being imported.

    Raises:
        NotesError: there is nothing to build, a note cannot be read, or `out` is somebody else's.
    """
    single = out.suffix == ".html"
    check_file(out) if single else check_target(out)
    sources = find(paths or (BOOK,), out)
    if single and len(sources) != 1:
        found = f"there are {len(sources)} notes"
        raise NotesError(f"{out} is one file, but {found}; give a folder: -o {out.stem}")
    if executor is None:
        with Executor(limits) as executor:
            return _run(sources, executor, out, single, progress or (lambda *_: None))
    return _run(sources, executor, out, single, progress or (lambda *_: None))


def _run(sources: Sequence[Source], executor: Executor, out: Path, single: bool, tell: Progress) -> Built:
    pages = begin(sources)
    for page in pages:
        executor.add(page.note)
    warm_up()
    if single:
        return _to_file(pages[0], executor, out, tell)
    with replacing(out) as folder:
        return _to_folder(pages, executor, folder, out, tell)


def _to_file(page: Page, executor: Executor, out: Path, tell: Progress) -> Built:
    tell(page.note.name, 0, 1)
    ((_, page.execution),) = executor.results(lambda _, shown: page.cards.html(shown))
    write_whole(out, page_of(page, assets="inline"))
    tell(page.note.name, 1, 1)
    return _built(out, [page])


def _to_folder(pages: list[Page], executor: Executor, folder: Path, out: Path, tell: Progress) -> Built:
    write_assets(folder / "assets")
    by_path = {page.note.path: page for page in pages}
    tell("running", 0, len(pages))

    def draw(note: Note, shown: Shown) -> None:
        by_path[note.path].cards.html(shown)

    for done, (note, execution) in enumerate(executor.results(draw), 1):
        page = by_path[note.path]
        page.execution = execution
        (folder / page.href).write_text(page_of(page, assets="files"), "utf-8")
        tell(note.name, done, len(pages))
    index = index_html([entries(page) for page in pages], assets="files", facts=facts_of(pages))
    (folder / "index.html").write_text(index + GENERATOR, "utf-8")
    return _built(out, pages)


def _built(out: Path, pages: Sequence[Page]) -> Built:
    executions = [page.execution for page in pages]
    functions = [f for e in executions for f in e.functions]
    return Built(
        out=out,
        pages=len(pages),
        fences=sum(len(e.fences) for e in executions),
        errors=sum(len(e.errors) for e in executions),
        functions=len(functions),
        cards=sum(1 for f in functions if f.data is not None),
        messages=tuple(message for page in pages for message in _messages(page)),
    )


def _messages(page: Page) -> Iterator[str]:
    name, execution = page.note.name, page.execution
    if execution.stopped:
        yield f"{name}: not run to its end: {execution.stopped}"
    lines = [(e.line, str(e)) for e in execution.errors if e.type != "Stopped"]
    lines += [(f.line, f"{f.name} has no views: {f.why}") for f in execution.functions if f.why]
    yield from (f"{name}:{line}: {text}" for line, text in sorted(lines))


def warm_up() -> None:
    """Load what the first card would wait for, while the notes are being run."""
    try:
        v8.layout("digraph { a -> b }")
    except EngineError:  # the card that needs it will say so
        return


# ----- one file -----


def check_file(out: Path) -> None:
    """Refuse to write over a file that no build of ours made.

    Raises:
        NotesError: it is there and is not ours.
    """
    if out.is_dir():
        raise NotesError(f"{out} is a folder; give another name")
    if out.exists() and GENERATOR not in out.read_text("utf-8", errors="replace")[-200:]:
        raise NotesError(
            f"{out} is there and was not made by chalkgrad; nothing was written. Give another -o"
        )


def write_whole(out: Path, text: str) -> None:
    """Write a file so that it is there whole or not at all."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(
        "w", encoding="utf-8", dir=out.parent, prefix=f".{out.name}.", delete=False
    ) as file:
        file.write(text)
    os.chmod(file.name, 0o644)
    os.replace(file.name, out)
