"""First names letter by letter, and some made up."""

from __future__ import annotations

import numpy as np

from chalkgrad import nn
from chalkgrad.foundation import Chain
from chalkgrad.train.data import Characters, Examples, names, one_hot
from chalkgrad.train.fit import fit
from chalkgrad.train.generate import generate
from chalkgrad.train.worked import report

CODE, LENGTH = Characters(".abcdefghijklmnopqrstuvwxyz"), 16  # "." begins, ends and fills up
EPOCHS, BATCH = 12, 64


def main() -> None:
    """Two networks; bits per character (ends of names counted) on names that they have not seen."""
    data = names()
    report.begin(__doc__ or "", data)
    learn, judge = _examples(data.train), _examples(data.test)
    for name, net in (
        ("recurrent", nn.models.recurrent(27, units=128, symbols=27)),
        ("transformer", nn.models.transformer(27, LENGTH, width=64, heads=4, blocks=2)),
    ):
        _one(name, net, learn, judge, {*data.train, *data.test})
    report.conditions()


def _one(name: str, net: Chain, learn: Examples, judge: Examples, known: set[str]) -> None:
    optimizer = nn.adam(nn.cosine_decay(0.003, EPOCHS * len(learn.X) // BATCH))
    loss = nn.softmax_cross_entropy
    model = fit(net, *learn, loss=loss, optimizer=optimizer, epochs=EPOCHS, batch_size=BATCH, metrics={})
    report.trained(name, model)
    logs = np.sum(nn.log_softmax(model.scores(judge.X)) * judge.y)
    report.figure("bits per character of the test names", -logs / judge.y.sum() / np.log(2))
    made = [generate(model, CODE, ".", LENGTH - 1, LENGTH, stop=".", seed=seed) for seed in range(20)]
    new = [word for word in made if word not in known]
    print(f"  of 20 names drawn {len(new)} are in no list:", ", ".join(new))


def _examples(words: tuple[str, ...]) -> Examples:
    """Answers are one-hot, and all zero behind the end of a name, where there is nothing to learn."""
    X, y = CODE.words(words, LENGTH)
    within = np.arange(LENGTH) <= np.array([len(w) for w in words])[:, None]
    return Examples(X, one_hot(y, 27) * within[..., None])
