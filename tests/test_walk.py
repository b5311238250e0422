"""The walk: both passes, step by step, in print and as JSON."""

from __future__ import annotations

import json

import numpy as np
import pytest

import chalkgrad as cg
from chalkgrad.errors import ArgumentError


def leaky_relu(x):
    return np.maximum(0.2 * x, x)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def square(x):
    return np.power(x, 2)


CHAIN = cg.Chain([leaky_relu, sigmoid, square])


def test_the_terminal_table_is_the_sketch():
    rows = cg.walk(sigmoid, 1.0).rows()
    assert [r[0] for r in rows[:4]] == ["x", "-x", "exp(-x)", "1 + exp(-x)"]
    assert [r[1] for r in rows] == ["1", "−1", "0.3679", "1.3679", "0.7311"]
    assert [r[2] for r in rows] == ["0.1966", "−0.1966", "−0.5344", "−0.5344", "1"]
    assert [r[3] for r in rows] == [(), ("−1",), ("0.3679",), ("1",), ("−0.5344",)]


def test_each_link_of_a_chain_is_one_step():
    walk = cg.walk(CHAIN, -1.0)
    assert len(walk.forward) == len(walk.backward) == 4
    titles = [s.formula.split("(")[0] for s in walk.forward[1:]]
    assert titles == [rf"\operatorname{{{name}}}" for name in (r"leaky\_relu", "sigmoid", "square")]
    assert [len(s.steps) for s in walk.forward] == [0, 2, 4, 1]


def test_backward_multiplies():
    walk = cg.walk(CHAIN, -1.0)
    for step in walk.backward[:-1]:
        (arrives,), (leaves,), (slope,) = step.incoming, step.outgoing, step.local
        assert leaves == pytest.approx(arrives * float(slope.replace("−", "-")), rel=1e-3)
    assert walk.backward[-1].gradient == pytest.approx(cg.grad(CHAIN)(-1.0))


def test_inside_backward_goes_backward():
    inside = cg.walk(CHAIN, -1.0).backward[1].steps
    nodes = [s.node for s in inside]
    assert nodes == sorted(nodes, reverse=True)


def test_matrices_keep_their_shape_and_are_cut_for_json():
    walk = cg.walk(lambda X, W: np.sum(np.dot(X, W)), np.ones((20, 30)), np.ones((30, 2)))
    assert walk.forward[0].shape == (20, 30)
    data = walk.to_json()["forward"][0]["value"]
    assert data["shape"] == [20, 30] and data["shown"] == [3, 3] and len(data["entries"]) == 9


@pytest.mark.parametrize("args", [(0.0,), (np.inf,), (np.nan,)])
def test_json_is_json_even_where_numbers_are_not(args):
    data = json.loads(json.dumps(cg.walk(lambda x: np.log(x) * 2, *args).to_json(), allow_nan=False))
    assert data["version"] == 1


def test_used_twice():
    walk = cg.walk(lambda x: x * np.sin(x), 2.0)
    assert walk.backward[-1].gradient == pytest.approx(np.sin(2) + 2 * np.cos(2))


def test_no_gradient_says_why():
    walk = cg.walk(lambda x: np.floor(x) > 1, 2.5)
    assert walk.backward == [] or all(s.gradient is None or s.gradient == 0 for s in walk.backward)
    assert str(walk)


def test_names_of_the_person():
    def f(X, W):
        N = np.dot(X, W)
        return np.sum(N)

    assert [r[0] for r in cg.walk(f, np.ones((2, 2)), np.ones((2, 2))).rows()][:3] == ["X", "W", "N"]


def test_rich_and_html():
    from rich.console import Console

    console = Console(width=100, record=True, file=open("/dev/null", "w"))
    console.print(cg.walk(sigmoid, 1.0))
    console.file.close()
    assert "gradient" in console.export_text()
    html = cg.walk(sigmoid, 1.0)._repr_html_()
    assert html.startswith("<iframe sandbox") and "0.1966" in html and "&lt;script" in html


def test_a_walk_saves_itself_as_a_page(tmp_path):
    page = cg.walk(CHAIN, -1.0).save(tmp_path / "walk.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>") and 'class="face walking"' in page and "data-inside" in page
    assert "default-src 'none'" in page and "0.04457" in page


def test_what_does_nothing_has_no_page():
    with pytest.raises(ArgumentError, match="no box to walk through"):
        _ = cg.walk(lambda x: x, 1.0).html
    assert cg.walk(lambda x: x, 1.0)._repr_html_().startswith("<pre>")
