"""What a formula means where notation leaves it open and only the writer's habits decide."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Conventions:
    """A writer's habits; `None` or "refuse" means: raise where it matters, never guess.

    Args:
        product: of two arrays side by side or with a dot: "matmul", "elementwise", or "refuse" (a scalar, a
            matrix beside a vector, and whatever carries a ^\\top are clear in any case).
        power: `X^2` of a square matrix: "elementwise", "matrix" or "refuse".
        bars: `|X|` of a square matrix: "abs", "det" or "refuse".
        first: what `x_1` counts from when no sum says so: 0, 1, or None.
        spectral: whether `\\lVert X \\rVert_2` of a matrix is its largest singular value, or Frobenius'
            norm ("refuse").
    """

    product: str = "matmul"
    power: str = "elementwise"
    bars: str = "abs"
    first: int | None = 0
    norm: str = "spectral"


PRINTED = Conventions()
HANDWRITTEN = Conventions(product="refuse", power="refuse", bars="refuse", first=None, norm="refuse")
