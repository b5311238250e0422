"""The fences of a note as one tree, whose lines and columns are the file's."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from chalkgrad.notes.check.finding import Spot
from chalkgrad.notes.read import Fence, Note
from chalkgrad.notes.statements import Statement, source_of, statements

Def = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
BINDINGS = re.compile(
    r"^\s*(?:async\s+)?(?:def|class|for)\s+(\w+)"  # what fences bind, where no parser can tell
    r"|^\s*([\w, ]+?)\s*(?::[^=\n]*)?=(?!=)|\bimport\s+(.+)$|\bas\s+(\w+)",
    re.MULTILINE,
)


@dataclass(frozen=True, eq=False)
class Code:
    """What a note's fences hold, fence by fence and as a whole."""

    note: Note
    lines: list[str]  # of the file
    parsed: dict[int, tuple[Statement, ...]] = field(default_factory=dict)  # by fence
    broken: dict[int, Exception] = field(default_factory=dict)
    sources: dict[int, str] = field(default_factory=dict)  # line of the file → the code on it

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        return tuple(s for fence in sorted(self.parsed) for s in self.parsed[fence])

    @cached_property
    def tree(self) -> ast.Module:
        return ast.Module([s.tree for s in self.statements], [])

    @cached_property
    def names(self) -> dict[tuple[int, int], tuple[ast.Name, tuple[Def, ...]]]:
        """Every name by its place (line, offset), with the functions that it stands in, outermost first."""
        return {
            (n.lineno, n.col_offset): (n, inside) for n, inside in walk(self.tree) if isinstance(n, ast.Name)
        }

    @cached_property
    def bindings(self) -> tuple[set[str], ...]:
        """The names that each statement binds in the note's own namespace."""
        return tuple(bound_at_top(s.tree) for s in self.statements)

    @cached_property
    def lost(self) -> set[str]:
        """The names that a fence may define which does not parse."""
        texts = (f.text for f in self.note.fences if f.index in self.broken)
        found = (" ".join(filter(None, groups)) for text in texts for groups in BINDINGS.findall(text))
        return {word for words in found for word in re.findall(r"[^\W\d]\w*", words)}

    def spot(self, node: ast.expr | ast.stmt) -> Spot:
        """Where a node stands in the file; of a node of several lines, its first line."""
        start = self.column(node.lineno, node.col_offset)
        one_line = node.end_lineno == node.lineno and node.end_col_offset is not None
        end = self.column(node.lineno, node.end_col_offset or 0) if one_line else self._end(node.lineno)
        return Spot(node.lineno, start, end)

    def column(self, line: int, offset: int) -> int:
        """The column in the file of an offset, in bytes of UTF-8, into the code on a line."""
        text = self.sources.get(line, "")
        return self.indent(line) + len(text.encode()[:offset].decode(errors="ignore")) + 1

    def indent(self, line: int) -> int:
        """How many columns stand in the file before the code on a line: of a list, a quote, a prompt."""
        text = self.sources.get(line, "")
        return max(self.lines[line - 1].find(text), 0) if text.strip() and line <= len(self.lines) else 0

    def _end(self, line: int) -> int:
        return len(self.lines[line - 1].rstrip()) + 1


def code_of(note: Note) -> Code:
    """Parse the fences of a note."""
    code = Code(note, note.text.split("\n"))
    for fence in (f for f in note.fences if f.runs):
        for number, line in enumerate(source_of(fence.kind, fence.text).split("\n"), fence.line):
            code.sources[number] = line
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of escapes in strings: the notes run all the same
                code.parsed[fence.index] = statements(fence.kind, fence.text, fence.line)
        except UNREADABLE as error:
            code.broken[fence.index] = error
    return code


def walk(node: ast.AST, inside: tuple[Def, ...] = ()) -> Iterator[tuple[ast.AST, tuple[Def, ...]]]:
    """Every node, with the functions that it stands in; a loop, since notes may be nested deeply."""
    waiting = [(node, inside)]
    while waiting:
        here, inside = waiting.pop()
        yield here, inside
        if isinstance(here, Def):
            inside = (*inside, here)
        waiting.extend((child, inside) for child in ast.iter_child_nodes(here))


def function_name(inside: tuple[Def, ...]) -> str | None:
    """The innermost function that has a name."""
    return next((f.name for f in reversed(inside) if not isinstance(f, ast.Lambda)), None)


def fence_of(note: Note, line: int) -> Fence | None:
    return next((f for f in note.fences if f.line <= line < f.line + f.text.count("\n")), None)


def bound_by(tree: ast.AST) -> set[str]:
    """The names that a statement binds, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
            found.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).split(".")[0])
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            found.add(node.name)
        elif isinstance(node, ast.Global | ast.Nonlocal):
            found.update(node.names)
    return found


def bound_at_top(tree: ast.stmt) -> set[str]:
    """What a statement binds in the note's own namespace."""
    if isinstance(tree, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {tree.name}
    return bound_by(tree)


def loaded_by(tree: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
