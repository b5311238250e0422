"""All checks over all notes, the code of each in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chalkgrad.errors import NotesError
from chalkgrad.notes.authors import asked as asked_for
from chalkgrad.notes.check.attributes import attributes
from chalkgrad.notes.check.claims import Claim, claims
from chalkgrad.notes.check.code import Code, code_of, fence_of
from chalkgrad.notes.check.derivatives import derivatives
from chalkgrad.notes.check.failures import functions_of, raised, unparsed
from chalkgrad.notes.check.finding import Finding, Report, Spot
from chalkgrad.notes.check.formulas import formulas
from chalkgrad.notes.check.github_math import github_math
from chalkgrad.notes.check.images import images
from chalkgrad.notes.check.mojibake import mojibake
from chalkgrad.notes.check.names import names
from chalkgrad.notes.check.stated import asked, stated
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
        A report for each note, in the order in which they were named; of one that cannot be read, why.

    Raises:
        NotesError: there is no such file, or no such rule.
    """
    sources = find(paths)
    wishes = [wishes_for(source.path, select, ignore) for source in sources]
    prepared: list[Prepared | Report] = []
    for source, wish in zip(sources, wishes, strict=True):
        one = _prepared(source.path, wish)
        prepared.append(one)
        if executor is not None and isinstance(one, Prepared):
            executor.add(one.note, views=False, asked=one.asked)
    ran = {note.path: execution for note, execution in executor.results()} if executor else {}
    return tuple(p if isinstance(p, Report) else report(p, ran.get(p.note.path)) for p in prepared)


def _prepared(path: Path, wishes: Wishes) -> Prepared | Report:
    try:
        return prepare(read(path, str(path)), wishes)
    except NotesError as error:
        why = str(error).removeprefix(f"{path}: ")
        return Report(str(path), (), (Finding("CG101", Spot(1, 1, 2), f"this file cannot be read: {why}"),))


@dataclass(frozen=True, eq=False, slots=True)
class Prepared:
    """A note with what is found without running it."""

    note: Note
    code: Code
    found: tuple[Finding, ...]
    wishes: Wishes
    claims: tuple[Claim, ...] = ()  # results that the note states

    @property
    def asked(self) -> dict[str, Any]:
        """What the process that runs the note is to send back, for the claims."""
        return asked(self.code, self.claims)


def prepare(note: Note, wishes: Wishes) -> Prepared:
    """The part of a check that needs no execution; it can be done while the note runs."""
    code = code_of(note)
    return Prepared(note, code, tuple(_at_rest(code)), wishes, claims(code))


def _at_rest(code: Code) -> Iterator[Finding]:
    """What is found without running anything."""
    for finding in (*unparsed(code), *names(code), *attributes(code)):
        fence = fence_of(code.note, finding.spot.line)
        if fence is None or not fence.may_raise:
            yield finding
    yield from images(code.note)
    yield from github_math(code.note)
    yield from misunderstood(code.note)
    yield from mojibake(code.note)


def misunderstood(note: Note) -> Iterator[Finding]:
    """CG501: what the author's comments ask for and nobody can give."""
    for doubt in asked_for(note).doubts:
        place = doubt.comment
        yield Finding("CG501", Spot(place.line, place.column, place.end_column), doubt.message)


def report(prepared: Prepared, ran: Execution | None) -> Report:
    """All about one note; `ran` is what running it gave, with samples."""
    note, code, found = prepared.note, prepared.code, list(prepared.found)
    if ran is not None:
        found += raised(code, ran, found)
    about, statuses = formulas(code, ran)
    results, said = stated(code, prepared.claims, ran)
    slopes, derived = derivatives(code, ran)
    wanted = kept(note, (f for f in found + about + results + slopes if prepared.wishes.wants(f.code)))
    ordered = tuple(sorted(wanted, key=lambda f: (f.spot.line, f.spot.column, f.code)))
    lines, functions = tuple(code.lines), len(functions_of(code))
    return Report(note.name, lines, ordered, statuses, functions, said, note.cells, derived)
