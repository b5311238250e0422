"""Random numbers as a function of a key: the same bits in every engine, and nothing but the key decides them.

Source: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011 (Threefry-2x32,
twenty rounds).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from chalkgrad.op import MIXING, Sample, define
from chalkgrad.ops.shared import call

PARITY = 0x1BD11BDA
ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))


def threefry(key: tuple[Any, Any], one: Any, other: Any) -> tuple[Any, Any]:
    """Two words of 32 bits for each pair of counters; arrays of NumPy or of JAX, all of dtype uint32.

    >>> zero = np.zeros(1, np.uint32)
    >>> [hex(int(word[0])) for word in threefry((zero, zero), zero, zero)]
    ['0x6b200159', '0x99ba4efe']
    """
    keys = (*key, key[0] ^ key[1] ^ np.uint32(PARITY))
    one, other = one + keys[0], other + keys[1]
    for group in range(5):
        for turn in ROTATIONS[group % 2]:
            one = one + other
            other = ((other << np.uint32(turn)) | (other >> np.uint32(32 - turn))) ^ one
        one = one + keys[(group + 1) % 3]
        other = other + keys[(group + 2) % 3] + np.uint32(group + 1)
    return one, other


def uniform_in(xp: Any, key: Any, position: int, shape: tuple[int, ...], dtype: Any = np.float64) -> Any:
    """Numbers in [0, 1) for a key of two whole numbers; `position` counts the draws under one key."""
    count = int(np.prod(shape))
    counter = xp.arange(count, dtype=np.uint32)
    halves = tuple(xp.reshape(key[i], (1,)).astype(np.uint32) for i in (0, 1))
    high, low = threefry(halves, counter, xp.full_like(counter, position))
    if np.dtype(dtype) == np.float64:
        whole = (high >> np.uint32(5)).astype(dtype) * 67108864.0 + (low >> np.uint32(6)).astype(dtype)
        return xp.reshape(whole / 9007199254740992.0, shape)
    unit = np.asarray(2.0**-24, dtype)
    return xp.reshape((high >> np.uint32(8)).astype(dtype) * unit, shape)


def _uniform(key: Any, position: int, shape: tuple[int, ...], dtype: Any = np.float64) -> Any:
    return uniform_in(np, np.asarray(key), position, shape, dtype)


uniform = define(
    _uniform,
    name="random.uniform",
    latex=call("random.uniform"),
    grads=None,
    xla="chalkgrad.ops.random.uniform_in(jax.numpy, {0}, {**})",
    js=None,
    python="np.random.default_rng({0}).random({shape})",
    try_on=(Sample(0, 9, shape=(2,), kind="int"),),
    cases=({"position": 0, "shape": (3,)}, {"position": 2, "shape": (2, 3), "dtype": np.dtype(np.float32)}),
    kind=MIXING,
)
