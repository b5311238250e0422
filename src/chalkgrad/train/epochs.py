"""The loop over epochs: some steps at a time, so that progress shows and an interruption loses little."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from chalkgrad.nn.network import join
from chalkgrad.train.callbacks import Callback, Epoch
from chalkgrad.train.checkpoint import Keeper
from chalkgrad.train.divergence import diverged
from chalkgrad.train.history import History
from chalkgrad.train.job import Carry, Job
from chalkgrad.train.judge import Judge
from chalkgrad.train.model import Model
from chalkgrad.train.place import Place
from chalkgrad.train.progress import Bar
from chalkgrad.train.source import Held, Piece
from chalkgrad.train.statistics import Statistics

AT_ONCE = 0.5  # seconds of work between two looks at the losses


class Epochs:
    """Runs a job epoch by epoch; see `fit` for the arguments."""

    def __init__(
        self,
        job: Job,
        engine: Any,
        epochs: int,
        validation: Held | None,
        callbacks: Sequence[Callback],
        bar: Bar,
        statistics: bool = False,
        keeper: Keeper | None = None,
    ):
        self.job, self.engine, self.epochs = job, engine, epochs
        self.validation, self.callbacks, self.bar = validation, callbacks, bar
        self.judge = Judge(job.network, job.loss, job.metrics) if validation is not None else None
        self.statistics = Statistics(job) if statistics else None
        self.keeper, self.history = keeper, History()
        self.chunk = max(1, (job.source.steps or 1) // 50)  # steps at once; grows until they take long enough

    def run(self) -> Model:
        """All epochs, or as many as there is patience for."""
        carry, place = self.job.start, None
        found = self.keeper.found if self.keeper is not None else None
        if found is not None:
            place, self.history = found.place, found.history
            carry = place.carry
        carry = self.engine.start(carry)
        self.place = place.moved(carry) if place is not None else Place(carry)
        if self.history.stopped:
            return self.model(carry, best=True)
        try:
            while self.place.epoch < self.epochs and not self._epoch():
                pass
            self._keep(must=True)
        except KeyboardInterrupt:
            self._keep(must=True)
            self.history.stopped = f"interrupted in epoch {len(self.history) + 1}"
        return self.model(self.place.carry, best=True)

    def model(self, carry: Carry, best: bool = False) -> Model:
        """The network with parameters as they are in some carry, or those that a callback has found best."""
        final = self.engine.finish(carry)
        kept = [getattr(c, "params", None) for c in self.callbacks if best]
        params = next((p for p in kept if p is not None), None) or join(final.state, final.learnt)
        takes = np.shape(self.job.source.example[0])[1:]
        return Model(self.job.network, params, self.job.loss, self.history, takes)

    def _epoch(self) -> bool:
        """One epoch, or what is left of it; whether it is to be the last."""
        epoch, first = self.place.epoch, self.place.step
        self.bar.begin(epoch, self.job.source.steps, first)
        for piece in self.job.source.pieces(epoch, first, lambda: self.chunk):
            self._some(piece)
            self._keep()
        figures = self.place.figures().means()
        if self.judge is not None and self.validation is not None:
            now = self.engine.finish(self.place.carry)
            judged = self.judge(join(now.state, now.learnt), self.validation.batches(epoch))
            figures |= {f"val_{name}": value for name, value in judged.items()}
        self.history.add(**figures, seconds=self.place.seconds)
        if self.statistics is not None:
            self.history.add_layers(self.statistics(self.engine.finish(self.place.carry), self.place.done))
        enough = self._called_back(epoch, figures)
        self.place = self.place.next_epoch()
        self._keep(epoch=True)
        return enough

    def _some(self, piece: Piece) -> None:
        """Some steps. What an interruption finds in `self.place` is whole at every moment."""
        started = time.perf_counter()
        before = self.engine.copy(self.place.carry)
        made = self.engine.run(before, piece, self.place.done)
        if not np.isfinite(made.losses).all() or not self.engine.finite(made.carry):
            raise diverged(self, self.place.carry, piece, made)
        seconds = time.perf_counter() - started
        self.place = self.place.after(made, piece.size, seconds)
        self.bar.advance(made, piece.size, seconds)
        if self.engine.alone:  # hosts must make the same steps at once
            self._adapt(piece.steps, seconds)

    def _adapt(self, steps: int, seconds: float) -> None:
        """More steps at once, if these were soon done; the first steps of all have compiled the program."""
        most = self.job.source.steps or 1 << 20
        if steps == self.chunk and seconds < AT_ONCE:
            self.chunk = min(most, max(self.chunk + 1, int(self.chunk * min(8.0, AT_ONCE / seconds))))
        elif seconds > 2 * AT_ONCE and len(self.history):
            self.chunk = max(1, int(self.chunk * AT_ONCE / seconds))

    def _keep(self, must: bool = False, epoch: bool = False) -> None:
        if self.keeper is not None and (must or self.keeper.is_due(epoch)):
            carry = self.engine.finish(self.place.carry)
            self.keeper.write(self.place.moved(carry), self.history)

    def _called_back(self, epoch: int, figures: dict[str, float]) -> bool:
        if not self.callbacks:
            return False
        report = Epoch(epoch + 1, figures, self.model(self.place.carry))
        enough = [c for c in self.callbacks if c(report) is True]
        last = bool(enough) if self.engine.alone else self.engine.devices.agreed(bool(enough))
        if last:
            name = getattr(enough[0], "__name__", type(enough[0]).__name__) if enough else "the first host"
            self.history.stopped = f"{name} after epoch {epoch + 1}"
        return last
