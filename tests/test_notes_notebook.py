"""Notebooks as notes: every finding in its cell, magics left out, stored outputs never shown as ours."""
# ruff: noqa: E501

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalkgrad.errors import NotesError
from chalkgrad.notes.build import build
from chalkgrad.notes.check.data import as_github, as_json
from chalkgrad.notes.check.run import check
from chalkgrad.notes.execute import Executor
from chalkgrad.notes.limits import Limits
from chalkgrad.notes.note import Note
from chalkgrad.notes.read import read
from chalkgrad.notes.shell import foreign, magics, parses, python_of

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"0" * 20).decode()
STORED = [{"output_type": "stream", "name": "stdout", "text": ["stored long ago\n"]}]


def cell(kind: str, source: Any, tags: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    metadata = {"tags": list(tags)} if tags else {}
    record = {
        "cell_type": kind,
        "metadata": metadata,
        "source": source,
        "id": f"id{abs(hash(str(source)))}"[:12],
    }
    return record | ({"execution_count": 1, "outputs": STORED} if kind == "code" else {}) | more


def notebook(*cells: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)} | more


def note_of(folder: Path, data: Any) -> Note:
    file = folder / "n.ipynb"
    file.write_text(data if isinstance(data, str) else json.dumps(data), "utf-8")
    return read(file)


# ----- cells -----


def test_cells_become_prose_and_fences_with_their_numbers(tmp_path: Path):
    note = note_of(
        tmp_path,
        notebook(
            cell("markdown", "# Title\n\nA formula $x^2$."),
            cell("code", ["import numpy as np\n", "x = 1"]),
            cell("raw", "raw $y$"),
            cell("code", ""),
            cell("code", "def f(x):\n    # $z$\n    return x"),
        ),
    )
    assert (note.title, note.kind) == ("Title", "notebook")
    assert [(f.kind, f.text, note.place(f.line)) for f in note.fences] == [
        ("python", "import numpy as np\nx = 1\n", (2, 1)),
        ("other", "raw $y$\n", (3, 1)),
        ("python", "def f(x):\n    # $z$\n    return x\n", (5, 1)),
    ]
    assert [(f.tex, note.place(f.line), f.column) for f in note.formulas] == [
        ("x^2", (1, 3), 12),
        ("z", (5, 2), 8),
    ]


@pytest.mark.parametrize(
    "open_",
    ["```python\nx = 1", "~~~\nx", "$$\nx", "<!-- a", "<pre>\nx", "<script>\nx", "- a\n\n  ```\n  x", "> ```\n> x", "    ```", "<div>\n<b>", "text\n\n<style>", "`", "[a]: <b", "$"],
)  # fmt: skip
def test_a_cell_that_is_left_open_swallows_no_other(tmp_path: Path, open_: str):
    note = note_of(
        tmp_path, notebook(cell("markdown", open_), cell("code", "y = 2"), cell("markdown", "$$\nz\n$$"))
    )
    (code,) = (f for f in note.fences if f.runs)
    assert (code.text, note.place(code.line)) == ("y = 2\n", (2, 1))
    assert ("z", (3, 1)) in [(f.tex, note.place(f.line)) for f in note.formulas]


def test_code_in_a_markdown_cell_is_for_reading(tmp_path: Path):
    note = note_of(tmp_path, notebook(cell("markdown", "```python\nboom(\n```\n\n```math\nx\n```")))
    assert [f.kind for f in note.fences] == ["other", "math"]


def test_front_matter_in_a_raw_cell_gives_the_title(tmp_path: Path):
    note = note_of(tmp_path, notebook(cell("raw", "---\ntitle: By hand\n---"), cell("code", "x = 1")))
    assert (note.title, [f.kind for f in note.fences]) == ("By hand", ["python"])


def test_an_environment_needs_no_dollars(tmp_path: Path):
    text = "Words\n\\begin{align}\na &= b\n\\end{align}\n\n- x\n  \\begin{equation}\n  L = 1\n  \\end{equation}\n\n\\begin{align}\n\nx"
    note = note_of(tmp_path, notebook(cell("markdown", text)))
    assert [(f.tex, f.line, f.display) for f in note.formulas] == [
        ("\\begin{align}\na &= b\n\\end{align}", 2, True),
        ("\\begin{equation}\nL = 1\n\\end{equation}", 7, True),
    ]


def test_the_last_value_is_called_as_in_a_shell(tmp_path: Path):
    (tmp_path / "n.ipynb").write_text(
        json.dumps(notebook(cell("code", "[1, 2]"), cell("code", "_.index(2)")))
    )
    with Executor(Limits(seconds=20.0)) as executor:
        (report,) = check([tmp_path], executor)
    assert report.findings == ()


def test_the_language_of_another_kernel_is_not_python(tmp_path: Path):
    data = notebook(
        cell("code", "x <- 1"), metadata={"kernelspec": {"language": "R", "name": "ir", "display_name": "R"}}
    )
    assert [(f.kind, f.info) for f in note_of(tmp_path, data).fences] == [("other", "r")]


def test_backticks_in_a_cell_do_not_end_its_fence(tmp_path: Path):
    note = note_of(tmp_path, notebook(cell("code", 's = """\n```\n````\n"""')))
    assert [f.text for f in note.fences] == ['s = """\n```\n````\n"""\n']


def test_attached_pictures_are_kept_by_cell(tmp_path: Path):
    def attached(data: str) -> dict[str, Any]:
        return cell("markdown", "![a](attachment:image.png)", attachments={"image.png": {"image/png": data}})

    other = base64.b64encode(b"\x89PNG\r\n\x1a\nother").decode()
    note = note_of(tmp_path, notebook(attached(PNG), attached(PNG), attached(other)))
    assert set(note.attachments) == {"image.png", "3-image.png"}
    assert note.text.count("attachment:image.png") == 2
    assert note.attachments["3-image.png"] == base64.b64decode(other)


# ----- formats -----

V3 = {
    "nbformat": 3,
    "nbformat_minor": 0,
    "metadata": {"name": "old"},
    "worksheets": [
        {
            "cells": [
                {"cell_type": "heading", "level": 1, "metadata": {}, "source": ["Old"]},
                {"cell_type": "code", "language": "python", "metadata": {}, "collapsed": False, "input": ["x = 1\n", "x"], "outputs": [], "prompt_number": 1},
                {"cell_type": "markdown", "metadata": {}, "source": "words"},
            ]
        }
    ],
}  # fmt: skip


def test_format_3_is_upgraded(tmp_path: Path):
    note = note_of(tmp_path, V3)
    assert (note.title, [f.text for f in note.fences]) == ("Old", ["x = 1\nx\n"])


@pytest.mark.parametrize("minor", range(6))
def test_every_minor_of_format_4(tmp_path: Path, minor: int):
    record = cell("code", "x = 1")
    if minor < 5:
        del record["id"]
    assert note_of(tmp_path, notebook(record, nbformat_minor=minor)).fences[0].text == "x = 1\n"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("", "empty"),
        ("{", "its JSON ends or breaks"),
        ("[1, 2]", "not a notebook"),
        ("{}", "not a notebook"),
        ('{"cells": []}', "no nbformat"),
        ({"nbformat": 4}, "no list of cells"),
        ({"nbformat": 4, "nbformat_minor": 5, "metadata": {}}, "no list of cells"),
        ({"nbformat": 4, "cells": "x"}, "no list of cells"),
        ({"nbformat": 99, "nbformat_minor": 0, "metadata": {}, "cells": []}, "format 99 is not known"),
        ({"nbformat": "x", "cells": []}, "format 'x' is not known"),
        ({"nbformat": 3}, "cannot be read|no list"),
        (notebook({"source": "x"}), "cell 1 has cell_type None"),
        (notebook(cell("heading", "x")), "cell_type 'heading'"),
        (notebook(cell("code", 7)), "source of cell 1 is no text"),
        ("[" * 100_000, "its JSON ends or breaks"),
    ],
)
def test_what_is_no_notebook_says_so(tmp_path: Path, data: Any, message: str):
    with pytest.raises(NotesError, match=message):
        note_of(tmp_path, data)


@pytest.mark.parametrize(
    "data",
    [
        notebook({"cell_type": "code"}),
        notebook({"cell_type": "markdown", "source": "x", "metadata": None, "attachments": [1]}),
        notebook(cell("markdown", "x", attachments={"a": {"image/png": 3}, "b": None})),
        notebook(cell("code", "x = 1", metadata={"tags": "raises-exception"})),
        {"nbformat": 4, "nbformat_minor": 99, "metadata": {}, "cells": [cell("code", "x = 1")]},
    ],
)
def test_what_is_missing_and_does_not_matter_is_let_be(tmp_path: Path, data: Any):
    assert note_of(tmp_path, data).kind == "notebook"


# ----- the shell's lines -----


@pytest.mark.parametrize(
    ("text", "python", "left_out"),
    [
        ("x = 1\n", "x = 1\n", []),
        ("%matplotlib inline\nx = 1", "\nx = 1", ["%matplotlib inline"]),
        ("!pip install a \\\n  b\nx = 1", "\n\nx = 1", ["!pip install a \\"]),
        ("%%time\nx = 1", "\nx = 1", ["%%time"]),
        ("%time x = 1", "if 1: x = 1", []),
        ("if a:\n    !ls\nb", "if a:\n    pass\nb", ["!ls"]),
        ("names = !ls", "names = []", ["names = !ls"]),
        ("np.exp?", "", ["np.exp?"]),
        ("?np.exp\n??f", "\n", ["?np.exp", "??f"]),
        ("f??", "", ["f??"]),
        ("x = (5\n% 2)", "x = (5\n% 2)", []),
        ("s = '''\n%d\n'''", "s = '''\n%d\n'''", []),
        ("x = =\n%who", "x = =\n%who", []),
        ("%who\nx = =", "\nx = =", ["%who"]),
        ("x = 5 % 2", "x = 5 % 2", []),
        ("%pylab inline\nx", "from pylab import *\nx", ["%pylab inline"]),
    ],
)
def test_what_only_a_shell_runs_is_left_out(text: str, python: str, left_out: list[str]):
    assert (python_of(text), magics(text)) == (python, left_out)
    assert python_of(text).count("\n") == text.count("\n")


@pytest.mark.parametrize(
    ("text", "name"),
    [("%%bash\nls", "bash"), ("\n%%html\n<b>", "html"), ("%%time\nx", ""), ("%%timeit -n 3\nx", ""), ("x = 1", ""), ("%ls", "")],
)  # fmt: skip
def test_cells_of_other_languages(text: str, name: str):
    assert foreign(text) == name


@settings(max_examples=60)
@given(st.text("%!?=\\ \nabx('#"))
def test_leaving_out_never_moves_a_line(text: str):
    plain = python_of(text)
    assert plain.count("\n") == text.count("\n")
    assert plain == text or not parses(text)


# ----- checked and built -----

LESSON = notebook(
    cell("markdown", "# Sigmoid\n\n$\\sigma(x) = \\frac{1}{1 + e^{x}}$"),
    cell("code", "%matplotlib inline\nimport numpy as np\n!pip install x\nprint(sigmoid(1))"),
    cell("code", "def sigmoid(x):\n    return 1 / (1 + np.exp(-x))"),
    cell("code", "%%bash\necho $HOME"),
    cell("code", "display(sigmoid(0.0))\nget_ipython().run_line_magic('who', '')\nnp.range(3)"),
    cell("code", "raise ValueError('meant')\nnever", ("raises-exception",)),
    cell("code", "%time y = sigmoid(gone)"),
    cell("code", "def f(x):\n    return x.foo\n"),
    cell("code", "f(1)"),
    cell("code", "x = ("),
    cell("code", "sigmoid(3.0);"),
)
FOUND = [
    ("CG201", 1, 3, 1, "the formula says"),
    ("CG102", 2, 4, 7, "sigmoid is not defined yet; cell 3, line 1 defines it"),
    ("CG104", 5, 3, 1, "NumPy has no range"),
    ("CG102", 7, 1, 19, "gone is never defined"),
    ("CG103", 8, 2, 12, "(called from cell 9, line 1)"),
    ("CG101", 10, 1, 5, "'(' was never closed"),
]


def test_every_finding_is_in_its_cell(tmp_path: Path):
    (tmp_path / "n.ipynb").write_text(json.dumps(LESSON))
    with Executor(Limits(seconds=20.0)) as executor:
        reports = check([tmp_path], executor)
    (file,) = json.loads(as_json(reports))["files"]
    found = [(f["code"], f["cell"], f["line"], f["column"]) for f in file["findings"]]
    assert found == [row[:4] for row in FOUND]
    for finding, (*_, words) in zip(file["findings"], FOUND, strict=True):
        assert words in finding["message"]
    assert [(s["cell"], s["line"]) for s in file["formulas"]] == [(1, 3)]
    assert "title=CG201::cell 1, line 3: sigmoid:" in next(as_github(reports))


def test_a_page_shows_what_ran_here_and_nothing_that_was_stored(tmp_path: Path):
    (tmp_path / "n.ipynb").write_text(json.dumps(LESSON))
    build([tmp_path / "n.ipynb"], tmp_path / "n.html", Limits(seconds=20.0))
    page = (tmp_path / "n.html").read_text()
    assert "stored long ago" not in page
    assert "begins with <code>%%bash</code> is not Python" in page
    assert "not run, for it is a notebook" in page
    assert "0.5" in page and "<title>Sigmoid" in page


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["markdown", "code", "raw"]), st.text("`~$<>-!#*[]()\n ax=\\{}\"'%|:")),
        max_size=5,
    )
)
def test_any_cells_keep_their_places(tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[str, str]]):
    folder = tmp_path_factory.mktemp("fuzz")
    note = note_of(folder, notebook(*(cell(kind, text) for kind, text in cells)))
    lines = note.text.split("\n")
    assert [c.number for c in note.cells] == list(range(1, len(cells) + 1))
    for place, (kind, text) in zip(note.cells, cells, strict=True):
        first = text.split("\n")[0] if text.strip() or kind == "markdown" else ""
        assert lines[place.line - 1] == first
    runs = [f.text for f in note.fences if f.kind == "python"]
    codes = [
        text.rstrip("\n") for kind, text in cells if kind == "code" and text.strip() and not foreign(text)
    ]
    assert [text.rstrip("\n") for text in runs] == [c for c in codes if not c.lstrip().startswith(">>> ")]


def test_one_that_cannot_be_read_costs_itself(tmp_path: Path):
    (tmp_path / "a.ipynb").write_text('{"cells": [')
    (tmp_path / "b.md").write_text("# Fine\n")
    (tmp_path / "c.ipynb").touch()
    reports = check([tmp_path])
    assert [[(f.code, f.spot.line) for f in r.findings] for r in reports] == [
        [("CG101", 1)],
        [],
        [("CG101", 1)],
    ]
    assert "its JSON ends or breaks" in reports[0].findings[0].message
