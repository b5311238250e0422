"""`check --fix` and `--output-format sarif`."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from chalkgrad.cli import commands
from chalkgrad.notes.check.finding import RULES, Edit, Finding, Report, Spot
from chalkgrad.notes.check.fix import fix
from chalkgrad.notes.check.run import check
from chalkgrad.notes.check.sarif import as_sarif

REAL = Path(os.environ.get("CHALKGRAD_DATA", "no data")).parent / "notes" / "deep-learning.md"

# fmt: off
CASES = {  # name: before, after
    "numpy": ("```\nx = np.ones(3)\n```\n", "```\nimport numpy as np\nx = np.ones(3)\n```\n"),
    "together": (
        "```python\ndef f(x: ndarray) -> ndarray:\n    return np.exp(x)\n```\n",
        "```python\nimport numpy as np\nfrom numpy import ndarray\ndef f(x: ndarray) -> ndarray:\n"
        "    return np.exp(x)\n```\n"),
    "first fence that needs it": (
        "```\nx = 1\n```\n\n```\ny = np.ones(3)\n```\n\n```\nz = np.ones(4)\n```\n",
        "```\nx = 1\n```\n\n```\nimport numpy as np\ny = np.ones(3)\n```\n\n```\nz = np.ones(4)\n```\n"),
    "vocabulary": (
        "```\ndf = deriv(abs, 2.0)\n```\n",
        "```\nfrom chalkgrad import deriv\ndf = deriv(abs, 2.0)\n```\n"),
    "in a list": (
        "- one\n\n  ```python\n  x = np.ones(3)\n  ```\n",
        "- one\n\n  ```python\n  import numpy as np\n  x = np.ones(3)\n  ```\n"),
    "in a quote": (
        "> ```python\n> x = np.ones(3)\n> ```\n",
        "> ```python\n> import numpy as np\n> x = np.ones(3)\n> ```\n"),
    "prompt": (
        "```pycon\n>>> np.ones(1)\narray([1.])\n```\n",
        "```pycon\n>>> import numpy as np\n>>> np.ones(1)\narray([1.])\n```\n"),
    "below future": (
        "```\nfrom __future__ import annotations\nx = np.ones(1)\n```\n",
        "```\nfrom __future__ import annotations\nimport numpy as np\nx = np.ones(1)\n```\n"),
    "two formulas": ("both $ x^2 $ and $ y_1 $ here\n", "both $x^2$ and $y_1$ here\n"),
    "brackets": (r"so \(x^2\) it is" + "\n", "so $x^2$ it is\n"),
    "operatorname": (r"$\operatorname{relu}(x)$" + "\n", r"$\mathrm{relu}(x)$" + "\n"),
    "two faults in one": (
        r"$ \operatorname{relu}(x) = \bm{x} $" + "\n", r"$\mathrm{relu}(x) = \boldsymbol{x}$" + "\n"),
    "bar in a table": (
        "| a | b |\n|---|---|\n| $|x|$ | 1 |\n", "| a | b |\n|---|---|\n| $\\lvert x\\rvert$ | 1 |\n"),
    "both kinds": (
        "$ x^2 $ then\n\n```\nx = np.ones(1)\n```\n",
        "$x^2$ then\n\n```\nimport numpy as np\nx = np.ones(1)\n```\n"),
}
CLEAN = (
    "# Words\n\n$x^2$ and `$ x $`\n\n```\nimport numpy as np\nx = np.ones(3)\n```\n",
    "no code at all", "")
# fmt: on


def fixed(tmp_path, data, name="note.md", **options):
    path = tmp_path / name
    path.write_bytes(data)
    (result,) = fix([path], **options)
    return path.read_bytes(), result


@pytest.mark.parametrize("name", CASES)
def test_a_cure_and_nothing_else(tmp_path, name):
    before, after = CASES[name]
    new, result = fixed(tmp_path, before.encode())
    assert new.decode() == after and result.done
    (report,) = check([tmp_path / "note.md"])
    assert not [f for f in report.findings if f.code in ("CG105", "CG203")]


@pytest.mark.parametrize("name", CASES)
def test_a_second_time_finds_nothing(tmp_path, name):
    new, _ = fixed(tmp_path, CASES[name][0].encode())
    stamp = os.stat(tmp_path / "note.md").st_mtime_ns
    (again,) = fix([tmp_path / "note.md"])
    assert not again.done and (tmp_path / "note.md").read_bytes() == new
    assert os.stat(tmp_path / "note.md").st_mtime_ns == stamp


@pytest.mark.parametrize("text", CLEAN)
def test_a_clean_note_is_not_touched(tmp_path, text):
    new, result = fixed(tmp_path, text.encode())
    assert new == text.encode() and not result.done


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("end", [b"\r\n", b"\r"])
def test_lines_keep_their_ends_and_a_mark_stays(tmp_path, name, end):
    before, after = (b"\xef\xbb\xbf" + text.encode().replace(b"\n", end) for text in CASES[name])
    assert fixed(tmp_path, before)[0] == after
    assert fixed(tmp_path, before.rstrip(b"\r\n"))[0] == after.rstrip(b"\r\n")


def test_bytes_that_are_no_utf8_stay(tmp_path):
    data = b"caf\xe9 $ x^2 $ \xff\xfe na\xc3\xafve \xe9 $ y_1 $\n\n```\ns = 'caf\xe9'; x = np.ones(1)\n```\n"
    new, _ = fixed(tmp_path, data)
    cured = data.replace(b"$ x^2 $", b"$x^2$").replace(b"$ y_1 $", b"$y_1$")
    assert new == cured.replace(b"```\ns", b"```\nimport numpy as np\ns")


def test_a_module_below_its_docstring(tmp_path):
    text = b'"""What it is.\n\nMore."""\n\n'
    text += b"from __future__ import annotations\n\n\ndef f(x):\n    return np.exp(x)\n"
    new, _ = fixed(tmp_path, text, "m.py")
    assert new == text.replace(b"annotations\n\n\n", b"annotations\n\n\nimport numpy as np\n")
    compile(new, "m.py", "exec")


def test_a_notebook_is_left_with_the_cure_in_words(tmp_path):
    cell = {
        "cell_type": "code",
        "source": "x = np.ones(3)",
        "metadata": {},
        "outputs": [],
        "execution_count": 1,
    }
    data = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}).encode()
    new, result = fixed(tmp_path, data, "n.ipynb")
    assert new == data and not result.done
    assert "cell 1, line 1: not fixed" in result.left[0] and "write import numpy as np" in result.left[0]


def test_utf16_is_left(tmp_path):
    data = CASES["numpy"][0].encode("utf-16")
    new, result = fixed(tmp_path, data)
    assert new == data and "UTF-16" in result.left[0]


def test_what_is_not_wanted_is_not_fixed(tmp_path):
    before = CASES["both kinds"][0].encode()
    assert b"import" not in fixed(tmp_path, before, ignore=("CG105",))[0]
    assert b"$ x^2 $" in fixed(tmp_path, before, select=("CG1",))[0]
    silent = b"<!-- chalkgrad: ignore CG105 CG203 -->\n\n" + before
    assert fixed(tmp_path, silent)[0] == silent


def test_code_is_never_changed_by_a_cure_of_words(tmp_path):
    data = b"```python\ns = '$ x^2 $'\nt = r'\\(x\\)'\n```\n\n    $ x^2 $\n\n<pre>\n$ x^2 $\n</pre>\n"
    assert fixed(tmp_path, data)[0] == data


def test_permissions_and_links_stay(tmp_path):
    real = tmp_path / "real.md"
    real.write_text(CASES["numpy"][0])
    real.chmod(0o640)
    link = tmp_path / "link.md"
    link.symlink_to(real)
    fix([link])
    assert (
        link.is_symlink() and real.read_text() == CASES["numpy"][1] and real.stat().st_mode & 0o777 == 0o640
    )


@pytest.mark.skipif(not REAL.exists(), reason="the notes as found are not here")
def test_the_notes_as_found(tmp_path):
    new, result = fixed(tmp_path, REAL.read_bytes())
    assert len(result.done) == 4 and b"import numpy as np\nfrom numpy import ndarray\n" in new
    old = REAL.read_bytes().splitlines()
    assert [line for line in new.splitlines() if b"import" not in line] == [
        line for line in old if b"import" not in line
    ]


def test_the_command_says_what_it_did(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("note.md").write_text(CASES["both kinds"][0])
    run = [sys.executable, "-W", "error", "-m", "chalkgrad.cli", "check", "note.md", "--strict", "--no-run"]
    done = subprocess.run([*run, "--fix"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "note.md:4: CG105 added import numpy as np" in done.stdout
    assert "note.md:1: CG203 now $x^2$" in done.stdout and "2 cures written into 1 note" in done.stdout
    Path("note.md").write_text(CASES["numpy"][0])
    again = CliRunner().invoke(
        commands, ["check", "note.md", "--fix", "--no-run", "--output-format", "json"], standalone_mode=False
    )
    assert json.loads(again.stdout)["files"][0]["findings"] == [] and "1 cure written" in again.stderr


# ----- sarif -----


def sarif(reports):
    log = json.loads(as_sarif(reports))
    assert log["version"] == "2.1.0" and log["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    return run


def whole(run):
    """What the format asks of a run and its results."""
    driver = run["tool"]["driver"]
    assert driver["name"] == "chalkgrad" and [r["id"] for r in driver["rules"]] == list(RULES)
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"]
        assert rule["defaultConfiguration"]["level"] in ("none", "note", "warning", "error")
    marks = [r["partialFingerprints"]["finding/v1"] for r in run["results"]]
    assert len(set(marks)) == len(marks)
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] == RULES[result["ruleId"]][0] and result["message"]["text"]
        for place in result["locations"]:
            assert " " not in place["physicalLocation"]["artifactLocation"]["uri"]
            region = place["physicalLocation"].get("region")
            assert region is None or (
                region["startLine"] >= 1 and 1 <= region["startColumn"] <= region["endColumn"]
            )
        for cure in result.get("fixes", ()):
            for change in cure["artifactChanges"]:
                assert change["artifactLocation"]["uri"]
                assert all({"deletedRegion", "insertedContent"} == set(r) for r in change["replacements"])
    return run


def test_sarif_of_a_note(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("my note.md").write_text("$ x^2 $\n\n```\ndef f(x):\n    return np.range(y)\n```\n")
    results = whole(sarif(check([Path("my note.md")])))["results"]
    by_code = {r["ruleId"]: r for r in results}
    assert set(by_code) == {"CG102", "CG104", "CG105", "CG203"}
    place = by_code["CG102"]["locations"][0]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "my%20note.md"},
        "region": {"startLine": 5, "startColumn": 21, "endColumn": 22},
    }
    assert place["logicalLocations"] == [{"name": "f", "kind": "function"}]
    (change,) = by_code["CG203"]["fixes"][0]["artifactChanges"]
    assert change["replacements"][0]["insertedContent"]["text"] == "$x^2$"


def test_sarif_of_a_notebook_names_the_cell(tmp_path):
    cell = {
        "cell_type": "code",
        "source": "x = np.ones(3)",
        "metadata": {},
        "outputs": [],
        "execution_count": 1,
    }
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}))
    (result,) = whole(sarif(check([path])))["results"]
    physical = result["locations"][0]["physicalLocation"]
    assert "region" not in physical and physical["artifactLocation"]["uri"] == path.as_uri()
    assert result["message"]["text"].startswith("cell 1, line 1: ") and "fixes" not in result


def test_sarif_of_nothing_and_of_two_alike():
    assert whole(sarif([]))["results"] == []
    twice = Finding(
        "CG203", Spot(1, 1, 3), "m", also=Spot(2, 1, 2), cure="write x", fix=Edit(1, 1, 1, 3, "x")
    )
    results = whole(sarif([Report("a.md", ("one", "two"), (twice, twice))]))["results"]
    assert results[0]["relatedLocations"][0]["physicalLocation"]["region"]["startLine"] == 2
    assert results[0]["message"]["text"] == "m; write x"
