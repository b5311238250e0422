"""How good a network is on examples that it does not learn from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from chalkgrad.foundation import Chain
from chalkgrad.nn.layers.layer import Mode, Params
from chalkgrad.nn.network import forward
from chalkgrad.train.metrics import Metric

AT_ONCE = 1024  # examples that are run together


class Judge:
    """The loss and the metrics on a set of examples, some at a time, in plain NumPy."""

    def __init__(self, network: Chain, loss: Callable, metrics: dict[str, Metric]):
        self.network, self.figures = network, {"loss": loss} | metrics

    def __call__(self, params: Params, X: Any, y: Any) -> dict[str, float]:
        found, sizes = [], []
        for k in range(0, len(X), AT_ONCE):
            prediction = forward(self.network.functions, params, X[k : k + AT_ONCE], Mode())[0]
            found.append([float(f(prediction, y[k : k + AT_ONCE])) for f in self.figures.values()])
            sizes.append(len(prediction))
        means = np.average(np.array(found), axis=0, weights=sizes)
        return dict(zip(self.figures, means.tolist(), strict=True))
