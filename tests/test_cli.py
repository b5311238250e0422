"""The command line as a person meets it: what it says, and the code it ends with."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

NOTE = "# Note\n\n```\ndef double(x):\n    return 2 * x\n```\n"


def chalkgrad(*arguments: str | Path, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-m", "chalkgrad.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=60)


@pytest.fixture
def note(tmp_path: Path) -> Path:
    path = tmp_path / "note.md"
    path.write_text(NOTE)
    return path


def test_build_says_what_it_wrote_and_where(note: Path):
    done = chalkgrad("build", "note.md", folder=note.parent)
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 page, 1 function, " in done.stdout
    assert done.stdout.rstrip().endswith(": site/index.html")
    assert (note.parent / "site" / "note.html").is_file()


def test_build_names_what_went_wrong(note: Path):
    note.write_text("```\nx = np.range(3)\n\ndef f(a):\n    return b\n```\n")
    done = chalkgrad("build", "note.md", folder=note.parent)
    first, second, last = done.stdout.splitlines()
    assert (
        first
        == "note.md:2: AttributeError: module 'numpy' has no attribute 'range'; the nearest name is np.arange"
    )
    assert second == "note.md:4: f has no views: NameError: name 'b' is not defined (line 5)"
    assert "1 error in 1 fence" in last
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
def test_a_mistake_is_one_message_and_exit_code_2(note: Path, arguments: tuple[str, ...], message: str):
    done = chalkgrad(*arguments, folder=note.parent)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_version_and_help():
    assert chalkgrad("--version").stdout.startswith("chalkgrad")
    assert "build" in chalkgrad("--help").stdout
    assert chalkgrad("build", "-h").returncode == 0
