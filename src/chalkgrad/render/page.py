"""A whole page: policy, style, the bar, the body, one script. It opens from disk and fetches nothing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from html import escape
from typing import Literal

from chalkgrad import web
from chalkgrad.render.face import card_html
from chalkgrad.render.index import Entry, FileEntries, index_body
from chalkgrad.render.sheet import inline_css, write_assets

__all__ = ["Entry", "FileEntries", "card_html", "index_html", "page_html", "write_assets"]

Assets = Literal["inline", "files"]
MAIN = "~main"  # no heading and no function can have such an address

Crumb = tuple[str, str | None]
Section = tuple[int, str, str]  # its rank, finished HTML, its address

_HALF = (
    '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M8 1.2a6.8 6.8 0 0 0 0 13.6z" fill="currentColor"/>'
    '<circle cx="8" cy="8" r="6.8" fill="none" stroke="currentColor" stroke-width="1.4"/></svg>'
)
_THEME = (
    f'<button type="button" class="theme" aria-label="Paper or board">{_HALF}'
    '<span class="to-board">Board</span><span class="to-paper">Paper</span></button>'
)
_NOTICE = "<!-- Formulas: KaTeX (MIT), fonts: KaTeX (MIT) and Source (OFL 1.1), pictures: Graphviz (EPL). -->"


def page_html(
    title: str,
    body_html: str,
    assets: Assets = "inline",
    crumbs: Sequence[Crumb] = (),
    facts: Sequence[str] = (),
    base: str = "assets",
    contents: Sequence[Section] = (),
) -> str:
    """A full page round a body.

    Args:
        title: plain text.
        body_html: finished, trusted HTML; what an author wrote was sanitised before.
        assets: "inline" puts style and fonts into the page; "files" expects what `write_assets` wrote.
        crumbs: (text, address) from the outermost in; those with an address are links.
        facts: short counts on the right: "7 functions, 3 chains", "3 errors, 18 notes".
        base: with "files", the address of the folder of assets, seen from the page.
        contents: the page's sections, for the list in the bar.
    """
    bar = _bar(crumbs or ((title, None),), facts, contents)
    return _document(title, f'{bar}<main id="{MAIN}">\n{body_html}\n</main>', assets, base)


def index_html(
    files: Sequence[FileEntries],
    title: str = "Notes",
    assets: Assets = "inline",
    facts: Sequence[str] = (),
    base: str = "assets",
) -> str:
    """The page of a folder of notes: every function with a small picture, its formula and its verdict."""
    body = index_body(files, title, facts, _THEME)
    return _document(title, f'<main id="{MAIN}">{body}</main>', assets, base)


def _document(title: str, body: str, assets: Assets, base: str) -> str:
    script = web.text("page.js").strip()
    if "</script" in script.lower():
        raise AssertionError("page.js would end its own element")
    here = " 'self'" if assets == "files" else ""
    if assets == "files":
        style = f'<link rel="stylesheet" href="{escape(base)}/chalkgrad.css">'
    else:
        style = f"<style>\n{inline_css(body)}</style>"
    unfolded = "<noscript><style>.face[hidden]{display:block!important}</style></noscript>"
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(script, here)}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n{_NOTICE}\n{style}\n<script>{script}</script>\n{unfolded}\n</head>\n"
        f'<body>\n<a class="skip" href="#{MAIN}">Skip to the text</a>\n{body}\n</body>\n</html>\n'
    )


def _policy(script: str, here: str) -> str:
    """What the page may load: its one script by hash, its own style, fonts and pictures, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'{here}; "
        f"font-src data:{here}; img-src data:{here}; base-uri 'none'; form-action 'none'"
    )


def _bar(crumbs: Sequence[Crumb], facts: Sequence[str], contents: Sequence[Section]) -> str:
    steps = "".join(_crumb(crumb, crumbs) for crumb in crumbs) + _contents(contents)
    counts = "".join(
        f'<span class="{"minor" if k else "fact"}">{escape(fact)}</span>' for k, fact in _ranked(facts)
    )
    nav = f'<nav aria-label="Where">{steps}</nav>'
    return f'<header class="bar">{nav}<div class="facts">{counts}{_THEME}</div></header>\n'


def _contents(sections: Sequence[Section]) -> str:
    """The sections, behind one word; none where there is little to choose from."""
    if len(sections) < 3:
        return ""
    top = min(level for level, _, _ in sections)
    listed = "".join(
        f'<li class="deep{min(level - top, 3)}"><a href="{escape(to)}">{words}</a></li>'
        for level, words, to in sections
    )
    return f'<details class="contents"><summary><span>Contents</span></summary><ol>{listed}</ol></details>'


def _ranked(facts: Sequence[str]) -> list[tuple[bool, str]]:
    """Each fact with whether a phone may leave it out: all but the last."""
    return [(fact != facts[-1], fact) for fact in facts]


def _crumb(crumb: Crumb, crumbs: Sequence[Crumb]) -> str:
    text, address = crumb
    if address is not None:
        label = escape(text)
        return f'<a class="back" href="{escape(address)}" aria-label="{label}">‹ <span>{label}</span></a>'
    first = next(c for c in crumbs if c[1] is None)
    return f'<span class="{"here" if crumb is first else "section"}">{escape(text)}</span>'
