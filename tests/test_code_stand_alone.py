"""Generated source of convolutions runs by itself, and is valid input again."""

from __future__ import annotations

import numpy as np
import pytest

import chalkgrad as cg
from chalkgrad import nn

CASES = [
    ((2, 6, 5, 2), (3, 3, 2, 4), {}),
    ((2, 7, 6, 2), (3, 2, 2, 3), {"strides": (2, 3), "padding": "valid"}),
    ((1, 8, 7, 1), (2, 3, 1, 2), {"strides": (3, 1), "padding": "same", "dilation": (1, 2)}),
    ((1, 5, 5, 1), (1, 1, 1, 2), {"strides": (2, 2), "padding": "same"}),
]


def runs(source: str, name: str):
    space: dict = {}
    exec(source, space)
    return space[name]


@pytest.mark.parametrize("shape, window, options", CASES)
def test_the_backward_pass_of_a_convolution_stands_alone(shape, window, options):
    rng = np.random.default_rng(0)
    x, W = rng.normal(size=shape), rng.normal(size=window)

    def loss(x, W):
        return np.sum(nn.convolution(x, W, None, **options) ** 3)

    made = cg.backward_code(loss, x, W)
    alone = runs(made.source, made.name)
    wanted = cg.grad(loss, (0, 1))(x, W)
    for a, b in zip(alone(x, W), wanted, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10)
    again = cg.grad(lambda W: np.sum(alone(x, W)[1] * W))(W)
    np.testing.assert_allclose(again, cg.grad(lambda W: np.sum(cg.grad(loss, 1)(x, W) * W))(W), rtol=1e-10)


def test_lines_have_nodes_and_what_is_written_out_has_none():
    x, W = np.ones((1, 4, 4, 1)), np.ones((2, 2, 1, 1))
    made = cg.backward_code(lambda x, W: np.sum(nn.convolution(x, W)), x, W)
    lines = made.source.split("\n")
    told = [line for line, node in zip(lines, made.lines, strict=True) if node is not None]
    assert told and all(" = " in line for line in told)
    assert set(made.lines[lines.index("def conv(x, W, strides=None, dilation=None, padding=None):") :]) == {
        None
    }


def test_a_variable_called_conv_does_not_hide_it():
    def loss(x, W):
        conv = nn.convolution(x, W)
        return np.sum(conv * conv)

    x, W = np.ones((1, 4, 4, 1)), np.ones((2, 2, 1, 1))
    made = cg.backward_code(loss, x, W)
    np.testing.assert_allclose(runs(made.source, made.name)(x, W)[1], cg.grad(loss, 1)(x, W))
