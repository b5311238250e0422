"""The small plot under a box: the curve of its function, the point where it is run, the tangent there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from chalkgrad.render.factory_fold import Item
from chalkgrad.render.walk_check import rerun
from chalkgrad.render.walk_values import Passes

POINTS = 61
WIDE, HIGH = 216.0, 126.0
LARGEST = 200  # nodes inside a box


def small_plot(found: Passes, item: Item, u: int, v: int) -> dict[str, Any] | None:
    """The curve over a stretch that shows its shape and the point; None where there is none to draw."""
    if len(item.nodes) > LARGEST or any(found.graph.nodes[i].shape for i in item.nodes):
        return None
    at, value = float(found.values[u]), float(found.values[v])
    if not (np.isfinite(at) and np.isfinite(value)) or found.graph.nodes[u].dtype.kind != "f":
        return None
    try:
        reach = _reach(found, item, u, v, at)
        ys = _curve(found, item, u, v, np.linspace(-reach, reach, POINTS))
    except (ArithmeticError, ValueError, TypeError, LookupError):
        return None
    low, high = _window(ys, value)
    return {"reach": reach, "low": low, "high": high, "ys": [_finite(y) for y in ys], "u": at, "v": value}


def _curve(found: Passes, item: Item, u: int, v: int, xs: Any) -> list[float]:
    nodes, held = _inside(found, item), _guards(found, item)
    ys = []
    for x in xs:
        values = rerun(found, nodes, {u: np.float64(x)})
        same = all(bool(values[i]) == bool(found.values[i]) for i in held)
        y = np.asarray(values[v])
        ys.append(float(y) if same and y.dtype.kind in "fiub" else float("nan"))
    return ys


def _inside(found: Passes, item: Item) -> list[int]:
    """The nodes of a box, and the comparisons in it that chose its path."""
    return sorted({*item.nodes, *_called(found, item)})


def _called(found: Passes, item: Item) -> list[int]:
    if item.scope is None or not found.graph.guards:
        return []
    nodes = enumerate(found.graph.nodes[: found.forward])
    return [i for i, n in nodes if n.op is not None and any(s.serial == item.scope.serial for s in n.scope)]


def _guards(found: Passes, item: Item) -> list[int]:
    nodes = found.graph.nodes
    return [i for i in _called(found, item) if nodes[i].dtype.kind == "b" and nodes[i].shape == ()]


def _reach(found: Passes, item: Item, u: int, v: int, at: float) -> float:
    """Far for a function that levels off, near for one that grows: the point keeps in sight."""
    near, far = (_spread(_curve(found, item, u, v, np.linspace(-r, r, 13))) for r in (1.5, 6.0))
    least = 5.0 if 0 < far < 2.2 * near else 1.5
    return max(least, 1.5 * abs(at))


def _spread(ys: list[float]) -> float:
    finite = [y for y in ys if np.isfinite(y)]
    return max(finite) - min(finite) if len(finite) > 1 else 0.0


def _window(ys: list[float], value: float) -> tuple[float, float]:
    finite = sorted(y for y in ys if np.isfinite(y)) or [value]
    low, high = finite[len(finite) // 30], finite[-1 - len(finite) // 30]
    low, high = min(low, value), max(high, value)
    room = 0.1 * (high - low) or max(1.0, abs(value))
    return low - room, high + room


def _finite(y: float) -> float | None:
    return float(f"{y:.5g}") if np.isfinite(y) else None


# ----- the picture -----


def plot_svg(d: Mapping[str, Any], steps: tuple[int, int | None]) -> str:
    """The plot, its left upper corner at (0, 0): the point from the first step on, the tangent from the next.

    `data-mini` lets the page move point and tangent when values change.
    """
    forth, back = steps
    reach, low, high = float(d["reach"]), float(d["low"]), float(d["high"])
    ys = [None if y is None else float(y) for y in d["ys"]]

    def px(x: float) -> float:
        return (x + reach) / (2 * reach) * WIDE

    def py(y: float) -> float:
        return HIGH - (y - low) / (high - low) * HIGH

    frame = " ".join(f"{v:.6g}" for v in (reach, low, high))
    keys = " ".join(f'data-{k}="{_key(d["keys"][k])}"' for k in ("u", "v", "slope"))
    zero = min(max(py(0.0), 0.0), HIGH)
    axes = f'<path class="axis" d="M0 {zero:.1f}H{WIDE:.0f}M{px(0):.1f} 0V{HIGH:.0f}"/>'
    curve = f'<path class="curve" d="{_path(ys, py)}"/>'
    later = "" if back is None else f' data-since="{back}"'
    tangent = f'<path class="tangent" d=""{later}/>' if d["keys"]["slope"] or d["text"] else ""
    point = f'<circle class="point" cx="0" cy="0" r="5" data-since="{forth}"/>'
    drop = f'<path class="drop" d="" data-since="{forth}"/>'
    clip = f'<svg width="{WIDE:.0f}" height="{HIGH:.0f}" overflow="hidden">{axes}{curve}{drop}{tangent}</svg>'
    return f'<g class="mini" data-mini="{frame}" {keys}>{_set(clip + point, d, px, py)}</g>'


def _set(shapes: str, d: Mapping[str, Any], px: Any, py: Any) -> str:
    """Point and tangent in their places for the values of the page as it was built."""
    at, value, slope = float(d["u"]), float(d["v"]), d["s"]
    x, y = px(at), py(value)
    rate = None if slope is None else float(slope) * (py(1) - py(0)) / (px(1) - px(0))
    shapes = shapes.replace('cx="0" cy="0"', f'cx="{x:.1f}" cy="{y:.1f}"')
    shapes = shapes.replace('class="drop" d=""', f'class="drop" d="M{x:.1f} {py(0):.1f}V{y:.1f}"')
    return shapes.replace('class="tangent" d=""', f'class="tangent" d="{tangent_path(x, y, rate)}"')


def tangent_path(x: float, y: float, rate: float | None) -> str:
    """A piece of the line through a point, of one length on the screen whatever its slope."""
    if rate is None:
        return ""
    dx = 62 / np.hypot(1, rate)
    return f"M{x - dx:.1f} {y - rate * dx:.1f}L{x + dx:.1f} {y + rate * dx:.1f}"


def _path(ys: list[float | None], py: Any) -> str:
    parts, pen = [], "M"
    n = len(ys) - 1
    for k, y in enumerate(ys):
        if y is None or abs(py(y)) > 40 * HIGH:
            pen = "M"
            continue
        parts.append(f"{pen}{k / n * WIDE:.1f} {py(y):.1f}")
        pen = "L"
    return "".join(parts)


def _key(key: str) -> str:
    return "".join(c for c in str(key) if c in "0123456789:+/*")


def caption(d: Mapping[str, Any], steps: tuple[int, int | None], x: float, y: float) -> str:
    """Under the plot: sigmoid′(−0.2) = 0.2475, once it is known."""
    from html import escape

    back = steps[1]
    if back is None or not d["text"]:
        return ""
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="middle"'
    at = f'<tspan data-num="{_key(d["keys"]["u"])}">{escape(d["at"])}</tspan>'
    key = _key(d["keys"]["slope"])
    slope = f"<tspan{f' data-num={chr(34)}{key}{chr(34)}' if key else ''}>{escape(d['text'])}</tspan>"
    prime = '<tspan dy="-5" font-size="14">′</tspan><tspan dy="5">(</tspan>'
    title = f"{escape(d['title'])}{prime}{at})" if d["title"] else "slope"
    return (
        f'<text class="said" {place} data-since="{back}">{title} = {slope}</text>'
        f'<text class="said pending" {place} data-since="{steps[0]}" data-until="{back}">{title} = ?</text>'
    )
