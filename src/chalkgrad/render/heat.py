"""Arrays as pictures: blue above zero, orange and hatched below, the deeper the further from it.

A picture is two small greyscale images, what is above zero and what is below, used as masks over the page's
own colours: so it follows paper and board, and in grey the hatching tells the sign.
"""

from __future__ import annotations

import base64
import re
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from chalkgrad.errors import ArgumentError
from chalkgrad.render.numbers import MINUS, number, shape_text
from chalkgrad.render.tiles import Tiles

LEVELS = 15  # depths of colour; four bits a cell
_BASE64 = re.compile(r"[A-Za-z0-9+/=]*\Z")


def pattern(ident: str) -> str:
    """The stripes of what is below zero; whatever holds the pictures says where they are, by `--below`."""
    return (
        f'<svg class="pattern" width="0" height="0" aria-hidden="true"><defs><pattern id="{escape(ident)}" '
        'width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="4" '
        'height="4" fill="var(--gradient)" fill-opacity=".5"/><rect width="2" height="4" '
        'fill="var(--gradient)"/></pattern></defs></svg>'
    )


@dataclass(frozen=True, slots=True)
class Heat:
    """One picture as data, JSON all through."""

    above: str  # PNG in base64; empty where nothing is above zero
    below: str
    width: int  # pixels
    height: int
    tiles: tuple[tuple[int, int, int, int], ...]  # x, y, width, height of each frame, in pixels
    text: str  # in words: shape, range, mean
    full: str  # the number that has the full colour

    def svg(self, ident: str, title: str) -> str:
        """The picture; `ident` is its own on the page."""
        return heat_svg(self, ident, title)


def heat(values: Any, tiles: Tiles, scale: float | None = None, room: tuple[int, int] | None = None) -> Heat:
    """An array as a picture.

    Args:
        values: the array, of any shape.
        tiles: how it is laid out, as `layouts` says.
        scale: the size that has the full colour; default: the largest there is.
        room: the most pixels it may take, across and down; default: what the layout says.
    """
    array = np.asarray(values, dtype=float)
    finite = np.where(np.isfinite(array), array, 0.0)
    most = float(np.max(np.abs(finite), initial=0.0)) if scale is None else scale
    grid = tiles.grid(finite)
    height, width = grid.shape
    cell = tiles.cell(room)
    frames = tuple(tuple(c * p for c, p in zip(2 * cell, frame, strict=True)) for frame in tiles.frames())
    above, below = (_png(_levels(part, most)) for part in (grid, -grid))
    return Heat(above, below, width * cell[0], height * cell[1], frames, _words(array), _short(most))  # type: ignore[arg-type]


def heat_svg(heat: Heat, ident: str, title: str) -> str:
    """The picture of what `heat` made."""
    said = f'role="img" aria-label="{_label(heat, title)}"'
    return _framed(heat, said, _layers(heat, ident))


def frames_svg(heats: Sequence[Heat], ident: str, title: str, over: str = "") -> str:
    """Pictures of one size in one place, of which a page shows that of a moment; at first the last one.

    Args:
        heats: one a moment.
        ident: its own on the page.
        title: what all of them show.
        over: what stands over all of them, as SVG.
    """
    last = len(heats) - 1
    parts = (
        f'<g data-frame="{k}"{"" if k == last else " hidden"} role="img" aria-label="{_label(h, title)}">'
        f"{_layers(h, f'{ident}-{k}')}</g>"
        for k, h in enumerate(heats)
    )
    return _framed(heats[0], f'role="group" aria-label="{escape(title)}"', "".join(parts) + over)


def _label(heat: Heat, title: str) -> str:
    return escape(f"{title}: {heat.text}; full colour at ±{heat.full}")


def _framed(heat: Heat, said: str, inside: str) -> str:
    w, h = heat.width + 2, heat.height + 2
    frames = "".join(f'<rect x="{x}" y="{y}" width="{a}" height="{b}"/>' for x, y, a, b in heat.tiles)
    head = f'<svg class="heat" width="{w}" height="{h}" viewBox="-1 -1 {w} {h}" {said}>'
    return f'{head}{inside}<g class="frames">{frames}</g></svg>'


def _layers(heat: Heat, ident: str) -> str:
    sides = (("a", heat.above, "var(--forward)"), ("b", heat.below, "var(--below)"))
    return "".join(
        _layer(png, f"{ident}-{s}", heat.width, heat.height, fill) for s, png, fill in sides if png
    )


def _layer(png: str, ident: str, w: int, h: int, fill: str) -> str:
    if not _BASE64.match(png):
        raise ArgumentError("a picture is no base64")
    size = f'width="{w}" height="{h}"'
    image = f'<image href="data:image/png;base64,{png}" {size} preserveAspectRatio="none"/>'
    mask = f'<mask id="{escape(ident)}" maskUnits="userSpaceOnUse" x="0" y="0" {size}>{image}</mask>'
    return f'{mask}<rect {size} fill="{fill}" mask="url(#{escape(ident)})"/>'


# ----- images -----


def _levels(grid: np.ndarray, scale: float) -> np.ndarray:
    if not scale:
        return np.zeros(grid.shape, np.uint8)
    return np.rint(np.clip(grid / scale, 0, 1) * LEVELS).astype(np.uint8)


def _png(levels: np.ndarray) -> str:
    """A greyscale image of four bits a cell, in base64; empty where all of it is 0."""
    if not levels.any():
        return ""
    height, width = levels.shape
    even = np.pad(levels, ((0, 0), (0, width % 2)))
    packed = (even[:, ::2] << 4) | even[:, 1::2]
    rows = np.hstack([np.zeros((height, 1), np.uint8), packed])  # each row begins with its filter: none
    head = struct.pack(">IIBBBBB", width, height, 4, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows.tobytes(), 9)), (b"IEND", b""))
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*c) for c in chunks)).decode()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


# ----- words -----


def _words(array: np.ndarray) -> str:
    """Shape, range and mean."""
    shape = shape_text(array.shape)
    if not np.isfinite(array).all():
        return f"{shape}, with {int((~np.isfinite(array)).sum())} entries that are not finite"
    low, mean, high = (_short(v) for v in (array.min(), array.mean(), array.max()))
    return f"{shape}, from {low} to {high}, mean {mean}"


def _short(value: float) -> str:
    """Three digits: what a picture can be read for."""
    text = number(float(f"{float(value):.3g}"))
    return text.rstrip("0").rstrip(".") if "." in text and "×" not in text else text


def ends(heat: Heat) -> str:
    """The scale, as it stands under a picture."""
    return "all 0" if heat.full in ("0", f"{MINUS}0") else f"±{heat.full}"
