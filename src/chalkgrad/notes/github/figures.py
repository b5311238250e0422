"""The formulas and pictures of one function, for GitHub."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from chalkgrad.notes.github.dialect import dialect
from chalkgrad.notes.github.outlines import coloured, outlined
from chalkgrad.notes.site import GENERATOR
from chalkgrad.render.curve import Labels, curve_svg
from chalkgrad.render.curve_style import curve_rules
from chalkgrad.render.factory import Factory
from chalkgrad.render.factory_model import levels_from_json
from chalkgrad.render.factory_style import style_css
from chalkgrad.render.palette import BOARD, PAPER
from chalkgrad.render.view_card import samples_from_json

THEMES = (("light", PAPER), ("dark", BOARD))
LONGEST_ALT = 700  # characters


@dataclass(frozen=True, slots=True)
class Picture:
    """One figure: its name, what it says in words, and its SVG for each theme."""

    view: str  # "plot" or "factory"
    alt: str
    svgs: Mapping[str, str]  # theme → SVG


@dataclass(frozen=True, slots=True)
class Figures:
    """What GitHub shows of one function."""

    name: str
    formulas: tuple[str, ...]
    pictures: tuple[Picture, ...]
    failed: tuple[str, ...] = ()  # pictures that could not be drawn, and why
    ident: str = ""  # what its files are called


def figures(name: str, data: Mapping[str, Any], views: Sequence[str] = ()) -> Figures:
    """Draw a function.

    Args:
        name: its name.
        data: of its views, as its process gave it.
        views: those that are asked for; none: all.
    """
    wanted = views or ("formula", "plot", "factory")
    formulas = tuple(_formulas(data)) if "formula" in wanted else ()
    pictures, failed = [], []
    for view, draw in DRAWN.items():
        if view in wanted and data.get(view):
            try:
                pictures.append(_picture(name, view, *draw(data)))
            except Exception as error:  # a picture that fails costs itself, not the note
                failed.append(f"no {view} of {name}: {error or type(error).__name__}")
    failed += [f"no {view} of {name}: {data['failed'][view]}" for view in DRAWN if view in data["failed"]]
    return Figures(name, formulas, tuple(pictures), tuple(failed))


def _formulas(data: Mapping[str, Any]) -> Iterator[str]:
    yield from (dialect(line["latex"]) for line in data.get("formulas", ()))


# ----- pictures -----


def _plot(data: Mapping[str, Any]) -> tuple[str, str]:
    order = data.get("order", 0)
    labels = Labels("f" + "'" * order, "f" + "'" * (order + 1), None, data["output"])
    drawn = curve_svg(samples_from_json(data["plot"]), labels, "plot", styled=False)
    return _on_paper(drawn), curve_rules(False)


def _factory(data: Mapping[str, Any]) -> tuple[str, str]:
    made = Factory(levels_from_json(data["factory"]), True, False, "factory")
    return made.svg, style_css(False)


DRAWN: dict[str, Callable[[Mapping[str, Any]], tuple[str, str]]] = {"plot": _plot, "factory": _factory}


def _on_paper(svg: str) -> str:
    return svg.replace("<defs>", '<rect width="100%" height="100%" fill="var(--paper)"/><defs>', 1)


def _picture(name: str, view: str, svg: str, rules: str) -> Picture:
    drawn = outlined(svg, rules)
    svgs = {theme: f"{coloured(drawn, palette)}{GENERATOR}\n" for theme, palette in THEMES}
    return Picture(view, _alt(name, view, svg), svgs)


def _alt(name: str, view: str, svg: str) -> str:
    """What the picture says of itself in words, with the function's name."""
    root = ET.fromstring(svg)
    words = [" ".join(e.itertext()) for e in root if e.tag.endswith(("}title", "}desc"))]
    told = words[-1].strip() if view == "factory" else words[0].partition(" ")[2]
    alt = " ".join(f"{view.capitalize()} of {name}: {told}".split())
    return alt if len(alt) <= LONGEST_ALT else alt[: LONGEST_ALT - 1].rsplit(" ", 1)[0] + " …"


# ----- Markdown -----


def markdown(shown: Figures, folder: str) -> list[str]:
    """The lines that show a function; its pictures lie in `folder`, seen from the note."""
    lines: list[str] = []
    for formula in shown.formulas:
        lines += ["```math", *(line for line in formula.split("\n") if line.strip()), "```", ""]
    for picture in shown.pictures:
        lines += [*_picture_lines(picture, f"{folder}/{file_name(shown.ident, picture.view, '{}')}"), ""]
    return lines


def _picture_lines(picture: Picture, address: str) -> list[str]:
    light, dark = (escape(address.replace("{}", theme)) for theme, _ in THEMES)
    alt = escape(picture.alt).replace("$", "&#36;").replace("`", "&#96;")
    return [
        "<picture>",
        f'<source media="(prefers-color-scheme: dark)" srcset="{dark}">',
        f'<source media="(prefers-color-scheme: light)" srcset="{light}">',
        f'<img src="{light}" alt="{alt}">',
        "</picture>",
    ]


def file_name(name: str, view: str, theme: str) -> str:
    """A picture's file: `sigmoid-plot-dark.svg`."""
    return f"{name}-{view}-{theme}.svg"
