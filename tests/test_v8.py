"""The embedded V8: what it sets and lays out, what it refuses, and that it outlives its own death."""

from __future__ import annotations

import asyncio
import math
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from chalkgrad import v8
from chalkgrad.errors import EngineError


def test_math_is_html_with_mathml():
    html = v8.math_html(r"\frac{1}{1 + e^{-x}}")
    assert html.startswith('<span class="katex">')
    assert "<math" in html and "<mfrac>" in html


def test_display_math_is_a_block():
    assert 'class="katex-display"' in v8.math_html("x", True)
    assert 'class="katex-display"' not in v8.math_html("x")


def test_our_math_carries_nodes_and_its_source_does_not():
    html = v8.math_html(r"1 + \htmlData{node=12}{e^{-x}}")
    assert 'data-node="12"' in html
    assert "htmlData" not in html


def test_a_mark_ends_where_its_term_ends():
    html = v8.math_html(r"\htmlData{node=1}{\htmlData{node=2}{a} + b} - c").split("katex-html")[1]
    space = '<span class="mspace" style="margin-right:0.2222em;"></span>'
    assert html.count(space) == 4
    assert f'>a</span></span>{space}<span class="mbin">+' in html, "after node 2"
    assert f'>b</span></span>{space}<span class="mbin">−' in html, "after node 1"


@pytest.mark.parametrize("latex", [r"\frac{1}{", r"\nosuchcommand", r"\def\a{\a\a}\a", "{"])
@pytest.mark.parametrize("setter", [v8.math_html, v8.author_math_html])
def test_bad_latex_raises_with_katex_message(setter, latex):
    with pytest.raises(EngineError, match="KaTeX parse error"):
        setter(latex)


@pytest.mark.parametrize(
    "latex",
    [
        r"\href{javascript:alert(1)}{x}",
        r"\url{javascript:alert(1)}",
        r"\includegraphics{pic.png}",
        r"\htmlData{node=3}{x}",
        r"\htmlClass{lit}{x}",
        r"\htmlId{main}{x}",
        r"\htmlStyle{position: fixed}{x}",
    ],
)
def test_authors_make_no_links_images_or_attributes(latex):
    html = v8.author_math_html(latex)
    for forbidden in (
        "<a ",
        "href=",
        "<img",
        "data-node",
        'class="enclosing lit"',
        'id="main"',
        'style="position',
    ):
        assert forbidden not in html


@pytest.mark.parametrize(
    "latex", [r"\href{javascript:alert(1)}{x}", r"\includegraphics{pic.png}", r"\htmlId{a}{x}"]
)
def test_our_trust_is_for_data_only(latex):
    html = v8.math_html(latex)
    assert "<a " not in html and "<img" not in html and 'id="a"' not in html


def test_macros_do_not_leak_from_formula_to_formula():
    v8.author_math_html(r"\gdef\leak{y} \leak")
    with pytest.raises(EngineError, match="leak"):
        v8.author_math_html(r"\leak")


def test_layout_gives_places_and_splines():
    graph = v8.layout("digraph { rankdir=LR; a [width=2 fixedsize=true]; a -> b; b -> c; a -> c }")
    places = {node["name"]: tuple(map(float, node["pos"].split(","))) for node in graph["objects"]}
    assert places["a"][0] < places["b"][0] < places["c"][0]
    assert float(graph["objects"][0]["width"]) == 2
    assert all(edge["pos"].startswith("e,") for edge in graph["edges"])


def test_layouts_are_not_shared():
    first = v8.layout("digraph { p -> q }")
    first["objects"].clear()
    assert len(v8.layout("digraph { p -> q }")["objects"]) == 2


def test_bad_dot_raises_and_the_next_one_works():
    with pytest.raises(EngineError, match="Graphviz: syntax error"):
        v8.layout("digraph { a ->")
    assert v8.layout("digraph { a -> b }")["objects"]


def test_evaluate_keeps_what_json_cannot_say():
    nan, low, zero, rest = v8.evaluate("[NaN, -Infinity, -0, [1.5, 'a', true, undefined]]")
    assert math.isnan(nan) and low == -math.inf
    assert math.copysign(1, zero) == -1
    assert rest == [1.5, "a", True, None]
    assert v8.evaluate("new Float64Array([1, NaN])")[0] == 1


def test_evaluate_reports_what_the_script_threw():
    with pytest.raises(EngineError, match="TypeError: no such thing"):
        v8.evaluate("throw new TypeError('no such thing')")


def test_time_and_memory_have_limits_and_the_engine_comes_back():
    with pytest.raises(EngineError, match=r"more than 0\.2 s"):
        v8.evaluate("while (true);", seconds=0.2)
    with pytest.raises(EngineError, match="MiB"):
        v8.evaluate("const hoard = []; while (true) hoard.push(new Array(1e5).fill(1.5))")
    assert v8.evaluate("1 + 1") == 2
    assert "katex" in v8.math_html("after + death")


class Dying:
    """An engine that is gone: whatever it is asked, it fails as a closed one does."""

    def eval(self, *_args, **_options):
        raise AssertionError

    def close(self):
        pass


def test_a_dead_engine_is_replaced_once(monkeypatch):
    v8.evaluate("1")
    monkeypatch.setattr(v8, "_racer", Dying())
    assert v8.evaluate("2 + 3") == 5


def test_an_engine_that_dies_twice_raises(monkeypatch):
    v8.close()
    monkeypatch.setattr("py_mini_racer.MiniRacer", Dying)
    with pytest.raises(EngineError, match="died twice"):
        v8.evaluate("1")
    v8.close()


def test_a_spoilt_asset_is_named(monkeypatch):
    v8.close()
    monkeypatch.setattr(v8.web, "text", lambda name: "throw new Error('spoilt')")
    with pytest.raises(EngineError, match=r"could not load evaluate\.js: .*spoilt"):
        v8.evaluate("1")
    monkeypatch.undo()
    assert v8.evaluate("1") == 1


def test_threads_share_one_engine():
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda k: v8.evaluate(f"{k} * {k}"), range(40)))
    assert answers == [k * k for k in range(40)]


def test_it_works_inside_a_running_event_loop():
    async def cell() -> tuple[str, dict, int]:
        return v8.math_html("in + loop"), v8.layout("graph { looped }"), v8.evaluate("6 * 7", seconds=1)

    v8.close()
    html, graph, number = asyncio.run(cell())
    assert "katex" in html and graph["objects"] and number == 42


def run_python(code: str, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=timeout)


def test_importing_starts_nothing():
    done = run_python("import chalkgrad.v8, sys; sys.exit('py_mini_racer' in sys.modules)")
    assert done.returncode == 0, done.stderr


def test_processes_end_after_use():
    for _ in range(3):
        done = run_python("from chalkgrad import v8; v8.layout('graph { a }'); print(len(v8.math_html('x')))")
        assert done.returncode == 0, done.stderr
        assert int(done.stdout) > 0


FORK = """
import os, sys, warnings
warnings.simplefilter("ignore")  # Python 3.12 warns of forks with threads, and this is about them
from chalkgrad import v8
v8.math_html("x")
if (child := os.fork()) == 0:
    try:
        v8.math_html("y")
    except Exception as error:
        sys.exit(7 if "fork" in str(error) else 8)
    sys.exit(9)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_is_told_and_ends():
    done = run_python(FORK, timeout=20)
    assert done.returncode == 7, done.stderr
