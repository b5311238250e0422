"""`cg.show` below the code of each function that can be shown by a call that a person would write."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalkgrad.notes.authors import asked
from chalkgrad.notes.check.code import Code, bound_by, code_of, loaded_by
from chalkgrad.notes.execute import Execution, Shown
from chalkgrad.notes.note import Note

MOST = 16  # numbers in a call


@dataclass(frozen=True, slots=True)
class Show:
    """A call that shows a function, and the first line of the code cell that it stands below."""

    text: str
    after: int


def shows(note: Note, execution: Execution, lines: Sequence[int]) -> list[Show]:
    """The calls for a note's functions.

    Args:
        note: the note.
        execution: what running it gave: functions that have no views get no call.
        lines: where each code cell begins, in order.
    """
    code = code_of(note)
    if "cg" in bound_by(code.tree) and not _imports_cg(code):
        return []
    without, first = asked(note).without, _bindings(code)
    found = []
    for shown in execution.functions:
        call = _call(code, shown) if shown.data is not None and shown.name not in without else ""
        if call:
            line = max(shown.line, _needs(code, shown.name, first, {shown.name}))
            at = bisect_right(lines, line) - 1
            found.append(Show(call, lines[max(at, 0)]))
    return found


def _imports_cg(code: Code) -> bool:
    aliases = (a for s in code.statements if isinstance(s.tree, ast.Import) for a in s.tree.names)
    return any(a.name == "chalkgrad" and a.asname == "cg" for a in aliases)


# ----- the call -----


def _call(code: Code, shown: Shown) -> str:
    if shown.page or not shown.name.isidentifier():
        return ""
    if shown.chain:
        return f"cg.show(cg.Chain({shown.name}), 1.0)"
    live = (shown.data or {}).get("live") or {}
    if not live.get("at") or sum(len(entries) for entries in live["at"]) > MOST:
        return ""
    arguments = _arguments(live)
    if arguments is None:
        return ""
    function = _function(code, shown)
    if function is None or not _fits(function.args, live["names"]):
        return ""
    return f"cg.show({', '.join([shown.name, *arguments])})"


def _function(code: Code, shown: Shown) -> ast.FunctionDef | None:
    trees = (s.tree for s in code.statements if s.function and s.function.line == shown.line)
    return next((tree for tree in trees if isinstance(tree, ast.FunctionDef)), None)


def _fits(parameters: ast.arguments, names: Sequence[str]) -> bool:
    """Whether the inputs are the first parameters in order, and the others have defaults."""
    known = [p.arg for p in (*parameters.posonlyargs, *parameters.args)]
    needed = len(known) - len(parameters.defaults)
    return (
        [name.rstrip("_") for name in known[: len(names)]] == [name.rstrip("_") for name in names]
        and needed <= len(names)
        and all(default is not None for default in parameters.kw_defaults)
    )


def _arguments(live: Mapping[str, Any]) -> list[str] | None:
    found = [_argument(*one) for one in zip(live["at"], live["shapes"], live["kinds"], strict=True)]
    return None if None in found else [text for text in found if text is not None]


def _argument(entries: Sequence[float], shape: Sequence[int], kind: str) -> str | None:
    """The values as a person writes them: `1.0`, `np.array([[1.0, 2.0]])`."""
    if kind not in "fiu" or len(shape) > 2:
        return None
    numbers = [repr(float(e)) if kind == "f" else repr(int(e)) for e in entries]
    if any(n.strip("-") in ("inf", "nan") for n in numbers):
        return None
    if not shape:
        return numbers[0]
    if len(shape) == 1:
        return f"np.array([{', '.join(numbers)}])"
    rows = (", ".join(numbers[k * shape[1] : (k + 1) * shape[1]]) for k in range(shape[0]))
    return f"np.array([{', '.join(f'[{row}]' for row in rows)}])"


# ----- when all that it needs is there -----


def _bindings(code: Code) -> dict[str, int]:
    """The line on which each name of the note is first bound."""
    first: dict[str, int] = {}
    for statement, names in zip(code.statements, code.bindings, strict=True):
        for name in names:
            first.setdefault(name, statement.line)
    return first


def _needs(code: Code, name: str, first: Mapping[str, int], seen: set[str]) -> int:
    """The last line that a function needs to have run: its helpers and theirs."""
    line = first.get(name, 0)
    for used in _used(code, name):
        if used in first and used not in seen:
            seen.add(used)
            line = max(line, _needs(code, used, first, seen))
    return line


def _used(code: Code, name: str) -> Iterator[str]:
    for statement, names in zip(code.statements, code.bindings, strict=True):
        if name in names:
            yield from sorted(loaded_by(statement.tree))
