"""`plot`: a function and its derivative on Matplotlib axes, with the tangent and the slope as a length."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from chalkgrad.errors import ArgumentError, ChalkgradError
from chalkgrad.grad import Derivative, derivative
from chalkgrad.render.numbers import number
from chalkgrad.render.palette import PAPER
from chalkgrad.render.samples import Samples, entry_of, samples
from chalkgrad.trace.run import name_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DASHES = (5, 3)


def plot(
    f: Callable,
    *args: Any,
    vary: str | None = None,
    span: tuple[float, float] = (-3.0, 3.0),
    derivative: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Plot a function (solid), its derivative (dashed) and its tangent.

    Args:
        f: any function in plain NumPy, a chain, a derivative.
        *args: example arguments. One array of an elementwise function is the x axis itself; of anything else
            one entry varies. Without arguments f is plotted over `span`, its tangent at 1 (or in the middle).
        vary: which entry varies: "b", "x[2]", "W[0,1]"; default: the first entry of the first real argument.
        span: from where to where.
        derivative: draw the derivative and the tangent too.
        ax: Matplotlib axes to draw on; default: new ones.

    Returns:
        The axes.

    Raises:
        ArgumentError: `vary` or `span` is none; the message names what there is.
    """
    low, high = float(span[0]), float(span[1])
    if not low < high:
        raise ArgumentError(f"span={span!r} is empty. Cure: span=(low, high) with low < high")
    if not args:
        args = (1.0 if low <= 1.0 <= high else (low + high) / 2,)
    if vary is None and len(args) == 1 and _is_axis(f, args[0]):
        return _over(f, np.asarray(args[0], dtype=float), derivative, ax)
    entry = entry_of(f, args, vary)
    found = samples(f, args, entry, (min(low, _now(args, entry)), max(high, _now(args, entry))))
    return _drawn(found, f, derivative, ax)


def _now(args: Sequence[Any], entry: Any) -> float:
    from chalkgrad.render.samples import current

    return current(args, entry)


def _is_axis(f: Callable, x: Any) -> bool:
    """Whether f works entry by entry on this array: then the array is the x axis."""
    if not isinstance(x, np.ndarray) or x.ndim != 1 or x.size < 2:
        return False
    with np.errstate(all="ignore"):
        try:
            derivative(f)(x.astype(float))
            return True
        except ChalkgradError:
            return _looks_elementwise(f, x)


def _looks_elementwise(f: Callable, x: np.ndarray) -> bool:
    """For functions that have no derivative to ask: each entry alone gives what it gives among the others."""
    picked = x[:: max(1, x.size // 5)].astype(float)
    try:
        whole = np.asarray(f(picked))
        return whole.shape == picked.shape and all(
            np.allclose(f(picked[k : k + 1]), whole[k], equal_nan=True) for k in range(len(picked))
        )
    except (TypeError, ValueError, IndexError):
        return False


# ----- drawing -----


def _over(f: Callable, xs: np.ndarray, slopes: bool, ax: Axes | None) -> Axes:
    """The array given is the x axis: its own points, no tangent."""
    ax = axes(ax, name_of(f))
    with np.errstate(all="ignore"):
        values = _gapped(f(xs))
        _line(ax, xs, values, "f", f)
        if slopes:
            try:
                _line(ax, xs, np.where(np.isfinite(values), _gapped(derivative(f)(xs)), np.nan), "g", f)
            except ChalkgradError as error:
                ax.text(
                    0.02,
                    0.03,
                    f"no derivative: {error}",
                    transform=ax.transAxes,
                    fontsize=8,
                    wrap=True,
                    color=PAPER["muted"],
                )
    return ax


def _gapped(values: Any) -> np.ndarray:
    values = np.asarray(values, dtype=float)
    return np.where(np.isfinite(values), values, np.nan)


def _drawn(found: Samples, f: Callable, slopes: bool, ax: Axes | None) -> Axes:
    ax = axes(ax, name_of(f), "" if found.entry.name == "x" else found.entry.tex)
    xs = np.array(found.xs)
    f_values = np.array([np.nan if v is None else v for v in found.f])
    bottom, top = _limits(found, slopes)
    ax.set_ylim(bottom, top)
    _line(ax, xs, f_values, "f", f)
    if slopes and found.g is not None:
        g = np.array([np.nan if v is None else v for v in found.g])
        for kink in found.kinks:
            g[np.searchsorted(xs, kink.x) - 1 : np.searchsorted(xs, kink.x) + 1] = np.nan
        _line(ax, xs, g, "g", f)
        _mark_kinks(ax, found)
        _tangent(ax, found)
    ax.set_xlim(xs[0], xs[-1])
    return ax


def _limits(found: Samples, slopes: bool) -> tuple[float, float]:
    from dataclasses import replace

    from chalkgrad.render.curve import height_range

    return height_range(found if slopes else replace(found, g=None))


def _line(ax: Axes, xs: np.ndarray, values: np.ndarray, kind: str, f: Callable) -> None:
    """One curve with its name at its right end."""
    colour = PAPER["forward"] if kind == "f" else PAPER["gradient"]
    style: dict[str, Any] = {"dashes": DASHES} if kind == "g" else {}
    ax.plot(xs, values, color=colour, linewidth=2.2 if kind == "f" else 1.9, **style)
    seen = np.nonzero(np.isfinite(values))[0]
    if not len(seen):
        return
    at = seen[-1]
    primes = "'" * _order(f) + ("'" if kind == "g" else "")
    low, high = ax.get_ylim()
    inside = [k for k in seen if low <= values[k] <= high]
    at = inside[-1] if inside else at
    ax.annotate(
        f"$f{primes}$", (xs[at], values[at]), xytext=(5, 4 if kind == "f" else -11),
        textcoords="offset points",
        color=colour, fontsize=14, math_fontfamily="cm", annotation_clip=False,
    )  # fmt: skip


def _order(f: Any) -> int:
    order = 0
    while isinstance(f, Derivative):
        f, order = f.of, order + 1
    return order


def _mark_kinks(ax: Axes, found: Samples) -> None:
    for kink in found.kinks:
        ring: dict[str, Any] = {
            "marker": "o",
            "markersize": 5.5,
            "markerfacecolor": PAPER["paper"],
            "markeredgecolor": PAPER["gradient"],
        }
        ax.plot([kink.x, kink.x], [kink.left, kink.right], linestyle="none", zorder=4, **ring)
        ax.plot(
            [kink.x],
            [kink.mean],
            linestyle="none",
            marker="o",
            markersize=3,
            color=PAPER["gradient"],
            zorder=4,
        )


def _tangent(ax: Axes, found: Samples) -> None:
    """The tangent at x; the slope as the rise of a triangle, and again as the height of f′."""
    if (
        found.slope is None
        or not np.isfinite(found.value)
        or any(abs(k.x - found.at) < 1e-9 for k in found.kinks)
    ):
        return
    reach, at, value, slope = 0.25 * (found.xs[-1] - found.xs[0]), found.at, found.value, found.slope
    ax.plot(
        [at - reach, at + reach],
        [value - reach * slope, value + reach * slope],
        color=PAPER["ink"],
        linewidth=1.1,
        zorder=3,
    )
    run = min(1.0, 0.9 * (found.xs[-1] - at))
    ring: dict[str, Any] = {
        "linestyle": "none",
        "marker": "o",
        "markerfacecolor": PAPER["paper"],
        "markeredgewidth": 2,
    }
    if run > 0.05:
        ax.plot([at, at + run], [value, value], color=PAPER["ink"], linewidth=0.9)
        ax.plot(
            [at + run] * 2,
            [value, value + run * slope],
            color=PAPER["gradient"],
            linewidth=3,
            solid_capstyle="butt",
        )
        text = number(slope) if run == 1 else f"{number(run)} × {number(slope)}"
        ax.annotate(
            text, (at + run, value + run * slope / 2), xytext=(6, -3), textcoords="offset points",
            color=PAPER["gradient"], fontsize=10, fontweight="bold",
        )  # fmt: skip
    ax.plot([at, at], [0, slope], color=PAPER["gradient"], linewidth=3, solid_capstyle="butt")
    ax.plot([at], [slope], markersize=6, markeredgecolor=PAPER["gradient"], zorder=5, **ring)
    ax.plot([at], [value], markersize=7.5, markeredgecolor=PAPER["forward"], zorder=5, **ring)


def axes(ax: Axes | None, title: str, xlabel: str = "") -> Axes:
    """Axes in house style: hairlines at zero, two spines, a serif name."""
    if ax is None:
        from matplotlib import pyplot

        figure = pyplot.figure(figsize=(5.6, 3.5), facecolor=PAPER["paper"])
        ax = figure.add_axes(
            (0.09, 0.14, 0.84, 0.75), facecolor=PAPER["paper"]
        )  # fixed: a layout engine draws twice
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        ax.spines[side].set_color(PAPER["pale"])
    ax.tick_params(colors=PAPER["muted"], labelsize=9, width=0.8, length=3)
    ax.axhline(0, color=PAPER["pale"], linewidth=0.7, zorder=0)
    ax.axvline(0, color=PAPER["pale"], linewidth=0.7, zorder=0)
    ax.set_xlabel(
        f"${xlabel}$" if xlabel else "$x$", color=PAPER["ink"], loc="right", math_fontfamily="cm", fontsize=12
    )
    ax.set_title(
        title, color=PAPER["ink"], fontsize=11, loc="left", pad=10, family="monospace", fontweight="bold"
    )
    return ax
