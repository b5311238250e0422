"""A training looked back on: the parameters as they were at some of its epochs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from chalkgrad.errors import ArgumentError
from chalkgrad.nn.layers.layer import Params
from chalkgrad.nn.network import paths
from chalkgrad.train.callbacks import Epoch

MOMENTS = 24
MEMORY = 256 << 20  # bytes of all snapshots together
UNASKED = 64 << 20  # bytes of those that nobody asked for
FEW = 4
MOST_SAMPLE = 300  # examples that a picture of the decision shows


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The parameters after an epoch; after epoch 0, as they were at first."""

    epoch: int
    params: Params = field(repr=False)


@dataclass(eq=False)
class Snapshots:
    """Keeps the parameters of some epochs, evenly spread: at `most` so many, and less where they are large.

    A callback; `fit(…, keep=24)` makes one. When there are too many, every second one is let go.

    Raises:
        ArgumentError: there is no room for two.
    """

    most: int = MOMENTS
    memory: int = MEMORY
    every: int = field(default=1, init=False)  # epochs between two
    kept: list[Snapshot] = field(default_factory=list, init=False, repr=False)
    latest: Snapshot | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        if self.most < 2:
            raise ArgumentError(f"keep={self.most}: two or more snapshots, the first and the last, or keep=0")

    def start(self, params: Params) -> None:
        """Forget the training before; the new one begins with these parameters."""
        room = max(2, self.memory // _size(params))
        self.most, self.every = int(min(self.most, room)), 1
        self.kept = [Snapshot(0, _copied(params))]

    def __call__(self, epoch: Epoch) -> None:
        self.latest = Snapshot(epoch.number, _copied(epoch.model.params))
        if epoch.number % self.every == 0:
            self._add(self.latest)

    def _add(self, snapshot: Snapshot) -> None:
        self.kept.append(snapshot)
        while len(self.kept) > self.most:
            self.every *= 2
            self.kept = [s for s in self.kept if s.epoch % self.every == 0]

    def all(self) -> tuple[Snapshot, ...]:
        """What is kept, and the last epoch."""
        last = [] if self.latest is None or self.latest.epoch == self.kept[-1].epoch else [self.latest]
        return (*self.kept, *last)

    def state(self) -> dict[str, Any]:
        """What a checkpoint keeps."""
        params = {str(k): s.params for k, s in enumerate(self.all())}
        return {"every": self.every, "epochs": [s.epoch for s in self.all()], "params": params}

    def resume(self, state: dict[str, Any]) -> None:
        """Go on with what a checkpoint has kept."""
        found = [Snapshot(int(e), state["params"][str(k)]) for k, e in enumerate(state["epochs"])]
        self.every, self.latest = int(state["every"]), found[-1]
        self.kept = [s for s in found if s.epoch % self.every == 0]


def snapshots_for(keep: int | None, checkpoint: bool, params: Params) -> Snapshots | None:
    """What keeps as many moments as were asked for.

    By default these are some, unless there is room for a few only or a checkpoint would hold them all.
    """
    if keep is not None:
        return Snapshots(keep) if keep else None
    return None if checkpoint or UNASKED < FEW * _size(params) else Snapshots(MOMENTS, UNASKED)


def _size(params: Params) -> int:
    return max(1, sum(np.asarray(a).nbytes for _, a in paths(params)))


def _copied(params: Params) -> Params:
    return {k: _copied(v) if isinstance(v, dict) else np.array(v) for k, v in params.items()}


def sample_of(X: Any, y: Any) -> tuple[np.ndarray, np.ndarray] | None:
    """Some examples for a picture of the decision: only where each is two numbers."""
    if y is None or callable(X) or np.ndim(X) != 2 or np.shape(X)[1] != 2:
        return None
    chosen = np.linspace(0, len(X) - 1, min(len(X), MOST_SAMPLE)).astype(int)
    return np.asarray(X)[chosen], np.asarray(y)[chosen]
