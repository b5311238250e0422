"""Carbon dioxide in the air a month ahead, beside last year's rise."""

from __future__ import annotations

import numpy as np

from chalkgrad import nn
from chalkgrad.foundation import Chain
from chalkgrad.train.data import Examples, co2, windows
from chalkgrad.train.fit import fit
from chalkgrad.train.worked import report

LENGTH, EPOCHS, BATCH = 24, 150, 32


def main() -> None:
    """The error on the last ten years, each month foretold from the two years before it."""
    data = co2()
    past, future = (part.value.astype(np.float32) for part in data)
    report.begin(__doc__ or "", data)
    X, y = windows(past, LENGTH)
    X_test, y_test = windows(np.concatenate([past[-LENGTH:], future]), LENGTH)
    scale = np.std(y - X[:, -1])
    learn, judge = _changes(X, y, scale), _changes(X_test, y_test, scale)
    model = fit(
        Chain([nn.LSTM(32), nn.Dense(1)]),
        *learn,
        loss=nn.mean_squared_error,
        optimizer=nn.adam(nn.cosine_decay(0.01, EPOCHS * -(-len(X) // BATCH))),
        epochs=EPOCHS,
        batch_size=BATCH,
    )
    report.trained("LSTM", model)
    _error("LSTM", scale * (model.scores(judge.X) - judge.y))
    _error(
        "the month a year before, and the rise of a year",
        X_test[:, -12] + X_test[:, -1] - X_test[:, -13] - y_test,
    )
    _error("the month a year before", X_test[:, -12] - y_test)
    _error("the last month", X_test[:, -1] - y_test)
    report.conditions()


def _changes(X: np.ndarray, y: np.ndarray, scale: float) -> Examples:
    """All values as seen from the last one known, so that the rise of decades is none."""
    return Examples((X - X[:, -1:]) / scale, (y - X[:, -1]) / scale)


def _error(name: str, error: np.ndarray) -> None:
    report.figure(f"root of the mean squared error in ppm, {name}", float(np.sqrt(np.mean(error**2))), ".3f")
