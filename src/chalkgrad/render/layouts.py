"""How a parameter or a result is drawn: filters as tiles, images in their shape."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from chalkgrad.errors import ArgumentError
from chalkgrad.render.tiles import Tiles, many, single, table_of_tiles

MOST_TILES = 48
MOST_FILTERS, MOST_INPUTS = 24, 12  # of a convolution, across and down
MOST_CHANNELS = 32
LEAST_SQUARE = 64  # entries of a row that is taken for an image: 8 × 8
ROW = 32  # entries of a vector side by side

Image = tuple[int, ...]  # rows and columns; empty: none


def example_image(x: Any, told: Any = None) -> Image:
    """Rows and columns of an example that is a picture: (n, rows, columns), (n, rows, columns, 1), (n, 784).

    Args:
        x: the examples.
        told: rows and columns of what comes as a row; default: those of a square of 8 × 8 or more; () if
            it is no picture.

    Raises:
        ArgumentError: an example has not so many entries.
    """
    own, size = np.shape(x)[1:], math.prod(np.shape(x)[1:])
    if told is not None:
        image = tuple(int(n) for n in told)
        if image and (len(image) != 2 or math.prod(image) != size):
            raise ArgumentError(
                f"image={image}, and an example has {size} entries. Cure: image=(rows, columns), rows × "
                f"columns = {size}, or image=() for no picture"
            )
        return image
    if np.asarray(x).dtype.kind != "f":
        return ()
    if len(own) == 1:
        side = math.isqrt(size)
        return (side, side) if side * side == size >= LEAST_SQUARE else ()
    flat = own[:-1] if len(own) == 3 and own[-1] == 1 else own
    return flat if len(flat) == 2 else ()


def weight_tiles(shape: tuple[int, ...], image: Image, made: Image = ()) -> tuple[Tiles, str]:
    """How a parameter is drawn, and what is to be said of that.

    Args:
        shape: its shape.
        image: the image that it is multiplied with, if it is.
        made: the image that it makes, if it does.
    """
    if len(shape) == 4:  # a convolution's (rows, columns, channels, filters)
        return _filters(shape)
    if len(shape) == 3:  # (width, channels, filters)
        told = "filters, each width × channels"
        return _some(shape[2], shape[:2], (), (2, 0, 1), MOST_TILES, told)
    if len(shape) == 2 and image and shape[0] == math.prod(image):
        return _some(shape[1], image, (*image, shape[1]), (2, 0, 1), MOST_TILES, f"units, each {_as(image)}")
    if len(shape) == 2 and made and shape[1] == math.prod(made):
        return _some(shape[0], made, (shape[0], *made), (), MOST_TILES, f"inputs, each {_as(made)}")
    if len(shape) == 2 and shape[0] > 1.5 * shape[1]:
        return replace(single(shape[1], shape[0]), order=(1, 0)), "on its side"
    if len(shape) == 2:
        return single(shape[0], shape[1]), ""
    if len(shape) == 1 and made and shape[0] == math.prod(made):
        return single(made[0], made[1], made, table=False), _as(made)
    return _vector(math.prod(shape)), ""


def _as(image: Image) -> str:
    return f"as {image[0]} × {image[1]}"


def _filters(shape: tuple[int, ...]) -> tuple[Tiles, str]:
    rows, columns, channels, filters = shape
    if channels == 1:
        return _some(filters, shape[:2], (), (3, 2, 0, 1), MOST_TILES, "filters")
    tiles = table_of_tiles(filters, channels, rows, columns, (2, 3, 0, 1), (MOST_INPUTS, MOST_FILTERS))
    across = f"{MOST_FILTERS} of {filters} filters" if filters > MOST_FILTERS else "a filter a column"
    down = f"{MOST_INPUTS} of {channels} channels" if channels > MOST_INPUTS else "a channel a row"
    return tiles, f"{across}, {down}"


def example_tiles(shape: tuple[int, ...], image: Image) -> tuple[Tiles, str]:
    """How one example, (1, …), is drawn: channels of an image as tiles."""
    own = shape[1:]
    if image and math.prod(own) == math.prod(image):
        return single(image[0], image[1], image, table=False), "" if len(own) > 1 else _as(image)
    if len(own) == 3:
        return _some(own[2], own[:2], own, (2, 0, 1), MOST_CHANNELS, "channels")
    if len(own) == 2:
        return single(own[0], own[1], own), ""
    return _vector(math.prod(own)), ""


def attention_tiles(shape: tuple[int, ...]) -> tuple[Tiles, str]:
    """How the shares of one example are drawn, (1, heads, places, places)."""
    told = "heads, a row for each place, of where it looks"
    return _some(shape[1], shape[2:], shape[1:], (), MOST_CHANNELS, told)


def _some(
    tiles: int, tile: tuple[int, ...], image: Image, order: tuple[int, ...], most: int, what: str
) -> tuple[Tiles, str]:
    """Tiles, and which of them; a note that says more than their number stands always."""
    told, _, more = what.partition(", ")
    each = f"{told[:-1]} by {told[:-1]}" if more else ""
    note = f"the first {most} of {tiles} {told}" if tiles > most else each
    return many(tiles, tile[0], tile[1], image, order, most), ", ".join(filter(None, (note, more)))


def _vector(count: int) -> Tiles:
    across = min(count, ROW)
    down = -(-count // across)
    return single(down, across, (down, across))
