"""The import that a note leaves out, and the line that it belongs on."""

from __future__ import annotations

import ast

from chalkgrad.notes.check.code import Code, fence_of
from chalkgrad.notes.check.finding import Edit
from chalkgrad.notes.statements import Statement

IMPORTS = {
    "np": "import numpy as np",
    "plt": "import matplotlib.pyplot as plt",
    "ndarray": "from numpy import ndarray",
    "Callable": "from typing import Callable",
    "List": "from typing import List",
}


def add_import(code: Code, name: str, line: int) -> Edit | None:
    """A line above the first statement of the fence in which a name is used first."""
    fence = fence_of(code.note, line)
    statement = _first(code.parsed.get(fence.index, ())) if fence else None
    if fence is None or statement is None:
        return None
    text = import_of(name)
    before = code.lines[statement.line - 1][: code.indent(statement.line)]
    return Edit(statement.line, 1, statement.line, 1, f"{before}{text}\n")


def import_of(name: str) -> str:
    """
    >>> import_of("np"), import_of("deriv")
    ('import numpy as np', 'from chalkgrad import deriv')
    """
    return IMPORTS.get(name, f"from chalkgrad import {name}")


def _first(statements: tuple[Statement, ...]) -> Statement | None:
    """The first statement that may stand below an import: no docstring, nothing of the future."""
    for k, statement in enumerate(statements):
        tree = statement.tree
        future = isinstance(tree, ast.ImportFrom) and tree.module == "__future__"
        says = k == 0 and isinstance(tree, ast.Expr) and isinstance(tree.value, ast.Constant)
        if not (future or (says and isinstance(getattr(tree.value, "value", None), str))):  # type: ignore[attr-defined]
            return statement
    return None
