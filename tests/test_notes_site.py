"""Putting a site in its place: all at once, never over anybody's files, whole whenever a build is stopped."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from chalkgrad.errors import NotesError
from chalkgrad.notes import site
from chalkgrad.notes.site import (
    MARKER,
    check_target,
    exchange_in_one,
    exchange_in_two,
    finish,
    is_ours,
    replacing,
)


def write(target: Path, text: str) -> None:
    with replacing(target) as folder:
        (folder / "index.html").write_text(text)


def contents(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def dead_process() -> int:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def test_an_absent_an_empty_and_an_own_folder_are_taken(tmp_path: Path):
    target = tmp_path / "deep" / "site"
    write(target, "one")
    assert contents(target) == [MARKER, "index.html"]
    write(target, "two")
    assert (target / "index.html").read_text() == "two"
    (tmp_path / "empty").mkdir()
    write(tmp_path / "empty", "three")
    assert contents(tmp_path) == ["deep", "empty"]
    assert contents(tmp_path / "deep") == ["site"]


def test_somebody_elses_folder_is_refused_and_stays(tmp_path: Path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "thesis.tex").write_text("years")
    with pytest.raises(NotesError, match="not empty and was not made by chalkgrad"):
        write(tmp_path / "site", "x")
    assert contents(tmp_path / "site") == ["thesis.tex"]
    assert contents(tmp_path) == ["site"]


def test_a_folder_that_fills_up_during_the_build_stays(tmp_path: Path):
    target = tmp_path / "site"
    with pytest.raises(NotesError), replacing(target) as folder:
        (folder / "index.html").write_text("x")
        target.mkdir()
        (target / "thesis.tex").write_text("years")
    assert contents(target) == ["thesis.tex"]
    assert contents(tmp_path) == ["site"]


def test_a_file_is_refused(tmp_path: Path):
    (tmp_path / "site").write_text("text")
    with pytest.raises(NotesError, match="is a file"):
        check_target(tmp_path / "site")


def test_a_build_that_fails_leaves_the_old_site_whole(tmp_path: Path):
    write(tmp_path / "site", "old")
    with pytest.raises(RuntimeError), replacing(tmp_path / "site") as folder:
        (folder / "index.html").write_text("half")
        raise RuntimeError
    assert (tmp_path / "site" / "index.html").read_text() == "old"
    assert contents(tmp_path) == ["site"]


def test_files_that_others_put_beside_ours_are_carried_over(tmp_path: Path):
    target = tmp_path / "site"
    with replacing(target) as folder:
        (folder / "index.html").write_text("old")
        (folder / "gone.html").write_text("a page whose note is gone")
    (target / "CNAME").write_text("example.org")
    (target / ".git").mkdir()
    (target / ".git" / "HEAD").write_text("ref")
    write(target, "new")
    assert contents(target) == [MARKER, ".git", "CNAME", "index.html"]
    write(target, "newer")
    assert (target / ".git" / "HEAD").read_text() == "ref"


def test_a_link_to_a_folder_stays_a_link(tmp_path: Path):
    write(tmp_path / "real", "old")
    os.symlink(tmp_path / "real", tmp_path / "site")
    write(tmp_path / "site", "new")
    assert (tmp_path / "site").is_symlink()
    assert (tmp_path / "real" / "index.html").read_text() == "new"


# ----- the exchange -----


@pytest.mark.skipif(sys.platform not in ("linux", "darwin"), reason="only these exchange in one step")
def test_two_folders_change_places_in_one_step(tmp_path: Path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"of-{name}").touch()
    if not exchange_in_one(tmp_path / "a", tmp_path / "b"):
        pytest.skip("this file system cannot")
    assert (contents(tmp_path / "a"), contents(tmp_path / "b")) == (["of-b"], ["of-a"])
    assert not exchange_in_one(tmp_path / "a", tmp_path / "none")


def test_two_renames_do_where_one_step_is_not_to_be_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(site, "exchange_in_one", lambda one, other: False)
    write(tmp_path / "site", "old")
    write(tmp_path / "site", "new")
    assert (tmp_path / "site" / "index.html").read_text() == "new"
    assert contents(tmp_path) == ["site"]


def test_the_next_command_finishes_an_exchange_that_was_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    target, new = tmp_path / "site", tmp_path / ".site.chalkgrad-new-0"
    write(target, "old")
    write(new, "new")
    renames: list[None] = []

    def stop_at_the_second(source: Path, to: Path, rename=os.rename) -> None:
        renames.append(None)
        if len(renames) == 2:
            raise KeyboardInterrupt
        rename(source, to)

    monkeypatch.setattr(os, "rename", stop_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        exchange_in_two(new, target)
    monkeypatch.undo()
    assert not target.exists()
    finish(target)
    assert (target / "index.html").read_text() == "new"


def test_without_the_new_site_the_old_one_comes_back(tmp_path: Path):
    target, old = tmp_path / "site", tmp_path / f".site.chalkgrad-old-{dead_process()}"
    write(target, "old")
    target.rename(old)
    (tmp_path / ".site.chalkgrad-journal").write_text(
        json.dumps({"new": ".site.chalkgrad-new-1", "old": old.name})
    )
    finish(target)
    assert (target / "index.html").read_text() == "old"
    assert contents(tmp_path) == ["site"]


def test_what_dead_builds_left_is_cleared_and_what_living_ones_write_is_not(tmp_path: Path):
    dead = tmp_path / f".site.chalkgrad-new-{dead_process()}"
    living = tmp_path / f".site.chalkgrad-new-{os.getppid()}"
    stranger = tmp_path / ".sites.chalkgrad-new-x"
    for folder in (dead, living, stranger):
        folder.mkdir()
    finish(tmp_path / "site")
    assert contents(tmp_path) == sorted([living.name, stranger.name])


def test_a_journal_cannot_name_folders_elsewhere(tmp_path: Path):
    outside = tmp_path / "outside"
    write(outside, "not to be moved")
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / ".site.chalkgrad-journal").write_text(json.dumps({"new": "../outside", "old": "../outside"}))
    finish(inner / "site")
    assert is_ours(outside)
    assert contents(inner) == []
