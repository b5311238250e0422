"""What a fence puts out, in order: printed text, the values of bare expressions, Matplotlib's figures."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass, field
from typing import Any

from chalkgrad.notes.faults import plain

LARGEST = 2 * 2**20  # characters of one figure; a larger one becomes an image in its frame
WIDEST = 100  # inches of a figure
IN_ALL = 48 * 2**20  # characters of a note's figures


@dataclass
class Tape:
    """Everything the fence being run has put out so far, up to a limit."""

    characters: int  # how many of printed text are kept
    figures: int  # how many are kept
    outs: list[dict[str, Any]] = field(default_factory=list)
    line: int = 0  # of the statement being run
    lost: int = 0  # characters beyond the limit
    kept: int = 0
    drawn: int = 0  # characters of all figures so far

    def text(self, text: str, stream: str = "out") -> None:
        room = max(0, self.characters - self.kept)
        self.lost += max(0, len(text) - room)
        text = plain(text[:room])
        self.kept += len(text)
        if text and self.outs and self._continues(self.outs[-1], stream):
            self.outs[-1]["text"] += text
        elif text:
            self.outs.append({"kind": stream, "line": self.line, "text": text})

    def _continues(self, out: dict[str, Any], stream: str) -> bool:
        return out["kind"] == stream and out["line"] == self.line

    def has_room_for_a_figure(self) -> bool:
        return self.drawn < IN_ALL and sum(out["kind"] == "figure" for out in self.outs) < self.figures

    def figure(self, svg: str, alt: str) -> None:
        self.drawn += len(svg)
        self.outs.append({"kind": "figure", "line": self.line, "svg": svg, "alt": plain(alt)})

    def take(self) -> tuple[list[dict[str, Any]], int]:
        """What was put out, and how many characters of it were lost; then empty."""
        outs, lost = self.outs, self.lost
        self.outs, self.lost, self.kept = [], 0, 0
        return outs, lost


class Stream(io.TextIOBase):
    """`sys.stdout` or `sys.stderr` of the notes."""

    def __init__(self, tape: Tape, name: str):
        self.tape, self.kind = tape, name

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self.tape.text(text, self.kind)
        return len(text)


def take_figures(tape: Tape) -> None:
    """Put every open figure on the tape and close it, as `plt.show()` in a notebook does."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return
    watching = sys.getprofile()
    sys.setprofile(None)  # drawing makes a hundred thousand calls, and none of them is the notes'
    try:
        _take(pyplot, tape)
    finally:
        sys.setprofile(watching)


def _take(pyplot: Any, tape: Tape) -> None:
    for number in pyplot.get_fignums():
        figure = pyplot.figure(number)
        try:
            if tape.has_room_for_a_figure():
                tape.figure(_svg(figure), _alt(figure))
        finally:
            pyplot.close(figure)


def _svg(figure: Any) -> str:
    """A figure as SVG; what has very many parts is drawn in pixels, in a frame that is not."""
    width, height = figure.get_size_inches()
    if not (0 < width <= WIDEST and 0 < height <= WIDEST):
        raise ValueError(
            f"a figure of {width:g} × {height:g} inches is not drawn; {WIDEST} × {WIDEST} is the most"
        )
    svg = _saved(figure)
    if len(svg) > LARGEST:
        for axes in figure.axes:
            for artist in (*axes.collections, *axes.lines, *axes.patches, *axes.images):
                artist.set_rasterized(True)
        svg = _saved(figure)
    if len(svg) > 2 * LARGEST:
        raise ValueError(f"a figure of {len(svg) >> 20} MiB is not shown")
    return svg


def _saved(figure: Any) -> str:
    file = io.StringIO()
    figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    return file.getvalue()


def _alt(figure: Any) -> str:
    titles = [
        t for ax in figure.axes for t in (ax.get_title("left"), ax.get_title(), ax.get_title("right")) if t
    ]
    return "; ".join(titles) or "A figure that the code above draws"


def show_figures(tape: Tape) -> None:
    """Make `plt.show()` mean `take_figures` in this process, the notes' own, once it has Matplotlib."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return
    pyplot.rcParams["svg.hashsalt"] = "chalkgrad"  # the same figure gives the same file
    pyplot.__dict__["show"] = lambda *args, **kwargs: take_figures(tape)
