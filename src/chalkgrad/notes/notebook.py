"""A notebook becomes a Note: its cells as Markdown, one below the other, without what a run had put out."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from chalkgrad.errors import NotesError
from chalkgrad.notes.note import Block, Cell, Fence, Note
from chalkgrad.notes.shell import foreign

PROBE = "\n\n```probe\n```\n\n$$\nx\n$$\n"  # it is read as a fence, unless what stands above is open
CLOSERS = ("", "```", "~~~", "$$", "-->", "</script>", "</style>", "</pre>", "</textarea>", "?>", "]]>", ">")
LARGEST_PICTURE = 4 * 2**20  # bytes

Parse = Callable[[str, Path, str], Note]


@dataclass(frozen=True, slots=True)
class Source:
    """A cell as the file has it."""

    number: int
    kind: str  # "code", "markdown" or "raw"
    text: str
    tags: tuple[str, ...] = ()
    attachments: dict[str, Any] | None = None


def notebook(text: str, path: Path, name: str, parse: Parse) -> Note:
    """Make a Note of a notebook's JSON.

    Raises:
        NotesError: it is no JSON, no notebook, or of a later format than is known.
    """
    data = _upgraded(text, name)
    language = str(_get(data, "metadata", "kernelspec", "language") or _language(data)).lower()
    writer = _Writer(language if language not in ("", "python", "python3", "ipython") else "")
    for source in _cells(data, name):
        writer.add(source, parse)
    note = parse("\n".join(writer.lines) + "\n", path, name)
    blocks = tuple(writer.block(block) for block in note.blocks)
    return replace(
        note, blocks=blocks, kind="notebook", cells=tuple(writer.cells), attachments=writer.pictures
    )


# ----- the file -----


def _upgraded(text: str, name: str) -> Any:
    """The notebook in format 4, whatever it was written in.

    Format 4 is taken as it is: of what a validator asks for (ids, outputs, versions) nothing is needed here.
    """
    try:
        data = json.loads(text) if text.strip() else None
    except (ValueError, RecursionError) as error:
        raise NotesError(f"{name}: not a notebook; its JSON ends or breaks: {error}") from error
    if not isinstance(data, dict) or "nbformat" not in data:
        raise NotesError(f"{name}: not a notebook; it has no nbformat" if text.strip() else f"{name}: empty")
    if data["nbformat"] == 4:
        return data
    if data["nbformat"] not in (1, 2, 3):
        raise NotesError(f"{name}: notebook format {data['nbformat']!r} is not known; known are 1 to 4")
    import nbformat

    try:
        return nbformat.convert(nbformat.reader.reads(text), 4)
    except Exception as error:  # its code meets a missing field by whatever that raises
        raise NotesError(f"{name}: this notebook cannot be read: {error or type(error).__name__}") from error


def _cells(data: Any, name: str) -> Iterator[Source]:
    cells = data.get("cells")
    if not isinstance(cells, list):
        raise NotesError(f"{name}: this notebook has no list of cells")
    for number, cell in enumerate(cells, 1):
        kind = _get(cell, "cell_type")
        if kind not in ("code", "markdown", "raw"):
            raise NotesError(
                f"{name}: cell {number} has cell_type {kind!r}; known are code, markdown and raw"
            )
        written = cell.get("source", "")
        text = "".join(map(str, written)) if isinstance(written, list) else written
        if not isinstance(text, str):
            raise NotesError(f"{name}: the source of cell {number} is no text")
        tags = _get(cell, "metadata", "tags")
        attachments = cell.get("attachments")
        yield Source(
            number,
            kind,
            text.replace("\r\n", "\n").replace("\r", "\n"),
            tuple(map(str, tags)) if isinstance(tags, list) else (),
            attachments if isinstance(attachments, dict) else None,
        )


def _get(data: Any, *keys: str) -> Any:
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def _language(data: Any) -> str:
    return str(_get(data, "metadata", "language_info", "name") or "")


# ----- as Markdown -----


class _Writer:
    """The lines of the note's text, where each cell begins, and what its fences are."""

    def __init__(self, language: str):
        self.language = language  # "" for Python
        self.lines: list[str] = []
        self.cells: list[Cell] = []
        self.code: dict[int, Source] = {}  # by the line of the fence's first line
        self.pictures: dict[str, bytes] = {}

    def add(self, source: Source, parse: Parse) -> None:
        front = (
            source.kind == "raw" and source.number == 1 and re.match(r"---\n(.*\n)*?---\s*\Z", source.text)
        )
        if source.kind == "markdown":
            self._markdown(source, parse)
        elif front:
            self._begin(source, source.text.split("\n"))
        elif source.text.strip():
            self._fence(source)
        else:
            self._begin(source, [""])
        self.lines += ["", f"<!-- end of cell {source.number} -->", ""]

    def block(self, block: Block) -> Block:
        """What the notes' parser made of a fence, with what the notebook knows of it."""
        if not isinstance(block, Fence) or block.kind == "math":
            return block
        source = self.code.get(block.line)
        if source is None:  # in a cell of Markdown code is for reading
            return replace(block, kind="other")
        return replace(block, may_raise="raises-exception" in source.tags)

    def _begin(self, source: Source, text: list[str]) -> None:
        self.cells.append(Cell(source.number, len(self.lines) + 1))
        self.lines += text

    def _markdown(self, source: Source, parse: Parse) -> None:
        text = self._with_pictures(source)
        closer = next((c for c in CLOSERS if _is_closed(f"{text}\n{c}", parse)), None)
        if closer is None:
            self._fence(replace(source, kind="raw"))
        else:
            self._begin(source, [*text.split("\n"), *([closer] if closer else [])])

    def _fence(self, source: Source) -> None:
        runs = [2, *(len(run) for run in re.findall("`+", source.text))]
        ticks = "`" * (max(runs) + 1)
        magic = foreign(source.text) if source.kind == "code" else ""
        info = "text" if source.kind == "raw" else magic or self.language or "python"
        self.lines.append(f"{ticks}{info}")
        if source.kind == "code":
            self.code[len(self.lines) + 1] = source
        self._begin(source, source.text.split("\n"))
        self.lines.append(ticks)
        if magic:
            self.lines += ["", f"<sub>Not run: a cell that begins with `%%{magic}` is not Python.</sub>"]

    def _with_pictures(self, source: Source) -> str:
        """The cell's text; a picture called as another cell's gets the number of its cell before its name."""
        text = source.text
        for name, kinds in (source.attachments or {}).items():
            data = _picture(kinds)
            if data is not None:
                known = self.pictures.get(name, data)
                own = name if known == data else f"{source.number}-{name}"
                text = text if own == name else text.replace(f"attachment:{name}", f"attachment:{own}")
                self.pictures[own] = data
        return text


def _picture(kinds: Any) -> bytes | None:
    for written in kinds.values() if isinstance(kinds, dict) else ():
        text = "".join(map(str, written)) if isinstance(written, list) else written
        try:
            data = base64.b64decode(text)
        except (binascii.Error, TypeError, ValueError):
            continue
        return data if len(data) <= LARGEST_PICTURE else None
    return None


def _is_closed(text: str, parse: Parse) -> bool:
    """Whether what follows this Markdown is read as if it stood alone."""
    note = parse(text + PROBE, Path("probe"), "probe")
    last = note.fences[-1:]
    return (
        bool(last)
        and last[0].info == "probe"
        and last[0].indent == 0
        and last[0].line == text.count("\n") + 4
    )
