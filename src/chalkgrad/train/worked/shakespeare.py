"""A million characters of Shakespeare, and some made up."""

from __future__ import annotations

import numpy as np

from chalkgrad import nn
from chalkgrad.train.data import characters, tiny_shakespeare
from chalkgrad.train.fit import fit
from chalkgrad.train.generate import generate
from chalkgrad.train.worked import report

LENGTH, EPOCHS, BATCH = 64, 20, 32


def main() -> None:
    """Two networks; bits per character on the last tenth, in pieces of 64 with nothing before them."""
    data = tiny_shakespeare()
    report.begin(__doc__ or "", data)
    code = characters(data.train + data.test)
    X, y = code.sequences(data.train, LENGTH)
    X_test, y_test = code.sequences(data.test, LENGTH)
    optimizer = nn.adam(nn.cosine_decay(0.004, EPOCHS * len(X) // BATCH))
    for name, net in (
        ("recurrent", nn.models.recurrent(len(code), units=128, symbols=len(code))),
        ("transformer", nn.models.transformer(len(code), LENGTH, width=64, heads=4, blocks=2)),
    ):
        model = fit(
            net, X, y, loss=nn.softmax_cross_entropy, optimizer=optimizer, epochs=EPOCHS, batch_size=BATCH
        )
        report.trained(name, model)
        loss = nn.softmax_cross_entropy(model.scores(X_test), y_test)
        report.figure("bits per character of the test text", loss / np.log(2))
        text = "ROMEO:" + generate(model, code, "ROMEO:", 240, LENGTH, temperature=0.7)
        print("  made up:", *text.split("\n"), sep="\n    ")
    report.conditions()
