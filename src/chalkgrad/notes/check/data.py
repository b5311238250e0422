"""Findings for programs: JSON, and the annotations of GitHub's workflows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from chalkgrad.notes.check.finding import Finding, Report

LEVELS = {"error": "error", "warning": "warning", "note": "notice"}


def as_json(reports: Iterable[Report]) -> str:
    """`{"files": [{"path", "findings", "formulas", "stated", "derivatives"}]}`; what there is not is null."""
    files = [
        {
            "path": report.path,
            "findings": [_placed(report, _record(f)) for f in report.findings],
            "formulas": [_placed(report, asdict(status)) for status in report.formulas],
            "stated": [_placed(report, asdict(said)) for said in report.stated],
            "derivatives": [_placed(report, asdict(d)) for d in report.derivatives],
        }
        for report in reports
    ]
    return json.dumps({"files": files}, indent=2, ensure_ascii=False, allow_nan=False)


def _placed(report: Report, record: dict[str, Any]) -> dict[str, Any]:
    """A record of a notebook with its cell, and its line counted there."""
    cell, line = report.place(record["line"])
    return record if cell is None else record | {"cell": cell, "line": line}


def _record(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "line": finding.spot.line,
        "column": finding.spot.column,
        "message": finding.message,
        "function": finding.function,
        "evidence": asdict(finding.evidence) if finding.evidence else None,
    }


def as_github(reports: Iterable[Report]) -> Iterator[str]:
    """One workflow command a finding, which GitHub shows beside the line."""
    for report in reports:
        for f in report.findings:
            cell, line = report.place(f.spot.line)
            spot = f"line={line},col={f.spot.column}," if cell is None else ""  # a cell's are not the file's
            said = _sentence(f) if cell is None else f"cell {cell}, line {line}: {_sentence(f)}"
            place = f"file={_property(report.path)},{spot}title={f.code}"
            yield f"::{LEVELS[f.severity]} {place}::{_data(said)}"


def _sentence(finding: Finding) -> str:
    return f"{finding.function}: {finding.message}" if finding.function else finding.message


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
