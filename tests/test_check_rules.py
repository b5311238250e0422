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
from check_formulas import AGREE, CODE, DISAGREE, UNDECIDED
from check_notes import CLEAN, IGNORED, PLANTED


def checked(folder: Path, notes: dict[str, str], ignore: tuple[str, ...] = ()) -> dict[str, Report]:
    for name, text in notes.items():
        (folder / f"{name}.md").write_bytes(text.encode())
    (folder / "here.png").write_bytes(b"a picture")
    with Executor(Limits(seconds=20.0)) as executor:
        return {Path(report.path).stem: report for report in check([folder], executor, ignore=ignore)}


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


# ----- formulas against code -----


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    texts = {f"d-{name}": row[0] for name, row in DISAGREE.items()}
    texts |= {f"a-{name}": row[0] for name, row in AGREE.items()}
    texts |= {f"u-{name}": text for name, text in UNDECIDED.items()}
    notes = {name: f"# Title\n\n{text}\n{CODE}" for name, text in texts.items()}
    return checked(tmp_path_factory.mktemp("compared"), notes, ("CG203",))


@pytest.mark.parametrize("name", DISAGREE)
def test_a_wrong_formula_is_found_with_a_point_and_both_values(compared: dict[str, Report], name: str):
    (found,) = compared[f"d-{name}"].findings
    assert (found.code, found.function) == ("CG201", DISAGREE[name][1])
    (status,) = (s for s in compared[f"d-{name}"].formulas if s.status == "disagrees")
    line = compared[f"d-{name}"].lines[found.spot.line - 1]
    assert line[found.spot.column - 1 : found.spot.end_column - 1].strip("$") == status.latex
    assert found.evidence is not None
    assert found.evidence.formula != found.evidence.code


@pytest.mark.parametrize("name", AGREE)
def test_a_right_formula_agrees(compared: dict[str, Report], name: str):
    report = compared[f"a-{name}"]
    assert report.findings == ()
    assert [(s.status, s.function) for s in report.formulas] == [("agrees", AGREE[name][1])]


@pytest.mark.parametrize("name", UNDECIDED)
def test_in_doubt_nothing_is_claimed_and_the_reason_is_given(compared: dict[str, Report], name: str):
    report = compared[f"u-{name}"]
    assert [f for f in report.findings if f.severity != "note"] == []
    assert all(s.status == "not checked" and s.why for s in report.formulas)
    assert report.formulas


def test_what_cannot_be_read_is_a_note(compared: dict[str, Report]):
    (found,) = compared["u-unreadable"].findings
    assert (found.code, found.severity) == ("CG202", "note")


def test_a_letter_names_a_function_only_where_it_is_the_only_one(tmp_path: Path):
    code = "```\ndef f(x):\n    return x ** 3\n```\n"
    notes = {
        "one": f"## A\n\n$f(x) = x^2$\n\n{code}",
        "two": f"## A\n\n$f(x) = x^2$ and $f(x) = x^3$\n\n{code}",
        "elsewhere": f"## A\n\n$f(x) = x^2$\n\n## B\n\n{code}",
        "itself": f"## A\n\n$y = f(x)$\n\n{code}",
    }
    reports = checked(tmp_path, notes)
    assert [f.code for f in reports["one"].findings] == ["CG201"]
    assert [s.status for s in reports["two"].formulas] == ["not checked", "agrees"]
    assert [s.status for s in reports["elsewhere"].formulas] == ["not checked"]
    assert [s.status for s in reports["itself"].formulas] == ["not checked"]


def test_by_order_only_where_a_sibling_agrees(tmp_path: Path):
    functions = "```\ndef cube(x):\n    return x ** 3\n\ndef half(x):\n    return x / 2\n```\n"
    notes = {
        "sibling": f"## A\n\n$f_1(x) = x^3$\n$f_2(x) = x / 3$\n\n{functions}",
        "none": f"## A\n\n$f_1(x) = x^4$\n$f_2(x) = x / 3$\n\n{functions}",
        "count": f"## A\n\n$f_1(x) = x^3$\n$f_2(x) = x / 3$\n$f_3(x) = x$\n\n{functions}",
        "elsewhere": f"## A\n\n$f_1(x) = x^3$\n$f_2(x) = x / 3$\n\n## B\n\n{functions}",
    }
    reports = checked(tmp_path, notes)
    found = {name: [(f.code, f.spot.line, f.function) for f in r.findings] for name, r in reports.items()}
    assert found == {"sibling": [("CG201", 4, "half")], "none": [], "count": [], "elsewhere": []}


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
    assert sorted(file) == ["derivatives", "findings", "formulas", "path", "stated"]
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
