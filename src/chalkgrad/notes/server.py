"""A process that imports NumPy and Matplotlib once and forks a child for each note.

It reads requests as JSON lines on its standard input and answers each with `{"id", "status", "code"}` on its
standard output. When the input ends the parent is gone, or needs no more: the children are killed.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import selectors
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from chalkgrad.notes import family

POLL = 0.004  # seconds between two looks at the children
MANY = 3  # notes that wait: time to do once what each would do for itself
COUNT = 0.2  # seconds between two counts of what they have started


@dataclass
class Running:
    """One note's process."""

    request: dict[str, Any]
    deadline: float
    counted: float  # when its family was last counted


class Server:
    """Requests waiting, children running."""

    def __init__(self, answers: int, preload: Callable[[], None]):
        self.answers = answers  # a file descriptor
        self.preload = preload
        self.waiting: list[dict[str, Any]] = []
        self.running: dict[int, Running] = {}  # by process id
        self.buffer = b""
        self.warm = False

    def serve(self) -> NoReturn:
        selector = selectors.DefaultSelector()
        selector.register(0, selectors.EVENT_READ)
        while True:
            for _ in selector.select(POLL if self.running or self.waiting else None):
                self._read()
            self._start()
            self._reap()

    def _read(self) -> None:
        data = os.read(0, 1 << 20)
        if not data:
            self.kill_all()
        *lines, self.buffer = (self.buffer + data).split(b"\n")
        for request in map(json.loads, lines):
            if "warm" in request:
                self._warm()
            else:
                self.waiting.append(request)

    def _start(self) -> None:
        while self.waiting and len(self.running) < (os.cpu_count() or 1):
            request = self.waiting.pop(0)
            if request["plots"] and "matplotlib.pyplot" not in sys.modules:
                self.preload()
            if len(self.waiting) >= MANY:
                self._warm()
            sys.stdout.flush()
            parent, child = os.getpid(), os.fork()
            if child == 0:
                _child(request, self.answers, parent)
            now = time.monotonic()
            self.running[child] = Running(request, now + request["limits"]["seconds"], now)

    def _warm(self) -> None:
        if not self.warm:
            self.warm = True
            from chalkgrad.notes.warm import warm

            with contextlib.suppress(Exception):  # each note then does it for itself, and says what is wrong
                warm()

    def _reap(self) -> None:
        for child, running in list(self.running.items()):
            broken = self._broken(child, running)
            if broken:
                family.kill(child)
            done, status = os.waitpid(child, 0 if broken else os.WNOHANG)
            if done:
                del self.running[child]
                family.end(child, self.running)  # whatever it has started and left behind
                self._answer(running.request["id"], broken or "ended", os.waitstatus_to_exitcode(status))

    def _broken(self, child: int, running: Running) -> str:
        """Which limit a child has broken, if any."""
        now, limits = time.monotonic(), running.request["limits"]
        if now > running.deadline:
            return "timeout"
        if now < running.counted + COUNT:
            return ""
        running.counted = now
        started, memory = family.count(child, limits["processes"])
        if started > limits["processes"]:
            return "processes"
        return "memory" if memory > limits["memory"] else ""

    def _answer(self, identity: int, status: str, code: int) -> None:
        os.write(self.answers, json.dumps({"id": identity, "status": status, "code": code}).encode() + b"\n")

    def kill_all(self) -> NoReturn:
        for child in self.running:
            family.kill(child)
        family.end(0, {})
        os._exit(1)


def _child(request: dict[str, Any], answers: int, parent: int) -> NoReturn:
    code = 1
    try:
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        family.die_with(parent)
        os.close(answers)
        os.dup2(1, 0)  # nothing: the server's own input holds the requests that follow
        from chalkgrad.notes.child import run_file

        run_file(request["request"], request["results"])
        code = 0
    except BaseException:
        code = 70  # a fault of ours: the results are short, and the parent says so
    finally:
        os._exit(code)


def main() -> None:
    """Load what every note needs, then serve."""
    answers = os.dup(1)
    os.set_inheritable(answers, False)
    quiet = os.open(os.devnull, os.O_RDWR)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    from chalkgrad.notes.child import preload

    server = Server(answers, preload)
    signal.signal(signal.SIGTERM, lambda *_: server.kill_all())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    family.adopt()
    gc.freeze()  # what is here stays: looking through it again and again took a fifth of a note's time
    gc.set_threshold(50_000, 20, 50)
    server.serve()
