"""The colours of paper (light) and board (dark), in the one place that pages and pictures take them from.

In HTML and SVG write `var(--forward)`; `variables()` gives a page both sets. A picture that must stand alone
(a standalone SVG, a Matplotlib figure) takes the literal values from `PAPER` or `BOARD`.
"""

from __future__ import annotations

from collections.abc import Mapping

# Hue belongs to quantities: forward (values) and gradient (slopes). Everything else is ink or grey.
# fmt: off
#            role        paper      board
_TABLE = (
    ("paper",    "#FDFCFA", "#18211E"),
    ("ink",      "#1B1C1A", "#EDEBE3"),
    ("muted",    "#5D5F5A", "#A6AFA8"),
    ("pale",     "#868882", "#73807A"),  # axes, what is not reached yet
    ("hairline", "#D8D6CF", "#36423D"),
    ("forward",  "#14509E", "#86BDF7"),
    ("gradient", "#A8400B", "#FFA066"),
    ("wash",     "#FFE788", "#4A4011"),  # behind what is selected
    ("rule",     "#1B1C1A", "#FFD84D"),  # under what is selected
)
# fmt: on

PAPER: Mapping[str, str] = {role: light for role, light, _ in _TABLE}
BOARD: Mapping[str, str] = {role: dark for role, _, dark in _TABLE}


def declarations(palette: Mapping[str, str]) -> str:
    """CSS declarations of one palette: `--paper:#FDFCFA;--ink:…`."""
    return ";".join(f"--{role}:{colour}" for role, colour in palette.items())


# For pictures with colours of their own: their ground melts into the page, and on the board light turns dark.
_DRAWN_ON_PAPER = "--figure:contrast(1.04);--blend:multiply"
_TURNED_FOR_THE_BOARD = "--figure:invert(1) hue-rotate(180deg) contrast(1.04);--blend:screen"


def variables() -> str:
    """CSS that sets the variables: the system's choice, unless `data-theme` on the root says otherwise."""
    paper = f"color-scheme:light;{declarations(PAPER)};{_DRAWN_ON_PAPER}"
    board = f"color-scheme:dark;{declarations(BOARD)};{_TURNED_FOR_THE_BOARD}"
    return (
        f":root{{{paper}}}\n"
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme=paper]){{{board}}}}}\n"
        f":root[data-theme=board]{{{board}}}\n"
        f"@media print{{:root:root:root{{{paper}}}}}\n"
    )
