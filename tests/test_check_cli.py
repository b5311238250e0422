"""`chalkgrad check` as a person, a program and a workflow meet it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

NOTE = """\
# Chains

![figure](https://example.org/a.png)

```
def two(chain, a: ndarray):
    f, g = chain
    return g(f(x))

def f(x):
    return np.range(x)
```
"""


def check(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-m", "chalkgrad.cli", "check", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=60)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "note.md").write_text(NOTE)
    (tmp_path / "clean.md").write_text("# Clean\n\n```\nx = 1\n```\n")
    (tmp_path / "warned.md").write_text("```\nnp.exp(1)\n```\n")
    return tmp_path


def test_text_shows_place_line_and_cure(folder: Path):
    done = check("note.md", folder=folder)
    assert (done.returncode, done.stderr) == (1, "")
    assert [line.rstrip() for line in done.stdout.splitlines()] == [
        " CG102  note.md:8:16",
        "    two: x is never defined; the parameter is called a",
        "",
        "      8 |     return g(f(x))",
        "        |                ~",
        "",
        " CG104  note.md:11:12",
        "    f: NumPy has no range; the nearest name is arange",
        "",
        "     11 |     return np.range(x)",
        "        |            ~~~~~~~~",
        "",
        " CG105  never imported, so the prelude supplied them: ndarray (6), np (11)",
        " CG401  1 figure lives on another site: line 3",
        "",
        "2 errors, 3 warnings in 2 functions",
    ]


def test_exit_codes(folder: Path):
    assert check("clean.md", folder=folder).returncode == 0
    assert check("warned.md", folder=folder).returncode == 0
    assert check("warned.md", "--strict", folder=folder).returncode == 1
    assert check("warned.md", "--strict", "--ignore", "CG105", folder=folder).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("gone.md",), "gone.md: there is no such file or folder"),
        (("note.md", "--select", "CG7"), "--select: there is no rule CG7"),
        (("note.md", "--output-format", "xml"), "'xml' is not one of"),
        ((), "Missing argument"),
    ],
)
def test_a_mistake_is_exit_code_2(folder: Path, arguments: tuple[str, ...], message: str):
    done = check(*arguments, "--no-run", folder=folder) if arguments else check(folder=folder)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_json_and_github(folder: Path):
    done = check(".", "--output-format", "json", folder=folder)
    files = {file["path"]: file for file in json.loads(done.stdout)["files"]}
    assert sorted(files) == ["clean.md", "note.md", "warned.md"]
    assert [(f["code"], f["line"], f["column"]) for f in files["note.md"]["findings"]] == [
        ("CG401", 3, 11),
        ("CG105", 6, 19),
        ("CG102", 8, 16),
        ("CG104", 11, 12),
        ("CG105", 11, 12),
    ]
    done = check("note.md", "--output-format", "github", "--select", "CG102", folder=folder)
    assert done.stdout == (
        "::error file=note.md,line=8,col=16,title=CG102::two: x is never defined; the parameter is called a\n"
    )


def test_no_run_runs_nothing(folder: Path):
    (folder / "writes.md").write_text("```\nopen('written', 'w')\n1 / 0\n```\n")
    assert check("writes.md", "--no-run", folder=folder).returncode == 0
    assert not (folder / "written").exists()
    assert check("writes.md", folder=folder).returncode == 1


def test_the_time_of_a_note_is_an_option_and_a_setting(folder: Path) -> None:
    (folder / "endless.md").write_text("```python\nwhile True:\n    pass\n```\n")
    said = check("endless.md", "--timeout", "0.5", folder=folder)
    assert said.returncode == 1
    assert "stopped after 0.5 s" in said.stdout
    (folder / "pyproject.toml").write_text("[tool.chalkgrad]\ntimeout = 0.6\n")
    assert "stopped after 0.6 s" in check("endless.md", folder=folder).stdout


def test_a_misspelt_setting_is_named(folder: Path) -> None:
    (folder / "pyproject.toml").write_text("[tool.chalkgrad]\nignroe = ['CG401']\n")
    said = check("note.md", folder=folder)
    assert said.returncode == 2
    assert "has no key ignroe; write ignore" in said.stderr
