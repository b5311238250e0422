"""XLA node by node: every row against NumPy, in NumPy's dtypes."""

import numpy as np
import pytest

import chalkgrad as cg
from chalkgrad.op import NAMED, OPS, Case, Op
from samples import arguments, cases

jax = pytest.importorskip("jax")

from chalkgrad.ops.linalg.convolution import conv  # noqa: E402
from chalkgrad.run.options import options_for  # noqa: E402
from chalkgrad.run.xla import Executable  # noqa: E402

ROWS = [
    (op, case)
    for op in sorted(NAMED.values(), key=lambda op: op.name)
    if op.try_on  # a loop is tried in test_scan.py: it takes a body
    for case in cases(op)
    if op.xla is not None or op.name in ("scatter", "setitems")
]


def compiled(f, *args):
    """All results of f as XLA gives them, and as NumPy does."""
    graph = cg.trace(f, *args)
    program = Executable(graph, graph.outputs)
    return program.arrays([args[k] for k in program.reads]), graph


@pytest.mark.parametrize(
    "rows", [ROWS[i : i + 25] for i in range(0, len(ROWS), 25)], ids=lambda rows: rows[0][0].name
)
def test_rows_agree_with_numpy(rows: list[tuple[Op, Case]]) -> None:
    given = [arguments(op, case) for op, case in rows]
    flat = [x for args in given for x in args]
    expected = [op.fun(*args, **case.params) for (op, case), args in zip(rows, given, strict=True)]

    def all_of_them(*leaves):
        rest = iter(leaves)
        return tuple(
            op(*(next(rest) for _ in args), **case.params)
            for (op, case), args in zip(rows, given, strict=True)
        )

    made, _ = compiled(all_of_them, *flat)
    for (op, case), got, wanted in zip(rows, made, expected, strict=True):
        assert got.dtype == np.asarray(wanted).dtype, (op, case)
        assert got.shape == np.shape(wanted), (op, case)
        np.testing.assert_allclose(got, wanted, rtol=1e-9, atol=1e-12, err_msg=f"{op} {dict(case.params)}")


BINARY = [f for f in OPS if isinstance(f, np.ufunc) and f.nin == 2 and f.nout == 1 and OPS[f].xla]
UNARY = [f for f in OPS if isinstance(f, np.ufunc) and f.nin == 1 and f.nout == 1 and OPS[f].xla]
KINDS = [np.float64, np.float32, np.int64, np.int32, np.uint8, np.bool_]


def agree_in_kind(pairs, expected):
    """One program for many calls, since each program costs XLA a twentieth of a second."""
    assert expected
    for made, wanted in zip(pairs, expected, strict=True):
        assert made.dtype == wanted.dtype
        if wanted.dtype != np.float16:  # JAX rounds on the way
            rtol, eps = (1e-5, 1.2e-7) if wanted.dtype == np.float32 else (1e-12, 2.2e-16)
            # ln Γ(1) = 0 comes out as a few units of eps
            np.testing.assert_allclose(made, wanted, rtol=rtol, atol=8 * eps)


def defined(f, *args):
    """What NumPy gives, or None where it refuses."""
    with np.errstate(all="ignore"):
        try:
            return f(*args)
        except (TypeError, OverflowError, ValueError):
            return None


@pytest.mark.parametrize("f", BINARY, ids=lambda f: f.__name__)
def test_binary_ufuncs_have_numpys_dtypes(f: np.ufunc) -> None:
    values = [np.array([1, 2, 3]).astype(k) for k in KINDS] + [2.0, 2]
    both = [(a, b) for a in range(8) for b in range(8) if min(a, b) < 6]
    both = [(a, b) for a, b in both if defined(f, values[a], values[b]) is not None]
    graph = cg.trace(lambda *v: tuple(f(v[a], v[b]) for a, b in both), *values)
    program = Executable(graph, graph.outputs)
    with jax.enable_x64(True):
        shapes = jax.eval_shape(program.program, *(values[k] for k in program.reads))
    assert [s.dtype for s in shapes] == [f(values[a], values[b]).dtype for a, b in both]
    few = [p for p in both if p in {(1, 3), (3, 0), (5, 1), (4, 7), (1, 6), (3, 3)}]
    made, _ = compiled(lambda *v: tuple(f(v[a], v[b]) for a, b in few), *values)
    agree_in_kind(made, [f(values[a], values[b]) for a, b in few])


@pytest.mark.parametrize("f", UNARY, ids=lambda f: f.__name__)
def test_unary_ufuncs_have_numpys_dtypes(f: np.ufunc) -> None:
    values = [x for k in KINDS if defined(f, x := np.array([1, 1, 1]).astype(k)) is not None]
    with np.errstate(all="ignore"):
        made, _ = compiled(lambda *v: tuple(f(x) for x in v), *values)
        agree_in_kind(made, [f(x) for x in values])


def test_large_constants_are_no_literals():
    table = np.arange(1000.0)
    graph = cg.trace(lambda x: x + table, np.zeros(1000))
    program = Executable(graph, graph.outputs)
    with jax.enable_x64(True):
        text = str(jax.make_jaxpr(program.program)(np.zeros(1000), *program.held))
    assert "f64[1000]" in text
    assert "999" not in text
    np.testing.assert_array_equal(program.array([np.ones(1000)]), table + 1)


# ----- forms that XLA makes fast code of -----


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("x", "W", "options"),
    [
        ((4, 12, 12, 3), (3, 3, 3, 5), {"padding": ((1, 1), (1, 1))}),
        ((4, 13, 9, 2), (3, 2, 2, 4), {"strides": (2, 3), "dilation": (1, 2), "padding": ((0, 2), (1, 0))}),
        ((3, 20, 2), (5, 2, 3), {"strides": (3,)}),
        ((2, 5, 4, 4, 2), (2, 2, 2, 2, 3), {"padding": ((1, 0), (0, 0), (1, 1))}),
    ],
)
def test_convolutions_are_numpys(x, W, options, dtype):
    rng = np.random.default_rng(0)
    x, W = rng.normal(size=x).astype(dtype), rng.normal(size=W).astype(dtype)
    weight = rng.normal(size=conv(x, W, **options).shape).astype(dtype)
    loss = lambda x, W: np.sum(weight * np.tanh(conv(x, W, **options)))  # noqa: E731
    ours, theirs = cg.grad(loss, (0, 1))(x, W), cg.compile(cg.grad(loss, (0, 1)))(x, W)
    for one, other in zip(ours, theirs, strict=True):
        assert other.dtype == dtype
        np.testing.assert_allclose(other, one, rtol=2e-4 if dtype == np.float32 else 1e-10, atol=1e-4)


@pytest.mark.parametrize("function", [np.sum, np.max, np.min])
@pytest.mark.parametrize(
    ("shape", "axis"),
    [
        ((6, 2, 5, 3, 4), (1, 3)),
        ((6, 2, 5, 3, 4), (-4,)),
        ((5000, 3), 0),
        ((90, 50, 3), (0, 1)),
        ((2, 3), None),
    ],
)
def test_reductions_are_numpys(function, shape, axis):
    x = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    x.flat[7 % x.size] = np.inf if function is np.max else x.flat[0]
    for keepdims in (False, True):
        f = lambda x: function(x, axis=axis, keepdims=keepdims)  # noqa: B023, E731
        np.testing.assert_allclose(cg.compile(f)(x), f(x), rtol=1e-5, atol=1e-4)
        weighted = lambda x: np.sum(np.where(np.isfinite(x), x, 0) * np.sum(f(x)) * 0.1)  # noqa: B023, E731
        if function is not np.max:
            ours, theirs = cg.grad(weighted)(x), cg.compile(cg.grad(weighted))(x)
            np.testing.assert_allclose(theirs, ours, rtol=1e-3, atol=1e-2)


def test_only_convolutions_have_options():
    x, W = np.ones((1, 4, 2)), np.ones((3, 2, 2))
    assert options_for(cg.trace(lambda x: np.tanh(x), x)) is None
    assert options_for(cg.trace(conv, x, W)) is not None
    assert (
        options_for(cg.trace(lambda x: cg.scan(lambda p, s, x: (s, conv(x, W)), (), 0.0, x[None])[1], x))
        is not None
    )


def test_a_gradient_of_float32_never_becomes_float64():
    x = np.random.default_rng(0).normal(size=(4, 6, 3)).astype(np.float32)

    def f(x):
        pooled = np.max(np.reshape(x, (4, 3, 2, 3)), axis=2)
        return np.sum(np.maximum(pooled, 0) * np.clip(x[:, :3], -1, 1))

    kinds = {n.dtype for n in cg.trace(cg.grad(f), x).nodes if n.op is not None and n.shape}
    assert np.dtype(np.float64) not in kinds


@pytest.mark.parametrize("dtype", [np.int32, np.uint8, np.bool_, np.float32])
def test_double_precision_made_of_less_is_double_throughout(dtype):
    x = np.array([[3, 0, 5], [1, 1, 7]]).astype(dtype)
    for f in (np.mean, np.var, lambda x: np.mean(x, dtype=np.float64), lambda x: np.quantile(x * 1, 0.3)):
        wanted = f(x)
        made = cg.compile(f)(x)
        assert made.dtype == wanted.dtype
        np.testing.assert_allclose(made, wanted, rtol=1e-6 if wanted.dtype == np.float32 else 1e-14)


@pytest.mark.parametrize("shape", [(2000,), (2047, 1), (2048,), (3000, 2), (500, 3, 4), (1, 9000), (70, 70)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_extremes_of_an_array_with_nan_are_nan(shape, dtype):
    x = np.random.default_rng(0).normal(size=shape).astype(dtype)
    x.flat[[1, -1]] = np.nan, np.inf
    for axis in (None, *range(len(shape)), tuple(range(len(shape)))):
        both = lambda x, axis=axis: (  # noqa: E731
            np.max(x, axis=axis),
            np.min(x, axis=axis, keepdims=True),
            np.max(x, axis=axis, initial=0.5),
        )
        for got, wanted in zip(cg.compile(both)(x), both(x), strict=True):
            np.testing.assert_array_equal(got, wanted)
            assert got.dtype == wanted.dtype
