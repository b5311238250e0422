"""Ways of writing that stand for others: `\\overset{!}{=}`, `{a \\over b}`, `p(x \\mid \\mu)`; by tokens.

stacked:  \\overset{a}{=} is =, \\underset{i}{\\max} is \\max_{i}
over:     {a \\over b} is {\\frac{a}{b}}
given:    on a left side, the bar of f(x | \\mu) parts arguments as a comma does
ranges:   "for i = 1, …, n" says nothing that could be wrong
"""

from __future__ import annotations

from dataclasses import replace

from chalkgrad.latex import symbols
from chalkgrad.latex.tokens import Token

DOTS = frozenset({"ldots", "dots", "cdots", "dotsc"})
STACKED = frozenset({"overset", "underset", "stackrel"})


def desugared(tokens: list[Token]) -> list[Token]:
    """The tokens of a formula with stacks and `\\over` written as everybody else writes them."""
    return _overs(_stacks(tokens))


def group_end(tokens: list[Token], start: int) -> int:
    """The position after the bracket that closes the one at `start`; the end, if none does."""
    depth = 0
    for k in range(start, len(tokens)):
        depth += (tokens[k].kind == "open") - (tokens[k].kind == "close")
        if depth == 0:
            return k + 1
    return len(tokens)


def _is_group(tokens: list[Token], at: int) -> bool:
    return at < len(tokens) and tokens[at].kind == "open" and tokens[at].text == "{"


def _stacks(tokens: list[Token]) -> list[Token]:
    done: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.kind == "command" and token.text in STACKED and _is_group(tokens, at + 1):
            middle = group_end(tokens, at + 1)
            if _is_group(tokens, middle):
                end = group_end(tokens, middle)
                done += _stack(token, tokens[at + 1 : middle], tokens[middle + 1 : end - 1])
                at = end
                continue
        done.append(token)
        at += 1
    return done


def _stack(token: Token, small: list[Token], base: list[Token]) -> list[Token]:
    """The base; with what stands under it as its subscript, if the base is an operator."""
    operator = (
        len(base) == 1 and base[0].kind == "command" and base[0].text in symbols.FUNCTIONS | {"sum", "prod"}
    )
    if token.text == "underset" and operator:
        return [*base, Token("script", "_", token.start, token.end), *small]
    return base


def _overs(tokens: list[Token]) -> list[Token]:
    """`{a \\over b}`; groups are taken from the inside out, so each has one `\\over` at most."""
    for at in reversed(range(len(tokens))):
        if tokens[at].kind == "command" and tokens[at].text == "over":
            start, end = _around(tokens, at)
            if start >= 0 and end < len(tokens):
                top, bottom = tokens[start + 1 : at], tokens[at + 1 : end]
                place = tokens[at]
                left, right = (replace(place, kind=kind, text="{") for kind in ("open", "close"))
                frac = [replace(place, text="frac"), left, *top, right, left, *bottom, right]
                tokens = [*tokens[: start + 1], *frac, *tokens[end:]]
    return tokens


def _around(tokens: list[Token], at: int) -> tuple[int, int]:
    """The braces around a position: -1 or the length where there are none."""
    depth, start = 0, at - 1
    while start >= 0 and not (depth == 0 and tokens[start].kind == "open"):
        depth += (tokens[start].kind == "close") - (tokens[start].kind == "open")
        start -= 1
    if start < 0 or tokens[start].text != "{":
        return -1, len(tokens)
    return start, group_end(tokens, start) - 1


# ----- left sides -----


def given(tokens: list[Token]) -> list[Token]:
    """Tokens of one formula; before its first sign of equality a lone bar in a bracket is a comma."""
    stop = next((k for k, t in enumerate(tokens) if _equates(t)), 0)
    bars: dict[int, list[int]] = {}  # opening bracket → the bars right inside it
    open_: list[int] = []
    for k in range(stop):
        token = tokens[k]
        if token.kind == "open":
            open_.append(k)
        elif token.kind == "close" and open_:
            open_.pop()
        elif open_ and tokens[open_[-1]].text in ("(", "[") and _bars(token):
            bars.setdefault(open_[-1], []).append(k)
    commas = {found[0] for found in bars.values() if len(found) == 1}
    return [replace(t, kind="sign", text=",") if k in commas else t for k, t in enumerate(tokens)]


def _equates(token: Token) -> bool:
    return token.kind in ("sign", "command") and token.text in symbols.EQUATIONS


def _bars(token: Token) -> bool:
    return token.kind == "bar" or (token.kind == "command" and token.text in ("mid", "parallel"))


# ----- ranges of an index -----


def is_range(tokens: list[Token]) -> bool:
    """`i = 1, \\ldots, n` and `i \\in \\{1, \\dots, n\\}`."""
    if len(tokens) < 4 or not any(t.kind == "command" and t.text in DOTS for t in tokens):
        return False
    first, sign = tokens[0], tokens[1]
    if first.kind == "sign" and first.text == ",":
        first, sign = tokens[1], tokens[2]
    return first.kind == "letter" and sign.text in ("=", "in")
