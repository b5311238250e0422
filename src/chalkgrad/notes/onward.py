"""Which note comes before which: at the foot of each page, also where the page is left as it was."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from html import escape
from pathlib import Path

from chalkgrad.notes.cache import Kept

BEGIN, END = "<!-- onward -->", "<!-- /onward -->"
BETWEEN = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)


def in_order(notes: Iterable[Kept]) -> list[Kept]:
    """The notes as their authors want them: those with an order by it, then the others as they came."""
    return sorted(notes, key=lambda one: (one.entries["order"] is None, one.entries["order"] or 0.0))


def link_up(folder: Path, notes: Sequence[Kept]) -> list[Kept]:
    """Write the links to neighbours into the pages that have others than now."""
    ordered = in_order(notes)
    if len(ordered) < 2:
        return ordered
    done = []
    for before, one, after in zip([None, *ordered], ordered, [*ordered[1:], None], strict=False):
        wanted = _nav(before, after)
        if one.onward != wanted:
            _write(folder / one.href, wanted)
        done.append(replace(one, onward=wanted))
    return done


def _nav(before: Kept | None, after: Kept | None) -> str:
    back = _link(before, "prev", "Before this") if before else "<span></span>"
    on = _link(after, "next", "After this") if after else ""
    return f'<nav class="onward" aria-label="Notes">{back}{on}</nav>'


def _link(to: Kept, rel: str, words: str) -> str:
    href, title = escape(to.href), escape(str(to.entries["title"]))
    return f'<a rel="{rel}" href="{href}"><small>{words}</small>{title}</a>'


def _write(page: Path, nav: str) -> None:
    """Put it between the marks; the file is made anew, for the old site may hold the same one."""
    html = page.read_text("utf-8")
    page.unlink()
    page.write_text(BETWEEN.sub(lambda _: f"{BEGIN}{nav}{END}", html, count=1), "utf-8")
