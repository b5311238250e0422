"""What is done at the end of each epoch: functions of an `Epoch`; one that returns True ends the training.

An object may have `begin()`, called before a training, and, where it remembers something from epoch to epoch,
`state()` and `resume(state)` for checkpoints.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from chalkgrad.errors import ArgumentError

if TYPE_CHECKING:
    from chalkgrad.train.model import Model


@dataclass(frozen=True, slots=True, eq=False)
class Epoch:
    """One epoch that has just ended."""

    number: int  # from 1
    figures: dict[str, float]  # loss, metrics, val_loss …
    model: Model  # with the parameters as they are now


Callback = Callable[[Epoch], Any]
# fmt: off
KNOWN = {  # words in the names of figures, and which way these are better
    "lower":  ("loss", "error", "mae", "mse", "rmse", "mape", "perplexity", "bits", "entropy", "huber"),
    "higher": ("accuracy", "acc", "r2", "squared", "auc", "precision", "recall", "f1", "score"),
}
# fmt: on


def _of(name: str, words: tuple[str, ...]) -> bool:
    """Whether one of the words is part of a figure's name.

    >>> _of("val_mean_squared_error", ("error",)), _of("val_trace", ("acc",))
    (True, False)
    """
    return any(w in words for w in name.lower().split("_"))


@dataclass(eq=False)
class EarlyStopping:
    """End the training when a figure has not improved for some epochs.

    However the training ends, its model has the parameters of the best epoch; `best_epoch` says which it was.

    Args:
        monitor: which figure; default: the loss of validation.
        patience: how many epochs without a better one are borne.
        smallest: an improvement by less than this is none.
        better: "lower" or "higher"; default: what is known of figures of that name.

    Raises:
        ArgumentError: there is no such figure, or nobody knows which way it is better.

    Source: Prechelt, "Early stopping, but when?", 1998.
    """

    monitor: str = "val_loss"
    patience: int = 3
    smallest: float = 0.0
    better: str = ""
    best: float = field(default=float("inf"), init=False)
    best_epoch: int = field(default=0, init=False)
    params: Any = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        known = (way for way, words in KNOWN.items() if _of(self.monitor, words))
        self.better = self.better or next(known, "")
        if self.better not in KNOWN:
            told = (
                f"better={self.better!r}."
                if self.better
                else f"is a higher or a lower {self.monitor} better?"
            )
            raise ArgumentError(f"EarlyStopping: {told} Cure: better='lower' or better='higher'")

    def __call__(self, epoch: Epoch) -> bool:
        if self.monitor not in epoch.figures:
            raise ArgumentError(self._missing(list(epoch.figures)))
        now = epoch.figures[self.monitor] * (1 if self.better == "lower" else -1)
        if now < self.best - self.smallest:
            self.best, self.best_epoch, self.params = now, epoch.number, epoch.model.params
        return epoch.number - self.best_epoch >= self.patience

    def _missing(self, known: list[str]) -> str:
        held = any(k.startswith("val_") for k in known)
        near = get_close_matches(self.monitor, known, 1, 0.0)[0]
        cure = f"monitor={near!r}" if held or not self.monitor.startswith("val_") else "validation=(X, y)"
        return f"EarlyStopping watches {self.monitor}, and there is only {', '.join(known)}. Cure: {cure}"

    def begin(self) -> None:
        """Forget the training before."""
        self.best, self.best_epoch, self.params = float("inf"), 0, None

    def state(self) -> dict[str, Any]:
        """What a checkpoint keeps: numbers, texts and nested arrays."""
        return {"best": self.best, "best_epoch": self.best_epoch, "params": self.params}

    def resume(self, state: dict[str, Any]) -> None:
        """Go on with what a checkpoint has kept."""
        self.best, self.best_epoch, self.params = state["best"], state["best_epoch"], state["params"]
