"""`build --to github`: notes as Markdown that GitHub shows with figures, in a folder or in place."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from chalkgrad.errors import NotesError
from chalkgrad.notes.build import BOOK
from chalkgrad.notes.built import Built, clean
from chalkgrad.notes.copies import check_copies, write_copies
from chalkgrad.notes.github.made import Made, made
from chalkgrad.notes.limits import DEFAULT, Limits
from chalkgrad.notes.linked import content, pictures
from chalkgrad.notes.ran import Progress, RanNote, run_all, why
from chalkgrad.notes.site import GENERATOR, claimed
from chalkgrad.notes.sources import find
from chalkgrad.notes.whole import replace_file

KIND = "github"
AS_IS = {
    ".ipynb": "GitHub shows the outputs that a notebook holds; end a cell with cg.show(f) for a figure",
    ".py": "a module is code, and its docstring no place for figures",
}


def build_github(
    paths: Sequence[Path] = (),
    out: Path = Path("github"),
    limits: Limits = DEFAULT,
    progress: Progress | None = None,
    strict: bool = False,
) -> Built:
    """Write copies of notes with figures into a folder.

    The note's own text stays as it is, byte for byte; the pictures that it links to are copied, so that its
    links hold.

    Args:
        paths: notes, and folders of them; none: the book.
        out: the folder, which must be absent, empty or made by an earlier build of this kind.
        limits: of each note's process.
        progress: called as work goes on.
        strict: errors and warnings fail the build; what was there before stays.

    Raises:
        UncleanError: it is strict, and something was found.
        NotesError: there is nothing to build, or `out` is somebody else's, or a copy in it was edited.
    """
    check_copies(out, KIND)
    sources = find(paths or (BOOK,), out)
    with claimed(out):
        files: dict[str, bytes] = {}
        done = [_copied(ran, files) for ran in run_all(sources, limits, progress or _silent, None)]
        built = clean(_built(out, done), strict)
        write_copies(out, files, KIND)
    return built


def build_in_place(
    paths: Sequence[Path], limits: Limits = DEFAULT, progress: Progress | None = None, strict: bool = False
) -> Built:
    """Put figures into notes themselves, between markers; pictures go into a folder `figures` beside each.

    Raises:
        UncleanError: it is strict, and something was found.
        NotesError: there is nothing to build.
    """
    if not paths:
        raise NotesError("--in-place changes the notes that are named: give a file or a folder")
    sources = find(paths)
    ran = run_all(sources, limits, progress or _silent, None)
    done = [(one, *_made(one)) for one in ran]
    out = Path(paths[0])
    built = clean(_built(out, [(one, result, said) for one, result, said in done]), strict)
    unread, unchanged, messages = built.unread, 0, list(built.messages)
    for one, result, _ in done:
        if result is None:
            continue
        try:
            unchanged += not _put(one, result)
        except NotesError as error:
            messages.append(str(error))
            unread += 1
    return replace(built, unread=unread, unchanged=unchanged, messages=tuple(messages))


def _silent(*_: object) -> None:
    """No progress is asked for."""


# ----- one note -----


Done = tuple[RanNote, Made | None, tuple[str, ...]]  # what ran, what was made of it, what is to be said


def _made(ran: RanNote) -> tuple[Made | None, tuple[str, ...]]:
    """A note with its figures; None where it stays as it is, with the reason."""
    name, note = ran.source.name, ran.note
    if note is None:
        return None, (f"{name}: {ran.why}",)
    if note.kind != "markdown":
        return None, (f"{name}: left as it is: {AS_IS[ran.source.path.suffix.lower()]}",)
    if ran.execution.stopped:
        return None, (f"{name}: not run to its end: {ran.execution.stopped}; left as it is",)
    try:
        result = made(ran.data, note, ran.execution)
    except NotesError as error:
        return None, (str(error),)
    except Exception as error:  # one note that nobody thought of costs itself, not the others
        return None, (f"{name}: left as it is: {why(error, ran.source)}",)
    return result, result.messages


def _copied(ran: RanNote, files: dict[str, bytes]) -> Done:
    """Add a note's files to those of the folder."""
    result, said = _made(ran)
    name = PurePosixPath(ran.source.name)
    files[str(name)] = result.data if result else ran.data or content(ran.source.path)
    for path, data in (result.files if result else {}).items():
        files[str(name.parent / path)] = data
    if ran.note is not None and ran.note.kind == "markdown":
        for path, data in pictures(ran.source, ran.note):
            files.setdefault(path, data)
    return ran, result, said


# ----- in place -----


def _put(ran: RanNote, result: Made) -> bool:
    """Write pictures, then the note, each whole; whether the note's bytes changed.

    Raises:
        NotesError: the note has changed meanwhile, or a file of somebody else's is in the way.
    """
    path, name = Path(os.path.realpath(ran.source.path)), ran.source.name
    folder = ran.source.path.parent
    for place in result.files:
        if (file := folder / place).exists() and not _is_ours(file):
            raise NotesError(f"{name}: {file} is there and was not made by chalkgrad; nothing was written")
    if path.read_bytes() != ran.data:
        raise NotesError(f"{name}: it was changed while it ran; nothing was written; run the command again")
    for place, data in result.files.items():
        replace_file(folder / place, data)
    if result.data != ran.data:
        replace_file(path, result.data)
    _clear(folder, result.files, ran.data)
    return result.data != ran.data


def _clear(folder: Path, files: Mapping[str, bytes], before: bytes) -> None:
    """Take away pictures of ours that the note showed and shows no more."""
    for place in {os.path.dirname(name) for name in files}:
        for file in (folder / place).iterdir():
            gone = f"{place}/{file.name}" not in files and file.suffix == ".svg"
            if gone and file.name.encode() in before and _is_ours(file):
                file.unlink()


def _is_ours(file: Path) -> bool:
    return file.is_file() and content(file).rstrip().endswith(GENERATOR.encode())


# ----- what was done -----


def _built(out: Path, done: Sequence[Done]) -> Built:
    made = [result for _, result, _ in done if result is not None]
    stays = [ran for ran, result, _ in done if result is None]
    return Built(
        out=out,
        pages=len(done),
        fences=sum(len(ran.execution.fences) for ran, _, _ in done),
        errors=sum(ran.report.count("error") for ran, _, _ in done),
        warnings=sum(ran.report.count("warning") for ran, _, _ in done),
        functions=sum(m.functions for m in made),
        cards=sum(m.pictures for m in made),
        messages=tuple(message for _, _, said in done for message in said),
        unread=sum(ran.note is None or ran.note.kind == "markdown" for ran in stays),
    )
