"""The walk's player: what is known when, and that its arithmetic is the factory's."""

from __future__ import annotations

import re

import numpy as np
import pytest

from chalkgrad.render.factory import factory
from chalkgrad.render.walk_player import MOST, Timetable, player_html


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def leaky_relu(x):
    return np.maximum(0.2 * x, x)


def chain(x):
    return np.square(sigmoid(leaky_relu(x)))


def loss(X, W):
    N = np.dot(X, W)
    return np.sum(sigmoid(N))


X, W = np.arange(6.0).reshape(2, 3) / 10, np.arange(6.0).reshape(3, 2) / 10


def made(f, *args):
    return factory(f, *args, backward=True)


def known(html: str, step: int) -> list[str]:
    """The numbers that stand on the roads at a step."""
    found = re.findall(r'<text class="([ud]v)" data-since="(\d+)"[^>]*>([^<]*)</text>', html)
    return [text for _, since, text in found if int(since) <= step]


CASES = [(sigmoid, (1.0,)), (leaky_relu, (-1.0,)), (chain, (-1.0,)), (loss, (X, W))]


@pytest.mark.parametrize(("f", "args"), CASES)
def test_every_number_waits_for_its_step_and_all_are_there_at_the_end(f, args):
    picture = made(f, *args)
    html = player_html(picture)
    steps = html.count("data-place=")
    waits = re.findall(r'class="pending" data-until="(\d+)"[^>]*>\?<', html)
    assert len(waits) == len(known(html, steps)) == len(re.findall(r'class="[ud]v"', picture.draw()))
    assert all(0 <= int(step) < steps for step in waits)
    numbers = [len(known(html, k)) for k in range(steps)]
    assert numbers == sorted(numbers) and numbers[0] >= 1 and numbers[-1] == len(waits)


def test_a_chain_is_walked_as_the_notes_walk_it():
    html = player_html(made(chain, -1.0))
    places = [re.sub(r"<[^>]*>", "", p) for p in re.findall(r"<p data-place[^>]*>(.*?)</p>", html)]
    assert places[0] == "Step 1 of 8the input"
    assert places[4] == "Step 5 of 8the road turns round"
    assert places[6] == "Step 7 of 8backward through sigmoid"
    assert known(html, 6).count("0.2228") == 1 and "0.2228" not in known(html, 5)


def test_the_products_are_the_roads_numbers():
    steps = Timetable(made(chain, -1.0).level).steps()
    annotations = [re.search(r"<annotation[^>]*>(.*?)</annotation>", s.equation_html) for s in steps]
    said = [re.sub(r"[{}]|\\[a-z]+", " ", a[1]).replace("− ", "−") for a in annotations]
    for product in said[5:]:
        left, right = product.replace("−", "-").split("=")
        one, two = map(float, re.findall(r"-?[\d.]+", left))
        assert one * two == pytest.approx(float(right), rel=1e-3)


def test_a_fork_is_known_when_all_its_branches_are_back():
    level = made(leaky_relu, -1.0).level
    times = Timetable(level)
    trunk = next(r for r in level.roads if r.head[0].startswith("k"))
    branches = [r for r in level.roads if r.tail[0] == trunk.head[0]]
    assert len(branches) == 2 and times.home(trunk) == max(map(times.home, branches))
    assert {times.forth(r) for r in branches} == {times.forth(trunk)} == {0}


def test_arrays_are_told_by_names_and_rules():
    steps = Timetable(made(loss, X, W).level).steps()
    assert any("Takes 2 × 3 and 3 × 2, gives 2 × 2." in step.sentence_html for step in steps)
    last = steps[-1].equation_html
    assert r"\frac{\partial" in last and r"^\top" in last


def test_without_gradients_there_is_only_the_way_forward():
    html = player_html(factory(sigmoid, 1.0))
    assert "backward" not in html and html.count("data-place=") == 5


def test_a_very_long_walk_is_not_offered():
    def long(x):
        for k in range(MOST + 6):
            x = np.sin(x) if k % 2 else x * (k + 1.5)
        return x

    picture = made(long, 1.0)
    assert (player_html(picture) is None) == (len(picture.level.boxes) > MOST)


def test_the_second_picture_repeats_no_id():
    html = player_html(made(sigmoid, 1.0))
    assert " id=" not in html and "data-enter" not in html
