"""How good a network is on examples that it does not learn from."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from chalkgrad.errors import ArgumentError
from chalkgrad.foundation import Chain
from chalkgrad.nn.layers.layer import Mode, Params
from chalkgrad.nn.network import forward
from chalkgrad.train.metrics import Metric
from chalkgrad.train.source import Batch


class Judge:
    """The loss and the metrics on a set of examples, some at a time, in plain NumPy."""

    def __init__(self, network: Chain, loss: Callable, metrics: dict[str, Metric]):
        self.network, self.loss, self.metrics = network, loss, metrics

    def __call__(self, params: Params, batches: Iterable[Batch]) -> dict[str, float]:
        found, sizes = [], []
        for x, y, weight in batches:
            prediction = forward(self.network.functions, params, x, Mode())[0]
            given = (y,) if weight is None else (y, weight)
            total = len(x) if weight is None else float(np.sum(weight))
            loss = float(self.loss(prediction, *given)) if total else 0.0
            found.append([loss, *(float(f(prediction, y)) for f in self.metrics.values())])
            sizes.append([total, *(len(x) for _ in self.metrics)])
        if not sizes:
            raise ArgumentError("validation has no batches. Cure: an iterable that begins anew each epoch")
        if not sum(s[0] for s in sizes):
            raise ArgumentError("all weights of validation are 0. Cure: weights above 0")
        means = np.average(np.array(found), axis=0, weights=np.array(sizes))
        return dict(zip(("loss", *self.metrics), means.tolist(), strict=True))
