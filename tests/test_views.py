"""Arrays, views and writes: random programs give NumPy's values, and the record gives them again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import chalkgrad as cg

# ----- steps: (variables, a number that chooses) -> a new variable or None -----


def pick(variables, n, ndim=1):
    fitting = [v for v in variables if np.ndim(v) >= ndim]
    return fitting[n % len(fitting)] if fitting else variables[0]


def index_of(v, n):
    """Some index into an array of at least one dimension."""
    choices = [
        n % v.shape[0],
        -1,
        slice(None, None, -1),
        slice(1, None),
        slice(None, None, 2),
        (Ellipsis, n % v.shape[-1]),
        (slice(None), None),
        [n % v.shape[0], 0],
        np.array([True, False, True, True, False, True] * 2)[: v.shape[0]],
        np.arange(v.shape[0])[::-1],
    ]
    if v.ndim > 1:
        choices += [
            (0, slice(None, None, 2)),
            (slice(1, 3), -1),
            (n % v.shape[0], n % v.shape[1]),
            ([0, -1], [-1, 0]),
        ]
    return choices[n // 7 % len(choices)]


def look(vs, n):
    v = pick(vs, n)
    return v[index_of(v, n)]


def transpose(vs, n):
    return pick(vs, n).T


def reshape(vs, n):
    v = pick(vs, n)
    return v.reshape(-1) if n % 2 else v.reshape(v.shape[::-1])


def ravel(vs, n):
    return pick(vs, n).ravel()


def swap(vs, n):
    return np.swapaxes(pick(vs, n, 2), 0, -1)


def flip(vs, n):
    return pick(vs, n)[::-1]


def expand(vs, n):
    return np.expand_dims(pick(vs, n), n % 2)


def squeeze(vs, n):
    return np.squeeze(pick(vs, n))


def copy(vs, n):
    return pick(vs, n).copy()


def buffer(vs, n):
    return np.zeros(pick(vs, n).shape)


def like(vs, n):
    return np.full_like(pick(vs, n), 0.5)


def assign(vs, n):
    v, w = pick(vs, n), pick(vs, n // 3)
    v[index_of(v, n)] = np.sum(w) * 0.1


def assign_array(vs, n):
    v, w = pick(vs, n), pick(vs, n // 5)
    part = v[index_of(v, n)]
    v[index_of(v, n)] = np.ones(np.shape(part)) * np.mean(w)


def add_part(vs, n):
    v = pick(vs, n)
    v[index_of(v, n)] += 1.5


def scale_part(vs, n):
    v, w = pick(vs, n), pick(vs, n // 3)
    v[index_of(v, n)] *= 0.5 + 0.01 * w.reshape(-1)[n % w.size]


def scale(vs, n):
    v = pick(vs, n)
    v *= 0.9


def add_sum(vs, n):
    v, w = pick(vs, n), pick(vs, n // 3)
    v += 0.1 * np.sum(w)


def mask(vs, n):
    v = pick(vs, n)
    v[v > 0.8] = 0.25


def mask_scale(vs, n):
    v = pick(vs, n)
    v[v < 0.3] *= 2


def scatter(vs, n):
    v = pick(vs, n)
    np.add.at(v, [0, n % v.shape[0], 0], 0.5)


def fill(vs, n):
    v = pick(vs, n)
    v[n % v.shape[0] :].fill(0.1) if n % 3 == 0 else None


def exchange(vs, n):
    v = pick(vs, n)
    i, j = n % v.shape[0], n // 2 % v.shape[0]
    v[[i, j]] = v[[j, i]]


def copyto(vs, n):
    v = pick(vs, n)
    np.copyto(v, v * 1.1)


def multiply_into(vs, n):
    v = pick(vs, n)
    np.multiply(v, 1.2, out=v)


def compute(vs, n):
    v = pick(vs, n)
    return np.tanh(v) + v * 0.5


def sort(vs, n):
    pick(vs, n).sort(axis=0)


STEPS = [
    look,
    transpose,
    reshape,
    ravel,
    swap,
    flip,
    expand,
    squeeze,
    copy,
    buffer,
    like,
    assign,
    assign_array,
    add_part,
    scale_part,
    scale,
    add_sum,
    mask,
    mask_scale,
    scatter,
    fill,
    exchange,
    copyto,
    multiply_into,
    compute,
    sort,
]


def program(steps):
    def f(x):
        variables = [x]
        for step, n in steps:
            made = step(variables, n)
            if made is not None and np.ndim(made) and np.size(made):
                variables.append(made)
        weights = np.random.RandomState(0).uniform(0.5, 1.5, size=(len(variables), 12))
        return sum(
            np.sum(v.reshape(-1) * w[: v.size])
            for v, w in zip(variables, weights, strict=True)
            if v.size <= 12
        )

    return f


def rerun(graph, *arguments):
    """The values of a graph's outputs, by running its operations one after the other."""
    values = dict(zip(graph.inputs, arguments, strict=True))
    for i, node in enumerate(graph.nodes):
        if i not in values:
            values[i] = (
                node.value if node.op is None else node.op.fun(*(values[a] for a in node.args), **node.params)
            )
    return [values[o] for o in graph.outputs]


def start():
    return np.random.default_rng(1).uniform(0.05, 0.95, size=(3, 4))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 2000)), min_size=1, max_size=9))
def test_random_programs(steps):
    f = program(steps)
    expected = f(start())
    given_array = start()
    value, grad = cg.value_and_grad(f)(given_array)
    np.testing.assert_array_equal(given_array, start())
    np.testing.assert_allclose(value, expected, rtol=1e-13)
    again, grad_again = cg.value_and_grad(f)(start())
    np.testing.assert_allclose(again, expected, rtol=1e-13)
    np.testing.assert_allclose(grad_again, grad, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(rerun(cg.trace(f, start()), start())[0], expected, rtol=1e-13)
    check_differences(f, grad)


def check_differences(f, grad, step=1e-6):
    for i in ((0, 0), (1, 2), (2, 3)):
        up, down = start(), start()
        up[i] += step
        down[i] -= step
        difference = (f(up) - f(down)) / (2 * step)
        np.testing.assert_allclose(grad[i], difference, rtol=1e-4, atol=1e-6)


# ----- one sentence each -----


def test_a_row_is_a_view():
    def f(x):
        row = x[0]
        row += 1
        return np.sum(x * x)

    assert cg.value_and_grad(f)(np.zeros((2, 2)))[0] == 2.0


def test_a_scalar_is_bound_anew():
    def f(x):
        s = x[0]
        s += 1
        return s * x[0]

    assert cg.value_and_grad(f)(np.array([3.0, 4.0]))[0] == 12.0


def test_the_same_array_twice_is_one_storage():
    def f(x, y):
        x[0] = 5.0
        return np.sum(x * y)

    a = np.array([1.0, 2.0])
    assert cg.value_and_grad(f)(a, a)[0] == 29.0
    assert cg.value_and_grad(f)(a, a.copy())[0] == 9.0
    assert a[0] == 1.0


def test_a_constant_is_copied_when_it_is_captured():
    def f(x):
        c = np.array([1.0, 2.0])
        y = x * c
        c[0] = 100.0
        return np.sum(y) + c[0]

    value, grad = cg.value_and_grad(f)(np.array([1.0, 1.0]))
    assert value == 103.0 and grad.tolist() == [1.0, 2.0]


def test_a_view_made_before_the_first_traced_write_sees_it():
    def f(x):
        out = np.zeros((2, 2))
        row, column = out[0], out.T[1]
        out[0, 1] = x[0] * 3
        row[0] = 1.0
        return np.sum(row) + column[0]

    value, grad = cg.value_and_grad(f)(np.array([2.0]))
    assert value == 13.0 and grad.tolist() == [6.0]


def test_a_write_through_a_view_of_a_buffer_is_seen_everywhere():
    def f(x):
        out = np.zeros((2, 3))
        flat = out.reshape(-1)
        flat[::2] = x
        out[1] += 1
        return np.sum(out[0]) + flat[4]

    value, grad = cg.value_and_grad(f)(np.array([1.0, 2.0, 3.0]))
    assert value == 7.0 and grad.tolist() == [1.0, 1.0, 1.0]


def test_copies_are_their_own():
    def f(x):
        y = x.copy()
        y[0] = 0.0
        z = y.copy()
        y[1] = 9.0
        return np.sum(x) + np.sum(z)

    value, grad = cg.value_and_grad(f)(np.array([1.0, 2.0]))
    assert value == 5.0 and grad.tolist() == [1.0, 2.0]


def test_integers_truncate_and_carry_no_derivative():
    def f(x):
        counts = np.zeros(2, dtype=int)
        counts[0] = x[0] * 2
        return np.sum(counts * x)

    value, grad = cg.value_and_grad(f)(np.array([1.7, 1.0]))
    assert value == pytest.approx(5.1) and grad.tolist() == [3.0, 0.0]


def test_float32_stays_float32():
    def f(x):
        h = x.astype(np.float32)
        out = np.zeros(2, dtype=np.float32)
        np.multiply(h, 2, out=out)
        return np.sum(out)

    value, grad = cg.value_and_grad(f)(np.array([1.5, 2.5]))
    assert value.dtype == np.float32 and value == 8.0
    assert grad.dtype == np.float64 and grad.tolist() == [2.0, 2.0]


def test_an_index_may_be_traced():
    def f(x):
        i = np.argmax(x[:, 0])
        row = x[i]
        row *= 2
        return np.sum(x[i]) + x[1 - i, 0]

    value, grad = cg.value_and_grad(f)(np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert value == 15.0 and grad.tolist() == [[1.0, 0.0], [2.0, 2.0]]


def test_lists_are_repeated_by_traced_integers():
    def f(x, n):
        return sum([x] * n) * len("ab" * n)

    assert cg.value_and_grad(f)(2.0, 3) == (36.0, 18.0)


def test_filling_is_linear_in_the_number_of_writes():
    def f(x):
        out = np.zeros(len(x))
        for i in range(len(x)):
            out[i] = x[i] * 2
        return np.sum(out)

    graph = cg.trace(f, np.ones(400))
    assert len(graph.nodes) < 5 * 400
