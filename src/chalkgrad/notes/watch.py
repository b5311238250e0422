"""Build, serve, and build again whenever a note, or a file that one was made from, has changed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from chalkgrad.errors import ChalkgradError
from chalkgrad.notes.build import BOOK, Progress, build
from chalkgrad.notes.built import Built
from chalkgrad.notes.execute import Executor
from chalkgrad.notes.limits import DEFAULT, Limits
from chalkgrad.notes.reload import Site, serve
from chalkgrad.notes.sources import find

EVERY = 0.2  # seconds between two looks
SETTLED = 0.03  # seconds without a change: an editor writes a file in several steps

Look = dict[str, tuple[int, int, int] | None]  # by path: time, size and number; none: not there


@dataclass(frozen=True)
class Reporter:
    """What is said as the watch goes on."""

    serving: Callable[[str], object]  # the address
    built: Callable[[Built, float, Sequence[str]], object]  # what, in how many seconds, after which changes
    failed: Callable[[str], object]
    progress: Callable[[Callable[[Progress | None], Built]], Built]  # runs a build, with a bar or without


def watch(
    paths: Sequence[Path], out: Path, report: Reporter, limits: Limits = DEFAULT, port: int | None = None
) -> None:
    """Build into `out`, serve it, and go on until interrupted; what goes wrong is said and the watch goes on.

    Raises:
        NotesError: the port cannot be had, or `out` is somebody else's.
    """
    single = out.suffix == ".html"
    site = Site(out.parent if single else out, out.name if single else "")
    server = serve(site, port)
    try:
        report.serving(f"http://127.0.0.1:{server.server_address[1]}/")
        Watch(paths or (BOOK,), out, limits, report, site).run()
    finally:
        site.changed(closed=True)
        server.shutdown()
        server.server_close()


class Watch:
    """The state of one watch: what was seen last, and a process that runs notes and stays warm."""

    def __init__(self, paths: Sequence[Path], out: Path, limits: Limits, report: Reporter, site: Site):
        self.paths, self.out, self.limits, self.report, self.site = paths, out, limits, report, site
        self.touched: tuple[str, ...] = ()
        self.seen: Look = {}
        self.notes: set[str] = set()

    def run(self) -> None:
        changes: list[str] = []
        while True:
            with Executor(self.limits) as executor:
                while self._build(executor, changes):
                    executor.warm()
                    changes = self._wait()
            changes = self._wait()  # after an error; what the executor was doing is over

    def _build(self, executor: Executor, changes: Sequence[str]) -> bool:
        """Build once; whether that went well."""
        started = time.perf_counter()
        self.seen = self._look()
        work = partial(build, self.paths, self.out, self.limits, executor=executor, stopped_too=bool(changes))
        try:
            built = self.report.progress(lambda bar: work(progress=bar))
        except (ChalkgradError, OSError) as error:
            self.report.failed(str(error))
            return False
        self.touched = built.touched
        self._remember()
        self.site.changed()
        self.report.built(built, time.perf_counter() - started, changes)
        return True

    def _remember(self) -> None:
        """Take what the build has seen for known; what changed while it was at it is a change."""
        before, notes, now = self.seen, self.notes, self._look()
        self.seen = {path: before.get(path, stamp) for path, stamp in now.items()}
        self.seen |= {path: before[path] for path in notes - self.notes}

    def _wait(self) -> list[str]:
        """Wait for changes; the names of the files."""
        while True:
            started = time.perf_counter()
            look = self._look()
            if look != self.seen:
                return self._settled(look)
            time.sleep(max(EVERY, 10 * (time.perf_counter() - started)))

    def _settled(self, look: Look) -> list[str]:
        while True:
            time.sleep(SETTLED)
            again = self._look()
            if again == look:
                break
            look = again
        changed = [p for p in {**self.seen, **look} if self.seen.get(p) != look.get(p)]
        return sorted(os.path.relpath(path) for path in changed)

    def _look(self) -> Look:
        self.notes = set(self._find())
        return {path: _stamp(path) for path in (*self.notes, *map(os.path.abspath, self.touched))}

    def _find(self) -> Iterator[str]:
        for path in self.paths:
            try:
                yield from (os.path.abspath(source.path) for source in find((path,), self.out))
            except (ChalkgradError, OSError):  # nothing there now; `build` says so
                yield os.path.abspath(path)


def _stamp(path: str) -> tuple[int, int, int] | None:
    try:
        info = os.stat(path)
    except (OSError, ValueError):
        return None
    return info.st_mtime_ns, info.st_size, info.st_ino
