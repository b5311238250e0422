"""Derivatives of whole functions: kinds, nesting, orders."""

import numpy as np
import pytest

import chalkgrad as cg
from chalkgrad.errors import CheckError, GradError


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def loss(X, W):
    N = np.dot(X, W)
    S = sigmoid(N)
    return np.sum(S)


@pytest.fixture
def XW():
    rng = np.random.default_rng(0)
    return rng.normal(size=(3, 3)), rng.normal(size=(3, 2))


def test_matrix_gradient_is_the_textbooks(XW):
    X, W = XW
    for _ in range(3):  # derived, then from the plan
        dX, dW = cg.grad(loss, (0, 1))(X, W)
        slope = sigmoid(X @ W) * (1 - sigmoid(X @ W))
        np.testing.assert_allclose(dX, slope @ W.T, rtol=1e-12)
        np.testing.assert_allclose(dW, X.T @ slope, rtol=1e-12)


def test_inner_gradients_are_not_confused_with_outer_ones():
    for _ in range(3):
        assert cg.grad(lambda x: x * cg.grad(lambda y: x + y)(1.0))(2.0) == 1


def test_orders_of_the_derivative():
    d = np.sin
    expected = [np.sin, np.cos, lambda x: -np.sin(x), lambda x: -np.cos(x), np.sin]
    x = np.linspace(-2, 2, 7)
    for wanted in expected:
        np.testing.assert_allclose(d(x), wanted(x), atol=1e-12)
        d = cg.derivative(d)


def test_jvp_is_the_transpose_of_vjp(XW):
    X, W = XW
    f = lambda X, W: np.tanh(X @ W)  # noqa: E731
    rng = np.random.default_rng(1)
    tX, tW, c = rng.normal(size=(3, 3)), rng.normal(size=(3, 2)), rng.normal(size=(3, 2))
    _, tangent = cg.jvp(f, (X, W), (tX, tW))
    _, pull = cg.vjp(f, X, W)
    gX, gW = pull(c)
    np.testing.assert_allclose(np.sum(tangent * c), np.sum(gX * tX) + np.sum(gW * tW))


@pytest.mark.parametrize("kind", [float, np.float32, np.float64])
def test_gradients_have_their_arguments_kind(kind):
    g = cg.grad(lambda x: x * x)(kind(3.0))
    assert type(g) is kind and g == 6


def test_nested_arguments_give_nested_gradients(XW):
    X, W = XW
    g = cg.grad(lambda p: loss(X, p["W"]) + p["b"][0])({"W": W, "b": (1.0, 2.0)})
    assert g["b"] == (1.0, 0.0)
    assert g["W"].shape == W.shape


def test_float32_stays():
    x = np.ones(3, np.float32)
    assert cg.grad(lambda x: np.sum(x * 2.0 / 3))(x).dtype == np.float32


def test_hessian_and_jacobian(XW):
    X, _ = XW
    x = X[0]
    f = lambda x: np.sum(np.exp(x)) * x[0]  # noqa: E731
    H = cg.hessian(f)(x)
    np.testing.assert_allclose(H, H.T)
    J = cg.jacobian(lambda x: np.expand_dims(x, 1) * x[:2])(x)
    assert J.shape == (3, 2, 3)


def test_check_grad_passes_and_fails(XW):
    X, W = XW
    cg.check_grad(loss, X, W)
    with pytest.raises(CheckError, match=r"derivative of order 1 by x"):
        cg.check_grad(lambda x: np.where(x > 0, x, 1.0 + x), np.array([1.0, 1e-9]))


def test_derivative_refuses_what_mixes_elements():
    with pytest.raises(GradError, match="jacobian"):
        cg.derivative(lambda x: x / np.sum(x))(np.ones(3))
    with pytest.raises(GradError, match="jacobian"):
        cg.derivative(lambda x: x + x[::-1])(np.ones(3))


def test_derivative_takes_masks_and_buffers():
    def leaky(x):
        y = x.copy()
        y[x < 0] *= 0.1
        return y

    np.testing.assert_allclose(cg.derivative(leaky)(np.array([-1.0, 2.0])), [0.1, 1.0])


def test_a_derivative_that_is_nan_where_the_value_is_finite_is_no_silent_one():
    def sinc(x):
        with np.errstate(all="ignore"):
            return np.where(x != 0, np.sin(x) / x, 1.0)

    with (
        np.errstate(all="ignore"),
        pytest.warns(RuntimeWarning, match=r"test_grad.py.*nan at 1 of 2 entries.*Cure"),
    ):
        cg.grad(lambda x: np.sum(sinc(x)))(np.array([0.0, 1.0]))
    with np.errstate(all="ignore"), pytest.warns(RuntimeWarning, match="both branches"):
        cg.derivative(sinc)(np.array([0.0, 1.0]))


def test_an_ordered_dict_stays_one():
    from collections import OrderedDict

    g = cg.grad(lambda p: p["a"] * p["b"])(OrderedDict(a=2.0, b=3.0))
    assert type(g) is OrderedDict and g == {"a": 3.0, "b": 2.0}


def test_methods_that_numpys_arrays_lack_are_lacking():
    assert cg.grad(lambda x: np.sum(x) * (2.0 if hasattr(x, "ptp") == hasattr(np.ndarray, "ptp") else 0.0))(
        np.ones(2)
    ).tolist() == [2.0, 2.0]


def with_weight(w):
    return lambda x: np.sum(np.tanh(x) * w + x / (w + 5))


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.int64, float, np.array])
def test_what_a_function_captures_may_be_another_the_next_time(kind):
    x = np.array([0.3, -0.2])
    for w in (1, 3, 0, -2):
        slope = cg.grad(with_weight(kind(w)))
        curvature = cg.grad(lambda x, slope=slope: np.sum(slope(x)))
        by_hand = w * (1 - np.tanh(x) ** 2)
        for _ in range(3):
            np.testing.assert_allclose(slope(x), by_hand + 1 / (w + 5), rtol=1e-6)
            np.testing.assert_allclose(curvature(x), -2 * np.tanh(x) * by_hand, rtol=1e-6, atol=1e-12)
