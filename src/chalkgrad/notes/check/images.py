"""CG401: figures that live on another site, or nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from markdown_it.token import Token

from chalkgrad.notes.check.finding import Finding, Spot
from chalkgrad.notes.read import Note, tokens_of

IMG = re.compile(
    r"""<img\b[^>]*?\bsrc\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""", re.IGNORECASE | re.DOTALL
)
COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
REMOTE = re.compile(r"(?:https?:)?//", re.IGNORECASE)
BADGE = re.compile(r"badge|shields\.io", re.IGNORECASE)  # a sign of a project's state is no figure
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]+:|/|#|$", re.IGNORECASE)  # data:, attachment:, a site's own root


def images(note: Note) -> Iterator[Finding]:
    """Each image that is remote, or missing beside the note."""
    if note.kind == "module":
        return
    lines = note.text.split("\n")
    for line, address in addresses(note):
        problem = _problem(note, address)
        if problem:
            yield Finding("CG401", _spot(lines, line, address), problem)


def _problem(note: Note, address: str) -> str:
    if REMOTE.match(address):
        return "" if BADGE.search(address) else f"this figure lives on another site: {address}"
    if ELSEWHERE.match(address):
        return ""
    name = unquote(re.split(r"[?#]", address)[0])
    try:
        there = (note.path.parent / name).is_file()
    except (OSError, ValueError):  # a name that no file can have
        there = False
    return "" if there else f"there is no file {name} beside the note"


def _spot(lines: list[str], line: int, address: str) -> Spot:
    """The address as written; where a span of code goes over a line's end it stands further down."""
    for number, text in enumerate(lines[line - 1 : line + 19], line):
        at = text.find(address)
        if at >= 0:
            return Spot(number, at + 1, at + 1 + len(address))
    return Spot(line, 1, len(lines[line - 1]) + 1)


def addresses(note: Note) -> Iterator[tuple[int, str]]:
    """Line and address of each image, as Markdown and as HTML."""
    for token in tokens_of(note.text):
        line = token.map[0] + 1 if token.map else 1
        if token.type == "html_block":
            yield from _in_html(token.content, line)
        elif token.type == "inline":
            yield from _in_text(token, line)


def _in_html(html: str, line: int) -> Iterator[tuple[int, str]]:
    html = COMMENT.sub(lambda m: "\n" * m[0].count("\n"), html)
    for match in IMG.finditer(html):
        address = match[1] or match[2] or match[3] or ""
        yield line + html.count("\n", 0, match.end() - len(address) - 1), address


def _in_text(inline: Token, line: int) -> Iterator[tuple[int, str]]:
    for token in inline.children or ():
        if token.type == "image":
            yield line, str(token.attrs.get("src", ""))
        elif token.type == "html_inline":
            yield from _in_html(token.content, line)
        line += token.type in ("softbreak", "hardbreak")
        line += token.content.count("\n") if token.type in ("html_inline", "math_inline") else 0
