"""Activations, losses and layers against PyTorch's: values, and gradients of every input and parameter.

Float64 throughout, on shapes that are drawn. PyTorch has channels before places, weights as (units, features)
and some defaults of its own: each comparison says how its arrays and figures are made of ours. Where a
maximum is tied and at a kink ours is the mean of both sides, PyTorch's one of them: nothing drawn here ties.
"""

import numpy as np
import pytest

import chalkgrad as cg
from chalkgrad import nn
from chalkgrad.nn.layers.layer import Mode

torch = pytest.importorskip("torch")
F = torch.nn.functional

SEEDS = range(4)


def agrees(ours, theirs, *args):
    """Values, and gradients of a weighted sum; `theirs` takes tensors laid out as our arrays are."""
    tensors = [torch.tensor(a, dtype=torch.float64, requires_grad=True) for a in args]
    made = theirs(*tensors)
    weight = np.cos(np.arange(made.numel())).reshape(tuple(made.shape))
    found = ours(*args)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, made.detach().numpy(), rtol=1e-9, atol=1e-11)
    (made * torch.tensor(weight)).sum().backward()
    slopes = cg.grad(lambda *a: np.sum(weight * ours(*a)), argnums=tuple(range(len(args))))(*args)
    for slope, tensor in zip(slopes, tensors, strict=True):
        np.testing.assert_allclose(slope, tensor.grad.numpy(), rtol=1e-8, atol=1e-10)


def layer_agrees(layer, theirs, x, rng, mode=Mode()):  # noqa: B008
    """A layer with drawn parameters against `theirs(x, *parameters)`; whole numbers have no gradient."""
    names = list(layer.init(x, rng))
    params = [rng.normal(size=a.shape) for a in layer.init(x, rng).values()]
    run = lambda x, *p: layer.forward(dict(zip(names, p, strict=True)), x, mode)[0]  # noqa: E731
    if x.dtype.kind == "f":
        agrees(run, theirs, x, *params)
    else:
        agrees(lambda *p: run(x, *p), lambda *p: theirs(torch.tensor(x), *p), *params)


def sizes(rng, axes, most=6):
    return tuple(int(n) for n in rng.integers(1, most, size=axes))


# ----- activations -----

# fmt: off
ACTIVATIONS = {
    "elu":         F.elu,
    "gelu":        lambda x: F.gelu(x, approximate="tanh"),  # ours is the approximation, as documented
    "leaky_relu":  lambda x: F.leaky_relu(x, 0.2),           # our slope; PyTorch's own is 0.01
    "linear":      torch.nn.Identity(),
    "log_softmax": lambda x: F.log_softmax(x, dim=-1),
    "relu":        F.relu,
    "selu":        F.selu,
    "sigmoid":     torch.sigmoid,
    "silu":        F.silu,
    "softmax":     lambda x: F.softmax(x, dim=-1),
    "softplus":    lambda x: F.softplus(x, threshold=50),    # beyond 20 PyTorch takes the line for it
    "step":        lambda x: torch.heaviside(x.detach(), torch.zeros(1, dtype=x.dtype)) + 0 * x,
    "tanh":        torch.tanh,
}
# fmt: on


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations(name, seed):
    rng = np.random.default_rng(seed)
    x = 10.0**seed * 0.1 * rng.normal(size=sizes(rng, 1 + seed % 3))
    agrees(getattr(nn, name), ACTIVATIONS[name], x)


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_softmax_along_another_axis(name):
    x = 3 * np.random.default_rng(0).normal(size=(4, 3, 5))
    agrees(lambda x: getattr(nn, name)(x, axis=1), lambda x: getattr(F, name)(x, dim=1), x)


def test_the_slopes_of_activations():
    x = 3 * np.random.default_rng(1).normal(size=(7, 3))
    agrees(lambda x: nn.leaky_relu(x, slope=0.01), F.leaky_relu, x)
    agrees(lambda x: nn.elu(x, alpha=1.7), lambda x: F.elu(x, 1.7), x)


# ----- losses -----


def shares(rng, shape):
    """Distributions over the last axis."""
    t = rng.uniform(0.1, 1, size=shape)
    return t / t.sum(axis=-1, keepdims=True)


def over_classes(p, t):
    return F.cross_entropy(p.movedim(-1, 1), t.movedim(-1, 1))  # its classes lie along the second axis


def divergence(p, t):
    return F.kl_div(F.log_softmax(p, -1), t, reduction="none").sum(-1).mean()  # its own mean is over entries


# fmt: off
LOSSES = {
    "binary_cross_entropy":  (lambda rng, s: rng.uniform(size=s), F.binary_cross_entropy_with_logits),
    "hinge":                 (lambda rng, s: rng.choice([-1.0, 1.0], size=s),
                              lambda p, t: F.margin_ranking_loss(p, 0 * p, t, margin=1.0)),
    "huber":                 (lambda rng, s: rng.normal(size=s),  F.huber_loss),
    "kl_divergence":         (shares,                             divergence),
    "mean_absolute_error":   (lambda rng, s: rng.normal(size=s),  F.l1_loss),
    "mean_squared_error":    (lambda rng, s: rng.normal(size=s),  F.mse_loss),
    "softmax_cross_entropy": (shares,                             over_classes),
}
# fmt: on


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", LOSSES)
def test_losses(name, seed):
    rng = np.random.default_rng(10 + seed)
    drawn, theirs = LOSSES[name]
    shape = sizes(rng, 2 + seed % 2)
    agrees(getattr(nn, name), theirs, 2 * rng.normal(size=shape), drawn(rng, shape))


@pytest.mark.parametrize("delta", [0.3, 2.0])
def test_where_huber_turns(delta):
    rng = np.random.default_rng(2)
    p, t = rng.normal(size=(2, 9, 2))
    agrees(lambda p, t: nn.huber(p, t, delta=delta), lambda p, t: F.huber_loss(p, t, delta=delta), p, t)


@pytest.mark.parametrize("shape", [(7, 4), (3, 5, 4)])
def test_classes_by_number(shape):
    rng = np.random.default_rng(3)
    labels = rng.integers(0, shape[-1], size=shape[:-1])
    theirs = lambda p: F.cross_entropy(p.movedim(-1, 1), torch.tensor(labels))  # noqa: E731
    agrees(lambda p: nn.softmax_cross_entropy(p, labels), theirs, rng.normal(size=shape))


def test_shares_of_zero_in_a_divergence():
    rng = np.random.default_rng(4)
    t = np.array([[0.0, 0.25, 0.75], [1.0, 0.0, 0.0]])
    agrees(
        lambda p: nn.kl_divergence(p, t), lambda p: divergence(p, torch.tensor(t)), rng.normal(size=(2, 3))
    )


def test_class_weights_weigh_a_mean_as_pytorchs_do():
    rng = np.random.default_rng(5)
    labels, by_class = rng.integers(0, 4, size=9), np.array([0.5, 2.0, 0.0, 1.0])
    theirs = lambda p: F.cross_entropy(p, torch.tensor(labels), torch.tensor(by_class))  # noqa: E731
    ours = lambda p: nn.softmax_cross_entropy(p, labels, by_class[labels])  # noqa: E731
    agrees(ours, theirs, rng.normal(size=(9, 4)))


# ----- sums, tables, noise -----


@pytest.mark.parametrize("axes", [2, 3, 4])
@pytest.mark.parametrize("name", [None, *ACTIVATIONS])
def test_dense(name, axes):
    rng = np.random.default_rng(20 + axes)
    x = rng.normal(size=sizes(rng, axes))
    after = ACTIVATIONS[name or "linear"]
    layer = nn.Dense(int(rng.integers(1, 6)), getattr(nn, name) if name else None)
    layer_agrees(layer, lambda x, W, b: after(F.linear(x, W.T, b)), x, rng)


def test_dense_without_a_bias():
    rng = np.random.default_rng(24)
    layer_agrees(nn.Dense(3, use_bias=False), lambda x, W: F.linear(x, W.T), rng.normal(size=(5, 4)), rng)


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_embedding(axes):
    rng = np.random.default_rng(30 + axes)
    layer_agrees(nn.Embedding(5, 3), F.embedding, rng.integers(0, 5, size=sizes(rng, axes)), rng)


def test_positions():
    rng = np.random.default_rng(34)
    layer_agrees(nn.Positions(6), lambda x, P: x + P[: x.shape[1]], rng.normal(size=(2, 4, 3)), rng)


def test_flatten():
    agrees(nn.Flatten(), lambda x: torch.flatten(x, 1), np.random.default_rng(35).normal(size=(3, 2, 4)))


def test_dropout_raises_what_it_keeps_as_pytorchs_does():
    x = np.random.default_rng(35).normal(size=(40, 50))
    kept = np.random.default_rng(7).random(x.shape) >= 0.3  # which entries: each has draws of its own
    mode = Mode(np.random.default_rng(7), training=True)
    np.testing.assert_allclose(nn.Dropout(0.3).forward({}, x, mode)[0], x * kept / 0.7)
    theirs = F.dropout(torch.tensor(x), 0.3).numpy()
    np.testing.assert_allclose(theirs[theirs != 0], x[theirs != 0] / 0.7)
    agrees(
        lambda x: nn.Dropout(0.3).forward({}, x, Mode())[0], lambda x: F.dropout(x, 0.3, training=False), x
    )


# ----- convolutions and pools -----


def same(x, window, strides, dilation):
    """Zeros around (examples, channels, *places) as Keras puts them; PyTorch does so for stride 1 only."""
    widths = []
    for n, w, s, d in zip(x.shape[2:], window, strides, dilation, strict=True):
        short = max((-(-n // s) - 1) * s + (w - 1) * d + 1 - n, 0)
        widths = [short // 2, short - short // 2, *widths]  # F.pad begins with the last axis
    return F.pad(x, widths)


def convolved(axes, strides, padding, dilation):
    """PyTorch's convolution of arrays laid out as ours: (examples, *places, channels), (*window, in, out)."""
    run = (F.conv1d, F.conv2d)[axes - 1]

    def theirs(x, W, b=None):
        x, W = x.movedim(-1, 1), W.permute(axes + 1, axes, *range(axes))
        if padding == "same" and strides == (1,) * axes:
            return run(x, W, b, padding="same", dilation=dilation).movedim(1, -1)
        if padding == "same":
            x = same(x, W.shape[2:], strides, dilation)
        return run(x, W, b, stride=strides, dilation=dilation).movedim(1, -1)

    return theirs


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel:UserWarning")
@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("axes", [1, 2])
@pytest.mark.parametrize("seed", range(8))
def test_convolutions(seed, axes, padding):
    rng = np.random.default_rng(100 * axes + seed)
    window, dilation = sizes(rng, axes, 4), sizes(rng, axes, 3 if seed % 2 else 2)
    strides = (1,) * axes if seed % 3 == 0 else sizes(rng, axes, 4)
    places = tuple((w - 1) * d + int(rng.integers(1, 6)) for w, d in zip(window, dilation, strict=True))
    x = rng.normal(size=(*sizes(rng, 1, 4), *places, *sizes(rng, 1, 4)))
    kind = (nn.Conv1D, nn.Conv2D)[axes - 1]
    layer = kind(3, window, strides=strides, padding=padding, dilation=dilation, use_bias=seed % 4 != 1)
    layer_agrees(layer, convolved(axes, strides, padding, dilation), x, rng)


@pytest.mark.parametrize("kind", ["Max", "Average"])
@pytest.mark.parametrize("axes", [1, 2])
@pytest.mark.parametrize("seed", range(8))
def test_pools(seed, axes, kind):
    rng = np.random.default_rng(200 * axes + seed)
    window, strides = sizes(rng, axes, 4), sizes(rng, axes, 4)
    if seed % 4 == 0:
        strides = window
    places = tuple(w + int(rng.integers(0, 6)) for w in window)
    x = rng.normal(size=(*sizes(rng, 1, 4), *places, *sizes(rng, 1, 4)))  # no ties: they are shared out here
    name = f"{kind}Pool{axes}D"
    run = getattr(F, f"{'max' if kind == 'Max' else 'avg'}_pool{axes}d")
    theirs = lambda x: run(x.movedim(-1, 1), window, strides).movedim(1, -1)  # noqa: E731
    layer_agrees(getattr(nn, name)(window, strides), theirs, x, rng)


# ----- normalisation -----


@pytest.mark.parametrize("axes", [2, 3, 4])
def test_layer_norm(axes):
    rng = np.random.default_rng(40 + axes)
    x = rng.normal(size=(*sizes(rng, axes - 1), 5))
    theirs = lambda x, scale, shift: F.layer_norm(x, (5,), scale, shift, eps=1e-5)  # noqa: E731
    layer_agrees(nn.LayerNorm(), theirs, x, rng)


def test_layer_norm_of_rows_that_are_all_alike():
    x = np.full((2, 3), 7.0)
    agrees(nn.layer_norm, lambda x, a, b: F.layer_norm(x, (3,), a, b), x, np.arange(3.0), np.ones(3))


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("shape", [(6, 3), (4, 5, 3), (3, 4, 2, 3)])
def test_batch_norm(shape, training):
    rng = np.random.default_rng(50)
    x, scale, shift = rng.normal(size=shape), *rng.normal(size=(2, 3))
    mean, variance = rng.normal(size=3), rng.uniform(0.5, 2, size=3)
    layer = nn.BatchNorm(momentum=0.8, eps=1e-4)
    moved = [torch.tensor(mean), torch.tensor(variance)]

    def ours(x, scale, shift):
        params = {"scale": scale, "shift": shift, "mean": mean, "variance": variance}
        return layer.forward(params, x, Mode(training=training))[0]

    def theirs(x, scale, shift):  # momentum is the share of what is new there, of what is old here
        y = F.batch_norm(x.movedim(-1, 1), *moved, scale, shift, training, momentum=0.2, eps=1e-4)
        return y.movedim(1, -1)

    agrees(ours, theirs, x, scale, shift)
    if training:
        first = {"scale": scale, "shift": shift, "mean": mean, "variance": variance}
        new = layer.forward(first, x, Mode(training=True))[1]
        count = (
            x.size // 3
        )  # theirs moves towards the unbiased variance, ours (as Keras's) to the batch's own
        biased = 0.8 * variance + (moved[1].numpy() - 0.8 * variance) * (count - 1) / count
        np.testing.assert_allclose(new["mean"], moved[0].numpy(), rtol=1e-12)
        np.testing.assert_allclose(new["variance"], biased, rtol=1e-12)


# ----- recurrent -----


def weights(W, U, b, c=None):
    """PyTorch has (gates · units, features) and a bias for each product."""
    return {
        "weight_ih_l0": W.T,
        "weight_hh_l0": U.T,
        "bias_ih_l0": b,
        "bias_hh_l0": torch.zeros_like(b) if c is None else c,
    }


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("name", ["SimpleRNN", "LSTM", "GRU"])
@pytest.mark.parametrize("seed", SEEDS)
def test_recurrent_layers(seed, name, whole):
    """Gates come in PyTorch's order: i, f, g, o and r, z, n, its z being our u."""
    rng = np.random.default_rng(60 + seed)
    examples, time, features, units = sizes(rng, 4, 5)
    kind = torch.nn.RNN if name == "SimpleRNN" else getattr(torch.nn, name)
    module = kind(features, units, batch_first=True, dtype=torch.float64)

    def theirs(x, *params):
        y = torch.func.functional_call(module, weights(*params), x)[0]
        return y if whole else y[:, -1]

    x = rng.normal(size=(examples, time, features))
    layer_agrees(getattr(nn, name)(units, return_sequences=whole), theirs, x, rng)


# ----- attention -----


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_attention(seed, causal):
    rng = np.random.default_rng(70 + seed)
    examples, heads, queries, places, d = sizes(rng, 5)
    places = queries if causal else places  # its causal mask is for as many queries as places
    Q = rng.normal(size=(examples, heads, queries, d))
    K = rng.normal(size=(examples, heads, places, d))
    V = rng.normal(size=(examples, heads, places, 3))
    theirs = lambda *a: F.scaled_dot_product_attention(*a, is_causal=causal)  # noqa: E731
    agrees(lambda *a: nn.attention(*a, causal), theirs, Q, K, V)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("heads", [1, 2, 3])
def test_multi_head_attention(heads, causal):
    rng = np.random.default_rng(80 + heads)
    examples, places, features = 2, 5, 2 * heads
    module = torch.nn.MultiheadAttention(features, heads, bias=False, batch_first=True, dtype=torch.float64)
    hidden = torch.triu(torch.ones(places, places, dtype=bool), 1) if causal else None

    def theirs(x, Wq, Wk, Wv, Wo):
        given = {"in_proj_weight": torch.cat([Wq.T, Wk.T, Wv.T]), "out_proj.weight": Wo.T}
        return torch.func.functional_call(module, given, (x, x, x), {"attn_mask": hidden})[0]

    x = rng.normal(size=(examples, places, features))
    layer_agrees(nn.MultiHeadAttention(heads, causal=causal), theirs, x, rng)


def test_heads_whose_width_is_not_that_of_the_input():
    rng = np.random.default_rng(90)

    def theirs(x, Wq, Wk, Wv, Wo):
        apart = [(x @ W).unflatten(-1, (3, 4)).transpose(1, 2) for W in (Wq, Wk, Wv)]
        return F.scaled_dot_product_attention(*apart).transpose(1, 2).flatten(2) @ Wo

    layer_agrees(nn.MultiHeadAttention(3, width=12), theirs, rng.normal(size=(2, 4, 5)), rng)


# ----- networks -----


def test_residual():
    rng = np.random.default_rng(91)
    layer = nn.Residual(nn.LayerNorm(), nn.Dense(7, nn.gelu), nn.Dense(4))
    x = rng.normal(size=(3, 4))
    params = layer.init(x, rng)
    names = [(link, name) for link, own in params.items() for name in own]

    def ours(x, *arrays):
        own = {link: {} for link in params}
        for (link, name), array in zip(names, arrays, strict=True):
            own[link][name] = array
        return layer.forward(own, x, Mode())[0]

    def theirs(x, scale, shift, W, b, W2, b2):
        y = F.gelu(F.linear(F.layer_norm(x, (4,), scale, shift), W.T, b), approximate="tanh")
        return x + F.linear(y, W2.T, b2)

    agrees(ours, theirs, x, *(rng.normal(size=params[link][name].shape) for link, name in names))


# ----- nothing is forgotten -----

# fmt: off
LAYERS = {
    "AveragePool1D":      test_pools,
    "AveragePool2D":      test_pools,
    "BatchNorm":          test_batch_norm,
    "Conv1D":             test_convolutions,
    "Conv2D":             test_convolutions,
    "Dense":              test_dense,
    "Dropout":            test_dropout_raises_what_it_keeps_as_pytorchs_does,
    "Embedding":          test_embedding,
    "Flatten":            test_flatten,
    "GRU":                test_recurrent_layers,
    "LSTM":               test_recurrent_layers,
    "LayerNorm":          test_layer_norm,
    "MaxPool1D":          test_pools,
    "MaxPool2D":          test_pools,
    "MultiHeadAttention": test_multi_head_attention,
    "Positions":          test_positions,
    "Residual":           test_residual,
    "SimpleRNN":          test_recurrent_layers,
}
# fmt: on


@pytest.mark.parametrize(
    ("where", "tested"), [("activations", ACTIVATIONS), ("losses", LOSSES), ("layers", LAYERS)]
)
def test_each_has_its_test_here(where, tested):
    there = {
        n for n, f in vars(nn).items() if getattr(f, "__module__", "").startswith(f"chalkgrad.nn.{where}")
    }
    if where == "layers":  # by Keras's names; the functions inside them are what is compared
        there = {n for n in there if n[0].isupper()} - {"Layer"}
    assert there == set(tested)
