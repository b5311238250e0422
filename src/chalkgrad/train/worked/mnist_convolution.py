"""Handwritten digits by a convolutional network."""

from __future__ import annotations

from chalkgrad import nn
from chalkgrad.train.data import mnist
from chalkgrad.train.fit import fit
from chalkgrad.train.worked import report

EPOCHS, BATCH = 4, 64


def main() -> None:
    """Train and judge by all 10,000 test images, once, at the end."""
    data = mnist()
    (X, y), (X_test, y_test) = data
    report.begin(__doc__ or "", data)
    steps = EPOCHS * len(X) // BATCH
    model = fit(
        nn.models.convolutional(10, filters=(16, 32), units=64),
        X[..., None],
        y,
        loss=nn.softmax_cross_entropy,
        optimizer=nn.adam(nn.cosine_decay(0.002, steps)),
        epochs=EPOCHS,
        batch_size=BATCH,
    )
    report.trained("convolutional", model)
    report.figure("share of the test images read right", model.score(X_test[..., None], y_test))
    report.conditions()
