"""What is to be left out: `<!-- chalkgrad: ignore CG201 -->`, `[tool.chalkgrad]` in pyproject.toml, options.

A comment holds for its own line and for the block that follows it (a fence, or the lines up to the next empty
one); above all other text of a note it holds for the whole note. In code, `# chalkgrad: ignore CG102` holds
for its line.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from chalkgrad.errors import NotesError
from chalkgrad.notes.check.finding import RULES, Finding
from chalkgrad.notes.read import Note

IGNORE = re.compile(r"(?:<!--|#)\s*chalkgrad:\s*ignore\s+((?:CG\d+[\s,]*)+)", re.IGNORECASE)
KEYS = ("select", "ignore", "timeout", "memory")
OPENING = re.compile(r"[\s>]*(?:```|~~~)")


@dataclass(frozen=True, slots=True)
class Wishes:
    """Codes, or beginnings of codes, that are wanted and that are not."""

    select: tuple[str, ...] = ("CG",)
    ignore: tuple[str, ...] = ()

    def wants(self, code: str) -> bool:
        return code.startswith(self.select) and not (self.ignore and code.startswith(self.ignore))


def codes(texts: Iterable[str], where: str) -> tuple[str, ...]:
    """Codes from text such as `CG201,CG4`.

    Raises:
        NotesError: no rule begins so.
    """
    found = tuple(word.upper() for text in texts for word in re.split(r"[\s,]+", text) if word)
    for word in found:
        if not any(code.startswith(word) for code in RULES):
            raise NotesError(f"{where}: there is no rule {word}; the rules are {', '.join(RULES)}")
    return found


# ----- pyproject.toml -----


def wishes_for(note: Path, select: Sequence[str] = (), ignore: Sequence[str] = ()) -> Wishes:
    """The options, and where they say nothing the nearest `[tool.chalkgrad]` beside or above a note."""
    config = _config(note.resolve().parent)
    chosen = codes(select, "--select") or config.select
    return Wishes(chosen, (*config.ignore, *codes(ignore, "--ignore")))


def configs(note: Path) -> tuple[Path, ...]:
    """Where the wishes of a note are looked for: each `pyproject.toml` up to the one that has them."""
    tried = []
    for place in (note.resolve().parent, *note.resolve().parent.parents):
        tried.append(place / "pyproject.toml")
        if tried[-1].is_file() and _table(tried[-1]) is not None:
            break
    return tuple(tried)


@cache
def _config(folder: Path) -> Wishes:
    for place in (folder, *folder.parents):
        file = place / "pyproject.toml"
        if file.is_file():
            table = _table(file)
            if table is not None:
                ours = {
                    key: codes(_texts(file, key, table.get(key, [])), str(file))
                    for key in ("select", "ignore")
                }
                return Wishes(ours["select"] or ("CG",), ours["ignore"])
    return Wishes()


def _table(file: Path) -> dict[str, Any] | None:
    try:
        tools = tomllib.loads(file.read_text("utf-8")).get("tool", {})
    except (OSError, ValueError) as error:
        raise NotesError(f"{file}: {error}") from error
    table = tools.get("chalkgrad")
    if not isinstance(table, dict):
        return None
    for key in table:
        if key not in KEYS:
            near = "".join(get_close_matches(key, KEYS, 1)) or f"one of {', '.join(KEYS)}"
            raise NotesError(f"{file}: [tool.chalkgrad] has no key {key}; write {near}")
    return table


def _texts(file: Path, key: str, value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise NotesError(f'{file}: [tool.chalkgrad] {key} is {value!r}; write {key} = ["CG105"]')
    return value


# ----- comments -----


def kept(note: Note, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that no comment in the note asks to leave out."""
    spans = _spans(note)
    return tuple(
        f
        for f in findings
        if not any(f.spot.line in lines and f.code.startswith(codes) for lines, codes in spans)
    )


def _spans(note: Note) -> list[tuple[range, tuple[str, ...]]]:
    """Each comment's lines and codes."""
    lines = note.text.split("\n")
    fenced = {n: f.line + f.text.count("\n") for f in note.fences for n in (f.line - 1,)}
    in_code = {n for f in note.fences if f.runs for n in range(f.line, f.line + f.text.count("\n"))}
    spans = []
    for number, line in enumerate(lines, 1):
        for match in IGNORE.finditer(line):
            if (match[0][0] == "#") != (number in in_code):
                continue
            found = tuple(re.findall(r"CG\d+", match[1].upper()))
            spans.append(
                (_reach(lines, number, fenced) if number not in in_code else range(number, number + 1), found)
            )
    return spans


def _reach(lines: list[str], number: int, fenced: dict[int, int]) -> range:
    above = re.sub(r"<!--.*?-->", "", "\n".join(lines[: number - 1]), flags=re.DOTALL)
    if not above.strip() and not re.sub(r"<!--.*?-->", "", lines[number - 1]).strip():
        return range(1, len(lines) + 1)
    at = number
    if not re.sub(r"<!--.*?-->", "", lines[number - 1]).strip():
        while at < len(lines) and not lines[at].strip():
            at += 1  # `at` counts from 0: the line after the comment
        at += 1
    if at in fenced:
        return range(number, fenced[at] + 1)
    while at < len(lines) and lines[at].strip() and at + 1 not in fenced:
        at += 1
    return range(number, at + 1)
