"""Findings as SARIF 2.1.0, which code hosts and editors read."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from chalkgrad.notes.check.finding import RULES, Edit, Finding, Report, Spot

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
NUMBERS = {code: number for number, code in enumerate(RULES)}


def as_sarif(reports: Iterable[Report]) -> str:
    """One run with the table of all rules, and a result for each finding."""
    run = {
        "tool": {"driver": _driver()},
        "columnKind": "unicodeCodePoints",
        "results": [result for report in reports for result in _results(report)],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False, allow_nan=False)


def _driver() -> dict[str, Any]:
    try:
        known = {"version": version("chalkgrad")}
    except PackageNotFoundError:  # run from its sources
        known = {}
    return {"name": "chalkgrad", **known, "rules": [_rule(code) for code in RULES]}


def _rule(code: str) -> dict[str, Any]:
    severity, found = RULES[code]
    return {
        "id": code,
        "shortDescription": {"text": f"{found[0].upper()}{found[1:]}."},
        "defaultConfiguration": {"level": severity},
    }


def _results(report: Report) -> Iterator[dict[str, Any]]:
    seen: Counter[str] = Counter()
    for f in report.findings:
        mark = _mark(report, f)
        seen[mark] += 1
        yield _result(report, f, f"{mark}:{seen[mark]}")


def _result(report: Report, f: Finding, mark: str) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": f.code,
        "ruleIndex": NUMBERS[f.code],
        "level": f.severity,
        "message": {"text": _sentence(report, f)},
        "locations": [_location(report, f.spot, f.function)],
        "partialFingerprints": {"finding/v1": mark},
    }
    if f.also is not None:
        related = _location(report, f.also, None)
        result["relatedLocations"] = [{"id": 1, **related, "message": {"text": "the other place"}}]
    if f.fix is not None and not report.cells:
        result["fixes"] = [_fix(report, f.fix)]
    if f.evidence is not None:
        result["properties"] = {"evidence": asdict(f.evidence)}
    return result


def _sentence(report: Report, f: Finding) -> str:
    cell, line = report.place(f.spot.line)
    place = "" if cell is None else f"cell {cell}, line {line}: "  # its lines are not the file's
    cure = f"; {f.cure}" if f.cure else ""
    return f"{place}{f'{f.function}: ' if f.function else ''}{f.message}{cure}"


def _location(report: Report, spot: Spot, function: str | None) -> dict[str, Any]:
    """A place in the file; of a notebook the file alone, for a cell's lines are not its lines."""
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(report.path)}}
    if not report.cells:
        physical["region"] = {
            "startLine": spot.line,
            "startColumn": spot.column,
            "endColumn": max(spot.end_column, spot.column),
        }
    location: dict[str, Any] = {"physicalLocation": physical}
    if function:
        location["logicalLocations"] = [{"name": function, "kind": "function"}]
    return location


def _fix(report: Report, edit: Edit) -> dict[str, Any]:
    region = {
        "startLine": edit.line,
        "startColumn": edit.column,
        "endLine": edit.end_line,
        "endColumn": edit.end_column,
    }
    change = {
        "artifactLocation": {"uri": _uri(report.path)},
        "replacements": [{"deletedRegion": region, "insertedContent": {"text": edit.text}}],
    }
    return {"description": {"text": "What chalkgrad check --fix writes."}, "artifactChanges": [change]}


def _uri(path: str) -> str:
    """A path as an address: relative as it was given.

    >>> _uri("week 1/être.md")
    'week%201/%C3%AAtre.md'
    """
    place = Path(path)
    return place.as_uri() if place.is_absolute() else quote(place.as_posix())


def _mark(report: Report, f: Finding) -> str:
    """What stays the same when lines move: the rule, the function and the words on the line."""
    words = report.lines[f.spot.line - 1].strip() if f.spot.line <= len(report.lines) else ""
    said = "\0".join((f.code, f.function or "", words))
    return hashlib.blake2b(said.encode(errors="replace"), digest_size=10).hexdigest()
