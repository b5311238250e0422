"""The command line as a person meets it: what it says, and the code it ends with."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from chalkgrad import cli

NOTE = "# Note\n\n```\ndef double(x):\n    return 2 * x\n```\n"


def chalkgrad(*arguments: str | Path, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-m", "chalkgrad.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=60)


def fails_with(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str
) -> str:
    """What a command that ends with code 2 says, run in this process to save starting another."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", ["chalkgrad", *arguments])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 2
    said = capsys.readouterr().err
    assert "Traceback" not in said
    return said


@pytest.fixture
def note(tmp_path: Path) -> Path:
    path = tmp_path / "note.md"
    path.write_text(NOTE)
    return path


def test_build_says_what_it_wrote_and_where(note: Path):
    done = chalkgrad("build", "note.md", folder=note.parent)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("1 page, 1 function, 1 card in ")
    assert done.stdout.rstrip().endswith(": site/index.html")
    assert (note.parent / "site" / "note.html").is_file()


def test_build_names_what_went_wrong(note: Path):
    note.write_text("```\nx = np.range(3)\n\ndef f(a):\n    return b\n```\n")
    done = chalkgrad("build", "note.md", folder=note.parent)
    first, second, last = done.stdout.splitlines()
    assert first == "note.md:2: CG104 NumPy has no range; the nearest name is arange"
    assert second == "note.md:5: CG102 f: b is never defined; the parameter is called a"
    assert "1 function, 0 cards, 2 errors, 1 warning in " in last
    assert done.returncode == 0


def test_quiet_says_nothing(note: Path):
    done = chalkgrad("build", "-q", note, "-o", note.parent / "out")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_somebody_elses_folder_is_exit_code_2(note: Path):
    done = chalkgrad("build", note, "-o", note.parent)
    assert done.returncode == 2
    assert "not empty and was not made by chalkgrad; nothing was written" in done.stderr
    assert note.read_text() == NOTE


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("build", "gone.md"), "gone.md: there is no such file or folder"),
        (("build", "note.md", "-o", "note.md"), "is a file; give a folder"),
        (("build", "--nothing"), "No such option"),
        (("bild",), "No such command 'bild'"),
        (("build", "note.md", "--seconds", "0"), "0.0 is not in the range x>0"),
    ],
)
def test_a_mistake_is_one_message_and_exit_code_2(
    note: Path, monkeypatch, capsys, arguments: tuple[str, ...], message: str
):
    assert message in fails_with(note.parent, monkeypatch, capsys, *arguments)


def test_version_and_help():
    assert chalkgrad("--version").stdout.startswith("chalkgrad")
    assert "build" in chalkgrad("--help").stdout
    assert chalkgrad("build", "-h").returncode == 0


# ----- show -----

ACTIVATIONS = """\
# Activations

```
def sigmoid(x):
    return 1 / (1 + np.exp(-x))

def scaled(x, times=2):
    return x * times

chain = [np.square, sigmoid]
```
"""


@pytest.fixture(scope="module")
def activations(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("show") / "activations.md"
    path.write_text(ACTIVATIONS)
    return path


def words(done: subprocess.CompletedProcess[str]) -> list[list[str]]:
    assert (done.returncode, done.stderr) == (0, "")
    return [line.replace("−", "-").split() for line in done.stdout.splitlines() if line.strip()]


def test_show_walks_both_passes(activations: Path):
    rows = words(chalkgrad("show", f"{activations}:sigmoid", "--at", "x=1"))
    assert rows[0] == "sigmoid(x) = 1 / (1 + exp(-x))".split()
    assert rows[1][:2] == ["sigmoid'(x)", "="]
    assert rows[2] == ["value", "↓", "slope", "gradient", "↑"]
    assert ["x", "1", "0.1966"] in rows
    assert ["-x", "-1", "-0.1966"] in rows
    assert ["exp(-x)", "0.3679", "-0.5344"] in rows
    assert rows[-2][-2:] == ["0.7311", "1"]
    assert rows[-1] == ["at", "x", "=", "1.0"]


def test_show_takes_chains_and_keeps_defaults(activations: Path):
    assert "0.9820" in str(words(chalkgrad("show", f"{activations}:chain", "--at", "x=2")))
    rows = words(chalkgrad("show", f"{activations}:scaled", "--at", "x=3", "--at", "times=5"))
    assert ["15", "1"] in [row[-2:] for row in rows]


def test_show_reads_python_files(tmp_path: Path):
    (tmp_path / "losses.py").write_text(
        "import numpy as np\n\ndef mse(y, p):\n    return np.mean((y - p) ** 2)\n\n"
        "if __name__ == '__main__':\n    raise SystemExit('not to be run')\n"
    )
    rows = words(chalkgrad("show", "losses.py:mse", "--at", "y=[1,2]", "--at", "p=[3,5]", folder=tmp_path))
    assert any("6.5" in row or "6.5000" in row for row in rows)


@pytest.mark.parametrize(
    ("target", "options", "message"),
    [
        ("activations.md:sigmod", (), "activations.md has no function sigmod; the nearest name is sigmoid"),
        ("activations.md", (), "give the file and the function, as in notes.md:sigmoid"),
        ("gone.md:f", (), "gone.md: No such file"),
        ("activations.txt:f", (), "give Markdown"),
        ("activations.md:sigmoid", ("--at", "y=2"), "--at y: the parameters are x"),
        ("activations.md:sigmoid", ("--at", "x"), "give a parameter and its value, as in --at x=2"),
        ("activations.md:sigmoid", ("--at", "x=pi"), "give a number or a list of numbers, as in x=2"),
    ],
)
def test_what_cannot_be_shown_is_named(
    activations: Path, monkeypatch, capsys, target: str, options: tuple[str, ...], message: str
):
    assert message in fails_with(activations.parent, monkeypatch, capsys, "show", target, *options)


def test_show_writes_a_page(activations: Path):
    out = activations.parent / "sigmoid.html"
    done = chalkgrad("show", f"{activations}:sigmoid", "-o", out)
    assert (done.returncode, done.stderr) == (0, "")
    page = out.read_text()
    assert 'data-card="sigmoid"' in page
    assert "<link" not in page
    out.write_text("mine")
    assert chalkgrad("show", f"{activations}:sigmoid", "-o", out).returncode == 2
    assert out.read_text() == "mine"
