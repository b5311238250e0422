"""The lengths of the page's plot, in its own units."""

from __future__ import annotations

WIDTH, LEFT, RIGHT, TOP, RAIL = 516.0, 46.0, 478.0, 10.0, 292.0
BOTTOM = RAIL - 26.0
HEIGHT = RAIL + 36.0
