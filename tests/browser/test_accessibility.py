"""Accessibility: axe finds nothing serious in notes, index and book, on paper, on the board, on a phone."""

from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path

import pytest

from chalkgrad.notes.build import BOOK, build

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

NOTE = """# Functions

Two formulas: $f(x) = x^2$ and $g(x) = max(x, 0)$. A [link](other.md), an ![image](https://example.org/a.png).

> [!NOTE]
> A quote with `code`.

| name | range |
|---|---:|
| `leaky` | all |

## By name

The formula of `leaky`: $leaky(x) = max(x, 0)$

```
def square(x: ndarray) -> ndarray:
    '''Square each entry.'''
    return np.power(x, 2)

def leaky(x):
    return np.maximum(0.2 * x, x)
```

### Chains

$$
h(x) = f(g(x))
$$

```
def nested(chain, x):
    f, g = chain
    return f(g(y))

both = [square, leaky]
print(square(np.array([1.0, 2.0])))
plt.plot([0, 1, 4])
np.range(3)
print("on")
```

- [ ] a task
- a list
  1. with a list

<!-- chalkgrad: answer -->

It is so, since

```
def loss(W, X, y):
    return np.sum((np.dot(X, W) - y) ** 2)

loss(np.array([[1.0], [2.0]]), np.array([[1.0, 0.5], [2.0, 1.0]]), np.array([[1.0], [2.0]]))
```

<!-- chalkgrad: end -->

#### Deep
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("accessible")
    notes = folder / "notes"
    notes.mkdir()
    (notes / "note.md").write_text(NOTE, "utf-8")
    (notes / "other.md").write_text("# Other\n\nWords alone.\n")
    chapter = sorted(path for path in BOOK.glob("*.md") if "```" in path.read_text("utf-8"))[0]
    shutil.copy(chapter, notes / "book.md")
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
    contexts = []

    def go(name: str, width: int = 1280, scheme: str = "light"):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.goto((site / f"{name}.html").as_uri())
        return page

    yield go
    for context in contexts:
        context.close()


def faults(page) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        f"{v['id']} ({v['impact']}): {node['html'][:150]}"
        for v in found
        if v["impact"] in ("serious", "critical")
        for node in v["nodes"][:4]
    ]


@pytest.mark.parametrize("name", ["note", "other", "index", "book"])
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light")])
def test_axe_finds_nothing_serious(visit, name: str, width: int, scheme: str):
    page = visit(name, width, scheme)
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    page.evaluate("document.querySelectorAll('.brief-head .push').forEach((b) => b.click())")
    assert faults(page) == []


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_a_walk_and_a_derivative_are_as_good(visit, width: int, scheme: str):
    page = visit("note", width, scheme)
    page.evaluate("document.querySelectorAll('#square [data-go=\"1\"]').forEach((b) => b.click())")
    page.evaluate("document.querySelectorAll('#leaky .walk-button').forEach((b) => b.click())")
    assert faults(page) == []


# ----- what axe does not see -----


def test_headings_go_down_in_steps_of_one(visit):
    page = visit("note")
    levels = page.evaluate(
        "[...document.querySelectorAll('main :is(h1,h2,h3,h4,h5,h6)')]"
        ".filter((h) => h.getClientRects().length && !h.closest('.card')).map((h) => Number(h.tagName[1]))"
    )
    assert levels[0] == 1 and all(b <= a + 1 for a, b in pairwise(levels))
    assert visit("index").locator("h1").count() == 1


@pytest.mark.parametrize("name", ["note", "index"])
def test_landmarks(visit, name: str):
    page = visit(name)
    assert page.locator("main").count() == 1
    names = page.evaluate("[...document.querySelectorAll('nav')].map((n) => n.getAttribute('aria-label'))")
    assert all(names) and len(set(names)) == len(names)
    assert page.locator("html").get_attribute("lang") == "en"


def test_the_skip_link_is_the_first_stop_and_leads_to_the_text(visit):
    page = visit("note")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("decodeURIComponent(location.hash.slice(1)) === document.querySelector('main').id")


def test_focus_goes_down_the_page(visit):
    page = visit("other")
    seen = []
    for _ in range(6):
        page.keyboard.press("Tab")
        here = page.evaluate(
            "((e) => e === document.body || e.className === 'skip' ? null : e.getBoundingClientRect().top)"
            "(document.activeElement)"
        )
        if here is not None:
            seen.append(here)
    assert len(seen) >= 3 and all(after > before - 24 for before, after in pairwise(seen))


def test_formulas_keep_their_mathml_and_factories_are_lists_too(visit):
    page = visit("note")
    assert page.locator("main math").count() >= 4
    assert page.locator("main .katex").count() == page.locator("main .katex:has(math)").count()
    lists = page.locator(".card:has(.factory)").count()
    assert lists >= 2 and page.locator(".card .factory .sr :is(ul, ol, table)").count() >= lists


def test_findings_are_notes_and_their_words_say_all(visit):
    page = visit("note")
    said = " ".join(page.locator("[role='note']").all_inner_texts())
    assert "CG201" in said and "CG102" in said and "CG104" in said
    assert "This is not what leaky computes." in said


def test_pictures_have_words_for_those_who_do_not_see_them(visit):
    page = visit("note")
    assert page.locator("img:not([alt])").count() == 0
    assert (
        page.locator("svg[role='img']:not([aria-label]):not([aria-labelledby]):not(:has(title))").count() == 0
    )
