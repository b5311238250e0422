"""CG302: what a note says its code gives, against what it gives."""

from __future__ import annotations

import ast
from typing import Any

from chalkgrad.notes.check.chance import Chance, chance
from chalkgrad.notes.check.claims import Claim, printed
from chalkgrad.notes.check.code import Code, loaded_by
from chalkgrad.notes.check.finding import Evidence, Finding, Said
from chalkgrad.notes.check.results import pieces
from chalkgrad.notes.check.verdicts import NO_CLAIM, Verdict, compared, doubtful
from chalkgrad.notes.execute import Execution

TWICE = "stands for more than one thing in this note"


def asked(code: Code, found: tuple[Claim, ...]) -> dict[str, Any]:
    """The statements and the expressions whose values are needed, for the process that runs the note."""
    statements = [
        (key, c.statement.line, c.statement.tree.col_offset)
        for key, c in enumerate(found)
        if c.statement is not None and not printed(c.statement) and c.how in ("comment", "sentence")
    ]
    expressions = [
        (key, c.expression) for key, c in enumerate(found) if c.expression and not _unclear(code, c)
    ]
    return {"statements": statements, "expressions": expressions}


def _unclear(code: Code, claim: Claim) -> str:
    """Why an expression in the prose cannot be evaluated when all fences have run."""
    used = loaded_by(ast.parse(claim.expression, mode="eval"))
    times = {name: sum(name in bindings for bindings in code.bindings) for name in used}
    if not any(times.values()):
        return "it names nothing of this note"
    twice = sorted(name for name in used if times[name] > 1)
    return f"{twice[0]} {TWICE}" if twice else ""


def stated(
    code: Code, found: tuple[Claim, ...], ran: Execution | None
) -> tuple[list[Finding], tuple[Said, ...]]:
    """Findings, and what became of each claim."""
    findings, statuses = [], []
    luck = chance(code) if found else Chance({}, {})
    for key, claim in enumerate(found):
        verdict = _judge(code, claim, key, ran, luck)
        if verdict.status:
            text = " ".join(claim.text.split())
            statuses.append(Said(claim.spot.line, text, verdict.status, verdict.why))
        if verdict.status == "disagrees":
            findings.append(_finding(claim, verdict))
    return findings, tuple(statuses)


def _judge(code: Code, claim: Claim, key: int, ran: Execution | None, luck: Chance) -> Verdict:
    why = _unclear(code, claim) if claim.expression else ""
    if why:
        return doubtful(why) if TWICE in why else NO_CLAIM
    if ran is None:
        return doubtful("nothing was run") if claim.led else NO_CLAIM
    verdict = compared(claim, ran.worth.get(key), ran.fences.get(claim.fence))
    why = luck.why(claim) if verdict.status == "disagrees" else ""
    return doubtful(why) if why else verdict


def _finding(claim: Claim, verdict: Verdict) -> Finding:
    subject = f"{claim.expression} is said to be" if claim.expression else "the result is said to be"
    message = f"{subject} {verdict.stated}, the code gives {verdict.given}"
    evidence = Evidence({}, _number(verdict.stated), _number(verdict.given))
    return Finding("CG302", claim.spot, message, evidence=evidence)


def _number(text: str) -> Any:
    """A number where the text is one that JSON has."""
    found = pieces(text)
    if len(found) == 1 and found[0].kind == "number" and abs(found[0].value) < 1e300:
        return found[0].value
    return text
