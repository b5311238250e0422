"""A note as the cells of a notebook."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from chalkgrad.notes.check.code import code_of
from chalkgrad.notes.check.imports import IMPORTS, import_of
from chalkgrad.notes.check.names import names
from chalkgrad.notes.execute import Execution
from chalkgrad.notes.jupyter.shows import Show, shows
from chalkgrad.notes.note import Block, Fence, Note, Prose
from chalkgrad.notes.statements import Statement, statements

STOPPED = "Stopped"  # by the limits, and by nothing in the code
RAISES = ("raises-exception",)
VERBATIM = re.compile(r"\$`([^`\n]+)`\$(?!`)|(?P<ticks>`+)(?:.|\n)*?(?<!`)(?P=ticks)(?!`)")  # or other code
CLOSING = re.compile(r"[\s>]*(```|~~~)")
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell; `line` is that of the note where it begins."""

    kind: str  # "markdown" or "code"
    text: str
    line: int
    tags: tuple[str, ...] = ()


def cells(note: Note, execution: Execution) -> list[Cell]:
    """The cells of a note that has been run: a fence is a code cell, what stands between is Markdown.

    Statements that fail are cells of their own with the tag that lets a notebook go on.
    """
    found = list(_joined(_cells(note, execution)))
    asked = shows(note, execution, [cell.line for cell in found if cell.kind == "code"])
    found = list(_with_shows(found, asked))
    first = next((k for k, cell in enumerate(found) if cell.kind == "code"), len(found))
    needed = _imports(note, asked)
    imports = [Cell("code", "\n".join(needed), found[first].line)] if needed and first < len(found) else []
    return found[:first] + imports + found[first:]


def _cells(note: Note, execution: Execution) -> Iterator[Cell]:
    lines = note.text.split("\n")
    if note.kind == "module":
        yield Cell("markdown", note.page.rpartition(f"python\n{note.fences[0].text}")[0].rstrip("`\n"), 0)
    indent = 0
    for block in note.blocks:
        if isinstance(block, Fence) and block.runs:
            yield from _code(block, execution)
            indent = block.indent
        elif note.kind != "module":
            yield Cell("markdown", _markdown(block, lines, indent), block.line)
            indent = 0


def _joined(found: Iterator[Cell]) -> Iterator[Cell]:
    """Neighbouring Markdown is one cell; an empty one is none."""
    waiting: Cell | None = None
    for cell in found:
        if waiting is not None and waiting.kind == cell.kind == "markdown":
            waiting = replace(waiting, text=f"{waiting.text}\n\n{cell.text}".strip("\n"))
            continue
        if waiting is not None and waiting.text.strip():
            yield waiting
        waiting = cell
    if waiting is not None and waiting.text.strip():
        yield waiting


# ----- Markdown -----


def _markdown(block: Block, lines: Sequence[str], indent: int) -> str:
    if isinstance(block, Prose):
        text = "\n".join(_out_of_list(block.text.split("\n"), indent)).strip("\n")
        return VERBATIM.sub(lambda m: f"${m[1]}$" if m[1] else m[0], text)
    if block.kind == "math":  # which a notebook shows as code
        return f"$$\n{block.text.strip()}\n$$"
    end = block.line - 1 + block.text.count("\n")
    closing = end < len(lines) and CLOSING.match(lines[end])
    return "\n".join(line[block.indent :] for line in lines[block.line - 2 : end + bool(closing)])


def _out_of_list(lines: list[str], indent: int) -> Iterator[str]:
    """What follows a fence in a list without the list's indentation, which would make it code."""
    inside = indent > 0
    for line in lines:
        inside = inside and not line[:indent].strip()
        yield line[indent:] if inside else line


# ----- code -----


def _code(fence: Fence, execution: Execution) -> Iterator[Cell]:
    ran = execution.fences.get(fence.index)
    failed = {e.statement for e in ran.errors if e.type != STOPPED} if ran else set()
    try:
        parsed = statements(fence.kind, fence.text, fence.line)
    except UNREADABLE:
        yield Cell("code", fence.text.strip("\n"), fence.line, RAISES)
        return
    if fence.kind != "python" or failed & {s.line for s in parsed}:
        yield from _apart(fence, parsed, failed)
    else:
        tags = RAISES if failed or fence.may_raise else ()
        yield Cell("code", fence.text.strip("\n"), fence.line, tags)


def _apart(fence: Fence, parsed: Sequence[Statement], failed: set[int]) -> Iterator[Cell]:
    """A fence in pieces: what fails stands alone, and so does each prompt that shows a value."""
    lines = fence.text.split("\n")
    piece: list[str] = []
    start, above = fence.line, fence.line
    for statement in parsed:
        comments = lines[above - fence.line : statement.line - fence.line] if fence.kind == "python" else []
        above, alone = statement.end + 1, statement.line in failed
        shown = fence.kind != "python" and _shows_value(statement)
        if alone and piece:
            yield Cell("code", _plain(piece), start)
            piece = []
        start = start if piece else statement.line
        piece += [*comments, statement.source]
        if alone or shown:
            yield Cell("code", _plain(piece), start, RAISES if alone else ())
            piece = []
    rest = lines[above - fence.line :] if fence.kind == "python" else []
    if "\n".join([*piece, *rest]).strip():
        yield Cell("code", _plain([*piece, *rest]), start if piece else above)


def _plain(lines: Sequence[str]) -> str:
    """Lines without empty ones around them."""
    return re.sub(r"\A(?:[ \t]*\n)+", "", "\n".join(lines)).rstrip()


def _shows_value(statement: Statement) -> bool:
    return isinstance(statement.tree, ast.Expr)


# ----- what comes first, and what is shown -----


def _imports(note: Note, asked: Sequence[Show]) -> list[str]:
    """What the prelude supplied to the note, and what the cells that show functions need."""
    supplied = (f for f in names(code_of(note)) if f.code == "CG105")
    needed = [import_of(finding.message.split(" ")[0]) for finding in supplied]
    needed += ["import numpy as np"] if any("np." in show.text for show in asked) else []
    needed += ["import chalkgrad as cg"] if asked else []
    order = [*IMPORTS.values()]
    return sorted(dict.fromkeys(needed), key=lambda text: order.index(text) if text in order else len(order))


def _with_shows(found: Sequence[Cell], asked: Sequence[Show]) -> Iterator[Cell]:
    for cell in found:
        yield cell
        if cell.kind == "code":
            yield from (Cell("code", show.text, cell.line) for show in asked if show.after == cell.line)
