"""Errors of the notes as data: what, on which line and columns of the file, and the nearest name there is."""

from __future__ import annotations

import builtins
import difflib
import re
import traceback
from collections.abc import Sequence
from typing import Any

from chalkgrad.notes.note import Cell, where


def describe_error(error: BaseException, file: str, line: int) -> dict[str, Any]:
    """An error as data; `line` is the line of the statement that raised it."""
    try:
        return _describe(error, file, line)
    except BaseException:  # an error of the notes' own making can fail at anything that is asked of it
        return {"type": "Exception", "message": "it cannot be read", "statement": line, "line": line}


def _describe(error: BaseException, file: str, line: int) -> dict[str, Any]:
    record = {
        "type": plain(type(error).__name__[:100]),
        "message": _message(error),
        "statement": line,
        "line": line,
    }
    record["hint"] = _hint(error)
    if isinstance(error, SyntaxError) and error.filename in (None, file, "<unknown>"):
        return record | {"line": error.lineno or line, "column": error.offset or 0, "message": error.msg}
    frames = [f for f in traceback.walk_tb(error.__traceback__) if f[0].f_code.co_filename == file]
    if frames:
        frame, record["line"] = frames[-1]
        record |= columns(error, file)
        record["inside"] = frame.f_code.co_name if frame.f_code.co_name != "<module>" else ""
    return record


def columns(error: BaseException, file: str) -> dict[str, int]:
    """The columns that raised, in the innermost line of the notes; zeros where they are not known."""
    tb, spot = error.__traceback__, {"column": 0, "end_column": 0}
    while tb is not None:
        if tb.tb_frame.f_code.co_filename == file:
            positions = list(tb.tb_frame.f_code.co_positions())[tb.tb_lasti // 2]
            line, end_line, column, end_column = positions
            if column is not None and end_column is not None and line == end_line:
                spot = {"column": column + 1, "end_column": end_column + 1}
        tb = tb.tb_next
    return spot


def _message(error: BaseException) -> str:
    try:
        return plain(str(error)[:2000])
    except BaseException:
        return "its message cannot be read"


def plain(text: str) -> str:
    r"""Text that can be written anywhere: halves of characters are marked as lost.

    >>> plain("a\ud800b")
    'a?b'
    """
    return text.encode("utf-8", "replace").decode()


def _hint(error: BaseException) -> str:
    """The nearest name there is, for a name or an attribute that does not exist."""
    name = getattr(error, "name", None)
    if not isinstance(name, str):
        return ""
    if isinstance(error, AttributeError):
        owner = getattr(error, "obj", None)
        near = difflib.get_close_matches(name, [n for n in dir(owner) if not n.startswith("_")], 1)
        prefix = "np." if getattr(owner, "__name__", "") == "numpy" else ""
        return f"the nearest name is {prefix}{near[0]}" if near else ""
    if isinstance(error, NameError) and error.__traceback__ is not None:
        frame = list(traceback.walk_tb(error.__traceback__))[-1][0]
        known = [*frame.f_locals, *frame.f_globals, *dir(builtins)]
        near = difflib.get_close_matches(name, [n for n in known if not n.startswith("_")], 1)
        return f"the nearest name is {near[0]}" if near else ""
    return ""


def in_cells(text: str, cells: Sequence[Cell]) -> str:
    """What `explain` has said, with a notebook's cell for the line.

    >>> in_cells("NameError: x (line 6)", (Cell(1, 1), Cell(2, 5)))
    'NameError: x (cell 2, line 2)'
    """
    return (
        re.sub(r"\(line (\d+)\)$", lambda place: f"({where(cells, int(place[1]))})", text) if cells else text
    )


def explain(error: BaseException, file: str) -> str:
    """An error in one line, with the line of the notes it was raised on."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    message, name = _message(error), plain(type(error).__name__[:100])
    text = f"{name}: {message}" if message else name
    return f"{text} (line {lines[-1]})" if lines and f":{lines[-1]}" not in text else text
