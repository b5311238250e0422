"""Markdown as people have it: other tools' fences and options, front matter, alerts, damage; lines stay the file's."""
# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chalkgrad.notes.build import build
from chalkgrad.notes.check.finding import Report
from chalkgrad.notes.check.mojibake import damages
from chalkgrad.notes.check.run import check
from chalkgrad.notes.chunks import chunk
from chalkgrad.notes.execute import Executor
from chalkgrad.notes.limits import Limits
from chalkgrad.notes.prose import Draft
from chalkgrad.notes.read import parse, read
from chalkgrad.notes.statements import source_of


def checked(folder: Path, notes: dict[str, str | bytes]) -> dict[str, Report]:
    for name, text in notes.items():
        (folder / f"{name}.md").write_bytes(text.encode() if isinstance(text, str) else text)
    with Executor(Limits(seconds=20.0)) as executor:
        return {Path(r.path).stem: r for r in check([folder], executor)}


# ----- what each is read as -----

FENCES = {  # text; kind, line and code of each fence
    "list":       ("1. a\n\n   ```py\n   x = 1\n   ```\n2. b\n   * c\n\n     ~~~py\n     y = 2\n     ~~~\n", [("python", 4, "x = 1\n"), ("python", 10, "y = 2\n")]),
    "quote":      ("> a\n>\n> ```py\n> x = 1\n>\n> y = 2\n> ```\n", [("python", 4, "x = 1\n\ny = 2\n")]),
    "in-a-quote": ("> ```py\n> x = 1\ntext\n", [("python", 2, "x = 1\n")]),
    "tabs":       ("-\ta\n\n\t```py\n\tif 1:\n\t\tx = 1\n\t```\n", [("python", 4, "if 1:\n\tx = 1\n")]),
    "right-away": ("- a\n```py\nx = 1\n```\n", [("python", 3, "x = 1\n")]),
    "tildes":     ("~~~py\nx = 1\n```\n~~~\n", [("python", 2, "x = 1\n```\n")]),
    "four":       ("````md\n```py\nx = 1\n```\n````\n", [("other", 2, "```py\nx = 1\n```\n")]),
    "html":       ("<details>\n<summary>a</summary>\n\n```py\nx = 1\n```\n\n</details>\n", [("python", 5, "x = 1\n")]),
    "commented":  ("<!--\n```py\nx = 1\n```\n-->\n", []),
    "alert":      ("> [!TIP]\n> ```py\n> x = 1\n> ```\n", [("python", 3, "x = 1\n")]),
    "kramdown":   ("```py\nx = 1\n```\n{: .class}\n", [("python", 2, "x = 1\n")]),
    "crlf":       ("```py\r\nx = 1\r\n```\r\n".replace("\r\n", "\n"), [("python", 2, "x = 1\n")]),
    "titled":     ("``` python title='a.py' {1,3}\nx = 1\n```\n", [("python", 2, "x = 1\n")]),
    "named":      ("```python:a.py\nx = 1\n```\n", [("python", 2, "x = 1\n")]),
    "pandoc":     ("```{.python .numberLines}\nx = 1\n```\n", [("python", 2, "x = 1\n")]),
    "knitr":      ("```{python}\nx = 1\n```\n\n```{r}\nx <- 1\n```\n\n```{python s, eval=FALSE}\nboom(\n```\n", [("python", 2, "x = 1\n"), ("other", 6, "x <- 1\n"), ("other", 10, "boom(\n")]),
    "quarto":     ("```{python}\n#| eval: false\nboom()\n```\n", [("other", 2, "#| eval: false\nboom()\n")]),
    "myst":       ("```{code-cell} ipython3\n:tags: [hide-input]\n\nx = 1\n```\n", [("python", 2, "\n\nx = 1\n")]),
    "myst-yaml":  ("```{code-cell}\n---\ntags: [hide-input]\n---\nx = 1\n```\n", [("python", 2, "\n\n\nx = 1\n")]),
    "myst-note":  ("```{note}\nWords = 1\n```\n", [("other", 2, "Words = 1\n")]),
    "repl":       ("```python-repl\n>>> 1\n1\n```\n", [("pycon", 2, ">>> 1\n1\n")]),
    "ipython":    ("```\nIn [1]: x = 1\n   ...: y = 2\n\nOut[1]: 2\n```\n", [("ipython", 2, "In [1]: x = 1\n   ...: y = 2\n\nOut[1]: 2\n")]),
    "indented":   ("a\n\n    x = 1\n", []),
}  # fmt: skip


@pytest.mark.parametrize("name", FENCES)
def test_fences_as_found(name: str):
    text, expected = FENCES[name]
    fences = parse(text).fences
    assert [(f.kind, f.line, f.text) for f in fences] == expected
    lines = text.split("\n")
    for fence in fences:
        for i, code in enumerate(fence.text.splitlines()):
            assert not code or lines[fence.line - 1 + i].endswith(code.lstrip("\t"))


@pytest.mark.parametrize(
    ("text", "may_raise"),
    [
        ("```{code-cell}\n:tags: [raises-exception]\n1/0\n```\n", True),
        ("```{python, error=TRUE}\n1/0\n```\n", True),
        ("```{python}\n#| error: true\n1/0\n```\n", True),
        ("```{python}\n1/0\n```\n", False),
    ],
)
def test_a_fence_may_be_meant_to_raise(text: str, may_raise: bool):
    assert parse(text).fences[0].may_raise is may_raise


def test_options_of_a_formula_are_no_formula():
    text = "```{math}\n:label: loss\n\nL = 1\n```\n"
    (formula,) = parse(text).formulas
    assert (formula.tex, formula.line) == ("L = 1", 4)


def test_ipython_s_prompts_are_taken_off():
    assert (
        source_of("ipython", "In [1]: f = 1\n   ...: g = 2\n\nIn [12]: f\nOut[12]: 1\n")
        == "f = 1\ng = 2\n\nf\n\n"
    )
    assert chunk("{.python}", "").tag == "python"


# ----- front matter -----


@pytest.mark.parametrize(
    ("text", "title", "formulas"),
    [
        ("---\ntitle: Softmax\nprice: $5$\n---\n\n$x$\n", "Softmax", ["x"]),
        ("---\ntitle: 'The \"max\"'\n...\n$x$\n", 'The "max"', ["x"]),
        ('+++\ntitle = "Softmax"\n+++\n\n$x$\n', "Softmax", ["x"]),
        ("---\ntitle: Not this\n---\n\n# This\n", "This", []),
        ("---\nlayout: post\n---\n\n## That\n", "That", []),
        ("---\n\nSome words $x$\n\n---\n", "note", ["x"]),
        ("---\ntitle: open\n\n$x$\n", "note", ["x"]),
        ("words\n\n---\ntitle: late\n---\n", "title: late", []),
        ("---\n---\n$x$\n", "note", ["x"]),
    ],
)
def test_front_matter_gives_a_title_and_nothing_else(text: str, title: str, formulas: list[str]):
    note = parse(text)
    assert (note.title, [f.tex for f in note.formulas]) == (title, formulas)


def html(text: str) -> str:
    return Draft(parse(text), lambda src, alt: f"[{alt}]", {}).clean


def test_a_page_shows_no_front_matter_but_its_title():
    page = html("---\ntitle: Softmax & more\nlayout: post\n---\n\nwords\n")
    assert "layout" not in page and "Softmax &amp; more</h1>" in page and "words" in page


def test_alerts_begin_with_their_kind():
    page = html("> [!WARNING]\n> Take care.\n\n> [!note] no\n\n> words\n")
    assert "<strong>Warning</strong>" in page and "[!WARNING]" not in page
    assert "[!note] no" in page


# ----- damage -----


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("the ‚Äúrate‚Äù", ["“", "”"]),
        ("CafÃ© Â°C", ["é", "°"]),
        ("donâ€™t", ["’"]),
        ("â€œxâ€\x9d", ["“", "”"]),
        ("ðŸ˜€", ["😀"]),
        ("été “é” «é» √π ∂L/∂W ≈ ∑∆ ÃO ÇÃO â la", []),
        ("日本語 Ωμέγα Привет مرحبا", []),
        ("plain", []),
    ],
)
def test_text_that_was_decoded_wrongly(text: str, meant: list[str]):
    assert [d.meant for d in damages(text)] == meant
    for d in damages(text):
        assert text[d.column - 1 :].startswith(d.shown)


@settings(max_examples=60)
@given(st.text("abéüñçÄœ€“”’—…αβγπ∑∂√≤ж中 ", max_size=20))
def test_what_is_right_is_never_called_damaged(text: str):
    assert list(damages(text)) == []


@settings(max_examples=60)
@given(
    st.sampled_from(["mac_roman", "latin-1"]), st.lists(st.sampled_from("“”’—…≈"), min_size=1).map(" a ".join)
)
def test_damage_is_undone_where_it_is_named(wrong: str, text: str):
    damaged = text.encode().decode(wrong)
    assert "".join(d.meant for d in damages(damaged)) == text.replace(" a ", "")


def test_each_kind_of_damage_is_one_finding(tmp_path: Path):
    reports = checked(
        tmp_path,
        {"a": "# ‚Äúa‚Äù\n\n‚Äúb‚Äù\n", "b": b"# caf\xe9\n", "c": "# café “x”\n", "d": "é".encode("utf-16")},
    )
    found = {
        name: [(f.code, f.severity, f.spot.line, f.spot.column) for f in r.findings]
        for name, r in reports.items()
    }
    assert found == {"a": [("CG502", "note", 1, 3)], "b": [("CG502", "note", 1, 1)], "c": [], "d": []}


# ----- checked -----


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_lines_and_columns_are_the_file_s(tmp_path: Path, bom: bytes):
    text = "---\ntitle: T\n---\r\n\r\n- é `x`\r\n\r\n  ```py\r\n  def f(a):\r\n      return gone + a\r\n  ```\r\n\r\n> ```{code-cell}\r\n> :tags: [x]\r\n> 1 / 0\r\n> ```\r\n"
    (report,) = checked(tmp_path, {"n": bom + text.encode()}).values()
    assert [(f.code, f.spot.line, f.spot.column) for f in report.findings] == [
        ("CG102", 9, 14),
        ("CG103", 14, 3),
    ]


def test_a_fence_left_open_is_named_and_not_the_words_in_it(tmp_path: Path):
    reports = checked(
        tmp_path,
        {
            "next": "# T\n\n```py\nx = 1\n\nSome words, here.\n\n```py\ny = 2\n```\n",
            "end": "# T\n\n```py\nx = 1\n\nSome words, here.\n",
            "code": "# T\n\n```py\ndef f(x)\n    return x\n",
            "fine": "# T\n\n```py\nx = 1\n",
        },
    )
    found = {name: [(f.spot.line, f.message) for f in r.findings] for name, r in reports.items()}
    assert found["next"] == [
        (3, "this fence is not closed before the next one on line 8, so words were read as code")
    ]
    assert found["end"] == [(3, "this fence is not closed anywhere below, so words were read as code")]
    assert found["code"] == [(4, "expected ':'")]
    assert found["fine"] == []


def test_no_false_alarm_on_what_other_tools_write(tmp_path: Path):
    reports = checked(
        tmp_path,
        {
            "ipython": "```\nIn [1]: x = 1\n\nIn [2]: x + 1\nOut[2]: 2\n\nIn [3]: %timeit x\n1 us\n```\n",
            "knitr": "```{python, echo=FALSE}\nx = 1\n```\n\n```{python, error=TRUE}\nx / 0\n```\n",
            "magic": "```python\n%matplotlib inline\n!ls\nx = 1\n```\n",
            "footnote": "Words[^1].\n\n[^1]: More words.\n",
            "table": "| a | b |\n|---|---|\n| `x|y` | $x$ |\n",
            "words": "```\nIn [ ] brackets\n```\n",
        },
    )
    assert {name: r.findings for name, r in reports.items()} == dict.fromkeys(reports, ())


def test_all_of_it_builds(tmp_path: Path):
    for name, (text, _) in FENCES.items():
        (tmp_path / "notes").mkdir(exist_ok=True)
        (tmp_path / "notes" / f"{name}.md").write_text(text)
    built = build([tmp_path / "notes"], tmp_path / "site", Limits(seconds=20.0))
    assert built.pages == len(FENCES)


# ----- anything -----

PIECES = st.sampled_from(
    ["```", "```python\n", "~~~", "````", "$$", "$", "`", "> ", "- ", "1. ", "\t", "    ", "\n", "\n\n", "x = 1", "<!--", "-->", "<div>", "---\n", "+++\n", "title: a\n", "[^1]: ", "[!NOTE]", "| a |", "|---|", "é", "{code-cell}\n", ":tags: a\n", ">>> ", "In [1]: ", "# ", "\\", "\x00", "\u2028", "\x0c", "\r"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=14).map("".join))
@example("---\n---")
@example("- $$\n```")
@example("> ```\n\t> x")
def test_any_markdown_is_read_with_the_lines_of_the_file(text: str):
    note = parse(text)
    lines = note.text.split("\n")
    for fence in note.fences:
        assert 2 <= fence.line <= len(lines) + 1
        assert fence.text.count("\n") <= len(lines) - fence.line + 2
    for formula in note.formulas:
        assert 1 <= formula.line <= len(lines) and formula.column >= 1
    assert sum(f.index == i for i, f in enumerate(note.fences)) == len(note.fences)


def test_bytes_of_any_kind_are_read(tmp_path: Path):
    for number, data in enumerate(
        [b"\xff\xfe", b"\xfe\xff\x00", b"\x00" * 40, bytes(range(256)), b"\xef\xbb\xbf"]
    ):
        (tmp_path / f"{number}.md").write_bytes(data)
        assert read(tmp_path / f"{number}.md").title == str(number)
