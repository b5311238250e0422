"""Results stated in docstrings: `>>> f(2)` and what stands under it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chalkgrad.notes.check.claims import Claim
from chalkgrad.notes.check.code import Code, bound_by, loaded_by
from chalkgrad.notes.check.finding import Spot

QUOTES = ('"""', "'''")
Example = tuple[str, int, list[str]]  # source, line of its result, result


def examples(code: Code) -> Iterator[Claim]:
    """The expressions in docstrings that use nothing that an earlier line of the docstring assigned."""
    for statement in code.statements:
        for node in ast.walk(statement.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.body:
                first = node.body[0]
                text = first.value if isinstance(first, ast.Expr) else None
                if isinstance(text, ast.Constant) and isinstance(text.value, str) and ">>>" in text.value:
                    yield from _claims(code, list(_examples(code, text)))


def _claims(code: Code, found: list[Example]) -> Iterator[Claim]:
    assigned: set[str] = set()
    for source, line, wanted in found:
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return
        alone = len(tree.body) == 1 and isinstance(tree.body[0], ast.Expr)
        plain = alone and not source.startswith("print(") and not loaded_by(tree) & assigned
        if plain and wanted and not wanted[0].startswith("Traceback"):
            at = code.indent(line) + 1
            spot = Spot(line, at, at + len(wanted[0]))
            yield Claim(spot, "\n".join(wanted), "docstring", -1, None, source, False, True)
        assigned |= bound_by(tree)


def _examples(code: Code, text: ast.Constant) -> Iterator[Example]:
    """Prompts, the lines that go on with them, and the lines under them up to an empty one."""
    source, line, wanted = "", 0, list[str]()
    for number in range(text.lineno, (text.end_lineno or text.lineno) + 1):
        shown = code.sources.get(number, "").strip()
        if number == text.lineno:
            shown = shown.lstrip("rRuU").removeprefix(QUOTES[0]).removeprefix(QUOTES[1])
        ends = not shown or any(quote in shown for quote in QUOTES)
        if shown.startswith(">>>"):
            if source:
                yield source, line, wanted
            source, line, wanted = shown[3:].strip(), 0, []
        elif source and ends:
            yield source, line, wanted
            source = ""
        elif source and shown.startswith("...") and not wanted:
            source += "\n" + shown[4:]
        elif source:
            line, wanted = line or number, [*wanted, shown]
    if source:
        yield source, line, wanted
