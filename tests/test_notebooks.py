"""Notes as notebooks: valid, in order, and runnable from top to bottom."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner

from chalkgrad.cli import commands
from chalkgrad.errors import NotesError
from chalkgrad.notes.build import BOOK
from chalkgrad.notes.built import UncleanError
from chalkgrad.notes.jupyter.build import build_notebooks
from chalkgrad.notes.limits import Limits

REAL = Path(os.environ.get("CHALKGRAD_DATA", "no data")).parent / "notes" / "deep-learning.md"

# fmt: off
NOTES = {
    "plain": (
        "# Title\n\nWords $x^2$.\n\n"
        "```python\nimport numpy as np\ndef f(x):\n    return np.exp(x)\n```\n\nEnd.\n"),
    "prelude": "```\ndef f(x: ndarray) -> ndarray:\n    return np.tanh(x)\ny = deriv(f, np.ones(3))\n```\n",
    "fails": (
        "```python\nx = 1\n# divides\ny = x / 0\nz = 3  # after it\n```\n\n"
        "```python\nassert z == 3 and x == 1\n```\n"),
    "broken": "```python\ndef f(x) return x\n```\n\n```python\nfine = 1\n```\n",
    "may raise": "```{code-cell} python\n:tags: [raises-exception]\n1 / 0\n```\n",
    "prompts": (
        "```pycon\n>>> x = 2\n>>> def f(a):\n...     return a * 2\n...\n>>> f(x)\n4\n>>> f(3)\n6\n```\n"),
    "ipython": "```ipython\nIn [1]: x = 2\n\nIn [2]: x + 1\nOut[2]: 3\n```\n",
    "math": "Words $`a_b`$ and `` $`no`$ ``.\n\n```math\nx^2\n```\n\n```text\n$`kept`$\n```\n",
    "list": (
        "1. First:\n\n    ```python\n    def f(x):\n        return x * 2\n    ```\n\n    more\n2. Second\n"),
    "quote": "> ```python\n> def f(x):\n>     return x * 2\n> ```\n",
    "later helper": (
        "```python\ndef f(x):\n    return g(x) + 1\n```\n\nthen\n\n"
        "```python\ndef g(x):\n    return x * 2\n```\n"),
    "shapes": (
        "```python\nimport numpy as np\ndef loss(W, b, times=2.0):\n    return np.sum((W @ b) ** 2) * times\n"
        "loss(np.ones((2, 3)), np.array([1.0, 2.0, 0.5]))\n```\n"),
    "not by a call": (
        "```python\ndef f(p, n):\n    return p['w'] * n\nf({'w': 2.0}, 3)\n"
        "def apply(func, x):\n    return func(x)\napply(abs, 2.0)\n```\n"),
    "own cg": "```python\ncg = 9.81\ndef f(x):\n    return cg * x\n```\n",
    "chain": "```python\ndef f(x):\n    return x * 2\ndef g(x):\n    return x ** 2\nchain = [f, g]\n```\n",
    "skipped": "<!-- chalkgrad: skip f -->\n\n```python\ndef f(x):\n    return x * 2\n```\n",
    "file": "```python\nwith open('data.txt') as file:\n    n = len(file.read())\nassert n == 3\n```\n",
    "linked": "[next](plain.md), [deep](sub/deep.md#x), [out](https://example.org/plain.md) ![p](p.png)\n",
    "sub/deep": "back to [plain](../plain.md)\n",
    "empty": "",
}
# fmt: on
RUN = """
import json, os, sys
import matplotlib
matplotlib.use("svg")
done = {}
for path in sys.argv[1:]:
    os.chdir(os.path.dirname(path))
    namespace, said = {"__name__": "__main__"}, []
    for cell in json.load(open(path))["cells"]:
        if cell["cell_type"] == "code":
            try:
                exec(compile("".join(cell["source"]), cell["id"], "exec"), namespace)
                said.append("")
            except Exception as error:
                said.append(type(error).__name__)
    done[path] = said
print(json.dumps(done), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notes")
    (folder / "sub").mkdir()
    for name, text in NOTES.items():
        (folder / f"{name}.md").write_text(text)
    (folder / "data.txt").write_text("abc")
    (folder / "p.png").write_bytes(b"picture")
    (folder / "module.py").write_text('"""What it is.\n\nSays more."""\n\ndef f(x):\n    return x * 3\n')
    if REAL.exists():
        shutil.copyfile(REAL, folder / "real.md")
    shutil.copyfile(next(BOOK.glob("04-*.md")), folder / "book.md")
    out = tmp_path_factory.mktemp("notebooks") / "out"
    return folder, out, build_notebooks([folder, folder / "module.py"], out)


def cells(out, name, kind=None):
    found = json.loads((out / f"{name}.ipynb").read_text("utf-8"))["cells"]
    return [c for c in found if kind in (None, c["cell_type"])]


def code(out, name):
    return ["".join(c["source"]) for c in cells(out, name, "code")]


def prose(out, name):
    return ["".join(c["source"]) for c in cells(out, name, "markdown")]


def tags(out, name):
    return ["raises-exception" in c["metadata"].get("tags", []) for c in cells(out, name, "code")]


# ----- the whole -----


def test_every_notebook_is_valid(built):
    paths = sorted(built[1].rglob("*.ipynb"))
    assert len(paths) >= len(NOTES) + 2
    for path in paths:
        nbformat.validate(nbformat.read(path, as_version=4))


def test_every_notebook_runs_from_top_to_bottom(built):
    """What fails is tagged, and nothing else fails: the cells in order, in a process of their own."""
    paths = [str(p) for p in sorted(built[1].rglob("*.ipynb"))]
    ran = subprocess.run([sys.executable, "-c", RUN, *paths], capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
    for path, said in json.loads(ran.stderr.splitlines()[-1]).items():
        name = Path(path).relative_to(built[1]).with_suffix("").as_posix()
        assert [bool(error) for error in said] == tags(built[1], name), (name, said)


def test_a_second_build_changes_nothing(built):
    folder, out, _ = built
    before = {p: p.read_bytes() for p in out.rglob("*") if p.is_file()}
    build_notebooks([folder, folder / "module.py"], out)
    assert {p: p.read_bytes() for p in out.rglob("*") if p.is_file()} == before


# ----- cells -----


def test_text_and_code_in_order(built):
    kinds = [c["cell_type"] for c in cells(built[1], "plain")]
    assert kinds == ["markdown", "code", "code", "code", "markdown"]
    assert prose(built[1], "plain") == ["# Title\n\nWords $x^2$.", "End."]
    assert code(built[1], "plain")[0] == "import chalkgrad as cg"
    assert code(built[1], "plain")[2] == "cg.show(f, 1.0)"


def test_the_preludes_imports_come_first(built):
    first = code(built[1], "prelude")[0].split("\n")
    assert first == [
        "import numpy as np",
        "from numpy import ndarray",
        "from chalkgrad import deriv",
        "import chalkgrad as cg",
    ]


def test_a_statement_that_fails_stands_alone(built):
    assert code(built[1], "fails") == [
        "x = 1",
        "# divides\ny = x / 0",
        "z = 3  # after it",
        "assert z == 3 and x == 1",
    ]
    assert tags(built[1], "fails") == [False, True, False, False]
    assert tags(built[1], "broken") == [True, False] and tags(built[1], "may raise") == [True]


def test_prompts_become_code_and_values_stay_shown(built):
    assert code(built[1], "prompts")[1:] == [
        "x = 2\ndef f(a):\n    return a * 2\nf(x)",
        "cg.show(f, 1.0)",
        "f(3)",
    ]
    assert code(built[1], "ipython") == ["x = 2\nx + 1"]


def test_mathematics_as_notebooks_write_it(built):
    (text,) = prose(built[1], "math")
    assert text.startswith("Words $a_b$ and `` $`no`$ ``.") and "$$\nx^2\n$$" in text
    assert "```text\n$`kept`$\n```" in text and "```math" not in text


def test_fences_in_lists_and_quotes(built):
    assert "def f(x):\n    return x * 2" in code(built[1], "list")
    assert prose(built[1], "list") == ["1. First:", "more\n2. Second"]
    assert "def f(x):\n    return x * 2" in code(built[1], "quote")


def test_a_module_is_its_docstring_and_its_code(built):
    assert prose(built[1], "module") == ["# What it is\n\nSays more."]
    assert code(built[1], "module")[1:] == ["def f(x):\n    return x * 3", "cg.show(f, 1.0)"]


def test_a_fence_that_was_stopped_does_not_raise(tmp_path):
    (tmp_path / "a.md").write_text("```python\nx = 1\n```\n\n```python\nwhile x:\n    pass\n```\n")
    result = build_notebooks([tmp_path / "a.md"], tmp_path / "out", Limits(seconds=1))
    assert tags(tmp_path / "out", "a") == [False, False] and "not run to its end" in result.messages[0]


# ----- shows -----


def test_functions_are_shown_with_the_notes_own_arguments(built):
    assert code(built[1], "shapes")[-1] == (
        "cg.show(loss, np.array([[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]), np.array([1.0, 2.0, 0.5]), 2.0)"
    )
    assert code(built[1], "chain")[-1] == "cg.show(cg.Chain(chain), 1.0)"


def test_a_function_is_shown_when_its_helpers_are_there(built):
    found = code(built[1], "later helper")
    assert found.index("cg.show(f, 1.0)") > found.index("def g(x):\n    return x * 2")


def test_where_no_plain_call_shows_it_there_is_none(built):
    for name in ("not by a call", "own cg", "skipped"):
        assert not any("cg.show" in text for text in code(built[1], name)), name


# ----- files -----


def test_what_a_note_uses_comes_along(built):
    assert (built[1] / "data.txt").read_text() == "abc" and (built[1] / "p.png").exists()
    (text,) = prose(built[1], "linked")
    assert "[next](plain.ipynb), [deep](sub/deep.ipynb#x), [out](https://example.org/plain.md)" in text
    assert prose(built[1], "sub/deep") == ["back to [plain](../plain.ipynb)"]


def test_a_notebook_is_copied(tmp_path):
    data = '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}'
    (tmp_path / "a.ipynb").write_text(data)
    (tmp_path / "a.md").write_text("# A\n")
    result = build_notebooks([tmp_path], tmp_path / "out")
    assert (tmp_path / "out" / "a.ipynb").read_text() == data
    assert (tmp_path / "out" / "a.md.ipynb").exists() and "copied as it is" in result.messages[0]


def test_an_edited_notebook_stops_the_build(tmp_path):
    (tmp_path / "a.md").write_text("# A\n")
    build_notebooks([tmp_path / "a.md"], tmp_path / "out")
    (tmp_path / "out" / "a.ipynb").write_text("{}")
    with pytest.raises(NotesError, match="edited after it was made"):
        build_notebooks([tmp_path / "a.md"], tmp_path / "out")


def test_strict_and_the_command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a.md").write_text("```python\nundefined\n```\n")
    with pytest.raises(UncleanError):
        build_notebooks([Path("a.md")], Path("notebooks"), strict=True)
    assert not Path("notebooks").exists()
    Path("a.md").write_text("```python\ndef f(x):\n    return 2 * x\n```\n")
    done = CliRunner().invoke(commands, ["build", "a.md", "--to", "notebook"], standalone_mode=False)
    assert "1 notebook, 1 function, 1 card in" in done.output and Path("notebooks/a.ipynb").exists()
