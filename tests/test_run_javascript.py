"""JavaScript node by node: every row against NumPy, and whole functions, forward and backward."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import chalkgrad as cg
import chalkgrad.ops
from chalkgrad import v8, web
from chalkgrad.errors import EngineError, OpError
from chalkgrad.graph import Graph, Node
from chalkgrad.op import NAMED, Case, Op
from chalkgrad.plan import backward_graph
from chalkgrad.render.numbers import number
from chalkgrad.run import javascript, js_table, numpy
from course.shelf import CASES
from samples import arguments, cases
from test_course import objective

pytest.importorskip("py_mini_racer")
chalkgrad.ops.load_special()

ROWS = [
    pytest.param(op, case, id=f"{op.name}-{i}")
    for op in sorted(NAMED.values(), key=lambda op: op.name)
    if op.js is not None and op.try_on and op.name != "random"  # a loop is tried in test_scan.py
    for i, case in enumerate(cases(op))
]


def one_node(op: Op, case: Case, given: tuple, y: np.ndarray) -> Graph:
    """A graph of the inputs and this one operation."""
    inputs = tuple(Node(None, (), {}, np.shape(x), np.asarray(x).dtype) for x in given)
    last = Node(op, tuple(range(len(given))), case.params, np.shape(y), np.asarray(y).dtype)
    return Graph((*inputs, last), tuple(range(len(given))), (len(given),))


def agree(got, wanted, atol=1e-12) -> None:
    """The same shape and dtype, and the same entries to nine digits (single precision: six)."""
    assert np.shape(got) == np.shape(wanted) and np.asarray(got).dtype == np.asarray(wanted).dtype
    single = np.asarray(wanted).dtype == np.float32
    np.testing.assert_allclose(got, wanted, rtol=2e-6 if single else 1e-9, atol=1e-6 if single else atol)


@pytest.mark.parametrize(("op", "case"), ROWS)
def test_a_row_agrees_with_numpy(op: Op, case: Case) -> None:
    given = arguments(op, case)
    expected = op.fun(*given, **case.params)
    agree(javascript.run(one_node(op, case, given, expected), *given), expected)


# ----- whole functions, forward and backward -----


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def leaky_relu(x):
    return np.maximum(0.2 * x, x)


def nested(x):
    return leaky_relu(sigmoid(np.square(x)))


def matrix_function_forward_sum(X, W):
    N = np.dot(X, W)
    S = sigmoid(N)
    return np.sum(S)


def two_layers(X, y, W1, b1, W2, b2):
    H = np.tanh(X @ W1 + b1)
    p = H @ W2 + b2
    return np.mean((p[:, 0] - y) ** 2) + 0.01 * (np.sum(W1**2) + np.sum(W2**2))


def softmax_cross_entropy(X, W, labels):
    z = X @ W
    z = z - np.max(z, axis=1, keepdims=True)
    p = np.exp(z) / np.sum(np.exp(z), axis=1, keepdims=True)
    return -np.mean(np.log(p[np.arange(len(labels)), labels]))


def recurrent(xs, W, U, b, h):
    for t in range(5):
        h = np.tanh(xs[t] @ W + h @ U + b)
    return np.sum(h**2)


def convolution(X, K):
    out = np.zeros((3, 3))
    for i in range(3):
        for j in range(3):
            out[i, j] = np.sum(X[i : i + 2, j : j + 2] * K)
    return np.sum(np.maximum(out, 0))


def normalised(X, gain, shift):
    mu, sd = X.mean(axis=0), X.std(axis=0)
    return np.sum((gain * (X - mu) / (sd + 1e-5) + shift) ** 3)


def attention(Q, K, V):
    S = Q @ np.swapaxes(K, -1, -2) / np.sqrt(Q.shape[-1])
    A = np.exp(S) / np.exp(S).sum(axis=-1, keepdims=True)
    return np.einsum("bij,bjk->bik", A, V).sum()


def chosen(x, mask):
    y = x.copy()
    y[mask] = 0
    y[[0, 0, 2]] *= 2
    return np.sum(np.where(y > 0.5, y**2, np.abs(y))) + np.sort(x)[-1] + np.clip(x, -1, 1).prod()


def likelihood(X, m, L):
    d = np.linalg.solve(L, (X - m).T)
    return -0.5 * np.sum(d**2) - np.log(np.abs(np.linalg.det(L)))


def draw(*shape):
    return np.random.default_rng(sum(shape) + 7).normal(size=shape)


LABELS, MASK = np.array([0, 2, 1, 1]), np.array([True, False, False, True, False])
FUNCTIONS = [
    (sigmoid, 0.7),
    (sigmoid, draw(4)),
    (leaky_relu, -1.3),
    (nested, 2.0),
    (matrix_function_forward_sum, draw(3, 3), draw(3, 2)),
    (two_layers, draw(6, 3), draw(6), draw(3, 4), draw(4), draw(4, 1), draw(1)),
    (softmax_cross_entropy, draw(4, 5), draw(5, 3), LABELS),
    (recurrent, draw(5, 2, 3), draw(3, 4), draw(4, 4), draw(4), draw(2, 4)),
    (convolution, draw(4, 4), draw(2, 2)),
    (normalised, draw(6, 3), draw(3), draw(3)),
    (attention, draw(2, 3, 4), draw(2, 5, 4), draw(2, 5, 2)),
    (chosen, draw(5), MASK),
    (likelihood, draw(4, 3), draw(3), np.eye(3) + 0.1 * draw(3, 3)),
]


@pytest.mark.parametrize("call", FUNCTIONS, ids=lambda call: call[0].__name__)
def test_every_value_of_both_passes_agrees_with_numpy(call) -> None:
    f, *given = call
    graph = backward_graph(f, *given)
    assert javascript.lacking(graph) == []
    made, expected = javascript.values(graph, *given), numpy.values(graph, *given)
    assert graph.gradients and len(made) == len(graph)
    for node, got, wanted in zip(graph.nodes, made, expected, strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-9, atol=1e-12, err_msg=str(node.op))


@pytest.mark.parametrize("call", FUNCTIONS, ids=lambda call: call[0].__name__)
def test_other_inputs_than_the_traced_ones(call) -> None:
    f, *given = call
    other = [x + 0.01 if np.asarray(x).dtype == float else x for x in given]
    graph = cg.trace(f, *given)
    np.testing.assert_allclose(javascript.run(graph, *other), f(*other), rtol=1e-9)


# ----- code as courses have it; programs at random are in test_random_programs.py -----


STATIC = {"statistics.pca_covariance": ["linalg.eigh_vectors"]}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_course_code(case) -> None:
    graph = backward_graph(objective(case), *case.arguments())
    assert javascript.lacking(graph) == STATIC.get(case.name, [])
    if case.name in STATIC:
        return
    made = javascript.values(graph, *case.arguments())
    for node, got, wanted in zip(graph.nodes, made, numpy.values(graph, *case.arguments()), strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-9, atol=1e-11, err_msg=str(node.op))


# ----- numbers -----


def test_single_precision_stays_single() -> None:
    x = np.linspace(-1, 1, 7, dtype=np.float32)
    graph = backward_graph(lambda x: np.sum(0.1 * np.tanh(x) + x**2 * (x > 0.3)), x)
    for got, wanted in zip(javascript.values(graph, x), numpy.values(graph, x), strict=True):
        agree(got, wanted)


def test_a_python_number_is_single_beside_a_single_array() -> None:
    x = np.array([0.1, 0.2], np.float32)
    assert javascript.run(cg.trace(lambda x: x == 0.1, x), x).tolist() == [True, False]


def test_small_integers_wrap() -> None:
    x = np.array([250, 5], np.uint8)
    assert javascript.run(cg.trace(lambda x: x + x, x), x).tolist() == (x + x).tolist()


def test_integers_that_a_double_cannot_hold_raise() -> None:
    x = np.array([3**30])
    with pytest.raises(EngineError, match="integer out of range"):
        javascript.run(cg.trace(lambda x: x * x, x), x)


@pytest.mark.parametrize("f", [np.floor_divide, np.mod, np.fmod, np.power, np.maximum, np.logaddexp, np.fmax])
def test_odd_numbers_are_what_they_are_in_numpy(f) -> None:
    odd = np.array([0.0, -1.0, 1.0, 0.1, -2.5, np.inf, -np.inf, np.nan])
    a, b = (t.ravel() for t in np.meshgrid(odd, odd))
    with np.errstate(all="ignore"):
        expected = f(a, b)
        graph = cg.trace(f, a, b)
    if f in (np.floor_divide, np.mod):  # what an infinite divisor leaves is a matter of NumPy's version
        a, expected = a[np.isfinite(b)], expected[np.isfinite(b)]
        b = b[np.isfinite(b)]
        with np.errstate(all="ignore"):
            graph = cg.trace(f, a, b)
    np.testing.assert_allclose(javascript.run(graph, a, b), expected, rtol=1e-12)


def test_special_functions_far_from_where_rows_are_tried() -> None:
    sp = pytest.importorskip("scipy.special")
    x = np.array([-30.5, -3.2, -1.5, -0.4, 1e-8, 0.3, 1.0, 2.0, 2.5, 6.0, 20.3, 100.0])
    for f in (sp.erf, sp.erfc, sp.gamma, sp.gammaln, sp.digamma):
        np.testing.assert_allclose(
            javascript.run(cg.trace(f, x), x), f(x), rtol=1e-9, atol=1e-13, err_msg=f.__name__
        )


@pytest.mark.parametrize("shape", [(3, 3), (5, 2), (2, 4), (2, 3, 3), (1, 1)])
def test_decompositions_of_matrices_without_full_rank(shape: tuple) -> None:
    x = draw(*shape)
    x[..., -1] = 2 * x[..., 0]
    for f in (
        np.linalg.pinv,
        np.linalg.svdvals,
        np.linalg.matrix_rank,
        lambda x: np.linalg.norm(x, 2, (-2, -1)),
    ):
        np.testing.assert_allclose(javascript.run(cg.trace(f, x), x), f(x), rtol=1e-9, atol=1e-12)


# ----- indices -----


@pytest.mark.parametrize(
    "read",
    [
        lambda x: x[1],
        lambda x: x[..., -1],
        lambda x: x[::-1, None, 1:3],
        lambda x: x[:, [0, 2]],
        lambda x: x[[0, 1], :, [1, 3]],
        lambda x: x[1, :, [1, 3]],
        lambda x: x[[[0], [1]], [0, 2]],
        lambda x: x[x > 0],
        lambda x: x[:, np.array([True, False, True])],
        lambda x: x[5:2:-1, -100:2],
    ],
)
def test_places_are_numpys(read) -> None:
    x = np.arange(24.0).reshape(2, 3, 4) - 6
    graph = backward_graph(read, x)
    for got, wanted in zip(javascript.values(graph, x), numpy.values(graph, x), strict=True):
        np.testing.assert_array_equal(got, wanted)


# ----- what it cannot do, it says -----


def test_an_operation_without_a_row_is_named() -> None:
    graph = cg.trace(lambda x: np.linalg.eigh(x)[1] @ x, np.eye(2))
    assert javascript.lacking(graph) == ["linalg.eigh_vectors"]
    with pytest.raises(EngineError, match=r"no JavaScript for linalg\.eigh_vectors"):
        javascript.run(graph, np.eye(2))


def test_a_large_constant_is_named() -> None:
    held = np.ones(5000)
    assert javascript.lacking(cg.trace(lambda x: x * held, 1.0)) == ["a constant of 5000 entries"]


def test_a_path_that_changes_the_shape_raises() -> None:
    x = np.array([1.0, -1.0])
    graph = cg.trace(lambda x: x[x > 0], x)
    with pytest.raises(EngineError, match="has shape 2, not 1"):
        javascript.run(graph, np.array([1.0, 1.0]))


def test_an_unknown_version_raises() -> None:
    graph = {"version": 99, "nodes": [], "inputs": [], "outputs": []}
    with pytest.raises(EngineError, match="graph version 99"):
        v8.compute(graph, [])


# ----- numbers in print -----


def written(values: list, dtype: str) -> list[str]:
    """How a page writes numbers of a dtype."""
    return [v8.number_text(float(v), dtype) for v in values]


@pytest.mark.parametrize("dtype", ["<f8", "<f4", "<i8", "|b1"])
def test_a_page_writes_numbers_as_python_does(dtype: str) -> None:
    rng = np.random.default_rng(2)
    some = [
        0,
        -0.0,
        1,
        -0.2,
        0.1 + 0.2,
        5 / 32,
        -3 / 64,
        0.09999,
        1e-4,
        2e-7,
        1.00005,
        99999.95,
        1e7,
        1.0625e9,
    ]
    drawn = rng.normal(size=60) * 10.0 ** rng.integers(-9, 10, 60)
    special = [] if dtype[1] in "ib" else [np.nan, np.inf, -np.inf]
    values = np.array([*some, *drawn, *special]).astype(dtype)
    assert written(values, dtype) == [number(v) for v in values]


# ----- the table of the page -----

SOURCES = Path(__file__).parents[1] / "src" / "chalkgrad" / "web" / "kernels"


@pytest.fixture
def sources(monkeypatch) -> None:
    """The kernels' sources, which an installed chalkgrad does not carry."""
    monkeypatch.setattr(js_table, "KERNELS", SOURCES)


def test_the_table_is_made_from_these_rows(sources) -> None:
    made = (SOURCES / js_table.TABLE.name).read_text(encoding="utf-8")
    assert made == js_table.table(), "run: python -m chalkgrad.run.js_table"


def test_no_expression_is_left_to_be_evaluated() -> None:
    script = (web.DIST / "compute.js").read_text()
    assert not re.search(r"\beval\(|new Function|\bFunction\(", script)


def test_a_kernel_that_is_not_there_is_an_error(monkeypatch, sources) -> None:
    monkeypatch.setitem(NAMED, "tanh", replace(NAMED["tanh"], js="kernel:nothing"))
    with pytest.raises(OpError, match="tanh: js names the kernel 'nothing'"):
        js_table.table()


def test_an_expression_needs_an_elementwise_row(monkeypatch, sources) -> None:
    monkeypatch.setitem(NAMED, "sum", replace(NAMED["sum"], js="{0} + {0}"))
    with pytest.raises(OpError, match="sum: js is an expression"):
        js_table.table()
