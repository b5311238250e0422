"""What notes show themselves, `cg.show(model, X[:1])`: a card each, in its place."""

from __future__ import annotations

import re

import pytest

from chalkgrad.notes.build import build
from chalkgrad.render.packed import unpacked

NOTE = """# Shown

```python
import numpy as np
import chalkgrad as cg

def square(x):
    return x**2

cg.show(square, 3.0)
```

```python
X = np.linspace(-1, 1, 32).reshape(16, 2)
y = (X.sum(axis=1) > 0).astype(int)
net = cg.Chain([cg.nn.Dense(4, cg.nn.tanh), cg.nn.Dense(2)])
cg.show(net, net.init(X[:1]), X[:1])
model = cg.fit(net, X, y, loss=cg.nn.softmax_cross_entropy,
               optimizer=cg.nn.adam(0.1), epochs=4, engine="numpy")
cg.show(model, X[:1], y=y[:1])
```

```python
cg.show(model, X[-1:], y=y[-1:])
page = cg.show(np.tanh, 0.5)
cg.show(np.exp, 0.5);
1 + 1
```
"""
CARD = re.compile(r'<section class="(card[^"]*)" id="([^"]*)"')


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> tuple[str, object]:
    folder = tmp_path_factory.mktemp("shown")
    (folder / "note.md").write_text(NOTE, encoding="utf-8")
    built = build((folder / "note.md",), folder / "site")
    return unpacked((folder / "site" / "note.html").read_text("utf-8")), built


def test_each_page_shown_is_a_card(made):
    html, built = made
    assert [c for _, c in CARD.findall(html)] == ["square", "net", "model", "model-2", "exp"]
    assert {kind for kind, _ in CARD.findall(html)} == {"card"}
    assert built.functions == built.cards == 5 and built.errors == 0


def test_a_page_stands_below_its_fence_and_says_nothing_more(made):
    html, _ = made
    assert "&lt;page of" not in html
    assert html.index('id="net"') > html.index("linspace") > html.index('id="square"')
    assert re.findall(r'<pre class="output"[^>]*>(.*?)</pre>', html, re.DOTALL) == ["2\n"]


def test_a_network_has_its_pictures_and_its_training(made):
    html, _ = made
    cards = dict(zip((c for _, c in CARD.findall(html)), CARD.split(html)[3::3], strict=True))
    assert 'class="layers"' in cards["net"] and 'class="moments"' not in cards["net"]
    assert 'class="layers"' in cards["model"] and 'class="moments"' in cards["model"]
    ids = re.findall(r'<mask id="([^"]+)"', html)
    assert len(ids) == len(set(ids)) > 20


def test_a_function_stands_where_its_author_shows_it(made):
    html, _ = made
    assert re.search(r'id="square".*?<b[^>]*>9</b>', html, re.DOTALL)
