"""Math in Markdown as GitHub takes it: `$…$`, `$$…$$`, `` $`…`$ `` become tokens that know their place."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

ENVIRONMENT = re.compile(r"\\begin\{((?:equation|align|gather|multline|eqnarray|displaymath)\*?)\}")


def math_plugin(md: MarkdownIt) -> None:
    """Add the inline rule before escapes, so that `\\{` stays LaTeX, the block rule before all others."""
    md.inline.ruler.before("escape", "math", _inline)
    md.block.ruler.before(
        "fence", "math_block", _block, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )
    md.block.ruler.before("fence", "math_environment", _environment, {"alt": ["paragraph"]})


# ----- inline -----


def _inline(state: StateInline, silent: bool) -> bool:
    source, start = state.src, state.pos
    if source[start] != "$" or _escaped(source, start):
        return False
    for opening, closing, display in (("$`", "`$", False), ("$$", "$$", True), ("$", "$", False)):
        if source.startswith(opening, start):
            end = _closing(source, start, opening, closing)
            return end is not None and _push(state, silent, opening, closing, end, display)
    return False


def _push(state: StateInline, silent: bool, opening: str, closing: str, end: int, display: bool) -> bool:
    if not silent:
        token = state.push("math_inline", "math", 0)
        token.content = state.src[state.pos + len(opening) : end]
        token.markup = opening
        token.meta = {"at": state.pos + len(opening), "display": display}
    state.pos = end + len(closing)
    return True


def _closing(source: str, start: int, opening: str, closing: str) -> int | None:
    """Where the closing mark stands, or None: then the dollar is a dollar ("$5 and $6")."""
    first = start + len(opening)
    if opening == "$" and not _opens(source, start):
        return None
    end = source.find(closing, first)
    while end != -1 and _escaped(source, end):
        end = source.find(closing, end + 1)
    if end <= first or not source[first:end].strip() or (opening == "$" and not _closes(source, end)):
        return None
    return end


def _opens(source: str, at: int) -> bool:
    before, after = source[at - 1 : at], source[at + 1 : at + 2]
    return not before.isalnum() and bool(after) and not after.isspace()


def _closes(source: str, at: int) -> bool:
    before, after = source[at - 1], source[at + 1 : at + 2]
    return not before.isspace() and not after.isalnum() and after != "$"


def _escaped(source: str, at: int) -> bool:
    backslashes = 0
    while at > backslashes and source[at - backslashes - 1] == "\\":
        backslashes += 1
    return backslashes % 2 == 1


# ----- blocks -----


def _block(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """`$$` at the start of a line, up to the `$$` that ends a line of the same container."""
    if state.is_code_block(first):
        return False
    begin = state.bMarks[first] + state.tShift[first]
    if state.src[begin : begin + 2] != "$$":
        return False
    end_line = _block_end(state, first, last, begin + 2)
    if end_line is None:
        return False
    text = state.getLines(first, end_line + 1, state.sCount[first], False).strip()
    if not text[2:-2].strip():
        return False
    if not silent:
        token = state.push("math_block", "math", 0)
        token.content = text[2:-2].strip("\n")
        token.map = [first, end_line + 1]
        token.meta = {"display": True}
    state.line = end_line + 1
    return True


def _environment(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """`\\begin{align}` at the start of a line, up to the line that ends it: notebooks need no dollars."""
    if state.is_code_block(first):
        return False
    opening = ENVIRONMENT.match(state.src[state.bMarks[first] + state.tShift[first] : state.eMarks[first]])
    if opening is None:
        return False
    closing = f"\\end{{{opening[1]}}}"
    for line in range(first, last):
        text = state.src[state.bMarks[line] : state.eMarks[line]]
        if closing in text and not text.partition(closing)[2].strip():
            if not silent:
                token = state.push("math_block", "math", 0)
                token.content = state.getLines(first, line + 1, state.sCount[first], False).strip()
                token.map, token.meta = [first, line + 1], {"display": True}
            state.line = line + 1
            return True
        if state.isEmpty(line) or (line > first and state.sCount[line] < state.blkIndent):
            return False
    return False


def _block_end(state: StateBlock, first: int, last: int, begin: int) -> int | None:
    for line in range(first, last):
        if line > first and not state.isEmpty(line) and state.sCount[line] < state.blkIndent:
            return None
        text = state.src[begin if line == first else state.bMarks[line] : state.eMarks[line]].rstrip()
        if text.endswith("$$") and (line > first or len(text) > 2):
            return line
        if "$$" in text:
            return None  # formula and more text in one line: the inline rule takes it
    return None
