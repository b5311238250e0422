"""What is done at the end of each epoch: functions of an `Epoch`; one that returns True ends the training."""

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
