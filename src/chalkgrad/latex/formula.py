"""A whole piece of mathematics, as it stands between two dollar signs: one formula or several.

Several formulas are separated by `;`, by `\\\\`, by a word such as `\\text{where}`, by a comma between two
equations, or by a line break where a new equation starts. A row that starts with `=` or `+` goes on with
the one before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chalkgrad.latex import nodes as n
from chalkgrad.latex import symbols
from chalkgrad.latex.problem import unreadable
from chalkgrad.latex.reader import DEPTH_MESSAGE, Reader
from chalkgrad.latex.sugar import desugared, given, is_range
from chalkgrad.latex.tokens import Token, tokenize


@dataclass(frozen=True, slots=True)
class Formula:
    """What `read` returns.

    Args:
        source: the LaTeX as given.
        parts: its equations, conditions and expressions in order, each with its `span` in `source`.
        guards: those of the parts that say for which values the others hold.
    """

    source: str
    parts: tuple[n.Expr, ...]
    guards: tuple[n.Expr, ...] = ()

    @property
    def only(self) -> n.Expr:
        """The single part.

        Raises:
            LatexError: there are several.
        """
        if len(self.parts) != 1:
            raise unreadable(
                "", f"one formula is expected here, {len(self.parts)} are written", (0, len(self.source))
            )
        return self.parts[0]


def read(source: str) -> Formula:
    """Read LaTeX mathematics into syntax trees.

    Args:
        source: LaTeX, with or without its dollar signs.

    Returns:
        A `Formula`; whatever LaTeX leaves open is left open in its parts.

    Raises:
        LatexError: what cannot be read, with the offending token and its column.

    >>> read(r"f_1(x) = x^2;").only.right
    Power(base=Name(base='x', kind='letter', accents=()), exponent=Number(text='2'))
    """
    start, stop = _inside(source)
    tokens = desugared(tokenize(source, start, stop))
    try:
        segments = _segments(tokens[:-1])
        parts = tuple(_part(given(segment.tokens)) for segment in segments)
    except RecursionError:
        raise unreadable("", DEPTH_MESSAGE, (0, len(source))) from None
    if not parts:
        raise unreadable("", "there is no formula here", (0, len(source)))
    conditional = (
        part for part, segment in zip(parts, segments, strict=True) if segment.before in ("if", "comma")
    )
    return Formula(source, parts, tuple(x for x in conditional if isinstance(x, n.Compare | n.Logic)))


# ----- delimiters -----

AROUND = re.compile(r"\$\$(.*)\$\$|\$`(.*)`\$|\$(.*)\$|\\\[(.*)\\\]|\\\((.*)\\\)", re.DOTALL)
JUNK = re.compile(r"(?:\s|</?\s*br\s*/?>)*")
TRAILING_JUNK = re.compile(r"(?:\s|</?\s*br\s*/?>)+\Z")


def _inside(source: str) -> tuple[int, int]:
    """The offsets of the mathematics itself, without dollar signs and line-break tags around it."""
    start, stop = 0, len(source)
    lead = JUNK.match(source)
    start = lead.end() if lead else 0
    while stop > start and (tail := _tail(source, stop)) < stop:
        stop = max(tail, start)
    match = AROUND.fullmatch(source, start, stop)
    if match and match.lastindex:
        return match.span(match.lastindex)
    return start, stop


def _tail(source: str, stop: int) -> int:
    if source[stop - 1].isspace():
        return stop - 1
    if source[stop - 1] != ">":
        return stop
    match = TRAILING_JUNK.search(source, max(stop - 8, 0), stop)
    return match.start() if match else stop


# ----- segments -----


@dataclass(slots=True)
class Segment:
    """Tokens of one formula; `before` parts it from the last: "line", "row", "comma", "if" or "end"."""

    tokens: list[Token]
    before: str
    relations: int = 0  # signs such as = and < outside all brackets


def _segments(tokens: list[Token]) -> list[Segment]:
    """The tokens of each formula."""
    done: list[Segment] = []
    for segment in _split(tokens):
        if not segment.tokens:
            continue
        segment.relations = _relations(segment.tokens)
        if done and _goes_on(done[-1], segment):
            done[-1].tokens.extend(segment.tokens)
            done[-1].relations += segment.relations
        else:
            done.append(segment)
    for segment in done:
        segment.tokens = _trimmed(segment.tokens)
    kept = [segment for segment in done if segment.tokens]
    return [segment for k, segment in enumerate(kept) if k == 0 or not is_range(segment.tokens)]


def _split(tokens: list[Token]) -> Iterator[Segment]:
    """Cut at every separator that stands outside all brackets; the comma stays with what follows it."""
    current, depth, aligned = Segment([], ""), 0, False
    for token in tokens:
        if token.kind in ("begin", "end") and token.text in symbols.ROWS and depth == 0:
            aligned = token.kind == "begin"
            continue
        depth = max(depth + _turn(token), 0)
        separator = _separator(token) if depth == 0 else ""
        if separator:
            yield current
            current = Segment([token] if separator == "comma" else [], separator)
        elif token.kind != "newline" and not (aligned and depth == 0 and token.text == "&"):
            current.tokens.append(token)
    yield current


def _turn(token: Token) -> int:
    opens = token.kind in ("open", "begin")
    return opens - (token.kind in ("close", "end"))


def _separator(token: Token) -> str:
    if token.kind == "newline":
        return "line"
    if token.kind == "row":
        return "row"
    if token.kind == "text" and token.font != "operatorname":
        word = token.text.strip(" ,.:").lower()
        return "if" if word in symbols.IF else "end" if word in symbols.PARTING else ""
    if token.kind == "command":
        return "if" if token.text == "forall" else ""
    return {";": "end", ",": "comma"}.get(token.text, "") if token.kind == "sign" else ""


def _goes_on(previous: Segment, segment: Segment) -> bool:
    """Whether the segment continues the formula before it."""
    two = bool(previous.relations and segment.relations)
    if segment.before in ("end", "if", "comma"):
        return segment.before == "comma" and not two
    first, last = segment.tokens[0], previous.tokens[-1]
    if _is_relation(first) or _is_relation(last) or _is_infix(last):
        return True
    if _is_infix(first):
        return first.text != "-" or not segment.relations
    return segment.before == "line" and not two


def _relations(tokens: list[Token]) -> int:
    """How many relation signs stand outside all brackets."""
    depth = count = 0
    for token in tokens:
        depth += _turn(token)
        count += depth == 0 and _is_relation(token)
    return count


def _is_relation(token: Token) -> bool:
    return token.kind in ("sign", "command") and (
        token.text in symbols.EQUATIONS or token.text in symbols.COMPARES
    )


def _is_infix(token: Token) -> bool:
    return token.kind in ("sign", "command") and (token.text in ("+", "-") or token.text in symbols.LINKS)


def _trimmed(tokens: list[Token]) -> list[Token]:
    """Without the punctuation of the sentence around it."""
    first, last = 0, len(tokens)
    while last > first and tokens[last - 1].kind == "sign" and tokens[last - 1].text in ",.;":
        last -= 1
    while first < last and tokens[first].kind == "sign" and tokens[first].text in ",;":
        first += 1
    return tokens[first:last]


# ----- one formula -----


def _part(tokens: list[Token]) -> n.Expr:
    """One equation, condition or expression."""
    end = tokens[-1].end
    if (
        tokens[0].kind == "command"
        and tokens[0].text == "vdots"
        and all(t.kind == "text" for t in tokens[1:])
    ):
        return n.Name(" ".join(["⋮", *(t.text for t in tokens[1:])]), "text", span=(tokens[0].start, end))
    reader = Reader([*tokens, Token("stop", "", end, end)])
    items = [reader.logic()]
    while reader.at("sign", ","):
        _no_decimal(reader)
        reader.step()
        items.append(reader.logic())
    if reader.here.kind != "stop":
        raise reader.unexpected(reader.here)
    return items[0] if len(items) == 1 else _with_commas(items)


def _no_decimal(reader: Reader) -> None:
    """`10,000` and `0,5` are one number to some and two to others."""
    before, comma, after = reader.ahead(-1), reader.here, reader.ahead(1)
    if before.kind == after.kind == "number" and before.end == comma.start and comma.end == after.start:
        raise unreadable(",", "may part digits or numbers; write 10{,}000, 0.5, or leave room", comma.span)


def _with_commas(items: list[n.Expr]) -> n.Expr:
    """`h, c = f(x)` is one equation between tuples."""
    span = items[0].span[0], items[-1].span[1]
    equations = [k for k, item in enumerate(items) if isinstance(item, n.Equation)]
    if not equations and not any(isinstance(item, n.Compare | n.Logic) for item in items):
        return n.Tuple(tuple(items), span=span)
    middle = items[equations[0]] if len(equations) == 1 else None
    if not isinstance(middle, n.Equation) or len(middle.sides) != 2:
        raise unreadable(",", "this list of formulas is not read; separate them by ;", span)
    k = equations[0]
    left, right = (*items[:k], middle.left), (middle.right, *items[k + 1 :])
    sides = tuple(side[0] if len(side) == 1 else n.Tuple(side, span=span) for side in (left, right))
    return n.Equation(sides, middle.signs, span=span)
