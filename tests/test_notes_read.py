"""Reading notes: blocks, formulas and lines as the person's own file has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from chalkgrad.errors import NotesError
from chalkgrad.notes.read import Fence, Prose, decode, is_code, kind_of, parse, read


def fences(text: str) -> list[tuple[str, int, int, str]]:
    return [(f.kind, f.line, f.indent, f.text) for f in parse(text).fences]


def formulas(text: str) -> list[tuple[str, int, int, bool]]:
    return [(f.tex, f.line, f.column, f.display) for f in parse(text).formulas]


def test_blocks_stand_in_order_with_the_lines_of_the_file():
    note = parse("# Title\n\nWords.\n\n```python\nx = 1\ny = 2\n```\n\nMore.\n")
    assert note.title == "Title"
    assert note.blocks == (
        Prose(1, "# Title\n\nWords.\n"),
        Fence(0, "python", "python", 6, 0, "x = 1\ny = 2\n"),
        Prose(9, "\nMore.\n"),
    )


def test_every_line_of_code_is_found_on_its_line_of_the_file():
    text = "a\n\n- b\n\n  ```py\n  x = 1\n\n  y = 2\n  ```\n\n> ```\n> f(2)\n> ```\n\n~~~~python\n```\n~~~~\n"
    lines = text.split("\n")
    for fence in parse(text).fences:
        for i, code in enumerate(fence.text.splitlines()):
            assert lines[fence.line - 1 + i].endswith(code)
    assert [f[:3] for f in fences(text)] == [("python", 6, 2), ("python", 12, 2), ("python", 16, 0)]


def test_an_open_fence_runs_to_the_end():
    assert fences("```python\nx = 1\n") == [("python", 2, 0, "x = 1\n")]
    assert fences("```python\n```") == [("python", 2, 0, "")]


@pytest.mark.parametrize(
    ("info", "text", "kind"),
    [
        ("python", "", "python"),
        ("py", "", "python"),
        ("Python title=x", "", "python"),
        ("{python}", "", "python"),
        ("{.python .numberLines}", "", "python"),
        ("pycon", "", "pycon"),
        ("math", "", "math"),
        ("bash", "x = 1", "other"),
        ("", "x = 1", "python"),
        ("", ">>> x\n1", "pycon"),
        ("", "some words", "other"),
    ],
)
def test_the_kind_of_a_fence(info: str, text: str, kind: str):
    assert kind_of(info, text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "x = 1",
        "x: int = 1",
        "x += 1",
        "f(2)",
        "import numpy",
        "def f(x): pass",
        "def f(x) return x",
        "  from a import b",
    ],
)
def test_untagged_code_is_code(text: str):
    assert is_code(text)


@pytest.mark.parametrize(
    "text", ["", "words", "some more words", "x", "1 + 2", "a -> b", "defer; (later", "\x00"]
)
def test_untagged_text_is_prose(text: str):
    assert not is_code(text)


def test_formulas_in_all_four_spellings():
    text = "a $x^2$ and $`y`$ and $$z$$\n\n$$\na\n\n= b\n$$\n\n```math\nw\n```\n"
    assert formulas(text) == [
        ("x^2", 1, 4, False),
        ("y", 1, 15, False),
        ("z", 1, 25, True),
        ("a\n\n= b", 3, 1, True),
        ("w", 10, 1, True),
    ]


def test_a_formula_is_found_where_it_stands_in_lists_quotes_and_tables():
    text = "- one\n- a $x$\n\n> q\n> $y$\n\n| a | $z$ |\n|---|---|\n| 1 | b $w$ |\n"
    for tex, line, column, _ in formulas(text):
        assert text.split("\n")[line - 1][column - 1 :].startswith(tex)
    assert [f[0] for f in formulas(text)] == ["x", "y", "z", "w"]


@pytest.mark.parametrize(
    "text", ["costs $5 and $6", r"\$x\$", "a $ x$ b", "x$", "$$ $$", "`$x$`", "$x $ y", "100$x$"]
)
def test_a_dollar_may_be_a_dollar(text: str):
    assert formulas(text) == []


@pytest.mark.parametrize("tex", [r"a\_b", r"\{x\}", "x_i^*y^*", "a_b c_d", r"\$5", "x < y > z", "a\nb"])
def test_markdown_leaves_latex_alone(tex: str):
    assert [f[0] for f in formulas(f"see ${tex}$ now")] == [tex]


def test_bytes_that_are_not_utf8_never_stop_a_note(tmp_path: Path):
    file = tmp_path / "n.md"
    file.write_bytes(b"\xef\xbb\xbf# A\xe9\r\n\r\n```\r\nx = 1\r\n```\r\n")
    note = read(file)
    assert (note.title, note.fences[0].line, note.fences[0].text) == ("Aé", 4, "x = 1\n")
    assert decode("é$x$".encode("utf-16")) == "é$x$"
    assert decode("‚Äúrate‚Äù".encode()) == "‚Äúrate‚Äù"  # damaged before it came here: shown as it is


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(NotesError, match=r"gone\.md: No such file"):
        read(tmp_path / "gone.md")


def test_a_note_without_a_heading_is_called_by_its_file():
    assert parse("words", Path("a/week-1.md")).title == "week-1"
