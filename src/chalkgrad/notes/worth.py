"""In the child: what statements and expressions of the notes are worth, where the text states a result."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import numpy as np

from chalkgrad.notes.faults import explain
from chalkgrad.notes.limits import Limits, alarm
from chalkgrad.notes.statements import Statement
from chalkgrad.notes.views import quiet

LONGEST = 20_000  # characters
MOST = 5000  # items of a list
SECONDS = 1.0  # of one expression
TOTAL = 5.0  # of all expressions of a note
PLAIN = (bool, int, float, complex, str, list, tuple, dict, set, frozenset, range, np.ndarray, np.generic)


def wanted(asked: dict[str, Any] | None) -> dict[tuple[int, int], int]:
    """The statements whose values are asked for: line and column → number of the request."""
    return {(line, column): key for key, line, column in (asked or {}).get("statements", ())}


def place(statement: Statement) -> tuple[int, int]:
    return statement.line, statement.tree.col_offset


def of_statement(key: int, value: Any, statement: Statement, namespace: dict[str, Any]) -> dict[str, Any]:
    """What an expression was worth, or what an assignment assigned."""
    if isinstance(statement.tree, ast.Expr):
        return worth(key, value)
    targets = getattr(statement.tree, "targets", None) or [statement.tree.target]  # type: ignore[attr-defined]
    try:
        return worth(key, eval(compile(ast.Expression(_loading(targets[-1])), "<stated>", "eval"), namespace))
    except Exception as error:
        return worth(key, None) | {"why": f"what it assigned cannot be read: {type(error).__name__}"}


def _loading(target: ast.expr) -> ast.expr:
    return ast.parse(ast.unparse(target), mode="eval").body


def worth(key: int, value: Any) -> dict[str, Any]:
    """A value as data: its type, its text in full precision, its shape."""
    record: dict[str, Any] = {"kind": "worth", "id": key, "type": type(value).__name__, "text": "", "why": ""}
    if isinstance(value, np.ndarray | np.generic):
        record["shape"] = list(np.shape(value))
    if value is not None and not isinstance(value, PLAIN):
        return record | {"why": f"its value is a {type(value).__name__}"}
    if isinstance(value, list | tuple | dict | set | frozenset) and len(value) > MOST:
        return record | {"why": "its value is too long to compare"}
    try:
        with alarm(SECONDS), quiet(), np.printoptions(precision=17, threshold=2000, linewidth=10**6):
            text = repr(value)
    except Exception as error:
        return record | {"why": f"its value cannot be shown: {type(error).__name__}"}
    if len(text) > LONGEST:
        return record | {"why": "its value is too long to compare"}
    return record | {"text": text.encode("utf-8", "replace").decode()}


def expressions(
    asked: dict[str, Any] | None, namespace: dict[str, Any], file: str, limits: Limits
) -> Iterator[dict[str, Any]]:
    """The expressions that the prose speaks of, evaluated when all fences have run."""
    import time

    end = time.monotonic() + TOTAL
    for key, source in (asked or {}).get("expressions", ()):
        try:
            with alarm(max(0.01, min(SECONDS, limits.view_seconds, end - time.monotonic()))), quiet():
                code = compile(source, "<stated>", "eval", dont_inherit=True)
                first, again = (worth(key, eval(code, dict(namespace))) for _ in range(2))
        except (Exception, SystemExit, KeyboardInterrupt) as error:
            first = again = worth(key, None) | {"why": f"it raises {explain(error, file)}"}
        yield first if first == again else first | {"why": "it gives another value each time"}
