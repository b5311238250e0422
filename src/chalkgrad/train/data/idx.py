"""IDX files, in which MNIST comes: a header of big-endian numbers, then the entries.

Source: the format's description on LeCun's page of MNIST: two zero bytes, the code of the entries' type, the
number of axes, the length of each axis, then the entries, the last axis fastest.
"""

from __future__ import annotations

import zlib
from math import prod

import numpy as np

from chalkgrad.errors import DataError

UNSIGNED_BYTE = 0x08
LONGEST = 1 << 30  # bytes; a header that asks for more is damaged


def read_idx(packed: bytes, name: str) -> np.ndarray:
    """The array in a gzipped IDX file of bytes.

    Raises:
        DataError: the file is cut off, damaged or of another kind.

    >>> import gzip
    >>> read_idx(gzip.compress(bytes([0, 0, 8, 1, 0, 0, 0, 2, 7, 9])), "two")
    array([7, 9], dtype=uint8)
    """
    data = _unpacked(packed, name)
    if len(data) < 4 or data[:2] != b"\0\0" or data[2] != UNSIGNED_BYTE or not data[3]:
        raise DataError(f"{name}: it begins with {data[:4].hex(' ')}, and an IDX file of bytes with 00 00 08")
    start = 4 + 4 * data[3]
    if len(data) < start:
        raise DataError(f"{name}: it ends inside its header")
    shape = tuple(int(n) for n in np.frombuffer(data[4:start], ">u4"))
    if len(data) != start + prod(shape):
        raise DataError(
            f"{name}: its header says {shape}, {prod(shape):,} bytes; {len(data) - start:,} follow it"
        )
    return np.frombuffer(data, np.uint8, offset=start).reshape(shape)


def _unpacked(packed: bytes, name: str) -> bytes:
    try:
        stream = zlib.decompressobj(wbits=31)  # 31: gzip
        data = stream.decompress(packed, LONGEST)
    except zlib.error as error:
        raise DataError(f"{name}: it is no gzip file, or a damaged one: {error}") from error
    if not stream.eof:
        raise DataError(f"{name}: it is cut off")
    return data
