"""A loop as one node: values and derivatives of first and second order, in both engines, against JAX's."""

import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import chalkgrad as cg
from chalkgrad import nn
from chalkgrad.errors import ArgumentError, TraceError
from chalkgrad.graph_json import graph_from_json, graph_to_json, lacking
from chalkgrad.program import Program
from chalkgrad.run.javascript import run as in_javascript
from chalkgrad.tree import flatten

RNG = np.random.default_rng(0)
T, B, I, H = 5, 3, 4, 6
PARAMS = {"W": RNG.normal(size=(I, H)), "U": RNG.normal(size=(H, H)) * 0.3, "b": RNG.normal(size=H)}
X, WEIGHT = RNG.normal(size=(T, B, I)), RNG.normal(size=(T, B, H))
START = RNG.normal(size=(B, H)), RNG.normal(size=(B, H))


def loss_with(np, scan):
    """The same loss in NumPy and in JAX."""

    def step(p, s, x):
        h, c = s
        z = np.tanh(x @ p["W"] + h @ p["U"] + p["b"])
        c = 0.9 * c + z
        return (np.tanh(c), c), h * z

    def loss(p, X, h, c):
        (h, c), ys = scan(step, p, (h, c), X)
        return np.sum(WEIGHT * ys) + np.sum(h**2) + np.sum(c)

    return loss


ours = loss_with(np, cg.scan)
theirs = loss_with(jnp, lambda step, p, s, xs: jax.lax.scan(lambda s, x: step(p, s, x), s, xs))


def alike(one, other):
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, np.asarray(b), rtol=1e-9, atol=1e-12), one, other)


def test_it_is_one_node():
    scans = [n for n in cg.trace(ours, PARAMS, X, *START).nodes if n.op is not None and n.op.name == "scan"]
    assert len(scans) == 1
    long = np.concatenate([X] * 50)
    weight = np.concatenate([WEIGHT] * 50)
    f = lambda X: np.sum(weight * cg.scan(lambda p, s, x: (s, x @ PARAMS["W"] + s), (), START[0], X)[1])  # noqa: E731
    assert len(cg.trace(f, long)) < 20


@pytest.mark.parametrize("wrap", [lambda f: f, cg.compile], ids=["numpy", "xla"])
def test_gradients_are_jaxs(wrap):
    every = (0, 1, 2, 3)
    with jax.enable_x64(True):
        value, expected = jax.value_and_grad(theirs, argnums=every)(PARAMS, X, *START)
        value, expected = np.asarray(value), jax.tree.map(np.asarray, expected)
    assert ours(PARAMS, X, *START) == pytest.approx(float(value))
    alike(wrap(cg.grad(ours, argnums=every))(PARAMS, X, *START), expected)


def test_second_derivatives_are_jaxs():
    at = lambda f, b: f(PARAMS | {"b": b}, X, *START)  # noqa: E731
    found = cg.hessian(lambda b: at(ours, b))(PARAMS["b"])
    with jax.enable_x64(True):
        expected = np.asarray(jax.hessian(lambda b: at(theirs, b))(jnp.asarray(PARAMS["b"])))
    np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-10)


def test_what_the_step_captures_has_a_gradient():
    def f(U):
        return np.sum(cg.scan(lambda p, s, x: (np.tanh(s @ U + x[:, :1]), s), (), START[0], X)[1] ** 2)

    cg.check_grad(f, PARAMS["U"], order=2)


def test_whole_numbers_go_through_it():
    table, words = RNG.normal(size=(7, H)), RNG.integers(0, 7, size=(T, B))

    def f(table):
        (h, n), ys = cg.scan(
            lambda p, s, x: ((s[0] + p[x], s[1] + 1), s[0]), table, (START[0], np.int64(0)), words
        )
        return np.sum(ys**3) + np.sum(h) * n

    cg.check_grad(f, table, order=2)


def test_without_a_trace_it_is_a_loop():
    state, ys = cg.scan(lambda p, s, x: (s + p * x, {"sum": s}), 2.0, 1.0, np.arange(3.0))
    assert state == 7.0
    np.testing.assert_array_equal(ys["sum"], [1.0, 1.0, 3.0])


def test_a_path_that_a_value_decides_is_refused():
    def step(p, s, x):
        return (s + x if x > 0 else s), s

    with pytest.raises(TraceError, match=r"test_scan.py:\d+.*np.where"):
        cg.grad(lambda s: cg.scan(step, (), s, np.array([1.0, -1.0]))[0])(2.0)


def test_a_state_that_changes_is_refused():
    with pytest.raises(ArgumentError, match="comes out with shape"):
        cg.grad(lambda s: np.sum(cg.scan(lambda p, s, x: (s[:1], x), (), s, X)[0]))(np.ones(3))
    with pytest.raises(ArgumentError, match="arrays of one length"):
        cg.scan(lambda p, s, x: (s, s), (), 0.0, (np.ones(2), np.ones(3)))


# ----- recurrent layers, against PyTorch's formulas written out -----


@pytest.mark.parametrize("layer", [nn.SimpleRNN(6), nn.LSTM(6), nn.GRU(6), nn.LSTM(6, return_sequences=True)])
def test_layers_have_the_gradients_of_their_loops(layer):
    x = RNG.normal(size=(B, T, I))
    params = layer.init(x, np.random.default_rng(0))
    loss = lambda p, x: np.sum(layer(x, **p) ** 2)  # noqa: E731
    cg.check_grad(loss, params, x, order=1)
    compiled = cg.compile(cg.grad(loss))(params, x)
    alike(compiled, cg.grad(loss)(params, x))


def test_an_lstm_is_what_the_paper_says():
    layer = nn.LSTM(2, return_sequences=True)
    x = RNG.normal(size=(1, 4, 3))
    p = layer.init(x, np.random.default_rng(0))
    h, c = np.zeros((1, 2)), np.zeros((1, 2))
    for t in range(4):
        i, f, g, o = np.split(x[:, t] @ p["W"] + h @ p["U"] + p["b"], 4, axis=1)
        s = lambda v: 1 / (1 + np.exp(-v))  # noqa: E731
        c = s(f) * c + s(i) * np.tanh(g)
        h = s(o) * np.tanh(c)
        np.testing.assert_allclose(layer(x, **p)[:, t], h, rtol=1e-12)


# ----- what a step keeps -----


def backward_bodies(f, *args):
    """The bodies of the loops that go back."""
    nodes = cg.trace(cg.grad(f), *args).nodes
    return [n.params["body"].graph for n in nodes if n.op is not None and n.params.get("reverse")]


def test_the_way_back_computes_no_product_and_no_tanh_again():
    layer = nn.LSTM(6, return_sequences=True)
    x = RNG.normal(size=(B, T, I))
    params = layer.init(x, np.random.default_rng(0))
    (back,) = backward_bodies(lambda p: np.sum(layer(x, **p) ** 2), params)
    names = [n.op.name for n in back.nodes if n.op is not None]
    assert "tanh" not in names and "exp" not in names
    assert sum(n in ("dot", "matmul") for n in names) == 1  # dL/dh = dL/dz Uᵀ


def test_no_step_adds_zeros_for_what_nobody_used():
    def f(h):
        (last, _), _ = cg.scan(
            lambda p, s, x: ((np.tanh(s[0] + x), s[1] + s[0]), s[1] * 2), (), (h, h), X @ PARAMS["W"]
        )
        return np.sum(last**2)

    (back,) = backward_bodies(f, START[0])
    assert len(back.inputs) == 2 + 2 + 1 + 1  # gradients of the state, the state, x, the tanh
    cg.check_grad(f, START[0], order=2)


@pytest.mark.parametrize("wrap", [lambda f: f, cg.compile], ids=["numpy", "xla"])
def test_gradients_arrive_at_every_part(wrap):
    """At the last state, at y, and at the kept states by the second derivative."""

    def f(s):
        (h, c), (one, two) = cg.scan(
            lambda p, s, x: ((np.sin(s[0] * s[1]), np.exp(-(s[1] ** 2)) + x), (s[0] * x, s[1] ** 3)),
            (),
            (s, 2 * s),
            X[:, :, 0],
        )
        return np.sum(h * c) + np.sum(one[1:] * two[:-1])

    s = np.array([0.3, -0.2, 0.7])
    cg.check_grad(f, s, order=2)
    curvature = wrap(cg.hessian(f))(s)
    step = 1e-5
    slopes = [(cg.grad(f)(s + step * e) - cg.grad(f)(s - step * e)) / (2 * step) for e in np.eye(3)]
    np.testing.assert_allclose(curvature, slopes, rtol=1e-6, atol=1e-7)


# ----- a page's engine, and a record that is written down -----


@pytest.mark.parametrize("layer", [nn.SimpleRNN(3), nn.LSTM(3, return_sequences=True), nn.GRU(3)])
def test_pages_compute_loops_too(layer):
    x = RNG.normal(size=(2, T, I))
    params = layer.init(x, np.random.default_rng(0))
    loss = lambda p, x: np.sum(layer(x, **p) ** 2)  # noqa: E731
    for f in (loss, cg.grad(loss)):
        graph = cg.trace(f, params, x)
        alike(in_javascript(graph, params, x), f(params, x))
        again = graph_from_json(json.loads(json.dumps(graph_to_json(graph))))
        values = [np.asarray(v) for v in flatten((params, x))[0]]
        outputs = Program(again, {at: k for k, at in enumerate(again.inputs)}, again.outputs)(values)
        alike(list(outputs), flatten(f(params, x))[0])


def test_a_page_says_what_it_lacks_in_a_loop():
    f = lambda x: cg.scan(lambda p, s, x: (s, np.linalg.eigh(x)[1]), (), 0.0, x)[1]  # noqa: E731
    assert lacking(cg.trace(f, np.stack([np.eye(2)] * 3))) == ["linalg.eigh_vectors"]


def test_steps_that_zeros_would_break():
    """An inverse and a factorisation: the way back is made on values that the step has seen."""
    A, xs = RNG.normal(size=(3, 3)), RNG.normal(size=(4, 3, 3))

    def step(p, s, x):
        whole = x @ x.T + p @ p.T + np.eye(3)
        return s + np.log(np.linalg.cholesky(whole)[0, 0]), np.linalg.solve(whole, p) / s

    def f(A):
        last, ys = cg.scan(step, A, 2.0, xs)
        return last + np.sum(ys)

    cg.trace(f, A)
    cg.check_grad(f, A, order=2)
