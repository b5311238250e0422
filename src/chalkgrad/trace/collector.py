"""Python's garbage collector rests while a function is traced.

A record only grows, and what it holds is in use; yet each thousand new objects would have the collector look
through all of them again. Measured on 10⁵ operations: tracing and differentiating take two to five times as
long with it.
"""

from __future__ import annotations

import gc
import threading

_lock = threading.Lock()
_resting = 0
_was_on = False


def rest() -> None:
    """Stop the collector; the first of several traces does it."""
    global _resting, _was_on
    with _lock:
        if _resting == 0:
            _was_on = gc.isenabled()
            gc.disable()
        _resting += 1


def resume() -> None:
    """Let it go on if it was at work before; the last of several traces does it."""
    global _resting
    with _lock:
        _resting -= 1
        if _resting == 0 and _was_on:
            gc.enable()
