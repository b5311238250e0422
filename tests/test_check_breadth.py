"""CG201 on formulas as notes have them: each agrees with its function, and its wrong twin does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from chalkgrad.notes.check.finding import Report
from chalkgrad.notes.check.run import check
from chalkgrad.notes.execute import Executor
from chalkgrad.notes.limits import Limits
from check_breadth import PAIRS, UNDECIDED


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    folder = tmp_path_factory.mktemp("breadth")
    for name, (code, right, wrong) in PAIRS.items():
        fence = f"\n\n```python\nimport numpy as np\n\n{code}\n```\n"
        (folder / f"{name}--right.md").write_text(f"# Title\n\n{right}{fence}")
        (folder / f"{name}--wrong.md").write_text(f"# Title\n\n{wrong}{fence}")
    with Executor(Limits(seconds=20.0)) as executor:
        found = check([folder], executor, select=["CG201", "CG202"])
    return {Path(report.path).stem: report for report in found}


@pytest.mark.parametrize("name", PAIRS)
def test_the_formula_agrees(reports: dict[str, Report], name: str):
    report = reports[f"{name}--right"]
    assert report.findings == ()
    expected = "not checked" if name in UNDECIDED else "agrees"
    assert expected in [s.status for s in report.formulas], report.formulas


@pytest.mark.parametrize("name", PAIRS)
def test_its_wrong_twin_does_not(reports: dict[str, Report], name: str):
    report = reports[f"{name}--wrong"]
    found = [f.code for f in report.findings]
    assert found == ([] if name in UNDECIDED else ["CG201"]), report.formulas
