"""Formulas of derivatives are compared with the slopes of the functions that they speak of."""

from __future__ import annotations

from pathlib import Path

import pytest

from chalkgrad.notes.check.finding import Report
from chalkgrad.notes.check.run import check
from chalkgrad.notes.execute import Executor
from chalkgrad.notes.limits import Limits
from check_slopes import AGREE, CODE, DISAGREE, UNDECIDED


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    folder = tmp_path_factory.mktemp("slopes")
    texts = {f"d-{name}": row[0] for name, row in DISAGREE.items()}
    texts |= {f"a-{name}": row[0] for name, row in AGREE.items()}
    texts |= {f"u-{name}": text for name, text in UNDECIDED.items()}
    for name, text in texts.items():
        (folder / f"{name}.md").write_text(f"# Title\n\n{text}\n{CODE}")
    with Executor(Limits(seconds=30.0)) as executor:
        return {Path(report.path).stem: report for report in check([folder], executor)}


@pytest.mark.parametrize("name", AGREE)
def test_a_right_formula_agrees(compared: dict[str, Report], name: str):
    report = compared[f"a-{name}"]
    assert [f for f in report.findings if f.code == "CG201"] == []
    last = report.formulas[-1]
    assert (last.status, last.function) == ("agrees", AGREE[name][1]), last.why


@pytest.mark.parametrize("name", DISAGREE)
def test_a_wrong_formula_is_found_with_a_point_and_both_values(compared: dict[str, Report], name: str):
    (found,) = (f for f in compared[f"d-{name}"].findings if f.code == "CG201")
    assert found.function == DISAGREE[name][1]
    assert found.evidence is not None
    assert found.evidence.formula != found.evidence.code
    assert compared[f"d-{name}"].formulas[-1].status == "disagrees"


@pytest.mark.parametrize("name", UNDECIDED)
def test_nothing_is_claimed_without_need(compared: dict[str, Report], name: str):
    report = compared[f"u-{name}"]
    assert [f for f in report.findings if f.code == "CG201"] == []
    assert [s.status for s in report.formulas if s.status == "agrees"] == []
