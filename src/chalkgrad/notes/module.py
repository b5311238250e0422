"""A Python module becomes a Note: its docstring is prose, the rest of the file one fence."""

from __future__ import annotations

import ast
import inspect
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

from chalkgrad.notes.docstrings import UNREADABLE, documented
from chalkgrad.notes.note import Block, Fence, Note, Prose

DOCTEST = re.compile(r"^[ \t]*(>>>|\.\.\. )")
DIRECTIVE = re.compile(r"^\.\. math::(.*(?:\n(?:[ \t]*\n)*[ \t]+\S.*)*)", re.MULTILINE)
FENCED = re.compile(r"[ \t]*(```+|~~~+)")
TITLE = 72  # characters; a longer first line is a sentence


def module(text: str, path: Path = Path("module.py"), name: str = "module.py") -> Note:
    """Make a Note of a module's text; lines are the file's own."""
    docstring, after = _docstring(text)
    lines = text.split("\n")
    code = "\n".join(lines[after:])
    code = code if code.endswith("\n") or not code else code + "\n"
    fence = Fence(0, "python", "python", after + 1, 0, code)
    prose: tuple[Block, ...] = (Prose(1, "\n".join(lines[:after])),) if after else ()
    title, body = _titled(docstring, path)
    ticks = "`" * (max([2, *(len(run) for run in re.findall("`+", code))]) + 1)
    page = f"# {title}\n\n{body}\n\n{ticks}python\n{code}{ticks}\n"
    formulas = tuple(documented(text))
    return Note(path, name, text, title, (*prose, fence), formulas, "module", page, doc=docstring or None)


def _docstring(text: str) -> tuple[str, int]:
    """A module's docstring, and how many lines it and what stands above it take; 0 if code shares them."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    try:
        first, then = (token for token, _ in zip(_code(tokens), range(2), strict=False))
        value = ast.literal_eval(first.string) if first.type == tokenize.STRING else None
    except UNREADABLE:
        return "", 0
    alone = then.type in (tokenize.NEWLINE, tokenize.ENDMARKER)
    return (inspect.cleandoc(value), first.end[0]) if isinstance(value, str) and alone else ("", 0)


def _code(tokens: Iterator[tokenize.TokenInfo]) -> Iterator[tokenize.TokenInfo]:
    return (token for token in tokens if token.type not in (tokenize.COMMENT, tokenize.NL))


def _titled(docstring: str, path: Path) -> tuple[str, str]:
    """A page's title and the Markdown below it."""
    first, _, rest = docstring.partition("\n")
    title = first.strip(" .#*=")
    if not title or len(title) > TITLE or (rest.strip() and rest.split("\n")[0].strip(" =-")):
        return path.name, markdown_of(docstring)
    rest = re.sub(r"\A\s*[=\-~]{3,}[ \t]*\n", "", rest)
    return title, markdown_of(rest)


def markdown_of(docstring: str) -> str:
    """A docstring as Markdown: code in it is indented, so that it opens no fence of the page's own."""
    docstring = re.sub(r":math:`([^`]+)`", lambda role: f"${role[1].strip()}$", docstring)
    docstring = DIRECTIVE.sub(_display, docstring)
    done: list[str] = []
    fenced = indented = False
    for line in docstring.split("\n"):
        if FENCED.match(line):
            fenced = not fenced
            done.append("")
            continue
        code = fenced or bool(DOCTEST.match(line)) or (indented and bool(line.strip()))
        if code and not indented:
            done.append("")
        if indented and not code:
            done.append("")
        done.append(f"    {line}" if code else line)
        indented = code
    return "\n".join(done).strip("\n")


def _display(directive: re.Match[str]) -> str:
    body = re.sub(r"^[ \t]*:\w+:.*$", "", directive[1], flags=re.MULTILINE)
    parts = [inspect.cleandoc(part) for part in re.split(r"\n[ \t]*\n", body.strip()) if part.strip()]
    return "\n\n".join(f"$$\n{part}\n$$" for part in parts)
