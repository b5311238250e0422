"""One function of a file, run in a process of its own: a table for the terminal, or a page."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from chalkgrad.errors import NotesError
from chalkgrad.notes.execute import Execution, Executor
from chalkgrad.notes.limits import Limits
from chalkgrad.notes.read import Note, read

UNPRINTABLE = re.compile(r"\x1b(?!\[[0-9;]*m)|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f\x80-\x9f]")


def table(path: Path, function: str, at: dict[str, str], color: bool = False) -> str:
    """The walk of a function as a table.

    Args:
        path: a note or a Python module.
        function: its name there; `Class.method` and chains (`[square, sigmoid]` under a name) do, too.
        at: values of parameters, as typed; others take what the file itself calls with.
        color: whether escape sequences for colour may stand in the text.

    Raises:
        NotesError: there is no such file or function, or it does not run there.
    """
    answer = _ask(path, function, at, page=False, color=color)
    return UNPRINTABLE.sub("�", str(answer["text"]))


def page(path: Path, function: str, at: dict[str, str], out: Path) -> str:
    """Write the card of a function as a page of its own; returns what to say.

    Raises:
        NotesError: as `table`, or the file is there and not ours.
    """
    from chalkgrad.notes.build import check_file, write_whole
    from chalkgrad.notes.pages import GENERATOR
    from chalkgrad.render.page import card_html, page_html
    from chalkgrad.render.view import card

    check_file(out)
    answer = _ask(path, function, at, page=True, color=False)
    shown = replace(card(answer["data"]), name=function, where=path.name)
    write_whole(out, page_html(f"{function} in {path.name}", card_html(shown)) + GENERATOR)
    return f"{function} at {answer['example']}: {out}"


def _ask(path: Path, function: str, at: dict[str, str], page: bool, color: bool) -> dict[str, Any]:
    note = read(path)
    with Executor(Limits(figures=0)) as executor:
        executor.add(note, show={"function": function, "at": at, "page": page, "color": color})
        ((_, execution),) = executor.results()
    answer = execution.show
    if answer is None:
        raise NotesError(f"{path}: {execution.stopped or 'it did not run'}")
    if "error" in answer:
        raise NotesError(f"{answer['error']}{_trouble(execution, note) if answer.get('missing') else ''}")
    return answer


def _trouble(execution: Execution, note: Note) -> str:
    """What went wrong before, for it may be why."""
    errors = execution.errors
    return f"\n{note.name}:{errors[0].line}: {errors[0]}" if errors else ""
