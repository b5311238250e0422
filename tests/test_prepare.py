"""What is done to data before training: parts, scales, codes, windows, frequencies."""

import doctest
import importlib
import pkgutil

import numpy as np
import pytest

import chalkgrad as cg
from chalkgrad.errors import ArgumentError, DataError
from chalkgrad.train import data

RNG = np.random.default_rng(0)

# ----- parts, scales, codes -----


def test_split_is_by_seed_and_loses_nothing():
    X = np.arange(50)
    parts = [cg.data.split(X, -X, test=0.3, seed=s) for s in (0, 0, 1)]
    assert np.array_equal(parts[0].train.X, parts[1].train.X)
    assert not np.array_equal(parts[0].train.X, parts[2].train.X)
    for (a, b), (c, d) in parts:
        assert sorted([*a, *c]) == X.tolist() and np.array_equal(a, -b) and np.array_equal(c, -d)


@pytest.mark.parametrize("test", [0, 1, 0.001, -1])
def test_empty_parts_are_refused(test):
    with pytest.raises(ArgumentError, match="leaves one part empty"):
        cg.data.split(np.arange(9), np.arange(9), test=test)


def test_standardise_knows_only_what_it_was_fitted_on():
    X = RNG.normal(3, 5, size=(200, 4)).astype(np.float32)
    X[:, 2] = 7
    scaled = cg.data.standardise(X)
    Z = scaled(X)
    assert Z.dtype == np.float32
    np.testing.assert_allclose(Z.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(Z.std(axis=0), [1, 1, 0, 1], atol=1e-6)
    np.testing.assert_allclose(scaled(X[:1] + 5)[0, 0] - Z[0, 0], 5 / X[:, 0].std(), rtol=1e-5)
    assert np.isfinite(cg.data.standardise(np.full((3, 1), 1e6, np.float32))([[2e6]])).all()


def test_one_hot_refuses_what_is_no_class():
    assert cg.data.one_hot(np.array([[0, 2]])).shape == (1, 2, 3)
    for wrong in ([0.0, 1.0], [-1, 0], [0, 5]):
        with pytest.raises(ArgumentError):
            cg.data.one_hot(wrong, 3)


def test_characters_go_there_and_back():
    code = cg.data.characters(["hello", "world"])
    assert code.decode(code.encode("low")) == "low" and len(code) == 7
    with pytest.raises(DataError, match="character 2, 'x'"):
        code.encode("hex")
    with pytest.raises(ArgumentError):
        data.Characters("aa")
    with pytest.raises(ArgumentError, match="does not fit"):
        data.Characters(".ab").words(["abab"], length=4)


def test_windows_and_what_follows():
    values = np.arange(20.0)
    X, y = cg.data.windows(values, 4, ahead=3)
    for i in range(len(X)):
        assert X[i, :, 0].tolist() == values[i : i + 4].tolist() and y[i, 0] == values[i + 6]
    assert y[-1, 0] == 19
    with pytest.raises(ArgumentError, match="no window of 20"):
        cg.data.windows(values, 20)


# ----- sound -----


def test_spectrogram_against_the_sum_it_stands_for():
    x, N, h = RNG.normal(size=(2, 50)), 12, 5
    n = np.arange(N)
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * n / N)
    found = cg.data.spectrogram(x, N, h)
    assert found.shape == (2, 8, 7)
    for t in range(8):
        for k in range(7):
            one = np.sum(hann * x[:, t * h : t * h + N] * np.exp(-2j * np.pi * k * n / N), axis=1)
            np.testing.assert_allclose(found[:, t, k], np.log(1e-6 + np.abs(one) ** 2), rtol=1e-9)
    assert cg.data.spectrogram(x.astype(np.float32), N, h).dtype == np.float32
    with pytest.raises(ArgumentError, match="no window"):
        cg.data.spectrogram(x, 51)


def test_mel_bands_hear_a_tone_where_it_is():
    tone = np.sin(2 * np.pi * 1000 * np.arange(2000) / 8000)
    bands = cg.data.mel_bands(20, 256)
    loudest = cg.data.spectrogram(tone, mels=20)[0].argmax()
    f = np.arange(129) * 8000 / 256
    assert abs(f[bands[:, loudest].argmax()] - 1000) < 80
    assert (bands >= 0).all() and bands.max() <= 1
    with pytest.raises(ArgumentError, match="fewer bands"):
        cg.data.mel_bands(128, 256)


@pytest.mark.parametrize("module", [m.name for m in pkgutil.iter_modules(data.__path__)])
def test_the_examples_in_docstrings(module):
    assert (
        doctest.testmod(importlib.import_module(f"chalkgrad.train.data.{module}"), extraglobs={"np": np})[0]
        == 0
    )


# ----- what is taken amiss nowhere -----

GRID = np.arange(12.0).reshape(6, 2)
CODE = cg.data.characters("hello")
# fmt: off
AMISS = {
    "scale of nothing":   (lambda: cg.data.standardise(GRID[:0]),                  "no examples"),
    "scale of a gap":     (lambda: cg.data.standardise(GRID / GRID),               r"X\[0, 0\] is nan"),
    "scale of names":     (lambda: cg.data.standardise([["a"]]),                   "has dtype <U1"),
    "other features":     (lambda: cg.data.standardise(GRID)(GRID[:, :1]),         "the same features"),
    "half a count":       (lambda: cg.data.one_hot([0, 1], 2.5),                   "count=2.5. Cure"),
    "names of classes":   (lambda: cg.data.one_hot(["a", "b"]),                    "return_inverse"),
    "too few classes":    (lambda: cg.data.one_hot([0, 5], 3),                     "from 0 to 2. Cure"),
    "no text":            (lambda: cg.data.characters(5),                          "5 is no text"),
    "no pieces":          (lambda: CODE.sequences("hello", 0),                     "a length from 1 to 4"),
    "no hop":             (lambda: cg.data.spectrogram(np.zeros(999), hop=0),      "hop=0. Cure"),
    "no sound":           (lambda: cg.data.spectrogram("a"),                       "samples as numbers"),
    "short sound":        (lambda: cg.data.spectrogram(np.zeros(10)),              "a window of 10 at most"),
}
# fmt: on


@pytest.mark.parametrize("name", AMISS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_what_would_be_taken_amiss(name):
    act, message = AMISS[name]
    with pytest.raises(ArgumentError, match=message):
        act()


def test_one_example_is_scaled_too():
    scaled = cg.data.standardise(GRID)
    np.testing.assert_array_equal(scaled(GRID[0]), scaled(GRID)[0])


@pytest.mark.parametrize("numbers", [[9], [-1], [0.5]])
def test_numbers_that_stand_for_no_character(numbers):
    with pytest.raises(DataError, match="stands for no character"):
        CODE.decode(numbers)


def test_text_from_a_network_that_does_not_fit():
    scores = lambda x: np.zeros((*x.shape, 3))  # noqa: E731
    wrong = {
        "the alphabet that it was trained with": {},
        "places=0": {"places": 0},
        "Cure: stop='l'": {"stop": "lo"},
        "temperature=0": {"temperature": 0},
    }
    for message, given in wrong.items():
        with pytest.raises(ArgumentError, match=message):
            cg.generate(scores, CODE, "h", **given)
