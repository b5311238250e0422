"""XLA node by node: every row against NumPy, in NumPy's dtypes."""

import numpy as np
import pytest

import chalkgrad as cg
from chalkgrad.op import NAMED, OPS, Case, Op
from samples import arguments, cases

jax = pytest.importorskip("jax")

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
