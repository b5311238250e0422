"""How good a network is on examples that it does not learn from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from chalkgrad.errors import ArgumentError
from chalkgrad.foundation import Chain
from chalkgrad.nn.layers.layer import Mode, Params
from chalkgrad.nn.network import forward
from chalkgrad.train.metrics import Metric


class Judge:
    """The loss and the metrics on a set of examples, some at a time, in plain NumPy."""

    def __init__(self, network: Chain, loss: Callable, metrics: dict[str, Metric]):
        self.network, self.figures = network, {"loss": loss} | metrics

    def __call__(self, params: Params, batches: Iterable[tuple[Any, Any]]) -> dict[str, float]:
        found, sizes = [], []
        for x, y in batches:
            prediction = forward(self.network.functions, params, x, Mode())[0]
            found.append([float(f(prediction, y)) for f in self.figures.values()])
            sizes.append(len(x))
        if not sizes:
            raise ArgumentError("validation has no batches. Cure: an iterable that begins anew each epoch")
        means = np.average(np.array(found), axis=0, weights=sizes)
        return dict(zip(self.figures, means.tolist(), strict=True))
