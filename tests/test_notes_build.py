"""Building pages: what an author wrote is shown and made harmless, and nothing is fetched from anywhere."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalkgrad.errors import NotesError
from chalkgrad.notes.build import build
from chalkgrad.notes.cards import Cards, called_by_others
from chalkgrad.notes.execute import Shown
from chalkgrad.notes.fences import segments
from chalkgrad.notes.marks import marked, underline
from chalkgrad.notes.pages import GENERATOR
from chalkgrad.notes.pictures import Pictures
from chalkgrad.notes.prose import Draft
from chalkgrad.notes.read import decode, parse
from chalkgrad.notes.sources import find, slug
from chalkgrad.notes.spark import HIGH, LOW, POINTS, is_samples, spark_svg

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
FETCHING = {
    "src",
    "srcset",
    "poster",
    "data",
    "background",
    "formaction",
    "action",
    "xlink:href",
    "ping",
    "style",
}


class Tags(HTMLParser):
    """The tags and attributes of a page."""

    def __init__(self, page: str):
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def prose(text: str, folder: Path = Path("."), root: Path | None = None, pages: dict | None = None) -> str:
    draft = Draft(parse(text), Pictures(folder, root or folder), pages or {})
    return draft.fill({})


# ----- prose -----


def test_prose_formulas_and_tables_are_set():
    page = prose("# A title\n\nwith $x^2$ and **weight**\n\n| a |\n|---|\n| $y$ |\n\n$$\nz\n$$\n")
    assert page.count('class="katex"') == 3
    assert '<h1><span id="a-title"></span>A title</h1>' in page
    assert "<strong>weight</strong>" in page
    assert '<div class="scroll"><table>' in page
    assert '\n<span class="display" style="display:block"><span class="katex-display">' in page


def test_a_display_formula_in_a_paragraph_stays_in_it():
    assert re.search(r"<p>so <span class=.display.*</span> it is</p>", prose("so $$x$$ it is"))
    assert "<p>" not in prose("$$x$$")


def test_a_formula_that_cannot_be_set_is_shown_as_source_with_the_reason():
    page = prose(r"see $\frac{a}$ and $x$")
    assert r"<code>\frac{a}</code> This formula cannot be set: " in page
    assert page.count('class="katex"') == 1


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<IMG SRC="https://evil.example/a.png" onload="alert(1)">',
    "<img\nsrc='https://evil.example/a.png'\n>",
    '<svg onload="alert(1)"><image href="https://evil.example/x.png"/></svg>',
    '<iframe src="https://evil.example"></iframe>',
    '<a href="javascript:alert(1)">x</a>',
    "[x](javascript:alert(1))",
    "![x](javascript:alert(1))",
    "![x](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](//evil.example/a.png)",
    "![x](https://evil.example/a.png)",
    "![x](http://[::1/a.png)",
    '<link rel="stylesheet" href="https://evil.example/a.css">',
    "<style>@import 'https://evil.example/a.css';</style>",
    '<div style="background:url(https://evil.example/a.png)">x</div>',
    '<video src="https://evil.example/a.mp4" poster="https://evil.example/a.png"></video>',
    '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    '<base href="https://evil.example/">',
    '<form action="https://evil.example"><input type="image" src="https://evil.example/a.png"></form>',
    '<object data="https://evil.example"></object><embed src="https://evil.example">',
    "<math><mtext><table><mglyph><style><img src=https://evil.example onerror=alert(1)>",
    r"$\href{javascript:alert(1)}{x}$ $\includegraphics{https://evil.example/a.png}$",
    r"$\htmlData{node=1}{x}$ $\htmlStyle{background:url(https://evil.example)}{x}$",
    "</main></body><script>alert(1)</script>",
    "<!-- --><script>alert(1)</script><!--",
    '```"><script>alert(1)</script>\nx\n```',
    '[x](https://a.example "\\"><script>alert(1)</script>")',
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_an_author_writes_runs_or_fetches(text: str):
    for tag, attributes in Tags(prose(f"before\n\n{text}\n\n{text} after")).found:
        assert tag not in {
            "script",
            "iframe",
            "style",
            "link",
            "meta",
            "base",
            "form",
            "object",
            "embed",
            "video",
        }
        assert not [name for name in attributes if name.startswith("on")]
        if "katex" not in str(attributes) and tag not in {"span", "svg"}:
            assert not {name for name in attributes if name in FETCHING - {"style"}}
        assert "javascript:" not in (attributes.get("href") or "")
        assert "url(" not in (attributes.get("style") or "")


def test_odd_html_of_real_notes_comes_out_as_meant():
    page = prose("one </br>\ntwo<br>\n<details><summary>more</summary>\n\n- $x$\n\n</details>\n<b>bold</b>")
    assert page.count("<br>") == 2
    assert "<details><summary>more</summary>" in page
    assert "<b>bold</b>" in page


def test_short_names_of_emoji_are_shown_as_github_does():
    assert "<p>🚀 on :nothing: at 12:30:15, <code>:fire:</code></p>" in prose(
        ":rocket: on :nothing: at 12:30:15, `:fire:`"
    )


def test_a_figure_on_another_site_is_framed_with_a_link():
    page = prose(
        '<img width="663" alt="a <chart>" src="https://github.com/a/b/c">\n\n![two](https://x.example/2.png)'
    )
    assert 'Figure on another site: two (<a href="https://x.example/2.png"' in page
    assert "Figure on another site: a &lt;chart&gt;" in page
    assert "<img" not in page


def test_figures_beside_the_note_go_into_the_page(tmp_path: Path):
    (tmp_path / "notes" / "img").mkdir(parents=True)
    (tmp_path / "notes" / "img" / "a b.png").write_bytes(PNG)
    (tmp_path / "secret.png").write_bytes(PNG)
    (tmp_path / "notes" / "fake.png").write_bytes(b"root:x:0:0")
    folder = tmp_path / "notes"
    assert '<img src="data:image/png;base64,' in prose("![a](img/a%20b.png)", folder)
    assert "Figure missing: a (gone.png)" in prose("![a](gone.png)", folder)
    assert "Figure outside the notes&" not in prose("![a](../secret.png)", folder)
    assert "Figure outside the notes" in prose("![a](../secret.png)", folder)
    assert "data:image" in prose("![a](../secret.png)", folder, tmp_path)
    assert "Not a picture" in prose("![a](fake.png)", folder)


def test_an_author_cannot_forge_a_slot():
    draft = Draft(parse("$x$ and 0n0e"), Pictures(Path("."), Path(".")), {})
    assert len(draft.key) == 16
    assert "0n0e" in draft.fill({})


def test_links_to_other_notes_lead_to_their_pages():
    page = prose(
        "[a](week/two.md#part) [b](https://x.example/two.md)", pages={"week/two.md": "week-two.html"}
    )
    assert 'href="week-two.html#part"' in page
    assert 'href="https://x.example/two.md"' in page


def test_headings_of_the_same_text_have_two_addresses():
    assert re.findall(r'id="([^"]+)"', prose("# A b!\n\n## A b\n\n## $x$\n")) == ["a-b", "a-b-1", "x"]


PIECES = [
    *(
        "```",
        "~~~",
        "$",
        "$$",
        "`",
        "$`",
        "`$",
        "\n",
        "\n\n",
        "- ",
        "1. ",
        "> ",
        "    ",
        "\t",
        "|",
        "---",
        "#",
        "*",
        "_",
    ),
    *(
        "<script>",
        "<img src='",
        "'>",
        "</br>",
        "<!--",
        "-->",
        "<table>",
        "<td>",
        "<details>",
        "http://a",
        ":fire:",
    ),
    *("![", "](", ")", "[", "x=1", "def f(x):", "python", "math", "\\", "{", "}", "é", "\x00", "\r", "&amp;"),
]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_any_text_is_read_in_order_and_made_harmless(text: str):
    note = parse(decode(text.encode()))
    lines = note.text.split("\n")
    starts = [block.line for block in note.blocks]
    assert starts == sorted(set(starts))
    for formula in note.formulas:
        if not formula.display and "\n" not in formula.tex and "\x00" not in text:
            assert formula.tex in lines[formula.line - 1]
    draft = Draft(note, Pictures(Path("."), Path(".")), {})
    page = draft.fill({fence.index: "a fence" for fence in note.fences})
    assert page.count("a fence") >= len(note.fences)
    assert "<script" not in page and "<img" not in page and draft.key not in page


# ----- fences -----


def test_a_fence_is_cut_at_its_functions():
    note = parse("```\nimport a\n\n# about f\n@d\ndef f(x):\n    return x\n\ny = f(1)\n\n```\n")
    shown = Shown(0, "f", 5, 7)
    parts = segments(note.fences[0], (shown,))
    assert [(p.line, p.end, p.function) for p in parts] == [(2, 4, None), (5, 7, shown), (9, 9, None)]


def test_a_wavy_line_goes_under_columns_not_tags():
    assert underline("a&lt;b", 1, 2) == 'a<span class="wavy">&lt;</span>b'
    assert underline("ab", 1, 9) == 'a<span class="wavy">b</span>'


def test_what_is_wrong_is_underlined_on_its_line_only():
    assert marked("a\nbc\nd", 7, [(8, 2, 3), (8, 0, 0), (99, 1, 2)]).split("\n")[1].count("wavy") == 1
    assert "wavy" not in marked("a\nbc\nd", 7, [(8, 0, 0), (6, 1, 2)])


def test_an_author_can_ask_for_an_open_card():
    text = "```\ndef f(x): return g(x)\ndef g(x): return x\ndef h(x): return f(x)\n```\n"
    assert Cards(parse(text))._called == {"f", "g"}
    asked = Cards(parse(f"<!-- chalkgrad: show g at x=2 -->\n{text}")).asked
    assert asked.show("g").open and not asked.show("f").open
    assert asked.points() == {"g": {"at": {"x": 2.0}, "over": None}}


def test_functions_that_others_call_are_known():
    assert called_by_others(parse("```\ndef f(x): return g(x) + f(x)\ndef g(x): return x\ng(2)\n```\n")) == {
        "g"
    }


# ----- inputs -----


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.md", "a"),
        ("Week 1/Notes.MD", "week-1-notes"),
        ("../../etc/passwd.md", "etc-passwd"),
        ("..md", "note"),
        ("日本.md", "note"),
        ("index.md", "index-2"),
        ("con.md", "con-2"),
        ("a" * 300 + ".md", "a" * 80),
        ("<script>.md", "script"),
    ],
)
def test_names_become_slugs(name: str, expected: str):
    assert slug(name, set()) == expected


def test_two_notes_never_share_a_page():
    taken: set[str] = set()
    assert [slug(name, taken) for name in ("a b.md", "a-b.md", "A_B.md", "a-b-2.md")] == [
        "a-b",
        "a-b-2",
        "a-b-3",
        "a-b-2-2",
    ]


def test_a_folder_is_searched_without_hidden_ones_and_the_output(tmp_path: Path):
    for name in ("b.md", "a/c.markdown", ".git/x.md", "node_modules/y.md", "site/z.md", "t.txt", ".h.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    assert [s.name for s in find((tmp_path,), tmp_path / "site")] == ["a/c.markdown", "b.md"]
    assert len(find((tmp_path, tmp_path / "b.md"))) == 3


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("gone.md", "no such file"),
        ("a.txt", "give Markdown"),
        ("empty", r"no \.md or \.ipynb files"),
    ],
)
def test_what_cannot_be_built_is_named(tmp_path: Path, name: str, message: str):
    (tmp_path / "a.ipynb").touch()
    (tmp_path / "a.txt").touch()
    (tmp_path / "empty").mkdir()
    with pytest.raises(NotesError, match=message):
        find((tmp_path / name,))


# ----- whole builds -----

COURSE = """\
# Course

```
from typing import Callable, List

def square(x: ndarray) -> ndarray:
    return np.power(x, 2)

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

def deriv(func: Callable[[ndarray], ndarray], input_: ndarray, delta: float = 0.001):
    return (func(input_ + delta) - func(input_ - delta)) / (2 * delta)

Chain = List[Callable]

def chain_deriv_2(chain: Chain, input_range):
    assert len(chain) == 2, "a chain of two"
    assert input_range.ndim == 1, "one-dimensional"
    f1, f2 = chain
    return deriv(f1, input_range) * deriv(f2, f1(input_range))

def dense(X, W, b):
    return sigmoid(np.dot(X, W) + b)

def plot(f):
    plt.plot(f(np.arange(3)))

def words(text):
    return text.upper()

chain_1 = [square, sigmoid]
PLOT_RANGE = np.range(-3, 3, 0.01)
plot_chain(chain_1, np.arange(-3, 3, 0.01))
```
"""


def test_functions_of_a_course_get_cards_or_a_reason(tmp_path: Path):
    (tmp_path / "course.md").write_text(COURSE)
    built = build((tmp_path / "course.md",), tmp_path / "site")
    page = (tmp_path / "site" / "course.html").read_text()
    assert (built.functions, built.errors) == (8, 1)
    with_views = ("square", "sigmoid", "deriv", "chain_deriv_2", "dense", "chain_1")
    for name in with_views:
        card = page[page.index(f'data-card="{name}"') :].split("</section>\n<")[0]
        assert "Shown as code only" not in card.split('data-card="', 2)[1], name
        assert 'class="katex"' in card, name
    assert built.cards == len(with_views)
    assert len(built.messages) == 3
    assert [
        m
        for m in built.messages
        if ("plot has no views" in m and "TypeError" in m) or "words has no views" in m
    ]
    assert "1 error" in page


NOTES = {
    "one.md": "# One\n\n[two](sub/two.md)\n\n"
    "```\ndef double(x):\n    return 2 * x\n\nprint(double(4))\nplt.plot([1])\n```\n",
    "sub/two.md": "# Two\n\n```\ndef broken(x):\n    return x + gone\n\nbroken(1)\nprint('went on')\n```\n",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("build")
    for name, text in NOTES.items():
        (folder / "notes" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "notes" / name).write_text(text)
    built = build((folder / "notes",), folder / "site")
    assert (built.pages, built.fences, built.errors, built.functions) == (2, 2, 1, 2)
    return folder / "site"


def test_a_site_has_its_pages_assets_and_licences(site: Path):
    assert {p.name for p in site.iterdir()} == {
        ".chalkgrad-cache",
        ".chalkgrad-site",
        "assets",
        "index.html",
        "one.html",
        "sub-two.html",
    }
    assert {p.name for p in (site / "assets").iterdir()} >= {"chalkgrad.css", "fonts", "licenses"}


def test_a_page_shows_cards_output_figures_and_links(site: Path):
    page = (site / "one.html").read_text()
    assert '<section class="card' in page
    assert 'data-card="double"' in page
    assert '<pre class="output" tabindex="0" aria-label="Output">8\n</pre>' in page
    assert '<img src="data:image/svg+xml;base64,' in page
    assert 'href="sub-two.html"' in page


def test_a_page_shows_the_error_and_what_went_on(site: Path):
    page = (site / "sub-two.html").read_text()
    assert '<span class="tag">CG102</span><span class="words"><code>gone</code> is never defined' in page
    assert "Below line 5, which failed, the code ran with the values from before." in page
    assert "went on" in page
    assert '<span class="wavy">gone</span>' in page
    assert "Shown as code only" not in page


def test_the_index_lists_every_function(site: Path):
    index = (site / "index.html").read_text()
    assert 'href="one.html#double"' in index
    assert 'href="sub-two.html#broken"' in index


def test_no_page_names_a_resource_elsewhere(site: Path):
    for page in site.glob("*.html"):
        for _, attributes in Tags(page.read_text()).found:
            source = attributes.get("src") or ""
            assert not source or source.startswith("data:image/")


def test_one_file_is_self_contained_and_only_ours_is_replaced(tmp_path: Path):
    (tmp_path / "n.md").write_text("# N\n\n$x$\n")
    out = tmp_path / "n.html"
    for _ in range(2):
        build((tmp_path / "n.md",), out)
    page = out.read_text()
    assert page.rstrip().endswith(GENERATOR)
    assert "<link" not in page
    out.write_text("my own page")
    with pytest.raises(NotesError, match="was not made by chalkgrad"):
        build((tmp_path / "n.md",), out)
    assert out.read_text() == "my own page"


def test_one_file_takes_one_note(tmp_path: Path):
    (tmp_path / "a.md").touch()
    (tmp_path / "b.md").touch()
    with pytest.raises(NotesError, match="there are 2 notes"):
        build((tmp_path,), tmp_path / "x.html")


def test_columns_of_a_table_keep_their_side():
    page = prose("| a | b | c |\n| --- | ---: | :-: |\n| 1 | 2 | 3 |\n")
    for cell in ("<th>a", '<th align="right">b', '<th align="center">c', "<td>1", '<td align="right">2'):
        assert f"{cell}</" in page


def test_what_a_fence_prints_stands_in_one_piece_and_what_a_transcript_says_only_once(tmp_path: Path):
    said = "```pycon\n>>> 2 * 2.0\n4.0\n>>> print('a', 1)\na 1\n```\n"
    other = "```pycon\n>>> 2 * 3.0\n7.0\n```\n"
    more = "```python\nprint('a', end='')\nprint('b')\nprint('c', end='')\n5\n```\n"
    (tmp_path / "n.md").write_text(f"{said}\nThen:\n\n{other}\nThen:\n\n{more}")
    build((tmp_path / "n.md",), tmp_path / "n.html")
    page = (tmp_path / "n.html").read_text("utf-8")
    assert re.findall(r'<pre class="output"[^>]*>(.*?)</pre>', page, re.DOTALL) == ["6.0\n", "ab\nc\n5\n"]


# ----- small pictures -----


def test_the_small_picture_breaks_at_jumps_and_gaps():
    x = np.linspace(LOW, HIGH, POINTS)
    gap = [None if abs(v) < 0.05 else float(1 / v) for v in x]
    svg = spark_svg([gap, [0.0] * POINTS])
    assert svg.count('stroke="var(--forward)"') == 2
    assert svg.count('stroke="var(--gradient)"') == 1
    assert "<rect" in spark_svg(None)


def test_what_is_no_curve_is_refused():
    good = [[0.0] * POINTS, [None] * POINTS]
    assert is_samples(good)
    for bad in (
        None,
        [],
        good[:1],
        [good[0], good[1][1:]],
        [good[0], ["x"] * POINTS],
        [good[0], [float("nan")] * POINTS],
    ):
        assert not is_samples(bad)


def test_footnotes_stand_at_the_end_and_lead_back():
    html = prose(
        "# A\n\nHuber[^h] and $x$[^2], again[^h].\n\n[^2]: Of two\n    lines, $y$.\n"
        "[^h]: Peter <script>x</script>.\n"
    )
    assert html.count('href="#fn:1"') == 2
    assert (
        html.index('id="fnref:1"')
        < html.index('<li id="fn:1">')
        < html.index("Peter")
        < html.index('<li id="fn:2">')
    )
    assert 'href="#fnref:1:2"' in html
    assert "[^" not in html and "<script" not in html


def test_a_footnote_keeps_the_lines_of_the_file():
    note = parse("a[^1]\n\n[^1]: Note:\n\n    ```python\n    x = 1 +\n    ```\n\n```python\ny = 1\n```\n")
    assert sorted(f.line for f in note.fences) == [6, 10]
