"""Networks learn: both engines alike, the same for a seed, and with errors that say what to do."""

import numpy as np
import optax
import pytest
from sklearn.datasets import load_digits

import chalkgrad as cg
from chalkgrad import nn
from chalkgrad.errors import ArgumentError, DivergedError
from chalkgrad.nn.network import paths
from chalkgrad.train.callbacks import EarlyStopping

X, Y = load_digits(return_X_y=True)
X = (X / 16).astype(np.float32)
NET = cg.Chain([nn.Dense(24, nn.tanh), nn.Dense(10)])
GIVEN = {"loss": nn.softmax_cross_entropy, "optimizer": nn.sgd(0.2, momentum=0.9), "batch_size": 32}


def difference(one, other):
    return max(np.abs(a - b).max() for (_, a), (_, b) in zip(paths(one), paths(other), strict=True))


def test_engines_agree_batch_by_batch():
    xla, numpy = (cg.fit(NET, X[:300], Y[:300], epochs=2, engine=e, **GIVEN) for e in ("xla", "numpy"))
    assert difference(xla.params, numpy.params) < 1e-4
    np.testing.assert_allclose(xla.history.loss, numpy.history.loss, rtol=1e-4)


@pytest.mark.parametrize("engine", ["xla", "numpy"])
def test_digits_are_learnt_and_the_seed_decides(engine):
    test = np.arange(len(X)) % 6 == 0  # the last rows are by other hands
    train = ~test
    one, again = (
        cg.fit(NET, X[train], Y[train], epochs=12, engine=engine, validation=(X[test], Y[test]), **GIVEN)
        for _ in range(2)
    )
    assert one.score(X[test], Y[test]) > 0.95
    assert one.history.val_accuracy[-1] == pytest.approx(one.score(X[test], Y[test]))
    assert difference(one.params, again.params) == 0
    other = cg.fit(NET, X[train], Y[train], epochs=1, engine=engine, seed=1, **GIVEN)
    assert difference(one.params, other.params) > 0.01


def test_a_step_is_what_numpy_says():
    W = NET.init(X[:1], seed=0)
    model = cg.fit(
        NET,
        X[:32],
        Y[:32],
        loss=nn.softmax_cross_entropy,
        optimizer=nn.sgd(0.5),
        batch_size=32,
        shuffle=False,
    )
    grads = cg.grad(lambda p: nn.softmax_cross_entropy(NET.apply(p, X[:32]), Y[:32]))(W)
    expected = nn.apply_updates(W, {k: {n: -0.5 * g for n, g in v.items()} for k, v in grads.items()})
    assert difference(model.params, expected) < 1e-6


@pytest.mark.parametrize("engine", ["xla", "numpy"])
def test_optax_is_taken_as_it_is(engine):
    ours = cg.fit(NET, X[:200], Y[:200], engine=engine, **GIVEN | {"optimizer": nn.adam(0.01)})
    theirs = cg.fit(NET, X[:200], Y[:200], engine=engine, **GIVEN | {"optimizer": optax.adam(0.01)})
    assert difference(ours.params, theirs.params) < 1e-3


@pytest.mark.parametrize("engine", ["xla", "numpy"])
def test_dropout_draws_the_same_in_both_engines(engine):
    net = cg.Chain([nn.Dense(16, nn.relu), nn.Dropout(0.5), nn.Dense(10)])
    model = cg.fit(net, X[:200], Y[:200], engine=engine, epochs=2, **GIVEN)
    reference = cg.fit(net, X[:200], Y[:200], engine="numpy", epochs=2, **GIVEN)
    assert difference(model.params, reference.params) < 1e-3
    assert np.array_equal(model(X[:5]), model(X[:5]))  # silent when it is used


def test_weights_count_examples():
    rows = np.arange(64)
    weight = np.where(rows < 32, 1.0, 0.0)
    whole = {"loss": nn.softmax_cross_entropy, "optimizer": nn.sgd(0.5), "shuffle": False}
    half = cg.fit(NET, X[:32], Y[:32], batch_size=32, **whole)
    weighed = cg.fit(NET, X[:64], Y[:64], batch_size=64, sample_weight=weight, **whole)
    assert difference(half.params, weighed.params) < 1e-6
    by_class = cg.fit(NET, X[:64], Y[:64], batch_size=64, class_weight=dict.fromkeys(range(10), 2.0), **whole)
    plain = cg.fit(NET, X[:64], Y[:64], batch_size=64, **whole)
    assert difference(by_class.params, plain.params) < 1e-6


@pytest.mark.parametrize("engine", ["xla", "numpy"])
def test_a_diverging_training_stops_and_says_where(engine):
    given = GIVEN | {"loss": lambda p, t: np.sum(np.exp(p[:, 0] ** 2)), "optimizer": nn.sgd(50.0)}
    with (
        np.errstate(all="ignore"),
        pytest.raises(DivergedError, match=r"epoch 1, step \d+; .*learning rate") as caught,
    ):
        cg.fit(NET, X[:320], Y[:320], engine=engine, epochs=3, metrics={}, **given)
    assert caught.value.model.history.stopped == "diverged in epoch 1"
    assert all(np.isfinite(a).all() for _, a in paths(caught.value.model.params))


def test_early_stopping_keeps_the_best():
    stop = EarlyStopping(patience=2)
    held = X[1500:], Y[1500:]
    model = cg.fit(NET, X[:100], Y[:100], epochs=60, validation=held, callbacks=[stop], **GIVEN)
    assert len(model.history) == stop.best_epoch + 2 < 60
    assert "EarlyStopping" in model.history.stopped
    best = min(model.history.val_loss)
    assert nn.softmax_cross_entropy(model(held[0]), held[1]) == pytest.approx(best, rel=1e-4)


def test_ctrl_c_keeps_what_was_learnt():
    def interrupt(epoch):
        if epoch.number == 2:
            raise KeyboardInterrupt

    model = cg.fit(NET, X[:100], Y[:100], epochs=9, callbacks=[interrupt], **GIVEN)
    assert len(model.history) == 2
    assert model.history.stopped.startswith("interrupted")


def test_regression_and_its_score():
    x = np.linspace(-1, 1, 200)[:, None]
    net = cg.Chain([nn.Dense(16, nn.tanh), nn.Dense(1)])
    model = cg.fit(net, x, np.sin(3 * x), loss=nn.mean_squared_error, optimizer=nn.adam(0.01), epochs=200)
    assert model.score(x, np.sin(3 * x)) > 0.99
    assert model.params["dense"]["W"].dtype == np.float64


# fmt: off
WRONG = {
    "shapes":       ({"y": np.zeros(len(X))},                           r"Cure: y\[:, None\]"),
    "lengths":      ({"y": Y[:5]},                                      "1797 examples in X and 5 in y"),
    "nan":          ({"X": np.where(X > 0.9, np.nan, X)},               "is nan"),
    "text":         ({"X": X.astype(str)},                              "a network computes with numbers"),
    "engine":       ({"engine": "tpu"},                                 "there is no engine 'tpu'"),
    "optimizer":    ({"optimizer": "adam"},                             r"Cure: optimizer=cg.nn.sgd\(0.1\)"),
    "no params":    ({"network": cg.Chain([np.tanh])},                  "nothing to learn"),
    "class weight": ({"class_weight": {0: 1.0}},                        "says nothing of class 1"),
    "epochs":       ({"epochs": 0},                                     "1 or more"),
}
# fmt: on


@pytest.mark.parametrize("name", WRONG)
def test_what_does_not_go_together_says_the_cure(name):
    changed, message = WRONG[name]
    given = {"network": NET, "X": X, "y": Y} | GIVEN | changed
    if name == "shapes":
        given |= {"network": cg.Chain([nn.Dense(1)]), "loss": nn.mean_squared_error}
    with pytest.raises(ArgumentError, match=message):
        cg.fit(given.pop("network"), given.pop("X"), given.pop("y"), **given)


@pytest.mark.parametrize("optimizer", [nn.adam(0.01), optax.adam(0.01)], ids=["ours", "optax"])
def test_names_in_any_order_keep_their_parameters(optimizer):
    def twice(x, z, a):
        return np.dot(np.tanh(np.dot(x, z)), a)

    net = cg.Chain([cg.nn.layer(twice, z=("in", 9), a=(9, 12)), nn.BatchNorm(), nn.Dense(10)])
    given = GIVEN | {"optimizer": optimizer}
    xla, numpy = (cg.fit(net, X[:200], Y[:200], epochs=2, engine=e, **given) for e in ("xla", "numpy"))
    assert difference(xla.params, numpy.params) < 2e-3
    assert xla.params["twice"]["z"].shape == (64, 9)
