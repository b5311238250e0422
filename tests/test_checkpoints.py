"""Files of models and of trainings: what was written comes back bit for bit, and anything else is refused."""

import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import optax
import pytest
from safetensors.numpy import load as load_arrays
from safetensors.numpy import save as save_arrays

import chalkgrad as cg
from chalkgrad import nn
from chalkgrad.errors import ArgumentError, DataError
from chalkgrad.nn.network import paths
from chalkgrad.train import checkpoint, epochs
from chalkgrad.train.callbacks import EarlyStopping
from chalkgrad.train.describe import build

PROGRAM = Path(__file__).with_name("trainings.py")
RNG = np.random.default_rng(0)
X = RNG.normal(size=(90, 8)).astype(np.float32)
Y = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0)
NET = cg.Chain([nn.Dense(6, nn.tanh), nn.BatchNorm(), nn.Dropout(0.2), nn.Dense(3)])
GIVEN = {"loss": nn.softmax_cross_entropy, "batch_size": 16, "engine": "numpy", "progress": False}


def fit(net=NET, count=3, **given):
    return cg.fit(net, X, Y, epochs=count, **GIVEN | {"optimizer": nn.adam(0.01)} | given)


def same(one, other):
    pairs = zip(paths(one.params), paths(other.params), strict=True)
    return all(n == m and a.dtype == b.dtype and np.array_equal(a, b) for (n, a), (m, b) in pairs)


# ----- models -----

IMAGES = RNG.normal(size=(4, 6, 6, 1)).astype(np.float32)
WORDS = RNG.integers(0, 5, size=(4, 7))
SERIES = RNG.normal(size=(4, 7, 3))
# fmt: off
NETWORKS = {
    "pictures":  (IMAGES, [nn.Conv2D(4, 3, nn.relu, strides=2), nn.MaxPool2D(2), nn.Flatten(), nn.Dense(3)]),
    "words":     (WORDS,  [nn.Embedding(5, 8), nn.Positions(9), nn.MultiHeadAttention(2, causal=True)]),
    "series":    (SERIES, [nn.LSTM(4, return_sequences=True), nn.GRU(5), nn.LayerNorm(), np.tanh]),
    "nested":    (X,      [cg.Chain([nn.Dense(8, np.tanh)]), nn.Residual(nn.Dense(8), nn.BatchNorm())]),
    "options":   (X,      [nn.Dense(4, initial=nn.normal(0.5), use_bias=False), partial(np.sum, axis=-1)]),
}
# fmt: on


@pytest.mark.parametrize("name", NETWORKS)
def test_a_model_comes_back_from_its_file_alone(name, tmp_path):
    x, links = NETWORKS[name]
    net = cg.Chain(links)
    model = type(fit(count=1))(net, net.init(x[:1], seed=3), nn.mean_squared_error)
    again = cg.load(model.save(tmp_path / "m.safetensors"))
    assert same(model, again)
    assert np.array_equal(model(x), again(x))
    assert again.loss is nn.mean_squared_error
    first, second = (dict(paths(n.init(x[:1], seed=5))) for n in (net, again.network))
    assert all(np.array_equal(first[k], second[k]) for k in first)  # initialisers too


def test_history_and_score_come_back(tmp_path):
    model = fit(statistics=True)
    again = cg.load(model.save(tmp_path / "m.safetensors"))
    assert again.history.columns == model.history.columns
    assert again.history.layers == model.history.layers
    assert np.array_equal(again.predict(X), model.predict(X))
    assert again.score(X, Y) == model.score(X, Y)


def test_functions_of_a_persons_own_are_asked_for(tmp_path):
    def bend(x):
        return x * np.tanh(x)

    net = cg.Chain([nn.Dense(6, bend), nn.Dense(3)])
    path = fit(net).save(tmp_path / "m.safetensors")
    with pytest.raises(ArgumentError, match=r"bend.* Cure: cg.load\(path, network=net\)"):
        cg.load(path)
    assert np.array_equal(cg.load(path, network=net)(X), fit(net)(X))
    for wrong in ([nn.Dense(7, bend), nn.Dense(3)], [nn.Dense(6)], [nn.Dense(6), nn.Dense(3), nn.Dense(3)]):
        with pytest.raises(DataError, match="another network"):
            cg.load(path, network=cg.Chain(wrong))


@pytest.mark.parametrize("name", ["os.system", "numpy.load", "nn.layers.layer.Layer", "builtins.eval"])
def test_a_file_may_name_nothing_outside_the_list(name):
    with pytest.raises(DataError, match="not one that a file may speak of"):
        build({"link": "chain", "links": [{"link": "function", "name": name}]})
    with pytest.raises(DataError, match="not one that a file may speak of"):
        build({"link": name})


def changed(data, path):
    """Every way in which a file can be wrong, with what is said of it."""
    arrays = load_arrays(data)
    length = int.from_bytes(data[:8], "little")
    kept = json.loads(data[8 : 8 + length])["__metadata__"]
    name = next(k for k in arrays if arrays[k].size > 3)
    other = arrays | {name: arrays[name] + 1}
    later = kept["chalkgrad"].replace('"version": 1', '"version": 9')
    yield b"", "no whole safetensors file"
    yield data[:7], "no whole safetensors file"
    yield data[: len(data) // 2], "no whole safetensors file"
    yield data[:-1], "no whole safetensors file"
    yield data + b"\0", "no whole safetensors file"
    yield data[:-3] + bytes([data[-3] ^ 1]) + data[-2:], "damaged"
    yield data.replace(b"numpy.tanh", b"numpy.sinh"), "damaged"
    yield b"PK\3\4" + data, "no whole safetensors file"
    yield save_arrays(arrays), "of another program"
    yield save_arrays(other, kept), "damaged"
    yield save_arrays(arrays, kept | {"chalkgrad": later}), "damaged"
    yield save_arrays({k: v for k, v in arrays.items() if k != name}, kept), "damaged"


def test_a_damaged_model_is_refused_with_the_reason(tmp_path):
    path = fit(cg.Chain([nn.Dense(6, np.tanh), nn.Dense(3)])).save(tmp_path / "m.safetensors")
    data = path.read_bytes()
    for wrong, said in changed(data, path):
        path.write_bytes(wrong)
        with pytest.raises(DataError, match=said):
            cg.load(path)
    with pytest.raises(DataError, match="cannot be read"):
        cg.load(tmp_path / "none.safetensors")
    for k in range(0, len(data), 97):  # a bit anywhere
        path.write_bytes(data[:k] + bytes([data[k] ^ 64]) + data[k + 1 :])
        with pytest.raises(DataError):
            cg.load(path)


# ----- checkpoints -----


class Stop(BaseException):
    """Not one that anything catches."""


def ended(at, path, **given):
    """A training that is ended without a word after so many swaps of its file."""
    swaps = iter(range(at))
    real = os.replace

    def replace(old, new):
        if next(swaps, None) is None:
            raise Stop
        real(old, new)

    with pytest.MonkeyPatch.context() as patch, pytest.raises(Stop):
        patch.setattr(os, "replace", replace)
        patch.setattr(checkpoint, "SHARE", 0)
        fit(checkpoint=path, checkpoint_every=0.0, **given)


@pytest.mark.parametrize("engine", ["xla", "numpy"])
@pytest.mark.parametrize("optimizer", ["ours", "optax"])
def test_a_training_goes_on_bit_for_bit(engine, optimizer, tmp_path):
    rate = nn.cosine_decay(0.05, 30)
    made = nn.chain(nn.clip_by_global_norm(1.0), nn.sgd(rate, momentum=0.9))
    given = {"engine": engine, "optimizer": made if optimizer == "ours" else optax.adam(0.01)}
    whole = fit(callbacks=[EarlyStopping()], validation=(X[:30], Y[:30]), **given)
    given["validation"] = (X[:30], Y[:30])
    for at in (0, 1, 2, 7, 12) if engine == "numpy" else (9,):
        path = tmp_path / f"{at}.ckpt"
        ended(at, path, callbacks=[EarlyStopping()], **given)
        again = fit(checkpoint=path, resume=True, callbacks=[EarlyStopping()], **given)
        assert same(again, whole)
        assert again.history.loss == whole.history.loss
        assert again.history.val_loss == whole.history.val_loss


@pytest.mark.parametrize("engine", ["xla", "numpy"])
def test_how_many_steps_are_made_at_once_changes_nothing(engine, monkeypatch):
    models = []
    for at_once in (1e-9, 1e9):
        monkeypatch.setattr(epochs, "AT_ONCE", at_once)
        models.append(fit(engine=engine, batch_size=4))
    assert same(*models)
    assert models[0].history.loss == models[1].history.loss


def test_steps_of_a_convolutional_network_are_the_same_in_any_pieces(monkeypatch):
    net = cg.Chain([nn.Conv1D(4, 2, nn.relu), nn.Flatten(), nn.Dense(3)])
    models = []
    for at_once in (1e-9, 1e9):
        monkeypatch.setattr(epochs, "AT_ONCE", at_once)
        given = {"loss": nn.softmax_cross_entropy, "optimizer": nn.sgd(0.1), "progress": False}
        models.append(cg.fit(net, X[:, :, None], Y, engine="xla", epochs=3, batch_size=7, **given))
    assert same(*models)
    assert models[0].history.loss == models[1].history.loss


def test_early_stopping_counts_on(tmp_path):
    given = {"validation": (X[:9], Y[:9]), "optimizer": nn.sgd(0.5)}
    whole = fit(count=40, callbacks=[EarlyStopping(patience=2)], **given)
    path = tmp_path / "run.ckpt"
    for count in range(1, 40):  # a process each
        stop = EarlyStopping(patience=2)
        model = fit(count=count, checkpoint=path, resume=True, callbacks=[stop], **given)
    assert whole.history.stopped == model.history.stopped != ""
    assert len(whole.history) == len(model.history)
    assert same(whole, model)


# fmt: off
OTHERS = {
    "batch_size": {"batch_size": 15},
    "seed":       {"seed": 1},
    "loss":       {"loss": lambda p, t: nn.softmax_cross_entropy(p, t) * 2},
    "optimizer":  {"optimizer": nn.adam(0.02)},
    "network":    {"net": cg.Chain([nn.Dense(6, nn.relu), nn.BatchNorm(), nn.Dropout(0.2), nn.Dense(3)])},
    "shuffle":    {"shuffle": False},
    "engine":     {"engine": "xla"},
    "validation": {"validation": (X[:9], Y[:9])},
}
# fmt: on


@pytest.mark.parametrize("name", OTHERS)
def test_a_checkpoint_of_another_training_is_refused(name, tmp_path):
    path = tmp_path / "run.ckpt"
    fit(count=1, checkpoint=path)
    with pytest.raises(ArgumentError, match=rf"another training \({name}: .* there, .* here"):
        fit(checkpoint=path, resume=True, **OTHERS[name])


def test_other_examples_are_refused(tmp_path):
    path = tmp_path / "run.ckpt"
    fit(count=1, checkpoint=path)
    given = GIVEN | {"optimizer": nn.adam(0.01), "checkpoint": path, "resume": True}
    with pytest.raises(ArgumentError, match=r"X: .* there"):
        cg.fit(NET, X * 2, Y, **given)
    with pytest.raises(ArgumentError, match=r"X: \(90, 8\) .* there, \(80, 8\)"):
        cg.fit(NET, X[:80], Y[:80], **given)


def test_a_damaged_checkpoint_is_refused_and_the_one_before_stays(tmp_path):
    path = tmp_path / "run.ckpt"
    whole = fit(count=3, checkpoint=path)
    data = path.read_bytes()
    for wrong in (data[:-9], data[:100], b"", data[:-5] + b"abcde"):
        path.write_bytes(wrong)
        with pytest.raises(DataError, match=r"Cure: .*rename run.ckpt.old to run.ckpt"):
            fit(count=3, checkpoint=path, resume=True)
    os.replace(tmp_path / "run.ckpt.old", path)
    assert same(fit(count=3, checkpoint=path, resume=True), whole)
    with pytest.raises(DataError, match="is a checkpoint, not a model"):
        cg.load(path)


def test_a_checkpoint_is_neither_overwritten_nor_forgotten(tmp_path):
    path = tmp_path / "run.ckpt"
    with pytest.raises(ArgumentError, match=r"Cure: checkpoint='run.ckpt'"):
        fit(resume=True)
    fit(count=1, checkpoint=path, resume=True)  # none there yet: it begins
    with pytest.raises(ArgumentError, match="Cure: resume=True"):
        fit(checkpoint=path)
    model = fit(count=4, checkpoint=path, resume=True)  # more epochs than before
    assert same(model, fit(count=4))

    class Counts:
        def __init__(self):
            self.n = 0

        def __call__(self, epoch):
            self.n += 1

    with pytest.raises(ArgumentError, match=r"Counts.state\(\)"):
        fit(checkpoint=tmp_path / "other.ckpt", callbacks=[Counts()])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked here")
@pytest.mark.parametrize("engine, count, source", [("xla", 30, "arrays"), ("numpy", 10, "streamed")])
def test_killed_at_random_moments(engine, count, source, tmp_path):
    command = [sys.executable, str(PROGRAM), "kills", engine, str(tmp_path), str(count), source]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=500)
    assert ran.stdout.split() == ["killed", str(count)], ran.stdout + ran.stderr
    end, whole = (cg.load(tmp_path / f"{name}.safetensors") for name in ("end", "whole"))
    assert same(end, whole)
    assert end.history.loss == whole.history.loss
    assert end.history.val_loss == whole.history.val_loss
