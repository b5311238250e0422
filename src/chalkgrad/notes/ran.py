"""Notes, read and run and checked: what every kind of copy begins with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field

from chalkgrad.errors import NotesError
from chalkgrad.notes.authors import asked
from chalkgrad.notes.check.finding import Report
from chalkgrad.notes.check.run import Prepared, prepare, report
from chalkgrad.notes.check.wishes import wishes_for
from chalkgrad.notes.execute import Execution, Executor
from chalkgrad.notes.limits import Limits
from chalkgrad.notes.read import Note, read
from chalkgrad.notes.sources import Source

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class RanNote:
    """One note with what became of it; `why` says why it could not be read."""

    source: Source
    data: bytes = b""  # the file, as it was when it was read
    note: Note | None = None
    execution: Execution = field(default_factory=Execution)
    report: Report = field(default_factory=lambda: Report("", (), ()))
    why: str = ""


def run_all(
    sources: Sequence[Source], limits: Limits, tell: Progress, executor: Executor | None = None
) -> list[RanNote]:
    """Run notes; they come back in their order."""
    done: dict[str, RanNote] = {}
    with nullcontext(executor) if executor else Executor(limits) as running:
        waiting = {}
        for source in sources:
            try:
                waiting[source.path] = _begun(source, running)
            except (NotesError, OSError, ValueError, RecursionError, MemoryError) as error:
                done[source.name] = RanNote(source, why=why(error, source))
        tell("running", 0, len(sources))
        for source, ran in _results(waiting, running):
            done[source.name] = ran
            tell(source.name, len(done), len(sources))
    return [done[source.name] for source in sources]


def _begun(source: Source, executor: Executor) -> tuple[Source, bytes, Prepared]:
    data = source.path.read_bytes()
    note = read(source.path, source.name)
    prepared = prepare(note, wishes_for(source.path))
    executor.add(note, asked=prepared.asked, samples=True, points=asked(note).points())
    return source, data, prepared


def _results(waiting: dict, executor: Executor) -> Iterator[tuple[Source, RanNote]]:
    for note, execution in executor.results():
        source, data, prepared = waiting[note.path]
        try:
            yield source, RanNote(source, data, note, execution, report(prepared, execution))
        except Exception as error:  # one note that cannot be checked costs itself, not the others
            yield source, RanNote(source, data, why=why(error, source))


def why(error: BaseException, source: Source) -> str:
    """What went wrong, without the note's name in front."""
    if isinstance(error, NotesError):
        return str(error).removeprefix(f"{source.name}: ").removeprefix(f"{source.path}: ")
    if isinstance(error, OSError):
        return error.strerror or str(error)
    deep = isinstance(error, RecursionError | MemoryError)
    return "it nests too deeply" if deep else f"{type(error).__name__}: {error}"
