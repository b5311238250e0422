"""What a network of two inputs decides over their plane, at each moment of its training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from html import escape
from typing import Any

import numpy as np

from chalkgrad.render.heat import frames_svg, heat
from chalkgrad.render.layers import from_json
from chalkgrad.render.numbers import number
from chalkgrad.render.opened import Opened
from chalkgrad.render.tiles import single

CELLS = 60  # a side
SIDE = 240  # pixels
MARGIN = 0.08
# How examples of each class look: as a letter for the legend, and as a path about its place.
SHAPES = (
    ("○", "m-3 0a3 3 0 1 0 6 0a3 3 0 1 0 -6 0z"),
    ("●", "m-3 0a3 3 0 1 0 6 0a3 3 0 1 0 -6 0z"),
    ("△", "m0 -4l3.8 6.6h-7.6z"),
    ("■", "m-3 -3h6v6h-6z"),
    ("◇", "m0 -4l4 4l-4 4l-4 -4z"),
)


def boundary_data(f: Opened, sample: Any, params: Sequence[Any]) -> dict[str, Any] | None:
    """The plane at every moment, and the examples on it; None for other inputs."""
    if sample is None or f.decide is None:
        return None
    X, y = (np.asarray(a) for a in sample)
    low, high = X.min(axis=0), X.max(axis=0)
    room = np.where(high > low, high - low, 1.0) * MARGIN
    low, high = low - room, high + room
    across, down = (np.linspace(low[k], high[k], CELLS) for k in (0, 1))
    grid = np.stack([a.ravel() for a in np.meshgrid(across, down[::-1])], axis=-1).astype(X.dtype)
    made = [f.decide(p, grid, y) for p in params]
    tiles = single(CELLS, CELLS, (CELLS, CELLS), table=False)
    most = max(float(np.max(np.abs(side), initial=0.0)) for side, _ in made)
    frames = [asdict(heat(side, tiles, most, (SIDE, SIDE))) for side, _ in made]
    names, kinds = ([], np.zeros(len(y), int)) if made[0][1] is None else _kinds(y)
    points = [[*((x - low) / (high - low)).tolist(), int(k)] for x, k in zip(X, kinds, strict=True)]
    classes = [_edges(np.reshape(c, (CELLS, CELLS))) if c is not None else "" for _, c in made]
    return {
        "what": "the output, less the mean of the targets" if made[0][1] is None else "the class",
        "classes": [str(n) for n in names],
        "frames": frames,
        "edges": classes,
        "points": points,
        "box": [_short(v) for v in (low[0], high[0], low[1], high[1])],
    }


def _kinds(y: np.ndarray) -> tuple[list[Any], np.ndarray]:
    """The classes that there are, and the place of each example's among them."""
    flat = y.reshape(len(y), -1)
    names, kinds = np.unique(flat.argmax(axis=1) if flat.shape[1] > 1 else flat[:, 0], return_inverse=True)
    return [int(n) if n == int(n) else float(n) for n in names], kinds


def _short(value: float) -> str:
    return number(float(f"{float(value):.2g}"))


def _edges(classes: np.ndarray) -> str:
    """A path between cells of different classes, in pixels."""
    cell = SIDE // CELLS
    path = []
    for y, x in np.argwhere(classes[:, 1:] != classes[:, :-1]):
        path.append(f"M{(x + 1) * cell} {y * cell}v{cell}")
    for y, x in np.argwhere(classes[1:] != classes[:-1]):
        path.append(f"M{x * cell} {(y + 1) * cell}h{cell}")
    return "".join(path)


def boundary_svg(data: Mapping[str, Any], ident: str) -> str:
    """The plane of what `boundary_data` gave."""
    frames = [from_json(h) for h in data["frames"]]
    last = len(frames) - 1
    edges = "".join(
        f'<path class="edge" data-frame="{k}"{"" if k == last else " hidden"} d="{escape(str(d))}"/>'
        for k, d in enumerate(data["edges"])
    )
    points = "".join(_point(float(x), float(y), int(c)) for x, y, c in data["points"])
    over = f'{edges}<g class="points">{points}</g>'
    return (
        f'<div class="value plane">{frames_svg(frames, ident, "The plane of the inputs", over)}'
        f"{_legend(data)}</div>"
    )


def _point(x: float, y: float, kind: int) -> str:
    """An example: a shape a class, from the fifth on its number."""
    px, py = round(x * SIDE, 1), round((1 - y) * SIDE, 1)
    if kind >= len(SHAPES):
        return f'<text x="{px}" y="{py + 3.5}">{kind}</text>'
    return f'<path class="{"ring" if kind % 2 == 0 else "disc"}" d="M{px} {py}{SHAPES[kind][1]}"/>'


def _legend(data: Mapping[str, Any]) -> str:
    """Which shape is which class, and where the picture lies."""
    x0, x1, y0, y1 = (escape(str(v)) for v in data["box"])
    kinds = sorted({int(c) for *_, c in data["points"]}) if data["classes"] else []
    shapes = "".join(f"{SHAPES[k][0]} {data['classes'][k]}, " for k in kinds if k < len(SHAPES))
    return f'<span class="scale">{escape(shapes)}across {x0} to {x1}, up {y0} to {y1}</span>'
