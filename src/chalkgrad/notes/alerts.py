"""GitHub's alerts: a quote that begins with `[!NOTE]` begins with "Note" in bold."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

ALERT = re.compile(r"\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\s*", re.IGNORECASE)


def alerts_plugin(md: MarkdownIt) -> None:
    """Add the rule behind all others."""
    md.core.ruler.push("alerts", _alerts)


def _alerts(state: StateCore) -> None:
    for k in range(len(state.tokens) - 2):
        quote, paragraph, inline = state.tokens[k : k + 3]
        if quote.type == "blockquote_open" and paragraph.type == "paragraph_open" and inline.children:
            first = inline.children[0]
            alert = ALERT.fullmatch(first.content) if first.type == "text" else None
            if alert:
                inline.children[:1] = _bold(alert[1].capitalize())


def _bold(text: str) -> list[Token]:
    word = Token("text", "", 0)
    word.content = text
    return [Token("strong_open", "strong", 1), word, Token("strong_close", "strong", -1)]
