"""Footnotes, as on GitHub: a number in the text, the notes in order at the end, and the way back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

if TYPE_CHECKING:
    from chalkgrad.notes.prose import Draft

footnotes_plugin = partial(footnote_plugin, inline=False)  # GitHub has no `^[…]`


class Footnotes:
    """What a renderer makes of the parser's tokens; no heading's address has a colon, and these have."""

    draft: Draft

    def footnote_ref(self, tokens: list[Token], i: int, options: object, env: object) -> str:
        number, again = _numbers(tokens[i])
        link = (
            f'<a id="fnref:{number}{again}" href="#fn:{number}" aria-label="Footnote {number}">{number}</a>'
        )
        return self.draft.slot(f'<sup class="footmark">{link}</sup>')

    def footnote_block_open(self, tokens: list[Token], i: int, options: object, env: object) -> str:
        return self.draft.slot('<section class="footnotes" aria-label="Footnotes"><ol>') + "\n"

    def footnote_block_close(self, tokens: list[Token], i: int, options: object, env: object) -> str:
        return self.draft.slot("</ol></section>") + "\n"

    def footnote_open(self, tokens: list[Token], i: int, options: object, env: object) -> str:
        return self.draft.slot(f'<li id="fn:{_numbers(tokens[i])[0]}">')

    def footnote_close(self, tokens: list[Token], i: int, options: object, env: object) -> str:
        return self.draft.slot("</li>") + "\n"

    def footnote_anchor(self, tokens: list[Token], i: int, options: object, env: object) -> str:
        number, again = _numbers(tokens[i])
        return self.draft.slot(
            f' <a class="back" href="#fnref:{number}{again}" aria-label="Back to the text">↩\ufe0e</a>'
        )


def _numbers(token: Token) -> tuple[int, str]:
    """The number of a footnote, and which of its marks this is: nothing for the first."""
    again = token.meta.get("subId") or 0
    return token.meta["id"] + 1, f":{again + 1}" if again else ""
