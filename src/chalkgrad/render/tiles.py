"""How an array is laid out as a picture: cells in tiles, tiles in rows, and how large a cell is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LARGEST = 14  # pixels of a cell
ENOUGH = 8  # pixels of a cell; larger ones are not worth another row of tiles
STRETCHED = 4  # how much longer than wide, or wider than long, a cell of a table may be
LEGIBLE = 5  # pixels of a cell in a picture; where it would have less, the picture may take more room
ROOM = (420, 150)  # pixels of a picture on the page, across and down
MORE = (700, 240)
MOST_SIDE = 210  # cells of a table; beyond, blocks of them become one
MOST_TILE = 32  # cells of a tile's side


@dataclass(frozen=True, slots=True)
class Tiles:
    """`count` tiles of `tile` cells, `across` of them in a row, a cell between them."""

    tile: tuple[int, int]  # rows and columns of cells
    count: int
    across: int
    order: tuple[int, ...] = ()  # axes that make (…, rows, columns) of the array; empty: as they are
    image: tuple[int, ...] = ()  # what the array is reshaped to first
    block: tuple[int, int] = (1, 1)  # cells of the array, down and across, that become one
    first: tuple[int, ...] = ()  # how many along each axis before (rows, columns) are drawn; empty: all
    table: bool = False  # whether cells need not be square

    def grid(self, array: np.ndarray) -> np.ndarray:
        """The cells, (rows, columns); nothing between the tiles."""
        shaped = _filled(array, self.image) if self.image else array
        shaped = shaped.transpose(self.order) if self.order else shaped
        shaped = shaped[tuple(slice(n) for n in self.first)]
        rows, columns = self.tile
        parts = _blocks(shaped.reshape(-1, *shaped.shape[-2:]), self.block)[: self.count]
        grid = np.zeros(self.size)
        for k, part in enumerate(parts):
            y, x = (k // self.across) * (rows + 1), (k % self.across) * (columns + 1)
            grid[y : y + rows, x : x + columns] = part
        return grid

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns of the grid."""
        return _size(self.tile, self.count, self.across)

    def frames(self) -> list[tuple[int, int, int, int]]:
        """x, y, width and height of each tile, in cells."""
        rows, columns = self.tile
        places = (divmod(k, self.across) for k in range(self.count))
        return [(x * (columns + 1), y * (rows + 1), columns, rows) for y, x in places]

    def cell(self, room: tuple[int, int] | None = None) -> tuple[int, int]:
        """Width and height of a cell in pixels; those of a table may be longer one way, to be seen."""
        wide, high = _fitting(self.size, room or (MORE if self._is_small(ROOM) else ROOM))
        least = max(1, min(wide, high))
        if not self.table or max(wide, high) < 2 * least:
            return least, least
        return min(max(wide, 1), STRETCHED * least), min(max(high, 1), STRETCHED * least)

    def _is_small(self, room: tuple[int, int]) -> bool:
        return min(_fitting(self.size, room)) < LEGIBLE


def _size(tile: tuple[int, int], count: int, across: int) -> tuple[int, int]:
    down = -(-count // across)
    return down * (tile[0] + 1) - 1, across * (tile[1] + 1) - 1


def _fitting(size: tuple[int, int], room: tuple[int, int]) -> tuple[int, int]:
    """The width and the height that a cell may have."""
    return min(LARGEST, room[0] // size[1]), min(LARGEST, room[1] // size[0])


def single(rows: int, columns: int, image: tuple[int, ...] = (), table: bool = True) -> Tiles:
    """One tile: a matrix, cells put together where there are too many."""
    block = -(-rows // MOST_SIDE), -(-columns // MOST_SIDE)
    if not table:
        block = (max(block), max(block))
    return Tiles((-(-rows // block[0]), -(-columns // block[1])), 1, 1, image=image, block=block, table=table)


def many(
    tiles: int, rows: int, columns: int, image: tuple[int, ...], order: tuple[int, ...], most: int
) -> Tiles:
    """Tiles side by side, `most` at the most, in so many even rows that they can be seen."""
    tile, block = _tile(rows, columns)
    count = min(tiles, most)
    across = (-(-count // down) for down in range(1, count + 1))
    return Tiles(tile, count, max(across, key=lambda n: _how_good(tile, count, n)), order, image, block)


def _how_good(tile: tuple[int, int], count: int, across: int) -> tuple[int, int, int]:
    """The larger the cells the better, up to what is enough, in the usual room first; then few rows."""
    size = _size(tile, count, across)
    small, large = (min(_fitting(size, room)) for room in (ROOM, MORE))
    return (min(small, LEGIBLE), min(small if small >= LEGIBLE else large, ENOUGH), across)


def table_of_tiles(
    across: int, down: int, rows: int, columns: int, order: tuple[int, ...], most: tuple[int, int]
) -> Tiles:
    """Tiles in rows and columns that mean something: the first `most`, (down, across)."""
    tile, block = _tile(rows, columns)
    first = min(down, most[0]), min(across, most[1])
    return Tiles(tile, first[0] * first[1], first[1], order, block=block, first=first)


def _tile(rows: int, columns: int) -> tuple[tuple[int, int], tuple[int, int]]:
    block = -(-max(rows, columns) // MOST_TILE)
    return (-(-rows // block), -(-columns // block)), (block, block)


def _filled(array: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """An array in another shape; what is short is zeros."""
    flat = array.ravel()
    return np.pad(flat, (0, int(np.prod(shape)) - flat.size)).reshape(shape)


def _blocks(parts: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Of each block the entry that is furthest from zero: what stands out alone is not lost."""
    if size == (1, 1):
        return parts
    (high, wide), (count, rows, columns) = size, parts.shape
    down, across = -(-rows // high), -(-columns // wide)
    padded = np.zeros((count, down * high, across * wide))
    padded[:, :rows, :columns] = parts
    cut = padded.reshape(count, down, high, across, wide).transpose(0, 1, 3, 2, 4)
    flat = cut.reshape(count, down, across, -1)
    return np.take_along_axis(flat, np.abs(flat).argmax(-1)[..., None], -1)[..., 0]
