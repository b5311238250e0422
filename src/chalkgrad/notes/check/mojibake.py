"""CG502: text that was decoded wrongly, here or before it came here; it is shown as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chalkgrad.notes.check.finding import Finding, Spot
from chalkgrad.notes.note import Note

RUN = re.compile(r"[^\x00-\x7f]{2,}")
LIKELY = re.compile(r"[\u00a0-\u00ff\u0370-\u03ff\u2000-\u2bff\ufe0f\U0001f000-\U0001faff]+")


@dataclass(frozen=True, slots=True)
class Damage:
    """A run of characters, and what they stood for."""

    line: int
    column: int
    shown: str
    meant: str


def mojibake(note: Note) -> Iterator[Finding]:
    """One finding a note, at the first place."""
    if note.encoding != "utf-8":
        yield Finding(
            "CG502", Spot(1, 1, 2), f"this file is not UTF-8; what is not was read as {note.encoding}"
        )
    found = list(damages(note.text))
    if found:
        first = next((d for d in found if d.shown.isprintable()), found[0])
        lines = len({damage.line for damage in found})
        more = f", and more on {lines} lines" if lines > 1 else ""
        spot = Spot(first.line, first.column, first.column + len(first.shown))
        message = f"{first.shown} was {first.meant} before it was decoded wrongly{more}; it is shown as it is"
        yield Finding("CG502", spot, message)


def damages(text: str) -> Iterator[Damage]:
    """Runs that are UTF-8 taken for something else; long ones prove it, short ones count only beside them.

    >>> [(d.shown, d.meant) for d in damages("the \u201a\u00c4\u00farate\u201a\u00c4\u00f9 of")]
    [('\u201a\u00c4\u00fa', '\u201c'), ('\u201a\u00c4\u00f9', '\u201d')]
    >>> list(damages("na\u00efve, \u00e9t\u00e9, \u221a\u03c0, \u201c\u00e9t\u00e9\u201d \u2202L/\u2202W"))
    []
    """
    if text.isascii():
        return
    found = [damage for number, line in enumerate(text.split("\n"), 1) for damage in _in_line(number, line)]
    if any(map(_is_proof, found)):
        yield from found


def _in_line(number: int, line: str) -> Iterator[Damage]:
    for run in RUN.finditer(line):
        meant = _meant(run[0])
        if meant:
            yield Damage(number, run.start() + 1, run[0], meant)


def _meant(run: str) -> str:
    """What a run of characters stood for, if it was UTF-8; otherwise nothing."""
    for wrong in (_mac, _windows):
        try:
            meant = wrong(run).decode("utf-8")
        except UnicodeError:
            continue
        if LIKELY.fullmatch(meant):
            return meant
    return ""


def _mac(run: str) -> bytes:
    return run.encode("mac_roman")


def _windows(run: str) -> bytes:
    """As Windows' Western code page, and where that has no character as Latin-1."""
    return b"".join(c.encode("latin-1") if ord(c) < 256 else c.encode("cp1252") for c in run)


def _is_proof(damage: Damage) -> bool:
    """Three characters for one, or the `\u00c3` and `\u00c2` that accents become."""
    return len(damage.shown) >= 3 * len(damage.meant) or damage.shown[0] in "\u00c3\u00c2"
