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

LEVELS = 15  # depths of colour; four bits a cell
WIDEST, TALLEST = 300, 150  # pixels of a picture on the page
LARGEST, SMALLEST = 14, 1  # pixels of a cell
MOST_SIDE = 128  # cells; beyond, blocks of them become one
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


def heat(
    values: Any, tiles: Tiles, scale: float | None = None, room: tuple[int, int] = (WIDEST, TALLEST)
) -> Heat:
    """An array as a picture.

    Args:
        values: the array, of any shape.
        tiles: how it is laid out, as `layout` says.
        scale: the size that has the full colour; default: the largest there is.
        room: the most pixels it may take, across and down.
    """
    array = np.asarray(values, dtype=float)
    finite = np.where(np.isfinite(array), array, 0.0)
    most = float(np.max(np.abs(finite), initial=0.0)) if scale is None else scale
    grid = tiles.grid(finite)
    height, width = grid.shape
    cell = int(np.clip(min(room[0] // width, room[1] // height), SMALLEST, LARGEST))
    frames = tuple(tuple(cell * p for p in frame) for frame in tiles.frames())
    above, below = (_png(_levels(part, most)) for part in (grid, -grid))
    return Heat(above, below, width * cell, height * cell, frames, _words(array), _short(most))  # type: ignore[arg-type]


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


# ----- how an array is laid out -----


@dataclass(frozen=True, slots=True)
class Tiles:
    """`count` tiles of `tile` cells, `across` of them in a row, a cell between them."""

    tile: tuple[int, int]  # rows and columns of cells
    count: int
    across: int
    order: tuple[int, ...] = ()  # axes that make (tiles, rows, columns) of the array; empty: as they are
    image: tuple[int, ...] = ()  # what the array is reshaped to first
    block: int = 1  # cells of the array that become one

    def grid(self, array: np.ndarray) -> np.ndarray:
        """The cells, (rows, columns); nothing between the tiles."""
        shaped = _filled(array, self.image) if self.image else array
        shaped = shaped.transpose(self.order) if self.order else shaped
        rows, columns = self.tile
        parts = _blocks(shaped.reshape(-1, *shaped.shape[-2:]), self.block)[: self.count]
        down = -(-self.count // self.across)
        grid = np.zeros((down * (rows + 1) - 1, self.across * (columns + 1) - 1))
        for k, part in enumerate(parts):
            y, x = (k // self.across) * (rows + 1), (k % self.across) * (columns + 1)
            grid[y : y + rows, x : x + columns] = part
        return grid

    def frames(self) -> list[tuple[int, int, int, int]]:
        """x, y, width and height of each tile, in cells."""
        rows, columns = self.tile
        places = (divmod(k, self.across) for k in range(self.count))
        return [(x * (columns + 1), y * (rows + 1), columns, rows) for y, x in places]


def _filled(array: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """An array in another shape; what is short is zeros."""
    flat = array.ravel()
    return np.pad(flat, (0, int(np.prod(shape)) - flat.size)).reshape(shape)


def single(rows: int, columns: int, image: tuple[int, ...]) -> Tiles:
    """One tile: a matrix, cells put together where there are too many."""
    block = -(-max(rows, columns) // MOST_SIDE)
    return Tiles((-(-rows // block), -(-columns // block)), 1, 1, image=image, block=block)


def many(
    tiles: int, rows: int, columns: int, image: tuple[int, ...], order: tuple[int, ...], most: int
) -> Tiles:
    """Tiles side by side, `most` at the most."""
    block = -(-max(rows, columns) // (MOST_SIDE // 4))
    count = min(tiles, most)
    tile = (-(-rows // block), -(-columns // block))
    across = min(count, max(1, WIDEST // (tile[1] + 1)), 8 if count > 8 else count)
    return Tiles(tile, count, across, order, image, block)


def _blocks(parts: np.ndarray, size: int) -> np.ndarray:
    """Of each block the entry that is furthest from zero: what stands out alone is not lost."""
    if size == 1:
        return parts
    count, rows, columns = parts.shape
    down, across = -(-rows // size), -(-columns // size)
    padded = np.zeros((count, down * size, across * size))
    padded[:, :rows, :columns] = parts
    flat = (
        padded.reshape(count, down, size, across, size)
        .transpose(0, 1, 3, 2, 4)
        .reshape(count, down, across, -1)
    )
    return np.take_along_axis(flat, np.abs(flat).argmax(-1)[..., None], -1)[..., 0]


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
