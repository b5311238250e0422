"""Many writes on one buffer as one operation."""

import numpy as np
import pytest

import chalkgrad as cg
from chalkgrad.gather import gather_writes
from chalkgrad.rewrite import prune
from chalkgrad.run.numpy import run


def names(graph):
    return [n.op.name for n in prune(gather_writes(graph)).nodes if n.op is not None]


def filled(x):
    out = np.zeros(4)
    for i in range(4):
        out[i] = x[i] * 2.0
    return np.sum(out)


def written_twice(x):
    out = np.zeros(4)
    for i in (0, 1, 0, -4, 2):
        out[i] = x[i] * (i + 2.0)
    return np.sum(out**2)


def looked_at(x):
    out = np.zeros(4)
    out[0] = x[0]
    for i in range(1, 4):
        out[i] = out[i - 1] * x[i]
    return np.sum(out)


def overlapping(x):
    out = x * 1.0
    out[1:3] = x[0]
    out[2:] = x[:2]
    out[0] = 5.0
    return np.sum(out**2)


def on_the_argument(x):
    x = x.copy()
    x[0] = x[1] * x[2]
    x[3] = 7.0
    return np.sum(x * x)


def test_a_filled_buffer_is_one_operation():
    graph = cg.trace(filled, np.ones(4))
    assert names(graph).count("setitems") == 1
    assert "setitem" not in names(graph)


def test_values_and_gradients_are_the_same():
    x = np.array([1.5, -2.0, 0.5, 3.0])
    for f in (filled, written_twice, looked_at, overlapping, on_the_argument):
        np.testing.assert_allclose(run(cg.trace(f, x), 2 * x), f(2 * x))
        np.testing.assert_allclose(cg.compile(f)(x), f(x))
        for _ in range(3):
            np.testing.assert_allclose(cg.compile(cg.grad(f))(x), cg.grad(f)(x))
        cg.check_grad(f, x)


def test_a_long_buffer_costs_no_more_than_its_length():
    n = 20_000

    def f(x):
        out = np.zeros(n)
        for i in range(n):
            out[i] = x[i] * x[i]
        return np.sum(out)

    x = np.ones(n)  # copies of whole buffers would take 3 GB a pass
    np.testing.assert_array_equal(cg.grad(f)(x), 2 * x)
    assert run(cg.trace(f, x), x) == n


@pytest.mark.parametrize(
    "parts",
    [
        [slice(0, 2), slice(2, 5)],  # they fill the array, in order
        [slice(2, 5), slice(0, 2)],  # and not
        [slice(0, 3), slice(2, 5)],  # they overlap
        [slice(0, 2), slice(3, 5)],  # with a gap
        [slice(0, 5, 2), slice(1, 5, 2)],
    ],
)
@pytest.mark.parametrize("axis", [0, 1])
def test_parts_are_put_in_their_places_by_xla_too(parts, axis):
    x = np.arange(25.0).reshape(5, 5)
    cut = lambda part: (part,) if axis == 0 else (slice(None), part)  # noqa: E731

    def f(x):
        return sum(np.sum((k + 2) * x[cut(p)] ** 2) for k, p in enumerate(parts))

    np.testing.assert_allclose(cg.compile(cg.grad(f))(x), cg.grad(f)(x))
