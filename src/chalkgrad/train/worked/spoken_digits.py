"""Digits that are spoken, from their spectrograms."""

from __future__ import annotations

import numpy as np

from chalkgrad import nn
from chalkgrad.train.data import spectrogram, spoken_digits, standardise
from chalkgrad.train.fit import fit
from chalkgrad.train.worked import report

EPOCHS, BATCH = 30, 32
SPEAKERS = ("george", "jackson", "lucas", "nicolas", "theo", "yweweler")


def main() -> None:
    """The publishers' split, in which all voices are in both parts; then each voice once as a new one."""
    report.begin(__doc__ or "", spoken_digits())
    report.figure("share heard right, known voices", _heard("recordings"))
    shares = [_heard(speaker) for speaker in SPEAKERS]
    for speaker, share in zip(SPEAKERS, shares, strict=True):
        report.figure(f"share heard right, {speaker} new", share)
    report.figure("share heard right, a new voice, mean of six", float(np.mean(shares)))
    report.conditions()


def _heard(test: str) -> float:
    (X, y), (X_test, y_test) = spoken_digits(test)
    pictures = _pictures(X)
    scaled = standardise(pictures)
    model = fit(
        nn.models.convolutional(10, filters=(16, 32), units=64),
        scaled(pictures),
        y,
        loss=nn.softmax_cross_entropy,
        optimizer=nn.adam(nn.cosine_decay(0.002, EPOCHS * -(-len(X) // BATCH))),
        epochs=EPOCHS,
        batch_size=BATCH,
    )
    return model.score(scaled(_pictures(X_test)), y_test)


def _pictures(X: np.ndarray) -> np.ndarray:
    """(n, times, bands, 1)."""
    return spectrogram(X, window=256, hop=128, mels=32)[..., None]
