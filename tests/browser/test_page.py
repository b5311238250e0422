"""The page in a real browser: linking, pinning, keys, f f′ f″, themes, phone, print, straight from disk."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import demo

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
_NO = ("background-networking", "component-update", "sync")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    *(f"--disable-{what}" for what in _NO),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    from chalkgrad.render.page import write_assets

    folder = tmp_path_factory.mktemp("site")
    (folder / "demo.html").write_text(demo.demo_page(), encoding="utf-8")
    (folder / "files.html").write_text(demo.demo_page(assets="files"), encoding="utf-8")
    (folder / "index.html").write_text(demo.demo_index(), encoding="utf-8")
    write_assets(folder / "assets")
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

    def open_page(name: str = "demo.html", width: int = 1280, scheme: str = "light"):
        context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda r: complaints.append(r.url) if not r.url.startswith(("file:", "data:")) else None,
        )
        page.goto((site / name.split("?")[0]).as_uri() + name[len(name.split("?")[0]) :])
        page.set_default_timeout(5000)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def lit(page) -> dict[str, int]:
    """How many elements of each view of the shown face are lit."""
    count = "view => document.querySelectorAll(`.card .face:not([hidden]) .view.${view} .lit`).length"
    return {view: page.evaluate(count, view) for view in ("formula", "plot", "factory", "code")}


EXP = "#sigmoid .face[data-order='0'] .formula .lines .value [data-node='2']"


def test_pointing_at_a_term_lights_all_four_views(visit):
    page = visit()
    page.hover(EXP)
    assert lit(page) == {"formula": 3, "plot": 1, "factory": 2, "code": 1}
    told = page.locator("#sigmoid .told:visible")
    assert told.count() == 1 and "falls by 0.0053" in told.inner_text()
    page.mouse.move(5, 5)
    assert set(lit(page).values()) == {0} and page.locator("#sigmoid .rest").first.is_visible()


@pytest.mark.parametrize("place", [".code [data-node='2']", ".factory g[data-node='2']:has(.box)"])
def test_the_link_goes_every_way(visit, place):
    page = visit()
    page.hover(f"#sigmoid .face[data-order='0'] {place}")
    assert all(lit(page).values())


def test_lighting_moves_no_glyph(visit):
    page = visit()
    where = """() => [...document.querySelectorAll('#sigmoid .face:not([hidden]) .lines .katex-html *')]
        .filter(e => !e.children.length).map(e => e.getBoundingClientRect().x)"""
    page.locator("#sigmoid").scroll_into_view_if_needed()
    before = page.evaluate(where)
    page.hover(EXP)
    assert len(before) > 20 and page.evaluate(where) == before


def test_a_click_pins_and_escape_releases(visit):
    page = visit()
    page.click(EXP)
    page.mouse.move(5, 5)
    assert lit(page)["code"] == 1
    page.keyboard.press("Escape")
    assert page.locator("#sigmoid .pinned").count() == 0
    page.locator("#sigmoid .factory [data-node='2'][role='button']").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("#sigmoid .pinned").count() == 1
    page.keyboard.press("Escape")
    assert page.locator("#sigmoid .pinned").count() == 0


def focused_node(page) -> str | None:
    return page.evaluate("document.activeElement.getAttribute('data-node')")


def test_tab_visits_nodes_in_graph_order_and_then_goes_on(visit):
    page = visit()
    page.locator("#sigmoid .walk-button").first.focus()
    seen = []
    for _ in range(6):
        page.keyboard.press("Tab")
        seen.append(focused_node(page))
    assert seen == ["0", "1", "2", "3", "4", None]
    page.keyboard.press("Shift+Tab")
    assert focused_node(page) == "4"


def test_arrows_follow_the_roads(visit):
    page = visit()
    page.locator("#sigmoid .walk-button").first.focus()
    page.keyboard.press("Tab")
    walked = []
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "End", "Home"):
        page.keyboard.press(key)
        walked.append(focused_node(page))
    assert walked == ["1", "2", "1", "4", "0"]


def test_nodes_are_named_for_screen_readers(visit):
    page = visit()
    name = page.locator("#sigmoid .factory [data-node='2'][role='button']").first.get_attribute("aria-label")
    assert "np.exp(-x)" in name and "value 0.3679" in name and "gradient −0.5344" in name
    assert name.count("Raise it by") == 1


def test_f_prime_is_a_function_of_the_same_kind(visit):
    page = visit()
    page.locator("#sigmoid [data-go='1']").first.click()
    shown = page.locator("#sigmoid .face:visible")
    assert shown.count() == 1 and shown.locator(".name").inner_text() == "sigmoid'"
    assert shown.locator("[data-go='1']").get_attribute("aria-pressed") == "true"
    page.keyboard.press("3")
    assert page.locator("#sigmoid .face:visible .name").inner_text() == "sigmoid''"
    page.keyboard.press("1")
    assert page.locator("#sigmoid .face:visible .name").inner_text() == "sigmoid"


def test_the_hidden_faces_can_be_walked_by_keys_once_shown(visit):
    page = visit()
    page.locator("#sigmoid [data-go='1']").first.click()
    page.locator("#sigmoid .face:visible [data-go='2']").focus()
    page.keyboard.press("Tab")
    assert focused_node(page) == "0"


def test_the_walk_goes_forward_turns_and_comes_back(visit):
    page = visit()
    page.click("#sigmoid .walk-button >> nth=0")
    player = page.locator("#sigmoid .view.walk:visible")
    assert not page.locator("#sigmoid .face:visible .view.plot").is_visible()

    def known() -> list[str]:
        texts = player.locator(".score text[data-since]").all()
        return [text.text_content() for text in texts if "out" not in (text.get_attribute("class") or "")]

    assert "Step 1 of 10" in player.inner_text() and known() == ["1"]
    assert player.locator("[data-back]").is_disabled()
    for _ in range(6):
        player.locator("[data-next]").click()
    assert "Step 7 of 10" in player.inner_text() and known()[-2:] == ["0.7311", "1"] and len(known()) == 7
    assert player.locator("[data-at].lit").count() == 1 and player.locator("[aria-current]").count() == 1
    page.mouse.move(5, 5)
    page.hover("#sigmoid .face:visible .score [data-node='1'] >> nth=0")
    assert player.locator("[data-at].lit").count() == 1, "pointing changes nothing in a walk"
    player.locator("[data-stop='9']").click()
    assert len(known()) == 10 and player.locator("[data-next]").is_disabled()
    page.keyboard.press("ArrowLeft")
    assert "Step 9 of 10" in player.inner_text()
    page.keyboard.press("w")
    assert page.locator("#sigmoid .face:visible .view.plot").is_visible()


def test_a_box_with_a_double_wall_is_entered_and_left(visit):
    page = visit()
    outside, inside = page.locator("#chain [data-level='0']"), page.locator("#chain [data-level='0.1']")
    box = page.locator("#chain [data-enter][role='button']").first
    assert "value 0.7311" in box.get_attribute("aria-label"), "a closed box tells its result"
    box.focus()
    page.keyboard.press("Tab")
    assert focused_node(page) is None, "many nodes, one stop"
    box.focus()
    page.keyboard.press("Enter")
    assert inside.is_visible() and not outside.is_visible()
    assert page.locator("#chain .pinned").count() == 0 and focused_node(page) == "0"
    page.keyboard.press("Escape")
    assert outside.is_visible() and not inside.is_visible()
    assert page.evaluate("document.activeElement.getAttribute('data-enter')") == "0.1"
    page.click("#chain [data-level='0'] [data-enter]")
    page.click("#chain button[data-enter='0']")
    assert outside.is_visible()


def test_roots_keep_their_sign(visit):
    page = visit()
    page.click("#square .push")
    sign = page.locator("#square .formula .katex-html svg").first
    assert sign.evaluate("e => e.getBoundingClientRect().height") > 20


def test_a_closed_card_opens_by_button_and_by_link(visit):
    page = visit()
    assert not page.locator("#square .face").is_visible()
    page.click("#square .push")
    assert page.locator("#square .face").is_visible() and not page.locator("#square .brief-head").is_visible()
    page.goto(page.url + "#square")
    page.reload()
    assert page.locator("#square .face").is_visible()


def background(page) -> str:
    return page.evaluate("getComputedStyle(document.documentElement).backgroundColor")


PAPER, BOARD = "rgb(253, 252, 250)", "rgb(24, 33, 30)"


def test_paper_and_board_follow_the_system_until_chosen(visit):
    assert background(visit()) == PAPER
    page = visit(scheme="dark")
    assert background(page) == BOARD
    page.click(".theme")
    assert background(page) == PAPER
    page.reload()
    assert background(page) == PAPER, "the choice is remembered"


def test_no_sideways_scroll_on_a_phone_and_the_formula_sticks(visit):
    page = visit(width=390)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.evaluate("document.querySelector('#sigmoid .view.factory').scrollIntoView()")
    assert page.evaluate("document.querySelector('#sigmoid .view.formula').getBoundingClientRect().top") == 0


def test_on_a_phone_what_is_pinned_is_told_below(visit):
    page = visit(width=390)
    page.click("#sigmoid .code [data-node='2'] >> nth=0")
    box = page.locator("#sigmoid .face:visible .foot").bounding_box()
    assert box["y"] + box["height"] == pytest.approx(844, abs=1)
    page.locator("#sigmoid .shut:visible").click()
    assert page.locator("#sigmoid .pinned").count() == 0


def test_targets_are_large_enough(visit):
    page = visit(width=390)
    for button in page.locator("#sigmoid [data-go]:visible, .theme").all():
        box = button.bounding_box()
        assert box["height"] >= 44 and box["width"] >= 40


def test_a_card_at_rest_fits_a_screen(visit):
    page = visit()
    assert page.locator("#sigmoid").bounding_box()["height"] <= 720


def test_print_has_no_controls_and_states_x(visit):
    page = visit()
    page.hover(EXP)
    page.emulate_media(media="print")
    for control in (".theme", ".orders", ".push", ".foot"):
        assert not page.locator(control).first.is_visible()
    assert "drawn at" in page.locator("#sigmoid .where").first.inner_text()
    washed = page.evaluate(f'getComputedStyle(document.querySelector("{EXP}")).backgroundColor')
    assert washed == "rgba(0, 0, 0, 0)"


def test_only_shows_one_card(visit):
    page = visit("demo.html?only=loss")
    assert page.locator(".card").count() == 1 and page.locator("h2").count() == 0
    assert page.locator("#loss").is_visible() and not page.locator(".bar").is_visible()
    assert visit("demo.html?only=square").locator("#square .face").is_visible(), "a closed card opens"


def test_files_mode_looks_the_same_from_disk(visit):
    looks = "[...document.fonts].filter(f => f.status == 'loaded').map(f => f.family).sort().join()"
    alone, shared = visit("demo.html"), visit("files.html")
    for page in (alone, shared):
        page.evaluate("document.fonts.ready.then(() => true)")
    assert shared.evaluate(looks) == alone.evaluate(looks) and "Source Serif 4" in shared.evaluate(looks)
    boxes = [page.locator("#sigmoid").bounding_box() for page in (alone, shared)]
    assert boxes[0] == boxes[1]


def test_the_index_finds_by_name_and_by_error(visit):
    page = visit("index.html")
    page.keyboard.press("/")
    page.keyboard.type("leaky")
    assert page.locator(".entries > li:visible").count() == 1
    page.keyboard.press("Escape")
    assert page.locator(".entries > li:visible").count() == 5
    page.click(".toggle")
    assert page.locator(".entries > li:visible .name").all_inner_texts() == ["leaky_relu"]
    page.fill("input", "nobody")
    assert page.locator(".none").is_visible()


def test_without_script_everything_can_be_read(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / "demo.html").as_uri())
    assert page.locator("#square pre").is_visible() and page.locator("#sigmoid .face >> nth=1").is_visible()
    context.close()
