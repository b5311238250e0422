"""A build that is killed, crowded out or out of room: the site is the old one or the new one, whole."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from chalkgrad.errors import NotesError
from chalkgrad.notes import cache
from chalkgrad.notes.build import build
from chalkgrad.notes.site import claimed, replacing, write_whole

pytestmark = pytest.mark.skipif(os.name != "posix", reason="killed and locked as POSIX has it")

# A build whose pages come from nowhere: fifty processes that each load NumPy would take long.
WRITER = """
import sys, time
from pathlib import Path
sys.path.insert(0, {home!r})
import types
package = types.ModuleType("chalkgrad")
package.__path__ = [{home!r} + "/chalkgrad"]
sys.modules["chalkgrad"] = package
from chalkgrad.notes import site
if {two}:
    site.exchange_in_one = lambda one, other: False
out = Path(sys.argv[1])
for build in range(10**6):
    with site.claimed(out), site.replacing(out) as folder:
        (folder / "assets").mkdir()
        for page in range(8):
            (folder / f"page-{{page}}.html").write_text(str(build) * 2000)
            (folder / "assets" / f"{{page}}.css").write_text(str(build) * 500)
    if build == 0:
        print("ready", flush=True)
"""
HOME = str(Path(cache.PACKAGE).parent)


def state(site: Path) -> str:
    """Which build a site is of; fails if it is of none, or of two."""
    pages = {(site / f"page-{k}.html").read_text() for k in range(8)}
    styles = {(site / "assets" / f"{k}.css").read_text() for k in range(8)}
    (page,), (style,) = pages, styles
    build = page[: len(page) // 2000]
    assert page == build * 2000 and style == build * 500
    assert (site / ".chalkgrad-site").is_file()
    return build


@pytest.mark.parametrize("two", [False, True], ids=["exchange", "two renames"])
def test_killed_at_random_moments_the_site_is_whole(tmp_path: Path, two: bool):
    target, moments = tmp_path / "site", random.Random(3)
    script = WRITER.format(home=HOME, two=two)
    seen = set()
    for _ in range(25):
        writer = subprocess.Popen([sys.executable, "-S", "-c", script, str(target)], stdout=subprocess.PIPE)
        assert writer.stdout is not None and writer.stdout.readline() == b"ready\n"
        time.sleep(moments.random() * 0.03)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        if not two and target.exists():
            state(target)  # whole at any moment; with two renames, once the next command has begun
        with claimed(target):
            pass
        if target.exists():
            seen.add(state(target))
    assert seen
    with claimed(target), replacing(target) as folder:
        (folder / "index.html").write_text("the last one")
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"site"}


def prints(site: Path) -> dict[str, str]:
    return {
        path.relative_to(site).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in site.rglob("*")
        if path.is_file() and path.name != cache.NAME
    }


def test_a_whole_build_killed_leaves_old_or_new(tmp_path: Path):
    notes, target = tmp_path / "notes", tmp_path / "site"
    notes.mkdir()
    sites = []
    for version in (1, 2):
        (notes / "a.md").write_text(
            f"# A {version}\n\n```\ndef f(x):\n    return {version} * x\n\nprint(f(2))\n```\n"
        )
        (notes / "b.md").write_text("# B\n")
        build((notes,), target)
        sites.append(prints(target))
        if version == 1:
            shutil.copytree(target, tmp_path / "old")
    moments = random.Random(5)
    for _ in range(4):
        shutil.rmtree(target)
        shutil.copytree(tmp_path / "old", target)
        command = [sys.executable, "-m", "chalkgrad", "build", "-q", str(notes), "-o", str(target)]
        builder = subprocess.Popen(command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": HOME})
        time.sleep(moments.random() * 2)
        builder.kill()
        builder.wait()
        assert prints(target) in sites
    build((notes,), target)
    assert {path.name for path in tmp_path.iterdir()} == {"notes", "site", "old"}


# ----- two at once -----


def test_the_second_of_two_builds_says_so_and_changes_nothing(tmp_path: Path):
    (tmp_path / "a.md").write_text("# A\n")
    out = tmp_path / "site"
    with claimed(out):
        with pytest.raises(
            NotesError, match="is being built by another command; wait for it to end, or give"
        ):
            build((tmp_path / "a.md",), out)
        assert not out.exists()
    build((tmp_path / "a.md",), out)
    assert {path.name for path in tmp_path.iterdir()} == {"a.md", "site"}


def test_a_build_that_is_crowded_out_takes_no_claim_with_it(tmp_path: Path):
    out = tmp_path / "site"
    with claimed(out):
        for _ in range(2):
            with pytest.raises(NotesError), claimed(out):
                pass
    with claimed(out):
        pass


def test_two_commands_at_once_leave_one_whole_site(tmp_path: Path):
    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / "same.md").write_text(f"# Same {name}\n\n```\nprint('{name}')\n```\n")
    commands = [
        [sys.executable, "-m", "chalkgrad", "build", str(tmp_path / name), "-o", str(tmp_path / "site")]
        for name in "ab"
    ]
    env = os.environ | {"PYTHONPATH": HOME}
    both = [
        subprocess.Popen(c, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for c in commands
    ]
    said = [one.communicate() for one in both]
    codes = [one.returncode for one in both]
    assert sorted(codes) in ([0, 0], [0, 2])
    for code, (_, errors) in zip(codes, said, strict=True):
        assert "is being built by another command" in errors if code else errors == ""
    page = (tmp_path / "site" / "same.html").read_text()
    assert ("Same a" in page) != ("Same b" in page)
    assert json.loads((tmp_path / "site" / ".chalkgrad-site").read_text())["names"]
    assert {path.name for path in tmp_path.iterdir()} == {"a", "b", "site"}


# ----- no room -----


def test_a_full_disk_leaves_the_old_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "a.md").write_text("# Old\n")
    build((tmp_path / "a.md",), tmp_path / "site")
    before = prints(tmp_path / "site")
    (tmp_path / "a.md").write_text("# New\n")
    write = Path.write_text

    def no_room(path: Path, *args: object, **kwargs: object) -> int:
        if path.suffix == ".html":
            raise OSError(28, "No space left on device", str(path))
        return write(path, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "write_text", no_room)
    with pytest.raises(OSError, match="No space left"):
        build((tmp_path / "a.md",), tmp_path / "site")
    monkeypatch.undo()
    assert prints(tmp_path / "site") == before
    assert {path.name for path in tmp_path.iterdir()} == {"a.md", "site"}


def test_one_file_is_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    out = tmp_path / "note.html"
    write_whole(out, "old")
    with claimed(out):
        assert {path.name for path in tmp_path.iterdir()} == {".note.html.chalkgrad-lock", "note.html"}
    (tmp_path / ".note.html.chalkgrad-new-0").write_text("left by a build that was killed")
    monkeypatch.setattr(
        os, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device"))
    )
    with pytest.raises(OSError, match="No space"), claimed(out):
        write_whole(out, "new")
    assert out.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["note.html"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path):
    (tmp_path / "a.md").write_text("# A\n")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(NotesError, match="file is a file"):
        build((tmp_path / "a.md",), tmp_path / "file" / "site")
    if os.geteuid():
        (tmp_path / "locked").mkdir(mode=0o500)
        with pytest.raises(NotesError, match="cannot be written: Permission denied"):
            build((tmp_path / "a.md",), tmp_path / "locked" / "site")
    with pytest.raises((NotesError, OSError), match="File name too long"):
        build((tmp_path / "a.md",), tmp_path / ("x" * 300))


def test_a_site_among_its_notes_is_no_note(tmp_path: Path):
    (tmp_path / "a.md").write_text("# A\n")
    for name in ("site", "second"):
        assert build((tmp_path,), tmp_path / name).pages == 1
    (tmp_path / "second" / "assets" / "left.md").write_text("# not a note\n")
    assert build((tmp_path,), tmp_path / "third").pages == 1
