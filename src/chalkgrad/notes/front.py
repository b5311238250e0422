"""What stands above a note for a site's generator: `---` (YAML) or `+++` (TOML). Only its title is read."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock

ENDS = {"---": ("---", "..."), "+++": ("+++",)}
ENTRY = re.compile(r"[\"']?[A-Za-z_][\w .-]*[\"']?\s*[:=]|\s*#|\[")
TITLE = re.compile(r"^title\s*[:=]\s*(.+?)\s*$", re.MULTILINE | re.IGNORECASE)
HEADING = re.compile(r"^# |^=+\s*$", re.MULTILINE)


def front_plugin(md: MarkdownIt) -> None:
    """Add the rule before all others."""
    md.block.ruler.before("math_block", "front_matter", _front)


def _front(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    if first != 0 or state.level or state.blkIndent:
        return False
    lines = state.src.split("\n")
    ends = ENDS.get(lines[0].rstrip())
    end = next((k for k in range(1, len(lines)) if lines[k].rstrip() in ends), None) if ends else None
    if end is None or not _is_front("\n".join(lines[1:end])):
        return False
    if not silent:
        title = TITLE.search("\n".join(lines[1:end]))
        if title and not HEADING.search("\n".join(lines[end + 1 :])):
            quoted = title[1][0] in "\"'" and title[1][0] == title[1][-1]
            _heading(state, title[1][1:-1] if quoted else title[1], end + 1)
    state.line = end + 1
    return True


def _is_front(text: str) -> bool:
    """Whether text between two rules is entries, and not a note's own words."""
    lines = [line for line in text.split("\n") if line.strip()]
    return not lines or bool(ENTRY.match(lines[0]))


def _heading(state: StateBlock, title: str, end: int) -> None:
    """The title, where the note itself has no heading of the first level."""
    token = state.push("heading_open", "h1", 1)
    token.markup, token.map = "#", [0, end]
    token = state.push("inline", "", 0)
    token.content, token.map, token.children = title, [0, end], []
    token = state.push("heading_close", "h1", -1)
    token.markup = "#"
