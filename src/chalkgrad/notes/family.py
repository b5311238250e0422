"""What a note's process has started: counted while it runs, and ended with it, wherever it has gone.

On Linux the server adopts what its descendants leave behind, so that nothing escapes by starting a session of
its own; elsewhere the process group is all that is known.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Container, Iterator
from pathlib import Path

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
PATIENCE = 5.0  # seconds for killing what goes on starting others


def adopt() -> None:
    """What the descendants of this process leave behind becomes its own children (Linux)."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def die_with(parent: int) -> None:
    """Have this process killed when its parent ends (Linux)."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it had ended before that was said
        os._exit(1)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def count(process: int, most: int) -> tuple[int, int]:
    """How many processes one has started, not counting far beyond `most`, and the bytes of memory of all."""
    found = []
    for descendant in _descendants(process):
        found.append(descendant)
        if len(found) > most:
            break
    return len(found), sum(map(_resident, [process, *found]))


def _descendants(process: int) -> Iterator[int]:
    for child in _children(process):
        yield child
        yield from _descendants(child)


def _children(process: int) -> list[int]:
    """The children of all threads of a process; none where the system does not list them."""
    try:
        tasks = list(Path(f"/proc/{process}/task").iterdir())
        return [int(n) for task in tasks for n in (task / "children").read_text().split()]
    except OSError:
        return []


def _resident(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def kill(process: int) -> None:
    """Kill a process and its group."""
    for end in (os.killpg, os.kill):
        try:
            end(process, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):  # not its own group yet, or gone
            continue


def end(process: int, running: Container[int]) -> None:
    """Kill what a process that has ended left behind: its group, and all that this process has adopted.

    Args:
        process: the process; 0: none in particular.
        running: children of this process that are to go on.
    """
    if process:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process, signal.SIGKILL)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        strays = [child for child in _children(os.getpid()) if child not in running]
        if not strays:
            return
        for signal_ in (signal.SIGSTOP, signal.SIGKILL):  # stopped first, so that they start no more
            for stray in strays:
                _send(stray, signal_)
        for stray in strays:
            _reap(stray)


def _send(process: int, number: int) -> None:
    try:
        os.kill(process, number)
    except (ProcessLookupError, PermissionError):
        return


def _reap(process: int) -> None:
    try:
        os.waitpid(process, 0)
    except ChildProcessError:
        return
