"""The bar of a training: loss, metric, samples a second, time left."""

from __future__ import annotations

import sys
from typing import Any

from chalkgrad.train.job import Progress


class Bar:
    """Shows how far the training is, on the terminal's error stream; silent where that is none.

    Args:
        wanted: whether to show it; None: if somebody is looking.
        epochs: how many.
    """

    def __init__(self, wanted: bool | None, epochs: int):
        self.shown = sys.stderr.isatty() if wanted is None else wanted
        self.epochs = epochs
        self.bar: Any = None
        self.samples, self.seconds = 0, 0.0

    def __enter__(self) -> Bar:
        if self.shown:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            words = "[progress.description]{task.description}"
            columns = (
                TextColumn(words),
                BarColumn(bar_width=24),
                MofNCompleteColumn(),
                TextColumn("{task.fields[figures]}"),
            )
            self.bar = Progress(*columns, TimeRemainingColumn(compact=True), console=Console(stderr=True))
            self.bar.start()
            self.task = self.bar.add_task("", total=1, figures="")
        return self

    def __exit__(self, *exc: object) -> None:
        if self.bar is not None:
            self.bar.stop()

    def begin(self, epoch: int, steps: int | None, first: int = 0) -> None:
        """An epoch begins, or goes on from a step; nobody need know how many it has."""
        self.samples, self.seconds = 0, 0.0
        if self.bar is not None:
            words = f"epoch {epoch + 1}/{self.epochs}"
            self.bar.reset(self.task, total=steps, completed=first, description=words, figures="")

    def advance(self, made: Progress, size: int, seconds: float) -> None:
        """Some steps are done, with so many examples each."""
        self.samples += len(made.losses) * size
        self.seconds += seconds
        if self.bar is not None:
            figures = [
                f"loss {made.losses.mean():.4f}",
                *(f"{k} {v.mean():.4f}" for k, v in made.metrics.items()),
            ]
            figures.append(f"{self.samples / max(self.seconds, 1e-9):,.0f} samples/s")
            self.bar.update(self.task, advance=len(made.losses), figures="  ".join(figures))
