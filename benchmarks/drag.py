"""What a move of the hand costs in a page: `python -m benchmarks.drag`, in Chromium, from `file://`.

A page is made of each function, its slider is moved a few hundred times, and each move is timed from the
event until the browser has laid out the four views that followed it. The processor's own time a move is what
stays comparable where the machine does something else as well.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from rich.table import Table

import chalkgrad as cg
from benchmarks.__main__ import conditions, console

MOVES = 100 if "--quick" in sys.argv else 400
BUDGET = 16.0  # milliseconds

_DRAG = """([selector, moves]) => {
  const slider = document.querySelector(selector);
  const times = [];
  const [low, high] = [Number(slider.min || -3), Number(slider.max || 3)];
  for (let k = 0; k < moves; k++) {
    const value = low + (high - low) * (0.5 + 0.45 * Math.sin(k / 9));
    const start = performance.now();
    if (slider.type === "text") slider.focus();
    slider.value = String(Number(value.toFixed(2)));
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    document.querySelectorAll(".face:not([hidden]) .view").forEach(view => view.getBoundingClientRect());
    times.push(performance.now() - start);
  }
  return times;
}"""


def deep(operations: int) -> Callable:
    """A function of one number with that many operations, no two of them alike in a row."""
    steps = (np.tanh, lambda x: x * 0.7, np.sin, lambda x: x + 0.3, lambda x: x * x)

    def f(x):
        y = x
        for k in range(operations):
            y = steps[k % len(steps)](y)
        return y

    f.__name__ = f"{operations} operations"
    return f


def neuron(x, w, b):
    """Moving w redraws the curve over x as well."""
    return 1 / (1 + np.exp(-(w * x + b)))


def matrices(X, W):
    """A matrix function with a sum."""
    return np.sum(1 / (1 + np.exp(-np.dot(X, W))))


def cases() -> list[tuple[str, Callable, tuple[Any, ...], str]]:
    """(what it is, function, arguments, what is moved)."""
    six = np.linspace(-1, 1, 36).reshape(6, 6)
    rail = ".face:not([hidden]) .rail"
    scalars = [(f"x of {n} operations", deep(n), (0.5,), rail) for n in (10, 25, 50)]
    other = ("w of a neuron, curve redrawn", neuron, (1.0, -0.5, 0.25), ".slide[data-input='1:0']")
    first = ("X[0,0] of a 6 × 6 matrix function", matrices, (six, six.T.copy()), rail)
    entry = "input.entry[data-input='1:7']"
    last = ("W[1,1] of the same, curve redrawn", matrices, (six, six.T.copy()), entry)
    return [*scalars, other, first, last]


def timed(page: Any, selector: str) -> tuple[np.ndarray, float]:
    """Milliseconds of each move, and the main thread's own time a move; the first moves only warm up."""
    client = page.context.new_cdp_session(page)
    client.send("Performance.enable")

    def spent() -> float:
        metrics = client.send("Performance.getMetrics")["metrics"]
        return next(m["value"] for m in metrics if m["name"] == "ThreadTime")

    page.evaluate(_DRAG, [selector, 20])
    start = spent()
    times = np.array(page.evaluate(_DRAG, [selector, MOVES]))
    return times, (spent() - start) * 1e3 / MOVES


def main() -> None:
    from playwright.sync_api import sync_playwright

    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        sys.exit("no Chromium on this machine")
    conditions()
    table = Table(title=f"Milliseconds a move, {MOVES} moves", title_justify="left", width=96)
    for column in ("what is dragged", "nodes", "median", "95th percentile", "worst", "processor"):
        table.add_column(column, justify="left" if column == "what is dragged" else "right")
    with sync_playwright() as play, tempfile.TemporaryDirectory() as folder:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        console.print(f"Chromium {browser.version}, headless, 1280 × 900\n")
        for what, f, args, selector in cases():
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            saved = cg.show(f, *args)
            page.goto(saved.save(Path(folder) / "page.html").as_uri())
            times, processor = timed(page, selector)
            late = float(np.percentile(times, 95))
            style = "bold green" if late < BUDGET else "bold red"
            cells = [f"{t:.1f}" for t in (float(np.median(times)), late, float(times.max()), processor)]
            nodes = len(saved.data["live"]["graph"]["nodes"])
            table.add_row(what, str(nodes), *cells, style=style)
            page.close()
        browser.close()
    console.print(table)


if __name__ == "__main__":
    main()
