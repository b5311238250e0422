"""The backward pass as formulas: every line is read back, and the gradients are those of `grad`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable

import numpy as np
import pytest

from chalkgrad.grad import grad
from chalkgrad.latex import NOTATION, evaluate
from chalkgrad.op import NAMED
from chalkgrad.render.chain import chain
from chalkgrad.render.formula import formula
from chalkgrad.render.pieces import width
from chalkgrad.render.view import collect

random = np.random.default_rng(3)
FUNCTIONS = NOTATION | {name: op.fun for name, op in NAMED.items()}
_SIGN = re.compile(r"\\frac\{\\partial [^{}]*(?:\{[^{}]*\})?\}\{\\partial (\w)(?:_\{(\w+)\})?\}")


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def two_layers(X, W1, b1, W2, b2, y):
    H = sigmoid(np.dot(X, W1) + b1)
    P = np.dot(H, W2) + b2
    L = np.mean((P - y) ** 2)
    return L


def sigmoids(X, W):
    return np.sum(sigmoid(np.dot(X, W)) ** 2)


def normal(*shapes: tuple[int, ...]) -> list[np.ndarray]:
    return [random.normal(size=shape) for shape in shapes]


NETS: list[tuple[Callable, list[np.ndarray], str]] = [
    (two_layers, normal((4, 3), (3, 2), (2,), (2, 1), (1,), (4, 1)), "L"),
    (sigmoids, normal((4, 3), (3, 2)), "sigmoids"),
]


def plain(latex: str) -> str:
    """A gradient's sign as a variable that the reader knows: g_{W1}."""
    return _SIGN.sub(lambda m: rf"\text{{d{m[1]}{m[2] or ''}}}", latex)


def forward(f: Callable, args: list[np.ndarray]) -> dict[str, np.ndarray]:
    """The quantities of the forward pass, by their names."""
    names = dict(zip(inspect.signature(f).parameters, args, strict=True))
    if f is two_layers:
        names["H"] = sigmoid(names["X"] @ names["W1"] + names["b1"])
        names["P"] = names["H"] @ names["W2"] + names["b2"]
    return {re.sub(r"(\w)(\d)", r"\1_\2", name): value for name, value in names.items()}


@pytest.mark.parametrize(("f", "args", "result"), NETS)
def test_every_line_is_read_back(f: Callable, args: list[np.ndarray], result: str):
    names = forward(f, args)
    steps = chain(f, *args)
    assert all(
        rf"\partial {result}" in s.left or "operatorname" in s.left for s in steps if s.node is not None
    )
    for step in steps:
        left = plain(step.left)
        name = left.removeprefix(r"\text{").removesuffix("}") if left != step.left else left
        names[{r"\delta": "delta", "u_{1}": "u_1"}.get(name, name)] = evaluate(
            plain(step.latex), names, FUNCTIONS
        )
    for parameter, got in zip(
        inspect.signature(f).parameters, grad(f, tuple(range(len(args))))(*args), strict=True
    ):
        np.testing.assert_allclose(np.broadcast_to(names[f"d{parameter}"], got.shape), got, rtol=1e-9)


def test_a_card_tells_a_wide_loss_in_steps():
    f, args, _ = NETS[0]
    lines = collect(f, *args)["formulas"]
    assert all(width(line["latex"]) < 40 for line in lines)
    assert [line["value"] for line in lines if line["kind"] == "value"][:2] == ["4 × 2", "4 × 1"]
    assert sum("step" not in line for line in lines) == 1 + len(args)
    left = [line["latex"] for line in lines if line["kind"] == "gradient"]
    assert left[0].startswith(r"\htmlData{node=14}{\frac{\partial L}{\partial P}}")


def test_the_steps_of_a_formula():
    f, args, _ = NETS[0]
    assert formula(f, *args, steps=True).steps[1] == "P = H W_{2} + b_{2}"
    assert len(formula(f, *args, steps=True, mark=True).steps) == 3
