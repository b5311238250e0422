"""The site round the cards in a real browser: search, contents, the way on, findings at their places."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from chalkgrad.notes.build import build

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]

WRONG = """# Activations

Two lines, and the second is wrong:
$square(x) = x^2$ <br>
$leaky(x) = max(x, 0)$ <br>
after it

## Leaky ones

```python
import numpy as np

def square(x):
    return x ** 2

def leaky(x):
    return np.maximum(0.2 * x, x)
```

### More

- in a list

  ```python
  first = np.ones(3)
  second = first + np.range(3)
  print(first)
  ```
"""
RIGHT = """# Größe

The logistic function.

## Definition

```python
import numpy as np

def sigmoid(x):
    return 1 / (1 + np.exp(-x))
```

## Use in chains

Words.
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    notes = folder / "notes"
    notes.mkdir()
    (notes / "activations.md").write_text(WRONG, "utf-8")
    (notes / "size.md").write_text(RIGHT, "utf-8")
    build([notes], folder / "site")
    return folder / "site"


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser, site: Path):
    """Opens a page from disk with the network off; nothing may be said on the console."""
    contexts, complaints = [], []

    def go(name: str, width: int = 1280):
        context = browser.new_context(viewport={"width": width, "height": 900}, offline=True)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(5000)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto((site / name).as_uri())
        return page

    yield go
    for context in contexts:
        context.close()
    assert complaints == []


def seen(page) -> list[str]:
    """The links that are left of the index."""
    return page.locator(":is(.file h2 a, .sections a, .entries a.name):visible").all_inner_texts()


# ----- the index -----


def test_a_slash_goes_to_the_search_and_enter_to_what_was_found(visit):
    page = visit("index.html")
    page.keyboard.press("/")
    page.keyboard.type("leak")
    assert seen(page) == ["Activations", "Leaky ones", "leaky"]
    assert page.locator('.seek [role="status"]').inner_text() == "2 found"
    page.keyboard.press("Enter")
    page.wait_for_url("**/activations.html#leaky*")


def test_arrows_go_through_what_is_left_and_escape_comes_back(visit):
    page = visit("index.html")
    page.keyboard.press("/")
    page.keyboard.type("leaky")
    names = []
    for _ in range(3):
        page.keyboard.press("ArrowDown")
        names.append(page.evaluate("document.activeElement.textContent"))
    assert names == ["Activations", "Leaky ones", "leaky"]
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.textContent") == "Leaky ones"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.type") == "search"
    assert "sigmoid" in seen(page) and "Leaky ones" not in seen(page)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/size.html*")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("GROSSE", []),
        ("grö", ["Größe", "Größe", "sigmoid"]),
        ("gro", ["Größe", "Größe", "sigmoid"]),
        ("chains use", ["Größe", "Use in chains"]),
        ("size.md", ["Größe", "sigmoid"]),
        ("frac", ["Größe", "sigmoid"]),
        ("<img", []),
        (".*", []),
    ],
)
def test_functions_sections_and_notes_are_found(visit, words: str, found: list[str]):
    page = visit("index.html")
    page.fill(".seek input", words)
    assert seen(page) == found
    assert page.locator(".none").is_visible() == (found == [])


def test_only_errors(visit):
    page = visit("index.html")
    page.click(".toggle")
    assert seen(page) == ["Activations", "leaky"]
    page.click(".toggle")
    assert "sigmoid" in seen(page)


def test_the_index_says_what_the_check_found(visit):
    page = visit("index.html")
    assert "2 errors" in page.locator(".top .facts").inner_text()
    assert page.locator(".file .count").all_inner_texts() == ["2 errors", "clean"]
    leaky = page.locator('li[data-name="leaky"]')
    assert leaky.locator(".verdict").inner_text() == "CG201disagrees with line 5"
    assert leaky.locator(".spark path[stroke='var(--ink)']").count() == 1
    assert page.locator('li[data-name="square"] .verdict').inner_text() == "agrees with line 4"
    assert page.locator('li[data-name="square"] .spark path[stroke="var(--ink)"]').count() == 0


# ----- a page -----


def test_a_slash_on_a_page_leads_to_the_search(visit):
    page = visit("size.html")
    page.keyboard.press("/")
    page.wait_for_url("**/index.html#~find")
    page.wait_for_selector(".seek input:focus")


def test_contents_open_lead_and_close(visit):
    page = visit("activations.html")
    page.locator(".contents summary").focus()
    page.keyboard.press("Enter")
    listed = page.locator(".contents a:visible").all_inner_texts()
    assert listed == ["Activations", "Leaky ones", "square", "leaky", "More"]
    page.keyboard.press("Escape")
    assert page.locator(".contents a:visible").count() == 0
    page.click(".contents summary")
    page.click(".contents a >> text=More")
    assert page.url.endswith("#more") and page.locator(".contents a:visible").count() == 0


def test_notes_lead_to_their_neighbours(visit):
    page = visit("activations.html")
    page.click(".onward a[rel='next']")
    page.wait_for_url("**/size.html")
    assert page.locator(".onward a[rel='prev']").inner_text().endswith("Activations")
    assert page.locator(".onward a[rel='next']").count() == 0


def test_a_callout_stands_beside_its_line(visit):
    page = visit("activations.html")
    formula, callout = page.locator("p .waved"), page.locator("p .finding")
    assert "CG201" in callout.inner_text() and formula.count() == 1
    one, other = formula.bounding_box(), callout.bounding_box()
    assert other["x"] > 660 and abs(one["y"] - other["y"]) < 16
    callout.locator("a").click()
    assert page.url.endswith("#leaky")


def test_the_card_says_and_draws_the_disagreement(visit):
    page = visit("activations.html")
    card = page.locator("#leaky .face").first
    assert "At x = −1: 0 against −0.2." in card.locator(".finding").inner_text()
    assert card.locator(".said .waved").count() == 1
    assert "".join(card.locator("pre .wavy").all_inner_texts()) == "np.maximum(0.2 * x, x)"
    words = card.locator(".apart text").all_text_contents()
    assert words == ["hatched: where the two disagree", "formula 0", "code −0.2"]
    assert card.locator(".apart path[fill^='url(']").count() == 1


def test_code_in_a_list_is_marked_at_its_columns(visit):
    page = visit("activations.html")
    row = page.locator(".with-asides")
    assert "".join(row.locator("pre .wavy").all_inner_texts()) == "np.range"
    assert "CG104" in row.locator(".finding").inner_text()
    code, callout = row.locator("pre .wavy").first.bounding_box(), row.locator(".finding").bounding_box()
    assert abs(code["y"] - callout["y"]) < 14
    assert "the code ran with the values from before" in row.locator(".stopped").inner_text()


@pytest.mark.parametrize("name", ["activations.html", "index.html", "size.html"])
def test_nothing_is_wider_than_a_phone(visit, name: str):
    page = visit(name, width=390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
