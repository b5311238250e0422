"""What a note says its code gives: under prompts, in comments, in output blocks, in sentences.

Only what reads as a result counts. A comment that explains (`# 2 layers`), a number that counts lines (`# 1`,
`# 2`) and a sentence of which it is not sure what it speaks of are no claims.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from chalkgrad.notes.check.code import Code
from chalkgrad.notes.check.finding import Spot
from chalkgrad.notes.check.results import numbers, pieces
from chalkgrad.notes.read import Fence, Prose
from chalkgrad.notes.statements import Statement

MOST = 2000  # claims of one note
LONGEST = 2000  # characters of a comment, a sentence

LEAD = re.compile(
    r"(?P<out>(?:[-=]+>|→|⇒|⟶|>>>?)|(?:expected\s+)?(?:outputs?|prints?|result|out(?:\[\d+\])?)\s*(?::|=+>|→|->|is\b)?"
    r"|(?:returns?|gives?|yields|evaluates\s+to|equals|answer|ans|value)\s*:?|(?:is|==?)(?=\s))\s*"
    r"|(?P<rough>≈|≅|~=?|approx(?:imately|\.)?|about|roughly|around)\s*",
    re.IGNORECASE,
)
TAIL = re.compile(
    r"\s*[,;(]?\s*(?:approx(?:imately|\.)?|rounded|roughly|exactly|about)?\s*\)?\s*[.;,]?\s*$", re.IGNORECASE
)
NAMED = re.compile(r"^`?(?P<name>[^=:≈#]{1,80}?)`?\s*(?:==?|:|≈|→|->|=>|\bis\b)\s*(?P<rest>\S.*)$")
SHAPE = re.compile(r"^(?:.*\.)?shape\s*(?:is|=+|:)?\s*(?P<rest>\(.*\))$", re.IGNORECASE)
LITERAL_WORDS = {"True", "False", "None"}


@dataclass(frozen=True, slots=True)
class Claim:
    """A stated result, and what it is about.

    Args:
        spot: where it is stated.
        text: the result as stated.
        how: "prompt", "comment", "block", "sentence", "span" or "docstring".
        statement: the statement that it is about, if it is one.
        fence: the fence that it is about.
        expression: what is to be evaluated when the note has run.
        rough: it says "about".
        led: it says that it is a result.
        part: "shape" where only that is stated.
        words: it has words of output around the numbers.
    """

    spot: Spot
    text: str
    how: str
    fence: int
    statement: Statement | None = None
    expression: str = ""
    rough: bool = False
    led: bool = False
    part: str = ""
    words: bool = False


def claims(code: Code) -> tuple[Claim, ...]:
    """All stated results of a note, in order."""
    from chalkgrad.notes.check.examples import examples  # they need Claim, too
    from chalkgrad.notes.check.sentences import sentences

    found: list[Claim] = []
    for fence in (f for f in code.note.fences if f.index in code.parsed):
        found += _prompts(code, fence) if fence.kind == "pycon" else _unnumbered(list(_comments(code, fence)))
        if len(found) > MOST:
            break
    found += [*_blocks(code), *sentences(code), *examples(code)]
    return tuple(sorted(found[:MOST], key=lambda c: (c.spot.line, c.spot.column)))


def last_line(fence: Fence) -> int:
    return fence.line + fence.text.count("\n") - 1


# ----- under prompts -----


def _prompts(code: Code, fence: Fence) -> Iterator[Claim]:
    """What stands between a prompt's statement and the next prompt."""
    lines = fence.text.split("\n")
    for statement in code.parsed[fence.index]:
        first = statement.end - fence.line + 1
        stop = next((k for k in range(first, len(lines)) if lines[k].lstrip().startswith(">>>")), len(lines))
        wanted = [k for k in range(first, stop) if lines[k].strip()]
        if wanted and not all(lines[k].lstrip().startswith("#") for k in wanted):
            line, text = lines[wanted[0]], "\n".join(lines[first:stop]).strip("\n")
            at = _column(code, fence.line + wanted[0], line.strip())
            spot = Spot(fence.line + wanted[0], at, at + len(line.strip()))
            yield Claim(spot, text, "prompt", fence.index, statement, led=True)
        else:
            yield from _comment_claims(code, fence, statement)


def _column(code: Code, line: int, text: str) -> int:
    return max(code.lines[line - 1].find(text), 0) + 1


# ----- in comments -----


def _comments(code: Code, fence: Fence) -> Iterator[Claim]:
    if "#" in fence.text:
        for statement in code.parsed[fence.index]:
            yield from _comment_claims(code, fence, statement)


def _comment_claims(code: Code, fence: Fence, statement: Statement) -> Iterator[Claim]:
    """The result in the comment behind a statement, or else in comments of their own right under it."""
    if not _gives(statement):
        return
    behind = _behind(statement)
    if behind is not None:
        column, text = behind
        column += code.indent(statement.end)
        claim = _claim(text, statement)
        if claim:
            yield replace(
                claim, fence=fence.index, spot=Spot(statement.end, column + 1, column + 1 + len(text))
            )
        return
    if statement.line == statement.tree.lineno and "#" in fence.text:
        yield from _under(code, fence, statement)


def _gives(statement: Statement) -> bool:
    """Whether a statement computes something: no constants, no definitions."""
    tree = statement.tree
    value = getattr(tree, "value", None)
    if not isinstance(tree, ast.Expr | ast.Assign | ast.AnnAssign | ast.AugAssign) or value is None:
        return False
    targets = [*getattr(tree, "targets", ()), getattr(tree, "target", None)]
    if any(isinstance(x, ast.Call) for t in targets if t is not None for x in ast.walk(t)):
        return False
    if isinstance(tree, ast.AugAssign):
        return True
    return any(
        isinstance(x, ast.Call | ast.BinOp | ast.Name | ast.Compare | ast.Subscript) for x in ast.walk(value)
    )


def _behind(statement: Statement) -> tuple[int, str] | None:
    """The comment at the end of a statement's last line: its column, from 0, and its text with the `#`."""
    last = statement.source.rsplit("\n", 1)[-1]
    if "#" not in last or len(statement.source) > 20_000:
        return None
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(statement.source.strip()).readline))
    except (tokenize.TokenError, SyntaxError):
        return None
    rows = statement.source.strip().count("\n") + 1
    for token in tokens:
        if token.type == tokenize.COMMENT and token.start[0] == rows:
            shift = len(statement.source) - len(statement.source.lstrip()) if rows == 1 else 0
            return token.start[1] + shift, token.string
    return None


def _under(code: Code, fence: Fence, statement: Statement) -> Iterator[Claim]:
    """Comments on lines of their own, right under a statement: one that says so, or an array."""
    texts: list[str] = []
    for line in range(statement.end + 1, last_line(fence) + 1):
        text = code.sources.get(line, "")
        if not text.startswith("#"):
            break
        texts.append(text)
    if not texts:
        return
    for count in (len(texts), 1):
        claim = _claim("# " + " ".join(t.lstrip("# ") for t in texts[:count]), statement)
        if claim and (claim.led or claim.rough or re.search(r"[\[.({]", claim.text)):
            first = statement.end + 1
            at = code.indent(first)
            yield replace(claim, fence=fence.index, spot=Spot(first, at + 1, at + 1 + len(texts[0])))
            return


def _claim(comment: str, statement: Statement) -> Claim | None:
    """A comment as a result, if it is one."""
    text = comment.lstrip("#:! ").strip()
    if not text or len(text) > LONGEST:
        return None
    blank = Claim(Spot(1, 1, 1), text, "comment", 0, statement)
    shape = SHAPE.match(text)
    if shape and is_literal(shape["rest"]):
        return replace(blank, text=shape["rest"], part="shape", led=True)
    body, led, rough = lead(text)
    cut = body if is_literal(body) else TAIL.sub("", body)
    if led or rough or is_literal(cut):
        rough = rough or bool(re.search("approx|about|round|rough", body))
        if is_literal(cut) or (led and printed(statement)):
            return replace(blank, text=cut, led=led, rough=rough, words=not is_literal(cut))
        return None
    named = NAMED.match(text)
    if named and _is_about(named["name"], statement):
        body, _, rough = lead(named["rest"])
        if is_literal(body):
            return replace(blank, text=body, led=True, rough=rough or "≈" in text)
    return replace(blank, words=True) if printed(statement) and numbers(pieces(text)) else None


def lead(text: str) -> tuple[str, bool, bool]:
    """A text without `=>`, `Output:`, `≈` and the like before it; whether it had them; whether roughly."""
    led = rough = False
    while text and (match := LEAD.match(text)) and match.end() and match.end() < len(text):
        led, rough = led or match["out"] is not None, rough or match["rough"] is not None
        text = text[match.end() :].strip().strip("`")
    return text, led, rough


def is_literal(text: str) -> bool:
    """Whether a text is a value and nothing else.

    >>> [is_literal(t) for t in ("0.25", "[0.1 0.9]", "2 layers", "3 - 4", "'abc'", "(1)", "10/2")]
    [True, True, False, False, True, False, False]
    """
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" and text.count(text[0]) == 2:
        return True
    found = pieces(text)
    if not found or not any(p.kind in ("number", "word") for p in found) or not _balanced(text):
        return False
    colons = "{" in text
    fine = all(
        p.kind in ("number", "dots")
        or (p.kind == "word" and (p.text in LITERAL_WORDS or _quoted(p.text, text)))
        or (p.kind == "sign" and (p.text in "[]{}" or (p.text == ":" and colons)))
        for p in found
    )
    return fine and not re.fullmatch(r"\(\s*\d+\s*\)", text)  # (1) numbers a line; a tuple is (1,)


def _quoted(word: str, text: str) -> bool:
    return bool(re.search(rf"['\"][^'\"]*{re.escape(word)}[^'\"]*['\"]", text))


def _balanced(text: str) -> bool:
    depth = 0
    for char in text:
        depth += (char in "([{") - (char in ")]}")
        if depth < 0:
            return False
    return depth == 0


def printed(statement: Statement) -> bool:
    """Whether a statement is a call of print."""
    tree = statement.tree
    call = tree.value if isinstance(tree, ast.Expr) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "print"


def _is_about(name: str, statement: Statement) -> bool:
    """Whether a name, or an expression, in a comment is what the statement assigns, prints or is."""
    return _close_up(name) in {_close_up(text) for text in subjects(statement)}


def subjects(statement: Statement) -> set[str]:
    """What a statement is about, as source: its targets, its expression, the one argument of its print."""
    tree = statement.tree
    found = list(getattr(tree, "targets", ())) or [getattr(tree, "target", None)]
    value = getattr(tree, "value", None)
    found.append(value)
    if printed(statement) and isinstance(value, ast.Call) and len(value.args) == 1:
        found.append(value.args[0])
    return {ast.unparse(x) for x in found if x is not None}


def _close_up(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _unnumbered(found: list[Claim]) -> list[Claim]:
    """Without the comments of a fence that count its lines: 1, 2, 3."""
    bare = [c for c in found if not c.led and re.fullmatch(r"\d+\.?", c.text)]
    counts = [int(c.text.rstrip(".")) for c in bare]
    runs = len(counts) > 1 and all(b == a + 1 for a, b in pairwise(counts)) and counts[0] < 2
    return [c for c in found if c not in bare] if runs else found


# ----- output blocks -----

OUTPUT = re.compile(
    r"^[\s>*_#-]*(?:the\s+)?(?:expected\s+)?(?:program\s+)?(?:outputs?|prints?|results?|console|stdout|returns|out(?:\[\d+\])?)"
    r"[\s:：*_]*$|\b(?:outputs?|prints?|displays|the\s+output\s+is|results?\s+(?:is|in)|gives|shows)\s*[:：][*_\s]*$",
    re.IGNORECASE,
)
OUTPUT_TAGS = {
    "output",
    "out",
    "stdout",
    "console",
    "text",
    "txt",
    "plaintext",
    "plain",
    "none",
    "result",
    "",
}


def _blocks(code: Code) -> Iterator[Claim]:
    """Blocks right behind a fence, or behind the word Output, that may hold what the fence printed."""
    before: Fence | None = None
    said = False
    for block in code.note.blocks:
        if isinstance(block, Prose):
            said = bool(OUTPUT.search(block.text.strip().split("\n")[-1].strip()))
            before = before if said else None
        elif block.runs:
            before, said = (block if block.index in code.parsed and block.kind == "python" else None), False
        else:
            tag = re.split(r"[\s,{]", block.info.strip("{}. ").lower(), maxsplit=1)[0]
            if before is not None and tag in OUTPUT_TAGS and block.text.strip():
                yield _block(code, block, before, said or tag in ("output", "out", "stdout", "result"))
            before, said = None, False


def _block(code: Code, block: Fence, before: Fence, led: bool) -> Claim:
    first = next(k for k, line in enumerate(block.text.split("\n")) if line.strip())
    text = block.text.split("\n")[first].strip()
    at = _column(code, block.line + first, text)
    return Claim(Spot(block.line + first, at, at + len(text)), block.text, "block", before.index, led=led)
