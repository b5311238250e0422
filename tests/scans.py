"""Random loops for tests/test_scan_random.py: a step drawn operation by operation, and a loss of its results.

The same step runs on NumPy through `cg.scan` and on JAX through `lax.scan`; that is what it is for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import strategies as st

B, C, K = 2, 3, 4
BATCHES = [(), (B,), (C, B), (1,), (1, B)]
LARGEST = 1e3  # beyond, rounding decides


@dataclass(frozen=True)
class Op:
    """One operation of a step: which values of the pool it takes, and how it is done by an array module."""

    text: str
    args: tuple[int, ...]
    run: Callable[..., Any]


@dataclass
class Loop:
    """A loop and a loss. The pool of a step: its params, states, x, what it captures, what its ops make."""

    given: dict[str, Any]  # p, s, xs, cap: what the loss is a function of
    fixed: dict[str, Any]  # words: whole numbers, which the step captures or goes over
    dtype: Any
    ops: list[Op] = field(default_factory=list)
    states: list[tuple[int, bool]] = field(default_factory=list)  # from the pool; under tanh?
    ys: list[int] = field(default_factory=list)
    nested: bool = False
    uses: list[tuple[str, int, int]] = field(default_factory=list)  # what, which, how
    counter: bool = False

    def step(self, n: Any, scan: Callable, cap: Any) -> Callable:
        """`(p, s, x) -> (s, y)`."""

        def step(p: Any, s: Any, x: Any) -> Any:
            pool = self.pool(n, scan, p, s, x, cap)
            new = [n.tanh(pool[k]) if under else pool[k] for k, under in self.states]
            state = {"h": new[0], "rest": (new[1], new[2])}
            if self.counter:
                state["count"] = s["count"] + 1
            y = [pool[k] for k in self.ys]
            return state, ({"first": y[:1], "rest": tuple(y[1:])} if self.nested else tuple(y))

        return step

    def pool(self, n: Any, scan: Callable, p: Any, s: Any, x: Any, cap: Any) -> list[Any]:
        """Everything a step can make use of."""
        pool = [p["W"], p["U"], p["b"], p["s"], s["h"], *s["rest"], x["x"], x["z"], cap, x["words"]]
        pool += [self.fixed["held"], s["count"] if self.counter else x["words"]]
        for op in self.ops:
            pool.append(op.run(n, scan, *(pool[a] for a in op.args)))
        return pool

    def loss(self, n: Any, scan: Callable) -> Callable:
        """A number, of params, states, xs and what is captured."""

        def loss(given: Any) -> Any:
            state, xs = dict(given["s"]), given["xs"] | {"words": self.fixed["words"]}
            if self.counter:
                state["count"] = n.asarray(0)
            final, ys = scan(self.step(n, scan, given["cap"]), given["p"], state, xs)
            flat_y = [*ys["first"], *ys["rest"]] if self.nested else list(ys)
            finals = [final["h"], *final["rest"], final["count"] if self.counter else final["h"]]
            total = 0.5 * n.sum(given["p"]["s"] ** 2)
            for what, k, how in self.uses:
                total = total + used(n, (finals if what == "state" else flat_y)[k], how)
            return total

        return loss

    def __repr__(self) -> str:
        lines = [f"v{i + 13} = {op.text} of {op.args}" for i, op in enumerate(self.ops)]
        shape = self.given["s"]["h"].shape
        return "\n".join(
            [f"batch {shape}, {np.dtype(self.dtype)}, T {len(self.given['xs']['z'])}", *lines]
            + [f"states {self.states} ys {self.ys} uses {self.uses} nested {self.nested} {self.counter}"]
        )


def used(n: Any, v: Any, how: int) -> Any:
    """Part of a loss."""
    shape = np.shape(v)
    if shape and how == 1:
        v = v[-1]
    elif shape and how == 2:
        v = v[1:]
    elif shape and how == 3:
        v = v[::2]
    elif how == 4:
        v = n.sin(v) * v
    elif how == 5:
        return n.sum(v)
    elif shape and how == 6:
        v = v[::-1] * v
    weights = np.cos(np.arange(int(np.prod(np.shape(v)))) + how).reshape(np.shape(v))
    return n.sum(v * weights.astype(np.float32))


# ----- what a step may do -----


def inner(n: Any, scan: Callable, v: Any, q: Any) -> Any:
    """A loop in a loop, over the last axis."""

    def step(p: Any, s: Any, x: Any) -> Any:
        new = n.tanh(s * p + x)
        return new, new * s

    last, ys = scan(step, q, v[..., 0], n.moveaxis(v, -1, 0))
    return n.moveaxis(ys, 0, -1) * last[..., None]


UNARY: dict[str, Callable] = {
    "tanh": lambda n, v: n.tanh(v),
    "sin": lambda n, v: n.sin(v),
    "exp": lambda n, v: n.exp(-v * v),
    "sigmoid": lambda n, v: 1 / (1 + n.exp(-v)),
    "half": lambda n, v: 0.5 * v,
    "one": lambda n, v: v + 1,
    "two": lambda n, v: 2 / (1 + v**2),
    "abs": lambda n, v: n.abs(v),
    "relu": lambda n, v: n.maximum(v, 0),
    "clip": lambda n, v: n.clip(v, -0.5, 0.5),
    "square": lambda n, v: v**2,
    "ones": lambda n, v: n.ones_like(v) * v,
    "zero": lambda n, v: v * 0,
    "sqrt": lambda n, v: n.sqrt(1 + v * v),
}
VECTORS: dict[str, Callable] = {
    "sum": lambda n, v: n.sum(v, axis=-1, keepdims=True) + 0 * v,
    "mean": lambda n, v: v - n.mean(v, axis=-1, keepdims=True),
    "max": lambda n, v: v - n.max(v, axis=-1, keepdims=True),
    "min": lambda n, v: n.min(v, axis=0) + v,
    "batch": lambda n, v: v + n.sum(v, axis=0),
    "all": lambda n, v: v * n.sum(v),
    "softmax": lambda n, v: n.exp(v - n.max(v)) / n.sum(n.exp(v - n.max(v)), axis=-1, keepdims=True),
    "flip": lambda n, v: v[..., ::-1],
    "some": lambda n, v: v[..., :1] + v,
    "split": lambda n, v: n.concatenate(n.split(v, 2, axis=-1)[::-1], axis=-1),
    "gather": lambda n, v: v[..., np.array([0, 0, 3, 1])],
    "roll": lambda n, v: n.roll(v, 1, axis=-1),
    "stack": lambda n, v: n.sum(n.stack([v, v * v, n.tanh(v)]), axis=0),
    "broad": lambda n, v: n.broadcast_to(v[..., :1], v.shape),
    "cumsum": lambda n, v: n.cumsum(v, axis=-1),
    "where": lambda n, v: n.where(v > 0, v, 0.1 * v),
    "turn": lambda n, v: n.swapaxes(n.swapaxes(v, 0, -1) * 2, 0, -1),
    "flat": lambda n, v: n.reshape(n.reshape(v, (-1,)) * 1.5, v.shape),
    "norm": lambda n, v: v / n.sqrt(1 + n.sum(v * v)),
}
BINARY: dict[str, Callable] = {
    "add": lambda n, v, w: v + w,
    "subtract": lambda n, v, w: v - w,
    "multiply": lambda n, v, w: v * w,
    "divide": lambda n, v, w: v / (1 + w * w),
    "maximum": lambda n, v, w: n.maximum(v, w),
    "where": lambda n, v, w: n.where(v > w, v, w * 2),
    "atan": lambda n, v, w: n.arctan2(v, 2 + w * w),
    "outer": lambda n, v, w: n.sum(v * w) * w,
}
PRODUCTS: dict[str, Callable] = {
    "matmul": lambda n, v, W: v @ W,
    "dot": lambda n, v, W: n.dot(v, W),
    "einsum": lambda n, v, W: n.einsum("...i,ij->...j", v, W),
    "transposed": lambda n, v, W: v @ W.T,
    "left": lambda n, v, W: (W.T @ v[..., None])[..., 0],
    "tensordot": lambda n, v, W: n.tensordot(v, W, 1),
    "twice": lambda n, v, W: (v @ W) @ W,
    "gram": lambda n, v, W: v @ (W @ W.T),
}


@st.composite
def loops(draw: Any) -> Loop:
    """A loop with its loss, and values for both, none so large that rounding decides."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    dtype = draw(st.sampled_from([np.float64, np.float64, np.float32]))
    batch, length = draw(st.sampled_from(BATCHES)), draw(st.integers(1, 5))
    normal = lambda *shape: np.asarray(rng.normal(size=shape) * 0.6, dtype)  # noqa: E731
    given = {
        "p": {"W": normal(K, K), "U": normal(K, K), "b": normal(K), "s": normal()},
        "s": {"h": normal(*batch, K), "rest": (normal(*batch, K), normal())},
        "xs": {"x": normal(length, *batch, K), "z": normal(length)},
        "cap": normal(*batch, K),
    }
    fixed = {"words": rng.integers(0, K, (length, *batch)), "held": normal(*batch, K)}
    loop = Loop(given, fixed, dtype, counter=draw(st.booleans()), nested=draw(st.booleans()))
    _draw_ops(draw, loop)
    pool = _example(loop)
    like = lambda shape: [  # noqa: E731
        i for i, v in enumerate(pool) if np.shape(v) == shape and np.asarray(v).dtype == dtype
    ]
    for shape in ((*batch, K), (*batch, K), ()):
        loop.states.append((draw(st.sampled_from(like(shape)[::-1])), draw(st.booleans())))
    real = [i for i in range(len(pool)) if i not in (10, 12) or draw(st.booleans())]
    loop.ys = draw(st.lists(st.sampled_from(real[::-1]), min_size=0 if not loop.nested else 2, max_size=4))
    ways = st.integers(0, 6)
    for k in draw(st.lists(st.integers(0, 3 if loop.counter else 2), max_size=3)):
        loop.uses.append(("state", k, draw(ways)))
    for k in draw(st.lists(st.integers(0, len(loop.ys) - 1), max_size=4)) if loop.ys else []:
        loop.uses.append(("y", k, draw(ways)))
    return loop


def _example(loop: Loop) -> list[Any]:
    import chalkgrad as cg

    given = loop.given
    x = {k: v[0] for k, v in (given["xs"] | {"words": loop.fixed["words"]}).items()}
    state = given["s"] | ({"count": np.asarray(0)} if loop.counter else {})
    return loop.pool(np, cg.scan, given["p"], state, x, given["cap"])


def _draw_ops(draw: Any, loop: Loop) -> None:
    full = loop.given["cap"].shape
    for _ in range(draw(st.integers(1, 8))):
        shapes = [np.shape(v) for v in _example(loop)]
        whole = [i for i, v in enumerate(shapes) if v == full and i not in (10, 12)][::-1]
        small = [i for i, v in enumerate(shapes) if v in ((), (K,)) and i not in (10, 12)]
        kind = draw(st.sampled_from("unary vector binary product product scalar embed inner".split()))
        v = draw(st.sampled_from(whole))
        if kind == "unary":
            loop.ops.append(_op(draw, UNARY, (draw(st.sampled_from(whole + small)),)))
        elif kind == "vector":
            loop.ops.append(_op(draw, VECTORS, (v,)))
        elif kind == "binary":
            loop.ops.append(_op(draw, BINARY, (v, draw(st.sampled_from(whole + small)))))
        elif kind == "product":
            loop.ops.append(_op(draw, PRODUCTS, (v, draw(st.sampled_from([0, 0, 1])))))
        elif kind == "scalar":
            loop.ops.append(Op("total", (v, 3), lambda n, scan, v, s: n.tanh(n.mean(v) * s)))
        elif kind == "embed":
            loop.ops.append(Op("embed", (0, 10), lambda n, scan, W, words: W[words]))
        else:
            loop.ops.append(Op("inner", (v, 3), inner))


def _op(draw: Any, table: dict[str, Callable], args: tuple[int, ...]) -> Op:
    name = draw(st.sampled_from(sorted(table)))
    f = table[name]
    return Op(name, args, lambda n, scan, *given: f(n, *given))
