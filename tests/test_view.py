"""Cards: data that is JSON, pictures of it, failures that stay in their place; graphs as JSON."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

import chalkgrad as cg
from chalkgrad.errors import ArgumentError
from chalkgrad.graph_json import graph_from_json, graph_to_json
from chalkgrad.plan import backward_graph
from chalkgrad.render import view_data
from chalkgrad.render.page import card_html
from chalkgrad.render.view import card, collect, plain_latex
from chalkgrad.render.view_code import code_html, inputs_in, source_of, spans_of
from chalkgrad.render.walk_values import passes, passes_of, run


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def leaky_relu(x):
    return np.maximum(0.2 * x, x)


def sum_of_sigmoids(X, W):
    N = np.dot(X, W)
    S = sigmoid(N)
    return np.sum(S)


X, W = np.ones((3, 3)), np.linspace(-1, 1, 6).reshape(3, 2)


def through_json(data):
    return json.loads(json.dumps(data, allow_nan=False))


# ----- data -----


def test_a_function_of_one_number_has_three_faces():
    data = through_json(collect(sigmoid, 1.0))
    assert data["failed"] == {} and data["at"] == {"tex": "x", "text": "1.00"}
    faces = [data, data["derivative"], data["derivative"]["derivative"]]
    assert [f["name"] for f in faces] == ["sigmoid", "sigmoid'", "sigmoid''"]
    assert "derivative" not in faces[2] and all(not f["failed"] for f in faces)
    assert [line["value"] for line in data["formulas"]] == ["0.7311", "0.1966"]


def test_at_moves_the_tangent():
    assert collect(sigmoid, np.linspace(-3, 3, 9), at=2.0)["at"]["text"] == "2.00"


def test_several_inputs_have_partial_derivatives():
    data = through_json(collect(sum_of_sigmoids, X, W))
    assert [line["kind"] for line in data["formulas"]] == ["value", "gradient", "gradient"]
    assert r"\partial X" in data["formulas"][1]["latex"] and "derivative" not in data
    assert data["formulas"][2]["value"] == "3 × 2"


def test_marks_of_the_derivative_are_nodes_of_the_function():
    data = collect(sigmoid, 1.0)
    graph = cg.trace(sigmoid, 1.0)
    known = {int(n) for n in re.findall(r"node=(\d+)", data["formulas"][1]["latex"])}
    assert known and known <= set(range(len(graph.nodes)))
    assert (
        rf"\htmlData{{node={[n.op.name if n.op else '' for n in graph.nodes].index('exp')}}}"
        in data["formulas"][1]["latex"]
    )


def test_nodes_are_told_in_words():
    nodes = collect(leaky_relu, -1.0)["nodes"]
    told = nodes["0"]["story"]
    assert told["kind"] == "adds" and told["parts"] == ["0.2", "0"] and told["sum"] == "0.2"
    assert all(told["keys"]) and told["key"], "each of them is a number of the graph"
    told = collect(sigmoid, 1.0)["nodes"]["2"]
    story = {"kind": "raise", "by": "0.01", "much": "0.0053", "up": False}
    assert told["code"] == "np.exp(-x)" and told["story"].items() >= story.items()


def test_non_finite_numbers_are_json():
    data = through_json(collect(lambda x: np.log(x), 0.0))
    assert data["plot"]["value"] == "-inf"


def test_a_view_that_fails_says_why_and_leaves_the_others(monkeypatch):
    def broken(*_):
        raise ArgumentError("the drawing office is closed")

    monkeypatch.setattr(view_data, "plan", broken)
    data = collect(leaky_relu, 1.0)
    assert data["failed"]["factory"] == "the drawing office is closed" and "plot" in data
    shown = card(data)
    assert "drawing office is closed" in shown.factory_svg and "<svg" in shown.plot_svg


def test_a_layout_that_fails_says_why_in_its_place(monkeypatch):
    from chalkgrad.errors import EngineError
    from chalkgrad.render import factory

    def broken(*_):
        raise EngineError("Graphviz took too long")

    monkeypatch.setattr(factory, "place", broken)
    shown = card(through_json(collect(leaky_relu, 1.0)))
    assert "Graphviz took too long" in shown.factory_svg and shown.formulas and "<svg" in shown.plot_svg


def test_a_function_without_a_gradient():
    data = through_json(collect(lambda x: np.floor(x) + 0 * x, 1.5))
    assert data["formulas"] and data["factory"]


@pytest.mark.parametrize("f", [np.tanh, lambda x: x, lambda x: 3.0, cg.Chain([leaky_relu, sigmoid])])
def test_anything_callable(f):
    shown = card(through_json(collect(f, 1.0)))
    assert shown.formulas and shown.factory_svg


def test_several_results_have_no_derivative_and_nothing_fails():
    data = collect(lambda x: (np.sin(x), np.cos(x)), 1.0)
    assert data["failed"] == {} and "derivative" not in data and data["factory"]


def test_it_is_bounded():
    def deep(x):
        for _ in range(400):
            x = np.sin(x) + x / 2
        return x

    assert len(json.dumps(collect(deep, 1.0))) < 3_000_000


# ----- cards -----


def test_the_card_links_its_views():
    shown = card(through_json(collect(sigmoid, 1.0)))
    for part in (
        shown.formulas[0].html,
        shown.formulas[1].html,
        shown.code_html,
        shown.plot_svg,
        shown.factory_svg,
    ):
        assert re.search(r'data-node="(?:\d+ )*2\b', part)
    assert shown.nodes["2"]["story"].endswith(">falls by 0.0053</span>.")
    assert card_html(shown).count('class="face"') == 3


def test_ids_are_unique_on_a_page():
    html = card_html(card(collect(sum_of_sigmoids, X, W))) + card_html(card(collect(sigmoid, 1.0)))
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_what_an_author_writes_is_escaped():
    space = {"np": np}
    exec("def f(x):\n    return np.exp(x)\nf.__name__ = '<script>alert(1)</script>'", space)
    assert "<script>" not in card_html(card(through_json(collect(space["f"], 1.0))))


# ----- code -----


def test_spans_are_the_source_of_their_nodes():
    graph = cg.trace(sigmoid, 1.0)
    source, line = source_of(sigmoid)
    found = {source[a:b]: graph.nodes[i].op.name for a, b, i in spans_of(sigmoid, graph, source, line)}
    assert found == {
        "-x": "negative",
        "np.exp(-x)": "exp",
        "1 + np.exp(-x)": "add",
        "1 / (1 + np.exp(-x))": "divide",
    }


def test_inputs_are_found_where_the_source_reads_them():
    source = "    def f(x, w):\n        # é\n        w = w + 1\n        return 'é' and x * w + x\n"
    graph = cg.trace(lambda x, w: x * (w + 1) + x, 1.0, 2.0)
    assert [(source[a:b], i) for a, b, i in inputs_in(source, graph)] == [("x", graph.inputs[0])] * 2


def test_spans_nest_and_the_text_stays():
    source = "def f(x):\n    return 'é<' + x * 2  # ünder"
    html = code_html(source, [(21, 32, 7), (28, 33, 3)])
    assert re.sub(r"<[^>]+>", "", html) == source.replace("<", "&lt;")
    assert html.count("<span") == html.count("</span>")


# ----- show -----


def test_a_page_in_every_costume(tmp_path):
    page = cg.show(sigmoid, 1.0)
    bundle = page._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/latex", "image/svg+xml", "image/png", "text/html"}
    assert bundle["image/png"].startswith(b"\x89PNG") and "htmlData" not in bundle["text/latex"]
    assert page._repr_mimebundle_(include={"text/plain"}).keys() == {"text/plain"}
    saved = page.save(tmp_path / "page.html").read_text("utf-8")
    assert saved.startswith("<!doctype html>") and "Content-Security-Policy" in saved


def test_plain_latex():
    assert plain_latex(r"\htmlData{node=-1}{x}") == "{x}"


# ----- graphs -----


@pytest.mark.parametrize(
    ("f", "args"),
    [
        (sigmoid, (1.0,)),
        (sum_of_sigmoids, (X, W)),
        (
            lambda x: np.sum(x[1:, ::2] * np.where(x[1:, ::2] > 0, 1.0, np.inf)),
            (np.arange(9.0).reshape(3, 3),),
        ),
        (lambda x: x[np.array([0, 0, 2])].astype(np.float32).sum(axis=(0,)), (np.arange(3.0),)),
    ],
)
def test_a_graph_reads_back_equal(f, args):
    graph = backward_graph(f, *args)
    written = through_json(graph_to_json(graph))
    again = graph_from_json(written)
    assert through_json(graph_to_json(again))["nodes"] == [n | {} for n in _without_places(written["nodes"])]
    for a, b in zip(run(graph, args), run(again, args), strict=True):
        np.testing.assert_array_equal(a, b)


def _without_places(nodes):
    return [{k: v for k, v in n.items() if k not in ("scope", "line")} for n in nodes]


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"nodes": [{"op": "summon", "dtype": "<f8"}]},
        {"nodes": [{"op": "exp", "dtype": "<f8", "args": [3]}]},
    ],
)
def test_a_graph_that_is_wrong_is_refused(change):
    with pytest.raises(ArgumentError):
        graph_from_json(graph_to_json(cg.trace(sigmoid, 1.0)) | change)


def test_passes_of_a_graph_are_those_of_the_function():
    found, again = passes(sigmoid, 0.3), passes_of(cg.trace(sigmoid, 0.3), (0.3,))
    assert {i: found.gradient(i) for i in found.graph.gradients} == pytest.approx(
        {i: again.gradient(i) for i in again.graph.gradients}
    )
