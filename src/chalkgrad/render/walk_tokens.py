"""What a step of the walk says, as tokens: plain data that becomes LaTeX, HTML, or words for a screen reader.

["x", latex, words]        mathematics, and how it is read out
["n", text, key, hue]      a number; its key says which number of the graph it is: "12", "12:3", "31/29"
["now", text, key, hue]    the number that this step is about
["in", text, key, hue]     a number among others: in brackets while it is negative
["c", name]                a name in code type
["t", text]                words
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

from chalkgrad.v8 import math_html

Token = list[str]
_KINDS = {"now": "now=1", "in": "brackets=1"}
_NUMBERS = ("n", "now", "in")
_BEFORE_STOPS = re.compile(r" ([.,:;])")


def math(latex: str, words: str) -> Token:
    return ["x", latex, words]


def num(text: str, key: str = "", hue: str = "gradient", now: bool = False) -> Token:
    return ["now" if now else "n", text, key, hue]


def code(name: str) -> Token:
    return ["c", name]


def text(words: str) -> Token:
    return ["t", words]


EQUALS, PLUS = math("=", "="), math("+", "plus")
TIMES, DOT = math(r"\times", "times"), math(r"\cdot", "times")


def number_latex(written: str, key: str = "", hue: str = "forward", kind: str = "n") -> str:
    r"""A number in a formula, tied to where it comes from.

    >>> print(number_latex("0.25", "12"))
    \htmlData{hue=forward,num=12}{0.25}
    """
    marks = [f"hue={hue}", f"num={key}" if key else "", _KINDS.get(kind, "")]
    plain = written.replace("−", "-").replace("∞", r"\infty")
    plain = rf"\text{{{plain}}}" if plain.isalpha() else plain  # nan, True
    plain = f"({plain})" if kind == "in" and plain.startswith("-") else plain
    return rf"\htmlData{{{','.join(filter(None, marks))}}}{{{plain}}}"


def bracketed(token: Token) -> list[Token]:
    """A number as a factor or a summand: while it is negative, it stands in brackets."""
    return [["in", *token[1:]]] if token[0] in ("n", "now") else [token]


# ----- three ways to show them -----


def to_latex(tokens: Iterable[Token]) -> str:
    return " ".join(_latex(t) for t in tokens)


def _latex(token: Token) -> str:
    kind = token[0]
    if kind in _NUMBERS:
        return number_latex(token[1], token[2], token[3], kind)
    if kind == "x":
        return token[1]
    escaped = token[1].replace("\\", "").replace("_", r"\_").replace("{", "").replace("}", "")
    return rf"\texttt{{{escaped}}}" if kind == "c" else rf"\text{{{escaped}}}"


def to_html(tokens: Iterable[Token]) -> str:
    """As HTML; a full stop stays with the formula before it."""
    parts: list[str] = []
    for token in tokens:
        stop = token[1][:1] if token[0] == "t" and token[1][:1] in tuple(".,:;") else ""
        if stop and parts:
            parts[-1] = f'<span class="keep">{parts[-1]}{stop}</span>'
            token = text(token[1][1:])
        parts.append(_html(token))
    return "".join(parts)


def _html(token: Token) -> str:
    kind = token[0]
    if kind == "x":
        return math_html(token[1])
    if kind in _NUMBERS:
        return number_html(token[1], token[2], token[3])
    return f"<code>{escape(token[1])}</code>" if kind == "c" else escape(token[1])


def number_html(written: str, key: str = "", hue: str = "", now: bool = False) -> str:
    """A number in a sentence."""
    at = f' data-num="{escape(key)}"' if key else ""
    return f'<b class="{escape(hue)}{" now" if now else ""}"{at}>{escape(written)}</b>'


def to_words(tokens: Iterable[Token]) -> str:
    """As HTML without marks of its own but the numbers, which follow."""
    parts = [number_html(t[1], t[2]) if t[0] in _NUMBERS else escape(_word(t)) for t in tokens]
    return _BEFORE_STOPS.sub(r"\1", " ".join(p.strip() for p in parts if p.strip()))


def _word(token: Token) -> str:
    return token[2] if token[0] == "x" else token[1]


def latex_of(lines: Sequence[Sequence[Token]], *sentences: Sequence[Token]) -> list[str]:
    """All the formulas that a step needs set."""
    return [display(line) for line in lines] + [t[1] for s in sentences for t in s if t[0] == "x"]


def display(line: Sequence[Token]) -> str:
    """An equation on a line of its own."""
    return r"\displaystyle " + to_latex(line)
