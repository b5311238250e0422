r"""Formulas as mathematicians write them, and every one of them read back."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import chalkgrad as cg
from chalkgrad.errors import ArgumentError, ChalkgradError
from chalkgrad.latex.meaning import evaluate_lines
from chalkgrad.render.formula import formula
from chalkgrad.render.lines import LONG
from chalkgrad.render.pieces import glyphs
from chalkgrad.render.variables import variable
from test_people import EXPRESSIONS, arrays

A, B, C = (np.random.default_rng(k).normal(size=(3, 3)) for k in range(3))
V, U = A[0].copy(), B[1].copy()
P = np.abs(A) + 0.1


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def leaky_relu(x):
    return np.maximum(0.2 * x, x)


def square(x):
    return np.power(x, 2)


def softmax(Z):
    E = np.exp(Z - np.max(Z, axis=1, keepdims=True))
    return E / np.sum(E, axis=1, keepdims=True)


TABLE = (
    # ----- arithmetic -----
    (lambda x: 2 * x, (), r"2 x"),
    (lambda x: x * 2, (), r"2 x"),
    (lambda x: -x, (), r"-x"),
    (lambda x: x - -x, (), r"x + x"),
    (lambda x, y: x + -2 * y, (), r"x - 2 y"),
    (lambda x, y: x - (y - x), (), r"x - (y - x)"),
    (lambda x, y: x - (y + x), (), r"x - (y + x)"),
    (lambda x, y: x * (y + 1), (), r"x (y + 1)"),
    (lambda x, y: (x + y) * (x - y), (), r"(x + y) (x - y)"),
    (lambda x: x * 1.0 + 0.5, (), r"x + 0.5"),
    (lambda x: 1e-8 + 2.5e-7 * x, (), r"10^{-8} + 2.5 \cdot 10^{-7} x"),
    (lambda x: 3 * (2 * x), (), r"3 \cdot 2 x"),
    (lambda x: np.pi * x + np.sqrt(2 * np.pi), (), r"\pi x + \sqrt{2 \pi}"),
    (lambda x: x / 3 + 1 / 3, (), r"\frac{x}{3} + \frac{1}{3}"),
    # ----- fractions -----
    (lambda x, y: x / y, (), r"\frac{x}{y}"),
    (lambda x, y: -x / y, (), r"-\frac{x}{y}"),
    (lambda x, y: x / y / 2, (), r"\frac{x}{2 y}"),
    (lambda x, y: (x / y) ** 2, (), r"\left( \frac{x}{y} \right)^{2}"),
    (lambda x, y: x / y * 2, (), r"2 \frac{x}{y}"),
    (lambda x: 1 / (1 + np.exp(-x)), (), r"\frac{1}{1 + e^{-x}}"),
    (lambda x: x / (1 + np.abs(x)), (), r"\frac{x}{1 + \lvert x \rvert}"),
    # ----- powers and roots -----
    (lambda x: x**3, (), r"x^{3}"),
    (lambda x: (-x) ** 2, (), r"(-x)^{2}"),
    (lambda x: (x + 1) ** 2, (), r"(x + 1)^{2}"),
    (lambda x: x**-1, (), r"x^{-1}"),
    (lambda x: x**0.5 + x**1.5, (P,), r"\sqrt{x} + x^{3/2}"),
    (lambda x: np.sqrt(1 + x**2), (), r"\sqrt{1 + x^{2}}"),
    (lambda x: np.exp(x) ** 2, (), r"(e^{x})^{2}"),
    (lambda x: np.exp(-(x**2) / 2), (), r"e^{-x^{2} / 2}"),
    (lambda x: 2**x, (), r"2^{x}"),
    (lambda x, y: (x**y) ** 2, (P, P.copy()), r"(x^{y})^{2}"),
    # ----- functions -----
    (lambda x: np.tanh(x) ** 2, (), r"\tanh^{2} x"),
    (lambda x: np.sin(2 * x) ** 2 + np.cos(2 * x) ** 2, (), r"\sin^{2}(2 x) + \cos^{2}(2 x)"),
    (lambda x: 1 - np.tanh(x) ** 2, (), r"1 - \tanh^{2} x"),
    (lambda x: x * np.tanh(x), (), r"x \tanh x"),
    (lambda x: np.tanh(x) * x, (), r"\tanh(x) x"),
    (lambda x: np.sin(x) * np.cos(x), (), r"\sin(x) \cos x"),
    (lambda x: np.log(x), (), r"\ln x"),
    (lambda x: np.log(1 + np.exp(x)), (), r"\ln(1 + e^{x})"),
    (lambda x: np.log2(x) + np.log10(x), (), r"\log_2 x + \log_{10} x"),
    (lambda x: np.tanh(np.log(x)), (), r"\tanh \ln x"),
    (lambda x: np.log(x) ** 2, (), r"\ln^{2} x"),
    (lambda x: np.arctan(x), (), r"\arctan x"),
    (lambda x: np.abs(np.abs(x) - 1), (), r"\lvert \lvert x \rvert - 1 \rvert"),
    (lambda x: np.maximum(0.2 * x, x), (), r"\max(0.2 x, x)"),
    (lambda x: np.maximum(0, x) + np.minimum(x, 1), (), r"\max(0, x) + \min(x, 1)"),
    (lambda x: np.clip(x, 0, 6), (), r"\operatorname{clip}(x, 0, 6)"),
    (lambda x: np.floor(x) + np.ceil(x), (), r"\lfloor x \rfloor + \lceil x \rceil"),
    (lambda x: np.sign(x) * x, (), r"\operatorname{sign}(x) x"),
    # ----- cases and conditions -----
    (
        lambda x: np.where(x > 0, x, 0),
        (),
        r"\begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}",
    ),
    (
        lambda x: np.where(x > 0, x, 0.1 * (np.exp(x) - 1)),
        (),
        r"\begin{cases} x & \text{if } x > 0 \\ 0.1 (e^{x} - 1) & \text{otherwise} \end{cases}",
    ),
    (
        lambda x: np.where(x < -1, -1, np.where(x > 1, 1, x)),
        (),
        r"\begin{cases} -1 & \text{if } x < -1 \\ 1 & \text{if } x > 1 \\ x & \text{otherwise} \end{cases}",
    ),
    (
        lambda x: np.where((x > 0) & (x < 1), x, 0),
        (),
        r"\begin{cases} x & \text{if } x > 0 \land x < 1 \\ 0 & \text{otherwise} \end{cases}",
    ),
    (lambda x: (x > 0) * x, (), r"[x > 0] x"),
    (
        lambda x: np.where(x >= 0, 1, -1) * x,
        (),
        r"\begin{cases} 1 & \text{if } x \geq 0 \\ -1 & \text{otherwise} \end{cases} x",
    ),
    # ----- names of the person's functions -----
    (lambda x: x * sigmoid(x), (), r"x \operatorname{sigmoid}(x)"),
    (
        lambda x: square(sigmoid(leaky_relu(x))),
        (),
        r"\operatorname{square}(\operatorname{sigmoid}(\operatorname{leaky\_relu}(x)))",
    ),
    (lambda X, W: np.sum(sigmoid(np.dot(X, W))), (A, B), r"\sum \operatorname{sigmoid}(X W)"),
    (
        lambda x: sigmoid(x) ** 2 + sigmoid(-x),
        (),
        r"\operatorname{sigmoid}(x)^{2} + \operatorname{sigmoid}(-x)",
    ),
    # ----- matrices -----
    (lambda X, W: X @ W, (A, B), r"X W"),
    (lambda X, W, b: X @ W + b, (A, B, V), r"X W + b"),
    (lambda X, W: X.T @ W, (A, B), r"X^\top W"),
    (lambda X, W: (X @ W).T, (A, B), r"(X W)^\top"),
    (lambda X, Y: X * Y, (A, B), r"X \odot Y"),
    (lambda X, Y, Z: X @ (Y * Z), (A, B, C), r"X (Y \odot Z)"),
    (lambda X, Y, Z: (X @ Y) * Z, (A, B, C), r"(X Y) \odot Z"),
    (lambda X, Y, Z: X @ (Y @ Z), (A, B, C), r"X (Y Z)"),
    (lambda X, Y: 2 * X @ Y, (A, B), r"2 X Y"),
    (lambda X, a: a * X, (A, 2.0), r"a X"),
    (lambda X: X @ X, (A,), r"X X"),
    (lambda v, w: v @ w, (V, U), r"v^\top w"),
    (lambda v, w: np.outer(v, w), (V, U), r"v \otimes w"),
    (lambda X, v: X @ v, (A, V), r"X v"),
    (
        lambda X, Y: np.einsum("ij,jk->ik", X, Y),
        (A, B),
        r"\operatorname{einsum}_{\text{subscripts}=\text{'ij,jk->ik'}}(X, Y)",
    ),
    (lambda X: np.linalg.inv(X) + np.linalg.det(X), (A,), r"X^{-1} + \det(X)"),
    (lambda X: np.trace(X), (A,), r"\operatorname{tr}(X)"),
    (lambda v: np.linalg.norm(v), (V,), r"\lVert v \rVert"),
    (lambda v: v / np.linalg.norm(v), (V,), r"\frac{v}{\lVert v \rVert}"),
    # ----- over axes -----
    (lambda X: np.sum(X), (A,), r"\sum X"),
    (lambda X: np.sum(X, axis=0), (A,), r"\sum_{\text{axis}=0} X"),
    (lambda X: np.sum(X**2, axis=1, keepdims=True), (A,), r"\sum_{\text{axis}=1,\,\text{keepdims}} X^{2}"),
    (lambda X: np.mean(X, axis=0), (A,), r"\operatorname{mean}_{\text{axis}=0}(X)"),
    (lambda X: np.max(X), (A,), r"\max(X)"),
    (lambda X: X - np.max(X, axis=1, keepdims=True), (A,), r"X - \max_{\text{axis}=1,\,\text{keepdims}} X"),
    (lambda X: np.prod(X, axis=-1), (A,), r"\prod_{\text{axis}=-1} X"),
    (lambda X: 2 * np.sum(X) * np.sum(X + 1), (A,), r"\left( 2 \sum X \right) \sum (X + 1)"),
    (lambda X: -np.sum(X) / 3, (A,), r"-\frac{\sum X}{3}"),
    (
        lambda X: np.var(X, axis=0) + np.std(X),
        (A,),
        r"\operatorname{var}_{\text{axis}=0}(X) + \operatorname{std}(X)",
    ),
    (lambda X: np.sum(X > 0), (A,), r"\sum [X > 0]"),
    # ----- entries -----
    (lambda X: X[0], (A,), r"X_{0}"),
    (lambda X: X[0, 1] * X[1][2], (A,), r"X_{0, 1} X_{1, 2}"),
    (lambda X: X[:, 0] - X[1:, -1][0], (A,), r"X_{:, 0} - (X_{1:, -1})_{0}"),
    (lambda X: X[X > 0], (A,), r"X_{X > 0}"),
    (lambda v: v[:, None] * v, (V,), r"v_{:, \text{newaxis}} \odot v"),
    (lambda X: np.concatenate([X, X], axis=1), (A,), r"\operatorname{concatenate}_{\text{axis}=1}(X, X)"),
    (lambda X: X.reshape(-1), (A,), r"\operatorname{reshape}_{\text{shape}=-1}(X)"),
    # ----- losses and layers -----
    (lambda p, y: np.mean((p - y) ** 2), (V, U), r"\operatorname{mean}((p - y)^{2})"),
    (
        lambda p, y: -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)),
        (P[0], P[1]),
        r"-\operatorname{mean}(y \odot \ln p + (1 - y) \odot \ln(1 - p))",
    ),
    (lambda p, y: -np.sum(y * np.log(p)), (P, P.copy()), r"-\sum y \odot \ln p"),
    (lambda x: np.log(np.sum(np.exp(x))), (V,), r"\ln\left( \sum e^{x} \right)"),
    (lambda x: np.exp(x) / np.sum(np.exp(x)), (V,), r"\frac{e^{x}}{\sum e^{x}}"),
    (
        softmax,
        (A,),
        r"\frac{e^{Z - \max_{\text{axis}=1,\,\text{keepdims}} Z}}{\sum_{\text{axis}=1,\,\text{keepdims}} "
        r"e^{Z - \max_{\text{axis}=1,\,\text{keepdims}} Z}}",
    ),
    (
        lambda Q, K, V: softmax(Q @ K.T / np.sqrt(K.shape[1])) @ V,
        (A, B, C),
        r"\operatorname{softmax}\left( \frac{Q K^\top}{\sqrt{3}} \right) V",
    ),
    (
        lambda X, gamma, beta: gamma * (X - np.mean(X, axis=0)) / np.sqrt(np.var(X, axis=0) + 1e-5) + beta,
        (A, V, U),
        r"\frac{\gamma \odot (X - "
        r"\operatorname{mean}_{\text{axis}=0}(X))}"
        r"{\sqrt{\operatorname{var}_{\text{axis}=0}(X) + 10^{-5}}} + \beta",
    ),
    (
        lambda y, y_hat, W: np.sum((y - y_hat) ** 2) / 2 + 0.01 * np.sum(W**2),
        (V, U, A),
        r"\frac{\sum (y - \hat{y})^{2}}{2} + 0.01 \sum W^{2}",
    ),
)


@pytest.mark.parametrize(("f", "args", "expected"), TABLE, ids=[row[2][:40] for row in TABLE])
def test_as_mathematicians_write_it(f, args, expected):
    assert formula(f, *args).latex == expected


def own(f):
    return {name: globals()[name] for name in ("sigmoid", "leaky_relu", "square", "softmax")}


def example(f, args):
    """Arguments at which a formula is read: numbers where it is about one entry at a time."""
    shown = formula(f, *args)
    names = [shown.graph.nodes[i].name for i in shown.graph.inputs]
    if not args:
        return shown, names, [0.37 + 0.2 * k for k in range(len(names))]
    flat = all(np.ndim(a) <= 1 for a in args)
    one_entry = flat and all(n.op is None or n.op.kind == "elementwise" for n in shown.graph.nodes)
    return shown, names, [a.flat[0] if one_entry and np.ndim(a) else a for a in args]


@pytest.mark.parametrize(("f", "args", "expected"), TABLE, ids=[row[2][:40] for row in TABLE])
def test_every_formula_means_the_same_when_read_back(f, args, expected):
    shown, names, values = example(f, args)
    functions = own(f) | {
        "einsum": np.einsum,
        "reshape": np.reshape,
        "concatenate": lambda *a, **k: np.concatenate(a, **k),
    }
    if "einsum" in expected:
        functions["einsum"] = lambda *a, subscripts: np.einsum(subscripts, *a)
    found = evaluate_lines(shown.latex, dict(zip(names, values, strict=True)), functions)
    np.testing.assert_allclose(found, f(*values), rtol=1e-9, atol=1e-12, err_msg=shown.latex)


# ----- derivatives -----


def tanh(x):
    return np.tanh(x)


def cube(x):
    return x**3


def softplus(x):
    return np.log(1 + np.exp(x))


def gaussian(x):
    return np.exp(-(x**2) / 2)


def relu(x):
    return np.maximum(x, 0)


def elu(x):
    return np.where(x > 0, x, np.exp(x) - 1)


def swish(x):
    return x * sigmoid(x)


def chained(x):
    return square(sigmoid(leaky_relu(x)))


def polynomial(x):
    return x**3 - 2 * x**2 + 4 * x - 1


def by_hand(x):
    return (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))


DERIVATIVES = (
    (sigmoid, 1, r"\frac{e^{-x}}{(1 + e^{-x})^{2}}"),
    (sigmoid, 2, r"\frac{e^{-x} (e^{-x} - 1)}{(1 + e^{-x})^{3}}"),
    (square, 1, "2 x"),
    (square, 2, "2"),
    (cube, 1, "3 x^{2}"),
    (cube, 2, "6 x"),
    (polynomial, 1, "3 x^{2} - 4 x + 4"),
    (tanh, 1, r"1 - \tanh^{2} x"),
    (tanh, 2, r"-2 \tanh(x) (1 - \tanh^{2} x)"),
    (by_hand, 1, r"\frac{4}{(e^{x} + e^{-x})^{2}}"),
    (softplus, 1, r"\frac{e^{x}}{1 + e^{x}}"),
    (softplus, 2, r"\frac{e^{x}}{(1 + e^{x})^{2}}"),
    (gaussian, 1, "-x e^{-x^{2} / 2}"),
    (gaussian, 2, "e^{-x^{2} / 2} (x^{2} - 1)"),
    (
        relu,
        1,
        r"\begin{cases} 1 & \text{if } x > 0 \\ 0 & \text{if } x < 0 \\ 0.5 & \text{otherwise} \end{cases}",
    ),
    (
        leaky_relu,
        1,
        r"\begin{cases} 1 & \text{if } x > 0 \\ 0.2 & \text{if } x < 0 \\ 0.6 & \text{otherwise} \end{cases}",
    ),
    (elu, 1, r"\begin{cases} 1 & \text{if } x > 0 \\ e^{x} & \text{otherwise} \end{cases}"),
    (swish, 1, r"\operatorname{sigmoid}(x) + x \, \operatorname{sigmoid}'(x)"),
    (swish, 2, r"2 \, \operatorname{sigmoid}'(x) + x \, \operatorname{sigmoid}''(x)"),
    (np.sin, 1, r"\cos x"),
    (np.sin, 2, r"-\sin x"),
    (np.sqrt, 1, r"\frac{1}{2 \sqrt{x}}"),
    (np.log, 1, r"\frac{1}{x}"),
    (np.log, 2, r"-\frac{1}{x^{2}}"),
    (np.sign, 1, "0"),
)


def derived(f, order):
    for _ in range(order):
        f = cg.derivative(f)
    return f


@pytest.mark.parametrize(("f", "order", "expected"), DERIVATIVES)
def test_derivatives_as_a_person_writes_them(f, order, expected):
    assert formula(derived(f, order)).latex == expected


@pytest.mark.parametrize(("f", "order", "expected"), DERIVATIVES)
def test_derivatives_mean_the_same_when_read_back(f, order, expected):
    slopes = {"derivative": lambda g, n: derived(g, n)}
    for x in (0.37, 1.4):
        found = evaluate_lines(expected, {"x": x}, own(f), **slopes)
        np.testing.assert_allclose(found, derived(f, order)(x), rtol=1e-9, atol=1e-12)


def test_the_chain_rule_as_it_is_taught():
    inner = r"\operatorname{leaky\_relu}(x)"
    middle = rf"\operatorname{{sigmoid}}({inner})"
    factors = ("square", middle), ("sigmoid", inner), (r"leaky\_relu", "x")
    expected = r" \, ".join(rf"\operatorname{{{name}}}'({at})" for name, at in factors)
    assert formula(cg.derivative(chained)).latex == expected
    assert formula(cg.derivative(cg.Chain([leaky_relu, sigmoid, square]))).latex == expected
    assert "operatorname" not in formula(cg.derivative(chained), expand=True).latex


def test_words_keep_apart_on_cards_too():
    """A marked formula, as a card has it, has the same room in it as a plain one."""

    def back(v):
        dydv = 2 * v
        dydu = dydv * v
        return dydu * (1 - v)

    for f in (swish, cg.derivative(swish), back):
        plain = [line.latex for line in formula(f, 0.5, steps=True).lines]
        marked = [line.latex for line in formula(f, 0.5, steps=True, mark=True).lines]
        assert [re.sub(r"\\htmlData\{node=-?\d+\}|[{}]", "", m) for m in marked] == [
            re.sub("[{}]", "", p) for p in plain
        ]


def test_left_sides():
    assert formula(sigmoid).equation == r"\operatorname{sigmoid}(x) = \frac{1}{1 + e^{-x}}"
    assert formula(derived(square, 2)).equation == r"\operatorname{square}''(x) = 2"
    assert formula(lambda x, W_1: x * W_1).equation == "f(x, W_{1}) = x W_{1}"
    assert formula(cg.Chain([square, sigmoid])).equation.startswith("f(x) = ")


def matrix_loss(X, W):
    N = np.dot(X, W)
    S = sigmoid(N)
    L = np.sum(S)
    return L


def test_gradients_of_a_matrix_loss():
    args = arrays((3, 4), (4, 2))
    by_x, by_w = (formula(cg.grad(matrix_loss, k), *args) for k in (0, 1))
    assert by_x.latex == r"\operatorname{sigmoid}'(X W) W^\top"
    assert by_w.latex == r"X^\top \, \operatorname{sigmoid}'(X W)"
    assert by_x.left == r"\frac{\partial \operatorname{matrix\_loss}}{\partial X}"


# ----- steps, long formulas, marks -----


def test_steps_in_the_persons_names():
    shown = formula(matrix_loss, *arrays((3, 4), (4, 2)), steps=True)
    assert [(x.name, x.latex) for x in shown.lines] == [
        ("N", "X W"),
        ("S", r"\operatorname{sigmoid}(N)"),
        ("L", r"\sum S"),
    ]
    args = dict(zip("XW", arrays((3, 4), (4, 2)), strict=True))
    np.testing.assert_allclose(evaluate_lines(shown.latex, args, own(None)), matrix_loss(**args))


def rnn(h, W, U, xs):
    for t in range(len(xs)):
        h = np.tanh(h @ W + xs[t] @ U)
    return np.sum(h)


def test_a_name_bound_again_counts_up_and_repeats_fold():
    shown = formula(rnn, *arrays((3,), (3, 3), (2, 3), (3, 2)), steps=True)
    assert [line.name for line in shown.lines] == ["h_{1}", "h_{2}", "h_{3}"]
    assert shown.lines[1].latex == r"\tanh(h_{1} W + \text{xs}_{1} \, U)"
    long = formula(rnn, *arrays((3,), (3, 3), (2, 3), (1000, 2))).latex
    assert r"h_{t} &= \tanh(h_{t-1} W + \text{xs}_{t-1} \, U),\quad t = 2, \ldots, 1000" in long
    assert len(long) < 400


def test_a_long_formula_without_names_stays_short():
    def nested(x):
        return (lambda g: g(g(g(g(x)))))(lambda y: (y + np.exp(-y * y) * y) / (1 + y * y) + np.log(y * y + 2))

    shown = formula(nested)
    assert shown.lines and max(glyphs(line.latex) for line in shown.lines) < LONG
    np.testing.assert_allclose(evaluate_lines(shown.latex, {"x": 0.7}), nested(0.7))


def test_doubling_does_not_explode():
    def doubled(x):
        for _ in range(60):
            x = x * x + x
        return x

    assert len(formula(doubled, 0.01).latex) < 3000


def test_marks_belong_to_nodes():
    shown = formula(sigmoid, mark=True)
    names = [n.op and n.op.name for n in shown.graph.nodes]
    assert rf"\htmlData{{node={names.index('exp')}}}{{e^{{" in shown.latex
    assert shown.latex.count("htmlData") == len(names) + 1  # the constant 1 stands twice
    np.testing.assert_allclose(evaluate_lines(shown.latex, {"x": 0.3}), sigmoid(0.3))


@pytest.mark.parametrize("x", [2.0, -2.0])
def test_a_path_has_its_condition(x):
    def gate(x):
        if x > 0:
            return 2 * x
        return -x

    shown = formula(gate, x)
    assert shown.equation.endswith(rf"\qquad \text{{for }} x {'>' if x > 0 else chr(92) + 'leq'} 0")


def test_a_buffer_filled_entry_by_entry_is_a_vector():
    def f(x):
        out = np.zeros(3)
        for i in range(2):
            out[i] = np.sin(x) * i
        return out

    assert formula(f, 0.5).latex == r"\begin{bmatrix} 0 \sin x & \sin x & 0 \end{bmatrix}"


def test_plain_text():
    assert str(formula(sigmoid)) == "sigmoid(x) = 1 / (1 + exp(-x))"


def test_every_callable():
    from functools import partial

    assert formula(np.tanh).equation == r"\operatorname{tanh}(x) = \tanh x"
    assert formula(partial(np.add, 2.0)).latex == "2 + x_{2}"
    assert formula(lambda x: square(x)).latex == "x^{2}"


def test_examples_are_asked_for():
    with pytest.raises(ArgumentError, match=r"no example arguments were given.*Cure: formula"):
        formula(lambda p: p["W"] * 2)
    with pytest.raises(ChalkgradError):
        formula(3)


# ----- anything at all, read back -----


@settings(max_examples=200, deadline=None, derandomize=True)
@given(EXPRESSIONS, st.booleans())
def test_any_expression_means_the_same_when_read_back(source, expand):
    f = eval(f"lambda x: {source} + 0 * x", {"np": np, "sigmoid": sigmoid})
    shown = formula(f, 0.3, expand=expand)
    for x in (0.3, 1.2):
        found = evaluate_lines(shown.latex, {"x": x}, own(f))
        np.testing.assert_allclose(found, f(x), rtol=1e-9, atol=1e-12, err_msg=shown.latex)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(EXPRESSIONS)
def test_any_derivative_means_the_same_when_read_back(source):
    f = eval(f"lambda x: {source} + 0 * x", {"np": np, "sigmoid": sigmoid})
    shown = formula(cg.derivative(f), 0.31)
    found = evaluate_lines(shown.latex, {"x": 0.31}, own(f), derivative=lambda g, n: derived(g, n))
    np.testing.assert_allclose(found, cg.derivative(f)(0.31), rtol=1e-8, atol=1e-10, err_msg=shown.latex)


MATRICES = st.recursive(
    st.sampled_from(["X", "Y", "2.0", "X.T"]),
    lambda inner: st.one_of(
        st.builds("({} @ ({} + np.zeros((3, 3))))".format, st.sampled_from(["X", "Y.T"]), inner),
        st.builds("({} * {})".format, inner, inner),
        st.builds("({} + {})".format, inner, inner),
        st.builds("np.tanh({})".format, inner),
        st.builds("({} / (1 + {}**2))".format, inner, inner),
        st.builds("np.sum({} + np.zeros((3, 3)), axis=1, keepdims=True)".format, inner),
        st.builds("(-{})".format, inner),
        st.builds("np.mean({})".format, inner),
    ),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(MATRICES)
def test_any_matrix_expression_means_the_same_when_read_back(source):
    f = eval(f"lambda X, Y: {source} + 0 * X", {"np": np})
    shown = formula(f, A, B)
    names = {"X": A, "Y": B}
    spread = {"broadcast_to": lambda a, shape: np.broadcast_to(a, shape)}
    found = evaluate_lines(shown.latex, names, spread)
    np.testing.assert_allclose(found, f(A, B), rtol=1e-9, atol=1e-10, err_msg=shown.latex)


# ----- how an assignment's nets are told -----


def recurrent(x, Wx, Wh, b):
    h = np.zeros(3)
    for t in range(20):
        h = np.tanh(np.dot(x[t], Wx) + np.dot(h, Wh) + b)
    return np.sum(h)


def test_a_loop_folds_and_its_first_state_of_zeros_is_not_told():
    latex = formula(recurrent, np.ones((20, 2)), np.ones((2, 3)), np.ones((3, 3)), np.ones(3)).equation
    rows = latex.removeprefix(r"\begin{aligned} ").split(r" \\ ")
    assert rows[:2] == [
        r"h_{1} &= \tanh(x_{0} W_{x} + b)",
        r"h_{t} &= \tanh(x_{t-1} W_{x} + h_{t-1} W_{h} + b),\quad t = 2, \ldots, 20",
    ]
    assert len(rows) == 3


def test_a_negative_power_of_an_array_is_no_inverse():
    assert formula(lambda X: X**-1, A).latex == r"\frac{1}{X}"
    assert formula(lambda X: X**-2.0, A).latex == r"\frac{1}{X^{2}}"
    assert formula(lambda x: x**-2, 2.0).latex == "x^{-2}"


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("Wx", "W_{x}"),
        ("Wxh", "W_{xh}"),
        ("Pi", r"\Pi"),
        ("Var", r"\text{Var}"),
        ("Loss", r"\text{Loss}"),
        ("dx", r"\text{dx}"),
    ],
)
def test_letters_behind_a_capital_are_its_index(name: str, latex: str):
    assert variable(name) == latex


def test_a_call_names_the_function_that_it_is_given():
    def slope(f, x, h=0.5):
        return (f(x + h) - f(x - h)) / (2 * h)

    def product(x):
        u = np.tanh(x)
        return slope(np.exp, u) * slope(np.sin, x, 0.25)

    made = cg.formula(product, 1.0).latex
    assert re.sub(r"[{}]|\\operatorname", "", made) == r"slope(exp, \tanh x, 0.5) slope(sin, x, 0.25)"
