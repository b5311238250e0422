"""`chalkgrad new`: what it writes checks clean and builds, and nothing is ever overwritten."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from chalkgrad.cli import commands
from chalkgrad.errors import NotesError
from chalkgrad.notes.build import build
from chalkgrad.notes.check.run import check
from chalkgrad.notes.execute import Executor
from chalkgrad.notes.limits import Limits
from chalkgrad.notes.new import FILES, new, repository_above


def test_a_fresh_folder_checks_clean_and_builds(tmp_path: Path):
    done = CliRunner().invoke(commands, ["new", str(tmp_path / "notes")])
    assert done.exit_code == 0, done.output
    assert f"next: chalkgrad check {tmp_path / 'notes'}" in done.output
    with Executor(Limits(seconds=20.0)) as executor:
        (report,) = check([tmp_path / "notes"], executor)
    assert report.findings == ()
    assert next((s.status, s.function) for s in report.formulas) == ("agrees", "softplus")
    assert {s.status for s in report.stated} == {"agrees"} and len(report.stated) == 2
    built = build([tmp_path / "notes"], tmp_path / "site", Limits(seconds=20.0))
    assert (built.pages, built.cards, built.errors) == (1, 2, 0)


def test_the_workflow_runs_the_check():
    text = (Path(new.__code__.co_filename).parent / "template" / "notes.yml").read_text()
    assert "run: chalkgrad check --output-format github ." in text
    assert "run: python -m pip install chalkgrad" in text


@pytest.mark.parametrize("name", FILES)
def test_what_is_there_stays(tmp_path: Path, name: str):
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("mine")
    with pytest.raises(NotesError, match="already there; nothing was written"):
        new(tmp_path)
    assert [p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()] == [name]
    assert (tmp_path / name).read_text() == "mine"


def test_a_link_to_nowhere_is_not_written_through(tmp_path: Path):
    (tmp_path / "first-note.md").symlink_to(tmp_path / "elsewhere.md")
    with pytest.raises(NotesError, match="already there"):
        new(tmp_path)
    assert not (tmp_path / "elsewhere.md").exists()


def test_a_file_is_no_folder(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(NotesError, match="file"):
        new(tmp_path / "file")


def test_a_folder_with_other_things_in_it_will_do(tmp_path: Path):
    (tmp_path / "mine.md").write_text("mine")
    assert len(new(tmp_path)) == len(FILES)
    assert (tmp_path / "mine.md").read_text() == "mine"


def test_below_the_top_of_a_repository_it_says_where_the_workflow_goes(tmp_path: Path):
    (tmp_path / ".git").mkdir()
    done = CliRunner().invoke(commands, ["new", str(tmp_path / "a" / "notes")])
    assert f"move .github to {tmp_path.resolve()}" in done.output
    assert repository_above(tmp_path) is None


def test_the_hook_of_pre_commit_names_the_command():
    root = Path(__file__).resolve().parents[1]
    text = (root / ".pre-commit-hooks.yaml").read_text()
    assert "entry: chalkgrad check" in text and "id: chalkgrad-check" in text
