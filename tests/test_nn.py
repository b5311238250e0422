"""Activations, losses and optimizers against central differences, JAX and Optax."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

import chalkgrad as cg
from chalkgrad import nn
from chalkgrad.errors import ArgumentError

RNG = np.random.default_rng(0)
X = RNG.normal(size=(5, 4)) * 2

# ----- activations -----

ACTIVATIONS = {
    "relu": jax.nn.relu,
    "leaky_relu": lambda x: jax.nn.leaky_relu(x, 0.2),
    "sigmoid": jax.nn.sigmoid,
    "tanh": jnp.tanh,
    "softplus": jax.nn.softplus,
    "elu": jax.nn.elu,
    "selu": jax.nn.selu,
    "silu": jax.nn.silu,
    "gelu": jax.nn.gelu,
    "softmax": jax.nn.softmax,
    "log_softmax": jax.nn.log_softmax,
    "linear": lambda x: x,
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_are_jaxs_and_so_are_their_gradients(name):
    ours, theirs = getattr(nn, name), ACTIVATIONS[name]
    weights = RNG.normal(size=X.shape)
    cg.check_grad(lambda x: np.sum(weights * ours(x)), X, order=2)
    with jax.enable_x64(True):
        np.testing.assert_allclose(ours(X), theirs(jnp.asarray(X)), rtol=1e-9)
        expected = jax.grad(lambda x: jnp.sum(weights * theirs(x)))(jnp.asarray(X))
    np.testing.assert_allclose(cg.grad(lambda x: np.sum(weights * ours(x)))(X), expected, rtol=1e-9)


@pytest.mark.parametrize("name", [*ACTIVATIONS, "step"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_activations_keep_the_dtype_and_bear_large_arguments(name, dtype):
    f, far = getattr(nn, name), np.array([-1e4, -100.0, 0.0, 100.0, 1e4], dtype)
    assert f(far).dtype == dtype
    assert np.isfinite(f(far)).all()
    slope = cg.grad(lambda x: np.sum(f(x)))(far) if name != "step" else far
    assert np.isfinite(slope).all()


# ----- losses -----

TARGETS = RNG.integers(0, 4, size=5)
ONE_HOT = np.eye(4)[TARGETS]
SIDES = RNG.integers(0, 2, size=(5, 4)).astype(float)
SHARES = np.abs(RNG.normal(size=(5, 4)))
SHARES = SHARES / SHARES.sum(axis=1, keepdims=True)
kl = optax.kl_divergence
# fmt: off
LOSSES = {
    "mean_squared_error":    (SIDES,         lambda p, t: jnp.mean((p - t) ** 2)),
    "mean_absolute_error":   (SIDES,         lambda p, t: jnp.mean(jnp.abs(p - t))),
    "huber":                 (SIDES,         lambda p, t: jnp.mean(optax.huber_loss(p, t))),
    "binary_cross_entropy":  (SIDES,         lambda p, t: jnp.mean(optax.sigmoid_binary_cross_entropy(p, t))),
    "softmax_cross_entropy": (ONE_HOT,       lambda p, t: jnp.mean(optax.softmax_cross_entropy(p, t))),
    "hinge":                 (2 * SIDES - 1, lambda p, t: jnp.mean(optax.hinge_loss(p, t))),
    "kl_divergence":         (SHARES,        lambda p, t: jnp.mean(kl(jax.nn.log_softmax(p), t))),
}
# fmt: on


@pytest.mark.parametrize("name", LOSSES)
def test_losses_are_optaxs_and_so_are_their_gradients(name):
    ours, (target, theirs) = getattr(nn, name), LOSSES[name]
    cg.check_grad(lambda p: ours(p, target), X, order=2)
    with jax.enable_x64(True):
        value, slope = jax.value_and_grad(theirs)(jnp.asarray(X), jnp.asarray(target))
    np.testing.assert_allclose(ours(X, target), value, rtol=1e-9)
    np.testing.assert_allclose(cg.grad(ours)(X, target), slope, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", LOSSES)
def test_weights_weigh_a_mean(name):
    ours, target = getattr(nn, name), LOSSES[name][0]
    rows = [0, 0, 0, 2, 4, 4]
    counted = ours(X, target, np.bincount(rows, minlength=5).astype(float))
    np.testing.assert_allclose(counted, ours(X[rows], target[rows]), rtol=1e-12)
    cg.check_grad(lambda p: ours(p, target, np.arange(1.0, 6)), X)


def test_classes_may_be_numbers_or_shares():
    assert nn.softmax_cross_entropy(X, TARGETS) == nn.softmax_cross_entropy(X, ONE_HOT)


def test_the_gradient_of_softmax_cross_entropy_is_the_difference():
    found = cg.grad(nn.softmax_cross_entropy)(X, TARGETS)
    np.testing.assert_allclose(found, (nn.softmax(X) - ONE_HOT) / 5, atol=1e-15)


LONG, COLUMN = np.ones((2, 5, 4)), np.ones((5, 1), int)
# fmt: off
REFUSED = {
    "weights":             (lambda: nn.huber(X, X, np.ones(4)),              r"Cure: one .* shape \(5,\)"),
    "a column of weights": (lambda: nn.hinge(X, X, COLUMN),                  r"\(5, 1\), and there are 5"),
    "a column of classes": (lambda: nn.softmax_cross_entropy(X, COLUMN),     r"Cure: y\[:, 0\]"),
    "shares of a few":     (lambda: nn.softmax_cross_entropy(X, X[:, :3]),   "Cure: a share for each score"),
    "heads":               (lambda: apply(nn.MultiHeadAttention(3), LONG),   r"Cure: .*\(3, width=6\)"),
    "rows to attend to":   (lambda: apply(nn.MultiHeadAttention(2), X),      r"takes \(examples, places"),
    "places":              (lambda: apply(nn.Positions(3), LONG),            "Cure: nn.Positions"),
}
# fmt: on


def apply(layer, x):
    net = cg.Chain([layer])
    return net.apply(net.init(x), x)


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_be_taken_amiss_is_refused_with_its_cure(name):
    attempt, message = REFUSED[name]
    with pytest.raises(ArgumentError, match=message):
        attempt()


def test_no_examples_are_flattened_into_none():
    assert nn.flatten(np.ones((0, 3, 2))).shape == (0, 6)


# ----- optimizers -----

SCHEDULE = (nn.cosine_decay(0.1, 4), optax.cosine_decay_schedule(0.1, 4))
OPTIMIZERS = {
    "sgd": (nn.sgd(0.1), optax.sgd(0.1)),
    "momentum": (nn.sgd(0.1, momentum=0.9), optax.sgd(0.1, momentum=0.9)),
    "nesterov": (nn.sgd(0.1, 0.9, nesterov=True), optax.sgd(0.1, 0.9, nesterov=True)),
    "adagrad": (nn.adagrad(0.1), optax.adagrad(0.1)),
    "rmsprop": (nn.rmsprop(0.1), optax.rmsprop(0.1)),
    "adam": (nn.adam(0.1), optax.adam(0.1)),
    "adamw": (nn.adamw(0.1, weight_decay=0.3), optax.adamw(0.1, weight_decay=0.3)),
    "schedule": (nn.adam(SCHEDULE[0]), optax.adam(SCHEDULE[1])),
    "sgd schedule": (nn.sgd(SCHEDULE[0], 0.9), optax.sgd(SCHEDULE[1], 0.9)),
    "clip": (nn.chain(nn.clip(0.3), nn.sgd(0.1)), optax.chain(optax.clip(0.3), optax.sgd(0.1))),
    "norm": (
        nn.chain(nn.clip_by_global_norm(0.5), nn.adam(0.1)),
        optax.chain(optax.clip_by_global_norm(0.5), optax.adam(0.1)),
    ),
    "l2": (
        nn.chain(nn.add_l2(0.3), nn.sgd(0.1)),
        optax.chain(optax.add_decayed_weights(0.3), optax.sgd(0.1)),
    ),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizers_take_optaxs_steps(name):
    ours, theirs = OPTIMIZERS[name]
    start = {"a": {"W": RNG.normal(size=(3, 2))}, "b": RNG.normal(size=4)}
    grads = [{"a": {"W": RNG.normal(size=(3, 2))}, "b": RNG.normal(size=4)} for _ in range(6)]
    mine, state = start, ours.init(start)
    for g in grads:
        updates, state = ours.update(g, state, mine)
        mine = nn.apply_updates(mine, updates)
    with jax.enable_x64(True):
        other = jax.tree.map(jnp.asarray, start)
        state = theirs.init(other)
        for g in grads:
            updates, state = theirs.update(g, state, other)
            other = optax.apply_updates(other, updates)
    jax.tree.map(lambda m, o: np.testing.assert_allclose(m, o, rtol=1e-6, atol=1e-9), mine, other)


@pytest.mark.parametrize("name", ["lecun", "glorot", "he"])
def test_initialisers_have_the_variance_they_promise(name):
    f = getattr(nn, name)
    W = f(np.random.default_rng(0), (3, 3, 40, 60))
    expected = {"lecun": 1 / 360, "he": 2 / 360, "glorot": 2 / 900}[name]
    assert abs(W.var() / expected - 1) < 0.05
    assert abs(W.mean()) < 0.01


@pytest.mark.parametrize("shape", [(7, 3), (3, 7), (2, 3, 5)])
def test_orthogonal_columns_or_rows(shape):
    W = nn.orthogonal(np.random.default_rng(0), shape).reshape(-1, shape[-1])
    gram = W.T @ W if W.shape[0] >= W.shape[1] else W @ W.T
    np.testing.assert_allclose(gram, np.eye(len(gram)), atol=1e-12)
