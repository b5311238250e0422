"""Run the fences of notes in processes of their own and read back, as plain data, what happened.

Nothing of a note is imported, unpickled or evaluated here.
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
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from chalkgrad.errors import NotesError
from chalkgrad.notes.limits import DEFAULT, Limits
from chalkgrad.notes.read import Note
from chalkgrad.notes.receive import receive as receive
from chalkgrad.notes.receive import shown_of
from chalkgrad.notes.records import Execution as Execution
from chalkgrad.notes.records import Failure as Failure
from chalkgrad.notes.records import Out as Out
from chalkgrad.notes.records import Ran as Ran
from chalkgrad.notes.records import Samples as Samples
from chalkgrad.notes.records import Shown as Shown

PLOTS = re.compile(r"plt|plot|matplotlib")  # without any of these in it a note needs no Matplotlib


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
        asked: dict[str, Any] | None = None,
        samples: bool | None = None,
    ) -> None:
        """Send one note to be run; `show` asks for one function instead of all views; or for no views.

        `asked` lists statements and expressions whose values are to come back, each with a number; `samples`
        asks for values of functions at sampled points, which come without views and on request with them.
        """
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
            "asked": asked,
            "samples": (not views and not show) if samples is None else samples,
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
                self.early(self.note, shown_of(json.loads(line)))


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
