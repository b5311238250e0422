"""The vocabulary of the notes, by value, by derivative and by picture."""

from __future__ import annotations

import doctest
from collections.abc import Iterator

import numpy as np
import pytest

from chalkgrad import foundation, grad, trace
from chalkgrad.errors import ArgumentError
from chalkgrad.foundation import (
    Chain,
    chain_deriv_2,
    chain_deriv_3,
    chain_length_2,
    chain_length_3,
    deriv,
    plot_chain,
    plot_chain_deriv,
)


def square(x):
    return np.power(x, 2)


def leaky_relu(x):
    return np.maximum(0.2 * x, x)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


X = np.array([-2.0, -0.5, 0.3, 1.0, 2.5])


def slope(functions: list, x: np.ndarray) -> np.ndarray:
    """The chain rule by hand, from the textbook's derivatives."""
    by_hand = {
        square: lambda x: 2 * x,
        leaky_relu: lambda x: np.where(x > 0, 1, 0.2),
        sigmoid: lambda x: sigmoid(x) * (1 - sigmoid(x)),
    }
    whole = np.ones_like(x)
    for f in functions:
        whole, x = whole * by_hand[f](x), f(x)
    return whole


@pytest.fixture
def pyplot() -> Iterator:
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot

    yield pyplot
    pyplot.close("all")


def test_the_examples_of_the_docstrings():
    found = doctest.testmod(foundation)
    assert found.failed == 0
    assert found.attempted >= 7


def test_deriv_is_the_central_difference():
    assert deriv(square, 3.0, delta=0.5) == (3.5**2 - 2.5**2) / 1.0
    np.testing.assert_allclose(deriv(sigmoid, X), slope([sigmoid], X), atol=1e-7)


def test_lengths_two_and_three():
    np.testing.assert_array_equal(chain_length_2([square, sigmoid], X), sigmoid(square(X)))
    np.testing.assert_array_equal(
        chain_length_3([leaky_relu, sigmoid, square], X), square(sigmoid(leaky_relu(X)))
    )


def test_the_chain_rule_with_numeric_slopes():
    for two in ([square, sigmoid], [sigmoid, square]):
        np.testing.assert_allclose(chain_deriv_2(two, X), slope(two, X), atol=1e-6)
    three = [leaky_relu, sigmoid, square]
    np.testing.assert_allclose(chain_deriv_3(three, X), slope(three, X), atol=1e-6)


@pytest.mark.parametrize("length", [1, 2, 3, 7])
def test_a_chain_of_any_length_and_its_exact_derivative(length: int):
    functions = [(leaky_relu, sigmoid, square)[i % 3] for i in range(length)]
    chain = Chain(functions)
    expected = X
    for f in functions:
        expected = f(expected)
    np.testing.assert_array_equal(chain(X), expected)
    np.testing.assert_allclose(chain.derivative(X), slope(functions, X), rtol=1e-12)


def test_chains_nest_and_can_be_cut():
    inner = Chain([square, sigmoid])
    nested = Chain([leaky_relu, inner])
    np.testing.assert_array_equal(nested(X), sigmoid(square(leaky_relu(X))))
    np.testing.assert_allclose(nested.derivative(X), slope([leaky_relu, square, sigmoid], X), rtol=1e-12)
    assert nested.__name__ == "sigmoid(square(leaky_relu(x)))"
    assert repr(nested) == "Chain([leaky_relu, Chain([square, sigmoid])])"
    assert (len(inner), list(inner), inner[0], inner[1:].functions) == (
        2,
        [square, sigmoid],
        square,
        (sigmoid,),
    )


def test_the_derivative_of_a_chain_has_a_derivative():
    chain = Chain([square, sigmoid])
    numeric = (chain.derivative(X + 1e-6) - chain.derivative(X - 1e-6)) / 2e-6
    from chalkgrad import derivative

    np.testing.assert_allclose(derivative(chain.derivative)(X), numeric, atol=1e-6)


def test_a_chain_is_traced_with_the_names_of_its_functions():
    scopes = {scope.name for node in trace(Chain([square, sigmoid]), 1.0).nodes for scope in node.scope}
    assert {"square", "sigmoid"} <= scopes


def test_the_vocabulary_itself_can_be_differentiated():
    loss = grad(lambda x: np.sum(chain_deriv_2([square, sigmoid], x)))(X)
    step = 1e-4
    numeric = (chain_deriv_2([square, sigmoid], X + step) - chain_deriv_2([square, sigmoid], X - step)) / (
        2 * step
    )
    np.testing.assert_allclose(loss, numeric, atol=1e-4)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Chain([]), "at least one function"),
        (lambda: Chain(3), "a list of functions, not int"),
        (lambda: Chain(square), r"not square alone; write \[square\]"),
        (lambda: Chain([square, 2]), "link 1 of the chain is 2, which cannot be called"),
        (lambda: chain_length_2([square], 1.0), "a chain of 2 functions and got 1"),
        (lambda: chain_length_3([square] * 4, 1.0), "a chain of 3 functions and got 4"),
        (lambda: chain_deriv_2([square] * 3, 1.0), "a chain of 2 functions and got 3"),
        (lambda: chain_deriv_3([square], 1.0), "a chain of 3 functions and got 1"),
        (lambda: plot_chain([square], 1.0), r"one-dimensional array, not one of shape \(\)"),
        (lambda: plot_chain_deriv([square], np.ones((2, 2))), r"not one of shape \(2, 2\)"),
    ],
)
def test_a_wrong_argument_is_named_with_the_cure(call, message: str):
    with pytest.raises(ArgumentError, match=message):
        call()


# ----- plots -----


def test_the_plot_of_a_chain(pyplot):
    x = np.linspace(-3, 3, 49)
    ax = plot_chain([square, sigmoid], x)
    assert ax.get_title("left") == "sigmoid(square(x))"
    assert ax.get_xlabel() == "x"
    (curve,) = (line for line in ax.lines if len(line.get_xdata()) == len(x))
    np.testing.assert_array_equal(curve.get_ydata(), sigmoid(square(x)))


def test_the_plot_of_a_slope_shows_exact_and_numeric(pyplot):
    x = np.linspace(-3, 3, 48)
    ax = plot_chain_deriv([leaky_relu, sigmoid, square], x)
    lines = {line.get_label(): line for line in ax.lines}
    np.testing.assert_allclose(lines["exact"].get_ydata(), slope([leaky_relu, sigmoid, square], x))
    rings = lines["central difference"]
    np.testing.assert_allclose(
        rings.get_ydata(), slope([leaky_relu, sigmoid, square], rings.get_xdata()), atol=1e-6
    )


def test_plots_go_on_given_axes_and_else_on_new_ones(pyplot):
    _, given = pyplot.subplots()
    assert plot_chain([square], X, ax=given) is given
    assert plot_chain([square], X).figure is not given.figure
    assert plot_chain(Chain([square]), list(X)).get_title("left") == "square(x)"


def test_a_chain_without_exact_derivative_says_so_in_its_plot(pyplot):
    def cumulative(x):
        return np.cumsum(x)

    ax = plot_chain_deriv([cumulative], X)
    assert ax.texts[0].get_text().startswith("no exact derivative: ")
    assert [line.get_label() for line in ax.lines if line.get_label()[0] != "_"] == ["central difference"]
