"""In the server, before many notes are run: do once what each of their processes would do for itself."""

from __future__ import annotations

import inspect
import io
import sys

import numpy as np


def warm() -> None:
    """Load what views need, and find out what the first figure and the first look at a source find out."""
    from chalkgrad.notes import samples as samples
    from chalkgrad.render.view import collect

    inspect.getmodule(example.__code__)  # goes through all modules, and remembers their files
    collect(example, 1.0)
    if "matplotlib.pyplot" in sys.modules:
        draw()


def example(x: float) -> float:
    """A function with views."""
    return 1 / (1 + np.exp(-x))


def draw() -> None:
    """One figure: the fonts are found, and their letters measured."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots()
    axes.plot([0, 1], [-1, 1], label="f")
    axes.set_title("Loss 0.123456789")
    axes.legend()
    figure.savefig(io.StringIO(), format="svg")
    plt.close(figure)
