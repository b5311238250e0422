"""A second run: putting back what the first one changed, and keeping what it printed from being printed
twice.
"""

from __future__ import annotations

import random
import sys
import threading
import zlib
from collections import deque
from types import CellType
from typing import Any

import numpy as np

from chalkgrad.errors import LostTraceError
from chalkgrad.trace.box import Box
from chalkgrad.trace.reach import Reach

LARGEST_COPY = 1 << 24  # bytes; of a larger array only a checksum is kept
_MISSING = object()


class Snapshot:
    """The state that a function can reach, as it is before the first run."""

    def __init__(self, found: Reach):
        self.found = found
        self.holders = [(h, _copied(h)) for h in found.holders]
        self.arrays = [(a, _kept(a)) for a in found.arrays if type(a) is not Box]
        self.sources = [(s, _state(s)) for s in found.sources]
        self.names = [
            (found.spaces[i], n, found.spaces[i].get(n, _MISSING))
            for i, ns in found.stored.items()
            for n in ns
        ]
        self.python, self.numpy = random.getstate(), np.random.get_state()
        self.written = [(f, _position(f)) for f in found.opaque if hasattr(f, "tell")]
        self.boxes = [
            (v, v.store and v.store.version) for _, c in self.holders for v in _values(c) if type(v) is Box
        ]

    def roll_back(self, note: str) -> None:
        """Put everything back; `note` says why a second run is needed, should that be impossible."""
        self._check(note)
        for holder, was in self.holders:
            _restore(holder, was)
        for a, was in self.arrays:
            if isinstance(was, np.ndarray):
                a[...] = was
        for source, state in self.sources:
            _set_state(source, state)
        for space, name, was in self.names:
            space.pop(name, None) if was is _MISSING else space.__setitem__(name, was)
        random.setstate(self.python)
        np.random.set_state(self.numpy)

    def _check(self, note: str) -> None:
        changed = [
            *("a large array" for a, was in self.arrays if isinstance(was, int) and _checksum(a) != was),
            *(f"the file {getattr(f, 'name', '')}" for f, at in self.written if _position(f) != at),
            *(
                type(o).__name__
                for o in self.found.opaque
                if hasattr(type(o), "__next__") and not hasattr(o, "tell")
            ),
            *("an array of an outer trace" for b, was in self.boxes if (b.store and b.store.version) != was),
        ]
        if changed:
            raise LostTraceError(f"{note} (A second run would mend it, but {changed[0]} can't be put back.)")


def _copied(holder: Any) -> Any:
    if isinstance(holder, CellType):
        try:
            return (holder.cell_contents,)
        except ValueError:
            return ()
    return (
        list(holder)
        if isinstance(holder, (list, deque))
        else dict(holder)
        if isinstance(holder, dict)
        else set(holder)
    )


def _values(copied: Any) -> Any:
    return copied.values() if isinstance(copied, dict) else copied


def _restore(holder: Any, was: Any) -> None:
    if isinstance(holder, CellType):
        if was:
            holder.cell_contents = was[0]
        return
    if isinstance(holder, list):
        holder[:] = was
        return
    holder.clear()
    holder.extend(was) if isinstance(holder, deque) else holder.update(was)


def _position(file: Any) -> int | None:
    try:
        return file.tell()
    except (OSError, ValueError):  # closed, or no file that has positions
        return None


def _kept(a: np.ndarray) -> Any:
    if a.nbytes <= LARGEST_COPY or not a.flags.c_contiguous:
        return a.copy() if a.flags.writeable else None
    return _checksum(a)


def _checksum(a: np.ndarray) -> int:
    return zlib.crc32(a.tobytes())


def _state(source: Any) -> Any:
    if isinstance(source, np.random.RandomState):
        return source.get_state()
    return getattr(source, "bit_generator", source).state


def _set_state(source: Any, state: Any) -> None:
    if isinstance(source, np.random.RandomState):
        source.set_state(state)
    else:
        getattr(source, "bit_generator", source).state = state


class Echo:
    """Standard output of one thread, remembered, so that a second run can say only what is new."""

    def __init__(self) -> None:
        self.stream: Any = sys.stdout
        self.thread = threading.get_ident()
        self.said: list[str] = []
        self.expected = ""

    def write(self, text: str) -> int:
        if threading.get_ident() == self.thread:
            if self.expected and self.expected.startswith(text):
                self.expected = self.expected[len(text) :]
                return len(text)
            self.expected = ""
            self.said.append(text)
        return self.stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    def once_more(self) -> None:
        """What has been said is not to be said again."""
        self.expected, self.said = "".join(self.said), []

    def __enter__(self) -> Echo:
        sys.stdout = self
        return self

    def __exit__(self, *_: Any) -> None:
        if sys.stdout is self:
            sys.stdout = self.stream
