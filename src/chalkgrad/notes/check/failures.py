"""CG101 and CG103: fences that do not parse and fences that raise; each failure once, at its cause."""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Iterator

from chalkgrad.notes.check.code import Code, bound_by, fence_of, loaded_by, walk
from chalkgrad.notes.check.finding import Finding, Spot
from chalkgrad.notes.execute import Execution, Failure
from chalkgrad.notes.read import Fence
from chalkgrad.notes.statements import Statement, magics

INNER = re.compile(r"^[ \t]*(?:`{3,}|~{3,})[ \t]*\w", re.MULTILINE)  # what opens a fence, in a fence
SURE = re.compile(
    r"^\s*(?:(?:async\s+)?def\s+\w+\s*\(|class\s+\w+\s*[:(]|from\s+[\w.]+\s+import\b)", re.MULTILINE
)


# ----- CG101 -----


def unparsed(code: Code) -> Iterator[Finding]:
    """Fences that do not parse; untagged text that only begins like code ("from here on …") is prose."""
    for fence in code.note.fences:
        error = code.broken.get(fence.index)
        if error is not None and (fence.info or SURE.search(fence.text)):
            yield _unparsed(code, fence, error)
        elif code.note.kind == "module" and (lines := magics(fence.text)):
            above, _, _ = fence.text.partition(lines[0])
            line, column = fence.line + above.count("\n"), len(above.rpartition("\n")[2]) + 1
            spot = Spot(line, column, column + len(lines[0]))
            yield Finding("CG101", spot, "only a notebook can run this line")


def _unparsed(code: Code, fence: Fence, error: Exception) -> Finding:
    inner = INNER.search(fence.text)
    if inner or (not fence.closed and _is_prose(code.sources.get(getattr(error, "lineno", 0) or 0, ""))):
        return _unclosed(code, fence, fence.text.count("\n", 0, inner.start()) if inner else None)
    if not isinstance(error, SyntaxError) or not error.lineno:
        return Finding("CG101", Spot(fence.line, 1, 1), f"this fence cannot be parsed: {error}")
    line = min(error.lineno, fence.line + max(fence.text.count("\n") - 1, 0))
    text = code.sources.get(line, "")
    first = min(max((error.offset or 1) - 1, 0), len(text))
    last = error.end_offset - 1 if error.end_lineno == line and error.end_offset else len(text)
    column = code.indent(line) + first + 1
    return Finding("CG101", Spot(line, column, code.indent(line) + max(last, first + 1) + 1), f"{error.msg}")


def _unclosed(code: Code, fence: Fence, next_: int | None) -> Finding:
    where = (
        "anywhere below" if next_ is None else f"before the next one on {code.note.where(fence.line + next_)}"
    )
    opening = code.lines[fence.line - 2]
    spot = Spot(fence.line - 1, len(opening) - len(opening.lstrip(" \t>")) + 1, len(opening.rstrip()) + 1)
    return Finding("CG101", spot, f"this fence is not closed {where}, so words were read as code")


def _is_prose(line: str) -> bool:
    """Whether a line begins as a sentence does: with two words."""
    words = re.match(r"\s*([^\W\d_]{2,}),? [^\W\d_]+[\s,.;:]", line)
    return bool(words) and not keyword.iskeyword(words[1] if words else "")


# ----- CG103 -----


def raised(code: Code, execution: Execution, explained: list[Finding]) -> Iterator[Finding]:
    """Statements that raised, without those that a finding, or an earlier failure, already explains.

    Args:
        code: the note.
        execution: what running it gave.
        explained: the findings so far; a failure on one of their lines is theirs.
    """
    known = {f.spot.line for f in explained if f.code != "CG105"}
    lost = set(code.lost)  # names that failed statements would have bound
    for failure in (e for ran in _in_order(execution) for e in ran):
        statement = next((s for s in code.statements if s.line == failure.statement), None)
        if statement is None:
            continue  # it did not parse, or it was stopped
        uses = loaded_by(statement.tree)
        if not (
            failure.line in known
            or uses & lost
            or _about(failure) in lost
            or _expected(code, statement, failure)
        ):
            yield _raised(code, statement, failure)
        lost |= bound_by(statement.tree) if not statement.function else {statement.function.name}
    yield from _stopped(code, execution)


def _in_order(execution: Execution) -> Iterator[tuple[Failure, ...]]:
    for index in sorted(execution.fences):
        yield tuple(e for e in execution.fences[index].errors if e.type != "Stopped")


def _about(failure: Failure) -> str:
    """The name that a NameError is about."""
    name = (
        re.search(r"name '(\w+)'", failure.message)
        if failure.type in ("NameError", "UnboundLocalError")
        else None
    )
    return name[1] if name else ""


def _expected(code: Code, statement: Statement, failure: Failure) -> bool:
    """Whether the failure is meant: by a cell's tag, a traceback under the prompt, its name in a comment."""
    fence = fence_of(code.note, statement.line)
    if fence is not None and fence.may_raise:
        return True
    lines = code.lines[statement.line - 1 : statement.end]
    if fence is not None and fence.kind == "pycon":
        for line in code.lines[statement.end : fence.line - 1 + fence.text.count("\n")]:
            if line.lstrip(" >").startswith(">>>") or line.lstrip().startswith(">>>"):
                break
            if "Traceback" in line or failure.type in line:
                return True
    comments = " ".join(
        line.partition("#")[2] for line in (*lines, *code.lines[statement.line - 2 : statement.line - 1])
    )
    return failure.type in comments or bool(re.search(r"\b(raises|error)\b", comments, re.IGNORECASE))


def _raised(code: Code, statement: Statement, failure: Failure) -> Finding:
    spot = _spot(code, statement, failure)
    message = f"{failure.type}: {failure.message}".rstrip(": ").split("\n")[0]
    if failure.type == "ModuleNotFoundError":
        message = f"{failure.message.removeprefix('No module named ')} is not installed here".replace("'", "")
    if failure.hint:
        message += f"; {failure.hint}"
    if failure.line != failure.statement and not statement.line <= failure.line <= statement.end:
        message += f" (called from {code.note.where(failure.statement)})"
    return Finding("CG103", spot, message, failure.inside or None)


def _spot(code: Code, statement: Statement, failure: Failure) -> Spot:
    """Its columns; the child counts them from the code's start, we from the line's."""
    indent = code.indent(failure.line)
    if failure.column and failure.end_column:
        return Spot(failure.line, failure.column + indent, failure.end_column + indent)
    text = code.sources.get(failure.line, "")
    return Spot(failure.line, indent + len(text) - len(text.lstrip()) + 1, indent + len(text.rstrip()) + 1)


def _stopped(code: Code, execution: Execution) -> Iterator[Finding]:
    """A note whose process ended before its last fence did: at the fence where that happened."""
    fences = [f for f in code.note.fences if f.runs]
    ran = {i for i, r in execution.fences.items() if not any(e.type == "Stopped" for e in r.errors)}
    fence = next((f for f in fences if f.index not in ran), None)
    if not execution.stopped or fence is None:
        return
    text, indent = code.sources.get(fence.line, "").rstrip(), code.indent(fence.line)
    spot = Spot(fence.line, indent + 1, indent + max(len(text), 1) + 1)
    alive = execution.stopped.startswith("stopped")
    said = "this fence was" if alive else "running this fence ended the note:"
    yield Finding("CG103", spot, f"{said} {execution.stopped}")


def functions_of(code: Code) -> set[str]:
    """The names of the functions that a note defines."""
    return {n.name for n, _ in walk(code.tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}
