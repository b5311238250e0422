"""Plain modules as notes: lines are the file's, formulas those of docstrings and comments, siblings import."""
# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path

import pytest

from chalkgrad.errors import NotesError
from chalkgrad.notes.check.finding import Report
from chalkgrad.notes.check.run import check
from chalkgrad.notes.docstrings import documented
from chalkgrad.notes.execute import Executor
from chalkgrad.notes.limits import Limits
from chalkgrad.notes.module import markdown_of, module
from chalkgrad.notes.plain import tex_of
from chalkgrad.notes.read import read
from chalkgrad.notes.sources import find


def checked(folder: Path, files: dict[str, str], *names: str) -> list[Report]:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    with Executor(Limits(seconds=20.0)) as executor:
        return list(check([folder / name for name in names or files], executor))


def found(report: Report) -> list[tuple[str, int, int]]:
    return [(f.code, f.spot.line, f.spot.column) for f in report.findings]


# ----- the file as a note -----


def test_the_docstring_is_prose_and_the_rest_one_fence():
    note = module(
        '#!/usr/bin/env python\n"""Losses.\n\nTwo of them.\n"""\n\nimport math\n', Path("losses.py")
    )
    (fence,) = note.fences
    assert (note.title, note.kind, fence.kind, fence.line) == ("Losses", "module", "python", 6)
    assert fence.text == "\nimport math\n"
    assert note.markdown == "# Losses\n\nTwo of them.\n\n```python\n\nimport math\n```\n"


@pytest.mark.parametrize(
    ("text", "title", "line"),
    [
        ("x = 1\n", "week.py", 1),
        ("", "week.py", 1),
        ('"""A."""; x = 1\n', "week.py", 1),
        ("def f(:\n", "week.py", 1),
        ("'''A sentence that goes on over\ntwo lines.'''\nx = 1\n", "week.py", 3),
        ('"""\nTitle\n=====\n\nWords.\n"""\nx = 1\n', "Title", 7),
        ('"""Title"""', "Title", 2),
    ],
)
def test_titles_and_first_lines(text: str, title: str, line: int):
    note = module(text, Path("week.py"))
    assert (note.title, note.fences[0].line) == (title, line)


def test_code_in_a_docstring_opens_no_fence_of_the_page():
    text = "Words.\n\n```python\nx = 1\n```\n\n>>> f(2)\n4\n\nMore :math:`x^2`.\n\n.. math::\n   :label: a\n\n   y\n\nEnd."
    page = markdown_of(text)
    assert "```" not in page
    assert "    x = 1" in page and "    >>> f(2)\n    4" in page
    assert "$x^2$" in page and "$$\ny\n$$" in page
    assert page.endswith("End.")


def test_a_fence_of_backticks_in_the_code_does_not_end_the_page_s():
    note = module('S = """\n```python\nx\n```\n"""\n')
    assert note.markdown.count("````") == 2


# ----- formulas -----


def formulas(source: str) -> list[tuple[int, int, str, str | None]]:
    return [(f.line, f.column, f.tex, f.function) for f in documented(source)]


def test_all_spellings_in_a_raw_docstring():
    source = r'''
def f(x):
    r"""One $a_1$ and :math:`b` and \(c\).

    .. math:: d

    .. math::
       :label: e

       e = 1

       f = 2

    \[ g \]
    $$
    h
    $$
    """
'''
    tex = [f[2] for f in formulas(source)]
    assert tex == ["a_1", "b", "c", "d", "e = 1", "f = 2", "g", "h"]
    lines = source.split("\n")
    for line, column, text, function in formulas(source):
        assert lines[line - 1][column - 1 :].startswith(text)
        assert function == "f"


@pytest.mark.parametrize(
    ("written", "tex"),
    [
        (r"$\frac{1}{n}$", r"\frac{1}{n}"),  # a form feed, if it were evaluated
        (r"$\\frac{1}{n}$", r"\frac{1}{n}"),
        (r"$\\begin{cases} a \\\\ b \\end{cases}$", r"\begin{cases} a \\ b \end{cases}"),
        (r"$\begin{cases} a \\ b \end{cases}$", r"\begin{cases} a \\ b \end{cases}"),
    ],
)
def test_docstrings_without_r_are_read_as_written(written: str, tex: str):
    assert [f[2] for f in formulas(f'def f(x):\n    """{written}"""\n')] == [tex]


def test_columns_in_a_doubled_docstring_are_the_files():
    source = 'def f(x):\n    """$\\\\alpha$ and $\\\\beta$"""\n'
    for line, column, tex, _ in formulas(source):
        assert source.split("\n")[line - 1][column - 1 :].startswith("\\" + tex)


def test_comments_belong_to_the_function_that_they_stand_in_or_above():
    source = "# $a$\n\n# $b$\n@wraps\ndef f(x):\n    # $c$\n    return x  # $d$\n\n# $e$\nclass A:\n    def g(self): # $h$\n        pass\n"
    assert [(f[2], f[3]) for f in formulas(source)] == [
        ("a", None),
        ("b", "f"),
        ("c", "f"),
        ("d", "f"),
        ("e", "A"),
        ("h", "A.g"),
    ]


@pytest.mark.parametrize(
    "source",
    [
        "# costs $5 or $6\nx = 1\n",
        'def f():\n    """\n    >>> g("$a$")\n    """\n',
        'def f():\n    """``$a$``"""\n',
        's = "$a$"\n',
        "def f(x:\n    # $a$\n",
        'def f():\n    """\n    $a\n\n    b$"""\n',
        "# $HOME/$USER\n",
    ],
)
def test_what_is_no_formula(source: str):
    assert formulas(source) == []


@pytest.mark.parametrize(
    ("line", "tex"),
    [
        ("f(x) = max(0, x)", r"f(x) = \max(0, x)"),
        ("  relu(x) = max(0, x).", r"\text{relu}(x) = \max(0, x)"),
        ("Formula: f(x) = x^2 / 2", r"f(x) = \frac{x^{2}}{2}"),
        ("f(x) = (x - 1) * -x", r"f(x) = (x - 1) \cdot (-x)"),
        ("f(x) = x if x > 0 else 0", r"f(x) = \begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}"),
        ("f(x, k) = k ** -x", r"f(x, k) = k^{-x}"),
        ("f(x) = (-x)^2", "f(x) = (-x)^{2}"),
        ("f(x) = sqrt(x)^2", r"f(x) = (\sqrt{x})^{2}"),
        ("f(x) = something", ""),
        ("f(x) = x where x > 0", ""),
        ("f(y) = y", ""),
        ("z(x) = x", ""),
        ("f(x) == x", ""),
        ("f(x) = g(x)", ""),
        ("calls f(x) = x", ""),
        ("f(x) = 1e-8", ""),
    ],
)  # fmt: skip
def test_plain_formulas_only_where_they_are_sure(line: str, tex: str):
    assert tex_of(line, "relu", ("x", "k")) == tex


def test_docstrings_in_a_markdown_fence_count_with_the_lines_of_the_file(tmp_path: Path):
    text = "# T\n\n- list\n\n  ```python\n  def f(x):\n      '''$x^2$'''\n      return x\n  ```\n"
    (tmp_path / "n.md").write_text(text)
    (formula,) = read(tmp_path / "n.md").formulas
    assert (formula.function, formula.in_code) == ("f", True)
    assert text.split("\n")[formula.line - 1][formula.column - 1 :].startswith("x^2")


def test_a_comment_behind_code_is_not_about_the_function_below():
    source = "k = 1  # $a$\ndef f(x):\n    y = x  # $b$\n    # $c$\n    def g(z): return z\n"
    assert [(f[2], f[3]) for f in formulas(source)] == [("a", None), ("b", "f"), ("c", "f.g")]


# ----- checking -----

GOOD = 'import numpy as np\n\n\ndef square(x):\n    r"""$f(x) = x^2$"""\n    return np.square(x)\n'


def test_a_formula_in_a_docstring_is_compared(tmp_path: Path):
    files = {"good.py": GOOD, "bad.py": GOOD.replace("x^2", "x^3")}
    good, bad = checked(tmp_path, files)
    assert ([(s.status, s.function) for s in good.formulas], good.findings) == ([("agrees", "square")], ())
    assert found(bad) == [("CG201", 5, 9)]


ELSEWHERE = [  # docstrings that speak of something else
    'def f(x):\n    r"""Shifted by $c = \\max(x)$."""\n    return x + 1\n',
    'def relu_grad(x):\n    """f(x) = max(0, x)"""\n    return (x > 0) * 1.0\n',
    'def f(x):\n    r"""From $g(x) = x^2$ and $h(x) = x^3$."""\n    return x + 1\n',
    'def square(x):\n    return x * x\n\ndef f(x):\n    r"""Not $g(x) = x^2$."""\n    return x + 1\n',
]


def test_a_docstring_may_speak_of_something_else(tmp_path: Path):
    reports = checked(tmp_path, {f"m{i}.py": body for i, body in enumerate(ELSEWHERE)})
    assert [report.findings for report in reports] == [()] * len(ELSEWHERE)


def test_every_code_at_the_file_s_own_line(tmp_path: Path):
    source = '"""Doc.\n\nMore.\n"""\nfrom __future__ import annotations\n\nimport numpy as np\n\n\n'
    source += "def f(a):\n    return np.range(a) + gone\n\n\nnp.zeros(3).reshape(2, 2)\nprint(plt)\n"
    report, broken = checked(tmp_path, {"m.py": source, "b.py": '"""Doc."""\n\nx = = 1\n'})
    assert found(report) == [("CG104", 11, 12), ("CG102", 11, 26), ("CG103", 14, 1), ("CG105", 15, 7)]
    assert found(broken) == [("CG101", 3, 5)]


def test_what_a_module_guards_is_read_and_not_run(tmp_path: Path):
    source = "def main():\n    raise SystemExit(3)\n\n\nif __name__ == '__main__':\n    main()\n    gone\n"
    (report,) = checked(tmp_path, {"m.py": source})
    assert found(report) == [("CG102", 7, 5)]


SIBLINGS: list[dict[str, str]] = [
    {"utils.py": "def k(): return 2\n", "m.py": "from utils import k\nk()\n"},
    {"random.py": "boom\n", "m.py": "import random\nrandom.random()\n"},
    {"pkg/__init__.py": "from .m import z\n", "pkg/u.py": "y = 2\n", "pkg/m.py": "from .u import y\nz = y\n"},
    {"pkg/u.py": "y = 2\n", "pkg/m.py": "from .u import y\n"},
    {
        "a/__init__.py": "",
        "a/u.py": "y = 2\n",
        "a/b/__init__.py": "",
        "a/b/m.py": "from ..u import y\nimport a.u\n",
    },
    {"m.py": "from dataclasses import dataclass\n\n@dataclass\nclass A:\n    x: 'int'\nA(1)\n"},
    {"m.py": "import os\nassert os.path.isabs(__file__) and os.path.isfile(__file__)\n"},
    {"m.py": "assert __name__ == 'm' and __doc__ is None\n"},
    {"statistics.py": "import statistics\nx = 1\n"},
    {"m.py": "import sys\nsys.modules[__name__].x = 1\nassert globals()['x'] == 1\n"},
]


def test_imports_find_what_stands_beside_the_module(tmp_path: Path):
    files = {f"{i}/{name}": text for i, row in enumerate(SIBLINGS) for name, text in row.items()}
    names = [name for name in files if Path(name).name in ("m.py", "statistics.py")]
    reports = checked(tmp_path, files, *names)
    assert {r.path: r.findings for r in reports} == {str(tmp_path / name): () for name in names}


def test_a_notebook_s_line_is_no_python(tmp_path: Path):
    (report,) = checked(tmp_path, {"m.py": "import math\nif math:\n    %who\n"})
    assert found(report) == [("CG101", 3, 5)]


def test_a_folder_gives_its_notes_and_modules_are_named(tmp_path: Path):
    for name in (
        "a.md",
        "b.ipynb",
        "c.py",
        "d.markdown",
        "env/pyvenv.cfg",
        "env/lib/x.md",
        ".hidden/y.md",
        "sub/z.md",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert [s.name for s in find([tmp_path])] == ["a.md", "b.ipynb", "d.markdown", "sub/z.md"]
    assert [s.name for s in find([tmp_path / "c.py"])] == ["c.py"]
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "c.py").touch()
    with pytest.raises(NotesError, match="name Python modules one by one"):
        find([tmp_path / "code"])


def test_a_formula_over_several_lines_of_a_comment():
    assert formulas("# $$\n# a = b\n# $$\nx = 1\n") == [(2, 3, "a = b", None)]


def test_what_is_huge_is_read_quickly_or_not_at_all():
    many = "def f(x):\n    # $a$ text\n    return x  # f(x) = x\n\n" * 2_000
    assert len(formulas(many)) == 4_000
    assert formulas("def f():\n    r'''" + r"\[ a " * 100_000 + "'''\n") == []
    assert module("x = 1\n" * 100_000).fences[0].line == 1
