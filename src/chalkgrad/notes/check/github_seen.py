"""What Markdown does to formulas before GitHub's mathematics sees them.

GitHub reads a file as Markdown first, in which `$` is a character like any other; what then still stands
between dollars goes to MathJax. So the note is parsed a second time without mathematics, and each formula is
looked at where it lies: backslashes that are gone, emphasis, links, tags, paragraphs that end inside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from chalkgrad.notes.read import Note, tokens_of

# ----- kind of token inside a formula → what Markdown takes for what -----

# fmt: off
READ_AS = {
    "em_open":     "emphasis",            "em_close":     "emphasis",
    "strong_open": "emphasis",            "strong_close": "emphasis",
    "s_open":      "struck-out text",     "s_close":      "struck-out text",
    "link_open":   "a link",              "link_close":   "a link",
    "image":       "an image",            "html_inline":  "an HTML tag",
    "code_inline": "code",
}
BLOCK_READ_AS = {
    "bullet_list_open": "a list",     "ordered_list_open": "a list",   "heading_open": "a heading",
    "hr":               "a rule",     "blockquote_open":   "a quote",  "code_block":   "indented code",
    "html_block":       "HTML",       "table_open":        "a table",  "fence":        "a code block",
}
# fmt: on


@dataclass(frozen=True, slots=True)
class Seen:
    """A formula between dollars and what became of it.

    Args:
        line: of its first dollar, from 1.
        column: of its first dollar, from 1.
        tex: as written.
        mark: `$` or `$$`.
        own_lines: whether it has lines of its own.
        lost: the characters whose backslash is gone.
        read_as: what Markdown takes a part of it for.
    """

    line: int
    column: int
    tex: str
    mark: str
    own_lines: bool = False
    lost: tuple[str, ...] = ()
    read_as: str = ""


@cache
def plainly() -> MarkdownIt:
    """Markdown without mathematics, in which an escaped character stays a token of its own."""
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("text_join")


def seen(note: Note) -> Iterator[Seen]:
    """Every formula between dollars; formulas in backticks and in ```math reach GitHub as they are."""
    if "$" not in note.text:
        return
    lines = note.text.split("\n")
    plain = plainly().parse(note.text)
    inlines = {tuple(t.map): t for t in plain if t.type == "inline" and t.map}
    for token in tokens_of(note.text):
        if token.type == "math_block" and token.map:
            yield _block(token, lines, plain)
        elif token.type == "inline" and token.map:
            yield from _spans(token, inlines.get(tuple(token.map)), lines)


# ----- formulas with lines of their own -----


def _block(token: Token, lines: list[str], plain: list[Token]) -> Seen:
    first, end = token.map or [0, 1]
    column = lines[first].find("$$") + 1
    one = Seen(first + 1, column, token.content, "$$", True)
    around = next(
        (t for t in plain if t.type == "inline" and t.map and t.map[0] <= first and end <= t.map[1]), None
    )
    if around is None:
        inside = (t.type for t in plain if t.map and first <= t.map[0] < end)
        kind = next((BLOCK_READ_AS[t] for t in inside if t in BLOCK_READ_AS), "")
        return _with(
            one, (), kind or "the end of a paragraph" if kind or _has_blank(lines[first:end]) else ""
        )
    start = first - (around.map or [0])[0]
    tokens = [t for line, t in _by_line(around.children or []) if start <= line < start + end - first]
    return _with(one, *_damage(tokens))


def _has_blank(lines: list[str]) -> bool:
    return any(not line.strip(" \t>") for line in lines)


def _by_line(children: list[Token]) -> Iterator[tuple[int, Token]]:
    line = 0
    for child in children:
        yield line, child
        line += child.type in ("softbreak", "hardbreak")


def _with(one: Seen, lost: tuple[str, ...], read_as: str) -> Seen:
    return Seen(one.line, one.column, one.tex, one.mark, one.own_lines, lost, read_as)


# ----- formulas in a line -----


def _spans(token: Token, plain: Token | None, lines: list[str]) -> Iterator[Seen]:
    """The formulas of a paragraph; the dollars of both readings are told apart by their number."""
    first, children = (token.map or [0])[0], token.children or []
    spots = list(_dollars(plain.children or [])) if plain is not None else []
    same = len(spots) == sum(2 * _outer(t) + _inner(t) for t in children)
    at = 0  # dollars so far
    for child in children:
        if child.type == "math_inline" and child.markup in ("$", "$$"):
            line, column = _place(token, child, first, lines)
            one = Seen(line, column, child.content, child.markup)
            if same and plain is not None:
                begin, end = spots[at + _outer(child) - 1], spots[at + _outer(child) + _inner(child)]
                one = _with(one, *_damage((plain.children or [])[begin : end + 1]))
            yield one
        at += 2 * _outer(child) + _inner(child)


def _outer(token: Token) -> int:
    """How many dollars stand on each side of a formula."""
    return token.markup.count("$") if token.type == "math_inline" else 0


def _inner(token: Token) -> int:
    """How many dollars Markdown sees in a formula or a text; in code it sees none."""
    shown = token.type == "text" or (token.type == "math_inline" and "`" not in token.markup)
    return len(re.findall(r"(?<!\\)\$", token.content)) if shown else 0


def _dollars(children: list[Token]) -> Iterator[int]:
    """For each dollar that is a character of the text: which token it stands in."""
    for k, child in enumerate(children):
        yield from [k] * (child.content.count("$") if child.type == "text" else 0)


def _place(token: Token, child: Token, first: int, lines: list[str]) -> tuple[int, int]:
    before = token.content[: child.meta["at"] - len(child.markup)].split("\n")
    row = len(before) - 1
    indent = max(lines[first + row].find(token.content.split("\n")[row]), 0)
    return first + row + 1, indent + len(before[-1]) + 1


def _damage(tokens: list[Token]) -> tuple[tuple[str, ...], str]:
    """Lost backslashes, and what Markdown takes a part for; `\\\\` at a line's end GitHub keeps."""
    lost = []
    for k, token in enumerate(tokens):
        if token.type != "text_special" or len(token.content) > 1:
            continue  # in front of a letter a backslash stays
        following = tokens[k + 1] if k + 1 < len(tokens) else None
        ends = following is None or following.type in ("softbreak", "hardbreak")
        if not (token.content == "\\" and ends):
            lost.append(token.content)
    kind = next((READ_AS[t.type] for t in tokens if t.type in READ_AS), "")
    return tuple(dict.fromkeys(lost)), kind
