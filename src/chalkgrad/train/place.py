"""How far a training is: all that it takes to go on from there."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from chalkgrad.train.job import Carry, Progress


@dataclass(frozen=True, eq=False, slots=True)
class Made:
    """What the steps of an epoch gave so far."""

    losses: np.ndarray  # (steps,)
    metrics: dict[str, np.ndarray]  # (steps,) each
    sizes: np.ndarray  # (steps,), examples of each

    def means(self) -> dict[str, float]:
        """Over the epoch's examples."""
        columns = {"loss": self.losses} | self.metrics
        return {name: float(np.average(values, weights=self.sizes)) for name, values in columns.items()}


@dataclass(frozen=True, eq=False, slots=True)
class Place:
    """A training between two steps."""

    carry: Carry
    epoch: int = 0  # epochs that are over
    done: int = 0  # steps that were made, of all epochs
    made: tuple[Made, ...] = ()  # in this epoch
    seconds: float = 0.0  # spent on this epoch

    @property
    def step(self) -> int:
        """Steps that were made in this epoch."""
        return sum(len(m.losses) for m in self.made)

    def after(self, made: Progress, size: int, seconds: float) -> Place:
        """Some steps later."""
        steps = len(made.losses)
        new = Made(made.losses, made.metrics, np.full(steps, size))
        done, spent = self.done + steps, self.seconds + seconds
        return replace(self, carry=made.carry, done=done, made=(*self.made, new), seconds=spent)

    def moved(self, carry: Carry) -> Place:
        """The same place, with arrays elsewhere."""
        return replace(self, carry=carry)

    def next_epoch(self) -> Place:
        """At the beginning of the next epoch."""
        return Place(self.carry, self.epoch + 1, self.done)

    def figures(self) -> Made:
        """What all steps of the epoch gave."""
        joined = {k: np.concatenate([m.metrics[k] for m in self.made]) for k in self.made[0].metrics}
        losses, sizes = (np.concatenate([getattr(m, f) for m in self.made]) for f in ("losses", "sizes"))
        return Made(losses, joined, sizes)
