"""Only what has changed is made anew, whatever it was that changed; everything else is left as it was."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalkgrad.notes.build import build
from chalkgrad.notes.built import Built
from chalkgrad.notes.cache import NAME, load
from chalkgrad.notes.execute import Executor
from chalkgrad.notes.limits import Limits
from chalkgrad.notes.note import Note

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
NOTES = {
    "plain.md": "# Plain\n\n```\ndef f(x):\n    return 2 * x\n```\n",
    "picture.md": "# Picture\n\n![a](a.png) ![b](not-there.png)\n",
    "data.md": "# Data\n\n```\nprint(open('data.txt').read())\nprint(np.load('a.npy'))\n```\n",
    "module.md": "# Module\n\n```\nfrom helper import value\nprint(value)\n```\n",
    "missing.md": "# Missing\n\n```\ntry:\n    import later\nexcept ImportError:\n    pass\n```\n",
    "links.md": "# Links\n\n[plain](plain.md), [new](new.md)\n",
    "writes.md": "# Writes\n\n```\nopen('made', 'a').write('x')\nprint(open('made').read()[:1])\n```\n",
}


class Counting(Executor):
    """Remembers the names of the notes that it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.ran: set[str] = set()

    def add(self, note: Note, *args: Any, **kwargs: Any) -> None:
        self.ran.add(note.name.removesuffix(".md"))
        super().add(note, *args, **kwargs)


@pytest.fixture(scope="module")
def executor() -> Iterator[Counting]:
    with Counting() as executor:
        yield executor


@pytest.fixture(scope="module")
def built_once(tmp_path_factory: pytest.TempPathFactory, executor: Counting) -> Path:
    folder = tmp_path_factory.mktemp("incremental")
    notes = folder / "notes"
    notes.mkdir()
    for name, text in NOTES.items():
        (notes / name).write_text(text)
    (notes / "a.png").write_bytes(PNG)
    (notes / "data.txt").write_text("one")
    (notes / "helper.py").write_text("from deeper import value\n")
    (notes / "deeper.py").write_text("value = 1\n")
    with (notes / "a.npy").open("wb") as file:
        import numpy as np

        np.save(file, np.arange(3))
    build((notes,), folder / "site", executor=executor)
    return folder


@pytest.fixture
def folder(built_once: Path, tmp_path: Path) -> Path:
    shutil.copytree(built_once, tmp_path / "f")
    return tmp_path / "f"


def again(folder: Path, executor: Counting, **options: Any) -> tuple[Built, set[str]]:
    """Build once more; what was built, and the notes that were run."""
    executor.ran.clear()
    built = build((folder / "notes",), folder / "site", executor=executor, **options)
    return built, set(executor.ran)


def test_nothing_is_made_where_nothing_has_changed(folder: Path, executor: Counting):
    inode = (folder / "site").stat().st_ino
    built, made = again(folder, executor)
    assert (built.unchanged, made) == (len(NOTES), set())
    assert (folder / "site").stat().st_ino == inode
    assert built.fences == 5


@pytest.mark.parametrize(
    ("file", "content", "made"),
    [
        ("plain.md", "# Plain\n\n```\ndef f(x):\n    return 3 * x\n```\n", {"plain"}),
        ("a.png", PNG + b"1", {"picture"}),
        ("not-there.png", PNG, {"picture"}),
        ("data.txt", "two", {"data"}),
        ("a.npy", "no array", {"data"}),
        ("helper.py", "value = 5\n", {"module"}),
        ("deeper.py", "value = 7\n", {"module"}),
        ("later.py", "print('now')\n", {"missing"}),
        ("new.md", "# New\n", {"new", "links"}),
        ("plain.md", None, {"links"}),
        ("deeper.py", None, {"module"}),
        ("other.txt", "nobody reads this", set()),
    ],
)
def test_what_has_changed_is_made_anew(
    folder: Path, executor: Counting, file: str, content: str | bytes | None, made: set[str]
):
    path = folder / "notes" / file
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    built, found = again(folder, executor)
    assert found == made
    assert built.unchanged == built.pages - len(made)
    assert (folder / "site" / "plain.html").exists() == ((file, content) != ("plain.md", None))


def test_a_renamed_note_moves(folder: Path, executor: Counting):
    (folder / "notes" / "plain.md").rename(folder / "notes" / "simple.md")
    built, made = again(folder, executor)
    assert made == {"simple", "links"}
    assert not (folder / "site" / "plain.html").exists()
    assert 'href="simple.html"' in (folder / "site" / "index.html").read_text()
    assert built.pages == len(NOTES)


def test_other_limits_make_everything_anew(folder: Path, executor: Counting):
    _, made = again(folder, executor, limits=Limits(seconds=29.0))
    assert made == {name.removesuffix(".md") for name in NOTES}


@pytest.mark.parametrize(
    "damage", ["", "{", "[]", '{"version": 1}', '{"version": 1, "pages": 3, "files": []}', None]
)
def test_a_damaged_memory_is_ignored(folder: Path, executor: Counting, damage: str | None):
    memory = folder / "site" / NAME
    memory.unlink()
    if damage is not None:
        memory.write_text(damage)
    built, _ = again(folder, executor)
    assert built.unchanged == 0
    assert again(folder, executor)[0].unchanged == len(NOTES)


@pytest.mark.parametrize("file", ["plain.html", "index.html", "assets/chalkgrad.css"])
def test_what_was_changed_in_the_site_is_made_good(folder: Path, executor: Counting, file: str):
    before = (folder / "site" / file).read_bytes()
    (folder / "site" / file).write_text("spoilt")
    again(folder, executor)
    assert (folder / "site" / file).read_bytes() == before
    (folder / "site" / file).unlink()
    again(folder, executor)
    assert (folder / "site" / file).read_bytes() == before


def test_a_site_that_was_copied_needs_no_new_pages(folder: Path, executor: Counting):
    for file in (folder / "site").rglob("*"):
        os.utime(file)
    assert again(folder, executor)[0].unchanged == len(NOTES)


def test_notes_that_were_stopped_are_tried_again_but_not_while_watched(tmp_path: Path, executor: Counting):
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "ends.md").write_text("```\nimport os\nos._exit(3)\n```\n")
    build((tmp_path / "notes",), tmp_path / "site", executor=executor)
    assert again(tmp_path, executor)[0].unchanged == 0
    assert again(tmp_path, executor, stopped_too=True)[0].unchanged == 1


def test_the_site_tells_nothing_of_where_it_was_built(folder: Path):
    assert str(folder.parent) not in (folder / "site" / NAME).read_text()
    assert "a.png" in load(folder / "site").pages["picture.md"].touched


def test_notes_of_the_same_name_keep_apart(tmp_path: Path, executor: Counting):
    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / "note.md").write_text(f"# Note {name}\n")
    for unchanged in (0, 2):
        built = build((tmp_path / "a", tmp_path / "b"), tmp_path / "site", executor=executor)
        assert (built.pages, built.unchanged) == (2, unchanged)
    assert "Note a" in (tmp_path / "site" / "a-note.html").read_text()
    assert "Note b" in (tmp_path / "site" / "b-note.html").read_text()


def test_nothing_heavy_is_loaded_for_an_unchanged_site(folder: Path):
    code = (
        "import sys\nfrom pathlib import Path\nfrom chalkgrad.notes.build import build\n"
        "built = build((Path('notes'),), Path('site'))\n"
        "heavy = {'matplotlib', 'scipy', 'py_mini_racer', 'markdown_it', 'rich', 'pygments', 'asyncio'}\n"
        "print(built.unchanged, sorted(heavy & set(sys.modules)))"
    )
    for _ in range(2):  # both in new processes: they see the same chalkgrad
        done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    assert done.stdout == "7 []\n"
