"""Notes for GitHub: nothing of the note's own changes, and running it twice changes nothing."""

import os
import re
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from chalkgrad.cli import commands
from chalkgrad.errors import NotesError
from chalkgrad.notes.build import BOOK, build
from chalkgrad.notes.built import UncleanError
from chalkgrad.notes.check.github_math import github_math
from chalkgrad.notes.check.run import check
from chalkgrad.notes.github.blocks import blocks, lines_of, with_blocks, without
from chalkgrad.notes.github.build import build_github, build_in_place
from chalkgrad.notes.github.figures import figures
from chalkgrad.notes.github.outlines import outlined
from chalkgrad.notes.read import parse, read

REAL = Path(os.environ.get("CHALKGRAD_DATA", "no data")).parent / "notes" / "deep-learning.md"
SIGMOID = b"import numpy as np\n\ndef sigmoid(x):\n    return 1 / (1 + np.exp(-x))\n"
SQUARE = b"def square(x):\n    return x ** 2\n"
NOTE = b"# A note\n\nWords, $x^2$.\n\n```python\n" + SIGMOID + b"```\n\nMore words.\n"
LIST = b"1. First:\n\n   ```python\n   def square(x):\n       return x ** 2\n   ```\n2. Second\n   - deep\n\n"
QUOTE = b"> Said:\n>\n> ```python\n> def square(x):\n>     return x ** 2\n> ```\n> and on.\n"
EXAMPLE = b"~~~\n<!-- chalkgrad: begin figures 00000000 -->\n<!-- chalkgrad: end figures -->\n~~~\n"

# fmt: off
ODD = {
    "plain":          NOTE,
    "crlf":           NOTE.replace(b"\n", b"\r\n"),
    "old mac":        NOTE.replace(b"\n", b"\r"),
    "mixed ends":     NOTE.replace(b"\n", b"\r\n", 5),
    "bom":            b"\xef\xbb\xbf" + NOTE,
    "no end":         b"words\n```python\n" + SQUARE + b"```",
    "no end, crlf":   b"words\r\n```python\r\n" + SQUARE.replace(b"\n", b"\r\n") + b"```",
    "list":           LIST,
    "bullets":        b"- a\n- ```python\n  def f(x):\n      return x * 3\n  ```\n- b\n",
    "quote":          QUOTE,
    "quoted list":    b"> - ```python\n>   def f(x):\n>       return x * 3\n>   ```\n> - b\n",
    "tabs":           b"-\tone\n\n\t```python\n\tdef f(x):\n\t    return x * 3\n\t```\n\n-\ttwo\n",
    "tildes":         b"~~~~python\n" + SQUARE + b"~~~~\ntext at once\n",
    "one after one":  b"```python\n" + SQUARE + b"```\n```python\n" + SIGMOID + b"```\n",
    "untagged":       b"```\n" + SQUARE + b"```\n",
    "latin-1":        b"caf\xe9\n\n```python\n" + SQUARE + b"```\n\xff\n",
    "several":        b"```python\n" + SIGMOID + SQUARE + b"both = [square, sigmoid]\n```\n",
    "twice":          b"```python\n" + SQUARE + b"```\n\n```python\n" + SQUARE.replace(b"2", b"4") + b"```\n",
    "example":        EXAMPLE + b"\n```python\n" + SQUARE + b"```\n",
    "answer":         b"<!-- chalkgrad: answer -->\n```python\n" + SQUARE + b"```\n<!-- chalkgrad: end -->\n",
    "trailing space": b"```python   \n" + SQUARE + b"```   \n   \n\n\n",
    "heading next":   b"```python\n" + SQUARE + b"```\n===\n---\n",
    "table next":     b"```python\n" + SQUARE + b"```\n| a | b |\n|---|---|\n| 1 | 2 |\n",
}
NOTHING = {
    "empty":      b"",
    "no code":    b"# Words\n\nonly words",
    "never shut": b"```python\n" + SQUARE,
    "in a list":  b"- ```python\n  def f(x):\n      return 3 * x\n\nout of it\n",
    "broken":     b"```python\ndef f(x) return x\n```\n",
}
# fmt: on


def tree(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def stripped(data):
    fences = [range(f.line, f.line + f.text.count("\n")) for f in parse(data.decode("latin-1")).fences]
    return without(data, blocks(data, "note", fences))


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """All odd notes, and the real one, copied with figures."""
    folder = tmp_path_factory.mktemp("notes")
    for name, data in {**ODD, **NOTHING}.items():
        (folder / f"{name}.md").write_bytes(data)
    if REAL.exists():
        shutil.copyfile(REAL, folder / "deep learning.md")
    out = folder.parent / "out"
    result = build_github([folder], out)
    return folder, out, result


# ----- the note's own text -----


@pytest.mark.parametrize("name", ODD)
def test_a_block_stands_behind_the_fence_and_the_rest_is_untouched(built, name):
    data = (built[1] / f"{name}.md").read_bytes()
    found = blocks(data, name, [range(2, 4)] if name == "example" else ())
    assert len(found) == (2 if name == "one after one" else 1)
    assert without(data, found) == ODD[name]
    first = lines_of(data)[found[0].first - 2].strip(b"> \t\r\n")
    assert first in (b"```", b"~~~~")


@pytest.mark.parametrize("name", NOTHING)
def test_a_note_without_figures_is_copied_as_it_is(built, name):
    assert (built[1] / f"{name}.md").read_bytes() == NOTHING[name]


def test_it_says_why_there_are_no_figures(built):
    messages = "\n".join(built[2].messages)
    assert "never shut.md:2: this fence is never closed: no figures here" in messages
    assert "in a list.md:2: this fence is never closed" in messages


@pytest.mark.parametrize("name", ODD)
def test_what_is_read_is_what_was_read(built, name):
    """Figures open no fence, end no list and bind no formula."""
    before, after = (read(folder / f"{name}.md") for folder in built[:2])
    assert [(f.info, f.text, f.indent) for f in before.fences] == [
        (f.info, f.text, f.indent) for f in after.fences
    ]
    assert [f.tex for f in before.formulas] == [f.tex for f in after.formulas]
    assert "figures" not in after.text.replace("begin figures 0", "").replace("end figures", "")


def test_line_ends_are_the_notes_own(built):
    crlf = (built[1] / "crlf.md").read_bytes()
    assert crlf.count(b"\n") == crlf.count(b"\r\n") and b"begin figures" in crlf
    assert b"\n" not in (built[1] / "old mac.md").read_bytes()
    assert not (built[1] / "no end.md").read_bytes().endswith(b"\n")


def test_in_a_list_and_in_a_quote_every_line_is_inside(built):
    for name, prefix in (("list", b"   "), ("quote", b">"), ("quoted list", b">")):
        data = (built[1] / f"{name}.md").read_bytes()
        (block,) = blocks(data, name)
        lines = lines_of(data)[block.first - 1 : block.last]
        assert all(line.startswith(prefix) or not line.strip() for line in lines), name


def test_a_site_and_a_check_leave_out_what_is_ours(built):
    """What stands between the markers is neither shown a second time nor checked."""
    checked = check([built[0] / "several.md", built[1] / "several.md"])
    assert [len(r.formulas) for r in checked] == [0, 0] and not checked[1].findings
    page = built[1].parent / "page.html"
    build([built[1] / "several.md"], page)
    assert "figures/several" not in page.read_text() and "sigmoid-plot" not in page.read_text()


# ----- twice -----


def test_a_second_build_changes_nothing(built):
    folder, out, _ = built
    before = tree(out)
    build_github([folder], out)
    assert tree(out) == before


def test_in_place_twice_and_again_from_what_it_wrote(built, tmp_path):
    folder, out, _ = built
    for name in ODD:
        shutil.copyfile(folder / f"{name}.md", tmp_path / f"{name}.md")
    first = build_in_place([tmp_path])
    assert first.unread == 0 and first.unchanged == 0
    once = tree(tmp_path)
    assert all(once[f"{name}.md"] == (out / f"{name}.md").read_bytes() for name in ODD)
    second = build_in_place([tmp_path])
    assert second.unchanged == len(ODD) and tree(tmp_path) == once
    build_github([tmp_path / "list.md"], tmp_path.parent / "copy")
    assert (tmp_path.parent / "copy" / "list.md").read_bytes() == once["list.md"]


def test_the_book(tmp_path):
    chapters = list(BOOK.glob("04-*.md"))
    for chapter in chapters:
        shutil.copyfile(chapter, tmp_path / chapter.name)
    assert build_in_place([tmp_path]).errors == 0
    once = tree(tmp_path)
    assert build_in_place([tmp_path]).unchanged == 1 and tree(tmp_path) == once
    assert all(stripped(once[c.name]) == c.read_bytes() for c in chapters)


@pytest.mark.skipif(not REAL.exists(), reason="the notes as found are not here")
def test_the_notes_as_found(built):
    data = (built[1] / "deep learning.md").read_bytes()
    assert stripped(data) == REAL.read_bytes()
    assert data.count(b"<picture>") == 18
    assert b'src="figures/deep%20learning/sigmoid-plot-light.svg"' in data


# ----- what a person wrote -----


def noted(tmp_path, data=NOTE):
    path = tmp_path / "note.md"
    path.write_bytes(data)
    return path


def test_an_edited_block_is_never_replaced(tmp_path):
    path = noted(tmp_path)
    build_in_place([path])
    edited = path.read_bytes().replace(b"```math\n", b"My own words.\n\n```math\n", 1)
    path.write_bytes(edited)
    result = build_in_place([path])
    assert result.unread == 1 and path.read_bytes() == edited
    assert "note.md:11: what stands between these markers was edited by hand" in result.messages[0]
    copied = build_github([path], tmp_path / "out")
    assert copied.unread == 1 and (tmp_path / "out" / "note.md").read_bytes() == edited


def test_text_around_the_markers_is_free(tmp_path):
    path = noted(tmp_path)
    build_in_place([path])
    longer = b"New.\n\n" + path.read_bytes() + b"\nAnd at the end.\n"
    path.write_bytes(longer)
    build_in_place([path])
    assert path.read_bytes() == longer


def test_a_fence_that_changes_gets_new_figures_and_old_ones_go(tmp_path):
    path = noted(tmp_path)
    build_in_place([path])
    (tmp_path / "figures" / "note" / "mine.svg").write_text("<svg/>")
    path.write_bytes(path.read_bytes().replace(b"def sigmoid", b"def logistic"))
    build_in_place([path])
    data, files = path.read_bytes(), {p.name for p in (tmp_path / "figures" / "note").iterdir()}
    assert stripped(data) == NOTE.replace(b"def sigmoid", b"def logistic")
    assert "mine.svg" in files and {f.split("-")[0] for f in files} == {"logistic", "mine.svg"}


# fmt: off
DAMAGED = {
    "no end":      (b"<!-- chalkgrad: begin figures 12345678 -->\n", "no <!-- chalkgrad: end figures -->"),
    "no begin":    (b"<!-- chalkgrad: end figures -->\n", "no <!-- chalkgrad: begin figures"),
    "digest gone": (b"<!-- chalkgrad: begin figures -->\n<!-- chalkgrad: end figures -->\n", "is damaged"),
    "nested":      (b"<!-- chalkgrad: begin figures 12345678 -->\n" * 2, "begins inside the block"),
    "in words":    (b"<!-- chalkgrad: begin figures 12345678 --> hello\n", "is damaged"),
}
# fmt: on


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_marker_is_an_error_with_its_line(tmp_path, name):
    marker, why = DAMAGED[name]
    path = noted(tmp_path, NOTE + marker)
    result = build_in_place([path])
    assert result.unread == 1 and path.read_bytes() == NOTE + marker
    line = 14 if name == "nested" else 13
    assert result.messages[0].startswith(f"note.md:{line}: ") and why in result.messages[0]


def test_a_note_that_changes_meanwhile_keeps_the_change(tmp_path):
    path = noted(tmp_path)
    changed = NOTE + b"typed while it ran\n"
    result = build_in_place([path], progress=lambda what, done, total: done and path.write_bytes(changed))
    assert path.read_bytes() == changed and "changed while it ran" in result.messages[-1]


def test_a_picture_of_somebody_elses_is_in_the_way(tmp_path):
    path = noted(tmp_path)
    own = tmp_path / "figures" / "note" / "sigmoid-plot-dark.svg"
    own.parent.mkdir(parents=True)
    own.write_text("<svg>drawn by hand</svg>")
    result = build_in_place([path])
    assert result.unread == 1 and path.read_bytes() == NOTE and "drawn by hand" in own.read_text()


def test_an_edited_copy_stops_the_build_and_a_new_file_is_kept(tmp_path):
    path, out = noted(tmp_path), tmp_path / "out"
    build_github([path], out)
    (out / "figures" / "own.txt").write_text("mine")
    build_github([path], out)
    assert (out / "figures" / "own.txt").read_text() == "mine"
    (out / "note.md").write_bytes((out / "note.md").read_bytes() + b"edited here\n")
    with pytest.raises(NotesError, match=r"note\.md was edited after it was made"):
        build_github([path], out)
    assert (out / "note.md").read_bytes().endswith(b"edited here\n")


def test_nobody_elses_folder(tmp_path):
    path, out = noted(tmp_path), tmp_path / "out"
    out.mkdir()
    (out / "thesis.tex").write_text("mine")
    with pytest.raises(NotesError, match="not made by chalkgrad"):
        build_github([path], out)
    assert [p.name for p in out.iterdir()] == ["thesis.tex"]


# ----- links, other kinds -----


def test_pictures_that_a_note_links_to_come_along(tmp_path):
    notes = tmp_path / "notes"
    (notes / "a" / "img").mkdir(parents=True)
    (notes / "shared").mkdir()
    for place in ("a/img/one two.png", "shared/two.png", "a/three.svg"):
        (notes / place).write_bytes(place.encode())
    (tmp_path / "secret.png").write_bytes(b"not of the notes")
    text = (
        "![one](img/one%20two.png)\n![two](../shared/two.png)\n<img src='three.svg'>\n"
        "![away](../../secret.png) ![gone](gone.png) ![net](https://example.org/x.png)\n"
    )
    (notes / "a" / "note.md").write_text(text)
    build_github([notes], tmp_path / "out")
    names = {name for name in tree(tmp_path / "out") if not name.startswith(".")}
    assert names == {"a/note.md", "a/img/one two.png", "a/three.svg", "shared/two.png"}
    assert (tmp_path / "out" / "a" / "note.md").read_text() == text


def test_notebooks_modules_and_utf16_are_left_as_they_are_with_the_reason(tmp_path):
    (tmp_path / "m.py").write_bytes(SQUARE)
    (tmp_path / "n.ipynb").write_text('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}')
    (tmp_path / "wide.md").write_bytes(NOTE.decode().encode("utf-16"))
    before = tree(tmp_path)
    result = build_in_place([tmp_path, tmp_path / "m.py"])
    assert tree(tmp_path) == before and result.unread == 1
    told = "\n".join(result.messages)
    assert "a module is code" in told and "GitHub shows the outputs that a notebook holds" in told
    assert "wide.md: it is in UTF-16" in told
    build_github([tmp_path, tmp_path / "m.py"], tmp_path.parent / "out2")
    copies = tree(tmp_path.parent / "out2")
    assert all(copies[name] == data for name, data in before.items())


def test_authors_comments_are_heard(tmp_path):
    path = noted(tmp_path, b"<!-- chalkgrad: show sigmoid views plot -->\n" + NOTE)
    build_in_place([path])
    data = path.read_text()
    assert data.count("<picture>") == 1 and "```math" not in data and "sigmoid-plot" in data


# ----- strict, and the command -----


def test_strict_writes_nothing(tmp_path):
    path = noted(tmp_path, NOTE + b"\n```python\nprint(undefined_name)\n```\n")
    before = path.read_bytes()
    with pytest.raises(UncleanError):
        build_in_place([path], strict=True)
    with pytest.raises(UncleanError):
        build_github([path], tmp_path / "out", strict=True)
    assert path.read_bytes() == before and sorted(p.name for p in tmp_path.iterdir()) == ["note.md"]


def test_the_command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    noted(tmp_path)
    run = CliRunner().invoke
    made = run(commands, ["build", "note.md", "--to", "github"], standalone_mode=False)
    assert re.search(r"1 note, 1 function, 2 figures in .* s: github\n", made.output)
    assert (tmp_path / "github" / "figures" / "note" / "sigmoid-factory-dark.svg").exists()
    run(commands, ["build", "note.md", "--to", "github", "--in-place"], standalone_mode=False)
    assert (tmp_path / "note.md").read_bytes() == (tmp_path / "github" / "note.md").read_bytes()
    for wrong in (["--in-place"], ["--to", "github", "--in-place", "-o", "x"], ["--to", "github", "--watch"]):
        assert run(commands, ["build", "note.md", *wrong]).exit_code == 2
    assert run(commands, ["build", "note.md", "-o", "github"]).exit_code == 2


# ----- pictures and formulas -----


def pictures(out):
    return sorted((out / "figures").rglob("*.svg"))


def test_pictures_stand_alone(built):
    for path in pictures(built[1]):
        text = path.read_text("utf-8")
        root = ET.fromstring(text)
        assert root.get("viewBox") and root.get("width") and root.get("height"), path
        tags = {e.tag.rpartition("}")[2] for e in root.iter()}
        assert not tags & {"text", "script", "image", "foreignObject", "a", "use"}, path
        assert "var(" not in text and "data-" not in text and "@" not in text, path
        links = re.findall(r"url\(([^)]*)\)|(?:href|src)\s*=\s*\"([^\"]*)\"", text)
        assert all((a or b).startswith("#") for a, b in links), path


def test_light_and_dark_differ_in_colours_only(built):
    for path in pictures(built[1]):
        if path.name.endswith("-light.svg"):
            light, dark = (p.read_text("utf-8") for p in (path, Path(str(path).replace("-light", "-dark"))))
            assert light != dark
            assert re.sub("#[0-9A-F]{6}", "#", light) == re.sub("#[0-9A-F]{6}", "#", dark)


def test_every_picture_is_there_and_described(built):
    for note in built[1].glob("*.md"):
        data = note.read_text("utf-8", errors="replace")
        tags = re.findall(r'<img src="(figures/[^"]+)" alt="([^"]*)">', data)
        for src, alt in tags:
            assert (built[1] / src.replace("%20", " ").replace("%2C", ",")).is_file()
            assert alt.startswith(("Plot of ", "Factory of ")) and 20 < len(alt) <= 800
        assert data.count("<picture>") == len(tags)


def test_github_renders_every_formula_of_ours(built):
    seen = 0
    for path in built[1].glob("*.md"):
        ours = re.findall(r"^[> \t]*```math\r?\n(.*?)^[> \t]*```", path.read_text("latin-1"), re.M | re.S)
        for tex in ours:
            seen += 1
            assert not list(github_math(parse(f"```math\n{tex}\n```\n"))), tex
    assert seen > 30


def test_what_cannot_be_drawn_is_said():
    data = {"name": "f", "failed": {"factory": "too large"}, "plot": {"nonsense": 1}, "formulas": []}
    made = figures("f", data)
    assert not made.pictures and len(made.failed) == 2 and "no factory of f: too large" in made.failed


def test_outlines_of_letters_are_the_letters():
    """The prime, Greek and code type have outlines; a wider text has a wider outline."""
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg"><title>t</title><g class="m"><text class="i" x="0" y="20" '
        'font-size="20">{}</text></g></svg>'
    )
    paths = [re.search(r' d="([^"]+)"', outlined(svg.format(t), ""))[1] for t in ("x", "xx", "σ", "′", "é")]
    assert len(set(paths)) == 5 and len(paths[1]) > len(paths[0])
    assert "<text" in outlined(svg.format("数"), "")  # no font of ours has it: the reader's have


TEXT = st.text(st.sampled_from("ab `~>-#\t\r\n$é<!"), max_size=60)


@settings(max_examples=150, deadline=None)
@given(TEXT, st.lists(TEXT, max_size=3), st.sampled_from(["", "\ufeff"]))
def test_any_text_comes_back_byte_for_byte(text, content, mark):
    data = (mark + text).encode()
    behind = [number for number, line in enumerate(lines_of(data), 1) if line.strip()]  # as fences close
    plain = [line.replace("\r", " ").replace("\n", " ") for line in content]
    put = with_blocks(data, {number: ["", *plain] for number in behind})
    found = blocks(put, "note")
    assert len(found) == len(behind) and not any(b.edited for b in found)
    assert without(put, found) == data


def test_blocks_go_in_and_out_wherever_they_stand():
    data = b"a\r\n```\r\nx\r\n```"
    put = with_blocks(data, {4: ["", "one", ""], 1: ["two"]})
    found = blocks(put, "note")
    assert len(found) == 2 and not any(b.edited for b in found) and without(put, found) == data
