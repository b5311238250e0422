"""What `fit` is asked for: taken as people write it, refused with the cure where it is wrong."""

import numpy as np
import optax
import pytest

import chalkgrad as cg
from chalkgrad import nn
from chalkgrad.errors import ArgumentError
from chalkgrad.train.source import put_aside

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 4)).astype(np.float32)
Y = X[:, :1] - 2 * X[:, 1:2]
C = np.argmax(X[:, :3], axis=1)
SIDE = (X[:, :1] > 0).astype(int)


def net(units=1):
    return cg.Chain([nn.Dense(6, nn.tanh), nn.Dense(units)])


def fit(network, *data, **given):
    known = {"loss": nn.mean_squared_error, "optimizer": nn.sgd(0.05), "batch_size": 16, "engine": "numpy"}
    return cg.fit(network, *data, **known | given)


# ----- targets -----

CROSS, BINARY, HINGE, KL = nn.softmax_cross_entropy, nn.binary_cross_entropy, nn.hinge, nn.kl_divergence
# fmt: off
TARGETS = {
    "class too high":    (3, CROSS,  np.r_[C[:-1], 7],             r"y\[39\].* is class 7 .* nn.Dense\(8\)"),
    "class below":       (3, CROSS,  C - 1,                        r"is class -1 .* classes 0 to 2"),
    "class column":      (3, CROSS,  C[:, None],                   r"Cure: y\[:, 0\]"),
    "half a class":      (3, CROSS,  C + 0.5,                      r"y\[0\].* is .*no number of a class"),
    "one-hot too wide":  (3, CROSS,  cg.data.one_hot(C, 5),        r"Cure: nn.Dense\(5\)"),
    "two classes":       (3, CROSS,  np.ones((40, 3)),             "binary_cross_entropy"),
    "one score":         (1, CROSS,  SIDE[:, 0],                   r"Cure: nn.Dense\(2\)"),
    "binary flat":       (1, BINARY, SIDE[:, 0],                   r"Cure: y\[:, None\]"),
    "binary sides":      (1, BINARY, 2 * SIDE - 1,                 r"Cure: \(y \+ 1\) / 2"),
    "binary classes":    (1, BINARY, C[:, None],                   "softmax_cross_entropy"),
    "hinge of 0":        (1, HINGE,  SIDE,                         r"Cure: 2 \* y - 1"),
    "kl below 0":        (3, KL,     -cg.data.one_hot(C),          "is no share"),
    "squared columns":   (2, nn.mean_squared_error, Y,             "needs them alike"),
    "squared classes":   (3, nn.mean_squared_error, C,             "go with nn.softmax_cross_entropy"),
    "names":             (3, CROSS,  np.array(list("abc"))[C],     r"Cure: np.unique\(y, return_inverse"),
}
# fmt: on


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.parametrize("way", ["arrays", "batches", "validation"])
def test_targets_that_would_be_taken_amiss(name, way):
    units, loss, y, message = TARGETS[name]
    good = {CROSS: C, BINARY: SIDE, HINGE: 2 * SIDE - 1, KL: cg.data.one_hot(C)}.get(loss, Y)
    good = {1: SIDE * 0, 3: C}[units] if name in ("one score",) else good
    good = np.repeat(Y, units, 1) if loss is nn.mean_squared_error else good
    good = good[:, 0] if name == "one score" else good
    data = [(X, y)] if way == "arrays" else [(X, good)]
    given = {"validation": (X, y)} if way == "validation" else {}
    if way == "batches":
        data = [([(X[:5], good[:5]), (X, y)],)]
    with pytest.raises(ArgumentError, match=message.replace(r"Cure: y\[", r"Cure: y.*\[")):
        fit(net(units), *data[0], loss=loss, **given)


def test_sequences_as_long_as_there_are_classes():
    tokens = RNG.integers(0, 4, size=(10, 4))
    model = fit(cg.Chain([nn.Embedding(4, 5), nn.Dense(4)]), tokens, tokens, loss=CROSS, epochs=2)
    assert len(model.history) == 2
    with pytest.raises(ArgumentError, match=r"y\[9, 3\] is class 4"):
        wrong = tokens.copy()
        wrong[9, 3] = 4
        fit(cg.Chain([nn.Embedding(4, 5), nn.Dense(4)]), tokens, wrong, loss=CROSS)


def spread(prediction, target):
    """Takes the output apart: a mean and the logarithm of a variance."""
    mean, log = prediction[:, 0], prediction[:, 1]
    return np.mean((mean - target) ** 2 / np.exp(log) + log)


def squared(prediction, target):
    return np.mean((prediction - target) ** 2)


def test_a_loss_of_ones_own_may_take_the_output_apart_and_not_stretch_it():
    assert fit(net(2), X, Y[:, 0], loss=spread, epochs=2).history.loss
    assert fit(net(1), X, Y[:, 0], loss=lambda p, t: squared(p[:, 0], t), epochs=2).history.loss
    for units, y in ((1, Y[:, 0]), (2, Y)):
        with pytest.raises(ArgumentError, match="would stretch one over the other"):
            fit(net(units), X, y, loss=squared)


# ----- numbers that name rows -----


@pytest.mark.parametrize("engine", ["xla", "numpy"])
def test_a_number_that_has_no_row(engine):
    tokens = np.tile(np.arange(4), (40, 1))
    tokens[30, 2] = 9
    network = cg.Chain([nn.Embedding(4, 3), nn.Flatten(), nn.Dense(3)])
    with pytest.raises(ArgumentError, match=r"embedding .*index 9 .*nn.Embedding\(10"):
        fit(network, tokens, C, loss=CROSS, engine=engine)
    with pytest.raises(ArgumentError, match=r"X of batch 1.*index 9"):
        fit(network, [(tokens[:20], C[:20]), (tokens[20:], C[20:])], loss=CROSS, engine=engine)


def test_a_number_below_zero_is_no_row_and_may_be_a_quantity():
    tokens = np.tile(np.arange(4), (40, 1))
    tokens[30, 2] = -1
    with pytest.raises(ArgumentError, match="has -1 in it, which takes a row from the end"):
        fit(cg.Chain([nn.Embedding(4, 3), nn.Flatten(), nn.Dense(3)]), tokens, C, loss=CROSS)
    assert fit(net(), np.round(X * 9).astype(int), Y, epochs=2).history.loss


# ----- shapes that a link cannot take -----


def test_the_link_that_cannot_take_it_is_named():
    with pytest.raises(ArgumentError, match=r"the link dense .*X\[:, None\]"):
        fit(net(), X[:, 0], Y)
    with pytest.raises(ArgumentError, match=r"\(3,\) in X of validation: the link dense"):
        fit(net(), X, Y, validation=(X[:, :3], Y))
    deep = cg.Chain([nn.Dense(6), cg.Chain([np.tanh, lambda x: x @ np.ones((5, 2))]), nn.Dense(1)])
    with pytest.raises(ArgumentError, match=r"the link chain.<lambda> is given \(1, 6\)"):
        fit(deep, X, Y)


PICTURES = np.zeros((12, 8, 8))
# fmt: off
LINKS = {
    "no channels":  ([nn.Conv2D(2, 3), nn.Flatten(), nn.Dense(3)],       r"conv.*x\[..., None\]"),
    "no features":  ([np.ravel, nn.LSTM(2), nn.Dense(3)],                "a recurrent layer takes"),
    "not flat":     ([nn.Dense(3)],                                      r"Cure: nn.Flatten\(\) before"),
    "two results":  ([nn.Flatten(), lambda x: (x, 1), nn.Dense(3)],      "given a tuple .* one array"),
    "one too many": ([nn.Flatten(), nn.layer(lambda x, W, b: x, W=("in", 3))], "missing 1 required"),
}
# fmt: on


@pytest.mark.parametrize("name", LINKS)
def test_links_that_do_not_follow_one_another(name):
    links, message = LINKS[name]
    with pytest.raises(ArgumentError, match=message):
        fit(cg.Chain(links), PICTURES, np.zeros(12, int), loss=CROSS)


def test_one_softmax_is_enough():
    ends = {(nn.softmax, 3): CROSS, (nn.log_softmax, 3): CROSS, (nn.sigmoid, 1): BINARY}
    for (end, units), loss in ends.items():
        y = C if units == 3 else SIDE
        for links in ([nn.Dense(units), end], [cg.Chain([nn.Dense(units, end)])]):
            with pytest.raises(ArgumentError, match=f"leave out {end.__name__} at the end"):
                fit(cg.Chain(links), X, y, loss=loss)
    assert fit(cg.Chain([nn.Dense(1, nn.sigmoid)]), X, SIDE).history.loss


# ----- forms that are taken -----


def test_validation_as_people_give_it():
    pair = fit(net(), X, Y, epochs=2, validation=(X[:9], Y[:9])).history.val_loss
    for given in ([X[:9], Y[:9]], (X[:9].tolist(), Y[:9].tolist()), [(X[:5], Y[:5]), (X[5:9], Y[5:9])]):
        np.testing.assert_allclose(
            fit(net(), X, Y, epochs=2, validation=given).history.val_loss, pair, rtol=1e-6
        )
    weight = np.r_[np.ones(9), np.zeros(31)]
    weighed = fit(net(), X, Y, epochs=2, validation=(X, Y, weight)).history.val_loss
    np.testing.assert_allclose(weighed, pair, rtol=1e-6)


def test_validation_as_a_share_is_put_aside():
    data = X, Y, np.arange(40.0)
    learnt, held = put_aside(data, 0.25, seed=3)
    assert len(held[0]) == 10 and sorted([*learnt[2], *held[2]]) == list(range(40))
    assert (X[held[2].astype(int)] == held[0]).all() and (Y[learnt[2].astype(int)] == learnt[1]).all()
    apart = fit(net(), *learnt[:2], epochs=2, seed=3, validation=held[:2])
    model = fit(net(), X, Y, epochs=2, seed=3, validation=0.25)
    assert (model.history.loss, model.history.val_loss) == (apart.history.loss, apart.history.val_loss)
    for share in (0, 1, 1.5, 0.001, -0.5):
        with pytest.raises(ArgumentError, match="leaves one part empty"):
            fit(net(), X, Y, validation=share)
    with pytest.raises(ArgumentError, match="a share of arrays"):
        fit(net(), [(X, Y)], validation=0.2)


def test_metrics_by_name_and_as_functions():
    model = fit(net(3), X, C, loss=CROSS, metrics=["accuracy", squared_scores], validation=0.2)
    assert list(model.history.columns)[:3] == ["loss", "accuracy", "squared_scores"]
    assert fit(net(), X, Y, metrics="r_squared", epochs=30).history.r_squared[-1] > 0.5
    assert fit(net(), X, SIDE, loss=BINARY, metrics=["accuracy"], epochs=30).history.accuracy[-1] > 0.7


def squared_scores(prediction, target):
    return np.mean(prediction**2)


def test_a_model_learns_on_from_where_it_is():
    whole = fit(net(), X, Y, epochs=4, shuffle=False)
    half = fit(net(), X, Y, epochs=2, shuffle=False)
    again = fit(half, X, Y, epochs=2, shuffle=False)
    assert half.history.loss + again.history.loss == whole.history.loss


@pytest.mark.parametrize("engine", ["xla", "numpy"])
def test_a_batch_whose_weights_are_zero_moves_nothing(engine):
    weight = np.r_[np.ones(16), np.zeros(24)]
    first = fit(net(), X[:16], Y[:16], epochs=2, engine=engine)
    model = fit(net(), X, Y, sample_weight=weight, epochs=2, shuffle=False, engine=engine)
    order = fit(net(), X[:16], Y[:16], epochs=2, shuffle=False, engine=engine)
    np.testing.assert_allclose(model.params["dense"]["W"], order.params["dense"]["W"], rtol=1e-5)
    assert np.isfinite(first.history.loss).all()


@pytest.mark.parametrize("engine", ["xla", "numpy"])
def test_a_rate_of_another_dtype_leaves_the_parameters_theirs(engine):
    model = fit(net(), X, Y, optimizer=nn.Optimizer(lambda p: {}, wide), epochs=2, engine=engine)
    assert model.params["dense"]["W"].dtype == np.float32


def wide(grads, state, params):
    return {k: {n: np.float64(-0.05) * g for n, g in own.items()} for k, own in grads.items()}, state


@pytest.mark.parametrize("engine", ["xla", "numpy"])
def test_optimizers_that_ask_for_the_loss_or_take_no_more_than_they_say(engine):
    plateau = optax.chain(optax.sgd(0.05), optax.contrib.reduce_on_plateau(patience=2))
    sharp = optax.contrib.sam(optax.sgd(0.05), optax.sgd(0.01))
    for optimizer in (plateau, sharp):
        losses = fit(net(), X, Y, optimizer=optimizer, epochs=6, engine=engine).history.loss
        assert losses[-1] < losses[0]


# ----- refusals -----


def other(grads, state, params):
    return {"dense": grads["dense"]}, state


# fmt: off
ASKED = {
    "epochs":           ({"epochs": 2.5},                            r"epochs=2.5. Cure: a whole number, 1"),
    "batch size":       ({"batch_size": "8"},                        "batch_size='8'"),
    "seed":             ({"seed": None},                             "seed=None. Cure"),
    "loss":             ({"loss": "hubber"},                         "Cure: loss=cg.nn.huber"),
    "loss of one":      ({"loss": lambda p: p},                      "does not take two arguments"),
    "vector loss":      ({"loss": lambda p, t: (p - t) ** 2},        "the loss <lambda> gives an array"),
    "loss and weight":  ({"loss": squared, "sample_weight": np.ones(40)}, "takes none. Cure: def squared"),
    "metric":           ({"metrics": ["r_sqared"]},                  "Cure: 'r_squared'"),
    "metric's name":    ({"metrics": {"seconds": squared}},          "cannot be called 'seconds'"),
    "vector metric":    ({"metrics": {"v": lambda p, t: p - t}},     "the metric <lambda> gives an array"),
    "optimizer":        ({"optimizer": nn.rmsprop},                  r"rmsprop itself .*rmsprop\(0.001\)"),
    "no state":         ({"optimizer": nn.Optimizer(lambda p: None, wide)}, "init gives None"),
    "lost updates":     ({"optimizer": nn.Optimizer(lambda p: {}, other)},  "update fails|another structure"),
    "line search":      ({"optimizer": optax.lbfgs()},               "optax.lbfgs, cannot be taken"),
    "random key":       ({"optimizer": optax.noisy_sgd(0.1, key=0)}, "optimizer.* Cure"),
    "callback":         ({"callbacks": [3]},                         "the callback 3 cannot be called"),
    "validation":       ({"validation": "x"},                        r"validation='x'. Cure"),
    "weights":          ({"sample_weight": np.r_[np.nan, np.ones(39)]}, "of example 0 is nan"),
    "no weights":       ({"sample_weight": np.zeros(40)},            "all weights are 0"),
    "class weights":    ({"class_weight": {0: 1.0}},                 "y holds quantities. Cure"),
    "folder":           ({"checkpoint": "nowhere/run.ckpt"},         "there is no folder nowhere"),
    "no file":          ({"checkpoint": True},                       "is no file's name"),
}
# fmt: on


@pytest.mark.parametrize("name", ASKED)
def test_what_is_wrong_is_said_before_anything_runs(name):
    changed, message = ASKED[name]
    with pytest.raises(ArgumentError, match=message):
        fit(net(), X, Y, **changed)


@pytest.mark.parametrize("network", [nn.Dense(1), [nn.Dense(1)], cg.Chain([nn.Dense])])
def test_what_is_no_network(network):
    with pytest.raises(ArgumentError, match=r"Cure: (cg.Chain|nn.Dense)"):
        fit(network, X, Y)


def test_masked_entries_have_no_value():
    with pytest.raises(ArgumentError, match=r"X has masked entries.*X.filled\(0\)"):
        fit(net(), np.ma.masked_array(X, X > 1), Y)


@pytest.mark.parametrize("engine", ["xla", "numpy"])
def test_arrays_of_any_layout(engine):
    plain = fit(net(), X[::-1].copy(), Y[::-1].copy(), epochs=2, engine=engine).history.loss
    for X_, Y_ in (
        (X[::-1], Y[::-1]),
        (np.asfortranarray(X[::-1]), Y[::-1]),
        (X[::-1].astype(">f4"), Y[::-1].astype(">f4")),
    ):
        assert fit(net(), X_, Y_, epochs=2, engine=engine).history.loss == plain
    with pytest.raises(ArgumentError, match=r"Cure: X.astype\(np.float64\)"):
        fit(net(), X.astype(np.longdouble), Y, engine=engine)
