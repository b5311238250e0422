"""Plots: which entry varies, where there are gaps and kinks, and that the slope is drawn to scale."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest

import chalkgrad as cg
from chalkgrad.errors import ArgumentError
from chalkgrad.render.curve import Labels, curve_svg, height_range, ticks
from chalkgrad.render.plot_size import BOTTOM, LEFT, RIGHT, TOP
from chalkgrad.render.samples import entry_of, samples, with_entry

matplotlib.use("Agg")


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def leaky_relu(x):
    return np.maximum(0.2 * x, x)


def loss(X, W, b):
    return np.sum((np.dot(X, W) + b) ** 2)


ARGS = np.arange(6.0).reshape(2, 3), np.ones((3, 2)), 0.5


@pytest.fixture(autouse=True)
def closed():
    yield
    from matplotlib import pyplot

    pyplot.close("all")


# ----- what varies -----


@pytest.mark.parametrize(
    ("vary", "name", "tex"),
    [
        (None, "X[0,0]", "X_{0,0}"),
        ("W[1,0]", "W[1,0]", "W_{1,0}"),
        ("b", "b", "b"),
        (" W[2, 1] ", "W[2,1]", "W_{2,1}"),
    ],
)
def test_the_entry_that_varies(vary, name, tex):
    entry = entry_of(loss, ARGS, vary)
    assert (entry.name, entry.tex) == (name, tex)


@pytest.mark.parametrize("vary", ["V", "W[9,0]", "W[0]", "W[", "b[0]"])
def test_an_entry_that_is_none_names_those_there_are(vary):
    with pytest.raises(ArgumentError, match=r"Cure: vary=|W\["):
        entry_of(loss, ARGS, vary)


def test_nothing_to_vary():
    with pytest.raises(ArgumentError, match="no real number"):
        entry_of(np.sum, (np.arange(3),))


def test_the_arguments_stay_as_they_are():
    entry = entry_of(loss, ARGS, "W[1,0]")
    changed = with_entry(ARGS, entry, 7.0)
    assert changed[1][1, 0] == 7 and ARGS[1][1, 0] == 1


# ----- samples -----


def test_curves_are_the_functions_own():
    found = samples(sigmoid, (1.0,))
    xs = np.array(found.xs)
    np.testing.assert_allclose(found.f, sigmoid(xs), rtol=1e-5)
    np.testing.assert_allclose(found.g, sigmoid(xs) * (1 - sigmoid(xs)), rtol=1e-4)
    np.testing.assert_allclose(found.inner[2], np.exp(-xs), rtol=1e-5)
    assert found.value == sigmoid(1.0) and found.kinks == ()


def test_one_entry_of_many():
    found = samples(loss, ARGS, entry_of(loss, ARGS, "b"))
    xs = np.array(found.xs)
    want = [loss(ARGS[0], ARGS[1], x) for x in xs]
    np.testing.assert_allclose(found.f, want, rtol=1e-5)
    np.testing.assert_allclose(found.slope, cg.grad(loss, 2)(*ARGS))


def test_a_kink_has_two_slopes_and_their_mean():
    (kink,) = samples(leaky_relu, (-1.0,)).kinks
    assert (kink.x, kink.left, kink.right, kink.mean) == (0.0, 0.2, 1.0, 0.6)


def test_a_kink_off_the_grid_is_found():
    (kink,) = samples(lambda x: np.abs(x - 0.123456), (1.0,)).kinks
    assert kink.x == pytest.approx(0.123456, abs=1e-6)


def test_gaps_where_values_are_not_finite():
    found = samples(lambda x: np.log(x), (1.0,))
    undefined = [k for k, x in enumerate(found.xs) if x <= 0]
    assert all(found.f[k] is None and found.g[k] is None for k in undefined)


def test_a_branch_is_taken_anew_at_every_point():
    found = samples(lambda x: x**2 if x > 0 else -x, (1.0,))
    at = dict(zip(found.xs, found.f, strict=True))
    low = min(at)
    assert at[low] == pytest.approx(-low) and "path" in found.note


def test_a_result_with_many_entries_is_summed_and_says_so():
    found = samples(lambda X: X * 2, (np.ones((2, 2)),))
    assert found.value == 8 and "sum" in found.note


# ----- the page's plot -----


@pytest.mark.parametrize(
    "f", [sigmoid, leaky_relu, lambda x: 1 / x, lambda x: np.exp(5 * x), lambda x: x * 0 + 3.0, np.log]
)
def test_the_picture_is_whole(f):
    svg = curve_svg(samples(f, (1.0,)), Labels(output=5), "p", standalone=True)
    ElementTree.fromstring(svg)
    assert "nan" not in svg and "inf" not in svg.replace("info", "")


def test_the_slope_is_a_length_twice():
    svg = curve_svg(samples(sigmoid, (1.0,)))
    rise, height = re.findall(r'class="length" d="M[\d.-]+ ([\d.-]+)V([\d.-]+)"', svg)
    length = [abs(float(a) - float(b)) for a, b in (rise, height)]
    assert length[0] == pytest.approx(length[1], abs=0.2)


def test_inner_curves_wait_for_their_node():
    svg = curve_svg(samples(sigmoid, (1.0,)), Labels(inner={2: "e^{-x}"}, output=5))
    assert 'class="inner" data-node="2"' in svg and 'class="inner" data-node="5"' not in svg


def test_ticks():
    assert ticks(-4.2, 4.2, 5) == [-4, -2, 0, 2, 4]
    assert ticks(0.013, 0.019, 4) == pytest.approx([0.014, 0.016, 0.018])


# ----- Matplotlib -----


def test_the_axes_show_f_and_its_derivative():
    ax = cg.plot(sigmoid)
    solid, dashed = ax.lines[2:4]
    xs = solid.get_xdata()
    np.testing.assert_allclose(solid.get_ydata(), sigmoid(xs), rtol=1e-5)
    np.testing.assert_allclose(dashed.get_ydata(), sigmoid(xs) * (1 - sigmoid(xs)), rtol=1e-4)
    assert solid.get_linestyle() == "-" and dashed.get_linestyle() == "--" and ax.get_legend() is None
    assert (xs[0], xs[-1]) == (-3, 3)


def test_an_array_is_the_x_axis_itself():
    xs = np.linspace(-1, 2, 31)
    ax = cg.plot(np.tanh, xs)
    np.testing.assert_array_equal(ax.lines[2].get_xdata(), xs)
    np.testing.assert_allclose(ax.lines[3].get_ydata(), 1 - np.tanh(xs) ** 2)


def test_an_array_that_is_no_axis_varies_in_one_entry():
    ax = cg.plot(lambda x: np.sum(x**2), np.array([1.0, 2.0, 3.0]), vary="x[2]")
    xs = ax.lines[2].get_xdata()
    np.testing.assert_allclose(ax.lines[2].get_ydata(), 5 + xs**2, rtol=1e-5)
    assert ax.get_xlabel() == "$x_{2}$"


def test_without_the_derivative():
    assert len(cg.plot(sigmoid, derivative=False).lines) == 3


def test_on_axes_that_are_there():
    from matplotlib import pyplot

    ax = pyplot.figure().add_subplot()
    assert cg.plot(sigmoid, ax=ax) is ax


def test_an_empty_span():
    with pytest.raises(ArgumentError, match="span"):
        cg.plot(sigmoid, span=(1, 1))


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (np.tanh, 1.0),
        (lambda x: 1 - np.tanh(x), 1.0),
        (lambda x: 1 / (1 + np.exp(-np.maximum(0.2 * x, x))), -2.0),
        (lambda x: x**2, 1.0),
        (np.sin, 2.0),
    ],
)
def test_the_number_of_the_slope_lies_on_no_curve(f, x):
    found = samples(f, (x,), span=(-4.2, 4.2))
    drawn = curve_svg(found)
    at = re.search(r'<text class="slope halo" x="([\d.]+)" y="([\d.]+)" text-anchor="(\w+)">([^<]*)<', drawn)
    width = 8 * len(at[4])
    left = float(at[1]) - (0 if at[3] == "start" else width)
    low, high, bottom, top = found.xs[0], found.xs[-1], *height_range(found)
    places = [LEFT + (v - low) / (high - low) * (RIGHT - LEFT) for v in found.xs]
    for values in (found.f, found.g):
        for place, value in zip(places, values, strict=True):
            if value is not None and left <= place <= left + width:
                y = BOTTOM - (value - bottom) / (top - bottom) * (BOTTOM - TOP)
                assert not float(at[2]) - 11 < y < float(at[2])
