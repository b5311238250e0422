"""Random programs: chalkgrad's value and gradient against JAX's own, and against the compiled engine."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalkgrad.grad import grad, value_and_grad
from chalkgrad.plan import backward_graph
from chalkgrad.run import javascript, numpy
from chalkgrad.run.compile import compile

jax = pytest.importorskip("jax")

# ----- steps: (module, a, b) -> a new variable; a and b are any two variables of the program so far -----

UNARY: dict[str, Callable] = {
    "tanh": lambda xp, a: xp.tanh(a),
    "sin": lambda xp, a: xp.sin(a),
    "cos": lambda xp, a: xp.cos(a),
    "exp": lambda xp, a: xp.exp(-(a**2)),
    "log": lambda xp, a: xp.log(1 + a**2),
    "sqrt": lambda xp, a: xp.sqrt(1 + a * a),
    "negative": lambda xp, a: -a,
    "reciprocal": lambda xp, a: 1 / (2 + xp.cos(a)),
    "abs": lambda xp, a: xp.abs(a - 0.123),
    "relu": lambda xp, a: xp.maximum(a, 0.0517),
    "clip": lambda xp, a: xp.clip(a, -0.871, 0.913),
    "where": lambda xp, a: xp.where(a > 0.311, a, a**2),
    "sum": lambda xp, a: xp.sum(a),
    "mean of rows": lambda xp, a: xp.mean(a, axis=0, keepdims=a.ndim > 1) if a.ndim else a,
    "max": lambda xp, a: xp.max(a, axis=-1, keepdims=True) if a.ndim else a,
    "softmax": lambda xp, a: xp.exp(a - xp.max(a)) / xp.sum(xp.exp(a - xp.max(a))),
    "var": lambda xp, a: xp.var(a) + a,
    "norm": lambda xp, a: xp.linalg.norm(xp.reshape(a, (-1,)) + 0.2),
    "prod": lambda xp, a: xp.prod(xp.tanh(a), axis=0) if a.ndim else a,
    "cumsum": lambda xp, a: xp.cumsum(a, axis=-1) if a.ndim else a,
    "sort": lambda xp, a: xp.sort(a, axis=-1) if a.ndim else a,
    "flip": lambda xp, a: xp.flip(a),
    "roll": lambda xp, a: xp.roll(a, 1),
    "transpose": lambda xp, a: xp.transpose(xp.transpose(a) * 1.5),
    "reshape": lambda xp, a: xp.reshape(xp.reshape(a, (-1,)) * 0.5, a.shape),
    "part": lambda xp, a: a[..., ::2].sum(axis=-1, keepdims=True) if a.ndim else a,
    "entry": lambda xp, a: a[(0,) * a.ndim],
    "fancy": lambda xp, a: a[..., np.array([0, 0])].sum() if a.ndim else a,
    "pad": lambda xp, a: xp.pad(a, 1).sum(axis=0) if a.ndim == 1 else a,
    "gram": lambda xp, a: xp.tanh(a @ a.T) @ a if a.ndim == 2 else a,
}
BINARY: dict[str, Callable] = {
    "add": lambda xp, a, b: a + b,
    "subtract": lambda xp, a, b: a - b,
    "multiply": lambda xp, a, b: a * b,
    "divide": lambda xp, a, b: a / (1.5 + xp.sin(b)),
    "power": lambda xp, a, b: (1.1 + xp.cos(a)) ** b,
    "maximum": lambda xp, a, b: xp.maximum(a, b + 0.0713),
    "minimum": lambda xp, a, b: xp.minimum(a, b - 0.0371),
    "logaddexp": lambda xp, a, b: xp.logaddexp(a, b),
    "hypot": lambda xp, a, b: xp.sqrt(a**2 + b**2 + 1),
    "dot": lambda xp, a, b: (
        a @ xp.transpose(b) @ b if a.ndim == b.ndim == 2 and a.shape[1] == b.shape[1] else a + b
    ),
    "where": lambda xp, a, b: xp.where(a > b + 0.0191, a, b),
    "join": lambda xp, a, b: xp.sum(xp.concatenate([xp.reshape(a, (-1,)), xp.reshape(b, (-1,)) ** 2])),
    "stack": lambda xp, a, b: xp.stack([a, a * 0.3], axis=0).sum(axis=0) + b,
}
STEPS = [(f, 1) for f in UNARY.values()] + [(f, 2) for f in BINARY.values()]
SHAPES = ((3, 4), (4,), (3, 1), ())

program = st.lists(
    st.tuples(st.integers(0, len(STEPS) - 1), st.integers(0, 99), st.integers(0, 99)), min_size=1, max_size=8
)


def run(xp: Any, steps: list[tuple[int, int, int]], leaves: tuple) -> Any:
    """The program, as one number: the sum of a bounded function of all that it made."""
    made = list(leaves)
    for which, i, j in steps:
        f, arity = STEPS[which]
        a, b = made[-1 - i % len(made)], made[-1 - j % len(made)]
        made.append(f(xp, a) if arity == 1 else f(xp, a, b))
    return sum(xp.sum(xp.tanh(v)) for v in made[len(leaves) :])


def leaves_for(seed: int) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    return tuple(np.asarray(rng.uniform(-1.5, 1.5, shape)) for shape in SHAPES)


PROGRAMS = int(os.environ.get("CHALKGRAD_PROGRAMS", "50"))  # thousands, once in a while
ARGS = tuple(range(len(SHAPES)))
THOROUGH = settings(max_examples=PROGRAMS, deadline=None, suppress_health_check=list(HealthCheck))


@given(program, st.integers(0, 10**6))
@THOROUGH
def test_gradient_is_jaxs(steps: list, seed: int) -> None:
    leaves = leaves_for(seed)
    value, slopes = value_and_grad(lambda *xs: run(np, steps, xs), ARGS)(*leaves)
    with jax.enable_x64(True):
        theirs = jax.value_and_grad(lambda *xs: run(jax.numpy, steps, xs), ARGS)(
            *map(jax.numpy.asarray, leaves)
        )
    np.testing.assert_allclose(value, theirs[0], rtol=1e-9, atol=1e-11)
    for mine, other in zip(slopes, theirs[1], strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-7, atol=1e-9)


@given(program, st.integers(0, 10**6))
@settings(THOROUGH, max_examples=max(PROGRAMS // 5, 10))
def test_second_derivative_along_a_line_is_the_central_difference(steps: list, seed: int) -> None:
    leaves = leaves_for(seed)
    slope = grad(lambda *xs: run(np, steps, xs), ARGS)

    def along(t: float) -> Any:
        return sum(np.sum(g * x) for g, x in zip(slope(*(x * t for x in leaves)), leaves, strict=True))

    exact, numeric = grad(along)(1.0), (along(1 + 1e-6) - along(1 - 1e-6)) / 2e-6
    np.testing.assert_allclose(exact, numeric, rtol=1e-4, atol=1e-3 * max(1.0, abs(exact)) * 1e-2)


@given(program, st.integers(0, 10**6))
@settings(THOROUGH, max_examples=max(PROGRAMS // 10, 4))
def test_the_compiled_gradient_is_the_same(steps: list, seed: int) -> None:
    leaves = leaves_for(seed)
    slope = grad(lambda *xs: run(np, steps, xs), ARGS)
    for mine, compiled in zip(slope(*leaves), compile(slope)(*leaves), strict=True):
        np.testing.assert_allclose(compiled, mine, rtol=1e-9, atol=1e-11)


@given(program, st.integers(0, 10**6))
@settings(THOROUGH, max_examples=max(PROGRAMS // 2, 10))
def test_every_value_in_javascript_is_the_same(steps: list, seed: int) -> None:
    leaves = leaves_for(seed)
    graph = backward_graph(lambda *xs: run(np, steps, xs), *leaves)
    made, expected = javascript.values(graph, *leaves), numpy.values(graph, *leaves)
    for node, got, wanted in zip(graph.nodes, made, expected, strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-9, atol=1e-11, err_msg=str(node.op))
