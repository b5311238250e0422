"""Formulas in docstrings and comments, each with the function that it stands with.

The text of the file is read, not the value of the string: in a docstring without `r`, `\\frac` would have
become a form feed and `rac`.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from chalkgrad.notes.note import Formula
from chalkgrad.notes.plain import tex_of

UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError)
MATH = re.compile(
    r"^[ \t]*(?P<ticks>```+|~~~+)(?P<info>[^\n]*)\n(?P<fenced>.*?)(?:^[ \t]*(?P=ticks)|\Z)"
    r"|^[ \t]*(?:>>>|\.\.\. ).*?$"  # code: it holds no formula
    r"|``[^`\n]+``"
    r"|:math:`(?P<role>[^`]+)`"
    r"|^(?P<indent>[ \t]*)\.\. math::(?P<directive>[^\n]*(?:\n(?:[ \t]*\n)*(?P=indent)[ \t]+\S[^\n]*)*)"
    r"|\$\$(?P<dollars>.{1,2000}?)\$\$"
    r"|\\\[(?P<bracket>.{1,2000}?)\\\]"
    r"|\\\((?P<paren>.{1,1000}?)\\\)"
    r"|\$`(?P<ticked>[^`\n]+)`\$"
    r"|(?<![\\$\w])\$(?P<dollar>(?![\s$`])(?:[^$\\\n]|\\.|\n(?![ \t]*\n))+?(?<!\s))\$(?![\w$])",
    re.MULTILINE | re.DOTALL,
)
MAYBE = re.compile(r"[\\$`]|\)[ \t]*=[^=]|math::")  # without any of these there is no formula
LARGEST, LONGEST = 1_000_000, 50_000  # characters of code, and of one docstring: beyond, it is data
INLINE = ("role", "paren", "ticked", "dollar")
DISPLAY = ("dollars", "bracket")
OPTION = re.compile(r"^[ \t]*:\w+:.*$", re.MULTILINE)  # of a directive: `:label: loss`
SLOPPY = re.compile(r"(?<!\\)\\[A-Za-z]")
ESCAPED = re.compile(r"\\\\")

Def = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Owner:
    """A function or class: its name, its lines, what it takes."""

    name: str  # with the names of what it stands in: `Dense.forward`
    line: int  # of its first decorator
    end: int
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True)
class Passage:
    """Lines of a docstring or of a comment, and where each begins in the file."""

    owner: Owner | None
    lines: tuple[str, ...]
    starts: tuple[tuple[int, int], ...]  # line and column, both from 1
    doubled: bool = False  # each backslash was written twice

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @cached_property
    def begins(self) -> list[int]:
        """Where each line begins in the text."""
        return [0, *accumulate(len(line) + 1 for line in self.lines)]

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column, in the file, of an offset into the text."""
        row = min(bisect_right(self.begins, offset) - 1, len(self.lines) - 1)
        before = self.lines[row][: offset - self.begins[row]]
        line, column = self.starts[row]
        return line, column + len(before) + (before.count("\\") if self.doubled else 0)


def documented(source: str, line: int = 1, indent: int = 0) -> Iterator[Formula]:
    """The formulas in the docstrings and comments of Python code that begins at a line and column of a file.

    >>> (f,) = documented("def f(x):\\n    '$x^2$'\\n    return x*x")
    >>> f.line, f.column, f.tex, f.function
    (2, 7, 'x^2', 'f')
    """
    if len(source) > LARGEST or not MAYBE.search(source):
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
        found = [*_docstrings(tree, source), *_comments(tree, source)]
    except UNREADABLE:
        return
    formulas = [f for passage in found for f in _formulas(passage)]
    for f in sorted(formulas, key=lambda f: (f.line, f.column)):
        yield Formula(f.line + line - 1, f.column + indent, f.tex, f.display, True, f.function)


# ----- docstrings -----


def owners(tree: ast.AST, outer: str = "") -> Iterator[tuple[Owner, ast.AST]]:
    """Each function and class, outer ones first."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Def | ast.ClassDef):
            line = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            name = f"{outer}{node.name}"
            parameters = _parameters(node) if isinstance(node, Def) else ()
            yield Owner(name, line, node.end_lineno or line, parameters), node
            yield from owners(node, name + ".")
        elif not isinstance(node, ast.expr):
            yield from owners(node, outer)


def _parameters(f: Def) -> tuple[str, ...]:
    a = f.args
    return tuple(p.arg for p in (*a.posonlyargs, *a.args, *a.kwonlyargs) if p.arg not in ("self", "cls"))


def _docstrings(tree: ast.Module, source: str) -> Iterator[Passage]:
    lines = source.split("\n")
    for owner, node in [(None, tree), *owners(tree)]:
        body = getattr(node, "body", None) or [None]
        first = body[0]
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            if isinstance(first.value.value, str):
                yield _docstring(owner, first.value, lines)


def _docstring(owner: Owner | None, node: ast.Constant, lines: list[str]) -> Passage:
    end = node.end_lineno or node.lineno
    texts = lines[node.lineno - 1 : end]
    texts[-1] = texts[-1].encode()[: node.end_col_offset].decode()
    start = len(lines[node.lineno - 1].encode()[: node.col_offset].decode())
    opening = re.match(r"[A-Za-z]*(\"\"\"|'''|\"|')", texts[0][start:])
    prefix, quotes = (opening[0], opening[1]) if opening else ("", "")
    texts[0] = texts[0][start + len(prefix) :]
    texts[-1] = texts[-1].removesuffix(quotes)
    columns = [start + len(prefix) + 1, *([1] * (len(texts) - 1))]
    whole = "\n".join(texts)
    doubled = "r" not in prefix.lower() and "\\\\" in whole and not SLOPPY.search(whole)
    if doubled:
        texts = [ESCAPED.sub(lambda _: "\\", text) for text in texts]
    return Passage(
        owner, tuple(texts), tuple(zip(range(node.lineno, end + 1), columns, strict=True)), doubled
    )


# ----- comments -----


def _comments(tree: ast.Module, source: str) -> Iterator[Passage]:
    """Comments: lines of them that follow each other as one passage, one behind code by itself."""
    found = [owner for owner, _ in owners(tree)]
    begin = {owner.line: owner for owner in reversed(found)}
    within = {line: owner for owner in found for line in range(owner.line, owner.end + 1)}
    block: list[tuple[int, int, str]] = []
    above = False  # the block stands on lines of its own, so it may be about what follows
    for line, column, text, alone in _comment_lines(source):
        joins = alone and above and block and block[-1][:2] == (line - 1, column)
        if block and not joins:
            yield _comment(begin if above else {}, within, block)
            block = []
        block.append((line, column, text))
        above = alone
    if block:
        yield _comment(begin if above else {}, within, block)


def _comment_lines(source: str) -> Iterator[tuple[int, int, str, bool]]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.start[1], token.string, not token.line[: token.start[1]].strip()


def _comment(begin: dict[int, Owner], within: dict[int, Owner], block: list[tuple[int, int, str]]) -> Passage:
    """A comment of the function that begins below it, or else of the innermost one that it stands in."""
    first, last = block[0][0], block[-1][0]
    owner = begin.get(last + 1) or within.get(first)
    signs = [len(text) - len(text.lstrip("#:")) for _, _, text in block]
    lines = tuple(text[sign:] for (_, _, text), sign in zip(block, signs, strict=True))
    starts = tuple((line, column + sign + 1) for (line, column, _), sign in zip(block, signs, strict=True))
    return Passage(owner, lines, starts)


# ----- formulas -----


def _formulas(passage: Passage) -> Iterator[Formula]:
    if len(passage.text) > LONGEST or not MAYBE.search(passage.text):
        return
    taken = []
    for match in MATH.finditer(passage.text):
        taken.append(match.span())
        for start, tex, display in _spans(match):
            tex, start = tex.strip(), start + len(tex) - len(tex.lstrip())
            if tex:
                yield _formula(passage, start, tex, display)
    if passage.owner is not None:
        yield from _plain(passage, passage.owner, taken)


def _spans(match: re.Match[str]) -> Iterator[tuple[int, str, bool]]:
    """Start, text and style of each formula that a match holds."""
    for name in (*INLINE, *DISPLAY):
        if match[name] is not None:
            yield match.start(name), match[name], name in DISPLAY
    if match["fenced"] is not None and match["info"].strip(" {}") == "math":
        yield match.start("fenced"), match["fenced"], True
    if match["directive"] is not None:
        body = OPTION.sub(lambda option: " " * len(option[0]), match["directive"])
        for part in re.finditer(r"(?:(?!\n[ \t]*\n).)+", body, re.DOTALL):
            yield match.start("directive") + part.start(), part[0], True


def _plain(passage: Passage, owner: Owner, taken: list[tuple[int, int]]) -> Iterator[Formula]:
    """Lines that are nothing but `f(x) = max(0, x)`, in the function's own parameters."""
    at = 0
    for line in passage.lines:
        if not any(start < at + len(line) and at < end for start, end in taken):
            tex = tex_of(line, owner.name.rpartition(".")[2], owner.parameters)
            if tex:
                yield _formula(passage, at + len(line) - len(line.lstrip()), tex, False)
        at += len(line) + 1


def _formula(passage: Passage, start: int, tex: str, display: bool) -> Formula:
    line, column = passage.place(start)
    return Formula(line, column, tex, display, True, passage.owner.name if passage.owner else None)
