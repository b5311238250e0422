"""`check --fix`: the cures that need no thought are written into the notes, and nothing else changes.

They are those that findings carry: an import that the prelude supplied (CG105), mathematics in GitHub's
dialect (CG203). A cure can uncover another, so a note is read again until nothing is left. Lines keep their
ends, and bytes that are no UTF-8 stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from chalkgrad.errors import NotesError
from chalkgrad.notes.check.finding import Edit, Finding
from chalkgrad.notes.check.imports import IMPORTS
from chalkgrad.notes.check.run import prepare
from chalkgrad.notes.check.wishes import Wishes, kept, wishes_for
from chalkgrad.notes.github.blocks import lines_of, usual_end
from chalkgrad.notes.read import READERS, UTF16, Note, decode, parse, read
from chalkgrad.notes.sources import find
from chalkgrad.notes.whole import replace_file

ROUNDS = 8
BOM = b"\xef\xbb\xbf"
TOLD = 90  # characters of a cure that are shown
ORDER = {name: number for number, name in enumerate(IMPORTS)}


@dataclass(frozen=True, slots=True)
class Fixed:
    """What was done to one note: a line for each cure, and why something was left."""

    path: str
    done: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


def fix(paths: Sequence[Path], select: Sequence[str] = (), ignore: Sequence[str] = ()) -> tuple[Fixed, ...]:
    """Write the cures of notes into them; nothing is run.

    Args:
        paths: as for `check`.
        select: only cures of these codes, or beginnings of codes.
        ignore: not of these.

    Raises:
        NotesError: there is no such file, or no such rule.
    """
    return tuple(_fixed(source.path, wishes_for(source.path, select, ignore)) for source in find(paths))


def _fixed(path: Path, wishes: Wishes) -> Fixed:
    try:
        note, data = read(path, str(path)), path.read_bytes()
    except (NotesError, OSError):
        return Fixed(str(path))  # the check says why
    if not _curable(note, wishes):
        return Fixed(note.name)
    if note.kind == "notebook" or data[:2] in UTF16:
        return Fixed(note.name, left=tuple(_by_hand(note, wishes)))
    done: list[str] = []
    new = _cured(data, note, wishes, done)
    if path.read_bytes() != data:
        return Fixed(note.name, left=(f"{note.name}: it was changed meanwhile; run the command again",))
    replace_file(path, new)
    return Fixed(note.name, tuple(done))


def _by_hand(note: Note, wishes: Wishes) -> Iterator[str]:
    why = (
        "a notebook's editor writes over what others change" if note.kind == "notebook" else "it is in UTF-16"
    )
    for finding in _curable(note, wishes):
        cure = finding.fix.text.strip() if finding.fix else ""
        yield f"{note.name}: {note.where(finding.spot.line)}: not fixed, for {why}; write {cure}"


def _curable(note: Note, wishes: Wishes) -> list[Finding]:
    found = (f for f in prepare(note, wishes).found if f.fix is not None and wishes.wants(f.code))
    return list(kept(note, found))


def _cured(data: bytes, note: Note, wishes: Wishes, done: list[str]) -> bytes:
    """The file with all cures; what was done is added to `done`."""
    refused: set[str] = set()  # codes whose cures would change the code
    for _ in range(ROUNDS):
        findings = [f for f in _curable(note, wishes) if f.code not in refused]
        code = min((f.code for f in findings), default="")
        if not code:
            break
        chosen = _apart([f for f in findings if f.code == code])
        new = _edited(data, [f.fix for f in chosen if f.fix is not None])
        again = READERS.get(note.path.suffix.lower(), parse)(decode(new), note.path, note.name)
        if code != "CG105" and _code(again) != _code(note):
            refused.add(code)
            continue
        done += [f"{note.name}:{f.spot.line}: {f.code} {_told(f)}" for f in chosen]
        data, note = new, again
    return data


def _code(note: Note) -> list[str]:
    return [fence.text for fence in note.fences if fence.runs]


def _told(finding: Finding) -> str:
    text = " ".join(finding.fix.text.split()) if finding.fix else ""
    text = text if len(text) <= TOLD else text[:TOLD] + "…"
    return f"added {text}" if finding.code == "CG105" else f"now {text or 'with room before it'}"


def _apart(findings: list[Finding]) -> list[Finding]:
    """Those whose places have nothing in common, in the order of the file; imports as people order them."""
    ordered = sorted(findings, key=lambda f: (*_span(f), ORDER.get(f.message.split(" ")[0], len(ORDER))))
    chosen: list[Finding] = []
    for finding in ordered:
        start, _ = _span(finding)
        before = _span(chosen[-1])[1] if chosen else (0, 0)
        if start >= before:
            chosen.append(finding)
    return chosen


def _span(finding: Finding) -> tuple[tuple[int, int], tuple[int, int]]:
    edit = finding.fix
    assert edit is not None
    return (edit.line, edit.column), (edit.end_line, edit.end_column)


# ----- bytes -----


def _edited(data: bytes, edits: Sequence[Edit]) -> bytes:
    """The file with edits that stand apart, in the order of the file."""
    start = len(BOM) if data.startswith(BOM) else 0
    lines = lines_of(data[start:])
    for edit in reversed(edits):
        first, last = lines[edit.line - 1], lines[edit.end_line - 1]
        before, after = _text(first)[: edit.column - 1], _text(last)[edit.end_column - 1 :]
        end = first[len(first.rstrip(b"\r\n")) :] or usual_end(lines)
        text = edit.text.encode().replace(b"\n", end)
        lines[edit.line - 1 : edit.end_line] = [_bytes(before) + text + _bytes(after)]
    return data[:start] + b"".join(lines)


def _text(line: bytes) -> str:
    """A line with as many characters as the note's has, whatever its bytes are."""
    return line.decode("utf-8", "surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
