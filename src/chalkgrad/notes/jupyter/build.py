"""`build --to notebook`: each note as a notebook."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote, unquote

from chalkgrad.notes.build import BOOK
from chalkgrad.notes.built import Built, clean
from chalkgrad.notes.copies import check_copies, write_copies
from chalkgrad.notes.jupyter.cells import Cell, cells
from chalkgrad.notes.limits import DEFAULT, Limits
from chalkgrad.notes.linked import beside, content, pictures
from chalkgrad.notes.ran import Progress, RanNote, run_all, why
from chalkgrad.notes.site import claimed
from chalkgrad.notes.sources import Source, find

KIND = "notebook"
LINK = re.compile(r"(?<=\]\()([^()\s#<>]+)((?:#[^()\s]*)?)(?=\))")
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def build_notebooks(
    paths: Sequence[Path] = (),
    out: Path = Path("notebooks"),
    limits: Limits = DEFAULT,
    progress: Progress | None = None,
    strict: bool = False,
) -> Built:
    """Write each note as a notebook into a folder, with the pictures and files that it uses.

    Args:
        paths: notes, and folders of them; none: the book.
        out: the folder, which must be absent, empty or made by an earlier build of this kind.
        limits: of each note's process.
        progress: called as work goes on.
        strict: errors and warnings fail the build; what was there before stays.

    Raises:
        UncleanError: it is strict, and something was found.
        NotesError: there is nothing to build, or `out` is somebody else's, or a notebook in it was edited.
    """
    check_copies(out, KIND)
    sources = find(paths or (BOOK,), out)
    names = names_of(sources)
    with claimed(out):
        files: dict[str, bytes] = {}
        done = run_all(sources, limits, progress or (lambda *_: None), None)
        made = []
        for k, ran in enumerate(done):
            try:
                made.append(_made(ran, names, files))
            except Exception as error:  # one note that nobody thought of costs itself, not the others
                done[k] = RanNote(ran.source, why=why(error, ran.source))
        built = clean(_built(out, done, sum(made), files), strict)
        write_copies(out, files, KIND)
    return built


def names_of(sources: Sequence[Source]) -> dict[str, str]:
    """The notebook of each note, by the note's name; of two that want one name, the later keeps its ending.

    >>> names_of([Source(Path(n), Path(), n) for n in ("a.md", "a.py", "week/b.md")])
    {'a.md': 'a.ipynb', 'a.py': 'a.py.ipynb', 'week/b.md': 'week/b.ipynb'}
    """
    found: dict[str, str] = {}
    for source in sorted(sources, key=lambda s: not s.name.lower().endswith(".ipynb")):
        name = str(PurePosixPath(source.name).with_suffix(".ipynb"))
        taken = name.lower() in map(str.lower, found.values())
        found[source.name] = f"{source.name}.ipynb" if taken else name
    return found


def _made(ran: RanNote, names: Mapping[str, str], files: dict[str, bytes]) -> int:
    """Add a note's notebook, and what it uses, to the files of the folder; how many functions it shows."""
    name, note = ran.source.name, ran.note
    if note is None or note.kind == "notebook":
        if name.lower().endswith(".ipynb"):
            files[names[name]] = ran.data or content(ran.source.path)
        return 0
    found = [_linked_up(cell, name, names) for cell in cells(note, ran.execution)]
    files[names[name]] = notebook(found).encode(errors="replace")
    folder = ran.source.path.parent
    used = (os.path.relpath(file, os.path.abspath(folder)) for file in ran.execution.touched)
    for place, data in (*pictures(ran.source, note), *beside(ran.source, used)):
        if place not in names:
            files.setdefault(place, data)
    return sum(cell.text.startswith("cg.show(") for cell in found)


def _linked_up(cell: Cell, name: str, names: Mapping[str, str]) -> Cell:
    """A cell whose links to other notes lead to their notebooks."""
    folder = os.path.dirname(name)

    def there(link: re.Match[str]) -> str:
        target = names.get(os.path.normpath(os.path.join(folder, unquote(link[1]))))
        return link[0] if target is None else quote(os.path.relpath(target, folder or ".")) + link[2]

    return cell if cell.kind == "code" else Cell("markdown", LINK.sub(there, cell.text), cell.line)


# ----- the format -----


def notebook(found: Sequence[Cell]) -> str:
    """A notebook of format 4.5; the same cells give the same text."""
    written = [_written(number, cell) for number, cell in enumerate(found, 1)]
    whole = {"cells": written, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def _written(number: int, cell: Cell) -> dict[str, Any]:
    metadata = {"tags": list(cell.tags)} if cell.tags else {}
    source = cell.text.splitlines(keepends=True)
    record: dict[str, Any] = {"cell_type": cell.kind, "id": f"cell-{number}", "metadata": metadata}
    if cell.kind == "code":
        record |= {"execution_count": None, "outputs": []}
    return record | {"source": source}


def _built(out: Path, done: Sequence[RanNote], cards: int, files: Mapping[str, bytes]) -> Built:
    return Built(
        out=out,
        pages=sum(name.endswith(".ipynb") for name in files),
        fences=sum(len(ran.execution.fences) for ran in done),
        errors=sum(ran.report.count("error") for ran in done),
        warnings=sum(ran.report.count("warning") for ran in done),
        functions=sum(len(ran.execution.functions) for ran in done),
        cards=cards,
        messages=tuple(message for ran in done for message in _messages(ran)),
        unread=sum(ran.note is None for ran in done),
    )


def _messages(ran: RanNote) -> list[str]:
    name = ran.source.name
    if ran.note is None:
        return [f"{name}: {ran.why}"]
    if ran.note.kind == "notebook":
        return [f"{name}: it is a notebook already: copied as it is"]
    stopped = ran.execution.stopped
    return [f"{name}: not run to its end: {stopped}"] if stopped else []
