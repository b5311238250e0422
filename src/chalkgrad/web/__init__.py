"""The finished assets beside this file: where they are, as text, and as data for a page that stands alone."""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path

from chalkgrad.errors import EngineError

DIST = Path(__file__).parent / "dist"


def path(name: str) -> Path:
    """The file of one asset, such as `page.js` or `fonts/KaTeX_Main-Regular.woff2`.

    Raises:
        EngineError: the assets were never built, or there is none of that name.
    """
    file = DIST / name
    if not file.is_file():
        raise EngineError(f"web asset {name!r} is missing from {DIST}: install again (pip install -e .)")
    return file


@cache
def text(name: str) -> str:
    """One asset as text."""
    return path(name).read_text(encoding="utf-8")


@cache
def data_uri(name: str, media_type: str = "font/woff2") -> str:
    """One asset as a `data:` address."""
    return f"data:{media_type};base64,{base64.b64encode(path(name).read_bytes()).decode()}"


def licences() -> tuple[Path, ...]:
    """The licence texts of all assets; every site carries them."""
    path("licenses/Graphviz.txt")
    return tuple(sorted((DIST / "licenses").iterdir()))
