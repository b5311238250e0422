"""A walk as a page of its own: the player, always open, and the factory whose boxes it opens."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from chalkgrad.render.factory import Factory
from chalkgrad.render.factory_model import Level
from chalkgrad.render.page import page_html
from chalkgrad.render.walk_player import player_html

HEIGHT = 720  # pixels of a frame in a notebook


def walk_page(
    name: str, levels: tuple[Level, ...], score: Mapping[str, Any], backward: str = ""
) -> str | None:
    """The whole page; it opens from disk and fetches nothing. None where there is nothing to walk through.

    Args:
        name: the function's.
        levels: of its factory.
        score: from `Walk.score`.
        backward: both passes as source.
    """
    made = Factory(levels, not score["why"])
    player = player_html(made, score, backward)
    if player is None:
        return None
    title = escape(name)
    factory = f'<section class="view factory"><div class="lying scroll">{made.html()}</div></section>'
    walk = f'<section class="view walk" aria-label="Walk">{player}</section>'
    head = f'<header class="head"><h3 class="name">{title}</h3></header>'
    face = f'<div class="face walking" data-order="0">{head}{factory}{walk}</div>'
    return page_html(name, f'<section class="card" aria-label="{title}">{face}</section>')


def framed(page: str, name: str) -> str:
    """A page in a frame of its own, so that its style meets nobody else's."""
    style = f"width:100%;height:{HEIGHT}px;border:0"
    frame = f'sandbox="allow-scripts" style="{style}" title="Walk through {escape(name)}"'
    return f'<iframe {frame} srcdoc="{escape(page)}"></iframe>'
