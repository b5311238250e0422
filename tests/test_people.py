"""Derivatives tidied for people have the value of the untidied ones, and are short."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import chalkgrad as cg
from chalkgrad.people import derivative_graph, gradient_graphs, record
from chalkgrad.people.collapse import values_of
from chalkgrad.plan import backward_graph


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def leaky_relu(x):
    return np.maximum(0.2 * x, x)


def square(x):
    return np.power(x, 2)


def softplus(x):
    return np.log(1 + np.exp(x))


def gelu(x):
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def elu(x, alpha=1.0):
    return np.where(x > 0, x, alpha * (np.exp(x) - 1))


def huber(x):
    return np.where(np.abs(x) < 1, 0.5 * x**2, np.abs(x) - 0.5)


def tanh_by_hand(x):
    return (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))


def chain(x):
    return square(sigmoid(leaky_relu(x)))


def swish(x):
    return x * sigmoid(x)


def mish(x):
    return x * np.tanh(softplus(x))


def clipped(x):
    return np.clip(x, -1, 1) * x


FUNCTIONS = (
    sigmoid,
    leaky_relu,
    square,
    softplus,
    gelu,
    elu,
    huber,
    tanh_by_hand,
    chain,
    swish,
    mish,
    clipped,
)
X = np.array([-2.3, -1.0, -0.4, 0.0, 0.3, 1.0, 1.9])


def value(graph, *args):
    return values_of(graph, list(args))[graph.outputs[0]]


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("expand", [False, True])
@pytest.mark.parametrize("f", FUNCTIONS, ids=lambda f: f.__name__)
def test_the_value_is_that_of_the_exact_derivative(f, order, expand):
    x = X if order == 1 else X + 0.05  # not at a kink: a second derivative there is a matter of taste
    exact = cg.derivative(f)(x) if order == 1 else cg.derivative(cg.derivative(f))(x)
    graph = derivative_graph(f, x, order=order, expand=expand)
    assert graph.nodes[graph.outputs[0]].shape == x.shape
    np.testing.assert_allclose(value(graph, x), exact, rtol=1e-9, atol=1e-12)


def test_short_as_by_hand():
    """The number of operations, opened: e / (1 + e)² takes five."""
    lengths = {
        f.__name__: _operations(derivative_graph(f, X, expand=True))
        for f in (sigmoid, square, elu, leaky_relu)
    }
    assert lengths == {"sigmoid": 5, "square": 1, "elu": 3, "leaky_relu": 4}


def _operations(graph):
    return sum(n.op is not None for n, kept in zip(graph.nodes, graph.needed(), strict=True) if kept)


def test_a_zero_derivative_has_the_shape_of_its_argument():
    graph = derivative_graph(np.sign, X)
    np.testing.assert_array_equal(np.broadcast_to(value(graph, X), X.shape), np.zeros_like(X))


def test_float32_stays_float32():
    x = X.astype(np.float32)
    graph = derivative_graph(swish, x)
    assert value(graph, x).dtype == np.float32 == graph.nodes[graph.outputs[0]].dtype


# ----- gradients of losses -----


def loss(X, W, b, V, y):
    H = np.tanh(np.dot(X, W) + b)
    P = sigmoid(H @ V)
    return np.mean((P - y) ** 2) + 0.01 * np.sum(W**2)


def softmax(Z):
    E = np.exp(Z - np.max(Z, axis=1, keepdims=True))
    return E / np.sum(E, axis=1, keepdims=True)


def cross_entropy(Z, Y):
    return -np.mean(np.sum(Y * np.log(softmax(Z)), axis=1))


def attention(Q, K, V):
    return np.sum(softmax(Q @ K.T / np.sqrt(Q.shape[1])) @ V)


def buffer(X):
    out = np.zeros(3)
    for i in range(3):
        out[i] = np.sum(X[i] * i)
    return np.sum(out**2)


def stretched(x):
    wide = x + np.zeros((3, 2))
    return np.sum(wide * 2.0) + np.sum(x * 2.0) * np.sum(np.zeros((3, 2)) + 1.0)


def arrays(*shapes):
    rng = np.random.default_rng(0)
    return tuple(rng.normal(size=s) for s in shapes)


LOSSES = (
    (loss, arrays((5, 3), (3, 4), (4,), (4, 2), (5, 2))),
    (cross_entropy, arrays((4, 3), (4, 3))),
    (attention, arrays((4, 3), (4, 3), (4, 2))),
    (buffer, arrays((3, 2))),
    (stretched, arrays((2,))),
)


@pytest.mark.parametrize("expand", [False, True])
@pytest.mark.parametrize(("f", "args"), LOSSES, ids=lambda x: getattr(x, "__name__", ""))
def test_gradients_of_losses(f, args, expand):
    graphs = gradient_graphs(f, *args, expand=expand)
    exact = cg.grad(f, tuple(range(len(args))))(*args)
    for graph, g in zip(graphs.values(), exact, strict=True):
        np.testing.assert_allclose(value(graph, *args), g, rtol=1e-9, atol=1e-12)


def test_origin_links_to_the_function():
    graph, values = record(sigmoid, X)
    derived = derivative_graph(sigmoid, X)
    inside = values_of(derived, [X])
    assert len(derived.origin) >= 4
    for i, o in derived.origin.items():
        np.testing.assert_array_equal(inside[i], values[o])
        assert derived.nodes[i].op is graph.nodes[o].op


def test_calls_keep_their_names():
    graph = gradient_graphs(loss, *LOSSES[0][1])["W"]
    assert {s.name for n in graph.nodes for s in n.scope} == {"sigmoid", "sigmoid'"}


def test_a_long_loop_stays_linear():
    def loop(x, n):
        for _ in range(n):
            x = x + 0.01 * sigmoid(x) * x
        return x

    lengths = [len(derivative_graph(lambda x, n=n: loop(x, n), 0.3).nodes) for n in (100, 200)]
    assert lengths[1] < 2.3 * lengths[0]


# ----- anything at all -----

LEAVES = st.sampled_from(["x", "x", "x", "2.0", "0.5", "3", "1"])
ONE = st.sampled_from(
    [
        "np.tanh({})",
        "np.exp(-{})",
        "-{}",
        "sigmoid({})",
        "({})**2",
        "np.sqrt(1 + ({})**2)",
        "np.sin({})",
        "np.maximum({}, 0.1)",
    ]
)
TWO = st.sampled_from(
    [
        "({} + {})",
        "({} - {})",
        "({} * {})",
        "({} / (2 + ({})**2))",
        "np.where(x > 0.15, {}, {})",
        "np.maximum({}, {})",
    ]
)
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(lambda t, a: t.format(a), ONE, inner),
        st.builds(lambda t, a, b: t.format(a, b), TWO, inner, inner),
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(EXPRESSIONS)
def test_any_expression(source):
    f = eval(f"lambda x: {source} + 0 * x", {"np": np, "sigmoid": sigmoid})
    x = np.array([-1.7, -0.31, 0.47, 1.23])
    exact = cg.derivative(f)(x)
    for expand in (False, True):
        np.testing.assert_allclose(
            value(derivative_graph(f, x, expand=expand), x), exact, rtol=1e-7, atol=1e-9
        )


@settings(max_examples=60, deadline=None, derandomize=True)
@given(EXPRESSIONS)
def test_any_second_derivative(source):
    f = eval(f"lambda x: {source} + 0 * x", {"np": np, "sigmoid": sigmoid})
    x = np.array([-1.7, -0.31, 0.47, 1.23])
    exact = cg.derivative(cg.derivative(f))(x)
    np.testing.assert_allclose(value(derivative_graph(f, x, order=2), x), exact, rtol=1e-6, atol=1e-8)


def test_the_backward_graph_agrees():
    args = LOSSES[0][1]
    whole = backward_graph(loss, *args)
    values = values_of(whole, list(args))
    for (name, graph), g in zip(gradient_graphs(loss, *args).items(), whole.outputs[1:], strict=True):
        np.testing.assert_allclose(value(graph, *args), values[g], rtol=1e-9, err_msg=name)


def test_a_mask_is_pulled_out_of_what_is_finite_alone():
    """0·nan is no zero: the gradient stays finite where a branch that was not taken is not."""

    def f(x):
        return np.nansum(np.where(x > 0, x, np.nan) ** 2)

    x = np.array([0.0, 1.5, -2.0, 0.3])
    code = cg.backward_code(f, x)
    names = {}
    exec(code.source, names)
    np.testing.assert_allclose(names[code.name](x), cg.grad(f)(x))
    np.testing.assert_allclose(cg.grad(f)(x), np.where(x > 0, 2 * x, 0))
