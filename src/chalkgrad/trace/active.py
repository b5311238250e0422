"""Which trace is under way in this thread: the newest one takes the arrays that are made meanwhile."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

from chalkgrad.trace.box import Box, held, living
from chalkgrad.trace.protocols import static
from chalkgrad.trace.tape import Tape


class _Stack(threading.local):
    def __init__(self) -> None:
        self.tapes: list[Tape] = []


_stack = _Stack()


def newest() -> Tape | None:
    """The newest trace that is under way in this thread."""
    tapes = _stack.tapes
    return tapes[-1] if tapes else None


def begin(tape: Tape) -> None:
    """From now on `tape` is the newest trace of this thread."""
    _stack.tapes.append(tape)


def finish() -> None:
    """The newest trace of this thread is over."""
    _stack.tapes.pop()


def hold(value: Any) -> Any:
    """Plain arrays, alone or in a list or tuple, as arrays that can take traced values."""
    tape = newest()
    if tape is None:
        return value
    if type(value) is np.ndarray:
        return held(tape, value) if value.dtype.kind in "fiub" else value
    if type(value) in (list, tuple):
        return type(value)([hold(v) for v in value])
    return value


def plain(value: Any) -> Any:
    """An argument that has to be plain (a shape, a seed, a size): a traced number there decides the path."""
    if type(value) is dict:
        return {k: plain(v) for k, v in value.items()}
    return static(value)


def is_traced(value: Any) -> bool:
    """Whether there is a traced value in it; lists and tuples are looked through."""
    if type(value) is Box:
        return type(living(value)) is Box
    return type(value) in (list, tuple) and any(is_traced(v) for v in value)
