"""Random convolutions and poolings: engines, JAX's and PyTorch's agree in value and derivatives.

A quick run tries some; `CHALKGRAD_EXAMPLES=5000 pytest tests/test_conv_random.py` tries thousands.
"""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import chalkgrad as cg
from chalkgrad import nn
from chalkgrad.ops.linalg.convolution import conv
from chalkgrad.plan import backward_graph
from chalkgrad.run import javascript, numpy
from often import EXAMPLES, often

jax = pytest.importorskip("jax")


@dataclass(frozen=True)
class Drawn:
    """A convolution: the sizes of everything, and how the window moves."""

    x: tuple[int, ...]
    W: tuple[int, ...]
    options: dict
    dtype: type
    seed: int

    def arrays(self):
        rng = np.random.default_rng(self.seed)
        shapes = self.x, self.W, self.x, self.W
        return [np.asarray(rng.normal(size=s), self.dtype) for s in shapes]

    def whole(self):
        """Strides, dilation and padding, the usual ones too."""
        axes = len(self.x) - 2
        usual = {"strides": (1,) * axes, "dilation": (1,) * axes, "padding": ((0, 0),) * axes}
        return usual | self.options


@st.composite
def convolutions(draw, least=-1):
    axes = draw(st.sampled_from([1, 1, 2, 2, 3]))
    sizes = lambda low, high: tuple(draw(st.integers(low, high)) for _ in range(axes))  # noqa: E731
    window, strides, dilation = sizes(1, 3), sizes(1, 4), sizes(1, 3)
    padding = tuple((draw(st.integers(least, 4)), draw(st.integers(least, 4))) for _ in range(axes))
    reach = [(w - 1) * d + 1 for w, d in zip(window, dilation, strict=True)]
    lengths = [
        max(r - low - high, 1, 1 - min(low, 0) - min(high, 0)) + draw(st.integers(0, 5 if axes < 3 else 2))
        for r, (low, high) in zip(reach, padding, strict=True)
    ]
    given = {"strides": strides, "dilation": dilation, "padding": padding}
    options = {k: v for k, v in given.items() if draw(st.booleans()) or k == "padding"}
    batch, channels, filters = (draw(st.integers(1, 3)) for _ in range(3))
    dtype = draw(st.sampled_from([np.float64, np.float32]))
    x, W = (batch, *lengths, channels), (*window, channels, filters)
    return Drawn(x, W, options, dtype, draw(st.integers(0, 2**31)))


def loss_with(convolve):
    """A number whose second derivatives are not nothing."""

    def loss(x, W):
        y = convolve(x, W)
        return (y * y * y / 3 + y * y).sum()

    return loss


def along(gradient, dx, dW):
    def product(x, W):
        gx, gW = gradient(x, W)
        return (gx * dx).sum() + (gW * dW).sum()

    return product


def same(got, wanted, digits, what=""):
    wanted = np.asarray(wanted)
    assert np.shape(got) == wanted.shape, what
    scale = 1 + float(np.max(np.abs(wanted), initial=0))
    np.testing.assert_allclose(got, wanted, rtol=digits, atol=digits * scale, err_msg=what)


def everything(f, wrap, x, W, dx, dW):
    """Value, both gradients, the Hessian times a direction."""
    gradient = cg.grad(f, argnums=(0, 1))
    made = wrap(cg.value_and_grad(f, argnums=(0, 1)))(x, W)
    return [made[0], *made[1], *wrap(cg.grad(along(gradient, dx, dW), argnums=(0, 1)))(x, W)]


def theirs(drawn, x, W, dx, dW):
    """The same by JAX, in float64."""
    places = "DHW"[-(x.ndim - 2) :]
    layout = f"N{places}C", f"{places}IO", f"N{places}C"
    o = drawn.whole()

    def convolve(x, W):
        return jax.lax.conv_general_dilated(
            x, W, o["strides"], o["padding"], rhs_dilation=o["dilation"], dimension_numbers=layout
        )

    with jax.enable_x64(True):
        x, W, dx, dW = (jax.numpy.asarray(v, float) for v in (x, W, dx, dW))
        f = loss_with(convolve)
        gradient = jax.grad(f, (0, 1))
        made = f(x, W), *gradient(x, W), *jax.grad(along(gradient, dx, dW), (0, 1))(x, W)
        return [np.asarray(m) for m in made], np.asarray(convolve(x, W))


@often((EXAMPLES or 48) // 8)
@given(convolutions())
def test_convolution_is_jaxs(drawn: Drawn):
    x, W, dx, dW = drawn.arrays()
    wanted, y = theirs(drawn, x, W, dx, dW)
    digits = 1e-10 if drawn.dtype == np.float64 else 1e-4
    ours = lambda x, W: conv(x, W, **drawn.options)  # noqa: E731
    same(ours(x, W), y, digits, "the convolution itself")
    for got, other in zip(everything(loss_with(ours), lambda f: f, x, W, dx, dW), wanted, strict=True):
        assert np.asarray(got).dtype == drawn.dtype
        same(got, other, digits, "NumPy")


@often((EXAMPLES or 48) // 8)
@given(convolutions())
def test_the_compiled_one_is_numpys(drawn: Drawn):
    given = drawn.arrays()
    digits = 1e-10 if drawn.dtype == np.float64 else 1e-4
    f = loss_with(lambda x, W: conv(x, W, **drawn.options))
    wanted = everything(f, lambda f: f, *given)
    for got, other in zip(everything(f, cg.compile, *given), wanted, strict=True):
        assert np.asarray(got).dtype == drawn.dtype
        same(got, other, digits, "XLA")


@often(EXAMPLES or 25)
@given(convolutions())
def test_the_pages_engine_is_numpys(drawn: Drawn):
    pytest.importorskip("py_mini_racer")
    x, W, dx, dW = drawn.arrays()
    f = loss_with(lambda x, W: conv(x, W, **drawn.options))
    digits = 1e-10 if drawn.dtype == np.float64 else 1e-4
    for graph in (backward_graph(f, x, W), backward_graph(along(cg.grad(f, (0, 1)), dx, dW), x, W)):
        assert javascript.lacking(graph) == []
        made, wanted = javascript.values(graph, x, W), numpy.values(graph, x, W)
        for node, got, other in zip(graph.nodes, made, wanted, strict=True):
            assert np.asarray(got).dtype == np.asarray(other).dtype
            same(got, other, digits, str(node.op))


@often(EXAMPLES or 25)
@given(convolutions(least=0))
def test_convolution_is_pytorchs(drawn: Drawn):
    torch = pytest.importorskip("torch")
    x, W, dx, dW = drawn.arrays()
    o = drawn.whole()
    axes = x.ndim - 2
    run = [torch.nn.functional.conv1d, torch.nn.functional.conv2d, torch.nn.functional.conv3d][axes - 1]
    margins = [n for pair in reversed(o["padding"]) for n in pair]

    def convolve(x, W):
        padded = torch.nn.functional.pad(x.movedim(-1, 1), margins)
        weights = W.movedim((-1, -2), (0, 1)).contiguous()
        return run(padded, weights, stride=o["strides"], dilation=o["dilation"]).movedim(1, -1)

    tx, tW = (torch.tensor(np.asarray(v, float), requires_grad=True) for v in (x, W))
    loss = loss_with(convolve)(tx, tW)
    slopes = torch.autograd.grad(loss, (tx, tW), create_graph=True)
    inner = sum((s * torch.tensor(np.asarray(d, float))).sum() for s, d in zip(slopes, (dx, dW), strict=True))
    wanted = [loss, *slopes, *torch.autograd.grad(inner, (tx, tW))]
    digits = 1e-10 if drawn.dtype == np.float64 else 1e-4
    f = loss_with(lambda x, W: conv(x, W, **drawn.options))
    for got, other in zip(everything(f, lambda f: f, x, W, dx, dW), wanted, strict=True):
        same(got, other.detach().numpy(), digits)


@pytest.mark.parametrize("x,W", [((0, 5, 2), (3, 2, 4)), ((2, 5, 0), (3, 0, 4)), ((2, 5, 2), (3, 2, 0))])
def test_nothing_goes_through_a_convolution(x, W):
    f = lambda x, W: np.sum(conv(x, W, strides=(2,)) ** 2)  # noqa: E731
    for wrap in (lambda f: f, cg.compile):
        for got, like in zip(wrap(cg.grad(f, (0, 1)))(np.ones(x), np.ones(W)), (x, W), strict=True):
            np.testing.assert_array_equal(got, np.zeros(like))


def test_more_cannot_be_left_out_than_there_is():
    with pytest.raises(ValueError, match="leaves out more"):
        conv(np.ones((2, 4, 2)), np.ones((2, 2, 3)), padding=((-5, 6),))


# ----- pooling -----


@st.composite
def poolings(draw):
    kind = draw(st.sampled_from(["MaxPool1D", "AveragePool1D", "MaxPool2D", "AveragePool2D"]))
    axes = int(kind[-2])
    window = tuple(draw(st.integers(1, 3)) for _ in range(axes))
    stride = draw(st.sampled_from([None, "drawn", "drawn"])) and tuple(
        draw(st.integers(1, 4)) for _ in range(axes)
    )
    lengths = tuple(w + draw(st.integers(0, 5)) for w in window)
    shape = (draw(st.integers(1, 3)), *lengths, draw(st.integers(1, 3)))
    return kind, window, stride, shape, draw(st.sampled_from([np.float64, np.float32]))


def pooled(drawn):
    kind, window, stride, shape, dtype = drawn
    layer = getattr(nn, kind)(window, stride)
    x, dx = (np.asarray(np.random.default_rng(k).normal(size=shape), dtype) for k in (0, 1))
    return layer, stride or window, x, dx


def pooling_in_torch(kind, window, stride, x, dx):
    torch = pytest.importorskip("torch")
    name = ("max_pool" if kind.startswith("Max") else "avg_pool") + kind[-2] + "d"
    x = torch.tensor(np.asarray(x, float), requires_grad=True)
    y = getattr(torch.nn.functional, name)(x.movedim(-1, 1), window, stride).movedim(1, -1)
    loss = (y**3 / 3 + y**2).sum()
    (slope,) = torch.autograd.grad(loss, x, create_graph=True)
    (curved,) = torch.autograd.grad((slope * torch.tensor(np.asarray(dx, float))).sum(), x)
    return [v.detach().numpy() for v in (y, loss, slope, curved)]


@often(EXAMPLES or 40)
@given(poolings())
def test_pooling_is_pytorchs(drawn):
    layer, stride, x, dx = pooled(drawn)
    y, *wanted = pooling_in_torch(drawn[0], drawn[1], stride, x, dx)
    digits = 1e-11 if x.dtype == np.float64 else 1e-5
    f = loss_with(lambda x, _: layer(x))
    same(layer(x), y, digits)
    value, slope = cg.value_and_grad(f)(x, 0.0)
    curved = cg.grad(lambda x: (cg.grad(f)(x, 0.0) * dx).sum())(x)
    for got, other in zip((value, slope, curved), wanted, strict=True):
        assert got.dtype == x.dtype
        same(got, other, digits)


@often((EXAMPLES or 64) // 8)
@given(poolings())
def test_pooling_in_the_other_engines(drawn):
    layer, _, x, dx = pooled(drawn)
    digits = 1e-11 if x.dtype == np.float64 else 1e-5
    f = loss_with(lambda x, _: layer(x))
    second = cg.grad(lambda x: (cg.grad(f)(x, 0.0) * dx).sum())
    for g in (layer, lambda x: cg.grad(f)(x, 0.0), second):
        got = cg.compile(g)(x)
        assert got.dtype == x.dtype
        same(got, g(x), digits)
    pytest.importorskip("py_mini_racer")
    graph = backward_graph(lambda x: f(x, 0.0), x)
    for got, other in zip(javascript.values(graph, x), numpy.values(graph, x), strict=True):
        same(got, other, digits)
