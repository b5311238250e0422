"""Run the fences of notes in processes of their own and read back, as plain data, what happened.

Nothing of a note is imported, unpickled or evaluated here. What the child writes is checked before it is
believed: version, kinds, references to fences, sizes.
"""

from __future__ import annotations

import json
import os
import re
import select
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from chalkgrad.errors import NotesError
from chalkgrad.notes.limits import DEFAULT, Limits
from chalkgrad.notes.read import Note
from chalkgrad.notes.spark import is_samples

VERSION = 1
LARGEST = 256 * 2**20  # bytes of results
PLOTS = re.compile(r"plt|plot|matplotlib")  # without any of these in it a note needs no Matplotlib


@dataclass(frozen=True, slots=True)
class Failure:
    """An error that a fence raised."""

    type: str
    message: str
    statement: int  # the line that its statement begins on, from 1, in the file
    line: int  # the line itself, which may be in a function that is defined elsewhere in the note
    column: int = 0  # from 1; 0: not known
    end_column: int = 0
    inside: str = ""  # the function it was raised in
    hint: str = ""

    def __str__(self) -> str:
        hint = f"; {self.hint}" if self.hint else ""
        return f"{self.type}: {self.message}{hint}" if self.message else f"{self.type}{hint}"


@dataclass(frozen=True, slots=True)
class Out:
    """Something that a fence put out."""

    kind: str  # "out", "err", "value" or "figure"
    line: int  # of the statement
    text: str = ""
    svg: str = ""
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Ran:
    """One fence that was run."""

    fence: int
    outs: tuple[Out, ...] = ()
    errors: tuple[Failure, ...] = ()
    lost: int = 0  # characters of output beyond the limit


@dataclass(frozen=True, slots=True)
class Shown:
    """One function of the notes: the data of its views, or why there are none."""

    fence: int
    name: str
    line: int
    end: int
    chain: bool = False  # not a function but a list of them
    data: dict[str, Any] | None = None
    spark: list[Any] | None = None  # values and slopes, for the index
    example: str = ""
    why: str = ""
    error: Failure | None = None  # what it raised, if that is why

    @property
    def spot(self) -> tuple[int, int, int] | None:
        """Where in the file it went wrong: line, first column, column after the last."""
        return (self.error.line, self.error.column, self.error.end_column) if self.error else None


@dataclass(frozen=True, slots=True)
class Samples:
    """What one function of the notes is worth at sampled points, or why that is not known."""

    fence: int
    name: str
    line: int
    end: int
    parameters: list[Any] = field(default_factory=list)  # the names of those that must be given
    settings: dict[str, Any] = field(default_factory=dict)  # defaults that are numbers
    points: list[Any] = field(default_factory=list)  # {"at": {name: numbers}, "value": numbers, "smooth"}
    latex: str = ""  # the right side of its formula
    why: str = ""


@dataclass(frozen=True, slots=True)
class Execution:
    """What running one note gave."""

    fences: dict[int, Ran] = field(default_factory=dict)
    functions: tuple[Shown, ...] = ()
    stopped: str = ""  # why it did not run to its end; empty: it did
    show: dict[str, Any] | None = None
    samples: tuple[Samples, ...] = ()

    @property
    def errors(self) -> tuple[Failure, ...]:
        return tuple(e for ran in self.fences.values() for e in ran.errors)


def execute(note: Note, limits: Limits = DEFAULT) -> Execution:
    """Run one note; see `Executor` for many."""
    with Executor(limits) as executor:
        executor.add(note)
        ((_, execution),) = executor.results()
        return execution


Early = Callable[[Note, Shown], object]


class Executor:
    """Runs notes side by side: `add` them, then take the `results` as they come.

    The server starts when the executor is entered, so that it imports while the parent reads and typesets.
    """

    def __init__(self, limits: Limits = DEFAULT):
        self.limits = limits
        self.notes: list[Note] = []

    def __enter__(self) -> Executor:
        self.scratch = tempfile.TemporaryDirectory(prefix="chalkgrad-")
        self.server = start("server" if hasattr(os, "fork") else "loner")
        return self

    def __exit__(self, *exc: object) -> None:
        self.server.terminate()
        self.server.wait()
        for pipe in (self.server.stdin, self.server.stdout):
            if pipe is not None:
                pipe.close()
        self.scratch.cleanup()

    def add(
        self,
        note: Note,
        module: str = "__main__",
        show: dict[str, Any] | None = None,
        views: bool = True,
    ) -> None:
        """Send one note to be run; `show` asks for one function instead of all views; or for no views."""
        fences = [
            {"index": f.index, "kind": f.kind, "text": f.text, "line": f.line} for f in note.fences if f.runs
        ]
        request = {
            "id": len(self.notes),
            "file": note.name,
            "folder": str(note.path.resolve().parent),
            "module": module,
            "plots": bool(PLOTS.search(note.text)),
            "fences": fences,
            "limits": asdict(self.limits),
            "results": self._results(len(self.notes)),
            "show": show,
            "views": views,
        }
        self.notes.append(note)
        self._send(request)

    def _results(self, identity: int) -> str:
        return str(Path(self.scratch.name) / f"{identity}.jsonl")

    def _send(self, message: Any) -> None:
        assert self.server.stdin is not None
        try:
            self.server.stdin.write(json.dumps(message).encode() + b"\n")
            self.server.stdin.flush()
        except OSError as error:
            raise NotesError(f"the process that runs notes has ended: {error}") from error

    def results(self, early: Early | None = None) -> Iterator[tuple[Note, Execution]]:
        """Each note with what running it gave, in the order in which they end.

        `early` is called with each function as soon as its views are there, while others are being made.
        """
        self._send(None)
        files = [Path(self._results(i)) for i in range(len(self.notes))]
        followers = [
            Follower(note, file, early) for note, file in zip(self.notes, files, strict=True) if early
        ]
        for answer in self._answers(followers):
            note = self.notes[answer["id"]]
            yield note, receive(note, files[answer["id"]], _stopped(answer, self.limits))

    def _answers(self, followers: list[Follower]) -> Iterator[dict[str, Any]]:
        """What the server says, one answer a note; while it says nothing the followers read."""
        assert self.server.stdout is not None
        pipe, text, left = self.server.stdout.fileno(), b"", len(self.notes)
        while left:
            if followers and not _ready(pipe, 0.02):
                for follower in followers:
                    follower.follow()
                continue
            data = os.read(pipe, 1 << 16)
            if not data:
                raise NotesError("the process that runs notes ended before its time; run the command again")
            *lines, text = (text + data).split(b"\n")
            left -= len(lines)
            yield from map(json.loads, lines)


def _ready(pipe: int, seconds: float) -> bool:
    """Whether a pipe has something to read, waiting a little; True where pipes cannot be asked."""
    return os.name != "posix" or bool(select.select([pipe], [], [], seconds)[0])


@dataclass
class Follower:
    """Reads the results of one note while they are being written."""

    note: Note
    path: Path
    early: Early
    at: int = 0  # where the part not read yet begins

    def follow(self) -> None:
        if not self.path.exists() or self.path.stat().st_size == self.at:
            return
        with self.path.open("rb") as file:
            file.seek(self.at)
            whole, end, _ = file.read().rpartition(b"\n")
        self.at += len(whole) + len(end)
        for line in whole.split(b"\n") if end else ():
            if b'"kind": "function"' in line[:60]:
                self.early(self.note, _shown(json.loads(line)))


def start(entry: str) -> subprocess.Popen:
    """Start a process of this Python that sees this chalkgrad, but not environment or working folder."""
    home = str(Path(__file__).resolve().parents[2])
    script = f"import sys; sys.path.insert(0, {home!r}); from chalkgrad.notes.{entry} import main; main()"
    command = [sys.executable, "-I", "-X", "utf8", "-c", script]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)


def _stopped(answer: dict[str, Any], limits: Limits) -> str:
    if answer["status"] == "timeout":
        return f"stopped after {limits.seconds:g} s"
    if answer["code"] < 0:
        return f"its process was ended by signal {-answer['code']}"
    return f"its process ended with exit code {answer['code']}" if answer["code"] else ""


# ----- what the child says, checked -----


def receive(note: Note, path: Path, stopped: str) -> Execution:
    """Read results; a last line cut short by a stopped process is left out.

    Raises:
        NotesError: something else does not fit the format.
    """
    if not path.exists():
        return Execution(stopped=stopped or "its process wrote nothing")
    if path.stat().st_size > LARGEST:
        return Execution(stopped=f"its results take more than {LARGEST >> 20} MiB")
    try:
        return _receive(note, list(_records(path)), stopped)
    except (KeyError, TypeError, AttributeError) as error:
        raise NotesError(f"{note.name}: what its process wrote does not fit the format: {error!r}") from error


def _receive(note: Note, records: list[dict[str, Any]], stopped: str) -> Execution:
    lines = {fence.index: fence.line for fence in note.fences if fence.runs}
    for record in records:
        if record["kind"] in ("start", "fence", "function", "samples") and record["fence"] not in lines:
            raise NotesError(
                f"{note.name}: its process speaks of a fence {record['fence']!r} that there is not"
            )
    by_kind = {
        k: [r for r in records if r["kind"] == k]
        for k in ("start", "fence", "function", "samples", "show", "end")
    }
    fences = {r["fence"]: _ran(r) for r in by_kind["fence"]}
    why = "" if by_kind["end"] else stopped or "its process ended early"
    for record in by_kind["start"]:
        index = record["fence"]
        if index not in fences:
            fences[index] = Ran(index, errors=(Failure("Stopped", why, lines[index], lines[index]),))
    show = by_kind["show"][0] if by_kind["show"] else None
    functions = tuple(_shown(r) for r in by_kind["function"])
    for shown in functions:
        if shown.spark is not None and not is_samples(shown.spark):
            raise NotesError(
                f"{note.name}: what its process gave for the picture of {shown.name!r} is no curve"
            )
        if not lines[shown.fence] <= shown.line <= shown.end:
            raise NotesError(
                f"{note.name}: its process puts {shown.name!r} on line {shown.line}, outside its fence"
            )
    return Execution(fences, functions, why, show, tuple(_samples(note, r) for r in by_kind["samples"]))


def _samples(note: Note, record: dict[str, Any]) -> Samples:
    samples = _of(Samples, {k: v for k, v in record.items() if k not in ("version", "kind")})
    numbers = [*samples.settings.values(), *(p["value"] for p in samples.points)]
    numbers += [v for p in samples.points for v in p["at"].values()]
    if not all(map(_is_numbers, numbers)) or not all(isinstance(name, str) for name in samples.parameters):
        raise NotesError(
            f"{note.name}: what its process gave for the values of {samples.name!r} is no numbers"
        )
    return samples


def _is_numbers(value: Any) -> bool:
    return all(map(_is_numbers, value)) if isinstance(value, list) else type(value) in (int, float)


def _records(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_bytes().split(b"\n"):
        try:
            record = json.loads(line)
        except ValueError:
            return  # the last line of a process that was stopped while it wrote
        if not isinstance(record, dict) or record.get("version") != VERSION:
            raise NotesError("the process that runs notes speaks another version; install chalkgrad anew")
        yield record


def _ran(record: dict[str, Any]) -> Ran:
    return Ran(
        fence=record["fence"],
        outs=tuple(_of(Out, out) for out in record["outs"]),
        errors=tuple(_of(Failure, error) for error in record["errors"]),
        lost=int(record["lost"]),
    )


def _shown(record: dict[str, Any]) -> Shown:
    fields = {k: v for k, v in record.items() if k not in ("version", "kind")}
    if fields.get("error") is not None:
        fields["error"] = _of(Failure, fields["error"])
    return _of(Shown, fields)


def _of(make: Callable[..., Any], record: dict[str, Any]) -> Any:
    """A dataclass from a record, each field of the type it is declared with."""
    types = {
        "str": str,
        "int": int,
        "bool": bool,
        "dict[str, Any] | None": dict,
        "list[Any] | None": list,
        "dict[str, Any]": dict,
        "list[Any]": list,
        "Failure | None": Failure,
    }
    for name, value in record.items():
        declared = make.__dataclass_fields__.get(name)  # type: ignore[attr-defined]
        if declared is None or not isinstance(value, types[declared.type]):
            raise NotesError(
                f"the process that runs notes gave {name} = {value!r:.60}, which does not fit {make.__name__}"
            )
    return make(**record)
