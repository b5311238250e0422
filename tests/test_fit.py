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


# ----- batches as they come -----


def read(epoch):
    """The batches that arrays would have given."""
    order = np.random.default_rng([0, epoch]).permutation(300)
    for k in range(0, 300, 32):
        rows = order[k : k + 32]
        yield X[rows], Y[rows]


class Endless:
    """Batches that begin anew each time, and differ in size."""

    def __iter__(self):
        for rows in (slice(0, 40), slice(40, 80), slice(80, 90), slice(90, 130)):
            yield X[rows], Y[rows]


@pytest.mark.parametrize("engine", ["xla", "numpy"])
def test_batches_teach_what_arrays_do(engine):
    held = X[1500:], Y[1500:]
    arrays = cg.fit(NET, X[:300], Y[:300], epochs=2, engine=engine, validation=held, **GIVEN)
    batches = cg.fit(NET, read, epochs=2, engine=engine, validation=lambda: [held], **GIVEN)
    assert difference(arrays.params, batches.params) < 1e-6
    np.testing.assert_allclose(arrays.history.loss, batches.history.loss, rtol=1e-5)
    np.testing.assert_allclose(arrays.history.val_loss, batches.history.val_loss, rtol=1e-5)


@pytest.mark.parametrize("engine", ["xla", "numpy"])
def test_batches_of_any_size_in_their_order(engine):
    model = cg.fit(NET, Endless(), epochs=2, engine=engine, **GIVEN)
    params, velocity = NET.init(X[:1], seed=0), None
    optimizer = GIVEN["optimizer"]
    velocity = optimizer.init(params)
    for x, y in [*Endless(), *Endless()]:
        loss = lambda p, x=x, y=y: nn.softmax_cross_entropy(NET.apply(p, x), y)  # noqa: E731
        updates, velocity = optimizer.update(cg.grad(loss)(params), velocity, params)
        params = nn.apply_updates(params, updates)
    assert difference(model.params, params) < 1e-5


def test_weights_come_with_batches():
    weight = np.linspace(0, 1, 64)
    given = GIVEN | {"batch_size": 64, "engine": "numpy", "shuffle": False}
    arrays = cg.fit(NET, X[:64], Y[:64], sample_weight=weight, **given)
    batches = cg.fit(NET, [(X[:64], Y[:64], weight)], **given)
    assert difference(arrays.params, batches.params) == 0


# fmt: off
ONE, PAIR = X[:5], (X[:5], Y[:5])
NO_BATCHES = {
    "generator": (lambda: (b for b in Endless()),          r"gone through once.* Cure: .*generator function"),
    "empty":     (lambda: [],                              "there are no batches"),
    "no y":      (lambda: X,                               r"y is missing.* Cure: cg.fit\(net, X, y"),
    "number":    (lambda: 3,                               "y is missing, and X is a int"),
    "no pair":   (lambda: [ONE],                           r"batch 0 is a ndarray of 5. Cure: \(x, y\)"),
    "lengths":   (lambda: [PAIR, (ONE, Y[:4])],            "5 examples in X and 4 in y of batch 1"),
    "nan":       (lambda: [PAIR, (ONE / 0, Y[:5])],        r"X\[0, 0\] of batch 1 is"),
    "weights":   (lambda: [PAIR, (*PAIR, np.ones(5))],     "batch 1 has weights, unlike the first"),
}
# fmt: on


@pytest.mark.parametrize("name", NO_BATCHES)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_what_are_no_batches(name):
    made, message = NO_BATCHES[name]
    with pytest.raises(ArgumentError, match=message):
        cg.fit(NET, made(), epochs=2, engine="numpy", **GIVEN)
    with pytest.raises(ArgumentError, match="gone through once"):
        cg.fit(NET, X, Y, epochs=2, validation=iter([(X, Y)]), engine="numpy", **GIVEN)


def test_a_generator_is_gone_through_once():
    model = cg.fit(NET, (b for b in Endless()), epochs=1, engine="numpy", **GIVEN)
    assert difference(model.params, cg.fit(NET, Endless(), epochs=1, engine="numpy", **GIVEN).params) == 0


# ----- figures of each layer -----


@pytest.mark.parametrize("engine", ["xla", "numpy"])
def test_statistics_of_each_layer(engine):
    dead = nn.layer(lambda x, W, b: np.maximum(np.dot(x, W) + b - 1e3, 0), name="dead", W=("in", 4), b=(4,))
    net = cg.Chain([nn.Dense(8, nn.relu), nn.Residual(dead, nn.Dense(8)), nn.Dense(10)])
    given = GIVEN | {"engine": engine, "batch_size": 50}
    model = cg.fit(net, X[:50], Y[:50], epochs=2, statistics=True, **given)
    layers = model.history.layers
    assert list(layers) == ["dense", "residual.dead", "residual.dense", "residual", "dense_2"]
    assert layers["residual.dead"]["dead"] == [1.0, 1.0]
    assert layers["residual.dead"]["gradient"] == [0.0, 0.0]
    assert layers["dense_2"]["dead"] == [0.0, 0.0]
    loss = lambda p: nn.softmax_cross_entropy(net.apply(p, X[:50]), Y[:50])  # noqa: E731
    grads = cg.grad(loss)(model.params)["dense_2"]
    norm = np.sqrt(sum(np.sum(g**2) for g in grads.values()))
    assert layers["dense_2"]["gradient"][-1] == pytest.approx(norm, rel=1e-4)
    out = model(X[:50])
    assert layers["dense_2"]["mean"][-1] == pytest.approx(out.mean(), rel=1e-3, abs=1e-4)
    assert layers["dense_2"]["std"][-1] == pytest.approx(out.std(), rel=1e-3)


# ----- where it diverges -----


def root(x, w):
    """Finite, and without a finite slope at 0."""
    return np.sqrt(np.abs(np.dot(x, w)) * 0)


DEEP = [nn.Dense(16, nn.relu) for _ in range(6)]
# fmt: off
ROOT = nn.layer(root, w=("in", 8))
BEGINS = {
    "forward":  ([*DEEP, nn.Dense(10)],                                  1e30, "began in dense_2, at matmul"),
    "inside":   ([nn.Residual(*DEEP[:1], nn.Dense(64)), nn.Dense(10)],   1e30, r"in residual\.dense"),
    "backward": ([*DEEP, ROOT, nn.Dense(10)],                            0.1,  r"the gradient of root\.w"),
}
# fmt: on


@pytest.mark.parametrize("engine", ["xla", "numpy"])
@pytest.mark.parametrize("name", BEGINS)
def test_divergence_names_the_layer(name, engine):
    links, rate, message = BEGINS[name]
    given = GIVEN | {"optimizer": nn.sgd(rate), "engine": engine}
    with np.errstate(all="ignore"), pytest.raises(DivergedError, match=message) as caught:
        cg.fit(cg.Chain(links), X[:96], Y[:96], epochs=3, **given)
    assert all(np.isfinite(a).all() for _, a in paths(caught.value.model.params))


# fmt: off
WRONG = {
    "shapes":       ({"y": np.zeros(len(X))},                           r"Cure: y\[:, None\]"),
    "lengths":      ({"y": Y[:5]},                                      "1797 examples in X and 5 in y"),
    "nan":          ({"X": np.where(X > 0.9, np.nan, X)},               "is nan"),
    "text":         ({"X": X.astype(str)},                              "a network computes with numbers"),
    "engine":       ({"engine": "tpu"},                                 "there is no engine 'tpu'"),
    "optimizer":    ({"optimizer": "adam"},                             r"Cure: optimizer=cg.nn.adam\("),
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
