"""What a build takes: cold, unchanged, with one fence changed, a hundred notes, and under `--watch`."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.course import write

Row = tuple[str, float, str]  # what was done, the seconds it took, the seconds it should take
PEERS = {  # programs that also make pages of notes, each if it is there, on the same note
    "mkdocs": ["mkdocs", "build", "-q"],
    "nbconvert": ["jupyter", "nbconvert", "--to", "html", "--execute", "note.ipynb"],
    "jupyter-book": ["jupyter-book", "build", "."],
}


def rows(notes: int = 100) -> Iterator[Row]:
    """Measure; each row as soon as it is there."""
    with tempfile.TemporaryDirectory(prefix="chalkgrad-bench-") as scratch:
        folder = Path(scratch)
        write(folder / "one", 1)
        yield "one note, cold", build(folder / "one", folder / "one-site"), "< 3"
        yield "one note, unchanged", build(folder / "one", folder / "one-site"), "< 0.5"
        yield from _peers(folder)
        write(folder / "many", notes)
        yield f"{notes} notes, cold", build(folder / "many", folder / "site"), "< 60"
        yield f"{notes} notes, unchanged", build(folder / "many", folder / "site"), "< 1"
        write(folder / "many", notes, version=1)
        yield f"{notes} notes, one fence changed", build(folder / "many", folder / "site"), "< 4"
        yield (
            f"{notes} notes, one fence changed, watched",
            watched(folder / "many", folder / "site", notes),
            "< 1",
        )


def build(notes: Path, out: Path) -> float:
    """Seconds of one command, from its start to its end."""
    command = [sys.executable, "-m", "chalkgrad", "build", "-q", str(notes), "-o", str(out)]
    started = time.perf_counter()
    subprocess.run(command, check=True)
    return time.perf_counter() - started


def watched(notes: Path, out: Path, count: int) -> float:
    """Seconds from saving a note to the page that has it, the best of three."""
    command = [sys.executable, "-u", "-m", "chalkgrad", "build", str(notes), "-o", str(out), "--watch"]
    watch = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert watch.stdout is not None
    try:
        _until(watch, "page")
        times = []
        for version in (2, 3, 4):
            time.sleep(2.0)  # the process that runs notes gets warm
            started = time.perf_counter()
            write(notes, count, version)
            _until(watch, "page")
            times.append(time.perf_counter() - started)
        return min(times)
    finally:
        watch.terminate()
        watch.wait()


def _until(watch: subprocess.Popen, word: str) -> None:
    assert watch.stdout is not None
    for line in watch.stdout:
        if f" {word}" in line:
            return


def _peers(folder: Path) -> Iterator[Row]:
    """The same note, where another program is installed."""
    for name, command in PEERS.items():
        if shutil.which(command[0]) is None:
            continue
        place = folder / name
        (place / "docs").mkdir(parents=True)
        text = next((folder / "one").rglob("*.md")).read_text("utf-8")
        (place / "docs" / "index.md").write_text(text)
        (place / "mkdocs.yml").write_text("site_name: notes\n")
        _as_notebook(text, place / "note.ipynb")
        started = time.perf_counter()
        done = subprocess.run(command, cwd=place, capture_output=True)
        if done.returncode == 0:
            yield f"the same with {name}", time.perf_counter() - started, ""


def _as_notebook(text: str, path: Path) -> None:
    import nbformat

    book = nbformat.v4.new_notebook()
    for number, part in enumerate(text.split("```")):
        code = number % 2 == 1
        make = nbformat.v4.new_code_cell if code else nbformat.v4.new_markdown_cell
        book.cells.append(make(part.removeprefix("python\n") if code else part))
    nbformat.write(book, path)
