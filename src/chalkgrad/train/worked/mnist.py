"""Handwritten digits by a perceptron of one inner layer, 784-89-10."""

from __future__ import annotations

from chalkgrad import nn
from chalkgrad.train.data import mnist
from chalkgrad.train.fit import fit
from chalkgrad.train.worked import report

EPOCHS, BATCH = 20, 60


def main() -> None:
    """Train and judge by all 10,000 test images, once, at the end."""
    data = mnist()
    (X, y), (X_test, y_test) = data
    report.begin(__doc__ or "", data)
    steps = EPOCHS * len(X) // BATCH
    model = fit(
        nn.models.perceptron([89], 10),
        X,
        y,
        loss=nn.softmax_cross_entropy,
        optimizer=nn.sgd(nn.cosine_decay(0.1, steps), momentum=0.9),
        epochs=EPOCHS,
        batch_size=BATCH,
    )
    report.trained("perceptron", model)
    report.figure("share of the test images read right", model.score(X_test, y_test))
    report.conditions()
