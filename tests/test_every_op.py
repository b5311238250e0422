"""One derivative checker runs over the whole table: value, gradient and lowerings of each operation."""

from __future__ import annotations

import importlib
import json
import re
from typing import Any

import numpy as np
import pytest

import chalkgrad.ops
from chalkgrad.grad import grad, jvp
from chalkgrad.latex import evaluate
from chalkgrad.op import ELEMENTWISE, NAMED, SEQUENCE, Case, Op, Refusal
from chalkgrad.ops.index import join_index
from chalkgrad.render.formula import formula
from samples import arguments, cases, rng_for

chalkgrad.ops.load_special()
ROWS = [
    pytest.param(op, case, id=f"{op.name}-{i}")
    for op in sorted(NAMED.values(), key=lambda op: op.name)
    if op.try_on  # a loop is tried in test_scan.py: it takes a body
    for i, case in enumerate(cases(op))
]
STEP = 1e-6
NOT_SMOOTH = {"astype", "scatter", "setitems"}  # integer or float32 results; see their own tests


SMOOTH = [row for row in ROWS if row.values[0].grads is not None and row.values[0].name not in NOT_SMOOTH]


# ----- numeric derivatives -----


def central(f: Any, x: np.ndarray, step: float = STEP) -> np.ndarray:
    """The gradient of a scalar-valued f by central differences."""
    slope = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        bump = np.zeros(x.shape)
        bump[i] = step
        slope[i] = (f(x + bump) - f(x - bump)) / (2 * step)
    return slope


def undo_broadcasting(g: Any, shape: tuple[int, ...]) -> np.ndarray:
    """Sum a gradient to the shape of its argument."""
    g = np.asarray(g, dtype=float)
    g = g.sum(axis=tuple(range(g.ndim - len(shape)))) if g.ndim > len(shape) else g
    stretched = tuple(i for i, n in enumerate(shape) if n == 1 and g.shape[i] != 1)
    return np.broadcast_to(g.sum(axis=stretched, keepdims=True), shape)


def floats(op: Op, args: tuple) -> list[int]:
    """The arguments that can vary."""
    return [i for i, a in enumerate(args) if a.dtype.kind == "f"]


def is_smooth(op: Op, args: tuple, y: Any) -> bool:
    """Only real floating-point results have derivatives."""
    return np.asarray(y).dtype.kind == "f" and bool(floats(op, args))


# ----- the checks -----


@pytest.mark.parametrize(("op", "case"), ROWS)
def test_gradient_is_the_central_difference(op: Op, case: Case) -> None:
    args = arguments(op, case)
    y = op.fun(*args, **case.params)
    if not is_smooth(op, args, y):
        assert op.grads is None or all(np.asarray(y).dtype.kind != "f" or r is None for r in _rules(op))
        return
    g = rng_for("cotangent", op.name).uniform(0.5, 1.5, np.shape(y))
    for i in floats(op, args):
        rule = op.rule(i)
        if isinstance(rule, Refusal):
            continue
        exact = 0.0 if rule is None else rule(g, y, *args, **case.params)
        f = lambda x, i=i: float(np.sum(g * op.fun(*args[:i], x, *args[i + 1 :], **case.params)))  # noqa: E731
        single = np.asarray(y).dtype == np.float32
        numeric = central(f, args[i], 1e-2 if single else STEP)
        rtol, atol = (1e-3, 1e-4) if single else (2e-5, 2e-6)
        np.testing.assert_allclose(undo_broadcasting(exact, args[i].shape), numeric, rtol=rtol, atol=atol)


def vary(op: Op, case: Case, args: tuple, chosen: list[int]) -> Any:
    """The operation as a function of its floating-point arguments alone."""

    def f(*xs: Any) -> Any:
        full = list(args)
        for i, x in zip(chosen, xs, strict=True):
            full[i] = x
        return op(*full, **case.params)

    return f


def varying(op: Op, args: tuple) -> list[int]:
    """The arguments that have a derivative."""
    return [i for i in floats(op, args) if not isinstance(op.rule(i), Refusal)]


@pytest.mark.parametrize(("op", "case"), SMOOTH)
def test_forward_mode_is_the_central_difference(op: Op, case: Case) -> None:
    args = arguments(op, case)
    chosen, rng = varying(op, args), rng_for("tangent", op.name)
    if np.asarray(op.fun(*args, **case.params)).dtype.kind != "f" or not chosen:
        return
    f, xs = vary(op, case, args, chosen), [args[i] for i in chosen]
    ts = [rng.uniform(0.5, 1.5, x.shape) for x in xs]
    along = [f(*(x + sign * STEP * t for x, t in zip(xs, ts, strict=True))) for sign in (1, -1)]
    np.testing.assert_allclose(jvp(f, xs, ts)[1], (along[0] - along[1]) / (2 * STEP), rtol=5e-5, atol=5e-6)


@pytest.mark.parametrize(("op", "case"), SMOOTH)
def test_second_derivative_is_the_central_difference_of_the_first(op: Op, case: Case) -> None:
    args = arguments(op, case)
    rng = rng_for("second", op.name)
    chosen = varying(op, args)
    f, c = vary(op, case, args, chosen), rng.uniform(0.5, 1.5, np.shape(op.fun(*args, **case.params)))
    weights = [rng.uniform(0.5, 1.5, args[i].shape) for i in chosen]
    slope = grad(lambda *xs: np.sum(c * f(*xs)), tuple(range(len(chosen))))

    def directional(*xs: Any) -> Any:
        return sum(np.sum(w * g) for w, g in zip(weights, slope(*xs), strict=True))

    xs = [args[i] for i in chosen]
    exact = grad(directional, tuple(range(len(xs))))(*xs)
    for i in range(len(xs)):
        one = lambda x, i=i: float(directional(*xs[:i], x, *xs[i + 1 :]))  # noqa: E731
        np.testing.assert_allclose(exact[i], central(one, xs[i]), rtol=5e-5, atol=5e-6)


def _rules(op: Op) -> tuple:
    return op.grads if isinstance(op.grads, tuple) else (op.grads,)


@pytest.fixture(scope="module")
def by_xla() -> dict[str, Any]:
    """What XLA makes of every row: one program for all, since compiling each takes longer."""
    jax = pytest.importorskip("jax")
    found: dict[str, Any] = {}

    def everything(arrays: dict[str, tuple]) -> dict[str, Any]:
        results = {}
        for key, (op, case) in XLA_ROWS.items():
            try:
                results[key] = call_xla(jax, op.xla, list(arrays[key]), _static(op, case, arrays[key]))
            except Exception as error:  # belongs to this row's test alone
                found[key] = error
        return results

    with jax.enable_x64(True):
        arrays = {k: tuple(map(jax.numpy.asarray, arguments(*row))) for k, row in XLA_ROWS.items()}
        program = (
            jax.jit(everything).lower(arrays).compile(compiler_options={"xla_backend_optimization_level": 0})
        )
        return program(arrays) | found


def _static(op: Op, case: Case, arrays: tuple) -> dict[str, Any]:
    return {k: join_index(v, arrays[op.arrays :]) if k == "index" else v for k, v in case.params.items()}


XLA_ROWS = {row.id: row.values for row in ROWS if row.values[0].xla is not None}


@pytest.mark.parametrize("key", XLA_ROWS)
def test_xla_gives_the_same(key: str, by_xla: dict[str, Any]) -> None:
    op, case = XLA_ROWS[key]
    expected, got = op.fun(*arguments(op, case), **case.params), by_xla[key]
    if isinstance(got, Exception):
        raise got
    assert np.shape(got) == np.shape(expected)
    np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-12)


def call_xla(jax: Any, xla: str, args: list, params: dict) -> Any:
    """A dotted name, or an expression over the holes `{0}`, `{axis}`, `{*}`, `{**}`."""
    if "{" not in xla:
        module, _, name = xla.rpartition(".")
        return getattr(importlib.import_module(module), name)(*args, **params)
    for module in re.findall(r"chalkgrad(?:\.\w+)+", xla):
        importlib.import_module(module.rpartition(".")[0])
    names = {"chalkgrad": importlib.import_module("chalkgrad")}
    names |= {f"a{i}": a for i, a in enumerate(args)} | {f"p_{k}": v for k, v in params.items()}
    text = xla.replace("{**}", "**params").replace("{*}", "*args")
    for i in range(len(args)):
        text = text.replace(f"{{{i}}}", f"a{i}")
    for key in params:
        text = text.replace(f"{{{key}}}", f"p_{key}")
    return eval(text, {"jax": jax, "args": args, "params": params, **names})


# ----- the same in JavaScript, entry by entry -----

ON_ENTRIES = [
    row
    for row in ROWS
    if row.values[0].kind == ELEMENTWISE and row.values[0].js and not row.values[0].js.startswith("kernel:")
]


@pytest.fixture(scope="module")
def javascript() -> Any:
    """One engine for all rows."""
    engine = pytest.importorskip("py_mini_racer").MiniRacer()
    yield engine
    engine.close()


@pytest.mark.parametrize(("op", "case"), ON_ENTRIES)
def test_javascript_gives_the_same(op: Op, case: Case, javascript: Any) -> None:
    args = [a.flat[:5].tolist() for a in arguments(op, case)]
    body = op.js or ""
    for i in range(len(args)):
        body = body.replace(f"{{{i}}}", f"a{i}")
    names = ",".join(f"a{i}" for i in range(len(args)))
    entries = javascript.eval(
        f"JSON.stringify({json.dumps(list(zip(*args, strict=True)))}.map(([{names}]) => {body}))"
    )
    expected = op.fun(*(np.array(a) for a in args), **case.params)
    rtol = 1e-6 if expected.dtype == np.float32 else 1e-12  # JavaScript's numbers are all double
    np.testing.assert_allclose(np.array(json.loads(entries), dtype=float), expected, rtol=rtol, atol=1e-15)


@pytest.mark.parametrize("op", [pytest.param(op, id=op.name) for op in NAMED.values()])
def test_the_row_is_whole(op: Op) -> None:
    assert op.name and op.latex.template
    assert op.js is None or op.js
    assert op.arrays == SEQUENCE or op.arrays >= 1 or op.name == "random"
    assert all(len(case.params) == 0 or op.arrays != 0 for case in op.cases)


def test_importing_the_table_does_not_import_scipy_or_jax() -> None:
    import subprocess
    import sys

    code = "import chalkgrad.ops, sys; print([m for m in ('scipy', 'jax', 'matplotlib') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert chalkgrad.ops.__all__


# ----- the formula of every operation, read back -----

SPECIAL_SIGNS = {f"{sign}_{n}": f"{sign.lower()}{n}" for sign in "JYIK" for n in (0, 1)} | {"psi": "digamma"}
READS_OTHERWISE = {
    "astype": "a cast does not show",
    "bitwise_xor": "the reader gives numbers where it takes bits",
    "broadcast_to": "stretching does not show",
    "equal": "x = y on its own is an equation",
    "scatter": "it stands in gradients only",
    "setitem": "a written array is shown as a step, x := v",
    "setitems": "a written array is shown as a step, x := v",
    "winners": "it stands in gradients only",
}


def vocabulary() -> dict[str, Any]:
    """The names that operations without textbook notation print under."""
    named = {op.name.removeprefix("special."): op.fun for op in NAMED.values()}
    return named | {sign: named[name] for sign, name in SPECIAL_SIGNS.items()}


@pytest.mark.parametrize(("op", "case"), [row for row in ROWS if row.values[0].name not in READS_OTHERWISE])
def test_the_formula_means_the_same_when_read_back(op: Op, case: Case) -> None:
    args = arguments(op, case)
    if op.kind == ELEMENTWISE and all(a.shape == args[0].shape for a in args):
        args = tuple(a.flat[0] for a in args)  # printed as for one entry: x y is a product of numbers
    names = "xyzwuv"[: len(args)]
    f = eval(
        f"lambda {','.join(names)}: op({','.join(names)}, **params)", {"op": op, "params": dict(case.params)}
    )
    printed = formula(f, *args).latex
    value = evaluate(printed, dict(zip(names, args, strict=True)), vocabulary())
    np.testing.assert_allclose(value, op.fun(*args, **case.params), rtol=1e-9, atol=1e-12, err_msg=printed)
