"""Put a finished site in the place of the old one, all at once, and never in the place of anything else.

The new site is written beside the target and exchanged with it: in one step where the system has one, else in
two renames with a journal that the next command finishes. A build that is stopped leaves the old site whole.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from chalkgrad.errors import NotesError

MARKER = ".chalkgrad-site"
GENERATOR = "<!-- made by chalkgrad -->"  # the end of every page
AT_FDCWD = -100
EXCHANGE = 2  # RENAME_EXCHANGE of Linux and RENAME_SWAP of macOS


def check_target(folder: Path) -> Path:
    """The folder to write, with links followed.

    Raises:
        NotesError: it is a file, or holds something and does not carry our marker.
    """
    folder = Path(os.path.realpath(folder))
    if folder.exists() and not folder.is_dir():
        raise NotesError(f"{folder} is a file; give a folder, or a name that ends in .html")
    if folder.is_dir() and not is_ours(folder) and any(folder.iterdir()):
        raise NotesError(
            f"{folder} is not empty and was not made by chalkgrad; nothing was written. Give another -o"
        )
    return folder


def is_ours(folder: Path) -> bool:
    return (folder / MARKER).is_file()


@contextlib.contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A new folder beside the target; when the block ends well it becomes the target.

    Files in an old site that the old build did not write (a `CNAME`, a `.git`) are carried over.

    Raises:
        NotesError: `check_target` refuses, or the place cannot be written.
    """
    target = check_target(target)
    finish(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        new = _beside(target, "new")
        new.mkdir()
    except OSError as error:
        raise _no_room(target, error) from error
    try:
        yield new
        _mark(new)
        _carry_over(target, new)
        _exchange(new, check_target(target))
    finally:
        if new.exists():
            shutil.rmtree(new)


def _no_room(target: Path, error: OSError) -> NotesError:
    why = f"{error.filename} is a file" if isinstance(error, FileExistsError) else error.strerror or error
    return NotesError(f"{target} cannot be written: {why}")


def _beside(target: Path, role: str) -> Path:
    return target.parent / f".{target.name}.chalkgrad-{role}-{os.getpid()}"


# ----- one command at a time -----


@contextlib.contextmanager
def claimed(target: Path) -> Iterator[None]:
    """While the block runs no other command builds this target; a command that dies claims nothing.

    Raises:
        NotesError: another one is at it.
    """
    try:
        import fcntl
    except ImportError:  # Windows: whoever is done last wins, and each site is whole
        yield
        return
    path = _beside_all(Path(os.path.realpath(target)), "lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise _no_room(target, error) from error
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not os.path.samestat(os.fstat(file), os.stat(path)):
                raise FileNotFoundError
        except OSError:
            raise NotesError(
                f"{target} is being built by another command; wait for it to end, or give another -o"
            ) from None
        try:
            finish(Path(os.path.realpath(target)), alone=True)
            yield
        finally:
            path.unlink(missing_ok=True)
    finally:
        os.close(file)


def _beside_all(target: Path, role: str) -> Path:
    return target.parent / f".{target.name}.chalkgrad-{role}"


# ----- the marker, and what others put into the folder -----


def _mark(folder: Path) -> None:
    """Leave the marker, with the names at the folder's top that are ours."""
    names = sorted(path.name for path in folder.iterdir())
    (folder / MARKER).write_text(json.dumps({"made by": "chalkgrad", "names": names}) + "\n", "utf-8")


def _carry_over(old: Path, new: Path) -> None:
    if not is_ours(old):
        return
    try:
        ours = set(json.loads((old / MARKER).read_text("utf-8"))["names"]) | {MARKER}
    except (ValueError, KeyError, TypeError):
        raise NotesError(
            f"{old / MARKER} cannot be read; move {old} away and run the command again"
        ) from None
    for path in old.iterdir():
        if path.name not in ours and not (new / path.name).exists():
            if path.is_dir() and not path.is_symlink():
                shutil.copytree(path, new / path.name, symlinks=True)
            else:
                shutil.copy2(path, new / path.name, follow_symlinks=False)


# ----- the exchange -----


def _exchange(new: Path, target: Path) -> None:
    """Make `new` the target; what was the target is removed."""
    if not target.exists():
        os.rename(new, target)
    elif not exchange_in_one(new, target):
        exchange_in_two(new, target)


def exchange_in_one(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False where the system or its file system cannot."""
    import ctypes

    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "linux":
            return libc.renameat2(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), EXCHANGE) == 0
        if sys.platform == "darwin":
            return libc.renamex_np(os.fsencode(one), os.fsencode(other), EXCHANGE) == 0
    return False


def exchange_in_two(new: Path, target: Path) -> None:
    """Two renames, with a journal in case we are stopped between them."""
    old, journal = _beside(target, "old"), _journal(target)
    journal.write_text(json.dumps({"new": new.name, "old": old.name}), "utf-8")
    os.rename(target, old)
    os.rename(new, target)
    shutil.rmtree(old)
    journal.unlink()


def finish(target: Path, alone: bool = False) -> None:
    """Finish what a stopped command left: complete or undo its exchange, clear away what it had begun.

    Args:
        target: what it was building.
        alone: whether no other command can be at it; else processes that live keep what may be theirs.
    """
    journal = _journal(target)
    if journal.is_file():
        if not target.exists():
            _complete(target, journal.read_text("utf-8"))
        journal.unlink()
    for left in _left_behind(target, alone):
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink()


def _complete(target: Path, journal: str) -> None:
    names = json.loads(journal)
    new, old = (target.parent / Path(names[role]).name for role in ("new", "old"))
    if is_ours(new):
        os.rename(new, target)
    elif old.exists():
        os.rename(old, target)


def _journal(target: Path) -> Path:
    return _beside_all(target, "journal")


def _left_behind(target: Path, alone: bool) -> list[Path]:
    """What builds of this target were writing when their processes went."""
    if not target.parent.is_dir():
        return []
    begins = tuple(f".{target.name}.chalkgrad-{role}-" for role in ("new", "old"))
    found = (p for p in target.parent.iterdir() if p.name.startswith(begins))
    return [p for p in found if alone or not _alive(p.name.rpartition("-")[2])]


def _alive(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except (PermissionError, ValueError):
        return True
    return int(process) != os.getpid()


# ----- one file -----


def check_file(out: Path) -> None:
    """Refuse to write over a file that no build of ours made.

    Raises:
        NotesError: it is there and is not ours.
    """
    if out.is_dir():
        raise NotesError(f"{out} is a folder; give another name")
    if out.exists() and not _is_our_file(out):
        raise NotesError(
            f"{out} is there and was not made by chalkgrad; nothing was written. Give another -o"
        )


def _is_our_file(file: Path) -> bool:
    if not file.is_file():
        return False
    with file.open("rb") as opened:
        opened.seek(max(0, file.stat().st_size - 200))
        return GENERATOR.encode() in opened.read()


def write_whole(out: Path, text: str) -> None:
    """Write a file so that it is there whole or not at all."""
    out = Path(os.path.realpath(out))
    out.parent.mkdir(parents=True, exist_ok=True)
    finish(out)
    new = _beside(out, "new")
    try:
        new.write_text(text, "utf-8", errors="replace")
        os.replace(new, out)
    finally:
        new.unlink(missing_ok=True)
