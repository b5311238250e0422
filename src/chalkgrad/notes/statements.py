"""One fence as statements that stand where the person wrote them: same file name, same lines."""

from __future__ import annotations
import __future__

import ast
import re
from dataclasses import dataclass
from types import CodeType

from chalkgrad.notes.shell import magics as magics
from chalkgrad.notes.shell import parses as parses
from chalkgrad.notes.shell import python_of

FUTURES = 0
for _feature in __future__.all_feature_names:
    FUTURES |= getattr(__future__, _feature).compiler_flag

PROMPT = re.compile(r"(>>>|\.\.\.)( |$)")
NUMBERED = re.compile(r"[ \t]*(?:In ?\[\d*\]:|\.{3,}:)( |$)")  # IPython's


@dataclass(frozen=True, slots=True)
class Function:
    """A function that a fence defines at its top level."""

    name: str
    line: int  # of its first decorator or its def
    end: int


@dataclass(frozen=True, slots=True)
class Statement:
    """One top-level statement of a fence."""

    tree: ast.stmt
    line: int  # from 1, in the file; decorators count
    end: int
    source: str
    echo: bool  # its value is to be shown, as a notebook or a Python prompt does

    @property
    def function(self) -> Function | None:
        if isinstance(self.tree, ast.FunctionDef | ast.AsyncFunctionDef):
            return Function(self.tree.name, self.line, self.end)
        return None

    @property
    def variable(self) -> str:
        """The one name that the statement assigns to, or nothing."""
        targets = self.tree.targets if isinstance(self.tree, ast.Assign) else []
        return targets[0].id if len(targets) == 1 and isinstance(targets[0], ast.Name) else ""

    @property
    def is_lambda(self) -> bool:
        return isinstance(self.tree, ast.Assign) and isinstance(self.tree.value, ast.Lambda)

    def compile(self, filename: str, flags: int) -> CodeType:
        """Code that evaluates (if its value is echoed) or executes the statement."""
        if self.echo and isinstance(self.tree, ast.Expr):
            return compile(ast.Expression(self.tree.value), filename, "eval", flags, dont_inherit=True)
        return compile(ast.Module([self.tree], []), filename, "exec", flags, dont_inherit=True)


def source_of(kind: str, text: str) -> str:
    r"""The code of a fence, line under line: of a Python prompt's record, what stands behind the prompts.

    What only a notebook's shell understands is left out.

    >>> source_of("pycon", ">>> 1 + 1\n2\n")
    '1 + 1\n\n'
    """
    if kind not in ("pycon", "ipython"):
        return python_of(text)
    prompt = NUMBERED if kind == "ipython" else PROMPT
    lines = (line.lstrip() for line in text.split("\n"))
    return python_of("\n".join(prompt.sub("", line, count=1) if prompt.match(line) else "" for line in lines))


def statements(kind: str, text: str, first: int) -> tuple[Statement, ...]:
    """Parse a fence whose text begins on line `first` of the file.

    Raises:
        SyntaxError: it does not parse; its lines are the file's.
    """
    source = source_of(kind, text)
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        error.lineno = (error.lineno or 1) + first - 1
        error.end_lineno = (error.end_lineno or 1) + first - 1
        raise
    ast.increment_lineno(tree, first - 1)
    lines = source.split("\n")
    return tuple(_statement(node, kind, lines, first, node is tree.body[-1]) for node in tree.body)


def _statement(node: ast.stmt, kind: str, lines: list[str], first: int, last: bool) -> Statement:
    line = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
    end = node.end_lineno or node.lineno
    source = "\n".join(lines[line - first : end - first + 1])
    hushed = lines[end - first].encode()[node.end_col_offset or 0 :].lstrip().startswith(b";")  # `plot(x);`
    return Statement(node, line, end, source, kind in ("pycon", "ipython") or (last and not hushed))
