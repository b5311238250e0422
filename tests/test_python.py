"""Python between NumPy's calls: control flow, containers, text. Value and gradient as without a trace."""
# ruff: noqa: UP031, UP032 (old ways of formatting are what is tried)

from __future__ import annotations

import contextlib
import copy
import functools
import io
import itertools
import math
import operator
import warnings
from collections import defaultdict, deque
from dataclasses import dataclass

import numpy as np
import pytest

import chalkgrad as cg

X = np.array([0.52, 1.47, -2.6])

CASES = []


def case(f):
    CASES.append(f)
    return f


@case
def lengths_and_loops(x):
    total = 0.0
    for i in range(x.shape[0]):
        total += x[i] * i
    for i, (a, b) in enumerate(zip(x, reversed(x), strict=True)):
        total += a * b * (i + len(x))
    while abs(total) > 100:
        total /= 2
    return total


@case
def builtins_of_numbers(x):
    a, b, c = x
    values = sorted([a * 2, b, c], reverse=True)
    return max(a, b) * min(x) + sum(x) + abs(c) + pow(b, 2) + divmod(b, 1.0)[1] + values[0] - max(x, key=abs)


@case
def ternaries_and_comprehensions(x):
    positive = [v**2 if v > 0 else -v for v in x]
    by_sign = {bool(v > 0): v for v in x}
    chosen = {i: v for i, v in enumerate(x) if v < 1}
    return sum(positive) + by_sign[True] * 2 + sum(chosen.values()) + any(v > 1 for v in x) * x[0]


@case
def text(x):
    with contextlib.redirect_stdout(io.StringIO()) as said:
        print(
            "loss", x[0], x, "%.2f and %d" % (x[1], x[1]), f"{x[2]:.3e} {x[0]!r} {x}", "{:6.2f}".format(x[1])
        )
    assert "1.47 and 1" in said.getvalue() and "-2.60" in said.getvalue() and str(x[0]) in said.getvalue()
    return x[0] * 2


@case
def checks(x):
    assert isinstance(x, np.ndarray) and isinstance(x[0], (float, np.floating)) and not isinstance(x, list)
    assert x.shape == (3,) and x.ndim == 1 and x.dtype == float and x.size == 3 and len(x) == 3
    assert np.isscalar(x[0]) and np.ndim(x) == 1 and x.nbytes == 24 and hasattr(x, "sum") and callable(x.sum)
    assert x[0] == x[0] and x[0] in x and x[0] in (x[0], 1.5) and (x[0], 1) != (0.5, 1)
    if x is None or not x.any() or np.all(x > 0) or bool(x[0] > x[1]):
        raise AssertionError
    return np.sum(x**2)


@case
def attempts(x):
    try:
        result = x["weights"]
    except (IndexError, TypeError, KeyError):
        result = x * 2
    finally:
        result = result + 1
    try:
        result[7]
    except IndexError:
        result = result * x
    return result.sum()


@case
def arguments_of_every_kind(x):
    def f(a, /, b=2.0, *rest, scale=1.0, **more):
        return a * b * scale + sum(rest) + sum(more.values())

    g = functools.partial(f, x[0], scale=3.0)
    return g() + f(*x) + f(x[1], **{"scale": x[2], "extra": x[0]}) + (lambda v, w=x[1]: v * w)(x[2])


@case
def generators_inside(x):
    def running(values):
        total = 0.0
        for v in values:
            total += v
            yield total

    pairs = itertools.pairwise(running(x))
    return sum(a * b for a, b in pairs) + functools.reduce(operator.mul, x) + sum(map(math.sin, x))


@case
def containers(x):
    table, queue = defaultdict(list), deque(maxlen=2)
    for i, v in enumerate(x):
        table[i % 2].append(v)
        queue.append(v * 2)
    nested = {"a": [x, (x[0], {"b": x[1:]})]}
    deep = copy.deepcopy(nested)
    deep["a"][0][0] = 100.0
    return np.sum(np.array(table[0])) * queue[0] + nested["a"][1][1]["b"].sum() + deep["a"][0].sum()


@case
def recursion(x):
    def down(n, v):
        return v if n == 0 else down(n - 1, v * 1.001 + 0.01)

    return down(300, x[0]) + np.sum(x)


@case
def numbers(x):
    a = float(x[0])
    k = int(x[1] * 3)
    n = round(x[1])
    return (
        a * k
        + x[k - 3] * n
        + x.item(2) ** 2
        + x.tolist()[1]
        + np.float64(x[0])
        + round(2.345, 1)
        + math.trunc(x[2])
    )


@dataclass
class Point:
    x: float
    y: float

    def __abs__(self):
        return math.hypot(self.x, self.y)

    def __matmul__(self, other):
        return self.x * other.x + self.y * other.y


@case
def dataclasses_and_dunders(x):
    p, q = Point(x[0], x[1]), Point(y=x[2], x=1.0)
    return abs(p) + p @ q


class Linear:
    count = 0
    registry: dict = {}

    def __init__(self, w):
        self.w = w
        type(self).count += 1

    def __call__(self, x):
        self.x = x
        return self.w * x

    @property
    def doubled(self):
        return self.w * 2

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False


@case
def objects(x):
    layers = [Linear(2.0), Linear(np.array([1.0, 2.0, 3.0]))]
    h = x
    for layer in layers:
        h = layer(h)
    with Linear(x[0]) as last:
        Linear.registry["last"] = last
    return np.sum(h * layers[1].x) + Linear.registry["last"].doubled


@case
def matching(x):
    match (x.ndim, len(x)):
        case (1, 3):
            y = x * 3
        case _:
            y = x
    first, *_, last = y
    if (top := np.max(y)) > 1:
        first = first * top
    return first + last


@case
def chained_comparisons_and_masks(x):
    keep = (x > -1) & (x < 1) | (x > 1.2)
    y = np.where(keep, x, 0) + ~keep * 0.5
    y = y[keep] if 0 < np.sum(keep) < 3 else y
    return np.sum(y**2) + np.count_nonzero(keep) * x[0]


@pytest.mark.parametrize("f", CASES, ids=lambda f: f.__name__)
def test_as_without_a_trace(f):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        value, grad = cg.value_and_grad(f)(X.copy())
    np.testing.assert_allclose(value, f(X.copy()), rtol=1e-13)
    for i in range(3):
        h = np.zeros(3)
        h[i] = 1e-6
        np.testing.assert_allclose(grad[i], (f(X + h) - f(X - h)) / 2e-6, rtol=1e-5, atol=1e-6)


def test_flags_are_themselves():
    def f(x, training, n, mode=None):
        if training is True and mode is None:
            return np.sum(x) * n
        return np.sum(x**2)

    assert cg.grad(f)(X, True, 3).tolist() == [3.0, 3.0, 3.0]
    assert cg.grad(f)(X, False, 3).tolist() == (2 * X).tolist()


def test_a_path_is_noted():
    def f(x):
        return x * 2 if x > 0 else x

    graph = cg.trace(f, 1.0)
    assert len(graph.guards) == 1 and graph.guards[0].line is not None
    assert not cg.trace(lambda x: x * 2, 1.0).guards


def test_nested_gradients_with_buffers():
    def inner(w, x):
        out = np.zeros(2)
        out[0] = w * x[0]
        out[1] = math.exp(w) * float(x[1])
        return np.sum(out**2)

    def outer(x):
        w = 0.5
        for _ in range(2):
            w = w - 0.1 * cg.grad(inner)(w, x)
        kept = np.empty(1)
        kept[0] = w
        return kept[0] * x[0]

    x = np.array([0.3, 0.7])
    value, grad = cg.value_and_grad(outer)(x)
    assert value == pytest.approx(outer(x))
    for i in range(2):
        h = np.eye(2)[i] * 1e-6
        assert grad[i] == pytest.approx((outer(x + h) - outer(x - h)) / 2e-6, rel=1e-6)


def test_a_buffer_of_the_outer_function_takes_inner_values():
    def outer(x):
        out = np.zeros(2)

        def inner(y):
            out[0] = y * x
            return y**3 * x

        slope = cg.grad(inner)(2.0)
        out[1] = slope
        return np.sum(out)

    assert cg.value_and_grad(outer)(3.0) == (42.0, 14.0)


def test_state_written_in_a_trace_is_plain_after_it():
    layer = Linear(np.array([1.0, 2.0, 3.0]))
    cg.grad(lambda x: np.sum(layer(x)))(X.copy())
    layer.x[0] = 7.0
    layer.x += 1
    assert np.asarray(layer.x).tolist() == [8.0, X[1] + 1, X[2] + 1] and type(layer.x * 1) is np.ndarray
    np.testing.assert_array_equal(np.dot(layer.x, layer.x), 64 + (X[1] + 1) ** 2 + (X[2] + 1) ** 2)


def test_a_captured_number_of_an_outer_trace_varies():
    def outer(x):
        return cg.grad(lambda y: y**3 * x)(2.0)

    for x in (3.0, 3.0, 4.0):
        assert cg.value_and_grad(outer)(x) == (12 * x, 12.0)
    assert cg.grad(cg.grad(lambda x: cg.grad(lambda y: y**2 * x**3)(1.0)))(2.0) == 24.0
