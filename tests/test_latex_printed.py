"""Every formula that chalkgrad prints is read back, and gives the numbers of its function."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

import chalkgrad.ops
from chalkgrad.errors import LatexError
from chalkgrad.grad import derivative, grad
from chalkgrad.latex import NOTATION, POINTWISE, PRINTED, evaluate_lines
from chalkgrad.op import NAMED, Case, Op
from chalkgrad.render.formula import formula
from samples import arguments, cases

chalkgrad.ops.load_special()
LETTERS = "xyzuvw"
FUNCTIONS = NOTATION | {name: op.fun for name, op in NAMED.items()}
INSIDE = {"setitems", "winners"}  # steps of an assignment; their formulas name no settings
ROWS = [
    pytest.param(op, case, id=f"{op.name}-{i}")
    for op in sorted(NAMED.values(), key=lambda op: op.name)
    if op.try_on  # a loop is tried in test_scan.py: it takes a body
    if op.name not in INSIDE
    for i, case in enumerate(cases(op))
]


def called(op: Op, params: Any, count: int) -> Any:
    """The operation as a function whose arguments are named x, y, z …"""
    names = ", ".join(LETTERS[:count])
    return eval(f"lambda {names}: op({names}, **params)", {"op": op, "params": params})


def same(latex: str, names: dict, want: Any, functions: Any) -> None:
    """The formula means its function: entry by entry, or for whole arrays."""
    errors = []
    for conventions in (PRINTED, POINTWISE):
        try:
            got = evaluate_lines(latex, names, functions, conventions=conventions, derivative=nth_derivative)
            spread = np.broadcast_to(np.asarray(got, float), np.shape(want))  # broadcasting is not printed
            np.testing.assert_allclose(spread, np.asarray(want, float), rtol=1e-6, atol=1e-9)
            return
        except (LatexError, AssertionError, ValueError) as error:
            errors.append(error)
    raise AssertionError(f"{latex}: {errors}")


def nth_derivative(f: Any, order: int) -> Any:
    return derivative(f) if order == 1 else derivative(nth_derivative(f, order - 1))


@pytest.mark.parametrize(("op", "case"), ROWS)
def test_every_operation_is_read_back(op: Op, case: Case) -> None:
    args = arguments(op, case)
    want = op.fun(*args, **case.params)
    latex = formula(called(op, case.params, len(args)), *args).latex
    if np.asarray(want).dtype == bool:
        latex = f"[{latex}]"  # a statement, as a number
    same(latex, dict(zip(LETTERS, args, strict=False)), want, FUNCTIONS)


# ----- whole functions, and their gradients -----


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def layer_loss(X, W, B):
    N = np.dot(X, W)
    M = N + B
    S = sigmoid(M)
    return np.sum(S)


def mse(p, y):
    return np.mean((p - y) ** 2)


def cross_entropy(p, y):
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


def two_layers(X, V, W, Y):
    H = np.tanh(X @ V)
    return ((H @ W - Y) ** 2).sum()


def attention(Q, K, V):
    return softmax(Q @ K.T / np.sqrt(K.shape[1])) @ V


def batch_norm(x, g, b):
    m, v = x.mean(axis=0), x.var(axis=0)
    return g * (x - m) / np.sqrt(v + 1e-5) + b


def entries(x):
    return x[0] * x[1] + x[2] ** 2


def ridge(X, w, y):
    return np.linalg.norm(X @ w - y) ** 2 + 0.1 * w @ w


def recurrent(x, h, W, U):
    for t in range(3):
        h = np.tanh(W @ h + U @ x[t])
    return h


def quadratic(A, x):
    return x.T @ A @ x


def total(X, W):
    return np.sum(X @ W)


def entries_mean(X):
    return np.mean(X)


def huber(x):
    return np.where(np.abs(x) < 1, 0.5 * x**2, np.abs(x) - 0.5)


def gelu(x):
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def swish(x):
    return x * sigmoid(x)


WHOLE = [
    (layer_loss, [(2, 3), (3, 2), (1, 2)]),
    (mse, [(4,), (4,)]),
    (cross_entropy, [(4,), (4,)]),
    (softmax, [(2, 3)]),
    (two_layers, [(2, 3), (3, 4), (4, 2), (2, 2)]),
    (attention, [(2, 3), (4, 3), (4, 2)]),
    (batch_norm, [(4, 3), (3,), (3,)]),
    (entries, [(4,)]),
    (ridge, [(4, 3), (3,), (4,)]),
    (recurrent, [(3, 2), (4,), (4, 4), (4, 2)]),
    (quadratic, [(3, 3), (3,)]),
    (huber, [(5,)]),
    (gelu, [(5,)]),
    (swish, [(5,)]),
    (total, [(4, 3), (3, 2)]),
    (entries_mean, [(2, 3)]),
]


def variants(f: Any, args: tuple) -> list[Any]:
    """The function, and its gradients or its derivative."""
    if np.ndim(f(*args)) == 0:
        return [f, *(grad(f, i) for i in range(len(args)))]
    return [f, derivative(f)] if f in (huber, gelu, swish) else [f]


@pytest.mark.parametrize(("f", "shapes"), WHOLE, ids=lambda x: getattr(x, "__name__", ""))
def test_a_function_and_its_gradients_are_read_back(f: Any, shapes: list) -> None:
    rng = np.random.default_rng(7)
    args = tuple(rng.uniform(0.1, 0.9, shape) for shape in shapes)
    names = dict(zip(inspect.signature(f).parameters, args, strict=True))
    for g in variants(f, args):
        same(formula(g, *args).latex, names, g(*args), FUNCTIONS | {"sigmoid": sigmoid, "softmax": softmax})
