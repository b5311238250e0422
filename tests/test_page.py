"""Pages as text: the policy, what is escaped, what a card holds. How they behave: tests/browser."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

import demo
from chalkgrad.render.card import CardView, FormulaLine
from chalkgrad.render.face import card_html
from chalkgrad.render.index import FileEntries
from chalkgrad.render.packed import unpacked
from chalkgrad.render.page import index_html, page_html, write_assets
from chalkgrad.render.palette import BOARD, PAPER
from chalkgrad.render.prose import fence_html, finding_html, highlight, output_html, stopped_html

VOID = {"meta", "link", "img", "br", "hr", "input", "path", "circle", "rect", "line"}


class Balance(HTMLParser):
    """Fails on an element that is closed out of turn."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open and self.open[-1] == tag, f"</{tag}> inside <{self.open[-1:]}>"
            self.open.pop()


def policy(html: str) -> str:
    return re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1]


@pytest.fixture(scope="module")
def page() -> str:
    return demo.demo_page()


@pytest.mark.parametrize("make", [demo.demo_page, demo.demo_index, lambda: demo.demo_page(assets="files")])
def test_elements_are_balanced(make):
    parser = Balance()
    parser.feed(make())
    assert parser.open == []


def test_the_policy_names_the_hash_of_the_one_script(page):
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.S)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy(page)
    assert "default-src 'none'" in policy(page) and "'self'" not in policy(page)


def test_no_handler_no_eval_nothing_fetched(page):
    assert not re.search(
        r"\son\w+\s*=", re.sub(r"<script>.*?</script>|<style>.*?</style>", "", page, flags=re.S)
    )
    assert not re.search(r"\beval\(|new Function|fetch\(|XMLHttpRequest", page)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
    assert not re.search(r"url\((?!data:)", page)


def test_files_mode_links_the_shared_sheet(tmp_path):
    html = demo.demo_page(assets="files", base="../assets")
    write_assets(tmp_path / "assets")
    assert '<link rel="stylesheet" href="../assets/chalkgrad.css">' in html
    assert "font-src data: 'self'" in policy(html)
    assert len(html) < len(demo.demo_page()) / 2


def test_text_is_escaped_and_html_is_not():
    wicked = CardView(
        "<img src=x>",
        where="line <1>",
        at=("x", "<2>"),
        foot="a < b",
        code_html="<b>ok</b>",
        nodes={"0": {"label_html": "<i>x</i>", "code": "a < b", "value": "<3>", "story": "<em>up</em>"}},
    )
    html = card_html(wicked)
    assert "<img" not in html and "line &lt;1&gt;" in html and "&lt;2&gt;" in html and "&lt;3&gt;" in html
    assert "<b>ok</b>" in html and "<i>x</i>" in html and "<em>up</em>" in html and "a &lt; b" in html
    assert "<title>a &lt; b</title>" in page_html("a < b", "")


def test_three_faces_and_their_switch():
    html = card_html(demo.sigmoid_card())
    faces = re.findall(r'<div class="face" data-order="(\d)"( hidden)?>', html)
    assert faces == [("0", ""), ("1", " hidden"), ("2", " hidden")]
    first, second, _ = re.findall(r'<div class="orders".*?</div>', html)
    assert re.findall(r'data-go="(\d)" class="(\w+)"', first) == [
        ("0", "value"),
        ("1", "gradient"),
        ("2", "other"),
    ]
    assert re.findall(r'data-go="(\d)" class="(\w+)"', second) == [
        ("0", "other"),
        ("1", "value"),
        ("2", "gradient"),
    ]


def test_the_foot_has_a_sentence_for_each_node_in_order():
    html = unpacked(card_html(CardView("f", nodes=demo.nodes())))
    told = re.findall(r'data-told="(\d+)" hidden', html)
    assert told == ["0", "1", "2", "3", "4"]


def test_a_card_shows_only_what_it_has():
    html = card_html(CardView("f", foot=""))
    for absent in ("Formula", "Plot", "Factory", "Code", "orders", "Walk", "foot"):
        assert absent not in html
    assert "Walk" in card_html(CardView("f", walk_html="<p>step</p>"))


def test_backward_stands_beside_the_code_without_a_plot_and_folds_with_one():
    assert "<details" not in card_html(demo.loss_card())
    with_plot = CardView("f", code_html="x", backward_html="y", plot_svg="<svg></svg>")
    assert '<details class="view code backward">' in card_html(with_plot)


def test_a_closed_card_keeps_its_views_folded():
    html = card_html(demo.square_card())
    assert 'class="card closed"' in html and ">Open</button>" in html
    assert '<div class="face" data-order="0" hidden>' in html


def test_long_formulas_are_set_smaller():
    short, long = (
        FormulaLine("value", demo.math_html("x^2")),
        FormulaLine("value", demo.math_html("+".join(50 * "x"))),
    )
    assert 'class="tex"' in card_html(CardView("f", formulas=(short,)))
    assert 'class="tex long"' in card_html(CardView("f", formulas=(long,)))


def test_a_wide_factory_scrolls_before_it_gets_too_small():
    html = card_html(
        CardView("f", factory_svg='<svg class="a" width="2000" height="9"><rect width="5"/></svg>')
    )
    assert (
        '<svg style="min-width:calc(2000px * .8)" class="a" width="2000" height="9"><rect width="5"/>' in html
    )


def test_code_has_weight_and_no_colour():
    html = highlight("def f(x):\n    return x  # why")
    assert '<span class="k">def</span>' in html and "style=" not in html and "color" not in html


def test_fences_output_and_callouts():
    html = fence_html(
        "x", "line 88", output_html("<3>"), stopped_html("NameError: name 'x' is not defined", "write a")
    )
    assert "line 88" in html and "&lt;3&gt;" in html
    assert "<b>This fence stopped:</b> NameError" in html and "write a" in html


def test_errors_have_a_solid_tag_and_notes_an_outlined_one():
    assert '<span class="tag">CG201' in finding_html("CG201", "no")
    assert '<span class="tag soft">CG401' in finding_html("CG401", "no", "note")


def test_the_index_finds_and_links():
    html = demo.demo_index()
    assert 'data-name="leaky_relu" data-error' in html and 'href="demo.html#sigmoid"' in html
    assert "Show only errors" in html
    assert "Show only errors" not in index_html((FileEntries("A", "a.html", "a.md"),))


def contrast(a: str, b: str) -> float:
    """WCAG's contrast ratio of two colours."""

    def luminance(colour: str) -> float:
        parts = (int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5))
        r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", [PAPER, BOARD], ids=["paper", "board"])
@pytest.mark.parametrize("role", ["ink", "muted", "forward", "gradient"])
@pytest.mark.parametrize("ground", ["paper", "wash"])
def test_text_can_be_read_on_both_grounds(palette, role, ground):
    assert contrast(palette[role], palette[ground]) >= 4.5


@pytest.mark.parametrize("palette", [PAPER, BOARD], ids=["paper", "board"])
def test_the_page_has_both_palettes(page, palette):
    assert all(f"--{role}:{colour}" in page for role, colour in palette.items())
