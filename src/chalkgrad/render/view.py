"""`show`: the four linked views of a function. First its data, in pure Python, then its picture.

`collect` runs where the function lives, and gives JSON; `card` makes HTML and SVG of it, with KaTeX and
Graphviz, where nothing of the person's runs. A view that fails says why in its place, and leaves the others.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from chalkgrad.render.card import CardView
from chalkgrad.render.view_card import card_of
from chalkgrad.render.view_data import collect_views
from chalkgrad.trace.run import check_callable, name_of


def collect(
    f: Callable, *args: Any, at: float | None = None, over: tuple[float, float] | None = None
) -> dict[str, Any]:
    """All that a card shows of a function, as JSON.

    Args:
        f: any function in plain NumPy, a chain, a derivative.
        *args: example arguments.
        at: where the tangent stands, for a function of one number; default: the argument itself.
        over: from where to where the plot goes; default: about that place and zero.

    Returns:
        A dict of plain values; what failed is under "failed", with its reason.

    Raises:
        ChalkgradError: f could not be recorded at all.
    """
    check_callable(f)
    return collect_views(f, args, at, over)


def card(data: dict[str, Any]) -> CardView:
    """The card of what `collect` gave."""
    return card_of(data)


def show(
    f: Callable, *args: Any, at: float | None = None, y: Any = None, image: tuple[int, ...] | None = None
) -> Page:
    """The four linked views of a function: formula, plot, factory, code; of a network, its layers too.

    Args:
        f: any function in plain NumPy, a chain, a derivative, a network.
        *args: example arguments; default: 1.0 for each. Of what `fit` returns the examples, of a chain with
            parameters these and the examples.
        at: where the tangent stands.
        y: of a trained network, the examples' targets: what its loss is taken against.
        image: rows and columns of a network's examples that come as rows of numbers; default: those of a
            square, from 8 × 8 on; () where they are no pictures.

    Returns:
        A `Page`: it shows itself in a notebook, and saves itself as one file.

    Raises:
        ChalkgradError: f could not be recorded.
    """
    from chalkgrad.render.examples import with_examples
    from chalkgrad.render.opened import opened

    f, args = opened(f, args, y, image)
    return with_examples("show", lambda *given: Page(f, given, at), f, args)


class Page:
    """A function's card as a page of its own."""

    def __init__(self, f: Callable, args: tuple[Any, ...], at: float | None = None):
        self.f, self.args = f, args
        self.data = collect(f, *args, at=at)

    def __repr__(self) -> str:
        return f"<page of {name_of(self.f)}>"

    @property
    def html(self) -> str:
        """The whole page; it opens from disk and fetches nothing."""
        from chalkgrad.render.page import card_html, page_html

        return page_html(name_of(self.f), card_html(card(self.data)))

    def save(self, path: str | Path) -> Path:
        """Write the page to one file, and return its path."""
        path = Path(path)
        path.write_text(self.html, encoding="utf-8")
        return path

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        makers: dict[str, Callable[[], Any]] = {
            "text/plain": self._text,
            "text/latex": self._latex,
            "image/svg+xml": self._svg,
            "image/png": self._png,
            "text/html": self._frame,
        }
        wanted = [k for k in makers if (not include or k in include) and not (exclude and k in exclude)]
        bundle = {k: makers[k]() for k in wanted}
        return {k: v for k, v in bundle.items() if v is not None}

    def _text(self) -> str:
        from chalkgrad.render.walk import walk

        return str(walk(self.f, *self.args))

    def _latex(self) -> str | None:
        lines = self.data.get("formulas") or []
        return f"$$\\displaystyle {plain_latex(lines[0]['latex'])}$$" if lines else None

    def _svg(self) -> str:
        from chalkgrad.render.factory import factory

        return factory(self.f, *self.args, backward=True).svg

    def _png(self) -> bytes | None:
        if "plot" not in self.data:
            return None
        import io

        from matplotlib import pyplot

        from chalkgrad.render.plot import plot

        figure = plot(self.f, *self.args).get_figure(root=True)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=144)  # type: ignore[union-attr]
        pyplot.close(figure)
        return buffer.getvalue()

    def _frame(self) -> str:
        """The page in a frame of its own, so that its style meets nobody else's."""
        from html import escape

        style = "width:100%;height:760px;border:0"
        frame = f'sandbox="allow-scripts" style="{style}" title="{escape(name_of(self.f))}"'
        return f'<iframe {frame} srcdoc="{escape(self.html)}"></iframe>'


def plain_latex(latex: str) -> str:
    r"""LaTeX without our marks.

    >>> plain_latex(r"\htmlData{node=2}{e^{x}} + 1")
    '{e^{x}} + 1'
    """
    import re

    return re.sub(r"\\htmlData\{[^{}]*\}", "", latex)


def dumps(data: dict[str, Any]) -> str:
    """The JSON of what `collect` gave; raises where something in it is not JSON."""
    return json.dumps(data, allow_nan=False)
