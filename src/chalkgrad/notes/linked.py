"""Files beside a note that go where a copy of it goes, so that its links hold."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote

from chalkgrad.notes.check.images import ELSEWHERE, REMOTE, addresses
from chalkgrad.notes.read import Note
from chalkgrad.notes.sources import Source


def pictures(source: Source, note: Note) -> Iterator[tuple[str, bytes]]:
    """The pictures that a note links to, by their place in the folder of copies."""
    found = (a for _, a in addresses(note) if not (REMOTE.match(a) or ELSEWHERE.match(a)))
    yield from beside(source, (unquote(a.partition("#")[0].partition("?")[0]) for a in found))


def beside(source: Source, names: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Files by their names as seen from the note, those that are below the folder of notes."""
    root, folder = Path(os.path.realpath(source.root)), os.path.dirname(source.name)
    for name in names:
        place = os.path.normpath(os.path.join(folder, name)).replace(os.sep, "/")
        if "\0" in name or os.path.isabs(name) or place.startswith("../") or place in ("..", "."):
            continue
        file = Path(os.path.realpath(source.path.parent / name))
        if file.is_relative_to(root) and is_file(file):
            yield place, content(file)


def is_file(file: Path) -> bool:
    """Whether it is a file that can be opened without waiting."""
    try:
        return stat.S_ISREG(file.stat().st_mode)
    except (OSError, ValueError):
        return False


def content(path: Path) -> bytes:
    """A file's bytes; none if it cannot be read, which whoever needs it has said."""
    try:
        return path.read_bytes()
    except OSError:
        return b""
