"""Random programs for the property tests: shape-correct compositions of operations, runnable by NumPy and by
JAX.

A program is data: a list of steps over numbered values. Each step is a function of the array module first, so
that the very same program runs on `numpy` (plain, traced, compiled) and on `jax.numpy`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

import chalkgrad.ops  # noqa: F401  (fills the table)
from chalkgrad.op import ELEMENTWISE, NAMED, Op

SHAPES = [(), (3,), (4,), (3, 4), (4, 3), (1, 4), (3, 1), (2, 3, 4)]
# JAX has another derivative at every point (or none): the steps of these functions, and the remainder by its
# second argument
LEFT_OUT = {"float_power", "heaviside", "nextafter", "ldexp", "copysign", "fmod", "spacing"}
LARGEST = 1e4  # beyond, rounding decides


@dataclass(frozen=True)
class Step:
    """One operation: which values it takes, and how to do it with an array module."""

    text: str
    args: tuple[int, ...]
    run: Callable[..., Any]
    kinks: Callable[..., Any] | None = None  # NumPy only: what must not be 0


@dataclass(frozen=True)
class Program:
    """A function of some arrays whose result is one number."""

    shapes: tuple[tuple[int, ...], ...]
    steps: tuple[Step, ...]

    def values(self, n: Any, inputs: Any) -> list[Any]:
        """Every value, in order."""
        values = list(inputs)
        for step in self.steps:
            values.append(step.run(n, *(values[a] for a in step.args)))
        return values

    def __call__(self, n: Any, *inputs: Any) -> Any:
        used = {a for step in self.steps for a in step.args}
        values = self.values(n, inputs)
        total = 0.0
        for i, v in enumerate(values):
            if i not in used:
                weights = np.cos(np.arange(int(np.prod(np.shape(v)))) + i).reshape(np.shape(v))
                total = total + n.sum(v * weights)
        return total

    def is_tame(self, inputs: list[Any]) -> bool:
        """Whether no value is so large, and none so near a kink, that rounding decides the result."""
        values = self.values(np, inputs)
        if not all(np.all(np.isfinite(v)) and np.all(np.abs(v) < LARGEST) for v in values):
            return False
        checked = [s.kinks(*(values[a] for a in s.args)) for s in self.steps if s.kinks is not None]
        return all(np.all(np.abs(k) > 1e-5) for k in checked)

    def __repr__(self) -> str:
        lines = [f"v{i} = input {s}" for i, s in enumerate(self.shapes)]
        lines += [
            f"v{i + len(self.shapes)} = {s.text} of {', '.join(f'v{a}' for a in s.args)}"
            for i, s in enumerate(self.steps)
        ]
        return "\n".join(lines)


# ----- elementwise operations, straight from the table -----


def _elementwise(count: int) -> list[Op]:
    import jax.numpy as jnp

    rows = [
        op
        for op in NAMED.values()
        if isinstance(op.key, np.ufunc) and op.kind == ELEMENTWISE and op.key.nin == count
    ]
    rows = [op for op in rows if op.grads is not None and all(s.kind == "float" for s in op.try_on)]
    return [op for op in rows if hasattr(jnp, op.key.__name__) and op.name not in LEFT_OUT]


def _into(n: Any, v: Any, sample: Any) -> Any:
    """A value moved smoothly into the range where a row is tried."""
    middle, half = (sample.low + sample.high) / 2, (sample.high - sample.low) / 2
    return middle + half * n.sin(v)


def _apply(op: Op, args: tuple[int, ...]) -> Step:
    def run(n: Any, *values: Any) -> Any:
        return getattr(n, op.key.__name__)(*(_into(n, v, s) for v, s in zip(values, op.try_on, strict=True)))

    kinks = None
    if op.kinks is not None:
        body = eval("lambda args: " + re.sub(r"\{(\d)\}", r"args[\1]", op.kinks), {"np": np})
        kinks = lambda *values: body([_into(np, v, s) for v, s in zip(values, op.try_on, strict=True)])  # noqa: E731
    return Step(op.name, args, run, kinks)


# ----- the other steps: (draw, positions and shapes so far) -> Step, or None where none fits -----


def _unary(draw: Any, shapes: list) -> Step | None:
    return _apply(draw(st.sampled_from(_elementwise(1))), (draw(st.integers(0, len(shapes) - 1)),))


def _binary(draw: Any, shapes: list) -> Step | None:
    a = draw(st.integers(0, len(shapes) - 1))
    fitting = [i for i, s in enumerate(shapes) if _broadcast(s, shapes[a])]
    return _apply(draw(st.sampled_from(_elementwise(2))), (a, draw(st.sampled_from(fitting))))


def _operator(draw: Any, shapes: list) -> Step | None:
    a = draw(st.integers(0, len(shapes) - 1))
    b = draw(st.sampled_from([i for i, s in enumerate(shapes) if _broadcast(s, shapes[a])]))
    text, run = draw(
        st.sampled_from(
            [
                ("a + 2 b", lambda n, x, y: x + 2 * y),
                ("a b", lambda n, x, y: x * y),
                ("a - 0.5 b", lambda n, x, y: x - 0.5 * y),
                ("a / (1 + b²)", lambda n, x, y: x / (1 + y**2)),
                ("where a > b", lambda n, x, y: n.where(x > y, x * y, y - 1.0)),
            ]
        )
    )
    return Step(text, (a, b), run, (lambda x, y: x - y) if "where" in text else None)


def _reduction(draw: Any, shapes: list) -> Step | None:
    a = draw(st.integers(0, len(shapes) - 1))
    ndim = len(shapes[a])
    axis = draw(st.sampled_from([None, *range(-ndim, ndim)]))
    name = draw(st.sampled_from(["sum", "mean", "var", "prod"]))
    keep = draw(st.booleans())
    inner = (lambda n, x: 1 + 0.3 * n.sin(x)) if name == "prod" else (lambda n, x: x)
    return Step(
        f"{name} axis={axis} keepdims={keep}",
        (a,),
        lambda n, x: getattr(n, name)(inner(n, x), axis=axis, keepdims=keep),
    )


def _extreme(draw: Any, shapes: list) -> Step | None:
    a = draw(st.sampled_from([i for i, s in enumerate(shapes) if len(s)] or [-1]))
    if a < 0:
        return None
    axis = draw(st.integers(0, len(shapes[a]) - 1))
    name = draw(st.sampled_from(["max", "min", "sort", "cumsum"]))
    gaps = lambda x: np.diff(np.sort(x, axis=axis), axis=axis)  # noqa: E731
    return Step(
        f"{name} axis={axis}",
        (a,),
        lambda n, x: getattr(n, name)(x, axis=axis),
        None if name == "cumsum" else gaps,
    )


def _rearranged(draw: Any, shapes: list) -> Step | None:
    a = draw(st.integers(0, len(shapes) - 1))
    ndim = len(shapes[a])
    order = tuple(draw(st.permutations(range(ndim))))
    choices: list[tuple[str, Callable]] = [
        ("reshape -1", lambda n, x: n.reshape(x, -1)),
        (f"transpose {order}", lambda n, x: n.transpose(x, order)),
        ("expand_dims 0", lambda n, x: n.expand_dims(x, 0)),
    ]
    if ndim:
        choices += [
            ("roll", lambda n, x: n.roll(x, 1, axis=0)),
            ("flip", lambda n, x: n.flip(x, axis=ndim - 1)),
            ("tile", lambda n, x: n.tile(x, 2)),
            ("repeat", lambda n, x: n.repeat(x, 2, axis=0)),
            ("pad", lambda n, x: n.pad(x, 1)),
            ("concatenate", lambda n, x: n.concatenate([x, n.cos(x)], axis=0)),
            ("stack", lambda n, x: n.stack([x, x * 2.0], axis=-1)),
        ]
    text, run = draw(st.sampled_from(choices))
    return Step(text, (a,), run)


def _indexed(draw: Any, shapes: list) -> Step | None:
    a = draw(st.sampled_from([i for i, s in enumerate(shapes) if len(s) and s[0] > 1] or [-1]))
    if a < 0:
        return None
    n0 = shapes[a][0]
    places = np.array(draw(st.lists(st.integers(-n0, n0 - 1), min_size=1, max_size=4)))
    index = draw(st.sampled_from([-1, slice(1, None), slice(None, None, -2), (None, 0), (..., 0), places]))
    text = f"index {index!r}"
    if draw(st.booleans()):
        return Step(text, (a,), lambda n, x: x[index])
    if isinstance(index, np.ndarray) and len(set(places % n0)) < len(places):
        return None  # JAX leaves open which of two writes on one place wins
    return Step("write " + text, (a,), lambda n, x: _written(n, x, index))


def _written(n: Any, x: Any, index: Any) -> Any:
    if index == (None, 0) if isinstance(index, tuple) else False:
        index = 0
    if n is np:
        y = x.copy()
        y[index] = x[index] * 3.0 + 1.0
        return y
    return x.at[index].set(x[index] * 3.0 + 1.0)


def _product(draw: Any, shapes: list) -> Step | None:
    pairs = [
        (i, j)
        for i, s in enumerate(shapes)
        for j, t in enumerate(shapes)
        if 1 <= len(s) <= 2 and 1 <= len(t) <= 2 and s[-1] == t[0 if len(t) == 1 else -2]
    ]
    if not pairs:
        return None
    name = draw(st.sampled_from(["dot", "matmul"]))
    return Step(name, draw(st.sampled_from(pairs)), lambda n, x, y: getattr(n, name)(x, y))


def _broadcast(a: tuple, b: tuple) -> bool:
    try:
        return int(np.prod(np.broadcast_shapes(a, b))) <= 200
    except ValueError:
        return False


KINDS = (_unary, _unary, _binary, _operator, _reduction, _extreme, _rearranged, _indexed, _product)


@st.composite
def programs(draw: Any) -> tuple[Program, list[np.ndarray]]:
    """A program and its inputs."""
    shapes = tuple(draw(st.lists(st.sampled_from(SHAPES), min_size=1, max_size=3)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    inputs = [rng.normal(size=s) if s else np.float64(rng.normal()) for s in shapes]
    program, values = Program(shapes, ()), list(inputs)
    for kind in draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=8)):
        step = kind(draw, [np.shape(v) for v in values])
        if step is None:
            continue
        values.append(step.run(np, *(values[a] for a in step.args)))
        program = Program(shapes, (*program.steps, step))
    return program, inputs
