"""Which files are built, how messages call them, and what their pages are called."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from chalkgrad.errors import NotesError

NOTES = (".md", ".markdown", ".ipynb")  # what a folder is searched for
READ = (*NOTES, ".py")
KINDS = "give Markdown (.md), a notebook (.ipynb) or a Python module (.py)"
SKIPPED = {"node_modules", "__pycache__", "site-packages"}
MADE = ("pyvenv.cfg", ".chalkgrad-site")
RESERVED = {"index", "assets", "con", "prn", "aux", "nul"}


@dataclass(frozen=True, slots=True)
class Source:
    """A file to build: where it is, which folder it may take pictures from, how messages call it."""

    path: Path
    root: Path
    name: str


def find(paths: Iterable[Path], out: Path = Path("site")) -> tuple[Source, ...]:
    """The files named, and the notes in the folders named, in order and each once.

    A module must be named: a folder of notes holds scripts and tests too, which nobody asked to have run.

    Raises:
        NotesError: a path is not there or is of no kind that can be read, or nothing was found.
    """
    found: dict[Path, Source] = {}
    for path in paths:
        if path.is_dir():
            for file in sorted(_inside(path, out)):
                found.setdefault(_real(file), Source(file, path, _shown_name(file, path)))
        elif not path.exists():
            raise NotesError(f"{path}: there is no such file or folder")
        elif path.suffix.lower() not in READ:
            raise NotesError(f"{path}: {KINDS}, or a folder of notes")
        else:
            found.setdefault(_real(path), Source(path, path.parent, _plain(path.name)))
    if not found:
        raise NotesError(
            f"no .md or .ipynb files in {', '.join(map(str, paths))}; name Python modules one by one"
        )
    return tuple(_told_apart(found.values()))


def _told_apart(sources: Iterable[Source]) -> Iterator[Source]:
    """Notes of the same name, from two folders, are called by more of their paths."""
    sources = list(sources)
    count = Counter(source.name for source in sources)
    twice = [os.path.abspath(source.path) for source in sources if count[source.name] > 1]
    above = os.path.commonpath(twice) if twice else ""
    for source in sources:
        longer = _plain(Path(os.path.relpath(source.path, above or ".")).as_posix())
        yield replace(source, name=longer) if count[source.name] > 1 else source


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))  # `Path.resolve` raises at a link that leads to itself


def _inside(folder: Path, out: Path) -> Iterable[Path]:
    for root, folders, files in os.walk(folder):
        hidden = [d for d in folders if d.startswith(".") or d in SKIPPED or _is_made(Path(root) / d, out)]
        folders[:] = sorted(set(folders) - set(hidden))
        yield from (Path(root) / f for f in files if f.lower().endswith(NOTES) and f[0] != ".")


def _is_made(folder: Path, out: Path) -> bool:
    """Whether a folder is what this build writes, what another one has written, or an environment."""
    return _real(folder) == _real(out) or any((folder / name).is_file() for name in MADE)


def _shown_name(file: Path, folder: Path) -> str:
    return _plain(file.relative_to(folder).as_posix())


def _plain(name: str) -> str:
    """A file's name as text: bytes of it that are none show as `?`."""
    return name.encode("utf-8", "replace").decode()


def slug(name: str, taken: set[str]) -> str:
    """A file name for a page that no other page has, whatever the note is called.

    >>> slug("Week 1/../../Être.md", set()), slug("index.md", set()), slug("a.md", {"a"})
    ('week-1-etre', 'index-2', 'a-2')
    """
    stem = re.sub(r"\.(md|markdown|ipynb|py)$", "", name, flags=re.IGNORECASE)
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80] or "note"
    done, count = base, 1
    while done in taken or done in RESERVED:
        count += 1
        done = f"{base}-{count}"
    taken.add(done)
    return done
