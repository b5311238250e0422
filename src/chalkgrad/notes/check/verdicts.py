"""Whether a stated result is what the code gives; in doubt, why that cannot be told."""

from __future__ import annotations

import ast
import re
import textwrap
from dataclasses import dataclass
from difflib import SequenceMatcher

from chalkgrad.notes.check.claims import Claim, is_literal, printed
from chalkgrad.notes.check.results import Outcome, Piece, flat, numbers, pieces, same
from chalkgrad.notes.records import Ran, Worth

ALIKE = 0.5  # a block in which less than half is as printed is another thing
SHORT = 40  # characters of a result that a message shows whole
SHAPE = re.compile(r"\(\s*(?:\d+\s*,\s*)+(?:\d+\s*)?\)")
VARIES = re.compile(
    r"#.*\b(?:may|might|will|can)\s+(?:vary|differ)|#.*\b(?:random|varies|differs|platform)\b", re.IGNORECASE
)
COMMENT = re.compile(r"(?:^|\s)#.*$", re.MULTILINE)
INTERVAL = re.compile(r"\[[^\[\],]+,[^\[\],]+\]")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a claim; without a status it is none after all."""

    status: str
    why: str = ""
    stated: str = ""  # what is not as stated
    given: str = ""  # and what the code gives in its place


NO_CLAIM, AGREES = Verdict(""), Verdict("agrees")


def doubtful(why: str) -> Verdict:
    return Verdict("not checked", why)


def compared(claim: Claim, worth: Worth | None, ran: Ran | None) -> Verdict:
    """A claim against what its fence put out, or what its statement or expression is worth."""
    if claim.how == "prompt":
        return _prompt(claim, ran)
    if claim.how == "block":
        return _block(claim, ran)
    if claim.statement is not None and printed(claim.statement):
        return _line(claim, _put_out(ran, claim.statement.line, ("out",)))
    if worth is None:
        return doubtful("it was not run")
    return doubtful(worth.why) if worth.why else _value(claim, worth)


def _settled(claim: Claim, outcome: Outcome, given: str) -> Verdict:
    """What a comparison says, with the two numbers that differ, or all of both if that is short."""
    if outcome.how == "same":
        return AGREES
    whole = max(len(claim.text), len(given)) <= SHORT or outcome.how != "numbers"
    pair = (_line_of(claim.text), _line_of(given)) if whole else (outcome.stated, outcome.given)
    return Verdict("disagrees", "", *pair)


def _line_of(text: str) -> str:
    text = re.sub(r"\bnp\.(?:float|int|uint|bool|str)\w*\(([^()]*)\)", r"\1", " ".join(text.split()))
    return text if len(text) <= 2 * SHORT else text[: 2 * SHORT - 1] + "…"


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
        return doubtful("it was not run")
    failure = next((e for e in ran.errors if e.statement == claim.statement.line), None)
    if failure is not None or claim.text.lstrip().startswith("Traceback"):
        return _raised(claim, f"{failure.type}: {failure.message}".rstrip(": ") if failure else "")
    given = _put_out(ran, claim.statement.line, ("out", "value"))
    if given is None:
        return doubtful("its output is not known") if ran.lost else _silent(claim)
    if VARIES.search(claim.text):
        return doubtful("it says itself that it varies")
    return _texts(claim, given)


def _texts(claim: Claim, given: str) -> Verdict:
    """A transcript's output ends at an empty line, or before a comment; words may follow."""
    plain = COMMENT.sub("", claim.text)
    found = pieces(given)
    outcomes = [same(pieces(text), found) for text in (claim.text, plain, plain.partition("\n\n")[0])]
    wanted = pieces(plain)
    outcomes.append(same(flat(wanted), flat(found)))
    if is_literal(plain):
        outcomes.append(same(numbers(wanted), numbers(found)) if numbers(wanted) else outcomes[0])
    return next((AGREES for o in outcomes if o.how == "same"), _settled(claim, outcomes[2], given))


def _silent(claim: Claim) -> Verdict:
    """Nothing was put out though a text stands there: a result, or words."""
    if (
        not is_literal(claim.text)
        or claim.statement is None
        or not isinstance(claim.statement.tree, ast.Expr)
    ):
        return doubtful("nothing was put out")
    return Verdict("disagrees", "", _line_of(claim.text), "nothing")


def _raised(claim: Claim, given: str) -> Verdict:
    """A traceback: its last line counts."""
    if not claim.text.lstrip().startswith("Traceback"):
        return doubtful(f"it raises {given}")
    lines = textwrap.dedent(claim.text).strip("\n").split("\n")[1:]
    last = next((line for line in lines if line[:1].isalpha()), lines[-1] if lines else "")
    kind, _, message = last.partition(":")
    if not given or kind.split(".")[-1] != given.partition(":")[0]:
        return Verdict("disagrees", "", last, given or "no error")
    outcome = same(pieces(message), pieces(given.partition(":")[2]))
    fine = outcome.how == "same" or not message.strip()
    return AGREES if fine else doubtful("the words of the error are others")


# ----- output blocks -----


def _block(claim: Claim, ran: Ran | None) -> Verdict:
    if ran is None or ran.lost or ran.errors:
        return doubtful("the fence did not run to its end") if claim.led else NO_CLAIM
    wanted = pieces(claim.text)
    texts = ["".join(o.text for o in ran.outs if o.kind in kinds) for kinds in ("out value", "out", "value")]
    for text in texts:
        outcome = same(wanted, pieces(text))
        if text and outcome.how in ("same", "numbers"):
            return _settled(claim, outcome, text)
    if not claim.led:
        return NO_CLAIM
    given = pieces(texts[0])
    if not given or _likeness(wanted, given) < ALIKE or any(p.kind == "dots" for p in wanted):
        return doubtful("it does not look like what the fence puts out")
    return Verdict("disagrees", "", *_first_apart(claim.text, texts[0]))


def _likeness(one: list[Piece], other: list[Piece]) -> float:
    a, b = ([p.text if p.kind != "number" else "0" for p in x][:500] for x in (one, other))
    return SequenceMatcher(None, a, b, autojunk=False).ratio()


def _first_apart(stated: str, given: str) -> tuple[str, str]:
    """The first lines that differ."""
    one, other = ([line for line in text.split("\n") if line.strip()] for text in (stated, given))
    for s, g in zip(one, other, strict=False):
        if same(pieces(s), pieces(g)).how != "same":
            return _line_of(s), _line_of(g)
    return f"{len(one)} lines", f"{len(other)} lines"


# ----- comments at a print -----


def _line(claim: Claim, given: str | None) -> Verdict:
    """A comment at a print: what it prints, or the one number in it."""
    if given is None:
        return doubtful("what it prints is not known")
    wanted, found = pieces(claim.text), pieces(given)
    if claim.part == "shape" and not SHAPE.fullmatch(given.strip()):
        return NO_CLAIM
    for one, other in ((wanted, found), (flat(wanted), flat(found))):
        outcome = same(one, other, claim.rough)
        if one and outcome.how in ("same", "numbers"):
            return _settled(claim, outcome, given)
        if claim.words:
            return NO_CLAIM
    if claim.text[0] in "'\"" and [p.kind for p in wanted] == [p.kind for p in found]:
        return _settled(claim, outcome, given)
    return _among(claim, flat(wanted), _computed(claim, found), given)


def _computed(claim: Claim, found: list[Piece]) -> list[Piece]:
    """The printed numbers, without those that stand in the print's own text."""
    assert claim.statement is not None
    own: list[str] = []
    for node in ast.walk(claim.statement.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            own += (p.text for p in numbers(pieces(node.value)))
    kept = []
    for piece in numbers(found):
        if piece.text in own:
            own.remove(piece.text)
        else:
            kept.append(piece)
    return kept


def _among(claim: Claim, wanted: list[Piece], found: list[Piece], given: str) -> Verdict:
    """Numbers stated of a text that has words around its numbers."""
    ours = numbers(wanted)
    if len(ours) == len(found) == len(wanted):
        return _settled(claim, same(ours, found, claim.rough), given)
    if len(ours) == 1 and any(same(ours, [p], claim.rough).how == "same" for p in found):
        return AGREES
    if claim.led and ours and not found:
        return Verdict("disagrees", "", claim.text, _line_of(given))
    return doubtful("it is not clear which of the printed things it states")


# ----- values -----


def _value(claim: Claim, worth: Worth) -> Verdict:
    """A comment, a sentence or a span, against a value."""
    wanted, found = pieces(claim.text), pieces(worth.text)
    if worth.type in ("set", "frozenset"):
        wanted, found = (sorted(flat(x), key=lambda p: (p.kind, p.text)) for x in (wanted, found))
    outcome = same(wanted, found, claim.rough)
    if claim.part == "shape" or (worth.shape is not None and SHAPE.fullmatch(claim.text.strip())):
        return _shape(claim, worth, outcome)
    if outcome.how != "same" and same(flat(wanted), flat(found), claim.rough).how == "same":
        return AGREES  # brackets left out, or one pair too many
    if claim.how == "sentence" and not len(numbers(found)) == len(found) == 1:
        return NO_CLAIM
    doubt = _doubt(claim, worth, outcome, flat(wanted), flat(found)) if outcome.how != "same" else ""
    return doubtful(doubt) if doubt else _settled(claim, outcome, worth.text)


def _shape(claim: Claim, worth: Worth, outcome: Outcome) -> Verdict:
    if claim.part != "shape" and outcome.how == "same":
        return AGREES
    if worth.shape is None:
        fits = outcome.how in ("same", "numbers") and worth.type == "tuple"
        return _settled(claim, outcome, worth.text) if fits else doubtful("its value has no shape")
    if [int(x) for x in re.findall(r"\d+", claim.text)] == worth.shape:
        return AGREES
    return Verdict("disagrees", "", claim.text, f"the shape {tuple(worth.shape)}")


def _doubt(claim: Claim, worth: Worth, outcome: Outcome, wanted: list[Piece], found: list[Piece]) -> str:
    """Why a value that is not what is stated may still be what is meant."""
    ours, theirs = numbers(wanted), numbers(found)
    if worth.text == "None":
        return "the statement has no value"
    kinds = [{p.kind for p in x} - {"dots"} for x in (wanted, found)]
    if kinds[0] != kinds[1]:
        return f"its value is a {worth.type}"
    if len(ours) != len(theirs) and (len(ours) == 1 or INTERVAL.fullmatch(claim.text.strip())):
        return f"it has {len(theirs)} numbers"
    bare = not re.search(r"[\[({]", claim.text)
    return "it is not clear what it states" if outcome.how == "length" and bare else ""
