"""The style sheet and fonts of a page: all inside it, or in files beside it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from chalkgrad import web
from chalkgrad.render import palette

# KaTeX's rarer fonts are put into a page only if its formulas ask for them, by these class names.
# fmt: off
_RARE = (
    # font           classes of KaTeX's that need it
    ("Caligraphic",  ("mathcal", "textcal")),
    ("Fraktur",      ("mathfrak", "textfrak", "textboldfrak", "mathboldfrak")),
    ("SansSerif",    ("mathsf", "textsf", "textboldsf", "textitsf", "mathboldsf", "mathitsf", "mathsfit")),
    ("Script",       ("mathscr", "textscr")),
    ("Typewriter",   ("mathtt", "texttt")),
    ("BoldItalic",   ("boldsymbol", "mathbfit", "textbf")),
)
# fmt: on
_FACE = re.compile(r"@font-face\{[^}]*url\((fonts/[^)]+)\)[^}]*\}")


def inline_css(body: str = "") -> str:
    """Everything in one sheet, fonts as `data:`; of KaTeX's fonts those that `body` may use."""
    css = web.text("fonts.css") + web.text("katex.css")
    return palette.variables() + _FACE.sub(lambda face: _embedded(face, body), css) + web.text("style.css")


def linked_css() -> str:
    """The same for a file in the folder that also holds `fonts/`."""
    return palette.variables() + web.text("fonts.css") + web.text("katex.css") + web.text("style.css")


def write_assets(folder: Path) -> None:
    """Puts what pages with `assets="files"` share into a folder: the sheet, the fonts, the licences."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "chalkgrad.css").write_text(linked_css(), encoding="utf-8")
    shutil.copytree(web.path("fonts.css").parent / "fonts", folder / "fonts", dirs_exist_ok=True)
    (folder / "licenses").mkdir(exist_ok=True)
    for licence in web.licences():
        shutil.copyfile(licence, folder / "licenses" / licence.name)


def _embedded(face: re.Match[str], body: str) -> str:
    file = face[1]
    if not _is_used(file, body):
        return ""
    return face[0].replace(file, web.data_uri(file))


def _is_used(file: str, body: str) -> bool:
    needs = [classes for font, classes in _RARE if font in file]
    return not needs or any(name in body for classes in needs for name in classes)
