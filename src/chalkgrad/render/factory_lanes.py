"""Lanes: a right-angled road moved aside, cut short, turned towards a point."""

from __future__ import annotations

from itertools import pairwise

from chalkgrad.render.factory_sizes import Point


def moved(path: tuple[Point, ...], shift: float) -> list[Point]:
    """A right-angled path moved to its right by `shift` (across grows to the right of along)."""
    if not shift:
        return list(path)
    moves = [side(p, q, shift) for p, q in pairwise(path)]
    moved = [(path[0][0] + moves[0][0], path[0][1] + moves[0][1])]
    for k in range(1, len(path) - 1):
        dx = moves[k - 1][0] or moves[k][0]
        dy = moves[k - 1][1] or moves[k][1]
        moved.append((path[k][0] + dx, path[k][1] + dy))
    moved.append((path[-1][0] + moves[-1][0], path[-1][1] + moves[-1][1]))
    return moved


def side(p: Point, q: Point, shift: float) -> Point:
    far = length(p, q) or 1.0
    da, dc = (q[0] - p[0]) / far, (q[1] - p[1]) / far
    return -dc * shift, da * shift


def trimmed(points: list[Point], start: float, end: float) -> list[Point]:
    points = list(points)
    if start:
        points[0] = toward(points[0], points[1], start)
    if end:
        points[-1] = toward(points[-1], points[-2], end)
    return points


def toward(p: Point, q: Point, step: float) -> Point:
    far = length(p, q) or 1.0
    return p[0] + (q[0] - p[0]) * step / far, p[1] + (q[1] - p[1]) * step / far


def length(p: Point, q: Point) -> float:
    return abs(p[0] - q[0]) + abs(p[1] - q[1])
