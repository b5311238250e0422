"""The kernels in a real browser, under a page's own policy: no evaluated strings, no network."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from chalkgrad import web
from chalkgrad.graph_json import graph_to_json
from chalkgrad.plan import backward_graph
from chalkgrad.render.page import page_html
from chalkgrad.run import numpy

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


def two_layers(X, W1, b1, W2, labels):
    H = np.maximum(X @ W1 + b1, 0)
    z = H @ W2
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p = p / p.sum(axis=1, keepdims=True)
    return -np.log(p[np.arange(len(labels)), labels]).mean() + 0.01 * np.linalg.norm(W1)


def arguments() -> tuple:
    rng = np.random.default_rng(4)
    return (*(rng.normal(size=s) for s in ((5, 3), (3, 4), (4,), (4, 3))), np.array([0, 1, 2, 1, 0]))


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser, tmp_path, monkeypatch):
    """A page whose one script, admitted by its hash, is the kernels; opened from disk without a network."""
    real = web.text
    monkeypatch.setattr(web, "text", lambda name: real("compute.js" if name == "page.js" else name))
    (tmp_path / "page.html").write_text(page_html("kernels", "<p>here</p>"), encoding="utf-8")
    context = browser.new_context(offline=True)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto((tmp_path / "page.html").as_uri())
    yield page
    context.close()
    assert complaints == []


def later(page, expression: str, argument=None):
    """A value worked out by a timer: the page's policy does not hold for the debugger's own calls."""
    return page.evaluate(
        f"a => new Promise((done, fail) => setTimeout(() => {{ try {{ done({expression}) }} "
        "catch (error) { fail(error) } }))",
        argument,
    )


def test_both_passes_agree_with_numpy(page) -> None:
    given = arguments()
    graph = backward_graph(two_layers, *given)
    inputs = [np.ravel(x).tolist() for x in given]
    made = json.loads(later(page, "computeGraph(a[0], a[1])", [graph_to_json(graph), inputs]))
    assert len(made) == len(graph) > 30
    for got, wanted in zip(made, numpy.values(graph, *given), strict=True):
        entries = np.array([0.0 if e == "\0-0" else e for e in got], dtype=float)
        np.testing.assert_allclose(entries, np.ravel(wanted), rtol=1e-9, atol=1e-12)


def test_the_policy_forbids_evaluating_strings(page) -> None:
    """So that the test above shows that the kernels do without."""
    with pytest.raises(Exception, match="EvalError"):
        later(page, "new Function('return 1')()")
