"""Random formulas are read back to the same numbers; random tokens are read or refused; nothing hangs."""

from __future__ import annotations

import math
import sys

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from chalkgrad.errors import LatexError
from chalkgrad.latex import evaluate, read, to_text

VALUES = {"x": 0.7, "y": -1.3, "z": 2.1, "alpha": 0.4}
FUNCTIONS = {"f": lambda t: t * t + 1, "leaky_relu": lambda t: np.maximum(0.2 * t, t)}

# ----- a tiny language with its own printer: (LaTeX, value, how tightly it holds) -----

SUM, PRODUCT, POWER, ATOM = range(4)


def bracketed(term, binding):
    latex, _, own = term
    return latex if own >= binding else rf"\left({latex}\right)" if len(latex) % 2 else f"({latex})"


def ratio(a, b):
    with np.errstate(all="ignore"):
        return float(np.true_divide(a, b))


def exp(a):
    with np.errstate(all="ignore"):
        return float(np.exp(a))


def sin(a):
    with np.errstate(all="ignore"):
        return float(np.sin(a))


def add(a, b):
    return f"{bracketed(a, SUM)} + {bracketed(b, PRODUCT)}", a[1] + b[1], SUM


def subtract(a, b):
    return f"{bracketed(a, SUM)} - {bracketed(b, PRODUCT)}", a[1] - b[1], SUM


def negate(a, _):
    return f"-{bracketed(a, PRODUCT)}", -a[1], SUM


def times(a, b):
    return rf"{bracketed(a, POWER)} \cdot {bracketed(b, POWER)}", a[1] * b[1], PRODUCT


def beside(a, b):
    return rf"{bracketed(a, ATOM)} \left({b[0]}\right)", a[1] * b[1], PRODUCT


def divide(a, b):
    return rf"\frac{{{a[0]}}}{{{b[0]}}}", ratio(a[1], b[1]), ATOM


def slash(a, b):
    return f"{bracketed(a, ATOM)}/{bracketed(b, ATOM)}", ratio(a[1], b[1]), PRODUCT


def square(a, _):
    return f"{bracketed(a, ATOM) if '^' not in a[0] else '(' + a[0] + ')'}^2", a[1] * a[1], POWER


def exponential(a, _):
    return f"e^{{{a[0]}}}", exp(a[1]), POWER


def tanh(a, _):
    return rf"\tanh({a[0]})", math.tanh(a[1]), ATOM


def tanh_squared(a, _):
    return rf"\tanh^2\left({a[0]}\right)", math.tanh(a[1]) ** 2, POWER


def bare_sine(a, _):
    inside = a[0] if a[2] == ATOM and len(a[0]) < 7 else f"({a[0]})"
    return rf"\sin {inside}", sin(a[1]), PRODUCT


def maximum(a, b):
    return rf"\max({a[0]}, {b[0]})", np.maximum(a[1], b[1]), ATOM


def called(a, _):
    return f"f({a[0]})", FUNCTIONS["f"](a[1]), ATOM


def named(a, _):
    return rf"\operatorname{{leaky\_relu}}({a[0]})", FUNCTIONS["leaky_relu"](a[1]), ATOM


def absolute(a, _):
    return (rf"|{a[0]}|" if len(a[0]) % 2 else rf"\left|{a[0]}\right|"), abs(a[1]), ATOM


def cases(a, b):
    value = a[1] if a[1] > b[1] else b[1]
    rows = rf"{a[0]} & \text{{if }} {a[0]} > {b[0]} \\ {b[0]} & \text{{otherwise}}"
    return rf"\begin{{cases}} {rows} \end{{cases}}", value, ATOM


def indicator(a, b):
    return f"[{a[0]} > {b[0]}]", float(a[1] > b[1]), ATOM


RULES = [add, subtract, negate, times, beside, divide, slash, square, exponential, tanh, tanh_squared,
         bare_sine, maximum, called, named, absolute, cases, indicator]  # fmt: skip
LEAVES = [("x", 0.7, ATOM), ("y", -1.3, ATOM), ("z", 2.1, ATOM), (r"\alpha", 0.4, ATOM), ("2", 2.0, ATOM),
          ("0.5", 0.5, ATOM), (r"\pi", np.pi, ATOM)]  # fmt: skip
TERMS = st.recursive(
    st.sampled_from(LEAVES),
    lambda inside: st.tuples(st.sampled_from(RULES), inside, inside).map(lambda t: t[0](t[1], t[2])),
    max_leaves=9,
)


@settings(max_examples=600, deadline=None)
@given(TERMS)
def test_what_is_printed_is_read_back(term):
    latex, value, _ = term
    with np.errstate(all="ignore"):
        result = evaluate(latex, VALUES, FUNCTIONS)
    np.testing.assert_allclose(result, value, rtol=1e-9, atol=1e-9)
    assert to_text(latex)


# ----- soup -----

INGREDIENTS = r"""
x y z n i T d e f 0 1 2 10 0.5 + - * / = < > , ; . : ! ' | || ( ) [ ] { } ^ _ & \\ % $ \left(
\right) \left| \right| \left. \right. \left\{ \| \{ \} \frac \sqrt \sum \prod \max \min \lim \to
\sin \log \exp \sigma \alpha \partial \hat \bar \mathbf \mathrm{d} \text{if} \text{otherwise}
\text{axis} \operatorname{mean} \top \prime \cdot \times \odot \circ \begin{cases} \end{cases}
\begin{aligned} \end{aligned} \begin{bmatrix} \end{bmatrix} \le \ne \land \neg \infty \pi \quad \,
\mathbb{1} \lVert \rVert \lfloor \rfloor \langle \rangle \binom max exp log <br> ² ∑ σ \, \foo ~
\htmlData{a=1}
""".split() + ["\n", " "]  # fmt: skip
SOUP = st.lists(st.sampled_from(INGREDIENTS), max_size=30).map(" ".join)
GLUED = st.lists(st.sampled_from(INGREDIENTS), max_size=30).map("".join)
ENV = {"x": 0.7, "y": np.array([1.0, 2.0]), "z": np.eye(2), "n": 2.0, "alpha": 0.3}


def survives(latex):
    try:
        formula = read(latex)
    except LatexError as error:
        assert str(error)
        return
    to_text(formula)
    for part in formula.parts:
        assert 0 <= part.span[0] <= part.span[1] <= len(latex)
        try:
            evaluate(part, ENV, {"f": np.square})
        except LatexError as error:
            assert str(error)


@settings(max_examples=1000, deadline=None)
@given(SOUP | GLUED | st.text(max_size=40))
def test_soup(latex):
    survives(latex)


@settings(max_examples=300, deadline=None)
@given(TERMS, st.data())
def test_a_damaged_formula(term, data):
    latex = term[0]
    start = data.draw(st.integers(0, len(latex)))
    stop = data.draw(st.integers(start, min(len(latex), start + 4)))
    survives(latex[:start] + data.draw(st.sampled_from([*INGREDIENTS, ""])) + latex[stop:])


PIECES = [
    "x + ", "x ", r"\frac{1}{x} + ", "(x) + ", "x_1 + ", "a", "|x| + ", r"x \\ ", "{", r"\sin ", "x,", "1/2 ",
]  # fmt: skip


def calls_of(f, *args):
    """How many functions of Python run: the same count on every machine, however busy it is."""
    count = 0

    def tick(frame, event, arg):
        nonlocal count
        count += event == "call"

    sys.setprofile(tick)
    try:
        f(*args)
    finally:
        sys.setprofile(None)
    return count


def test_the_work_is_linear():
    for piece in PIECES:
        short, long = (calls_of(survives, piece * size + "x") for size in (250, 2000))
        assert long < 12 * short + 1000, piece
