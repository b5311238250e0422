"""Findings for people: errors with the line they stand on, warnings together, formulas, a sum."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from chalkgrad.notes.check.finding import Evidence, Finding, Report, Spot
from chalkgrad.notes.note import where

BADGE = "bold black on white"
WAVE = "yellow"
LONG = 6  # entries of an array that are listed
CODE, FORMULA = "bold bright_blue", "bold"


def say(console: Console, reports: Sequence[Report]) -> None:
    """Print all reports, then one line that counts."""
    for report in reports:
        for text in _report(report, console.width):
            console.print(text, soft_wrap=True, highlight=False)
    console.print(_sum(reports), soft_wrap=True, highlight=False)


def _report(report: Report, width: int) -> Iterator[Text]:
    for finding in (f for f in report.findings if f.severity == "error"):
        yield from _error(report, finding)
    warnings = [f for f in report.findings if f.severity != "error"]
    yield from _together(report, warnings, width)
    yield from _formulas(report)


# ----- errors -----


def _error(report: Report, finding: Finding) -> Iterator[Text]:
    spot = finding.spot
    yield Text.assemble(
        (f" {finding.code} ", BADGE), f" {report.path}:{_short(report, spot.line)}:{spot.column}"
    )
    yield Text.assemble("    ", *_head(finding))
    if finding.evidence and finding.evidence.at:
        yield Text.assemble("    ", *_evidence(finding.evidence))
    yield Text()
    for place in filter(None, (spot, finding.also)):
        yield from _excerpt(report, place)
    if finding.cure:
        yield Text.assemble(("    to agree, write ", "bright_black"), finding.cure)
    yield Text()


def _short(report: Report, line: int) -> str:
    """`6`, or `cell 3:2`."""
    cell, line = report.place(line)
    return str(line) if cell is None else f"cell {cell}:{line}"


def _evidence(evidence: Evidence) -> Iterator[str | tuple[str, str]]:
    """The point and both values; of large arrays their sizes, and the entry that differs most."""
    at = ", ".join(f"{name} = {_size(value) or number(value)}" for name, value in evidence.at.items())
    formula, code = evidence.formula, evidence.code
    where = ""
    if _size(formula) and shape(formula) == shape(code):
        index = max(entries(formula), key=lambda i: abs(entry(formula, i) - entry(code, i)))
        formula, code, where = entry(formula, index), entry(code, index), f", entry {list(index)}"
    yield f"at {at}{where}: "
    yield number(formula), FORMULA
    yield " against "
    yield number(code), CODE


def _size(value: Any) -> str:
    """`4 × 3 numbers`, for what is too long for a line."""
    sizes = shape(value)
    return f"{' × '.join(map(str, sizes))} numbers" if math.prod(sizes) > LONG else ""


def shape(value: Any) -> tuple[int, ...]:
    return (len(value), *(shape(value[0]) if value else ())) if isinstance(value, list) else ()


def entries(value: Any) -> Iterator[tuple[int, ...]]:
    return itertools.product(*map(range, shape(value)))


def entry(value: Any, index: tuple[int, ...]) -> Any:
    for i in index:
        value = value[i]
    return value


def _head(finding: Finding) -> list[str | tuple[str, str]]:
    message = printable(finding.message)
    return [(f"{finding.function}: ", "bold"), message] if finding.function else [message]


def _excerpt(report: Report, spot: Spot) -> Iterator[Text]:
    raw = printable(report.lines[spot.line - 1]) if spot.line <= len(report.lines) else ""
    cut = 0 if len(raw) < 160 else max(0, spot.column - 60)
    line, start = raw[cut : cut + 160].rstrip(), spot.column - 1 - cut
    length = max(1, min(spot.end_column, cut + len(line) + 1) - spot.column)
    yield Text.assemble((f"  {report.place(spot.line)[1]:>5} | ", "bright_black"), line)
    yield Text.assemble((" " * 8 + "| ", "bright_black"), (" " * start + "~" * length, WAVE))


def printable(text: str) -> str:
    """Without what would move the cursor or colour the terminal.

    >>> printable("a\\tb\\x1b[31m")
    'a b?[31m'
    """
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", "?", text.replace("\t", " "))


def number(value: object) -> str:
    """
    >>> number(-0.20000000000000001), number(-1.0), number([1.0, 0.5])
    ('-0.2', '-1', '[1, 0.5]')
    """
    if isinstance(value, float | int):
        return f"{value:.6g}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(number, value))}]"
    return str(value)


# ----- warnings -----


def _together(report: Report, warnings: list[Finding], width: int) -> Iterator[Text]:
    if not warnings:
        return
    if not any(f.severity == "error" for f in report.findings):
        yield Text(report.path)
    for code in sorted({f.code for f in warnings}):
        mine = [f for f in warnings if f.code == code]
        for k, line in enumerate(_wrapped(_words(report, code, mine), max(40, min(width, 88) - 8))):
            yield Text.assemble(" ", (code, "bold underline") if k == 0 else " " * 5, f"  {line}")
    yield Text()


def _words(report: Report, code: str, found: list[Finding]) -> str:
    if code == "CG105":
        named = ((f.message.split(" ")[0], _short(report, f.spot.line)) for f in found)
        listed = ", ".join(f"{name}\u00a0({place})" for name, place in named).replace("cell ", "cell\u00a0")
        return f"never imported, so the prelude supplied {'it' if len(found) == 1 else 'them'}: {listed}"
    if code == "CG401":
        return "; ".join(filter(None, (_remote(report, found), *_missing(report, found))))
    return "; ".join(f"{where(report.cells, f.spot.line)}: {f.message}" for f in found)


def _remote(report: Report, found: list[Finding]) -> str:
    lines = [_short(report, f.spot.line) for f in found if f.message.startswith("this figure")]
    if not lines:
        return ""
    many = f"{len(lines)} figures live" if len(lines) > 1 else "1 figure lives"
    shown = ", ".join(lines[:16]) + (", …" if len(lines) > 16 else "")
    noun = "" if report.cells else "lines " if len(lines) > 1 else "line "
    return f"{many} on another site: {noun}{shown}"


def _missing(report: Report, found: list[Finding]) -> Iterator[str]:
    missing = (f for f in found if not f.message.startswith("this figure"))
    yield from (f"{where(report.cells, f.spot.line)}: {f.message}" for f in missing)


def _wrapped(text: str, width: int) -> list[str]:
    import textwrap

    lines = textwrap.wrap(printable(text), width, break_on_hyphens=False)
    return [line.replace("\u00a0", " ") for line in lines]  # they held a name and its line together


# ----- formulas and the sum -----


def _formulas(report: Report) -> Iterator[Text]:
    for k, status in enumerate(report.formulas):
        with_ = f" with {status.function}" if status.function and status.status != "not checked" else ""
        why = f": {status.why}" if status.why and status.status == "not checked" else ""
        lead = "formula" if k == 0 else " " * 7
        yield Text.assemble(
            (f"{lead} {_short(report, status.line):<3} ", ""), printable(f"{status.status}{with_}{why}")
        )
    if report.formulas:
        yield Text()


def _sum(reports: Sequence[Report]) -> str:
    errors, warnings, notes = (
        sum(r.count(severity) for r in reports) for severity in ("error", "warning", "note")
    )
    found = [_count(n, noun) for n, noun in ((errors, "error"), (warnings, "warning"), (notes, "note")) if n]
    formulas = sum(len(r.formulas) for r in reports)
    where = [_count(sum(r.functions for r in reports), "function")]
    where += [_count(formulas, "formula")] if formulas else []
    derived = sum(len(r.derivatives) for r in reports)
    where += [_count(derived, "hand-written derivative")] if derived else []
    listed = " and ".join(filter(None, (", ".join(where[:-1]), where[-1])))
    files = f" of {len(reports)} notes" if len(reports) > 1 else ""
    return f"{', '.join(found) or 'nothing found'} in {listed}{files}"


def _count(many: int, noun: str) -> str:
    return f"{many} {noun}{'' if many == 1 else 's'}"
