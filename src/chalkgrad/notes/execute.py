"""Run the fences of notes in processes of their own and read back, as plain data, what happened.

Nothing of a note is imported, unpickled or evaluated here.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
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

SLOPES = re.compile(r"'|prime|partial|nabla|lim|dot|frac\W*(?:mathrm|text|rm)?\W*d|/\s*d")  # of a derivative
PLOTS = re.compile(r"plt|plot|matplotlib")  # without any of these in it a note needs no Matplotlib


MOST_SENT = 64  # notes that the server knows of at a time: the pipes to it and back never fill up
PATIENCE = 15.0  # seconds beyond a note's own limit; a server that is silent for longer has been stopped
KILLED_IT = "it ended the process that runs the notes"


def execute(note: Note, limits: Limits = DEFAULT) -> Execution:
    """Run one note; see `Executor` for many."""
    with Executor(limits) as executor:
        executor.add(note)
        ((_, execution),) = executor.results()
        return execution


Early = Callable[[Note, Shown], object]


@dataclass
class Job:
    """One note to be run: what is asked, and where the answer is written."""

    note: Note
    request: Path
    results: Path
    seen: int = 0  # bytes of the results that `early` has had


class Executor:
    """Runs notes side by side: `add` them, then take the `results` as they come; then the same again.

    The server starts when the executor is entered, so that it imports while the parent reads and typesets. A
    note can end the server as well as itself. Then another is started, and what is left is run one note at a
    time, until it is known which note it was.
    """

    def __init__(self, limits: Limits = DEFAULT):
        self.limits = limits
        self.jobs: dict[int, Job] = {}  # by number: added, and not answered yet
        self.waiting: deque[int] = deque()
        self.sent: list[int] = []
        self.count = 0
        self.suspicious = False  # a server was ended: one note at a time
        self.heard = 0.0  # when the server last said something
        self.buffer = b""

    def __enter__(self) -> Executor:
        self.scratch = tempfile.TemporaryDirectory(prefix="chalkgrad-", ignore_cleanup_errors=True)
        self.server = start("server" if hasattr(os, "fork") else "loner")
        return self

    def __exit__(self, *exc: object) -> None:
        _end(self.server)
        self.scratch.cleanup()

    # ----- questions -----

    def add(
        self,
        note: Note,
        show: dict[str, Any] | None = None,
        views: bool = True,
        asked: dict[str, Any] | None = None,
        samples: bool | None = None,
        points: dict[str, Any] | None = None,
    ) -> None:
        """Send one note to be run; `show` asks for one function instead of all views; or for no views.

        `asked` lists statements and expressions whose values are to come back, each with a number; `samples`
        asks for values of functions at sampled points, which come without views and on request with them;
        `points` says at which arguments, and over which range, a function's views stand.
        """
        number, self.count = self.count, self.count + 1
        job = Job(note, self._file(number, "request"), self._file(number, "jsonl"))
        fences = [
            {"index": f.index, "kind": f.kind, "text": f.text, "line": f.line} for f in note.fences if f.runs
        ]
        request = {
            "file": note.name,
            "folder": str(note.path.resolve().parent),
            "doc": note.doc,
            "cells": [(cell.number, cell.line) for cell in note.cells],
            "paths": [os.getcwd()],  # last: `from src.layers import Dense` means a folder of the project
            "plots": bool(PLOTS.search(note.text)),
            "fences": fences,
            "limits": asdict(self.limits),
            "show": show,
            "views": views,
            "asked": asked,
            "points": points,
            "slopes": any(SLOPES.search(formula.tex) for formula in note.formulas),
            "samples": (not views and not show) if samples is None else samples,
        }
        job.request.write_text(json.dumps(request), "utf-8")
        self.jobs[number] = job
        self.waiting.append(number)
        self._feed()

    def _file(self, number: int, kind: str) -> Path:
        return Path(self.scratch.name) / f"{number}.{kind}"

    def _feed(self) -> None:
        """Tell the server of as many notes as it should know of."""
        assert self.server.stdin is not None
        while self.waiting and len(self.sent) < (1 if self.suspicious else MOST_SENT):
            number = self.waiting.popleft()
            self.sent.append(number)
            message = {"id": number, "request": str(self.jobs[number].request)}
            message |= {"results": str(self.jobs[number].results), "limits": asdict(self.limits)}
            message |= {"plots": bool(PLOTS.search(self.jobs[number].note.text))}
            self.heard = time.monotonic()
            try:
                self.server.stdin.write(json.dumps(message).encode() + b"\n")
                self.server.stdin.flush()
            except OSError:
                return  # it has ended; `results` will see that

    def warm(self) -> None:
        """Have the server use its time until the next note to load what notes need."""
        assert self.server.stdin is not None
        with contextlib.suppress(OSError):
            self.server.stdin.write(b'{"warm": true}\n')
            self.server.stdin.flush()

    # ----- answers -----

    def results(self, early: Early | None = None) -> Iterator[tuple[Note, Execution]]:
        """Each note with what running it gave, in the order in which they end.

        `early` is called with each function as soon as its views are there, while others are being made.
        """
        while self.jobs:
            for answer in self._answers(early):
                if answer is None:
                    yield from self._start_again()
                elif answer["id"] in self.sent:
                    self.sent.remove(answer["id"])
                    yield self._answered(answer["id"], _stopped(answer, self.limits))
            self._feed()

    def _answered(self, number: int, stopped: str) -> tuple[Note, Execution]:
        job = self.jobs.pop(number)
        try:
            execution = receive(job.note, job.results, stopped)
        except NotesError as error:  # a note can write what it likes: that costs itself, not the others
            execution = Execution(stopped=stopped or str(error).removeprefix(f"{job.note.name}: "))
        for file in (job.request, job.results):
            file.unlink(missing_ok=True)
        return job.note, execution

    def _answers(self, early: Early | None) -> Iterator[dict[str, Any] | None]:
        """What the server has said since; None: it is gone. Meanwhile `early` gets what there is."""
        assert self.server.stdout is not None
        pipe = self.server.stdout.fileno()
        while not _ready(pipe, 0.02 if early else 1.0):
            if early is not None:
                for number in self.sent:
                    _follow(self.jobs[number], early)
            if time.monotonic() - self.heard > self.limits.seconds + PATIENCE:
                yield None
                return
        data = os.read(pipe, 1 << 16)
        self.heard = time.monotonic()
        *lines, self.buffer = (self.buffer + data).split(b"\n")
        yield from map(json.loads, lines)
        if not data:
            yield None

    def _start_again(self) -> Iterator[tuple[Note, Execution]]:
        """Start another server; the note that ended the last one is answered, if it is known which it was."""
        _end(self.server)
        begun = [n for n in self.sent if self.jobs[n].results.exists()]
        others = [n for n in self.sent if n not in begun]
        self.waiting.extendleft(reversed([*([] if len(begun) == 1 else begun), *others]))
        self.sent, self.buffer = [], b""
        if not begun and self.suspicious:
            raise NotesError("the process that runs notes ended before its time; run the command again")
        self.suspicious = True
        self.server = start("server" if hasattr(os, "fork") else "loner")
        if len(begun) == 1:
            yield self._answered(begun[0], KILLED_IT)
        else:
            self._write_anew(begun)

    def _write_anew(self, numbers: Sequence[int]) -> None:
        """Give notes that are run again another file: their first processes may not have ended yet."""
        for number in numbers:
            self.jobs[number].results = self.jobs[number].results.with_suffix(".again.jsonl")
            self.jobs[number].seen = 0


def _end(server: subprocess.Popen) -> None:
    """End a server; it ends its children. One that does not answer is killed."""
    if server.stdin is not None:
        with contextlib.suppress(OSError):
            server.stdin.close()
    server.terminate()
    try:
        server.wait(5)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
    if server.stdout is not None:
        server.stdout.close()


def _ready(pipe: int, seconds: float) -> bool:
    """Whether a pipe has something to read, waiting a little; True where pipes cannot be asked."""
    return os.name != "posix" or bool(select.select([pipe], [], [], seconds)[0])


def _follow(job: Job, early: Early) -> None:
    """Give what one note has written since to `early`, while it goes on writing."""
    if not job.results.exists() or job.results.stat().st_size == job.seen:
        return
    with job.results.open("rb") as file:
        file.seek(job.seen)
        whole, end, _ = file.read().rpartition(b"\n")
    job.seen += len(whole) + len(end)
    for line in whole.split(b"\n") if end else ():
        if b'"kind": "function"' in line[:60]:
            with contextlib.suppress(ValueError, NotesError, TypeError):  # `receive` says what is wrong
                early(job.note, shown_of(json.loads(line)))


def start(entry: str) -> subprocess.Popen:
    """Start a process of this Python that sees this chalkgrad, but not environment or working folder."""
    home = str(Path(__file__).resolve().parents[2])
    script = f"import sys; sys.path.insert(0, {home!r}); from chalkgrad.notes.{entry} import main; main()"
    command = [sys.executable, "-I", "-X", "utf8", "-c", script]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)


def _stopped(answer: dict[str, Any], limits: Limits) -> str:
    """Why a note did not run to its end, in words; nothing if it did."""
    code = answer["code"]
    if answer["status"] == "timeout":
        return f"stopped after {limits.seconds:g} s"
    if answer["status"] == "processes":
        return f"stopped with more than {limits.processes} processes"
    if answer["status"] == "memory":
        return f"stopped at more than {limits.memory / 2**30:.2g} GiB of memory in all its processes"
    if code < 0:
        return f"its process was ended by {_signal_name(-code)}"
    return f"its process ended with exit code {code}" if code else ""


def _signal_name(number: int) -> str:
    """
    >>> _signal_name(9)
    'signal 9 (SIGKILL)'
    """
    try:
        return f"signal {number} ({signal.Signals(number).name})"
    except ValueError:
        return f"signal {number}"
