"""The worked models: shapes, gradients, that they learn, and that text comes out of them."""

import doctest
import subprocess
import sys

import numpy as np
import pytest

import chalkgrad as cg
from chalkgrad import nn
from chalkgrad.errors import ArgumentError
from chalkgrad.nn import models
from chalkgrad.nn.network import paths
from chalkgrad.train import generate as generating
from chalkgrad.train.data import Characters, characters
from chalkgrad.train.generate import generate
from chalkgrad.train.worked import __main__ as worked

RNG = np.random.default_rng(0)
ROWS, PICTURES = RNG.normal(size=(3, 5)), RNG.normal(size=(2, 8, 8, 1))
WORDS, SERIES = RNG.integers(0, 7, size=(2, 6)), RNG.normal(size=(2, 6, 3))
# fmt: off
MODELS = {  # name: (network, input, shape of the output)
    "linear":         (models.linear_regression(2),                    ROWS,     (3, 2)),
    "logistic":       (models.logistic_regression(),                   ROWS,     (3, 1)),
    "classes":        (models.logistic_regression(4),                  ROWS,     (3, 4)),
    "perceptron":     (models.perceptron([4, 3], 2),                   PICTURES, (2, 2)),
    "autoencoder":    (models.autoencoder(5, 2, [4]),                  ROWS,     (3, 5)),
    "convolutional":  (models.convolutional(4, (2, 3), 5, nn.tanh),    PICTURES, (2, 4)),
    "recurrent":      (models.recurrent(7, 4, symbols=7, features=3),  WORDS,    (2, 6, 7)),
    "gru":            (models.recurrent(2, 4, layer=nn.GRU),           SERIES,   (2, 6, 2)),
    "transformer":    (models.transformer(7, 6, width=4, heads=2, blocks=1), WORDS, (2, 6, 7)),
}
# fmt: on


def mapped(f, tree):
    return {k: mapped(f, v) if isinstance(v, dict) else f(v) for k, v in tree.items()}


@pytest.mark.parametrize("name", MODELS)
def test_models_have_the_shapes_and_the_slope_they_should(name):
    net, x, shape = MODELS[name]
    params = net.init(x)
    assert net.apply(params, x).shape == shape
    place = mapped(lambda a: a + 0.1 * RNG.normal(size=a.shape), params)
    way = dict(paths(mapped(lambda a: RNG.normal(size=a.shape), params)))
    loss = lambda p: np.sum(np.sin(net.apply(p, x)))  # noqa: E731
    slope = sum(np.sum(g * way[where]) for where, g in paths(cg.grad(loss)(place)))

    def along(step):
        names = iter(way)
        return loss(mapped(lambda a: a + step * way[next(names)], place))

    assert slope == pytest.approx((along(1e-5) - along(-1e-5)) / 2e-5, rel=1e-5, abs=1e-7)


def test_a_transformer_looks_back_only():
    net = models.transformer(7, 6, width=8, heads=2)
    params, later = net.init(WORDS), WORDS.copy()
    later[:, 4:] = (later[:, 4:] + 1) % 7
    one, other = net.apply(params, WORDS), net.apply(params, later)
    np.testing.assert_array_equal(one[:, :4], other[:, :4])
    assert (one[:, 4:] != other[:, 4:]).any()
    with pytest.raises(ArgumentError, match="no multiple of heads=3"):
        models.transformer(7, 6, width=8, heads=3)


def test_an_autoencoder_learns_what_lies_on_a_line():
    X = np.outer(RNG.random(200), [0.2, 0.4, 0.6, 0.8]).astype(np.float32)
    net = models.autoencoder(4, 1, [16])
    model = cg.fit(net, X, X, loss=nn.mean_squared_error, optimizer=nn.adam(0.01), epochs=60, engine="numpy")
    assert model.score(X, X) > 0.95


TEXT = "abcde" * 48  # no piece of 8 begins where the one before it did


@pytest.mark.parametrize("name", ["recurrent", "transformer"])
def test_a_text_that_repeats_is_learnt_and_goes_on(name):
    code = characters(TEXT)
    nets = {
        "recurrent": models.recurrent(5, 16, symbols=5),
        "transformer": models.transformer(5, 8, 16, 2, 1),
    }
    X, y = code.sequences(TEXT, 8)
    given = {"loss": nn.softmax_cross_entropy, "optimizer": nn.adam(0.02), "epochs": 40, "batch_size": 10}
    model = cg.fit(nets[name], X, y, engine="numpy", **given)
    assert model.history.loss[-1] < 0.1
    assert generate(model, code, "cd", length=7, places=8, temperature=0.3) == "eabcdea"
    assert generate(model, code, "cd", length=7, places=8, temperature=0.3, stop="d") == "eabc"


def test_the_temperature_and_the_seed_decide_what_is_drawn():
    code, scores = Characters("ab"), np.log(np.array([0.9, 0.1]))
    model = lambda x: np.broadcast_to(scores, (*x.shape, 2))  # noqa: E731
    share = lambda t: generate(model, code, "a", 2000, temperature=t).count("b") / 2000  # noqa: E731
    assert share(1.0) == pytest.approx(0.1, abs=0.03)
    assert share(0.5) == pytest.approx(0.01 / 0.82, abs=0.01)
    assert share(100.0) == pytest.approx(0.5, abs=0.04)
    assert generate(model, code, "a", 50, seed=3) == generate(model, code, "a", 50, seed=3)
    for wrong in ({"start": ""}, {"start": "a", "temperature": 0}):
        with pytest.raises(ArgumentError):
            generate(model, code, **wrong)


SCHEDULES = {
    "sgd": nn.sgd(nn.cosine_decay(0.1, 9), momentum=0.9),
    "adam": nn.adam(nn.exponential_decay(0.1, 9, 0.5)),
    "adamw": nn.adamw(nn.warmup(3, nn.piecewise(0.1, {5: 0.5})), weight_decay=0.1),
}


@pytest.mark.parametrize("engine", ["numpy", "xla"])
@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules_leave_parameters_in_their_dtype(name, engine):
    X, y = RNG.normal(size=(40, 5)).astype(np.float32), RNG.integers(0, 3, 40)
    given = {"loss": nn.softmax_cross_entropy, "optimizer": SCHEDULES[name], "epochs": 2, "batch_size": 10}
    model = cg.fit(models.logistic_regression(3), X, y, engine=engine, **given)
    assert model.params["dense"]["W"].dtype == np.float32


def test_classes_in_a_row_against_a_column_of_scores_are_refused():
    given = {"loss": nn.binary_cross_entropy, "optimizer": nn.sgd(0.1), "engine": "numpy"}
    with pytest.raises(ArgumentError, match=r"Cure: y\[:, None\]"):
        cg.fit(models.logistic_regression(), ROWS, np.array([0, 1, 1]), **given)


# ----- commands -----


@pytest.mark.parametrize("name", worked.WORKED)
def test_every_worked_model_says_what_it_is_and_has_one_function_to_call(name):
    module = __import__(f"chalkgrad.train.worked.{name}", fromlist=["main"])
    assert module.__doc__.strip(".").lower() == worked.WORKED[name].lower()
    assert callable(module.main) and module.main.__doc__


def test_the_command_lists_the_models():
    made = subprocess.run(
        [sys.executable, "-m", "chalkgrad.train.worked", "chess"], capture_output=True, text=True, check=False
    )
    assert made.returncode == 2 and not made.stdout
    assert all(name in made.stderr for name in worked.WORKED)


@pytest.mark.parametrize("module", [models, generating], ids=["models", "generate"])
def test_the_examples_in_docstrings(module):
    assert doctest.testmod(module, extraglobs={"np": np})[0] == 0
