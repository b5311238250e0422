"""Checking notes: every planted defect is found at its place, and nothing is found in clean notes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chalkgrad.errors import NotesError
from chalkgrad.notes.check.data import as_github, as_json
from chalkgrad.notes.check.finding import Report
from chalkgrad.notes.check.run import check
from chalkgrad.notes.execute import Executor
from chalkgrad.notes.limits import Limits
from check_notes import CLEAN, IGNORED, PLANTED


def checked(folder: Path, notes: dict[str, str]) -> dict[str, Report]:
    for name, text in notes.items():
        (folder / f"{name}.md").write_bytes(text.encode())
    (folder / "here.png").write_bytes(b"a picture")
    with Executor(Limits(seconds=20.0)) as executor:
        return {Path(report.path).stem: report for report in check([folder], executor)}


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    return checked(tmp_path_factory.mktemp("planted"), {name: row[0] for name, row in PLANTED.items()})


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    return checked(tmp_path_factory.mktemp("clean"), CLEAN)


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_defect_is_found_once_at_its_place(planted: dict[str, Report], name: str):
    _, code, line, column, words = PLANTED[name]
    (found,) = planted[name].findings
    assert (found.code, found.spot.line, found.spot.column) == (code, line, column)
    assert words in found.message


@pytest.mark.parametrize("name", CLEAN)
def test_nothing_is_found_in_clean_notes(clean: dict[str, Report], name: str):
    assert clean[name].findings == ()


# ----- what authors want left out -----


def test_comments_leave_out_what_they_name(tmp_path: Path):
    reports = checked(tmp_path, IGNORED)
    assert {name: report.findings for name, report in reports.items()} == dict.fromkeys(IGNORED, ())


def test_a_comment_reaches_no_further_than_its_block(tmp_path: Path):
    fence = "```\ndef f(a):\n    return x\n```\n\n"
    reports = checked(tmp_path, {"note": "words\n\n<!-- chalkgrad: ignore CG102 -->\n" + fence + fence})
    assert [(f.code, f.spot.line) for f in reports["note"].findings] == [("CG102", 11)]


def test_options_and_configuration(tmp_path: Path):
    note = tmp_path / "notes" / "note.md"
    note.parent.mkdir()
    note.write_text("```\ny = np.exp(gone)\n```\n\n![a](gone.png)\n")

    def codes(**options: list[str]) -> list[str]:
        return [f.code for report in check([note], **options) for f in report.findings]

    assert codes() == ["CG105", "CG102", "CG401"]
    assert codes(select=["CG1"]) == ["CG105", "CG102"]
    assert codes(ignore=["CG105,CG4"]) == ["CG102"]
    with pytest.raises(NotesError, match="--select: there is no rule CG9"):
        codes(select=["CG9"])


@pytest.mark.parametrize(
    ("config", "expected"), [('ignore = ["CG105"]', ["CG102"]), ('select = ["CG105"]', ["CG105"])]
)
def test_configuration_above_the_notes(tmp_path: Path, config: str, expected: list[str]):
    (tmp_path / "pyproject.toml").write_text(f"[tool.chalkgrad]\n{config}\n")
    (tmp_path / "deep").mkdir()
    note = tmp_path / "deep" / "note.md"
    note.write_text("```\ny = np.exp(gone)\n```\n")
    assert [f.code for report in check([note]) for f in report.findings] == expected


def test_a_wrong_configuration_is_named(tmp_path: Path):
    (tmp_path / "pyproject.toml").write_text('[tool.chalkgrad]\nignore = "CG105"\n')
    (tmp_path / "note.md").write_text("words\n")
    with pytest.raises(NotesError, match=r'write ignore = \["CG105"\]'):
        check([tmp_path])


# ----- formats -----


def test_json_is_what_the_design_says(planted: dict[str, Report]):
    (file,) = json.loads(as_json([planted["wrong-parameter"]]))["files"]
    assert sorted(file) == ["findings", "formulas", "path"]
    (found,) = file["findings"]
    message = "x is never defined; the parameter is called a"
    assert found == {
        "code": "CG102", "severity": "error", "line": 3, "column": 12,
        "message": message, "function": "f", "evidence": None,
    }  # fmt: skip


def test_github_annotations_are_escaped(planted: dict[str, Report]):
    report = planted["raises-inside"]
    moved = Report("a,b:c.md", report.lines, report.findings)
    (line,) = as_github([moved])
    assert line.startswith("::error file=a%2Cb%3Ac.md,line=3,col=12,title=CG103::f: ZeroDivisionError")


def test_nothing_runs_without_an_executor(tmp_path: Path):
    (tmp_path / "note.md").write_text("```\nopen('written', 'w').write('x')\n1 / 0\n```\n")
    (report,) = check([tmp_path])
    assert report.findings == ()
    assert not (tmp_path / "written").exists()
