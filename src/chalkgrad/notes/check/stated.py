"""CG302: what a note says its code gives, against what it gives."""

from __future__ import annotations

import ast
import re
from difflib import SequenceMatcher
from typing import Any

from chalkgrad.notes.check.chance import Chance, chance
from chalkgrad.notes.check.claims import Claim, printed
from chalkgrad.notes.check.code import Code, loaded_by
from chalkgrad.notes.check.finding import Evidence, Finding, Said
from chalkgrad.notes.check.results import Outcome, Piece, flat, numbers, pieces, same
from chalkgrad.notes.execute import Execution
from chalkgrad.notes.records import Ran, Worth

ALIKE = 0.5  # a block in which less than half is as printed is another thing
SHAPE = re.compile(r"\(\s*(?:\d+\s*,\s*)+(?:\d+\s*)?\)")
INTERVAL = re.compile(r"\[[^\[\],]+,[^\[\],]+\]")
Verdict = tuple[str, str, str]  # status, why not checked, what the code gives


def asked(code: Code, found: tuple[Claim, ...]) -> dict[str, Any]:
    """The statements and the expressions whose values are needed, for the process that runs the note."""
    statements = [
        (key, c.statement.line, c.statement.tree.col_offset)
        for key, c in enumerate(found)
        if c.statement is not None and not printed(c.statement) and c.how in ("comment", "sentence")
    ]
    expressions = [(key, c.expression) for key, c in enumerate(found) if c.expression and _is_clear(code, c)]
    return {"statements": statements, "expressions": expressions}


def _is_clear(code: Code, claim: Claim) -> bool:
    """Whether the names of an expression are the note's own, each bound once."""
    return not _unclear(code, claim)


def _unclear(code: Code, claim: Claim) -> str:
    used = loaded_by(ast.parse(claim.expression, mode="eval"))
    times = {name: sum(name in bindings for bindings in code.bindings) for name in used}
    own = [name for name in used if times[name]]
    if not own:
        return "it names nothing of this note"
    twice = sorted(name for name in used if times[name] > 1)
    return f"{twice[0]} stands for more than one thing in this note" if twice else ""


def stated(
    code: Code, found: tuple[Claim, ...], ran: Execution | None
) -> tuple[list[Finding], tuple[Said, ...]]:
    """Findings, and what became of each claim."""
    findings, statuses = [], []
    luck = chance(code)
    for key, claim in enumerate(found):
        status, why, given = _judge(code, claim, key, ran, luck)
        if status:
            statuses.append(Said(claim.spot.line, " ".join(claim.text.split()), status, why))
        if status == "disagrees":
            findings.append(_finding(claim, given))
    return findings, tuple(statuses)


def _judge(code: Code, claim: Claim, key: int, ran: Execution | None, luck: Chance) -> Verdict:
    """Whether a claim holds; an empty status: it is none after all."""
    if ran is None:
        return "not checked", "nothing was run", ""
    if claim.expression and (why := _unclear(code, claim)):
        return ("not checked", why, "") if "more than one" in why else ("", "", "")
    verdict = _compared(claim, ran.worth.get(key), ran.fences.get(claim.fence), luck)
    if verdict[0] == "disagrees" and (why := luck.why(claim)):
        return "not checked", why, ""
    return verdict


def _compared(claim: Claim, worth: Worth | None, ran: Ran | None, luck: Chance) -> Verdict:
    if claim.how == "prompt":
        return _prompt(claim, ran)
    if claim.how == "block":
        return _block(claim, ran)
    if claim.statement is not None and printed(claim.statement):
        return _line(claim, _put_out(ran, claim.statement.line, ("out",)))
    if worth is None:
        return "not checked", "it was not run", ""
    if worth.why:
        return "not checked", worth.why, ""
    return _value(claim, worth)


# ----- texts that were put out -----


def _put_out(ran: Ran | None, line: int, kinds: tuple[str, ...]) -> str | None:
    """What a statement put out; `None`: nothing, or not all of it is known."""
    if ran is None or ran.lost:
        return None
    texts = [o.text for o in ran.outs if o.line == line and o.kind in kinds]
    return "".join(texts) if texts else None


def _prompt(claim: Claim, ran: Ran | None) -> Verdict:
    assert claim.statement is not None
    if ran is None:
        return "not checked", "it was not run", ""
    failure = next((e for e in ran.errors if e.statement == claim.statement.line), None)
    if failure is not None or claim.text.lstrip().startswith("Traceback"):
        return _raised(claim, f"{failure.type}: {failure.message}".rstrip(": ") if failure else "")
    given = _put_out(ran, claim.statement.line, ("out", "value"))
    if given is None:
        return ("not checked", "its output is not known", "") if ran.lost else _silent(claim)
    until = claim.text.partition("\n\n")[0]  # a transcript's output ends at an empty line; words may follow
    outcomes = [same(pieces(text), pieces(given)) for text in dict.fromkeys((claim.text, until))]
    if any(o.how == "same" for o in outcomes):
        return "agrees", "", ""
    return "disagrees", "", outcomes[-1].given if outcomes[-1].how == "numbers" else given.strip()


def _silent(claim: Claim) -> Verdict:
    """Nothing was put out though a text stands there: an object's own spelling, or words."""
    if all(p.kind == "dots" for p in pieces(claim.text)) or not numbers(pieces(claim.text)):
        return "not checked", "nothing was put out", ""
    return "disagrees", "", "nothing"


def _raised(claim: Claim, given: str) -> Verdict:
    """A traceback: the last line counts."""
    if not claim.text.lstrip().startswith("Traceback"):
        return "not checked", f"it raises {given}", ""
    if not given:
        return "disagrees", "", "no error"
    last = claim.text.strip().split("\n")[-1].strip()
    type_, _, message = last.partition(":")
    if type_.split(".")[-1] != given.partition(":")[0]:
        return "disagrees", "", given
    outcome = same(pieces(message), pieces(given.partition(":")[2]))
    fine = outcome.how == "same" or not message.strip()
    return ("agrees", "", "") if fine else ("not checked", "the words of the error are others", "")


def _block(claim: Claim, ran: Ran | None) -> Verdict:
    if ran is None or ran.lost or ran.errors:
        return ("not checked", "the fence did not run to its end", "") if claim.led else ("", "", "")
    wanted = pieces(claim.text)
    for kinds in (("out", "value"), ("out",), ("value",)):
        given = pieces("".join(o.text for o in ran.outs if o.kind in kinds))
        outcome = same(wanted, given)
        if given and outcome.how in ("same", "numbers"):
            return ("agrees" if outcome.how == "same" else "disagrees"), "", outcome.given
    given = pieces("".join(o.text for o in ran.outs if o.kind in ("out", "value")))
    if not claim.led:
        return "", "", ""
    if not given or _likeness(wanted, given) < ALIKE or any(p.kind == "dots" for p in wanted):
        return "not checked", "it does not look like what the fence puts out", ""
    return "disagrees", "", _first_apart(wanted, given)


def _likeness(one: list[Piece], other: list[Piece]) -> float:
    a, b = ([p.text if p.kind != "number" else "0" for p in x][:500] for x in (one, other))
    return SequenceMatcher(None, a, b, autojunk=False).ratio()


def _first_apart(wanted: list[Piece], given: list[Piece]) -> str:
    """The first place where two texts differ, as it is given."""
    for k, (w, g) in enumerate(zip(wanted, given, strict=False)):
        if same([w], [g]).how != "same":
            return " ".join(p.text for p in given[k : k + 4])
    return " ".join(p.text for p in given[len(wanted) : len(wanted) + 4]) or "less"


def _line(claim: Claim, given: str | None) -> Verdict:
    """A comment at a print: what it prints, or the one number in it."""
    if given is None:
        return "not checked", "what it prints is not known", ""
    wanted, found = pieces(claim.text), pieces(given)
    outcome = same(wanted, found, claim.rough)
    if outcome.how in ("same", "numbers"):
        return ("agrees" if outcome.how == "same" else "disagrees"), "", outcome.given
    if claim.words:
        return "", "", ""
    if flat(wanted) and (again := same(flat(wanted), flat(found), claim.rough)).how in ("same", "numbers"):
        return ("agrees" if again.how == "same" else "disagrees"), "", again.given
    return _among(claim, wanted, found, given)


def _among(claim: Claim, wanted: list[Piece], found: list[Piece], given: str) -> Verdict:
    """Numbers stated of a text that has words around its numbers."""
    ours, theirs = numbers(wanted), numbers(found)
    if len(ours) == len(theirs) and len(flat(wanted)) == len(ours):
        outcome = same(ours, theirs, claim.rough)
        return ("agrees" if outcome.how == "same" else "disagrees"), "", outcome.given
    if len(ours) == 1 and any(same(ours, [p], claim.rough).how == "same" for p in theirs):
        return "agrees", "", ""
    if claim.led and not theirs:
        return "disagrees", "", given.strip()
    return "not checked", "it is not clear which of the printed things it states", ""


# ----- values -----


def _value(claim: Claim, worth: Worth) -> Verdict:
    """A comment, a sentence or a span, against a value."""
    wanted, found = pieces(claim.text), pieces(worth.text)
    if worth.type in ("set", "frozenset"):
        wanted, found = (sorted(x, key=lambda p: (p.kind, p.text)) for x in (flat(wanted), flat(found)))
    if claim.part == "shape" or (worth.shape is not None and SHAPE.fullmatch(claim.text.strip())):
        return _shape(claim, worth, same(wanted, found, claim.rough))
    outcome = same(wanted, found, claim.rough)
    if outcome.how == "words" and len(flat(wanted)) == len(numbers(wanted)) > 1:
        outcome = same(flat(wanted), flat(found), claim.rough)  # brackets left out, or one pair too many
    if outcome.how == "same":
        return "agrees", "", ""
    if claim.how == "sentence" and (len(numbers(found)) != 1 or len(flat(found)) != 1):
        return "", "", ""
    doubt = _doubt(claim, worth, outcome, wanted, found)
    return ("not checked", doubt, "") if doubt else ("disagrees", "", outcome.given or _short(worth.text))


def _shape(claim: Claim, worth: Worth, outcome: Outcome) -> Verdict:
    if outcome.how == "same" and claim.part != "shape":
        return "agrees", "", ""
    sizes = [int(x) for x in re.findall(r"\d+", claim.text)]
    if worth.shape is None:
        if outcome.how == "same":
            return "agrees", "", ""
        return (
            ("disagrees", "", worth.text)
            if outcome.how == "numbers"
            else ("not checked", "its value has no shape", "")
        )
    if sizes == worth.shape:
        return "agrees", "", ""
    return "disagrees", "", "the shape " + str(tuple(worth.shape))


def _doubt(claim: Claim, worth: Worth, outcome: Outcome, wanted: list[Piece], found: list[Piece]) -> str:
    """Why a value that is not what is stated may still be what is meant."""
    ours, theirs = numbers(wanted), numbers(found)
    if worth.text == "None":
        return "the statement has no value"
    kinds = [{p.kind for p in flat(x)} - {"dots"} for x in (wanted, found)]
    if outcome.how != "numbers" and kinds[0] != kinds[1] and not (claim.how == "span" and ours and theirs):
        return f"its value is a {worth.type}"
    if outcome.how == "length" or len(ours) != len(theirs):
        if len(ours) == 1 or INTERVAL.fullmatch(claim.text.strip()):
            return f"it has {len(theirs)} numbers"
        if len(flat(wanted)) == len(wanted):
            return "it is not clear what it states"
    return ""


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "…"


# ----- words -----


def _finding(claim: Claim, given: str) -> Finding:
    about = claim.expression
    says = _short(" ".join(claim.text.split()))
    subject = f"{about} is" if about else "the result here is"
    message = f"{subject} stated as {says}, the code gives {_short(' '.join(given.split()))}"
    evidence = Evidence({}, _number(claim.text), _number(given))
    return Finding("CG302", claim.spot, message, evidence=evidence)


def _number(text: str) -> Any:
    found = pieces(text)
    if len(found) == 1 and found[0].kind == "number":
        value = found[0].value
        return value if value == value and abs(value) != float("inf") else found[0].text
    return " ".join(text.split())
