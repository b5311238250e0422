"""What is done at the end of each epoch: functions of an `Epoch`; one that returns True ends the training.

An object may have `begin()`, called before a training, and, where it remembers something from epoch to epoch,
`state()` and `resume(state)` for checkpoints.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chalkgrad.train.model import Model


@dataclass(frozen=True, slots=True, eq=False)
class Epoch:
    """One epoch that has just ended."""

    number: int  # from 1
    figures: dict[str, float]  # loss, metrics, val_loss …
    model: Model  # with the parameters as they are now


Callback = Callable[[Epoch], Any]


@dataclass(eq=False)
class EarlyStopping:
    """End the training when a figure has not improved for some epochs, with the parameters of its best one.

    Args:
        monitor: which figure; default: the loss of validation.
        patience: how many epochs without a better one are borne.
        smallest: an improvement by less than this is none.

    Raises:
        ArgumentError: there is no such figure.

    Source: Prechelt, "Early stopping, but when?", 1998.
    """

    monitor: str = "val_loss"
    patience: int = 3
    smallest: float = 0.0
    best: float = field(default=float("inf"), init=False)
    best_epoch: int = field(default=0, init=False)
    params: Any = field(default=None, init=False, repr=False)

    def __call__(self, epoch: Epoch) -> bool:
        if self.monitor not in epoch.figures:
            from chalkgrad.errors import ArgumentError

            known = ", ".join(epoch.figures)
            raise ArgumentError(
                f"EarlyStopping watches {self.monitor}, and there is only {known}. Cure: validation=(X, y)"
            )
        now = epoch.figures[self.monitor] * (1 if "loss" in self.monitor or "error" in self.monitor else -1)
        if now < self.best - self.smallest:
            self.best, self.best_epoch, self.params = now, epoch.number, epoch.model.params
        return epoch.number - self.best_epoch >= self.patience

    def begin(self) -> None:
        """Forget the training before."""
        self.best, self.best_epoch, self.params = float("inf"), 0, None

    def state(self) -> dict[str, Any]:
        """What a checkpoint keeps: numbers, texts and nested arrays."""
        return {"best": self.best, "best_epoch": self.best_epoch, "params": self.params}

    def resume(self, state: dict[str, Any]) -> None:
        """Go on with what a checkpoint has kept."""
        self.best, self.best_epoch, self.params = state["best"], state["best_epoch"], state["params"]
