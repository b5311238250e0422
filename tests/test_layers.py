"""Layers: values and gradients against JAX's own functions, gradients against central differences."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import chalkgrad as cg
from chalkgrad import nn
from chalkgrad.errors import ArgumentError
from chalkgrad.nn.network import paths

RNG = np.random.default_rng(3)


def with_jax(f, *args):
    """The value and the gradients of the weighted sum of f, by JAX in float64."""
    with jax.enable_x64(True):
        args = [jnp.asarray(a) for a in args]
        value = f(*args)
        weight = np.cos(np.arange(value.size)).reshape(value.shape)
        grads = jax.grad(lambda *a: jnp.sum(weight * f(*a)), argnums=tuple(range(len(args))))(*args)
        return np.asarray(value), [np.asarray(g) for g in grads], weight


def agrees(ours, theirs, *args):
    value, grads, weight = with_jax(theirs, *args)
    np.testing.assert_allclose(ours(*args), value, rtol=1e-9, atol=1e-11)
    loss = lambda *a: np.sum(weight * ours(*a))  # noqa: E731
    every = tuple(range(len(args)))
    for found, expected in zip(cg.grad(loss, argnums=every)(*args), grads, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-10)
    if sum(a.size for a in args) < 200:
        cg.check_grad(loss, *args, order=1)
    for found, expected in zip(cg.compile(cg.grad(loss, argnums=every))(*args), grads, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-10)


# ----- convolution -----

CONVOLUTIONS = [
    ((2, 6, 7, 3), (3, 3, 3, 4), (1, 1), "same", (1, 1)),
    ((2, 6, 7, 3), (2, 3, 3, 4), (2, 1), "same", (1, 1)),
    ((2, 7, 6, 2), (3, 2, 2, 3), (2, 3), "valid", (1, 1)),
    ((1, 8, 8, 2), (3, 3, 2, 2), (1, 1), "same", (2, 2)),
    ((1, 9, 8, 1), (2, 2, 1, 2), (2, 2), "valid", (3, 1)),
    ((2, 9, 3), (4, 3, 5), (2,), "same", (1,)),
    ((2, 9, 3), (3, 3, 2), (1,), "valid", (2,)),
]


@pytest.mark.parametrize("case", CONVOLUTIONS, ids=str)
def test_convolution_is_jaxs(case):
    shape, window, strides, padding, dilation = case
    letters = "HW"[: len(strides)]
    numbers = (f"N{letters}C", f"{letters}IO", f"N{letters}C")

    def theirs(x, W, b):
        y = jax.lax.conv_general_dilated(
            x, W, strides, padding.upper(), rhs_dilation=dilation, dimension_numbers=numbers
        )
        return y + b

    ours = lambda x, W, b: nn.convolution(x, W, b, strides, padding, dilation)  # noqa: E731
    agrees(ours, theirs, RNG.normal(size=shape), RNG.normal(size=window), RNG.normal(size=window[-1]))


POOLS = [
    ((2, 6, 8, 3), (2, 2), (2, 2)),
    ((2, 7, 5, 1), (2, 2), (2, 2)),
    ((1, 7, 7, 2), (3, 3), (2, 2)),
    ((1, 5, 6, 2), (2, 3), (1, 1)),
    ((2, 9, 2), (3,), (3,)),
    ((2, 9, 2), (3,), (2,)),
]


@pytest.mark.parametrize("case", POOLS, ids=str)
@pytest.mark.parametrize("kind", ["max", "average"])
def test_pooling_is_jaxs(kind, case):
    shape, window, strides = case
    around = (1, *window, 1), (1, *strides, 1), "VALID"

    def theirs(x):
        if kind == "max":
            return jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, *around)
        return jax.lax.reduce_window(x, 0.0, jax.lax.add, *around) / np.prod(window)

    ours = nn.max_pool if kind == "max" else nn.average_pool
    agrees(lambda x: ours(x, window, strides), theirs, RNG.permutation(np.prod(shape)).reshape(shape) / 7.0)


def test_what_does_not_fit_is_refused():
    with pytest.raises(ArgumentError, match='padding="same"'):
        nn.convolution(np.ones((1, 2, 2, 1)), np.ones((3, 3, 1, 1)), padding="valid")
    with pytest.raises(ArgumentError, match="kernel_size"):
        nn.Conv2D(3, (1, 2, 3))


# ----- normalisation, attention, embedding -----


def test_layer_norm():
    def theirs(x, scale, shift):
        mean, variance = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
        return scale * (x - mean) / jnp.sqrt(variance + 1e-5) + shift

    agrees(nn.layer_norm, theirs, RNG.normal(size=(4, 3, 5)), RNG.normal(size=5), RNG.normal(size=5))


def test_batch_norm_in_training():
    mean, variance = np.zeros(5), np.ones(5)

    def theirs(x, scale, shift):
        now, spread = x.mean((0, 1)), x.var((0, 1))
        return scale * (x - now) / jnp.sqrt(spread + 1e-3) + shift

    ours = lambda x, a, b: nn.batch_norm(x, a, b, mean, variance, training=True)[0]  # noqa: E731
    agrees(ours, theirs, RNG.normal(size=(4, 3, 5)), RNG.normal(size=5), RNG.normal(size=5))


@pytest.mark.parametrize("causal", [False, True])
def test_attention_is_what_jax_computes(causal):
    Q, K, V = (
        RNG.normal(size=(2, 5, 3, 4)) for _ in range(3)
    )  # examples, places, heads, features, as JAX has them
    hidden = np.triu(np.full((5, 5), -np.inf), 1) if causal else np.zeros((5, 5))

    def theirs(Q, K, V):
        return jax.nn.softmax(jnp.einsum("nqhd,nkhd->nhqk", Q, K) / 2 + hidden) @ jnp.swapaxes(V, 1, 2)

    swap = lambda a: np.swapaxes(a, 1, 2)  # noqa: E731
    agrees(lambda Q, K, V: nn.attention(swap(Q), swap(K), swap(V), causal), theirs, Q, K, V)


def test_embedding_adds_up_repeats():
    words = np.array([[0, 2, 2], [1, 0, 2]])
    agrees(lambda W: nn.embedding(words, W) ** 2, lambda W: W[words] ** 2, RNG.normal(size=(4, 3)))


# ----- whole networks -----

NETWORKS = {
    "convolutional": (
        [nn.Conv2D(3, 3, nn.relu), nn.MaxPool2D(), nn.Flatten(), nn.Dense(4)],
        RNG.normal(size=(2, 6, 6, 2)),
    ),
    "residual": ([nn.Dense(6), nn.Residual(nn.LayerNorm(), nn.Dense(6, nn.gelu))], RNG.normal(size=(3, 4))),
    "transformer": (
        [
            nn.Embedding(7, 8),
            nn.Positions(5),
            nn.Residual(nn.LayerNorm(), nn.MultiHeadAttention(2, causal=True)),
            nn.Residual(nn.LayerNorm(), nn.Dense(16, nn.gelu), nn.Dense(8)),
            nn.Dense(7),
        ],
        RNG.integers(0, 7, size=(2, 5)),
    ),
    "autoencoder": ([nn.Dense(3, nn.tanh), nn.Dense(5, nn.sigmoid)], RNG.normal(size=(4, 5))),
    "recurrent": ([nn.LSTM(4, return_sequences=True), nn.GRU(3), nn.Dense(2)], RNG.normal(size=(2, 4, 3))),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_networks_have_the_gradient_of_central_differences(name):
    links, x = NETWORKS[name]
    net = cg.Chain(links)
    params = net.init(x.astype(float) if x.dtype.kind == "f" else x, seed=1)
    for where, array in list(paths(params)):
        *above, last = where.split(".")
        inside = params
        for key in above:
            inside = inside[key]
        inside[last] = array.astype(float) + 0.05 * RNG.normal(size=array.shape)
    loss = lambda p: np.sum(np.sin(net.apply(p, x)))  # noqa: E731
    cg.check_grad(loss, params, order=1)
    compiled, plain = cg.compile(cg.grad(loss))(params), cg.grad(loss)(params)
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-8, atol=1e-10), compiled, plain)


def test_a_causal_transformer_does_not_look_ahead():
    links, x = NETWORKS["transformer"]
    net = cg.Chain(links)
    params = net.init(x)
    changed = x.copy()
    changed[:, 3:] = (changed[:, 3:] + 1) % 7
    np.testing.assert_array_equal(net.apply(params, x)[:, :3], net.apply(params, changed)[:, :3])


def test_running_means_move_in_training_and_rest_in_use():
    net = cg.Chain([nn.Dense(4), nn.BatchNorm(momentum=0.5), nn.Dense(3)])
    X, y = RNG.normal(size=(60, 5)).astype(np.float32), RNG.integers(0, 3, 60)
    given = {"loss": nn.softmax_cross_entropy, "optimizer": nn.sgd(0.1), "batch_size": 20, "epochs": 3}
    models = [cg.fit(net, X, y, engine=e, **given) for e in ("numpy", "xla")]
    for model in models:
        hidden = net[:1].apply({"dense": model.params["dense"]}, X)
        assert np.abs(model.params["batch_norm"]["mean"] - hidden.mean(axis=0)).max() < 0.5
        assert model.params["batch_norm"]["mean"].any()
        np.testing.assert_allclose(model(X[:1]), model(X)[:1], rtol=1e-4, atol=1e-5)
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, atol=1e-4), models[0].params, models[1].params)


def test_a_layer_of_ones_own_is_a_function_and_shapes():
    def gate(x, W, b):
        return x * nn.sigmoid(np.dot(x, W) + b)

    net = cg.Chain([cg.nn.layer(gate, W=("in", "in"), b=("in",)), nn.Dense(1)])
    params = net.init(np.ones((1, 3)))
    assert params["gate"]["W"].shape == (3, 3)
    cg.check_grad(lambda p: np.sum(net.apply(p, np.ones((2, 3)))), params)
    with pytest.raises(ArgumentError, match="gate has no parameter V; it takes x, W, b"):
        cg.nn.layer(gate, V=("in", 2))
    with pytest.raises(ArgumentError, match=r"Cure: params = net\.init"):
        net(np.ones((1, 3)))


@pytest.mark.parametrize(
    ("layer", "shape", "cure"),
    [
        (
            nn.Conv2D(4, 3),
            (5, 8, 8),
            r"takes \(examples, rows, columns, channels\).*\(5, 8, 8\).*x\[\.\.\., None\]",
        ),
        (nn.Conv1D(4, 3), (5,), r"takes \(examples, length, channels\).*np\.reshape"),
        (nn.MaxPool2D(), (5, 8, 8), r"pooling takes .*x\[\.\.\., None\]"),
        (nn.LSTM(4), (5, 8), r"takes \(examples, time, features\).*x\[\.\.\., None\]"),
    ],
)
def test_inputs_without_their_axes_are_refused(layer, shape, cure):
    with pytest.raises(ArgumentError, match=cure):
        layer(np.ones(shape), **layer.init(np.ones(shape), np.random.default_rng(0)))
