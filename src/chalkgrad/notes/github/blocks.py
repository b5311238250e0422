r"""What is ours in a note, between markers that GitHub does not show.

A block stands behind the last line of a fence:

    <!-- chalkgrad: begin figures 3f9a2c41 -->
    …
    <!-- chalkgrad: end figures -->

The number is a digest of what stands between, without what editors and lists change: so a block that
somebody has edited is known, and never replaced. Everything works on bytes; what is not between markers
stays as it is.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chalkgrad.errors import NotesError

MARKER = "chalkgrad: begin figures"  # without it a note has no block
BEGIN = re.compile(rb"^([ \t>]*)<!-- chalkgrad: begin figures ([0-9a-f]{8}) -->[ \t]*$")
END = re.compile(rb"^[ \t>]*<!-- chalkgrad: end figures -->[ \t]*$")
ANY = re.compile(rb"^[ \t>]*<!--\s*chalkgrad:\s*(begin|end)\s+figures\b", re.IGNORECASE)
LINE = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r|\Z)")


@dataclass(frozen=True, slots=True)
class Block:
    """One block: its first and its last line, from 1, and whether somebody has edited it."""

    first: int
    last: int
    edited: bool
    prefix: str  # what stands before the marker: of a list, a quote


def lines_of(data: bytes) -> list[bytes]:
    r"""The lines with their ends; the last one has none if the file has none.

    >>> lines_of(b"a\r\nb\rc"), lines_of(b"a\n")
    ([b'a\r\n', b'b\r', b'c'], [b'a\n', b''])
    """
    found = LINE.findall(data)
    return found[:-1] if len(found) > 1 and not data.endswith((b"\r", b"\n")) else found


def blocks(data: bytes, name: str, code: Iterable[range] = ()) -> tuple[Block, ...]:
    """The blocks of a note.

    Args:
        data: the note.
        name: how messages call it.
        code: lines of fences, where a marker is an example of one.

    Raises:
        NotesError: a marker is without its other one, or damaged.
    """
    lines, ranges = [line.rstrip(b"\r\n") for line in lines_of(data)], sorted(code, key=lambda r: r.start)
    starts = [r.start for r in ranges]
    found: list[Block] = []
    begun: tuple[int, bytes, str] | None = None
    for number, line in enumerate(lines, 1):
        at = bisect_right(starts, number) - 1
        if not ANY.match(line) or (begun is None and at >= 0 and number in ranges[at]):
            continue
        begin = BEGIN.match(line)
        if begin and begun is None:
            begun = number, begin[2], begin[1].decode()
        elif END.match(line) and begun is not None:
            first, digest, prefix = begun
            found.append(Block(first, number, _digest(lines[first : number - 1]) != digest, prefix))
            begun = None
        else:
            raise NotesError(f"{name}:{number}: {_wrong(line, begun)}")
    if begun is not None:
        raise NotesError(f"{name}:{begun[0]}: this marker has no <!-- chalkgrad: end figures --> below it")
    return tuple(found)


def _wrong(line: bytes, begun: tuple[int, bytes, str] | None) -> str:
    cure = "take out both markers and what stands between them"
    if END.match(line):
        return "this marker has no <!-- chalkgrad: begin figures … --> above it; take it out"
    if begun is not None:
        return f"a marker begins inside the block that begins on line {begun[0]}; {cure}"
    return f"this marker is damaged; {cure}"


def _digest(lines: Sequence[bytes]) -> bytes:
    plain = b"\n".join(line.strip(b" \t>") for line in lines).strip(b"\n")
    return hashlib.blake2b(plain, digest_size=4).hexdigest().encode()


def without(data: bytes, found: Sequence[Block]) -> bytes:
    """The note without its blocks: each goes with the line end before it."""
    lines = lines_of(data)
    for block in reversed(found):
        end = _end_of(lines[block.last - 1])
        del lines[block.first - 1 : block.last]
        if block.first > 1:
            before = lines[block.first - 2]
            lines[block.first - 2] = before[: len(before) - len(_end_of(before))] + end
    return b"".join(lines)


def with_blocks(data: bytes, made: Mapping[int, Sequence[str]]) -> bytes:
    """The note with blocks behind some of its lines, each indented as that line.

    Args:
        data: without blocks.
        made: by the line, from 1, that the block follows.
    """
    lines = lines_of(data)
    for number, content in made.items():
        line = lines[number - 1]
        end = _end_of(line)
        new = end or usual_end(lines)
        prefix = re.match(rb"[ \t>]*", line)[0]  # type: ignore[index]
        block = [(prefix + text.encode()).rstrip() for text in _framed(content)]
        lines[number - 1] = line[: len(line) - len(end)] + b"".join(new + text for text in block) + end
    return b"".join(lines)


def _framed(content: Sequence[str]) -> list[str]:
    digest = _digest([text.encode() for text in content]).decode()
    return [
        f"<!-- chalkgrad: begin figures {digest} -->",
        *content,
        "<!-- chalkgrad: end figures -->",
    ]


def _end_of(line: bytes) -> bytes:
    return line[len(line.rstrip(b"\r\n")) :]


def usual_end(lines: Sequence[bytes]) -> bytes:
    return next((end for line in lines if (end := _end_of(line))), b"\n")


def blanked(text: str, code: Iterable[range]) -> str:
    """A note whose blocks are empty lines: what is ours is neither checked nor shown a second time.

    A note with damaged markers stays as it is.
    """
    try:
        found = blocks(text.encode(errors="replace"), "", code)
    except NotesError:
        return text
    lines = text.split("\n")
    for block in found:
        height = block.last - block.first + 1
        lines[block.first - 1 : block.last] = [block.prefix.rstrip()] * height
    return "\n".join(lines)
