"""The walk's player: what is known when, and that its arithmetic is Python's own."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

import chalkgrad as cg
from chalkgrad.render.factory import factory
from chalkgrad.render.walk_player import player_html
from chalkgrad.render.walk_times import Timetable


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def leaky_relu(x):
    return np.maximum(0.2 * x, x)


def chain(x):
    return np.square(sigmoid(leaky_relu(x)))


def loss(X, W):
    N = np.dot(X, W)
    return np.sum(sigmoid(N))


def regression(X, w, b, y):
    P = X @ w + b
    return np.mean((P - y) ** 2)


def softmax_loss(z, t):
    e = np.exp(z)
    p = e / np.sum(e, axis=1, keepdims=True)
    return -np.mean(np.sum(t * np.log(p), axis=1))


rng = np.random.default_rng(3)
X, W = rng.normal(size=(2, 3)), rng.normal(size=(3, 2))

SCALARS = [(sigmoid, (1.0,)), (leaky_relu, (-1.0,)), (chain, (-1.0,)), (lambda x: x * np.sin(x), (2.0,))]
ARRAYS = [
    (loss, (X, W)),
    (regression, (rng.normal(size=(4, 3)), rng.normal(size=3), 0.5, rng.normal(size=4))),
    (softmax_loss, (rng.normal(size=(2, 3)), np.eye(3)[:2])),
    (lambda A, b: np.sum((A - b) * A), (X, X[0])),
]


def score(f, *args):
    return json.loads(json.dumps(cg.walk(f, *args).score(), allow_nan=False))


def player(f, *args):
    return player_html(factory(f, *args, backward=True), score(f, *args))


def known(html: str, step: int) -> list[str]:
    """The numbers that stand on the roads at a step."""
    flat = html.partition('<div class="tall">')[0]
    found = re.findall(r'<text class="([ud]v)" data-since="(\d+)"[^>]*>([^<]*)</text>', flat)
    return [text for _, since, text in found if int(since) <= step]


def text_of(html: str) -> str:
    return re.sub(r"<[^>]*>", "", html)


# ----- when -----


@pytest.mark.parametrize(("f", "args"), SCALARS)
def test_every_number_waits_for_its_step_and_all_are_there_at_the_end(f, args):
    html = player(f, *args)
    flat, steps = html.partition('<div class="tall">')[0], html.count("data-place=")
    waits = re.findall(r'class="pending" data-until="(\d+)"[^>]*>\?<', flat)
    drawn = factory(f, *args, backward=True).draw()
    assert len(waits) == len(known(html, steps)) == len(re.findall(r'class="[ud]v"', drawn))
    assert all(0 <= int(step) < steps for step in waits)
    numbers = [len(known(html, k)) for k in range(steps)]
    assert numbers == sorted(numbers) and numbers[0] >= 1 and numbers[-1] == len(waits)


def test_a_chain_is_walked_as_the_notes_walk_it():
    html = player(chain, -1.0)
    places = [text_of(p) for p in re.findall(r"<p data-place[^>]*>(.*?)</p>", html)]
    assert places[0] == "Step 1 of 8the input"
    assert places[4] == "Step 5 of 8the road turns round"
    assert places[6] == "Step 7 of 8backward through sigmoid"
    assert known(html, 6).count("0.2228") == 1 and "0.2228" not in known(html, 5)


def test_a_fork_is_known_when_its_branches_have_been_added():
    level = factory(leaky_relu, -1.0, backward=True).level
    times = Timetable(level)
    trunk = next(r for r in level.roads if r.head[0].startswith("k"))
    branches = [r for r in level.roads if r.tail[0] == trunk.head[0]]
    assert len(branches) == 2 and times.home(trunk) == max(map(times.home, branches)) + 1
    assert times.stops[times.home(trunk)].kind == "adds"
    assert {times.forth(r) for r in branches} == {times.forth(trunk)} == {0}


def test_without_gradients_there_is_only_the_way_forward_and_it_says_why():
    found = score(lambda x: np.floor(x) + np.linalg.matrix_rank(np.ones((2, 2))), 2.5)
    if found["why"]:
        assert {s["direction"] for s in found["stops"]} == {"forward"}
        assert found["why"] in text_of(str(found["stops"][-1]["result"]["sentence"]))


# ----- what is said -----


def equation(line) -> tuple[float, float]:
    """Both sides of the last two equals signs of an equation in numbers, computed from the tokens."""
    sides: list[list] = [[]]
    for token in line:
        sides.append([]) if token[:2] == ["x", "="] else sides[-1].append(token)
    product, total = 1.0, 0.0
    for token in sides[-2]:
        if token[0] in ("n", "now", "in"):
            product *= value(token[1])
        elif token[1] == "+":
            total, product = total + product, 1.0
    return total + product, value(sides[-1][0][1])


def value(text: str) -> float:
    return float(
        text.replace("−", "-").replace("×10⁻", "e-").translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789"))
    )


@pytest.mark.parametrize(("f", "args"), SCALARS)
def test_the_products_and_sums_come_out(f, args):
    stops = score(f, *args)["stops"]
    turn = next(k for k, s in enumerate(stops) if s["direction"] == "backward")
    checked = 0
    for stop in stops[turn + 1 :]:
        for line in (*stop["lines"], *stop.get("result", {}).get("lines", ())):
            left, right = equation(line)
            assert left == pytest.approx(right, rel=2e-3, abs=2e-4)
            checked += 1
    assert checked >= len(stops) - turn - 1


@pytest.mark.parametrize(("f", "args"), SCALARS)
def test_the_last_gradient_is_the_derivative(f, args):
    stops = score(f, *args)["stops"]
    last = [t for line in stops[-1]["lines"] for t in line if t[0] == "now"][-1]
    assert value(last[1]) == pytest.approx(float(cg.grad(f)(*args)), rel=1e-3)


def test_the_result_is_the_whole_product_and_agrees_with_the_central_difference():
    end = score(chain, -1.0)["stops"][-1]["result"]
    assert [t[1] for t in end["lines"][0] if t[0] in ("n", "in", "now")] == [
        "1",
        "0.9003",
        "0.2475",
        "0.2",
        "0.04457",
    ]
    words = " ".join(t[1] for t in end["sentence"])
    assert "agrees with it to" in words and "0.04457" in words


def test_a_kink_does_not_agree_and_says_so():
    end = score(lambda x: np.maximum(3 * x, x) * 1.0, 0.0)["stops"][-1]["result"]
    words = " ".join(t[1] for t in end["sentence"])
    assert ("agrees" in words) == (float(cg.grad(lambda x: np.maximum(3 * x, x) * 1.0)(0.0)) == 2.0)


def test_a_wrong_gradient_would_be_found():
    from dataclasses import replace

    from chalkgrad.render.walk_check import checked
    from chalkgrad.render.walk_values import passes

    found = passes(chain, -1.0)
    at = found.graph.gradients[found.graph.inputs[0]]
    values = [*found.values]
    values[at] = values[at] * 1.01
    said = " ".join(t[1] for t in checked(replace(found, values=tuple(values)), {}))
    assert "agrees" not in said and "kink" in said


def test_values_without_a_name_get_a_letter_and_names_are_never_given_twice():
    for f, args in SCALARS + ARRAYS:
        names = [tex for tex, _ in score(f, *args)["names"].values()]
        assert len(set(names)) == len(names)


# ----- arrays -----


def spelled(found):
    return [s["entry"] for s in found["stops"] if s.get("entry")]


@pytest.mark.parametrize(("f", "args"), ARRAYS)
def test_each_entry_is_the_sum_that_is_spelled_out(f, args):
    entries = spelled(score(f, *args))
    assert entries
    for entry in entries:
        for e, terms in entry["terms"].items():
            if "wrap" in entry or any(isinstance(t, int) for t in terms):
                continue
            total = sum(
                np.prod([value(k[1:] if k[0] == "=" else entry["texts"][k]) for k in term]) for term in terms
            )
            assert total == pytest.approx(value(entry["values"][e]), rel=5e-3, abs=5e-4)


def test_what_works_by_entry_is_a_call_on_one_number():
    found = score(loss, X, W)
    (call,) = [e for e in spelled(found) if "wrap" in e]
    assert call["wrap"] == ["sigmoid(", ")"]
    for e, ((key,),) in call["terms"].items():
        assert value(call["values"][e]) == pytest.approx(sigmoid(value(call["texts"][key])), abs=1e-4)
    squares = [e["wrap"] for e in spelled(score(*[regression, *ARRAYS[1][1]])) if "wrap" in e]
    assert squares == [["", "^2"]]


def test_whole_numbers_have_no_way_back_and_are_told_so():
    end = score(lambda x: x**3, 2)["stops"][-1]["result"]["sentence"]
    assert "whole numbers have no gradient" in end[0][1]


def test_a_matrix_product_shows_the_row_and_the_column_that_meet():
    found = score(loss, X, W)
    forward, *_, by_x, by_w = spelled(found)
    names = {v[0]: int(k) for k, v in found["names"].items()}
    x, w = names["X"], names["W"]
    assert forward["terms"]["3"] == [[f"{x}:{3 + k}", f"{w}:{2 * k + 1}"] for k in range(3)]
    assert [term[1] for term in by_x["terms"]["4"]] == [f"{w}:2", f"{w}:3"]  # (1, 1): row 1 of W
    assert [term[0] for term in by_w["terms"]["4"]] == [f"{x}:2", f"{x}:5"]  # (2, 0): column 2 of X
    line = " ".join(t[1] for t in found["stops"][-1]["lines"][0])
    assert r"X^\top" in line and line.index(r"X^\top") < line.index(r"\partial N")


@pytest.mark.parametrize(("f", "args"), ARRAYS)
def test_each_gradient_stands_under_its_value_and_is_pythons(f, args):
    found = score(f, *args)
    quantities = {q["node"]: q for c in found["columns"] for q in c.get("values", ())}
    walk = cg.walk(f, *args)
    for step in walk.forward[: len(args)]:
        q = quantities[step.node]
        shown = [value(t) for line in q["down"] for t in line]
        assert shown == pytest.approx(np.ravel(step.gradient), rel=1e-3, abs=1e-6)
        assert q["forth"] == 0 and q["home"] > found["turn"]


def test_large_matrices_show_corners_and_their_shape():
    big = np.arange(200.0).reshape(10, 20) / 50
    found = score(lambda A: np.sum(A * A), big)
    q = found["columns"][0]["values"][0]
    assert q["rows"] == [0, 1, 2, None, 9] and q["cols"] == [0, 1, 2, None, 19] and q["shape"] == "10 × 20"
    assert q["up"][3] == ["…"] * 5 and q["up"][4][4] == "3.98"
    sums = [e for e in spelled(found) if e["side"] == "up" and e["scalar"]]
    assert sums[0]["terms"]["0"][4] == 200, "how many terms there are"
    html = player(lambda A: np.sum(A * A), big)
    assert "10 × 20" in html and '<td class="more">…</td>' in html


def test_three_axes_show_one_slice_and_say_so():
    found = score(lambda A: np.sum(A**2), np.ones((2, 3, 4)))
    assert found["columns"][0]["values"][0]["note"] == "the first of 2 slices"


def test_matrices_have_cells_that_follow_and_can_be_chosen():
    html = player(loss, X, W)
    assert 'data-num="0:5" data-e="5"' in html and html.count('class="spelled"') >= 4
    for block in re.findall(r'<script type="application/json" class="spelled">(.*?)</script>', html):
        assert json.loads(block)["terms"]


def test_code_lines_are_tied_to_their_steps():
    source = str(cg.backward_code(loss, X, W))
    html = player_html(factory(loss, X, W, backward=True), score(loss, X, W), source)
    found = score(loss, X, W)
    home = next(q["home"] for c in found["columns"] for q in c.get("values", ()) if q["node"] == 0)
    (line,) = re.findall(rf'<span data-at="{home}"[^>]*>(.*?)\n', html)
    assert text_of(line).startswith("dydX =") or text_of(line).startswith("dLdX =")


# ----- long walks, small plots, insides -----


def long(x):
    for k in range(60):
        x = np.sin(x) if k % 2 else x * (k + 1.5)
    return x


def unrolled(x):
    x = np.sin(x)
    x = np.cos(x) + 0.1
    x = np.tanh(x) * 1.1
    x = np.exp(-x)
    x = x / 1.3
    x = np.sqrt(x + 2)
    x = np.log(x)
    x = x**3
    x = x - 0.4
    x = np.arctan(x)
    x = 2 * x
    x = np.sin(x) + 1
    x = np.cos(x) * 3
    x = np.tanh(x)
    x = np.exp(x)
    x = x / 7
    x = np.sqrt(x)
    x = np.log(x + 4)
    x = x**2
    x = x - 1
    x = np.sin(x)
    x = np.cos(x)
    x = np.exp(x)
    return np.tanh(x)


@pytest.mark.parametrize("f", [long, unrolled])
def test_long_walks_fold_or_go_on_but_never_vanish(f):
    html = player(f, 0.5)
    assert html is not None and html.count("data-place=") >= 3


def test_many_boxes_have_a_close_track():
    html = player(unrolled, 0.5)
    assert html.count("data-place=") > 50 and 'class="track many"' in html


def test_a_repeat_is_one_stop():
    found = score(long, 0.5)
    assert len(found["stops"]) < 10 and "times" in str(found["stops"])


def test_plots_pass_through_the_point():
    for box, d in score(chain, -1.0)["plots"].items():
        k = round((d["u"] + d["reach"]) / (2 * d["reach"]) * (len(d["ys"]) - 1))
        near = [y for y in d["ys"][max(0, k - 1) : k + 2] if y is not None]
        assert min(near) - 1e-9 <= d["v"] <= max(near) + 1e-9, box
        assert d["low"] <= d["v"] <= d["high"]


def test_a_path_that_a_value_chose_is_drawn_only_where_it_holds():
    def kinked(x):
        return 2 * x if x > 0 else -x

    def f(x):
        return kinked(x) + 1

    plots = score(f, 1.0)["plots"]
    ys = next(d["ys"] for d in plots.values() if d["title"] == "kinked")
    assert ys[0] is None and ys[-1] is not None


def test_functions_can_be_opened_and_nothing_has_an_id_twice():
    html = player(chain, -1.0)
    assert 'data-inside="0.1"' in html and " id=" not in html and "data-enter" not in html


def test_there_is_nothing_to_walk_where_there_is_no_box():
    assert score(lambda x: x, 1.0) is None
    assert player_html(factory(sigmoid, 1.0), None) is None


@pytest.mark.parametrize(
    ("f", "args"),
    [
        (lambda x: (x**2, x + 1), (2.0,)),
        (lambda x: np.dot(x, x), (np.arange(3.0),)),
        (lambda A: A[1:] * A[:-1], (np.arange(4.0),)),
        (lambda A: np.linalg.inv(A), (np.eye(2) * 2,)),
        (lambda A: np.where(A > 0, A, 0.1 * A).mean(axis=0), (X,)),
        (lambda A, k: np.concatenate([A, A * k]).reshape(-1), (X, 2)),
        (lambda x: np.max(x) - np.log(np.sum(np.exp(x))), (np.arange(5.0),)),
        (lambda x: x / 0.0, (1.0,)),
        (lambda A: np.einsum("ij,jk->ik", A, A.T), (X,)),
        (lambda A: A.T @ A, (np.zeros((0, 2)),)),
    ],
)
def test_all_kinds_of_functions_have_a_player(f, args):
    with np.errstate(all="ignore"):
        html = player(f, *args)
    assert html is None or "data-step" in html
