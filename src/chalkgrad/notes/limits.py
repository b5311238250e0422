"""How much one note may take: time, memory, output."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one note's process; a note that passes them keeps what it had shown until then."""

    seconds: float = 30.0  # from its first fence to its last card
    view_seconds: float = 5.0  # for the views of one function
    memory: int = 4 * 2**30  # bytes, of its process and of all that it starts
    processes: int = 256  # that it starts
    written: int = 256 * 2**20  # bytes of any one file it writes, its results among them
    characters: int = 20_000  # of printed text, each fence
    figures: int = 40  # each fence


DEFAULT = Limits()


def restrict(limits: Limits) -> None:
    """Put limits on this process that it cannot lift again, as far as the platform has them."""
    try:
        import resource
    except ImportError:  # Windows: the time limit, which the parent keeps, is all there is
        return
    memory = resource.RLIMIT_DATA if sys.platform == "linux" else resource.RLIMIT_AS
    cores = os.cpu_count() or 1
    seconds = int(limits.seconds * cores) + 2  # of processor time: a backstop if the parent is gone
    for kind, most in (
        (memory, limits.memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, limits.written),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # a limit that is already lower stays
            resource.setrlimit(kind, (most, most))


@contextlib.contextmanager
def alarm(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in the block after so many seconds, where signals allow it."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def ring(*_: object) -> None:
        raise TimeoutError(f"took longer than {seconds:g} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
