"""The reference engine: a graph run on other values."""

import numpy as np
import pytest

import chalkgrad as cg
from chalkgrad.errors import ArgumentError
from chalkgrad.run.numpy import run, values


def loss(p, x, scale=1.0):
    N = np.dot(x, p["W"])
    S = 1 / (1 + np.exp(-N))
    return np.sum(S) * scale, (S, [N])


@pytest.fixture
def given():
    rng = np.random.default_rng(0)
    return {"W": rng.normal(size=(3, 2))}, rng.normal(size=(4, 3))


def test_results_are_nested_as_the_functions_own(given):
    p, x = given
    graph = cg.trace(loss, p, x, scale=2.0)
    other = {"W": p["W"] + 1}
    total, (S, (N,)) = run(graph, other, x, scale=3.0)
    expected, (S2, (N2,)) = loss(other, x, 3.0)
    assert total == expected
    np.testing.assert_array_equal(S, S2)
    np.testing.assert_array_equal(N, N2)


def test_every_node_has_its_value(given):
    p, x = given
    graph = cg.trace(loss, p, x)
    made = values(graph, p, x)
    assert len(made) == len(graph.nodes)
    for node, value in zip(graph.nodes, made, strict=True):
        assert np.shape(value) == node.shape
        assert np.asarray(value).dtype == node.dtype


def test_pythons_numbers_stay_weak():
    graph = cg.trace(lambda a, x: (abs(a) * 2 + 1) * x, 2.0, np.ones(3, np.float32))
    result = run(graph, -3.0, np.ones(3, np.float32))
    assert result.dtype == np.float32
    np.testing.assert_array_equal(result, 7)


def test_long_graphs_keep_pythons_numbers_weak():
    def f(a, x):
        for _ in range(3000):
            a = a * 1.0
        return a * x

    result = run(cg.trace(f, 2.0, np.ones(2, np.float32)), 3.0, np.ones(2, np.float32))
    assert result.dtype == np.float32


def test_an_array_given_twice_is_one_input():
    x = np.ones(2)
    graph = cg.trace(lambda a, b: a + 2 * b, x, x)
    y = np.array([5.0, 6.0])
    np.testing.assert_array_equal(run(graph, y, y), 3 * y)
    with pytest.raises(ArgumentError, match="1 inputs, and 2 were given"):
        run(graph, y, y.copy())


def test_arguments_that_do_not_fit_are_named(given):
    p, x = given
    graph = cg.trace(loss, p, x)
    with pytest.raises(ArgumentError, match=r"x has shape \(2, 3\), and was traced with \(4, 3\)"):
        run(graph, p, x[:2])
    with pytest.raises(ArgumentError, match="nested"):
        run(graph, [p["W"]], x)
