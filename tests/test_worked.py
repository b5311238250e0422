"""Each worked model runs from end to end, on a handful of invented examples, and prints its figures."""

from functools import partial
from importlib import import_module

import numpy as np
import pytest

from chalkgrad.train.data import Data, Examples, Measured, Series, Texts
from chalkgrad.train.fit import fit
from chalkgrad.train.worked import __main__ as worked

RNG = np.random.default_rng(0)
NAMES = tuple("ann bob cleo dora emil finn gwen hugo ines jan kira lou mia nils olga".split())
TIMES = np.arange(120) / 12


def pictures():
    X = RNG.random((40, 12, 12)).astype(np.float32)
    return Data(*(Examples(X[k : k + 20], np.arange(20) % 10) for k in (0, 20)), credit="nobody")


def table(y):
    X = RNG.normal(size=(80, 5)).astype(np.float32)
    return Data(Examples(X[:60], y(X[:60])), Examples(X[60:], y(X[60:])), credit="nobody")


def sounds(test="recordings"):
    X = RNG.normal(size=(40, 2000)).astype(np.float32)
    return Data(*(Examples(X[k : k + 20], np.arange(20) % 10) for k in (0, 20)), credit="nobody")


def gases():
    value = 300 + 2 * TIMES + 3 * np.sin(2 * np.pi * TIMES)
    return Series(Measured(TIMES[:90], value[:90]), Measured(TIMES[90:], value[90:]), "ppm", "nobody")


def plays():
    return Texts("ROMEO: ay me! " * 30, "ROMEO: O! " * 9, "nobody")


# fmt: off
INVENTED = {  # name: (the function that hands over the data, what does so here, a figure)
    "mnist":             ("mnist",              pictures,                                      "read right"),
    "mnist_convolution": ("mnist",              pictures,                                      "read right"),
    "housing":           ("california_housing", lambda: table(lambda X: X[:, 0]),              "R² on the"),
    "churn":             ("telco_churn",        lambda: table(lambda X: (X[:, 0] > 0) * 1),    "area under"),
    "names":             ("names",              lambda: Texts(NAMES[3:], NAMES[:3], "nobody"), "bits per"),
    "shakespeare":       ("tiny_shakespeare",   plays,                                         "bits per"),
    "spoken_digits":     ("spoken_digits",      sounds,                                        "known voice"),
    "co2":               ("co2",                gases,                                         "ppm, LSTM"),
}
# fmt: on


def test_every_worked_model_is_tried():
    assert list(INVENTED) == list(worked.WORKED)


@pytest.mark.parametrize("name", INVENTED)
def test_a_worked_model_prints_its_figures(name, monkeypatch, capsys):
    source, invented, figure = INVENTED[name]
    module = import_module(f"chalkgrad.train.worked.{name}")
    monkeypatch.setattr(module, source, invented)
    monkeypatch.setattr(module, "fit", partial(fit, engine="numpy"))  # nothing to compile
    for setting, value in {"EPOCHS": 1, "BATCH": 3, "SPEAKERS": ("theo",)}.items():
        if hasattr(module, setting):
            monkeypatch.setattr(module, setting, value)
    assert worked.main([name]) == 0
    printed = capsys.readouterr().out
    found = [line for line in printed.splitlines() if figure in line]
    assert found and all(np.isfinite(float(line.rpartition(" ")[2])) for line in found)
    assert "from: nobody" in printed and "cores" in printed.splitlines()[-1]


def test_data_that_is_not_there_is_no_traceback(monkeypatch, tmp_path, capsys):
    from chalkgrad.train.data import store

    monkeypatch.setattr(store, "_cache", lambda: tmp_path)
    monkeypatch.delenv("CHALKGRAD_DATA", raising=False)
    assert worked.main(["co2"]) == 1
    assert "CHALKGRAD_DATA is not set" in capsys.readouterr().err
