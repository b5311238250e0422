"""One note for GitHub: its bytes with a block below each fence that has figures, and the pictures' files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from urllib.parse import quote

from chalkgrad.errors import NotesError
from chalkgrad.notes.authors import asked
from chalkgrad.notes.execute import Execution, Shown
from chalkgrad.notes.github.blocks import Block, blocks, lines_of, with_blocks, without
from chalkgrad.notes.github.figures import Figures, figures, file_name, markdown
from chalkgrad.notes.read import MARKER, UTF16, Fence, Note, decode, parse
from chalkgrad.notes.read import lines_of as code_lines

FOLDER = "figures"
CLOSING = re.compile(rb"[ \t>]*(```|~~~)")


@dataclass(frozen=True, slots=True)
class Made:
    """A note as GitHub is to have it."""

    data: bytes
    files: Mapping[str, bytes] = field(default_factory=dict)  # pictures, by their path from the note's folder
    functions: int = 0
    pictures: int = 0
    messages: tuple[str, ...] = ()


def found_blocks(data: bytes, note: Note) -> tuple[Block, ...]:
    """The blocks that an earlier build has put into a note.

    Raises:
        NotesError: a marker is damaged, somebody has edited a block, or the file is in UTF-16.
    """
    if data[:2] in UTF16:
        raise NotesError(f"{note.name}: it is in UTF-16, which GitHub shows as no text; save it as UTF-8")
    if MARKER.encode() not in data and b"end figures" not in data:
        return ()
    found = blocks(data, note.name, map(code_lines, note.fences))
    for block in found:
        if block.edited:
            raise NotesError(
                f"{note.name}:{block.first}: what stands between these markers was edited by hand; move it "
                "out, or take out both markers and what stands between them"
            )
    return found


def made(data: bytes, note: Note, execution: Execution) -> Made:
    """Put figures into a note.

    Args:
        data: the file as it is.
        note: what was read of it.
        execution: what running it gave.

    Raises:
        NotesError: `found_blocks` refuses.
    """
    base = without(data, old := found_blocks(data, note))
    drawn, messages = _drawn(note, execution)
    folder = f"{FOLDER}/{_stem(note)}"
    content: dict[int, list[str]] = {}
    for index, shown in drawn.items():
        fence = next(f for f in note.fences if f.index == index)
        line = _last_line(base, fence, old)
        if line is None:
            messages.append(
                f"{note.name}:{note.spot(fence.line)}: this fence is never closed: no figures here"
            )
        else:
            content[line] = _content(shown, "/".join(quote(part) for part in folder.split("/")))
    result = with_blocks(base, content)
    if not _reads_alike(base, result):
        messages.append(f"{note.name}: figures would change how this note reads: it has none")
        return Made(base, messages=tuple(messages))
    shown = [f for figures in drawn.values() for f in figures]
    pictures = sum(len(f.pictures) for f in shown)
    return Made(result, dict(_files(shown, folder)), len(shown), pictures, tuple(messages))


def _stem(note: Note) -> str:
    name = PurePosixPath(note.path.name)
    return name.stem if name.suffix.lower() == ".md" else name.name


# ----- what is shown -----


def _drawn(note: Note, execution: Execution) -> tuple[dict[int, list[Figures]], list[str]]:
    """The figures of each fence's functions, by the fence's index, and what is to be said."""
    wishes, messages = asked(note), []
    drawn: dict[int, list[Figures]] = {}
    names: set[str] = set()
    for shown in execution.functions:
        if shown.name in wishes.without:
            continue
        if shown.data is None:
            messages.append(f"{note.name}:{note.spot(shown.line)}: no figures of {shown.name}: {shown.why}")
            continue
        fence = next(f for f in note.fences if f.index == shown.fence)
        one = figures(shown.name, shown.data, wishes.show(shown.name, fence.line).views)
        messages += [f"{note.name}:{note.spot(shown.line)}: {why}" for why in one.failed]
        if one.formulas or one.pictures:
            drawn.setdefault(fence.index, []).append(_named(one, shown, names))
    return drawn, messages


def _named(one: Figures, shown: Shown, names: set[str]) -> Figures:
    """With a name for its files that no other has."""
    plain = re.sub(r"[^\w]+", "-", shown.name, flags=re.ASCII).strip("-")[:60] or "function"
    ident, count = plain, 1
    while ident.lower() in names:  # some file systems know no capitals
        count += 1
        ident = f"{plain}-{count}"
    names.add(ident.lower())
    return Figures(one.name, one.formulas, one.pictures, one.failed, ident)


def _content(shown: Sequence[Figures], folder: str) -> list[str]:
    lines = [""]
    for one in shown:
        said = any(one.name.replace("_", r"\_") in formula for formula in one.formulas)
        lines += [] if said and len(shown) == 1 else ["**`" + one.name.replace("`", "") + "`**", ""]
        lines += markdown(one, folder)
    return lines


def _files(shown: Sequence[Figures], folder: str) -> Iterator[tuple[str, bytes]]:
    for one in shown:
        for picture in one.pictures:
            for theme, svg in picture.svgs.items():
                yield f"{folder}/{file_name(one.ident, picture.view, theme)}", svg.encode()


# ----- where -----


def _last_line(base: bytes, fence: Fence, old: Sequence[Block]) -> int | None:
    """The line with a fence's closing mark, in the note without blocks; none if it has no mark."""
    line = code_lines(fence).stop
    line -= sum(block.last - block.first + 1 for block in old if block.last < line)
    lines = lines_of(base)
    closed = fence.closed and line <= len(lines) and CLOSING.match(lines[line - 1])
    return line if closed else None


def _reads_alike(base: bytes, result: bytes) -> bool:
    """Whether a note with its figures is read as the note without."""
    before, after = (parse(decode(data)) for data in (base, result))
    pairs = ([(f.info, f.text, f.indent) for f in note.fences] for note in (before, after))
    return next(pairs) == next(pairs) and [f.tex for f in before.formulas] == [f.tex for f in after.formulas]
