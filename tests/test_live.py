"""The graph that a page computes by: at other inputs its values and gradients are those of Python."""

from __future__ import annotations

import json

import numpy as np
import pytest

import chalkgrad as cg
from chalkgrad import v8
from chalkgrad.render.live import differs, live_json
from chalkgrad.render.numbers import number
from chalkgrad.render.packed import packed, unpacked
from chalkgrad.render.page import card_html
from chalkgrad.render.view import card, collect

rng = np.random.default_rng(3)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax_loss(z, t):
    e = np.exp(z - np.max(z))
    return -np.sum(t * np.log(e / np.sum(e)))


def layer(X, W, b):
    N = np.dot(X, W) + b
    return np.sum(np.maximum(sigmoid(N), 0.5))


def buffer(x):
    out = np.zeros(3)
    for k in range(3):
        out[k] = x[k] * x[k - 1]
    return np.sum(out[::-1] * np.arange(3.0))


def newton(a):
    x = a
    for _ in range(4):
        x = x - (x * x - a) / (2 * x)
    return x


def recurrent(x, h, U, V):
    for k in range(len(x)):
        h = np.tanh(x[k] * U + np.dot(V, h))
    return np.sum(h**2)


def norms(v):
    return np.linalg.norm(v) / np.sqrt(np.mean(v**2)) + np.max(v) - np.prod(v)


def attention(Q, K):
    S = Q @ K.T / np.sqrt(K.shape[1])
    A = np.exp(S - np.max(S, axis=1, keepdims=True))
    return np.sum((A / np.sum(A, axis=1, keepdims=True)) @ K)


def a(*shape):
    return rng.normal(size=shape)


CASES = [
    (sigmoid, lambda: (float(a()),)),
    (lambda x: np.where(x > 0, x, np.exp(x) - 1), lambda: (float(a()),)),
    (lambda x: np.clip(x, -1, 1) * abs(x) + x % 0.7, lambda: (float(a()),)),
    (lambda x: x**3 - 2**x + np.power(x * x, 1.5), lambda: (float(a()),)),
    (lambda x, w, b: np.tanh(w * x + b), lambda: tuple(float(v) for v in a(3))),
    (newton, lambda: (float(abs(a()) + 0.5),)),
    (cg.Chain([sigmoid, np.square, np.sin]), lambda: (float(a()),)),
    (softmax_loss, lambda: (a(4), np.eye(4)[1])),
    (layer, lambda: (a(3, 3), a(3, 2), a(2))),
    (buffer, lambda: (a(3),)),
    (recurrent, lambda: (a(4), a(2), a(2), a(2, 2))),
    (norms, lambda: (a(5),)),
    (attention, lambda: (a(3, 2), a(4, 2))),
    (lambda X: np.sum(np.linalg.inv(X) * X.T) + np.linalg.det(X), lambda: (a(3, 3) + 3 * np.eye(3),)),
    (lambda x: np.sum(np.sort(x) * np.arange(4.0)), lambda: (a(4),)),
    (lambda x: np.std(x) + np.median(x) + np.sum(np.cumsum(x) ** 2), lambda: (a(5),)),
    (lambda x, k: x[:k].sum() * x[k], lambda: (a(4), 2)),
]


def entries(args):
    return [np.ravel(x).astype(float).tolist() for x in args]


@pytest.mark.parametrize("case", CASES, ids=lambda c: getattr(c[0], "__name__", "chain"))
def test_at_other_inputs_the_page_s_graph_says_what_python_says(case):
    f, make = case
    live = json.loads(json.dumps(collect(f, *make()), allow_nan=False))["live"]
    assert live["still"] == ""
    for _ in range(4):
        args = make()
        values = v8.compute(live["graph"], entries(args))
        assert on_path(live, values)
        np.testing.assert_allclose(values[live["graph"]["outputs"][0]], np.ravel(f(*args)), 1e-9, 1e-12)
        check_gradients(f, args, [np.array(values[n]) if n >= 0 else 0.0 for n in live["gradients"]])


def check_gradients(f, args, theirs):
    """Whether the gradients by all real arguments are the exact ones."""
    real = tuple(k for k, x in enumerate(args) if not isinstance(x, int))
    exact = cg.grad(lambda *given: np.sum(f(*spread(args, real, given))), tuple(range(len(real))))
    for k, g in zip(real, exact(*(args[k] for k in real)), strict=True):
        np.testing.assert_allclose(theirs[k] + 0 * np.ravel(g), np.ravel(g), 1e-8, 1e-10)


def spread(args, places, given):
    """The arguments with some of them replaced."""
    new = dict(zip(places, given, strict=True))
    return [new.get(k, x) for k, x in enumerate(args)]


def on_path(live, values) -> bool:
    return all([float(w) for w in was] == list(values[node]) for node, was in live["guards"])


# ----- paths -----


def branches(x):
    y = x * 2
    if y > 1:
        return y * y
    return -y


@pytest.mark.parametrize(("x", "same"), [(3.0, True), (0.6, True), (0.4, False), (-2.0, False)])
def test_a_guard_says_whether_the_path_is_the_same(x, same):
    live = collect(branches, 2.0)["live"]
    assert len(live["guards"]) == 1 and on_path(live, v8.compute(live["graph"], [[x]])) is same


def test_a_derivative_goes_by_its_function_s_guards():
    data = collect(branches, 2.0)
    assert data["derivative"]["live"]["still"] == "" and data["derivative"]["live"]["guards"] == []


def test_what_a_page_cannot_follow_is_said():
    data = collect(lambda x: x if (x * 1.0).is_integer() else 2 * x, 2.0)
    shown = card(data)
    assert shown.model == "" and "which way it goes" in shown.still


@pytest.mark.parametrize(
    ("f", "args", "why"),
    [
        (lambda A: np.linalg.eigh(A)[1], (np.eye(2) + 0.1,), "linalg.eigh_vectors"),
        (lambda x: np.sum(x * np.arange(5000.0)), (np.ones(5000),), "a constant of 5000 entries"),
        (lambda x: np.sum(np.outer(x, x)), (np.ones(200),), "numbers are too many"),
    ],
)
def test_a_card_that_cannot_compute_stays_still_and_says_why(f, args, why):
    shown = card(json.loads(json.dumps(collect(f, *args))))
    assert shown.model == "" and why in shown.still


def test_a_page_that_would_compute_otherwise_stays_still():
    data = json.loads(json.dumps(collect(sigmoid, 1.0)))
    data["live"]["check"][-1] = [0.5]
    shown = card(data)
    assert shown.model == "" and "otherwise than NumPy" in shown.still


def test_what_differs_is_found():
    assert differs([[1.0], ["nan", 2.0]], [[1.0], [float("nan"), 2.0 + 1e-12]], ["<f8", "<f8"]) is None
    assert differs([[1.0], [2.0]], [[1.0], [2.0 + 1e-6]], ["<f8", "<f8"]) == 1
    assert differs([[1.0]], [[1.0 + 1e-7]], ["<f4"]) is None
    assert differs([[1.0, 2.0]], [[1.0]], ["<f8"]) == 0


# ----- in the page -----


def test_the_model_cannot_end_its_element():
    def f(x):
        return x * 2

    live = collect(f, 1.0)["live"] | {"graph": {"name": "</script><script>alert(1)</script>"}}
    assert "<" not in live_json(live, json.dumps)
    assert "</script><script>" in json.loads(live_json(live, json.dumps))["graph"]["name"]


def test_numbers_of_a_page_are_written_as_python_writes_them():
    made = [float(v) for v in rng.normal(size=400) * 10.0 ** rng.integers(-12, 12, 400)]
    made += [k / 1000 for k in range(-300, 300)] + [0.1 + 0.2, 0.30000000000000004, 1e7, 9999999.5, -0.0]
    for value in made:
        assert v8.number_text(value) == number(value)


def test_one_entry_a_weight_is_no_axis():
    w = np.array([1.0, 2.0])
    shown = card(json.loads(json.dumps(collect(lambda x: np.maximum(0, w * x), np.array([1.0, -2.0])))))
    assert not shown.over and shown.plot_svg and "failed" not in shown.plot_svg


def test_entries_of_a_parameter_with_a_number_have_a_name_to_set():
    def net(p, x):
        return np.sum(np.tanh(x @ p["W1"]))

    data = json.loads(json.dumps(collect(net, {"W1": np.ones((2, 3))}, np.array([1.0, 2.0]))))
    html = card_html(card(data))
    assert data["at"]["tex"] == "W_{1,0,0}" and 'aria-label="W1[1,2]"' in html


def test_packed_html_comes_back():
    html = "<b>é</b>" * 1000 + "".join(map(chr, range(32, 127))) * 20
    assert len(packed(html)) < len(html) / 5 and unpacked(f"<p>{packed(html)}</p>") == f"<p>{html}</p>"
    assert packed("<b>short</b>") == "<b>short</b>"
