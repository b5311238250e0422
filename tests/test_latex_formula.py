"""Whole pieces of mathematics: several formulas, names and entries, derivatives, plain text."""

from __future__ import annotations

import doctest
import importlib

import numpy as np
import pytest

from chalkgrad.errors import LatexError
from chalkgrad.latex import HANDWRITTEN, Formula, evaluate, evaluate_lines, read, to_text
from chalkgrad.latex import nodes as n
from chalkgrad.latex.tokens import tokenize

# ----- several formulas in one piece -----

PARTS = [
    ("f_1(x) = x^2;", ["f_1(x) = x^2"]),
    ("f_1(x) = x^2; f_2(x) = max(x,0);", ["f_1(x) = x^2", "f_2(x) = max(x, 0)"]),
    (r"a = 1 \\ b = 2", ["a = 1", "b = 2"]),
    (r"a = 1 \\[2pt] b = 2 \\", ["a = 1", "b = 2"]),
    ("a = 1\nb = 2", ["a = 1", "b = 2"]),
    ("a = 1 <br> b = 2", ["a = 1", "b = 2"]),
    ("a =\n 1 +\n 2", ["a = 1 + 2"]),
    ("a = 1\n + 2", ["a = 1 + 2"]),
    ("L = \n \\frac{1}{n}\n \\sum_i x_i", ["L = (1 / n) (sum over i of x_i)"]),
    (r"a = 1, b = 2", ["a = 1", "b = 2"]),
    (r"y = x^2, \quad x > 0", ["y = x^2", "x > 0"]),
    (r"h, c = f(x)", ["h, c = f(x)"]),
    (r"y = x \text{ if } x > 0", ["y = x", "x > 0"]),
    (r"y = x \qquad \text{for } x > 0", ["y = x", "x > 0"]),
    (r"y = x \quad \forall x > 0", ["y = x", "x > 0"]),
    (
        r"\begin{aligned} a &= 1 \\ &\;\;\vdots \quad \text{(3 more lines)} \\ &b \end{aligned}",
        ["a = 1", "⋮ (3 more lines)", "b"],
    ),
    (r"y = \operatorname{where}(c, a, b)", ["y = where(c, a, b)"]),
    (r"y = \sigma(z) \quad \text{where} \quad z = wx + b", ["y = σ(z)", "z = wx + b"]),
    (r"a = 1 \text{ and } b = 2.", ["a = 1", "b = 2"]),
    (r"\begin{aligned} y &= x + 1 \\ &= 2 \end{aligned}", ["y = x + 1 = 2"]),
    (r"\begin{aligned} y &= x \\ &\quad + 1 \\ z &= 3 \end{aligned}", ["y = x + 1", "z = 3"]),
    (r"\begin{align*} a &= 1 \label{eq:a} \\ b &= 2 \tag{2} \end{align*}", ["a = 1", "b = 2"]),
    (r"\begin{equation} a = 1 \end{equation}", ["a = 1"]),
    (r"\begin{split} a &= 1 \\ b &= -2 \end{split}", ["a = 1", "b = -2"]),
    (r"f(x; w) = wx", ["f(x, w) = wx"]),
    (r"w \leftarrow w - \eta g", ["w := w - η g"]),
]


@pytest.mark.parametrize(("latex", "texts"), PARTS)
def test_parts(latex, texts):
    assert [to_text(part) for part in read(latex).parts] == texts


def test_parts_know_their_place():
    source = "$a = 1; \\quad b = x^2.$ </br>"
    assert [source[slice(*part.span)] for part in read(source).parts] == ["a = 1", "b = x^2"]
    token = tokenize(r"  \operatorname{leaky\_relu}(x)")[0]
    assert (token.kind, token.text, token.span) == ("text", "leaky_relu", (2, 28))


def test_several_formulas_are_not_evaluated_as_one():
    with pytest.raises(LatexError, match="2 are written"):
        evaluate("a = 1; b = 2")
    assert [evaluate(part) for part in read("a = 1; b = 2").parts] == [1.0, 2.0]


def test_lines_that_name_what_the_last_is_made_of():
    latex = (
        r"\begin{aligned} N &= XW \\ S_{1} &= \sigma(N) \\ &\sum S_{1} \end{aligned} \qquad \text{for } x > 0"
    )
    X, W = np.ones((2, 3)), np.full((3, 2), 0.5)
    result = evaluate_lines(latex, {"X": X, "W": W, "x": 1.0})
    assert result == pytest.approx(np.sum(1 / (1 + np.exp(-(X @ W)))))
    with pytest.raises(LatexError, match="only under this condition"):
        evaluate_lines(latex, {"X": X, "W": W, "x": -1.0})


def test_an_equation_keeps_all_its_sides():
    equation = read(r"y = a = b").only
    assert isinstance(equation, n.Equation)
    assert (to_text(equation.left), to_text(equation.right), len(equation.sides)) == ("y", "b", 3)
    assert read(r"x \approx 0.25").only.signs == ("≈",)
    assert isinstance(read("x"), Formula)


# ----- names and entries -----


def test_a_name_may_be_spelled_in_python_or_in_latex():
    for key in ("y_hat", "yhat", "hat_y", r"\hat{y}", r"\hat y"):
        assert evaluate(r"2\hat{y}", {key: 3.0}) == 6.0
    for key in ("W1", "W_1", "W_{1}", r"W_{1}"):
        assert evaluate(r"W_1 + W_{1}", {key: 3.0}) == 6.0
    for key in ("θ", "theta", r"\theta"):
        assert evaluate(r"\theta", {key: 3.0}) == 3.0
    assert evaluate(r"W^{[2]} + b^{(2)}", {"W2": 1.0, "b_2": 2.0}) == 3.0
    assert evaluate(r"x' + x''", {"x_prime": 1.0, "x''": 2.0}) == 3.0
    assert evaluate(r"\text{my loss} + \text{my-loss}", {"my_loss": 2.0}) == 4.0
    assert evaluate(r"h_{t-1}", {"h_{t-1}": 2.0}) == 2.0
    assert evaluate(r"\lambda + \varepsilon", {"lam": 2.0, "eps": 1.0}) == 3.0


def test_x_i_is_not_the_greek_letter():
    assert evaluate(r"\xi", {"xi": 2.0}) == 2.0
    with pytest.raises(LatexError):
        evaluate(r"x_i", {"xi": 2.0})


def test_letters_side_by_side():
    assert evaluate("ab", {"a": 2.0, "b": 3.0}) == 6.0
    assert evaluate("ab", {"ab": 5.0}) == 5.0
    assert evaluate("ab^2", {"a": 2.0, "b": 3.0}) == 18.0
    assert evaluate("ab^2", {"ab": 5.0}) == 25.0
    assert evaluate("xexp(-x)", {"x": 1.0}) == np.exp(-1)
    with pytest.raises(LatexError, match="one name or a product"):
        evaluate("ab", {"a": 2.0, "b": 3.0, "ab": 5.0})


def test_call_or_product():
    assert evaluate("f(x+1)", {"x": 2.0}, {"f": np.square}) == 9.0
    assert evaluate("f(x+1)", {"x": 2.0, "f": 5.0}) == 15.0
    assert evaluate("x(1-x)^2", {"x": 3.0}) == 12.0
    assert evaluate("f(1-x)^2", {"x": 3.0}, {"f": lambda t: t + 1}) == 1.0
    assert evaluate(r"\sigma x", {"x": 3.0, "sigma": 2.0}) == 6.0
    assert evaluate(r"\frac{x - \mu}{\sigma}", {"x": 3.0, "mu": 1.0, "sigma": 2.0}) == 1.0
    with pytest.raises(LatexError, match="both as a value and as a function"):
        evaluate(r"\sigma(x)", {"x": 3.0, "sigma": 2.0})
    assert evaluate(r"\sigma(x)", {"x": 3.0}, {"sigma": np.square}) == 9.0
    assert evaluate(r"\text{ReLU}(x)", {"x": 3.0}, {"relu": np.negative}) == -3.0


X = np.arange(6.0).reshape(2, 3)
ENTRIES = [
    (r"\sum_{i=1}^{2} X_{i,1}", 3.0),
    (r"\sum_{i=1}^{2} X_{i1}", 3.0),
    (r"\sum_{i=0}^{1} X_{i,1}", 5.0),
    (r"\sum_i x^{(i)}", 6.0),
    (r"\sum_i X^{(i)}_{j}", [3.0, 5.0, 7.0]),
    (r"\sum_i (2x)_i", 12.0),
    (r"\sum_i X_i", [3.0, 5.0, 7.0]),
    (r"\sum_i x_{i} X_{j i}", [8.0, 26.0]),
    (r"\frac{e^{x_j}}{\sum_k e^{x_k}}", np.exp([1.0, 2, 3]) / np.exp([1.0, 2, 3]).sum()),
    (r"\operatorname{softmax}(x)_j", np.exp([1.0, 2, 3]) / np.exp([1.0, 2, 3]).sum()),
    (r"\operatorname{softmax}_j(x)", np.exp([1.0, 2, 3]) / np.exp([1.0, 2, 3]).sum()),
    (r"x_j + 1", [2.0, 3.0, 4.0]),
]


@pytest.mark.parametrize(("latex", "value"), ENTRIES)
def test_entries(latex, value):
    names = {"x": np.array([1.0, 2.0, 3.0]), "X": X}
    over = ("j",) if "j" in latex else ()
    np.testing.assert_allclose(evaluate(latex, names, over=over, conventions=HANDWRITTEN), value)


def test_free_indices_make_axes_in_their_order():
    names = {"X": X}
    np.testing.assert_array_equal(evaluate("X_{ij}", names, over=("i", "j")), X)
    np.testing.assert_array_equal(evaluate("X_{ij}", names, over=("j", "i")), X.T)


def test_an_unknown_count_is_one_length_throughout():
    latex = r"\sum_{i=1}^{n} x_i + \sum_{j=1}^{n} y_j"
    assert evaluate(latex, {"x": np.ones(3), "y": np.ones(3)}) == 6.0
    with pytest.raises(LatexError, match="3 in one place and 2 in another"):
        evaluate(latex, {"x": np.ones(3), "y": np.ones(2)})


# ----- derivatives -----


def derivative(f, order):
    """Central differences, repeated."""

    def slope(x):
        return (f(x + 1e-4) - f(x - 1e-4)) / 2e-4

    return slope if order == 1 else derivative(slope, order - 1)


DERIVATIVES = [
    ("f'(x)", 4.0),
    ("f''(x)", 2.0),
    (r"f^\prime(x)", 4.0),
    ("f^{(2)}(x)", 2.0),
    (r"\frac{df}{dx}(x)", 4.0),
    (r"\frac{\mathrm{d} f}{\mathrm{d} x}(x)", 4.0),
    (r"\frac{\mathrm df}{\mathrm dx}", 4.0),
    (r"\frac{df}{dx}", 4.0),
    (r"df/dx", 4.0),
    (r"\frac{d f(x)}{dx}", 4.0),
    (r"\frac{d}{dx} f(x)", 4.0),
    (r"\frac{d}{dx}\left[x^3 + 1\right]", 12.0),
    (r"\frac{d^2}{dx^2} x^3", 12.0),
    (r"\frac{\partial^2 f}{\partial x^2}(x)", 2.0),
    (r"\frac{\partial}{\partial x} (a x^2)", 12.0),
    (r"f'(g(x)) \cdot g'(x)", 36.0),
    (r"f'(g(x))g'(x)", 36.0),
    (r"\frac{df}{du}(g(x)) \cdot \frac{dg}{dx}(x)", 36.0),
    (r"\tanh'(0)", 1.0),
    (r"\sigma'(0)", 0.25),
    (r"\frac{\partial L}{\partial W} + \partial L / \partial w_1", 12.0),
]


@pytest.mark.parametrize(("latex", "value"), DERIVATIVES)
def test_derivatives(latex, value):
    names = {"x": 2.0, "a": 3.0, "dLdW": 5.0, "dLdw_1": 7.0}
    functions = {"f": np.square, "g": lambda t: 3 * t}
    assert evaluate(latex, names, functions, derivative=derivative) == pytest.approx(value, rel=1e-5)


def test_given_derivatives_come_first():
    assert evaluate("f'(x)", {"x": 2.0}, {"f": np.square}, derivatives={"f": lambda t: 2 * t}) == 4.0
    assert evaluate("f'(x)", {"x": 2.0}, {"f": np.square, "f_prime": lambda t: 2 * t}) == 4.0


def test_the_limit_of_the_notes():
    latex = r"\frac{\mathrm{d} f}{\mathrm{d} x}(x) = \displaystyle \lim_{a \to 0}\frac{f(x+a)-f(x-a)}{2*a}"
    x = np.array([-1.0, 0.5, 2.0])
    np.testing.assert_allclose(evaluate(latex, {"x": x}, {"f": np.tanh}), 1 - np.tanh(x) ** 2, rtol=1e-9)


# ----- what the docstrings show -----


def test_the_examples_in_the_docstrings():
    for name in ("tokens", "formula", "names", "meaning", "text"):
        shown = doctest.testmod(importlib.import_module(f"chalkgrad.latex.{name}"))
        assert shown.attempted > 0 and shown.failed == 0, name


# ----- plain text -----

TEXTS = [
    (r"\frac{1}{1 + e^{-x}}", "1 / (1 + exp(-x))"),
    (r"\frac{a+b}{2}", "(a + b) / 2"),
    (r"\frac{a}{\frac{b}{c}}", "a / (b / c)"),
    (r"a - (b - c)", "a - (b - c)"),
    (r"-x^2", "-x^2"),
    (r"\max(0.2x, x)", "max(0.2 x, x)"),
    (r"\sigma'(x) \odot W^\top", "σ'(x) * Wᵀ"),
    (r"\sum_{i=1}^{n} (y_i - \hat{y}_i)^2", "sum over i = 1 to n of (y_i - y_hat_i)^2"),
    (
        r"\begin{cases} x & \text{if } x \ge 0 \\ 0 & \text{otherwise} \end{cases}",
        "{x if x ≥ 0; 0 otherwise}",
    ),
    (r"\lim_{a \to 0} \frac{f(a)}{a}", "limit a → 0 of f(a) / a"),
    (r"\frac{\partial^2 L}{\partial w^2}", "∂^2L/∂w^2"),
    (r"\sqrt{x} + \sqrt[3]{x}", "sqrt(x) + root(x, 3)"),
    (r"\lVert x \rVert_2 + |x|", "‖x‖_2 + |x|"),
    (r"X_{0,:}", "X[0, :]"),
    (r"W^{[1]} x^{(i)}", "W^[1] x^(i)"),
    (r"\operatorname{mean}_{\text{axis}=0}(X)", "mean[axis = 0](X)"),
    (r"(f \circ g)(x) \land \neg y", "(f ∘ g)(x) and not y"),
    (r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}", "[1, 2; 3, 4]"),
    (r"\left. x^2 \right|_{x=2} + \binom{n}{k} + n!", "((x^2) at x = 2) + binomial(n, k) + n!"),
    (r"x\big|_{0, : := y}", "x with [0, :] := y"),
    (r"\langle a, b \rangle + \lfloor x \rfloor", "⟨a, b⟩ + floor(x)"),
]


@pytest.mark.parametrize(("latex", "text"), TEXTS)
def test_text(latex, text):
    assert to_text(latex) == text
