"""A folder to begin with: a note to copy from, and a workflow that checks it."""

from __future__ import annotations

import os
from pathlib import Path

from chalkgrad.errors import NotesError

TEMPLATE = Path(__file__).parent / "template"
FILES = {  # where it goes: what it is copied from
    "first-note.md": "first-note.md",
    ".github/workflows/notes.yml": "notes.yml",
}


def new(folder: Path) -> tuple[Path, ...]:
    """Write the files of a new folder of notes; those that are there stay as they are.

    Returns:
        The files, in the order in which a person meets them.

    Raises:
        NotesError: one of the files is there, or the folder cannot be made; nothing was written.
    """
    files = {folder / to: TEMPLATE / source for to, source in FILES.items()}
    there = [str(file) for file in files if os.path.lexists(file)]
    if there:
        raise NotesError(f"{' and '.join(there)}: already there; nothing was written")
    if folder.exists() and not folder.is_dir():
        raise NotesError(f"{folder}: not a folder; nothing was written")
    try:
        for file, source in files.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("x", encoding="utf-8", newline="\n") as written:
                written.write(source.read_text("utf-8"))
    except OSError as error:
        raise NotesError(f"{error.filename or folder}: {error.strerror or error}") from error
    return tuple(files)


def repository_above(folder: Path) -> Path | None:
    """The repository that a folder lies in without being its top, where GitHub would look for workflows."""
    here = folder.resolve()
    return (
        next((above for above in here.parents if (above / ".git").exists()), None)
        if not (here / ".git").exists()
        else None
    )
