"""All checks over all notes, the code of each in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from chalkgrad.notes.check.attributes import attributes
from chalkgrad.notes.check.code import Code, code_of
from chalkgrad.notes.check.failures import functions_of, raised, unparsed
from chalkgrad.notes.check.finding import Finding, Report
from chalkgrad.notes.check.formulas import formulas
from chalkgrad.notes.check.images import images
from chalkgrad.notes.check.names import names
from chalkgrad.notes.check.wishes import Wishes, kept, wishes_for
from chalkgrad.notes.execute import Execution, Executor
from chalkgrad.notes.read import Note, read
from chalkgrad.notes.sources import find


def check(
    paths: Sequence[Path],
    executor: Executor | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
) -> tuple[Report, ...]:
    """Check notes.

    Args:
        paths: Markdown files, and folders that are searched for them.
        executor: runs the notes; none: they are read and not run.
        select: only these codes, or beginnings of codes.
        ignore: not these.

    Returns:
        A report for each note, in the order in which they were named.

    Raises:
        NotesError: a note cannot be read, or there is no such rule.
    """
    sources = find(paths)
    wishes = [wishes_for(source.path, select, ignore) for source in sources]
    notes = [read(source.path, str(source.path)) for source in sources]
    if executor is not None:
        for note in notes:
            executor.add(note, views=False)
    codes = {note.path: code_of(note) for note in notes}
    still = {path: list(_at_rest(code)) for path, code in codes.items()}
    ran = {note.path: execution for note, execution in executor.results()} if executor else {}
    return tuple(
        _report(note, codes[note.path], still[note.path], ran.get(note.path), wish)
        for note, wish in zip(notes, wishes, strict=True)
    )


def _at_rest(code: Code) -> Iterator[Finding]:
    """What is found without running anything."""
    yield from unparsed(code)
    yield from names(code)
    yield from attributes(code)
    yield from images(code.note)


def _report(note: Note, code: Code, found: list[Finding], ran: Execution | None, wishes: Wishes) -> Report:
    if ran is not None:
        found = found + list(raised(code, ran, found))
    about, statuses = formulas(code, ran)
    found = found + about
    wanted = kept(note, (f for f in found if wishes.wants(f.code)))
    ordered = tuple(sorted(wanted, key=lambda f: (f.spot.line, f.spot.column, f.code)))
    return Report(note.name, tuple(code.lines), ordered, statuses, len(functions_of(code)))
