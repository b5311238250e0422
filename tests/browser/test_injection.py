"""Hostile notes in a real browser: no script of theirs runs, nothing is asked of anybody, nothing is said.

Every page is opened as it is, and once more without its policy: then the sanitiser stands alone.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from browser.injections import FORMULAS, NAMES, STRINGS
from chalkgrad.notes.build import build
from chalkgrad.notes.limits import Limits

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
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" onload="parent.pwn()"><script>parent.pwn()</script>'
    '<image href="https://evil.example/x.png"/><foreignObject><img src="https://evil.example/y.png"/></foreignObject></svg>'
)


def flat(text: str) -> str:
    """One line of Markdown that cannot end what is around it."""
    return text.replace("|", "\\|").replace("\n", " ").replace("`", "'")


# ----- hostile notes -----


def prose_note() -> str:
    """Every string as prose, heading, list, quote, table, link, picture, code, comment, raw HTML."""
    places = []
    for k, s in enumerate(STRINGS):
        one = flat(s)
        places += [
            f"## {one}", one, f"- {one}\n- **{one}** and *{one}*", f"> {one}", f"| {one} |\n|---|\n| {one} |",
            f"`{one}` [{one}](https://example.org \"{one}\") ![{one}](missing{k}.png \"{one}\")",
            f"[here]({one.replace(' ', '%20')}) [there](<{one}>) ![this](<{one}>)",
            f"<!-- chalkgrad: {one} -->", f"<div>\n\n{one}\n\n</div>", f"```{one}\n{s}\n```", f"    {one}",
            f"$x$ {one} $y$ <span title=\"{one}\">{one}</span> [^{one}]",
            f"<details><summary>{one}</summary>\n\n{one}\n\n</details>",
        ]  # fmt: skip
    return f"# {flat(STRINGS[0])} {flat(STRINGS[28])}\n\n![evil](evil.svg)\n\n" + "\n\n".join(places) + "\n"


def formula_note() -> str:
    """Formulas that ask for more than formulas, in all four spellings."""
    inside = [rf"\text{{{s}}}" for s in STRINGS if not re.search(r"[{}$\\%#&^_~]", s)]
    done = []
    for tex in (*FORMULAS, *inside, *(s for s in STRINGS if "$" not in s and "`" not in s)):
        done += [f"so ${flat(tex)}$ and $`{flat(tex)}`$", f"$$\n{tex}\n$$", f"```math\n{tex}\n```"]
    return "# Formulas\n\n" + "\n\n".join(done) + "\n"


def code_note() -> str:
    """Every string in a docstring, a comment, a value, what is printed, a figure's words, an error."""
    strings = [s.replace("```", "") for s in STRINGS]
    said = "\n    ".join(line.replace("\\", "\\\\").replace('"""', "") for s in strings for line in [flat(s)])
    comments = "\n".join(f"    # {flat(s)}" for s in strings if s.isprintable())
    listed = json.dumps(strings)
    names = "\n\n".join(f"```python\ndef {n}(x):\n    return 2 * x\n```\n" for n in NAMES)
    return f'''# Code

```python
import numpy as np

STRINGS = {listed}

def hostile(x):
    """{said}
    """
{comments}
    return x ** 2 + len("<script>pwn()</script>")
```

```python
for s in STRINGS:
    print(s)
STRINGS
```

```python
class Named:
    def __repr__(self):
        return "<img src=x onerror=pwn()>" * 3

Named()
```

```python
import matplotlib.pyplot as plt
plt.plot([0, 1], label="<script>pwn()</script>")
plt.title("</text><script>pwn()</script>")
plt.xlabel("<img src=x onerror=pwn()>")
plt.legend()
plt.show()
```

```python
raise ValueError("<img src=x onerror=pwn()></script><script>pwn()</script>")
```

```python
raise type("<img src=x onerror=pwn()>", (Exception,), {{}})("</div><script>pwn()</script>")
```

```python
hostile.__name__ = hostile.__qualname__ = "<img src=x onerror=pwn()>"
undefined_name
x = 3  # "><script>pwn()</script>
np.nothing
```

{names}
'''


def notebook() -> str:
    """Hostile cells and outputs."""
    outputs = [
        {"output_type": "display_data", "metadata": {}, "data": {"text/html": [s], "text/plain": [s]}}
        for s in STRINGS
    ]
    outputs += [{"output_type": "stream", "name": s, "text": [s]} for s in STRINGS[:3]]
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# " + STRINGS[0] + "\n", *STRINGS[:20]]},
        {"cell_type": "code", "metadata": {"tags": [STRINGS[0]]}, "execution_count": 1, "source": ["x = 1"],
         "outputs": outputs},
        {"cell_type": "raw", "metadata": {"format": "text/html"}, "source": list(STRINGS)},
    ]  # fmt: skip
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {"title": STRINGS[0]}, "cells": cells})


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    notes = folder / "notes"
    notes.mkdir()
    (notes / "prose.md").write_text(prose_note(), "utf-8")
    (notes / "formulas.md").write_text(formula_note(), "utf-8")
    (notes / "code.md").write_text(code_note(), "utf-8")
    (notes / "book.ipynb").write_text(notebook(), "utf-8")
    (notes / "evil.svg").write_text(SVG)
    (notes / "<img src=x onerror=pwn()>.md").write_text("no heading, so the file's name is the title\n")
    build([notes], folder / "site", Limits(seconds=60.0))
    bare = folder / "bare"
    shutil.copytree(folder / "site", bare)
    for page in bare.glob("*.html"):
        text, count = POLICY.subn("", page.read_text("utf-8"), count=1)
        assert count == 1, f"{page.name} has no policy"
        page.write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


FAULTS = r"""() => {
    const bad = [];
    const say = (element, why) => bad.push(`${why}: ${element.outerHTML.slice(0, 160)}`);
    const scripts = document.querySelectorAll("script:not([type='application/json'])");
    if (scripts.length !== 1) bad.push(`${scripts.length} scripts`);
    const never = "iframe, object, embed, base, form, portal, video, audio";
    document.querySelectorAll(never).forEach((e) => say(e, "element"));
    document.querySelectorAll("link:not([href='assets/chalkgrad.css'])").forEach((e) => say(e, "link"));
    document.querySelectorAll("meta").forEach((e) => {
        if (/refresh/i.test(e.httpEquiv)) say(e, "refresh");
    });
    const loading = /^(href|src|action|formaction|xlink:href|data|poster|background|srcset|ping)$/i;
    for (const e of document.querySelectorAll("*")) {
        for (const a of e.attributes) {
            const value = a.value.replace(/[\s\x00-\x1f]/g, "");
            const picture = e.tagName === "IMG" && /^data:image\//.test(value);
            if (/^on/i.test(a.name)) say(e, "handler");
            if (loading.test(a.name) && /^(javascript|vbscript):/i.test(value)) say(e, "script address");
            if (loading.test(a.name) && /^data:/i.test(value) && !picture) say(e, "data address");
            if (a.name === "style" && /url\(|expression/i.test(value)) say(e, "style");
        }
    }
    const titles = "h1 > span, h2 > span, h3 > span";
    const places = [...document.querySelectorAll(`main, .card, .find input, ${titles}`)];
    const ids = places.map((e) => e.id).filter(Boolean);
    const twice = ids.filter((id, k) => ids.indexOf(id) !== k);
    if (twice.length) bad.push(`ids twice: ${twice}`);
    return bad;
}"""


@pytest.mark.parametrize("name", ["prose", "formulas", "code", "book", "img-src-x-onerror-pwn", "index"])
@pytest.mark.parametrize("folder", ["site", "bare"])
def test_nothing_of_the_notes_runs(browser, site: Path, folder: str, name: str):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_init_script("window.hits = 0; window.pwn = () => { window.hits += 1; };")
    page, asked, said = context.new_page(), [], []

    def route(request_route):
        url = request_route.request.url
        if url.startswith(("file:", "data:")):
            return request_route.continue_()
        asked.append(url)
        return request_route.abort()

    page.route("**/*", route)
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: (said.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.goto((site / folder / f"{name}.html").as_uri())
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    page.evaluate("document.querySelectorAll('.brief-head .push, .walk-button').forEach((b) => b.click())")
    page.mouse.move(300, 400)
    page.wait_for_timeout(150)
    assert page.evaluate("window.hits") == 0
    assert asked == []
    assert said == []
    assert page.evaluate(FAULTS) == []
    assert page.url.startswith("file:")
    context.close()


def test_what_is_hostile_is_shown_all_the_same(site: Path):
    text = (site / "site" / "code.html").read_text("utf-8")
    assert text.count("&lt;script&gt;pwn()") > 10
    for name in NAMES[:4]:
        assert f'data-card="{name}"' in text, name


def test_names_that_objects_have_are_found_and_shown_alone(browser, site: Path):
    context = browser.new_context()
    page, said = context.new_page(), []
    page.on("pageerror", lambda error: said.append(str(error)))
    for name in ("__proto__", "constructor", "toString"):
        page.goto((site / "site" / "code.html").as_uri() + f"?only={name}")
        assert page.locator("[data-card]").count() == 1
        assert page.locator("[data-card]").get_attribute("data-card") == name
    page.goto((site / "site" / "index.html").as_uri())
    page.fill(".seek input", "__proto__")
    assert page.locator(".entries > li:visible").count() == 1
    page.fill(".seek input", "<img")
    assert said == []
    context.close()
