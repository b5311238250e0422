"""Short recordings, and what frequencies are in them when."""

from __future__ import annotations

import io
import wave
from typing import Any

import numpy as np

from chalkgrad.errors import ArgumentError, DataError
from chalkgrad.train.data.images import DIGITS
from chalkgrad.train.data.records import Data, Examples
from chalkgrad.train.data.store import SOURCES, file, files_of

RATE = 8000  # samples a second of the spoken digits


def spoken_digits(test: str = "recordings", samples: int = 5200) -> Data:
    """Six men say the digits 0 to 9, fifteen times each: 900 recordings at 8,000 samples a second.

    X is (n, samples), float32, the loudest sample of each at 1 or -1; what is shorter ends in silence, what
    is longer is cut (5 % are longer than 0.65 s). y is (n,), 0 to 9.

    Args:
        test: "recordings": the first five of each digit and speaker, 300 in all, are judged by, as the
            publishers do; or a speaker (george, jackson, lucas, nicolas, theo, yweweler), all of whose
            recordings are: how well are new voices understood?
        samples: the common length.

    Raises:
        DataError: the files are not to be had; the message says where they belong.
        ArgumentError: there is no such speaker, or no samples are wanted.
    """
    names = files_of("spoken_digits")
    if samples < 1:
        raise ArgumentError(f"samples={samples}: a recording has one or more")
    about = [name.removesuffix(".wav").split("_") for name in names]  # digit, speaker, index
    speakers = sorted({speaker for _, speaker, _ in about})
    if test != "recordings" and test not in speakers:
        raise ArgumentError(f"test={test!r}: it is 'recordings' or one of {', '.join(speakers)}")
    held = np.array([int(k) < 5 if test == "recordings" else who == test for _, who, k in about])
    X = np.stack([_fitted(read_wav(file("spoken_digits", n), n), samples) for n in names])
    y = np.array([int(digit) for digit, _, _ in about])
    parts = Examples(X[~held], y[~held]), Examples(X[held], y[held])
    return Data(*parts, classes=DIGITS, credit=SOURCES["spoken_digits"].credit)


def read_wav(data: bytes, name: str, rate: int = RATE) -> np.ndarray:
    """The samples of a recording in one channel of 16 bits, as numbers from -1 to 1.

    Raises:
        DataError: it is damaged, or in another format.
    """
    try:
        with wave.open(io.BytesIO(data)) as sound:
            format = sound.getnchannels(), sound.getsampwidth(), sound.getframerate()
            count, raw = sound.getnframes(), sound.readframes(sound.getnframes())
    except (wave.Error, EOFError) as error:
        raise DataError(f"{name}: it is no recording in the format WAV, or a damaged one: {error}") from error
    if format != (1, 2, rate):
        raise DataError(f"{name}: channels, bytes and rate are {format}, not {(1, 2, rate)}")
    if len(raw) != 2 * count or not count:
        raise DataError(f"{name}: it is cut off")
    return np.frombuffer(raw, "<i2").astype(np.float32) / 32768


def _fitted(sound: np.ndarray, samples: int) -> np.ndarray:
    made = np.zeros(samples, np.float32)
    part = sound[:samples]
    made[: len(part)] = part / max(float(np.abs(part).max()), 1e-6)
    return made


# ----- frequencies -----


def spectrogram(
    x: Any, window: int = 256, hop: int = 128, mels: int | None = None, rate: int = RATE
) -> np.ndarray:
    r"""How strong each frequency is at each time, in logarithms: a short-time Fourier transform.

    $$S_{t, k} = \log(\epsilon + | \sum_n w_n \, x_{t h + n} \, e^{-2 \pi i k n / N} |^2)$$

    with Hann's window $w_n = \sin^2(\pi n / N)$ and $\epsilon = 10^{-6}$.

    Args:
        x: (…, samples).
        window: N, how many samples are looked at together.
        hop: h, how many samples later the next window begins.
        mels: join frequencies into so many bands that are equally wide to the ear (`mel_bands`).
        rate: samples a second; only bands need it.

    Returns:
        (…, times, frequencies), of x's dtype: N // 2 + 1 frequencies from 0 to rate / 2, or the bands.

    Raises:
        ArgumentError: fewer samples than a window has.

    Source: Allen and Rabiner, "A unified approach to short-time Fourier analysis and synthesis", 1977.

    >>> tone = np.sin(2 * np.pi * 1000 * np.arange(800) / 8000)
    >>> found = spectrogram(tone, window=80, hop=80)
    >>> found.shape, found[0].argmax() * 8000 / 80
    ((10, 41), np.float64(1000.0))
    """
    x = np.asarray(x)
    if x.dtype.kind not in "fiub":
        raise ArgumentError(f"x has dtype {x.dtype}. Cure: samples as numbers")
    if window < 2 or hop < 1:
        raise ArgumentError(
            f"window={window} and hop={hop}. Cure: a window of 2 samples or more, a hop of 1 or more"
        )
    count = (x.shape[-1] - window) // hop + 1 if x.ndim else 0
    if count < 1:
        there = x.shape[-1] if x.ndim else 1
        raise ArgumentError(f"{there} samples hold no window of {window}. Cure: a window of {there} at most")
    frames = x[..., np.arange(count)[:, None] * hop + np.arange(window)]
    hann = np.sin(np.pi * np.arange(window) / window) ** 2
    power = np.abs(np.fft.rfft(frames * hann, axis=-1)) ** 2
    if mels is not None:
        power = power @ mel_bands(mels, window, rate)
    return np.log(1e-6 + power).astype(x.dtype if x.dtype.kind == "f" else np.float64)


def mel_bands(count: int, window: int, rate: int = RATE) -> np.ndarray:
    r"""Overlapping triangles over the frequencies, equally wide on the scale of the ear.

    $$m = 2595 \log_{10}(1 + f / 700)$$

    Args:
        count: how many bands.
        window: samples of the Fourier transform.
        rate: samples a second.

    Returns:
        (window // 2 + 1, count).

    Raises:
        ArgumentError: so many bands that one lies between two frequencies and would see nothing.

    Source: Davis and Mermelstein, "Comparison of parametric representations for monosyllabic word
    recognition", 1980; the formula is O'Shaughnessy's, 1987.

    >>> mel_bands(20, 256).shape
    (129, 20)
    """
    top = 2595 * np.log10(1 + rate / 2 / 700)
    edges = 700 * (10 ** (np.linspace(0, top, count + 2) / 2595) - 1)
    f = np.arange(window // 2 + 1)[:, None] * rate / window
    rise, fall = (f - edges[:-2]) / np.diff(edges)[:-1], (edges[2:] - f) / np.diff(edges)[1:]
    bands = np.clip(np.minimum(rise, fall), 0, None)
    empty = np.flatnonzero(~bands.any(axis=0))
    if empty.size:
        raise ArgumentError(
            f"band {empty[0]} of {count} lies between two of the {len(f)} frequencies. "
            "Cure: fewer bands, or a longer window"
        )
    return bands
