"""A process that imports NumPy and Matplotlib once and forks a child for each note.

It reads requests as JSON lines on its standard input, ends with a line `null`, and answers each with
`{"id", "status", "code"}` on its standard output. If the input ends without `null` the parent is
gone: the children are killed.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import sys
import time
from collections.abc import Callable
from typing import Any, NoReturn

POLL = 0.004  # seconds between two looks at the children


class Server:
    """Requests waiting, children running."""

    def __init__(self, answers: int, preload: Callable[[], None]):
        self.answers = answers  # a file descriptor
        self.preload = preload
        self.waiting: list[dict[str, Any]] = []
        self.running: dict[int, tuple[dict[str, Any], float]] = {}  # by process id: request and deadline
        self.open = True
        self.buffer = b""

    def serve(self) -> None:
        selector = selectors.DefaultSelector()
        selector.register(0, selectors.EVENT_READ)
        while self.open or self.waiting or self.running:
            if self.open:
                for _ in selector.select(POLL if self.running or self.waiting else None):
                    self._read()
            else:
                time.sleep(POLL)
            self._start()
            self._reap()

    def _read(self) -> None:
        data = os.read(0, 1 << 20)
        if not data:
            self._kill_all()
        *lines, self.buffer = (self.buffer + data).split(b"\n")
        for line in lines:
            request = json.loads(line)
            if request is None:
                self.open = False
            else:
                self.waiting.append(request)

    def _start(self) -> None:
        while self.waiting and len(self.running) < (os.cpu_count() or 1):
            request = self.waiting.pop(0)
            if request["plots"] and "matplotlib.pyplot" not in sys.modules:
                self.preload()
            sys.stdout.flush()
            child = os.fork()
            if child == 0:
                _child(request, self.answers)
            self.running[child] = (request, time.monotonic() + request["limits"]["seconds"])

    def _reap(self) -> None:
        for child, (request, deadline) in list(self.running.items()):
            late = time.monotonic() > deadline
            if late:
                _kill(child)
            done, status = os.waitpid(child, 0 if late else os.WNOHANG)
            if done:
                _kill(child)  # whatever it has started and left behind
                del self.running[child]
                self._answer(request["id"], "timeout" if late else "ended", os.waitstatus_to_exitcode(status))

    def _answer(self, identity: int, status: str, code: int) -> None:
        os.write(self.answers, json.dumps({"id": identity, "status": status, "code": code}).encode() + b"\n")

    def _kill_all(self) -> NoReturn:
        for child in self.running:
            _kill(child)
        os._exit(1)


def _kill(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # not its own group yet, or gone
        try:
            os.kill(group, signal.SIGKILL)
        except ProcessLookupError:
            pass


def _child(request: dict[str, Any], answers: int) -> NoReturn:
    code = 1
    try:
        os.setsid()
        os.close(answers)
        os.dup2(1, 0)  # nothing: the server's own input holds the requests that follow
        from chalkgrad.notes.child import main

        main(request)
        code = 0
    except BaseException:
        code = 70  # a fault of ours: the results are short, and the parent says so
    finally:
        os._exit(code)


def _terminate(server: Server) -> None:
    signal.signal(signal.SIGTERM, lambda *_: server._kill_all())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides


def main() -> None:
    """Load what every note needs, then serve."""
    answers = os.dup(1)
    os.set_inheritable(answers, False)
    quiet = os.open(os.devnull, os.O_RDWR)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    from chalkgrad.notes.child import preload

    server = Server(answers, preload)
    _terminate(server)
    server.serve()
