"""The walk in a real browser, straight from disk: by keyboard and by pointer, its numbers Python's own."""

from __future__ import annotations

import re
import shutil

import numpy as np
import pytest

import chalkgrad as cg
from chalkgrad.render.numbers import number

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


def leaky_relu(x):
    return np.maximum(0.2 * x, x)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def square(x):
    return np.power(x, 2)


def loss(X, W):
    N = np.dot(X, W)
    S = sigmoid(N)
    L = np.sum(S)
    return L


def twice(x):
    return x * np.sin(x)


CHAIN = cg.Chain([leaky_relu, sigmoid, square])
rng = np.random.default_rng(0)
X, W = rng.normal(size=(3, 3)), rng.normal(size=(3, 2))


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("walks")
    cg.show(CHAIN, -1.0).save(folder / "chain.html")
    cg.show(loss, X, W).save(folder / "loss.html")
    cg.show(twice, 2.0).save(folder / "twice.html")
    cg.walk(CHAIN, -1.0).save(folder / "alone.html")
    return folder


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser, site):
    """Opens a page from disk; at the end nothing may have been said on the console or asked of a network."""
    contexts, complaints = [], []

    def open_page(name: str, width: int = 1280):
        context = browser.new_context(viewport={"width": width, "height": 844})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda r: complaints.append(r.url) if not r.url.startswith(("file:", "data:")) else None,
        )
        page.goto((site / f"{name}.html").as_uri())
        page.set_default_timeout(5000)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def enter(page):
    page.click(".walk-button >> nth=0")


def place(page) -> str:
    return page.locator(".face:visible .places p:visible").inner_text().replace("\n", " ")


def said(page) -> str:
    return page.locator(".face:visible [data-live]").text_content()


def step(page) -> str:
    return page.locator(".face:visible .step:not([hidden])").inner_text()


def roads(page) -> list[str]:
    """The numbers on the roads that are known."""
    texts = page.locator(".face:visible .score .flat text[data-since]:is(.uv, .dv)").all()
    return [t.text_content() for t in texts if "out" not in (t.get_attribute("class") or "")]


def test_by_keyboard_to_the_end_and_out(visit):
    page = visit("chain")
    page.focus(".walk-button >> nth=0")
    page.keyboard.press("w")
    assert place(page) == "Step 1 of 8 the input" and roads(page) == ["−1"]
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    assert place(page) == "Step 5 of 8 the road turns round"
    page.keyboard.press("ArrowLeft")
    assert place(page) == "Step 4 of 8 forward through square"
    page.keyboard.press("End")
    assert place(page) == "Step 8 of 8 backward through leaky_relu" and len(roads(page)) == 8
    page.keyboard.press("ArrowRight")
    assert place(page).startswith("Step 8")
    page.keyboard.press("Home")
    assert place(page).startswith("Step 1 ")
    page.keyboard.press("Escape")
    assert not page.locator(".view.walk").first.is_visible() and page.locator(".view.plot").first.is_visible()
    assert page.evaluate("document.activeElement.matches('.walk-button')")


def test_space_goes_on_but_a_button_keeps_its_space(visit):
    page = visit("chain")
    enter(page)
    page.keyboard.press("ArrowRight")
    page.focus(".face:visible [data-back]")
    page.keyboard.press("Space")
    assert place(page).startswith("Step 1 ")


def test_by_pointer_each_stop_is_a_target(visit):
    page = visit("chain")
    enter(page)
    for k in range(8):
        page.click(f".face:visible [data-stop='{k}']")
        assert place(page).startswith(f"Step {k + 1} of 8")
        assert page.locator(".face:visible [aria-current=step]").get_attribute("data-stop") == str(k)
    assert page.locator(".face:visible [data-next]").is_disabled()


def test_each_steps_numbers_are_pythons(visit):
    page = visit("chain")
    enter(page)
    u = leaky_relu(-1.0)
    v = sigmoid(u)
    slopes = [float(cg.derivative(f)(at)) for f, at in ((square, v), (sigmoid, u), (leaky_relu, -1.0))]
    for value in (-1.0, u, v, v**2):
        assert number(value) in step(page)
        page.click(".face:visible [data-next]")
    gradient = 1.0
    for slope in slopes:
        page.click(".face:visible [data-next]")
        assert number(gradient) in step(page) and number(slope) in step(page)
        gradient *= slope
        assert number(gradient) in step(page) and number(gradient) in said(page)
    assert gradient == pytest.approx(cg.grad(CHAIN)(-1.0)) and "agrees with it to" in step(page)


def test_what_is_not_reached_is_a_question(visit):
    page = visit("chain")
    enter(page)
    page.click(".face:visible [data-stop='6']")
    asked = page.locator(".face:visible .score .flat .pending:not(.out)").all_text_contents()
    assert sorted(asked) == ["?", "leaky_relu′(−1) = ?", "× ?"]
    lit = page.locator(".face:visible .score .flat .lit")
    assert lit.count() == 2, "the box, and the number that it sends on"


def test_screen_readers_are_told_each_step(visit):
    page = visit("chain")
    enter(page)
    page.click(".face:visible [data-stop='6']")
    told = "∂y/∂u = ∂y/∂v times sigmoid′(u) = 0.9003 times 0.2475 = 0.2228."
    assert said(page).startswith(f"Step 7 of 8, backward through sigmoid. {told}")
    assert page.locator(".face:visible [data-live]").get_attribute("aria-live") == "polite"


def test_a_fork_adds_its_shares(visit):
    page = visit("twice")
    enter(page)
    page.keyboard.press("End")
    assert place(page).startswith("Step 8 of 8 the gradients add at ")
    shares = [2 * float(np.cos(2.0)), float(np.sin(2.0))]
    assert all(number(s) in step(page) for s in shares) and number(sum(shares)) in step(page)
    assert page.locator(".face:visible .score .flat .forked.lit").count() == 1


def test_a_box_is_opened_below_and_escape_leaves_it_first(visit):
    page = visit("chain")
    enter(page)
    page.click(".face:visible [data-stop='6']")
    page.locator(".face:visible .score .flat [data-inside='0.1']").click(position={"x": 30, "y": 14})
    inside = page.locator(".face:visible .factory [data-level='0.1']").first
    assert inside.is_visible() and "1.2214" in inside.inner_text()
    assert "step 7 from the inside" in page.locator(".entered-note:visible").inner_text()
    page.click(".face:visible [data-stop='2']")
    hidden = inside.locator(".dv").first.evaluate("e => getComputedStyle(e).visibility")
    assert hidden == "hidden", "the way back is not told before it is walked"
    page.keyboard.press("Escape")
    assert not inside.is_visible() and page.locator(".view.walk").first.is_visible()
    page.keyboard.press("Escape")
    assert not page.locator(".view.walk").first.is_visible()


# ----- matrices -----


def cell(page, node: int, entry: int):
    return page.locator(f".face:visible .brackets td[data-num='{node}:{entry}']")


def test_a_matrix_entry_is_spelled_out_and_its_sources_are_washed(visit):
    page = visit("loss")
    enter(page)
    page.click(".face:visible [data-stop='7']")
    gradients = cg.grad(loss, argnums=(0, 1))(X, W)
    assert number(gradients[0][0, 0]) in step(page)
    washed = page.locator(".face:visible .brackets td.lit").all_text_contents()
    assert {number(W[0, 0]), number(W[0, 1]), number(gradients[0][0, 0])} <= set(washed) and len(washed) == 5
    table = page.locator(".face:visible .brackets:has(td.now)")
    table.locator("td[data-e='5']").click()
    assert number(gradients[0][1, 2]) in page.locator(".spelt:visible .now").inner_text()
    assert re.sub(r"\s", "", page.locator(".spelt:visible [data-index]").first.inner_text()) == "12"
    assert "Row 1 of" in step(page) and "row 2 of" in step(page)
    terms = page.locator(".spelt:visible .line b:not(.now)").all_inner_texts()
    assert [t.strip("()") for t in terms[1::2]] == [number(v) for v in W[2]]


def test_entries_are_chosen_by_arrow_keys_and_steps_stay(visit):
    page = visit("loss")
    enter(page)
    page.click(".face:visible [data-stop='7']")
    page.focus(".face:visible .brackets td.now")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    assert place(page).startswith("Step 8 of 9")
    assert page.evaluate("document.activeElement.dataset.e") == "4"
    gradient = cg.grad(loss)(X, W)
    assert page.locator(".spelt:visible .now").inner_text() == number(gradient[1, 1])


def test_a_known_number_leads_to_the_step_that_makes_it(visit):
    page = visit("loss")
    enter(page)
    page.click(".face:visible [data-stop='8']")
    page.locator(".face:visible .brackets.up >> nth=2").locator("td[data-e='3']").click()
    assert place(page).startswith("Step 2 of 9") and number(np.dot(X, W)[1, 1]) in step(page)


def test_the_last_step_has_compared_all_gradients(visit):
    page = visit("loss")
    enter(page)
    page.keyboard.press("End")
    assert "All 15 gradients agree with the central difference" in step(page)


def test_the_line_of_code_is_lit(visit):
    page = visit("loss")
    enter(page)
    page.click(".face:visible [data-stop='7']")
    assert page.locator(".beside .lit").inner_text() == "dLdX = np.dot(dLdN, W.T)"


# ----- values that change -----


def test_the_walk_follows_when_x_changes(visit):
    page = visit("chain")
    box = page.locator(".face:visible .head input").first
    if not box.count():
        pytest.skip("this page does not compute")
    enter(page)
    page.click(".face:visible [data-stop='7']")
    before = page.locator(".face:visible .score .flat .mini .point").nth(1).get_attribute("cx")
    box.fill("2")
    box.press("Enter")
    u, v = leaky_relu(2.0), sigmoid(leaky_relu(2.0))
    assert {number(u), number(v), number(v**2), number(float(cg.grad(CHAIN)(2.0)))} <= set(roads(page))
    assert number(float(cg.grad(CHAIN)(2.0))) in step(page)
    assert page.locator(".face:visible .score .flat .mini .point").nth(1).get_attribute("cx") != before
    assert "agrees" not in step(page), "that was another x"
    box.fill("-1")
    box.press("Enter")
    assert "agrees" in step(page)
    page.click(".face:visible .walk-button")
    box.fill("0.5")
    box.press("Enter")
    enter(page)
    assert page.locator(".face:visible .score .flat .mini .point").nth(0).get_attribute("cx") != before


# ----- elsewhere -----


def test_a_walk_of_its_own_is_open_at_once(visit):
    page = visit("alone")
    assert page.locator("[data-place='0']").is_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.locator("[data-next]").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("[data-place='1']").is_visible()
    page.locator(".score .flat [data-inside='0.1']").click(position={"x": 30, "y": 14})
    assert page.locator(".factory [data-level='0.1']").is_visible()
    page.locator("[data-next]").focus()
    page.keyboard.press("Escape")
    assert not page.locator(".factory").is_visible() and page.locator(".view.walk").is_visible()


@pytest.mark.parametrize("name", ["chain", "loss", "twice"])
def test_on_a_phone_it_stands_upright_and_nothing_sticks_out(visit, name):
    page = visit(name, width=390)
    enter(page)
    page.keyboard.press("End")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    tall = page.locator(".face:visible .score .tall")
    assert tall.count() == 0 or tall.is_visible()
    for button in page.locator(".face:visible .go button").all():
        size = button.bounding_box()
        assert size["width"] >= 44 and size["height"] >= 44
    dock = page.locator(".face:visible .controls").bounding_box()
    assert dock["y"] + dock["height"] <= 845


def test_in_print_all_steps_are_numbered_and_everything_is_known(visit):
    page = visit("chain")
    enter(page)
    page.emulate_media(media="print")
    numbers = page.locator(".face:visible .step > .print-only").all_inner_texts()
    assert [n.split(",")[0] for n in numbers] == [f"Step {k} of 8" for k in range(1, 9)]
    assert all(p.is_visible() for p in page.locator(".face:visible .step > .print-only").all())
    assert not page.locator(".face:visible .controls").is_visible()
    shown = "e => getComputedStyle(e).visibility"
    dvs = page.locator(".face:visible .score .flat .dv")
    assert {dvs.nth(k).evaluate(shown) for k in range(dvs.count())} == {"visible"}


def test_nothing_below_moves_from_step_to_step(visit):
    page = visit("chain")
    enter(page)
    tops = set()
    for k in range(8):
        page.click(f".face:visible [data-stop='{k}']")
        tops.add(page.locator(".face:visible .controls").bounding_box()["y"])
    assert len(tops) == 1


def test_a_box_is_opened_by_keyboard(visit):
    page = visit("chain")
    enter(page)
    page.focus(".face:visible .score .flat [data-inside='0.1']")
    page.keyboard.press("Enter")
    assert page.locator(".face:visible .factory [data-level='0.1']").first.is_visible()
    assert place(page).startswith("Step 1 "), "Enter opens, and does not walk"


def test_spelled_out_entries_follow_a_changed_input(visit):
    page = visit("loss")
    boxes = page.locator(".face:visible .inputs input")
    if not boxes.count():
        pytest.skip("this page does not compute")
    boxes.first.fill("2")
    boxes.first.press("Enter")
    moved = X.copy()
    moved[0, 0] = 2
    enter(page)
    page.click(".face:visible [data-stop='7']")
    gradient = cg.grad(loss)(moved, W)
    assert page.locator(".spelt:visible .now").inner_text() == number(gradient[0, 0])
    terms = page.locator(".spelt:visible .line b:not(.now)").all_inner_texts()
    slopes = sigmoid(moved @ W) * (1 - sigmoid(moved @ W))
    assert terms[0] == number(slopes[0, 0]) and terms[2] == number(slopes[0, 1])
    page.keyboard.press("End")
    assert "All 15" not in step(page)
