"""A folder of files made from notes: written whole, and never over what a person wrote there.

The folder remembers a digest of every file in it that was made. A made file that has been edited since stops
the command; a file that was not made is carried over.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from chalkgrad.errors import NotesError
from chalkgrad.notes.site import MARKER, check_target, is_ours, replacing

LIST = ".chalkgrad-copies"
KIND = "made for"


def check_copies(out: Path, kind: str) -> None:
    """Refuse a folder that holds something else, or made files that were edited.

    Args:
        out: the folder.
        kind: what the files are for: "github" or "notebook".

    Raises:
        NotesError: it is so.
    """
    folder = check_target(out)
    if not is_ours(folder):
        return
    made = _remembered(folder)
    if made.get(KIND) != kind:
        raise NotesError(f"{out} was made by another kind of build; give another -o")
    for name, digest in made["files"].items():
        file = folder / name
        if file.is_file() and _digest(file.read_bytes()) != digest:
            raise NotesError(
                f"{file} was edited after it was made; take the change to the note, "
                "delete this file, and run the command again"
            )


def write_copies(out: Path, files: Mapping[str, bytes], kind: str) -> None:
    """Write files, by their paths in the folder, all at once.

    Raises:
        NotesError: `check_copies` refuses, or the place cannot be written.
    """
    check_copies(out, kind)
    with replacing(out) as folder:
        for name, data in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        _carry_over(Path(os.path.realpath(out)), folder)
        digests = {name: _digest(data) for name, data in sorted(files.items())}
        (folder / LIST).write_text(json.dumps({KIND: kind, "files": digests}, indent=1) + "\n", "utf-8")


def _carry_over(old: Path, new: Path) -> None:
    """What others put into folders of ours; at the top `replacing` does it."""
    if not is_ours(old):
        return
    made = {*_remembered(old)["files"], LIST, MARKER}
    for root, _, names in os.walk(old):
        for name in names:
            path = Path(root, name)
            place = path.relative_to(old)
            if place.as_posix() not in made and not (new / place).exists():
                (new / place).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, new / place, follow_symlinks=False)


def _remembered(folder: Path) -> dict:
    try:
        data = json.loads((folder / LIST).read_text("utf-8"))
        return {KIND: str(data[KIND]), "files": {str(k): str(v) for k, v in data["files"].items()}}
    except FileNotFoundError:
        return {KIND: "site", "files": {}}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise NotesError(f"{folder / LIST} cannot be read; move {folder} away and run again") from None


def _digest(data: bytes) -> str:
    """Of the content; Git may change how lines end."""
    return hashlib.blake2b(data.replace(b"\r\n", b"\n"), digest_size=12).hexdigest()
