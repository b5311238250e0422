"""Results stated in sentences: `` `f(2)` returns 4 ``, and "which gives 0.25" right behind a fence."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from chalkgrad.notes.check.claims import Claim, is_literal, lead
from chalkgrad.notes.check.code import Code
from chalkgrad.notes.check.finding import Spot
from chalkgrad.notes.check.results import NUMBER
from chalkgrad.notes.read import Fence, Prose
from chalkgrad.notes.statements import Statement

LONGEST = 5000  # characters of a paragraph

# ----- code spans -----

VERB = (
    r"(?:,?\s*(?:which|it|this|that|now|also|then|just|simply|should|will|must)\b)?\s*"
    r"(?:returns?|gives?|yields?|prints?|outputs?|produces?|evaluates\s+to|equals?|is\s+equal\s+to|is|comes\s+to"
    r"|=+>?|→|->|⇒|≈|≅|:=?)"
    r"\s*(?P<about>about|approximately|approx\.?|roughly|around|nearly|almost|close\s+to|≈|~)?\s*"
)
LITERAL = r"(?:`(?P<quoted>[^`\n]+)`|\*{0,2}\$?(?P<bare>" + NUMBER + r")\$?\*{0,2}(?![\w^×*/]|\s*[×^*/=<>+]))"
SPAN = re.compile(r"(?<![`$])`(?P<code>[^`\n]{1,200})`" + VERB + LITERAL)
INSIDE = re.compile(
    r"(?<![`$])`(?P<code>[^`\n=#≈→>]{1,200}?)\s*(?:==?|≈|→|->|=>|#\s*(?:=>|→|->)?)\s*(?P<rest>[^`\n=#]{1,200})`(?!`)"
)
DOUBT = re.compile(
    r"\b(?:not|n't|never|instead|would|if|unless|suppose|wrong|mistake\w*|incorrect\w*|rather|before|previously|was|were|without"
    r"|when|where|default\w*|could|might|may|bug|until|except|set)\b",
    re.IGNORECASE,
)
UNIT = re.compile(r"\s*(?:[a-zA-Z%]|(?:×|\\times))")


def sentences(code: Code) -> Iterator[Claim]:
    """The claims of a note's prose."""
    last: Fence | None = None
    for block in code.note.blocks:
        if not isinstance(block, Prose):
            last = block if block.runs and block.index in code.parsed else None
            continue
        for line, text in paragraphs(block):
            yield from _spans(line, text)
        if last is not None:
            yield from _after(code, last, block)
        last = None


def paragraphs(block: Prose) -> Iterator[tuple[int, str]]:
    """Line and text of each paragraph; formulas and comments blanked out."""
    text = re.sub(r"<!--.*?-->", lambda m: re.sub(r"[^\n]", " ", m[0]), block.text, flags=re.DOTALL)
    line = block.line
    for part in re.split(r"(\n[\s>]*\n)", text):
        if part.strip() and len(part) < LONGEST:
            blank = len(part) - len(part.lstrip("\n"))
            yield line + blank, part.lstrip("\n")
        line += part.count("\n")


def _spans(line: int, text: str) -> Iterator[Claim]:
    for match in (*SPAN.finditer(text), *INSIDE.finditer(text)):
        rest = match.groupdict()
        stated = rest.get("quoted") or rest.get("bare") or rest.get("rest") or ""
        before = re.split(r"[.!?:;]\s", text[: match.start()])[-1]
        stated, _, rough = lead(stated.strip().rstrip("." if rest.get("bare") else ""))
        rough = rough or bool(rest.get("about")) or "≈" in match[0]
        rough_unit = (
            rest.get("bare")
            and UNIT.match(text[match.end() :])
            and not re.match(
                r"\s+(?:and|for|at|on|as|in|because|since|which|while|so|but|exactly|by|or|with|by)\b",
                text[match.end() :],
            )
        )
        source = match["code"].strip().removeprefix(">>>").strip()
        if rough_unit or DOUBT.search(before) or not is_literal(stated) or not _is_expression(source):
            continue
        yield Claim(_spot(line, text, match), stated, "span", -1, None, source, rough, True)


def _spot(line: int, text: str, match: re.Match[str]) -> Spot:
    above = text[: match.start()]
    column = len(above) - above.rfind("\n")
    return Spot(line + above.count("\n"), column, column + len(match[0].split("\n")[0]))


def _is_expression(source: str) -> bool:
    """A call or an operation of names that are known; a name alone tells too little."""
    try:
        tree = ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    if isinstance(tree, ast.Compare | ast.BoolOp) or any(
        isinstance(x, ast.NamedExpr | ast.Lambda) for x in ast.walk(tree)
    ):
        return False
    return isinstance(tree, ast.Call | ast.BinOp | ast.Subscript | ast.Attribute)


# ----- the sentence behind a fence -----

GIVES = re.compile(
    r"(?:≈|≅|(?<![=<>!:])=(?!=)|\b(?:is|are|gives?|prints?|outputs?|returns?|yields?|about|approximately|roughly|around|equals?"
    r"|shows?|get|obtain|comes\s+(?:out\s+)?(?:to|at)|evaluates\s+to|result\s+of|value\s+of))[\s:]*"
    r"(?:about|approximately|roughly|around|≈|~)?\s*[`$*]*(?:\\approx|≈|~)?\s*(?P<number>"
    + NUMBER
    + r")[`$*]*"
    r"(?=\s*(?:[.,;:!)]|$)|\s+(?:as|which|because|since|and|again|here|too|exactly|indeed|at|for)\b)",
    re.IGNORECASE,
)
LINK = re.compile(
    r"^\W*(?:(?:so|and|here|thus|hence|therefore|now|again|indeed|as\s+expected|sure\s+enough|of\s+course|in\s+fact|it\s+turns\s+out)\b\W*)*"
    r"(?:(?:which|this|that|it|we\s+get|you\s+get)\b|the\s+(?:result|output|value|answer|code|snippet|call|function|last|printed|program)\b"
    r"|running\b|≈|=|gives\b|prints\b|output\b|result\b|about\b)",
    re.IGNORECASE,
)
HEDGE = re.compile(
    r"\b(?:not|never|instead|would|if|unless|suppose|usually|typically|often|paper|published|compare\w*|human|other|another|previous\w*"
    r"|should|random\w*|chance|baseline|earlier|later|before|was|were|had|could|might|may|want|goal|target|aim|choose|set|default|step|rate"
    r"|threshold|until|than|between|from|each|every|per|next|following|below|true|exact\s+value|at|with)\b",
    re.IGNORECASE,
)
SIGN = re.compile(r"≈|≅|\\approx")
TOO_COMMON = {"print", "round", "float", "np", "a", "the", "of", "in", "at", "to", "is", "i"}
ABOUT = re.compile(r"≈|≅|~|\\approx|\b(?:about|approximately|roughly|around|nearly|almost)\b", re.IGNORECASE)


def _after(code: Code, fence: Fence, block: Prose) -> Iterator[Claim]:
    """A number in the first sentence behind a fence, if it can only be what the fence's end gives."""
    text = re.sub(
        r"<!--.*?-->",
        "",
        block.text.split("\n\n")[0]
        if not block.text.startswith("\n")
        else block.text.strip("\n").split("\n\n")[0],
    )
    lead_lines = len(block.text) - len(block.text.lstrip("\n"))
    if len(text) > LONGEST or re.match(r"\s*(?:#|[-*+]\s|\d+\.\s|>|\||!\[|<)", text):
        return
    sentence = re.split(r"(?<=[.!?])\s", text.strip())[0]
    found = list(GIVES.finditer(sentence))
    plain = re.sub(r"`[^`]*[^\d`.\s-][^`]*`", "", sentence)  # numbers in code are the code's
    statement = _final(code, fence)
    if len(found) != 1 or statement is None or len(re.findall(NUMBER, plain)) != 1:
        return
    sure = LINK.match(sentence) or _names(sentence, statement) or SIGN.search(found[0][0])
    if HEDGE.search(sentence) or not sure:
        return
    number = found[0]["number"]
    if re.search(rf"(?<![\w.]){re.escape(number)}(?![\w.])", fence.text):
        return  # it may be the code's own constant that the sentence speaks of
    before = text[: text.find(sentence) + found[0].start("number")]
    line = block.line + lead_lines + before.count("\n")
    column = max(code.lines[line - 1].find(number), 0) + 1
    yield Claim(Spot(line, column, column + len(number)), number, "sentence", fence.index, statement,
                rough=bool(ABOUT.search(sentence)))  # fmt: skip


def _final(code: Code, fence: Fence) -> Statement | None:
    """The last statement of a fence, if it gives one thing: a print, an expression, an assignment."""
    statements = code.parsed[fence.index]
    tree = statements[-1].tree if statements else None
    if isinstance(tree, ast.Expr | ast.Assign) and not isinstance(getattr(tree, "value", None), ast.Constant):
        return statements[-1]
    return None


def _names(sentence: str, statement: Statement) -> bool:
    """Whether a sentence begins with what its statement is about: a name, a part of one, or initials."""
    subject = re.split(r"\b(?:is|are|gives?|comes|equals?)\b|≈|=", sentence.lower())[0]
    words = re.findall(r"[^\W\d_]+", subject)
    names = {x.id for x in ast.walk(statement.tree) if isinstance(x, ast.Name)}
    names |= {x.attr for x in ast.walk(statement.tree) if isinstance(x, ast.Attribute)}
    parts = {part for name in names for part in (name.lower(), *name.lower().split("_"))} - TOO_COMMON
    initials = "".join(word[0] for word in words)
    return any(word in parts for word in words) or any(len(part) > 2 and part in initials for part in parts)
