"""Markdown, as found, becomes a Note: its fences, its formulas, the prose between; lines are the file's own.

Nothing is repaired: a byte-order mark and CRLF are read over, bytes that are not UTF-8 are shown as what they
would be in Latin-1, and text that was mis-encoded before it came here stays as it is.
"""

from __future__ import annotations

import ast
import codecs
import re
import stat
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from chalkgrad.errors import NotesError
from chalkgrad.notes.alerts import alerts_plugin
from chalkgrad.notes.authors import skipped
from chalkgrad.notes.chunks import chunk
from chalkgrad.notes.docstrings import documented
from chalkgrad.notes.dollars import math_plugin
from chalkgrad.notes.emoji import emoji
from chalkgrad.notes.footnotes import footnotes_plugin
from chalkgrad.notes.front import front_plugin
from chalkgrad.notes.github.blocks import MARKER as MARKER
from chalkgrad.notes.github.blocks import blanked
from chalkgrad.notes.module import module
from chalkgrad.notes.note import Block as Block
from chalkgrad.notes.note import Fence as Fence
from chalkgrad.notes.note import Formula as Formula
from chalkgrad.notes.note import Note as Note
from chalkgrad.notes.note import Prose as Prose
from chalkgrad.notes.notebook import notebook
from chalkgrad.notes.shell import python_of
from chalkgrad.notes.sources import KINDS, READ
from chalkgrad.notes.statements import NUMBERED, source_of

UTF16 = (b"\xff\xfe", b"\xfe\xff")  # how such a file begins
LARGEST = 16 * 2**20  # bytes; a note beyond this is a mistake
TAGS = dict.fromkeys(("python", "py", "python3", "py3", "ipython", "ipython3", "jupyter-python"), "python")
TAGS |= dict.fromkeys(("pycon", "python-repl", "python-console", "doctest"), "pycon") | {"math": "math"}
CODE_LINE = re.compile(r"^\s*(def|import|from|class|async def)\s", re.MULTILINE)


def read(path: str | Path, name: str | None = None) -> Note:
    """Read one file: Markdown, a notebook (`.ipynb`) or a Python module (`.py`).

    Args:
        path: the file.
        name: how messages are to call it; default: the path as given.

    Raises:
        NotesError: there is no such file, it cannot be opened, it is larger than 16 MiB, or it is a notebook
            that cannot be read.
    """
    path = Path(path)
    if path.suffix.lower() not in READ:
        raise NotesError(f"{path}: {KINDS}")
    try:
        info = path.stat()
        if not stat.S_ISREG(info.st_mode):  # opening a pipe would wait for ever
            raise NotesError(f"{path}: not a file")
        if info.st_size > LARGEST:
            raise NotesError(f"{path}: larger than {LARGEST // 2**20} MiB; split it into several notes")
        data = path.read_bytes()
    except OSError as error:
        raise NotesError(f"{path}: {error.strerror or error}") from error
    note = READERS.get(path.suffix.lower(), parse)(decode(data), path, name or str(path))
    return note if _is_unicode(data) else replace(note, encoding="Latin-1")


def decode(data: bytes) -> str:
    r"""Bytes as text, whatever they are.

    >>> decode(b"\xef\xbb\xbfx\r\ny\xe9")
    'x\nyé'
    """
    try:
        text = data.decode("utf-16" if data[:2] in UTF16 else "utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("utf-8-sig", errors="chalkgrad.latin1")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _is_unicode(data: bytes) -> bool:
    try:
        data.decode("utf-16" if data[:2] in UTF16 else "utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _latin1(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("chalkgrad.latin1", _latin1)


def parse(text: str, path: Path = Path("note.md"), name: str = "note.md") -> Note:
    """Make a Note of Markdown text."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    tokens, lines = tokens_of(text), text.split("\n")
    if MARKER in text:
        text = blanked(text, (lines_of(fence) for fence in _fences(tokens, lines)))
        tokens, lines = tokens_of(text), text.split("\n")
    fences = skipped(text, tuple(_fences(tokens, lines)))
    blocks = tuple(_blocks(fences, lines))
    formulas = sorted(
        [*_formulas(tokens, lines), *_in_code(fences)], key=lambda formula: (formula.line, formula.column)
    )
    return Note(path, name, text, _title(tokens, path), blocks, tuple(formulas))


@lru_cache(maxsize=2)
def tokens_of(text: str) -> list[Token]:
    """Markdown's tokens, to be read and not to be changed: long notes take a while, and several ask."""
    return markdown().parse(text)


@cache
def markdown() -> MarkdownIt:
    """The one parser: CommonMark with tables, strikethrough, footnotes and math, as GitHub reads them."""
    md = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    for plugin in (math_plugin, front_plugin, alerts_plugin, footnotes_plugin):
        md.use(plugin)
    return md


def _notebook(text: str, path: Path, name: str) -> Note:
    return notebook(text, path, name, parse)


READERS = {".py": module, ".ipynb": _notebook}  # others are read as Markdown


# ----- fences -----


def _fences(tokens: list[Token], lines: list[str]) -> Iterator[Fence]:
    for index, token in enumerate(t for t in tokens if t.type == "fence"):
        first = (token.map or [0])[0]
        opening = lines[first]
        indent = len(opening) - len(opening.lstrip(" \t>")) if token.content else 0
        text = token.content if token.content.endswith("\n") or not token.content else token.content + "\n"
        info = token.info.strip()
        read = chunk(info, text)
        kind = kind_of(info, text)
        kind = "other" if kind in ("python", "pycon", "ipython") and not read.runs else kind
        yield Fence(index, kind, info, first + 2, indent, read.text, read.may_raise, _is_closed(token, lines))


def lines_of(fence: Fence) -> range:
    """The lines of a fence's text, from 1."""
    return range(fence.line, fence.line + fence.text.count("\n"))


def _is_closed(token: Token, lines: list[str]) -> bool:
    """Whether a fence ends with its own mark, and not with the file or with what it stands in."""
    end = (token.map or [0, 0])[1]
    return lines[end - 1].strip(" \t>").startswith(token.markup) and end - 1 > (token.map or [0])[0]


def kind_of(info: str, text: str) -> str:
    """What a fence is: by its tag, or, without one, by whether it reads as Python."""
    tag = chunk(info, text).tag if info else ""
    kind = TAGS.get(tag, "other") if tag else ""
    if kind in ("", "python") and text.lstrip().startswith(">>> "):
        return "pycon"
    if kind in ("", "python") and NUMBERED.match(text.lstrip()):
        return "ipython"
    if kind:
        return kind
    return "python" if is_code(text) else "other"


def is_code(text: str) -> bool:
    """Whether untagged text is code: it parses and does something, or a line starts as only code does.

    >>> is_code("x = 1"), is_code("loss falls"), is_code("def f(x) return x"), is_code("no, words")
    (True, False, True, False)
    """
    if CODE_LINE.search(text):
        return True
    try:
        tree = ast.parse(python_of(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    telling = (
        ast.FunctionDef,
        ast.Import,
        ast.ImportFrom,
        ast.Assign,
        ast.AnnAssign,
        ast.AugAssign,
        ast.Call,
    )
    return any(isinstance(node, telling) for node in ast.walk(tree))


def _blocks(fences: tuple[Fence, ...], lines: list[str]) -> Iterator[Block]:
    at = 0  # the first line, from 0, that no block holds yet
    for fence in fences:
        yield from _prose(lines, at, fence.line - 2)
        yield fence
        at = fence.line - 1 + fence.text.count("\n")
        if at < len(lines) and re.match(r"[\s>]*(```|~~~)", lines[at]):
            at += 1  # the closing backticks; a fence that ends with the file has none
    yield from _prose(lines, at, len(lines))


def _prose(lines: list[str], start: int, end: int) -> Iterator[Prose]:
    text = "\n".join(lines[start:end])
    if text.strip():
        yield Prose(start + 1, text)


# ----- formulas and title -----


def _formulas(tokens: list[Token], lines: list[str]) -> Iterator[Formula]:
    line = 0
    for token in tokens:
        line = token.map[0] if token.map else line
        if token.type == "math_block":
            yield Formula(line + 1, 1, token.content.strip(), True)
        elif token.type == "fence" and kind_of(token.info.strip(), token.content) == "math":
            text = chunk(token.info.strip(), token.content).text
            above = len(text) - len(text.lstrip("\n"))
            yield Formula(line + 2 + above, 1, text.strip(), True)
        elif token.type == "inline":
            yield from _spans(token, line, lines)


def _in_code(fences: tuple[Fence, ...]) -> Iterator[Formula]:
    for fence in (f for f in fences if f.runs):
        yield from documented(source_of(fence.kind, fence.text), fence.line, fence.indent)


def _spans(inline: Token, first: int, lines: list[str]) -> Iterator[Formula]:
    content = inline.content.split("\n")
    for token in inline.children or ():
        if token.type == "math_inline":
            before = inline.content[: token.meta["at"]].split("\n")
            row = len(before) - 1
            indent = max(
                lines[first + row].find(content[row]), 0
            )  # what a list, a quote or a table puts before
            column = indent + len(before[-1]) + 1
            yield Formula(first + row + 1, column, token.content.strip(), token.meta["display"])


def _title(tokens: list[Token], path: Path) -> str:
    for token, following in pairwise(tokens):
        if token.type == "heading_open" and token.tag in ("h1", "h2"):
            return emoji("".join(t.content for t in following.children or ())).strip() or path.stem
    return path.stem
