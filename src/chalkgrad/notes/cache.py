"""What a site remembers of the build that made it, so that the next one makes anew only what has changed.

It is a file in the site itself: the two are exchanged together and can't disagree. For each page it holds a
digest of everything that the page was made from: the note, the files that the note read or looked for (and
did not find), its pictures, where its links lead, the limits, chalkgrad itself, Python and every installed
package. A page whose digest is what it was is not touched. Whatever cannot be read is as if it were not
there.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from chalkgrad.notes.built import Tally
from chalkgrad.notes.limits import Limits
from chalkgrad.notes.sources import Source

NAME = ".chalkgrad-cache"
VERSION = 1
WHOLE = 64 * 2**20  # bytes: of a larger file that a note reads, size and time stand for the content
PACKAGE = Path(__file__).resolve().parents[1]

Print = list[Any]  # of a file that a build wrote: size, time, digest


@dataclass(frozen=True, slots=True)
class Kept:
    """One page, as the next build needs to know it."""

    href: str
    key: str  # digest of all it was made from; empty: to be made anew
    touched: tuple[str, ...]  # files, seen from the note's folder
    links: tuple[str, ...]  # addresses as written
    tally: Tally
    entries: Mapping[str, Any]  # `FileEntries` as data
    messages: tuple[str, ...] = ()
    onward: str = ""  # the links to its neighbours, as they stand on it
    stopped: bool = False  # a busy machine may have stopped it: to be made anew, but not while watched


@dataclass(frozen=True, slots=True)
class Memory:
    """All of a site."""

    pages: Mapping[str, Kept] = field(default_factory=dict)  # by the note's name
    files: Mapping[str, Print] = field(default_factory=dict)  # by path in the site
    maker: str = ""


# ----- digests -----


def key_of(
    source: Source, href: str, touched: Iterable[str], links: Mapping[str, str | None], maker: str
) -> str:
    """The digest of everything that a page is made from."""
    whole = hashlib.blake2b(digest_size=20)
    folder = source.path.parent
    root = os.path.relpath(source.root, folder)
    parts: list[Any] = [maker, href, source.name, root, _digest(source.path)]
    parts += [[name, _digest(folder / name)] for name in sorted(touched)]
    parts += sorted(links.items())
    whole.update(json.dumps(parts).encode())
    return whole.hexdigest()


def _digest(path: Path) -> str:
    """The content of a file in short; a word for what is none."""
    try:
        info = path.stat()
        if not stat.S_ISREG(info.st_mode):
            return "no file"
        if info.st_size > WHOLE:
            return f"{info.st_size} {info.st_mtime_ns}"
        return hashlib.blake2b(path.read_bytes(), digest_size=20).hexdigest()
    except (OSError, ValueError):
        return "absent"


def maker(limits: Limits, options: Iterable[str] = ()) -> str:
    """The digest of what makes pages: limits, options, chalkgrad, Python, installed packages."""
    parts = [VERSION, asdict(limits), list(options), sys.version, _own_files(), _installed()]
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=20).hexdigest()


@cache
def _own_files() -> list[list[Any]]:
    """chalkgrad's modules by size and time: a version number doesn't change while one works on them."""
    found = [str(PACKAGE / "web" / "dist" / "BUILT_FROM")]
    for root, folders, files in os.walk(PACKAGE):
        folders[:] = sorted(set(folders) - {"__pycache__", "web", "book"})
        found += (os.path.join(root, name) for name in sorted(files) if name.endswith(".py"))
    return [[os.path.relpath(path, PACKAGE), *_print_of(path)] for path in found if os.path.exists(path)]


def _print_of(path: str) -> tuple[int, int]:
    info = os.stat(path)
    return info.st_size, info.st_mtime_ns


@cache
def _installed() -> list[str]:
    """The installed packages, each with its version, by the names of their folders of metadata."""
    folders = [path for path in sys.path if os.path.basename(path) in ("site-packages", "dist-packages")]
    return sorted(
        name
        for path in folders
        if os.path.isdir(path)
        for name in os.listdir(path)
        if name.endswith((".dist-info", ".egg-info"))
    )


# ----- what the site remembers -----


def load(site: Path) -> Memory:
    """What a site remembers; nothing if it is none, or what it remembers is damaged."""
    try:
        data = json.loads((site / NAME).read_text("utf-8"))
        if data["version"] != VERSION:
            return Memory()
        pages = {name: _kept(record) for name, record in data["pages"].items()}
        files = {name: [int(size), int(time), str(d)] for name, (size, time, d) in data["files"].items()}
        return Memory(pages, files, str(data["maker"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Memory()


def _kept(record: dict[str, Any]) -> Kept:
    tally = Tally(**{name: int(n) for name, n in record["tally"].items()})
    entries = record["entries"]
    entries["entries"] = list(entries["entries"])
    texts = {name: tuple(map(str, record[name])) for name in ("touched", "links", "messages")}
    known = Kept(record["href"], record["key"], tally=tally, entries=entries, **texts)  # type: ignore[arg-type]
    return replace(known, stopped=bool(record["stopped"]), onward=str(record["onward"]))


def save(site: Path, pages: Mapping[str, Kept], maker: str, known: Mapping[str, Print]) -> None:
    """Write down what a new site is; `known` are files that were taken over from the old one as they are."""
    files = {}
    for root, _, names in os.walk(site):
        for name in names:
            path = Path(root, name)
            files[path.relative_to(site).as_posix()] = _print(path, known)
    data = {
        "version": VERSION,
        "maker": maker,
        "files": files,
        "pages": {name: asdict(kept) for name, kept in pages.items()},
    }
    (site / NAME).write_text(json.dumps(data), "utf-8")


def _print(path: Path, known: Mapping[str, Print]) -> Print:
    info = path.stat()
    before = known.get(path.name)
    if before and before[:2] == [info.st_size, info.st_mtime_ns]:
        return before
    return [info.st_size, info.st_mtime_ns, _digest(path)]


def is_whole(site: Path, name: str, memory: Memory) -> bool:
    """Whether a file of the site is still what the build wrote."""
    before = memory.files.get(name)
    if before is None:
        return False
    path = site / name
    try:
        size, time = _print_of(str(path))
    except OSError:
        return False
    return size == before[0] and (time == before[1] or _digest(path) == before[2])
