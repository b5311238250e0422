"""What `fit` returns: which parameters it has, and what it says to examples that it cannot take."""

import numpy as np
import pytest

import chalkgrad as cg
from chalkgrad import nn
from chalkgrad.errors import ArgumentError, DataError, DivergedError
from chalkgrad.train.callbacks import EarlyStopping

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 4)).astype(np.float32)
Y = X[:, :1] - 2 * X[:, 1:2]
C = np.argmax(X[:, :3], axis=1)


def net(units=1):
    return cg.Chain([nn.Dense(6, nn.tanh), nn.Dense(units)])


def fit(network, *data, **given):
    known = {"loss": nn.mean_squared_error, "optimizer": nn.sgd(0.05), "batch_size": 16, "engine": "numpy"}
    return cg.fit(network, *data, **known | given)


# ----- examples that it can take -----


def test_examples_as_people_give_them():
    model = fit(net(), X, Y, epochs=3)
    whole = model.predict(X)
    np.testing.assert_allclose(model.predict(X[:3].tolist()), whole[:3], rtol=1e-5)
    assert model.predict(X[:0]).shape == (0, 1)
    assert model.predict(X[0][None]).shape == (1, 1)
    assert model.score(X.tolist(), Y.tolist()) == pytest.approx(model.score(X, Y), rel=1e-5)


# fmt: off
AMISS = {
    "one example":  (lambda m: m.predict(X[0]),              r"examples of shape \(4,\).*X\[None\]"),
    "a number":     (lambda m: m.predict(3.0),               "learnt from examples"),
    "fewer":        (lambda m: m.predict(X[:, :3]),          r"the link dense is given \(40, 3\) of float32"),
    "flat answers": (lambda m: m.score(X, Y[:, 0]),          r"compare all with all. Cure: y\[:, None\]"),
    "less answers": (lambda m: m.score(X, Y[:9]),            "40 examples in X and 9 in y"),
    "no number":    (lambda m: m.score(X, Y * np.nan),       r"y\[0, 0\] is nan"),
}
# fmt: on


@pytest.mark.parametrize("name", AMISS)
@pytest.mark.parametrize("loaded", [False, True])
def test_what_would_be_taken_amiss(name, loaded, tmp_path):
    model = fit(net(), X, Y)
    if loaded:
        model = cg.load(model.save(tmp_path / "m.safetensors"))
    act, message = AMISS[name]
    with pytest.raises(ArgumentError, match=message):
        act(model)


def test_classes_are_scored_as_classes():
    model = fit(net(3), X, C, loss=nn.softmax_cross_entropy, epochs=20)
    assert model.score(X, C) == model.score(X, cg.data.one_hot(C)) > 0.5
    for y, message in ((C[:, None], r"Cure: y\[:, 0\]"), (C + 5, "is class")):
        with pytest.raises(ArgumentError, match=message):
            model.score(X, y)


# ----- the best parameters -----


def held(model):
    return float(nn.mean_squared_error(model(X[:10]), -Y[:10]))


@pytest.mark.parametrize("patience", [2, 100])
def test_early_stopping_leaves_the_best_parameters_however_it_ends(patience):
    stop = EarlyStopping(patience=patience)
    model = fit(net(), X, Y, epochs=8, validation=(X[:10], -Y[:10]), callbacks=[stop])
    losses = model.history.val_loss
    assert bool(model.history.stopped) == (patience == 2)
    assert stop.best_epoch == np.argmin(losses) + 1 < len(losses)
    assert held(model) == pytest.approx(min(losses), rel=1e-5)


# fmt: off
BETTER = {
    "val_mae": "lower", "val_mean_absolute_error": "lower", "loss": "lower", "bits": "lower", "rmse": "lower",
    "val_accuracy": "higher", "r_squared": "higher", "val_auc": "higher", "f1": "higher",
    "val_mean_squared_error": "lower",
}
# fmt: on


@pytest.mark.parametrize("name", BETTER)
def test_which_way_is_better(name):
    assert EarlyStopping(name).better == BETTER[name]


def test_which_way_is_better_is_asked_for():
    with pytest.raises(ArgumentError, match="is a higher or a lower val_trace better"):
        EarlyStopping("val_trace")
    assert EarlyStopping("val_trace", better="higher").better == "higher"
    with pytest.raises(ArgumentError, match="better='up'"):
        EarlyStopping("val_trace", better="up")
    stop = EarlyStopping("val_mae", patience=3)
    metrics = {"mae": nn.mean_absolute_error}
    model = fit(net(), X, Y, epochs=20, metrics=metrics, validation=(X, Y), callbacks=stop)
    assert len(model.history) == 20 and stop.best == min(model.history.val_mae)


def test_a_figure_that_is_not_there():
    with pytest.raises(ArgumentError, match=r"Cure: validation=\(X, y\)"):
        fit(net(), X, Y, callbacks=[EarlyStopping()])
    with pytest.raises(ArgumentError, match="Cure: monitor='val_loss'"):
        fit(net(), X, Y, callbacks=[EarlyStopping("val_los", better="lower")], validation=(X, Y))


# ----- where a network fails at once -----


def test_a_first_step_is_not_blamed_on_the_rate():
    with np.errstate(all="ignore"), pytest.raises(DivergedError, match="no learning rate") as caught:
        fit(cg.Chain([nn.Dense(6), np.log, nn.Dense(1)]), X, Y)
    assert caught.value.step == 0


# ----- files -----


def test_another_network_of_the_same_shapes_is_refused(tmp_path):
    path = fit(net(), X, Y).save(tmp_path / "m.safetensors")
    with pytest.raises(DataError, match=r"nn.activations.tanh there, nn.activations.relu here"):
        cg.load(path, network=cg.Chain([nn.Dense(6, nn.relu), nn.Dense(1)]))
    assert cg.load(path, network=net()).params["dense"]["W"].shape == (4, 6)
    own = cg.Chain([nn.Dense(6), lambda x: x + 1, nn.Dense(1)])
    path = fit(own, X, Y).save(tmp_path / "own.safetensors")
    same = cg.Chain([nn.Dense(6), lambda x: 1 + x, nn.Dense(1)])  # a person's own: it may have been rewritten
    assert cg.load(path, network=same)


def test_a_models_file_is_no_checkpoint_to_remove(tmp_path):
    path = fit(net(), X, Y).save(tmp_path / "m.safetensors")
    for resume in (False, True):
        with pytest.raises(ArgumentError, match=r"is a model, and no checkpoint. Cure: another file"):
            fit(net(), X, Y, checkpoint=path, resume=resume)
    assert cg.load(path)


def test_what_a_checkpoint_goes_on_from(tmp_path):
    given = {"checkpoint": tmp_path / "run.ckpt", "resume": True}
    fit(net(), X, Y, epochs=4, **given)
    with pytest.raises(ArgumentError, match=r"epochs=2, and .* has 4 already. Cure: epochs=4"):
        fit(net(), X, Y, epochs=2, **given)
    with pytest.raises(ArgumentError, match="callbacks: none there, EarlyStopping here"):
        fit(net(), X, Y, epochs=5, callbacks=[EarlyStopping("loss")], **given)
    with pytest.raises(ArgumentError, match="first parameters: nothing there"):
        fit(fit(net(), X, Y), X, Y, epochs=5, **given)
