"""What a formula means where notation leaves it open and only the writer's habits decide."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Conventions:
    """A writer's habits; `None` or "refuse" means: raise where it matters, never guess.

    Args:
        product: of two arrays side by side or with a dot: "matmul", "elementwise", or "refuse" (a scalar, a
            matrix beside a vector, and whatever carries a ^\\top are clear in any case).
        star: `a * b` of two arrays: "convolve", "elementwise" or "refuse".
        times: `a \\times b` of two arrays: "cross", "matmul", "elementwise" or "refuse".
        otimes: `a \\otimes b` of two arrays: "outer", "elementwise" or "refuse".
        power: `X^2` of a square matrix: "elementwise", "matrix" or "refuse"; `X^{-1}` is its inverse unless
            `product` is elementwise.
        bars: `|X|` of a square matrix: "abs", "det" or "refuse".
        first: what `x_1` counts from when no sum says so: 0, 1, or None.
        norm: `\\lVert X \\rVert_2` of a matrix: "spectral", or "refuse" where it may be Frobenius' norm.
        loose: whether names that are not known are looked for under other spellings (see `habits`).
    """

    product: str = "matmul"
    star: str = "convolve"
    times: str = "cross"
    otimes: str = "outer"
    power: str = "elementwise"
    bars: str = "abs"
    first: int | None = 0
    norm: str = "spectral"
    loose: bool = False


# What chalkgrad prints for functions of whole arrays.
PRINTED = Conventions()

# What it prints for functions that treat each entry alike: the formula of one entry.
POINTWISE = Conventions(product="elementwise", star="elementwise", times="elementwise", otimes="elementwise")

# What people write: nothing is taken for granted.
HANDWRITTEN = Conventions(
    product="refuse",
    star="elementwise",
    times="refuse",
    otimes="refuse",
    power="refuse",
    bars="refuse",
    first=None,
    norm="refuse",
    loose=True,
)
