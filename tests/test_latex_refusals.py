"""What cannot be read, or is read in two ways, raises `LatexError` and says where; it is never guessed."""

from __future__ import annotations

import numpy as np
import pytest

from chalkgrad.errors import LatexError
from chalkgrad.latex import HANDWRITTEN, evaluate, read

NAMES = {
    "x": 0.5, "y": 2.0, "z": 3.0, "a": 1.0, "b": 2.0, "c": 3.0, "p": 0.2, "q": 0.3, "n": 3.0, "e": 2.0,
    "v": np.ones(3), "w": np.ones(3), "X": np.ones((2, 3)), "B": np.eye(2), "C": np.eye(2), "s": 1.0,
    "i": 2.0, "g": 2.0,
}  # fmt: skip
FUNCTIONS = {"f": np.square, "g": np.sin, "h": np.sin}

TWO_READINGS = [
    (r"1/2x", "/"),
    (r"a/bc", "/"),
    (r"1/2(x+1)", "/"),
    (r"1/ 2 x", "/"),
    (r"1/(1+x) y", "/"),
    (r"1/\sqrt{2} x", "/"),
    (r"\sin x (1+x)", "sin"),
    (r"\sin 2 \cdot x", "sin"),
    (r"\log p / q", "log"),
    (r"\cos 2\pi x / n", "cos"),
    (r"\log \frac{p}{q} x", "log"),
    (r"\log{1-p}", "{"),
    (r"\log x f(x)", "log"),
    (r"{a+b}c", "{"),
    (r"{a+b}^2", "{"),
    (r"c - {a+b}", "-"),
    (r"f^2(x)", "f"),
    (r"f^{-1}(x)", "f"),
    (r"g(x)", "g"),
    (r"xexp(-x)", "xexp"),
    (r"x^10", "^10"),
    (r"e^-x", "^-"),
    (r"\sqrt12", "12"),
    (r"\frac123", "sets '23' after it"),
    (r"2e-3", "2e-3"),
    (r"2 3", "side by side"),
    (r"x^2^3", "superscript"),
    (r"x_1_2", "subscript"),
    (r"X^\top_{ij}", "brackets"),
    (r"a \pm b", "pm"),
    (r"\frac{d}{dx} x y", "how far"),
    (r"\max_k (v_k) x", "max"),
    (r"\sum v_k w_j", "which index"),
    (r"\sum_k \sum e^{v_k}", "not clear"),
    (r"vw", "two vectors"),
    (r"X v^\top", "row"),
    (r"v_{i} \neg x", "neg"),
    (r"\begin{cases} x \\ y \end{cases}", "condition"),
    (r"0 < x = y := 3", "equation"),
    (r"\neg x \land y \lor z", "brackets"),
    (r"\prod_k v_k \cdot x", "reaches"),
    (r"\max_k v_k / x", "reaches"),
    (r"\mathbf{x} + x", "two fonts"),
    (r"\frac{\partial h}{\partial x}(x, y)", "which of its arguments"),
    (r"n!!", "double factorial"),
    (r"x + 10,000", "part digits"),
    (r"0,5", "part digits"),
    (r"[v + 1]_0", "bounds"),
    (r"x & y", "&"),
    (r"\log^{-1}(x)", "inverse"),
    (r"\text{F}(x)", "F"),
]  # fmt: skip

UNKNOWN = [
    (r"k + 1", "'k' at column 1"),
    (r"1 + \alpha", "'alpha' at column 5"),
    (r"\operatorname{foo}(x)", "foo"),
    (r"F(x)", "F"),
    (r"\Sigma(x)", "Sigma"),
    (r"\hat{y}", "y_hat"),
    (r"u_1 + x", "u"),
    (r"foo", "foo"),
    (r"\nabla f(x)", "nabla"),
    (r"f'(x)", "derivative"),
    (r"\frac{dL}{dW}", "dLdW"),
    (r"\frac{d}{dx} f(x)", "derivative"),
    (r"\sin", "argument"),
    (r"\sin + 1", "argument"),
    (r"f x", "brackets"),
    (r"\sigma", "sigma"),
    (r"h_1(x)", "h_1"),
    (r"\frac{d}{dx}", "nothing"),
    (r"\frac{1}{n} \sum_k u_k", "u"),
    (r"\frac{1}{N} \sum_k v_k \sum_j w_j", "N"),
    (r"\sum_{k=2}^{N} v_k", "how far"),
    (r"\sum_{k=1}^{N-1} v_k", "how far"),
    (r"\sum_k v_{k+1}", "how far"),
    (r"\sum_k k v_k", "bounds"),
    (r"\sum_k a", "how far"),
    (r"\sum_k v_k X_{0,k} B_{0,k}", "different lengths"),
    (r"\sum_{k=1}^{4} v_k", "out of bounds"),
    (r"\sum_{k=1}^{3} v_{k-1}", "before the first"),
    (r"\sum_{k=0}^{1.5} a", "whole"),
    (r"\sum_{k=1}^{10^9} a", "terms"),
    (r"\sum_{k \in S} v_k", "in"),
    (r"v_{9}", "out of bounds"),
    (r"v_{0,1}", "subscripts"),
    (r"x_{0}", "subscripts"),
    (r"X w_{0.5}", "whole"),
    (r"X X", "matrix product"),
    (r"X + v_{:2}", "shapes"),
    (r"v \cdot v_{:2}", "matrix product"),
    (r"\lim_{t \to 0} \frac{|t|}{t}", "differ"),
    (r"\lim_{t \to 0} \frac{1}{t}", "settle"),
    (r"\lim_{t \to \infty} \frac{1}{t}", "infinity"),
    (r"\mathbb{E}[X]", "axis"),
    (r"\langle v, v_{:2} \rangle", "differ"),
    (r"\operatorname{mean}_{\text{axis}=7}(X)", "axis"),
    (r"\operatorname{mean}_{\text{axes}=0}(X)", "axes"),
]  # fmt: skip

MALFORMED = [
    (r"", "no formula"),
    (r" ; ", "no formula"),
    (r"x +", "ends"),
    (r"(x", "')' is expected"),
    (r"x)", "')'"),
    (r"(x]", "')' is expected"),
    (r"[0, x)", "']' is expected"),
    (r"\frac{1}", "ends"),
    (r"\frac{1}{2", "'}' is expected"),
    (r"|x", "'|' is expected"),
    (r"\left( x", "')' is expected"),
    (r"\text{abc", "never closed"),
    (r"\foo x", r"'\foo' at column 1"),
    (r"x \in X", r"\in"),
    (r"\int x dx", "integrals"),
    (r"x_1 + \dots + x_n", "dots"),
    (r"x & y \begin{tikzpicture}", "environment"),
    (r"p(y \mid x)", "conditional"),
    (r"p(y | x)", "expected"),
    (r"x ? y", "'?'"),
    (r"\lim x", "expected"),
    (r"\langle v \rangle", "two sides"),
    (r"\begin{bmatrix} 1 & 2 \\ 3 \end{bmatrix}", "lengths"),
    (r"\begin{cases} x & x > 0 \end{matrix}", "expected"),
    (r"\frac{d^2 f}{dx}", "order"),
    (r"x < 1, y", "list"),
    (r"$x$ and $y$", "one $"),
    (r"x**2", "'*'"),
    (r"x^", "ends"),
    (r"_2 F_1", "'_'"),
    (r"x,,y", "','"),
    (r"\hat{x + y}", "accent"),
]  # fmt: skip


@pytest.mark.parametrize(("latex", "names_it"), TWO_READINGS + UNKNOWN)
def test_it_refuses(latex, names_it):
    with pytest.raises(LatexError) as caught:
        evaluate(latex, NAMES, FUNCTIONS)
    assert names_it in str(caught.value)


@pytest.mark.parametrize(("latex", "message"), MALFORMED)
def test_it_cannot_be_read(latex, message):
    with pytest.raises(LatexError) as caught:
        read(latex)
    assert message in str(caught.value)


def test_the_error_knows_its_place():
    with pytest.raises(LatexError) as caught:
        evaluate(r"1 + \frac{q}{k}", {"q": 1.0})
    start, end = caught.value.span
    assert r"1 + \frac{q}{k}"[start:end] == "k"
    assert "column 14" in str(caught.value)


HABITS = [
    (r"BC", "both have the shape"),
    (r"B^2", "square matrix"),
    (r"|B|", "determinant"),
    (r"v_1", "counts from 0 or from 1"),
    (r"\|B\|_2", "Frobenius"),
    (r"v \times w", "times"),
    (r"v \otimes w", "otimes"),
]


@pytest.mark.parametrize(("latex", "message"), HABITS)
def test_habits_decide_nothing_in_handwriting(latex, message):
    evaluate(latex, NAMES, FUNCTIONS)  # printed formulas follow one habit
    with pytest.raises(LatexError, match=message):
        evaluate(latex, NAMES, FUNCTIONS, conventions=HANDWRITTEN)


@pytest.mark.parametrize(
    "latex", [r"v^\top w", r"v \odot w", r"2v", r"Xv", r"v^2", r"|v|", r"\sum_k v_k w_k"]
)
def test_handwriting_that_is_clear(latex):
    expected = evaluate(latex, NAMES, FUNCTIONS)
    np.testing.assert_array_equal(evaluate(latex, NAMES, FUNCTIONS, conventions=HANDWRITTEN), expected)


NESTS = [
    ("(", ")"), ("{", "}"), ("|", "|"), (r"\sqrt{", "}"), ("x^{", "}"), ("x_{", "}"), (r"\hat{", "}"),
    (r"\frac{1}{", "}"), (r"\sin ", ""), (r"\sum_i ", ""),
]  # fmt: skip


def test_nothing_nests_without_end():
    for opening, closing in NESTS:
        with pytest.raises(LatexError):
            evaluate(opening * 3000 + "x" + closing * 3000, NAMES, FUNCTIONS)
