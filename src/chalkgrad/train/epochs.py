"""The loop over epochs: some steps at a time, so that progress shows and an interruption loses little."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from chalkgrad.nn.network import join
from chalkgrad.train.batches import order_of
from chalkgrad.train.callbacks import Callback, Epoch
from chalkgrad.train.divergence import diverged
from chalkgrad.train.history import History
from chalkgrad.train.job import Carry, Job, Progress
from chalkgrad.train.judge import Judge
from chalkgrad.train.model import Model
from chalkgrad.train.progress import Bar

AT_ONCE = 0.5  # seconds of work between two looks at the losses


class Epochs:
    """Runs a job epoch by epoch; see `fit` for the arguments."""

    def __init__(
        self,
        job: Job,
        engine: Any,
        epochs: int,
        shuffle: bool,
        validation: tuple[Any, Any] | None,
        callbacks: Sequence[Callback],
        bar: Bar,
    ):
        self.job, self.engine, self.epochs, self.shuffle = job, engine, epochs, shuffle
        self.validation, self.callbacks, self.bar = validation, callbacks, bar
        self.judge = Judge(job.network, job.loss, job.metrics) if validation is not None else None
        self.history = History()
        self.steps = -(-len(job.X) // job.batch_size)  # of one epoch
        self.chunk = max(1, self.steps // 50)  # steps at once; grows until they take long enough

    def run(self) -> Model:
        """All epochs, or as many as there is patience for."""
        self.carry = self.engine.start(self.job.start)
        try:
            for epoch in range(self.epochs):
                if self._epoch(epoch):
                    break
        except KeyboardInterrupt:
            self.history.stopped = f"interrupted in epoch {len(self.history) + 1}"
        return self.model(self.carry)

    def model(self, carry: Carry) -> Model:
        """The network with parameters as they are in some carry."""
        final = self.engine.finish(carry)
        kept = [getattr(c, "params", None) for c in self.callbacks if self.history.stopped]
        params = next((p for p in kept if p is not None), None)
        return Model(self.job.network, params or join(final.state, final.learnt), self.job.loss, self.history)

    def _epoch(self, epoch: int) -> bool:
        """One epoch; whether it is to be the last."""
        started = time.perf_counter()
        order = order_of(len(self.job.X), self.job.seed, epoch, self.shuffle)
        self.bar.begin(epoch, self.steps)
        made = [self._some(order, first, steps, epoch) for first, steps in self._pieces()]
        figures = self._figures(made)
        seconds = time.perf_counter() - started
        if self.judge is not None and self.validation is not None:
            now = self.engine.finish(self.engine.copy(self.carry))
            judged = self.judge(join(now.state, now.learnt), *self.validation)
            figures |= {f"val_{name}": value for name, value in judged.items()}
        self.history.add(**figures, seconds=seconds)
        return self._called_back(epoch, figures)

    def _pieces(self) -> Any:
        """(first step, how many) of what is run at once; the last batch, if it is smaller, by itself."""
        full = len(self.job.X) // self.job.batch_size
        at = 0
        while at < full:
            steps = min(self.chunk, full - at)
            yield at, steps
            at += steps
        if full < self.steps:
            yield full, 1

    def _some(self, order: np.ndarray, first: int, steps: int, epoch: int) -> Progress:
        started = time.perf_counter()
        before = self.engine.copy(self.carry)
        made: Progress = self.engine.run(self.carry, order, first, steps, epoch * self.steps)
        if not np.isfinite(made.losses).all():
            raise diverged(self, before, order, first, epoch, made)
        self.carry = made.carry
        self.bar.advance(made, started)
        self._adapt(steps, time.perf_counter() - started)
        return made

    def _adapt(self, steps: int, seconds: float) -> None:
        """More steps at once, if these were soon done; the first steps of all have compiled the program."""
        if steps == self.chunk and seconds < AT_ONCE:
            self.chunk = min(self.steps, max(self.chunk + 1, int(self.chunk * min(8.0, AT_ONCE / seconds))))
        elif seconds > 2 * AT_ONCE and self.carry is not None and len(self.history):
            self.chunk = max(1, int(self.chunk * AT_ONCE / seconds))

    def _figures(self, made: Sequence[Progress]) -> dict[str, float]:
        """Means over the epoch's examples."""
        sizes = np.full(self.steps, self.job.batch_size)
        sizes[-1] = len(self.job.X) - (self.steps - 1) * self.job.batch_size
        losses = np.concatenate([m.losses for m in made])
        figures = {"loss": float(np.average(losses, weights=sizes))}
        for name in self.job.metrics:
            values = np.concatenate([m.metrics[name] for m in made])
            figures[name] = float(np.average(values, weights=sizes))
        return figures

    def _called_back(self, epoch: int, figures: dict[str, float]) -> bool:
        if not self.callbacks:
            return False
        report = Epoch(epoch + 1, figures, self.model(self.engine.copy(self.carry)))
        enough = [c for c in self.callbacks if c(report) is True]
        if enough:
            name = getattr(enough[0], "__name__", type(enough[0]).__name__)
            self.history.stopped = f"{name} after epoch {epoch + 1}"
        return bool(enough)
