"""Factories: what stands in boxes and on roads, what folds, what can be entered; pictures are whole."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest

import chalkgrad as cg
from chalkgrad.errors import ArgumentError, LatexError
from chalkgrad.render.boxmath import measure
from chalkgrad.render.factory_model import levels_from_json, levels_to_json
from chalkgrad.render.numbers import number, shape_text


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def leaky_relu(x):
    return np.maximum(0.2 * x, x)


def sum_of_sigmoids(X, W):
    N = np.dot(X, W)
    S = sigmoid(N)
    L = np.sum(S)
    return L


def step(h, x, W, U):
    return np.tanh(np.dot(x, W) + np.dot(h, U))


def recurrent(X, W, U):
    h = np.zeros(3)
    for t in range(20):
        h = step(h, X[t], W, U)
    return np.sum(h**2)


RNG = np.random.default_rng(0)
X, W = RNG.normal(size=(3, 3)), RNG.normal(size=(3, 2))
RNN = RNG.normal(size=(20, 2)), RNG.normal(size=(2, 3)), RNG.normal(size=(3, 3))


def roads(level):
    return [(r.up, r.down) for r in level.roads]


# ----- numbers -----


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "1"), (-0.2, "−0.2"), (0.36787944, "0.3679"), (-0.0908577, "−0.09086"), (0.24700001, "0.2470"),
        (0.1 + 0.2, "0.3"), (np.float64("nan"), "nan"), (-np.inf, "−∞"), (-0.0, "0"), (True, "True"),
        (2e-7, "2×10⁻⁷"), (12345678.9, "1.235×10⁷"),
        (10**9, "1×10⁹"), (0.999999, "1.0000"), (np.float32(0.1), "0.1"),
    ],
)  # fmt: skip
def test_numbers(value, text):
    assert number(value) == text


def test_shapes():
    assert [shape_text(s) for s in ((), (1,), (3,), (2, 3, 4))] == [
        "scalar",
        "1 entry",
        "3 entries",
        "2 × 3 × 4",
    ]


# ----- the mathematics in a box -----


@pytest.mark.parametrize(
    "latex",
    [
        r"e^{\square}",
        r"\frac{1}{\square}",
        r"\sqrt[3]{x}",
        r"X^\top \square",
        r"\odot \operatorname{sigmoid}'",
        r"f''",
        r"\max(a, b)",
    ],
)
def test_boxes_set_their_mathematics(latex):
    made = measure(latex, 20)
    assert made.width > 0 and made.up > 0
    ElementTree.fromstring(f"<svg>{made.svg(0, 0)}</svg>")


def test_two_primes_are_wider_than_one():
    assert measure("f''").width > measure("f'").width


@pytest.mark.parametrize(
    "latex", [r"\href{x}{y}", r"a}", r"\operatorname{f", "a^", r"\begin{cases}x\end{cases}"]
)
def test_what_boxes_cannot_set_raises(latex):
    with pytest.raises((LatexError, IndexError)):
        measure(latex)


# ----- boxes and roads -----


def test_sigmoid_is_the_sketch():
    level = cg.factory(sigmoid, 1.0, backward=True).level
    assert [b.tex.replace("{", "").replace("}", "") for b in level.boxes] == [
        r"-\square",
        r"e^\square",
        r"1 + \square",
        r"1/\square",
    ]
    assert [s.text for b in level.boxes for s in b.slopes] == ["−1", "0.3679", "1", "−0.5344"]
    assert roads(level) == [
        ("1", "0.1966"),
        ("−1", "−0.1966"),
        ("0.3679", "−0.5344"),
        ("1.3679", "−0.5344"),
        ("0.7311", "1"),
    ]


def test_a_fork_copies_forward_and_adds_backward():
    level = cg.factory(leaky_relu, -1.0, backward=True).level
    assert len(level.forks) == 1
    whole, first, second = (r for r in level.roads if r.node == level.forks[0].node)
    assert (whole.up, first.up, second.up) == ("−1", "−1", "−1")
    assert float(whole.down) == float(first.down) + float(second.down)


def test_matrices_show_shapes_and_their_slopes():
    level = cg.factory(sum_of_sigmoids, X, W, backward=True).level
    product = level.boxes[0]
    assert [s.tex.replace("{", "").replace("}", "") for s in product.slopes] == [
        r"\square W^\top",
        r"X^\top \square",
    ]
    assert [b.title for b in level.boxes] == ["dot", "sigmoid", "sum"]
    assert level.roads[0].up == "3 × 3" and level.outs[0].tex == "L"


def test_a_gradient_is_the_one_to_its_right_times_the_slope():
    for f, x in ((sigmoid, 0.3), (lambda x: np.log(np.cosh(x)) * 3, 0.7), (lambda x: np.sqrt(x**2 + 1), 2.0)):
        level = cg.factory(f, x, backward=True).level
        values = {r.head: r.down for r in level.roads}
        for box in level.boxes:
            (out,) = {r.down for r in level.roads if r.tail[0] == box.id}
            for k, slope in enumerate(box.slopes):
                back = values[box.id, k].replace("−", "-")
                want = float(out.replace("−", "-")) * float(slope.text.replace("−", "-"))
                assert float(back) == pytest.approx(want, rel=1e-3, abs=2e-4)


def test_functions_can_be_entered():
    made = cg.factory(sum_of_sigmoids, X, W, backward=True)
    inside = made.inside("sigmoid")
    assert inside.level.inside and [g.tex for g in inside.level.ins] == ["x"]
    assert len(inside.level.boxes) == 4
    with pytest.raises(ArgumentError, match="sigmoid"):
        made.inside("softmax")


def test_twenty_turns_are_one_box():
    level = cg.factory(recurrent, *RNN, backward=True).level
    assert [(b.title, b.times) for b in level.boxes if b.times > 1] == [("step", 20)]
    assert len(level.boxes) == 3


def test_a_loop_without_functions_folds_too():
    def f(x):
        for _ in range(500):
            x = np.tanh(x * 0.99)
        return x

    level = cg.factory(f, 1.0, backward=True).level
    assert [b.times for b in level.boxes] == [500]


def test_a_thousand_different_boxes_say_how_many_are_left_out():
    source = (
        "def f(x):\n"
        + "\n".join(f"    x = np.{'tanh' if k % 3 else 'sin'}(x + {k / 100})" for k in range(500))
        + "\n    return x"
    )
    space = {"np": np}
    exec(source, space)
    level = cg.factory(space["f"], 1.0, backward=True).level
    assert len(level.boxes) <= 49 and re.search(r"… \d+ more", " ".join(b.title for b in level.boxes))
    assert "more boxes" in level.note


def test_constant_arrays_and_unused_inputs():
    mask = np.array([1.0, 0.0, 2.0])
    level = cg.factory(lambda x, y: np.sum(x * mask), np.ones(3), 2.0, backward=True).level
    assert "const" in level.boxes[0].tex
    assert level.note == "not used: y"


def test_without_a_gradient_the_factory_runs_forward_only():
    made = cg.factory(lambda x: np.floor(x) > 2, 3.5, backward=True)
    assert all(r.down == "" for r in made.level.roads)
    assert 'class="down"' not in made.svg


def test_several_results():
    level = cg.factory(lambda x: (np.sin(x), np.cos(x)), 1.0, backward=True).level
    assert [g.tex for g in level.outs] == ["y_{1}", "y_{2}"]


def test_the_derivative_has_a_factory_with_a_fork():
    level = cg.factory(cg.derivative(sigmoid), 1.0, backward=True).level
    assert [g.tex for g in level.outs] == ["y"]
    assert level.roads[-1].up == "0.1966" and len(level.forks) == 1


def test_levels_go_through_json():
    levels = cg.factory(recurrent, *RNN, backward=True).levels
    assert levels_from_json(levels_to_json(levels)) == levels


# ----- pictures -----

CASES = [(sigmoid, (1.0,)), (leaky_relu, (-1.0,)), (sum_of_sigmoids, (X, W)), (recurrent, RNN)]


@pytest.mark.parametrize(("f", "args"), CASES)
@pytest.mark.parametrize("upright", [False, True])
def test_pictures_are_whole(f, args, upright):
    made = cg.factory(f, *args, backward=True, upright=upright)
    for picture in [made, *(made.inside(level.id) for level in made.levels[1:])]:
        root = ElementTree.fromstring(picture.svg)
        left, top, width, height = map(float, root.get("viewBox").split())
        assert width > 60 and height > 60
        for text in root.iter("{http://www.w3.org/2000/svg}text"):
            assert (
                left <= float(text.get("x")) <= left + width and top <= float(text.get("y")) <= top + height
            )
        nodes = {n for e in root.iter() for n in (e.get("data-node") or "").split()}
        assert nodes >= {str(r.node) for r in picture.level.roads}


def test_boxes_do_not_overlap():
    for f, args in CASES:
        placed = cg.factory(f, *args, backward=True).placed
        spots = [placed.spots[b.id] for b in placed.level.boxes]
        for k, s in enumerate(spots):
            for t in spots[:k]:
                along = abs(s.at[0] - t.at[0]) >= (s.along + t.along) / 2
                across = abs(s.at[1] - t.at[1]) >= (s.across + t.across) / 2 - 1
                assert along or across


def test_it_stands_alone_in_light_and_dark():
    svg = cg.factory(sigmoid, 1.0, backward=True).svg
    assert "prefers-color-scheme:dark" in svg and "--paper:#" in svg and "<title" in svg and "<desc" in svg
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")


def test_it_is_also_a_list():
    html = cg.factory(sigmoid, 1.0, backward=True).list_html()
    parser = HTMLParser()
    parser.feed(html)
    assert "e^□: value 0.3679, slope 0.3679, gradient −0.5344" in html


def test_dot_is_given():
    assert cg.factory(sigmoid, 1.0).dot.startswith("digraph {")


def test_a_gradient_that_is_an_input_is_no_result():
    """The gradient of wᵀx by x is w itself: one result, and rules that name the other vector."""
    x, w = np.array([1.0, -0.5, 2.0]), np.array([0.5, 1.0, 0.25])
    drawn = cg.factory(lambda x, w: np.dot(x, w), x, w, backward=True).svg
    words = re.findall(r"<text[^>]*>([^<]*)</text>", drawn)
    assert words.count("y") == 1 and words.count("x") == words.count("w") == 3, words
    assert "J" not in words


def steps(x):
    for g in (np.sin, np.exp, np.tanh, np.cos, np.arctan, np.sqrt, np.log1p, np.square, np.cosh, np.sinh):
        x = g(x)
    return np.abs(x)


def test_a_long_row_is_broken_to_fit_a_card_and_every_road_joins_its_boxes():
    made = cg.factory(steps, 0.5, backward=True)
    placed = made.placed
    rows = {spot.at[1] for spot in placed.spots.values()}
    assert 2 <= len(rows) <= 4
    assert max(s.at[0] + s.along / 2 for s in placed.spots.values()) <= 1168
    for road, path in zip(made.level.roads, placed.paths, strict=True):
        tail, head = placed.spots[road.tail[0]], placed.spots[road.head[0]]
        assert path[0] == pytest.approx((tail.at[0] + tail.along / 2, tail.at[1]))
        assert path[-1] == pytest.approx((head.at[0] - head.along / 2, head.at[1]))
        assert all(p[0] == q[0] or p[1] == q[1] for p, q in pairwise(path))
        assert max(abs(p[0]) for p in path) <= 1168
    ends = [spot.at for name, spot in placed.spots.items() if spot.at[1] == max(rows)]
    assert len(ends) > 1, "the way out does not stand alone"


def test_boxes_of_different_rows_do_not_touch():
    placed = cg.factory(steps, 0.5, backward=True).placed
    spots = list(placed.spots.values())
    for k, a in enumerate(spots):
        for b in spots[k + 1 :]:
            apart = abs(a.at[0] - b.at[0]) >= (a.along + b.along) / 2
            assert apart or abs(a.at[1] - b.at[1]) >= (a.across + b.across) / 2 + 60


def test_a_walk_keeps_its_row():
    from dataclasses import replace

    placed = replace(cg.factory(steps, 0.5, backward=True), wrap=False).placed
    assert len({spot.at[1] for spot in placed.spots.values()}) == 1
