"""Pictures for `<img>`: text becomes outlines, colours become fixed, what only a page needs goes.

GitHub shows a picture without the page's style sheet and fonts, and whoever reads chooses light or dark
there and not in the system. The outlines are of Computer Modern, whose widths the pictures are set with, and
of STIX for what it lacks; both come with Matplotlib, as does fontTools.
"""

from __future__ import annotations

import logging
import re
import string
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from chalkgrad.errors import EngineError

SVG = "http://www.w3.org/2000/svg"
PLAIN = string.ascii_letters + string.digits + "()[]+=/,.;:!?'"  # what Computer Modern has where ASCII has it
LETTERS = string.ascii_letters
UNSEEN = {"inner", "wash", "rule", "chip", "under", "enter", "grip"}  # what waits for a pointer

# fmt: off
FONTS = {  # style: the fonts to look in, each with the characters to take from it (none: all that it has)
    "main":   (("cmr10", PLAIN),    ("STIXGeneral", ""),     ("DejaVuSans", "")),
    "italic": (("cmmi10", LETTERS), ("STIXGeneralItalic", ""), ("STIXGeneral", ""), ("DejaVuSans", "")),
    "sign":   (("STIXGeneral", ""), ("DejaVuSans", "")),
    "code":   (("DejaVuSansMono", ""), ("DejaVuSans", "")),
    "sans":   (("cmss10", PLAIN),   ("STIXGeneral", ""),     ("DejaVuSans", "")),
}
SIZES = {"uv": 17.0, "dv": 17.0, "sl": 16.0, "note": 13.0, "tick": 14.0, "slope": 16.0, "one": 14.0,
         "told": 13.0, "val": 16.0}
# fmt: on
BOLD = (
    ".uv{stroke:var(--forward);stroke-width:.45}.dv{stroke:var(--gradient);stroke-width:.45}"
    ".now{stroke:var(--ink);stroke-width:.35}"
)


@dataclass(frozen=True, eq=False, slots=True)
class Glyph:
    """One character's outline in font units."""

    font: Any
    name: str
    advance: float  # in em


def outlined(svg: str, rules: str) -> str:
    """A picture that is the same everywhere, but for its colours, which `coloured` fixes.

    Args:
        svg: as the views draw it.
        rules: its style sheet.

    Raises:
        EngineError: it is no SVG.
    """
    try:
        root = ET.fromstring(svg)
    except ET.ParseError as error:
        raise EngineError(f"this picture is no XML: {error}") from error
    for gone in root.findall(f"{{{SVG}}}style"):
        root.remove(gone)
    _prune(root)
    _draw_texts(root, ())
    style = ET.Element(f"{{{SVG}}}style")
    style.text = _static(rules) + BOLD
    root.insert(1, style)
    ET.register_namespace("", SVG)
    return ET.tostring(root, "unicode") + "\n"


def coloured(text: str, palette: Mapping[str, str]) -> str:
    """A picture with literal colours.

    >>> coloured("fill:var(--ink)", {"ink": "#111"})
    'fill:#111'
    """
    return re.sub(r"var\(--(\w+)\)", lambda m: palette[m[1]], text)


def _static(rules: str) -> str:
    """The rules that a picture without texts and without a pointer needs."""
    rules = re.sub(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*\}", "", rules)
    kept = (m[0] for m in re.finditer(r"[^{}]+\{([^{}]*)\}", rules) if not _is_for_text(m[0], m[1]))
    return "".join(kept)


def _is_for_text(rule: str, body: str) -> bool:
    fonts = all(part.startswith("font") for part in body.split(";") if part)
    return fonts or bool(re.search(r"\.lit|\.wash|\.inner", rule))


# ----- the tree -----


def _classes(element: ET.Element) -> set[str]:
    return set(element.get("class", "").split())


def _prune(element: ET.Element) -> None:
    for child in list(element):
        if _classes(child) & UNSEEN or child.get("visibility") == "hidden":
            element.remove(child)
        else:
            _prune(child)
    for name in [key for key in element.attrib if key.startswith("data-")]:
        del element.attrib[name]


def _draw_texts(element: ET.Element, above: tuple[str, ...]) -> None:
    here = (*above, *element.get("class", "").split())
    for k, child in enumerate(list(element)):
        if child.tag == f"{{{SVG}}}text":
            element[k] = _drawn(child, here)
        else:
            _draw_texts(child, here)


def _drawn(text: ET.Element, above: tuple[str, ...]) -> ET.Element:
    """A text as one path of the same class; pieces of it that are moved are moved."""
    kinds = text.get("class", "").split()
    style = _style(kinds, above)
    size = float(text.get("font-size") or next((SIZES[k] for k in kinds if k in SIZES), 0) or 14.0)
    placed, width = _set(text, style, size)
    if placed is None:  # the reader's own fonts know such scripts
        return _as_text(text, style, size)
    stretch = float(text.get("textLength", width or 1)) / (width or 1)
    start = {"middle": 0.5, "end": 1.0}.get(text.get("text-anchor", ""), 0.0) * width * stretch
    x, y = float(text.get("x", 0)) - start, float(text.get("y", 0))
    if set(text.text or "") == {"′"}:  # a script already; STIX has it small and high as well
        size, y = 1.5 * size, y + 0.5 * size
    path = "".join(_outline(glyph, x + at * stretch, y, size, stretch) for glyph, at in placed)
    made = ET.Element(f"{{{SVG}}}path", {"class": " ".join(kinds), "d": path})
    if not kinds:
        del made.attrib["class"]
    return made


def _style(kinds: list[str], above: tuple[str, ...]) -> str:
    if "m" not in above:
        return "sans"
    return {"i": "italic", "t": "code", "z": "sign"}.get(kinds[0] if kinds else "", "main")


def _as_text(text: ET.Element, style: str, size: float) -> ET.Element:
    families = {"sans": "Helvetica, Arial, sans-serif", "code": "Menlo, Consolas, monospace"}
    text.set("font-family", families.get(style, "Georgia, serif"))
    text.set("font-size", _n(size))
    return text


def _set(text: ET.Element, style: str, size: float) -> tuple[list[tuple[Glyph, float]] | None, float]:
    """The glyphs with their places, and the width of all; none where a character has no outline."""
    at, placed = 0.0, []
    for words, dx in _pieces(text):
        at += dx
        for char in words:
            glyph = _glyph(style, char)
            if glyph is None:
                return None, 0.0
            placed.append((glyph, at))
            at += glyph.advance * size
    return placed, at


def _pieces(text: ET.Element) -> Iterator[tuple[str, float]]:
    yield text.text or "", 0.0
    for piece in text:
        yield piece.text or "", float(piece.get("dx", 0))
        yield piece.tail or "", 0.0


# ----- outlines -----


@cache
def _font(name: str) -> Any:
    from fontTools.ttLib import TTFont
    from matplotlib import get_data_path

    logging.getLogger("fontTools.ttLib.tables._h_e_a_d").setLevel(logging.ERROR)  # old dates in old fonts
    return TTFont(f"{get_data_path()}/fonts/ttf/{name}.ttf")


@cache
def _glyph(style: str, char: str) -> Glyph | None:
    for name, chars in FONTS[style]:
        font = _font(name)
        glyph = font.getBestCmap().get(ord(char)) if not chars or char in chars else None
        if glyph is not None:
            return Glyph(font, glyph, font["hmtx"][glyph][0] / font["head"].unitsPerEm)
    return None


def _outline(glyph: Glyph, x: float, y: float, size: float, stretch: float) -> str:
    across, up = size * stretch, size
    return "".join(
        command + " ".join(f"{_n(x + across * a)} {_n(y - up * b)}" for a, b in points)
        for command, points in _strokes(glyph)
    )


@cache
def _strokes(glyph: Glyph) -> tuple[tuple[str, tuple[tuple[float, float], ...]], ...]:
    """The outline as commands of a path, each with its points in em."""
    from fontTools.pens.recordingPen import DecomposingRecordingPen
    from fontTools.pens.svgPathPen import SVGPathPen

    glyphs, em = glyph.font.getGlyphSet(), glyph.font["head"].unitsPerEm
    recorded = DecomposingRecordingPen(glyphs)
    glyphs[glyph.name].draw(recorded)
    found: list[tuple[str, tuple[tuple[float, float], ...]]] = []
    here = (0.0, 0.0)
    pen = SVGPathPen(glyphs)
    recorded.replay(pen)
    for command, numbers in re.findall(r"([A-Z])([^A-Z]*)", pen.getCommands()):
        values = [float(v) / em for v in re.findall(r"-?[\d.]+", numbers)]
        if command in "HV":  # with a point like the others
            values = [values[0], here[1]] if command == "H" else [here[0], values[0]]
        points = tuple(zip(values[::2], values[1::2], strict=True))
        here = points[-1] if points else here
        found.append(("L" if command in "HV" else command, points))
    return tuple(found)


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
