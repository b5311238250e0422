"""The price of houses in California, beside a straight line."""

from __future__ import annotations

from sklearn.linear_model import LinearRegression

from chalkgrad import nn
from chalkgrad.foundation import Chain
from chalkgrad.train.data import california_housing, standardise
from chalkgrad.train.fit import fit
from chalkgrad.train.model import Model
from chalkgrad.train.worked import report

BATCH = 64


def main() -> None:
    """Two models on the same features: R², the share of the variance explained, on a fifth of the blocks."""
    data = california_housing()
    (X, y), (X_test, y_test) = data
    report.begin(__doc__ or "", data)
    scaled = standardise(X)
    for name, net, epochs, rate in (
        ("linear regression", nn.models.linear_regression(), 20, 0.03),
        ("perceptron", nn.models.perceptron([64, 64], 1, nn.relu), 60, 0.003),
    ):
        model = _trained(net, scaled(X), y[:, None], epochs, rate)
        report.trained(name, model)
        report.figure("R² on the test part", model.score(scaled(X_test), y_test[:, None]))
    theirs = LinearRegression().fit(scaled(X), y)
    print("scikit-learn's linear regression")
    report.figure("R² on the test part", theirs.score(scaled(X_test), y_test))
    report.conditions()


def _trained(net: Chain, X: object, y: object, epochs: int, rate: float) -> Model:
    steps = epochs * len(X) // BATCH  # type: ignore[arg-type]
    optimizer = nn.adam(nn.cosine_decay(rate, steps))
    return fit(net, X, y, loss=nn.mean_squared_error, optimizer=optimizer, epochs=epochs, batch_size=BATCH)
