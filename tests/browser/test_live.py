"""Cards that compute: every number follows its inputs, to what NumPy says, with no network, no complaint."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path

import numpy as np
import pytest

import chalkgrad as cg
from chalkgrad.render.numbers import number
from chalkgrad.render.page import card_html, page_html
from chalkgrad.render.view import card, collect

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def leaky_relu(x):
    return np.maximum(0.2 * x, x)


def neuron(x, w, b):
    return sigmoid(w * x + b)


def loss(X, W, b):
    return np.mean(sigmoid(np.dot(X, W) + b) ** 2)


def branches(x):
    if x > 0:
        return x**2
    return -x


def over_axis(v):
    assert v.ndim == 1, "an array, and each entry by itself"
    return sigmoid(v) * np.sin(v)


def masked(x):
    return np.sum(x[x > 0] ** 2)


def eigenvectors(A):
    return np.linalg.eigh(A)[1]


X, W, B = np.arange(9.0).reshape(3, 3) / 4 - 1, np.linspace(-1, 1, 6).reshape(3, 2), np.zeros(2)
CASES = {
    "sigmoid": (sigmoid, (1.0,)),
    "leaky_relu": (leaky_relu, (-1.0,)),
    "neuron": (neuron, (1.0, -0.5, 0.25)),
    "loss": (loss, (X, W, B)),
    "branches": (branches, (2.0,)),
    "over_axis": (over_axis, (np.linspace(-2, 2, 5),)),
    "masked": (masked, (np.array([1.0, -1.0, 2.0]),)),
    "eigenvectors": (eigenvectors, (np.eye(2) + 0.1,)),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("live")
    cards = (card_html(card(json.loads(json.dumps(collect(f, *args))))) for f, args in CASES.values())
    (folder / "cards.html").write_text(page_html("Cards", "".join(cards)), encoding="utf-8")
    cg.show(sigmoid, 1.0).save(folder / "saved.html")
    bundle = cg.show(neuron, 1.0, -0.5, 0.25)._repr_mimebundle_(include={"text/html"})
    (folder / "notebook.html").write_text(
        f"<!doctype html><meta charset=utf-8>{bundle['text/html']}", encoding="utf-8"
    )
    return folder


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser, site):
    """Opens a page from disk without a network; nothing may be said on the console or asked of anybody."""
    contexts, complaints = [], []

    def open_page(name: str = "cards.html", **options):
        context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(5000)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda r: complaints.append(r.url) if r.url.startswith("http") else None)
        page.goto((site / name.split("?")[0]).as_uri() + name[len(name.split("?")[0]) :])
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


SHOWN = """card => [...document.querySelectorAll(`#${card} .face:not([hidden]) [data-num]`)]
    .map(e => [e.getAttribute("data-num"), e.textContent.replace(/^\\((.*)\\)$/, "$1")])"""


def shown(page, name: str) -> set[tuple[str, str]]:
    """Every number of the face that shows, with its place in the graph."""
    raised = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "−0123456789")  # KaTeX sets a power as a power
    return {(key, text.translate(raised)) for key, text in page.evaluate(SHOWN, name)}


@pytest.fixture
def expected(visit, site):
    """The same of a card that Python makes at other arguments."""

    def numbers(f, *args) -> set[tuple[str, str]]:
        html = card_html(card(json.loads(json.dumps(collect(f, *args)))))
        (site / "expected.html").write_text(page_html("Expected", html), encoding="utf-8")
        return shown(visit("expected.html"), f.__name__)

    return numbers


def lines(page, name: str) -> list[str]:
    return page.locator(f"#{name} .face:not([hidden]) .lines .is b").all_inner_texts()


# ----- to the letter what Python says -----


@pytest.mark.parametrize("x", [-3.25, -0.5, 0.0, 0.75, 2.0, 11.0])
@pytest.mark.parametrize("name", ["sigmoid", "leaky_relu"])
def test_every_number_of_the_card_is_what_python_makes_of_x(visit, expected, name, x):
    page = visit()
    page.locator(f"#{name} input.entry:visible").fill(str(x))
    assert shown(page, name) == expected(CASES[name][0], x)


def test_several_inputs_each_move_everything(visit, expected):
    page = visit()
    boxes = page.locator("#neuron input.entry:visible")
    for k, value in enumerate(("-1.5", "2", "0.5")):
        boxes.nth(k).fill(value)
    assert shown(page, "neuron") == expected(neuron, -1.5, 2.0, 0.5)


def test_an_entry_of_a_matrix_moves_everything(visit, expected):
    page = visit()
    page.locator("#loss [data-input='1:3']").fill("1.75")
    moved = W.copy()
    moved[1, 1] = 1.75
    assert shown(page, "loss") == expected(loss, X, moved, B)
    under = page.locator("#loss .field:has([data-input='1:3']) .under").all_inner_texts()
    assert under == [number(g) for g in np.ravel(cg.grad(loss, 1)(X, moved, B))]


def test_f_prime_shares_x(visit):
    page = visit()
    page.locator("#sigmoid input.entry:visible").fill("-2")
    page.locator("#sigmoid [data-go='1']:visible").click()
    first, second = cg.derivative(sigmoid), cg.derivative(cg.derivative(sigmoid))
    assert lines(page, "sigmoid") == [number(first(-2.0)), number(second(-2.0))]
    page.locator("#sigmoid .rail:visible").focus()
    page.keyboard.press("Home")
    page.keyboard.press("1")
    assert lines(page, "sigmoid") == [number(sigmoid(-4.2)), number(first(-4.2))]


# ----- hands -----


def test_keys_step_and_jump(visit):
    page = visit()
    rail, box = page.locator("#sigmoid .rail:visible"), page.locator("#sigmoid input.entry:visible")
    rail.focus()
    seen = []
    for key in ("ArrowRight", "ArrowLeft", "Shift+ArrowLeft", "End", "Home"):
        page.keyboard.press(key)
        seen.append(box.input_value())
    assert seen == ["1.10", "1.00", "0.00", "4.20", "−4.20"]
    assert rail.get_attribute("aria-valuetext") == "−4.2" and rail.get_attribute("aria-label") == "x"
    assert lines(page, "sigmoid")[0] == number(sigmoid(-4.2))


def x_on_screen(page, name: str, x: float) -> tuple[float, float]:
    """Where the grip stands for an x of the first span."""
    page.locator(f"#{name} .plot").first.scroll_into_view_if_needed()
    box = page.locator(f"#{name} .rail:visible").bounding_box()
    return box["x"] + 22 + (box["width"] - 44) * (x + 4.2) / 8.4, box["y"] + 22


def test_the_mouse_drags_the_grip_and_the_tangent_follows(visit):
    page = visit()
    before = page.locator("#sigmoid .tangent").first.get_attribute("d")
    page.mouse.move(*x_on_screen(page, "sigmoid", 1.0))
    page.mouse.down()
    page.mouse.move(*x_on_screen(page, "sigmoid", -1.5), steps=6)
    page.mouse.up()
    x = float(page.locator("#sigmoid input.entry:visible").input_value().replace("−", "-"))
    assert abs(x + 1.5) < 0.06
    slope = cg.derivative(sigmoid)(x)
    assert lines(page, "sigmoid") == [number(sigmoid(x)), number(slope)]
    assert number(slope) in page.locator("#sigmoid .plot .slope").first.text_content()
    after = page.locator("#sigmoid .tangent").first.get_attribute("d")
    assert after != before and after == drawn(sigmoid, x, "tangent")
    assert page.locator("#sigmoid .plot .ring:not(.g2)").first.get_attribute("cx") == drawn_at(sigmoid, x)


def drawn(f, x: float, kind: str) -> str:
    """The path that Python draws there, over the same axis and heights."""
    import re

    from chalkgrad.render.curve import curve_svg
    from chalkgrad.render.samples import samples

    svg = curve_svg(samples(f, (x,), span=(-4.2, 4.2)))
    return re.search(rf'class="{kind}" d="([^"]*)"', svg)[1]


def drawn_at(f, x: float) -> str:
    import re

    from chalkgrad.render.curve import curve_svg
    from chalkgrad.render.samples import samples

    return re.search(r'class="ring" cx="([^"]*)"', curve_svg(samples(f, (x,), span=(-4.2, 4.2))))[1]


def test_a_finger_drags_the_grip(visit):
    page = visit(has_touch=True)
    x, y = x_on_screen(page, "sigmoid", 1.0)
    there, _ = x_on_screen(page, "sigmoid", 3.0)
    client = page.context.new_cdp_session(page)
    touch = "Input.dispatchTouchEvent"
    client.send(touch, {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for k in range(1, 6):
        point = {"x": x + (there - x) * k / 5, "y": y}
        client.send(touch, {"type": "touchMove", "touchPoints": [point]})
    client.send(touch, {"type": "touchEnd", "touchPoints": []})
    value = float(page.locator("#sigmoid input.entry:visible").input_value())
    assert 2.5 < value < 3.3 and lines(page, "sigmoid")[0] == number(sigmoid(value))


def test_the_grip_is_large_enough_to_touch(visit):
    box = visit().locator("#sigmoid .rail:visible").bounding_box()
    assert box["height"] >= 44


def test_what_cannot_be_read_changes_nothing(visit):
    page = visit()
    box = page.locator("#sigmoid input.entry:visible")
    box.fill("one")
    assert box.get_attribute("aria-invalid") == "true" and lines(page, "sigmoid")[0] == "0.7311"
    box.fill("−1,5")
    assert lines(page, "sigmoid")[0] == number(sigmoid(-1.5))
    box.press("Enter")
    assert box.input_value() == "−1.50"


def test_arrows_step_an_entry_and_dragging_sideways_moves_it(visit):
    page = visit()
    cell = page.locator("#loss [data-input='0:4']")
    cell.focus()
    page.keyboard.press("ArrowUp")
    assert cell.input_value() == "0.10"
    cell.scroll_into_view_if_needed()
    box = cell.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 50, box["y"] + 10, steps=5)
    page.mouse.up()
    moved = X.copy()
    moved[1, 1] = float(cell.input_value())
    assert moved[1, 1] > 0.3 and lines(page, "loss")[0] == number(loss(moved, W, B))


# ----- the plot -----


def test_the_plot_follows_the_entry_that_is_chosen(visit):
    page = visit()
    page.locator("#neuron [data-input='1:0'].entry").focus()
    assert page.locator("#neuron .axis-name").first.text_content() == "w"
    now = page.locator("#neuron .tick.now").first.text_content()
    slope = cg.grad(neuron, 1)(1.0, -0.5, 0.25)
    assert now == "−0.5" and number(slope) in page.locator("#neuron .plot .slope").first.text_content()


def test_over_an_axis_the_point_moves_by_itself(visit):
    page = visit()
    page.locator("#over_axis .head input.entry").fill("-1.5")
    slope = cg.derivative(over_axis)(np.array([-1.5]))[0]
    assert number(slope) in page.locator("#over_axis .plot .slope").first.text_content()
    page.locator("#over_axis [data-input='0:1']").fill("2.5")
    under = page.locator("#over_axis .fields .under").all_inner_texts()
    moved = np.array([-2, 2.5, 0, 1, 2])
    assert under == [number(g) for g in cg.derivative(over_axis)(moved)]


def points(path: str) -> np.ndarray:
    return np.array([float(t) for t in path.replace("M", " ").split()]).reshape(-1, 2)


def test_the_curve_is_drawn_anew_when_another_input_moves(visit):
    page = visit()
    page.locator("#neuron .slide[data-input='1:0']").evaluate(
        "e => { e.value = '2'; e.dispatchEvent(new Event('input', {bubbles: true})) }"
    )
    page.wait_for_timeout(400)  # the heights settle
    scale = page.evaluate("""() => [...document.querySelectorAll('#neuron .face:not([hidden]) .ground .tick')]
        .map(t => [Number(t.textContent.replace('−', '-')), Number(t.getAttribute('y')) - 5])""")
    (v0, y0), (v1, y1) = scale[0], scale[-1]
    path = points(page.locator("#neuron .plot path.f").first.get_attribute("d"))
    left, right = path[0, 0], path[-1, 0]
    xs = -4.2 + (path[:, 0] - left) / (right - left) * 8.4
    drawn = v0 + (path[:, 1] - y0) / (y1 - y0) * (v1 - v0)
    assert np.max(np.abs(drawn - neuron(xs, 2.0, 0.25))) < 0.01


def test_pointing_draws_the_inner_curve(visit):
    page = visit()
    page.hover("#sigmoid .face[data-order='0'] .formula .lines .value [data-node='2']")
    path = page.locator("#sigmoid .face[data-order='0'] .plot .inner[data-node='2'] .line").get_attribute("d")
    assert len(points(path)) > 40
    lit = page.evaluate("""() => ['formula', 'plot', 'factory', 'code'].map(view =>
        document.querySelectorAll(`#sigmoid .face:not([hidden]) .view.${view} .lit`).length > 0)""")
    assert lit == [True] * 4


def test_the_foot_tells_the_new_numbers(visit):
    page = visit()
    page.locator("#sigmoid input.entry:visible").fill("-1")
    page.hover("#sigmoid .face[data-order='0'] .formula .lines .value [data-node='2']")
    told = page.locator("#sigmoid .told:visible").inner_text()
    assert number(math.exp(1)) in told and "falls by 0.0007" in told


def test_nothing_moves_beside_a_number_that_changes(visit):
    page = visit()
    where = """() => [...document.querySelectorAll('#sigmoid .face:not([hidden]) .view')]
        .map(e => e.getBoundingClientRect()).map(r => [r.x, r.y, r.width, r.height].join())"""
    page.locator("#sigmoid").scroll_into_view_if_needed()
    box, before = page.locator("#sigmoid input.entry:visible"), page.evaluate(where)
    for x in ("-12.3456", "0", "3.14159265"):
        box.fill(x)
        assert page.evaluate(where) == before


# ----- what a page cannot say -----


def test_another_branch_is_told_and_no_number_of_the_old_one_stays(visit):
    page = visit()
    box = page.locator("#branches input.entry:visible")
    box.fill("3")
    assert lines(page, "branches") == ["9", "6"]
    box.fill("-1")
    note = page.locator("#branches .branch")
    assert note.is_visible() and lines(page, "branches") == ["–", "–"]
    assert page.locator("#branches .face:not([hidden]) .plot .tangent").count() == 0
    note.locator("button").click()
    assert not note.is_visible() and lines(page, "branches") == ["4", "4"]


def test_a_mask_that_picks_other_entries_is_another_path(visit):
    page = visit()
    page.locator("#masked [data-input='0:0']").fill("3")
    assert lines(page, "masked")[0] == "13"
    page.locator("#masked [data-input='0:1']").fill("3")
    assert page.locator("#masked .branch").is_visible() and lines(page, "masked")[0] == "–"


def test_a_kink_has_the_mean_slope_and_no_tangent(visit):
    page = visit()
    page.locator("#leaky_relu input.entry:visible").fill("0")
    assert lines(page, "leaky_relu") == ["0", "0.6"]
    assert page.locator("#leaky_relu .face:not([hidden]) .plot .tangent").count() == 0


def test_an_operation_without_javascript_leaves_the_card_still(visit):
    page = visit()
    foot = page.locator("#eigenvectors .foot").inner_text()
    assert "linalg.eigh_vectors" in foot and page.locator("#eigenvectors input").count() == 0


# ----- everywhere -----


def test_one_card_alone_computes(visit):
    page = visit("cards.html?only=neuron")
    page.locator("#neuron [data-input='2:0'].entry").fill("1")
    assert lines(page, "neuron")[0] == number(neuron(1.0, -0.5, 1.0))


def test_a_saved_page_computes(visit):
    page = visit("saved.html")
    page.locator("input.entry:visible").fill("2")
    assert page.locator(".face:not([hidden]) .lines .is b").first.inner_text() == number(sigmoid(2.0))


def test_a_notebook_s_frame_computes(visit):
    page = visit("notebook.html")
    frame = page.frame_locator("iframe")
    frame.locator("[data-input='2:0'].entry").fill("1")
    assert frame.locator(".lines .is b").first.inner_text() == number(neuron(1.0, -0.5, 1.0))


def test_print_states_x_and_shows_no_grip(visit):
    page = visit()
    page.locator("#sigmoid input.entry:visible").fill("-2")
    page.emulate_media(media="print")
    assert "drawn at" in page.locator("#sigmoid .where").first.inner_text()
    assert page.locator("#sigmoid .where .print-only [data-num]").first.inner_text() == "−2"
    assert page.locator("#sigmoid .rail:visible").count() == 0
    assert page.locator("#loss .inputs:visible").count() == 0


def test_values_are_handed_on(visit):
    page = visit()
    page.evaluate("""() => document.querySelector('#sigmoid .face').addEventListener('chalkgrad:values',
        event => { window.heard = event.detail.values.map(v => v.data[0]) })""")
    page.locator("#sigmoid input.entry:visible").fill("0.5")
    heard = page.evaluate("window.heard")
    assert heard[:1] == [0.5] and any(math.isclose(v, sigmoid(0.5)) for v in heard)
